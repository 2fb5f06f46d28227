"""Tests of HTTP requests, and of errors that do not repeat the address."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from statusgen.system import network
from statusgen.system.network import Response, UnreachableError

SECRET = "T0KEN-B0X-XYZZY"  # noqa: S105, no secret at all

# A self-signed certificate for other.test, valid from 2024 to 2124, and its key.
CERTIFICATE = """\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIEKeJyzSn+bYsnXskf4qNTkWK1x1otSvNJb63KLWQFrQoAoGCCqGSM49
AwEHoUQDQgAE8lj/LIUsVYOtgljbRRIq7M+azLM/0CLN5AmiVe/l5GRWKMWJgzOg
DfevH/uVrlx9Y5MQoyx0m8syRrUcUsO8Eg==
-----END EC PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBZTCCAQqgAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApvdGhlci50
ZXN0MCAXDTI0MDEwMTAwMDAwMFoYDzIxMjQwMTAxMDAwMDAwWjAVMRMwEQYDVQQD
DApvdGhlci50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8lj/LIUsVYOt
gljbRRIq7M+azLM/0CLN5AmiVe/l5GRWKMWJgzOgDfevH/uVrlx9Y5MQoyx0m8sy
RrUcUsO8EqNJMEcwFQYDVR0RBA4wDIIKb3RoZXIudGVzdDAPBgNVHRMBAf8EBTAD
AQH/MB0GA1UdDgQWBBSQv58PZXCCoWfp9F2Wssg1kdpWQjAKBggqhkjOPQQDAgNJ
ADBGAiEAzdiNABeS0aFrvhvsOScEN8X/DvgR/rjwLPFlh5kzBH0CIQCcDbgjpSu/
r0xuo/saUkJvBE4wvrcEO4SUIYU3Ey82fw==
-----END CERTIFICATE-----
"""

Talk = Callable[[socket.socket], None]


@contextmanager
def serving(talk: Talk) -> Iterator[str]:
    """Serve one connection on 127.0.0.1 with *talk*, and yield an address with a secret."""

    def serve() -> None:
        with suppress(OSError), server.accept()[0] as connection:
            talk(connection)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/hook/{SECRET}?key={SECRET}"
        finally:
            thread.join()


def request_of(connection: socket.socket) -> bytes:
    """Read one request from *connection*: the head, and a body of the promised length."""
    request = b""
    while b"\r\n\r\n" not in request and (piece := connection.recv(4096)):
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length and (piece := connection.recv(65536)):
        body += piece
    return head + b"\r\n\r\n" + body


def answering(answer: bytes, requests: list[bytes] | None = None) -> Talk:
    """Return a talk that records the request in *requests*, sends *answer* and hangs up."""

    def talk(connection: socket.socket) -> None:
        request = request_of(connection)
        if requests is not None:
            requests.append(request)
        connection.sendall(answer)

    return talk


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect to 127.0.0.1 without a proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")


def test_the_bytes_arrive_as_they_are_with_the_headers() -> None:
    """The receiver gets every byte in one POST, with the given headers besides our own."""
    requests: list[bytes] = []
    data = bytes(range(256)) * 1000
    headers = {"Content-Type": "application/json", "webhook-id": "abc"}
    with serving(answering(b"HTTP/1.1 204 No Content\r\n\r\n", requests)) as url:
        answer = network.send(url, data=data, headers=headers)
    head, _, body = requests[0].partition(b"\r\n\r\n")
    lines = {line.lower() for line in head.split(b"\r\n")}

    assert (204, b"", url) == (answer.status, answer.body, answer.url)
    assert data == body
    assert f"POST /hook/{SECRET}?key={SECRET} HTTP/1.1".encode() == head.split(b"\r\n")[0]
    assert {b"content-type: application/json", b"webhook-id: abc"} <= lines
    assert b"user-agent: statusgen/" in head.lower()


def test_a_post_may_have_an_empty_body() -> None:
    """Empty data is still sent by POST."""
    requests: list[bytes] = []
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", requests)) as url:
        network.send(url, data=b"", headers={})

    assert requests[0].startswith(b"POST ")
    assert b"content-length: 0" in requests[0].lower()


@pytest.mark.parametrize(
    ("head", "status", "header"),
    [
        pytest.param(b"200 OK\r\nX-A: b", 200, ("x-a", "b"), id="well"),
        pytest.param(b"302 Found\r\nLocation: /x", 302, ("location", "/x"), id="redirect"),
        pytest.param(b"308 Moved\r\nLocation: http://[", 308, ("location", "http://["), id="lost"),
        pytest.param(b"429 Slow\r\nRetry-After: 30", 429, ("retry-after", "30"), id="limit"),
        pytest.param(b"500 Broken\r\nX-A: b", 500, ("x-a", "b"), id="broken"),
    ],
)
def test_an_answer_is_an_answer_whatever_its_status(
    head: bytes, status: int, header: tuple[str, str]
) -> None:
    """Status, headers and body are returned, and a redirect is not followed."""
    talk = answering(b"HTTP/1.1 " + head + b"\r\nContent-Length: 5\r\n\r\nwords")
    with serving(talk) as url:
        answer = network.send(url, data=b"x", headers={})

    assert (status, b"words") == (answer.status, answer.body)
    assert header in answer.headers.items()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"Content-Length: 9999999\r\n\r\n", id="with-a-length"),
        pytest.param(b"\r\n", id="to-the-end"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n98967f\r\n", id="in-chunks"),
    ],
)
def test_a_long_answer_is_cut(head: bytes) -> None:
    """64 KiB of the response are read, and a longer one is not an error."""
    body = b"ab" * 300_000
    with serving(answering(b"HTTP/1.1 200 OK\r\n" + head + body)) as url:
        answer = network.send(url, data=b"x", headers={})

    assert (200, body[: 64 * 1024]) == (answer.status, answer.body)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"Content-Length: 99\r\n\r\nab", id="with-a-length"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", id="between-chunks"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n", id="no-chunk"),
    ],
)
def test_an_answer_that_breaks_off_counts_by_its_status(head: bytes) -> None:
    """An incomplete body is not an error, since the receiver has the data."""
    with serving(answering(b"HTTP/1.1 200 OK\r\n" + head)) as url:
        answer = network.send(url, data=b"x", headers={})

    assert (200, b"ab") == (answer.status, answer.body)


def test_a_slow_body_is_left() -> None:
    """A slow body is read until the timeout, and the status counts."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nab")
        while not over.wait(0.02):
            connection.sendall(b"x")

    with serving(drip) as url:
        try:
            answer = network.send(url, data=b"x", headers={}, timeout=0.3)
        finally:
            over.set()

    assert (200, b"abx") == (answer.status, answer.body[:3])


