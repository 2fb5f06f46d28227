"""The only door to the file system: bounded reads, atomic writes, no links followed."""

import codecs
import errno
import hashlib
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, NamedTuple

from statusgen.characters import describe, forbidden, printable
from statusgen.problems import OutsideError, Problem, StatusgenError

# Windows has no O_NOFOLLOW and no O_NONBLOCK, the others have no O_BINARY.
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
READ_FLAGS = os.O_RDONLY | _SAFELY | getattr(os, "O_NONBLOCK", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY

# Left by Git and by desktops: nobody's content.
_LITTER = re.compile(r"(?:^|/)(?:\.git|\.ds_store|thumbs\.db|desktop\.ini)(?:/|$)", re.IGNORECASE)

_TEMPORARY = ".statusgen-"
_LEFT = re.compile(re.escape(_TEMPORARY) + r"[0-9a-f]{16}\.tmp")

MAX_TEXT = 256 * 1024  # bytes that are read of a text

_CHUNK = 1 << 16  # bytes digested at a time
_BITS = (1 << 63) - 1  # of a number in a database; those of a larger one tell as much
_TICK = 0.02  # seconds: the clock of file systems goes by up to half of that
_BREAK = re.compile("\r\n|\r|\n")
_FOREIGN_MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_NO_FOLDER_TO_DELETE = {errno.ENOENT, errno.ENOTDIR, errno.ENOTEMPTY, errno.EEXIST}


class FileStat(NamedTuple):
    """What a change of a regular file alters; times are in nanoseconds since 1970."""

    size: int
    modified: int
    changed: int
    number: int

    def is_moved(self, before: "FileStat") -> bool:
        """Whether a file of this stamp is one of the stamp *before* that was moved at most."""
        return self._replace(changed=0) == before._replace(changed=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileState:
    """What a file held when it had this *stamp*: the digest of its content."""

    digest: str
    stamp: FileStat


class EntryKind(StrEnum):
    """What stands in a folder under a name."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"  # FIFO, socket, device


class Entry(NamedTuple):
    """What `walk` found; *path* is relative to the folder walked, with ``/`` between its parts.

    Only a regular file has a *stamp*.
    """

    path: str
    kind: EntryKind
    stamp: FileStat | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class UnreadableError(StatusgenError):
    """A file that is there and cannot be taken as text, at *line* and *column* (from 1)."""

    def __init__(self, message: str, *, line: int = 1, column: int = 1) -> None:
        self.message = message
        self.line = line
        self.column = column
        super().__init__(message)

    def problem(self, path: Path) -> Problem:
        """What is to mend in *path*."""
        return Problem(path=path, line=self.line, column=self.column, message=self.message)


def kind_of(path: Path) -> EntryKind | None:
    """What stands at *path*, or None; a link is a link, wherever it leads."""
    with translate_errors("read", path):
        try:
            return _kind(path.lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None


def is_litter(path: str) -> bool:
    """Whether a part of *path* is the name of something that Git or a desktop left there."""
    return _LITTER.search(path) is not None


def is_hidden(path: str) -> bool:
    """Whether a part of *path* begins with a dot: what editors and Git leave."""
    return path != "." and (path.startswith(".") or "/." in path)


def is_inside(path: Path, folder: Path) -> bool:
    """Whether *path* is *folder* or below it, links followed; neither has to be there."""
    with translate_errors("read", path):
        return path.resolve().is_relative_to(folder.resolve())


def within(path: Path, folder: Path) -> str | None:
    """The path from *folder* down to *path*, links followed, or None if it is not below it."""
    with translate_errors("read", path):
        place, root = path.resolve(), folder.resolve()
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else None


def walk(folder: Path) -> Iterator[Entry]:
    """Everything in *folder* and its folders, each folder in order of names and before its content.

    No link is followed: a *folder* that is a link is the only entry, named ``.``. Folders of litter
    are not entered. A missing *folder* is empty.
    """
    kind = kind_of(folder)
    if kind is EntryKind.LINK:
        yield Entry(path=".", kind=kind)
    waiting = _entries(folder, "") if kind not in (None, EntryKind.LINK) else []
    while waiting:
        entry = waiting.pop()
        yield entry
        if entry.kind is EntryKind.FOLDER and not is_litter(entry.name):
            waiting += _entries(folder, f"{entry.path}/")


def is_writable(folder: Path) -> bool:
    """Whether files can be made in *folder*."""
    with translate_errors("read", folder):
        return os.access(folder, os.W_OK | os.X_OK)


def read_bytes(path: Path, *, limit: int) -> bytes:
    """The content of the regular file *path*, of at most *limit* bytes; else `UnreadableError`."""
    with _regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        data = b"" if size > limit else stream.read(limit + 1)
    size = max(size, len(data))
    if size > limit:
        raise UnreadableError(
            f"the file has {-(-size // 1024)} KiB, at most {limit // 1024} KiB are read; shorten it"
        )
    return data


def read_text(path: Path, *, limit: int) -> str:
    """The text of *path*, as `read_bytes` and `decode` see it."""
    return decode(read_bytes(path, limit=limit))


def decode(data: bytes) -> str:
    """*data* as text, line ends untouched; `UnreadableError` if it is not clean UTF-8.

    A byte order mark is dropped. Characters that no page or feed can carry are refused here.
    """
    for mark, encoding in _FOREIGN_MARKS.items():
        if data.startswith(mark):
            raise UnreadableError(f"not UTF-8 but {encoding}; save the file as UTF-8")
    content = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        offset = error.start + len(data) - len(content)
        message = f"not UTF-8: byte 0x{data[offset]:02X} at offset {offset}; save the file as UTF-8"
        raise _unreadable(message, after=content[: error.start].decode()) from error
    found = forbidden(text)
    if found is None:
        return text
    # Text in UTF-16 without its mark is full of NUL.
    remedy = "save the file as UTF-8 text" if found[0] == "\0" else "remove it"
    message = f"{describe(found[0])} cannot stand in a text; {remedy}"
    raise _unreadable(message, after=text[: found.start()])


def encode(text: str, *, like: bytes) -> bytes:
    """*text* as the bytes of a file, with a byte order mark if *like* begins with one."""
    mark = codecs.BOM_UTF8 if like.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode()


def digest(data: bytes) -> str:
    """The SHA-256 of *data*, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(path: Path) -> str:
    """The same of the content of the regular file *path*."""
    found = hashlib.sha256()
    with _regular(path) as stream:
        while data := stream.read(_CHUNK):
            found.update(data)
    return found.hexdigest()


def stamp_of(path: Path) -> FileStat:
    """The stamp of the regular file *path*."""
    with translate_errors("read", path):
        stamp = _stamp(path.lstat())
    if stamp is None:
        raise OutsideError(f"cannot read {printable(str(path))}: it is not a file any more")
    return stamp


def is_settled(stamp: FileStat) -> bool:
    """Whether a file that is changed from now on is sure to get another stamp than *stamp*."""
    is_coarse = stamp.changed % 10**9 == 0  # Some file systems know only even seconds.
    return time.time_ns() - stamp.changed > (2 * 10**9 if is_coarse else _TICK * 10**9)


def wait_for_tick() -> None:
    """Return once what is written from now on gets another time than what was written before."""
    time.sleep(_TICK)


def create(path: Path, data: bytes, *, sync: bool = False, target: Path | None = None) -> None:
    """Write *data* to a file that does not exist yet, and leave none behind on failure.

    The umask decides the mode. With *sync* the data is on the disk on return. A failure names
    *target*, for which *path* only stands in.
    """
    with translate_errors("write", target or path):
        _write_new(path, data, sync=sync)


def keep(path: Path, place: Path) -> None:
    """Let the content of the file *path* also be found at *place*, which does not exist yet.

    `move` puts it back. It costs no room, but on a disk that knows no hard links.
    """
    with suppress(OSError):
        os.link(path, place, follow_symlinks=False)
        return
    with _regular(path) as stream, translate_errors("write", path):
        _write_new(place, stream.read(), sync=False)


def rewrite(path: Path, text: str) -> None:
    """Make *text* the content of the text file *path*, whose byte order mark and mode stay."""
    with _regular(path) as stream:
        start = stream.read(len(codecs.BOM_UTF8))
        mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
    write_atomically(path, encode(text, like=start), mode=mode)


def write_atomically(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Make *data* the content of *path*, so that nobody ever sees half of it.

    Only a regular file is replaced, a link never. Until then the data is in ``.statusgen-*.tmp``
    beside it, which a failure removes. Without *mode* the umask decides it.
    """
    kind = kind_of(path)
    if kind not in (None, EntryKind.FILE):
        thing = "a symbolic link" if kind is EntryKind.LINK else "not a regular file"
        raise OutsideError(f"cannot write {printable(str(path))}: it is {thing}")
    temporary = path.with_name(f"{_TEMPORARY}{secrets.token_hex(8)}.tmp")
    with translate_errors("write", path):
        try:
            _write_new(temporary, data, sync=True)
            if mode is not None:
                temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise


def sweep(folder: Path) -> None:
    """Delete what killed processes left in *folder*, which is `locked` or below one that is."""
    if kind_of(folder) is not EntryKind.FOLDER:
        return
    with translate_errors("read", folder), os.scandir(folder) as found:
        names = [entry.name for entry in found if _LEFT.fullmatch(entry.name)]
    for name in names:
        if kind_of(folder / name) is EntryKind.FILE:
            delete(folder / name)


def move(source: Path, target: Path) -> None:
    """Put the file *source* in the place of *target*, in one step."""
    with translate_errors("write", target):
        source.replace(target)


def make_folder(path: Path, *, target: Path | None = None) -> None:
    """Make the folder *path* and those above it, where missing; a failure names *target*."""
    with translate_errors("write", target or path):
        path.mkdir(parents=True, exist_ok=True)


def delete(path: Path) -> None:
    """Delete the file or link *path*, if it is there."""
    with translate_errors("delete", path):
        path.unlink(missing_ok=True)


def delete_folder(path: Path) -> None:
    """Delete the folder *path* if it is there and empty."""
    with translate_errors("delete", path):
        try:
            path.rmdir()
        except OSError as error:
            if error.errno not in _NO_FOLDER_TO_DELETE:
                raise


@contextmanager
def translate_errors(verb: str, path: Path) -> Iterator[None]:
    """Raise OutsideError in place of an OSError, with a line such as "cannot read a.md: …"."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in a path
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise OutsideError(f"cannot {verb} {printable(str(path))}: {reason}") from error


def _write_new(path: Path, data: bytes, *, sync: bool) -> None:
    descriptor = os.open(path, _CREATE, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            if sync:
                os.fsync(descriptor)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


@contextmanager
def _regular(path: Path) -> Iterator[BinaryIO]:
    with translate_errors("read", path):
        # Before, because opening a device can act on it; after, because the file may have changed.
        _refuse_all_but_files(path.lstat().st_mode)
        with os.fdopen(os.open(path, READ_FLAGS), "rb") as stream:
            _refuse_all_but_files(os.fstat(stream.fileno()).st_mode)
            yield stream


def _refuse_all_but_files(mode: int) -> None:
    kind = _kind(mode)
    if kind is EntryKind.LINK:
        raise UnreadableError("a symbolic link; put the file itself here")
    if kind is not EntryKind.FILE:
        raise UnreadableError("not a regular file; put a file here")


def _kind(mode: int) -> EntryKind:
    if stat.S_ISLNK(mode):
        return EntryKind.LINK
    if stat.S_ISDIR(mode):
        return EntryKind.FOLDER
    return EntryKind.FILE if stat.S_ISREG(mode) else EntryKind.OTHER


def _entries(folder: Path, prefix: str) -> list[Entry]:
    """Return what is in the folder *prefix* of *folder*, last name first, as `walk` takes it.

    A file that is deleted meanwhile, such as the temporary one of another command, is skipped.
    """
    place = folder / prefix
    result = []
    with translate_errors("read", place), os.scandir(place) as found:
        for entry in sorted(found, key=lambda entry: entry.name, reverse=True):
            with suppress(FileNotFoundError):
                one = entry.stat(follow_symlinks=False)
                path = f"{prefix}{entry.name}"
                result.append(Entry(path=path, kind=_kind(one.st_mode), stamp=_stamp(one)))
    return result


def _stamp(found: os.stat_result) -> FileStat | None:
    if not stat.S_ISREG(found.st_mode):
        return None
    return FileStat(
        found.st_size & _BITS,
        found.st_mtime_ns & _BITS,
        found.st_ctime_ns & _BITS,
        found.st_ino & _BITS,
    )


def _unreadable(message: str, *, after: str) -> UnreadableError:
    lines = _BREAK.split(after)
    return UnreadableError(message, line=len(lines), column=len(lines[-1]) + 1)
