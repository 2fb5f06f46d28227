"""Tests of --commit and --push: one file is published, and all other work stays."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from statusgen.system.git import commit, head
from tests.conftest import Run, write_site

pytestmark = pytest.mark.slow

NOW = "2026-11-20 10:00"

OPEN = """\
---
title: Elevated errors
severity: major
services: [api]
started: 2026-11-20 09:05
updates:
  - at: 2026-11-20 09:10
    state: investigating
    text: We see it.
---
"""

UPDATE = ("update", "a", "-m", "Found.", "--state", "identified", "--now", NOW)
NEW = ("new", "Website down", "--severity=major", "--service=web", "--now", NOW)
# A line of a hook that reformats the incident files in a commit, as a formatter does.
REFORMAT = """for path in $(git diff --cached --name-only -- incidents)
do echo "<!-- formatted -->" >> "$path"; git add "$path"
done"""
UNPUBLISHED = "not published: use --push, or run: statusgen push"
SUBJECT = "[api] Elevated errors: identified"


@dataclass(frozen=True)
class Places:
    """Our clone of a repository, that of someone else, and their remote."""

    ours: Path
    theirs: Path
    remote: Path

    @property
    def incident(self) -> Path:
        return self.ours / "incidents" / "a.md"


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", folder, *words], capture_output=True, check=False)
    assert 0 == done.returncode, done.stderr.decode()
    return done.stdout.decode()


def subjects(folder: Path, branch: str = "HEAD") -> list[str]:
    """Return the subjects of the commits of *branch*, newest first."""
    return git(folder, "log", "--format=%s", branch).splitlines()


def hook(repository: Path, name: str, *lines: str) -> None:
    """Install *lines* of a shell as the hook *name* of *repository*."""
    folder = repository if (repository / "HEAD").exists() else repository / ".git"
    path = folder / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)


def push_theirs(places: Places, path: str, text: str, *, to: str = "main") -> None:
    """Commit *text* as the file *path* in the other clone, and push it."""
    target = places.theirs / path
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    git(places.theirs, "add", "--all")
    git(places.theirs, "commit", "-qm", f"Theirs: {path}")
    git(places.theirs, "push", "-q", "origin", f"HEAD:{to}")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a remote and two clones of it, to be copied."""
    top = tmp_path_factory.mktemp("repositories")
    files = {
        "incidents/a.md": OPEN,
        "other.txt": "1\n",
        "third.txt": "1\n",
        ".gitignore": "*.log\n",
    }
    with pytest.MonkeyPatch.context() as patch:
        settle(patch)
        site = write_site(top / "ours", files)
        git(site, "init", "-q", "-b", "main")
        git(site, "add", "--all")
        git(site, "commit", "-qm", "Begin")
        git(top, "clone", "-q", "--bare", "ours", "remote.git")
        git(site, "remote", "add", "origin", "../remote.git")
        git(site, "fetch", "-q")
        git(site, "branch", "-q", "--set-upstream-to=origin/main")
        shutil.copytree(site, top / "theirs")
    return top


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set an author for Git, and ignore the settings of this machine."""
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "Jo")
        monkeypatch.setenv(f"{name}_EMAIL", "jo@acme.example")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def places(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Copy the remote and both clones for each test."""
    settle(monkeypatch)
    top = shutil.copytree(prepared, tmp_path / "git")
    return Places(top / "ours", top / "theirs", top / "remote.git")


def make_mess(folder: Path) -> None:
    """Leave all kinds of unfinished work in *folder*: staged, changed, both, deleted, untracked."""
    (folder / "other.txt").write_text("staged\n", encoding="utf-8")
    git(folder, "add", "other.txt")
    (folder / "other.txt").write_text("changed since\n", encoding="utf-8")
    (folder / "third.txt").unlink()
    write_site(folder, {"incidents/new.md": OPEN, "x.log": "ignored", "staged.txt": "new\n"})
    git(folder, "add", "staged.txt")


