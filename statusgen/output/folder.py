"""Atomic update of an output folder: changed files are written, obsolete ones deleted.

The record, a dotfile in the folder, lists every file that statusgen wrote there. If the folder
contains any other file, nothing is changed at all.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from statusgen.output import staging
from statusgen.output.manifest import (
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
                staging.clear(folder)
                if is_new:
                    files.delete_folder(folder)
            raise


class Target:
    """An output folder during a build.

    New files are first written to a staging folder, and old ones are saved there. So a full disk
    changes nothing, and a later failure is undone. If the process is killed, each file is either
    old or new, and the next build completes the update: the record lists every file from before it
    is created until after it is deleted.

    An empty folder gets all files of a directory by one rename.
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
        self._is_fresh = not self._entries
        self._made: set[str] = set()  # staged folders
        self._refuse_conflicts()
        self.placed = {
            path: placed
            for path, placed in known.items()
            if path in self._entries and self._entries[path].stamp == placed.stamp
        }
        if STAGING in self._entries:
            staging.clear(folder)
        if self._is_fresh:
            staging.begin_site(folder, self.paths)

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
        place = self._staged(path)
        parent = path.rpartition("/")[0] if self._is_fresh else ""
        if parent not in self._made:
            files.make_folder(place.parent, target=self.folder)
            self._made.add(parent)
        self.take(path, digest)
        files.create(place, data, target=self.folder / path)
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
        written = {path: files.stamp_of(self._staged(path)) for path in self._changed}
        try:
            if self._is_fresh:
                _fill(staged, self.folder)
            else:
                _replace(plan, self._numbers, staged, self.folder)
        except BaseException as error:
            _restore(plan, saved, self.folder, error)
            raise
        staging.clear(self.folder)
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
        staged = staging.staged_paths(self.folder, self._entries)
        refuse_foreign(self._entries, litter, {RECORD, *self._recorded, *staged}, self.folder)

    def _staged(self, path: str) -> Path:
        if self._is_fresh:
            return self.folder / staging.SITE / path
        return self._staging / str(self._numbers[path])

    def _stage(self, plan: OutputPlan) -> tuple[_Places, _Places]:
        """Return the staged new files, or the folders with them, and records; and the old files."""
        numbers = count(len(self._numbers))
        places = (self._staging / str(number) for number in numbers)
        in_order = staging.top_entries if self._is_fresh else partial(sorted, key=staging.turn)
        staged = {path: self._staged(path) for path in in_order(self._changed)}
        gone = [*plan.updated, *plan.deleted]
        if not plan.is_recorded:
            # Only these are synced, since a truncated record would make the folder unusable.
            records = {_FIRST: {*plan.recorded, *self.paths}, RECORD: self.paths}
            if self._is_fresh:
                del records[RECORD]  # It would be the same.
            for name, paths in records.items():
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


def _fill(staged: _Places, folder: Path) -> None:
    """Move everything *staged* into the empty *folder*, the record first."""
    files.move(staged[_FIRST], folder / RECORD)
    for name, place in staged.items():
        if name != _FIRST:
            files.move(place, folder / name)


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
            staging.delete_empty(folder / path)
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


def _blocking(obsolete: set[str], wanted: Collection[str]) -> set[str]:
    """Return the *obsolete* files that are in the way of *wanted* files."""
    claimed = dict(claim for path in wanted for claim in claims(path))
    return {
        path
        for path in obsolete
        if any(claimed.get(key, claim) != claim for key, claim in claims(path))
    }


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
