"""The only door to the network: one bounded request over HTTP at a time."""

import secrets
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from typing import Any, TypeVar
from urllib import request
from urllib.parse import urlencode, urljoin, urlsplit

from statusgen import __version__
from statusgen.characters import printable
from statusgen.problems import OutsideError, quoted

TIMEOUT = 20.0  # seconds without a word from the other side

_PATIENCE = 60.0  # seconds for a whole answer, with all redirects on the way to it
_HOPS = 5  # redirects that are followed
_CHUNK = 1 << 16

_Connection = TypeVar("_Connection", bound=HTTPConnection)


class UnreachableError(OutsideError):
    """There is no answer; *reason* says why in a few words."""

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
        asked = request.Request(url, headers=_headers())  # noqa: S310, _asked looks at the scheme
        answer, target = _asked(asked, limit, timeout, end)
        if target is None:
            return answer
        url = _moved(url, target)
    raise UnreachableError(url, f"it leads on and on, {_HOPS} times so far")


def ask(url: str, *, headers: Mapping[str, str], limit: int, timeout: float = TIMEOUT) -> Response:
    """Read *url*, at most *limit* bytes of it, with *headers* that may hold credentials.

    A redirect is not followed, so that nobody else gets them. Raises UnreachableError.
    """
    asked = request.Request(url, headers={**_headers(), **headers})  # noqa: S310, as above
    return _asked(asked, limit, timeout, time.monotonic() + _PATIENCE)[0]


def post(url: str, form: dict[str, str], *, timeout: float = TIMEOUT) -> Response:
    """Send *form* to *url*; a redirect is not followed, since that would make a GET of it.

    Raises UnreachableError.
    """
    data = urlencode(form).encode()
    asked = request.Request(url, data=data, headers=_headers(), method="POST")  # noqa: S310, as above
    return _asked(asked, 0, timeout, time.monotonic() + _PATIENCE)[0]


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


def _headers() -> dict[str, str]:
    return {"User-Agent": f"statusgen/{__version__}", "Cache-Control": "no-cache"}


def _asked(
    asked: request.Request, limit: int, timeout: float, end: float
) -> tuple[Response, str | None]:
    """The answer to *asked*, read until *end*, and where it leads if it is a redirect."""
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
            body = _read(response, url, limit)
    except ValueError:  # Among them UnicodeError: of a host's name, of a path.
        raise UnreachableError(url, "that is no address") from None
    except (OSError, HTTPException) as error:
        raise UnreachableError(url, _reason(error)) from None
    target = response.headers["Location"] if 300 <= response.status < 400 else None
    found = {name.lower(): value for name, value in response.headers.items()}
    return (Response(url=url, status=response.status, body=body, headers=found), target)


def _read(response: HTTPResponse, url: str, limit: int) -> bytes:
    if limit == 0:
        return b""
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise UnreachableError(url, f"the answer has more than {limit // 1024} KiB")
    if response.length:  # bytes that are still to come
        raise UnreachableError(url, "the answer broke off")
    return bytes(body)


def _reason(error: Exception) -> str:
    """Why *error* happened, in a few words."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "it did not answer in time"
    words = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return quoted(str(words))


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
