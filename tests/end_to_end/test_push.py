"""Tests of `push`: incident files that are not published are committed and pushed, alone."""

from pathlib import Path

import pytest

from tests.conftest import Run, on_terminal, write_site
from tests.end_to_end.test_commit_and_push import (
    NEW,
    NOW,
    OPEN,
    SUBJECT,
    UPDATE,
    Places,
    git,
    hook,
    make_mess,
    mess,
    places,
    prepared,
    push_theirs,
    subjects,
    temporary,
)

pytestmark = pytest.mark.slow

__all__ = ["places", "prepared", "temporary"]  # fixtures

URL = "https://status.acme.example/incidents/"
SLOW = """\
---
title: Slow pages
severity: degraded
services: [web]
started: 2026-11-20 09:05
---
Pages load slowly.
"""


def write(places: Places, name: str, text: str = SLOW) -> None:
    """Write *text* as the incident file *name* in our clone."""
    path = places.ours / "incidents" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def push(run: Run, places: Places, *options: str) -> tuple[int, list[str], str]:
    """Run `push` and return its status, the files that it lists, and its last line."""
    ran = run("push", *options, "--now", NOW, cwd=places.ours)
    return (ran.status, ran.out.splitlines(), ran.err.splitlines()[-1])


def published(places: Places) -> list[str]:
    """Return the files in the last commit on the remote."""
    names = ["show", "--format=", "--name-only", "--no-renames", "main"]
    return git(places.remote, *names).splitlines()


def test_a_file_written_by_hand_is_published(run: Run, places: Places) -> None:
    """A new file is listed, committed with a subject that describes it, and pushed."""
    write(places, "slow.md")

    expected = f"pushed 1 incident file to origin main; it will appear at {URL}slow.html"
    assert (0, ["incidents/slow.md"], expected) == push(run, places)
    assert ["[web] Slow pages: investigating", "Begin"] == subjects(places.remote, "main")
    assert "" == git(places.ours, "status", "--porcelain")


def test_several_files_are_one_commit(run: Run, places: Places) -> None:
    """Several files are one commit, whose body describes each of them."""
    write(places, "2026/slow.md")
    run(*UPDATE, cwd=places.ours)

    status, listed, last = push(run, places)

    files = ["incidents/2026/slow.md", "incidents/a.md"]
    expected = f"pushed 2 incident files to origin main; they will appear at {URL}slow.html and"
    assert (0, files, f"{expected} {URL}a.html") == (status, listed, last)
    body = f"[web] Slow pages: investigating\n{SUBJECT}\n\n"
    assert f"Publish 2 incident files\n\n{body}" == git(
        places.remote, "log", "-1", "--format=%B", "main"
    )
    assert files == published(places)


def test_many_files_have_no_addresses(run: Run, places: Places) -> None:
    """A push of many files prints their number, not the address of each."""
    for number in range(6):
        write(places, f"slow-{number}.md")

    assert "pushed 6 incident files to origin main" == push(run, places)[-1]


def test_nothing_is_pushed_twice(run: Run, places: Places) -> None:
    """With nothing to publish, `push` says so and exits with 0."""
    assert (0, [], "nothing to push") == push(run, places)
    write(places, "slow.md")
    push(run, places)

    assert (0, [], "nothing to push") == push(run, places)
    assert 2 == len(subjects(places.ours))


def test_a_committed_file_is_pushed(run: Run, places: Places) -> None:
    """A file that is committed but not pushed is pushed, without another commit."""
    run(*UPDATE, "--commit", cwd=places.ours)

    expected = f"pushed 1 incident file to origin main; it will appear at {URL}a.html"
    assert (0, ["incidents/a.md"], expected) == push(run, places)
    assert [SUBJECT, "Begin"] == subjects(places.remote, "main")


def test_commits_without_incident_files_are_not_pushed(run: Run, places: Places) -> None:
    """Unpushed commits of other files alone are nothing to push."""
    (places.ours / "other.txt").write_text("2\n", "utf-8")
    git(places.ours, "commit", "-qam", "Other")

    assert (0, [], "nothing to push") == push(run, places)
    assert ["Begin"] == subjects(places.remote, "main")


