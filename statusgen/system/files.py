"""All access to the file system: bounded reads and atomic writes that follow no links."""

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

# Windows has no O_NOFOLLOW and no O_NONBLOCK; other systems have no O_BINARY.
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
READ_FLAGS = os.O_RDONLY | _SAFELY | getattr(os, "O_NONBLOCK", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFELY

# Files that Git and file managers create, which are not part of the site.
_LITTER = re.compile(r"(?:^|/)(?:\.git|\.ds_store|thumbs\.db|desktop\.ini)(?:/|$)", re.IGNORECASE)

_TEMPORARY = ".statusgen-"
_LEFT = re.compile(re.escape(_TEMPORARY) + r"[0-9a-f]{16}\.tmp")

MAX_TEXT = 256 * 1024  # bytes of a text file

_CHUNK = 1 << 16  # bytes that are hashed at a time
_BITS = (1 << 63) - 1  # SQLite integers have 63 bits and a sign.
_TICK = 0.02  # seconds: twice the usual resolution of file times
_BREAK = re.compile("\r\n|\r|\n")
_FOREIGN_MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_NO_FOLDER_TO_DELETE = {errno.ENOENT, errno.ENOTDIR, errno.ENOTEMPTY, errno.EEXIST}


class FileStat(NamedTuple):
    """Metadata that changes when a regular file changes; times in nanoseconds since 1970."""

    size: int
    modified: int
    changed: int
    number: int

    def is_moved(self, before: "FileStat") -> bool:
        """Return whether moving a file with the stamp *before* may result in this stamp."""
        return self._replace(changed=0) == before._replace(changed=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class FileState:
    """The digest of a file's content when it had this *stamp*."""

    digest: str
    stamp: FileStat


class EntryKind(StrEnum):
    """The type of an entry in a folder."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"  # FIFO, socket, device


class Entry(NamedTuple):
    """A result of `walk`; *path* is relative to the folder walked, with ``/`` between its parts.

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
    """A file that exists but is not readable text; *line* and *column* (from 1) say where."""

    def __init__(self, message: str, *, line: int = 1, column: int = 1) -> None:
        self.message = message
        self.line = line
        self.column = column
        super().__init__(message)

    def problem(self, path: Path) -> Problem:
        """Return this error as a problem in the file *path*."""
        return Problem(path=path, line=self.line, column=self.column, message=self.message)


def kind_of(path: Path) -> EntryKind | None:
    """Return the type of *path*, or None if it does not exist; links are not followed."""
    with translate_errors("read", path):
        try:
            return _kind(path.lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None


def is_litter(path: str) -> bool:
    """Return whether *path* is, or is inside, something that Git or a file manager creates."""
    return _LITTER.search(path) is not None


def is_hidden(path: str) -> bool:
    """Return whether a part of *path* begins with a dot, like the files of editors and Git."""
    return path != "." and (path.startswith(".") or "/." in path)


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether *path* is *folder* or below it, following links; neither has to exist."""
    with translate_errors("read", path):
        return path.resolve().is_relative_to(folder.resolve())


def within(path: Path, folder: Path) -> str | None:
    """Return *path* relative to *folder*, following links, or None if it is outside."""
    with translate_errors("read", path):
        place, root = path.resolve(), folder.resolve()
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else None


def walk(folder: Path) -> Iterator[Entry]:
    """Yield every entry below *folder*, sorted by name, each folder before its content.

    Links are not followed: if *folder* itself is a link, it is the only entry, named ``.``. Folders
    that `is_litter` recognizes are not entered. A missing *folder* is empty.
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
    """Return whether files can be created in *folder*."""
    with translate_errors("read", folder):
        return os.access(folder, os.W_OK | os.X_OK)


def read_bytes(path: Path, *, limit: int) -> bytes:
    """Read the regular file *path*; raises UnreadableError if it exceeds *limit* bytes."""
    with _regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        data = b"" if size > limit else stream.read(limit + 1)
    size = max(size, len(data))
    if size > limit:
        raise UnreadableError(
            f"the file has {-(-size // 1024)} KiB, more than the limit of {limit // 1024} KiB; "
            "shorten it"
        )
    return data


def read_text(path: Path, *, limit: int) -> str:
    """Read the text file *path*; raises as `read_bytes` and `decode` do."""
    return decode(read_bytes(path, limit=limit))


def decode(data: bytes) -> str:
    """Decode *data* without changing line endings; raises UnreadableError if it is not UTF-8.

    A byte order mark is dropped. Characters that are not allowed in pages and feeds are errors.
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
    # UTF-16 text without a byte order mark is full of NUL.
    remedy = "save the file as UTF-8 text" if found[0] == "\0" else "remove it"
    message = f"{describe(found[0])} is not allowed here; {remedy}"
    raise _unreadable(message, after=text[: found.start()])


def encode(text: str, *, like: bytes) -> bytes:
    """Encode *text* as UTF-8, with a byte order mark if *like* begins with one."""
    mark = codecs.BOM_UTF8 if like.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode()


def digest(data: bytes) -> str:
    """Return the SHA-256 of *data* in hex."""
    return hashlib.sha256(data).hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of the regular file *path* in hex."""
    found = hashlib.sha256()
    with _regular(path) as stream:
        while data := stream.read(_CHUNK):
            found.update(data)
    return found.hexdigest()


def stamp_of(path: Path) -> FileStat:
    """Return the stamp of the regular file *path*."""
    with translate_errors("read", path):
        stamp = _stamp(path.lstat())
    if stamp is None:
        raise OutsideError(f"cannot read {printable(str(path))}: it is no longer a file")
    return stamp


def is_settled(stamp: FileStat) -> bool:
    """Return whether any change to the file from now on is sure to change its *stamp*."""
    is_coarse = stamp.changed % 10**9 == 0  # The times of FAT have a resolution of two seconds.
    return time.time_ns() - stamp.changed > (2 * 10**9 if is_coarse else _TICK * 10**9)


def wait_for_tick() -> None:
    """Wait until new files get a later time than files written before the call."""
    time.sleep(_TICK)


def create(path: Path, data: bytes, *, sync: bool = False, target: Path | None = None) -> None:
    """Write *data* to the new file *path*, and remove it again on failure.

    The umask decides the mode. With *sync* the data is on disk on return. Errors name *target* if
    *path* is only its temporary location.
    """
    with translate_errors("write", target or path):
        _write_new(path, data, sync=sync)


def keep(path: Path, backup: Path) -> None:
    """Save the content of the file *path* as *backup*, which must not exist.

    `move` restores it. Uses a hard link where possible, otherwise a copy.
    """
    with suppress(OSError):
        os.link(path, backup, follow_symlinks=False)
        return
    with _regular(path) as stream, translate_errors("write", path):
        _write_new(backup, stream.read(), sync=False)


def rewrite(path: Path, text: str) -> None:
    """Replace the content of the text file *path*, keeping its byte order mark and mode."""
    with _regular(path) as stream:
        start = stream.read(len(codecs.BOM_UTF8))
        mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
    write_atomically(path, encode(text, like=start), mode=mode)


def write_atomically(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write *data* to *path* in one step, by renaming a temporary file.

    Only a regular file is replaced, never a link. The temporary file is ``.statusgen-*.tmp`` in the
    same folder; a failure removes it. Without *mode* the umask decides the mode.
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
    """Delete temporary files that killed processes left in *folder*, which must be locked."""
    if kind_of(folder) is not EntryKind.FOLDER:
        return
    with translate_errors("read", folder), os.scandir(folder) as found:
        names = [entry.name for entry in found if _LEFT.fullmatch(entry.name)]
    for name in names:
        if kind_of(folder / name) is EntryKind.FILE:
            delete(folder / name)


def move(source: Path, target: Path) -> None:
    """Move the file or folder *source* to *target* in one step, replacing a file."""
    with translate_errors("write", target):
        source.replace(target)


def make_folder(path: Path, *, target: Path | None = None) -> None:
    """Create the folder *path* and any missing parents; errors name *target* if given."""
    with translate_errors("write", target or path):
        path.mkdir(parents=True, exist_ok=True)


def delete(path: Path) -> None:
    """Delete the file or link *path* if it exists."""
    with translate_errors("delete", path):
        path.unlink(missing_ok=True)


def delete_folder(path: Path) -> None:
    """Delete the folder *path* if it exists and is empty."""
    with translate_errors("delete", path):
        try:
            path.rmdir()
        except OSError as error:
            if error.errno not in _NO_FOLDER_TO_DELETE:
                raise


@contextmanager
def translate_errors(verb: str, path: Path) -> Iterator[None]:
    """Translate an OSError to an OutsideError with a message such as "cannot read a.md: …"."""
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
        # Check before, since opening a device may have effects; and after, in case it was replaced.
        _refuse_all_but_files(path.lstat().st_mode)
        with os.fdopen(os.open(path, READ_FLAGS), "rb") as stream:
            _refuse_all_but_files(os.fstat(stream.fileno()).st_mode)
            yield stream


def _refuse_all_but_files(mode: int) -> None:
    kind = _kind(mode)
    if kind is EntryKind.LINK:
        raise UnreadableError("symbolic links are not followed; replace it with the file itself")
    if kind is not EntryKind.FILE:
        raise UnreadableError("not a regular file; replace it with a file")


def _kind(mode: int) -> EntryKind:
    if stat.S_ISLNK(mode):
        return EntryKind.LINK
    if stat.S_ISDIR(mode):
        return EntryKind.FOLDER
    return EntryKind.FILE if stat.S_ISREG(mode) else EntryKind.OTHER


def _entries(folder: Path, prefix: str) -> list[Entry]:
    """Return the entries of the folder *prefix* in *folder*, last name first, as `walk` pops them.

    A file that is deleted meanwhile, such as another command's temporary file, is skipped.
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
