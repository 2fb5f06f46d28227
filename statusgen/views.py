"""What a renderer and a template may know: the site at one moment, all facts worked out.

A URL without a scheme is a path from the root of the site; `Site.absolute` makes it a full one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from urllib.parse import urlsplit

from statusgen import markup
from statusgen.config import Config
from statusgen.language import Language
from statusgen.model import Kind, Severity, State
from statusgen.uptime import Day


@dataclass(frozen=True, kw_only=True)
class UpdateView:
    """One message on an incident; *text* is Markdown, *extra* the site's own keys."""

    id: str
    at: datetime
    state: State
    severity: Severity
    text: str
    extra: Mapping[str, object]

    @property
    def anchor(self) -> str:
        """Where it stands on the incident's page."""
        return f"update-{self.id}"

    @cached_property
    def html(self) -> str:
        """The text as safe HTML; its headings stand below that of a file or an update."""
        return markup.to_html(self.text, heading=4)


@dataclass(frozen=True, kw_only=True)
class Touched:
    """What an incident does to a service: *severity* now, *worst* ever."""

    id: str
    name: str
    url: str
    severity: Severity
    worst: Severity


@dataclass(frozen=True, kw_only=True)
class IncidentView:
    """A file at the moment of the site. *updates* are newest first, *services* as it names them."""

    id: str
    slug: str
    title: str
    kind: Kind
    url: str
    started: datetime
    ended: datetime | None
    dated: datetime
    starts: datetime | None
    ends: datetime | None
    until: datetime | None
    state: State
    severity: Severity
    worst: Severity
    is_open: bool
    is_cancelled: bool
    pin: bool
    services: tuple[Touched, ...]
    updates: tuple[UpdateView, ...]
    body: str
    source: str | None
    extra: Mapping[str, object]

    @cached_property
    def body_html(self) -> str:
        """The summary or postmortem as safe HTML, empty if there is none."""
        return markup.to_html(self.body, heading=3)

    @property
    def is_maintenance(self) -> bool:
        """Whether it is planned work."""
        return self.kind is Kind.MAINTENANCE

    @property
    def is_notice(self) -> bool:
        """Whether it is information that harms nothing."""
        return self.kind is Kind.NOTICE

    @property
    def seconds(self) -> int | None:
        """How long it took, once it is over; of cancelled work nothing."""
        if self.ended is None or self.is_cancelled:
            return None
        return int((self.ended - self.dated).total_seconds())


@dataclass(frozen=True, kw_only=True)
class ServiceView:
    """A service at the moment of the site, with its *days*, oldest first.

    *recent* are its incidents of the last 12 months, *incidents* all of them.
    """

    id: str
    name: str
    description: str
    link: str | None
    since: date | None
    retired: date | None
    is_retired: bool
    extra: Mapping[str, object]
    url: str
    feed_url: str
    severity: Severity
    days: tuple[Day, ...]
    uptime: Fraction | None
    incidents: tuple[IncidentView, ...]
    recent: tuple[IncidentView, ...]
    years: "tuple[YearView, ...]"


@dataclass(frozen=True, kw_only=True)
class YearView:
    """The incidents of one service in a year that is not recent any more, newest first."""

    year: int
    url: str
    incidents: tuple[IncidentView, ...]


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """Services shown together; *name* is None for those in no group."""

    name: str | None
    description: str
    extra: Mapping[str, object]
    severity: Severity
    uptime: Fraction | None
    is_folded: bool
    can_fold: bool
    services: tuple[ServiceView, ...]


@dataclass(frozen=True, kw_only=True)
class DayView:
    """What happened on a recent day, newest first."""

    day: date
    incidents: tuple[IncidentView, ...]


@dataclass(frozen=True, kw_only=True)
class MonthView:
    """All files of a month, newest first; *first* is its first day."""

    first: date
    url: str
    incidents: tuple[IncidentView, ...]


@dataclass(frozen=True, kw_only=True)
class Site:
    """The site at the moment *now*. Lists of incidents are newest first, coming work soonest."""

    config: Config
    language: Language
    base_url: str
    now: datetime
    data: object
    severity: Severity
    since: datetime | None
    affected: tuple[ServiceView, ...]
    incidents: tuple[IncidentView, ...]
    open: tuple[IncidentView, ...]
    in_progress: tuple[IncidentView, ...]
    upcoming: tuple[IncidentView, ...]
    notices: tuple[IncidentView, ...]
    pinned: tuple[IncidentView, ...]
    services: tuple[ServiceView, ...]
    groups: tuple[GroupView, ...]
    days: tuple[DayView, ...]
    months: tuple[MonthView, ...]

    @property
    def title(self) -> str:
        """The name of the page."""
        return self.config.title

    @property
    def path(self) -> str:
        """The path of the site's root on its host, with `/` at both ends."""
        return f"{urlsplit(self.base_url).path}/"

    def absolute(self, url: str) -> str:
        """The full address of *url*, a path from the root of the site."""
        return f"{self.base_url}/{url}"
