"""The webhook sender: signatures, responses, and secrets that stay secret."""

import base64
import socket
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from statusgen import __version__
from statusgen.notify.channels.delivery import DeliveryError
from statusgen.notify.channels.webhook import WebhookSender, sign
from statusgen.notify.channels.webhook_body import WebhookRequest
from tests.support.servers import TestServer

KEY = "whsec_" + base64.b64encode(bytes(range(24))).decode()
NEXT_KEY = "whsec_" + base64.b64encode(bytes(range(64, 128))).decode()
PATH = "/hooks/T0KEN-s3cret?key=s3cret"
REQUEST = WebhookRequest(id="bmmr3m75azkk", body='{"name":"Größe 🚀"}\n'.encode())
NOW = 1_795_168_800.75


class Receiver(TestServer):
    """A receiver that keeps its requests, and sends one *answer* after a *pause*."""

    def __init__(
        self, status: int = 200, headers: Mapping[str, str] | None = None, pause: float = 0.0
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Receiving)
        self.status = status
        self.headers = dict(headers or {})
        self.pause = pause
        self.bodies: list[bytes] = []
        self.requests: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{PATH}"


class _Receiving(BaseHTTPRequestHandler):
    """A request to the receiver."""

    server: Receiver

    def do_POST(self) -> None:
        self.server.paths.append(self.path)
        self.server.requests.append({name.lower(): text for name, text in self.headers.items()})
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.over.wait(self.server.pause)
        with suppress(OSError):  # The client may have closed the connection.
            self.send_response(self.server.status)
            for name, text in self.server.headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(PATH.encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def receiving(
    status: int = 200, headers: Mapping[str, str] | None = None, pause: float = 0.0
) -> Iterator[Receiver]:
    """Run a receiver on this machine."""
    server = Receiver(status, headers, pause)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Run a server that sends *answer* to every request and closes the connection."""

    def serve(server: socket.socket) -> None:
        with server.accept()[0] as to, suppress(OSError):
            to.recv(65536)
            to.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}{PATH}"
        finally:
            thread.join()


def failure(sender: WebhookSender) -> DeliveryError:
    """Return the error of *sender* after checking that none of its output shows a secret."""
    with pytest.raises(DeliveryError) as caught:
        sender.send(REQUEST, now=NOW)
    shown = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    shown += repr(sender)
    for secret in ("T0KEN", "s3cret", "hooks", "127.0.0.1", KEY, KEY.removeprefix("whsec_")):
        assert secret not in shown
    return caught.value


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect to this machine without a proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


# Requests.


def test_a_request_arrives_as_it_was_made() -> None:
    """The body arrives unchanged, with the headers of Standard Webhooks."""
    with receiving() as receiver:
        WebhookSender(receiver.address, [KEY]).send(REQUEST, now=NOW)

    (headers,) = receiver.requests
    assert ([PATH], [REQUEST.body]) == (receiver.paths, receiver.bodies)
    assert {
        "content-type": "application/json",
        "webhook-id": REQUEST.id,
        "webhook-timestamp": "1795168800",
        "user-agent": f"statusgen/{__version__}",
    }.items() <= headers.items()
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} == {
        name for name in headers if name.startswith("webhook-")
    }


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([KEY], id="one"),
        pytest.param([KEY, NEXT_KEY], id="two"),
        pytest.param([f"{KEY} {NEXT_KEY}"], id="two-in-one-text"),
        pytest.param([f"  {NEXT_KEY}\n{KEY}\n"], id="spaces-and-line-ends"),
        pytest.param([KEY.rstrip("=")], id="no-padding"),
    ],
)
def test_a_receiver_of_standard_webhooks_takes_it(keys: list[str]) -> None:
    """The published library verifies a request with each of the keys, so keys can rotate."""
    now = time.time()
    with receiving() as receiver:
        WebhookSender(receiver.address, keys).send(REQUEST, now=now)

    for key in " ".join(keys).split():
        assert {"name": "Größe 🚀"} == Webhook(key).verify(receiver.bodies[0], receiver.requests[0])


@pytest.mark.parametrize("changed", ["body", "id", "timestamp", "key", "age"])
def test_a_receiver_refuses_what_was_changed(changed: str) -> None:
    """A request with another body, id, time or key, or an old one, does not verify."""
    now = time.time() - (301 if changed == "age" else 0)
    with receiving() as receiver:
        WebhookSender(receiver.address, [KEY]).send(REQUEST, now=now)
    headers, body = receiver.requests[0], receiver.bodies[0]
    headers |= {
        "id": {"webhook-id": "bmmr3m75azkl"},
        "timestamp": {"webhook-timestamp": str(int(now) - 1)},
    }.get(changed, {})

    with pytest.raises(WebhookVerificationError):
        Webhook(NEXT_KEY if changed == "key" else KEY).verify(
            body.replace(b"name", b"Name") if changed == "body" else body, headers
        )


def test_the_signature_is_that_of_the_specification() -> None:
    """The signature equals the published example of Standard Webhooks and its library."""
    signature = sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        [base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
    )

    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == signature


@pytest.mark.parametrize("keys", [[], [""], [" \n"]])
def test_no_key_makes_no_signature(keys: list[str]) -> None:
    """A request without a key is unsigned, but has its id and time."""
    with receiving() as receiver:
        WebhookSender(receiver.address, keys).send(REQUEST, now=NOW)

    assert ["webhook-id", "webhook-timestamp"] == sorted(
        name for name in receiver.requests[0] if name.startswith("webhook-")
    )


def test_a_second_try_has_the_same_id_and_its_own_time() -> None:
    """A retry has the same id, and a signature for its own time."""
    with receiving() as receiver:
        sender = WebhookSender(receiver.address, [KEY])
        sender.send(REQUEST, now=NOW)
        sender.send(REQUEST, now=NOW + 5)

    first, again = receiver.requests
    assert first["webhook-id"] == again["webhook-id"]
    assert ["1795168800", "1795168805"] == [one["webhook-timestamp"] for one in receiver.requests]
    assert first["webhook-signature"] != again["webhook-signature"]


# Responses.


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_success(status: int) -> None:
    """Any status from 200 to 299 is a success."""
    with receiving(status) as receiver:
        WebhookSender(receiver.address).send(REQUEST, now=NOW)

    assert 1 == len(receiver.bodies)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (300, "the receiver answered with status 300; if it has moved, use its new address"),
        (302, "the receiver answered with status 302; if it has moved, use its new address"),
        (307, "the receiver answered with status 307; if it has moved, use its new address"),
        (400, "the receiver answered with status 400"),
        (410, "the receiver answered with status 410"),
        (500, "the receiver answered with status 500"),
    ],
)
def test_any_other_status_is_a_failure(status: int, expected: str) -> None:
    """Any other status is a failure after one request; redirects are not followed."""
    with receiving(status, {"Location": PATH}) as receiver:
        error = failure(WebhookSender(receiver.address, [KEY]))

    assert (expected, expected, None) == (str(error), error.reason, error.retry_after)
    assert 1 == len(receiver.bodies)


@pytest.mark.parametrize(
    ("status", "header", "expected"),
    [
        pytest.param(429, "7", 7.0, id="seconds"),
        pytest.param(503, "0", 0.0, id="at-once"),
        pytest.param(302, "30", 30.0, id="redirect"),
        pytest.param(429, formatdate(NOW + 30, usegmt=True), 29.25, id="date"),
        pytest.param(429, formatdate(NOW + 30), 29.25, id="date-without-zone"),
        pytest.param(429, formatdate(NOW - 30, usegmt=True), 0.0, id="past-date"),
        pytest.param(429, "soon", None, id="word"),
        pytest.param(429, "-1", None, id="negative"),
        pytest.param(429, "1.5", None, id="fraction"),
        pytest.param(429, "9" * 5000, None, id="endless"),
        pytest.param(429, "Fri, 99 Nov 2026 10:00:00 GMT", None, id="no-such-day"),
        pytest.param(429, "\u0663", None, id="other-digits"),
        pytest.param(429, "", None, id="empty"),
    ],
)
def test_a_receiver_can_ask_to_wait(status: int, header: str, expected: float | None) -> None:
    """Both forms of Retry-After are read; other values are ignored."""
    written = header.encode().decode("latin-1")  # Headers are encoded as Latin-1.
    with receiving(status, {"Retry-After": written}) as receiver:
        assert expected == failure(WebhookSender(receiver.address)).retry_after


def test_a_slow_receiver_is_a_failure() -> None:
    """A receiver that does not answer in time is a failure."""
    with receiving(pause=5) as receiver:
        error = failure(WebhookSender(receiver.address, [KEY], timeout=0.2))

    assert "the receiver cannot be reached: timed out" == error.reason


def test_a_refused_connection_is_a_failure() -> None:
    """A refused connection is a failure that asks for no wait."""
    with receiving() as receiver:
        address = receiver.address

    error = failure(WebhookSender(address, [KEY]))

    assert error.reason.startswith("the receiver cannot be reached: ")
    assert error.retry_after is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="hang-up"),
        pytest.param(b"HTTP/1.1 ", id="cut-off"),
        pytest.param(b"POST /hooks/T0KEN-s3cret?key=s3cret HTTP/1.1\r\n\r\n", id="echo"),
        pytest.param(b"\x1b[31m/hooks/T0KEN-s3\r\n\r\n", id="echo-of-a-part"),
        pytest.param(b"HTTP/1.1 999999 No\r\n\r\n", id="no-status"),
        pytest.param(b"\0" * 70_000, id="no-lines"),
    ],
)
def test_an_invalid_response_is_a_failure(answer: bytes) -> None:
    """An invalid response is a one-line failure that contains no part of the address."""
    with answering(answer) as address:
        reason = failure(WebhookSender(address, [KEY])).reason

    assert reason.startswith("the receiver cannot be reached")
    assert reason.isprintable()


# Addresses and keys.


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.example",
        "https://hooks.example/",
        "https://hooks.example:8443/a/b?c=d&e=%20",
        "HTTPS://Hooks.Example/A",
        "https://my_host/x",
        "https://192.0.2.7/x",
        "https://[2001:db8::1]:443/x",
        "https://hooks.example/x\n",
        "http://127.0.0.1:8080/x",
        "http://[::1]/x",
    ],
)
def test_an_address_can_be(address: str) -> None:
    """Any https address works, http only for this machine; a trailing line break is ignored."""
    WebhookSender(address)


EMPTY = (
    "the address is empty or contains a space, a control character or a non-ASCII character;"
    " percent-encode them"
)
UNSAFE = (
    "the address does not use https; use an https:// address"
    " (http:// is allowed only for 127.0.0.1 and ::1)"
)
NO_HOST = "the address has no valid host name and port; use https://HOST/PATH"
NO_URL = "the address is not a URL; use an https:// address"
USER = "the address contains a user name; remove it, including the '@'"
FRAGMENT = "the address contains a '#'; remove the '#' and everything after it"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("", EMPTY, id="empty"),
        pytest.param(" ", EMPTY, id="blank"),
        pytest.param("https://s3cret.example/a b", EMPTY, id="space"),
        pytest.param("https://s3cret.example/a\r\nX: y", EMPTY, id="line-end"),
        pytest.param("https://s3cret.example/\0", EMPTY, id="nul"),
        pytest.param("https://größe.example/s3cret", EMPTY, id="letter"),
        pytest.param("https://s3cret.example/\udc80", EMPTY, id="surrogate"),
        pytest.param("http://s3cret.example/", UNSAFE, id="http"),
        pytest.param("http://localhost/s3cret", UNSAFE, id="localhost"),
        pytest.param("http://127.0.0.1.s3cret.example/", UNSAFE, id="like-this-machine"),
        pytest.param("http://127.0.0.2/s3cret", UNSAFE, id="other-loopback"),
        pytest.param("ftp://s3cret.example/", UNSAFE, id="ftp"),
        pytest.param("file:///etc/s3cret", UNSAFE, id="file"),
        pytest.param("json://s3cret.example/", UNSAFE, id="apprise"),
        pytest.param("s3cret.example/x", UNSAFE, id="no-scheme"),
        pytest.param("https:/s3cret", NO_HOST, id="one-slash"),
        pytest.param("https://", NO_HOST, id="no-host"),
        pytest.param("https://:443/s3cret", NO_HOST, id="port-alone"),
        pytest.param("https://s3%63ret.example/", NO_HOST, id="percent"),
        pytest.param("https://s3cret\\x/", NO_HOST, id="backslash"),
        pytest.param("https://s3cret.example:0/", NO_HOST, id="port-0"),
        pytest.param("https://[s3cret/", NO_URL, id="bracket"),
        pytest.param("https://x:s3cret/", NO_URL, id="port-of-letters"),
        pytest.param("https://x:99999/s3cret", NO_URL, id="port-too-high"),
        pytest.param("https://ann:s3cret@x.example/", USER, id="password"),
        pytest.param("https://s3cret@x.example/", USER, id="user"),
        pytest.param("http://ann:s3cret@127.0.0.1/", USER, id="user-here"),
        pytest.param("https://@x.example/s3cret", USER, id="empty-user"),
        pytest.param("https://x.example/s3cret#x", FRAGMENT, id="fragment"),
        pytest.param("https://x.example/s3cret#", FRAGMENT, id="empty-fragment"),
    ],
)
def test_an_address_is_refused(address: str, expected: str) -> None:
    """The error names the problem and the remedy, and never quotes the address."""
    with pytest.raises(ValueError, match="address") as caught:
        WebhookSender(address)

    assert expected == str(caught.value)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


MAKE = "; use whsec_ followed by 24 to 64 bytes in base64"
NOT_BASE64 = f"the key is not base64 after 'whsec_'{MAKE}"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param("s3cret", f"the key does not begin with 'whsec_'{MAKE}", id="no-prefix"),
        pytest.param("WHSEC_s3cret", f"the key does not begin with 'whsec_'{MAKE}", id="case"),
        pytest.param("whsec_", f"the key has 0 bytes{MAKE}", id="empty"),
        pytest.param("whsec_s3cret==", f"the key has 4 bytes{MAKE}", id="short"),
        pytest.param(
            f"whsec_{'s3cr' * 7}s3c=", f"the key has 23 bytes{MAKE}", id="one-byte-too-short"
        ),
        pytest.param(
            f"whsec_{'s3cr' * 21}s3c=", f"the key has 65 bytes{MAKE}", id="one-byte-too-long"
        ),
        pytest.param("whsec_s3cret!", NOT_BASE64, id="character"),
        pytest.param("whsec_s3cre", NOT_BASE64, id="length"),
        pytest.param(f"whsec_{'s3cr' * 8}_-", NOT_BASE64, id="base64url"),
        pytest.param("whsec_s3crét", NOT_BASE64, id="letter"),
        pytest.param("whsec_s3=ret", NOT_BASE64, id="padding-inside"),
        pytest.param(f"{KEY} s3cret", f"the key does not begin with 'whsec_'{MAKE}", id="second"),
    ],
)
def test_a_key_is_refused(key: str, expected: str) -> None:
    """The error names the problem and the remedy, and never quotes the key."""
    with pytest.raises(ValueError, match="key") as caught:
        WebhookSender("https://hooks.example/", [key])

    assert expected == str(caught.value)
    assert "s3cr" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("size", [24, 32, 64])
def test_a_key_can_have_24_to_64_bytes(size: int) -> None:
    """Keys of every size that Standard Webhooks allows are accepted."""
    key = f"whsec_{base64.b64encode(bytes(size)).decode()}"

    WebhookSender("https://hooks.example/", [key])
