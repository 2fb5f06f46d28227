"""Read JSON from the server of another status page.

Each failure is reported on one line, which never contains the credentials. They are sent in a
header, and redirects are not followed.
"""

import math
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from statusgen.characters import printable
from statusgen.importers.json_reader import JsonError, JsonMap, maps_of, parse_json
from statusgen.problems import OutsideError, quoted
from statusgen.system import network
from statusgen.system.network import Response, UnreachableError, Waiting

MAX_ANSWER = 64 * 1024 * 1024  # bytes in a response

_TRIES = 5
_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds before each retry after a failure
_WINDOW = 60.0  # seconds to wait after a rate limit, unless the server says how long; the maximum
_LIMITED = (420, 429)


class MissingError(OutsideError):
    """The server answered that something does not exist."""


class JsonClient:
    """A client for the *service* at *root*; *headers* may contain the *secret*.

    *remedy* ends the message for rejected credentials. *pause* is the time between requests in
    seconds. *limited* are the statuses that mean a rate limit.
    """

    def __init__(  # noqa: PLR0913, one per part of the protocol
        self,
        root: str,
        service: str,
        *,
        headers: Mapping[str, str] | None = None,
        secret: str = "",
        remedy: str = "",
        pause: float = 0.0,
        limited: Sequence[int] = _LIMITED,
        waiting: Waiting | None = None,
    ) -> None:
        self.root = root.rstrip("/")
        self._service = service
        self._headers = {"Accept": "application/json", **(headers or {})}
        self._secret = secret
        self._remedy = remedy
        self._pause = pause
        self._limited = limited
        self._waiting = waiting or Waiting()
        self._is_first = True

    def map(self, path: str, query: Mapping[str, str] | None = None) -> JsonMap:
        """Return the object at *path*; raise OutsideError on failure, MissingError for a 404."""
        found = self._get(path, query or {})
        if not isinstance(found, dict):
            raise self.unexpected(JsonError("expected an object"))
        return JsonMap(found)

    def maps(self, path: str, query: Mapping[str, str] | None = None) -> list[JsonMap]:
        """Return the list of objects at *path*; raise OutsideError on failure."""
        found = self._get(path, query or {})
        try:
            if not isinstance(found, list):
                raise JsonError("expected a list")
            return [*maps_of(found, path.rpartition("/")[2])]
        except JsonError as error:
            raise self.unexpected(error) from None

    def unexpected(self, error: JsonError | None = None) -> OutsideError:
        """Return the error for an answer that is not what the service sends."""
        details = f" ({printable(self._masked(str(error)))})" if error else ""
        what = f"unexpected answer from {self._host}{details}"
        return OutsideError(f"{what}; check that it is {self._service} (nothing was changed)")

    @property
    def _host(self) -> str:
        return urlsplit(self.root).netloc

    def _get(self, path: str, query: Mapping[str, str]) -> object:
        """Return the JSON at *path*, retrying if needed."""
        url = f"{self.root}{path}{f'?{urlencode(query)}' if query else ''}"
        for tries_left in reversed(range(_TRIES)):
            self._wait_between()
            try:
                answer = network.ask(url, headers=self._headers, limit=MAX_ANSWER)
            except UnreachableError as error:
                if not tries_left:
                    what = f"cannot reach {self._host}: {error.reason}"
                    raise OutsideError(printable(self._masked(what))) from None
                self._waiting.sleep(_PAUSES[_TRIES - 1 - tries_left])
                continue
            if answer.status == 200:
                return self._parsed(answer)
            if answer.status in self._limited and tries_left:
                seconds = _wait_of(answer)
                self._waiting.tell(f"rate limit of {self._host}: waiting {math.ceil(seconds)} s")
                self._waiting.sleep(seconds)
            elif answer.status >= 500 and tries_left:
                self._waiting.sleep(_PAUSES[_TRIES - 1 - tries_left])
            else:
                raise self._refusal(answer, path)
        raise AssertionError  # The last attempt raises.

    def _wait_between(self) -> None:
        if self._pause and not self._is_first:
            self._waiting.sleep(self._pause)
        self._is_first = False

    def _parsed(self, answer: Response) -> object:
        try:
            return parse_json(answer.body.decode("utf-8-sig"))
        except ValueError:  # Not UTF-8 or not JSON, such as a login page or a truncated response.
            raise self.unexpected() from None

    def _refusal(self, answer: Response, path: str) -> OutsideError:
        """Return the error for *answer* to a request for *path*."""
        host, status = self._host, answer.status
        if status in self._limited:
            return OutsideError(f"the rate limit of {host} was exceeded; try again later")
        if status in (401, 403):
            remedy = f"; {self._remedy}" if self._remedy else ""
            return OutsideError(f"{host} rejected the request with status {status}{remedy}")
        if status == 404:
            what = f"{host} has no {quoted(printable(path))}"
            return MissingError(f"{what}; check that it is {self._service} (nothing was changed)")
        if status >= 500:
            return OutsideError(f"{host} answered with status {status}; try again later")
        if 300 <= status < 400:
            target = answer.headers.get("location", "")
            where = f" to {quoted(printable(self._masked(target)))}" if target else ""
            what = f"{host} redirects{where}, and redirects are not followed"
            return OutsideError(f"{what}; use the final address (nothing was changed)")
        return OutsideError(f"{host} rejected the request with status {status}")

    def _masked(self, text: str) -> str:
        """Return *text* from a response without the secret, which a proxy may echo."""
        return text.replace(self._secret, "***") if self._secret else text


def _wait_of(answer: Response) -> float:
    """Return how many seconds to wait after *answer*, which reports a rate limit."""
    after = answer.headers.get("retry-after", "")
    seconds = float(after) if re.fullmatch("[0-9]{1,6}", after) else _WINDOW / 2
    return min(max(seconds, 1.0), _WINDOW)
