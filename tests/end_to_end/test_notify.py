"""`statusgen notify`: each update reaches each channel once the page shows it, and only once."""

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
    """A server that records what it is sent, and answers *status* after *pause* seconds."""

    url: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]

    def incidents(self) -> list[str]:
        """The texts of the updates that the webhook told of, as they came."""
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
    """A receiver on this machine."""
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
        """What the record says."""
        return json.loads(git(self.folder.parent / "remote.git", "show", f"{REF}:state.json"))


def named(files: dict[str, str]) -> dict[str, str]:
    return {f"incidents/{slug}.md": text for slug, text in files.items()}


def moment(clock: str) -> str:
    return clock if "-" in clock else f"2026-11-20 {clock}Z"


def incident(*updates: tuple[str, str, str]) -> str:
    """The file of an incident with *updates*: time, state, text."""
    lines = "".join(
        f"  - at: {moment(at)}\n    state: {state}\n    text: {text}\n"
        for at, state, text in updates
    )
    return f"---\ntitle: API is down\nseverity: major\nservices: [api]\nupdates:\n{lines}---\n"


OPENED = ("11:00", "investigating", "We look into it.")
FIXED = ("11:30", "resolved", "All is well.")


@pytest.fixture
def notifying(
    run: Run, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Notifying]:
    """A site with two channels, a webhook and a chat, that begins without an incident."""
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
    """Serves the page."""

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def begun(notifying: Notifying, receiver: Receiver) -> None:
    """Let the channels be known, and an incident be live."""
    assert 0 == notifying("10:00").status
    receiver.got.clear()
    notifying.publish("11:05", a=incident(OPENED))


def test_the_first_run_is_silent(notifying: Notifying, receiver: Receiver) -> None:
    """A new channel hears of nothing that is on the page already, and says that it begins."""
    notifying.publish("11:05", a=incident(OPENED))

    ran = notifying("11:06")

    assert (0, []) == (ran.status, receiver.got)
    assert (
        "partners: new; what is on the page now counts as told\n"
        "team-chat: new; what is on the page now counts as told\n"
    ) == ran.out
    assert ["partners", "team-chat"] == sorted(notifying.record()["channels"])


def test_an_update_reaches_every_channel_once(notifying: Notifying, receiver: Receiver) -> None:
    """The webhook gets Statuspage's JSON, signed; the chat a text; the next run tells nobody."""
    begun(notifying, receiver)

    ran, again = notifying("11:06"), notifying("11:07")

    assert (0, "partners: 1 message sent\nteam-chat: 1 message sent\n") == (ran.status, ran.out)
    assert (0, "", "nothing to tell\n") == (again.status, again.out, again.err)
    (hook, body), (component, _), (_, chat) = receiver.got
    told = json.loads(body)
    assert ("API is down", "investigating", "We look into it.") == (
        told["incident"]["name"],
        told["incident"]["status"],
        told["incident"]["incident_updates"][0]["body"],
    )
    assert told["incident"]["incident_updates"][0]["id"] == hook["webhook-id"]
    assert hook["webhook-id"] != component["webhook-id"]
    Webhook(KEY).verify(body, hook)
    said = json.loads(chat)
    assert "Major outage: API is down" == said["title"]
    assert said["message"].endswith(
        f"We look into it.\n\n{notifying.page}/incidents/a.html#update-{hook['webhook-id']}"
    )


def test_what_is_told_can_be_read_in_git(notifying: Notifying, receiver: Receiver) -> None:
    """The ref is the audit: who was told of what when; no clone and no branch shows it."""
    begun(notifying, receiver)
    notifying("11:06")

    remote = notifying.folder.parent / "remote.git"
    (update,) = notifying.record()["updates"].values()
    log = git(remote, "log", "--format=%an %s", REF)

    assert {"partners": "sent", "team-chat": "sent"} == {
        name: mark["state"] for name, mark in update["channels"].items()
    }
    assert log.startswith("statusgen Tell ")
    assert ["main"] == git(remote, "branch", "--format=%(refname:short)").split()
    assert "" == git(notifying.folder, "status", "--porcelain", "--", "statusgen.yml")


