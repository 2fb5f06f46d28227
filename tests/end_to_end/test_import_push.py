"""Imports that are pushed while others push: theirs come first, and the import plans again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from statusgen.importers.github.client import Repository
from statusgen.importers.github.issue_records import Issue
from tests.end_to_end.test_commit_and_push import git, hook, settle, subjects
from tests.support.fakes.github import GitHub
from tests.support.importing import Importing

pytestmark = pytest.mark.slow

IMPORTED = "Import gh-1 from acme/status"


@pytest.fixture
def theirs(imports: Importing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Importing:
    """Put the site of *imports* into Git with a remote, and return a second clone."""
    settle(monkeypatch)
    git(imports.folder, "init", "-q", "-b", "main")
    git(imports.folder, "add", "--all")
    git(imports.folder, "commit", "-qm", "Begin")
    git(tmp_path, "clone", "-q", "--bare", str(imports.folder), "remote.git")
    git(imports.folder, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(imports.folder, "fetch", "-q", "origin")
    git(imports.folder, "branch", "-q", "--set-upstream-to=origin/main")
    git(tmp_path, "clone", "-q", "remote.git", "theirs")
    return replace(imports, folder=tmp_path / "theirs")


def edit(site: Importing, old: str, new: str) -> None:
    """Edit the file of the first issue in *site* as another person, and push that."""
    path = site.folder / "incidents" / "gh-1.md"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    git(site.folder, "commit", "-qam", "By hand")
    git(site.folder, "push", "-q")


def state(site: Importing) -> tuple[list[str], str, bool]:
    """Return the subjects on the remote, uncommitted changes, and whether both are even."""
    remote = site.folder.parent / "remote.git"
    is_even = git(site.folder, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")
    return (subjects(remote, "main"), git(site.folder, "status", "--porcelain"), is_even)


def test_the_same_import_was_faster(
    imports: Importing, theirs: Importing, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If another run pushed the same files, nothing is left to do, and the run succeeds."""
    github.open()
    theirs("--push")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Al")  # Otherwise both commits would be identical.
    github.requests.clear()

    ran = imports("--push")

    assert (0, "") == (ran.status, ran.out)
    assert ["acme/status: 1 unchanged", "nothing to commit"] == ran.err.splitlines()
    assert ([IMPORTED, "Begin"], "", True) == state(imports)
    assert 2 + 1 == github.queries  # Permissions are requested once.


@pytest.mark.parametrize("known", [False, True], ids=["a-new-issue", "an-older-one"])
def test_an_import_of_less_was_faster(
    imports: Importing, theirs: Importing, github: GitHub, known: bool
) -> None:
    """Newer content than another run had is committed on top of its push."""
    issue = github.open()
    if known:
        theirs("--push")
        git(imports.folder, "pull", "-q")
    issue.comment("Found.", at="09:10")
    theirs("--push")
    issue.comment("Better.", at="09:20")
    github.requests.clear()

    ran = imports("--push")

    assert (0, "updated incidents/gh-1.md\n") == (ran.status, ran.out)
    assert "pushed" == ran.err.splitlines()[-1]
    assert ([IMPORTED] * (3 if known else 2) + ["Begin"], "", True) == state(imports)
    assert ["Found.", "Better."] == [text for _, _, text in imports.told()][1:]
    assert 2 + 1 == github.queries  # Permissions are requested once.


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("We are looking", "We were looking", id="beside-what-is-new"),
        pytest.param("title: Elevated", "title: Highly elevated", id="far-from-what-is-new"),
    ],
)
def test_a_person_was_faster(
    imports: Importing, theirs: Importing, github: GitHub, old: str, new: str
) -> None:
    """A file that a person just edited is skipped with a remark; the rest is pushed."""
    issue = github.open()
    theirs("--push")
    git(imports.folder, "pull", "-q")
    edit(theirs, old, new)
    issue.comment("More.", at="09:10")
    github.open("Another")

    ran = imports("--push")

    assert (0, "created incidents/gh-2.md\n") == (ran.status, ran.out)
    assert "acme/status#1: the file was edited by hand;" in ran.err
    assert theirs.text() == imports.text()
    assert (["Import gh-2 from acme/status", "By hand", IMPORTED, "Begin"], "", True) == state(
        imports
    )


def test_what_could_not_be_pushed_before_is_planned_anew(
    imports: Importing, theirs: Importing, github: GitHub
) -> None:
    """An unpushed commit of an earlier import does not block later pushes."""
    issue = github.open()
    imports("--commit")
    issue.comment("Found.", at="09:10")
    theirs("--push")

    ran = imports("--push")

    assert (0, "acme/status: 1 unchanged") == (ran.status, ran.err.splitlines()[0])
    assert ([IMPORTED, "Begin"], "", True) == state(imports)


