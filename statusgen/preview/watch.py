"""What a build reads, as it changes on the disk."""

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

_TRIES = 20  # to watch folders that come and go
_TURN = 50  # milliseconds without a change after which there is time to build

# A name that is not UTF-8 cannot be watched; Python keeps its bytes as lone surrogates.
_NO_TEXT = re.compile("[\ud800-\udfff]")

_Watcher = Generator[set[tuple[Change, str]], None, None]


def changes(folder: Path, *, data: Path | None = None) -> Iterator[tuple[str, ...]]:
    """What the build of *folder* reads, *data* included, as it changes: the names of each batch.

    The first batch is empty, and says that nothing is missed from now on. What changes while the
    caller is busy with a batch is in the next one.
    """
    watched = _Watched(folder, data)
    watcher = watched.watcher()
    yield ()
    while True:
        try:
            names = {watched.name(change, Path(path)) for change, path in next(watcher)} - {None}
        except RuntimeError:  # What watchfiles raises for a name that is not UTF-8.
            names = {"."}
        if names:
            # Anew, because a folder may be another one than before under the same name.
            watcher.close()
            watcher = watched.watcher()
            yield tuple(sorted(filter(None, names)))


class _Watched:
    """What is watched: folders one by one, because what stands beside them may be large."""

    def __init__(self, folder: Path, data: Path | None) -> None:
        self.folder = folder.resolve()
        self.data = data.parent.resolve() / data.name if data is not None else None

    def watcher(self) -> _Watcher:
        """What sees every change from now on; it gives an empty set when there is none."""
        for _ in range(_TRIES):
            watcher = watch(
                *self._folders(),
                watch_filter=None,
                recursive=False,
                step=_TURN,
                rust_timeout=_TURN,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            )
            try:
                next(watcher)  # It begins here.
            except (FileNotFoundError, RuntimeError):  # Gone again, or as above.
                continue
            except OSError as error:
                raise OutsideError(f"cannot watch the folder of the site: {error}") from None
            return watcher
        raise OutsideError("cannot watch the folder of the site: it comes and goes")

    def name(self, change: Change, path: Path) -> str | None:
        """How to name the changed *path*, or None if no build reads it."""
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
        is_left = files.is_litter(name) or (inside.parts[0] == "incidents" and is_hidden)
        return printable(name) if is_read and not is_left else None

    def _folders(self) -> list[Path]:
        found = {_nearest(self.folder)}
        if self.data is not None:
            found.add(_nearest(self.data.parent))
        for name in read_site.FOLDERS:
            place = self.folder / name
            with suppress(OutsideError):  # The build tells of it.
                if files.kind_of(place) is EntryKind.FOLDER:
                    found.add(place)
                for entry in files.walk(place):
                    if entry.kind is EntryKind.FOLDER and _NO_TEXT.search(entry.path) is None:
                        found.add(place / entry.path)
        return sorted(found)


def _nearest(folder: Path) -> Path:
    """*folder*, or where it will appear."""
    places = (folder, *folder.parents)
    return next((place for place in places if files.kind_of(place) is EntryKind.FOLDER), folder)
