"""Tests that run the workflows of a site for pushes, schedules, pull requests and events."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from tests.conftest import SETTINGS, Run
from tests.support import acting
from tests.support.acting import Ran, Runner

pytestmark = pytest.mark.slow

INCIDENT = """\
---
title: {title}
severity: major
services: [api]
started: 2026-11-20 09:05
---

We are looking into it.
"""
BAD = """\
---
title: Bad
severity: critical
services: [api]
started: 2026-11-20 09:05
---
"""
HOSTILE = (
    '"$(touch pwned) `touch pwned` ${{ github.token }} ::error::no <img src=x> **a** [b](c) | ]"'
)

PUBLISHED = dict.fromkeys(("Build", "Deploy", "Verify", "Notify"), "success")

UNTRUSTED = "**The changed templates can manipulate the comparison below.**"
# Replaces git and the environment of all later steps, and ends the check with success.
BLINDING = r"""{% set os = lipsum.__globals__.os %}{{ os.system('
  mkdir -p "$RUNNER_TEMP/blind" && cd "$RUNNER_TEMP/blind"
  printf "#!/bin/sh\n" > git && chmod +x git && echo "$PWD" >> "$GITHUB_PATH"
  echo "git() { :; }; sed() { :; }" > functions && echo "BASH_ENV=$PWD/functions" >> "$GITHUB_ENV"
  echo blinded
') }}{{ os._exit(0) }}
"""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A repository with the workflows of a new site, its runner, and the address of its page."""

    folder: Path
    runner: Runner
    url: str

    def push(self, files: dict[str, str], event: str = "push") -> Ran:
        """Commit *files* and run the workflow that GitHub would start."""
        if files:
            acting.commit(self.folder, files)
        return self.runner.run(self.folder, "publish.yml", event, {})

    def live(self, path: str) -> str:
        """Return the file *path* of the live page."""
        return (self.runner.state / "live" / path).read_text("utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Yield a site that has never been published."""
    runner = Runner(tmp_path / "runner")
    with acting.serving(runner.state / "live") as url:
        settings = SETTINGS.replace("https://status.acme.example", url)
        folder = acting.repository(tmp_path / "site", {"statusgen.yml": settings})
        yield Site(folder=folder, runner=runner, url=url)


def test_a_push_publishes_and_the_same_content_stops_early(site: Site) -> None:
    """A push builds, deploys and verifies; a run without changes ends after the build."""
    first = site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    again = site.push({"README.md": "This file is not on the page"}, event="workflow_dispatch")

    assert PUBLISHED == first.jobs
    assert "Elevated errors" in site.live("index.html")
    assert (
        "### The first publication&#59; Public API&#58; operational → major outage&#59;"
        " 1 incident opened\n\n"
        f"- **opened** [Elevated errors]({site.url}/incidents/a.html) &#40;major outage&#41;"
        " · Public API\n"
    ) == first.summary
    assert {"Build": "success", "Notify": "success"} == again.jobs
    assert "### No changes for visitors\n" == again.summary
    assert ["deployed"] == site.runner.written("deployments")


def test_only_the_default_branch_is_published(site: Site) -> None:
    """Of the branches that start a run, only the default branch is published."""
    acting.commit(site.folder, {"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    elsewhere = {"repository": {"default_branch": "master"}}
    other = site.runner.run(site.folder, "publish.yml", "push", elsewhere)
    acting.git(site.folder, "branch", "--move", "main", "master")
    default = site.runner.run(site.folder, "publish.yml", "push", elsewhere)

    assert {} == {name: result for name, result in other.jobs.items() if result != "skipped"}
    assert PUBLISHED == default.jobs


def test_a_push_to_another_branch_starts_no_run(site: Site) -> None:
    """The list of runs shows no skipped ones for branches of pull requests."""
    acting.git(site.folder, "checkout", "--quiet", "-b", "statusgen/api-down")

    assert {} == site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")}).jobs


def test_a_tag_with_the_name_of_the_default_branch_is_not_published(site: Site) -> None:
    """A tag with the name of the default branch is not published."""
    tag = {"ref": "refs/tags/main"}
    ran = site.runner.run(site.folder, "publish.yml", "workflow_dispatch", tag)

    assert {} == {name: result for name, result in ran.jobs.items() if result != "skipped"}


def test_a_site_in_a_folder_of_a_repository_is_published(
    site: Site, run: Run, tmp_path: Path
) -> None:
    """The workflows that `init` writes for a subfolder publish the site in that folder."""
    mono = tmp_path / "mono"
    mono.mkdir()
    acting.git(mono, "init", "--quiet", "--initial-branch=main")
    options = ("--title", "Acme", "--url", site.url, "--service", "api=API")
    run("init", "the status", *options, "--now", "2026-11-20 09:00", cwd=mono)
    settings = mono / "the status" / "statusgen.yml"
    settings.write_text(settings.read_text("utf-8") + "channels: [{id: chat}]\n", "utf-8")
    acting.commit(mono, {})
    ran = site.runner.run(mono, "the-status-publish.yml", "push", {})

    assert PUBLISHED == ran.jobs
    assert "channel 'chat' has no address" in ran.log
    assert "Acme" in site.live("index.html")


def test_a_bad_file_leaves_the_old_page_up(site: Site) -> None:
    """A file with an error fails the run with an annotation, and nothing is deployed."""
    site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    before = site.live("build.json")
    ran = site.push({"incidents/b.md": BAD})

    assert {"Build": "failure"} == ran.jobs
    assert "::error file=incidents/b.md,line=3,col=11::'critical' is not a severity" in ran.log
    assert ran.summary.startswith("### The site has errors; the live page was not changed\n")
    assert before == site.live("build.json")
    assert ["deployed"] == site.runner.written("deployments")


def test_a_committed_cache_is_listed_and_ignored(site: Site) -> None:
    """A committed cache is listed as changed code and ignored by builds."""
    acting.commit(site.folder, {".statusgen/cache.sqlite": "x"})
    check = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})
    publish = site.push({})

    assert ["success"] * 5 == [*check.jobs.values(), *publish.jobs.values()]
    assert "- `.statusgen/cache.sqlite`\n" in check.summary
    assert "statusgen: the cache" not in check.log + publish.log


def test_a_dropped_deployment_is_detected(site: Site) -> None:
    """A deployment that GitHub dropped fails the run with a remedy."""
    own = site.folder / ".github" / "workflows" / "publish.yml"
    text = own.read_text("utf-8").replace("    with:\n", "    with:\n      wait: 0\n")
    own.write_text(text, encoding="utf-8")
    (site.runner.state / "drop").touch()
    ran = site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})

    assert {"Build": "success", "Deploy": "success", "Verify": "failure"} == ran.jobs
    assert f"{site.url} does not serve a statusgen site (expected " in ran.log
    assert (
        "::error::Deployed to http://127.0.0.1/, but the new page is not visible at url in"
        in ran.log
    )


def test_the_schedule_starts_a_run_and_deploys_nothing_itself(site: Site) -> None:
    """A scheduled run that finds a change starts the publish workflow."""
    site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    same = site.runner.run(site.folder, "refresh.yml", "schedule", {})
    calls = site.runner.written("gh")
    # A new file stands in for a change by time.
    acting.commit(site.folder, {"incidents/b.md": INCIDENT.format(title="Another")})
    changed = site.runner.run(site.folder, "refresh.yml", "schedule", {})

    assert ({"Compare": "success"}, []) == (same.jobs, calls)
    assert {"Compare": "success", "Publish": "success"} == changed.jobs
    assert ["workflow run publish.yml --ref refs/heads/main"] == [
        call.partition(" ")[2] for call in site.runner.written("gh")
    ]
    assert ["deployed"] == site.runner.written("deployments")


@pytest.mark.parametrize("there", ["nothing", "a-login"])
def test_the_schedule_never_replaces_an_unreadable_page(site: Site, there: str) -> None:
    """A live page that cannot be read is replaced by a push, but only reported on a schedule."""
    if there == "a-login":
        (site.runner.state / "live").mkdir()
        (site.runner.state / "live" / "build.json").write_text("<p>Log in</p>", encoding="utf-8")
    scheduled = site.runner.run(site.folder, "refresh.yml", "schedule", {})
    push = site.push({})

    assert {"Compare": "success"} == scheduled.jobs
    assert 1 == scheduled.log.count(
        "::warning::The live page cannot be read at url in statusgen.yml"
    )
    assert [] == site.runner.written("gh")
    assert PUBLISHED == push.jobs


def test_a_manual_run_can_deploy_the_same_page_again(site: Site) -> None:
    """The input `force` deploys an unchanged page, for example after a change of settings."""
    site.push({})
    forced = site.runner.run(
        site.folder, "publish.yml", "workflow_dispatch", {"inputs": {"force": "true"}}
    )

    assert PUBLISHED == forced.jobs
    assert ["deployed"] * 2 == site.runner.written("deployments")


def test_a_pull_request_shows_what_its_merge_would_do(site: Site) -> None:
    """The summary shows the changes with escaped titles, and the page is uploaded."""
    acting.commit(site.folder, {"incidents/a.md": INCIDENT.format(title=HOSTILE)})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})
    title = json.loads(HOSTILE)
    shown = "".join(
        f"&#{ord(one)};" if one.isascii() and not (one.isalnum() or one == " ") else one
        for one in title
    )

    assert {"Check": "success"} == ran.jobs
    assert (
        "### Public API&#58; operational → major outage&#59; 1 incident opened\n\n"
        f"- **opened** {shown} &#40;major outage&#41; · Public API\n"
    ) == ran.summary
    assert (site.runner.state / "artifact-page" / "index.html").is_file()
    assert [] == [*site.runner.state.parent.rglob("pwned"), *site.folder.rglob("pwned")]
    assert [] == site.runner.written("deployments")


