"""View models for a site at one moment: all the facts that renderers and templates use.

A URL without a scheme is a path from the root of the site; `Site.absolute` completes it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from urllib.parse import urlsplit

from msgspec import Struct

from statusgen import times
from statusgen.config.settings import Config
from statusgen.i18n.language import Language
from statusgen.model import Kind, Link, Severity, State
from statusgen.timeline.timeline import SeverityInterval
from statusgen.timeline.uptime import Day

NOTICE_DAYS = 15


class AffectedService(Struct, frozen=True, kw_only=True, array_like=True):
    """A service in an incident, with its current *severity* and its *worst* one.

    *spells* are its periods with impact, in order.
    """

    id: str
    name: str
    url: str
    severity: Severity
    worst: Severity
    spells: tuple[SeverityInterval, ...]


class UpdateView(Struct, frozen=True, kw_only=True, array_like=True):
    """An update of an incident; *text* is Markdown, and *html* is the sanitized HTML.

    *changes* has the services whose severity it changed; it is empty for updates that open or end
    an incident, which change all of them. *severities* has the new severity of every service named
    so far, by id. *standard* is the name of the message that replaces a missing text. *notify* says
    whether to send notifications. *extra* has the site's own keys.
    """

    id: str
    at: datetime
    state: State
    severity: Severity
    severities: Mapping[str, Severity]
    changes: "tuple[ServiceChange, ...]"
    is_written: bool  # False if the clock changed the state
    notify: bool
    standard: str | None
    text: str
    html: str
    extra: Mapping[str, object]

    @property
    def anchor(self) -> str:
        """The URL fragment of the update on the incident's page."""
        return f"update-{self.id}"


class ServiceChange(Struct, frozen=True, kw_only=True, array_like=True):
    """A service and its severity after an update."""

    name: str
    url: str
    severity: Severity


class IncidentDetails(Struct, frozen=True, kw_only=True, array_like=True):
    """The details of an incident file; *updates* are newest first, *body* is Markdown."""

    updates: tuple[UpdateView, ...]
    body: str
    body_html: str
    extra: Mapping[str, object]


_NO_DETAILS = IncidentDetails(updates=(), body="", body_html="", extra={})


class IncidentView(Struct, frozen=True, kw_only=True, array_like=True, eq=False):
    """An incident, maintenance or notice at the moment of the site.

    *services* are all those it has ever named. *tell* loads its details on demand, so that
    thousands of files fit into memory. Views with the same *token*, if any, show the same.
    *spoken* is the time of the newest update. *stretches* are the periods in which it was open;
    reopening starts another one. *clock_starts* and *clock_ends* are the times at which maintenance
    will start and end automatically, and *will_touch* has the ids of the services affected then;
    they are None or empty once updates have done so. *history_url* is the edit history of the file,
    *calendar_url* its own calendar, and *old_urls* are stub pages that redirect to its page.
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
    will_touch: tuple[str, ...]
    source: str | None
    history_url: str | None
    old_urls: tuple[str, ...]
    tell: Callable[[], IncidentDetails] | None = None
    token: str = ""

    @property
    def details(self) -> IncidentDetails:
        """The updates, the body and the site's own keys."""
        return self.tell() if self.tell else _NO_DETAILS

    @property
    def updates(self) -> tuple[UpdateView, ...]:
        """The updates, newest first."""
        return self.details.updates

    @property
    def body(self) -> str:
        """The summary or postmortem, in Markdown; may be empty."""
        return self.details.body

    @property
    def body_html(self) -> str:
        """The body as sanitized HTML."""
        return self.details.body_html

    @property
    def extra(self) -> Mapping[str, object]:
        """The site's own keys."""
        return self.details.extra

    @property
    def is_maintenance(self) -> bool:
        """True for maintenance."""
        return self.kind is Kind.MAINTENANCE

    @property
    def is_notice(self) -> bool:
        """True for a notice, which affects no service."""
        return self.kind is Kind.NOTICE

    @property
    def lapses(self) -> datetime | None:
        """The time at which a notice expires; None for a pinned one without `until`."""
        if not self.is_notice or (self.pin and self.until is None):
            return None
        return self.until or self.started + timedelta(days=NOTICE_DAYS)

    @property
    def calendar_url(self) -> str | None:
        """The path of its calendar, if it is maintenance."""
        return f"incidents/{self.slug}.ics" if self.is_maintenance else None

    @property
    def is_uniform(self) -> bool:
        """True if each service was affected at the worst severity while it was open."""
        whole = [(start, end, self.worst) for start, end in self.stretches]
        return all(
            [(spell.start, spell.end, spell.severity) for spell in service.spells] == whole
            for service in self.services
        )

    @property
    def is_settled(self) -> bool:
        """True if it is over."""
        return self.ended is not None

    @property
    def opened(self) -> datetime:
        """The start of the current or latest period in which it was open."""
        return self.stretches[-1][0] if self.stretches else self.dated

    @property
    def seconds(self) -> int | None:
        """The total time for which it was open, once it is over; None if it was cancelled."""
        if self.ended is None or self.is_cancelled:
            return None
        times = ((end - start).total_seconds() for start, end in self.stretches if end is not None)
        return int(sum(times))