def mess(folder: Path) -> tuple[str, str, dict[str, bytes]]:
    """Return the unfinished work in *folder*, and every file but the incident."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.parts and path.name != "a.md"
    }
    return (git(folder, "status", "--porcelain=v2"), git(folder, "diff", "--cached"), files)


def is_tidy(places: Places) -> bool:
    """Return whether no work tree and no temporary file is left."""
    trees = git(places.ours, "worktree", "list", "--porcelain").count("worktree ")
    left = [*places.ours.rglob(".statusgen-*"), *(places.ours / ".git").glob("worktrees/*")]
    return (trees, left) == (1, [])


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set a folder for temporary files; a test that leaves one there fails."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


# --commit


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(UPDATE, SUBJECT, id="state"),
        pytest.param(
            ("update", "a", "-m", "A.", "--severity", "partial"),
            "[api] Elevated errors: partial",
            id="severity",
        ),
        pytest.param(
            ("update", "a", "-m", "A.", "--service", "web=degraded", "--service", "db=partial"),
            "[web, db] Elevated errors: partial",
            id="services",
        ),
        pytest.param(
            ("update", "a", "-m", "A."), "[api] Elevated errors: investigating", id="text"
        ),
        pytest.param(("resolve",), "[api] Elevated errors: resolved", id="resolve"),
        pytest.param(
            ("new", "#1 is: 'down'", "--severity=major", "--service=web", "--service=db"),
            "[web, db] 1 is: 'down': investigating",
            id="new",
        ),
        pytest.param(
            ("new", "#hello", "--severity", "none", "-m", "A."), "#hello: notice", id="notice"
        ),
        pytest.param(
            ("new", "Down [skip ci], closes #3, GH-4", "--severity=major", "--service=web"),
            "[web] Down (skip ci), closes 3, GH 4: investigating",
            id="words-that-github-obeys",
        ),
        pytest.param(
            ("update", "a", "-m", "A.", "--service", "api=none"),
            "[api] Elevated errors: none",
            id="recovered",
        ),
        pytest.param(
            ("event", "web", "major"), "[web] Website: Major outage: investigating", id="event"
        ),
    ],
)
def test_a_commit_says_what_happened(
    arguments: tuple[str, ...], expected: str, run: Run, places: Places
) -> None:
    """--commit makes one commit of one file, with services, title and state in the subject."""
    ran = run(*arguments, "--commit", cwd=places.ours)

    assert (0, [expected, "Begin"]) == (ran.status, subjects(places.ours))
    assert ran.out.split() == git(places.ours, "show", "--format=", "--name-only").split()
    assert "" == git(places.ours, "status", "--porcelain")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(UPDATE, UNPUBLISHED, id="update"),
        pytest.param((*UPDATE, "--commit"), UNPUBLISHED, id="commit"),
        pytest.param(("event", "web", "major", "--commit"), UNPUBLISHED, id="event"),
        pytest.param(NEW, UNPUBLISHED, id="new"),
        pytest.param(("resolve",), UNPUBLISHED, id="resolve"),
        pytest.param((*NEW, "--draft"), None, id="draft"),
        pytest.param((*NEW, "--draft", "--commit"), None, id="draft-that-is-committed"),
        pytest.param(("event", "db", "none"), None, id="nothing-changed"),
    ],
)
def test_a_change_that_is_not_pushed_is_not_published(
    arguments: tuple[str, ...], expected: str | None, run: Run, places: Places
) -> None:
    """The last line says what to do until visitors see a change; a draft stays unpublished."""
    ran = run(*arguments, cwd=places.ours)

    last = ran.err.splitlines()[-1]
    assert (0, expected is not None) == (ran.status, "not published" in ran.err)
    assert (expected or last) == last


@pytest.mark.parametrize("options", [(), ("--commit",)], ids=["written", "committed"])
def test_an_update_that_is_repeated_is_still_not_published(
    options: tuple[str, ...], run: Run, places: Places
) -> None:
    """A command that has nothing to add says so, and that its file is not published yet."""
    run(*UPDATE, *options, cwd=places.ours)
    again = run(*UPDATE, cwd=places.ours)
    run("push", cwd=places.ours)
    pushed = run(*UPDATE, cwd=places.ours)

    nothing = "nothing to add: the last update already says this"
    assert [nothing, UNPUBLISHED] == again.err.splitlines()
    assert [nothing] == pushed.err.splitlines()


def test_outside_of_a_repository_that_is_not_published(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder without Git, the last line does not name an option that needs it."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    site = write_site(tmp_path / "site", {"incidents/a.md": OPEN})

    ran = run(*UPDATE, cwd=site)

    expected = "not published: commit and push the file"
    assert (0, expected) == (ran.status, ran.err.splitlines()[-1])


def test_a_draft_that_is_pushed_has_no_address(run: Run, places: Places) -> None:
    """The address of a page is printed only if there will be a page."""
    ran = run(*NEW, "--draft", "--push", cwd=places.ours)

    assert (0, "pushed to origin main") == (ran.status, ran.err.splitlines()[-1])


def test_several_changes_have_several_addresses(run: Run, places: Places) -> None:
    """A push of two incidents prints the addresses of both."""
    events = [{"service": name, "severity": "major"} for name in ("web", "db")]
    (places.ours / "payload.json").write_text(json.dumps(events), "utf-8")

    ran = run("event", "--from", "payload.json", "--now", NOW, "--push", cwd=places.ours)

    root = "https://status.acme.example/incidents/2026-11-20"
    urls = f"{root}-website-major-outage.html and {root}-database-major-outage.html"
    pushed = f"pushed to origin main; they will appear at {urls}"
    assert (0, pushed) == (ran.status, ran.err.splitlines()[-1])


def test_a_subject_names_few_services(run: Run, places: Places) -> None:
    """A subject lists three services and the number of others."""
    settings = places.ours / "statusgen.yml"
    settings.write_text(settings.read_text("utf-8") + "  - {id: cdn, name: CDN}\n", "utf-8")
    services = [f"--service={name}" for name in ("api", "web", "db", "cdn")]

    run("new", "All", "--severity=major", *services, "--commit", cwd=places.ours)

    assert "[api, web, db, +1] All: investigating" == subjects(places.ours)[0]


def test_a_commit_takes_nothing_else_along(run: Run, places: Places) -> None:
    """Other staged, changed, deleted or untracked files stay byte for byte."""
    make_mess(places.ours)
    before = mess(places.ours)

    run(*UPDATE, "--commit", cwd=places.ours)

    assert (before, SUBJECT) == (mess(places.ours), subjects(places.ours)[0])


def test_a_commit_of_a_new_file_takes_nothing_else_along(run: Run, places: Places) -> None:
    """An untracked file is committed alone, too."""
    make_mess(places.ours)
    before = mess(places.ours)[:2]

    path = run(
        *("new", "B", "--severity=major", "--service=web", "--now", NOW, "--commit"),
        cwd=places.ours,
    ).out.strip()

    assert before == mess(places.ours)[:2]
    assert [path] == git(places.ours, "show", "--format=", "--name-only").split()


def test_another_version_that_is_staged_gives_way(run: Run, places: Places) -> None:
    """The file is committed as it is on disk, and its staged version is replaced."""
    places.incident.write_text(OPEN.replace("major", "partial"), "utf-8")
    git(places.ours, "add", "incidents/a.md")
    places.incident.write_text(OPEN.replace("major", "degraded"), "utf-8")

    run(*UPDATE, "--commit", cwd=places.ours)

    committed = git(places.ours, "show", "HEAD:incidents/a.md")
    assert (places.incident.read_text("utf-8"), "") == (
        committed,
        git(places.ours, "status", "--porcelain"),
    )


def test_a_detached_head_takes_commits(run: Run, places: Places) -> None:
    """--commit needs no branch; --push reports that it does, and keeps the commit."""
    git(places.ours, "checkout", "-q", "--detach")

    committed = run(*UPDATE, "--commit", cwd=places.ours)
    pushed = run(*UPDATE, "--push", cwd=places.ours)

    assert (0, 3, SUBJECT) == (committed.status, pushed.status, subjects(places.ours)[0])
    assert "no branch is checked out" in pushed.err


def test_nothing_that_is_to_be_pushed_gets_lost_beside_all_branches(
    run: Run, places: Places
) -> None:
    """Without a branch --push commits nothing; on one the same command succeeds."""
    git(places.ours, "checkout", "-q", "--detach")
    refused = run(*UPDATE, "--push", cwd=places.ours)
    git(places.ours, "switch", "-q", "main")
    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (3, True) == (refused.status, "run, for example: git switch main" in refused.err)
    pushed = "pushed to origin main; it will appear at https://status.acme.example/incidents/a.html"
    assert (0, pushed) == (ran.status, ran.err.splitlines()[-1])
    assert [SUBJECT, "Begin"] == subjects(places.remote, "main")


def test_a_file_that_others_moved_meanwhile_is_no_failure(run: Run, places: Places) -> None:
    """The update is pushed to the new path of a file that others moved."""
    (places.theirs / "incidents/2026").mkdir()
    git(places.theirs, "mv", "incidents/a.md", "incidents/2026/a.md")
    push_theirs(places, "theirs.txt", "1\n")
    ran = run(*UPDATE, "--push", cwd=places.ours)

    report = "incidents/a.md was also changed by someone else"
    assert (0, report) == (ran.status, ran.err.splitlines()[-1])
    moved = git(places.remote, "show", "main:incidents/2026/a.md")
    assert True is ("Found." in moved)


def test_who_comes_second_hears_where_the_incident_stands(run: Run, places: Places) -> None:
    """If someone else resolved the incident, the update says so after the push."""
    text = (places.theirs / "incidents/a.md").read_text("utf-8")
    end = "  - at: 2026-11-20 09:40\n    state: resolved\n    text: Over.\n---\n"
    push_theirs(places, "incidents/a.md", f"{text.rpartition('---')[0]}{end}")
    ran = run("update", "a", "-m", "Late.", "--now", NOW, "--push", cwd=places.ours)

    report = "incidents/a.md was also changed by someone else; its state is now resolved"
    assert (0, f"{report} (see: statusgen show a)") == (ran.status, ran.err.splitlines()[-1])
    assert True is ("Over." in places.incident.read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        pytest.param(UPDATE, "incidents/a.md", id="known"),
        pytest.param(
            ("new", "B", "--severity=major", "--service=web", "--slug=b", "--now", NOW),
            "incidents/b.md",
            id="new",
        ),
    ],
)
def test_a_hook_that_refuses_is_heard(
    arguments: tuple[str, ...], path: str, run: Run, places: Places
) -> None:
    """A failing pre-commit hook exits with 3 and its output; the index is unchanged."""
    make_mess(places.ours)
    hook(places.ours, "pre-commit", "printf 'Not \\033[31mtoday\\n' >&2", "exit 1")
    before = git(places.ours, "diff", "--cached"), git(places.ours, "ls-files", "--stage")

    ran = run(*arguments, "--commit", cwd=places.ours)

    after = git(places.ours, "diff", "--cached"), git(places.ours, "ls-files", "--stage")
    assert (3, True) == (ran.status, "Not \\u001b[31mtoday" in ran.err)
    assert (before, ["Begin"], True) == (
        after,
        subjects(places.ours),
        (places.ours / path).exists(),
    )


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        pytest.param(UPDATE, "incidents/a.md", id="known"),
        pytest.param((*NEW, "--slug=b"), "incidents/b.md", id="new"),
    ],
)
def test_the_work_of_a_hook_stays(
    arguments: tuple[str, ...], path: str, run: Run, places: Places
) -> None:
    """A file that a pre-commit hook reformats stays so in the next commit, made by hand."""
    hook(places.ours, "pre-commit", REFORMAT)
    ran = run(*arguments, "--commit", cwd=places.ours)
    after = git(places.ours, "status", "--porcelain")
    (places.ours / "other.txt").write_text("2\n", "utf-8")
    git(places.ours, "add", "other.txt")
    git(places.ours, "commit", "-qnm", "By hand")

    assert (0, "", "other.txt\n") == (
        ran.status,
        after,
        git(places.ours, "show", "--format=", "--name-only"),
    )
    assert True is ("formatted" in git(places.ours, "show", f"HEAD:{path}"))


def test_the_work_of_a_hook_is_not_that_of_others(run: Run, places: Places) -> None:
    """A file that a hook reformats is pushed, also on top of others, as changed by us alone."""
    hook(places.ours, "pre-commit", REFORMAT)
    push_theirs(places, "theirs.txt", "1\n")

    ran = run(*UPDATE, "--push", cwd=places.ours)

    pushed = "pushed to origin main; it will appear at https://status.acme.example/incidents/a.html"
    assert (0, pushed) == (ran.status, ran.err.splitlines()[-1])
    assert True is ("formatted" in git(places.remote, "show", "main:incidents/a.md"))
    assert "" == git(places.ours, "status", "--porcelain")


def test_a_commit_that_failed_is_made_up_for(run: Run, places: Places) -> None:
    """Running a command again commits the first change, without a second update."""
    hook(places.ours, "pre-commit", "exit 1")
    run(*UPDATE, "--commit", cwd=places.ours)
    hook(places.ours, "pre-commit", "exit 0")

    ran = run(*UPDATE, "--commit", cwd=places.ours)

    assert (0, [SUBJECT, "Begin"]) == (ran.status, subjects(places.ours))
    assert 1 == places.incident.read_text("utf-8").count("Found.")


def test_a_planned_resolution_is_removed_beside_an_update_of_others(
    run: Run, places: Places
) -> None:
    """A failure during the wait is pushed although someone else has added an update."""
    steps = ["major", "none"] * 4
    for minute, severity in enumerate(steps):
        run("event", "web", severity, "--now", f"2026-11-20 10:{minute:02}", cwd=places.ours)
    run("push", "--now", "2026-11-20 10:10", cwd=places.ours)
    git(places.theirs, "pull", "-q")
    run("update", "2026", "-m", "Theirs.", "--push", "--now", "2026-11-20 10:11", cwd=places.theirs)

    failed = ("event", "web", "major", "--push", "--now", "2026-11-20 10:12")
    ran = run(*failed, cwd=places.ours)

    path = next((places.ours / "incidents").glob("2026*.md"))
    pushed = git(places.remote, "show", f"main:incidents/{path.name}")
    assert (0, True) == (ran.status, "Theirs." in pushed)
    assert 3 == pushed.count("state: resolved")


def test_an_event_that_was_not_committed_is_made_up_for(run: Run, places: Places) -> None:
    """A repeated event of a monitor is committed, without a second incident."""
    hook(places.ours, "pre-commit", "exit 1")
    run("event", "web", "major", "--commit", "--now", NOW, cwd=places.ours)
    hook(places.ours, "pre-commit", "exit 0")

    ran = run("event", "web", "major", "--commit", cwd=places.ours)

    subject = "[web] Website: Major outage: investigating"
    assert (0, [subject, "Begin"]) == (ran.status, subjects(places.ours))


def test_in_the_middle_of_a_merge_nothing_is_committed(run: Run, places: Places) -> None:
    """During a merge Git cannot commit one file: exit 3, and the merge can continue."""
    git(places.ours, "checkout", "-qb", "side")
    (places.ours / "other.txt").write_text("side\n", "utf-8")
    git(places.ours, "commit", "-qam", "Side")
    git(places.ours, "checkout", "-q", "main")
    git(places.ours, "merge", "-q", "--no-commit", "--no-ff", "side")
    before = git(places.ours, "ls-files", "--stage")

    ran = run(*UPDATE, "--commit", cwd=places.ours)

    assert (3, True, before) == (
        ran.status,
        "merge" in ran.err,
        git(places.ours, "ls-files", "--stage"),
    )
    assert True is (places.ours / ".git" / "MERGE_HEAD").exists()


@pytest.mark.slow
def test_more_files_are_committed_than_fit_into_a_command(places: Places) -> None:
    """Thousands of files with long names are one commit; other files stay as they are."""
    folder = places.ours / "incidents"
    names = [f"gh-{number}-{'x' * 240}.md" for number in range(9000)]
    for name in [*names, "own.md"]:
        (folder / name).touch()

    is_committed = commit([folder / name for name in names], "Many")
    again = commit([folder / name for name in names], "Again")

    assert (True, False) == (is_committed, again)
    assert ["Many", "Begin"] == subjects(places.ours)
    assert len(names) == len(git(places.ours, "diff", "--name-only", "HEAD~").splitlines())
    assert "?? incidents/own.md\n" == git(places.ours, "status", "--porcelain")


def test_an_ignored_file_is_told(run: Run, places: Places) -> None:
    """An ignored file is written, and the reason why it is not committed is printed."""
    (places.ours / ".gitignore").write_text("incidents/*-b.md\n", "utf-8")

    ran = run("new", "B", "--severity=major", "--service=api", "--commit", cwd=places.ours)

    assert (3, True) == (ran.status, "ignored" in ran.err)


@pytest.mark.parametrize("option", ["--commit", "--push"])
def test_outside_of_a_repository_the_file_is_written(
    option: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of a repository, --commit and --push say so, and that the file was written."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    site = write_site(tmp_path / "site", {"incidents/a.md": OPEN})

    ran = run(*UPDATE, option, cwd=site)

    assert (3, "incidents/a.md\n") == (ran.status, ran.out)
    assert "not a git repository" in ran.err
    assert "no branch" not in ran.err
    assert "the file was written but not committed" in ran.err
    assert 1 == (site / "incidents" / "a.md").read_text("utf-8").count("Found.")


def test_a_checkout_knows_its_commit(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work tree is found from the folder alone, not from variables of the environment."""
    monkeypatch.setenv("GIT_DIR", str(places.remote))
    (places.remote / "HEAD").write_text("ref: refs/heads/none\n", encoding="utf-8")
    expected = (places.ours / ".git" / "refs" / "heads" / "main").read_text("utf-8").strip()

    assert (expected, None) == (head(places.ours), head(places.ours / "incidents"))


