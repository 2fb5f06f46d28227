"""Workflow runs that notify: messages after a push, and the summary of a pull request."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import SETTINGS
from tests.support import acting
from tests.support.acting import Ran, Runner
from tests.support.fakes.receiver import Receiver, receiving

pytestmark = pytest.mark.slow

REF = "refs/statusgen/notified"
TOKENS = ("T0KEN-of-partners", "Ch4t-t0ken")
KEY = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
CHANNELS = "channels:\n  - {id: partners, kind: webhook}\n  - {id: chat}\n"
HOSTILE = '"$(touch pwned) ${{ github.token }} ::error::no <img src=x> **a** [b](c) @everyone | ]"'


def incident(title: str, severity: str = "major") -> str:
    """Return an incident file that began five minutes ago."""
    began = datetime.now(UTC) - timedelta(minutes=5)
    return (
        f"---\ntitle: {title}\nseverity: {severity}\nservices: [api]\n"
        f"started: {began:%Y-%m-%dT%H:%MZ}\n---\n\nWe *look* into it <b>now</b>.\n"
    )


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site with two channels, its runner, its remote repository, and a receiver."""

    folder: Path
    remote: Path
    runner: Runner
    receiver: Receiver

    @property
    def addresses(self) -> str:
        """The secret: a line for each channel."""
        hook, chat = (f"{self.receiver.place}/hooks/{token}" for token in TOKENS)
        return f"partners http://{hook} {KEY}\nchat json://{chat}\n"

    def publish(self, files: dict[str, str], *, secret: bool = True, event: str = "push") -> Ran:
        """Commit and push *files*, and run the workflow as GitHub does."""
        if files:
            acting.commit(self.folder, files)
            acting.git(self.folder, "push", "--quiet", "origin", "main")
        secrets = {"STATUSGEN_NOTIFY": self.addresses} if secret else None
        return self.runner.run(self.folder, "publish.yml", event, {}, secrets=secrets)

    def record(self) -> list[str]:
        """Return the subjects of the record's commits, or an empty list without a record."""
        if not acting.git(self.remote, "for-each-ref", REF):
            return []
        return acting.git(self.remote, "log", "--format=%s", REF).splitlines()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Set up a site that has never been published."""
    runner = Runner(tmp_path / "runner")
    with acting.serving(runner.state / "live") as url, receiving(Receiver()) as receiver:
        settings = SETTINGS.replace("https://status.acme.example", url) + CHANNELS
        folder = acting.repository(tmp_path / "site", {"statusgen.yml": settings})
        remote = tmp_path / "remote.git"
        acting.git(tmp_path, "clone", "--quiet", "--bare", str(folder), str(remote))
        acting.git(folder, "remote", "add", "origin", str(remote))
        yield Site(folder=folder, remote=remote, runner=runner, receiver=receiver)


def assert_no_address(site: Site, ran: Ran) -> None:
    """Assert that no log, summary, record or page contains a part of an address or key."""
    record = acting.git(site.remote, "log", "--patch", REF)
    pages = [path for path in site.runner.state.rglob("*") if path.is_file()]
    texts = [ran.output, ran.summary, record, *(path.read_text("latin-1") for path in pages)]
    port = site.receiver.place.partition(":")[2]
    for part in (*TOKENS, KEY, KEY.partition("_")[2], "/hooks", f":{port}"):
        assert [] == [text for text in texts if part in text], part


def test_channels_get_what_is_new_once(site: Site) -> None:
    """The first run sends nothing; later updates reach each channel once and are recorded."""
    first = site.publish({"incidents/a.md": incident("Old", "degraded")})
    begun = site.record()
    new = site.publish({"incidents/b.md": incident("Elevated errors")})
    bodies = list(site.receiver.bodies)
    again = site.publish({}, event="workflow_dispatch")

    assert ["success"] * 3 == [ran.jobs["Notify"] for ran in (first, new, again)]
    assert 1 == len(begun)
    assert 3 == len(bodies) == len(site.receiver.bodies)
    assert 2 == sum(b"Elevated errors" in body for body in bodies)
    assert 1 == sum(b"component_update" in body for body in bodies)
    assert "sent 1 notification to partners" in new.log
    assert "nothing to send" in again.log
    assert "3" == acting.git(site.remote, "rev-list", "--count", "main").strip()
    assert ["refs/heads/main", REF] == [
        line.split()[-1] for line in acting.git(site.remote, "for-each-ref").splitlines()
    ]
    for ran in (first, new, again):
        assert_no_address(site, ran)


def test_a_failing_receiver_makes_the_run_red_and_is_retried(site: Site) -> None:
    """A failure names only the channel and leaves the page; the next run sends the message."""
    site.publish({})
    site.receiver.status = 503
    site.receiver.headers = {"Retry-After": "3600"}
    failed = site.publish({"incidents/a.md": incident("Elevated errors")})
    site.receiver.status = 200
    site.receiver.bodies.clear()
    again = site.publish({}, event="workflow_dispatch")

    assert ("success", "failure") == (failed.jobs["Verify"], failed.jobs["Notify"])
    assert "::error::cannot notify 'partners': " in failed.log
    assert "::error::cannot notify 'chat': " in failed.log
    assert {"Build": "success", "Notify": "success"} == again.jobs
    assert 3 == len(site.receiver.bodies)
    for ran in (failed, again):
        assert_no_address(site, ran)


def test_without_the_secret_nothing_is_sent_and_the_run_is_green(site: Site) -> None:
    """A missing secret is logged; no record begins, so later runs can still send."""
    ran = site.publish({"incidents/a.md": incident("Elevated errors")}, secret=False)

    assert "success" == ran.jobs["Notify"]
    assert "The secret STATUSGEN_NOTIFY is empty or missing, so nothing is sent." in ran.log
    assert "channel 'partners' has no address" in ran.log
    assert [] == site.record()
    assert [] == site.receiver.bodies


def test_a_record_that_cannot_be_pushed_makes_the_run_red(site: Site) -> None:
    """A repository that rejects the ref fails the run, and nothing is sent."""
    hook = site.remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\n! grep --quiet refs/statusgen/\n", encoding="utf-8")
    hook.chmod(0o755)
    ran = site.publish({"incidents/a.md": incident("Elevated errors")})

    assert "failure" == ran.jobs["Notify"]
    assert "git push" in ran.log
    assert [] == site.receiver.bodies


def check(site: Site) -> Ran:
    """Run the check of a pull request from a fork, which has no secret."""
    return site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})


def test_a_pull_request_shows_the_notifications_of_its_merge(site: Site) -> None:
    """The summary lists channels and messages as text; nothing is sent or recorded."""
    acting.commit(site.folder, {"incidents/a.md": incident(HOSTILE)})
    acting.git(site.folder, "push", "--quiet", "origin", "main")
    ran = check(site)
    preview = ran.summary.partition("### 2 channels would be notified\n")[2]

    assert {"Check": "success"} == ran.jobs
    assert ran.summary.startswith("### Public API&#58; operational → major outage")
    assert preview.startswith(
        "\n- **partners, chat** Major outage&#58; &#36;&#40;touch pwned&#41; "
    )
    assert "  > We look into it &#60;b&#62;now&#60;&#47;b&#62;&#46;\n" in preview
    assert not re.search("[<@`$|]|://", preview)
    assert [] == [*site.runner.state.parent.rglob("pwned"), *site.folder.rglob("pwned")]
    assert [] == site.record()
    assert [] == site.receiver.bodies


def test_a_pull_request_that_makes_the_page_says_that_channels_start_silently(site: Site) -> None:
    """The first publication notifies no channel, and its pull request says so."""
    settings = (site.folder / "statusgen.yml").read_text("utf-8")
    acting.git(site.folder, "rm", "--quiet", "statusgen.yml")
    acting.commit(site.folder, {"README.md": "Soon"})
    acting.commit(
        site.folder, {"statusgen.yml": settings, "incidents/a.md": incident("Elevated errors")}
    )
    acting.git(site.folder, "push", "--quiet", "origin", "main")
    ran = check(site)

    assert {"Check": "success"} == ran.jobs
    assert ran.summary.startswith("### The first publication")
    assert ran.summary.endswith(
        "\n### No channel would be notified\n\n"
        "Earlier updates are not sent to new channels: partners, chat\n"
    )


def test_a_pull_request_onto_a_bad_file_says_nothing_about_channels(site: Site) -> None:
    """A pull request that fixes a broken file previews no notifications."""
    acting.commit(site.folder, {"incidents/b.md": "---\ntitle: Bad\nseverity: critical\n---\n"})
    acting.commit(site.folder, {"incidents/b.md": incident("Corrected")})
    acting.git(site.folder, "push", "--quiet", "origin", "main")
    ran = check(site)

    assert {"Check": "success"} == ran.jobs
    assert "The base branch cannot be built" in ran.summary
    assert "notified" not in ran.summary
