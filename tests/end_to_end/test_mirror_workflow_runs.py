"""Workflow runs with a mirror: rclone copies the page to a second host, and both are verified."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.conftest import SETTINGS, missing
from tests.support import acting
from tests.support.acting import Ran, Runner

pytestmark = pytest.mark.slow

INCIDENT = """\
---
title: {title}
severity: major
services: [api]
started: 2026-11-20 09:05
---

We are looking into it.
"""
PUBLISHED = dict.fromkeys(("Build", "Deploy", "Verify", "Notify"), "success")
MIRRORED = dict.fromkeys(("Copy", "Verify both"), "success")
KEY = "K3Y-of-the-remote"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site with a runner, and the folder and the address of its mirror."""

    folder: Path
    runner: Runner
    mirror: Path
    mirror_url: str

    def push(self, files: dict[str, str], *, event: str = "push") -> Ran:
        """Commit *files*, and run the workflow that publishes."""
        if files:
            acting.commit(self.folder, files)
        return self._run("publish.yml", event, None)

    def copy(self, *, conf: str | None = None, inputs: Mapping[str, object] | None = None) -> Ran:
        """Run only the job of the mirror, as after a job that failed, which act does not do.

        *conf* is the secret (default: a remote), and *inputs* are inputs of the job.
        """
        text = (self.folder / ".github" / "workflows" / "publish.yml").read_text("utf-8")
        job = yaml.safe_load(text)["jobs"]["mirror"]
        del job["needs"], job["if"], job["with"]["verify"]
        job["with"] |= inputs or {}
        alone = {"on": "workflow_dispatch", "jobs": {"mirror": job}}
        path = self.folder / ".github" / "workflows" / "alone.yml"
        path.write_text(yaml.safe_dump(alone), encoding="utf-8")
        return self._run(path.name, "workflow_dispatch", conf)

    def _run(self, workflow: str, event: str, conf: str | None) -> Ran:
        remote = f"[mirror]\ntype = alias\nremote = {self.mirror.parent}\ntoken = {KEY}\n"
        return self.runner.run(
            self.folder,
            workflow,
            event,
            {},
            secrets={"RCLONE_CONF": remote if conf is None else conf},
            settings={"MIRROR_URL": self.mirror_url, "MIRROR_PATH": self.mirror.name},
        )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Yield a site with a mirror that has never been published."""
    if shutil.which("rclone") is None:
        missing("rclone")
    runner = Runner(tmp_path / "runner")
    mirror = tmp_path / "hosts" / "status"
    with ExitStack() as stack:
        url = stack.enter_context(acting.serving(runner.state / "live"))
        mirror_url = stack.enter_context(acting.serving(mirror))
        settings = SETTINGS.replace("https://status.acme.example", url)
        folder = acting.repository(tmp_path / "site", {"statusgen.yml": settings})
        yield Site(folder=folder, runner=runner, mirror=mirror, mirror_url=mirror_url)


def content(folder: Path) -> dict[str, bytes]:
    """Return the files in *folder* by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def written(folder: Path, pattern: str) -> list[int]:
    """Return when the files in *folder* that match *pattern* were written, sorted."""
    return sorted(path.stat().st_ctime_ns for path in folder.rglob(pattern) if path.is_file())


def test_both_hosts_show_the_same_page(site: Site) -> None:
    """The mirror gets the files of the first host: styles before pages, and build.json last.

    A file that is gone is deleted; the secret is in no log and in no file of the run.
    """
    first = site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    copy, live = content(site.mirror), content(site.runner.state / "live")
    pages, all_files = written(site.mirror, "*.html"), written(site.mirror, "*")
    styles, record = written(site.mirror, "*.css"), written(site.mirror, "build.json")
    (site.folder / "incidents" / "a.md").unlink()
    second = site.push({"incidents/b.md": INCIDENT.format(title="Another")})

    assert PUBLISHED | MIRRORED == first.jobs == second.jobs
    assert live == copy
    assert (True, True) == (styles[-1] <= pages[0], record[-1] == all_files[-1])
    assert content(site.runner.state / "live") == content(site.mirror)
    assert not (site.mirror / "incidents" / "a.html").exists()
    assert KEY not in first.output
    assert [] == list(site.runner.state.parent.rglob("rclone.conf"))