class OutageDay(Struct, frozen=True, kw_only=True):
    """A day on which a service had problems: the worst severity, and its duration.

    *seconds* is None while that severity lasts. *incidents* are those that affected the service
    that day.
    """

    date: date
    severity: Severity
    seconds: int | None
    incidents: tuple[IncidentView, ...]


class CalendarDay(Struct, frozen=True, kw_only=True):
    """A day in a service's calendar; *trouble* is None if there was no problem."""

    day: Day
    trouble: OutageDay | None


class CalendarMonth(Struct, frozen=True, kw_only=True):
    """A month in a service's calendar, in weeks of seven days; those of other months are None.

    *uptime* is the service's uptime in that month, or None if no day was observed.
    """

    first: date
    weeks: tuple[tuple[CalendarDay | None, ...], ...]
    uptime: Fraction | None


class ServiceView(Struct, frozen=True, kw_only=True):
    """A service at the moment of the site, with its *days*, oldest first.

    *group_feed* is the name and feed of its group, or None. *changed* is the time since which it
    has been affected. *troubles* are the days with problems among *days*, newest first. *months*
    are the last twelve, newest first. *uptime* covers *days*, *uptime_30* the last 30 of them, and
    *uptime_year* the *months*; each is None if no day was observed. *recent* has its incidents from
    the last 12 months, and *incidents* all of them. *works* has the slugs of maintenance that will
    start or end automatically, if nothing else affects the service.
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
    uptime_30: Fraction | None
    uptime_year: Fraction | None
    incidents: tuple[IncidentView, ...]
    recent: tuple[IncidentView, ...]
    years: "tuple[YearView, ...]"


class YearView(Struct, frozen=True, kw_only=True):
    """The incidents for a service or severity in a year that goes back more than 12 months."""

    year: int
    url: str
    incidents: tuple[IncidentView, ...]


class GroupView(Struct, frozen=True, kw_only=True):
    """Services that are shown together.

    For services without a group, *name* and *feed_url* are None, and *id* is empty.
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

    @property
    def affected(self) -> tuple[ServiceView, ...]:
        """The services that are not operational."""
        return tuple(one for one in self.services if one.severity is not Severity.NONE)

    @property
    def operational(self) -> tuple[ServiceView, ...]:
        """The services that are operational."""
        return tuple(one for one in self.services if one.severity is Severity.NONE)


class PastDays(Struct, frozen=True, kw_only=True):
    """Recent days that the front page shows together.

    They are one day with the *incidents* that ended on it, newest first; or all days from *first*
    to *last* without incidents; or those on which incidents were open that still are: *ongoing*.
    """

    first: date
    last: date
    incidents: tuple[IncidentView, ...]
    ongoing: tuple[IncidentView, ...]


class MonthView(Struct, frozen=True, kw_only=True):
    """All files in a month, newest first; *first* is its first day.

    *mean_seconds* is the mean time to resolve its incidents, or None if none have been resolved.
    """

    first: date
    url: str
    incidents: tuple[IncidentView, ...]
    mean_seconds: int | None

    @property
    def count(self) -> int:
        """The number of files."""
        return len(self.incidents)


class HistoryYear(Struct, frozen=True, kw_only=True):
    """A year in the history, with its figures and the months that have files, newest first."""

    year: int
    months: tuple[MonthView, ...]
    count: int
    mean_seconds: int | None


class SeverityView(Struct, frozen=True, kw_only=True):
    """The files with the same worst severity: those from the last 12 months, and earlier years."""

    severity: Severity
    url: str
    recent: tuple[IncidentView, ...]
    years: tuple[YearView, ...]


class Frame(Struct, frozen=True, kw_only=True):
    """The part of a site that all pages show and no incident changes.

    Outputs that need nothing else of the site take this instead of a `Site`, and are then rendered
    again only if their own incidents change.
    """

    config: Config
    language: Language
    base_url: str
    data: object

    @property
    def title(self) -> str:
        """The title of the site."""
        return self.config.title

    @property
    def path(self) -> str:
        """The path of the site's root on its host, with `/` at both ends."""
        return f"{urlsplit(self.base_url).path}/"

    def absolute(self, url: str) -> str:
        """Return the full address of *url*, a path from the root of the site."""
        return f"{self.base_url}/{url}"


class Site(Frame, frozen=True, kw_only=True):
    """The site at the moment *now*. Incidents are newest first, upcoming maintenance soonest first.

    *shown_open* and *shown_in_progress* are those on the front page, worst first, which with
    `keep_open: false` omits old ones. *past* are the recent days, newest first; an incident is
    listed once, on the day it ended.
    """

    now: datetime
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
    past: tuple[PastDays, ...]
    months: tuple[MonthView, ...]
    years: tuple[HistoryYear, ...]
    severities: tuple[SeverityView, ...]

    @property
    def today(self) -> date:
        """The day of *now* in the site's time zone."""
        return times.day_of(self.now, self.config.zone)

    @property
    def frame(self) -> Frame:
        """The part that no incident changes."""
        return Frame(
            config=self.config, language=self.language, base_url=self.base_url, data=self.data
        )
