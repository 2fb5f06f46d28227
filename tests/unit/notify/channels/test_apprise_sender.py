"""Messages through Apprise: delivery, failures, and addresses that stay secret."""

import email
import json
import logging
import subprocess
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import Message as Mail

import pytest
from apprise.plugins.custom_json import NotifyJSON

from statusgen.notify.channels.apprise_sender import AddressError, AppriseSender
from statusgen.notify.channels.delivery import DeliveryError
from statusgen.notify.channels.message import Message, Urgency
from tests.support.fakes.receiver import Receiver, receiving
from tests.support.fakes.smtp import mailbox

LINK = "https://status.acme.example/incidents/2026-11-20-slow_api/#u-1a2b3c4d5e6f"
TOKEN = "ToKeN-5f2a91c3"  # noqa: S105, not a real token
MESSAGE = Message(
    key="1a2b3c4d5e6f",
    title="Major outage: Elevated API errors",
    body="Public API: Major outage\n\nWe look into it.",
    link=LINK,
    urgency=Urgency.FAILURE,
)


def sender(address: str, timeout: float = 20) -> AppriseSender:
    return AppriseSender(
        address, site_title="Статус @here", site_url="https://status.acme.example", timeout=timeout
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Yield a receiver that answers 200 at once."""
    with receiving(Receiver()) as started:
        yield started


def failure(address: str, message: Message = MESSAGE, timeout: float = 20) -> DeliveryError:
    """Send *message* to *address*, and return the error."""
    with pytest.raises(DeliveryError) as raised:
        sender(address, timeout).send(message)
    return raised.value


# The receiver and its responses.


def test_a_message_arrives_with_title_text_and_link(receiver: Receiver) -> None:
    """A service gets the title, the text with the link on its last line, and the urgency."""
    sender(f"json://{receiver.place}/hook").send(MESSAGE)

    [body] = receiver.bodies
    sent = json.loads(body)
    assert ["/hook"] == receiver.paths
    assert (MESSAGE.title, f"{MESSAGE.body}\n\n{LINK}", "failure") == (
        sent["title"],
        sent["message"],
        sent["type"],
    )


def test_a_title_of_any_letters_fits_into_the_headers(receiver: Receiver) -> None:
    """A site with a non-Latin title can send: the user agent does not contain the title."""
    sender(f"json://{receiver.place}").send(MESSAGE)

    assert receiver.agents[0].startswith("statusgen/")


@pytest.mark.parametrize("urgency", Urgency)
def test_each_urgency_is_one_of_apprise(urgency: Urgency, receiver: Receiver) -> None:
    """Each urgency reaches the service as a notification type of Apprise."""
    sender(f"json://{receiver.place}").send(replace(MESSAGE, urgency=urgency))

    assert urgency == json.loads(receiver.bodies[0])["type"]


def test_a_sender_sends_several_messages(receiver: Receiver) -> None:
    """A sender sends several messages."""
    channel = sender(f"json://{receiver.place}")
    channel.send(MESSAGE)
    channel.send(replace(MESSAGE, title="Resolved: Elevated API errors"))

    assert 2 == len(receiver.bodies)


@pytest.mark.parametrize("format_", ["text", "html", "markdown"])
def test_parameters_of_an_address_do_not_change_the_text(format_: str, receiver: Receiver) -> None:
    """Parameters of an address never change or split a text."""
    text = "<b>:smile:</b> *now* \\t " * 100

    sender(f"json://{receiver.place}/?format={format_}&emojis=yes&overflow=split").send(
        replace(MESSAGE, body=text)
    )

    [body] = receiver.bodies
    assert f"{text.strip()}\n\n{LINK}" == json.loads(body)["message"]


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_a_refusal_is_one_try(status: int, receiver: Receiver) -> None:
    """An error of the service is a failure with its status; the sender does not retry."""
    receiver.status = status

    error = failure(f"json://{receiver.place}/?retry=3&wait=0.1&optional=yes")

    assert (f"the service answered with status {status}", None) == (error.reason, error.retry_after)
    assert 1 == len(receiver.bodies)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param("0.5", 0.5, id="part-of-a-second"),
        pytest.param("Fri, 20 Nov 2026 09:05:00 GMT", None, id="a-date"),
        pytest.param("-1", None, id="negative"),
        pytest.param("soon", None, id="words"),
        pytest.param("nan", None, id="no-number"),
        pytest.param("9" * 400, None, id="too-long"),
    ],
)
def test_a_service_says_how_long_to_wait(
    header: str, expected: float | None, receiver: Receiver
) -> None:
    """A failure carries the seconds of `Retry-After`; other values are ignored."""
    receiver.status, receiver.headers = 429, {"Retry-After": header}

    error = failure(f"json://{receiver.place}")

    assert ("the service answered with status 429", expected) == (error.reason, error.retry_after)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, receiver: Receiver) -> None:
    """A redirect is a failure, even if the address allows it, and its target gets nothing."""
    with receiving(Receiver()) as other:
        receiver.status = status
        receiver.headers = {"Location": f"http://{other.place}/"}

        error = failure(f"json://{receiver.place}/?redirect=yes")

        assert (
            f"the service answered with status {status} (redirects are not followed)"
            == error.reason
        )
        assert [] == other.bodies


@pytest.mark.parametrize("place", ["http://[", "http://\x7f/", "https://" + "a" * 9000])
def test_a_redirect_to_nowhere_is_the_same(place: str, receiver: Receiver) -> None:
    """An invalid redirect target makes no difference."""
    receiver.status, receiver.headers = 302, {"Location": place}

    assert "the service answered with status 302 (redirects are not followed)" == (
        failure(f"json://{receiver.place}").reason
    )


def test_a_slow_answer_is_waited_for(receiver: Receiver) -> None:
    """A slow response within the limit counts, although the address sets a shorter one."""
    receiver.released.clear()
    channel = sender(f"json://{receiver.place}/?rto=0.01&cto=0.01", timeout=10)
    threading.Timer(0.2, receiver.released.set).start()
    channel.send(MESSAGE)

    assert 1 == len(receiver.bodies)


def test_a_timeout_is_a_failure(receiver: Receiver) -> None:
    """A service that times out counts as failed, although it may have the message."""
    receiver.released.clear()

    error = failure(f"json://{receiver.place}/?rto=60", timeout=0.2)

    assert "the service timed out" == error.reason


def test_a_service_that_hangs_up_is_a_failure(receiver: Receiver) -> None:
    """A connection that ends without a response is a failure."""
    receiver.status = 0

    assert "the connection to the service failed" == failure(f"json://{receiver.place}").reason


def test_a_service_that_is_not_there_is_a_failure(receiver: Receiver) -> None:
    """A refused connection is a failure; its reason contains no address."""
    assert "the connection to the service failed" == failure("json://127.0.0.1:1/").reason


def test_an_answer_without_end_is_a_failure(receiver: Receiver) -> None:
    """A response of more than 1 MiB is a failure."""
    receiver.body = b"a" * (1024 * 1024 + 1)

    assert "the service sent an invalid response" == (failure(f"json://{receiver.place}").reason)


# Addresses.


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("", "valid Apprise URL", id="empty"),
        pytest.param(" \n", "valid Apprise URL", id="blank"),
        pytest.param("TOKEN", "valid Apprise URL", id="no-scheme"),
        pytest.param("nosuch://TOKEN", "valid Apprise URL", id="unknown-scheme"),
        pytest.param("https://chat.example/TOKEN", "valid Apprise URL", id="https-of-no-service"),
        pytest.param("slack://TOKEN", "valid Apprise URL", id="half-an-address"),
        pytest.param("slack://%ZZ\x00TOKEN/\ud800", "valid Apprise URL", id="junk"),
        pytest.param("file:///etc/apprise.yml?TOKEN", "valid Apprise URL", id="config-file"),
        pytest.param("https://127.0.0.1/TOKEN/config", "valid Apprise URL", id="config-address"),
        pytest.param("jsons://a.example/TOKEN jsons://b.example", "single URL", id="blank-between"),
        pytest.param("jsons://a.example/TOKEN,jsons://b.example", "single URL", id="comma-between"),
        pytest.param("jsons://a.example/TO\nKEN", "single URL", id="line-break"),
        pytest.param("tgram://123456789:TOKEN_abcdefghijkl/1/2/", "recipients", id="two-chats"),
        pytest.param(
            "mailtos://u:TOKEN@a.example?to=b@x.example,c@x.example", "recipients", id="mails"
        ),
        pytest.param("json://a.example/TOKEN", "not be encrypted", id="json"),
        pytest.param("xml://a.example/TOKEN", "not be encrypted", id="xml"),
        pytest.param("form://a.example/TOKEN", "not be encrypted", id="form"),
        pytest.param(
            "json://127.0.0.1@a.example/TOKEN", "not be encrypted", id="almost-this-machine"
        ),
        pytest.param("json://localhost/TOKEN", "not be encrypted", id="a-name-of-this-machine"),
        pytest.param("ntfy://ntfy.example/TOKEN", "not be encrypted", id="ntfy"),
        pytest.param("matrix://TOKEN@m.example/!r:m.example", "not be encrypted", id="matrix"),
        pytest.param(
            "mmost://m.example/3ccdd113474722377935511fc85d3dd4",
            "not be encrypted",
            id="mattermost",
        ),
        pytest.param("mailto://u:TOKEN@a.example", "not be encrypted", id="mail"),
        pytest.param(
            "mailtos://u:TOKEN@a.example?mode=insecure", "not be encrypted", id="mail-by-mode"
        ),
        pytest.param("syslog://?TOKEN", "only on the machine", id="syslog"),
        pytest.param(
            "rsyslog://a.example/?token=TOKEN", "does not support encryption", id="rsyslog"
        ),
        pytest.param(
            "kavenegar://TOKEN/4155551234", "does not support encryption", id="http-alone"
        ),
        pytest.param("dbus://?TOKEN", "only on the machine", id="dbus"),
        pytest.param("mqtts://u:TOKEN@a.example/t", "not installed", id="a-package-is-missing"),
    ],
)
def test_an_unusable_address_is_refused_without_quoting_it(
    address: str, expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """An unusable address is an error with a remedy that contains no part of the address."""
    address = address.replace("TOKEN", TOKEN)

    with pytest.raises(AddressError, match=expected) as raised:
        sender(address)

    assert no_part_of(TOKEN, raised.value)
    assert ("", "") == tuple(capfd.readouterr())


@pytest.mark.parametrize(
    "address",
    [
        "json://127.0.0.1:8080/a",
        "json://[::1]:8080/a",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "mailto://user:secret@gmail.com",  # Apprise knows that this provider encrypts.
        "mailtos://user:secret@a.example?to=list@x.example",
        "mailto://127.0.0.1:2525?from=a@x.example&to=list@x.example",
        "ntfys://topic\n",
        "pushme://token",
    ],
)
def test_native_and_encrypted_addresses_work(address: str) -> None:
    """Native webhook addresses, encrypted schemes and addresses of this machine work."""
    sender(address)


def test_without_the_extra_one_line_says_what_to_install() -> None:
    """A missing Apprise is one line with the command that installs it."""
    script = (
        "import sys; sys.modules['apprise'] = None\n"
        "from statusgen.notify.channels.apprise_sender import AppriseSender\n"
        "from statusgen.problems import OutsideError\n"
        "try: AppriseSender('ntfys://t', site_title='', site_url='')\n"
        "except OutsideError as error: print(error, error.__cause__)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert (
        "a channel needs the package apprise; run: pip install 'statusgen[notify]' None\n",
        "",
    ) == (done.stdout, done.stderr)


def test_apprise_is_loaded_by_a_sender_alone() -> None:
    """Importing the sender loads neither Apprise nor requests, so other channels stay fast."""
    script = (
        "import sys, statusgen.notify.channels.apprise_sender\n"
        "print({'apprise', 'requests', 'urllib3'} & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "set()\n" == done.stdout


# Secrets.


def no_part_of(secret: str, error: BaseException) -> bool:
    """Return whether the printed *error* contains nothing of *secret*."""
    shown = [str(error), repr(error), *traceback.format_exception(error)]
    assert None is error.__cause__ is error.__context__
    return not any(secret in text for text in shown)


@pytest.fixture
def everything(capfd: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """Capture the output of all loggers at the lowest level, Apprise's included."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    handler = Handler(level=1)
    loggers = [logging.getLogger(name) for name in (None, "apprise", "urllib3", "requests")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(1)
        logger.addHandler(handler)
    yield lines
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
        logger.removeHandler(handler)


@pytest.mark.parametrize("status", [302, 404, 500, 0])
def test_no_output_shows_a_part_of_an_address(
    status: int, receiver: Receiver, everything: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    """User, password, path and query stay secret with every logger at its lowest level."""
    receiver.status = status
    address = f"json://{TOKEN}:{TOKEN}@{receiver.place}/{TOKEN}?+x={TOKEN}"

    error = failure(address)
    receiver.status = 200
    sender(address).send(MESSAGE)
    logging.getLogger("apprise").debug("still here")

    assert no_part_of(TOKEN, error)
    assert no_part_of(receiver.place, error)
    assert {"still here"} == set(everything)
    assert ("", "") == tuple(capfd.readouterr())
    assert [f"/{TOKEN}"] * 2 == receiver.paths


def test_a_plugin_that_breaks_is_a_failure(
    receiver: Receiver, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin that raises, prints or warns is a failure with a reason without an address."""

    def broken(self: NotifyJSON, **_: object) -> bool:
        print(self.url())  # noqa: T201
        warnings.warn(self.url(), stacklevel=1)
        raise ZeroDivisionError(self.url())

    monkeypatch.setattr(NotifyJSON, "send", broken)
    error = failure(f"json://{receiver.place}/{TOKEN}")

    assert "the service rejected the message" == error.reason
    assert no_part_of(TOKEN, error)
    assert ("", "") == tuple(capfd.readouterr())


# Mail.


def header(mail: Mail, name: str) -> str:
    return str(make_header(decode_header(mail[name])))


def test_a_mail_is_plain_text_from_the_site() -> None:
    """A mail has the title as its subject, the site as its sender, and keeps every "@"."""
    text = "Write to ops@acme.example, @here <b>now</b>."
    with mailbox() as box:
        address = f"mailto://127.0.0.1:{box.port}?from=status@acme.example&to=list@x.example"
        sender(f"{address}&format=html").send(replace(MESSAGE, body=text))
        [(recipients, data)] = box.mails
    mail = email.message_from_bytes(data)

    assert ["list@x.example"] == recipients
    assert MESSAGE.title == header(mail, "Subject")
    assert "Статус @here" in header(mail, "From")
    assert "text/plain" == mail.get_content_type()
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert f"{text}\n\n{LINK}" == body.decode().replace("\r\n", "\n").strip()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\x00\r\n "])
def test_a_title_makes_no_second_header(end: str) -> None:
    """Line breaks of every kind in the title of a message or a site become spaces."""
    hostile = f"Slow{end}Bcc: evil@x.example{end}{end}<script>"
    with mailbox() as box:
        address = f"mailto://127.0.0.1:{box.port}?from=status@acme.example&to=list@x.example"
        channel = AppriseSender(address, site_title=hostile, site_url="https://a.example")
        channel.send(replace(MESSAGE, title=hostile))
        [(recipients, data)] = box.mails
    mail = email.message_from_bytes(data)

    assert ["list@x.example"] == recipients
    assert None is mail["Bcc"]
    assert "Slow Bcc: evil@x.example <script>" == header(mail, "Subject")


def test_a_rejected_recipient_is_a_failure() -> None:
    """A rejected recipient is a failure whose reason does not name the recipient."""
    with mailbox() as box:
        box.is_full = True
        error = failure(
            f"mailto://127.0.0.1:{box.port}?from={TOKEN}@a.example&to={TOKEN}@x.example"
        )

    assert "the service rejected the message" == error.reason
    assert no_part_of(TOKEN, error)
