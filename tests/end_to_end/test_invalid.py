"""Broken sites, one folder per mistake, each with the expected output of `check`."""

from pathlib import Path

import pytest

from tests.conftest import ROOT, Run

FOLDERS = sorted((ROOT / "tests" / "invalid").iterdir())
NOW = "2026-11-20T12:00Z"


@pytest.mark.parametrize("site", FOLDERS, ids=lambda folder: folder.name)
def test_check_prints_every_problem_with_its_place_and_remedy(
    run: Run, site: Path, *, update_expected: bool
) -> None:
    """The output of `check` equals expected.txt, and only errors change the exit status."""
    expected = site / "expected.txt"

    done = run("check", "--now", NOW, cwd=site)
    if update_expected:
        expected.write_text(done.out, encoding="utf-8", newline="")

    assert expected.read_bytes().decode() == done.out
    assert (0 if site.name.startswith("warning-") else 1) == done.status
