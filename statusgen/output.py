"""A mapping of path to bytes becomes a folder: what differs is written, what is ours is deleted.

The record, a dotfile in the folder, names every file that statusgen wrote there. Whatever else
stands in the folder belongs to somebody else, and then nothing is touched at all.
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from statusgen import files
from statusgen.characters import printable
from statusgen.files import EntryKind
from statusgen.paths import RECORD, STAGING, claims, fault_of, faults, folders_of
from statusgen.problems import OutsideError, StatusgenError, UsageError, listed, quoted

_RECORD_LIMIT = 1 << 24
_FIRST = ""  # stands for the record of old and new files together
_STAGED = re.compile(re.escape(STAGING) + r"/\d+")

# A file is placed after those that it leads to: pages, then feeds and API, then the front page.
_TURNS = {".html": 1, ".atom": 2, ".ics": 2, ".json": 2, ".rss": 2, ".xml": 2}
_LAST = {"index.html": 3, "build.json": 4}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a build does to a folder: paths relative to it, sorted.

    *recorded* are those of the record; *is_tidy* says that they are exactly the files wanted, and
    that no killed build has left anything.
    """

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    is_tidy: bool = True

    @property
    def is_done(self) -> bool:
        """Whether the folder already is as it should be."""
        return self.is_tidy and not (self.created or self.updated or self.deleted)


def publish(outputs: Mapping[str, bytes], folder: Path) -> Plan:
    """Make *folder* hold exactly *outputs*, and return what that took.

    A file that statusgen did not write is never changed or deleted, a link never followed. Two
    builds into one folder wait for each other.
    """
    _check(outputs, folder)
    with files.locked(folder):
        plan = compare(outputs, folder)
        carry_out(plan, outputs, folder)
    return plan


def compare(outputs: Mapping[str, bytes], folder: Path) -> Plan:
    """What makes *folder* hold exactly *outputs*; only looks.

    Raises `UsageError` for a folder that holds anything statusgen has no record of.
    """
    _check(outputs, folder)
    entries = {entry.path: entry.kind for entry in files.walk(folder)}
    litter = {path for path in entries if files.is_litter(path)}
    _refuse_in_the_way(entries, litter, outputs, folder)
    recorded = _recorded(folder) if RECORD in entries else ()
    _refuse_foreign(entries, litter, recorded, folder)
    present = {path for path, kind in entries.items() if kind is EntryKind.FILE}
    kept = present.intersection(outputs)
    updated = {path for path in kept if not files.holds(folder / path, outputs[path])}
    return Plan(
        created=tuple(sorted(outputs.keys() - present)),
        updated=tuple(sorted(updated)),
        deleted=tuple(sorted(present.intersection(recorded) - outputs.keys())),
        unchanged=tuple(sorted(kept - updated)),
        recorded=recorded,
        is_tidy=STAGING not in entries and set(recorded) == outputs.keys(),
    )


def carry_out(plan: Plan, outputs: Mapping[str, bytes], folder: Path) -> None:
    """Do to *folder* what *plan* says, or leave it as it was if that fails.

    All data is written beside the site first, and what will go is kept there. So a full disk
    changes nothing, and what fails later is taken back. A kill at any moment leaves each file old
    or new, which a build repairs: the record names every file before it appears and until it is
    gone.
    """
    if plan.is_done:
        return
    try:
        _clear_staging(folder)
        staged, kept = _stage(plan, outputs, folder)
        try:
            _replace(plan, outputs, staged, folder)
        except BaseException as error:
            _restore(plan, kept, folder, error)
            raise
    except BaseException:
        with suppress(OutsideError):  # The first failure is the one to tell.
            _clear_staging(folder)
        raise
    _clear_staging(folder)


_Places = dict[str, Path]  # of a path: where in the staging folder its content is


def _stage(plan: Plan, outputs: Mapping[str, bytes], folder: Path) -> tuple[_Places, _Places]:
    """Write what is to come beside the site; where that is, and where what will go can be found."""
    staging = folder / STAGING
    numbers = count()
    staged: _Places = {}
    files.make_folder(staging, target=folder)

    def stage(path: str, data: bytes, *, sync: bool = False) -> Path:
        place = staging / str(next(numbers))
        files.create(place, data, sync=sync, target=folder / path)
        return place

    # A torn record would not be believed, so these two alone are forced to the disk.
    staged[_FIRST] = stage(RECORD, _record({*plan.recorded, *outputs}), sync=True)
    staged[RECORD] = stage(RECORD, _record(outputs), sync=True)
    for path in sorted((*plan.created, *plan.updated), key=_turn):
        staged[path] = stage(path, outputs[path])
    kept: _Places = {}
    has_record = files.kind_of(folder / RECORD) is EntryKind.FILE
    for path in (*plan.updated, *plan.deleted, *([RECORD] if has_record else [])):
        kept[path] = staging / str(next(numbers))
        files.keep(folder / path, kept[path])
    return (staged, kept)


def _replace(plan: Plan, outputs: Mapping[str, bytes], staged: _Places, folder: Path) -> None:
    """Let the folder change, in single steps."""
    changed = [path for path in staged if path not in (_FIRST, RECORD)]
    obsolete = set(plan.recorded) - outputs.keys()
    files.move(staged[_FIRST], folder / RECORD)
    blocking = _blocking(obsolete, outputs)
    _delete(blocking, plan, folder)
    for path in changed:
        if files.kind_of(folder / path) is EntryKind.FOLDER:
            _delete_empty(folder / path)
    for parent in sorted({(folder / path).parent for path in changed}):
        files.make_folder(parent)
    for path in changed:
        files.move(staged[path], folder / path)
    _delete(obsolete - blocking, plan, folder)
    files.move(staged[RECORD], folder / RECORD)


