"""Tests of `statusgen ping-hub`, against a hub on this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from statusgen.publishing import websub
from tests.conftest import SETTINGS, Run, write_site
from tests.support.examples import made
from tests.support.servers import TestServer

PATHS = (
    "history.atom",
    "history.rss",
    "feed.atom",
    "feed.json",
    "services/api/feed.atom",
    "services/web/feed.atom",
    "services/db/feed.atom",
)


class Hub(TestServer):
    """A hub that gives preset answers and records the requests."""

    def __init__(self, answers: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers = answers
        self.asked: list[tuple[str, str, dict[str, list[str]]]] = []
        self.released = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hub?key=1"


class Answering(BaseHTTPRequestHandler):
    """A handler of one request to the hub; it sends no response if the answer is 0."""

    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        kind = self.headers["Content-Type"]
        self.server.asked.append((f"POST {self.path}", kind, parse_qs(body)))
        answers = self.server.answers
        status = answers.pop(0) if len(answers) > 1 else answers[0]
        if status == 0:
            self.server.released.wait(10)
            return
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.asked.append((f"GET {self.path}", "", {}))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def serving(*answers: int) -> Iterator[Hub]:
    """Run a hub that gives *answers* and repeats the last one."""
    server = Hub(list(answers))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect to this machine without a proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def site_with(folder: Path, address: str) -> Path:
    """Write a site in *folder* whose hub is at *address*."""
    return write_site(folder, {"statusgen.yml": f"{SETTINGS}hub: {address}\n"})


def test_the_hub_is_notified_of_every_feed(run: Run, tmp_path: Path) -> None:
    """A form for each feed has the mode `publish` and the feed's address under both names."""
    with serving(204) as server:
        ran = run("ping-hub", cwd=site_with(tmp_path, server.address))
    topics = [f"https://status.acme.example/{path}" for path in PATHS]

    assert (0, "") == (ran.status, ran.err)
    assert [f"notified {server.address}: {topic}" for topic in topics] == ran.out.splitlines()
    assert [
        (
            "POST /hub?key=1",
            "application/x-www-form-urlencoded",
            {"hub.mode": ["publish"], "hub.url": [topic], "hub.topic": [topic]},
        )
        for topic in topics
    ] == server.asked


def test_the_hub_is_notified_of_every_feed_that_names_it(run: Run, tmp_path: Path) -> None:
    """The notified feeds are exactly those that name the hub."""
    with serving(200) as server:
        folder = site_with(tmp_path, server.address)
        run("ping-hub", cwd=folder)
    site = made({"statusgen.yml": (folder / "statusgen.yml").read_text("utf-8")})
    naming = {path for path in site.files if server.address.encode() in site.files[path]}

    assert naming == {asked[2]["hub.url"][0].removeprefix(f"{site.url}/") for asked in server.asked}


def test_the_feeds_of_groups_are_included(run: Run, tmp_path: Path) -> None:
    """Every group has a feed, even if it has no service."""
    groups = "groups: [{id: core, name: Core}, {id: api, name: Empty}]"
    with serving(204) as server:
        settings = f"{SETTINGS}{groups}\nhub: {server.address}\n"
        ran = run("ping-hub", cwd=write_site(tmp_path, {"statusgen.yml": settings}))
    topics = [asked[2]["hub.url"][0] for asked in server.asked]

    assert 0 == ran.status
    assert [
        f"https://status.acme.example/groups/{name}/feed.atom" for name in ("core", "api")
    ] == topics[len(PATHS) :]


def test_the_addresses_are_those_of_the_deployed_site(run: Run, tmp_path: Path) -> None:
    """`--base-url` replaces `url` as in a build, and `--site` names the folder."""
    with serving(202) as server:
        folder = site_with(tmp_path / "site", server.address)
        ran = run("ping-hub", "--site", folder, "--base-url", "https://preview.test/7/")

    assert 0 == ran.status
    assert "https://preview.test/7/history.atom" == server.asked[0][2]["hub.topic"][0]


