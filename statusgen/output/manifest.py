"""The record of the files that statusgen wrote, and what it refuses to overwrite."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from statusgen.characters import printable
from statusgen.output.paths import RECORD, STAGING, fault_of, faults, folders_of
from statusgen.problems import StatusgenError, UsageError, listed, quoted
from statusgen.system import files
from statusgen.system.files import Entry, EntryKind

_RECORD_LIMIT = 1 << 24
STAGED_PATH = re.compile(re.escape(STAGING) + r"/\d+")


def record_text(paths: Iterable[str]) -> bytes:
    """Return the record of *paths*, as `recorded_paths` reads it."""
    return json.dumps({"version": 1, "files": sorted(paths)}, indent=1).encode() + b"\n"


def recorded_paths(folder: Path) -> tuple[str, ...]:
    """The paths of the record, which is not believed if statusgen cannot have written it."""
    try:
        record = json.loads(files.read_bytes(folder / RECORD, limit=_RECORD_LIMIT))
    except (files.UnreadableError, ValueError, RecursionError):
        record = None
    match record:
        case {"version": 1, "files": [*paths]} if all(isinstance(path, str) for path in paths):
            # Two of them may clash: a killed build leaves the old paths and the new.
            if not any(map(fault_of, paths)):
                return tuple(sorted(paths))
    raise UsageError(
        f"{_shown(folder / RECORD)} is damaged, so nobody knows which files statusgen wrote; "
        f"delete the folder {_shown(folder)} or choose another with --out"
    )


def check_paths(paths: Collection[str], folder: Path) -> None:
    """Refuse paths that lead astray, and a *folder* that is a link or no folder.

    The target of a link would be chosen by whoever commits to the site, not by who builds it.
    """
    found = [f"{quoted(path)} {fault}" for path, fault in faults(paths)]
    if found:
        raise StatusgenError(f"cannot write these paths: {'; '.join(found)}")
    kind = files.kind_of(folder)
    if kind is EntryKind.LINK:
        raise UsageError(f"{_shown(folder)} is a symbolic link; give the folder itself with --out")
    if kind not in (None, EntryKind.FOLDER):
        raise UsageError(f"{_shown(folder)} is not a folder; choose another with --out")


def refuse_in_the_way(
    entries: Mapping[str, Entry], litter: set[str], wanted: Mapping[str, int], folder: Path
) -> None:
    """Refuse links, and folders of others where a file of *wanted* has to be."""
    links = sorted(
        path
        for path, entry in entries.items()
        if entry.kind is EntryKind.LINK and path not in litter
    )
    if links:
        raise UsageError(
            f"{_shown(folder)} holds symbolic links ({_some(links)}), "
            "and nothing is written or deleted through a link; remove them"
        )
    inside = sorted(path for path in litter if not wanted.keys().isdisjoint(folders_of(path)))
    if inside:
        raise UsageError(
            f"{_shown(folder)} needs a file in place of the folder of {_some(inside)}; "
            "move that away"
        )


def refuse_foreign(
    entries: Mapping[str, Entry], litter: set[str], recorded: tuple[str, ...], folder: Path
) -> None:
    """Refuse all but recorded files and what a killed build left; an empty folder is nobody's."""
    ours = {RECORD, *recorded}
    foreign = sorted(
        path
        for path, entry in entries.items()
        if entry.kind is not EntryKind.FOLDER
        and not (path in ours and entry.kind is EntryKind.FILE)
        and path not in litter
        and not STAGED_PATH.fullmatch(path)
    )
    if foreign:
        raise UsageError(
            f"{_shown(folder)} holds files that statusgen did not write ({_some(foreign)}); choose "
            "an empty folder with --out, or move these away (own files belong into static/)"
        )


def _some(paths: list[str]) -> str:
    """Name the first of *paths*, and say how many more there are."""
    rest = [f"{len(paths) - 3} more"] if len(paths) > 3 else []
    return listed([*map(quoted, paths[:3]), *rest], "and")


def _shown(path: Path) -> str:
    """Return *path* as it can be printed."""
    return printable(str(path))
