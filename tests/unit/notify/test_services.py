"""Requests to each service, as the Apprise plugins make them."""

import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from statusgen.notify.channels.apprise_sender import AppriseSender
from statusgen.notify.channels.delivery import DeliveryError
from statusgen.notify.channels.message import Message, Urgency

LINK = "https://status.acme.example/incidents/2026-11-20-slow_api/#u-1a2b3c4d5e6f"
HEX = "0123456789abcdef0123456789abcdef"

# The address of each service, the place of its text, and the maximum length.
SERVICES = {
    "slack": ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "attachments.0.text", 35000),
    "discord": (f"discord://4174216298/{HEX}", "content", 2000),
    "discord-markdown": (f"discord://4174216298/{HEX}?format=markdown", "content", 2000),
    "google-chat": ("gchat://space/key/token", "text", 4000),
    "teams": (
        "workflows://WF:SIG@a.logic.azure.com/w/t",
        "attachments.0.content.body.1.text",
        1000,
    ),
    "mattermost": (f"mmosts://a.example/{HEX}", "text", 4000),
    "telegram": ("tgram://123456789:abcdefg_hijklmnop/12315544/", "text", 4096),
    "telegram-markdown": ("tgram://123456789:abcdefg_hij/123/?format=markdown", "text", 4096),
    "zulip": (f"zulip://bot@acme/{HEX}/status", "content", 10000),
    "webex": (f"wxteams://{HEX}{HEX}{HEX[:16]}", "markdown", 1000),
    "mastodon": ("mastodons://key@a.example", "status", 500),
    "bluesky": ("bsky://acme.bsky.social@abcd-efgh-ijkl-mnop", "record.text", 280),
    "matrix": ("matrixs://token@a.example/!room:a.example", "body", 40000),
    "rocket-chat": ("rockets://abcd1234/wxyz5678@a.example/#general", "text", 1000),
    "ntfy": ("ntfys://topic", "message", 4096),
    "pushover": (f"pover://{HEX[:30]}@{HEX[:30]}", "message", 1024),
    "json": ("jsons://a.example", "message", 32768),
}

LIVE = re.compile("@(?!\u200b)|<(?=[!@#&]|users/|at>)")
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

TEXTS = {
    "mentions": "@everyone @here @channel @all @123 @room <@U123> <@&42> <#42> <!channel> <!here|x>"
    " <!subteam^S1> <users/all> <at>Ada</at> @**all** <@all> @\u200beveryone @\u202eeveryone",
    "controls": "a\x00b\x1b[31mc\u202ed\u2066e\r\nf\rg\u2028h",
    "markdown": "`code` ```` *b* _i_ [x](http://evil.example) ](http://evil.example) # h\n# h\n> q",
    "html": "<script>alert(1)</script> <a href='//evil.example'>x</a> &lt;!channel&gt; <b>",
    "long": "word <!channel> @everyone " * 800,
    "long-word": "x" * 20000,
    "long-of-markup": "*_[`" * 5000,
    "long-of-html": "<&>" * 7000,
    "long-of-emoji": "👩\u200d💻" * 7000,
    "long-of-kanji": "障害" * 10000,
    "empty": "",
}
TITLES = {name: text for name, text in TEXTS.items() if text}


@dataclass
class Wire:
    """A replacement for the network that keeps requests and answers as the services do."""

    requests: list[PreparedRequest] = field(default_factory=list)
    settings: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    def payload(self) -> Any:
        body = self.requests[-1].body
        text = body.decode() if isinstance(body, bytes) else str(body)
        if text.startswith("{"):
            return json.loads(text)
        return {key: values[0] for key, values in parse_qs(text).items()}


