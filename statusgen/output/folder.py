"""Atomic update of an output folder: changed files are written, obsolete ones deleted.

The record, a dotfile in the folder, lists every file that statusgen wrote there. If the folder
contains any other file, nothing is changed at all.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from statusgen.output.manifest import (
    STAGED_PATH,
    check_paths,
    record_text,
    recorded_paths,
    refuse_foreign,
    refuse_in_the_way,
)
from statusgen.output.paths import RECORD, STAGING, claims, folders_of
from statusgen.problems import OutsideError
from statusgen.system import files, locks
from statusgen.system.files import EntryKind, FileStat, FileState

_FIRST = ""  # key of a record that lists both old and new files; not a valid path

# Files are placed after those that they link to: pages, feeds and API, then the front page.
_TURNS = {".html": 1, ".atom": 2, ".ics": 2, ".json": 2, ".rss": 2, ".xml": 2}
_LAST = {"index.html": 3, "build.json": 4}


@dataclass(frozen=True, kw_only=True)
class OutputPlan:
    """The changes that a build makes to a folder, as sorted relative paths.

    *recorded* are the paths in the record. *is_recorded* is true if they are exactly the build's
    files, *is_tidy* if no killed build has left a staging folder behind.
    """

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    recorded: tuple[str, ...] = ()
    is_recorded: bool = True
    is_tidy: bool = True

    @property
    def is_done(self) -> bool:
        """True if the folder is up to date."""
        is_same = self.is_recorded and self.is_tidy
        return is_same and not (self.created or self.updated or self.deleted)


_Places = dict[str, Path]  # output path to a file in the staging folder


@contextmanager
def open_output(
    folder: Path, paths: Collection[str], known: Mapping[str, FileState] | None = None
) -> Iterator["Target"]:
    """Lock *folder* to update it to exactly the files *paths*; a failure leaves it unchanged.

    Files in *known* are not read again if their stamp is the same. Raises UsageError if the folder
    contains files that are not in the record. A second build into the same folder waits.
    """
    check_paths(paths, folder)
    is_new = files.kind_of(folder) is None
    with locks.locked(folder):
        try:
            yield Target(folder, paths, known or {})
        except BaseException:
            with suppress(OutsideError):  # The first failure is the one to report.
                _clear_staging(folder)
                if is_new:
                    files.delete_folder(folder)
            raise


class Target:
    """An output folder during a build.

    New files are first written to a staging folder, and old ones are saved there. So a full disk
    changes nothing, and a later failure is undone. If the process is killed, each file is either
    old or new, and the next build completes the update: the record lists every file from before it
    is created until after it is deleted.
    """

    def __init__(
        self, folder: Path, paths: Collection[str], known: Mapping[str, FileState]
    ) -> None:
        self.folder = folder
        self.paths = sorted(paths)
        self._staging = folder / STAGING
        self._numbers = {path: number for number, path in enumerate(self.paths)}
        self._changed: dict[str, str] = {}  # path to digest
        self._entries = {entry.path: entry for entry in files.walk(folder)}
        self._refuse_conflicts()
        self.placed = {
            path: placed
            for path, placed in known.items()
            if path in self._entries and self._entries[path].stamp == placed.stamp
        }
        if STAGING in self._entries:
            _clear_staging(folder)

    def holds(self, path: str, digest: str) -> bool:
        """Return whether the file *path* exists with this *digest*."""
        entry = self._entries.get(path)
        if entry is None or entry.stamp is None:
            return False
        if path not in self.placed:
            found = files.digest_of(self.folder / path)
            self.placed[path] = FileState(digest=found, stamp=entry.stamp)
        return self.placed[path].digest == digest

    def put(self, path: str, data: bytes, digest: str) -> bool:
        """Write *data* with this *digest* to the staging folder; return False if unchanged."""
        if self.holds(path, digest):
            return False
        if not self._changed:
            files.make_folder(self._staging, target=self.folder)
        self.take(path, digest)
        files.create(self._staged(path), data, target=self.folder / path)
        return True

    def take(self, path: str, digest: str) -> None:
        """Record that another process has `put` the file *path* with this *digest*."""
        self._changed[path] = digest

    def commit(self, *, is_noted: bool = True) -> OutputPlan:
        """Apply the changes to the folder, and return them.

        If *is_noted*, `placed` has the new files afterwards, which takes some milliseconds more.
        """
        plan = self._plan()
        if plan.is_done:
            return plan
        files.make_folder(self._staging, target=self.folder)
        staged, saved = self._stage(plan)
        written = {path: files.stamp_of(staged[path]) for path in self._changed}
        try:
            _replace(plan, self._numbers, staged, self.folder)
        except BaseException as error:
            _restore(plan, saved, self.folder, error)
            raise
        _clear_staging(self.folder)
        if is_noted:
            self._note(written)
        return plan

    def _note(self, written: Mapping[str, FileStat]) -> None:
        """Add the files that were *written* to `placed`."""
        files.wait_for_tick()
        for path, found in self._changed.items():
            with suppress(OutsideError):  # The next build reads the file again.
                stamp = files.stamp_of(self.folder / path)
                if stamp.is_moved(written[path]):
                    self.placed[path] = FileState(digest=found, stamp=stamp)

    def _refuse_conflicts(self) -> None:
        litter = {path for path in self._entries if files.is_litter(path)}
        refuse_in_the_way(self._entries, litter, self._numbers, self.folder)
        self._recorded = recorded_paths(self.folder) if RECORD in self._entries else ()
        refuse_foreign(self._entries, litter, self._recorded, self.folder)

    def _staged(self, path: str) -> Path:
        return self._staging / str(self._numbers[path])

    def _stage(self, plan: OutputPlan) -> tuple[_Places, _Places]:
        """Return the staged new files and records, and the saved old files."""
        numbers = count(len(self._numbers))
        places = (self._staging / str(number) for number in numbers)
        staged = {path: self._staged(path) for path in sorted(self._changed, key=_turn)}
        gone = [*plan.updated, *plan.deleted]
        if not plan.is_recorded:
            # Only these are synced, since a truncated record would make the folder unusable.
            for name, paths in ((_FIRST, {*plan.recorded, *self.paths}), (RECORD, self.paths)):
                staged[name] = next(places)
                data = record_text(paths)
                files.create(staged[name], data, sync=True, target=self.folder / RECORD)
            gone += [RECORD] if RECORD in self._entries else []
        saved = dict(zip(gone, places, strict=False))
        for path, place in saved.items():
            files.keep(self.folder / path, place)
        return (staged, saved)

    def _plan(self) -> OutputPlan:
        present = {path for path, entry in self._entries.items() if entry.stamp is not None}
        wanted = self._numbers.keys()
        return OutputPlan(
            created=tuple(sorted(self._changed.keys() - present)),
            updated=tuple(sorted(self._changed.keys() & present)),
            deleted=tuple(sorted(present.intersection(self._recorded) - wanted)),
            unchanged=tuple(sorted(present.intersection(wanted) - self._changed.keys())),
            recorded=self._recorded,
            is_recorded=RECORD in self._entries and set(self._recorded) == wanted,
            is_tidy=STAGING not in self._entries,
        )


def _replace(plan: OutputPlan, wanted: Collection[str], staged: _Places, folder: Path) -> None:
    """Apply *plan* to *folder*, one file at a time."""
    changed = [path for path in staged if path not in (_FIRST, RECORD)]
    obsolete = set(plan.recorded).difference(wanted)
    if _FIRST in staged:
        files.move(staged[_FIRST], folder / RECORD)
    blocking = _blocking(obsolete, wanted) if obsolete else set()
    _delete(blocking, plan, folder)
    for path in plan.created:
        if files.kind_of(folder / path) is EntryKind.FOLDER:
            _delete_empty(folder / path)
    for parent in sorted({path.rpartition("/")[0] for path in plan.created}):
        files.make_folder(folder / parent)
    for path in changed:
        files.move(staged[path], folder / path)
    _delete(obsolete - blocking, plan, folder)
    if RECORD in staged:
        files.move(staged[RECORD], folder / RECORD)


def _restore(plan: OutputPlan, saved: _Places, folder: Path, failure: BaseException) -> None:
    """Undo the changes that `_replace` made before its *failure*."""
    try:
        for path in plan.created:
            if files.kind_of(folder / path) is EntryKind.FILE:
                files.delete(folder / path)
        _delete_folders(plan.created, folder)
        for path, place in saved.items():  # The record comes last.
            files.make_folder((folder / path).parent)
            files.move(place, folder / path)
        if RECORD not in saved and not plan.is_recorded:
            files.delete(folder / RECORD)
    except OutsideError as error:
        what = f"{failure or 'interrupted'}; undoing it failed too: {error}"
        raise OutsideError(f"{what}; the output is incomplete; build again") from failure


def _turn(path: str) -> tuple[int, str]:
    return _LAST.get(path, _TURNS.get(PurePosixPath(path).suffix, 0)), path


def _blocking(obsolete: set[str], wanted: Collection[str]) -> set[str]:
    """Return the *obsolete* files that are in the way of *wanted* files."""
    claimed = dict(claim for path in wanted for claim in claims(path))
    return {
        path
        for path in obsolete
        if any(claimed.get(key, claim) != claim for key, claim in claims(path))
    }


def _clear_staging(folder: Path) -> None:
    for entry in files.walk(folder / STAGING):
        if STAGED_PATH.fullmatch(f"{STAGING}/{entry.path}"):
            files.delete(folder / STAGING / entry.path)
    _delete_empty(folder / STAGING)


def _delete_empty(folder: Path) -> None:
    """Delete *folder* and its subfolders if they contain no files."""
    for entry in reversed(list(files.walk(folder))):
        if entry.kind is EntryKind.FOLDER:
            files.delete_folder(folder / entry.path)
    files.delete_folder(folder)


def _delete(paths: set[str], plan: OutputPlan, folder: Path) -> None:
    """Delete the *paths* that exist, and their folders if these are then empty."""
    for path in sorted(paths.intersection(plan.deleted)):
        files.delete(folder / path)
    _delete_folders(paths, folder)


def _delete_folders(paths: Iterable[str], folder: Path) -> None:
    """Delete the folders that contain *paths* if they are empty."""
    parents = {parent for path in paths for parent in folders_of(path)}
    for parent in sorted(parents, key=lambda path: (-path.count("/"), path)):
        files.delete_folder(folder / parent)
