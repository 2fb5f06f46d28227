"""The record of written files, and checks that protect all other files."""

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from statusgen.characters import printable
from statusgen.output.paths import RECORD, fault_of, faults, folders_of
from statusgen.problems import StatusgenError, UsageError, listed, quoted
from statusgen.system import files
from statusgen.system.files import Entry, EntryKind

_RECORD_LIMIT = 1 << 24


def record_text(paths: Iterable[str]) -> bytes:
    """Return a record that lists *paths*, as `recorded_paths` reads it."""
    return json.dumps({"version": 1, "files": sorted(paths)}, indent=1).encode() + b"\n"


def recorded_paths(folder: Path) -> tuple[str, ...]:
    """Return the paths in the record; raises UsageError if it is damaged."""
    found = read_record(folder / RECORD)
    if found is None:
        raise UsageError(
            f"{_shown(folder / RECORD)} is damaged, so statusgen cannot tell which files are its "
            f"own; delete {_shown(folder)}, or choose another with --out"
        )
    return found


def read_record(path: Path) -> tuple[str, ...] | None:
    """Return the sorted paths in the record *path*, or None if it is damaged."""
    try:
        record = json.loads(files.read_bytes(path, limit=_RECORD_LIMIT))
    except (files.UnreadableError, ValueError, RecursionError):
        return None
    match record:
        case {"version": 1, "files": [*paths]} if all(isinstance(path, str) for path in paths):
            # Conflicting paths are valid: a killed build leaves both old and new ones.
            if not any(map(fault_of, paths)):
                return tuple(sorted(paths))
    return None


def check_paths(paths: Collection[str], folder: Path) -> None:
    """Reject unsafe paths, and a *folder* that is a link or not a folder.

    With a link, the author of a commit could choose the folder that a build writes to.
    """
    found = [f"{quoted(path)} {fault}" for path, fault in faults(paths)]
    if found:
        raise StatusgenError(f"cannot write these paths: {'; '.join(found)}")
    kind = files.kind_of(folder)
    if kind is EntryKind.LINK:
        raise UsageError(f"{_shown(folder)} is a symbolic link; use the folder itself with --out")
    if kind not in (None, EntryKind.FOLDER):
        raise UsageError(f"{_shown(folder)} is not a folder; choose another with --out")


def refuse_in_the_way(
    entries: Mapping[str, Entry], litter: set[str], wanted: Mapping[str, int], folder: Path
) -> None:
    """Reject links, and folders with Git or desktop files in the place of a *wanted* file."""
    links = sorted(
        path
        for path, entry in entries.items()
        if entry.kind is EntryKind.LINK and path not in litter
    )
    if links:
        raise UsageError(
            f"{_shown(folder)} contains symbolic links ({_some(links)}), which are not followed; "
            "remove them"
        )
    inside = sorted(path for path in litter if not wanted.keys().isdisjoint(folders_of(path)))
    if inside:
        raise UsageError(
            f"{_shown(folder)} needs a file in place of the folder that contains {_some(inside)}; "
            "move that folder"
        )


def refuse_foreign(
    entries: Mapping[str, Entry], litter: set[str], ours: Collection[str], folder: Path
) -> None:
    """Reject files that are not *ours*; empty folders are accepted."""
    foreign = sorted(
        path
        for path, entry in entries.items()
        if entry.kind is not EntryKind.FOLDER
        and not (path in ours and entry.kind is EntryKind.FILE)
        and path not in litter
    )
    if foreign:
        raise UsageError(
            f"{_shown(folder)} contains files that statusgen did not write ({_some(foreign)}); "
            "move them (your own files belong in static/), or choose another folder with --out"
        )


def _some(paths: list[str]) -> str:
    """Return the first three of *paths*, and the number of the rest."""
    rest = [f"{len(paths) - 3} more"] if len(paths) > 3 else []
    return listed([*map(quoted, paths[:3]), *rest], "and")


def _shown(path: Path) -> str:
    """Return *path* in printable form."""
    return printable(str(path))
