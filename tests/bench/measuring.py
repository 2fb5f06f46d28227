"""Measure builds of a site as whole processes, one at a time, generator by generator."""

import json
import os
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
_APART = timedelta(minutes=5)

Command = Sequence[str | Path]


class Step(StrEnum):
    """The state of a site since its last build, in the order of measurement."""

    COLD = "cold"
    CHANGED = "one change"
    UNCHANGED = "no change"
    LATER = "only later"


class Reference(StrEnum):
    """A program that is measured for comparison, in the folder of statusgen."""

    STAT = "stat only"
    PYTHON = "python"


class Task(StrEnum):
    """A command of statusgen that is measured with its start; those that change the site are last.

    The start ends when the command opens the first file of the site.
    """

    BUILD = "build"
    LIST = "list"
    OPEN = "list --open"
    EVENT = "event"
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
    starts: dict[Task, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    tasks: dict[Task, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    written: dict[tuple[Step, str], int] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """Return the number of runs."""
        return len(self.builds[Step.COLD, STATUSGEN.name])

    def build(self, step: Step, generator: Generator, what: str = "wall") -> float:
        """Return the median of *what* for the builds at *step*."""
        return _median(self.builds[step, generator.name], what)

    def reference(self, reference: Reference) -> float | None:
        """Return the median seconds of *reference*, or None if it failed."""
        return _seconds(self.references[reference])

    def start(self, task: Task) -> float | None:
        """Return the median seconds of the start of *task*, or None if it failed."""
        return _seconds(self.starts[task])

    def task(self, task: Task) -> float | None:
        """Return the median seconds of *task*, or None if it failed."""
        return _seconds(self.tasks[task])

    @property
    def peak(self) -> int:
        """Return the memory of the largest process of statusgen, in any build or command."""
        builds = (costs for (_, name), costs in self.builds.items() if name == STATUSGEN.name)
        return max(cost.memory for costs in (*builds, *self.tasks.values()) for cost in costs)


def _seconds(costs: list[Cost]) -> float | None:
    return None if any(cost.status for cost in costs) else _median(costs, "wall")


def _median(costs: list[Cost], what: str) -> float:
    return float(median(getattr(cost, what) for cost in costs))


def measure(site: Site, folder: Path, runs: int, generators: Sequence[Generator] = ALL) -> Measured:
    """Build *site* with *generators* at every step, *runs* times, in new folders in *folder*.

    The generators alternate within a run, and each run starts with another one, so that other load
    on the machine affects all of them. The folders are kept: ext4 creates files up to 30 times as
    slowly after many have been deleted. Raises RuntimeError if a build fails.
    """
    measured = Measured()
    for run in range(runs):
        turn = run % len(generators)
        own = folder / str(run)
        for generator in generators:
            generator.write(site, own / generator.name)
        for step in Step:
            for generator in (*generators[turn:], *generators[:turn]):
                _build(generator, site, step, own / generator.name, measured)
        for reference, command in _references():
            cost = run_in(own / STATUSGEN.name, command)
            measured.references[reference].append(cost)
        for task in Task:
            measured.starts[task].append(start_of(task, site, own / STATUSGEN.name))
            whole: Command = [BIN / "statusgen", *_arguments(task, site)]
            measured.tasks[task].append(run_in(own / STATUSGEN.name, whole))
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


def _references() -> Iterator[tuple[Reference, Command]]:
    """Yield the programs for comparison."""
    yield (Reference.STAT, [sys.executable, _HERE / "stat_only.py", STATUSGEN.incidents, OUT])
    yield (Reference.PYTHON, [sys.executable, "-c", "pass"])


def start_of(task: Task, site: Site, folder: Path) -> Cost:
    """Run *task* in *folder* until it opens a file of the site, and return the cost."""
    command: Command = [sys.executable, _HERE / "start_only.py", *_arguments(task, site)]
    return run_in(folder, command)


def _arguments(task: Task, site: Site) -> list[str]:
    """Return the arguments of the command *task*."""
    more = {
        Task.BUILD: ["--out", OUT],
        Task.EVENT: [next(iter(site.services)), "major"],
        Task.UPDATE: [site.newest.slug, "-m", "We are still at it."],
    }
    return [*task.split(), *more.get(task, ()), "--now", _moment(site, Step.LATER).isoformat()]


def run_in(folder: Path, command: Command) -> Cost:
    """Run *command* in *folder* and return its cost."""
    launcher = [sys.executable, "-I", "-S", str(_HERE / "launcher.py"), str(folder)]
    done = subprocess.run(
        [*launcher, *map(str, command)], env=environment(), capture_output=True, check=True
    )
    return Cost(**json.loads(done.stdout), stderr=done.stderr.decode(errors="replace"))


def environment() -> dict[str, str]:
    """Return the environment of measured processes, in which Python caches its bytecode."""
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _files(folder: Path) -> set[tuple[str, int, int]]:
    """Return the files in *folder*, each with attributes that change when it is written again."""
    found = ((path, path.lstat()) for path in folder.rglob("*") if path.is_file())
    return {(str(path), stat.st_ino, stat.st_mtime_ns) for path, stat in found}
