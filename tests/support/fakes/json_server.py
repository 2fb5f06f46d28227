"""A read-only server of JSON documents, for the fakes of status pages with simple APIs.

It records requests and fails on demand. What it has no answer for does not exist.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.servers import TestServer

Answer = Callable[[str, Mapping[str, str]], Any]  # takes a path and a query; None: not found


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as received; the names of its headers are in lower case."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A response to send instead; *is_cut* breaks it off in the middle."""

    status: int = 200
    body: str = "{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


@dataclass(kw_only=True)
class JsonServer:
    """A server whose documents come from *answer*; *faults* are used up first, by path."""

    answer: Answer
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        """The requested paths, with their page number."""
        return [
            one.path + (f"?page={one.query['page']}" if "page" in one.query else "")
            for one in self.requests
        ]


@contextmanager
def serving(server: JsonServer) -> Iterator[JsonServer]:
    """Run *server* on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        """A handler for one connection."""

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = dict(parse_qsl(url.query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.requests.append(Request(path=url.path, query=query, headers=headers))
            faults = server.faults.get(url.path)
            if faults:
                self._send(faults.pop(0))
                return
            found = server.answer(url.path, query)
            fault = Fault(status=404) if found is None else Fault(body=json.dumps(found))
            self._send(fault)

        def _send(self, fault: Fault) -> None:
            data = fault.body.encode()
            self.send_response_only(fault.status)
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if fault.is_cut else data)
            self.close_connection = self.close_connection or fault.is_cut

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    http = TestServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_port}"
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
