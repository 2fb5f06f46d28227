"""Format the results as tables, with the machine and the date."""

import os
import platform
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from .generators import ALL, HUGO, STATUSGEN, Generator
from .measuring import Measured, Reference, Step, Task
from .tables import mebibytes, ratio, seconds, table

_CPUINFO = Path("/proc/cpuinfo")


def as_text(
    measured: Mapping[int, Measured],
    shares: list[tuple[str, float]],
    profiled: int,
    loads: tuple[float, float, float] | None,
) -> str:
    """Format all tables of *measured*, the results by number of incidents.

    *shares* are the places where a cold build of *profiled* incidents spends its time, *loads* the
    load averages before the first run, if the system has them.
    """
    pieces = [
        machine(),
        load_before(loads),
        f"Wall time of whole processes, medians (runs: {_runs(measured)}); *of Hugo* and *of stat* "
        "compare statusgen with these columns:",
        _walls(measured),
        "CPU time of all processes of a build, and the memory of the largest:",
        _costs(measured),
        "Commands after these builds. *start* ends when the command opens the first file of the "
        "site, so it is mostly imports:",
        _commands(measured),
        f"Memory of the largest process of statusgen, workers included: {_peaks(measured)}.",
        *_growth(measured),
        f"Where the time of a cold build of {profiled:,} incidents goes, in one process:",
        table(("place", "share"), [(place, f"{share:.0%}") for place, share in shares]),
    ]
    return "\n\n".join(pieces)


def _runs(measured: Mapping[int, Measured]) -> str:
    """Format the number of runs, as a single number if it is the same for all sizes."""
    runs = {size: one.runs for size, one in measured.items()}
    if len(set(runs.values())) == 1:
        return str(max(runs.values()))
    return ", ".join(f"{count} at {size:,}" for size, count in runs.items())


def machine() -> str:
    """Describe the machine, the versions and the date."""
    found = re.search(r"^model name\s*: (.*)$", _cpuinfo(), re.MULTILINE)
    model = found[1] if found else platform.processor() or platform.machine()
    versions = ", ".join(generator.version for generator in ALL)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores of {model}, {platform.system()}, "
        f"Python {platform.python_version()}: {versions}."
    )


def load_before(loads: tuple[float, float, float] | None) -> str:
    """Describe how busy the machine was before the first run."""
    if loads is None:
        return "This system has no load averages, so it is unknown whether the machine was idle."
    one, five, fifteen = (f"{load:.2f}" for load in loads)
    return f"Load averages before the first run: {one} (1 minute), {five} (5), {fifteen} (15)."


def _cpuinfo() -> str:
    return _CPUINFO.read_text(encoding="utf-8") if _CPUINFO.exists() else ""


def _walls(measured: Mapping[int, Measured]) -> str:
    rows = []
    for size, step, one in _each(measured):
        walls = {generator.name: one.build(step, generator) for generator in ALL}
        least = one.reference(Reference.STAT)
        ours = walls[STATUSGEN.name]
        row = [f"{size:,}", str(step), *map(seconds, walls.values()), seconds(least)]
        rows.append([*row, ratio(ours, walls[HUGO.name]), ratio(ours, least)])
    names = [generator.name for generator in ALL]
    head = ["incidents", "build", *names, "stat only", "of Hugo", "of stat"]
    return table(head, rows, words=2)


def _costs(measured: Mapping[int, Measured]) -> str:
    rows = []
    for size, step, one in _each(measured):
        cpus = [seconds(one.build(step, generator, "cpu")) for generator in ALL]
        memories = [mebibytes(one.build(step, generator, "memory")) for generator in ALL]
        written = [f"{one.written[step, STATUSGEN.name]:,}"]
        rows.append([f"{size:,}", str(step), *cpus, *memories, *written])
    names = [generator.name for generator in ALL]
    head = ["incidents", "build", *(f"{name} CPU" for name in names)]
    head += [*(f"{name} memory" for name in names), "files statusgen wrote"]
    return table(head, rows, words=2)


def _commands(measured: Mapping[int, Measured]) -> str:
    rows = []
    for size, one in measured.items():
        python = one.reference(Reference.PYTHON)
        for task in Task:
            start, whole = one.start(task), one.task(task)
            row = [f"{size:,}", str(task), *map(seconds, (python, start, whole))]
            rows.append([*row, ratio(whole, start)])
    head = ["incidents", "command", "python alone", "start", "whole", "of start"]
    return table(head, rows, words=2)


def _peaks(measured: Mapping[int, Measured]) -> str:
    return ", ".join(f"{mebibytes(one.peak)} at {size:,}" for size, one in measured.items())


def _growth(measured: Mapping[int, Measured]) -> Iterator[str]:
    """Yield a sentence for each size with the growth of the time of a cold build."""
    for (small, before), (large, after) in pairwise(measured.items()):
        grown = ", ".join(
            f"{generator.name} {ratio(_cold(after, generator), _cold(before, generator))}"
            for generator in ALL
        )
        yield f"A cold build of {large:,} instead of {small:,} takes: {grown}."


def _cold(measured: Measured, generator: Generator) -> float:
    return measured.build(Step.COLD, generator)


def _each(measured: Mapping[int, Measured]) -> Iterator[tuple[int, Step, Measured]]:
    for size, one in measured.items():
        for step in Step:
            yield (size, step, one)
