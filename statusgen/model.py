"""The records that travel through statusgen, and the words they use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from statusgen.ids import id12


class Severity(StrEnum):
    """What an incident does to a service, mildest first."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    PARTIAL = "partial"
    MAJOR = "major"

    @property
    def rank(self) -> int:
        """The order of severity: as text, "partial" would be greater than "major"."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class State(StrEnum):
    """Where the work on an incident or a maintenance stands."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


class Kind(StrEnum):
    """What a file is, fixed by the severity at its top."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"
    NOTICE = "notice"

    @classmethod
    def of(cls, severity: Severity) -> "Kind":
        """The kind of a file whose top severity is *severity*."""
        if severity is Severity.NONE:
            return cls.NOTICE
        return cls.MAINTENANCE if severity is Severity.MAINTENANCE else cls.INCIDENT

    @property
    def noun(self) -> str:
        """The kind with its article, for messages."""
        return f"an {self}" if self is Kind.INCIDENT else f"a {self}"

    @property
    def states(self) -> tuple[State, ...]:
        """The states that a file of this kind goes through, in order."""
        return _MAINTENANCE_STATES if self is Kind.MAINTENANCE else _INCIDENT_STATES

    @property
    def first_key(self) -> str:
        """The key of a file that says from when on it is shown."""
        return "announced" if self is Kind.MAINTENANCE else "started"

    @property
    def first_state(self) -> State:
        """The state of a file that has not said any; a notice is only ever kept an eye on."""
        return State.MONITORING if self is Kind.NOTICE else self.states[0]

    @property
    def severities(self) -> tuple[Severity, ...]:
        """The severities that a file of this kind can give a service."""
        if self is Kind.NOTICE:
            return (Severity.NONE,)
        if self is Kind.MAINTENANCE:
            return (Severity.NONE, Severity.MAINTENANCE)
        return (Severity.NONE, Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR)


_INCIDENT_STATES = (State.INVESTIGATING, State.IDENTIFIED, State.MONITORING, State.RESOLVED)
_MAINTENANCE_STATES = (State.SCHEDULED, State.IN_PROGRESS, State.VERIFYING, State.COMPLETED)


class Collapse(StrEnum):
    """When a group of services is shown folded."""

    NEVER = "never"
    ALWAYS = "always"
    WHEN_OPERATIONAL = "when_operational"


class HistoryStyle(StrEnum):
    """How the front page shows the last days of a service."""

    BARS = "bars"
    GRID = "grid"


class Archived(StrEnum):
    """What becomes of a Trello card that was resolved and then archived."""

    KEEP = "keep"
    UNPUBLISH = "unpublish"


class ChannelKind(StrEnum):
    """How a channel is told: through Apprise, or by a webhook in Statuspage's shape."""

    APPRISE = "apprise"
    WEBHOOK = "webhook"


class Occasion(StrEnum):
    """What an update is to a channel, in the order in which one of several is chosen."""

    RESOLVED = "resolved"
    REOPENED = "reopened"
    OPENED = "opened"
    WORSE = "worse"
    BETTER = "better"
    ANNOUNCED = "announced"
    BEGAN = "began"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NOTICE = "notice"
    UPDATE = "update"


class Dialect(StrEnum):
    """The APIs of other status pages that a site can answer as."""

    STATUSPAGE = "statuspage"
    STASHBOARD = "stashboard"
    STATUSBOARD = "statusboard"


class Icon(StrEnum):
    """The drawings that come with the theme; most names are those that Stashboard used."""

    TICK_CIRCLE = "tick-circle"
    WRENCH = "wrench"
    HALF_CIRCLE = "half-circle"
    EXCLAMATION = "exclamation"
    CROSS_OCTAGON = "cross-octagon"
    CROSS_CIRCLE = "cross-circle"
    INFORMATION = "information"
    HARD_HAT = "hard-hat"
    CLOCK = "clock"
    MAGNIFIER = "magnifier"
    EYE = "eye"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file in `static/` that the settings name, and where they do."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class DataKey:
    """A key at the top of the data for templates, and where it stands."""

    name: str
    path: Path
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link that a site adds."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ServiceSeverity:
    """A service as a file names it: with a severity in a map, without one in a list."""

    id: str
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class Update:
    """A dated message as a file has it; what it leaves out is None or empty.

    *id* is what a file pins; without one it follows from the file, *at* and the rank. *source* is
    the id that the message has where an import took it from, if *id* does not follow from that.
    """

    at: datetime
    text: str
    state: State | None = None
    severity: Severity | None = None
    services: tuple[ServiceSeverity, ...] = ()
    notify: bool = True
    source: str | None = None
    id: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Incident:
    """An incident file with its defaults filled in; all times are in UTC, whole seconds.

    *started* of a maintenance is when it was announced. *state* is what the top of the file says,
    which has been checked against the updates. *folder* is where the file lies below `incidents/`,
    empty or with `/` at its end. *redirect_from* are old addresses of its page, as written.
    """

    slug: str
    title: str
    severity: Severity
    services: tuple[ServiceSeverity, ...]
    started: datetime
    updates: tuple[Update, ...]
    state: State | None = None
    body: str = ""
    resolved: datetime | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    until: datetime | None = None
    pin: bool = False
    draft: bool = False
    notify: bool = True
    source: str | None = None
    id: str | None = None
    redirect_from: tuple[str, ...] = ()
    folder: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def kind(self) -> Kind:
        """Incident, maintenance or notice."""
        return Kind.of(self.severity)

    @property
    def record_id(self) -> str:
        """The 12 characters by which the API, feeds and calendars know the file."""
        return self.id or id12("incident", self.slug)

    @property
    def dated(self) -> datetime:
        """The moment that puts the file into a month: its start, of a maintenance the window's."""
        return self.starts or self.started


@dataclass(frozen=True, kw_only=True)
class Group:
    """Services shown together."""

    id: str
    name: str
    description: str = ""
    collapse: Collapse = Collapse.NEVER
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Service:
    """What can fail. *since* and *retired* are days in the site's zone."""

    id: str
    name: str
    group: str | None = None
    description: str = ""
    link: str | None = None
    since: date | None = None
    retired: date | None = None
    aliases: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
