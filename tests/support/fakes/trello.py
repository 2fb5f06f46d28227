"""A read-only fake Trello with some boards.

It has the limits and defaults of Trello's REST API, rejects requests with the same messages,
records requests, and fails on demand. Trello ignores unknown parameters; the fake rejects them, so
that a misspelled one fails a test.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.fakes.trello_answers import ENDPOINTS
from tests.support.fakes.trello_board import Board
from tests.support.fakes.trello_query import Query, Refusal
from tests.support.fakes.trello_records import moment
from tests.support.servers import TestServer

KEY = "0123456789abcdef0123456789abcdef"
TOKEN = "ATTAnot-a-token"  # noqa: S105, not a secret
NOON = moment("12:00")
HTML = "<!DOCTYPE html><title>Log in</title><form><input name=user></form>"

_CREDENTIAL = re.compile(r'oauth_(consumer_key|token)="([^"]*)"')
_LIMITS = {"token": 100, "key": 300}  # requests per 10 seconds


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as received; the names of its headers are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(kw_only=True)
class Fault:
    """A failure to simulate: a *status*, or a broken connection as specified by *how*."""

    status: int = 200
    body: Mapping[str, Any] | str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    how: str = ""  # "cut": in the middle of a response, "drop": before it
    path: str = "/"  # prefix of the paths that fail
    after: int = 0  # requests that succeed first
    times: int = 1


@dataclass
class Trello:
    """A server with the *boards* that the token can read, or none unless it *may_read*."""

    boards: list[Board] = field(default_factory=list)
    url: str = ""
    key: str = KEY
    token: str = TOKEN
    may_read: bool = True
    now: datetime = NOON  # its clock
    requests: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    before: Callable[[], None] = lambda: None  # called before each response

    @property
    def paths(self) -> list[str]:
        """The requested paths."""
        return [request.path for request in self.requests]

    def limit(
        self, times: int = 1, *, of: str = "TOKEN", retry_after: int | None = None, after: int = 0
    ) -> None:
        """Respond with 429 *times* times: the limit *of* TOKEN, KEY or TOKEN_DB is exceeded."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        body = {"error": f"API_{of}_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
        fault = Fault(status=429, body=body, headers=headers, times=times, after=after)
        self.faults.append(fault)

    def redirect(self, url: str, *, after: int = 0) -> None:
        """Redirect a request to another *url*."""
        self.faults.append(Fault(status=302, headers={"Location": url}, after=after))

    def log_in(self, *, after: int = 0) -> None:
        """Respond with a login page, as a proxy might."""
        headers = {"Content-Type": "text/html; charset=utf-8"}
        self.faults.append(Fault(body=HTML, headers=headers, after=after))

    def fault(self, path: str) -> Fault | None:
        """Return the fault for the next request to *path*, if any."""
        waiting = [one for one in self.faults if one.times and path.startswith(one.path)]
        due = next((one for one in waiting if not one.after), None)
        for one in waiting:
            one.after = max(0, one.after - 1)
        if due is not None:
            due.times -= 1
        return due

    def answer(self, request: Request) -> tuple[int, Any]:
        """Return the status of a request, and JSON or plain text."""
        try:
            self._admit(request)
            version, *parts = request.path.strip("/").split("/")
            for pattern, endpoint in ENDPOINTS.items():
                key = _match(pattern, parts)
                if key is not None and (version, request.method) == ("1", "GET"):
                    credentials = ("key", "token")
                    asked = {k: v for k, v in request.query.items() if k not in credentials}
                    query = Query(asked, endpoint.knows.split())
                    return 200, endpoint.answer(self.boards, key, query)
        except Refusal as refused:
            return refused.status, refused.content
        return 404, f"Cannot {request.method} {request.path}"

    def _admit(self, request: Request) -> None:
        """Raise Refusal for wrong credentials in the header or, as older clients do, the query."""
        found = dict(_CREDENTIAL.findall(request.headers.get("authorization", "")))
        if found.get("consumer_key", request.query.get("key")) != self.key:
            raise Refusal(401, "invalid key")
        if found.get("token", request.query.get("token")) != self.token:
            raise Refusal(401, "invalid token")
        if not self.may_read:
            raise Refusal(401, "unauthorized permission requested")


def _match(pattern: str, parts: list[str]) -> str | None:
    """Return the part of a path that matches `{…}` in *pattern*, or None if it does not match."""
    wanted = pattern.strip("/").split("/")
    if len(wanted) != len(parts):
        return None
    pairs = list(zip(wanted, parts, strict=True))
    if any(one != part for one, part in pairs if not one.startswith("{")):
        return None
    return next((part for one, part in pairs if one.startswith("{")), "")


@contextmanager
def serving(trello: Trello) -> Iterator[Trello]:
    """Serve *trello* at its *url* until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # Otherwise the second part of a response is delayed.

        def do_GET(self) -> None:
            trello.before()
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = urlsplit(self.path)
            request = Request(
                method=self.command,
                path=url.path,
                query=dict(parse_qsl(url.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
            )
            trello.requests.append(request)
            fault = trello.fault(url.path)
            if fault and fault.how == "drop":
                self.close_connection = True
            elif fault and not fault.how:
                self._send(fault.status, fault.body, fault.headers)
            else:
                self._send(*trello.answer(request), {}, is_cut=fault is not None)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        def _send(
            self, status: int, body: Any, headers: Mapping[str, str], *, is_cut: bool = False
        ) -> None:
            is_text = isinstance(body, str)
            data = (body if is_text else json.dumps(body, ensure_ascii=False)).encode()
            kind = "text/plain" if is_text else "application/json"
            self.send_response_only(status, HTTPStatus(status).phrase)
            self.send_header("Date", format_datetime(trello.now, usegmt=True))
            for name, value in {"Content-Type": f"{kind}; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            for name, most in _LIMITS.items():
                left = 0 if status == HTTPStatus.TOO_MANY_REQUESTS else most - 1
                self.send_header(f"x-rate-limit-api-{name}-interval-ms", "10000")
                self.send_header(f"x-rate-limit-api-{name}-max", str(most))
                self.send_header(f"x-rate-limit-api-{name}-remaining", str(left))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if is_cut else data)
            self.close_connection = self.close_connection or is_cut

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = TestServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    trello.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield trello
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
