"""Read the files of another status page from a folder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from statusgen.characters import printable
from statusgen.problems import UsageError, quoted
from statusgen.system import files
from statusgen.system.files import EntryKind

# Files that show which system a folder belongs to, and the name of its importer.
_KINDS = (
    ("statusgen.yml", "a site of statusgen, which needs no import"),
    (".upptimerc.yml", "Upptime; use: statusgen import upptime"),
    ("site/content/incidents", "StatusKit; use: statusgen import statuskit"),
    ("content/issues", "cState; use: statusgen import cstate"),
    ("content/resolved", "Pelican; use: statusgen import pelican"),
    ("config.js", "Statusfy; use: statusgen import statusfy"),
)


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file with its *path* in the folder, without the ending; a *fault* says why it is empty."""

    path: str
    text: str = ""
    fault: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The name of the file, or that of its folder if the file is an index."""
        parts = self.path.split("/")
        return parts[-2] if parts[-1] == "index" and len(parts) > 1 else parts[-1]


def check_folder(folder: Path, needed: str, system: str) -> None:
    """Raise UsageError unless *folder*, a clone of a page of *system*, has the folder *needed*."""
    if files.kind_of(folder / needed) is EntryKind.FOLDER:
        return
    name = quoted(printable(str(folder)))
    if files.kind_of(folder) is None:
        raise UsageError(f"{name} does not exist; name a clone of a page of {system}")
    what = f"{name} has no folder {needed}, so it is not a page of {system}"
    found = next((hint for path, hint in _KINDS if files.kind_of(folder / path)), "")
    raise UsageError(f"{what}; it looks like {found}" if found else what)


def scope_of(url: str, folder: Path) -> str:
    """Return the place of a source in `source` marks: the host of *url*, or the folder's name."""
    try:
        host = urlsplit(url).netloc
    except ValueError:
        host = ""
    name = host or folder.resolve().name
    return "".join(one for one in name if one.isalnum() or one in ".-_") or "folder"


def read_files(folder: Path, ending: str = ".md") -> Iterator[SourceFile]:
    """Yield the files below *folder* whose names end with *ending*, sorted by path."""
    for entry in files.walk(folder):
        if not entry.path.endswith(ending) or files.is_hidden(entry.path):
            continue
        path = entry.path.removesuffix(ending)
        if entry.kind is EntryKind.FILE:
            yield _read(folder / entry.path, path)
        elif entry.kind is EntryKind.LINK:
            yield SourceFile(path=path, fault="it is a symbolic link; replace it by the file")


def read_first(folder: Path, names: Sequence[str]) -> SourceFile | None:
    """Return the first file in *folder* that has one of *names*, None if there is none."""
    for name in names:
        if files.kind_of(folder / name) is EntryKind.FILE:
            return _read(folder / name, name)
    return None


def _read(file: Path, path: str) -> SourceFile:
    try:
        data = files.read_bytes(file, limit=files.MAX_TEXT)
    except files.UnreadableError as error:
        return SourceFile(path=path, fault=error.message)
    remarks: tuple[str, ...] = ()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        remarks = ("it is not UTF-8; read as Latin-1",)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SourceFile(path=path, text=text, remarks=remarks)