def test_a_new_branch_begins_where_the_remote_is(run: Run, places: Places) -> None:
    """On a branch that was never pushed, files that another branch published are not listed."""
    git(places.ours, "switch", "-qc", "fresh")
    none = push(run, places)
    run(*UPDATE, "--commit", cwd=places.ours)

    assert (0, [], "nothing to push") == none
    assert ["incidents/a.md"] == push(run, places)[1]
    assert [SUBJECT, "Begin"] == subjects(places.remote, "fresh")


def test_a_merged_file_of_others_is_not_ours(run: Run, places: Places) -> None:
    """After a merge, only the files that our commits change are listed."""
    run(*UPDATE, "--commit", cwd=places.ours)
    push_theirs(places, "incidents/b.md", SLOW)
    git(places.ours, "pull", "-q", "--no-rebase", "--no-edit")

    assert (0, ["incidents/a.md"]) == push(run, places)[:2]


def test_the_first_commit_can_be_pushed(run: Run, places: Places, tmp_path: Path) -> None:
    """In a repository without a commit, `push` commits the incident files alone."""
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    site = write_site(tmp_path / "fresh", {"incidents/a.md": OPEN})
    git(site, "init", "-q", "-b", "main")
    git(site, "remote", "add", "origin", "../empty.git")

    ran = run("push", "--now", NOW, cwd=site)

    assert (0, "incidents/a.md\n") == (ran.status, ran.out)
    assert ["[api] Elevated errors: investigating"] == subjects(tmp_path / "empty.git", "main")
    assert "?? statusgen.yml\n" == git(site, "status", "--porcelain")


def test_all_other_work_stays(run: Run, places: Places) -> None:
    """Other files stay byte for byte as they are, staged, changed, deleted or untracked."""
    make_mess(places.ours)
    (places.ours / "incidents" / "new.md").unlink()
    write_site(places.ours, {"incidents/notes.txt": "Call Ada.\n", "incidents/.draft.md": "x"})
    before = mess(places.ours)
    run(*UPDATE, cwd=places.ours)

    status, listed, _ = push(run, places)

    assert (0, ["incidents/a.md"], before) == (status, listed, mess(places.ours))
    assert ["incidents/a.md"] == published(places)


def test_a_site_in_a_folder_publishes_its_own_files(run: Run, places: Places) -> None:
    """A site in a folder of the repository commits no incident files of another."""
    site = write_site(places.ours / "sites" / "[b] *", {"incidents/b.md": SLOW})
    write(places, "slow.md")

    ran = run("push", "--site", site, cwd=places.ours)

    assert (0, "sites/[b] */incidents/b.md\n") == (ran.status, ran.out)
    assert ["sites/[b] */incidents/b.md"] == published(places)


def test_a_deleted_file_is_deleted_on_the_page(run: Run, places: Places) -> None:
    """The deletion of a file is published; it has no address any more."""
    places.incident.unlink()
    places.incident.parent.rmdir()

    expected = "pushed 1 incident file to origin main"
    assert (0, ["incidents/a.md (deleted)"], expected) == push(run, places)
    assert ["Delete a", "Begin"] == subjects(places.remote, "main")
    assert [] == git(places.remote, "ls-tree", "main", "incidents/").splitlines()


@pytest.mark.parametrize("is_staged", [False, True], ids=["by-hand", "by-git"])
def test_a_renamed_file_is_published_once(is_staged: bool, run: Run, places: Places) -> None:
    """A renamed file replaces the old one, so that the page does not show both."""
    places.incident.rename(places.incident.with_name("b.md"))
    if is_staged:
        git(places.ours, "add", "--all")

    status, listed, _ = push(run, places)

    assert (0, ["incidents/a.md (deleted)", "incidents/b.md"]) == (status, listed)
    tree = git(places.remote, "ls-tree", "--name-only", "main", "incidents/")
    assert ("incidents/b.md\n", "") == (tree, git(places.ours, "status", "--porcelain"))


def test_a_staged_file_that_was_deleted_is_nothing(run: Run, places: Places) -> None:
    """A new file that was staged and then deleted is not part of any commit."""
    write(places, "slow.md")
    git(places.ours, "add", "incidents/slow.md")
    (places.ours / "incidents/slow.md").unlink()

    assert (0, [], "nothing to push") == push(run, places)


