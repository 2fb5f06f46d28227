"""The build cache: parsed incident files and fingerprints of outputs, in one SQLite file.

The file contains only text, and nothing in it is executed. Every entry carries a digest of its
input or its content, so that a stale or damaged one is ignored.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from statusgen.characters import printable
from statusgen.ids import digest
from statusgen.problems import OutsideError, StatusgenError
from statusgen.system import files, locks
from statusgen.system.files import EntryKind, FileStat, FileState

FOLDER = ".statusgen"

_FILE = "cache.sqlite"
_IGNORE = ".gitignore"
_MARK = 0x73746731  # PRAGMA application_id: identifies the file
_DESKTOP_FILES = {".ds_store", "thumbs.db", "desktop.ini"}  # created by file managers
_TARGETS = 4  # output folders with cached file states

_TABLES = f"""
PRAGMA application_id = {_MARK};
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE accounts (
    path TEXT PRIMARY KEY, size INT, modified INT, changed INT, number INT, digest TEXT,
    summary TEXT, telling TEXT, seal TEXT
);
CREATE TABLE tellings (name TEXT PRIMARY KEY, text TEXT);
CREATE TABLE made (path TEXT PRIMARY KEY, key TEXT, digest TEXT);
CREATE TABLE placed (
    folder TEXT, path TEXT, size INT, modified INT, changed INT, number INT, digest TEXT,
    PRIMARY KEY (folder, path)
);
"""
# Errors in the environment, not in the file: https://sqlite.org/rescode.html
_OUTSIDE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
_NO_STAMP = (-1, -1, -1, -1)
_IGNORED = b"# This folder is statusgen's cache. It may be deleted at any time.\n*\n"


class CacheError(StatusgenError):
    """A cache that cannot be used; callers continue without it."""

    def __init__(self, message: str, *, is_damage: bool = False) -> None:
        self.is_damage = is_damage
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class CacheRow:
    """The cached *summary* of a file with this *digest*; *telling* is the name of its details.

    *stamp* is the file's stamp, or None if the file may have changed without getting a new one.
    """

    stamp: FileStat | None
    digest: str
    summary: str
    telling: str

    @property
    def seal(self) -> str:
        """Return a checksum of the row, which detects damage and mixed-up rows."""
        return digest(f"{self.digest} {self.telling} {self.summary}")


@dataclass(frozen=True, kw_only=True, slots=True)
class CachedOutput:
    """The cached result of an output: the *digest* of its content, and its fingerprint *key*."""

    key: str
    digest: str


@contextmanager
def open_cache(folder: Path | None, *, tools: str) -> Iterator["Cache"]:
    """Open the cache in *folder*, or a new one in memory; discard it if other *tools* wrote it.

    Waits while another process uses it. Raises CacheError if it cannot be used. After any failure,
    a folder that was created here is deleted again.
    """
    if folder is None:
        with closing(Cache(None, tools)) as cache:
            yield cache
        return
    kind = files.kind_of(folder)
    if kind not in (None, EntryKind.FOLDER):
        raise CacheError("not a folder")
    with ExitStack() as stack:
        with _cache_errors():
            stack.enter_context(locks.locked(folder))
            files.sweep(folder)
        try:
            _refuse_others(folder)
            if files.kind_of(folder / _IGNORE) is None:
                with _cache_errors():
                    files.write_atomically(folder / _IGNORE, _IGNORED)
            with closing(Cache(folder / _FILE, tools)) as cache:
                yield cache
        except BaseException:
            if kind is None:
                _delete_cache(folder)
            raise


def _refuse_others(folder: Path) -> None:
    """Reject a *folder* with other files: the cache's .gitignore would hide them from Git."""
    entries = {entry.path for entry in files.walk(folder)}
    names = {name for name in entries if name.casefold() not in _DESKTOP_FILES}
    if (names and not names & {_FILE, _IGNORE}) or names - {_FILE, f"{_FILE}-journal", _IGNORE}:
        raise CacheError("the folder contains other files")
    if files.kind_of(folder / _FILE) not in (None, EntryKind.FILE):
        raise CacheError(f"{_FILE} is not a regular file; delete it")


