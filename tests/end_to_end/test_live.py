"""`statusgen live`, and the door to the network, against servers on this machine."""

import json
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

NOW = "2026-11-20T10:00:00Z"
OTHER = "f" * 64

Answer = tuple[int, bytes] | tuple[int, bytes, str]


class Server(TestServer):
    """A host that gives its answers one by one, the last again and again."""

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers = answers
        self.asked: list[tuple[str, str | None]] = []
        self.pause = 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    """One request to the host."""

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
    """A host that gives *answers*."""
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
    """A `build.json` with *digest*."""
    return json.dumps({"digest": digest}).encode()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Talk to this machine without a detour."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


Live = Callable[..., tuple[int, str, str]]


@pytest.fixture
def digest(run: Run, tmp_path: Path) -> str:
    """The digest of a site that was built into `_site`."""
    write_site(tmp_path, {})
    run("build", "--now", NOW)
    found: str = json.loads((tmp_path / "_site" / "build.json").read_text("utf-8"))["digest"]
    return found


def test_the_site_that_was_built_is_live(run: Run, digest: str) -> None:
    """Status 0; the host is asked past all caches, each time at another address."""
    with serving((200, record(digest))) as server:
        first = run("live", "--base-url", server.address)
        run("live", "--base-url", f"{server.address}/")
    paths = [path for path, _ in server.asked]

    assert (0, f"{server.address} shows {digest[:12]}, as built\n", "") == (
        first.status,
        first.out,
        first.err,
    )
    assert all(path.startswith("/build.json?") for path in paths)
    assert 2 == len(set(paths))
    assert {"no-cache"} == {control for _, control in server.asked}


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        pytest.param((200, record(OTHER)), f"shows {OTHER[:12]}", id="another-build"),
        pytest.param((404, b""), "shows no site of statusgen", id="nothing-yet"),
        pytest.param((200, b"<html>"), "shows no site of statusgen", id="a-page-of-the-host"),
        pytest.param((200, b'{"digest": 7}'), "shows no site of statusgen", id="no-digest"),
    ],
)
def test_another_site_is_a_result_and_no_failure(
    run: Run, digest: str, answer: Answer, there: str
) -> None:
    """Status 1, and one line with what is there and what is not."""
    with serving(answer) as server:
        ran = run("live", "--base-url", server.address)

    assert (1, f"{server.address} {there}, not {digest[:12]}\n", "") == (
        ran.status,
        ran.out,
        ran.err,
    )


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_host_in_trouble_is_a_failure_outside(run: Run, digest: str, status: int) -> None:
    """Status 3: nobody knows what the page shows."""
    with serving((status, b"")) as server:
        ran = run("live", "--base-url", server.address)

    assert digest
    assert (3, "") == (ran.status, ran.out)
    assert f"cannot reach {server.address}/build.json: it answered {status}" in ran.err


