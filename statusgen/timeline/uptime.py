"""Computation of a service's days and uptime from severity intervals, in exact arithmetic.

`uptime = 1 - sum(weight(severity) x seconds) / observed`; where intervals overlap, the worst wins.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from statusgen import times
from statusgen.model import Service, Severity
from statusgen.timeline.timeline import Interval, seconds, worst

UPTIME_DAYS = 90


class Day(Struct, frozen=True, kw_only=True):
    """One day of a service; *severity* is None if the day was not observed.

    *observed* is the length of the day in seconds, which clock changes may affect. *seconds* has
    the time spent at each severity except `none`.
    """

    date: date
    severity: Severity | None
    observed: int
    seconds: Mapping[Severity, int]


def merged(spans: Iterable[Interval]) -> list[Interval]:
    """Merge overlapping *spans*: the worst severity wins, and equal neighbours are joined."""
    edges = sorted(
        edge
        for start, stop, severity in spans
        for edge in ((start, 1, severity.rank), (stop, -1, severity.rank))
    )
    levels = list(Severity)
    running = [0] * len(levels)
    result: list[Interval] = []
    since = 0
    for at, step, rank in edges:
        top = max((level for level, count in enumerate(running) if count), default=0)
        if top and since < at:
            if result and result[-1][1] == since and result[-1][2] is levels[top]:
                result[-1] = (result[-1][0], at, levels[top])
            else:
                result.append((since, at, levels[top]))
        running[rank] += step
        since = at
    return result


def days_of(
    service: Service, spans: Iterable[Interval], *, first: date, now: datetime, zone: tzinfo
) -> list[Day]:
    """Return the days of *service* from *first* to the day of *now* in *zone*, oldest first.

    *spans* are its severity intervals from all files, in any order. Days before `since` or after
    `retired` are not observed.
    """
    spells = merged(spans)
    starts = _midnights(first, times.day_of(now, zone), zone)
    stops = [stop for _, stop in starts[1:]] + [seconds(now)]
    result = []
    place = 0
    for (day, start), stop in zip(starts, stops, strict=True):
        while place < len(spells) and spells[place][1] <= start:
            place += 1
        if start == stop or not _is_observed(service, day):
            result.append(Day(date=day, severity=None, observed=0, seconds=_NO_SECONDS))
            continue
        has_spell = place < len(spells) and spells[place][0] < stop
        durations = dict(_NO_SECONDS) if has_spell else _NO_SECONDS
        for index in range(place, len(spells)):
            begun, over, severity = spells[index]
            if begun >= stop:
                break
            durations[severity] += max(0, min(over, stop) - max(begun, start))
        severity = worst(severity for severity, count in durations.items() if count)
        result.append(Day(date=day, severity=severity, observed=stop - start, seconds=durations))
    return result


@lru_cache(1)
def _midnights(first: date, last: date, zone: tzinfo) -> tuple[tuple[date, int], ...]:
    """Return the days from *first* to *last* with their start times.

    The cache has one entry because the days are the same for all services.
    """
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple((day, seconds(times.midnight(day, zone))) for day in days)


def _is_observed(service: Service, day: date) -> bool:
    if service.since is not None and day < service.since:
        return False
    return service.retired is None or day <= service.retired


_NO_SECONDS: dict[Severity, int] = {  # of all days without a problem
    severity: 0 for severity in Severity if severity is not Severity.NONE
}


def uptime(days: Iterable[Day], weights: Mapping[Severity, Fraction]) -> Fraction | None:
    """Return the share of observed time that was not downtime; None if nothing was observed."""
    observed, affected = 0, []
    for day in days:
        observed += day.observed
        if day.seconds is not _NO_SECONDS:
            affected.append(day)
    lost = Fraction(0)
    for severity in _NO_SECONDS if affected else ():
        lost += weights[severity] * sum(day.seconds[severity] for day in affected)
    return 1 - lost / observed if observed else None