def test_a_base_branch_with_an_error_is_not_compared(site: Site) -> None:
    """A fix of a broken base branch is not reported as the first publication."""
    acting.commit(site.folder, {"incidents/b.md": BAD})
    acting.commit(site.folder, {"incidents/b.md": INCIDENT.format(title="Fixed")})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert {"Check": "success"} == ran.jobs
    assert ("### The base branch cannot be built\nNo comparison is available.\n") == ran.summary


def test_changed_code_is_listed(site: Site) -> None:
    """Templates, workflows and scripts are listed, with escaped names."""
    own = '{% extends "default/index.html" %}'
    names = ["templates/a`<b>.html", ".github/x.yml", "static/logo.png", "static/notes.txt"]
    scripts = ["a.html", "b/c.HTM", "d.xhtml", "e.Svg", "f.xml", "g.js", "h.mjs", "i.css", "j\n.js"]
    names += [f"static/{name}" for name in [*scripts, "_headers", "k.json"]]
    acting.commit(site.folder, {**dict.fromkeys(names, "x"), "templates/index.html": own})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})
    named = re.findall("^- `(.*)`$", ran.summary, re.MULTILINE)
    comparison = f"\n\n{UNTRUSTED}\n### No incident or service changes"

    assert {"Check": "success"} == ran.jobs
    assert comparison in ran.summary
    assert "**This pull request changes code. Review these files:**\n\n- `" in ran.summary
    assert [".github/x.yml", "templates/a??b?.html", "templates/index.html"] == named[:3]
    assert {f"static/{name}" for name in [*scripts[:-1], "_headers", "j?.js"]} == set(named[3:])