def test_a_page_that_is_not_live_yet_is_not_told(notifying: Notifying, receiver: Receiver) -> None:
    """An update leaves once the page shows it: a link never leads to the old page."""
    begun(notifying, receiver)
    text = incident(OPENED, FIXED)
    write_site(notifying.folder, {"statusgen.yml": SETTINGS + CHANNELS, **named({"a": text})})

    notifying("11:40")
    before = receiver.incidents()
    notifying.publish("11:41", a=text)
    notifying("11:42")

    assert ["We look into it."] == before
    assert ["We look into it.", "All is well."] == receiver.incidents()


def test_a_failure_is_told_again_by_the_next_run(notifying: Notifying, receiver: Receiver) -> None:
    """The other channel is told; status 3 names the channel, and nothing shows an address."""
    begun(notifying, receiver)
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}

    failed = notifying("11:06")
    receiver.status, receiver.headers = 204, {}
    receiver.got.clear()
    ran = notifying("11:07")

    assert (3, "") == (failed.status, failed.out)
    assert "partners: 1 message not sent: " in failed.err
    assert "team-chat: 1 message not sent: " in failed.err
    assert not [word for word in ("secret-path", "chat-token", "whsec_") if word in failed.err]
    assert (0, "partners: 1 message sent\nteam-chat: 1 message sent\n") == (ran.status, ran.out)


@pytest.mark.parametrize("status", [302, 400, 500])
@pytest.mark.slow
def test_a_receiver_is_asked_three_times(
    notifying: Notifying, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Any answer but 2xx is none; no redirect is followed."""
    monkeypatch.setenv("STATUSGEN_NOTIFY", "")
    begun(notifying, receiver)
    receiver.status, receiver.headers = status, {"Location": f"{receiver.url}/elsewhere"}

    failed = notifying("11:06")

    assert 3 == failed.status
    assert 3 == len(receiver.got)
    assert 1 == len({headers["webhook-id"] for headers, _ in receiver.got})


def test_a_dry_run_sends_and_records_nothing(notifying: Notifying, receiver: Receiver) -> None:
    """It prints channel, title and text of each message, and no address."""
    begun(notifying, receiver)
    before = notifying.record()

    ran = notifying("11:06", "--dry-run")

    assert (0, [], before) == (ran.status, receiver.got, notifying.record())
    assert ran.out.startswith("partners: Major outage: API is down\n  | Public API: Major outage\n")
    assert "\nteam-chat: Major outage: API is down\n" in ran.out
    assert not [word for word in ("secret-path", "chat-token") if word in ran.out + ran.err]


def test_a_pull_request_says_whom_it_would_notify(
    notifying: Notifying, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two builds are compared: that needs no record, no secret and no live page."""
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


def test_without_addresses_nobody_is_told(
    notifying: Notifying, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fork has no secrets: the run is green, and says so."""
    begun(notifying, receiver)
    monkeypatch.delenv("STATUSGEN_NOTIFY_PARTNERS")
    monkeypatch.setenv("STATUSGEN_NOTIFY", "renamed json://127.0.0.1/chat-token")

    ran = notifying("11:06")

    assert (0, "", []) == (ran.status, ran.out, receiver.got)
    assert (
        "warning: channel partners has no address; set STATUSGEN_NOTIFY_PARTNERS\n"
        "warning: channel team-chat has no address; set STATUSGEN_NOTIFY_TEAM_CHAT\n"
        "warning: line 1 of STATUSGEN_NOTIFY is for no channel in statusgen.yml\n"
        "no channel has an address in the environment; nobody to tell\n"
    ) == ran.err


def test_a_workflow_masks_addresses_first(
    notifying: Notifying, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever prints them later, no log of GitHub shows an address or a part of one."""
    begun(notifying, receiver)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    lines = notifying("11:06").out.splitlines()

    masks = [line for line in lines if line.startswith("::add-mask::")]
    assert masks == lines[: len(masks)]
    assert f"::add-mask::{receiver.url}{PATH}" in masks
    assert "::add-mask::secret-path-of-the-receiver" in masks
    assert lines[len(masks) :] == ["partners: 1 message sent", "team-chat: 1 message sent"]


def break_record(notifying: Notifying) -> None:
    """Put something else into the record, as a person might by mistake."""
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
    ("break_it", "status", "said"),
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
            "statusgen: there is no page at http://127.0.0.1:",
            id="no-page",
        ),
        pytest.param(
            break_record,
            3,
            "statusgen: the record of what was told cannot be read: it is no record of statusgen",
            id="a-broken-record",
        ),
    ],
)
def test_trouble_tells_nobody(
    notifying: Notifying, receiver: Receiver, break_it: Any, status: int, said: str
) -> None:
    """Where something is wrong nothing is sent, and one line says what."""
    begun(notifying, receiver)
    break_it(notifying)

    ran = notifying("11:06")

    assert (status, "", []) == (ran.status, ran.out, receiver.got)
    assert said in ran.err


