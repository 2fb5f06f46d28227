"""Profile a cold build, by package and by module of statusgen."""

import pstats
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import statusgen

from .content import Site
from .generators import STATUSGEN
from .measuring import environment

_OURS = Path(statusgen.__file__).parent.parent
_PACKAGE = re.compile(r".*[/\\]site-packages[/\\](\w+)")
_OUTSIDE = re.compile(r"posix\.|nt\.|io\.open|'_io\.|fcntl")
_IMPORT = re.compile(r"importlib(?!.resources)")
_LEAST = 0.02  # the minimum share for a separate row
_DEEP = 6  # nested calls within the standard library

Function = tuple[str, int, str]  # as in pstats: file, line, name


def shares(site: Site, folder: Path) -> list[tuple[str, float]]:
    """Return the places where a cold build of *site* spends its time, and their shares, sorted.

    A profiler slows calls down, so the share of code with many calls is overstated. Raises
    RuntimeError if the build fails.
    """
    STATUSGEN.write(site, folder)
    program, *arguments = map(str, STATUSGEN.command(site.now))
    profile = folder / "profile"
    # One process, because the profiler does not follow others.
    run = [sys.executable, "-m", "cProfile", "-o", str(profile), program, *arguments, "--jobs", "1"]
    done = subprocess.run(
        run, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"statusgen ended with {done.returncode}: {done.stderr}")
    spent = _spent(pstats.Stats(str(profile)))
    whole = spent.total()
    found = [(place, seconds / whole) for place, seconds in spent.most_common()]
    most = [(place, share) for place, share in found if share >= _LEAST]
    return [*most, ("everything else", 1 - sum(share for _, share in most))]


def _spent(stats: pstats.Stats) -> Counter[str]:
    """Return the seconds spent in each place, including the standard library on its behalf."""
    found: dict[Function, Any] = vars(stats)["stats"]
    callers = {function: entry[4] for function, entry in found.items()}
    spent: Counter[str] = Counter()
    for function, (_, _, own, _, _) in found.items():
        for place, share in _owners(function, callers, ()).items():
            spent[place] += own * share
    return spent


def _owners(
    function: Function, callers: Mapping[Function, Any], above: tuple[Function, ...]
) -> dict[str, float]:
    """Return the places on whose behalf *function* runs, with shares that add up to 1.

    The time of shared code is distributed to its callers, in proportion to the time that each of
    them causes. *above* are the functions on the path to this one.
    """
    if place := _place(function):
        return {place: 1.0}
    parts = {caller: part[3] for caller, part in callers[function].items() if caller not in above}
    whole = sum(parts.values())
    if not whole or len(above) == _DEEP:
        return {"Python itself": 1.0}
    owners: dict[str, float] = defaultdict(float)
    for caller, seconds in parts.items():
        for place, share in _owners(caller, callers, (*above, function)).items():
            owners[place] += share * seconds / whole
    return owners


def _place(function: Function) -> str | None:
    """Return the place of *function*, or None for shared code."""
    file, _, name = function
    if _IMPORT.search(file) or name == "<module>":
        return "imports"
    if _OUTSIDE.search(name):
        return "files"
    if "nh3" in name:
        return "nh3"
    path = Path(file)
    if path.is_relative_to(_OURS / "statusgen"):
        return ".".join(path.relative_to(_OURS).with_suffix("").parts[:3])
    if package := _PACKAGE.match(file):
        return package[1]
    return "templates" if file.endswith((".html", "<template>")) else None
