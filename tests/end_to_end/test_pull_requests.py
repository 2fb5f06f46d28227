"""Tests of --pull-request: changes go to a branch of their own, and the clone stays as it is."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from statusgen.cli.pull_request import event_branch, request_address
from statusgen.ids import id12
from tests.conftest import Run
from tests.end_to_end.test_commit_and_push import (
    NEW,
    NOW,
    OPEN,
    SUBJECT,
    UPDATE,
    Places,
    git,
    hook,
    is_tidy,
    make_mess,
    mess,
    places,
    prepared,
    push_theirs,
    settle,
    subjects,
    temporary,
)
from tests.end_to_end.test_refused_pushes import GITHUB_RULES, refuse
from tests.support.fakes.github import GitHub
from tests.support.importing import Importing

pytestmark = pytest.mark.slow

__all__ = ["places", "prepared", "temporary"]  # fixtures

WEBSITE = "2026-11-20-website-down"
NEW_SUBJECT = "[web] Website down: investigating"
RESOLVE = ("resolve", "a", "-m", "Over.", "--now", NOW)
OPEN_IT = "to publish it, open a pull request for this branch, and merge it"


def read(places: Places, branch: str, slug: str = "a") -> str:
    """Return the incident file *slug* in *branch* of the remote."""
    return git(places.remote, "show", f"{branch}:incidents/{slug}.md")


def merge(places: Places, branch: str, *options: str, delete: bool = True) -> None:
    """Merge *branch* into the default branch as the host does, with *options* of `git merge`."""
    git(places.theirs, "fetch", "-q")
    git(places.theirs, "switch", "-q", "main")
    git(places.theirs, "reset", "-q", "--hard", "origin/main")
    git(places.theirs, "merge", "-q", *options, f"origin/{branch}")
    if "--squash" in options:
        git(places.theirs, "commit", "-qm", "Squashed")
    # The host merges; a person could not push to a protected branch.
    git(places.theirs, "push", "-q", str(places.remote), "HEAD:refs/waiting/merge")
    git(places.remote, "update-ref", "refs/heads/main", "refs/waiting/merge")
    if delete:
        git(places.remote, "update-ref", "-d", f"refs/heads/{branch}")


@pytest.mark.parametrize(
    ("arguments", "slug", "expected"),
    [
        pytest.param(UPDATE, "a", SUBJECT, id="update"),
        pytest.param(RESOLVE, "a", "[api] Elevated errors: resolved", id="resolve"),
        pytest.param(NEW, WEBSITE, NEW_SUBJECT, id="new"),
    ],
)
def test_a_change_is_pushed_to_its_own_branch(
    arguments: tuple[str, ...], slug: str, expected: str, run: Run, places: Places
) -> None:
    """One commit goes to `statusgen/SLUG`; the branch, index and unfinished work here stay."""
    refuse(places.remote, *GITHUB_RULES)
    make_mess(places.ours)
    before = mess(places.ours)

    ran = run(*arguments, "--pull-request", cwd=places.ours)

    pushed = f"pushed to origin statusgen/{slug}; {OPEN_IT}"
    assert (0, pushed) == (ran.status, ran.err.splitlines()[-1])
    assert f"incidents/{slug}.md\n" == ran.out
    assert [expected, "Begin"] == subjects(places.remote, f"statusgen/{slug}")
    assert (before, ["Begin"], OPEN) == (
        mess(places.ours),
        subjects(places.ours),
        places.incident.read_text("utf-8"),
    )
    assert True is is_tidy(places)


@pytest.mark.parametrize("how", ["--no-ff", "--ff", "--squash"])
def test_a_pull_works_after_the_merge(how: str, run: Run, places: Places) -> None:
    """However the host merges two updates of one branch, a plain `git pull` brings them."""
    run(*NEW, "--pull-request", cwd=places.ours)
    run("update", "website", "-m", "Found.", "--now", NOW, "--pull-request", cwd=places.ours)
    merge(places, f"statusgen/{WEBSITE}", how)

    git(places.ours, "pull", "-q")

    text = (places.ours / f"incidents/{WEBSITE}.md").read_text("utf-8")
    assert (1, "") == (text.count("Found."), git(places.ours, "status", "--porcelain"))


def test_a_second_update_goes_on_in_the_same_branch(run: Run, places: Places) -> None:
    """Updates of one incident are commits of one branch, also from another clone."""
    run(*UPDATE, "--pull-request", cwd=places.ours)
    ran = run(*RESOLVE, "--pull-request", cwd=places.theirs)

    expected = ["[api] Elevated errors: resolved", SUBJECT, "Begin"]
    assert (0, expected) == (ran.status, subjects(places.remote, "statusgen/a"))


def test_an_incident_in_an_open_branch_needs_no_name(run: Run, places: Places) -> None:
    """An incident that only an open branch has counts as open, and as one of several."""
    run("resolve", "a", "--now", "2026-11-20 09:30", "--pull-request", cwd=places.ours)
    merge(places, "statusgen/a")
    run(*NEW, "--pull-request", cwd=places.ours)

    one = run("update", "-m", "Found.", "--now", NOW, "--pull-request", cwd=places.theirs)
    database = ("new", "DB", "--severity=major", "--service=db", "--now", NOW)
    run(*database, "--pull-request", cwd=places.ours)
    two = run("update", "-m", "More.", "--now", NOW, "--pull-request", cwd=places.theirs)

    assert (0, 1) == (one.status, read(places, f"statusgen/{WEBSITE}", WEBSITE).count("Found."))
    assert (2, True) == (two.status, "several incidents are open" in two.err)


def test_an_incident_in_an_open_branch_is_hinted_at(run: Run, places: Places) -> None:
    """Without --pull-request, a name that only an open branch has leads to that option."""
    nothing = run("update", "website", "-m", "Found.", cwd=places.ours)
    run(*NEW, "--pull-request", cwd=places.ours)

    named = run("update", "website", "-m", "Found.", "--now", NOW, cwd=places.ours)

    hint = "; if it is in a pull request, use --pull-request, or run git pull after the merge\n"
    assert (2, False) == (nothing.status, nothing.err.endswith(hint))
    assert (2, True) == (named.status, named.err.endswith(hint))


def test_branches_of_two_incidents_do_not_mix(run: Run, places: Places) -> None:
    """The branch of an incident has no commit of another one."""
    run(*UPDATE, "--pull-request", cwd=places.ours)
    run(*NEW, "--pull-request", cwd=places.ours)

    assert [NEW_SUBJECT, "Begin"] == subjects(places.remote, f"statusgen/{WEBSITE}")


@pytest.mark.parametrize("how", ["--no-ff", "--squash"])
@pytest.mark.parametrize("delete", [False, True], ids=["kept", "deleted"])
def test_a_merged_branch_begins_again(how: str, delete: bool, run: Run, places: Places) -> None:
    """After the merge, the next update proposes only itself, whether the branch still exists."""
    run(*UPDATE, "--pull-request", cwd=places.ours)
    merge(places, "statusgen/a", how, delete=delete)

    ran = run(*RESOLVE, "--pull-request", cwd=places.ours)

    changed = git(places.remote, "diff", "--stat", "main...statusgen/a")
    assert (0, True) == (ran.status, "1 file changed" in changed)
    added = git(places.remote, "diff", "main...statusgen/a")
    assert (True, False) == ("+    text: Over." in added, "+    text: Found." in added)


def test_the_same_command_twice_changes_nothing(run: Run, places: Places) -> None:
    """A repeated command adds no update, and shows again where the branch is."""
    for arguments in (UPDATE, NEW):
        run(*arguments, "--pull-request", cwd=places.ours)
    before = git(places.remote, "for-each-ref")

    rans = [run(*arguments, "--pull-request", cwd=places.ours) for arguments in (UPDATE, NEW)]

    assert ([0, 0], before) == ([ran.status for ran in rans], git(places.remote, "for-each-ref"))
    expected = [
        f"nothing to push: origin statusgen/{slug} is up to date; {OPEN_IT}"
        for slug in ("a", WEBSITE)
    ]
    assert expected == [ran.err.splitlines()[-1] for ran in rans]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(UPDATE, id="update"),
        pytest.param(RESOLVE, id="resolve"),
        pytest.param(NEW, id="new"),
        pytest.param(("event", "web", "major", "--now", NOW), id="event"),
    ],
)
def test_the_advice_after_a_refusal_works(
    arguments: tuple[str, ...], run: Run, places: Places
) -> None:
    """A push that was refused names a command that opens a pull request for it."""
    refuse(places.remote, *GITHUB_RULES)
    refused = run(*arguments, "--push", cwd=places.ours)
    advised = refused.err.rpartition("run: statusgen ")[2].split()

    ran = run(*advised, cwd=places.ours)

    assert (3, 0) == (refused.status, ran.status)
    assert subjects(places.ours) == subjects(places.remote, branches(places)[0])
    assert 2 == len(subjects(places.ours))


@pytest.mark.parametrize("arguments", [UPDATE, NEW], ids=["update", "new"])
def test_a_refused_commit_blocks_nothing_after_its_pull_request(
    arguments: tuple[str, ...], run: Run, places: Places
) -> None:
    """The commit that a refused push leaves here fits a squash of its pull request."""
    refuse(places.remote, *GITHUB_RULES)
    run(*arguments, "--push", cwd=places.ours)
    slug = WEBSITE if arguments is NEW else "a"
    run("update", slug, "--pull-request", cwd=places.ours)
    run("update", slug, "-m", "More.", "--now", NOW, "--pull-request", cwd=places.ours)
    merge(places, f"statusgen/{slug}", "--squash")

    database = ("new", "DB", "--severity=major", "--service=db", "--now", NOW)
    other = run(*database, "--pull-request", cwd=places.ours)
    refuse(places.remote, branch="other")
    same = run(
        "update", slug, "-m", "Fixed.", "--now", "2026-11-20 10:30", "--push", cwd=places.ours
    )

    text = git(places.remote, "show", f"main:incidents/{slug}.md")
    assert (0, 0) == (other.status, same.status)
    assert [1, 1] == [text.count(one) for one in ("More.", "Fixed.")]
    assert ["Squashed", "Begin"] == subjects(places.ours)[1:]


@pytest.mark.parametrize("command", [("push",), ("update", "--push")], ids=" ".join)
def test_the_advice_after_a_refused_publication_works(
    command: tuple[str, ...], run: Run, places: Places
) -> None:
    """`push`, and `update --push` without a text, name a command that works as well."""
    refuse(places.remote, *GITHUB_RULES)
    run(*UPDATE, cwd=places.ours)
    refused = run(*command, cwd=places.ours)
    advised = refused.err.rpartition("run: statusgen ")[2].split()

    ran = run(*advised, cwd=places.ours)

    assert (3, 0) == (refused.status, ran.status)
    assert subjects(places.ours) == subjects(places.remote, branches(places)[0])


def branches(places: Places) -> list[str]:
    """Return the branches of the remote that statusgen pushed."""
    form = "--format=%(refname:short)"
    return git(places.remote, "for-each-ref", form, "refs/heads/statusgen").split()


@pytest.mark.parametrize("staged", [False, True], ids=["unstaged", "staged"])
@pytest.mark.parametrize(
    ("arguments", "slug"),
    [pytest.param(UPDATE, "a", id="update"), pytest.param(NEW, WEBSITE, id="new")],
)
def test_what_was_written_before_moves_to_the_branch(
    arguments: tuple[str, ...], slug: str, staged: bool, run: Run, places: Places
) -> None:
    """An uncommitted change to the incident is in the branch, and does not block a later pull."""
    run(*arguments, cwd=places.ours)
    if staged:
        git(places.ours, "add", "--all")

    ran = run(*arguments, "--pull-request", cwd=places.ours)

    assert (0, [f"statusgen/{slug}"]) == (ran.status, branches(places))
    assert 1 == git(places.remote, "log", "--format=%h", f"main..statusgen/{slug}").count("\n")
    assert "" == git(places.ours, "status", "--porcelain")
    merge(places, f"statusgen/{slug}", "--squash")
    git(places.ours, "pull", "-q")


def test_others_can_add_to_the_branch_meanwhile(run: Run, places: Places) -> None:
    """An update that somebody else pushes to the branch at the same moment stays."""
    first = ("update", "a", "-m", "First.", "--now", "2026-11-20 09:30", "--pull-request")
    run(*first, cwd=places.ours)
    git(places.theirs, "fetch", "-q")
    git(places.theirs, "switch", "-q", "statusgen/a")
    text = (places.theirs / "incidents/a.md").read_text("utf-8")
    theirs = "  - at: 2026-11-20 09:55\n    text: Theirs.\n---\n"
    push_theirs(places, "incidents/a.md", text.rpartition("---")[0] + theirs, to="refs/waiting/0")
    hook(
        *(places.remote, "pre-receive"),
        "unset GIT_QUARANTINE_PATH",
        "git update-ref refs/heads/statusgen/a refs/waiting/0 && git update-ref -d refs/waiting/0",
        "exit 0",
    )

    ran = run(*UPDATE, "--pull-request", cwd=places.ours)

    found = read(places, "statusgen/a")
    assert (0, [1, 1, 1]) == (
        ran.status,
        [found.count(one) for one in ("First.", "Theirs.", "Found.")],
    )
    assert "main" not in found


def test_a_branch_that_conflicts_says_what_to_do(run: Run, places: Places) -> None:
    """If the open branch and the default branch changed the same lines, people decide."""
    run(*UPDATE, "--pull-request", cwd=places.ours)
    push_theirs(places, "incidents/a.md", OPEN.replace("it.\n", "it.\n    sate: wrong\n"))

    ran = run("update", "a", "-m", "More.", "--now", NOW, "--pull-request", cwd=places.ours)

    what = "conflict: the branch statusgen/a and main changed the same lines; merge or delete"
    assert (3, True, True) == (ran.status, what in ran.err, is_tidy(places))


def test_a_stale_clone_proposes_on_top_of_the_default_branch(run: Run, places: Places) -> None:
    """The branch keeps changes that others merged since the last pull."""
    push_theirs(places, "theirs.txt", "1\n")

    run(*UPDATE, "--pull-request", cwd=places.ours)

    expected = [SUBJECT, "Theirs: theirs.txt", "Begin"]
    assert (expected, False) == (
        subjects(places.remote, "statusgen/a"),
        (places.ours / "theirs.txt").exists(),
    )


def test_a_shallow_clone_goes_on_too(run: Run, places: Places, tmp_path: Path) -> None:
    """A shallow clone, as in a workflow, continues an older branch."""
    run(*UPDATE, "--pull-request", cwd=places.ours)
    push_theirs(places, "theirs.txt", "1\n")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{places.remote}", "shallow")

    ran = run(*RESOLVE, "--pull-request", cwd=tmp_path / "shallow")

    assert (0, "[api] Elevated errors: resolved") == (
        ran.status,
        subjects(places.remote, "statusgen/a")[0],
    )
    assert True is (SUBJECT in subjects(places.remote, "statusgen/a"))


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        pytest.param(("a",), "", id="slug"),
        pytest.param(("incidents/a.md",), "", id="path"),
        pytest.param(("a.md",), "incidents", id="path-in-a-subfolder"),
    ],
)
def test_a_path_names_the_incident_of_the_clone(
    arguments: tuple[str, ...], folder: str, run: Run, places: Places
) -> None:
    """A path means the file in the clone, also from another folder."""
    site = str(places.ours)
    message = ("-m", "More.", "--now", NOW, "--pull-request", "--site", site)

    ran = run("update", *arguments, *message, cwd=places.ours / folder)

    assert (0, ["statusgen/a"]) == (ran.status, branches(places))


def test_a_site_may_be_in_a_folder_of_a_detached_checkout(run: Run, places: Places) -> None:
    """A site in a subfolder, and a clone without a branch, can propose a change."""
    (places.ours / "status").mkdir()
    for part in ("statusgen.yml", "incidents"):
        git(places.ours, "mv", "--", part, "./status/")
    git(places.ours, "commit", "-qm", "Move")
    git(places.ours, "push", "-q")
    git(places.ours, "checkout", "-q", "--detach")

    ran = run(*UPDATE, "--pull-request", "--site", "status", cwd=places.ours)

    assert (0, "status/incidents/a.md\n") == (ran.status, ran.out)
    assert [SUBJECT, "Move", "Begin"] == subjects(places.remote, "statusgen/a")


# Failures


def test_a_refused_branch_loses_nothing(run: Run, places: Places) -> None:
    """If the branch is refused, too, the message has a command that pushes the commit later."""
    refuse(places.remote, "No new branches.", branch="statusgen/a")

    ran = run(*UPDATE, "--pull-request", cwd=places.ours)

    last = ran.err.splitlines()[-1]
    refused = "origin refused the push to statusgen/a (No new branches); to push the commit later"
    assert (3, True) == (ran.status, last.startswith(f"statusgen: {refused}, run: git push "))
    hook(places.remote, "pre-receive", "exit 0")
    git(places.ours, *last.partition("run: git ")[2].split())
    assert [SUBJECT, "Begin"] == subjects(places.remote, "statusgen/a")


def test_a_commit_hook_that_fails_loses_no_text(run: Run, places: Places) -> None:
    """If a hook rejects the commit, the text is printed, and the clone stays as it is."""
    hook(places.ours, "pre-commit", "echo 'Too long' >&2", "exit 1")

    ran = run(*UPDATE, "--pull-request", cwd=places.ours)

    assert (3, True, True) == (ran.status, "Too long" in ran.err, "text: Found." in ran.err)
    assert (OPEN, [], True) == (
        places.incident.read_text("utf-8"),
        branches(places),
        is_tidy(places),
    )


def test_an_unreachable_remote_writes_nothing(run: Run, places: Places) -> None:
    """Without the remote there is no branch; the command fails before anything is written."""
    places.remote.rename(places.remote.with_name("away"))

    ran = run(*UPDATE, "--pull-request", cwd=places.ours)

    assert (3, OPEN, "") == (ran.status, places.incident.read_text("utf-8"), ran.out)


def test_a_problem_is_shown_at_the_path_in_the_clone(run: Run, places: Places) -> None:
    """No message names the temporary work tree."""
    places.incident.write_text(OPEN.replace("major", "huge"), "utf-8")
    git(places.ours, "commit", "-qam", "Break")

    ran = run(*UPDATE, "--pull-request", cwd=places.ours)

    assert (1, True) == (ran.status, ran.err.startswith("incidents/a.md:3:11: "))


def test_an_update_that_does_not_fit_is_reported_at_the_path_in_the_site(
    run: Run, places: Places
) -> None:
    """An update before the start of the incident names the file without the work tree."""
    ran = run(
        "update", "a", "-m", "A.", "--at", "2026-11-20 08:00", "--pull-request", cwd=places.ours
    )

    assert (2, True) == (ran.status, ran.err.startswith("statusgen: incidents/a.md: "))
    assert True is is_tidy(places)


# Hosts


@pytest.mark.parametrize(
    ("lines", "url", "expected"),
    [
        pytest.param(
            (
                "Create a pull request for 'statusgen/a' on GitHub by visiting:",
                "     https://github.com/acme/status/pull/new/statusgen/a",
            ),
            "git@github.com:acme/status.git",
            "https://github.com/acme/status/pull/new/statusgen/a",
            id="github",
        ),
        pytest.param(
            (),
            "https://x-access-token:secret@github.com/acme/status",
            "https://github.com/acme/status/pull/new/statusgen/a",
            id="github-that-is-silent",
        ),
        pytest.param(
            ("To find out more, visit: https://github.com/acme/status/security/dependabot",),
            "ssh://git@ssh.github.com:443/acme/status.git/",
            "https://github.com/acme/status/pull/new/statusgen/a",
            id="github-with-another-address",
        ),
        pytest.param(
            ("View merge request for statusgen/a:", "https://gitlab.com/a/s/-/merge_requests/7"),
            "git@gitlab.com:a/s.git",
            "https://gitlab.com/a/s/-/merge_requests/7",
            id="gitlab",
        ),
        pytest.param(
            ("Visit https://git.acme.example/a/s/compare/main...statusgen/a.",),
            "git@git.acme.example:a/s.git",
            "https://git.acme.example/a/s/compare/main...statusgen/a",
            id="gitea",
        ),
        pytest.param(
            ("Review: http://review.acme.example/x",),
            "/srv/status.git",
            "http://review.acme.example/x",
            id="any-address",
        ),
        pytest.param((), "https://[::1/acme", None, id="broken-url"),
        pytest.param((), "C:\\status", None, id="local"),
        pytest.param((), "https://github.com/acme", None, id="no-repository"),
    ],
)
def test_the_address_of_the_pull_request(
    lines: tuple[str, ...], url: str, expected: str | None
) -> None:
    """The address is the host's own, or built for GitHub; a password is never in it."""
    assert expected == request_address(lines, url, "statusgen/a")


