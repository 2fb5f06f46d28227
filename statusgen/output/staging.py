"""The staging folder, where a build writes new files before it publishes them.

In an update, a staged file is named by its number. A first build stages the whole site in a
folder, each file at its final path, so that publishing takes one rename for each entry at the top
instead of one for each file. A list of these files tells them from others after a kill.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from statusgen.output.manifest import read_record, record_text
from statusgen.output.paths import RECORD, STAGING
from statusgen.system import files
from statusgen.system.files import Entry, EntryKind

SITE = f"{STAGING}/site"
_LIST = f"{STAGING}/{RECORD}"
_NUMBERED = re.compile(re.escape(STAGING) + r"/\d+")

# Files are placed after those that they link to: pages, feeds and API, then the front page.
_TURNS = {".html": 1, ".atom": 2, ".ics": 2, ".json": 2, ".rss": 2, ".xml": 2}
_LAST = {"index.html": 3, "build.json": 4}


def begin_site(folder: Path, paths: Collection[str]) -> None:
    """Make the folder in which a first build in *folder* stages the files *paths*."""
    files.make_folder(folder / SITE, target=folder)
    # A truncated list would make the folder unusable.
    files.create(folder / _LIST, record_text(paths), sync=True, target=folder / RECORD)


def staged_paths(folder: Path, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Yield those of *entries* in *folder* that a killed build has staged, the list last."""
    found = {path for path, entry in entries.items() if entry.kind is EntryKind.FILE}
    yield from filter(_NUMBERED.fullmatch, found)
    if _LIST in found:
        # A build that was killed while it wrote the list has staged nothing yet.
        listed = read_record(folder / _LIST) or ()
        yield from found.intersection(f"{SITE}/{path}" for path in listed)
        yield _LIST


def clear(folder: Path) -> None:
    """Delete the staging folder, except files that statusgen did not stage."""
    entries = {f"{STAGING}/{entry.path}": entry for entry in files.walk(folder / STAGING)}
    for path in staged_paths(folder, entries):
        files.delete(folder / path)
    delete_empty(folder / STAGING)


def delete_empty(folder: Path) -> None:
    """Delete *folder* and its subfolders if they contain no files."""
    for entry in reversed(list(files.walk(folder))):
        if entry.kind is EntryKind.FOLDER:
            files.delete_folder(folder / entry.path)
    files.delete_folder(folder)


def turn(path: str) -> tuple[int, str]:
    """Return the key to sort *path* by, in the order of publication."""
    return _LAST.get(path, _TURNS.get(PurePosixPath(path).suffix, 0)), path


def top_entries(paths: Collection[str]) -> list[str]:
    """Return the files and folders at the top of *paths*, each after all that it links to."""
    last = {path.partition("/")[0]: None for path in sorted(paths, key=turn, reverse=True)}
    return list(reversed(last))
