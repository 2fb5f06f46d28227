"""Merge conflicts that Git left in a site's files: reported, and never published."""

import subprocess
from pathlib import Path

from tests.conftest import SETTINGS, Run, write_site

MESSAGE = (
    "unresolved merge conflict;"
    " keep one side and delete the lines that begin with <<<<<<<, ======= and >>>>>>>"
)
INCIDENT = """\
---
title: Slow API
severity: major
services: [api]
started: 2026-11-20 09:05
updates:
  - at: 2026-11-20 09:05
    text: |
      We are looking into it.
---

{body}
"""
NOW = ("--now", "2026-11-20T12:00Z")
CONFLICT = "<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> main\n"


def git(folder: Path, *words: str, status: int = 0) -> None:
    """Run Git in *folder*, expecting the exit status *status*."""
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert status == done.returncode, done.stderr


def diverge(folder: Path, path: str, ours: str, theirs: str, style: str) -> None:
    """Merge two branches in which the file *path* has the text *ours* and *theirs*."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "merge.conflictStyle", style)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=Start")
    git(folder, "checkout", "--quiet", "-b", "other")
    (folder / path).write_text(theirs, "utf-8")
    git(folder, "commit", "--quiet", "--all", "--message=Theirs")
    git(folder, "checkout", "--quiet", "main")
    (folder / path).write_text(ours, "utf-8")
    git(folder, "commit", "--quiet", "--all", "--message=Ours")
    git(folder, "merge", "--quiet", "other", status=1)


def test_a_conflict_that_git_leaves_is_never_published(run: Run, tmp_path: Path) -> None:
    """A conflict in the body stops the build, which leaves the published site as it is."""
    write_site(tmp_path, {"incidents/a.md": INCIDENT.format(body="Text."), ".gitignore": "_site\n"})
    run("build", *NOW)
    before = {path: path.read_bytes() for path in (tmp_path / "_site").rglob("*.*")}
    ours, theirs = (INCIDENT.format(body=one) for one in ("Half is back.", "All is back."))
    diverge(tmp_path, "incidents/a.md", ours, theirs, "merge")

    ran = run("build", *NOW)

    assert (1, f"incidents/a.md:12:1: {MESSAGE}") == (ran.status, ran.err.splitlines()[0])
    assert before == {path: path.read_bytes() for path in (tmp_path / "_site").rglob("*.*")}


def test_a_conflict_with_the_base_is_one_problem(run: Run, tmp_path: Path) -> None:
    """In the diff3 style of Git, a conflict in the text of an update is reported once."""
    original = INCIDENT.format(body="")
    write_site(tmp_path, {"incidents/a.md": original})
    ours, theirs = (
        original.replace("We are looking into it.", one) for one in ("Half.", "All: back.")
    )
    diverge(tmp_path, "incidents/a.md", ours, theirs, "diff3")

    ran = run("check", *NOW)

    assert "||||||| " in (tmp_path / "incidents" / "a.md").read_text("utf-8")
    what = (
        "unresolved merge conflict; keep one side, and delete the lines that begin with <<<<<<<,"
        " |||||||, ======= and >>>>>>>, and everything from ||||||| to ======="
    )
    assert (1, [f"incidents/a.md:9:1: {what}"]) == (ran.status, ran.out.splitlines())


def test_a_base_that_was_left_over_is_a_problem(run: Run, tmp_path: Path) -> None:
    """A line with the third marker of the diff3 style is not published either."""
    body = "We are looking.\n\n||||||| 1a2b3c4\n\nHalf is back.\n"
    write_site(tmp_path, {"incidents/a.md": INCIDENT.format(body=body)})

    ran = run("check", *NOW)

    assert (1, True) == (ran.status, "unresolved merge conflict; " in ran.out)


def test_a_conflict_in_a_data_file_is_reported(run: Run, tmp_path: Path) -> None:
    """A conflict in the file of `--data` is a problem at its first line."""
    write_site(tmp_path, {"phones.yml": f"b: c\n{CONFLICT}"})

    ran = run("check", "--data", "phones.yml")

    assert (1, f"phones.yml:2:1: {MESSAGE}\n") == (ran.status, ran.out)


def test_commands_do_not_touch_a_file_with_a_conflict(run: Run, tmp_path: Path) -> None:
    """`update`, `resolve` and `check --fix` report the conflict and leave the file as it is."""
    text = INCIDENT.format(body=CONFLICT)
    write_site(tmp_path, {"incidents/a.md": text})

    runs = [
        run("update", "a", "-m", "Half is back.", *NOW),
        run("resolve", "a", "-m", "All is back.", *NOW),
        run("check", "--fix", *NOW),
    ]

    assert [1, 1, 1] == [ran.status for ran in runs]
    assert [True, True, True] == [f"a.md:12:1: {MESSAGE}" in ran.out + ran.err for ran in runs]
    assert text == (tmp_path / "incidents" / "a.md").read_text("utf-8")


def test_an_update_with_a_conflict_is_not_written(run: Run, tmp_path: Path) -> None:
    """A conflict that is passed with `-m` is refused, and the file does not change."""
    text = INCIDENT.format(body="Text.")
    write_site(tmp_path, {"statusgen.yml": SETTINGS, "incidents/a.md": text})

    ran = run("update", "a", "-m", CONFLICT, *NOW)

    assert (True, True) == (ran.status > 0, MESSAGE in ran.err)
    assert text == (tmp_path / "incidents" / "a.md").read_text("utf-8")
