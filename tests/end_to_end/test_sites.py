"""Whole sites: each folder is built and compared with its `expected` folder."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from statusgen import times
from statusgen.build.pipeline import BuildRequest
from statusgen.output.paths import RECORD
from tests.conftest import ROOT, Run
from tests.support import publishing
from tests.support.publishing import publish

SITES = sorted(path for path in (ROOT / "tests" / "sites").iterdir() if path.is_dir())


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != RECORD
    }


def built_at(site: Path, hour: int) -> dict[str, bytes]:
    now = datetime(2026, 11, 20, hour, tzinfo=UTC)
    return publishing.rendered(BuildRequest(folder=site, now=lambda _: now))[1]


def rendered(site: Path, jobs: int = 1) -> dict[str, bytes]:
    now = times.parse((site / "now.txt").read_text(encoding="utf-8").strip(), UTC)
    return publishing.rendered(BuildRequest(folder=site, now=lambda _: now, jobs=jobs))[1]


@pytest.mark.parametrize("site", SITES, ids=lambda folder: folder.name)
def test_a_site_becomes_its_expected_folder(site: Path, update_expected: bool) -> None:
    """A site builds to exactly the files in its expected/ folder, byte for byte."""
    actual = rendered(site)
    if update_expected:
        shutil.rmtree(site / "expected", ignore_errors=True)
        for path, data in actual.items():
            target = site / "expected" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    assert files_in(site / "expected") == actual


def test_a_second_build_writes_nothing(tmp_path: Path) -> None:
    """A second build does not write files again: their mtime stays the same."""
    files = rendered(SITES[-1])
    publish(files, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}

    publish(rendered(SITES[-1]), tmp_path / "out")

    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}


def test_the_order_of_files_does_not_show(tmp_path: Path) -> None:
    """The output does not depend on the order in which the file system lists files."""
    typical = ROOT / "tests" / "sites" / "typical"
    copy = tmp_path / "copy"
    for path in sorted((path for path in typical.rglob("*") if path.is_file()), reverse=True):
        target = copy / path.relative_to(typical)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())

    assert rendered(typical) == rendered(copy)


def test_the_number_of_processes_does_not_show() -> None:
    """The output is the same with one worker process and with three."""
    now = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    one, three = (
        publishing.rendered(BuildRequest(folder=ROOT, now=lambda _: now, jobs=jobs))[1]
        for jobs in (1, 3)
    )

    assert one == three


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"TZ": "Pacific/Auckland"}, id="time-zone"),
        pytest.param({"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, id="locale"),
        pytest.param({"LC_ALL": "C", "PYTHONUTF8": "0"}, id="no-utf-8"),
        pytest.param({"PYTHONHASHSEED": "1"}, id="hash-seed"),
        pytest.param({"PYTHONHASHSEED": "4242", "COLUMNS": "20"}, id="another-hash-seed"),
    ],
)
def test_the_machine_does_not_show(environment: dict[str, str], tmp_path: Path) -> None:
    """The output does not depend on the time zone, locale or hash seed of the machine."""
    site = ROOT / "tests" / "sites" / "typical"
    now = (site / "now.txt").read_text(encoding="utf-8").strip()
    command = [sys.executable, "-W", "error", "-m", "statusgen", "build", "--now", now]

    done = subprocess.run(
        [*command, "--site", site, "--out", tmp_path / "out"],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )

    assert (0, files_in(site / "expected")) == (done.returncode, files_in(tmp_path / "out"))


def test_a_failed_build_leaves_the_old_site(run: Run, tmp_path: Path) -> None:
    """A file with errors stops the build before anything is written."""
    shutil.copytree(ROOT / "tests" / "sites" / "typical", tmp_path / "site")
    run("build", "--now", "2026-11-20 12:00", cwd=tmp_path / "site")
    before = files_in(tmp_path / "site" / "_site")
    bad = tmp_path / "site" / "incidents" / "2026-11-21-bad.md"
    bad.write_text("---\ntitle: Bad\nseverity: huge\nservices: [api]\n---\n", encoding="utf-8")

    ran = run("build", "--now", "2026-11-20 12:00", cwd=tmp_path / "site")

    assert (1, before) == (ran.status, files_in(tmp_path / "site" / "_site"))


def test_a_page_changes_only_when_what_it_tells_changes() -> None:
    """After an uneventful hour, only the files that count the seconds of today change."""
    site = ROOT / "tests" / "sites" / "override-one-block"
    nine, ten = built_at(site, 9), built_at(site, 10)

    changed = [path for path in nine if nine[path] != ten.get(path)]

    assert ["api/uptime.json", "build.json"] == changed


def test_the_example_of_this_repository_builds_without_a_remark(run: Run, tmp_path: Path) -> None:
    """The repository is an example site without errors and warnings."""
    ran = run("check", "--site", ROOT, "--now", "2026-11-20T10:15:00+01:00")

    assert (0, "") == (ran.status, ran.out)
