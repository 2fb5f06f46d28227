"""Read issues, permissions and labels from a GitHub repository as records.

No other module uses PyGithub, and no PyGithub object leaves this one. Each failure is reported on
one line: the problem, and what to do. Issues are read completely or not at all.
"""

import logging
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from github import Auth, BadAttributeException, Github, GithubException

from statusgen import __version__
from statusgen.characters import printable
from statusgen.importers.github import graphql
from statusgen.importers.github.issue_records import Issue
from statusgen.importers.github.labels import Label
from statusgen.problems import OutsideError, quoted
from statusgen.system.network import Waiting
from statusgen.system.workers import Progress, no_progress

_GROWTH = 4  # pages by which the list may grow during reading
_REST = 20  # unfinished lists per request
_CROWD = 50  # pages of collaborators; beyond that, people are checked one by one
_QUESTIONS = 200  # permission checks per import
_TRIES = 4
_PAUSES = (0.5, 1.0, 2.0)  # seconds before each retry, if GitHub does not specify a delay
_PATIENCE = 90.0  # total seconds that an import waits for rate limits
_SECONDARY_WAIT = 60.0  # seconds to wait after a secondary limit without a delay, as documented
_TIMEOUT = 20  # seconds without data from GitHub

_Result = TypeVar("_Result")

# PyGithub would log redirects in addition to our message for the same failure.
logging.getLogger("github").setLevel(logging.CRITICAL)


