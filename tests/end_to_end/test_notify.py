"""`statusgen notify`: each update reaches each channel once, after the page shows it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.conftest import SETTINGS, Ran, Run, write_site
from tests.support.acting import git
from tests.support.servers import TestServer

CHANNELS = """\
channels:
  - id: partners
    kind: webhook
  - id: team-chat
    on: [opened, worse, resolved]
"""
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATH = "/hook/secret-path-of-the-receiver"
REF = "refs/statusgen/notified"


@dataclass
class Receiver:
    """A server that records its requests, and answers *status* after *pause* seconds."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]

    def incidents(self) -> list[str]:
        """Return the newest texts of the incidents that the webhook received, in order."""
        return [
            body["incident"]["incident_updates"][0]["body"]
            for body in self.bodies()
            if "incident" in body
        ]


@contextmanager
def serving(handler: Any) -> Iterator[str]:
    server = TestServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=partial(server.serve_forever, 0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Run a receiver on this machine."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(found.pause)
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with serving(Handler) as found.url:
        yield found


@dataclass(frozen=True)
class Notifying:
    """A site in *folder*, a clone of a bare repository, and its page at *page*."""

    folder: Path
    page: str
    run: Run

    def publish(self, now: str, **files: str) -> None:
        """Write incident *files*, and build the page that is then live at *now*."""
        write_site(self.folder, {"statusgen.yml": SETTINGS + CHANNELS, **named(files)})
        built = self.run("build", "--now", moment(now), cwd=self.folder)
        assert 0 == built.status, built.err

    def __call__(self, now: str, *options: str) -> Ran:
        """Notify at *now*."""
        where = ("--base-url", self.page, "--now", moment(now))
        return self.run("notify", *where, *options, cwd=self.folder)

    def record(self) -> Any:
        """Return the contents of the record."""
        return json.loads(git(self.folder.parent / "remote.git", "show", f"{REF}:state.json"))


def named(files: dict[str, str]) -> dict[str, str]:
    return {f"incidents/{slug}.md": text for slug, text in files.items()}


def moment(clock: str) -> str:
    return clock if "-" in clock else f"2026-11-20 {clock}Z"


def incident(*updates: tuple[str, str, str]) -> str:
    """Return the file of an incident with *updates*: time, state, text."""
    lines = "".join(
        f"  - at: {moment(at)}\n    state: {state}\n    text: {text}\n"
        for at, state, text in updates
    )
    return f"---\ntitle: API is down\nseverity: major\nservices: [api]\nupdates:\n{lines}---\n"


SENT = "sent 1 notification to partners\nsent 1 notification to team-chat\n"
OPENED = ("11:00", "investigating", "We look into it.")
FIXED = ("11:30", "resolved", "All is well.")
SENT = "sent 1 notification to partners\nsent 1 notification to team-chat\n"


@pytest.fixture
def notifying(
    run: Run, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Notifying]:
    """Set up a site with a webhook and a chat, but without an incident."""
    for name in [name for name in os.environ if name.startswith("STATUSGEN_NOTIFY")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("STATUSGEN_NOTIFY_PARTNERS", f"{receiver.url}{PATH}")
    monkeypatch.setenv("STATUSGEN_NOTIFY_PARTNERS_SECRET", KEY)
    chat = f"{receiver.url.replace('http', 'json')}/chat-token-0123456789"
    monkeypatch.setenv("STATUSGEN_NOTIFY", f"team-chat {chat}")
    folder = write_site(
        tmp_path / "site",
        {"statusgen.yml": SETTINGS + CHANNELS, ".gitignore": "_site\n.statusgen\n"},
    )
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Begin")
    git(tmp_path, "clone", "-q", "--bare", str(folder), "remote.git")
    git(folder, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(folder, "push", "-qu", "origin", "main")
    handler = partial(Quiet, directory=str(folder / "_site"))
    with serving(handler) as page:
        found = Notifying(folder, page, run)
        found.publish("10:00")
        yield found


class Quiet(SimpleHTTPRequestHandler):
    """A server for the page that logs nothing."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def begun(notifying: Notifying, receiver: Receiver) -> None:
    """Make the channels known, and publish an incident."""
    assert 0 == notifying("10:00").status
    receiver.got.clear()
    notifying.publish("11:05", a=incident(OPENED))


def test_the_first_run_is_silent(notifying: Notifying, receiver: Receiver) -> None:
    """A new channel gets no update that is already on the page, and the log says so."""
    notifying.publish("11:05", a=incident(OPENED))

    ran = notifying("11:06")

    assert (0, []) == (ran.status, receiver.got)
    assert (
        "channel 'partners' is new: earlier updates are not sent\n"
        "channel 'team-chat' is new: earlier updates are not sent\n"
    ) == ran.out
    assert ["partners", "team-chat"] == sorted(notifying.record()["channels"])


def test_an_update_reaches_every_channel_once(notifying: Notifying, receiver: Receiver) -> None:
    """A webhook gets signed Statuspage JSON and a chat a text; the next run sends nothing."""
    begun(notifying, receiver)

    ran, again = notifying("11:06"), notifying("11:07")

    assert (0, SENT) == (ran.status, ran.out)
    assert (0, "", "nothing to send\n") == (again.status, again.out, again.err)
    (hook, body), (component, _), (_, chat) = receiver.got
    sent = json.loads(body)
    assert ("API is down", "investigating", "We look into it.") == (
        sent["incident"]["name"],
        sent["incident"]["status"],
        sent["incident"]["incident_updates"][0]["body"],
    )
    assert sent["incident"]["incident_updates"][0]["id"] == hook["webhook-id"]
    assert hook["webhook-id"] != component["webhook-id"]
    Webhook(KEY).verify(body, hook)
    message = json.loads(chat)
    assert "Major outage: API is down" == message["title"]
    assert message["message"].endswith(
        f"We look into it.\n\n{notifying.page}/incidents/a.html#update-{hook['webhook-id']}"
    )


def test_the_record_can_be_read_in_git(notifying: Notifying, receiver: Receiver) -> None:
    """The Git ref shows which update was sent to which channel; no branch contains it."""
    begun(notifying, receiver)
    notifying("11:06")

    remote = notifying.folder.parent / "remote.git"
    (update,) = notifying.record()["updates"].values()
    log = git(remote, "log", "--format=%an %s", REF)

    assert {"partners": "sent", "team-chat": "sent"} == {
        name: mark["state"] for name, mark in update["channels"].items()
    }
    assert log.startswith("statusgen Record ")
    assert ["main"] == git(remote, "branch", "--format=%(refname:short)").split()
    assert "" == git(notifying.folder, "status", "--porcelain", "--", "statusgen.yml")


def test_an_update_that_is_not_live_yet_is_not_sent(
    notifying: Notifying, receiver: Receiver
) -> None:
    """An update is sent only when the page shows it, so its link never leads to an old page."""
    begun(notifying, receiver)
    text = incident(OPENED, FIXED)
    write_site(notifying.folder, {"statusgen.yml": SETTINGS + CHANNELS, **named({"a": text})})

    notifying("11:40")
    before = receiver.incidents()
    notifying.publish("11:41", a=text)
    notifying("11:42")

    assert ["We look into it."] == before
    assert ["We look into it.", "All is well."] == receiver.incidents()


def test_a_failed_message_is_sent_by_the_next_run(notifying: Notifying, receiver: Receiver) -> None:
    """A failed message makes status 3, names no address, and is sent by the next run."""
    begun(notifying, receiver)
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}

    failed = notifying("11:06")
    receiver.status, receiver.headers = 204, {}
    receiver.got.clear()
    ran = notifying("11:07")

    assert (3, "") == (failed.status, failed.out)
    assert "cannot notify 'partners': " in failed.err
    assert "cannot notify 'team-chat': " in failed.err
    assert not [word for word in ("secret-path", "chat-token", "whsec_") if word in failed.err]
    assert (0, SENT) == (ran.status, ran.out)


def test_several_failures_of_a_channel_are_one_line(
    notifying: Notifying, receiver: Receiver
) -> None:
    """The line counts the messages and has the reason of the first one."""
    begun(notifying, receiver)
    notifying.publish("11:05", a=incident(OPENED), b=incident(OPENED))
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}

    failed = notifying("11:06")

    assert (
        "cannot notify 'partners' (2 messages): the receiver answered with status 429;"
        " they will be retried\n"
        "cannot notify 'team-chat' (2 messages): the service answered with status 429;"
        " they will be retried\n"
    ) == failed.err


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("a",), "1 update is older than 24 hours and"),
        (("a", "b"), "2 updates are older than 24 hours and"),
    ],
)
def test_updates_that_are_too_old_are_counted(
    notifying: Notifying, receiver: Receiver, files: tuple[str, ...], expected: str
) -> None:
    """A dry run says what would not be sent, and a real run what was not sent."""
    begun(notifying, receiver)
    notifying.publish("2026-11-21 12:00Z", **dict.fromkeys(files, incident(OPENED)))

    preview = notifying("2026-11-21 12:00Z", "--dry-run")
    ran = notifying("2026-11-21 12:00Z")

    were = "was" if len(files) == 1 else "were"
    assert f"{expected} would not be sent\nnothing to send\n" == preview.err
    assert f"{expected} {were} not sent\nnothing to send\n" == ran.err
    assert [] == receiver.got


@pytest.mark.parametrize("status", [302, 400, 500])
@pytest.mark.slow
def test_a_receiver_is_asked_three_times(
    notifying: Notifying, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """A response other than 2xx is retried twice; redirects are not followed."""
    monkeypatch.setenv("STATUSGEN_NOTIFY", "")
    begun(notifying, receiver)
    receiver.status, receiver.headers = status, {"Location": f"{receiver.url}/elsewhere"}

    failed = notifying("11:06")

    assert 3 == failed.status
    assert 3 == len(receiver.got)
    assert 1 == len({headers["webhook-id"] for headers, _ in receiver.got})


def test_a_dry_run_sends_and_records_nothing(notifying: Notifying, receiver: Receiver) -> None:
    """A dry run prints channel, title and text of each message, but no address."""
    begun(notifying, receiver)
    before = notifying.record()

    ran = notifying("11:06", "--dry-run")

    assert (0, [], before) == (ran.status, receiver.got, notifying.record())
    assert ran.out.startswith("partners: Major outage: API is down\n  | Public API: Major outage\n")
    assert "\nteam-chat: Major outage: API is down\n" in ran.out
    assert not [word for word in ("secret-path", "chat-token") if word in ran.out + ran.err]


def test_a_pull_request_shows_channels_and_messages(
    notifying: Notifying, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comparison of two builds needs no record, no secret and no live page."""
    monkeypatch.delenv("STATUSGEN_NOTIFY_PARTNERS")
    monkeypatch.delenv("STATUSGEN_NOTIFY")
    notifying.publish("11:00", a=incident(OPENED))
    (notifying.folder / "_site").rename(tmp_path / "old")
    notifying.publish("11:40", a=incident(OPENED, FIXED))

    options = ("--dry-run", "--compare", str(tmp_path / "old"), "--now", moment("11:40"))
    ran = notifying.run("notify", *options, cwd=notifying.folder)

    assert (0, []) == (ran.status, receiver.got)
    assert ["partners: Resolved: API is down", "team-chat: Resolved: API is down"] == [
        line for line in ran.out.splitlines() if not line.startswith(" ")
    ]
    assert 2 == notifying.run("notify", "--compare", "x", cwd=notifying.folder).status


def test_without_addresses_nothing_is_sent(
    notifying: Notifying, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fork without secrets gets warnings and a successful run."""
    begun(notifying, receiver)
    monkeypatch.delenv("STATUSGEN_NOTIFY_PARTNERS")
    monkeypatch.setenv("STATUSGEN_NOTIFY", "renamed json://127.0.0.1/chat-token")

    ran = notifying("11:06")

    assert (0, "", []) == (ran.status, ran.out, receiver.got)
    assert (
        "warning: channel 'partners' has no address; set STATUSGEN_NOTIFY_PARTNERS\n"
        "warning: channel 'team-chat' has no address; set STATUSGEN_NOTIFY_TEAM_CHAT\n"
        "warning: line 1 of STATUSGEN_NOTIFY does not match a channel in statusgen.yml;"
        " fix or remove it\n"
        "no channel has an address in the environment; nothing was sent\n"
    ) == ran.err


def test_a_workflow_masks_addresses_first(
    notifying: Notifying, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No later line of a GitHub log can show an address or a part of one."""
    begun(notifying, receiver)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    lines = notifying("11:06").out.splitlines()

    masks = [line for line in lines if line.startswith("::add-mask::")]
    assert masks == lines[: len(masks)]
    assert f"::add-mask::{receiver.url}{PATH}" in masks
    assert "::add-mask::secret-path-of-the-receiver" in masks
    assert lines[len(masks) :] == SENT.splitlines()


def break_record(notifying: Notifying) -> None:
    """Replace the record by an invalid one, as a person might do by mistake."""
    remote = notifying.folder.parent / "remote.git"
    blob = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"],
        cwd=remote,
        input=b"{}",
        capture_output=True,
        check=True,
    ).stdout.decode()
    tree = subprocess.run(
        ["git", "mktree"],
        cwd=remote,
        input=f"100644 blob {blob.strip()}\tstate.json\n".encode(),
        capture_output=True,
        check=True,
    ).stdout.decode()
    commit = git(remote, "commit-tree", tree.strip(), "-p", REF, "-m", "Oops")
    git(remote, "update-ref", REF, commit.strip())


@pytest.mark.parametrize(
    ("break_it", "status", "expected"),
    [
        pytest.param(
            lambda one: (one.folder / "incidents/b.md").write_text("---\ntitle: x\n---\n"),
            1,
            "incidents/b.md:",
            id="a-problem-in-the-content",
        ),
        pytest.param(
            lambda one: (one.folder.parent / "remote.git").rename(one.folder.parent / "gone"),
            3,
            "statusgen: ",
            id="no-remote",
        ),
        pytest.param(
            lambda one: (one.folder / "_site" / "build.json").unlink(),
            3,
            "statusgen: no page at http://127.0.0.1:",
            id="no-page",
        ),
        pytest.param(
            break_record,
            3,
            "statusgen: the record of notifications cannot be read: it is not a record written",
            id="a-broken-record",
        ),
    ],
)
def test_an_error_sends_nothing(
    notifying: Notifying, receiver: Receiver, break_it: Any, status: int, expected: str
) -> None:
    """Nothing is sent if something is wrong, and the message names the cause."""
    begun(notifying, receiver)
    break_it(notifying)

    ran = notifying("11:06")

    assert (status, "", []) == (ran.status, ran.out, receiver.got)
    assert expected in ran.err


def test_a_site_without_channels_has_nothing_to_send(run: Run, tmp_path: Path) -> None:
    """The command succeeds on a site without channels."""
    folder = write_site(tmp_path / "site", {})

    assert (0, "", "no channels in statusgen.yml; nothing to send\n") == (
        (ran := run("notify", cwd=folder)).status,
        ran.out,
        ran.err,
    )


def started(notifying: Notifying, clock: str, clone: Path) -> "subprocess.Popen[bytes]":
    """Start `notify` in its own process, from another *clone*."""
    command = [sys.executable, "-m", "statusgen", "notify", "--base-url", notifying.page]
    return subprocess.Popen(
        [*command, "--now", moment(clock)],
        cwd=clone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


MANY = {
    f"a{number}": incident(("11:00", "investigating", f"Number {number}.")) for number in range(6)
}


def cloned(notifying: Notifying, name: str) -> Path:
    """Create another clone of the repository, with the same files."""
    clone = notifying.folder.parent / name
    git(notifying.folder.parent, "clone", "-q", "remote.git", name)
    write_site(clone, {"statusgen.yml": SETTINGS + CHANNELS, **named(MANY)})
    return clone


@pytest.mark.slow
def test_two_runs_at_once_send_everything_once(notifying: Notifying, receiver: Receiver) -> None:
    """Two simultaneous runs send each update once, because both claim it before sending."""
    begun(notifying, receiver)
    notifying.publish("11:05", **MANY)
    receiver.pause = 0.02

    runs = [started(notifying, "11:06", cloned(notifying, f"clone{n}")) for n in range(2)]
    statuses = [one.wait(timeout=120) for one in runs]

    assert [0, 0] == statuses
    ids = [headers["webhook-id"] for headers, _ in receiver.got if "webhook-id" in headers]
    assert (12, 12) == (
        len(ids),
        len(set(ids)),
    )  # each incident has two requests: incident and component
    assert 6 == len(receiver.got) - len(ids)


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.4, 0.7, 0.9, 1.1, 1.3, 1.6])
def test_a_killed_run_loses_nothing(notifying: Notifying, receiver: Receiver, delay: float) -> None:
    """The run after a killed one sends the rest; repeated messages have the same id."""
    begun(notifying, receiver)
    notifying.publish("11:05", **MANY)
    receiver.pause = 0.05
    clone = cloned(notifying, "clone")

    run = started(notifying, "11:06", clone)
    time.sleep(delay)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait(timeout=60)
    time.sleep(0.2)  # for requests in flight
    last = Notifying(clone, notifying.page, notifying.run)("11:25")

    ids = [headers["webhook-id"] for headers, _ in receiver.got if "webhook-id" in headers]
    assert 0 == last.status, last.err
    assert 12 == len(set(ids))
    assert 6 == len({body for headers, body in receiver.got if "webhook-id" not in headers})


def test_masks_are_escaped_for_the_runner(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A percent sign is escaped as the runner expects, so the whole address is masked."""
    address = "mailtos://me:a%40b%25c@127.0.0.1?to=list"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("STATUSGEN_NOTIFY", f"team-chat {address}")
    folder = write_site(tmp_path, {"statusgen.yml": SETTINGS + CHANNELS})
    ran = run("notify", "--base-url", "http://127.0.0.1:9", cwd=folder)
    masks = [line.partition("::add-mask::")[2] for line in ran.out.splitlines()]

    assert 3 == ran.status
    assert address == masks[0].replace("%25", "%")
    assert "a%2540b" in masks[0]
