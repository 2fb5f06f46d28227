"""Fuzz tests: any arguments, files and answers of servers cause no traceback."""

import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from copy import deepcopy
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from unittest.mock import patch

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statusgen.cli import main
from tests.conftest import SETTINGS, Ran, scaled, write_site
from tests.end_to_end.test_fuzz import SNIPPETS, incidents
from tests.support.servers import TestServer

ENDINGS = {0, 1, 2, 3}
BLOCKING = {"serve"}  # It runs until it is interrupted; test_serve tests it.
SERVER = "http://SERVER"  # in drawn texts: the address of the server on this machine

characters = st.characters(exclude_characters="\0")  # Arguments of a process contain no NUL.
words = st.sampled_from(
    ["", "-", "--", "x", "api", "web", "major", "resolved", "a", "2026-11-30", "null", "\udc80",
     "2026-11-18 09:00", "0001-01-01", "9999-12-31 23:59+00:00", "10000-01-01", "99", "-1", "1",
     "acme/status", SERVER, f"{SERVER}/a?b#c", "http://127.0.0.1:1", "ftp://x", "https://[", "é🔥"]
) | st.lists(st.sampled_from(SNIPPETS) | st.text(characters, max_size=3), max_size=6).map(
    "".join
)  # fmt: skip
paths = st.sampled_from(
    [".", "..", "_site", "incidents", "incidents/a.md", "statusgen.yml", "data.yml", "none/x", "-",
     "static", "a" * 300, "\udc80", "", SERVER]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
values = scalars | st.sampled_from(
    [[], {}, [[]], "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\ud800", "1" * 30]
)
LISTED = {"pageInfo": {"hasNextPage": False, "endCursor": None}}
ANN = {"__typename": "User", "login": "ann"}
AT = "2026-11-18T09:00:00Z"
ISSUE = {
    "id": "I_1",
    "number": 1,
    "title": "Errors",
    "body": "Text.",
    "createdAt": AT,
    "lastEditedAt": None,
    "authorAssociation": "OWNER",
    "author": ANN,
    "editor": None,
    "labels": {**LISTED, "nodes": [{"name": "incident"}, {"name": "service: api"}]},
    "comments": {
        **LISTED,
        "nodes": [
            {
                "id": "IC_7",
                "databaseId": 7,
                "authorAssociation": "NONE",
                "body": "More.",
                "createdAt": AT,
                "lastEditedAt": None,
                "isMinimized": False,
                "author": ANN,
                "editor": None,
            }
        ],
    },
    "timelineItems": {
        **LISTED,
        "nodes": [
            {
                "__typename": "LabeledEvent",
                "id": "LE_1",
                "createdAt": AT,
                "actor": ANN,
                "label": {"name": "incident"},
            },
            {
                "__typename": "ClosedEvent",
                "id": "CE_1",
                "createdAt": AT,
                "actor": ANN,
                "stateReason": None,
            },
            {
                "__typename": "RenamedTitleEvent",
                "id": "RE_1",
                "createdAt": AT,
                "actor": ANN,
                "previousTitle": "E",
            },
        ],
    },
}
PAGE = {**LISTED, "totalCount": 1, "nodes": [ISSUE]}
# One answer for all requests: GraphQL, permissions and limits of REST, and a published site.
ANSWER = {
    "data": {
        "rateLimit": {"cost": 1, "remaining": 5000, "resetAt": AT},
        "repository": {
            "nameWithOwner": "acme/status",
            "hasIssuesEnabled": True,
            "list0": PAGE,
            "list1": PAGE,
            "collaborators": {
                **LISTED,
                "edges": [{"permission": "ADMIN", "node": {"login": "ann"}}],
            },
        },
    },
    "user": {"login": "ann"},
    "permission": "admin",
    "resources": {"core": {"remaining": 5000}},
    "digest": "0" * 64,
    "now": AT,
    "incidents": [],
}


def routes(value: object, route: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield every place in *value*, each as the keys and indexes that lead to it."""
    yield route
    if isinstance(value, dict | list):
        for step in value if isinstance(value, dict) else range(len(value)):
            yield from routes(value[step], (*route, step))


PLACES = list(routes(ANSWER))


@st.composite
def answers(draw: st.DrawFn) -> tuple[int, dict[str, str], bytes]:
    """Draw the status, headers and body of an answer of GitHub, with one or two faults."""
    body: Any = deepcopy(ANSWER)
    for route in draw(st.lists(st.sampled_from(PLACES), max_size=2)):
        *way, last = route or ("data",)
        owner = body
        with contextlib.suppress(LookupError, TypeError):
            for step in way:
                owner = owner[step]
            owner[last] = draw(values)
    body = draw(st.just(body) | values) if draw(st.integers(0, 9)) == 0 else body
    status = draw(st.sampled_from([200, 200, 200, 200, 201, 204, 301, 302, 400, 401, 404, 410]))
    names = st.sampled_from(["Date", "Location", "X-RateLimit-Remaining", "X-RateLimit-Limit"])
    texts = st.sampled_from(
        [SERVER, "x", "inf", "Mon, 01 Jan 0001 00:00:00 +2359", "http://[", "-1"]
    )
    return (status, draw(st.dictionaries(names, texts, max_size=2)), json.dumps(body).encode())


class Handler(BaseHTTPRequestHandler):
    """A request handler with the same answer to every request."""

    answer: ClassVar[tuple[int, Mapping[str, str], bytes]] = (200, {}, b"")

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, body = self.answer
        self.send_response_only(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value.replace(SERVER, f"http://{self.headers['Host']}"))
        self.send_header("Content-Length", str(0 if status == 204 else len(body)))
        self.end_headers()
        self.wfile.write(b"" if status == 204 else body)

    do_POST = do_PATCH = do_GET  # noqa: N815, the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Yield the address of a server with `Handler`."""
    with TestServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


def leaves(
    group: click.Group, way: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command below *group* with the words that call it."""
    for name, found in group.commands.items():
        command = found.loaded() if isinstance(found, main.LazyCommand) else found
        if isinstance(command, click.Group):
            yield from leaves(command, (*way, name))
        elif name not in BLOCKING:
            yield ((*way, name), command)


COMMANDS = dict(leaves(main.commands))


# Typical values of parameters.
MEANT = {
    "base_url": [SERVER],
    "api_url": [SERVER],
    "repo": ["acme/status"],
    "now": ["2026-11-30 12:00Z", "2026-11-18 09:30"],
    "at": ["2026-11-18 09:20"],
    "started": ["2026-11-18 09:00"],
    "starts": ["2026-12-01 09:00"],
    "ends": ["2026-12-01 10:00"],
    "until": ["2026-12-01 10:00"],
    "message": ["We are looking. &#x1b; `&#1;`", "-"],
    "service": ["api", "web=degraded", "api=none"],
    "services": ["api", "web=degraded", "api=none"],
    "incident": ["a", "gh-1", "incidents/a.md"],
    "title": ["Errors", "\u202e"],
    "old": ["live", "_site", SERVER],
    "new": ["_site", "live", SERVER],
    "severity": ["major", "none"],
    "folder": ["."],
    "directory": [".", "new"],
    "out": ["_site", "new"],
    "data": ["data.yml"],
    "digest": ["0" * 64],
    "jobs": ["1"],
    "wait": ["0"],
}
NEEDED = {"repo", "api_url", "severity", "service", "services"}


def given_to(parameter: click.Parameter) -> st.SearchStrategy[str]:
    """Draw a value for *parameter*."""
    meant: list[str] = [
        *getattr(parameter.type, "choices", ()),
        *MEANT.get(str(parameter.name), []),
    ]
    if parameter.name in ("wait", "jobs"):  # These change only the duration.
        return st.sampled_from([*meant, "-1", "x", "", "9" * 30])
    other = paths if isinstance(parameter.type, click.Path) else words
    return st.integers(0, 9).flatmap(lambda n: st.sampled_from(meant) if n and meant else other)


@st.composite
def calls(draw: st.DrawFn) -> list[str]:
    """Draw a command with arguments, most of them of the right shape."""
    way = draw(st.sampled_from(sorted(COMMANDS)))
    typed = list(way)
    for parameter in COMMANDS[way].params:
        if isinstance(parameter, click.Argument):
            typed += [draw(given_to(parameter))] if draw(st.integers(0, 4)) else []
        elif draw(st.integers(0, 4)) == 0 or parameter.name in NEEDED:
            is_flag = isinstance(parameter, click.Option) and parameter.is_flag
            typed.append(draw(st.sampled_from(parameter.opts)))
            typed += [] if is_flag else [draw(given_to(parameter))]
    return typed + (draw(st.lists(words, max_size=1)) if draw(st.integers(0, 9)) == 0 else [])


SOUND = f"""---
title: Errors
severity: major
services: [api]
started: 2026-11-18 09:00
source: github acme/status#1 I_1
---
Text, &lt;b&gt; and [more]({SERVER}).
"""
ADDED = st.sampled_from(
    ["hub: http://SERVER/hub\n", "announcement: a &#1;\n", "data: {a: [1]}\n", "language: no\n",
     "texts: {a: b}\n", "messages: {a: b}\n", "logo: static/x.css\n", "days: 1\n", "x: &a [*a]\n",
     "services: []\n", "timezone: Mars/Base\n", "accent: '#zzz'\n", "groups: [{id: api}]\n", "\0"]
)  # fmt: skip
TEMPLATES = st.sampled_from(
    ["{{ 1 / 0 }}", "{% for %}", "{{ site.nothing }}", "{{ site }}", "{% extends 'index.html' %}",
     "{% extends 'default/index.html' %}{% block content %}{{ site.url }}{% endblock %}", "\0", "",
     "{{ site.config.title[9:] }}", "{{ data.a.b.c }}", "{{ ''.join(1) }}", "{% include 'x' %}"]
)  # fmt: skip


@st.composite
def sites(draw: st.DrawFn) -> dict[str, str]:
    """Draw the files of a site, each of them perhaps missing or broken."""
    url = SETTINGS.replace("https://status.acme.example", SERVER)
    nonsense = st.lists(st.sampled_from(SNIPPETS), max_size=9).map("".join)
    files = {"statusgen.yml": url + (draw(ADDED) if draw(st.integers(0, 3)) == 0 else "")}
    for name, texts in {
        "incidents/b.md": incidents(),
        "incidents/\udcff.md": incidents(),
        "templates/index.html": TEMPLATES,
        "data.yml": nonsense,
        "static/x.css": nonsense,
        "_site/build.json": nonsense,
        ".statusgen/cache.db": nonsense,
    }.items():
        if draw(st.integers(0, 4)) == 0:
            files[name] = draw(texts)
    for name, text in {"a": SOUND.replace("source", "x-source"), "gh-1": SOUND}.items():
        if draw(st.booleans()):
            files[f"incidents/{name}.md"] = text
    return files


def ran(typed: list[str], site: Path, folder: Path) -> Ran:
    """Run `statusgen` in *site*; raise the exception that would be a traceback."""
    environment = {"GITHUB_TOKEN": "secret-token", "STATUSGEN_TRACEBACK": "1", "EDITOR": "false"}
    with (
        (folder / "out").open("w+", encoding="utf-8") as out,
        (folder / "err").open("w+", encoding="utf-8") as err,
        contextlib.chdir(site),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.dict(os.environ, environment),
        patch.object(sys, "argv", ["statusgen", *typed]),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Typed."))),
    ):
        try:
            main.main()
        except SystemExit as done:
            status = int(done.code or 0)
        out.seek(0)
        err.seek(0)
        return Ran(status, out.read(), err.read())


@given(typed=calls(), files=sites(), answer=answers())
@settings(
    max_examples=scaled(500),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_nothing_ends_in_a_traceback(
    server: str, typed: list[str], files: dict[str, str], answer: tuple[int, dict[str, str], bytes]
) -> None:
    """Any arguments, files and answers give a result or a message, and a known exit status."""
    Handler.answer = answer
    with TemporaryDirectory() as name:
        folder = Path(name)
        here = {path: text.replace(SERVER, server) for path, text in files.items()}
        site = write_site(folder / "site", {})
        for path, text in here.items():
            (site / path).parent.mkdir(exist_ok=True)
            (site / path).write_bytes(text.encode("utf-8", "surrogatepass"))
        done = ran([word.replace(SERVER, server) for word in typed], site, folder)

    assert done.status in ENDINGS
    assert "Traceback" not in done.out + done.err
    assert "secret-token" not in done.out + done.err
    assert not done.status or done.out or done.err


NODE = ("data", "repository", "list0", "nodes", 0)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param((*NODE, "title"), None, id="title-null"),
        pytest.param((*NODE, "title"), 7, id="title-a-number"),
        pytest.param((*NODE, "body"), ["x"], id="body-a-list"),
        pytest.param((*NODE, "number"), "1", id="number-a-text"),
        pytest.param((*NODE, "createdAt"), "0001-01-01T00:00:00+14:00", id="year-1"),
        pytest.param((*NODE, "createdAt"), "9999-12-31T23:59:59-14:00", id="year-9999"),
        pytest.param((*NODE, "labels", "nodes", 0, "name"), None, id="label-null"),
        pytest.param((*NODE, "comments", "nodes", 0, "body"), {"a": 1}, id="comment-a-map"),
        pytest.param((*NODE, "author", "login"), [], id="login-a-list"),
        pytest.param(("data", "repository", "list0", "totalCount"), float("inf"), id="infinite"),
    ],
)
def test_an_answer_of_github_that_makes_no_sense_is_one_line(
    server: str, tmp_path: Path, place: tuple[str | int, ...], value: object
) -> None:
    """An unexpected answer exits with 3 and asks to check the address; nothing is written."""
    answer: Any = deepcopy(ANSWER)
    owner = answer
    for step in place[:-1]:
        owner = owner[step]
    owner[place[-1]] = value
    Handler.answer = (200, {}, json.dumps(answer).encode())
    site = write_site(tmp_path / "site", {})

    done = ran(["import", "github", "--repo", "acme/status", "--api-url", server], site, tmp_path)

    said = "unexpected answer from GitHub; check --api-url (nothing was changed)"
    assert (3, "", f"statusgen: {said}\n") == (done.status, done.out, done.err)
    assert ["statusgen.yml"] == [path.name for path in site.iterdir()]


@pytest.mark.parametrize("command", ["import", "labels"])
@pytest.mark.parametrize("status", [200, 403, 422])
@pytest.mark.parametrize(
    "errors", [[{"type": {}}], [{"type": [], "message": ["a"]}], 7, ["x"], {"a": 1}, [None]]
)
def test_errors_of_any_shape_are_one_line(
    server: str, tmp_path: Path, command: str, status: int, errors: object
) -> None:
    """Errors in an answer may have any shape."""
    Handler.answer = (status, {}, json.dumps({"message": "x", "errors": errors}).encode())
    site = write_site(tmp_path / "site", {})

    done = ran([command, "github", "--repo", "acme/status", "--api-url", server], site, tmp_path)

    assert (3, 1) == (done.status, len(done.err.splitlines())), done.err


def test_a_token_that_a_server_repeats_is_not_printed(server: str, tmp_path: Path) -> None:
    """The message of a proxy that rejects a token is printed without the token."""
    Handler.answer = (401, {}, b'{"message": "no such token: secret-token"}')
    site = write_site(tmp_path / "site", {})

    done = ran(["labels", "github", "--repo", "acme/status", "--api-url", server], site, tmp_path)

    said = "GitHub rejected the token ('no such token: ***'); check GITHUB_TOKEN or GH_TOKEN"
    assert (3, f"statusgen: {said}\n") == (done.status, done.err)


def test_a_redirect_that_goes_on_and_on_is_one_line(server: str, tmp_path: Path) -> None:
    """Log messages of PyGithub about redirects are not printed."""
    Handler.answer = (301, {"Location": f"{SERVER}/other"}, b"")
    site = write_site(tmp_path / "site", {})
    typed = ["import", "github", "--repo", "acme/status", "--api-url", server]

    # In a process of its own: here, the logging of pytest takes the place of PyGithub's.
    done = subprocess.run(
        [sys.executable, "-m", "statusgen", *typed],
        cwd=site,
        env={**os.environ, "GITHUB_TOKEN": "secret-token"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (3, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
