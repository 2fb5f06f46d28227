"""Silence, while code of others knows an address: nothing that it prints or logs gets out."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

_EVERYTHING = 1 << 30  # above every level, those that a library adds included


@contextmanager
def silence() -> Iterator[None]:
    """Drop what is printed, logged or warned of inside, at every level.

    Apprise logs whole addresses at DEBUG and urllib3 the paths of requests, which hold tokens.
    """
    before = logging.root.manager.disable
    logging.disable(_EVERYTHING)
    try:
        with (
            redirect_stdout(io.StringIO()),
            redirect_stderr(io.StringIO()),
            warnings.catch_warnings(action="ignore"),
        ):
            yield
    finally:
        logging.disable(before)
