"""Tests of pushes that hosts refuse, and of pushes to a branch that is not published."""

import os
import shlex
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.end_to_end.test_commit_and_push import (
    SUBJECT,
    UPDATE,
    Places,
    git,
    hook,
    places,
    prepared,
    subjects,
    temporary,
)

__all__ = ["places", "prepared", "temporary"]  # fixtures

GITHUB_CLASSIC = (
    "error: GH006: Protected branch update failed for refs/heads/main.",
    "error: At least 1 approving review is required by reviewers with write access.",
)
GITHUB_RULES = (
    "error: GH013: Repository rule violations found for refs/heads/main.",
    "Review all repository rules at https://github.com/acme/status/rules?ref=refs%2Fheads%2Fmain",
    "",
    "- Changes must be made through a pull request.",
    "- Cannot update this protected ref.",
    "",
)
GITLAB = ("GitLab: You are not allowed to push code to protected branches on this project.",)
GITEA = ("Not allowed to push to protected branch main",)
SECRET = (
    "error: GH013: Repository rule violations found for refs/heads/main.",
    "",
    "- GITHUB PUSH PROTECTION",
    "  —————————————————————————————————————————",
    "    Resolve the following violations before pushing again",
    "",
    "    - Push cannot contain secrets",
)
ADVICE = "to open a pull request instead, run: statusgen update a --pull-request"
RETRY = "remove the cause; then, to retry, run: statusgen push"


def refuse(remote: Path, *lines: str, branch: str = "main") -> None:
    """Make *remote* refuse pushes to *branch* with *lines*, as a host does."""
    hook(
        *(remote, "pre-receive"),
        "while read old new ref; do",
        f'  test "$ref" = refs/heads/{branch} || continue',
        *(f"  printf '%s\\n' {shlex.quote(line)} >&2" for line in lines),
        "  exit 1",
        "done",
        "exit 0",
    )


@pytest.mark.parametrize(
    ("lines", "reason", "advice"),
    [
        pytest.param(
            GITHUB_CLASSIC,
            "Protected branch update failed for refs/heads/main / "
            "At least 1 approving review is required by reviewers with write access",
            ADVICE,
            id="github-classic",
        ),
        pytest.param(
            GITHUB_RULES,
            "Changes must be made through a pull request / Cannot update this protected ref",
            ADVICE,
            id="github-ruleset",
        ),
        pytest.param(
            GITLAB,
            "You are not allowed to push code to protected branches on this project",
            ADVICE,
            id="gitlab",
        ),
        pytest.param(GITEA, "Not allowed to push to protected branch main", ADVICE, id="gitea"),
        pytest.param(
            SECRET, "GITHUB PUSH PROTECTION / Push cannot contain secrets", RETRY, id="secret"
        ),
        pytest.param((), "pre-receive hook declined", RETRY, id="silent"),
        pytest.param(("\x1b[5mNo\u202e.",), "\\u001b[5mNo\\u202e", RETRY, id="control-characters"),
    ],
)
def test_a_refused_push_names_the_reason_and_advice_that_works(
    lines: tuple[str, ...], reason: str, advice: str, run: Run, places: Places
) -> None:
    """A refusal exits with 3 and quotes the host; a protected branch gets other advice."""
    refuse(places.remote, *lines)

    ran = run(*UPDATE, "--push", cwd=places.ours)

    refused = f"origin refused the push to main ({reason})"
    expected = f"statusgen: {refused}; the commit exists only here; {advice}"
    assert (3, expected) == (ran.status, ran.err.splitlines()[-1])
    assert ([SUBJECT, "Begin"], ["Begin"]) == (
        subjects(places.ours),
        subjects(places.remote, "main"),
    )


def test_a_commit_waits_for_a_remote_that_cannot_be_reached(run: Run, places: Places) -> None:
    """An unreachable remote is not a refusal: the advice is to push later, or to publish by hand.

    The commit waits, and the same words again add no second update.
    """
    places.remote.rename(places.remote.with_name("away"))

    first = run(*UPDATE, "--push", cwd=places.ours)
    again = run(*UPDATE, "--push", cwd=places.ours)

    last = first.err.splitlines()[-1]
    advice = (
        "the commit waits here; to retry, run: statusgen push; to publish now, build the site and"
        " copy it to a mirror, as in docs/how-to/when-github-is-down.md of statusgen"
    )
    assert (3, 3, True) == (first.status, again.status, last.endswith(f"); {advice}"))
    assert (True, False) == (
        last.startswith("statusgen: origin cannot be reached (fatal: "),
        "pull request" in last,
    )
    assert [SUBJECT, "Begin"] == subjects(places.ours)


def test_a_push_beside_the_default_branch_is_not_published(run: Run, places: Places) -> None:
    """A push to another branch warns which branch is published, and promises no address."""
    git(places.ours, "checkout", "-qb", "work")

    ran = run(*UPDATE, "--push", cwd=places.ours)

    what = "pushed to work, but the page is published from main; merge it to publish"
    assert (0, f"warning: {what}") == (ran.status, ran.err.splitlines()[-1])
    assert (False, SUBJECT) == (
        "will appear" in ran.err,
        subjects(places.remote, "work")[0],
    )


def test_the_upstream_counts_and_not_the_local_name(run: Run, places: Places) -> None:
    """A local branch of any name that is pushed to the default branch is published."""
    git(places.ours, "branch", "-qm", "night")

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (0, True) == (ran.status, ran.err.splitlines()[-1].startswith("pushed to origin main;"))


def test_a_remote_without_a_default_branch_gets_no_warning(run: Run, places: Places) -> None:
    """A remote whose HEAD leads nowhere does not say what is published, so nothing is warned."""
    (places.remote / "HEAD").write_text("ref: refs/heads/none\n", "utf-8")
    git(places.ours, "checkout", "-qb", "work")

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (0, False) == (ran.status, "warning" in ran.err)
    assert True is ran.err.splitlines()[-1].startswith("pushed to origin work;")


def test_a_name_of_a_branch_cannot_control_the_terminal(run: Run, places: Places) -> None:
    """Invisible characters in the name of a branch are escaped in the warning."""
    git(places.ours, "checkout", "-qb", os.fsdecode("a\u202eb".encode()))

    ran = run(*UPDATE, "--push", cwd=places.ours)

    assert (0, True) == (ran.status, "warning: pushed to a\\u202eb, but" in ran.err)