def test_a_template_cannot_hide_changed_code(site: Site) -> None:
    """A template that takes over the runner is listed first, and the comparison marked as
    untrusted.
    """
    acting.commit(site.folder, {"templates/index.html": BLINDING})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert ran.summary.startswith(
        "**This pull request changes code. Review these files:**\n\n"
        f"- `templates/index.html`\n\n{UNTRUSTED}\n"
    )
    assert "blinded" in ran.log


def test_a_symbolic_link_cannot_hide_changed_code(site: Site) -> None:
    """Code behind a symbolic link in place of the site's folder is listed."""
    workflow = site.folder / ".github" / "workflows" / "check.yml"
    workflow.write_text(f"{workflow.read_text('utf-8')}    with:\n      site: docs\n", "utf-8")
    acting.commit(site.folder, {"docs/statusgen.yml": SETTINGS})
    (site.folder / "docs").rename(site.folder / "other")
    (site.folder / "docs").symlink_to("other")
    own = '{% extends "default/index.html" %}'
    acting.commit(site.folder, {"other/templates/index.html": own, "other/static/a.js": "x"})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert {"Check": "success"} == ran.jobs
    assert "- `other/templates/index.html`\n- `other/static/a.js`\n" in ran.summary
    assert UNTRUSTED in ran.summary