def echo(connection: socket.socket) -> None:
    """Send the request back, as an echo server does."""
    connection.sendall(request_of(connection))


def echo_as_version(connection: socket.socket) -> None:
    """Send a response with the path in place of the HTTP version."""
    path = request_of(connection).split()[1]
    connection.sendall(b"HTTP/" + path + b" 200 OK\r\n\r\n")


def hang(connection: socket.socket) -> None:
    """Read the request and send nothing until the client hangs up."""
    request_of(connection)
    connection.recv(1)


def drip_headers(connection: socket.socket) -> None:
    """Send a header without end."""
    request_of(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nA: ")
    while True:
        connection.sendall(b"x")
        threading.Event().wait(0.02)


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        pytest.param(request_of, "'Remote end closed connection without response'", id="dropped"),
        pytest.param(hang, "timed out", id="silent"),
        pytest.param(drip_headers, "timed out", id="headers-that-drip"),
        pytest.param(echo, "the answer is not valid HTTP", id="echo"),
        pytest.param(echo_as_version, "the answer is not valid HTTP", id="version"),
        pytest.param(
            answering(b"SSH-2.0-OpenSSH_9.6\r\n"), "the answer is not valid HTTP", id="ssh"
        ),
    ],
)
def test_without_a_status_there_is_no_answer(talk: Talk, reason: str) -> None:
    """Without a status the receiver is unreachable; the reason repeats no part of the request."""
    with serving(talk) as url, pytest.raises(UnreachableError) as raised:
        network.send(url, data=b"x", headers={}, timeout=0.3)

    assert reason == raised.value.reason
    assert SECRET in str(raised.value)


