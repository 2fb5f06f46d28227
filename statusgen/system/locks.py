"""Folder locks, which keep two commands from writing at the same time."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from statusgen.system.files import READ_FLAGS, make_folder, translate_errors

if sys.platform != "win32":
    import fcntl

_TRIES = 100  # to lock a folder that other processes may delete meanwhile


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock *folder*, creating it if missing; other processes wait for the lock.

    The lock ends with the process, even if it is killed. Without `flock`, nothing is locked.
    """
    if sys.platform == "win32":
        make_folder(folder)
        yield
        return
    with ExitStack() as held:
        for _ in range(_TRIES):
            held.close()
            descriptor = held.enter_context(_opened(folder))
            with suppress(OSError):  # Some network file systems cannot lock folders.
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_at(folder, descriptor):
                break
        yield


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Open a descriptor for *folder*, creating it if missing."""
    make_folder(folder)
    with translate_errors("read", folder):
        descriptor = os.open(folder, READ_FLAGS)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_at(folder: Path, descriptor: int) -> bool:
    """Return whether *descriptor* refers to *folder*, which may be deleted during the wait."""
    with translate_errors("read", folder):
        try:
            return os.path.samestat(os.fstat(descriptor), folder.stat())
        except FileNotFoundError:
            return False
