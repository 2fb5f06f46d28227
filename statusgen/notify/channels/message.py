"""The messages that tell people of an update."""

from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """How a chat shows a message; the words are those of Apprise."""

    FAILURE = "failure"
    WARNING = "warning"
    SUCCESS = "success"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message to a channel of people: *title* is one line, *body* plain text, *link* an address.

    *key* is the id of the newest update that it tells of.
    """

    key: str
    title: str
    body: str
    link: str
    urgency: Urgency
