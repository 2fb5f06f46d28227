"""Messages to channels, and their urgency."""

from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """The urgency of a message; the values are the notification types of Apprise."""

    FAILURE = "failure"
    WARNING = "warning"
    SUCCESS = "success"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message to a channel: *title* is one line, *body* plain text, *link* a URL.

    *key* is the id of the newest update in it.
    """

    key: str
    title: str
    body: str
    link: str
    urgency: Urgency
