"""Work in several processes, which end with the one that started them."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Protocol, TypeVar

from statusgen.problems import OutsideError

_REQUESTS = (signal.SIGINT, signal.SIGTERM)
_MANY = 8  # More seldom help: what one process does at the end takes most of the time then.

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Track(Protocol):
    """What sees the work that is to be done: gives *items* one by one, under a *label*."""

    def __call__(self, label: str, items: list[_Item], /) -> Iterable[_Item]:
        """Give *items* in their order."""


def unseen(_label: str, items: list[_Item], /) -> Iterable[_Item]:
    """A `Track` that shows nothing."""
    return items


def crew_size(amount: int, *, enough: int) -> int:
    """How many processes are good for *amount* pieces of work, one for each that is *enough*."""
    return max(1, min(amount // enough, multiprocessing.cpu_count(), _MANY))


class Crew(Generic[_Item, _Result]):
    """Processes that do *work* on parts of a list; *begin* is called first in each."""

    def __init__(
        self,
        work: Callable[[list[_Item]], _Result],
        *,
        jobs: int,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        self._work = work
        self._begin = begin
        can_fork = "fork" in multiprocessing.get_all_start_methods()
        self._jobs = jobs if can_fork else 1

    def results(self, parts: Sequence[list[_Item]]) -> Iterator[_Result]:
        """What comes of *parts*, in their order, which is the same whatever the number of jobs.

        Raises OutsideError if a process is killed, and whatever the work raises.
        """
        if self._jobs == 1 or len(parts) < 2:
            yield from map(self._work, parts)
            return
        # A forked process inherits the functions; they could not be sent to it.
        context = multiprocessing.get_context("fork")
        _inherited.append(self._work)
        with ProcessPoolExecutor(
            self._jobs, context, initializer=_start, initargs=(self._begin,)
        ) as pool:
            try:
                yield from _handed_out(pool, parts)
            except BrokenProcessPool:
                what = "a process that made pages was killed"
                raise OutsideError(f"{what}; memory may be short, try fewer with --jobs") from None
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            finally:
                _inherited.pop()


def _handed_out(pool: ProcessPoolExecutor, parts: Sequence[list[_Item]]) -> Iterator[_Result]:
    """What *pool* makes of *parts*. A request to end waits until all its processes have begun."""
    waiting = signal.pthread_sigmask(signal.SIG_BLOCK, _REQUESTS)
    try:
        return pool.map(_work_inherited, parts)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)


_inherited: list[Callable[..., Any]] = []


def _start(begin: Callable[[], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _REQUESTS)
    threading.Thread(target=_follow, args=(multiprocessing.parent_process(),), daemon=True).start()
    begin()


def _follow(parent: BaseProcess | None) -> None:
    if parent is not None:
        parent.join()
        signal.raise_signal(signal.SIGTERM)


def _work_inherited(part: list[Any]) -> Any:
    return _inherited[-1](part)
