"""Tests of pushes that hosts refuse."""

import shlex
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.end_to_end.test_commit_and_push import (
    SUBJECT,
    UPDATE,
    Places,
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
PLACE = "HEAD:refs/heads/statusgen/a"
ADVICE = f"to open a pull request instead, run: git push origin {PLACE}"
RETRY = "remove the cause; then, to retry, run the same command with the incident's name"


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


def test_a_remote_that_cannot_be_reached_is_no_refusal(run: Run, places: Places) -> None:
    """An unreachable remote gets the advice to run the command again, not a pull request."""
    places.remote.rename(places.remote.with_name("away"))

    ran = run(*UPDATE, "--push", cwd=places.ours)

    last = ran.err.splitlines()[-1]
    assert (3, True) == (ran.status, last.startswith("statusgen: git push: fatal: "))
    assert (True, False) == ("to retry, run the same command" in last, "pull request" in last)
