"""Messages through Apprise: what arrives, what does not, and that no address gets out."""

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
TOKEN = "ToKeN-5f2a91c3"  # noqa: S105, it is none
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
    """A receiver that answers 200 at once."""
    with receiving(Receiver()) as started:
        yield started


def failure(address: str, message: Message = MESSAGE, timeout: float = 20) -> DeliveryError:
    """Send *message* to *address*, which fails."""
    with pytest.raises(DeliveryError) as raised:
        sender(address, timeout).send(message)
    return raised.value


# The receiver, and what becomes of its answers.


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
    """A site with a title beyond Latin can send: the program names itself, not the site."""
    sender(f"json://{receiver.place}").send(MESSAGE)

    assert receiver.agents[0].startswith("statusgen/")


@pytest.mark.parametrize("urgency", Urgency)
def test_each_urgency_is_one_of_apprise(urgency: Urgency, receiver: Receiver) -> None:
    """Colours and sounds of a service follow from the urgency."""
    sender(f"json://{receiver.place}").send(replace(MESSAGE, urgency=urgency))

    assert urgency == json.loads(receiver.bodies[0])["type"]


def test_a_second_message_takes_the_same_way(receiver: Receiver) -> None:
    """A sender is made once for a channel and sends all its messages."""
    channel = sender(f"json://{receiver.place}")
    channel.send(MESSAGE)
    channel.send(replace(MESSAGE, title="Resolved: Elevated API errors"))

    assert 2 == len(receiver.bodies)


@pytest.mark.parametrize("format_", ["text", "html", "markdown"])
def test_an_address_says_nothing_about_the_text(format_: str, receiver: Receiver) -> None:
    """A text is one message, as it was written, whatever the address asks to do with it."""
    text = "<b>:smile:</b> *now* \\t " * 100

    sender(f"json://{receiver.place}/?format={format_}&emojis=yes&overflow=split").send(
        replace(MESSAGE, body=text)
    )

    [body] = receiver.bodies
    assert f"{text.strip()}\n\n{LINK}" == json.loads(body)["message"]


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_a_refusal_is_one_try(status: int, receiver: Receiver) -> None:
    """An error of the service is a failure that names its status; nothing is repeated here."""
    receiver.status = status

    error = failure(f"json://{receiver.place}/?retry=3&wait=0.1&optional=yes")

    assert (f"the service answered {status}", None) == (error.reason, error.retry_after)
    assert 1 == len(receiver.bodies)


@pytest.mark.parametrize(
    ("said", "expected"),
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
    said: str, expected: float | None, receiver: Receiver
) -> None:
    """The seconds of `Retry-After` come with the failure; anything else is as if it were absent."""
    receiver.status, receiver.headers = 429, {"Retry-After": said}

    error = failure(f"json://{receiver.place}")

    assert ("the service answered 429", expected) == (error.reason, error.retry_after)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, receiver: Receiver) -> None:
    """A redirect is a failure, even if the address allows it, and its target gets nothing."""
    with receiving(Receiver()) as other:
        receiver.status = status
        receiver.headers = {"Location": f"http://{other.place}/"}

        error = failure(f"json://{receiver.place}/?redirect=yes")

        assert f"the service answered {status} (redirects are not followed)" == error.reason
        assert [] == other.bodies


@pytest.mark.parametrize("place", ["http://[", "http://\x7f/", "https://" + "a" * 9000])
def test_a_redirect_to_nowhere_is_the_same(place: str, receiver: Receiver) -> None:
    """The target of a redirect is not looked at."""
    receiver.status, receiver.headers = 302, {"Location": place}

    assert "the service answered 302 (redirects are not followed)" == (
        failure(f"json://{receiver.place}").reason
    )


def test_a_slow_answer_is_waited_for(receiver: Receiver) -> None:
    """An answer that comes within the time counts, whatever time the address allows."""
    receiver.released.clear()
    channel = sender(f"json://{receiver.place}/?rto=0.01&cto=0.01", timeout=10)
    threading.Timer(0.2, receiver.released.set).start()
    channel.send(MESSAGE)

    assert 1 == len(receiver.bodies)


def test_too_slow_an_answer_is_a_failure(receiver: Receiver) -> None:
    """A service that does not answer in time may have the message or not; it counts as failed."""
    receiver.released.clear()

    error = failure(f"json://{receiver.place}/?rto=60", timeout=0.2)

    assert "the service did not answer in time" == error.reason


def test_a_service_that_hangs_up_is_a_failure(receiver: Receiver) -> None:
    """A connection that ends without an answer delivered nothing."""
    receiver.status = 0

    assert "the connection to the service failed" == failure(f"json://{receiver.place}").reason


def test_a_service_that_is_not_there_is_a_failure(receiver: Receiver) -> None:
    """Nobody listens: one line without an address."""
    assert "the connection to the service failed" == failure("json://127.0.0.1:1/").reason


def test_an_answer_without_end_is_a_failure(receiver: Receiver) -> None:
    """More than 1 MiB is no answer to a message."""
    receiver.body = b"a" * (1024 * 1024 + 1)

    assert "the service did not answer in a way that can be read" == (
        failure(f"json://{receiver.place}").reason
    )


