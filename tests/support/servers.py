"""Base classes for test servers."""

import sys
from http.server import ThreadingHTTPServer
from typing import Any


class TestServer(ThreadingHTTPServer):
    """A server that ignores clients that hang up: error output could end up in another test."""

    __test__ = False  # Keep pytest from collecting it because of its name.

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
