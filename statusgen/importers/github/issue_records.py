"""What GitHub tells about issues, as plain records; all times are in UTC, whole seconds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from statusgen.ids import id12


class ActorKind(StrEnum):
    """What stands behind a name; the same name can be one of each."""

    USER = "User"
    BOT = "Bot"
    OTHER = "Other"  # an organisation, or the mark of an account elsewhere


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody who did something. A deleted account is no actor but None."""

    login: str
    kind: ActorKind = ActorKind.USER


class IssueAction(StrEnum):
    """What can happen to an issue, as far as it concerns us."""

    LABELED = "labeled"
    UNLABELED = "unlabeled"
    CLOSED = "closed"
    REOPENED = "reopened"
    RENAMED = "renamed"
    TRANSFERRED = "transferred"


class Reason(StrEnum):
    """Why an issue was closed."""

    COMPLETED = "COMPLETED"
    NOT_PLANNED = "NOT_PLANNED"
    DUPLICATE = "DUPLICATE"


@dataclass(frozen=True, kw_only=True)
class IssueEvent:
    """Something that happened to an issue; *before* is the title that a renaming replaced.

    *id* never changes and is no other event's.
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
        """What tells it from others of its issue, in short."""
        return id12("event", self.id)[:6]


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A comment; *edited* and *editor* tell of its last edit, *is_hidden* if it was minimised.

    *id* never changes and is no other comment's. Of two in one second that with the smaller *key*
    was first. *is_insider* is GitHub's hint that the author belongs to the repository: it decides
    nothing, for members may hide that.
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
    """An issue with all that was said and done on it, oldest first.

    *key* never changes, unlike the number, which another repository may give it. *is_insider* is
    the hint that a `Comment` has.
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