def test_without_git_that_is_said(
    run: Run, places: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A machine without Git writes the file and exits with 3."""
    monkeypatch.setenv("PATH", str(tmp_path / "temporary"))

    ran = run(*UPDATE, "--commit", cwd=places.ours)

    told = "statusgen: git was not found; install it; the file was written but not committed"
    assert (3, told) == (ran.status, ran.err.splitlines()[-1])
    assert True is ("Found." in places.incident.read_text("utf-8"))


@pytest.mark.parametrize(
    "name", ["a b", "[x]*?", ":(top)a", "-rf", "--all", "ünder", "a'b\"c"], ids=ascii
)
def test_any_folder_will_do(name: str, run: Run, places: Places) -> None:
    """A site may be in a folder whose name has characters special to Git or a shell."""
    site = places.ours / name
    site.mkdir()
    for part in ("statusgen.yml", "incidents"):
        git(places.ours, "mv", "--", part, f"./{name}/")
    git(places.ours, "commit", "-qm", "Move")
    push_theirs(places, "theirs.txt", "1\n")

    ran = run(*UPDATE, "--push", "--site", name, cwd=places.ours)

    expected = [SUBJECT, "Move", "Theirs: theirs.txt", "Begin"]
    assert (0, expected) == (ran.status, subjects(places.remote, "main"))


# --push


def test_a_push_brings_the_commit_out(run: Run, places: Places) -> None:
    """--push commits and pushes; a second time there is nothing to do."""
    rans = [run(*UPDATE, "--push", cwd=places.ours) for _ in range(2)]

    assert [0, 0] == [ran.status for ran in rans]
    assert [SUBJECT, "Begin"] == subjects(places.remote, "main")
    assert "" == git(places.ours, "status", "--porcelain")


def test_a_push_goes_on_top_of_what_others_pushed(run: Run, places: Places) -> None:
    """The commit is rebased onto those of others, and unfinished work stays as it is."""
    push_theirs(places, "theirs.txt", "1\n")
    push_theirs(places, "incidents/b.md", OPEN)
    make_mess(places.ours)
    before = mess(places.ours)

    ran = run(*UPDATE, "--push", cwd=places.ours)

    status, staged, files = mess(places.ours)
    expected = [SUBJECT, "Theirs: incidents/b.md", "Theirs: theirs.txt", "Begin"]
    assert (0, expected) == (ran.status, subjects(places.remote, "main"))
    assert expected == subjects(places.ours)
    assert (status, staged) == before[:2]
    brought = {"incidents/b.md": OPEN.encode(), "theirs.txt": b"1\n"}
    assert files == {**before[2], **brought}
    assert True is is_tidy(places)


@pytest.mark.parametrize(
    ("races", "status"),
    [
        pytest.param(1, 0, id="once"),
        pytest.param(5, 0, id="five-times"),
        pytest.param(6, 3, id="six-times"),
    ],
)
def test_a_race_is_run_again(
    races: int, status: int, run: Run, places: Places, temporary: Path
) -> None:
    """A push that loses a race is retried five times."""
    for number in range(races):
        push_theirs(places, f"theirs-{number}.txt", "1\n", to=f"refs/waiting/{number}")
    hook(
        *(places.remote, "pre-receive"),
        "unset GIT_QUARANTINE_PATH",
        "next=$(git for-each-ref --count=1 --format='%(refname)' refs/waiting)",
        'test -n "$next" && git update-ref refs/heads/main "$next" && git update-ref -d "$next"',
        "exit 0",
    )
    make_mess(places.ours)
    before = mess(places.ours)[:2]

    ran = run(*UPDATE, "--push", cwd=places.ours)

    theirs = [f"Theirs: theirs-{number}.txt" for number in reversed(range(races))]
    ours = [SUBJECT] if status == 0 else []
    assert (status, [*ours, *theirs, "Begin"]) == (ran.status, subjects(places.remote, "main"))
    assert (SUBJECT, before) == (subjects(places.ours)[0], mess(places.ours)[:2])
    assert (True, []) == (is_tidy(places), list(temporary.iterdir()))


def test_two_people_can_add_to_one_incident(run: Run, places: Places, temporary: Path) -> None:
    """Concurrent updates are merged, sorted by time."""
    theirs = "  - at: 2026-11-20 09:55\n    text: Theirs.  # as they wrote it\n"
    push_theirs(places, "incidents/a.md", OPEN.replace("it.\n", f"it.\n{theirs}"))
    make_mess(places.ours)
    before = mess(places.ours)[:2]

    ran = run(*UPDATE, "--push", cwd=places.ours)

    text = git(places.remote, "show", "main:incidents/a.md")
    assert (0, text) == (ran.status, places.incident.read_text("utf-8"))
    assert (True, True) == (theirs in text, text.index("Theirs.") < text.index("Found."))
    assert ([SUBJECT, "Theirs: incidents/a.md", "Begin"], before) == (
        subjects(places.remote, "main"),
        mess(places.ours)[:2],
    )
    assert (True, []) == (is_tidy(places), list(temporary.iterdir()))


def test_what_could_not_be_pushed_goes_out_with_the_same_call(run: Run, places: Places) -> None:
    """A commit that was not pushed is merged when the command is run again."""
    run(*UPDATE, "--commit", cwd=places.ours)
    push_theirs(
        places,
        "incidents/a.md",
        OPEN.replace("it.\n", "it.\n  - at: 2026-11-20 09:55\n    text: B.\n"),
    )

    ran = run(*UPDATE, "--push", cwd=places.ours)

    text = git(places.remote, "show", "main:incidents/a.md")
    assert (0, 1, 1) == (ran.status, text.count("Found."), text.count("B."))


def test_a_conflict_is_left_to_people(run: Run, places: Places, temporary: Path) -> None:
    """A conflict exits with 3 and the reason; the commit stays here, and all other work."""
    push_theirs(places, "incidents/a.md", OPEN.replace("it.\n", "it.\n    sate: wrong\n"))
    make_mess(places.ours)
    before = mess(places.ours)

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (3, True) == (
        ran.status,
        "conflict in a.md: someone else changed it too, and" in ran.err.splitlines()[-1],
    )
    assert (before, [SUBJECT, "Begin"]) == (mess(places.ours), subjects(places.ours))
    assert (["Theirs: incidents/a.md", "Begin"], True, []) == (
        subjects(places.remote, "main"),
        is_tidy(places),
        list(temporary.iterdir()),
    )


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        pytest.param("other.txt", "changed", id="changed-here"),
        pytest.param("incidents/new.md", "untracked", id="untracked-here"),
        pytest.param("staged.txt", "staged", id="staged-here"),
    ],
)
def test_unfinished_work_is_never_overwritten(
    path: str, kind: str, run: Run, places: Places
) -> None:
    """A file that others changed, with unfinished work here, exits with 3; nothing changes."""
    push_theirs(places, path, f"Theirs, {kind} here.\n")
    make_mess(places.ours)
    before = mess(places.ours)

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (3, True) == (ran.status, "files changed by others have uncommitted" in ran.err)
    assert (before, [SUBJECT, "Begin"]) == (mess(places.ours), subjects(places.ours))
    assert True is is_tidy(places)


def test_a_file_that_was_only_touched_is_no_change(run: Run, places: Places) -> None:
    """A file with a new mtime and the same bytes does not stop a rebase."""
    git(places.ours, "remote", "set-url", "origin", "nowhere")
    run(*UPDATE, "--push", cwd=places.ours)
    git(places.ours, "remote", "set-url", "origin", "../remote.git")
    push_theirs(places, "other.txt", "theirs\n")
    os.utime(places.ours / "other.txt", (1, 1))

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (0, "theirs\n") == (ran.status, (places.ours / "other.txt").read_text("utf-8"))


def test_the_words_of_a_remote_are_heard(run: Run, places: Places) -> None:
    """A remote that rejects the push exits with 3 and its reason; the commit stays."""
    hook(places.remote, "pre-receive", "echo 'Frozen until \\033[5mMonday' >&2", "exit 1")

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (3, True, False) == (ran.status, "Frozen until" in ran.err, "\x1b" in ran.err)
    assert ([SUBJECT, "Begin"], ["Begin"]) == (
        subjects(places.ours),
        subjects(places.remote, "main"),
    )


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(UPDATE, id="update"),
        pytest.param(("resolve", "a", "--now", NOW), id="resolve"),
        pytest.param(("event", "web", "major", "--now", NOW), id="event"),
    ],
)
def test_a_push_that_failed_is_made_up_for(
    arguments: tuple[str, ...], run: Run, places: Places
) -> None:
    """Running a command again pushes the existing commit, without a second update."""
    hook(places.remote, "pre-receive", "exit 1")
    first = run(*arguments, "--push", cwd=places.ours)
    commits = subjects(places.ours)
    hook(places.remote, "pre-receive", "exit 0")

    second = run(*arguments, "--push", cwd=places.ours)

    assert ([3, 0], 2) == ([first.status, second.status], len(commits))
    assert [commits] * 2 == [subjects(places.ours), subjects(places.remote, "main")]


def test_an_event_that_ended_is_pushed_again(run: Run, places: Places) -> None:
    """The next event pushes a resolution that was not pushed, even if nothing changed."""
    run("event", "web", "major", "--push", "--now", NOW, cwd=places.ours)
    hook(places.remote, "pre-receive", "exit 1")
    run("event", "web", "none", "--push", cwd=places.ours)
    hook(places.remote, "pre-receive", "exit 0")

    run("event", "web", "none", "--push", cwd=places.ours)

    assert "[web] Website: Major outage: resolved" == subjects(places.remote, "main")[0]


def test_without_a_remote_that_is_said(run: Run, places: Places) -> None:
    """--push without a remote commits, and prints how to add one."""
    git(places.ours, "remote", "remove", "origin")

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (3, True) == (ran.status, "git remote add origin URL" in ran.err)
    assert SUBJECT == subjects(places.ours)[0]


def test_a_site_that_has_no_commit_yet_goes_out(run: Run, places: Places, tmp_path: Path) -> None:
    """The first commit can be pushed to a remote without branches, under any branch name."""
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    site = write_site(tmp_path / "fresh", {})
    git(site, "init", "-q", "-b", "main")
    git(site, "remote", "add", "acme", "../empty.git")

    ran = run("new", "B", "--severity=major", "--service=web", "--push", cwd=site)

    subject = "[web] B: investigating"
    assert (0, [subject]) == (ran.status, subjects(tmp_path / "empty.git", "main"))
    assert "?? statusgen.yml\n" == git(site, "status", "--porcelain")


def test_a_shallow_clone_goes_on_top_too(run: Run, places: Places, tmp_path: Path) -> None:
    """A shallow clone, as in a workflow, can be rebased like any other."""
    address = f"file://{places.remote}"
    git(tmp_path, "clone", "-q", "--depth=1", address, "shallow")
    push_theirs(places, "one.txt", "1\n")
    push_theirs(places, "two.txt", "1\n")

    ran = run(*UPDATE, "--push", cwd=tmp_path / "shallow")

    expected = [SUBJECT, "Theirs: two.txt", "Theirs: one.txt", "Begin"]
    assert (0, expected) == (ran.status, subjects(places.remote, "main"))


def test_a_remote_that_is_gone_is_said(run: Run, places: Places) -> None:
    """A remote that does not answer exits with 3; the commit stays."""
    places.remote.rename(places.remote.with_name("away"))

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (3, SUBJECT) == (ran.status, subjects(places.ours)[0])


def test_a_branch_goes_where_its_upstream_is(run: Run, places: Places) -> None:
    """A branch is pushed to its upstream of another name, and a new one to its own name."""
    git(places.ours, "push", "-q", "origin", "main:status")
    git(places.ours, "fetch", "-q")
    git(places.ours, "checkout", "-qb", "mine", "--track", "origin/status")
    run(*UPDATE, "--push", cwd=places.ours)
    git(places.ours, "checkout", "-qb", "fresh")
    run("resolve", "a", "--push", cwd=places.ours)

    resolved = "[api] Elevated errors: resolved"
    assert ["Begin", SUBJECT, resolved] == [
        subjects(places.remote, branch)[0] for branch in ("main", "status", "fresh")
    ]


def test_a_remote_with_the_name_of_an_option_is_a_remote(run: Run, places: Places) -> None:
    """A remote may have any name."""
    git(places.ours, "config", "--rename-section", "remote.origin", "remote.--force")
    git(places.ours, "config", "branch.main.remote", "--force")
    push_theirs(places, "theirs.txt", "1\n")

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert 0 == ran.status
    assert [SUBJECT, "Theirs: theirs.txt", "Begin"] == subjects(places.remote, "main")


def test_no_setting_of_a_branch_becomes_an_option(run: Run, places: Places) -> None:
    """A repository whose remote is an option of Git runs no program of it."""
    ran_it = places.ours / "ran"
    git(places.ours, "config", "branch.main.remote", f"--upload-pack=touch '{ran_it}' #")
    git(places.ours, "config", "branch.main.merge", str(places.remote))

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (3, False) == (ran.status, ran_it.exists())


def test_the_hooks_of_a_checkout_stay_out_of_it(run: Run, places: Places, temporary: Path) -> None:
    """Hooks for the usual folder neither run in the temporary work tree nor stop the push."""
    push_theirs(places, "theirs.txt", "1\n")
    for name in ("post-checkout", "pre-rebase", "post-rewrite"):
        hook(places.ours, name, f"echo {name} >> '{temporary}/ran'", "exit 1")

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (0, True, []) == (ran.status, is_tidy(places), list(temporary.iterdir()))


def test_many_commits_at_once_all_land(places: Places) -> None:
    """Four concurrent pushes of one clone are four commits and four updates."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "statusgen", "update", "a", "-m", f"{n}.", "--push"],
            cwd=places.ours,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for n in range(4)
    ]

    assert [0] * 4 == [process.wait() for process in processes]
    text = git(places.remote, "show", "main:incidents/a.md")
    assert [1] * 4 == [text.count(f"{n}.\n") for n in range(4)]
    assert 5 == len(subjects(places.remote, "main"))
