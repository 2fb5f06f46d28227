"""Each system call fails once: one line names the cause, and the site stays as it was."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import pytest
from babel.core import get_global

from statusgen.cache.store import FOLDER
from statusgen.output.paths import STAGING
from tests.conftest import missing, write_site
from tests.support.faults import REASONS, Ended, broken_off, command
from tests.support.publishing import publish
from tests.unit.output.test_folder import NEW, OLD

pytestmark = pytest.mark.slow

get_global("likely_subtags")  # Babel reads its own file once; a failure there is a traceback.

NOW = ("--now", "2026-11-20T12:00Z")

INCIDENT = """---
title: Slow answers
severity: degraded
services: [rest]
started: 2026-11-18 09:00
updates:
  - at: 2026-11-18 09:10
    text: We look.
---
Body.
"""

SETTINGS = """title: Acme Status
url: https://status.acme.example
services:
  - id: api
    name: Public API
    aliases: [rest]
"""

COMMANDS = {
    "new": ["new", "Down", "--severity", "major", "--service", "api", "-m", "x", *NOW],
    "update": ["update", "a", "-m", "Rolling back.", *NOW],
    "event": ["event", "api", "partial", "-m", "x", *NOW],
    "fix": ["check", "--fix", *NOW],
    "list": ["list", *NOW],
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small site with every kind of input, as the current folder."""
    files = {
        "statusgen.yml": SETTINGS,
        "incidents/a.md": INCIDENT,
        "static/deep/look.css": "a{}",
    }
    folder = write_site(tmp_path / "site", files)
    (tmp_path / "words").mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """Return every file below *folder*, except the staging folder and the cache."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {STAGING, FOLDER}.intersection(path.parts)
    }


def restore(site: Path, spare: Path) -> None:
    """Restore the files of *spare* in *site*, which may be the current folder."""
    for path in sorted(site.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    shutil.copytree(spare, site, dirs_exist_ok=True)


@dataclass(frozen=True)
class Broken:
    """The end of an interrupted command, and the content of the site afterwards."""

    ended: Ended
    after: dict[str, bytes]

    @property
    def is_told(self) -> bool:
        """True if the last line reports an error of the environment, with a path."""
        *done, last = self.ended.err.splitlines() or [""]
        line = re.fullmatch(r"statusgen: cannot \w+ .+: .+", last)
        remarks = ("statusgen: cache ", "fixed ", "warning: ")
        return (
            self.ended.status == 3
            and line is not None
            and all(one.startswith(remarks) for one in done)
        )

    def is_one_of(self, old: dict[str, bytes], new: dict[str, bytes]) -> bool:
        """Return whether *old* is left; after a failed cleanup of the staging folder, either."""
        if self.ended.status == 0:
            return self.after == new
        return self.after == old or (STAGING in self.ended.err and self.after == new)

    @property
    def row(self) -> tuple[str, int, str]:
        """The details to show for a failed test."""
        return (self.ended.failed, self.ended.status, self.ended.err)


def broken(
    site: Path,
    work: Callable[[], object],
    *,
    step: int = 1,
    reasons: Sequence[int] = REASONS,
    again: Callable[[], object] | None = None,
) -> list[Broken]:
    """Return the results of failing *work* on *site* at every *step*-th call.

    *again* is called afterwards, before the content of the site is recorded.
    """
    spare = Path(mkdtemp(dir=site.parent)) / "site"
    shutil.copytree(site, spare)
    found: list[Broken] = []
    for number in count():
        reason = reasons[number % len(reasons)]
        ended = broken_off(work, site.parent / "words", at=number * step, reason=reason)
        if ended is None:
            return found
        if again is not None:
            assert broken_off(again, site.parent / "words", at=-1, reason=0) is None
        found.append(Broken(ended, content(site)))
        if found[-1].after != content(spare):
            restore(site, spare)
    return found


def outcome(site: Path, work: Callable[[], object]) -> dict[str, bytes]:
    """Return the content of *site* after *work*, then restore it."""
    spare = Path(mkdtemp(dir=site.parent)) / "site"
    shutil.copytree(site, spare)
    assert broken_off(work, site.parent / "words", at=-1, reason=0) is None
    after = content(site)
    restore(site, spare)
    return after


@pytest.mark.parametrize(
    ("own", "step"),
    [
        pytest.param({}, 5, id="built-in-theme"),
        pytest.param({"templates/partials/footer.html": "<footer/>"}, 29, id="own-templates"),
    ],
)
def test_whatever_fails_while_a_site_is_checked_is_told(
    site: Path, own: dict[str, str], step: int
) -> None:
    """No failing call causes a traceback or a second line, or is reported as a problem of the site.

    Some of the many calls are left out to save time.
    """
    write_site(site, {"statusgen.yml": SETTINGS, **own})
    before = content(site)
    found = broken(site, command("check", *NOW), step=step)
    # A file that does not exist is not a failure.
    unclear = [one.row for one in found if not one.is_told and one.ended.status not in (0, 2)]

    assert len(found) > 9
    assert [] == unclear
    assert [] == [one.row for one in found if one.after != before]


@pytest.mark.parametrize("name", COMMANDS)
def test_whatever_fails_an_incident_is_old_or_new(site: Path, name: str) -> None:
    """A command that fails changes nothing and leaves nothing; otherwise it completes."""
    work = command(*COMMANDS[name])
    old, new = content(site), outcome(site, work)
    found = broken(site, work, step=7 if name == "fix" else 1)

    assert len(found) > 20
    assert [] == [one.row for one in found if not one.is_told and one.ended.status not in (0, 2)]
    # A folder that does not exist needs no fixes.
    done = [one for one in found if not one.ended.status and one.ended.failed != "stat incidents"]
    assert [] == [one.row for one in found if one.after not in (old, new)]
    assert [] == [one.row for one in done if one.after != new]


def test_whatever_fails_a_build_leaves_the_old_site(site: Path) -> None:
    """A build with a failing call, here each 29th, reports it in one line and changes nothing."""
    assert broken_off(command("build", *NOW), site.parent / "words", at=-1, reason=0) is None
    (site / "incidents/b.md").write_text(INCIDENT.replace("Slow", "No"), encoding="utf-8")
    (site / "static/deep/look.css").unlink()
    (site / "static/new.txt").write_text("new", encoding="utf-8")
    work = command("build", *NOW)
    old, new = content(site), outcome(site, work)
    found = broken(site, work, step=29)

    assert len(found) > 20
    assert [] == [one.row for one in found if not one.is_told and one.ended.status]
    assert [] == [one.row for one in found if not one.is_one_of(old, new)]


def test_whatever_fails_the_old_files_stay_published(site: Path) -> None:
    """A failing call while the site is published leaves the old site complete."""
    out = site / "_site"
    publish(OLD, out)

    def work() -> None:
        publish(NEW, out)

    old, new = content(site), outcome(site, work)
    found = broken(site, work)

    assert len(found) > 100
    assert [] == [one.row for one in found if not one.is_told and one.ended.status]
    assert [] == [one.row for one in found if not one.is_one_of(old, new)]


def test_a_folder_that_cannot_be_written_is_named(site: Path) -> None:
    """A read-only output folder is named itself, not the files in it."""
    (site / "_site").mkdir(mode=0o555)
    command = [sys.executable, "-m", "statusgen", "build", *NOW]
    if os.geteuid() == 0:  # Root may do anything, unless that capability is dropped.
        if shutil.which("setpriv") is None:
            missing("setpriv")
        command = ["setpriv", "--bounding-set=-dac_override", *command]

    done = subprocess.run(command, cwd=site, capture_output=True, text=True, check=False)

    assert "statusgen: cannot write _site: Permission denied\n" == done.stderr


def test_a_folder_on_a_read_only_disk_is_named(site: Path) -> None:
    """Errors in the staging folder name the output folder."""
    out = site / "_site"
    publish(OLD, out)

    found = broken(site, lambda: publish(NEW, out), step=2)
    told = [one.ended.err for one in found if one.ended.failed.startswith(("mkdir", "open"))]
    early = [line for line in told if STAGING in line]

    assert [] == early