def test_errors_in_incidents_are_ignored(run: Run, tmp_path: Path) -> None:
    """Only the settings are read, because the site is deployed already."""
    with serving(204) as server:
        site_with(tmp_path, server.address)
        write_site(tmp_path, {"statusgen.yml": f"{SETTINGS}hub: {server.address}\n",
                              "incidents/a.md": "---\n"})  # fmt: skip
        ran = run("ping-hub")

    assert (0, len(PATHS)) == (ran.status, len(server.asked))


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_a_hub_that_rejects_is_a_failure_outside(run: Run, tmp_path: Path, status: int) -> None:
    """An answer other than 2xx ends the command with status 3 and one line."""
    with serving(204, status) as server:
        ran = run("ping-hub", cwd=site_with(tmp_path, server.address))

    assert 3 == ran.status
    assert f"notified {server.address}: https://status.acme.example/history.atom\n" == ran.out
    assert (
        f"statusgen: hub {server.address} answered {status} for "
        "https://status.acme.example/history.rss\n"
    ) == ran.err
    assert 2 == len(server.asked)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(run: Run, tmp_path: Path, status: int) -> None:
    """A redirect is a failure, and nothing is sent to its target."""
    with serving(status) as server:
        ran = run("ping-hub", cwd=site_with(tmp_path, server.address))

    assert (3, "") == (ran.status, ran.out)
    assert ran.err.endswith("; it redirects, so use its new address\n")
    assert ["POST /hub?key=1"] == [asked[0] for asked in server.asked]


def test_an_unreachable_hub_is_a_failure_outside(run: Run, tmp_path: Path) -> None:
    """A refused connection ends the command with status 3 and the reason on one line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ran = run("ping-hub", cwd=site_with(tmp_path, f"http://127.0.0.1:{port}/"))

    assert (3, "") == (ran.status, ran.out)
    assert (
        f"statusgen: cannot notify the hub http://127.0.0.1:{port}/ of "
        "https://status.acme.example/history.atom: 'Connection refused'\n"
    ) == ran.err


def test_a_hub_that_hangs_times_out(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hub that accepts the form but sends no response times out."""
    monkeypatch.setattr(websub, "TIMEOUT", 0.2)
    with serving(0) as server:
        ran = run("ping-hub", cwd=site_with(tmp_path, server.address))

    assert (3, "") == (ran.status, ran.out)
    assert ran.err.endswith("/history.atom: timed out\n")


def test_a_response_that_is_not_http_is_a_failure_outside(run: Run, tmp_path: Path) -> None:
    """Another protocol at the address ends in one line without control characters."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"\x1b[31mSSH-2.0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        ran = run("ping-hub", cwd=site_with(tmp_path, address))
        thread.join()

    assert (3, "", 1) == (ran.status, ran.out, ran.err.count("\n"))
    assert ran.err.startswith(f"statusgen: cannot notify the hub {address} of ")
    assert "\x1b" not in ran.err


def test_a_missing_hub_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    """Settings without a hub end with status 2 and an example of the key."""
    ran = run("ping-hub", cwd=write_site(tmp_path, {}))

    assert (2, "") == (ran.status, ran.out)
    assert (
        "statusgen: missing 'hub' in statusgen.yml; add one such as "
        "hub: https://pubsubhubbub.appspot.com\n"
    ) == ran.err


def test_if_any_accepts_a_missing_hub(run: Run, tmp_path: Path) -> None:
    """A workflow for every site uses `--if-any`, which does nothing without a hub."""
    without = run("ping-hub", "--if-any", cwd=write_site(tmp_path, {}))
    with serving(204) as server:
        ran = run("ping-hub", "--if-any", cwd=site_with(tmp_path, server.address))

    assert (0, "", "") == (without.status, without.out, without.err)
    assert (0, len(PATHS)) == (ran.status, len(server.asked))


@pytest.mark.parametrize("address", ["http://hub.example/", "http://localhost:1/"])
def test_a_hub_without_https_is_rejected(run: Run, tmp_path: Path, address: str) -> None:
    """The hub needs https, except on 127.0.0.1, which tests use."""
    ran = run("ping-hub", cwd=site_with(tmp_path, address))

    assert (2, "") == (ran.status, ran.out)
    assert (f"statusgen: hub '{address}' does not use https; use an https:// address\n") == ran.err


def test_settings_with_an_error_notify_no_hub(run: Run, tmp_path: Path) -> None:
    """Problems in statusgen.yml are printed as by every command, with status 1."""
    folder = write_site(tmp_path, {"statusgen.yml": f"{SETTINGS}hub: nowhere\n"})
    ran = run("ping-hub", cwd=folder)

    assert (1, "") == (ran.status, ran.out)
    assert ran.err.startswith("statusgen.yml:11:6: 'nowhere' is not an address")


def test_a_missing_site_is_a_usage_error(run: Run) -> None:
    """A folder without a site ends with status 2, as in a build."""
    ran = run("ping-hub")

    assert (2, True) == (ran.status, ran.err.startswith("statusgen: no statusgen.yml"))
