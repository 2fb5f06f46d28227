"""Watch the files that a build reads."""

import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, watch

from statusgen.build import read_site
from statusgen.characters import printable
from statusgen.config import settings
from statusgen.problems import OutsideError
from statusgen.system import files
from statusgen.system.files import EntryKind

_TRIES = 20  # attempts to start watching while folders are created and deleted
_QUIET = 50  # milliseconds without a change before a batch is complete

# A name that is not UTF-8 cannot be watched; Python represents its bytes as lone surrogates.
_NOT_UTF8 = re.compile("[\ud800-\udfff]")

_Watcher = Generator[set[tuple[Change, str]], None, None]


def changes(folder: Path, *, data: Path | None = None) -> Iterator[tuple[str, ...]]:
    """Yield the names of changed files that a build of *folder* reads, including *data*.

    The first batch is empty: it reports that watching has started. Each batch includes changes that
    happened while the caller handled the previous one.
    """
    watched = _Watched(folder, data)
    watcher = watched.watcher()
    yield ()
    while True:
        try:
            names = {watched.name(change, Path(path)) for change, path in next(watcher)} - {None}
        except RuntimeError:  # watchfiles raises it for a name that is not UTF-8.
            names = {"."}
        if names:
            # A folder may have been replaced by a new one with the same name: watch that one.
            watcher.close()
            watcher = watched.watcher()
            yield tuple(sorted(filter(None, names)))


class _Watched:
    """The folders of a site to watch: only those that a build reads, since others may be large."""

    def __init__(self, folder: Path, data: Path | None) -> None:
        self.folder = folder.resolve()
        self.data = data.parent.resolve() / data.name if data is not None else None

    def watcher(self) -> _Watcher:
        """Start watching and return a generator of changes, which yields empty sets in between."""
        for _ in range(_TRIES):
            watcher = watch(
                *self._folders(),
                watch_filter=None,
                recursive=False,
                step=_QUIET,
                rust_timeout=_QUIET,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            )
            try:
                next(watcher)  # Watching starts with the first call.
            except (FileNotFoundError, RuntimeError):  # A folder is gone, or a name is not UTF-8.
                continue
            except OSError as error:
                raise OutsideError(f"cannot watch the folder of the site: {error}") from None
            return watcher
        raise OutsideError("cannot watch the folder of the site: it keeps disappearing")

    def name(self, change: Change, path: Path) -> str | None:
        """Return the name to print for the changed *path*, or None if no build reads it."""
        if path == self.data:
            return printable(path.name)
        if self.folder.is_relative_to(path):
            return None if change is Change.modified else "."
        if not path.is_relative_to(self.folder):
            return None
        inside = path.relative_to(self.folder)
        name = inside.as_posix()
        is_hidden = any(part.startswith(".") for part in inside.parts)
        is_read = name == settings.FILE or inside.parts[0] in read_site.FOLDERS
        is_ignored = files.is_litter(name) or (inside.parts[0] == "incidents" and is_hidden)
        return printable(name) if is_read and not is_ignored else None

    def _folders(self) -> list[Path]:
        found = {_nearest(self.folder)}
        if self.data is not None:
            found.add(_nearest(self.data.parent))
        for name in read_site.FOLDERS:
            place = self.folder / name
            with suppress(OutsideError):  # The build reports it.
                if files.kind_of(place) is EntryKind.FOLDER:
                    found.add(place)
                for entry in files.walk(place):
                    if entry.kind is EntryKind.FOLDER and _NOT_UTF8.search(entry.path) is None:
                        found.add(place / entry.path)
        return sorted(found)


def _nearest(folder: Path) -> Path:
    """Return *folder*, or the nearest folder above it if it does not exist."""
    places = (folder, *folder.parents)
    return next((place for place in places if files.kind_of(place) is EntryKind.FOLDER), folder)
