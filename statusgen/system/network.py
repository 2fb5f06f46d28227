"""The only door to the network: one bounded request over HTTP at a time."""

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

TIMEOUT = 20.0  # seconds without a word from the other side

_PATIENCE = 60.0  # seconds for a whole answer, with all redirects on the way to it
_HOPS = 5  # redirects that are followed
_CHUNK = 1 << 16
_HINT = 1 << 16  # bytes of the answer to a POST: its status counts, its words only explain it
_NO_ADDRESS = "that is no address"
_OTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH and …_IP_ADDRESS_MISMATCH of OpenSSL

_Connection = TypeVar("_Connection", bound=HTTPConnection)


class UnreachableError(OutsideError):
    """There is no answer; *reason* says why in a few words.

    That of `ask` and `send` repeats no part of *url*, which may hold a secret.
    """

    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"cannot reach {printable(url)}: {reason}")


@dataclass(frozen=True, kw_only=True)
class Response:
    """What came back, whatever the status; *url* is where it came from in the end."""

    url: str
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)  # by their names in lower case


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Wait with *sleep*, after saying why with *tell*."""

    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] = lambda _: None


def get(url: str, *, limit: int, timeout: float = TIMEOUT, patience: float = _PATIENCE) -> Response:
    """Read *url*, at most *limit* bytes of it in *patience* seconds, past every cache on the way.

    A query that changes stands in for headers that hosts ignore. A few redirects are followed, to
    http and https alone and never from https to http. Raises UnreachableError.
    """
    url = f"{url}?{secrets.token_hex(4)}"
    end = time.monotonic() + patience
    for _ in range(_HOPS + 1):
        answer, target = _asked(_request(url), limit, timeout, end)
        if target is None:
            return answer
        url = _moved(url, target)
    raise UnreachableError(url, f"it leads on and on, {_HOPS} times so far")


def ask(url: str, *, headers: Mapping[str, str], limit: int, timeout: float = TIMEOUT) -> Response:
    """Read *url*, at most *limit* bytes of it, with *headers* that may hold credentials.

    A redirect is not followed, so that nobody else gets them. Raises UnreachableError.
    """
    return _asked(_request(url, headers), limit, timeout, time.monotonic() + _PATIENCE)[0]


def send(
    url: str, *, data: bytes, headers: Mapping[str, str], timeout: float = TIMEOUT
) -> Response:
    """Send *data* to *url* by POST, with *headers*, and return the answer.

    A redirect is not followed, since that would turn it into a GET. The status and the headers
    arrive within *timeout* seconds, or UnreachableError is raised. The body of the answer is what
    has arrived by then, at most 64 KiB: it is cut, slow or incomplete without an error, since the
    receiver has the data and a second try would send it twice.
    """
    asked = _request(url, headers, data)
    return _asked(asked, _HINT, timeout, time.monotonic() + timeout, strict=False)[0]


def schemes_after(url: str) -> tuple[str, ...]:
    """The schemes to which *url* may lead: no answer gives up the encryption of the question."""
    return ("https",) if urlsplit(url).scheme == "https" else ("http", "https")


def _moved(url: str, target: str) -> str:
    """The address to which *url* leads by *target*, which a stranger has written."""
    try:
        moved = urljoin(url, target)
        scheme = urlsplit(moved).scheme
    except ValueError:
        raise UnreachableError(url, f"it leads to {quoted(target)}, which is no address") from None
    if scheme not in schemes_after(url):
        raise UnreachableError(url, f"it leads to {quoted(moved)}, which is no safer address")
    return moved


def _request(
    url: str, headers: Mapping[str, str] | None = None, data: bytes | None = None
) -> request.Request:
    """Return the request for *url*, a POST if there is *data*; raises UnreachableError."""
    own = {"User-Agent": f"statusgen/{__version__}", "Cache-Control": "no-cache"}
    try:
        return request.Request(url, data, {**own, **(headers or {})})  # noqa: S310, _asked looks at the scheme
    except ValueError:
        raise UnreachableError(url, _NO_ADDRESS) from None


def _asked(
    asked: request.Request, limit: int, timeout: float, end: float, *, strict: bool = True
) -> tuple[Response, str | None]:
    """The answer to *asked*, read until *end*, and where it leads if it is a redirect.

    Unless *strict*, the body may be cut.
    """
    url = asked.full_url
    if asked.type not in ("http", "https"):
        raise UnreachableError(url, "only http and https are spoken here")
    # Without the handlers for other schemes and for files, and those that follow redirects.
    opener = request.OpenerDirector()
    for handler in (request.ProxyHandler(), _Http(end), _Https(end)):
        opener.add_handler(handler)
    try:
        response: HTTPResponse = opener.open(asked, timeout=timeout)
        with response:
            body = _read(response, url, limit) if strict else _read_some(response, limit)
    except (ValueError, OverflowError, InvalidURL):  # Among them UnicodeError of a host or a path.
        raise UnreachableError(url, _NO_ADDRESS) from None
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
    if response.length:  # bytes that are still to come
        raise UnreachableError(url, "the answer broke off")
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
    """Say why *error* happened, in words that repeat no part of the address.

    The message of an HTTPException may hold the first line of the answer, in which a server can
    repeat the request; that of OpenSSL the name of the host.
    """
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "it did not answer in time"
    if getattr(cause, "verify_code", None) in _OTHER_NAME:
        return "its certificate is for another name"
    if isinstance(cause, IncompleteRead):
        return "the answer broke off"
    if isinstance(cause, HTTPException) and not isinstance(cause, RemoteDisconnected):
        return "it does not answer as HTTP servers do"
    words = str(getattr(cause, "strerror", None) or cause) or type(cause).__name__
    # A proxy adds words of its own to the status by which it refuses a connection.
    refusal = re.match(r"Tunnel connection failed: \d+", words)
    return quoted(refusal[0] if refusal else words)


class _Http(request.HTTPHandler):
    """Speaks http until *end*."""

    def __init__(self, end: float) -> None:
        super().__init__()
        self._end = end

    def http_open(self, req: request.Request) -> HTTPResponse:
        return self.do_open(_ending(HTTPConnection, self._end), req)


class _Https(request.HTTPSHandler):
    """Speaks https until *end*."""

    def __init__(self, end: float) -> None:
        super().__init__()
        self._end = end

    def https_open(self, req: request.Request) -> HTTPResponse:
        return self.do_open(_ending(HTTPSConnection, self._end), req)


def _ending(kind: type[_Connection], end: float) -> Callable[..., _Connection]:
    """What makes connections of *kind* whose answers have come by *end*, or never."""

    def connect(host: str, **settings: Any) -> _Connection:
        left = max(end - time.monotonic(), 0.001)
        settings["timeout"] = min(settings.get("timeout", left), left)
        connection = kind(host, **settings)
        connection.response_class = partial(_Response, end)  # type: ignore[assignment]  # called, not more
        return connection

    return connect


class _Response(HTTPResponse):
    """An answer whose every byte, those of its headers too, has come by *end*."""

    def __init__(self, end: float, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = BufferedReader(_Until(end, sock))


class _Until(RawIOBase):
    """What comes out of *sock* by *end*; a socket itself counts anew for every piece."""

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