def _restore(plan: Plan, kept: _Places, folder: Path, failure: BaseException) -> None:
    """Take back all that `_replace` did before its *failure*."""
    try:
        for path in plan.created:
            if files.kind_of(folder / path) is EntryKind.FILE:
                files.delete(folder / path)
        _delete_folders(plan.created, folder)
        for path, place in kept.items():  # The record comes last.
            files.make_folder((folder / path).parent)
            files.move(place, folder / path)
        if RECORD not in kept:
            files.delete(folder / RECORD)
    except OutsideError as error:
        what = f"{failure or 'interrupted'}; then {error}"
        raise OutsideError(f"{what}; the site is half done until the next build") from failure


def _turn(path: str) -> tuple[int, str]:
    return _LAST.get(path, _TURNS.get(PurePosixPath(path).suffix, 0)), path


def _blocking(obsolete: set[str], outputs: Mapping[str, bytes]) -> set[str]:
    """Those of *obsolete* that stand where *outputs* need a file or a folder."""
    claimed = dict(claim for path in outputs for claim in claims(path))
    return {
        path
        for path in obsolete
        if any(claimed.get(key, claim) != claim for key, claim in claims(path))
    }


def _clear_staging(folder: Path) -> None:
    for entry in files.walk(folder / STAGING):
        if _STAGED.fullmatch(f"{STAGING}/{entry.path}"):
            files.delete(folder / STAGING / entry.path)
    _delete_empty(folder / STAGING)


def _delete_empty(folder: Path) -> None:
    """Delete *folder* and the folders in it, as far as they hold nothing else."""
    for entry in reversed(list(files.walk(folder))):
        if entry.kind is EntryKind.FOLDER:
            files.delete_folder(folder / entry.path)
    files.delete_folder(folder)


def _delete(paths: set[str], plan: Plan, folder: Path) -> None:
    """Delete those of *paths* that are there, and the folders of all that this leaves empty."""
    for path in sorted(paths.intersection(plan.deleted)):
        files.delete(folder / path)
    _delete_folders(paths, folder)


def _delete_folders(paths: Iterable[str], folder: Path) -> None:
    """Delete those folders of *paths* that are empty."""
    parents = {parent for path in paths for parent in folders_of(path)}
    for parent in sorted(parents, key=lambda path: (-path.count("/"), path)):
        files.delete_folder(folder / parent)


def _record(paths: Iterable[str]) -> bytes:
    return json.dumps({"version": 1, "files": sorted(paths)}, indent=1).encode() + b"\n"


def _recorded(folder: Path) -> tuple[str, ...]:
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


def _check(outputs: Mapping[str, bytes], folder: Path) -> None:
    """Refuse paths that lead astray, and a *folder* that is a link or no folder.

    The target of a link would be chosen by whoever commits to the site, not by who builds it.
    """
    found = [f"{quoted(path)} {fault}" for path, fault in faults(outputs)]
    if found:
        raise StatusgenError(f"cannot write these paths: {'; '.join(found)}")
    kind = files.kind_of(folder)
    if kind is EntryKind.LINK:
        raise UsageError(f"{_shown(folder)} is a symbolic link; give the folder itself with --out")
    if kind not in (None, EntryKind.FOLDER):
        raise UsageError(f"{_shown(folder)} is not a folder; choose another with --out")


def _refuse_in_the_way(
    entries: Mapping[str, EntryKind], litter: set[str], outputs: Mapping[str, bytes], folder: Path
) -> None:
    links = sorted(path for path in entries.keys() - litter if entries[path] is EntryKind.LINK)
    if links:
        raise UsageError(
            f"{_shown(folder)} holds symbolic links ({_some(links)}), "
            "and nothing is written or deleted through a link; remove them"
        )
    inside = sorted(path for path in litter if not outputs.keys().isdisjoint(folders_of(path)))
    if inside:
        raise UsageError(
            f"{_shown(folder)} needs a file in place of the folder of {_some(inside)}; "
            "move that away"
        )


def _refuse_foreign(
    entries: Mapping[str, EntryKind], litter: set[str], recorded: tuple[str, ...], folder: Path
) -> None:
    """Refuse all but recorded files and what a killed build left; an empty folder is nobody's."""
    ours = {path for path in (RECORD, *recorded) if entries.get(path) is EntryKind.FILE}
    ours.update(path for path in entries if _STAGED.fullmatch(path))
    foreign = sorted(
        path for path in entries.keys() - litter - ours if entries[path] is not EntryKind.FOLDER
    )
    if foreign:
        raise UsageError(
            f"{_shown(folder)} holds files that statusgen did not write ({_some(foreign)}); choose "
            "an empty folder with --out, or move these away (own files belong into static/)"
        )


def _some(paths: list[str]) -> str:
    rest = [f"{len(paths) - 3} more"] if len(paths) > 3 else []
    return listed([*map(quoted, paths[:3]), *rest], "and")


def _shown(path: Path) -> str:
    return printable(str(path))