def test_a_site_without_channels_has_nobody_to_tell(run: Run, tmp_path: Path) -> None:
    """The command does no harm where it is not used."""
    folder = write_site(tmp_path / "site", {})

    assert (0, "", "no channels in statusgen.yml; nobody to tell\n") == (
        (ran := run("notify", cwd=folder)).status,
        ran.out,
        ran.err,
    )


def started(notifying: Notifying, clock: str, clone: Path) -> "subprocess.Popen[bytes]":
    """Begin to notify in a process of its own, from another *clone*."""
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
    """Another clone of the repository, with the same files."""
    clone = notifying.folder.parent / name
    git(notifying.folder.parent, "clone", "-q", "remote.git", name)
    write_site(clone, {"statusgen.yml": SETTINGS + CHANNELS, **named(MANY)})
    return clone


@pytest.mark.slow
def test_two_runs_at_once_tell_everything_once(notifying: Notifying, receiver: Receiver) -> None:
    """Both claim in the record before they send, and one of them is first."""
    begun(notifying, receiver)
    notifying.publish("11:05", **MANY)
    receiver.pause = 0.02

    runs = [started(notifying, "11:06", cloned(notifying, f"clone{n}")) for n in range(2)]
    statuses = [one.wait(timeout=120) for one in runs]

    assert [0, 0] == statuses
    ids = [headers["webhook-id"] for headers, _ in receiver.got if "webhook-id" in headers]
    assert (12, 12) == (len(ids), len(set(ids)))  # of each an incident and a component
    assert 6 == len(receiver.got) - len(ids)


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.4, 0.7, 0.9, 1.1, 1.3, 1.6])
def test_a_killed_run_loses_nothing(notifying: Notifying, receiver: Receiver, delay: float) -> None:
    """The next run, once the claim has ended, tells the rest; a repeat has the same id."""
    begun(notifying, receiver)
    notifying.publish("11:05", **MANY)
    receiver.pause = 0.05
    clone = cloned(notifying, "clone")

    run = started(notifying, "11:06", clone)
    time.sleep(delay)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait(timeout=60)
    time.sleep(0.2)  # for what was on its way
    last = Notifying(clone, notifying.page, notifying.run)("11:25")

    ids = [headers["webhook-id"] for headers, _ in receiver.got if "webhook-id" in headers]
    assert 0 == last.status, last.err
    assert 12 == len(set(ids))
    assert 6 == len({body for headers, body in receiver.got if "webhook-id" not in headers})


def test_masks_are_what_the_runner_decodes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address with a percent sign is escaped as the runner reads it, so it is masked whole."""
    address = "mailtos://me:a%40b%25c@127.0.0.1?to=list"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("STATUSGEN_NOTIFY", f"team-chat {address}")
    folder = write_site(tmp_path, {"statusgen.yml": SETTINGS + CHANNELS})
    ran = run("notify", "--base-url", "http://127.0.0.1:9", cwd=folder)
    masks = [line.partition("::add-mask::")[2] for line in ran.out.splitlines()]

    assert 3 == ran.status
    assert address == masks[0].replace("%25", "%")
    assert "a%2540b" in masks[0]
