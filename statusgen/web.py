"""The only door to the network: one bounded request over HTTP at a time."""

import secrets
import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib import request
from urllib.parse import urlencode, urljoin, urlsplit

from statusgen import __version__
from statusgen.problems import OutsideError, quoted

TIMEOUT = 20.0  # seconds without a word from the other side

_PATIENCE = 60.0  # seconds for a whole answer
_HOPS = 5  # redirects that are followed
_CHUNK = 1 << 16


class UnreachableError(OutsideError):
    """There is no answer; *reason* says why in a few words."""

    def __init__(self, url: str, reason: str) -> None:
        self.reason = reason
        super().__init__(f"cannot reach {url}: {reason}")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, whatever the status; *url* is where it came from in the end."""

    url: str
    status: int
    body: bytes


def get(url: str, *, limit: int, timeout: float = TIMEOUT) -> Answer:
    """Read *url*, at most *limit* bytes of it, past every cache on the way.

    A query that changes stands in for headers that hosts ignore. A few redirects are followed, to
    http and https alone and never from https to http. Raises UnreachableError.
    """
    url = f"{url}?{secrets.token_hex(4)}"
    for _ in range(_HOPS + 1):
        answer, target = _asked(request.Request(url, headers=_headers()), limit, timeout)  # noqa: S310, _asked looks at the scheme
        if target is None:
            return answer
        moved = urljoin(url, target)
        if urlsplit(moved).scheme not in schemes_after(url):
            raise UnreachableError(url, f"it leads to {quoted(moved)}, which is no safer address")
        url = moved
    raise UnreachableError(url, f"it leads on and on, {_HOPS} times so far")


def post(url: str, form: dict[str, str], *, timeout: float = TIMEOUT) -> Answer:
    """Send *form* to *url*; a redirect is not followed, since that would make a GET of it.

    Raises UnreachableError.
    """
    data = urlencode(form).encode()
    asked = request.Request(url, data=data, headers=_headers(), method="POST")  # noqa: S310, as above
    return _asked(asked, 0, timeout)[0]


def schemes_after(url: str) -> tuple[str, ...]:
    """The schemes to which *url* may lead: no answer gives up the encryption of the question."""
    return ("https",) if urlsplit(url).scheme == "https" else ("http", "https")


def _headers() -> dict[str, str]:
    return {"User-Agent": f"statusgen/{__version__}", "Cache-Control": "no-cache"}


def _asked(asked: request.Request, limit: int, timeout: float) -> tuple[Answer, str | None]:
    """The answer to *asked*, and where it leads if it is a redirect."""
    url = asked.full_url
    if asked.type not in ("http", "https"):
        raise UnreachableError(url, "only http and https are spoken here")
    # Without the handlers for other schemes and for files, and those that follow redirects.
    opener = request.OpenerDirector()
    for handler in (request.ProxyHandler(), request.HTTPHandler(), request.HTTPSHandler()):
        opener.add_handler(handler)
    try:
        response: HTTPResponse = opener.open(asked, timeout=timeout)
        with response:
            body = _read(response, url, limit)
    except (OSError, HTTPException) as error:
        raise UnreachableError(url, _reason(error)) from None
    target = response.headers["Location"] if 300 <= response.status < 400 else None
    return (Answer(url=url, status=response.status, body=body), target)


def _read(response: HTTPResponse, url: str, limit: int) -> bytes:
    if limit == 0:
        return b""
    end = time.monotonic() + _PATIENCE
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise UnreachableError(url, f"the answer has more than {limit // 1024} KiB")
        if time.monotonic() > end:
            raise UnreachableError(url, f"the answer takes more than {_PATIENCE:.0f} seconds")
    return bytes(body)


def _reason(error: Exception) -> str:
    """Why *error* happened, in a few words."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "it did not answer in time"
    words = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return quoted(str(words))
