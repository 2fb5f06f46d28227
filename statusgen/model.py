"""Records that travel through statusgen, and their vocabularies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from statusgen.ids import id12


class Severity(StrEnum):
    """Impact of an incident on a service, mildest first."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    PARTIAL = "partial"
    MAJOR = "major"

    @property
    def rank(self) -> int:
        """Position in the order of severities; as text, "partial" is greater than "major"."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class State(StrEnum):
    """Progress of an incident or maintenance."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


class Kind(StrEnum):
    """Kind of a file, determined by the severity at its top."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"
    NOTICE = "notice"

    @classmethod
    def of(cls, severity: Severity) -> "Kind":
        """Return the kind of a file whose top severity is *severity*."""
        if severity is Severity.NONE:
            return cls.NOTICE
        return cls.MAINTENANCE if severity is Severity.MAINTENANCE else cls.INCIDENT

    @property
    def noun(self) -> str:
        """Noun phrase for messages: an incident, maintenance, a notice."""
        if self is Kind.MAINTENANCE:
            return str(self)
        return f"an {self}" if self is Kind.INCIDENT else f"a {self}"

    @property
    def states(self) -> tuple[State, ...]:
        """States of a file of this kind, in order."""
        return _MAINTENANCE_STATES if self is Kind.MAINTENANCE else _INCIDENT_STATES

    @property
    def first_key(self) -> str:
        """Key for the time from which a file is shown."""
        return "announced" if self is Kind.MAINTENANCE else "started"

    @property
    def first_state(self) -> State:
        """State of a file that sets none."""
        return State.MONITORING if self is Kind.NOTICE else self.states[0]

    @property
    def severities(self) -> tuple[Severity, ...]:
        """Severities that a file of this kind can set for a service."""
        if self is Kind.NOTICE:
            return (Severity.NONE,)
        if self is Kind.MAINTENANCE:
            return (Severity.NONE, Severity.MAINTENANCE)
        return (Severity.NONE, Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR)


_INCIDENT_STATES = (State.INVESTIGATING, State.IDENTIFIED, State.MONITORING, State.RESOLVED)
_MAINTENANCE_STATES = (State.SCHEDULED, State.IN_PROGRESS, State.VERIFYING, State.COMPLETED)


class Collapse(StrEnum):
    """Condition under which a group of services is collapsed."""

    NEVER = "never"
    ALWAYS = "always"
    WHEN_OPERATIONAL = "when_operational"


class HistoryStyle(StrEnum):
    """Presentation of a service's last days on the front page."""

    BARS = "bars"
    GRID = "grid"


class Archived(StrEnum):
    """Treatment of a Trello card that was resolved and then archived."""

    KEEP = "keep"
    UNPUBLISH = "unpublish"


class ChannelKind(StrEnum):
    """Transport of a channel: Apprise, or a webhook in the format of Statuspage."""

    APPRISE = "apprise"
    WEBHOOK = "webhook"


class Occasion(StrEnum):
    """Reason for a notification; if several apply to an update, the first one is used."""

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
    """API of another status page that a site can imitate."""

    STATUSPAGE = "statuspage"
    STASHBOARD = "stashboard"
    STATUSBOARD = "statusboard"


class Icon(StrEnum):
    """Built-in icon of the theme; most names come from Stashboard."""

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
    """File in `static/` that the settings refer to, and the place of the reference."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class DataKey:
    """Top-level key of the data for templates, and its place."""

    name: str
    path: Path
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Link:
    """Link added by a site."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ServiceSeverity:
    """Reference to a service in a file: in a map it has a severity, in a list it has none."""

    id: str
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class Update:
    """Dated message of a file; a value that the file omits is None or empty.

    *id* is set if the file fixes it; otherwise the id is derived from the file, *at* and the rank.
    *source* is the id in the system that the message was imported from, unless *id* is derived
    from it.
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
    """Incident file with its defaults filled in; all times are in UTC, in whole seconds.

    For maintenance, *started* is the time of the announcement. *state* is the state at the top of
    the file; it agrees with the updates. *folder* is the folder of the file below `incidents/`,
    empty or with `/` at its end. *redirect_from* lists old addresses of the page, as written.
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
        """Kind of the file."""
        return Kind.of(self.severity)

    @property
    def record_id(self) -> str:
        """Id of 12 characters for the API, feeds and calendars."""
        return self.id or id12("incident", self.slug)

    @property
    def dated(self) -> datetime:
        """Time that assigns the file to a month: the start, for maintenance that of the window."""
        return self.starts or self.started


@dataclass(frozen=True, kw_only=True)
class Group:
    """Group of services on the page."""

    id: str
    name: str
    description: str = ""
    collapse: Collapse = Collapse.NEVER
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Service:
    """Service of the site. *since* and *retired* are days in the site's time zone."""

    id: str
    name: str
    group: str | None = None
    description: str = ""
    link: str | None = None
    since: date | None = None
    retired: date | None = None
    aliases: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
