"""Inject failures of system calls: the calls that a command makes are counted, and one fails.

Only functions in Python's standard library are replaced, none of ours. Each run is a forked
process, so that a failure does not affect the next one.
"""

import builtins
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

from statusgen.cli import main
from statusgen.problems import StatusgenError

if sys.platform != "win32":
    import fcntl

# Errors that any call may raise; consecutive calls get consecutive errors.
REASONS = (errno.EIO, errno.EACCES, errno.ENOSPC, errno.EROFS, errno.ENOENT)

_CALLS = (
    "open",
    "stat",
    "lstat",
    "fstat",
    "fsync",
    "mkdir",
    "rename",
    "replace",
    "link",
    "unlink",
    "remove",
    "rmdir",
    "chmod",
    "listdir",
    "readlink",
)


@dataclass(frozen=True)
class Ended:
    """The result of a run: exit status (negative: a signal), output, and the call that failed."""

    status: int
    out: str
    err: str
    failed: str


@dataclass
class Fault:
    """A failure of call number *at* with *reason*, or a signal sent at that call."""

    at: int
    reason: int
    made: int = 0
    failed: str = ""

    def meet(self, name: str, argument: object = "") -> None:
        """Count a call; fail if it is number *at*."""
        self.made += 1
        if self.made - 1 == self.at:
            self.failed = f"{name} {argument}"
            if isinstance(self.reason, signal.Signals):
                os.kill(os.getpid(), self.reason)
            else:
                place = str(argument) if isinstance(argument, str | Path) else None
                # A path that was just listed or is being deleted exists: no other process is
                # active.
                there = ("unlink", "remove", "rmdir", "stat of an entry")
                is_lie = self.reason == errno.ENOENT and name in there
                reason = errno.EIO if is_lie else self.reason
                raise OSError(reason, os.strerror(reason), place)

    def wrapped(self, call: Callable[..., Any], name: str) -> Callable[..., Any]:
        """Return *call*, wrapped to be counted."""

        def met(*arguments: Any, **options: Any) -> Any:
            # The interpreter also reads its own files.
            if not (arguments and str(arguments[0]).endswith((".py", ".pyc"))):
                self.meet(name, arguments[0] if arguments else "")
            return call(*arguments, **options)

        return met

    def install(self) -> None:
        """Replace the functions for the rest of this process."""
        for name in _CALLS:
            setattr(os, name, self.wrapped(getattr(os, name), name))
        fcntl.flock = self.wrapped(fcntl.flock, "flock")
        builtins.open = io.open = self.wrapped(builtins.open, "open")
        scandir = os.scandir
        os.scandir = lambda path=".": _Listing(scandir(path), path, self)  # type: ignore[assignment]
        os.fdopen = self.opened  # type: ignore[assignment]

    def opened(self, descriptor: int, mode: str = "r", *_: Any, **__: Any) -> Any:
        """Open *descriptor* as `os.fdopen` does, with reads and writes that can fail."""
        raw = _Stream(descriptor, mode)
        raw.fault = self
        return io.BufferedWriter(raw) if "w" in mode else io.BufferedReader(raw)


class _Stream(io.FileIO):
    fault: Fault

    def readinto(self, buffer: Any) -> Any:
        self.fault.meet("read")
        return super().readinto(buffer)

    def readall(self) -> Any:
        self.fault.meet("read")
        return super().readall()

    def write(self, data: Any) -> Any:
        self.fault.meet("write")
        return super().write(data)


class _Listing:
    """The result of `os.scandir`, except that listing and entries can fail."""

    def __init__(self, found: Any, path: object, fault: Fault) -> None:
        fault.meet("scandir", path)
        self.found = found
        self.fault = fault

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.found.close()

    def __iter__(self) -> Iterator[Any]:
        for entry in self.found:
            self.fault.meet("readdir", entry.name)
            yield _Entry(entry, self.fault)

    def __next__(self) -> Any:
        return _Entry(next(self.found), self.fault)

    def close(self) -> None:
        self.found.close()


class _Entry:
    def __init__(self, entry: Any, fault: Fault) -> None:
        self.entry = entry
        self.fault = fault

    def __getattr__(self, name: str) -> Any:
        return getattr(self.entry, name)

    def __fspath__(self) -> str:
        return str(self.entry.path)

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        self.fault.meet("stat of an entry", self.entry.name)
        found: os.stat_result = self.entry.stat(follow_symlinks=follow_symlinks)
        return found


def command(*arguments: str) -> Callable[[], None]:
    """Return a function that runs `statusgen` with *arguments*."""

    def run() -> None:
        sys.argv = ["statusgen", *arguments]
        main.main()

    return run


def broken_off(
    work: Callable[[], object],
    words: Path,
    *,
    at: int,
    reason: int,
    always: bool = False,
) -> Ended | None:
    """Run *work* in a forked process in which call *at* fails; return None if it makes fewer.

    If *reason* is a signal, it is sent instead. The output goes through the folder *words*. With
    *always*, the result is returned even if nothing failed.
    """
    child = os.fork()
    if child == 0:
        _broken_off(work, words, Fault(at, reason))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    out, err, failed = ((words / name).read_text("utf-8") for name in ("out", "err", "failed"))
    return Ended(status, out, err, failed) if failed or status < 0 or always else None


def _broken_off(work: Callable[[], object], words: Path, fault: Fault) -> NoReturn:
    status: Any = 0
    with (words / "failed").open("w", encoding="utf-8") as failed:
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(words / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        failed.flush()
        # Tests that a shell runs in the background ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        fault.install()
        try:
            work()
        except SystemExit as done:
            status = done.code or 0
        except StatusgenError as error:
            sys.stderr.write(f"statusgen: {error}\n")
            status = 3
        except BaseException:
            sys.excepthook(*sys.exc_info())
            status = 70
        fault.at = -1
        sys.stdout.flush()
        sys.stderr.flush()
        failed.write(fault.failed)
    os._exit(status)