@pytest.mark.parametrize("is_published", [False, True], ids=["new", "published"])
def test_a_file_with_errors_stops_all(is_published: bool, run: Run, places: Places) -> None:
    """An error in any incident file is printed with its place, and nothing is committed."""
    write(places, "bad.md", SLOW.replace("degraded", "huge"))
    if is_published:
        git(places.ours, "add", "--all")
        git(places.ours, "commit", "-qm", "Bad")
        git(places.ours, "push", "-q", "origin", "main")
    before = subjects(places.ours)
    write(places, "slow.md")

    status, listed, last = push(run, places)

    files = ["incidents/slow.md"] if is_published else ["incidents/bad.md", "incidents/slow.md"]
    assert (1, files) == (status, listed)
    assert "incidents/bad.md:3:11: 'huge' is not a severity;" in last
    assert (before, before) == (subjects(places.ours), subjects(places.remote, "main"))


def test_two_files_of_one_name_stop_all(run: Run, places: Places) -> None:
    """An error that `check` finds only between files stops `push`, too."""
    write(places, "0/a.md")

    status, listed, last = push(run, places)

    assert (1, ["incidents/0/a.md"]) == (status, listed)
    assert True is ("'a' is also the name of" in last)
    assert ["Begin"] == subjects(places.ours)


def test_warnings_are_printed(run: Run, places: Places) -> None:
    """A warning about a file is printed and stops nothing."""
    write(places, "bare.md", SLOW.replace("Pages load slowly.\n", ""))

    ran = run("push", "--now", NOW, cwd=places.ours)

    assert (0, True) == (ran.status, "warning: the file has no text" in ran.err)


def test_maintenance_without_text_is_published(run: Run, places: Places) -> None:
    """Maintenance that has only a window can be published."""
    window = "announced: 2026-11-19 09:00\nstarts: 2026-11-21 09:00\nends: 2026-11-21 10:00"
    text = SLOW.replace("degraded", "maintenance").replace("started: 2026-11-20 09:05", window)
    write(places, "work.md", text.replace("Pages load slowly.\n", ""))

    assert (0, ["incidents/work.md"]) == push(run, places)[:2]


def test_a_new_draft_stays_here(run: Run, places: Places) -> None:
    """A new draft is not committed, as the repository may be public; another file is."""
    write(places, "secret.md", SLOW.replace("---\n", "---\ndraft: true\n", 1))
    alone = run("push", cwd=places.ours)
    write(places, "slow.md")

    assert (0, ["incidents/slow.md"]) == push(run, places)[:2]
    said = "skipped incidents/secret.md (a new draft)\nnothing to push\n"
    assert (0, "", said) == (alone.status, alone.out, alone.err)
    assert "?? incidents/secret.md\n" == git(places.ours, "status", "--porcelain")


def test_an_incident_can_be_unpublished(run: Run, places: Places) -> None:
    """A published file that became a draft is pushed, so that the page drops it."""
    places.incident.write_text(OPEN.replace("---\n", "---\ndraft: true\n", 1), "utf-8")

    expected = "pushed 1 incident file to origin main"
    assert (0, ["incidents/a.md"], expected) == push(run, places)


def test_an_ignored_file_is_not_published(run: Run, places: Places) -> None:
    """A file that Git ignores stays here."""
    (places.ours / ".gitignore").write_text("incidents/my-*\n", "utf-8")
    write(places, "my-notes.md")

    assert (0, [], "nothing to push") == push(run, places)


def test_a_trial_changes_nothing(run: Run, places: Places) -> None:
    """--dry-run lists the files and checks them, but commits nothing."""
    write(places, "slow.md")

    trial = "dry run: 1 incident file would be pushed"
    assert (0, ["incidents/slow.md"], trial) == push(run, places, "--dry-run")
    assert "?? incidents/slow.md\n" == git(places.ours, "status", "--porcelain")
    assert ["Begin"] == subjects(places.ours)


def test_a_push_that_failed_can_be_repeated(run: Run, places: Places) -> None:
    """A command whose push fails names `push`, which then publishes what it wrote."""
    hook(places.remote, "pre-receive", "exit 1")
    failed = [run(*arguments, "--push", cwd=places.ours) for arguments in (UPDATE, NEW)]
    failed += [run("push", cwd=places.ours), run("event", "db", "major", "--push", cwd=places.ours)]
    hook(places.remote, "pre-receive", "exit 0")

    remedy = "; the commit exists only here; remove the cause; then, to retry, run: statusgen push"
    assert [(3, True)] * 4 == [
        (ran.status, ran.err.splitlines()[-1].endswith(remedy)) for ran in failed
    ]
    assert 0 == push(run, places)[0]
    assert subjects(places.ours) == subjects(places.remote, "main")
    assert 4 == len(subjects(places.ours))


