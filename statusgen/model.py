"""Records used throughout statusgen, and their enumerations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from statusgen.ids import id12


class Severity(StrEnum):
    """Impact of an incident on a service, from mildest to worst."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    PARTIAL = "partial"
    MAJOR = "major"

    @property
    def rank(self) -> int:
        """Position in the severity order; as a string, "partial" is greater than "major"."""
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
    """Kind of incident file, determined by its top-level severity."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"
    NOTICE = "notice"

    @classmethod
    def of(cls, severity: Severity) -> "Kind":
        """Return the kind of a file whose top-level severity is *severity*."""
        if severity is Severity.NONE:
            return cls.NOTICE
        return cls.MAINTENANCE if severity is Severity.MAINTENANCE else cls.INCIDENT

    @property
    def noun(self) -> str:
        """Noun phrase for messages: "an incident", "maintenance" or "a notice"."""
        if self is Kind.MAINTENANCE:
            return str(self)
        return f"an {self}" if self is Kind.INCIDENT else f"a {self}"

    @property
    def states(self) -> tuple[State, ...]:
        """States that a file of this kind can have, in order."""
        return _MAINTENANCE_STATES if self is Kind.MAINTENANCE else _INCIDENT_STATES

    @property
    def first_key(self) -> str:
        """Key for the time from which the file is shown."""
        return "announced" if self is Kind.MAINTENANCE else "started"

    @property
    def first_state(self) -> State:
        """State of a file that does not set one."""
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
    """Layout of the service history on the front page."""

    BARS = "bars"
    GRID = "grid"


class Archived(StrEnum):
    """Handling of resolved Trello cards that were archived."""

    KEEP = "keep"
    UNPUBLISH = "unpublish"


class ChannelKind(StrEnum):
    """Transport for notifications: Apprise, or a webhook in Statuspage's format."""

    APPRISE = "apprise"
    WEBHOOK = "webhook"


class Occasion(StrEnum):
    """Reason for a notification; if several apply to an update, the first is used."""

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
    """API of another status page product that a site can emulate."""

    STATUSPAGE = "statuspage"
    STASHBOARD = "stashboard"
    STATUSBOARD = "statusboard"


class Directive(StrEnum):
    """Directive of the Content-Security-Policy to which a site can add sources."""

    SCRIPT = "script-src"
    STYLE = "style-src"
    IMAGE = "img-src"
    FONT = "font-src"
    CONNECTION = "connect-src"
    FRAME = "frame-src"
    FORM = "form-action"
    MEDIA = "media-src"
    WORKER = "worker-src"
    MANIFEST = "manifest-src"


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


MONITOR = "event "  # the `source` of what monitors report begins with this


@dataclass(frozen=True, kw_only=True)
class Asset:
    """File in `static/`, and the position at which the settings refer to it."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class DataKey:
    """Top-level key in the template data, and its position."""

    name: str
    path: Path
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Link:
    """Custom link from the settings."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ServiceSeverity:
    """Service named in a file; *severity* is None if it is in a list, not a map."""

    id: str
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class Update:
    """Update in a file; values that the file omits are None or empty.

    If the file sets no *id*, it is derived from the slug, *at*, and the rank among updates at that
    time. *source* is the id in the system that the update was imported from, unless *id* is derived
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

    @property
    def is_from_monitor(self) -> bool:
        """True if `statusgen event` resolved the incident with this update."""
        return (self.source or "").startswith(MONITOR)


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Incident file with defaults filled in; all times are in UTC, in whole seconds.

    For maintenance, *started* is the time when it was announced. *state* is the top-level state,
    which agrees with the updates. *folder* is the file's folder below `incidents/`, which is empty
    or ends with `/`. *redirect_from* lists old addresses of the page, as written.
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
        """12-character id for the API, feeds and calendars."""
        return self.id or id12("incident", self.slug)

    @property
    def dated(self) -> datetime:
        """Start of the incident or maintenance window, which determines the file's month."""
        return self.starts or self.started


def is_imported(source: str | None) -> bool:
    """Return whether *source*, as in a file, names another system, which then decides its state."""
    return source is not None and not source.startswith(MONITOR)


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