def test_a_port_without_a_server_is_a_failure() -> None:
    """The reason for a refused connection is that of the system."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/{SECRET}"
    with pytest.raises(UnreachableError) as raised:
        network.send(url, data=b"x", headers={})

    assert "'Connection refused'" == raised.value.reason


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_for_another_name_does_not_tell_ours(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason for a wrong certificate does not contain the host name."""
    path = tmp_path / "certificate.pem"
    path.write_text(CERTIFICATE, encoding="ascii")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def talk(connection: socket.socket) -> None:
        context.wrap_socket(connection, server_side=True).close()

    with serving(talk) as url:
        address = url.replace("http://127.0.0.1", f"https://{host}")
        with pytest.raises(UnreachableError) as raised:
            network.send(address, data=b"x", headers={})

    assert "its certificate is for another host name" == raised.value.reason


def test_a_proxy_that_repeats_the_host_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason for a proxy's refusal has the status, but not the proxy's text."""

    def refuse(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        connection.sendall(b"HTTP/1.1 403 No way to " + head.split()[1] + b"\r\n\r\n")

    with serving(refuse) as proxy:
        monkeypatch.setenv("https_proxy", proxy.partition("/hook")[0])
        with pytest.raises(UnreachableError) as raised:
            network.send(f"https://{SECRET.lower()}.test/", data=b"x", headers={})

    assert "'Tunnel connection failed: 403'" == raised.value.reason


@pytest.mark.parametrize(
    "url",
    [
        SECRET,
        "",
        f"//127.0.0.1/{SECRET}",
        f"http://[{SECRET}",
        f"http://127.0.0.1:{SECRET}/",
        f"http://user:{SECRET}@127.0.0.1/",
        f"http://127.0.0.1:1/{SECRET} x",
        f"http://127.0.0.1:1/{SECRET}\nx",
        f"http://127.0.0.1:1/{SECRET}é",
        f"http://127.0.0.1:{'9' * 30}/{SECRET}",
        f"http://a..{SECRET}.test/",
        f"http://{SECRET}{'x' * 60}.test/",
        f"http://{SECRET} x.test/",
        f"http://\ud800{SECRET}.test/",
    ],
)
def test_an_address_that_is_none_is_not_repeated(url: str) -> None:
    """The reason for an invalid address does not quote any part of it."""
    with pytest.raises(UnreachableError) as raised:
        network.send(url, data=b"x", headers={})

    assert "not an address" == raised.value.reason


@pytest.mark.parametrize("url", [f"http:///{SECRET}", f"https:{SECRET}"])
def test_an_address_without_a_host_is_not_repeated(url: str) -> None:
    """The reason for a missing host does not quote the rest of the address."""
    with pytest.raises(UnreachableError) as raised:
        network.send(url, data=b"x", headers={})

    assert "'no host given'" == raised.value.reason


@pytest.mark.parametrize("url", [f"ftp://127.0.0.1/{SECRET}", f"file:///{SECRET}", "data:,x"])
def test_only_http_is_spoken(url: str) -> None:
    """Other schemes are rejected before a connection is made."""
    with pytest.raises(UnreachableError) as raised:
        network.send(url, data=b"x", headers={})

    assert "only http and https are supported" == raised.value.reason


REQUESTS: dict[str, Callable[[str], Response]] = {
    "get": lambda url: network.get(url, limit=1),
    "ask": lambda url: network.ask(url, headers={}, limit=1),
    "send": lambda url: network.send(url, data=b"", headers={}),
}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("url", ["nonsense", "http://["])
def test_every_kind_of_request_refuses_what_is_no_address(name: str, url: str) -> None:
    """An invalid address of any kind is reported without a traceback."""
    with pytest.raises(UnreachableError, match="not an address"):
        REQUESTS[name](url)
