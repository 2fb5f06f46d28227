"""The one way out for the requests of Apprise: what all its plugins do, whatever each forgets."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from statusgen import __version__
from statusgen.notify.channels.address_rules import LOOPBACK

_LIMIT = 1024 * 1024  # bytes of an answer
_TOO_MANY = 429

# By these headers plugins sleep, for as long as the receiver says. Waiting is for the caller.
_RATE_LIMITS = re.compile("(x-)?rate-?limit-", re.IGNORECASE)


class Exchange:
    """What the requests inside a `guard` came to.

    *status* is that of the last answer that is no success, *retry_after* how many seconds it asks
    to wait; *failure* says why the last request got no answer. None holds a part of an address.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.retry_after: float | None = None
        self.failure: str | None = None

    def fail(self, reason: str) -> None:
        """Note that a request got no answer, for *reason*."""
        self.status, self.retry_after, self.failure = None, None, reason

    def reason(self, otherwise: str) -> str:
        """Return why a message was not delivered, *otherwise* where no request says."""
        if self.status is not None:
            moved = " (redirects are not followed)" if self.status < 400 else ""
            return f"the service answered {self.status}{moved}"
        return self.failure or otherwise


@contextmanager
def guard(timeout: float) -> Iterator[Exchange]:
    """Hold every request inside to the rules, and yield what they come to.

    A request is encrypted, or to this machine; waits *timeout* seconds for an answer; verifies
    certificates; follows no redirect; and is not repeated where the service asks to wait.
    """
    exchange = Exchange()
    original = HTTPAdapter.send

    def send(
        adapter: HTTPAdapter, request: requests.PreparedRequest, **settings: Any
    ) -> requests.Response:
        if not _is_safe(request.url or ""):
            exchange.fail("it would have been sent unencrypted")
            raise requests.exceptions.InvalidURL
        # Apprise names the site there, whose title may have letters that a header cannot hold.
        request.headers["User-Agent"] = f"statusgen/{__version__}"
        settings["timeout"] = timeout
        if settings.get("verify") is False:
            settings["verify"] = True
        try:
            response = original(adapter, request, **settings)
            response._content = _body(response)  # noqa: SLF001, else it would be read without a limit
        except requests.RequestException as error:
            exchange.fail(_failure(error))
            raise
        _note(response, exchange)
        return response

    # Plugins call requests themselves, so this is where all of them pass.
    HTTPAdapter.send = send  # type: ignore[assignment, method-assign]
    try:
        yield exchange
    finally:
        HTTPAdapter.send = original  # type: ignore[method-assign]


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _body(response: requests.Response) -> bytes:
    """Return what came back; an answer beyond the limit is none."""
    body = bytearray()
    for chunk in response.iter_content(1 << 16):
        body += chunk
        if len(body) > _LIMIT:
            response.close()
            raise requests.exceptions.ContentDecodingError
    return bytes(body)


def _note(response: requests.Response, exchange: Exchange) -> None:
    status = response.status_code
    for name in [name for name in response.headers if _RATE_LIMITS.match(name)]:
        del response.headers[name]
    if status >= 300:
        exchange.status, exchange.failure = status, None
        asked = response.headers.get("Retry-After", "")
        exchange.retry_after = float(asked) if re.fullmatch(r"\d{1,9}(\.\d+)?", asked) else None
    if 300 <= status < 400 or status == _TOO_MANY:
        raise requests.HTTPError  # Some plugins would follow the one, or wait and repeat the other.


def _failure(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "the service did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate of the service cannot be verified"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy cannot be reached"
    if isinstance(error, requests.ConnectionError):
        return "the connection to the service failed"
    return "the service did not answer in a way that can be read"
