"""Parallel work in worker processes, and the interface for reporting progress."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

_MAX_WORKERS = 8  # More rarely help, since the parent's own work then takes most of the time.

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Progress(Protocol):
    """A function that yields *items* one by one, and reports progress under a *label*."""

    def __call__(self, label: str, items: list[_Item], /) -> Iterable[_Item]:
        """Yield *items* in order."""


def no_progress(_label: str, items: list[_Item], /) -> Iterable[_Item]:
    """Return *items*: a `Progress` that reports nothing."""
    return items


def worker_count(amount: int, *, enough: int) -> int:
    """Return the number of processes for *amount* items, each getting at least *enough*."""
    return max(1, min(amount // enough, os.cpu_count() or 1, _MAX_WORKERS))


def parallel_map(
    work: Callable[[list[_Item]], _Result],
    parts: Sequence[list[_Item]],
    *,
    jobs: int,
    begin: Callable[[], None] = lambda: None,
) -> Iterator[_Result]:
    """Return an iterator over the results of *work* on *parts*, in order.

    With one job or one part, this process does the work lazily; otherwise *jobs* processes do it,
    each calling *begin* first. Raises OutsideError if one of them is killed, and any
    exception that *work* raises.
    """
    if jobs == 1 or len(parts) < 2 or not hasattr(os, "fork"):
        return map(work, parts)
    from statusgen.system import process_pool  # noqa: PLC0415, slow to import, not needed for little work

    return process_pool.results(work, parts, jobs=jobs, begin=begin)