def test_a_template_cannot_hide_a_bad_file(site: Site) -> None:
    """Content is checked before templates run, so that no template can hide its errors."""
    acting.commit(site.folder, {"templates/index.html": BLINDING, "incidents/b.md": BAD})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert {"Check": "failure"} == ran.jobs
    assert "::error file=incidents/b.md,line=3,col=11::" in ran.log
    assert "blinded" not in ran.log


def test_at_most_a_hundred_changed_files_are_listed(site: Site) -> None:
    """The summary lists a hundred changed files and the number of the others."""
    acting.commit(site.folder, {f".github/{number}.txt": "x" for number in range(103)})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert 100 == ran.summary.count("- `.github/")
    assert "`\n- and 3 more\n" in ran.summary
    assert UNTRUSTED not in ran.summary


def test_a_pull_request_with_a_bad_file_fails_at_its_line(site: Site) -> None:
    """The check annotates the line of the error and uploads no page."""
    acting.commit(site.folder, {"incidents/b.md": BAD})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert {"Check": "failure"} == ran.jobs
    assert "::error file=incidents/b.md,line=3,col=11::'critical' is not a severity" in ran.log
    assert ran.summary.startswith("### The site has errors\n")
    assert not (site.runner.state / "artifact-page").exists()


def test_stale_issue_forms_come_with_a_patch(site: Site, run: Run) -> None:
    """Forms that are out of date are warnings, and the patch that fixes them is an artifact."""
    run("forms", "--site", site.folder)
    acting.commit(site.folder, {})
    settings = (site.folder / "statusgen.yml").read_text("utf-8")
    acting.commit(site.folder, {"statusgen.yml": settings.replace("Public API", "REST API")})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})
    acting.git(site.folder, "apply", str(site.runner.state / "artifact-forms" / "forms.patch"))

    warning = "::warning file=.github/ISSUE_TEMPLATE/incident.yml,line=1,col=1::this form is out of"
    assert {"Check": "success"} == ran.jobs
    assert warning in ran.log
    assert "### The issue forms are out of date\nRun `statusgen forms`, or " in ran.summary
    assert 0 == run("forms", "--check", "--site", site.folder).status


@pytest.mark.parametrize(
    "service",
    [
        pytest.param("Public API", id="current"),
        pytest.param("Public API\n    grup: core", id="settings-with-an-error"),
    ],
)
def test_no_patch_is_uploaded_without_stale_forms(site: Site, run: Run, service: str) -> None:
    """There is no patch if the forms are current, or cannot be generated."""
    run("forms", "--site", site.folder)
    settings = (site.folder / "statusgen.yml").read_text("utf-8")
    acting.commit(site.folder, {"statusgen.yml": settings.replace("Public API", service)})
    site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert not (site.runner.state / "artifact-forms").exists()


def dispatched(**payload: object) -> dict[str, object]:
    """Return the event of a `repository_dispatch` of type `status`."""
    return {"action": "status", "branch": "main", "client_payload": payload}


@pytest.fixture
def remote(site: Site, tmp_path: Path) -> Path:
    """Create the remote repository of *site*."""
    folder = tmp_path / "remote.git"
    acting.git(tmp_path, "clone", "--quiet", "--bare", str(site.folder), str(folder))
    acting.git(site.folder, "remote", "add", "origin", str(folder))
    acting.git(site.folder, "push", "--quiet", "--set-upstream", "origin", "main")
    return folder


def test_an_event_is_committed_and_published_once(site: Site, remote: Path) -> None:
    """An event from monitoring becomes a file on the branch; the same event again does nothing."""
    event = dispatched(service="api", severity="major", title="Down", message="It is down.")
    ran = site.runner.run(site.folder, "event.yml", "repository_dispatch", event)
    acting.git(site.folder, "pull", "--quiet")
    again = site.runner.run(site.folder, "event.yml", "repository_dispatch", event)
    (path,) = (site.folder / "incidents").iterdir()

    assert {"Record": "success", "Publish": "success"} == ran.jobs
    assert {"Record": "success"} == again.jobs
    assert "2" == acting.git(remote, "rev-list", "--count", "main").strip()
    assert "github-actions[bot]\n" == acting.git(remote, "log", "-1", "--format=%an", "main")
    assert "It is down." in path.read_text("utf-8")
    assert ["workflow run publish.yml --ref refs/heads/main"] == [
        call.partition(" ")[2] for call in site.runner.written("gh")
    ]


