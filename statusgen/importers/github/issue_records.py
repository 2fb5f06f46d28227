"""Records for GitHub issues; all times are in UTC and whole seconds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from statusgen.ids import id12


class ActorKind(StrEnum):
    """The type of an account; a user and an app can have the same name."""

    USER = "User"
    BOT = "Bot"
    OTHER = "Other"  # such as an organization, or a placeholder for an imported account


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The account behind an action; None stands for a deleted account."""

    login: str
    kind: ActorKind = ActorKind.USER


class IssueAction(StrEnum):
    """The types of issue events that an import uses."""

    LABELED = "labeled"
    UNLABELED = "unlabeled"
    CLOSED = "closed"
    REOPENED = "reopened"
    RENAMED = "renamed"
    TRANSFERRED = "transferred"


class Reason(StrEnum):
    """The reason for closing an issue."""

    COMPLETED = "COMPLETED"
    NOT_PLANNED = "NOT_PLANNED"
    DUPLICATE = "DUPLICATE"


@dataclass(frozen=True, kw_only=True)
class IssueEvent:
    """An issue event; *before* is the title that a rename replaced.

    *id* is unique and never changes.
    """

    id: str
    deed: IssueAction
    at: datetime
    actor: Actor | None
    label: str = ""
    reason: Reason = Reason.COMPLETED
    before: str = ""

    @property
    def key(self) -> str:
        """A short key that is unique within the issue."""
        return id12("event", self.id)[:6]


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A comment; *edited* and *editor* describe its last edit; *is_hidden* means minimized.

    *id* is unique and never changes. Comments in the same second are sorted by *key*. *is_insider*
    is GitHub's hint that the author belongs to the repository. It does not decide trust, because
    members can hide it.
    """

    id: str
    key: int = 0
    at: datetime
    body: str
    author: Actor | None
    edited: datetime | None = None
    editor: Actor | None = None
    is_hidden: bool = False
    is_insider: bool = False


@dataclass(frozen=True, kw_only=True)
class Issue:
    """An issue with its comments and events, oldest first.

    *key* never changes; a transfer changes the number. *is_insider* is as in `Comment`.
    """

    key: str
    number: int
    title: str
    body: str
    created: datetime
    author: Actor | None
    edited: datetime | None = None
    editor: Actor | None = None
    labels: tuple[str, ...] = ()
    is_insider: bool = False
    comments: tuple[Comment, ...] = ()
    events: tuple[IssueEvent, ...] = ()
