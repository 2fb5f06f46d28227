"""Safety rules for the HTTP requests of Apprise plugins."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from statusgen import __version__
from statusgen.notify.channels.address_rules import LOOPBACK

_LIMIT = 1024 * 1024  # bytes of a response
_TOO_MANY = 429

# Plugins would sleep for as long as these headers say, but waiting is up to the caller.
_RATE_LIMITS = re.compile("(x-)?rate-?limit-", re.IGNORECASE)


class Exchange:
    """The outcome of the requests inside a `guard`.

    *status* is the status of the last unsuccessful response, *retry_after* the number of seconds
    that it asks to wait. *failure* is the reason why the last request got no response. None of them
    contains any part of an address.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.retry_after: float | None = None
        self.failure: str | None = None

    def fail(self, reason: str) -> None:
        """Record that a request got no response because of *reason*."""
        self.status, self.retry_after, self.failure = None, None, reason

    def reason(self, default: str) -> str:
        """Return why a message was not delivered, or *default* if no request failed."""
        if self.status is not None:
            moved = " (redirects are not followed)" if self.status < 400 else ""
            return f"the service answered with status {self.status}{moved}"
        return self.failure or default


@contextmanager
def guard(timeout: float) -> Iterator[Exchange]:
    """Apply the rules to every request inside the block, and yield the outcome.

    A request must be encrypted or go to this machine. It times out after *timeout* seconds,
    verifies certificates, follows no redirect, and is not retried if the service asks to wait.
    """
    exchange = Exchange()
    original = HTTPAdapter.send

    def send(
        adapter: HTTPAdapter, request: requests.PreparedRequest, **settings: Any
    ) -> requests.Response:
        if not _is_safe(request.url or ""):
            exchange.fail("the connection would not be encrypted")
            raise requests.exceptions.InvalidURL
        # Apprise would use the site's title, which may contain characters that headers forbid.
        request.headers["User-Agent"] = f"statusgen/{__version__}"
        settings["timeout"] = timeout
        if settings.get("verify") is False:
            settings["verify"] = True
        try:
            response = original(adapter, request, **settings)
            response._content = _body(response)  # noqa: SLF001, otherwise it is read without a limit
        except requests.RequestException as error:
            exchange.fail(_failure(error))
            raise
        _note(response, exchange)
        return response

    # Plugins call requests directly; this is the one method that all of them use.
    HTTPAdapter.send = send  # type: ignore[assignment, method-assign]
    try:
        yield exchange
    finally:
        HTTPAdapter.send = original  # type: ignore[method-assign]


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _body(response: requests.Response) -> bytes:
    """Return the body of *response*. Raises ContentDecodingError if it exceeds the limit."""
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
        raise requests.HTTPError  # Some plugins would follow the redirect, or wait and retry.


def _failure(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "the service timed out"
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate of the service cannot be verified"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy cannot be reached"
    if isinstance(error, requests.ConnectionError):
        return "the connection to the service failed"
    return "the service sent an invalid response"