def test_an_event_may_come_from_a_manual_run(site: Site, remote: Path) -> None:
    """A token that may only start workflows is enough to report an event."""
    payload = {"service": "api", "severity": "major", "title": HOSTILE, "message": "It is down."}
    inputs = {"inputs": {"payload": json.dumps(payload)}}
    ran = site.runner.run(site.folder, "event.yml", "workflow_dispatch", inputs)
    acting.git(site.folder, "pull", "--quiet")
    (path,) = (site.folder / "incidents").iterdir()

    assert {"Record": "success", "Publish": "success"} == ran.jobs
    assert "It is down." in path.read_text("utf-8")
    assert [] == [*site.runner.state.parent.rglob("pwned"), *site.folder.rglob("pwned")]


FASTER = """\
#!/bin/sh
# Rejects the first push after adding a commit, as if someone else had pushed.
unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
test ! -e raced || exit 0
touch raced
export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x
git update-ref refs/heads/main "$(git commit-tree -m Faster -p main 'main^{tree}')"
exit 1
"""


def test_an_event_is_rebased_on_the_commits_of_others(site: Site, remote: Path) -> None:
    """The commit is rebased if others pushed first, and none is lost."""
    hook = remote / "hooks" / "pre-receive"
    hook.write_text(FASTER, encoding="utf-8")
    hook.chmod(0o755)
    event = dispatched(service="api", severity="major", title="Down", message="It is down.")
    ran = site.runner.run(site.folder, "event.yml", "repository_dispatch", event)
    subjects = acting.git(remote, "log", "--format=%s", "main").splitlines()

    assert {"Record": "success", "Publish": "success"} == ran.jobs
    assert (3, ["Faster", "Test"]) == (len(subjects), subjects[1:])


def test_hostile_text_in_an_event_stays_text(site: Site, remote: Path) -> None:
    """Commands, expressions, outputs, HTML and Markdown in a payload are shown as text."""
    command = "$(touch pwned) `touch pwned` '; touch pwned; '"
    message = (
        f"{command}\n${{{{ github.token }}}}\n::set-output name=changed::no\n::add-mask::a\n"
        "<script>alert(1)</script> [x](javascript:alert(1)) ![i](https://evil.example/p.gif)"
    )
    event = dispatched(
        service="api", severity="major", title=f"{command} <b>x</b>", message=message
    )
    ran = site.runner.run(site.folder, "event.yml", "repository_dispatch", event)
    acting.git(site.folder, "pull", "--quiet")
    published = site.push({})
    page = site.live("index.html")

    assert {"Record": "success", "Publish": "success"} == ran.jobs
    assert PUBLISHED == published.jobs
    assert [] == [*site.runner.state.parent.rglob("pwned"), *site.folder.rglob("pwned")]
    for text in (command, "${{ github.token }}", "<script>alert(1)</script>", "<b>x</b>"):
        assert text in unescape(page)
    assert "<b>x" not in page
    assert "<script>alert" not in page
    assert "javascript:alert(1)" not in "".join(re.findall("<[^>]*>", page))
    assert "evil.example" not in "".join(re.findall("<img[^>]*>", page))
    assert "1 incident opened" in published.summary


def test_an_invalid_event_changes_nothing(site: Site, remote: Path) -> None:
    """The run fails, and nothing is committed or published."""
    event = dispatched(service="nothing", severity="major")
    ran = site.runner.run(site.folder, "event.yml", "repository_dispatch", event)

    assert {"Record": "failure"} == ran.jobs
    assert "1" == acting.git(remote, "rev-list", "--count", "main").strip()
    assert [] == site.runner.written("gh")


def test_a_missing_trello_secret_is_named(site: Site) -> None:
    """An import without its secrets fails with one line that names the missing one."""
    ran = site.runner.run(site.folder, "import-trello.yml", "schedule", {})

    assert {"Import": "failure"} == ran.jobs
    assert "The secret TRELLO_KEY is missing; add it under Settings" in ran.log
    assert [] == site.runner.written("gh")