def test_a_mirror_follows_without_the_first_host(site: Site) -> None:
    """If the deployment fails, the mirror still gets the page, and the run names who is behind.

    The next run completes the first host, although the mirror is up to date.
    """
    (site.runner.state / "drop").touch()
    text = (site.folder / ".github" / "workflows" / "publish.yml").read_text("utf-8")
    quick = text.replace("    with:\n      force:", "    with:\n      wait: 0\n      force:")
    incident = INCIDENT.format(title="Elevated errors")
    dropped = site.push({".github/workflows/publish.yml": quick, "incidents/a.md": incident})
    copied = site.copy()
    (site.runner.state / "drop").unlink()
    again = site.push({}, event="workflow_dispatch")

    assert {"Build": "success", "Deploy": "success", "Verify": "failure"} == dropped.jobs
    assert {"Copy": "success", "Verify both": "failure"} == copied.jobs
    assert "Elevated errors" in (site.mirror / "index.html").read_text("utf-8")
    assert f"{site.mirror_url} serves build " in copied.log
    assert "::error::The mirror is up to date, but the page at url in statusgen.yml is behind" in (
        copied.log
    )
    assert PUBLISHED | MIRRORED == again.jobs


def test_a_mirror_catches_up_without_a_change(site: Site) -> None:
    """A run that deploys nothing still copies the page to a mirror that missed it.

    So does a run without Pages, which verifies the mirror alone.
    """
    site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    shutil.rmtree(site.mirror)
    same = site.push({}, event="workflow_dispatch")
    shutil.rmtree(site.mirror)
    (site.runner.state / "pages").write_text("404", encoding="utf-8")
    shutil.rmtree(site.runner.state / "live")
    without_pages = site.push({}, event="workflow_dispatch")

    assert {"Build": "success", "Notify": "success"} | MIRRORED == same.jobs
    assert {"Build": "success"} | MIRRORED == without_pages.jobs
    assert ["deployed"] == site.runner.written("deployments")
    assert (site.mirror / "index.html").is_file()


def test_a_mirror_is_never_emptied(site: Site) -> None:
    """Without a page to copy, or with too many files to delete, the job fails.

    Then the mirror keeps its build.json.
    """
    site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    for number in range(3):
        (site.mirror / f"{number}.html").write_text("Old", encoding="utf-8")
    before = content(site.mirror)
    (site.runner.state / "github-pages").rename(site.runner.state / "away")
    no_page = site.copy()
    kept = content(site.mirror)
    (site.runner.state / "away").rename(site.runner.state / "github-pages")
    (site.runner.state / "github-pages" / "build.json").write_text(f'"{"f" * 64}"', "utf-8")
    too_many = site.copy(inputs={"max-delete": 2})

    assert {"Copy": "failure"} == no_page.jobs == too_many.jobs
    assert "::error::There is no page to copy, so the mirror was not changed" in no_page.log
    assert before == kept
    assert "::error::More than 2 files would be deleted on the mirror." in too_many.log
    assert before["build.json"] == (site.mirror / "build.json").read_bytes()


def test_a_missing_secret_is_named(site: Site) -> None:
    """A mirror without its secret fails with one line that names it."""
    ran = site.copy(conf="")

    assert {"Copy": "failure"} == ran.jobs
    assert "::error::The secret RCLONE_CONF is missing; add it under Settings" in ran.log


def host_key(path: Path) -> str:
    """Create a host key in *path*, and return its public half."""
    if shutil.which("ssh-keygen") is None:
        missing("ssh-keygen")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path.with_suffix(".pub").read_text("utf-8").strip()


@contextmanager
def sftp_server(folder: Path, key: Path) -> Iterator[str]:
    """Serve *folder* by SFTP with the host key *key*; yield the configuration of a remote."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = (f"--addr=127.0.0.1:{port}", "--user=u", "--pass=p", f"--key={key}")
    with subprocess.Popen(
        ["rclone", "serve", "sftp", folder, *options], stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        assert any("server listening" in line for line in server.stderr)
        password = subprocess.run(
            ["rclone", "obscure", "p"], capture_output=True, text=True, check=True
        ).stdout
        try:
            place = f"host = 127.0.0.1\nport = {port}\nuser = u\npass = {password}"
            yield f"[mirror]\ntype = sftp\n{place}shell_type = none\n"
        finally:
            server.terminate()


def test_an_sftp_server_must_have_the_key_that_is_known(site: Site, tmp_path: Path) -> None:
    """The page is copied to a server with a known key, and to no other one."""
    site.push({})
    before = content(site.mirror)
    shutil.rmtree(site.mirror)
    known, other = host_key(tmp_path / "known"), host_key(tmp_path / "other")
    with sftp_server(site.mirror.parent, tmp_path / "known") as conf:
        port = re.findall(r"port = (\d+)", conf)[0]
        name = f"[127.0.0.1]:{port}"
        unknown = site.copy(conf=conf)
        wrong = site.copy(conf=conf, inputs={"known-hosts": f"{name} {other}"})
        is_empty = not site.mirror.exists()
        right = site.copy(conf=conf, inputs={"known-hosts": f"{name} {known}"})

    assert {"Copy": "failure"} == unknown.jobs == wrong.jobs
    assert "::error::An SFTP remote needs the input known-hosts" in unknown.log
    assert ("key mismatch" in wrong.log, is_empty) == (True, True)
    assert MIRRORED == right.jobs
    assert before == content(site.mirror)
