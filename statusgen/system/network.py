"""All access to the network: single HTTP requests with size and time limits."""

import re
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
    InvalidURL,
    RemoteDisconnected,
)
from io import BufferedReader, RawIOBase
from typing import Any, TypeVar
from urllib import request
from urllib.parse import urljoin, urlsplit

from statusgen import __version__
from statusgen.characters import printable
from statusgen.problems import OutsideError, quoted

TIMEOUT = 20.0  # seconds without any data

_PATIENCE = 60.0  # seconds for a whole response, including redirects
_MAX_REDIRECTS = 5
_CHUNK = 1 << 16
_MAX_POST_BODY = 1 << 16  # bytes of the response to a POST, whose body only explains the status
_NOT_AN_ADDRESS = "not an address"
_OTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH and …_IP_ADDRESS_MISMATCH in OpenSSL

_Connection = TypeVar("_Connection", bound=HTTPConnection)


class UnreachableError(OutsideError):
    """There was no valid response; *reason* states the cause in a few words.

    From `ask` and `send`, it contains no part of *url*, which may contain a secret.
    """

    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"cannot reach {printable(url)}: {reason}")


@dataclass(frozen=True, kw_only=True)
class Response:
    """A response with any status; *url* is the final address after redirects."""

    url: str
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)  # by name in lower case


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Functions for waiting: *sleep* waits, after *tell* has reported why."""

    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] = lambda _: None


def get(url: str, *, limit: int, timeout: float = TIMEOUT, patience: float = _PATIENCE) -> Response:
    """Get *url*, bypassing caches, at most *limit* bytes within *patience* seconds.

    A random query bypasses the caches of hosts that ignore headers. A few redirects to http and
    https are followed, but never from https to http. Raises UnreachableError.
    """
    url = f"{url}?{secrets.token_hex(4)}"
    end = time.monotonic() + patience
    for _ in range(_MAX_REDIRECTS + 1):
        response, target = _open(_request(url), limit, timeout, end)
        if target is None:
            return response
        url = _redirected(url, target)
    raise UnreachableError(url, f"too many redirects ({_MAX_REDIRECTS})")


def ask(url: str, *, headers: Mapping[str, str], limit: int, timeout: float = TIMEOUT) -> Response:
    """Get *url*, at most *limit* bytes, with *headers* that may contain credentials.

    Redirects are not followed, so that no other host gets the headers. Raises UnreachableError.
    """
    return _open(_request(url, headers), limit, timeout, time.monotonic() + _PATIENCE)[0]


def send(
    url: str, *, data: bytes, headers: Mapping[str, str], timeout: float = TIMEOUT
) -> Response:
    """Send *data* to *url* by POST, with *headers*, and return the response.

    Redirects are not followed, since that would turn the request into a GET. Raises
    UnreachableError unless the status and headers arrive within *timeout* seconds. The body of the
    response is cut at 64 KiB or at the timeout without an error: the receiver has the data by then,
    and a retry would send it twice.
    """
    sent = _request(url, headers, data)
    return _open(sent, _MAX_POST_BODY, timeout, time.monotonic() + timeout, strict=False)[0]


def schemes_after(url: str) -> tuple[str, ...]:
    """Return the schemes to which *url* may redirect: https never leads to http."""
    return ("https",) if urlsplit(url).scheme == "https" else ("http", "https")


def _redirected(url: str, target: str) -> str:
    """Return the address of the redirect from *url* to *target*, which is untrusted."""
    try:
        address = urljoin(url, target)
        scheme = urlsplit(address).scheme
    except ValueError:
        what = f"redirects to {quoted(target)}, which is not an address"
        raise UnreachableError(url, what) from None
    allowed = schemes_after(url)
    if scheme not in allowed:
        what = f"redirects to {quoted(address)}, which is not {' or '.join(allowed)}"
        raise UnreachableError(url, what)
    return address


def _request(
    url: str, headers: Mapping[str, str] | None = None, data: bytes | None = None
) -> request.Request:
    """Return the request for *url*, a POST if there is *data*; raises UnreachableError."""
    own = {"User-Agent": f"statusgen/{__version__}", "Cache-Control": "no-cache"}
    try:
        return request.Request(url, data, {**own, **(headers or {})})  # noqa: S310, _open checks the scheme
    except ValueError:
        raise UnreachableError(url, _NOT_AN_ADDRESS) from None


def _open(
    sent: request.Request, limit: int, timeout: float, end: float, *, strict: bool = True
) -> tuple[Response, str | None]:
    """Send a request; return the response, read by the time *end*, and the redirect target if any.

    Unless *strict*, a truncated body is accepted.
    """
    url = sent.full_url
    if sent.type not in ("http", "https"):
        raise UnreachableError(url, "only http and https are supported")
    # The default opener would also handle other schemes and files, and follow redirects.
    opener = request.OpenerDirector()
    for handler in (request.ProxyHandler(), _Http(end), _Https(end)):
        opener.add_handler(handler)
    try:
        response: HTTPResponse = opener.open(sent, timeout=timeout)
        with response:
            body = _read(response, url, limit) if strict else _read_some(response, limit)
    except (ValueError, OverflowError, InvalidURL):  # ValueError: UnicodeError of a host or path
        raise UnreachableError(url, _NOT_AN_ADDRESS) from None
    except (OSError, HTTPException) as error:
        raise UnreachableError(url, _reason(error)) from None
    target = response.headers["Location"] if 300 <= response.status < 400 else None
    found = {name.lower(): value for name, value in response.headers.items()}
    return (Response(url=url, status=response.status, body=body, headers=found), target)


def _read(response: HTTPResponse, url: str, limit: int) -> bytes:
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise UnreachableError(url, f"the answer has more than {limit // 1024} KiB")
    if response.length:  # bytes that are missing
        raise UnreachableError(url, "the answer was cut off")
    return bytes(body)


def _read_some(response: HTTPResponse, limit: int) -> bytes:
    """Return the first *limit* bytes of the body, or as many as arrive."""
    body = bytearray()
    try:
        while len(body) < limit and (chunk := response.read1(limit - len(body))):
            body += chunk
    except (OSError, HTTPException, ValueError):
        pass
    return bytes(body)


def _reason(error: Exception) -> str:
    """Return the cause of *error* without any part of the address.

    The message of an HTTPException may contain the first line of the response, in which a server
    can repeat the request. OpenSSL's message contains the host name.
    """
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "timed out"
    if getattr(cause, "verify_code", None) in _OTHER_NAME:
        return "its certificate is for another host name"
    if isinstance(cause, IncompleteRead):
        return "the answer was cut off"
    if isinstance(cause, HTTPException) and not isinstance(cause, RemoteDisconnected):
        return "the answer is not valid HTTP"
    message = str(getattr(cause, "strerror", None) or cause) or type(cause).__name__
    # A proxy that refuses a connection adds its own text to the status.
    refusal = re.match(r"Tunnel connection failed: \d+", message)
    return quoted(refusal[0] if refusal else message)


class _Http(request.HTTPHandler):
    """A handler for http with the deadline *end*."""

    def __init__(self, end: float) -> None:
        super().__init__()
        self._end = end

    def http_open(self, req: request.Request) -> HTTPResponse:
        return self.do_open(_with_deadline(HTTPConnection, self._end), req)


class _Https(request.HTTPSHandler):
    """A handler for https with the deadline *end*."""

    def __init__(self, end: float) -> None:
        super().__init__()
        self._end = end

    def https_open(self, req: request.Request) -> HTTPResponse:
        return self.do_open(_with_deadline(HTTPSConnection, self._end), req)


def _with_deadline(kind: type[_Connection], end: float) -> Callable[..., _Connection]:
    """Return a function that opens connections of *kind* with the deadline *end*."""

    def connect(host: str, **settings: Any) -> _Connection:
        left = max(end - time.monotonic(), 0.001)
        settings["timeout"] = min(settings.get("timeout", left), left)
        connection = kind(host, **settings)
        connection.response_class = partial(_Response, end)  # type: ignore[assignment]  # is only called
        return connection

    return connect


class _Response(HTTPResponse):
    """A response with the deadline *end* for all its bytes, including the headers."""

    def __init__(self, end: float, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = BufferedReader(_DeadlineReader(end, sock))


class _DeadlineReader(RawIOBase):
    """A reader of *sock* with the deadline *end*; a socket's own timeout restarts on each read."""

    def __init__(self, end: float, sock: socket.socket) -> None:
        self._end = end
        self._sock = sock
        self._timeout = sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left if self._timeout is None else min(left, self._timeout))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
