"""Settings and incidents to a `Site` at one moment: everything that a renderer may know."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction

from statusgen import moments, timeline
from statusgen.config import Config
from statusgen.ids import id12
from statusgen.language import Language
from statusgen.model import Collapse, Group, Incident, Kind, Service, Severity, State
from statusgen.timeline import Span, Step, Timeline, worst
from statusgen.uptime import days_of, uptime
from statusgen.views import (
    DayView,
    GroupView,
    IncidentView,
    MonthView,
    ServiceView,
    Site,
    Touched,
    UpdateView,
    YearView,
)

UPTIME_DAYS = 90
PAST_DAYS = 15
NOTICE_DAYS = 15


def assemble(
    config: Config,
    incidents: Iterable[Incident],
    *,
    now: datetime,
    base_url: str | None = None,
    data: object = None,
) -> Site:
    """Work out the site of *config* and *incidents* at *now*.

    *base_url* stands for the configured address; *data* is laid over `data:`, key by key if both
    are maps. What is dated after *now* is left out.
    """
    courses = [
        timeline.trace(incident).until(now) for incident in incidents if incident.started <= now
    ]
    assembly = _Assembly(config, courses, now)
    views = assembly.incidents
    going_on = [view for view in views if view.is_open]
    worst_service = worst(service.severity for service in assembly.current)
    # Work begun early is felt, but its window, which dates it, is still to come.
    begun = [view for view in going_on if view.dated <= now]
    causes = [view for view in begun if assembly.is_cause(view, worst_service)]
    upcoming = [view for view in views if view.state is State.SCHEDULED and not view.pin]
    return Site(
        config=config,
        language=assembly.language,
        base_url=config.url if base_url is None else base_url,
        now=now,
        data=_laid_over(config.data, data),
        severity=worst_service,
        since=min((view.dated for view in causes), default=None),
        affected=tuple(
            sorted(
                (one for one in assembly.current if one.severity is not Severity.NONE),
                key=lambda service: -service.severity.rank,
            )
        ),
        incidents=tuple(views),
        open=tuple(view for view in going_on if not view.is_maintenance),
        in_progress=tuple(view for view in going_on if view.is_maintenance),
        upcoming=tuple(sorted(upcoming, key=lambda view: (view.dated, view.slug))),
        notices=tuple(view for view in views if assembly.is_shown_notice(view)),
        pinned=tuple(view for view in views if view.pin and not view.is_open),
        services=tuple(assembly.services),
        groups=tuple(assembly.groups()),
        days=tuple(assembly.days()),
        months=tuple(assembly.months()),
    )


def _laid_over(below: object, above: object) -> object:
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **above}
    return below if above is None else above


class _Assembly:
    """The parts of a site while it is put together."""

    def __init__(self, config: Config, courses: list[Timeline], now: datetime) -> None:
        self.config = config
        self.now = now
        self.today = moments.day_of(now, config.zone)
        self.language = Language(config.language, config.messages)
        self.incidents = sorted(
            (self._incident(course) for course in courses),
            key=lambda view: (view.dated, view.slug),
            reverse=True,
        )
        self._by_service: dict[str, list[IncidentView]] = {}
        for view in self.incidents:
            for touched in view.services:
                self._by_service.setdefault(touched.id, []).append(view)
        self.services = self._services(courses)
        self.current = [service for service in self.services if not service.is_retired]

    def is_shown_notice(self, view: IncidentView) -> bool:
        """Whether *view* is a notice that is to be shown still; pinned ones stand elsewhere."""
        if not view.is_notice or view.pin:
            return False
        end = view.until or view.started + timedelta(days=NOTICE_DAYS)
        return self.now < (end if view.ended is None else min(end, view.ended))

    def is_cause(self, view: IncidentView, severity: Severity) -> bool:
        """Whether the open *view* is why the worst of the current services has *severity*."""
        current = {service.id for service in self.current}
        felt = worst(touched.severity for touched in view.services if touched.id in current)
        # While nothing is felt the banner speaks of open incidents, but not of planned work.
        return felt is severity and not (severity is Severity.NONE and view.is_maintenance)

    def groups(self) -> Iterable[GroupView]:
        """The groups that have a service to show, then the services of no group."""
        members: dict[str | None, list[ServiceView]] = {}
        for service in self.current:
            members.setdefault(self.config.service_by_id[service.id].group, []).append(service)
        for group in self.config.groups:
            if group.id in members:
                yield self._group(group, tuple(members[group.id]), is_named=True)
        if None in members:
            yield self._group(Group(id="", name=""), tuple(members[None]), is_named=False)

    def _is_retired(self, service: Service) -> bool:
        return service.retired is not None and service.retired < self.today

    def _group(
        self, group: Group, members: tuple[ServiceView, ...], *, is_named: bool
    ) -> GroupView:
        severity = worst(service.severity for service in members)
        shares = [service.uptime for service in members if service.uptime is not None]
        is_well = severity is Severity.NONE
        folds_now = group.collapse is Collapse.WHEN_OPERATIONAL and is_well
        return GroupView(
            name=group.name if is_named else None,
            description=group.description,
            extra=group.extra,
            severity=severity,
            uptime=sum(shares, Fraction(0)) / len(shares) if shares else None,
            is_folded=group.collapse is Collapse.ALWAYS or folds_now,
            can_fold=is_named and group.collapse is not Collapse.NEVER,
            services=members,
        )

    def days(self) -> Iterable[DayView]:
        """The recent days, today first, each with all that was going on on it."""
        days = [self.today - timedelta(days=n) for n in range(PAST_DAYS)]
        found: dict[date, list[IncidentView]] = {day: [] for day in days}
        for view in self.incidents:
            if view.is_notice or view.state is State.SCHEDULED:
                continue
            start, end = self._days_of(view)
            if end < days[-1]:
                continue
            for day in days:
                if start <= day <= end:
                    found[day].append(view)
        for day in days:
            yield DayView(day=day, incidents=tuple(found[day]))

    def _days_of(self, view: IncidentView) -> tuple[date, date]:
        """The first and the last day of *view*, of cancelled work the day it was called off."""
        end = moments.day_of(view.ended or self.now, self.config.zone)
        return (end if view.is_cancelled else moments.day_of(view.dated, self.config.zone), end)

    def months(self) -> Iterable[MonthView]:
        """Every month that has a file, newest first."""
        found: dict[date, list[IncidentView]] = {}
        for view in self.incidents:
            day = moments.day_of(view.dated, self.config.zone)
            found.setdefault(day.replace(day=1), []).append(view)
        for first in sorted(found, reverse=True):
            url = f"history/{first:%Y-%m}.html"
            yield MonthView(first=first, url=url, incidents=tuple(found[first]))

    def _incident(self, course: Timeline) -> IncidentView:
        incident = course.incident
        return IncidentView(
            id=incident.record_id,
            slug=incident.slug,
            title=incident.title,
            kind=incident.kind,
            url=f"incidents/{incident.slug}.html",
            started=incident.started,
            ended=course.ended,
            dated=incident.dated,
            starts=incident.starts,
            ends=incident.ends,
            until=incident.until,
            state=course.state,
            severity=course.severity,
            worst=course.worst,
            is_open=course.is_open,
            is_cancelled=course.is_cancelled,
            pin=incident.pin,
            services=tuple(self._touched(course)),
            updates=tuple(self._update(step, incident) for step in reversed(course.steps)),
            body=incident.body,
            source=incident.source,
            extra=incident.extra,
        )

    def _touched(self, course: Timeline) -> Iterable[Touched]:
        worsts = course.worsts
        for name, severity in course.severities.items():
            service = self.config.service_by_id[name]
            yield Touched(
                id=name, name=service.name, url=_url(service), severity=severity, worst=worsts[name]
            )

    def _update(self, step: Step, incident: Incident) -> UpdateView:
        text = step.update.text if step.update else ""
        if not text and incident.kind is not Kind.NOTICE:
            text = self.language.say(f"standard.{step.state}")
        elif not text and step.update is None:
            text = self.language.say("standard.ended")
        return UpdateView(
            id=id12("update", step.key),
            at=step.at,
            state=step.state,
            severity=worst(step.severities.values()),
            text=text,
            extra=step.update.extra if step.update else {},
        )

    def _services(self, courses: list[Timeline]) -> list[ServiceView]:
        spans: dict[str, list[Span]] = {}
        now_felt: dict[str, list[Severity]] = {}
        for course in courses:
            for name, found in course.spans(now=self.now).items():
                spans.setdefault(name, []).extend(found)
            if course.is_open:
                for name, severity in course.severities.items():
                    now_felt.setdefault(name, []).append(severity)
        return [
            self._service(one, spans.get(one.id, []), worst(now_felt.get(one.id, [])))
            for one in self.config.services
        ]

    def _service(self, service: Service, spans: list[Span], severity: Severity) -> ServiceView:
        days = days_of(
            service,
            spans,
            first=self.today - timedelta(days=UPTIME_DAYS - 1),
            now=self.now,
            zone=self.config.zone,
        )
        recent, years = self._history(service)
        return ServiceView(
            id=service.id,
            name=service.name,
            description=service.description,
            link=service.link,
            since=service.since,
            retired=service.retired,
            is_retired=self._is_retired(service),
            extra=service.extra,
            url=_url(service),
            feed_url=f"services/{service.id}/feed.atom",
            severity=severity,
            days=tuple(days),
            uptime=uptime(days, self.config.weights),
            incidents=tuple(self._by_service.get(service.id, ())),
            recent=recent,
            years=years,
        )

    def _history(self, service: Service) -> tuple[tuple[IncidentView, ...], tuple[YearView, ...]]:
        """The files of *service* of the last 12 months, and its earlier years."""
        recent: list[IncidentView] = []
        years: dict[int, list[IncidentView]] = {}
        is_early: set[int] = set()
        # 366 days reach back to the same day of last year, whatever the year.
        first = self.today - timedelta(days=366)
        for view in self._by_service.get(service.id, ()):
            day = moments.day_of(view.dated, self.config.zone)
            years.setdefault(day.year, []).append(view)
            if day > first:
                recent.append(view)
            else:
                is_early.add(day.year)
        early = (
            YearView(
                year=year,
                url=f"services/{service.id}/{year}.html",
                incidents=tuple(years[year]),
            )
            for year in sorted(is_early, reverse=True)
        )
        return (tuple(recent), tuple(early))


def _url(service: Service) -> str:
    return f"services/{service.id}.html"
