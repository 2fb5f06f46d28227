"""Killed or interrupted commands leave the old or the new state, and the next run repairs it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, write_site
from tests.end_to_end.test_faults import COMMANDS, INCIDENT, NOW, SETTINGS, broken, content, outcome
from tests.support.faults import broken_off, command
from tests.support.publishing import publish
from tests.unit.output.test_folder import NEW, OLD

pytestmark = pytest.mark.slow

BUILD = command("build", *NOW)
INTERRUPTED = "statusgen: interrupted; run the command again to finish\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small site, built and changed since, as the current folder."""
    folder = write_site(
        tmp_path / "site",
        {"statusgen.yml": SETTINGS, "incidents/a.md": INCIDENT, "static/old.txt": "old"},
    )
    (tmp_path / "words").mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert broken_off(BUILD, tmp_path / "words", at=-1, reason=0) is None
    (folder / "static/old.txt").rename(folder / "static/new.txt")
    (folder / "incidents/b.md").write_text(INCIDENT.replace("Slow", "No"), encoding="utf-8")
    return folder


def names(folder: Path) -> set[str]:
    """Return the names of all temporary files in *folder*."""
    return {path.name for path in folder.rglob(".statusgen-*")}


@pytest.mark.parametrize("name", ["update", "event", "fix"])
def test_a_killed_command_leaves_an_incident_old_or_new(site: Path, name: str) -> None:
    """A command killed before any of its calls leaves no incomplete incident file."""
    work = command(*COMMANDS[name])
    old, new = content(site), outcome(site, work)
    found = broken(site, work, step=11 if name == "fix" else 1, reasons=[signal.SIGKILL])
    # Its temporary files remain.
    torn = [
        (number, path)
        for number, one in enumerate(found)
        for path, data in one.after.items()
        if ".statusgen-" not in path and data not in (old.get(path), new.get(path))
    ]

    assert len(found) > 15
    assert {-signal.SIGKILL} == {one.ended.status for one in found}
    assert [] == torn


@pytest.mark.parametrize("name", ["update", "event"])
def test_the_next_command_does_what_a_killed_one_did_not(site: Path, name: str) -> None:
    """Running a killed command again gives the normal result, without temporary files."""
    work = command(*COMMANDS[name])
    new = outcome(site, work)
    found = broken(site, work, step=3, reasons=[signal.SIGKILL], again=work)

    assert len(found) > 15
    assert [] == [number for number, one in enumerate(found) if one.after != new]


def test_the_next_build_does_what_a_killed_one_did_not(site: Path) -> None:
    """A build killed at any time, here before each 37th call, is repaired by the next one."""
    new = outcome(site, BUILD)
    found = broken(site, BUILD, step=67, reasons=[signal.SIGKILL], again=BUILD)

    assert len(found) > 8
    assert [] == [number for number, one in enumerate(found) if one.after != new]
    assert set() == names(site)


def test_who_asks_a_build_to_end_gets_the_old_site(site: Path) -> None:
    """Ctrl-C and SIGTERM at any moment end in one line, and leave the old site and no litter."""
    old, new = content(site), outcome(site, BUILD)
    found = broken(site, BUILD, step=47, reasons=[signal.SIGINT, signal.SIGTERM])
    ends = [(one.ended.status, one.ended.err.lstrip("\n")) for one in found]

    assert len(found) > 10
    assert {(130, INTERRUPTED), (143, INTERRUPTED)} == set(ends)
    assert [] == [number for number, one in enumerate(found) if one.after not in (old, new)]
    assert set() == names(site)


def test_who_asks_between_two_files_gets_the_old_site(site: Path) -> None:
    """Ctrl-C while files are published restores those that were replaced."""
    out = site / "_site"
    shutil.rmtree(out)
    publish(OLD, out)

    def work() -> None:
        publish(NEW, out)

    old, new = content(site), outcome(site, work)
    found = broken(site, work, reasons=[signal.SIGINT])

    assert len(found) > 100
    assert [] == [number for number, one in enumerate(found) if one.after not in (old, new)]
    assert sum(one.after == old for one in found) > 90


def large(folder: Path) -> Path:
    """Return a site that takes a while to build."""
    files = {f"incidents/a{number}.md": INCIDENT.replace("rest", "api") for number in range(200)}
    return write_site(folder / "large", files)


def started(site: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `statusgen` in its own process group."""
    return subprocess.Popen(
        [sys.executable, "-m", "statusgen", *arguments, *NOW],
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def workers(process: subprocess.Popen[str]) -> list[int]:
    """Return the worker processes of *process*, once it has some; none if it has ended."""
    place = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None:
        found = place.read_text("ascii").split()
        if len(found) > 1:
            return [int(number) for number in found]
        time.sleep(0.01)
    return []


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="needs the /proc of Linux"
)


@needs_proc
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -9)]
)
def test_the_processes_of_a_build_end_with_it(tmp_path: Path, number: int, status: int) -> None:
    """A build in several processes ends in one line, and none of them outlives it."""
    process = started(large(tmp_path), "build", "--jobs", "2")
    helpers = workers(process)
    os.kill(process.pid, number)
    _, err = process.communicate(timeout=60)
    for _ in range(600):
        left = [one for one in helpers if Path(f"/proc/{one}").exists()]
        if not left:
            break
        time.sleep(0.1)

    assert (status, "" if number == signal.SIGKILL else INTERRUPTED) == (
        process.returncode,
        err.lstrip("\n"),
    )
    assert [] != helpers
    assert [] == left


@needs_proc
def test_a_killed_helper_is_told_and_not_waited_for(tmp_path: Path) -> None:
    """A build whose worker is killed, for example for lack of memory, reports it and ends."""
    site = large(tmp_path)
    process = started(site, "build", "--jobs", "2")
    os.kill(workers(process)[0], signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    message = "a worker process was killed, probably out of memory; try fewer with --jobs"

    assert (3, f"statusgen: {message}\n") == (process.returncode, err)
    assert not (site / "_site").exists()


def test_two_builds_into_one_folder_wait_for_each_other(site: Path) -> None:
    """Two simultaneous builds both succeed, and the folder holds the result of one of them."""
    moments = ("2026-11-19T12:00Z", "2026-11-20T12:00Z")
    made = [outcome(site, command("build", "--now", moment)) for moment in moments]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "statusgen", "build", "--now", moment],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
        )
        for moment in moments * 2
    ]

    assert [0] * 4 == [process.wait() for process in running]
    assert content(site) in made
    assert set() == names(site)
