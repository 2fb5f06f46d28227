"""Build the `ServiceView` for a service: severity, days, calendar and uptime."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from msgspec import Struct

from statusgen import times
from statusgen.config.settings import Config
from statusgen.model import Link, Service, Severity
from statusgen.site import past_incidents
from statusgen.site.incident import group_feed_of, url_of
from statusgen.site.view_models import (
    AffectedService,
    CalendarDay,
    CalendarMonth,
    IncidentView,
    OutageDay,
    ServiceView,
)
from statusgen.timeline.timeline import Interval, seconds, worst
from statusgen.timeline.uptime import UPTIME_DAYS, Day, days_of, merged, uptime

_MONTHS = 12


class ServiceIncident(Struct, frozen=True, kw_only=True):
    """The effect of one incident on a service."""

    incident: IncidentView
    affected: AffectedService

    @property
    def severity(self) -> Severity:
        """Return the current severity."""
        return self.affected.severity if self.incident.is_open else Severity.NONE

    def spans(self, now: datetime) -> list[Interval]:
        """Return the periods with impact, up to *now*."""
        return [span for spell in self.affected.spells if (span := spell.span(now))]

    def has_lasted(self, begin: datetime) -> bool:
        """Return whether there was impact after *begin*."""
        spells = self.affected.spells
        return bool(spells) and (spells[-1].end is None or spells[-1].end > begin)


def service_view(
    service: Service,
    effects: Iterable[ServiceIncident],
    *,
    config: Config,
    now: datetime,
    first_weekday: int,
) -> ServiceView:
    """Return the view of *service* at *now*; *effects* has its incidents, newest first."""
    health = _Health(service, list(effects), config, now)
    days = health.days()
    last = days[-UPTIME_DAYS:]
    troubles = health.troubles(days)
    incidents = [one.incident for one in health.effects]
    recent, years = past_incidents.spread(
        incidents, f"services/{service.id}", "/", today=health.today, zone=config.zone
    )
    return ServiceView(
        id=service.id,
        name=service.name,
        description=service.description,
        link=service.link,
        since=service.since,
        retired=service.retired,
        is_retired=service.retired is not None and service.retired < health.today,
        extra=service.extra,
        url=url_of(service),
        feed_url=f"services/{service.id}/feed.atom",
        group_feed=_group_feed(service, config),
        badge_url=f"services/{service.id}/badge.svg",
        severity=health.severity,
        changed=health.changed(),
        works=health.works(),
        days=tuple(last),
        troubles=tuple(one for one in troubles if one.date >= last[0].date),
        months=tuple(_months(days, troubles, first_weekday, config))[::-1],
        uptime=uptime(last, config.weights),
        uptime_30=uptime(last[-30:], config.weights),
        uptime_year=uptime(days, config.weights),
        incidents=tuple(incidents),
        recent=recent,
        years=years,
    )


def _group_feed(service: Service, config: Config) -> Link | None:
    groups = (group for group in config.groups if group.id == service.group)
    return next((Link(name=group.name, url=group_feed_of(group)) for group in groups), None)


class _Health:
    """The figures for the view of a service."""

    def __init__(
        self, service: Service, effects: list[ServiceIncident], config: Config, now: datetime
    ) -> None:
        self.service = service
        self.effects = effects
        self.zone = config.zone
        self.now = now
        self.today = times.day_of(now, config.zone)
        self.severity = worst(one.severity for one in effects)
        back = self.today.year * 12 + self.today.month - _MONTHS
        self.first = date(back // 12, back % 12 + 1, 1)
        begin = times.midnight(self.first, self.zone)
        self.recent = [(one.incident, one.spans(now)) for one in effects if one.has_lasted(begin)]

    def days(self) -> list[Day]:
        """Return the days of the last twelve months, or more if uptime needs them."""
        spans = (span for _, spans in self.recent for span in spans)
        return days_of(self.service, spans, first=self.first, now=self.now, zone=self.zone)

    def changed(self) -> datetime | None:
        if self.severity is Severity.NONE:
            return None
        spells = merged(span for one in self.effects for span in one.spans(self.now))
        if not spells or spells[-1][1] < seconds(self.now):
            return None
        return datetime.fromtimestamp(spells[-1][0], UTC)

    def works(self) -> tuple[str, ...]:
        """Return the slugs of maintenance whose schedule alone sets the service's severity."""
        moving = [
            one.incident for one in self.effects if self.service.id in one.incident.will_touch
        ]
        names = {work.slug for work in moving}
        others = worst(one.severity for one in self.effects if one.incident.slug not in names)
        return tuple(work.slug for work in moving) if others is Severity.NONE else ()

    def troubles(self, days: list[Day]) -> list[OutageDay]:
        """Return the days with impact in *days*, newest first."""
        causes: dict[date, list[IncidentView]] = {}
        for incident, spans in self.recent:
            for affected_date in self._dates(spans):
                causes.setdefault(affected_date, []).append(incident)
        found = []
        for day in reversed(days):
            if day.severity is None or day.severity is Severity.NONE:
                continue
            is_going_on = day.date == self.today and day.severity is self.severity
            found.append(
                OutageDay(
                    date=day.date,
                    severity=day.severity,
                    seconds=None if is_going_on else day.seconds[day.severity],
                    incidents=tuple(causes.get(day.date, ())),
                )
            )
        return found

    def _dates(self, spans: Iterable[Interval]) -> set[date]:
        """Return the days since `first` that *spans* overlap."""
        found: set[date] = set()
        for start, stop, _ in spans:
            last = times.day_of(datetime.fromtimestamp(stop - 1, UTC), self.zone)
            day = max(self.first, times.day_of(datetime.fromtimestamp(start, UTC), self.zone))
            while day <= last:
                found.add(day)
                day += timedelta(days=1)
        return found


def _months(
    days: list[Day], troubles: list[OutageDay], first_weekday: int, config: Config
) -> Iterable[CalendarMonth]:
    """Yield *days*, which start on the first of a month, as months of whole weeks."""
    by_date = {trouble.date: trouble for trouble in troubles}
    for _, month in groupby(days, key=lambda day: day.date.month):
        members = list(month)
        first = members[0].date
        cells: list[CalendarDay | None] = [None] * ((first.weekday() - first_weekday) % 7)
        cells += (CalendarDay(day=day, trouble=by_date.get(day.date)) for day in members)
        cells += [None] * (-len(cells) % 7)
        yield CalendarMonth(
            first=first,
            weeks=tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7)),
            uptime=uptime(members, config.weights),
        )