def _delete_cache(folder: Path) -> None:
    """Delete the new cache in *folder*, so that a failure leaves nothing behind."""
    with suppress(OutsideError):
        for name in (_FILE, f"{_FILE}-journal", _IGNORE):
            files.delete(folder / name)
        files.delete_folder(folder)


def cached_rows(folder: Path, *, tools: str, settings: str) -> dict[str, CacheRow]:
    """Return the same rows as `Cache.accounts`, but without changing the cache in *folder*.

    Returns an empty dict if these *tools* wrote no readable cache. Does not wait for a lock.
    """
    path = folder / _FILE
    try:
        if files.kind_of(path) is not EntryKind.FILE:
            return {}
        with _cache_errors(), closing(_read_only(path)) as connection:
            about = dict(connection.execute("SELECT name, value FROM about"))
            is_valid = (about.get("tools"), about.get("settings")) == (tools, settings)
            return _accounts(connection) if is_valid else {}
    except (CacheError, OutsideError):
        return {}


def _read_only(path: Path) -> sqlite3.Connection:
    # https://sqlite.org/uri.html
    return sqlite3.connect(f"file:{quote(bytes(path))}?mode=ro", timeout=0, uri=True)


def _accounts(connection: sqlite3.Connection) -> dict[str, CacheRow]:
    """Return the rows for all files, except damaged ones."""
    found = (
        (path, CacheRow(_stamp_of(stamp), digest, summary, telling), seal)
        for path, *stamp, digest, summary, telling, seal in connection.execute(
            "SELECT * FROM accounts"
        )
    )
    return {path: row for path, row, seal in found if row.seal == seal}


def discard(folder: Path) -> bool:
    """Delete the cache in *folder*; return whether that succeeded."""
    try:
        files.delete(folder / _FILE)
    except OutsideError:
        return False
    return True


