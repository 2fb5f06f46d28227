"""Group incidents by month, year and severity, for the history pages."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta, tzinfo

from statusgen import times
from statusgen.model import Kind, Severity
from statusgen.site.view_models import HistoryYear, IncidentView, MonthView, SeverityView, YearView


def months(views: Iterable[IncidentView], zone: tzinfo) -> tuple[MonthView, ...]:
    """Return *views*, which are newest first, by month; the newest month comes first."""
    found: dict[date, list[IncidentView]] = {}
    for view in views:
        found.setdefault(times.day_of(view.dated, zone).replace(day=1), []).append(view)
    return tuple(
        MonthView(
            first=first,
            url=month_url(first),
            incidents=tuple(found[first]),
            mean_seconds=mean_seconds(found[first]),
        )
        for first in sorted(found, reverse=True)
    )


def month_url(first: date) -> str:
    """Return the path of the page for the month that begins on *first*."""
    return f"history/{first:%Y-%m}.html"


def years(month_views: Iterable[MonthView]) -> tuple[HistoryYear, ...]:
    """Return *month_views* by year, in the same order."""
    by_year: dict[int, list[MonthView]] = {}
    for month in month_views:
        by_year.setdefault(month.first.year, []).append(month)
    return tuple(
        HistoryYear(
            year=year,
            months=tuple(members),
            count=sum(len(month.incidents) for month in members),
            mean_seconds=mean_seconds(view for month in members for view in month.incidents),
        )
        for year, members in by_year.items()
    )


def severities(
    views: Sequence[IncidentView], *, today: date, zone: tzinfo
) -> tuple[SeverityView, ...]:
    """Return *views* by their worst severity, worst first; skip severities without any."""
    result = []
    for severity in sorted(Severity, key=lambda severity: -severity.rank):
        chosen = [view for view in views if view.worst is severity]
        if chosen:
            name = f"history/{severity}"
            recent, early = spread(chosen, name, "-", today=today, zone=zone)
            view = SeverityView(severity=severity, url=f"{name}.html", recent=recent, years=early)
            result.append(view)
    return tuple(result)


def spread(
    views: Iterable[IncidentView], name: str, separator: str, *, today: date, zone: tzinfo
) -> tuple[tuple[IncidentView, ...], tuple[YearView, ...]]:
    """Split *views* into those from the last 12 months, and years with older ones.

    The path of a year's page consists of *name*, *separator* and the year.
    """
    recent: list[IncidentView] = []
    by_year: dict[int, list[IncidentView]] = {}
    is_early: set[int] = set()
    # 366 days go back to the same day last year, leap year or not.
    first = today - timedelta(days=366)
    for view in views:
        day = times.day_of(view.dated, zone)
        by_year.setdefault(day.year, []).append(view)
        if day > first:
            recent.append(view)
        else:
            is_early.add(day.year)
    early = (
        YearView(year=year, url=f"{name}{separator}{year}.html", incidents=tuple(by_year[year]))
        for year in sorted(is_early, reverse=True)
    )
    return (tuple(recent), tuple(early))


def mean_seconds(views: Iterable[IncidentView]) -> int | None:
    """Return the mean time to resolve the incidents in *views*, in seconds, rounded down."""
    times = [
        view.seconds for view in views if view.kind is Kind.INCIDENT and view.seconds is not None
    ]
    return sum(times) // len(times) if times else None
