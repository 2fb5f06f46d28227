"""A fake GitHub with one repository: issues through GraphQL; people, labels, events through REST.

graphql-core validates and executes queries with the schema that GitHub publishes, so that the fake
rejects the queries that GitHub would reject. It counts its requests, and fails on demand.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler
from typing import Any

import graphql
from graphql.language import ast

from tests.conftest import ROOT, missing
from tests.support.servers import TestServer

SCHEMA = ROOT / "node_modules" / "@octokit" / "graphql-schema" / "schema.graphql"
NAME = "acme/status"
TOKEN = "not-a-token"  # noqa: S105, not a secret
DAY = datetime(2024, 5, 6, tzinfo=UTC)

_PERMISSIONS = ("admin", "maintain", "write", "triage", "read")
_MOST_NODES = 500_000  # GitHub's limit for a query
_PAGE = 100  # GitHub's limit for a page


@cache
def schema() -> graphql.GraphQLSchema:
    """Return GitHub's schema in executable form."""
    if not SCHEMA.exists():
        missing("@octokit/graphql-schema")
    document = graphql.parse(SCHEMA.read_text("utf-8"), no_location=True)
    return graphql.build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)


def moment(time: str) -> str:
    """Return a time such as ``09:05`` or ``09:05:30`` on DAY, the day of all events."""
    hours, minutes, *seconds = (int(part) for part in time.split(":"))
    at = DAY + timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return at.isoformat().replace("+00:00", "Z")


def actor(name: str | None) -> dict[str, str] | None:
    """Return an actor: ``app[bot]`` is an app, ``org!`` an organization; None is deleted."""
    if name is None:
        return None
    kind = "Bot" if name.endswith("[bot]") else "Organization" if name.endswith("!") else "User"
    return {"__typename": kind, "login": name.removesuffix("[bot]").removesuffix("!")}


@dataclass
class Issue:
    """An issue on the fake; each method is a person's action."""

    number: int
    title: str
    body: str
    created: str
    author: str | None
    labels: list[str] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    edited: str | None = None
    editor: str | None = None
    association: str = "NONE"
    untold: dict[str, int] = field(
        default_factory=dict
    )  # items that GitHub counts but hides, by list
    commented: int = 0  # comments so far
    happened: int = 0  # events so far

    @property
    def key(self) -> str:
        return f"I_kwDO{self.number:06d}"

    def label(self, *names: str, by: str | None = "ann", at: str) -> "Issue":
        for name in names:
            self.labels.append(name)
            self._happened("LabeledEvent", by, at, label={"name": name})
        return self

    def unlabel(self, name: str, *, by: str | None = "ann", at: str) -> "Issue":
        self.labels.remove(name)
        self._happened("UnlabeledEvent", by, at, label={"name": name})
        return self

    def comment(
        self,
        body: str,
        *,
        by: str | None = "ann",
        at: str,
        edited: str | None = None,
        editor: str | None = None,
        hidden: bool = False,
        association: str = "NONE",
    ) -> "Issue":
        key = 1000 * self.number + self.commented
        self.commented += 1
        self.comments.append(
            {
                "id": f"IC_kwDO{key:06d}",
                "databaseId": key,
                "body": body,
                "createdAt": moment(at),
                "author": actor(by),
                "lastEditedAt": moment(edited) if edited else None,
                "editor": actor(editor),
                "isMinimized": hidden,
                "authorAssociation": association,
            }
        )
        return self

    def edit(self, body: str, *, by: str | None = "ann", at: str) -> "Issue":
        self.body, self.edited, self.editor = body, at, by
        return self

    def close(
        self, *, by: str | None = "ann", at: str, reason: str | None = "COMPLETED"
    ) -> "Issue":
        self._happened("ClosedEvent", by, at, stateReason=reason)
        return self

    def reopen(self, *, by: str | None = "ann", at: str) -> "Issue":
        self._happened("ReopenedEvent", by, at)
        return self

    def rename(self, title: str, *, by: str | None = "ann", at: str) -> "Issue":
        self._happened("RenamedTitleEvent", by, at, previousTitle=self.title, currentTitle=title)
        self.title = title
        return self

    def transfer(self, *, by: str | None = "ann", at: str) -> "Issue":
        self._happened("TransferredEvent", by, at)
        return self

    def _happened(self, kind: str, by: str | None, at: str, **more: object) -> None:
        self.happened += 1
        key = f"EV_kwDO{self.number:06d}{self.happened:04d}"
        event = {"__typename": kind, "id": key, "createdAt": moment(at), "actor": actor(by), **more}
        self.events.append(event)

    def data(self) -> dict[str, Any]:
        """Return the issue as GraphQL data."""
        labels = [{"name": name} for name in self.labels]
        return {
            "__typename": "Issue",
            "id": self.key,
            "number": self.number,
            "title": self.title,
            "body": self.body,
            "createdAt": moment(self.created),
            "author": actor(self.author),
            "lastEditedAt": moment(self.edited) if self.edited else None,
            "editor": actor(self.editor),
            "authorAssociation": self.association,
            "labels": lambda _, **asked: self._connection("labels", labels, **asked),
            "comments": lambda _, **asked: self._connection("comments", self.comments, **asked),
            "timelineItems": self._timeline,
        }

    def _timeline(
        self,
        _: object,
        itemTypes: list[str] | None = None,  # noqa: N803, GitHub's name
        **asked: Any,
    ) -> dict[str, Any]:
        kinds = {_screaming(one["__typename"]) for one in self.events} & set(itemTypes or [])
        found = [one for one in self.events if _screaming(one["__typename"]) in kinds]
        return self._connection("timelineItems", found, **asked)

    def _connection(self, name: str, items: list[Any], **asked: Any) -> dict[str, Any]:
        found = connection(items, **asked)
        return found | {"totalCount": len(items) + self.untold.get(name, 0)}