class Cache:
    """A site's cache, open for one build; every method may raise CacheError.

    *is_old* is true if another version wrote the cache, which was then discarded.
    """

    def __init__(self, path: Path | None, tools: str) -> None:
        self._path = path
        self._connection = self._connect()
        known = self._prepare()
        self.is_old = known not in (None, tools)
        if path is not None and self.is_old:
            self.close()
            with _cache_errors():
                files.delete(path)
            self._connection = self._connect()
            known = self._prepare()
        if known is None:
            with self._writing():
                self._is_new("tools", tools)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def reopen(self) -> None:
        """Open a new connection in a forked process, which must not share one."""
        if self._path is not None:
            self._connection = self._connect()

    def accounts(self, settings: str) -> dict[str, CacheRow]:
        """Return the cached rows by path, if they were stored for these *settings*."""
        with _cache_errors():
            if self._about("settings") != settings:
                return {}
            return _accounts(self._connection)

    def keep_accounts(
        self,
        settings: str,
        rows: Mapping[str, CacheRow],
        *,
        gone: Iterable[str],
        tellings: Mapping[str, str],
    ) -> None:
        """Store *rows*, and delete those for the files that are *gone*."""
        with self._writing() as write:
            if self._is_new("settings", settings):
                write("DELETE FROM accounts", [()])
            write("DELETE FROM accounts WHERE path = ?", [(path,) for path in gone])
            values = (
                (path, *(row.stamp or _NO_STAMP), row.digest, row.summary, row.telling, row.seal)
                for path, row in rows.items()
            )
            write("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            write("INSERT OR REPLACE INTO tellings VALUES (?, ?)", tellings.items())
            # The lock keeps other readers out, so that unused details can be deleted.
            unused = "name NOT IN (SELECT telling FROM accounts)"
            write(f"DELETE FROM tellings WHERE {unused}", [()])  # noqa: S608  contains no input

    def telling(self, name: str) -> str:
        """Return the details called *name*."""
        with _cache_errors():
            found = self._rows("SELECT text FROM tellings WHERE name = ?", name)
        if not found or digest(str(found[0][0])) != name:
            raise CacheError("damaged", is_damage=True)
        return str(found[0][0])

    def made(self, look: str) -> dict[str, CachedOutput]:
        """Return the cached outputs for templates and settings with the digest *look*."""
        with _cache_errors():
            if self._about("look") != look:
                return {}
            return {
                path: CachedOutput(key=key, digest=digest)
                for path, key, digest in self._each("SELECT * FROM made")
            }

    def keep_made(
        self, look: str, outputs: Mapping[str, CachedOutput], *, gone: Iterable[str]
    ) -> None:
        """Store *outputs*, and delete those that are *gone*."""
        with self._writing() as write:
            if self._is_new("look", look):
                write("DELETE FROM made", [()])
            write("DELETE FROM made WHERE path = ?", [(path,) for path in gone])
            rows = ((path, one.key, one.digest) for path, one in outputs.items())
            write("INSERT OR REPLACE INTO made VALUES (?, ?, ?)", rows)

    def placed(self, folder: str) -> dict[str, FileState]:
        """Return the cached states of the files in the output *folder*, by path."""
        with _cache_errors():
            rows = self._each("SELECT * FROM placed WHERE folder = ?", folder)
            return {
                path: FileState(digest=digest, stamp=FileStat(*stamp))
                for _, path, *stamp, digest in rows
            }

    def keep_placed(
        self, folder: str, states: Mapping[str, FileState], *, gone: Iterable[str]
    ) -> None:
        """Store the *states* of files in the output *folder*, and delete those *gone*."""
        with self._writing() as write:
            folders = [name for (name,) in self._rows("SELECT DISTINCT folder FROM placed")]
            if folder not in folders and len(folders) >= _TARGETS:
                write("DELETE FROM placed", [()])
            write("DELETE FROM placed WHERE folder = ? AND path = ?", [(folder, p) for p in gone])
            rows = ((folder, path, *one.stamp, one.digest) for path, one in states.items())
            write("INSERT OR REPLACE INTO placed VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def _prepare(self) -> str | None:
        """Create the tables if the file is new; return the tools that wrote it, or None."""
        with _cache_errors():
            (mark,) = self._connection.execute("PRAGMA application_id").fetchone()
            if mark == 0 and not self._rows("SELECT 1 FROM sqlite_master"):
                self._connection.executescript(_TABLES)
            elif mark != _MARK:
                raise CacheError("not a statusgen cache; delete it")
            return self._about("tools")

    def _connect(self) -> sqlite3.Connection:
        with _cache_errors():
            place = ":memory:" if self._path is None else str(self._path)
            connection = sqlite3.connect(place, timeout=10, isolation_level=None)
            # A power failure may damage the file; that is detected, and the cache is rebuilt.
            connection.execute("PRAGMA synchronous = OFF")
            return connection

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        return [*self._each(query, *values)]

    def _each(self, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
        """Yield rows one by one, as there may be thousands."""
        return self._connection.execute(query, values)

    @contextmanager
    def _writing(self) -> Iterator[Callable[[str, Iterable[Sequence[Any]]], object]]:
        """Open a transaction, and yield a function that runs a statement for each row of values."""
        with _cache_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.executemany
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    def _about(self, name: str) -> str | None:
        found = self._rows("SELECT value FROM about WHERE name = ?", name)
        return found[0][0] if found else None

    def _is_new(self, name: str, value: str) -> bool:
        """Store *value* as *name*; return whether it differs from the previous one."""
        if self._about(name) == value:
            return False
        self._connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))
        return True


@contextmanager
def _cache_errors() -> Iterator[None]:
    """Convert SQLite and disk errors to CacheError."""
    try:
        yield
    except OutsideError as error:
        raise CacheError(str(error)) from error
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        code = getattr(error, "sqlite_errorcode", 0)  # Python's own errors have none.
        if code & 0xFF in _OUTSIDE:  # The higher bits are details.
            raise CacheError(printable(str(error))) from error
        detail = f" ({printable(str(error))})" if isinstance(error, sqlite3.Error) else ""
        raise CacheError(f"damaged{detail}", is_damage=True) from error


def _stamp_of(numbers: Sequence[int]) -> FileStat | None:
    return None if tuple(numbers) == _NO_STAMP else FileStat(*numbers)
