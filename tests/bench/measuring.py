"""Measure builds of a site as whole processes, one at a time, generator by generator."""

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from statistics import median

from .content import Site
from .generators import ALL, BIN, OUT, STATUSGEN, Generator

_HERE = Path(__file__).parent
# The third-party packages that the commands import.
_EDITING = "import click, frontmatter"
_BUILDING = f"{_EDITING}, babel.dates, feedgen.feed, jinja2, sqlite3"
_APART = timedelta(minutes=5)

Command = Sequence[str | Path]


class Step(StrEnum):
    """The state of a site since its last build, in the order of measurement."""

    COLD = "cold"
    CHANGED = "one change"
    UNCHANGED = "no change"
    LATER = "only later"


class Reference(StrEnum):
    """A command that is measured for comparison, in the folder of statusgen."""

    STAT = "stat only"
    PYTHON = "python"
    EDITING = "imports of update"
    BUILDING = "imports of check"
    OPEN = "list --open"
    UPDATE = "update"
    CHECK = "check"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The cost of a process and its children: seconds, and the bytes of the largest.

    *stderr* is its standard error.
    """

    status: int
    wall: float
    cpu: float
    memory: int
    stderr: str


@dataclass(frozen=True, kw_only=True)
class Measured:
    """All results for one site, run by run."""

    builds: dict[tuple[Step, str], list[Cost]] = field(default_factory=lambda: defaultdict(list))
    references: dict[Reference, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    written: dict[tuple[Step, str], int] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return len(self.builds[Step.COLD, STATUSGEN.name])

    def build(self, step: Step, generator: Generator, what: str = "wall") -> float:
        """Return the median of *what* for the builds at *step*."""
        return _median(self.builds[step, generator.name], what)

    def reference(self, reference: Reference) -> float | None:
        """Return the median seconds of *reference*, or None if the command failed."""
        costs = self.references[reference]
        return None if any(cost.status for cost in costs) else _median(costs, "wall")


def _median(costs: list[Cost], what: str) -> float:
    return float(median(getattr(cost, what) for cost in costs))


def measure(site: Site, folder: Path, runs: int) -> Measured:
    """Build *site* with every generator at every step, *runs* times, in new folders in *folder*.

    The generators alternate within a run, and each run starts with another one, so that other load
    on the machine affects all of them. Raises RuntimeError if a build fails.
    """
    measured = Measured()
    for run in range(runs):
        turn = run % len(ALL)
        for generator in ALL:
            generator.write(site, folder / generator.name)
        for step in Step:
            for generator in (*ALL[turn:], *ALL[:turn]):
                _build(generator, site, step, folder / generator.name, measured)
        for reference, command in _references(site):
            cost = run_in(folder / STATUSGEN.name, command)
            measured.references[reference].append(cost)
        shutil.rmtree(folder)
    return measured


def _build(generator: Generator, site: Site, step: Step, folder: Path, measured: Measured) -> None:
    """Build the site in *folder* as it is at *step*, and record the cost."""
    now = _moment(site, step)
    if step is Step.CHANGED:
        generator.write_incident(site.changed(now), folder)
    before = _files(folder / OUT)
    command = generator.command(now)
    cost = run_in(folder, command)
    if cost.status:
        raise RuntimeError(f"{generator.name} ended with {cost.status}: {cost.stderr}")
    measured.builds[step, generator.name].append(cost)
    after = _files(folder / OUT)
    measured.written[step, generator.name] = len(after - before)


def _moment(site: Site, step: Step) -> datetime:
    """Return the time of *step*: steps are minutes apart, so that modification times differ."""
    return site.now + _APART * {Step.COLD: 0, Step.LATER: 2}.get(step, 1)


def _references(site: Site) -> Iterator[tuple[Reference, Command]]:
    """Yield the commands for comparison; `update` and a `check` after it come last."""
    newest, now = site.newest.slug, ["--now", _moment(site, Step.LATER).isoformat()]
    yield (Reference.STAT, [sys.executable, _HERE / "stat_only.py", STATUSGEN.incidents, OUT])
    yield (Reference.PYTHON, [sys.executable, "-c", "pass"])
    yield (Reference.EDITING, [sys.executable, "-c", _EDITING])
    yield (Reference.BUILDING, [sys.executable, "-c", _BUILDING])
    statusgen = BIN / "statusgen"
    yield (Reference.OPEN, [statusgen, "list", "--open", *now])
    yield (Reference.UPDATE, [statusgen, "update", newest, "-m", "We are still at it.", *now])
    yield (Reference.CHECK, [statusgen, "check", *now])


def run_in(folder: Path, command: Command) -> Cost:
    """Run *command* in *folder* and return its cost."""
    launcher = [sys.executable, "-I", "-S", str(_HERE / "launcher.py"), str(folder)]
    done = subprocess.run([*launcher, *map(str, command)], capture_output=True, check=True)
    return Cost(**json.loads(done.stdout), stderr=done.stderr.decode(errors="replace"))


def _files(folder: Path) -> set[tuple[str, int, int]]:
    """Return the files in *folder*, each with attributes that change when it is written again."""
    found = ((path, path.lstat()) for path in folder.rglob("*") if path.is_file())
    return {(str(path), stat.st_ino, stat.st_mtime_ns) for path, stat in found}