def test_a_hook_that_refuses_commits_nothing(run: Run, places: Places) -> None:
    """A failing pre-commit hook exits with 3; the index and the files stay."""
    hook(places.ours, "pre-commit", "echo Not today >&2", "exit 1")
    write(places, "slow.md")
    run(*UPDATE, cwd=places.ours)
    before = git(places.ours, "status", "--porcelain")

    status, _, last = push(run, places)

    assert (3, True) == (status, last.endswith("Not today; nothing was committed"))
    assert (before, ["Begin"]) == (git(places.ours, "status", "--porcelain"), subjects(places.ours))


def test_others_may_push_first(run: Run, places: Places) -> None:
    """Updates of others to the same incident are merged, and reported."""
    run(*UPDATE, cwd=places.ours)
    theirs = OPEN.replace("it.\n", "it.\n  - at: 2026-11-20 09:55\n    text: B.\n")
    push_theirs(places, "incidents/a.md", theirs)

    status, _, last = push(run, places)

    report = "incidents/a.md was also changed by someone else; its state is now identified"
    assert (0, f"{report} (see: statusgen show a)") == (status, last)
    text = git(places.remote, "show", "main:incidents/a.md")
    assert (1, 1) == (text.count("Found."), text.count("B."))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(("checkout", "-q", "--detach"), "git switch main", id="no-branch"),
        pytest.param(("remote", "remove", "origin"), "git remote add origin URL", id="no-remote"),
    ],
)
def test_what_git_lacks_is_reported(
    words: tuple[str, ...], expected: str, run: Run, places: Places
) -> None:
    """Without a branch or a remote, `push` exits with 3 and the remedy, and commits nothing."""
    write(places, "slow.md")
    git(places.ours, *words)

    status, listed, last = push(run, places)

    assert (3, [], True) == (status, listed, expected in last)
    assert ["Begin"] == subjects(places.ours)


def test_outside_of_a_repository_nothing_is_pushed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of a Git repository, `push` exits with 3 and says so."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    site = write_site(tmp_path / "site", {"incidents/a.md": OPEN})

    ran = run("push", cwd=site)

    assert (3, "", True) == (ran.status, ran.out, "not a git repository" in ran.err)


# update --push and resolve --push with nothing new to say

PUSHED = f"pushed 1 incident file to origin main; it will appear at {URL}a.html"
FIXED = ("resolve", "-m", "Fixed.", "--now", NOW)


@pytest.mark.parametrize("options", [(), ("--commit",)], ids=["written", "committed"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(UPDATE, ("update", "--push"), id="update"),
        pytest.param(UPDATE, ("update", "a", "--push"), id="update-by-name"),
        pytest.param(FIXED, ("update", "--push"), id="update-after-resolve"),
        pytest.param(FIXED, ("resolve", "--push"), id="resolve"),
        pytest.param(FIXED, (*FIXED, "--push"), id="resolve-with-the-same-text"),
        pytest.param(FIXED, ("resolve", "--template", "fixed", "--push"), id="by-template"),
        pytest.param(
            ("update", "--state", "resolved"),
            ("update", "--state", "resolved", "--push"),
            id="update-with-the-same-state",
        ),
    ],
)
def test_a_push_that_was_forgotten_is_made_up_for(
    first: tuple[str, ...],
    second: tuple[str, ...],
    options: tuple[str, ...],
    run: Run,
    places: Places,
) -> None:
    """A command with nothing new to say publishes what is written, committed or not."""
    settings = places.ours / "statusgen.yml"
    settings.write_text(settings.read_text("utf-8") + "texts: {fixed: Fixed.}\n", "utf-8")
    run(*first, *options, cwd=places.ours)
    written = places.incident.read_bytes()

    ran = run(*second, cwd=places.ours)

    assert (0, "incidents/a.md\n", PUSHED) == (ran.status, ran.out, ran.err.splitlines()[-1])
    assert written == git(places.remote, "show", "main:incidents/a.md").encode()
    assert 2 == len(subjects(places.remote, "main"))


