"""A pool of worker processes that exit with their parent."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from statusgen.problems import OutsideError

_REQUESTS = (signal.SIGINT, signal.SIGTERM)

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def results(
    work: Callable[[list[_Item]], _Result],
    parts: Sequence[list[_Item]],
    *,
    jobs: int,
    begin: Callable[[], None],
) -> Iterator[_Result]:
    """Yield the results of *work* on *parts* from *jobs* processes; see `parallel_map`."""
    # A forked process inherits the functions, which cannot be pickled.
    context = multiprocessing.get_context("fork")
    _inherited.append(work)
    with ProcessPoolExecutor(jobs, context, initializer=_start, initargs=(begin,)) as pool:
        try:
            yield from _submit(pool, parts)
        except BrokenProcessPool:
            what = "a worker process was killed, probably out of memory"
            raise OutsideError(f"{what}; try fewer with --jobs") from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            _inherited.pop()


def _submit(pool: ProcessPoolExecutor, parts: Sequence[list[_Item]]) -> Iterator[_Result]:
    """Submit *parts* to *pool*, blocking signals until all its processes have started."""
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
