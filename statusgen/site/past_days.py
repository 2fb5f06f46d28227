"""Recent days for the front page: each past incident once, quiet days joined."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

from statusgen import times
from statusgen.config.settings import Config
from statusgen.model import State
from statusgen.site.view_models import IncidentView, PastDays

_DAY = timedelta(days=1)
# After so many incidents, the list ends with that day, to keep the front page small.
_MAX_INCIDENTS = 20


def past_days(
    views: Sequence[IncidentView],
    *,
    shown: Collection[IncidentView],
    config: Config,
    now: datetime,
) -> tuple[PastDays, ...]:
    """Return the last `days` days before *now*, newest first; fewer if they had many incidents.

    *views* are newest first; *shown* are the open ones that the front page shows elsewhere. Days
    that were not quiet, but whose incidents ended later or are not shown, are left out.
    """
    if not config.days:
        return ()
    today = times.day_of(now, config.zone)
    first = today - (config.days - 1) * _DAY
    ended: dict[date, list[IncidentView]] = defaultdict(list)
    touched: dict[date, list[IncidentView]] = defaultdict(list)
    for view in _since(views, times.midnight(first, config.zone)):
        days = _days_of(view, first, config, now)
        for day in days:
            touched[day].append(view)
        if days and not view.is_open:
            ended[days[-1]].append(view)
    joined: list[PastDays] = []
    count = 0
    for day in (today - n * _DAY for n in range(config.days)):
        if count >= _MAX_INCIDENTS:
            break
        count += len(ended[day])
        ongoing = tuple(view for view in touched[day] if view in shown)
        if ended[day]:
            joined.append(PastDays(first=day, last=day, incidents=tuple(ended[day]), ongoing=()))
        elif ongoing or not touched[day]:
            _join(joined, day, ongoing)
    return tuple(joined)


def _since(views: Sequence[IncidentView], begin: datetime) -> Iterator[IncidentView]:
    """Yield the incidents and maintenance in *views* that were open at *begin* or later."""
    for view in views:
        is_over = view.ended is not None and view.ended < begin
        if not (is_over or view.is_notice or view.state is State.SCHEDULED):
            yield view


def _days_of(view: IncidentView, first: date, config: Config, now: datetime) -> list[date]:
    """Return the days since *first* on which *view* was open, or the day it was cancelled."""
    # An incident that ends at midnight does not belong to the next day.
    second = timedelta(seconds=1)
    spans = [(start, now if end is None else end - second) for start, end in view.stretches]
    if not spans and view.ended is not None:
        spans = [(view.ended, view.ended)]
    days: set[date] = set()
    for start, end in spans:
        day = max(first, times.day_of(start, config.zone))
        last = times.day_of(end, config.zone)
        days.update(day + n * _DAY for n in range((last - day).days + 1))
    return sorted(days)


def _join(joined: list[PastDays], day: date, ongoing: tuple[IncidentView, ...]) -> None:
    """Add *day*, on which no incident ended, to the last of *joined* or as a new one."""
    newer = joined[-1] if joined else None
    is_next = newer and newer.first == day + _DAY and not newer.incidents
    if newer and is_next and bool(newer.ongoing) is bool(ongoing):
        more = tuple(view for view in ongoing if view not in newer.ongoing)
        ongoing = (*newer.ongoing, *more)
        joined[-1] = PastDays(first=day, last=newer.last, incidents=(), ongoing=ongoing)
    else:
        joined.append(PastDays(first=day, last=day, incidents=(), ongoing=ongoing))
