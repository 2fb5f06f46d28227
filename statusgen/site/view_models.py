"""What a renderer and a template may know: the site at one moment, all facts worked out.

A URL without a scheme is a path from the root of the site; `Site.absolute` makes it a full one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from urllib.parse import urlsplit

from statusgen.config.settings import Config
from statusgen.i18n.language import Language
from statusgen.model import Kind, Link, Severity, State
from statusgen.timeline.timeline import SeverityInterval
from statusgen.timeline.uptime import Day

NOTICE_DAYS = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class AffectedService:
    """What an incident does to a service: *severity* now, *worst* ever, and how it went.

    *spells* are in order, times without harm left out.
    """

    id: str
    name: str
    url: str
    severity: Severity
    worst: Severity
    spells: tuple[SeverityInterval, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdateView:
    """One message on an incident; *text* is Markdown, *html* the same as safe HTML.

    *changes* are the services that it moved to another severity, with that severity; of an update
    that opens or ends an incident there are none, since it moves them all. *severities* is what
    every service that was ever named has from then on, by id. *standard* names the message that
    stands in for a text, in the words of the site. *notify* is whether it was to be announced,
    *extra* the site's own keys.
    """

    id: str
    at: datetime
    state: State
    severity: Severity
    severities: Mapping[str, Severity]
    changes: "tuple[ServiceChange, ...]"
    is_written: bool  # and not a move of the clock
    notify: bool
    standard: str | None
    text: str
    html: str
    extra: Mapping[str, object]

    @property
    def anchor(self) -> str:
        """Where it stands on the incident's page."""
        return f"update-{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceChange:
    """A service and the severity that it has from an update on."""

    name: str
    url: str
    severity: Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentDetails:
    """All that a file says at length: *updates* are newest first, *body* is Markdown."""

    updates: tuple[UpdateView, ...]
    body: str
    body_html: str
    extra: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentView:
    """A file at the moment of the site; *services* are those it ever named.

    What it says at length is fetched by *tell* when somebody asks, so that thousands of files that
    nobody asks need no room. Views of one *token* are equal, if it is not empty. *spoken* is when
    the newest update was. *stretches* are the times in which it was open; one that was reopened has
    several. *clock_starts* and *clock_ends* are when the clock alone will move planned work on,
    *will_touch* the ids of the services that it touches then; None and empty where updates have
    taken over. *history_url* leads to the history of the file, *calendar_url* to its own calendar;
    *old_urls* are stubs that lead to its page.
    """

    id: str
    slug: str
    title: str
    kind: Kind
    url: str
    started: datetime
    ended: datetime | None
    spoken: datetime | None
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
    notify: bool
    services: tuple[AffectedService, ...]
    stretches: tuple[tuple[datetime, datetime | None], ...]
    clock_starts: datetime | None
    clock_ends: datetime | None
    will_touch: frozenset[str]
    source: str | None
    history_url: str | None
    old_urls: tuple[str, ...]
    tell: Callable[[], IncidentDetails] = field(compare=False, repr=False)
    token: str = field(default="", compare=False)

    @property
    def updates(self) -> tuple[UpdateView, ...]:
        """What was said, newest first."""
        return self.tell().updates

    @property
    def body(self) -> str:
        """The summary or postmortem, Markdown; may be empty."""
        return self.tell().body

    @property
    def body_html(self) -> str:
        """The same as safe HTML."""
        return self.tell().body_html

    @property
    def extra(self) -> Mapping[str, object]:
        """The site's own keys."""
        return self.tell().extra

    @property
    def is_maintenance(self) -> bool:
        """Whether it is planned work."""
        return self.kind is Kind.MAINTENANCE

    @property
    def is_notice(self) -> bool:
        """Whether it is information that harms nothing."""
        return self.kind is Kind.NOTICE

    @property
    def lapses(self) -> datetime | None:
        """When a notice is over if nobody ends it; a pinned one stays unless it says until."""
        if not self.is_notice or (self.pin and self.until is None):
            return None
        return self.until or self.started + timedelta(days=NOTICE_DAYS)

    @property
    def calendar_url(self) -> str | None:
        """The calendar of planned work."""
        return f"incidents/{self.slug}.ics" if self.is_maintenance else None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is going on or to come."""
        return self.ended is not None

    @property
    def opened(self) -> datetime:
        """Since when it is open, if it is; one that was reopened, since then."""
        return self.stretches[-1][0] if self.stretches else self.dated

    @property
    def seconds(self) -> int | None:
        """How long it was open, once it is over; of cancelled work nothing."""
        if self.ended is None or self.is_cancelled:
            return None
        times = ((end - start).total_seconds() for start, end in self.stretches if end is not None)
        return int(sum(times))


@dataclass(frozen=True, kw_only=True)
class OutageDay:
    """A day on which a service was not well: the worst that it had, and for how long.

    *seconds* is None while that still goes on; *incidents* are those that touched it that day.
    """

    date: date
    severity: Severity
    seconds: int | None
    incidents: tuple[IncidentView, ...]


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """A day of a service's calendar; *trouble* is None on a day without any."""

    day: Day
    trouble: OutageDay | None


