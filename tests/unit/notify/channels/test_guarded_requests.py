"""Safety rules for requests of third-party plugins."""

from typing import Any, NoReturn

import pytest
import requests
from requests.adapters import HTTPAdapter

from statusgen.notify.channels.guarded_requests import guard
from tests.support.fakes.receiver import Receiver, receiving


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/",
        "http://localhost/",
        "http://127.0.0.1@a.example/",
        "http://127.0.0.1.a.example/",
        "http://[::2]/",
    ],
)
def test_no_request_leaves_this_machine_unencrypted(url: str) -> None:
    """A plugin that uses plain HTTP to another machine sends nothing."""
    with guard(1) as exchange, pytest.raises(requests.exceptions.InvalidURL):
        requests.post(url, timeout=1)

    assert "the connection would not be encrypted" == exchange.reason("")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (requests.exceptions.ConnectTimeout, "the service timed out"),
        (requests.exceptions.SSLError, "the certificate of the service cannot be verified"),
        (requests.exceptions.ProxyError, "the proxy cannot be reached"),
        (requests.exceptions.ConnectionError, "the connection to the service failed"),
        (
            requests.exceptions.ContentDecodingError,
            "the service sent an invalid response",
        ),
    ],
)
def test_each_kind_of_failure_has_a_reason_of_its_own(
    error: type[requests.RequestException], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind of failure has its own reason, which never quotes the library's message."""

    def send(*_: object, **__: object) -> NoReturn:
        raise error("https://a.example/secret")

    monkeypatch.setattr(HTTPAdapter, "send", send)
    with guard(1) as exchange, pytest.raises(error):
        requests.get("https://a.example/secret", timeout=1)

    assert expected == exchange.reason("")


def test_certificates_are_verified_even_if_a_plugin_does_not_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither `verify=no` in an address nor a plugin turns certificate checks off."""
    asked: list[Any] = []

    def send(*_: object, **settings: Any) -> NoReturn:
        asked.append(settings["verify"])
        raise requests.ConnectionError

    monkeypatch.setattr(HTTPAdapter, "send", send)
    with guard(1), pytest.raises(requests.ConnectionError):
        requests.get("https://a.example/", timeout=1, verify=False)  # noqa: S501, the test is about this

    assert [True] == asked


def test_the_last_answer_counts() -> None:
    """The reason comes from the last of several requests for one message."""
    with (
        receiving(Receiver(status=503, headers={"Retry-After": "3"})) as receiver,
        guard(1) as found,
    ):
        requests.post(f"http://{receiver.place}/", data="a", timeout=1)
        assert ("the service answered with status 503", 3.0) == (
            found.reason(""),
            found.retry_after,
        )
        receiver.status = 0
        with pytest.raises(requests.ConnectionError):
            requests.post(f"http://{receiver.place}/", data="a", timeout=1)

    assert ("the connection to the service failed", None) == (found.reason(""), found.retry_after)


def test_no_plugin_learns_how_long_it_could_sleep() -> None:
    """Headers that make plugins sleep do not reach them."""
    headers = {"X-RateLimit-Remaining": "0", "x-rate-limit-reset": "9", "RateLimit-Reset": "9"}
    with receiving(Receiver(headers={**headers, "X-Other": "1"})) as receiver, guard(1):
        response = requests.post(f"http://{receiver.place}/", data="a", timeout=1)

    assert ("ok", "1") == (response.text, response.headers["X-Other"])
    assert set() == set(headers) & set(response.headers)


def test_other_requests_are_as_before_afterwards() -> None:
    """The rules end with the message, even if it fails."""
    before = HTTPAdapter.send
    with pytest.raises(ZeroDivisionError), guard(1):
        raise ZeroDivisionError

    assert before is HTTPAdapter.send