# Addresses.


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("", "no address", id="empty"),
        pytest.param(" \n", "no address", id="blank"),
        pytest.param("TOKEN", "no address", id="no-scheme"),
        pytest.param("nosuch://TOKEN", "no address", id="unknown-scheme"),
        pytest.param("https://chat.example/TOKEN", "no address", id="https-of-no-service"),
        pytest.param("slack://TOKEN", "no address", id="half-an-address"),
        pytest.param("slack://%ZZ\x00TOKEN/\ud800", "no address", id="junk"),
        pytest.param("file:///etc/apprise.yml?TOKEN", "no address", id="config-file"),
        pytest.param("https://127.0.0.1/TOKEN/config", "no address", id="config-address"),
        pytest.param(
            "jsons://a.example/TOKEN jsons://b.example", "one address", id="blank-between"
        ),
        pytest.param(
            "jsons://a.example/TOKEN,jsons://b.example", "one address", id="comma-between"
        ),
        pytest.param("jsons://a.example/TO\nKEN", "one address", id="line-break"),
        pytest.param("tgram://123456789:TOKEN_abcdefghijkl/1/2/", "recipients", id="two-chats"),
        pytest.param(
            "mailtos://u:TOKEN@a.example?to=b@x.example,c@x.example", "recipients", id="mails"
        ),
        pytest.param("json://a.example/TOKEN", "unencrypted", id="json"),
        pytest.param("xml://a.example/TOKEN", "unencrypted", id="xml"),
        pytest.param("form://a.example/TOKEN", "unencrypted", id="form"),
        pytest.param("json://127.0.0.1@a.example/TOKEN", "unencrypted", id="almost-this-machine"),
        pytest.param("json://localhost/TOKEN", "unencrypted", id="a-name-of-this-machine"),
        pytest.param("ntfy://ntfy.example/TOKEN", "unencrypted", id="ntfy"),
        pytest.param("matrix://TOKEN@m.example/!r:m.example", "unencrypted", id="matrix"),
        pytest.param(
            "mmost://m.example/3ccdd113474722377935511fc85d3dd4", "unencrypted", id="mattermost"
        ),
        pytest.param("mailto://u:TOKEN@a.example", "unencrypted", id="mail"),
        pytest.param("mailtos://u:TOKEN@a.example?mode=insecure", "unencrypted", id="mail-by-mode"),
        pytest.param("syslog://?TOKEN", "on the machine", id="syslog"),
        pytest.param("rsyslog://a.example/?token=TOKEN", "encryption alone", id="rsyslog"),
        pytest.param("kavenegar://TOKEN/4155551234", "encryption alone", id="http-alone"),
        pytest.param("dbus://?TOKEN", "on the machine", id="dbus"),
        pytest.param("mqtts://u:TOKEN@a.example/t", "not installed", id="a-package-is-missing"),
    ],
)
def test_an_address_of_no_use_is_refused_without_repeating_it(
    address: str, expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The reason says what to do, and holds no part of the address."""
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
        "mailto://user:secret@gmail.com",  # Known to Apprise as encrypted.
        "mailtos://user:secret@a.example?to=list@x.example",
        "mailto://127.0.0.1:2525?from=a@x.example&to=list@x.example",
        "ntfys://topic\n",
        "pushme://token",
    ],
)
def test_an_address_that_services_give_out_is_taken(address: str) -> None:
    """Native addresses of services, encrypted ones, and those of this machine work as they are."""
    sender(address)


def test_without_the_extra_one_line_says_what_to_install() -> None:
    """Apprise is needed by a channel alone, and its absence is said with the command."""
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
        "a channel needs the package apprise; write pip install 'statusgen[notify]' None\n",
        "",
    ) == (done.stdout, done.stderr)


def test_apprise_is_loaded_by_a_sender_alone() -> None:
    """A command that has a channel of another kind does not wait for Apprise or requests."""
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
    """Tell whether *error*, printed in any way, shows nothing of *secret*."""
    shown = [str(error), repr(error), *traceback.format_exception(error)]
    assert None is error.__cause__ is error.__context__
    return not any(secret in text for text in shown)


@pytest.fixture
def everything(capfd: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """All that any logger says at the lowest level, while Apprise's own say all."""
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
    """Whatever a plugin raises, prints or warns of, there is one reason without an address."""

    def broken(self: NotifyJSON, **_: object) -> bool:
        print(self.url())  # noqa: T201
        warnings.warn(self.url(), stacklevel=1)
        raise ZeroDivisionError(self.url())

    monkeypatch.setattr(NotifyJSON, "send", broken)
    error = failure(f"json://{receiver.place}/{TOKEN}")

    assert "the service did not take the message" == error.reason
    assert no_part_of(TOKEN, error)
    assert ("", "") == tuple(capfd.readouterr())


# Mail.


def header(mail: Mail, name: str) -> str:
    return str(make_header(decode_header(mail[name])))


def test_a_mail_is_plain_text_from_the_site() -> None:
    """A mail has the title as its subject, comes from the site by name, and keeps every "@"."""
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
    """Line breaks of every kind in a title, or in the title of the site, become spaces."""
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


def test_a_mail_server_that_takes_nothing_is_a_failure() -> None:
    """A refused recipient is a failure, whose reason does not name it."""
    with mailbox() as box:
        box.is_full = True
        error = failure(
            f"mailto://127.0.0.1:{box.port}?from={TOKEN}@a.example&to={TOKEN}@x.example"
        )

    assert "the service did not take the message" == error.reason
    assert no_part_of(TOKEN, error)