@dataclass(frozen=True, kw_only=True)
class CalendarMonth:
    """A month of a service; a week has seven places, None for those outside the month."""

    first: date
    weeks: tuple[tuple[CalendarDay | None, ...], ...]


@dataclass(frozen=True, kw_only=True)
class ServiceView:
    """A service at the moment of the site, with its *days*, oldest first.

    *group_feed* has the name and the feed of its group, None if it is in none. *changed* is since
    when it has a *severity* other than none. *troubles* are the bad ones among
    its *days*, newest first; *months* the last twelve, oldest first. *recent* are its incidents of
    the last 12 months, *incidents* all of them. *works* are the slugs of planned work that the
    clock alone will begin or end on it, if nothing else is the matter.
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
    group_feed: Link | None
    badge_url: str
    severity: Severity
    changed: datetime | None
    works: tuple[str, ...]
    days: tuple[Day, ...]
    troubles: tuple[OutageDay, ...]
    months: tuple[CalendarMonth, ...]
    uptime: Fraction | None
    incidents: tuple[IncidentView, ...]
    recent: tuple[IncidentView, ...]
    years: "tuple[YearView, ...]"


@dataclass(frozen=True, kw_only=True)
class YearView:
    """The incidents of a service, or of a severity, in a year that is not recent any more."""

    year: int
    url: str
    incidents: tuple[IncidentView, ...]


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """Services shown together.

    For those in no group *name* and *feed_url* are None, and *id* is empty.
    """

    id: str
    name: str | None
    description: str
    extra: Mapping[str, object]
    feed_url: str | None
    severity: Severity
    works: tuple[str, ...]
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
    """All files of a month, newest first; *first* is its first day.

    *mean_seconds* is the mean time to resolve its incidents, None if none has been resolved.
    """

    first: date
    url: str
    incidents: tuple[IncidentView, ...]
    mean_seconds: int | None

    @property
    def count(self) -> int:
        """How many files it has."""
        return len(self.incidents)


@dataclass(frozen=True, kw_only=True)
class HistoryYear:
    """A year of the history: its months that have a file, newest first, and its figures."""

    year: int
    months: tuple[MonthView, ...]
    count: int
    mean_seconds: int | None


@dataclass(frozen=True, kw_only=True)
class SeverityView:
    """The files whose worst is one severity: those of the last 12 months, and earlier years."""

    severity: Severity
    url: str
    recent: tuple[IncidentView, ...]
    years: tuple[YearView, ...]


@dataclass(frozen=True, kw_only=True)
class Site:
    """The site at the moment *now*. Lists of incidents are newest first, coming work soonest.

    *shown_open* and *shown_in_progress* are those that the front page lists: old ones leave it with
    `keep_open: false`, but nothing else forgets them.
    """

    config: Config
    language: Language
    base_url: str
    now: datetime
    data: object
    severity: Severity
    since: datetime | None
    works: tuple[str, ...]
    affected: tuple[ServiceView, ...]
    incidents: tuple[IncidentView, ...]
    open: tuple[IncidentView, ...]
    in_progress: tuple[IncidentView, ...]
    shown_open: tuple[IncidentView, ...]
    shown_in_progress: tuple[IncidentView, ...]
    upcoming: tuple[IncidentView, ...]
    notices: tuple[IncidentView, ...]
    pinned: tuple[IncidentView, ...]
    services: tuple[ServiceView, ...]
    groups: tuple[GroupView, ...]
    days: tuple[DayView, ...]
    months: tuple[MonthView, ...]
    years: tuple[HistoryYear, ...]
    severities: tuple[SeverityView, ...]

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
