"""Lock a folder, so that two commands never write into it at once."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from statusgen.system.files import READ_FLAGS, make_folder, translate_errors

if sys.platform != "win32":
    import fcntl

_TRIES = 100  # to lock a folder, which others may delete meanwhile


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold *folder*, made if missing; another process that asks for it waits.

    The lock ends with its process, however that ends. Systems that know no such lock give none.
    """
    if sys.platform == "win32":
        make_folder(folder)
        yield
        return
    with ExitStack() as held:
        for _ in range(_TRIES):
            held.close()
            descriptor = held.enter_context(_opened(folder))
            with suppress(OSError):  # Some network file systems lock no folders.
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_at(folder, descriptor):
                break
        yield


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """A descriptor of *folder*, which is made if missing."""
    make_folder(folder)
    with translate_errors("read", folder):
        descriptor = os.open(folder, READ_FLAGS)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_at(folder: Path, descriptor: int) -> bool:
    """Whether *folder* is still the one of *descriptor*: who waits may get one that is deleted."""
    with translate_errors("read", folder):
        try:
            return os.path.samestat(os.fstat(descriptor), folder.stat())
        except FileNotFoundError:
            return False
