"""Charts of a service's last days: bars, or a table row."""

from dataclasses import dataclass
from datetime import date

from statusgen.model import Severity
from statusgen.site.view_models import OutageDay, ServiceView

_HEIGHT = 30
_STEP = 5  # horizontal distance between two days
# Heights of the bars; style.css repeats them.
_HEIGHTS = {
    None: 8,
    Severity.NONE: 14,
    Severity.MAINTENANCE: 18,
    Severity.DEGRADED: 22,
    Severity.PARTIAL: 26,
    Severity.MAJOR: 30,
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """An SVG path, stroked with dashes, for all days with one severity (None: not observed)."""

    severity: Severity | None
    path: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar chart of a service's days, oldest first.

    *first* and *last* are the indices of the first and last observed days; *observed* is the number
    of observed days.
    """

    width: int
    height: int
    runs: tuple[Run, ...]
    days: int
    first: int
    last: int
    observed: int
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
    seen = [index for index, day in enumerate(days) if day.severity is not None]
    return Bar(
        width=len(days) * _STEP,
        height=_HEIGHT,
        runs=tuple(Run(severity=one, path="".join(runs)) for one, runs in paths.items()),
        days=len(days),
        first=seen[0] if seen else len(days),
        last=seen[-1] if seen else len(days),
        observed=len(seen),
        newest=days[-1].date,
    )


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
