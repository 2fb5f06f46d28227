"""Tests of a series of maintenance that is committed, pushed or proposed as one change."""

from tests.conftest import Run
from tests.end_to_end.test_commit_and_push import (
    Places,
    git,
    hook,
    places,
    prepared,
    subjects,
    temporary,
)

__all__ = ["places", "prepared", "temporary"]  # fixtures

NOW = "2026-10-10 10:00"
NEW = ("new", "New disks", "--severity=maintenance", "--service=api", "-m", "Work.", "--now", NOW)
SERIES = (*NEW, "--starts", "2026-10-20 22:00", "--for=2h", "--repeat=weekly", "--times=3")
FILES = [f"incidents/2026-{day}-new-disks.md" for day in ("10-20", "10-27", "11-03")]
SUBJECT = "[api] New disks: scheduled (3 times)"


def files_of(places: Places, commit: str) -> list[str]:
    """Return the files that *commit* in the remote changed."""
    return git(places.remote, "show", "--format=", "--name-only", commit).splitlines()


def test_a_series_is_one_commit(run: Run, places: Places) -> None:
    """All files of a series are pushed together, with one subject."""
    ran = run(*SERIES, "--push", cwd=places.ours)

    assert (0, SUBJECT) == (ran.status, subjects(places.remote, "main")[0])
    assert FILES == files_of(places, "main")
    assert 1 == ran.err.count("committed")


def test_a_series_is_one_pull_request(run: Run, places: Places) -> None:
    """With --pull-request, all files are on the branch named after the first."""
    ran = run(*SERIES, "--pull-request", cwd=places.ours)

    branch = "statusgen/2026-10-20-new-disks"
    assert (0, SUBJECT) == (ran.status, subjects(places.remote, branch)[0])
    assert FILES == files_of(places, branch)
    assert "" == git(places.ours, "status", "--porcelain")


def test_a_series_that_cannot_be_committed_stays(run: Run, places: Places) -> None:
    """If a hook refuses the commit, the message says that the files were written."""
    hook(places.ours, "pre-commit", "exit 1")

    ran = run(*SERIES, "--commit", cwd=places.ours)

    assert (3, True) == (ran.status, "the files were written but not committed" in ran.err)
    assert [True] * 3 == [(places.ours / path).exists() for path in FILES]
