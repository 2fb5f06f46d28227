"""Suppress the output of third-party code that handles addresses."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

_EVERYTHING = 1 << 30  # above every level, including those that libraries add


@contextmanager
def silence() -> Iterator[None]:
    """Discard all output, log messages and warnings inside the block.

    Apprise logs whole addresses at DEBUG, and urllib3 logs the paths of requests, which contain
    tokens.
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