class Repository:
    """A client for the repository *name* (``acme/status``) on GitHub."""

    def __init__(
        self,
        name: str,
        token: str,
        *,
        api_url: str,
        waiting: Waiting | None = None,
    ) -> None:
        self.name = name
        self.now: datetime | None = None  # the time in GitHub's last response
        self._owner, self._short = name.split("/")
        self._host = urlsplit(api_url).netloc
        self._token = token
        self._waiting = waiting or Waiting()
        self._waited = 0.0
        is_here = api_url.startswith("http://127.0.0.1")  # A test server needs no delays.
        self._client = Github(
            auth=Auth.Token(token),
            base_url=api_url,
            per_page=100,
            timeout=_TIMEOUT,
            user_agent=f"statusgen/{__version__}",
            retry=None,  # `_request` retries instead: it reports and limits its waits.
            lazy=True,
            seconds_between_requests=0 if is_here else 0.1,
            seconds_between_writes=0 if is_here else 1,
        )

    def issues(
        self, labels: Iterable[str], *, shown: Iterable[int] = (), track: Progress = no_progress
    ) -> list[Issue]:
        """Return all issues with any of *labels*, open and closed, sorted by number.

        Includes the issues with the numbers *shown* even without a label, if they still exist.
        Raises OutsideError if any page is missing.
        """
        found: dict[int, Any] = {}
        cursors: dict[str, str | None] = dict.fromkeys(labels)
        cursors, pages = self._page(cursors, found)
        for _ in chain(track("Reading issues", list(range(pages))), range(_GROWTH)):
            if cursors:
                cursors, _ = self._page(cursors, found)
        if cursors:
            raise OutsideError("new issues arrived while reading; try again")
        missing = [number for number in shown if number not in found]
        for at in range(0, len(missing), graphql.PAGE):
            self._look_up(missing[at : at + graphql.PAGE], found)
        self._read_rest(list(found.values()), track)
        with _expected_shape():
            return [graphql.issue(found[number]) for number in sorted(found)]

    def writers(self) -> frozenset[str] | None:
        """Return the lower-case names of all people with write access.

        Returns None if the token lacks permission for the list, or if the list is empty, because at
        least the owner has write access.
        """
        variables: dict[str, Any] = {"owner": self._owner, "name": self._short, "after": None}
        found: set[str] = set()
        for _ in range(_CROWD):
            try:
                data = self._query(graphql.COLLABORATORS, variables, "", may_refuse=True)
            except _RefusedError:
                return None
            with _expected_shape():
                page = data["repository"]["collaborators"]
                if page is None:
                    return None
                found.update(graphql.writers(page["edges"]))
                if not page["pageInfo"]["hasNextPage"]:
                    return frozenset(found) or None
                variables["after"] = page["pageInfo"]["endCursor"]
        return None

    def file(self, path: str, *, branch: str = "HEAD") -> str | None:
        """Return the text of the file *path* on *branch*, None if it does not exist."""
        variables = {"owner": self._owner, "name": self._short, "expression": f"{branch}:{path}"}
        data = self._query(graphql.FILE, variables, _NO_REPOSITORY.format(self.name))
        with _expected_shape():
            if data["repository"] is None:
                raise OutsideError(_NO_REPOSITORY.format(self.name))
            found = data["repository"]["object"]
            if not found or found["isTruncated"]:
                return None
            return str(found["text"])

    def label_colours(self) -> dict[str, str]:
        """Return the colour of each label in the repository, such as `ff4d4d`, by name."""
        repository = self._client.get_repo(self.name)
        return self._request(lambda: {one.name: one.color for one in repository.get_labels()})

    def questions(self) -> int:
        """Return how many permission checks to allow: half of the requests left, at most 200."""
        try:
            _, found = self._request(
                lambda: self._client.requester.requestJsonAndCheck("GET", "/rate_limit"),
                allow_missing=True,
            )
        except _MissingError:
            return _QUESTIONS  # The server has no rate limits.
        with _expected_shape():
            return min(_QUESTIONS, max(0, int(found["resources"]["core"]["remaining"])) // 2)

    def may_write(self, login: str) -> bool:
        """Return whether the user *login* has write access to the repository."""
        path = f"/repos/{self.name}/collaborators/{login}/permission"
        try:
            _, found = self._request(
                lambda: self._client.requester.requestJsonAndCheck("GET", path), allow_missing=True
            )
        except _MissingError:
            return False  # The user does not exist.
        with _expected_shape():
            is_same = found["user"]["login"].casefold() == login.casefold()
            return is_same and found["permission"] in ("admin", "write")

    def make_labels(self, wanted: Iterable[Label]) -> tuple[list[str], list[str]]:
        """Create or update the *wanted* labels; return the names of those created and updated.

        Other labels, and labels that are up to date, are not changed.
        """
        repository = self._client.get_repo(self.name)
        existing = self._request(
            lambda: {
                one.name.casefold(): (one, one.color.casefold(), one.description or "")
                for one in repository.get_labels()
            }
        )
        created, changed = [], []
        for label in wanted:
            colour = label.colour.removeprefix("#")
            old, *current = existing.get(label.name.casefold(), (None,))
            if old is None:
                make = partial(repository.create_label, label.name, colour, label.description)
                with _expected_shape():
                    if self._request(make).name != label.name:
                        raise ValueError  # Not a response from GitHub, although not an error.
                created.append(label.name)
            elif current != [colour, label.description]:
                self._request(partial(old.edit, old.name, colour, label.description))
                changed.append(old.name)
        return (created, changed)

    def _page(
        self, cursors: Mapping[str, str | None], found: dict[int, Any]
    ) -> tuple[dict[str, str | None], int]:
        """Read the next page for each label in *cursors* into *found*.

        Returns the cursors for the labels with more pages, and the number of pages left.
        """
        labels = list(cursors)
        variables: dict[str, Any] = {"owner": self._owner, "name": self._short}
        for i, label in enumerate(labels):
            variables |= {f"label{i}": label, f"after{i}": cursors[label]}
        query = graphql.issues(len(labels))
        data = self._query(query, variables, _NO_REPOSITORY.format(self.name))
        left: dict[str, str | None] = {}
        pages = 0
        with _expected_shape():
            repository = data["repository"]
            self._check_name(repository)
            for i, label in enumerate(labels):
                page = repository[f"list{i}"]
                for issue in page["nodes"]:
                    found[issue["number"]] = issue
                if page["pageInfo"]["hasNextPage"]:
                    left[label] = page["pageInfo"]["endCursor"]
                pages = max(pages, math.ceil(page["totalCount"] / graphql.PAGE) - 1)
            self._check_budget(data["rateLimit"], pages if left else 0)
        return (left, pages)

    def _look_up(self, numbers: Sequence[int], found: dict[int, Any]) -> None:
        """Read the issues with *numbers* into *found*, except those that no longer exist."""
        variables: dict[str, Any] = {"owner": self._owner, "name": self._short}
        variables |= {f"number{i}": number for i, number in enumerate(numbers)}
        query = graphql.numbered(len(numbers))
        data = self._query(query, variables, _NO_REPOSITORY.format(self.name), allow_partial=True)
        with _expected_shape():
            for i, number in enumerate(numbers):
                issue = data["repository"][f"issue{i}"]
                # GitHub may return a transferred issue from its new repository.
                if issue is not None and issue["number"] == number:
                    found[number] = issue

    def _check_budget(self, budget: Any, pages: int) -> None:
        """Raise OutsideError early if the hourly limit does not allow *pages* more pages."""
        if budget is not None and budget["remaining"] < budget["cost"] * pages:
            until = graphql.moment(budget["resetAt"])
            limit = _Limit(name=_PRIMARY, seconds=math.inf, until=until)
            raise OutsideError(limit.message)

    def _check_name(self, repository: Any) -> None:
        if repository is None:
            raise OutsideError(_NO_REPOSITORY.format(self.name))
        name = repository["nameWithOwner"]
        if name.casefold() != self.name.casefold():
            what = f"{self.name} was renamed to {self._printable(name)}"
            raise OutsideError(f"{what}; update statusgen.yml or --repo")
        if not repository["hasIssuesEnabled"]:
            raise OutsideError(_NO_ISSUES.format(self.name))

    def _read_rest(self, issues: Sequence[Any], track: Progress) -> None:
        """Read all remaining pages of the lists in *issues*, many lists per request."""
        with _expected_shape():
            waiting = [
                (issue, name)
                for issue in issues
                for name in graphql.LISTS
                if issue[name]["pageInfo"]["hasNextPage"]
            ]
        while waiting:
            batches = [waiting[at : at + _REST] for at in range(0, len(waiting), _REST)]
            for batch in track("Reading comments", batches):
                self._read_on(batch)
            with _expected_shape():
                waiting = [
                    (issue, name)
                    for issue, name in waiting
                    if issue[name]["pageInfo"]["hasNextPage"]
                ]

    def _read_on(self, batch: Sequence[tuple[Any, str]]) -> None:
        variables = {}
        for i, (issue, name) in enumerate(batch):
            variables[f"id{i}"] = issue["id"]
            variables[f"after{i}"] = issue[name]["pageInfo"]["endCursor"]
        query = graphql.rest([name for _, name in batch])
        data = self._query(query, variables, _INCOMPLETE.format(f"#{batch[0][0]['number']}"))
        with _expected_shape():
            for i, (issue, name) in enumerate(batch):
                page = data[f"rest{i}"][name]
                if not page["nodes"] and page["pageInfo"]["hasNextPage"]:
                    raise OutsideError(_INCOMPLETE.format(f"#{issue['number']}"))
                issue[name] = {**page, "nodes": issue[name]["nodes"] + page["nodes"]}

    def _query(
        self,
        query: str,
        variables: dict[str, Any],
        missing: str,
        *,
        allow_partial: bool = False,
        may_refuse: bool = False,
    ) -> Any:
        """Return the data for *query*; raise OutsideError with *missing* on a 404.

        With *allow_partial*, parts of the data may be None. With *may_refuse*, raises _RefusedError
        if the token lacks permission.
        """

        def send() -> tuple[Mapping[str, Any], Any]:
            try:
                return self._client.requester.graphql_query(query, variables)
            except GithubException as error:
                if may_refuse and _is_refusal(error):
                    raise _RefusedError from None
                if not allow_partial or not _lacks_parts(error):
                    raise
                return (error.headers or {}, error.data)

        try:
            headers, answer = self._request(send, allow_missing=True)
        except _MissingError:
            raise OutsideError(missing) from None
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise OutsideError(_UNEXPECTED)
        self.now = _date(headers) or self.now
        return data

    def _request(self, send: Callable[[], _Result], *, allow_missing: bool = False) -> _Result:
        """Return the result of *send*, retrying if needed; raise OutsideError on failure.

        With *allow_missing*, raises _MissingError on a 404.
        """
        for tries_left in reversed(range(_TRIES)):
            try:
                result = send()
            except GithubException as error:
                if allow_missing and error.status == 404:
                    raise _MissingError from None
                self._pause(_limit_of(error), error, tries_left)
            except (requests.RequestException, ValueError) as error:
                # ValueError: a truncated response is invalid JSON.
                self._pause(None, error, tries_left)
            except (*_MALFORMED, AssertionError, RuntimeError):
                raise OutsideError(_UNEXPECTED) from None
            else:
                return result
        raise AssertionError  # The last attempt raises.

    def _pause(self, limit: "_Limit | None", error: Exception, tries_left: int) -> None:
        """Wait before a retry, or raise OutsideError for *error*."""
        if limit is None:
            if not tries_left or not _is_transient(error):
                raise OutsideError(self._explanation(error)) from None
            self._waiting.sleep(_PAUSES[_TRIES - 1 - tries_left])
            return
        if not tries_left or self._waited + limit.seconds > _PATIENCE:
            raise OutsideError(limit.message) from None
        self._waiting.tell(f"{limit.name}: waiting {math.ceil(limit.seconds)} seconds")
        self._waited += limit.seconds
        self._waiting.sleep(limit.seconds)

    def _explanation(self, error: Exception) -> str:
        """Return the error message for *error*."""
        if isinstance(error, requests.RequestException):
            if isinstance(error, requests.Timeout):
                return f"cannot reach {self._host}: timed out"
            return f"cannot reach {self._host}: the connection failed"
        if not isinstance(error, GithubException):
            return "GitHub's answer was cut off; try again"
        answer = self._printable(_message_of(error))
        words = f" ({quoted(answer)})" if answer else ""
        if error.status == 401:
            return f"GitHub rejected the token{words}; check GITHUB_TOKEN or GH_TOKEN"
        if error.status == 403 or "FORBIDDEN" in str(error.data):
            what = f"the token lacks permission for {self.name}{words}"
            return f"{what}; it needs metadata: read and issues: read (write for labels)"
        if error.status == 404:
            return _NO_REPOSITORY.format(self.name)
        if error.status == 410:
            return _NO_ISSUES.format(self.name)
        if error.status >= 500:
            return f"GitHub answered with status {error.status}; try again later"
        return f"GitHub rejected the request with status {error.status}{words}"

    def _printable(self, text: str) -> str:
        """Return *text* from a response on one line, without the token, which a proxy may echo."""
        return printable(text.replace(self._token, "***"))


@dataclass(frozen=True, kw_only=True)
class _Limit:
    """An exceeded GitHub rate limit, which ends in *seconds*, at *until*."""

    name: str
    seconds: float
    until: datetime

    @property
    def message(self) -> str:
        """The error message if the wait is too long."""
        return f"{self.name}; try again after {self.until:%H:%M:%S} UTC ({self.until:%Y-%m-%d})"


class _MissingError(Exception):
    """The object does not exist."""


class _RefusedError(Exception):
    """The token lacks permission."""


_PRIMARY = "GitHub's hourly rate limit was exceeded"
_SECONDARY = "GitHub's secondary rate limit was exceeded"
_UNEXPECTED = "unexpected answer from GitHub; check --api-url (nothing was changed)"
_NO_REPOSITORY = "repository {} does not exist, or the token cannot read it (needs issues: read)"
_NO_ISSUES = "issues are disabled in {}; enable them in its settings"
_INCOMPLETE = "GitHub's history of {} is incomplete; try again"

# Exceptions that Python and PyGithub raise for malformed responses.
_MALFORMED = (LookupError, TypeError, AttributeError, ArithmeticError, BadAttributeException)


@contextmanager
def _expected_shape() -> Iterator[None]:
    """Raise OutsideError if a response does not have the expected structure."""
    try:
        yield
    except (*_MALFORMED, ValueError):
        raise OutsideError(_UNEXPECTED) from None


def _limit_of(error: GithubException) -> _Limit | None:
    """Return the rate limit that caused *error*, by GitHub's clock; None for other errors."""
    headers = {str(key): str(value) for key, value in (error.headers or {}).items()}
    kinds = _kinds_of(error)
    is_spent = headers.get("x-ratelimit-remaining") == "0"
    is_limit = error.status in (403, 429) and (
        is_spent or "retry-after" in headers or "rate limit" in str(error.data).casefold()
    )
    if not (is_limit or error.status == 429 or kinds & {"RATE_LIMITED", "RATE_LIMIT"}):
        return None
    now = _date(headers) or datetime.now(UTC)
    seconds = _SECONDARY_WAIT
    if re.fullmatch("[0-9]{1,9}", headers.get("retry-after", "")):
        seconds = float(headers["retry-after"])
    elif is_spent and re.fullmatch("[0-9]{1,11}", headers.get("x-ratelimit-reset", "")):
        seconds = max(1.0, float(headers["x-ratelimit-reset"]) - now.timestamp())
    name = _PRIMARY if is_spent or kinds else _SECONDARY
    return _Limit(name=name, seconds=seconds, until=now + timedelta(seconds=seconds))


def _kinds_of(error: GithubException) -> set[str]:
    """Return the types of the GraphQL errors in *error*."""
    errors = error.data.get("errors") if isinstance(error.data, dict) else None
    found = errors if isinstance(errors, list) else []
    kinds = [one.get("type") for one in found if isinstance(one, dict)]
    return {kind for kind in kinds if isinstance(kind, str)}


def _lacks_parts(error: GithubException) -> bool:
    """Return whether *error* only means that parts of the repository do not exist."""
    errors = error.data.get("errors") if isinstance(error.data, dict) else None
    return isinstance(errors, list) and all(
        isinstance(one, dict)
        and one.get("type") == "NOT_FOUND"
        and isinstance(one.get("path"), list)
        and len(one["path"]) > 1
        for one in errors
    )


def _is_refusal(error: GithubException) -> bool:
    """Return whether *error* means that the token lacks permission."""
    kinds = _kinds_of(error)
    is_forbidden = error.status == 403 and _limit_of(error) is None
    return is_forbidden or bool(kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"})


def _is_transient(error: Exception) -> bool:
    """Return whether a retry may succeed."""
    if isinstance(error, GithubException):
        # GitHub reports its own timeouts as query errors without a type.
        return error.status >= 500 or "something went wrong" in str(error.data).casefold()
    is_wrong = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)
    return not isinstance(error, (*is_wrong, requests.exceptions.MissingSchema))


def _message_of(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    errors = data.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return str(errors[0].get("message") or "")
    return str(data.get("message") or "")


def _date(headers: Mapping[str, Any]) -> datetime | None:
    """Return the date in *headers*, by GitHub's clock; None if missing or invalid."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
