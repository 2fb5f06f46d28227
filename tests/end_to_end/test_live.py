"""Tests of `statusgen live` and of network access, against servers on this machine."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from statusgen.system import network
from tests.conftest import Run, write_site
from tests.support.servers import TestServer

pytestmark = pytest.mark.slow

NOW = "2026-11-20T10:00:00Z"
OTHER = "f" * 64

Answer = tuple[int, bytes] | tuple[int, bytes, str]


class Server(TestServer):
    """A host that gives its answers in order and repeats the last one."""

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers = answers
        self.asked: list[tuple[str, str | None]] = []
        self.pause = 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    """A handler of one request."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Cache-Control"]))
        time.sleep(self.server.pause)
        answers = self.server.answers
        status, body, *target = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        if target:
            self.send_header("Location", str(target[0]))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def serving(*answers: Answer) -> Iterator[Server]:
    """Run a host that gives *answers*."""
    server = Server(list(answers))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def record(digest: str) -> bytes:
    """Return a `build.json` with *digest*."""
    return json.dumps({"digest": digest}).encode()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect to this machine without a proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


Live = Callable[..., tuple[int, str, str]]


@pytest.fixture
def digest(run: Run, tmp_path: Path) -> str:
    """Return the digest of a site that was built into `_site`."""
    write_site(tmp_path, {})
    run("build", "--now", NOW)
    found: str = json.loads((tmp_path / "_site" / "build.json").read_text("utf-8"))["digest"]
    return found


def test_the_site_that_was_built_is_live(run: Run, digest: str) -> None:
    """The exit status is 0, and each request bypasses caches by a new address."""
    with serving((200, record(digest))) as server:
        first = run("live", "--base-url", server.address)
        run("live", "--base-url", f"{server.address}/")
    paths = [path for path, _ in server.asked]

    assert (0, f"{server.address} serves build {digest[:12]}: up to date\n", "") == (
        first.status,
        first.out,
        first.err,
    )
    assert all(path.startswith("/build.json?") for path in paths)
    assert 2 == len(set(paths))
    assert {"no-cache"} == {control for _, control in server.asked}


NO_SITE = "does not serve a statusgen site (expected {})"


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        pytest.param(
            (200, record(OTHER)), f"serves build {OTHER[:12]}, not {{}}", id="another-build"
        ),
        pytest.param((404, b""), NO_SITE, id="nothing-yet"),
        pytest.param((200, b"<html>"), NO_SITE, id="a-page-of-the-host"),
        pytest.param((200, b'{"digest": 7}'), NO_SITE, id="no-digest"),
    ],
)
def test_another_site_is_a_result_and_not_a_failure(
    run: Run, digest: str, answer: Answer, there: str
) -> None:
    """Another site ends with status 1 and a line that names both digests."""
    with serving(answer) as server:
        ran = run("live", "--base-url", server.address)

    assert (1, f"{server.address} {there.format(digest[:12])}\n", "") == (
        ran.status,
        ran.out,
        ran.err,
    )


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_host_in_trouble_is_a_failure_outside(run: Run, digest: str, status: int) -> None:
    """An error of the host ends with status 3, because the live page is unknown."""
    with serving((status, b"")) as server:
        ran = run("live", "--base-url", server.address)

    assert digest
    assert (3, "") == (ran.status, ran.out)
    assert f"cannot reach {server.address}/build.json: answered with status {status}" in ran.err


