"""The page docs/how-to/when-github-is-down.md, with a mirror on this machine and a remote away."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT, SETTINGS, Ran, Run, missing, write_site
from tests.end_to_end.test_docs import matches
from tests.support import acting

PAGE = ROOT / "docs" / "how-to" / "when-github-is-down.md"
NOW = "1795166400"  # 2026-11-20 09:20 UTC
INCIDENT = """\
---
title: API is down
severity: major
services: [api]
started: 2026-11-20 09:05
updates:
  - at: 2026-11-20 09:05
    state: investigating
    text: We are looking into it.
---
"""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command of the page, and the output that it shows."""

    command: str
    shown: str


def steps(heading: str) -> list[Step]:
    """Return the commands of the section *heading*."""
    (section,) = re.findall(
        rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.M | re.S
    )
    found = []
    for block in re.findall(r"^```text\n(.*?)^```", section, re.M | re.S):
        for part in block.split("$ ")[1:]:
            command, _, shown = part.partition("\n")
            found.append(Step(command=command, shown=shown.strip()))
    return found


@dataclass(frozen=True, kw_only=True)
class Place:
    """A clone of a site with its remote, and the folders and addresses of both hosts."""

    ours: Path
    remote: Path
    main: Path
    mirror: Path
    urls: tuple[str, str]
    run: Run

    def follow(self, heading: str) -> list[Ran]:
        """Run the commands of the section *heading*, with the addresses of this machine."""
        return [self.act(step.command) for step in steps(heading)]

    def act(self, command: str) -> Ran:
        """Run one command of the page."""
        for name, url in zip(("status.acme", "status-mirror.acme"), self.urls, strict=True):
            command = command.replace(f"https://{name}.example", url)
        words = shlex.split(command)
        if words[0] == "statusgen":
            return self.run(*words[1:], cwd=self.ours)
        done = subprocess.run(words, cwd=self.ours, capture_output=True, text=True, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def place(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Yield a site with an open incident, published on both hosts."""
    if shutil.which("rclone") is None:
        missing("rclone")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@acme.example")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    conf = tmp_path / "rclone.conf"
    conf.write_text(f"[mirror]\ntype = alias\nremote = {tmp_path / 'hosts'}\n", encoding="utf-8")
    monkeypatch.setenv("RCLONE_CONFIG", str(conf))
    ours, remote = tmp_path / "ours", tmp_path / "remote.git"
    main, mirror = tmp_path / "main", tmp_path / "hosts" / "status"
    with ExitStack() as stack:
        urls = (
            stack.enter_context(acting.serving(main)),
            stack.enter_context(acting.serving(mirror)),
        )
        settings = SETTINGS.replace("https://status.acme.example", urls[0])
        files = {
            "statusgen.yml": settings,
            "incidents/2026-11-20-api-down.md": INCIDENT,
            ".gitignore": "_site/\n.statusgen/\n",
        }
        acting.git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
        acting.git(tmp_path, "clone", "--quiet", str(remote), "ours")
        acting.git(ours, "checkout", "--quiet", "-B", "main")
        write_site(ours, files)
        acting.commit(ours, {})
        acting.git(ours, "push", "--quiet", "--set-upstream", "origin", "main")
        found = Place(ours=ours, remote=remote, main=main, mirror=mirror, urls=urls, run=run)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
        yield found


def content(folder: Path) -> dict[str, bytes]:
    """Return the files in *folder* by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_page_is_published_from_a_machine_in_two_commands(place: Place) -> None:
    """The mirror gets exactly the files of the build; a file that is gone is deleted."""
    place.mirror.mkdir(parents=True)
    (place.mirror / "old.html").write_text("Old", encoding="utf-8")

    ran = place.follow("Publish from your machine")

    assert [0, 0] == [one.status for one in ran]
    assert content(place.ours / "_site") == content(place.mirror)


def test_an_update_reaches_the_mirror_while_the_remote_is_away(place: Place) -> None:
    """The commands print what the page shows; the commit waits, and the mirror has the update."""
    place.remote.rename(place.remote.with_name("away"))
    heading = "When the remote cannot be reached"

    ran = place.follow(heading)
    again = place.act(steps(heading)[0].command)

    assert ([3, 0, 0], 3) == ([one.status for one in ran], again.status)
    assert matches(steps(heading)[0].shown, ran[0].out + ran[0].err)
    assert "deployments are delayed" in (place.mirror / "index.html").read_text("utf-8")
    assert "2" == acting.git(place.ours, "rev-list", "--count", "main").strip()


def test_both_hosts_come_together_when_the_remote_is_back(place: Place) -> None:
    """Nothing of either side is lost, and `live` shows which host is still behind."""
    away = place.remote.with_name("away")
    place.act("statusgen build")
    shutil.copytree(place.ours / "_site", place.main)
    acting.git(place.remote, "clone", "--quiet", ".", str(place.remote.with_name("theirs")))
    place.remote.rename(away)
    place.follow("When the remote cannot be reached")
    away.rename(place.remote)
    theirs = place.remote.with_name("theirs")
    acting.git(theirs, "remote", "set-url", "origin", str(place.remote))
    acting.commit(theirs, {"incidents/web.md": INCIDENT.replace("API is down", "Site is slow")})
    acting.git(theirs, "push", "--quiet", "origin", "HEAD:main")

    push, build, before = place.follow("Come together again")
    copied = place.act(steps("Publish from your machine")[1].command)
    behind = place.act(steps("Come together again")[-1].command)
    shutil.rmtree(place.main)
    shutil.copytree(place.ours / "_site", place.main)  # as the workflow of the push does
    after = place.act(steps("Come together again")[-1].command)
    digest = json.loads((place.ours / "_site" / "build.json").read_text("utf-8"))["digest"][:12]
    current = f"serves build {digest}: up to date"

    assert (0, 0, 1, 0) == (push.status, build.status, before.status, copied.status)
    assert "3" == acting.git(place.remote, "rev-list", "--count", "main").strip()
    main, mirror = behind.out.splitlines()
    assert (1, f"{place.urls[1]} {current}") == (behind.status, mirror)
    assert re.fullmatch(rf"{place.urls[0]} serves build \w{{12}}, not {digest}", main)
    assert (0, [f"{url} {current}" for url in place.urls]) == (after.status, after.out.splitlines())
