"""Servers on this machine that tests talk to."""

import sys
from http.server import ThreadingHTTPServer
from typing import Any


class TestServer(ThreadingHTTPServer):
    """A server that says nothing of a client that hung up: what it prints another test may read."""

    __test__ = False  # It is no test, whatever pytest takes its name for.

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
