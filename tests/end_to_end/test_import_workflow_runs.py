"""The import workflow, executed on events of issues as GitHub sends them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, SETTINGS, missing
from tests.support import acting
from tests.support.acting import Ran, Runner
from tests.support.fakes.github import NAME, GitHub

pytestmark = pytest.mark.slow

EXAMPLES = (
    ROOT / "node_modules" / "@octokit" / "webhooks-examples" / "api.github.com" / "index.json"
)
HOSTILE = '$(touch pwned) `touch pwned` ${{ github.token }} ::error::no <img src=x> "; touch pwned'


def published(event: str, action: str) -> dict[str, Any]:
    """Return the example payload of *event* that GitHub publishes."""
    if not EXAMPLES.exists():
        missing("@octokit/webhooks-examples")
    found = json.loads(EXAMPLES.read_text("utf-8"))
    examples = next(one["examples"] for one in found if one["name"] == event)
    payload: dict[str, Any] = next(one for one in examples if one["action"] == action)
    payload["repository"]["default_branch"] = "main"
    return payload


@dataclass(frozen=True, kw_only=True)
class Site:
    """A repository with the workflows of a new site, its remote and its runner."""

    folder: Path
    remote: Path
    runner: Runner
    github: GitHub

    def run(self, event: str, payload: dict[str, Any]) -> Ran:
        """Run the workflow for *event*, as GitHub does."""
        return self.runner.run(
            self.folder,
            "import.yml",
            event,
            payload,
            GITHUB_API_URL=self.github.url,
            GITHUB_REPOSITORY=NAME,
        )

    def log(self) -> list[str]:
        """Return the subjects of the pushed commits, newest first."""
        return acting.git(self.remote, "log", "--format=%s", "main").splitlines()


@pytest.fixture
def site(tmp_path: Path, github: GitHub) -> Site:
    """Create a site in Git whose issues are those of *github*."""
    runner = Runner(tmp_path / "runner")
    settings = f"{SETTINGS}github: {{repository: {NAME}}}\n"
    folder = acting.repository(tmp_path / "site", {"statusgen.yml": settings})
    own = folder / ".github" / "workflows" / "import.yml"
    text = own.read_text("utf-8").replace("  # issue_comment:", "  issue_comment:")
    own.write_text(text.replace("  #   types: [created", "    types: [created"), encoding="utf-8")
    acting.git(folder, "commit", "--quiet", "--all", "--message=Comments count at once")
    remote = tmp_path / "remote.git"
    acting.git(tmp_path, "clone", "--quiet", "--bare", str(folder), str(remote))
    acting.git(folder, "remote", "add", "origin", str(remote))
    acting.git(folder, "fetch", "--quiet", "origin")
    acting.git(folder, "branch", "--quiet", "--set-upstream-to=origin/main")
    return Site(folder=folder, remote=remote, runner=runner, github=github)


def test_a_label_makes_one_commit_and_starts_publishing(site: Site) -> None:
    """A label event creates a file and pushes it; the same event again does nothing."""
    site.github.open(HOSTILE, "We are looking into it.")
    site.github.open("Another", by="eve")
    payload = published("issues", "labeled")
    payload["label"]["name"] = "incident"
    payload["issue"]["title"] = HOSTILE

    ran = site.run("issues", payload)
    acting.git(site.folder, "pull", "--quiet")
    again = site.run("issues", payload)

    assert {"Import": "success", "Publish": "success"} == ran.jobs
    assert {"Import": "success"} == again.jobs
    assert "Import gh-1 from acme/status" == site.log()[0]
    assert 3 == len(site.log())
    assert ["workflow run publish.yml --ref refs/heads/main"] == [
        call.partition(" ")[2] for call in site.runner.written("gh")
    ]
    assert ran.summary.startswith("### Import from acme&#47;status: 1 created&#44; 1 skipped\n")
    assert "<img" not in ran.summary
    assert [] == [*site.runner.state.parent.rglob("pwned"), *site.folder.rglob("pwned")]


@pytest.mark.parametrize(
    ("event", "action", "change", "starts"),
    [
        pytest.param("issues", "opened", {}, False, id="another-issue-is-opened"),
        pytest.param("issues", "labeled", {}, False, id="another-label"),
        pytest.param(
            "issues", "opened", {"labels": [{"name": "maintenance"}]}, True, id="a-labelled-issue"
        ),
        pytest.param(
            "issues", "unlabeled", {"label": "incident"}, True, id="the-label-is-taken-away"
        ),
        pytest.param(
            "issues",
            "edited",
            {"labels": [{"name": "incident"}], "pull_request": {"url": "x"}},
            False,
            id="a-pull-request",
        ),
        pytest.param(
            "issue_comment", "created", {"labels": [{"name": "incident"}]}, True, id="a-comment"
        ),
        pytest.param(
            "issue_comment",
            "created",
            {"labels": [{"name": "incident"}], "association": "NONE"},
            False,
            id="a-comment-of-a-passer-by",
        ),
        pytest.param("workflow_dispatch", "", {}, True, id="by-hand"),
    ],
)
def test_no_machine_starts_for_what_changes_nothing(
    site: Site, event: str, action: str, change: dict[str, Any], starts: bool
) -> None:
    """The event alone decides that the import runs, before a runner starts."""
    payload = published(event, action) if action else {}
    if payload:
        payload["issue"] |= {
            key: change[key] for key in ("labels", "pull_request") if key in change
        }
    if "label" in change:
        payload["label"]["name"] = change["label"]
    if "association" in change:
        payload["comment"]["author_association"] = change["association"]

    ran = site.run(event, payload)

    assert ({"Import": "success"} if starts else {}) == ran.jobs
    assert (1 if starts else 0) == site.github.queries


def test_what_fails_is_not_published(site: Site) -> None:
    """If GitHub cannot be read, the run fails with one line and pushes nothing."""
    site.github.is_there = False

    ran = site.run("workflow_dispatch", {})

    assert {"Import": "failure"} == ran.jobs
    assert "repository acme/status does not exist" in ran.log
    assert "Comments count at once" == site.log()[0]
    assert [] == site.runner.written("gh")
