"""What earlier builds found out, kept in a folder so that it need not be found out again.

The folder holds one SQLite file with text in it; nothing there is ever executed. Every entry says
what it was made from, or is named by what it is, so that one which does not fit is never believed.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from sys import intern
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
_MARK = 0x73746731  # what the file is for, and the form of its tables: PRAGMA application_id
_OF_DESKTOPS = {".ds_store", "thumbs.db", "desktop.ini"}  # left by who looks into a folder
_TARGETS = 4  # published folders that are remembered

_TABLES = f"""
PRAGMA application_id = {_MARK};
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE accounts (
    path TEXT PRIMARY KEY, size INT, modified INT, changed INT, number INT, digest TEXT,
    summary TEXT, telling TEXT, seal TEXT
);
CREATE TABLE tellings (name TEXT PRIMARY KEY, text TEXT);
CREATE TABLE made (path TEXT PRIMARY KEY, key TEXT, facts TEXT, state TEXT, digest TEXT);
CREATE TABLE placed (
    folder TEXT, path TEXT, size INT, modified INT, changed INT, number INT, digest TEXT,
    PRIMARY KEY (folder, path)
);
"""
# What is not the fault of the file: https://sqlite.org/rescode.html
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
    """The cache cannot be used, for the reason given; what it is for can be done without it."""

    def __init__(self, message: str, *, is_damage: bool = False) -> None:
        self.is_damage = is_damage
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class CacheRow:
    """What a file with the content *digest* says, in short; *telling* names what it says at length.

    *stamp* is that of the file; there is none if it may have changed since without another one.
    """

    stamp: FileStat | None
    digest: str
    summary: str
    telling: str

    @property
    def seal(self) -> str:
        """What tells that the two belong together, and that none is damaged."""
        return digest(f"{self.digest} {self.telling} {self.summary}")


@dataclass(frozen=True, kw_only=True, slots=True)
class CachedOutput:
    """What came of an output: made by *key* of *facts*, which were in this *state*."""

    key: str
    facts: str
    state: str
    digest: str


@contextmanager
def open_cache(folder: Path | None, *, tools: str) -> Iterator["Cache"]:
    """The cache in *folder*, or a new one in memory; one made by other *tools* counts for nothing.

    Another process that asks for it waits. What goes wrong with it raises CacheError. After any
    failure a new folder is gone again.
    """
    if folder is None:
        with closing(Cache(None, tools)) as cache:
            yield cache
        return
    kind = files.kind_of(folder)
    if kind not in (None, EntryKind.FOLDER):
        raise CacheError("not a folder")
    with ExitStack() as stack:
        with _told():
            stack.enter_context(locks.locked(folder))
            files.sweep(folder)
        try:
            _refuse_others(folder)
            if files.kind_of(folder / _IGNORE) is None:
                with _told():
                    files.write_atomically(folder / _IGNORE, _IGNORED)
            with closing(Cache(folder / _FILE, tools)) as cache:
                yield cache
        except BaseException:
            if kind is None:
                _take_back(folder)
            raise


def _refuse_others(folder: Path) -> None:
    """Refuse a *folder* that holds something else: nothing of others is to be hidden from Git."""
    entries = {entry.path for entry in files.walk(folder)}
    names = {name for name in entries if name.casefold() not in _OF_DESKTOPS}
    if (names and not names & {_FILE, _IGNORE}) or names - {_FILE, f"{_FILE}-journal", _IGNORE}:
        raise CacheError("the folder contains other files")
    if files.kind_of(folder / _FILE) not in (None, EntryKind.FILE):
        raise CacheError(f"{_FILE} is not a regular file; delete it")


def _take_back(folder: Path) -> None:
    """Delete the new cache in *folder*: what fails leaves nothing behind."""
    with suppress(OutsideError):
        for name in (_FILE, f"{_FILE}-journal", _IGNORE):
            files.delete(folder / name)
        files.delete_folder(folder)


def cached_rows(folder: Path, *, tools: str, settings: str) -> dict[str, CacheRow]:
    """What `Cache.accounts` gives by the cache in *folder*, which stays as it is.

    Nothing if there is no cache of these *tools*, or it cannot be read. Nobody is waited for.
    """
    path = folder / _FILE
    try:
        if files.kind_of(path) is not EntryKind.FILE:
            return {}
        with _told(), closing(_read_only(path)) as connection:
            about = dict(connection.execute("SELECT name, value FROM about"))
            is_fit = (about.get("tools"), about.get("settings")) == (tools, settings)
            return _accounts(connection) if is_fit else {}
    except (CacheError, OutsideError):
        return {}


def _read_only(path: Path) -> sqlite3.Connection:
    # https://sqlite.org/uri.html
    return sqlite3.connect(f"file:{quote(bytes(path))}?mode=ro", timeout=0, uri=True)


def _accounts(connection: sqlite3.Connection) -> dict[str, CacheRow]:
    """All rows of files that are not damaged."""
    found = (
        (path, CacheRow(_stamp_of(stamp), digest, summary, telling), seal)
        for path, *stamp, digest, summary, telling, seal in connection.execute(
            "SELECT * FROM accounts"
        )
    )
    return {path: kept for path, kept, seal in found if kept.seal == seal}


def discard(folder: Path) -> bool:
    """Delete the cache in *folder*; whether it is gone."""
    try:
        files.delete(folder / _FILE)
    except OutsideError:
        return False
    return True


class Cache:
    """The cache of a site while it is used by one build; every method may raise CacheError.

    *is_old* says that other tools had made what was in it, which is forgotten.
    """

    def __init__(self, path: Path | None, tools: str) -> None:
        self._path = path
        self._connection = self._connected()
        known = self._prepared()
        self.is_old = known not in (None, tools)
        if path is not None and self.is_old:
            self.close()
            with _told():
                files.delete(path)
            self._connection = self._connected()
            known = self._prepared()
        if known is None:
            with self._writing():
                self._is_new("tools", tools)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def reopen(self) -> None:
        """Go on in a process that was forked, which must not share a connection."""
        if self._path is not None:
            self._connection = self._connected()

    def accounts(self, settings: str) -> dict[str, CacheRow]:
        """What is known of the files of a site with these *settings*, by their paths."""
        with _told():
            if self._about("settings") != settings:
                return {}
            return _accounts(self._connection)

    def keep_accounts(
        self,
        settings: str,
        found: Mapping[str, CacheRow],
        *,
        gone: Iterable[str],
        tellings: Mapping[str, str],
    ) -> None:
        """Remember what was *found* in files, forget what those said that are *gone*."""
        with self._writing() as write:
            if self._is_new("settings", settings):
                write("DELETE FROM accounts", [()])
            write("DELETE FROM accounts WHERE path = ?", [(path,) for path in gone])
            rows = (
                (path, *(one.stamp or _NO_STAMP), one.digest, one.summary, one.telling, one.seal)
                for path, one in found.items()
            )
            write("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            write("INSERT OR REPLACE INTO tellings VALUES (?, ?)", tellings.items())
            # Nobody else reads here meanwhile, so that what no file says any more can go.
            unused = "name NOT IN (SELECT telling FROM accounts)"
            write(f"DELETE FROM tellings WHERE {unused}", [()])  # noqa: S608  our own words

    def telling(self, name: str) -> str:
        """The text called *name*."""
        with _told():
            found = self._rows("SELECT text FROM tellings WHERE name = ?", name)
        if not found or digest(str(found[0][0])) != name:
            raise CacheError("damaged", is_damage=True)
        return str(found[0][0])

    def made(self, look: str) -> dict[str, CachedOutput]:
        """What is known of the outputs of a site that looks like *look*, by their paths."""
        with _told():
            if self._about("look") != look:
                return {}
            return {
                path: CachedOutput(key=key, facts=intern(facts), state=intern(state), digest=digest)
                for path, key, facts, state, digest in self._each("SELECT * FROM made")
            }

    def keep_made(
        self, look: str, found: Mapping[str, CachedOutput], *, gone: Iterable[str]
    ) -> None:
        """Remember what came of the outputs *found*, forget those that are *gone*."""
        with self._writing() as write:
            if self._is_new("look", look):
                write("DELETE FROM made", [()])
            write("DELETE FROM made WHERE path = ?", [(path,) for path in gone])
            rows = (
                (path, one.key, one.facts, one.state, one.digest) for path, one in found.items()
            )
            write("INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?, ?)", rows)

    def placed(self, folder: str) -> dict[str, FileState]:
        """What is known of the files in the published *folder*, by their paths."""
        with _told():
            rows = self._each("SELECT * FROM placed WHERE folder = ?", folder)
            return {
                path: FileState(digest=digest, stamp=FileStat(*stamp))
                for _, path, *stamp, digest in rows
            }

    def keep_placed(
        self, folder: str, found: Mapping[str, FileState], *, gone: Iterable[str]
    ) -> None:
        """Remember the files *found* in the published *folder*, forget those that are *gone*."""
        with self._writing() as write:
            folders = [name for (name,) in self._rows("SELECT DISTINCT folder FROM placed")]
            if folder not in folders and len(folders) >= _TARGETS:
                write("DELETE FROM placed", [()])
            write("DELETE FROM placed WHERE folder = ? AND path = ?", [(folder, p) for p in gone])
            rows = ((folder, path, *one.stamp, one.digest) for path, one in found.items())
            write("INSERT OR REPLACE INTO placed VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def _prepared(self) -> str | None:
        """Make the tables if there are none; what made the cache, or None if it is new."""
        with _told():
            (mark,) = self._connection.execute("PRAGMA application_id").fetchone()
            if mark == 0 and not self._rows("SELECT 1 FROM sqlite_master"):
                self._connection.executescript(_TABLES)
            elif mark != _MARK:
                raise CacheError("not a statusgen cache; delete it")
            return self._about("tools")

    def _connected(self) -> sqlite3.Connection:
        with _told():
            place = ":memory:" if self._path is None else str(self._path)
            connection = sqlite3.connect(place, timeout=10, isolation_level=None)
            # What a lost power supply leaves behind is found out, and the cache made anew.
            connection.execute("PRAGMA synchronous = OFF")
            return connection

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        return [*self._each(query, *values)]

    def _each(self, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
        """The rows one by one, for thousands of them."""
        return self._connection.execute(query, values)

    @contextmanager
    def _writing(self) -> Iterator[Callable[[str, Iterable[Sequence[Any]]], object]]:
        """A transaction: what runs a statement for each row of values."""
        with _told():
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
        """Whether *value* differs from what was remembered as *name*; remember it."""
        if self._about(name) == value:
            return False
        self._connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))
        return True


@contextmanager
def _told() -> Iterator[None]:
    """Say by CacheError what goes wrong with the file."""
    try:
        yield
    except OutsideError as error:
        raise CacheError(str(error)) from error
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        code = getattr(error, "sqlite_errorcode", 0)  # What Python finds out itself has none.
        if code & 0xFF in _OUTSIDE:  # The rest is detail.
            raise CacheError(printable(str(error))) from error
        detail = f" ({printable(str(error))})" if isinstance(error, sqlite3.Error) else ""
        raise CacheError(f"damaged{detail}", is_damage=True) from error


def _stamp_of(numbers: Sequence[int]) -> FileStat | None:
    return None if tuple(numbers) == _NO_STAMP else FileStat(*numbers)