ANSWER = {
    "ok": True,
    "status": 1,
    "id": "1",
    "room_id": "!room:a.example",
    "event_id": "e",
    "user_id": "@bot:a.example",
    "did": "did:plc:abc",
    "accessJwt": "a",
    "refreshJwt": "b",
    "service": [{"type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example"}],
}


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Record every request at the lowest level of `requests`, and skip all pauses."""
    caught = Wire()

    def send(_: HTTPAdapter, request: PreparedRequest, **settings: Any) -> Response:
        caught.requests.append(request)
        caught.settings.append(settings)
        url = request.url or ""
        response = Response()
        response.request, response.url = request, url
        response.status_code = 404 if "/.well-known/" in url else caught.status
        is_slack = url.startswith("https://hooks.slack.com/")
        response.raw = io.BytesIO(b"ok" if is_slack else json.dumps(ANSWER).encode())
        return response

    monkeypatch.setattr(HTTPAdapter, "send", send)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return caught


def send(name: str, text: str, title: str = "Slow") -> None:
    message = Message(key="1a", title=title, body=text, link=LINK, urgency=Urgency.WARNING)
    channel = AppriseSender(
        SERVICES[name][0], site_title="Acme @here", site_url="https://status.acme.example"
    )
    channel.send(message)


def at(payload: Any, path: str) -> str:
    for step in path.split("."):
        payload = payload[int(step) if step.isdigit() else step]
    return str(payload)


def strings(payload: Any) -> Iterator[str]:
    """Yield every string in *payload*, at any depth."""
    if isinstance(payload, dict):
        payload = payload.values()
    if isinstance(payload, str):
        yield payload
    elif not isinstance(payload, int | float | None):
        for one in payload:
            yield from strings(one)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", SERVICES)
def test_hostile_texts_ping_no_one_and_keep_the_link(name: str, text: str, wire: Wire) -> None:
    """No text causes a mention or exceeds a limit, and the link is complete and last."""
    _, place, most = SERVICES[name]

    send(name, text)

    sent = at(wire.payload(), place)
    length = len(sent.encode()) if name == "ntfy" else len(sent.encode("utf-16-le")) // 2
    assert [] == [one for one in strings(wire.payload()) if LIVE.search(one) or HIDDEN.search(one)]
    assert length <= most
    assert f"[{LINK}]({LINK})" == sent.splitlines()[-1] if name == "teams" else sent.endswith(LINK)


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
@pytest.mark.parametrize("name", SERVICES)
def test_hostile_titles_ping_no_one_and_stay_on_one_line(name: str, title: str, wire: Wire) -> None:
    """A title is a single line in every service, and leaves the link complete."""
    _, place, most = SERVICES[name]

    send(name, "The text.", title)

    payload = wire.payload()
    sent = at(payload, place)
    length = len(sent.encode()) if name == "ntfy" else len(sent.encode("utf-16-le")) // 2
    assert [] == [one for one in strings(payload) if LIVE.search(one) or HIDDEN.search(one)]
    assert length <= most
    assert LINK in sent.splitlines()[-1]
    titles = [payload[key] for key in ("title", "topic") if key in payload]
    assert [] == [one for one in titles if "\n" in one or "\r" in one]


@pytest.mark.parametrize("name", SERVICES)
def test_every_request_keeps_to_the_rules(name: str, wire: Wire) -> None:
    """Each request uses HTTPS, our user agent, certificate checks and a time limit."""
    send(name, "The text.")

    assert {"https"} == {(request.url or "").partition(":")[0] for request in wire.requests}
    assert {True} == {
        str(request.headers["User-Agent"]).startswith("statusgen/") for request in wire.requests
    }
    assert {(20.0, True)} == {(one["timeout"], bool(one["verify"])) for one in wire.settings}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"matrix"}))
def test_a_rate_limit_is_not_retried_by_plugins(name: str, wire: Wire) -> None:
    """A service that asks to wait gets one request, although several plugins would retry."""
    wire.status = 429

    with pytest.raises(DeliveryError, match="the service answered with status 429"):
        send(name, "The text.")

    assert 1 == len(wire.requests)


def test_discord_pings_no_one(wire: Wire) -> None:
    """No message to Discord asks to ping the people that its text mentions."""
    send("discord-markdown", TEXTS["mentions"])

    assert {"tts", "wait", "content"} == set(wire.payload())


def test_messages_have_no_name_or_pictures_of_apprise(wire: Wire) -> None:
    """Messages carry the name of the site, never the name or pictures of Apprise."""
    for name in SERVICES:
        send(name, "The text.")
        assert [] == [
            one for one in strings(wire.payload()) if "github" in one or "pprise" in one
        ], name


def test_titles_and_texts_of_mail_services_stay_as_they_are(wire: Wire) -> None:
    """Mail keeps addresses such as a@b.example intact, without a hidden character."""
    message = Message(
        key="1a", title="Ask ops@a.example", body="ops@a.example", link=LINK, urgency=Urgency.INFO
    )
    address = "resend://abcd:status@acme.example/list@x.example"
    AppriseSender(address, site_title="Acme", site_url="https://a.example").send(message)

    assert [] == [one for one in strings(wire.payload()) if "\u200b" in one]
    assert replace(message).title == wire.payload()["subject"]