def connection(
    items: list[Any], *, first: int | None = None, after: str | None = None, **_: object
) -> dict[str, Any]:
    """Return a page of *items*; raise GitHub's error if the size is missing or invalid."""
    if first is None or not 1 <= first <= _PAGE:
        raise graphql.GraphQLError("You must provide `first`, a value between 1 and 100")
    start = int(base64.b64decode(after)) if after else 0
    end = min(start + first, len(items))
    return {
        "totalCount": len(items),
        "nodes": items[start:end],
        "pageInfo": {
            "hasNextPage": end < len(items),
            "endCursor": base64.b64encode(str(end).encode()).decode() if end else None,
        },
    }


@dataclass
class Failure:
    """A failure to simulate: a status, or a broken connection as specified by *how*."""

    status: int = 200
    body: Mapping[str, Any] | str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    how: str = ""  # "cut": in the middle of a response, "drop": before it
    path: str = "/"  # prefix of the paths that fail
    after: int = 0  # requests that succeed first
    times: int = 1


@dataclass
class GitHub:
    """The repository NAME; *people* have these permissions on it, everyone else can read."""

    url: str = ""
    name: str = NAME
    people: dict[str, str] = field(
        default_factory=lambda: {"ann": "admin", "bob": "write", "tri": "read", "eve": "read"}
    )
    issues: list[Issue] = field(default_factory=list)
    labels: list[dict[str, Any]] = field(default_factory=list)
    dispatched: list[dict[str, Any]] = field(default_factory=list)  # events, as workflows get them
    files: dict[str, str] = field(default_factory=dict)  # texts by ``branch:path``
    failures: list[Failure] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    has_issues: bool = True
    is_there: bool = True
    lists_people: bool = True  # the token may list collaborators
    remaining: int = 1000  # requests in the hourly limit for GraphQL
    rest_remaining: int = 1000  # requests in the hourly limit for REST
    skew: timedelta = timedelta()
    before: Callable[[], None] = lambda: None  # called before each response

    def open(
        self,
        title: str = "Elevated errors",
        body: str = "We are looking into it.",
        *,
        by: str | None = "ann",
        at: str = "09:00",
        labels: tuple[str, ...] = ("incident", "severity: major", "service: api"),
        labeller: str | None = "",
    ) -> Issue:
        """Open an issue; a *labeller*, by default its author, adds its labels at once."""
        issue = Issue(len(self.issues) + 1, title, body, at, by)
        self.issues.append(issue)
        return issue.label(*labels, by=by if labeller == "" else labeller, at=at)

    @property
    def queries(self) -> int:
        """The number of GraphQL queries."""
        return self.requests.count("POST /graphql")

    def answer(self, method: str, path: str, asked: Any) -> tuple[int, Any]:
        """Return the status and the JSON for a request."""
        if (method, path) == ("POST", "/graphql"):
            return (200, self._query(asked["query"], asked["variables"]))
        place, _, _ = path.partition("?")
        if place == "/rate_limit":
            core = {"limit": 1000, "remaining": self.rest_remaining}
            return (200, {"resources": {"core": core}})
        self.rest_remaining -= 1
        begin = f"/repos/{self.name}/"
        if not self.is_there or not place.startswith(begin):
            return (404, {"message": "Not Found"})
        rest = place.removeprefix(begin)
        if rest.startswith("collaborators/"):
            return self._permission(rest.split("/")[1])
        if (method, rest) == ("POST", "dispatches"):
            return self._dispatch(asked)
        return self._label(method, rest, asked)

    def _dispatch(self, asked: Any) -> tuple[int, Any]:
        """Record a repository_dispatch by the rules of GitHub's documentation, or refuse it."""
        payload = asked.get("client_payload", {}) if isinstance(asked, dict) else None
        is_valid = (
            isinstance(payload, dict)
            and set(asked) <= {"event_type", "client_payload"}
            and isinstance(asked.get("event_type"), str)
            and 1 <= len(asked["event_type"]) <= 100
            and len(payload) <= 10
            and len(json.dumps(payload)) < 64 * 1024
        )
        if not is_valid:
            return (422, {"message": "Invalid request."})
        event = {"action": asked["event_type"], "branch": "main", "client_payload": payload}
        self.dispatched.append(event)
        return (204, "")

    def _query(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        document = graphql.parse(text)
        faults = graphql.validate(schema(), document)
        if faults:
            return {"errors": [{"message": fault.message} for fault in faults]}
        if nodes(document, variables) > _MOST_NODES:
            return {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "Too many nodes"}]}
        root = {
            "rateLimit": {
                "cost": 1,
                "remaining": self.remaining,
                "resetAt": (self.now() + timedelta(minutes=30)).isoformat(),
            },
            "repository": lambda _, **asked: self._repository(),
            "node": lambda _, id: next(  # noqa: A006
                (one.data() for one in self.issues if one.key == id), None
            ),
        }
        done = graphql.execute_sync(schema(), document, root, variable_values=variables)
        result: dict[str, Any] = {"data": done.data}
        if done.errors:
            result["errors"] = [
                {"message": one.message, "path": one.path, **(one.extensions or {})}
                for one in done.errors
            ]
        return result

    def _repository(self) -> dict[str, Any]:
        if not self.is_there:
            what = "Could not resolve to a Repository with the name 'acme/status'."
            raise graphql.GraphQLError(what, extensions={"type": "NOT_FOUND"})
        return {
            "nameWithOwner": self.name,
            "hasIssuesEnabled": self.has_issues,
            "issues": self._listed,
            "issue": self._numbered,
            "collaborators": self._collaborators,
            "object": self._object,
        }

    def _object(self, _: object, expression: str) -> dict[str, Any] | None:
        text = self.files.get(expression)
        if text is None:
            return None
        return {"__typename": "Blob", "text": text, "isTruncated": False}

    def _collaborators(self, _: object, **asked: Any) -> dict[str, Any]:
        if not self.lists_people:
            what = "You do not have permission to view repository collaborators."
            raise graphql.GraphQLError(what, extensions={"type": "FORBIDDEN"})
        edges = [
            {"permission": permission.upper(), "node": {"login": name}}
            for name, permission in self.people.items()
            if permission in _PERMISSIONS
        ]
        page = connection(edges, **asked)
        return page | {"edges": page["nodes"]}

    def _numbered(self, _: object, number: int) -> dict[str, Any]:
        for one in self.issues:
            if one.number == number:
                return one.data()
        what = f"Could not resolve to an Issue with the number of {number}."
        raise graphql.GraphQLError(what, extensions={"type": "NOT_FOUND"})

    def _listed(
        self,
        _: object,
        labels: list[str] | None = None,
        orderBy: Any = None,  # noqa: N803, GitHub's name
        **asked: Any,
    ) -> dict[str, Any]:
        names = {name.casefold() for name in labels or []}
        found = [
            one
            for one in self.issues
            if labels is None or names & {name.casefold() for name in one.labels}
        ]
        found.sort(key=lambda one: (one.created, one.number))
        return connection([one.data() for one in found], **asked)

    def _permission(self, login: str) -> tuple[int, Any]:
        known = {name.casefold(): name for name in self.people}
        if login.casefold() not in known:
            return (404, {"message": f"{login} is not a user"})
        name = known[login.casefold()]
        permission = self.people[name]
        return (200, {"permission": permission, "user": {"login": name}, "role_name": permission})

    def _label(self, method: str, rest: str, asked: Any) -> tuple[int, Any]:
        if method == "GET":
            return (200, [{**one, "url": f"{self.url}{self._path(one)}"} for one in self.labels])
        if method == "POST":
            self.labels.append(dict(asked))
            return (201, asked)
        label = next(one for one in self.labels if self._path(one) == f"/repos/{self.name}/{rest}")
        label |= {**asked, "name": asked.get("new_name", label["name"])}
        return (200, label)

    def _path(self, label: Mapping[str, Any]) -> str:
        name = label["name"].replace(" ", "%20").replace(":", "%3A")
        return f"/repos/{self.name}/labels/{name}"

    def now(self) -> datetime:
        """Return the time on the server's clock."""
        return datetime.now(UTC) + self.skew

    def failure(self, path: str) -> Failure | None:
        """Return the failure for the next request to *path*, if any."""
        for one in self.failures:
            if not path.startswith(one.path):
                continue
            if one.after:
                one.after -= 1
            elif one.times:
                one.times -= 1
                return one
        return None


