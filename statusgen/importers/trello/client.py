"""Read a board through Trello's REST API (https://developer.atlassian.com/cloud/trello/).

A board is read completely or not at all. Each failure is reported on one line, which never
contains the key or the token. Both are sent in a header, and redirects are not followed.
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import chain
from urllib.parse import quote, urlencode, urlsplit

from statusgen.characters import printable
from statusgen.importers.json_reader import JsonError, JsonMap, maps_of, parse_json
from statusgen.importers.trello.board_records import ActionKind, Board, read_board
from statusgen.problems import OutsideError, quoted
from statusgen.system import network
from statusgen.system.network import Response, UnreachableError, Waiting
from statusgen.system.workers import Progress, no_progress

MAX_ANSWER = 64 * 1024 * 1024  # bytes in a response or an export
PAGE = 1000  # cards or actions per request

_MOST_PAGES = 1000
_TRIES = 5
_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds before each retry after a failure
_WINDOW = 10.0  # length of Trello's rate limit window in seconds
_LONGEST = 60.0  # seconds; longer waits are shortened to this

_BOARD = {
    "fields": "id,name,closed,shortLink,url,prefs,dateLastActivity",
    "lists": "all",
    "labels": "all",
    "labels_limit": "1000",
    "memberships": "all",
}
_CARDS = {
    "filter": "all",
    "limit": str(PAGE),
    "fields": "id,name,desc,closed,idList,idLabels,shortLink,due,start,isTemplate,"
    "dateLastActivity,badges",
}
_ACTIONS = {
    "limit": str(PAGE),
    "filter": ",".join(ActionKind),
    "fields": "data,date,type,idMemberCreator",
    "memberCreator_fields": "username,initials",
}
_UNEXPECTED = "unexpected answer from Trello{}; check --api-url (nothing was changed)"


class BoardClient:
    """A client for the board with the id or short link *board*.

    *now* is the time in Trello's last response.
    """

    def __init__(
        self, board: str, key: str, token: str, *, api_url: str, waiting: Waiting | None = None
    ) -> None:
        self.now: datetime | None = None
        self._board = board
        self._url = f"{api_url.rstrip('/')}/boards/{quote(board, safe='')}"
        self._secrets = (key, token)
        self._waiting = waiting or Waiting()
        value = f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'
        self._headers = {"Authorization": value, "Accept": "application/json"}

    def read(self, *, track: Progress = no_progress) -> Board:
        """Read the board with all its cards and actions.

        Sends one request for the board, one per 1,000 cards and one per 1,000 actions. Raises
        OutsideError if any of them fails.
        """
        try:
            found = self._get("", _BOARD)
            if not isinstance(found, dict):
                raise JsonError("expected an object")
            if JsonMap(found).flag("closed"):
                raise OutsideError(f"board {quoted(self._board)} is closed; reopen it")
            cards = self._pages("cards", _CARDS, track("Reading cards", [0]))
            expected = [*range(math.ceil(sum(map(_weight, cards)) / PAGE))]
            actions = self._pages("actions", _ACTIONS, track("Reading actions", expected))
            document = {**found, "cards": cards, "actions": actions}
            return read_board(JsonMap(document), is_export=False)
        except JsonError as error:
            what = f" ({printable(self._masked(str(error)))})"
            raise OutsideError(_UNEXPECTED.format(what)) from None

    def _pages(
        self, name: str, query: Mapping[str, str], expected: Iterable[int]
    ) -> list[Mapping[str, object]]:
        """Read all pages of the list *name*, newest first."""
        found: list[Mapping[str, object]] = []
        before = ""
        for _ in chain(expected, range(_MOST_PAGES)):
            page = self._get(f"/{name}", {**query, "before": before} if before else query)
            if not isinstance(page, list):
                raise JsonError(f"{name}: expected a list")
            items = [*maps_of(page, name)]
            found += [item.values for item in items]
            if len(items) < PAGE:
                return found
            oldest = min(item.text("id") for item in items)
            if before and oldest >= before:
                break
            before = oldest
        what = f"the {name} on Trello changed while reading"
        raise OutsideError(f"{what}; try again (nothing was changed)")

    def _get(self, path: str, query: Mapping[str, str]) -> object:
        """Return the JSON at *path*, retrying if needed; raise OutsideError on failure."""
        url = f"{self._url}{path}?{urlencode(query, safe=',')}"
        for tries_left in reversed(range(_TRIES)):
            try:
                answer = network.ask(url, headers=self._headers, limit=MAX_ANSWER)
            except UnreachableError as error:
                if not tries_left:
                    what = f"cannot reach {urlsplit(self._url).netloc}: {error.reason}"
                    raise OutsideError(printable(self._masked(what))) from None
                self._waiting.sleep(_PAUSES[_TRIES - 1 - tries_left])
                continue
            self.now = _date(answer) or self.now
            if answer.status == 200:
                return _parsed(answer)
            if answer.status == 429 and tries_left:
                seconds = _wait_of(answer)
                self._waiting.tell(f"Trello's rate limit: waiting {math.ceil(seconds)} seconds")
                self._waiting.sleep(seconds)
            elif answer.status >= 500 and tries_left:
                self._waiting.sleep(_PAUSES[_TRIES - 1 - tries_left])
            else:
                raise OutsideError(self._refusal(answer))
        raise AssertionError  # The last attempt raises.

    def _refusal(self, answer: Response) -> str:
        """Return the error message for *answer*."""
        text = self._masked(answer.body[:500].decode("utf-8", "replace")).strip()
        words = f" ({quoted(text)})" if text and not text.startswith("<") else ""
        if answer.status == 401 and "permission" in text:
            what = f"the token lacks permission for board {quoted(self._board)}{words}"
            return f"{what}; use the token of a member"
        if answer.status == 401:
            return f"Trello rejected the key or the token{words}; check TRELLO_KEY and TRELLO_TOKEN"
        if answer.status in (400, 404):
            what = f"board {quoted(self._board)} does not exist"
            return f"{what}, or the token cannot read it{words}"
        if answer.status == 429:
            return "Trello's rate limit was exceeded; try again later"
        if answer.status >= 500:
            return f"Trello answered with status {answer.status}; try again later"
        if 300 <= answer.status < 400:
            what = "Trello redirected to another address, so the token was not sent"
            return f"{what}; check --api-url (nothing was changed)"
        return f"Trello rejected the request with status {answer.status}{words}"

    def _masked(self, text: str) -> str:
        """Return *text* from a response without the credentials, which a proxy may echo."""
        for secret in filter(None, self._secrets):
            text = text.replace(secret, "***")
        return text


def _weight(card: Mapping[str, object]) -> int:
    """Return the approximate number of actions on *card*, for the progress bar."""
    return 4 + JsonMap(card).map("badges").number("comments")


def _parsed(answer: Response) -> object:
    try:
        return parse_json(answer.body.decode("utf-8"))
    except ValueError:  # Not UTF-8 or not JSON, such as a login page or a truncated response.
        raise OutsideError(_UNEXPECTED.format("")) from None


def _wait_of(answer: Response) -> float:
    """Return how many seconds to wait after *answer*, which reports a rate limit."""
    after = answer.headers.get("retry-after", "")
    seconds = float(after) if re.fullmatch("[0-9]{1,6}", after) else _WINDOW
    return min(max(seconds, 1.0), _LONGEST)


def _date(answer: Response) -> datetime | None:
    try:
        found = parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
        return found if 2000 <= found.year < 3000 else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