@pytest.mark.parametrize("own", ["notes.txt", "incidents/gh-1.md"])
def test_what_a_person_committed_here_stays(
    imports: Importing, theirs: Importing, github: GitHub, own: str
) -> None:
    """Unpushed commits of people go on top, or the run reports a conflict."""
    issue = github.open()
    theirs("--push")
    git(imports.folder, "pull", "-q")
    issue.comment("Found.", at="09:10")
    theirs("--push")
    path = imports.folder / own
    text = path.read_text("utf-8") if path.exists() else "We are looking"
    path.write_text(text.replace("We are looking", "Mine: we look"), encoding="utf-8")
    git(imports.folder, "add", "--all")
    git(imports.folder, "commit", "-qm", "Mine")
    issue.comment("Better.", at="09:20")

    ran = imports("--push")

    fits = own == "notes.txt"
    assert (0 if fits else 3, fits) == (ran.status, state(imports)[2])
    assert "Mine: we look" in path.read_text("utf-8")
    assert "Mine" in subjects(imports.folder)


@pytest.mark.parametrize("how", ["pushed", "written"])
def test_an_import_of_more_was_faster(
    imports: Importing,
    theirs: Importing,
    github: GitHub,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    """An update that another run removed does not come back from an older list."""
    issue = github.open().comment("Customer X is furious.", at="09:10")
    github.open("Another")
    imports("--push")
    git(theirs.folder, "pull", "-q")
    issue.comment("Found.", at="09:20")
    listed = Repository.issues
    gone: list[object] = []

    def late(*given: Any, **named: Any) -> list[Issue]:
        found = listed(*given, **named)
        if not gone:
            gone.append(issue.comments.pop(0))
            github.issues[1].unlabel("incident", at="09:30")
            (theirs("--push") if how == "pushed" else imports())
            monkeypatch.chdir(imports.folder)
        return found

    monkeypatch.setattr(Repository, "issues", late)

    ran = imports("--push")

    assert (0, "", True) == (ran.status, *state(imports)[1:])
    assert ["We are looking into it.", "Found."] == [text for _, _, text in imports.told()]
    assert imports.incident(2).draft


def overtaken(site: Importing, races: int) -> None:
    """Push from another clone before *site*, the given number of times."""
    other = site.folder.parent / "theirs"
    remote = site.folder.parent / "remote.git"
    for number in range(races):
        (other / "theirs.txt").write_text(f"{number}\n", encoding="utf-8")
        git(other, "add", "--all")
        git(other, "commit", "-qm", f"Theirs {number}")
        git(other, "push", "-q", "origin", f"HEAD:refs/waiting/{number}")
    hook(
        *(remote, "pre-receive"),
        "unset GIT_QUARANTINE_PATH",
        "next=$(git for-each-ref --count=1 --format='%(refname)' refs/waiting)",
        'test -n "$next" && git update-ref refs/heads/main "$next" && git update-ref -d "$next"',
        "exit 0",
    )


@pytest.mark.parametrize(("races", "status"), [(5, 0), (6, 3)])
def test_a_race_has_an_end(
    imports: Importing, theirs: Importing, github: GitHub, races: int, status: int
) -> None:
    """A run plans again five times, and then fails with its files unchanged."""
    assert theirs.folder.exists()
    github.open()
    overtaken(imports, races)

    ran = imports("--push")

    commits = [
        *([IMPORTED] if status == 0 else []),
        *(f"Theirs {n}" for n in reversed(range(races))),
    ]
    assert (status, [*commits, "Begin"], "", True) == (ran.status, *state(imports))
    assert 1 + 1 == github.queries
    if status:
        assert "statusgen: others keep pushing to this branch; try again\n" == ran.err
        assert ("", {}) == (ran.out, imports.files())


def test_a_large_import_is_one_commit_of_a_few_words(
    imports: Importing, theirs: Importing, github: GitHub
) -> None:
    """The message of a commit names a limited number of files."""
    for number in range(102):
        github.open(f"Issue {number}")

    imports("--push")

    assert ["gh-100: created", "and 2 more"] == git(
        theirs.folder.parent / "remote.git", "log", "-1", "--format=%b", "main"
    ).splitlines()[-3:-1]


def test_an_import_beside_the_default_branch_is_not_published(
    imports: Importing, theirs: Importing, github: GitHub
) -> None:
    """An import that is pushed to another branch warns which branch is published."""
    assert theirs.folder.exists()
    git(imports.folder, "switch", "-q", "-c", "work")
    github.open()

    ran = imports("--push")

    warning = "pushed to work, but the page is published from main; merge it to publish"
    assert (0, f"warning: {warning}") == (ran.status, ran.err.splitlines()[-1])
