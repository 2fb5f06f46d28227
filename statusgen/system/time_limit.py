"""A limit to the time that one document may take: the last resort, should every other limit fail.

The limits of `schema` and `markup` keep every text below a second. Whatever they have
overlooked ends here with a message, instead of never.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from statusgen.problems import StatusgenError

SECONDS = 10.0  # by the clock: a busy machine may take ten times as long as a quiet one


class TooSlowError(StatusgenError):
    """The work on a document took too long; *text* is the document, if it is known."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        super().__init__(text)  # What a process hands to another is made anew of this.

    @property
    def message(self) -> str:
        """What is wrong, and what to do."""
        return f"this took more than {SECONDS:.0f} seconds, and was given up; shorten it"


@contextmanager
def guarded(text: str = "", *, seconds: float = SECONDS) -> Iterator[None]:
    """Raise `TooSlowError` of *text* if the work inside takes more than *seconds*.

    It rests on SIGALRM. Windows has none, and only the main thread of a process hears it: there
    the work is not limited. One guard within another is not meant.
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