def test_a_host_that_is_away_is_a_failure_outside(run: Run, digest: str) -> None:
    """Where nobody listens the command ends with status 3 and the reason, on one line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ran = run("live", "--base-url", f"http://127.0.0.1:{port}")

    assert digest
    assert (3, "", 1) == (ran.status, ran.out, ran.err.count("\n"))
    assert ran.err.endswith(": 'Connection refused'\n")


def test_it_waits_until_the_site_is_live(run: Run, digest: str) -> None:
    """Old pages and failures on the way do no harm; the first right answer ends the wait."""
    with serving((404, b""), (503, b""), (200, record(digest))) as server:
        ran = run("live", "--base-url", server.address, "--wait", "30")

    assert (0, 3) == (ran.status, len(server.asked))


def test_the_wait_has_an_end(run: Run, digest: str) -> None:
    """When the time is over the last answer counts."""
    with serving((200, record(OTHER))) as server:
        ran = run("live", "--base-url", server.address, "--wait", "1")

    assert digest
    assert (1, 2) == (ran.status, len(server.asked))


def test_a_digest_stands_for_the_folder(run: Run, tmp_path: Path) -> None:
    """A job that has not built the site knows what to look for."""
    write_site(tmp_path, {})
    with serving((200, record(OTHER))) as server:
        ran = run("live", "--base-url", server.address, "--digest", OTHER)

    assert 0 == ran.status


@pytest.mark.parametrize("text", ["", "abc", "F" * 64, f"{OTHER}\n"])
def test_a_digest_is_64_digits(run: Run, tmp_path: Path, text: str) -> None:
    """Anything else is a wrong call, before anybody is asked."""
    write_site(tmp_path, {})
    ran = run("live", "--digest", text)

    assert (2, "") == (ran.status, ran.out)
    assert "is not 64 hexadecimal digits; copy build.json's" in ran.err


def test_without_a_built_site_the_call_is_wrong(run: Run, tmp_path: Path) -> None:
    """Status 2, and what to do first."""
    write_site(tmp_path, {})
    ran = run("live")

    assert (2, "", "statusgen: there is no site in '_site'; run statusgen build first\n") == (
        ran.status,
        ran.out,
        ran.err,
    )


def test_the_address_is_that_of_the_settings(run: Run, tmp_path: Path) -> None:
    """Without `--base-url` it is `url` of statusgen.yml; its errors are printed as ever."""
    write_site(tmp_path, {"statusgen.yml": "title: A\n"})
    ran = run("live", "--digest", OTHER)

    assert (1, "") == (ran.status, ran.out)
    assert ran.err.startswith("statusgen.yml:1:1: ")


def test_redirects_are_followed_for_a_while(run: Run, digest: str) -> None:
    """A host that has moved is found where it points to."""
    with serving((200, record(digest))) as new, serving((301, b"", f"{new.address}/x")) as old:
        ran = run("live", "--base-url", old.address)

    assert (0, "/x") == (ran.status, new.asked[0][0])


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x"])
def test_a_redirect_leads_nowhere_but_to_the_web(run: Run, digest: str, target: str) -> None:
    """No answer makes the command read a file or speak another protocol."""
    with serving((302, b"", target)) as server:
        ran = run("live", "--base-url", server.address)

    assert digest
    assert (3, "") == (ran.status, ran.out)
    assert f"it leads to '{target}'" in ran.err


@pytest.mark.parametrize(
    ("url", "schemes"),
    [("https://a.example/", ("https",)), ("http://127.0.0.1/", ("http", "https"))],
)
def test_a_redirect_never_gives_up_encryption(url: str, schemes: tuple[str, ...]) -> None:
    """What was asked over https is not answered over http."""
    assert schemes == network.schemes_after(url)


def test_a_circle_of_redirects_ends(run: Run, digest: str) -> None:
    """A host that leads on and on is left."""
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
def test_a_redirect_to_what_is_no_address_is_a_failure_outside(
    run: Run, digest: str, target: str
) -> None:
    """Whatever a host points to, the command ends with status 3 and one line."""
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
def test_a_host_that_talks_without_end_is_left(head: bytes) -> None:
    """A byte now and then is a word from the other side, and still the whole has its time."""
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        with server.accept()[0] as to, suppress(OSError):
            to.sendall(head)
            for _ in range(400):  # Who read on to the end would get an answer.
                if not over.wait(0.05):
                    to.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        try:
            with pytest.raises(network.UnreachableError, match="did not answer in time"):
                network.get(
                    f"http://127.0.0.1:{server.getsockname()[1]}/", limit=9999, patience=0.5
                )
        finally:
            over.set()
            thread.join()


def test_redirects_share_one_time() -> None:
    """A host that leads on slowly gets no more time for it."""
    with serving((302, b"", "/again")) as server:
        server.pause = 0.3
        with pytest.raises(network.UnreachableError, match="did not answer in time"):
            network.get(server.address, limit=99, patience=0.7)

    assert len(server.asked) < 5


def test_an_answer_without_end_is_cut_off() -> None:
    """More than was allowed is not read."""
    with serving((200, b"x" * 100)) as server, pytest.raises(network.UnreachableError, match="KiB"):
        network.get(server.address, limit=99)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_only_the_web_is_asked(url: str) -> None:
    """Other schemes are refused before anything happens."""
    with pytest.raises(network.UnreachableError, match="only http and https"):
        network.get(url, limit=1)
