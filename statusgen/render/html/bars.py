"""Charts of a service's last days: bars, or a table row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from statusgen.model import Severity
from statusgen.site.view_models import OutageDay, ServiceView

_NARROW_DAYS = 30  # shown on phones

_HEIGHT = 32
_STEP = 5  # horizontal distance between two days
# Heights of the bars; style.css repeats them.
_HEIGHTS = {
    None: 6,
    Severity.NONE: 18,
    Severity.MAINTENANCE: 20,
    Severity.DEGRADED: 24,
    Severity.PARTIAL: 28,
    Severity.MAJOR: 32,
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """An SVG path, stroked with dashes, for all days with one severity (None: not observed)."""

    severity: Severity | None
    path: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar chart of a service's days, oldest first.

    *observed* is the number of observed days, and *bad* that of days with incidents, which days
    with nothing but maintenance are not. *observed_narrow* and *bad_narrow* are the same for the
    days that phones show, and *troubles_narrow* is the number of days with problems among those.
    """

    width: int
    height: int
    runs: tuple[Run, ...]
    days: int
    observed: int
    observed_narrow: int
    bad: int
    bad_narrow: int
    troubles_narrow: int
    newest: date

    def place(self, day: date) -> int:
        """Return the index of *day*; the oldest day is 0."""
        return self.days - 1 - (self.newest - day).days


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A day in a table; *trouble* is None for a day without problems."""

    severity: Severity | None
    trouble: OutageDay | None


@dataclass(frozen=True, kw_only=True)
class BarRow:
    """A row of the grid: the days before today, newest first.

    *earlier* is today's worst severity, or None if that is the current one.
    """

    earlier: Severity | None
    cells: tuple[Cell, ...]


def bar_of(service: ServiceView) -> Bar:
    """Return the days of *service* as bars."""
    days = service.days
    paths: dict[Severity | None, list[str]] = {}
    start = 0
    for index, day in enumerate(days):
        if index + 1 == len(days) or days[index + 1].severity is not day.severity:
            middle = _HEIGHT - _HEIGHTS[day.severity] // 2
            run = f"M{start * _STEP} {middle}h{(index + 1 - start) * _STEP}"
            paths.setdefault(day.severity, []).append(run)
            start = index + 1
    narrow = [one for one in service.troubles if one.date >= days[-_NARROW_DAYS].date]
    seen = [index for index, day in enumerate(days) if day.severity is not None]
    return Bar(
        width=len(days) * _STEP,
        height=_HEIGHT,
        runs=tuple(Run(severity=one, path="".join(runs)) for one, runs in paths.items()),
        days=len(days),
        observed=len(seen),
        observed_narrow=sum(index >= len(days) - _NARROW_DAYS for index in seen),
        bad=_bad(service.troubles),
        bad_narrow=_bad(narrow),
        troubles_narrow=len(narrow),
        newest=days[-1].date,
    )


def _bad(troubles: Iterable[OutageDay]) -> int:
    return sum(one.severity is not Severity.MAINTENANCE for one in troubles)


def row_of(service: ServiceView, *, days: int) -> BarRow:
    """Return the last *days* days of *service* before today as cells of a table."""
    found = {trouble.date: trouble for trouble in service.troubles}
    today = found.get(service.days[-1].date)
    return BarRow(
        earlier=today.severity if today and today.severity is not service.severity else None,
        cells=tuple(
            Cell(severity=day.severity, trouble=found.get(day.date))
            for day in reversed(service.days[-days - 1 : -1])
        ),
    )