def nodes(document: graphql.DocumentNode, variables: Mapping[str, Any]) -> int:
    """Return the maximum number of nodes in a query, by the rule that GitHub publishes."""
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, ast.FragmentDefinitionNode)
    }

    def count(selections: ast.SelectionSetNode | None, times: int) -> int:
        total = 0
        for one in selections.selections if selections else ():
            if isinstance(one, ast.FragmentSpreadNode):
                total += count(fragments[one.name.value].selection_set, times)
            elif isinstance(one, ast.InlineFragmentNode):
                total += count(one.selection_set, times)
            elif isinstance(one, ast.FieldNode):
                first = {
                    argument.name.value: argument.value for argument in one.arguments or ()
                }.get("first")
                own = times
                if first is not None:
                    own *= int(graphql.value_from_ast_untyped(first, dict(variables)))
                    total += own
                total += count(one.selection_set, own)
        return total

    return sum(
        count(one.selection_set, 1)
        for one in document.definitions
        if isinstance(one, ast.OperationDefinitionNode)
    )


@contextmanager
def serving(github: GitHub) -> Iterator[GitHub]:
    """Serve *github* at its *url* until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # Otherwise the second part of a response is delayed.

        def do_GET(self) -> None:
            github.before()
            size = int(self.headers.get("Content-Length") or 0)
            asked = json.loads(self.rfile.read(size)) if size else None
            github.requests.append(f"{self.command} {self.path.partition('?')[0]}")
            # GitHub Enterprise Server has both APIs below /api.
            self.path = self.path.removeprefix("/api").removeprefix("/v3")
            failure = github.failure(self.path)
            if failure and failure.how == "drop":
                self.close_connection = True
                return
            if self.headers.get("Authorization") not in (f"token {TOKEN}", f"Bearer {TOKEN}"):
                self._send(401, {"message": "Bad credentials"}, {})
            elif failure and not failure.how:
                self._send(failure.status, failure.body, failure.headers)
            else:
                self._send(*github.answer(self.command, self.path, asked), {}, failure)

        do_POST = do_PATCH = do_GET  # noqa: N815

        def _send(
            self, status: int, body: Any, headers: Mapping[str, str], cut: Failure | None = None
        ) -> None:
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(github.now(), usegmt=True))
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if cut else data)
            self.close_connection = self.close_connection or cut is not None

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = TestServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    github.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield github
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _screaming(name: str) -> str:
    """Return ``LABELED_EVENT`` for ``LabeledEvent``."""
    return "".join(f"_{one}" if one.isupper() else one.upper() for one in name).removeprefix("_")
