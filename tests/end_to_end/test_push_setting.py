"""Tests of `push: true` in the settings, which makes --push the default."""

from pathlib import Path

import pytest

from tests.conftest import Run, write_site
from tests.end_to_end.test_commit_and_push import (
    NEW,
    NOW,
    OPEN,
    UNPUBLISHED,
    UPDATE,
    Places,
    git,
    places,
    prepared,
    subjects,
    temporary,
)

__all__ = ["places", "prepared", "temporary"]  # fixtures

EVENT = ("event", "web", "major", "--now", NOW)
RESOLVE = ("resolve", "a", "--now", NOW)


def switch_on(site: Path) -> None:
    """Add `push: true` to the settings of *site*."""
    with (site / "statusgen.yml").open("a", encoding="utf-8") as settings:
        settings.write("push: true\n")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(NEW, id="new"),
        pytest.param(UPDATE, id="update"),
        pytest.param(RESOLVE, id="resolve"),
        pytest.param(EVENT, id="event"),
    ],
)
def test_a_setting_makes_push_the_default(
    arguments: tuple[str, ...], run: Run, places: Places
) -> None:
    """With `push: true` each command that writes an incident pushes it, and nothing else."""
    switch_on(places.ours)

    ran = run(*arguments, cwd=places.ours)

    assert (0, True) == (ran.status, "pushed to origin main; it will appear at" in ran.err)
    assert 2 == len(subjects(places.remote, "main"))
    assert " M statusgen.yml\n" == git(places.ours, "status", "--porcelain")


@pytest.mark.parametrize("arguments", [NEW, UPDATE, RESOLVE, EVENT], ids=lambda words: words[0])
@pytest.mark.parametrize(
    ("option", "commits"),
    [pytest.param("--no-push", 1, id="no-push"), pytest.param("--commit", 2, id="commit")],
)
def test_an_option_switches_the_setting_off(
    option: str, commits: int, arguments: tuple[str, ...], run: Run, places: Places
) -> None:
    """--no-push writes the file, and --commit commits it; neither pushes."""
    switch_on(places.ours)

    ran = run(*arguments, option, cwd=places.ours)

    assert (0, UNPUBLISHED) == (ran.status, ran.err.splitlines()[-1])
    assert (commits, 1) == (len(subjects(places.ours)), len(subjects(places.remote, "main")))


def test_an_option_alone_switches_nothing_on(run: Run, places: Places) -> None:
    """Without the setting, --no-push does what no option does."""
    ran = run(*UPDATE, "--no-push", cwd=places.ours)

    assert (0, UNPUBLISHED) == (ran.status, ran.err.splitlines()[-1])


def test_a_draft_is_pushed_only_by_the_option(run: Run, places: Places) -> None:
    """The setting does not publish drafts in a repository that may be public."""
    switch_on(places.ours)
    run(*NEW, "--draft", "--slug=b", cwd=places.ours)
    run("update", "b", "-m", "More.", "--now", NOW, cwd=places.ours)
    kept = subjects(places.ours)
    run("update", "b", "-m", "Most.", "--now", NOW, "--push", cwd=places.ours)

    assert (["Begin"], 2) == (kept, len(subjects(places.remote, "main")))


@pytest.mark.parametrize("arguments", [NEW, UPDATE, RESOLVE, EVENT], ids=lambda words: words[0])
def test_outside_of_a_repository_the_setting_is_ignored(
    arguments: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of a Git repository the command remarks on the setting, and writes the file."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    site = write_site(tmp_path / "site", {"incidents/a.md": OPEN})
    switch_on(site)

    ran = run(*arguments, cwd=site)

    remark = "'push' in statusgen.yml is ignored: git rev-parse: fatal: not a git repository"
    assert (0, 1) == (ran.status, ran.err.count(remark))
    assert "not published: commit and push the file" == ran.err.splitlines()[-1]
    assert True is (site / ran.out.strip()).exists()


def test_an_option_fails_where_a_setting_is_ignored(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of a Git repository, --push fails, with the setting and without it."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    site = write_site(tmp_path / "site", {"incidents/a.md": OPEN})
    switch_on(site)

    ran = run(*UPDATE, "--push", cwd=site)

    assert (3, True) == (ran.status, "not a git repository" in ran.err.splitlines()[-1])


def test_an_import_has_an_option_of_its_own(run: Run, places: Places) -> None:
    """The import commands have their own --push, and need no --no-push."""
    for source in ("github", "trello"):
        ran = run("import", source, "--help", cwd=places.ours)

        assert (0, True, False) == (ran.status, "--push" in ran.out, "--no-push" in ran.out)
