"""Python's garbage collector, which would search objects that stay in use again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Exclude objects created in the block from garbage collection, until `release`."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def release() -> None:
    """Return all objects to garbage collection, when those of a build are no longer in use."""
    gc.unfreeze()