def test_an_address_of_the_host_is_printed(run: Run, places: Places) -> None:
    """The line ends with the address that the host printed for the branch."""
    url = "https://git.acme.example/acme/status/compare/main...statusgen/a"
    hook(places.remote, "post-receive", f"echo 'Create a pull request: {url}' >&2")

    ran = run(*UPDATE, "--pull-request", cwd=places.ours)

    expected = (
        f"pushed to origin statusgen/a; to publish it, open the pull request and merge it: {url}"
    )
    assert (0, expected) == (ran.status, ran.err.splitlines()[-1])


@pytest.mark.parametrize("has_options", [False, True], ids=["unsupported", "supported"])
def test_gitlab_opens_the_merge_request_itself(
    has_options: bool, run: Run, places: Places, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new branch is pushed with push options to GitLab, and without if it accepts none."""
    ssh = temporary / "ssh"
    remote = shlex.quote(str(places.remote))
    ssh.write_text(f"#!/bin/sh\nfor last; do :; done\nexec ${{last%% *}} {remote}\n", "utf-8")
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    git(places.ours, "remote", "set-url", "origin", "git@gitlab.acme.example:acme/status.git")
    git(places.remote, "config", "receive.advertisePushOptions", str(has_options))
    hook(
        *(places.remote, "post-receive"),
        'echo "$GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1" >> options',
        "echo 'https://gitlab.acme.example/acme/status/-/merge_requests/7' >&2",
    )

    rans = [run(*words, "--pull-request", cwd=places.ours) for words in (UPDATE, RESOLVE)]

    expected = "merge_request.create merge_request.target=main" if has_options else " "
    assert ([0, 0], [expected, " "]) == (
        [ran.status for ran in rans],
        (places.remote / "options").read_text("utf-8").splitlines(),
    )
    merge_it = "to publish it, merge https://gitlab.acme.example/acme/status/-/merge_requests/7"
    assert [True, True] == [merge_it in ran.err for ran in rans]


# Events of monitors


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param("eu-1.b", "eu-1.b", id="usual"),
        pytest.param("", "api", id="none"),
        *(
            pytest.param(key, None, id=name)
            for name, key in {
                "slash": "a/b",
                "dots": "a..b",
                "lock": "x.lock",
                "option": "-f",
                "other-letters": "ü\u202e",
                "line-break": "a\n",
            }.items()
        ),
    ],
)
def test_the_branch_of_an_event_is_a_valid_name(
    key: str, expected: str | None, places: Places
) -> None:
    """A key is part of the name of the branch as it is, or as a digest of 12 characters."""
    name = event_branch("api", key)

    assert f"statusgen/event-{expected or id12('event', key)}" == name
    git(places.ours, "check-ref-format", f"refs/heads/{name}")


def test_events_go_on_in_their_branch_until_it_is_merged(run: Run, places: Places) -> None:
    """A monitor without any memory resolves the incident that its open branch has."""
    event = ("event", "web", "major", "--key", "eu", "--now", NOW, "--pull-request")
    calm = ("event", "web", "none", "--key", "eu", "--pull-request")
    run(*event, cwd=places.ours)
    again = run(*event, cwd=places.theirs)
    over = run(*calm, "--now", "2026-11-20 11:00", cwd=places.theirs)

    opened = "[web] Website: Major outage: investigating"
    resolved = "[web] Website: Major outage: resolved"
    assert (0, 0) == (again.status, over.status)
    assert [resolved, opened, "Begin"] == subjects(places.remote, "statusgen/event-eu")
    merge(places, "statusgen/event-eu", "--squash", delete=False)
    git(places.ours, "pull", "-q")

    calm_again = run(*calm, "--now", "2026-11-20 11:10", cwd=places.ours)

    assert (0, "") == (calm_again.status, git(places.ours, "status", "--porcelain"))
    assert resolved == subjects(places.remote, "statusgen/event-eu")[0]


def test_a_payload_with_two_keys_has_two_branches(run: Run, places: Places) -> None:
    """Events of one payload are grouped by their keys."""
    events = [{"service": name, "severity": "major", "key": name} for name in ("web", "db")]
    (places.ours / "payload.json").write_text(json.dumps(events), "utf-8")

    ran = run("event", "--from", "payload.json", "--now", NOW, "--pull-request", cwd=places.ours)

    assert (0, ["statusgen/event-db", "statusgen/event-web"]) == (ran.status, branches(places))


def test_a_person_adds_to_the_incident_of_an_event(run: Run, places: Places) -> None:
    """An update by hand goes into the branch that has the incident."""
    event = ("event", "web", "major", "--key", "eu", "--now", NOW)
    run(*event, "--pull-request", cwd=places.ours)

    ran = run("update", "website", "-m", "On it.", "--now", NOW, "--pull-request", cwd=places.ours)

    assert (0, ["statusgen/event-eu"]) == (ran.status, branches(places))


def test_an_event_without_a_change_needs_no_branch(run: Run, places: Places) -> None:
    """An event that changes nothing pushes nothing."""
    ran = run("event", "web", "none", "--key", "eu", "--pull-request", cwd=places.ours)

    assert (0, []) == (ran.status, branches(places))
    assert ["nothing changed", "nothing to push"] == ran.err.splitlines()


# Imports


@pytest.fixture
def theirs(imports: Importing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Importing:
    """Put the site of *imports* into Git with a protected remote, and return a second clone."""
    settle(monkeypatch)
    git(imports.folder, "init", "-q", "-b", "main")
    git(imports.folder, "add", "--all")
    git(imports.folder, "commit", "-qm", "Begin")
    git(tmp_path, "clone", "-q", "--bare", str(imports.folder), "remote.git")
    git(imports.folder, "remote", "add", "origin", str(tmp_path / "remote.git"))
    refuse(tmp_path / "remote.git", *GITHUB_RULES)
    git(tmp_path, "clone", "-q", "remote.git", "theirs")
    return replace(imports, folder=tmp_path / "theirs")


def test_imports_go_on_in_their_branch(
    imports: Importing, theirs: Importing, github: GitHub
) -> None:
    """Each run adds what is new to `statusgen/import`, also from a fresh clone."""
    remote = theirs.folder.parent / "remote.git"
    issue = github.open()
    first = imports("--pull-request")
    again = theirs("--pull-request")
    issue.comment("Found.", at="09:10")
    second = theirs("--pull-request")

    imported = "Import gh-1 from acme/status"
    assert ["created incidents/gh-1.md\n", "", "updated incidents/gh-1.md\n"] == [
        ran.out for ran in (first, again, second)
    ]
    assert [0, 0, 0] == [ran.status for ran in (first, again, second)]
    assert [imported, imported, "Begin"] == subjects(remote, "statusgen/import")
    pushed = f"pushed to origin statusgen/import; {OPEN_IT}"
    assert pushed == first.err.splitlines()[-1] == second.err.splitlines()[-1]
    assert "nothing to push: origin statusgen/import is up to date" in again.err
    assert ({}, ["Begin"]) == (imports.files(), subjects(imports.folder))


def test_an_import_after_the_merge_begins_again(
    imports: Importing, theirs: Importing, github: GitHub
) -> None:
    """After the merge, the next import proposes only newer content."""
    remote = theirs.folder.parent / "remote.git"
    issue = github.open()
    imports("--pull-request")
    git(remote, "update-ref", "refs/heads/main", "refs/heads/statusgen/import")
    idle = imports("--pull-request")
    issue.comment("Found.", at="09:10")
    imports("--pull-request")

    assert "nothing to push" == idle.err.splitlines()[-1]
    assert ["Import gh-1 from acme/status"] == git(
        remote, "log", "--format=%s", "main..statusgen/import"
    ).splitlines()


def test_a_refused_import_gets_advice_that_works(
    imports: Importing, theirs: Importing, github: GitHub
) -> None:
    """A protected branch refuses the push; the same import with --pull-request proposes it."""
    remote = theirs.folder.parent / "remote.git"
    github.open()
    refused = imports("--push")
    ran = imports("--push", "--pull-request")

    advice = "to open a pull request instead, run it with --pull-request"
    assert (3, True, 0) == (refused.status, refused.err.strip().endswith(advice), ran.status)
    assert ["Import gh-1 from acme/status", "Begin"] == subjects(remote, "statusgen/import")


def test_a_dry_run_proposes_nothing(imports: Importing) -> None:
    """--dry-run and --pull-request exclude each other."""
    ran = imports("--dry-run", "--pull-request")

    assert (2, True) == (ran.status, "remove --commit, --push and --pull-request" in ran.err)