def test_an_unreachable_host_is_a_failure_outside(run: Run, digest: str) -> None:
    """A refused connection ends the command with status 3 and the reason on one line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ran = run("live", "--base-url", f"http://127.0.0.1:{port}")

    assert digest
    assert (3, "", 1) == (ran.status, ran.out, ran.err.count("\n"))
    assert ran.err.endswith(": 'Connection refused'\n")


def test_it_waits_until_the_site_is_live(run: Run, digest: str) -> None:
    """Outdated pages and failures are retried; the first matching answer ends the wait."""
    with serving((404, b""), (503, b""), (200, record(digest))) as server:
        ran = run("live", "--base-url", server.address, "--wait", "30")

    assert (0, 3) == (ran.status, len(server.asked))


def test_the_wait_has_an_end(run: Run, digest: str) -> None:
    """The last answer counts when the time is over."""
    with serving((200, record(OTHER))) as server:
        ran = run("live", "--base-url", server.address, "--wait", "1")

    assert digest
    assert (1, 2) == (ran.status, len(server.asked))


def test_of_two_hosts_the_one_that_is_behind_is_named(run: Run, digest: str) -> None:
    """Each address gets a line, in the order of the options; one that is behind fails the check."""
    with serving((200, record(digest))) as main, serving((200, record(OTHER))) as mirror:
        ran = run("live", "--base-url", main.address, "--base-url", mirror.address)

    assert (
        1,
        f"{main.address} serves build {digest[:12]}: up to date\n"
        f"{mirror.address} serves build {OTHER[:12]}, not {digest[:12]}\n",
        "",
    ) == (ran.status, ran.out, ran.err)


def test_two_hosts_share_one_wait(run: Run, digest: str) -> None:
    """A host that is up to date is not asked again while the other one is polled."""
    with (
        serving((200, record(digest))) as main,
        serving((404, b""), (503, b""), (200, record(digest))) as mirror,
    ):
        ran = run(*("live", "--base-url", main.address, "--base-url", mirror.address), "--wait=30")

    assert (0, 1, 3) == (ran.status, len(main.asked), len(mirror.asked))


def test_a_host_that_is_down_does_not_hide_the_other(run: Run, digest: str) -> None:
    """The line of the host that answers is printed, and the status is that of no answer.

    Several hosts that are down are listed in the order of the options.
    """
    with serving((503, b"")) as main, serving((200, record(digest))) as mirror:
        ran = run("live", "--base-url", main.address, "--base-url", mirror.address)
        both = run("live", "--base-url", main.address, "--base-url", f"{main.address}/a")

    assert (3, f"{mirror.address} serves build {digest[:12]}: up to date\n") == (
        ran.status,
        ran.out,
    )
    assert f"cannot reach {main.address}/build.json: answered with status 503" in ran.err
    assert (3, "") == (both.status, both.out)
    assert [f"{main.address}/build.json", f"{main.address}/a/build.json"] == re.findall(
        r"cannot reach (\S+/build\.json)", both.err
    )


def test_a_digest_replaces_the_folder(run: Run, tmp_path: Path) -> None:
    """A job that has not built the site passes the expected digest."""
    write_site(tmp_path, {})
    with serving((200, record(OTHER))) as server:
        ran = run("live", "--base-url", server.address, "--digest", OTHER)

    assert 0 == ran.status


@pytest.mark.parametrize("text", ["", "abc", "F" * 64, f"{OTHER}\n"])
def test_a_digest_is_64_digits(run: Run, tmp_path: Path, text: str) -> None:
    """Another text is a usage error before any request is sent."""
    write_site(tmp_path, {})
    ran = run("live", "--digest", text)

    assert (2, "") == (ran.status, ran.out)
    assert "is not 64 hexadecimal digits; copy it from build.json" in ran.err


def test_a_missing_build_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    """A missing build is a usage error that names the command to run."""
    write_site(tmp_path, {})
    ran = run("live")

    assert (2, "", "statusgen: no build in '_site'; run: statusgen build\n") == (
        ran.status,
        ran.out,
        ran.err,
    )


def test_the_address_is_that_of_the_settings(run: Run, tmp_path: Path) -> None:
    """The default address is `url` in statusgen.yml; errors in that file are printed."""
    write_site(tmp_path, {"statusgen.yml": "title: A\n"})
    ran = run("live", "--digest", OTHER)

    assert (1, "") == (ran.status, ran.out)
    assert ran.err.startswith("statusgen.yml:1:1: ")


def test_redirects_are_followed_for_a_while(run: Run, digest: str) -> None:
    """A redirect is followed to the new address."""
    with serving((200, record(digest))) as new, serving((301, b"", f"{new.address}/x")) as old:
        ran = run("live", "--base-url", old.address)

    assert (0, "/x") == (ran.status, new.asked[0][0])


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x"])
def test_redirects_to_other_protocols_are_rejected(run: Run, digest: str, target: str) -> None:
    """A redirect never makes the command read a file or use another protocol."""
    with serving((302, b"", target)) as server:
        ran = run("live", "--base-url", server.address)

    assert digest
    assert (3, "") == (ran.status, ran.out)
    assert f"redirects to '{target}'" in ran.err


@pytest.mark.parametrize(
    ("url", "schemes"),
    [("https://a.example/", ("https",)), ("http://127.0.0.1/", ("http", "https"))],
)
def test_a_redirect_never_gives_up_encryption(url: str, schemes: tuple[str, ...]) -> None:
    """A redirect from https to http is not followed."""
    assert schemes == network.schemes_after(url)


def test_a_loop_of_redirects_ends(run: Run, digest: str) -> None:
    """A loop of redirects ends after a few requests."""
    with serving((302, b"", "/again")) as server:
        ran = run("live", "--base-url", server.address)

    assert digest
    assert (3, 6) == (ran.status, len(server.asked))


@pytest.mark.parametrize(
    "target",
    [
        "http://[",
        "/\xe9",
        "http://.example/",
        f"http://{'a' * 70}.example/",
        "http://a b/",
        "http://127.0.0.1:x/",
        "http://\x1b[31m/",
    ],
)
def test_a_redirect_to_a_malformed_address_is_a_failure_outside(
    run: Run, digest: str, target: str
) -> None:
    """A malformed target ends the command with status 3 and one line."""
    with serving((302, b"", target)) as server:
        ran = run("live", "--base-url", server.address)

    assert digest
    assert (3, "", 1, False) == (ran.status, ran.out, ran.err.count("\n"), "\x1b" in ran.err)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="status-line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA: ", id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", id="body"),
    ],
)
def test_a_slow_response_times_out(head: bytes) -> None:
    """The timeout is for the whole response, even if a byte arrives now and then."""
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        with server.accept()[0] as to, suppress(OSError):
            to.sendall(head)
            for _ in range(400):  # Finite: a client that reads to the end gets an answer.
                if not over.wait(0.05):
                    to.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        try:
            with pytest.raises(network.UnreachableError, match="timed out"):
                network.get(
                    f"http://127.0.0.1:{server.getsockname()[1]}/", limit=9999, patience=0.5
                )
        finally:
            over.set()
            thread.join()


def test_redirects_share_one_timeout() -> None:
    """The timeout is for all redirects together."""
    with serving((302, b"", "/again")) as server:
        server.pause = 0.3
        with pytest.raises(network.UnreachableError, match="timed out"):
            network.get(server.address, limit=99, patience=0.7)

    assert len(server.asked) < 5


def test_a_response_above_the_limit_is_rejected() -> None:
    """A response that is larger than the limit is an error."""
    with serving((200, b"x" * 100)) as server, pytest.raises(network.UnreachableError, match="KiB"):
        network.get(server.address, limit=99)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_only_http_and_https_are_used(url: str) -> None:
    """Other schemes are rejected before anything is sent."""
    with pytest.raises(network.UnreachableError, match="only http and https"):
        network.get(url, limit=1)
