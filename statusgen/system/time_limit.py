"""A time limit for the processing of one document, in case all other limits fail.

The limits in `schema` and `markup` keep the time for every text below a second. If they miss a
case, this limit ends it with a message.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from statusgen.problems import StatusgenError

SECONDS = 10.0  # of wall-clock time: a busy machine may be ten times as slow as an idle one


class TooSlowError(StatusgenError):
    """The processing of a document took too long; *text* is the document, if known."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        super().__init__(text)  # Unpickling in another process calls the class with these args.

    @property
    def message(self) -> str:
        """The problem and its remedy."""
        return f"processing this took more than {SECONDS:.0f} seconds; shorten it"


@contextmanager
def guarded(text: str = "", *, seconds: float = SECONDS) -> Iterator[None]:
    """Raise `TooSlowError` with *text* if the block takes more than *seconds*.

    Uses SIGALRM, so there is no limit on Windows or outside the main thread. Guards cannot be
    nested.
    """

    def ring(*_: object) -> NoReturn:
        raise TooSlowError(text)

    try:
        before = signal.signal(signal.SIGALRM, ring)
    except (AttributeError, ValueError):  # no such signal; not the main thread
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
