"""How much work is shared by how many, and who watches it go on."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

_MANY = 8  # More seldom help: what one process does at the end takes most of the time then.

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Progress(Protocol):
    """What sees the work that is to be done: gives *items* one by one, under a *label*."""

    def __call__(self, label: str, items: list[_Item], /) -> Iterable[_Item]:
        """Give *items* in their order."""


def no_progress(_label: str, items: list[_Item], /) -> Iterable[_Item]:
    """A `Progress` that shows nothing."""
    return items


def worker_count(amount: int, *, enough: int) -> int:
    """How many processes are good for *amount* pieces of work, one for each that is *enough*."""
    return max(1, min(amount // enough, os.cpu_count() or 1, _MANY))


def parallel_map(
    work: Callable[[list[_Item]], _Result],
    parts: Sequence[list[_Item]],
    *,
    jobs: int,
    begin: Callable[[], None] = lambda: None,
) -> Iterator[_Result]:
    """What comes of *work* on *parts*, in their order, which is the same whatever *jobs* is.

    With one job, or one part, it is done here, part by part as it is asked for; else by as many
    processes, each of which calls *begin* first. Raises OutsideError if one of those is killed, and
    whatever the work raises.
    """
    if jobs == 1 or len(parts) < 2 or not hasattr(os, "fork"):
        return map(work, parts)
    from statusgen.system import process_pool  # noqa: PLC0415, takes long to load, and a little work needs none

    return process_pool.results(work, parts, jobs=jobs, begin=begin)
