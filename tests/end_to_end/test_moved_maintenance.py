"""Tests of moved and cancelled maintenance that meets the changes of someone else in a push."""

import pytest

from tests.conftest import Run
from tests.end_to_end.test_commit_and_push import (
    Places,
    git,
    places,
    prepared,
    push_theirs,
    subjects,
    temporary,
)

__all__ = ["places", "prepared", "temporary"]  # fixtures

NOW = ("--now", "2026-11-20 10:00")
PATH = "incidents/work.md"
WORK = """\
---
title: New disks
severity: maintenance
services: [api]
announced: 2026-11-18 09:00
starts: 2026-11-21 22:00
ends: 2026-11-22 00:00
updates:
  - at: 2026-11-18 09:00
    text: We change the disks.
---
"""
THEIRS = "  - at: 2026-11-20 09:30\n    text: The disks are here.\n---"
MOVED = "  - at: 2026-11-20T10:00:00+01:00\n    text: Later.\n---"


@pytest.fixture(name="work")
def _work(places: Places) -> Places:
    """Return two clones with maintenance in them."""
    push_theirs(places, PATH, WORK)
    git(places.ours, "pull", "-q")
    return places


def test_a_move_and_an_update_of_someone_else_are_both_published(run: Run, work: Places) -> None:
    """The window and both updates are in the file after a push that had to be rebased."""
    push_theirs(work, PATH, WORK.replace("disks.\n---", f"disks.\n{THEIRS}"))

    ran = run("update", "work", "--for", "4h", "-m", "Later.", "--push", *NOW, cwd=work.ours)

    both = THEIRS.replace("---", "") + MOVED
    expected = WORK.replace("disks.\n---", f"disks.\n{both}")
    expected = expected.replace("ends: 2026-11-22 00:00", "ends: 2026-11-22T02:00:00+01:00")
    assert (0, expected) == (ran.status, git(work.remote, "show", f"main:{PATH}"))
    assert "[api] New disks: rescheduled" == subjects(work.remote, "main")[0]


def test_two_moves_are_a_conflict(run: Run, work: Places) -> None:
    """If someone else moved the maintenance, too, nothing is pushed."""
    push_theirs(work, PATH, WORK.replace("ends: 2026-11-22 00:00", "ends: 2026-11-22 01:00"))
    before = subjects(work.remote, "main")

    ran = run("update", "work", "--for", "4h", "-m", "Later.", "--push", *NOW, cwd=work.ours)

    assert (3, True) == (ran.status, "both sides changed the window" in ran.err)
    assert before == subjects(work.remote, "main")


def test_a_cancellation_is_pushed(run: Run, work: Places) -> None:
    """`cancel --push` publishes the update, and a second run has nothing to add."""
    first = run("cancel", "--push", *NOW, cwd=work.ours)
    second = run("cancel", "--push", *NOW, cwd=work.ours)

    assert (0, "[api] New disks: cancelled") == (first.status, subjects(work.remote, "main")[0])
    assert (0, "no maintenance is scheduled\nnothing to push\n") == (second.status, second.err)