def test_a_file_that_is_named_is_published_alone(run: Run, places: Places) -> None:
    """`update NAME --push` commits the named file, and no other that is written."""
    write(places, "slow.md")
    run(*UPDATE, cwd=places.ours)

    ran = run("update", "a", "--push", cwd=places.ours)

    assert (0, PUSHED) == (ran.status, ran.err.splitlines()[-1])
    assert (["incidents/a.md"], "?? incidents/slow.md\n") == (
        published(places),
        git(places.ours, "status", "--porcelain"),
    )


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("update", "-m", "Another.", "--push"), id="text"),
        pytest.param(("update", "--state", "monitoring", "--push"), id="state"),
        pytest.param(("update", "-m", "Fixed.", "--service", "web", "--push"), id="service"),
        pytest.param(("resolve", "-m", "Another.", "--push"), id="resolve"),
        pytest.param(("resolve", "--template", "unknown", "--push"), id="template"),
        pytest.param(("resolve", "--at", "09:30", "--push"), id="time"),
    ],
)
def test_a_new_text_is_never_dropped(arguments: tuple[str, ...], run: Run, places: Places) -> None:
    """With no open incident, something new to say is an error, and nothing is published."""
    run(*FIXED, cwd=places.ours)

    ran = run(*arguments, cwd=places.ours)

    error = "statusgen: no incident is open; to update a closed one, give its file name"
    assert (2, error) == (ran.status, ran.err.splitlines()[-1])
    assert ["Begin"] == subjects(places.remote, "main")


def test_several_open_incidents_are_no_obstacle(run: Run, places: Places) -> None:
    """`update --push` publishes all that is written, even if it could not choose an incident."""
    write(places, "slow.md")

    ran = run("update", "--push", "--now", NOW, cwd=places.ours)

    assert (0, "incidents/slow.md\n") == (ran.status, ran.out)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(("update", "--push"), ["nothing to push"], id="update"),
        pytest.param(("update", "a", "--push"), ["nothing to push"], id="update-by-name"),
        pytest.param(
            ("resolve", "--push"), ["no incident is open", "nothing to push"], id="resolve"
        ),
    ],
)
def test_a_push_of_nothing_says_so(
    arguments: tuple[str, ...], expected: list[str], run: Run, places: Places
) -> None:
    """If all is published, a command with nothing new to say reports that and exits with 0."""
    run(*FIXED, "--push", cwd=places.ours)

    ran = run(*arguments, cwd=places.ours)

    assert (0, "", expected) == (ran.status, ran.out, ran.err.splitlines())


def test_by_the_setting_too_what_is_written_is_published(run: Run, places: Places) -> None:
    """With `push: true`, `update` publishes what is written, and otherwise asks for a text."""
    with (places.ours / "statusgen.yml").open("a", encoding="utf-8") as settings:
        settings.write("push: true\n")
    run(*UPDATE, "--no-push", cwd=places.ours)

    first, second = (run("update", cwd=places.ours) for _ in range(2))

    assert (0, PUSHED) == (first.status, first.err.splitlines()[-1])
    nothing = "statusgen: nothing to add; use -m TEXT, or an option such as --state"
    assert (2, nothing) == (second.status, second.err.splitlines()[-1])


def test_errors_stop_a_command_with_nothing_to_say(run: Run, places: Places) -> None:
    """`update --push` reports errors in incident files, and commits nothing."""
    write(places, "bad.md", SLOW.replace("degraded", "huge"))

    ran = run("update", "--push", cwd=places.ours)

    assert (1, True) == (ran.status, "bad.md:3:11: 'huge' is not a severity" in ran.err)
    assert ["Begin"] == subjects(places.ours)


def test_on_a_terminal_what_is_written_comes_first(places: Places) -> None:
    """On a terminal, `update --push` opens the editor only if all is published."""
    write(places, "slow.md")
    places.incident.unlink()

    rans = [
        on_terminal("update", "--push", cwd=places.ours, EDITOR="sed -i '1i By editor.'", VISUAL="")
        for _ in range(2)
    ]

    assert [(0, False), (0, True)] == [(one.status, "updated:" in one.out) for one in rans]
    text = git(places.remote, "show", "main:incidents/slow.md")
    assert 1 == text.count("By editor.")
