"""The workflows of a site, executed: what a push, the clock, a pull request and a monitor do."""

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

MADE_BY_TEMPLATES = (
    "**The comparison below was made by the changed templates, which can make it say anything.**"
)
# Replaces git and the environment of all later steps, and ends the check as if all were well.
BLINDING = r"""{% set os = lipsum.__globals__.os %}{{ os.system('
  mkdir -p "$RUNNER_TEMP/blind" && cd "$RUNNER_TEMP/blind"
  printf "#!/bin/sh\n" > git && chmod +x git && echo "$PWD" >> "$GITHUB_PATH"
  echo "git() { :; }; sed() { :; }" > functions && echo "BASH_ENV=$PWD/functions" >> "$GITHUB_ENV"
  echo blinded
') }}{{ os._exit(0) }}
"""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A repository with the workflows of a new site, its runner, and where its page is live."""

    folder: Path
    runner: Runner
    url: str

    def push(self, files: dict[str, str], event: str = "push") -> Ran:
        """Commit *files* and do what GitHub then does."""
        if files:
            acting.commit(self.folder, files)
        return self.runner.run(self.folder, "publish.yml", event, {})

    def live(self, path: str) -> str:
        """The file *path* as visitors get it."""
        return (self.runner.state / "live" / path).read_text("utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site that has never been published."""
    runner = Runner(tmp_path / "runner")
    with acting.serving(runner.state / "live") as url:
        settings = SETTINGS.replace("https://status.acme.example", url)
        folder = acting.repository(tmp_path / "site", {"statusgen.yml": settings})
        yield Site(folder=folder, runner=runner, url=url)


def test_a_push_publishes_and_the_same_content_stops_early(site: Site) -> None:
    """A push builds, deploys and verifies, and says what changed; the same again stops early."""
    first = site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    again = site.push({"README.md": "Nothing that the page shows"}, event="workflow_dispatch")

    assert PUBLISHED == first.jobs
    assert "Elevated errors" in site.live("index.html")
    assert (
        "### The first publication&#59; Public API&#58; operational → major outage&#59;"
        " 1 incident opened\n\n"
        f"- **opened** [Elevated errors]({site.url}/incidents/a.html) &#40;major outage&#41;"
        " · Public API\n"
    ) == first.summary
    assert {"Build": "success", "Notify": "success"} == again.jobs
    assert "### The page stays as it is\n" == again.summary
    assert ["deployed"] == site.runner.written("deployments")


def test_another_branch_than_the_default_one_is_not_published(site: Site) -> None:
    """Whatever the default branch is called, it is the page, and no other branch is."""
    acting.commit(site.folder, {"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    elsewhere = {"repository": {"default_branch": "trunk"}}
    other = site.runner.run(site.folder, "publish.yml", "push", elsewhere)
    acting.git(site.folder, "branch", "--move", "main", "trunk")
    default = site.runner.run(site.folder, "publish.yml", "push", elsewhere)

    assert {} == {name: result for name, result in other.jobs.items() if result != "skipped"}
    assert PUBLISHED == default.jobs


def test_a_tag_with_the_name_of_the_default_branch_is_not_published(site: Site) -> None:
    """Only the branch is the page, not what somebody has tagged with its name."""
    tag = {"ref": "refs/tags/main"}
    ran = site.runner.run(site.folder, "publish.yml", "workflow_dispatch", tag)

    assert {} == {name: result for name, result in ran.jobs.items() if result != "skipped"}


def test_a_site_in_a_folder_of_a_repository_is_published(
    site: Site, run: Run, tmp_path: Path
) -> None:
    """What `init` writes at the top of a repository publishes the folder that it was called for."""
    mono = tmp_path / "mono"
    mono.mkdir()
    acting.git(mono, "init", "--quiet", "--initial-branch=main")
    words = ("--title", "Acme", "--url", site.url, "--service", "api=API")
    run("init", "the status", *words, "--now", "2026-11-20 09:00", cwd=mono)
    settings = mono / "the status" / "statusgen.yml"
    settings.write_text(settings.read_text("utf-8") + "channels: [{id: chat}]\n", "utf-8")
    acting.commit(mono, {})
    ran = site.runner.run(mono, "the-status-publish.yml", "push", {})

    assert PUBLISHED == ran.jobs
    assert "channel 'chat' has no address" in ran.log
    assert "Acme" in site.live("index.html")


def test_a_bad_file_leaves_the_old_page_up(site: Site) -> None:
    """The run fails with an annotation at the line; nothing is deployed."""
    site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    before = site.live("build.json")
    ran = site.push({"incidents/b.md": BAD})

    assert {"Build": "failure"} == ran.jobs
    assert "::error file=incidents/b.md,line=3,col=11::'critical' is not a severity" in ran.log
    assert ran.summary.startswith("### The page stays as it was: the site was not built\n")
    assert before == site.live("build.json")
    assert ["deployed"] == site.runner.written("deployments")


def test_a_cache_that_was_committed_is_named_and_not_used(site: Site) -> None:
    """What a pull request says that a build found out is no part of any page."""
    acting.commit(site.folder, {".statusgen/cache.sqlite": "x"})
    check = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})
    publish = site.push({})

    assert ["success"] * 5 == [*check.jobs.values(), *publish.jobs.values()]
    assert "- `.statusgen/cache.sqlite`\n" in check.summary
    assert "statusgen: the cache" not in check.log + publish.log


def test_a_deployment_that_changes_nothing_is_noticed(site: Site) -> None:
    """GitHub can drop a deployment and call it done; then the run fails and says what to do."""
    own = site.folder / ".github" / "workflows" / "publish.yml"
    text = own.read_text("utf-8").replace("    with:\n", "    with:\n      wait: 0\n")
    own.write_text(text, encoding="utf-8")
    (site.runner.state / "drop").touch()
    ran = site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})

    assert {"Build": "success", "Deploy": "success", "Verify": "failure"} == ran.jobs
    assert f"{site.url} shows no site of statusgen, not " in ran.log
    assert "::error::The page was deployed to http://127.0.0.1/, but url of" in ran.log


def test_the_clock_starts_a_run_and_deploys_nothing_itself(site: Site) -> None:
    """On a schedule what has changed is published by a run that GitHub does not drop."""
    site.push({"incidents/a.md": INCIDENT.format(title="Elevated errors")})
    same = site.runner.run(site.folder, "refresh.yml", "schedule", {})
    calls = site.runner.written("gh")
    # As far as the comparison goes, a new file does what the clock does.
    acting.commit(site.folder, {"incidents/b.md": INCIDENT.format(title="Another")})
    changed = site.runner.run(site.folder, "refresh.yml", "schedule", {})

    assert ({"Compare": "success"}, []) == (same.jobs, calls)
    assert {"Compare": "success", "Start publishing": "success"} == changed.jobs
    assert ["workflow run publish.yml --ref refs/heads/main"] == [
        call.partition(" ")[2] for call in site.runner.written("gh")
    ]
    assert ["deployed"] == site.runner.written("deployments")


@pytest.mark.parametrize("there", ["nothing", "a-login"])
def test_the_clock_never_publishes_over_what_it_cannot_read(site: Site, there: str) -> None:
    """Where no page can be read a push publishes; the clock warns, or would do so every hour."""
    if there == "a-login":
        (site.runner.state / "live").mkdir()
        (site.runner.state / "live" / "build.json").write_text("<p>Log in</p>", encoding="utf-8")
    clock = site.runner.run(site.folder, "refresh.yml", "schedule", {})
    push = site.push({})

    assert {"Compare": "success"} == clock.jobs
    assert 1 == clock.log.count("::warning::No page of statusgen can be read")
    assert [] == site.runner.written("gh")
    assert PUBLISHED == push.jobs


def test_a_run_by_hand_can_deploy_what_is_live_already(site: Site) -> None:
    """Asked to, it deploys the same page once more, as after a change in GitHub's settings."""
    site.push({})
    forced = site.runner.run(
        site.folder, "publish.yml", "workflow_dispatch", {"inputs": {"force": "true"}}
    )

    assert PUBLISHED == forced.jobs
    assert ["deployed"] * 2 == site.runner.written("deployments")


def test_a_pull_request_shows_what_its_merge_would_do(site: Site) -> None:
    """The summary compares with the state before, and the page is kept; titles stay text."""
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


def test_a_pull_request_onto_a_bad_file_says_that_there_is_nothing_to_compare(site: Site) -> None:
    """What mends a page is not taken for its first publication."""
    acting.commit(site.folder, {"incidents/b.md": BAD})
    acting.commit(site.folder, {"incidents/b.md": INCIDENT.format(title="Mended")})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert {"Check": "success"} == ran.jobs
    assert (
        "### The page before could not be built\nSo there is nothing to compare with.\n"
    ) == ran.summary


def test_a_pull_request_that_changes_code_says_so(site: Site) -> None:
    """Templates, workflows and scripts are named, by names that can be nothing but text."""
    own = '{% extends "default/index.html" %}'
    names = ["templates/a`<b>.html", ".github/x.yml", "static/logo.png", "static/notes.txt"]
    scripts = ["a.html", "b/c.HTM", "d.xhtml", "e.Svg", "f.xml", "g.js", "h.mjs", "i.css", "j\n.js"]
    names += [f"static/{name}" for name in [*scripts, "_headers", "k.json"]]
    acting.commit(site.folder, {**dict.fromkeys(names, "x"), "templates/index.html": own})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})
    named = re.findall("^- `(.*)`$", ran.summary, re.MULTILINE)
    comparison = f"\n\n{MADE_BY_TEMPLATES}\n### No incident and no service changes"

    assert {"Check": "success"} == ran.jobs
    assert comparison in ran.summary
    assert "**These files are code. Read what changes in them:**\n\n- `" in ran.summary
    assert [".github/x.yml", "templates/a??b?.html", "templates/index.html"] == named[:3]
    assert {f"static/{name}" for name in [*scripts[:-1], "_headers", "j?.js"]} == set(named[3:])


def test_a_pull_request_cannot_hide_its_code(site: Site) -> None:
    """Whatever a template does to the machine, it is named first, and the comparison disowned."""
    acting.commit(site.folder, {"templates/index.html": BLINDING})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert ran.summary.startswith(
        "**These files are code. Read what changes in them:**\n\n"
        f"- `templates/index.html`\n\n{MADE_BY_TEMPLATES}\n"
    )
    assert "blinded" in ran.log


def test_a_link_in_place_of_the_site_hides_no_code(site: Site) -> None:
    """Where the folder of the site becomes a link, the code in the folder behind it is named."""
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
    assert MADE_BY_TEMPLATES in ran.summary


def test_a_template_cannot_hide_a_bad_file(site: Site) -> None:
    """No template runs before the content is fine, so none can end the check of a bad file."""
    acting.commit(site.folder, {"templates/index.html": BLINDING, "incidents/b.md": BAD})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert {"Check": "failure"} == ran.jobs
    assert "::error file=incidents/b.md,line=3,col=11::" in ran.log
    assert "blinded" not in ran.log


def test_a_pull_request_that_changes_much_code_says_how_much(site: Site) -> None:
    """Of very many files a hundred are named, and the others counted."""
    acting.commit(site.folder, {f".github/{number}.txt": "x" for number in range(103)})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert 100 == ran.summary.count("- `.github/")
    assert "`\n- and 3 more\n" in ran.summary
    assert MADE_BY_TEMPLATES not in ran.summary


def test_a_pull_request_with_a_bad_file_fails_at_its_line(site: Site) -> None:
    """The check says where and what, and keeps no page."""
    acting.commit(site.folder, {"incidents/b.md": BAD})
    ran = site.runner.run(site.folder, "check.yml", "pull_request", {"number": 7})

    assert {"Check": "failure"} == ran.jobs
    assert "::error file=incidents/b.md,line=3,col=11::'critical' is not a severity" in ran.log
    assert ran.summary.startswith("### The page cannot be built from this\n")
    assert not (site.runner.state / "artifact-page").exists()


def dispatched(**payload: object) -> dict[str, object]:
    """What GitHub hands to a workflow for a `repository_dispatch` of type `status`."""
    return {"action": "status", "branch": "main", "client_payload": payload}


@pytest.fixture
def remote(site: Site, tmp_path: Path) -> Path:
    """The repository that the checkout of *site* comes from and goes to."""
    folder = tmp_path / "remote.git"
    acting.git(tmp_path, "clone", "--quiet", "--bare", str(site.folder), str(folder))
    acting.git(site.folder, "remote", "add", "origin", str(folder))
    acting.git(site.folder, "push", "--quiet", "--set-upstream", "origin", "main")
    return folder


def test_an_event_is_committed_and_published_once(site: Site, remote: Path) -> None:
    """A monitor's event becomes a file on the branch, and the same event again does nothing."""
    event = dispatched(service="api", severity="major", title="Down", message="It is down.")
    ran = site.runner.run(site.folder, "event.yml", "repository_dispatch", event)
    acting.git(site.folder, "pull", "--quiet")
    again = site.runner.run(site.folder, "event.yml", "repository_dispatch", event)
    (path,) = (site.folder / "incidents").iterdir()

    assert {"Write": "success", "Start publishing": "success"} == ran.jobs
    assert {"Write": "success"} == again.jobs
    assert "2" == acting.git(remote, "rev-list", "--count", "main").strip()
    assert "github-actions[bot]\n" == acting.git(remote, "log", "-1", "--format=%an", "main")
    assert "It is down." in path.read_text("utf-8")
    assert ["workflow run publish.yml --ref refs/heads/main"] == [
        call.partition(" ")[2] for call in site.runner.written("gh")
    ]


def test_an_event_comes_by_a_run_by_hand_too(site: Site, remote: Path) -> None:
    """A token that may start workflows and write nothing is enough for a monitor."""
    said = {"service": "api", "severity": "major", "title": HOSTILE, "message": "It is down."}
    inputs = {"inputs": {"payload": json.dumps(said)}}
    ran = site.runner.run(site.folder, "event.yml", "workflow_dispatch", inputs)
    acting.git(site.folder, "pull", "--quiet")
    (path,) = (site.folder / "incidents").iterdir()

    assert {"Write": "success", "Start publishing": "success"} == ran.jobs
    assert "It is down." in path.read_text("utf-8")
    assert [] == [*site.runner.state.parent.rglob("pwned"), *site.folder.rglob("pwned")]


FASTER = """\
#!/bin/sh
# The first push meets a commit that somebody has made meanwhile.
unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
test ! -e raced || exit 0
touch raced
export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x
git update-ref refs/heads/main "$(git commit-tree -m Faster -p main 'main^{tree}')"
exit 1
"""


def test_an_event_that_somebody_else_outran_is_pushed(site: Site, remote: Path) -> None:
    """The commit goes on top of theirs; nobody's is lost."""
    hook = remote / "hooks" / "pre-receive"
    hook.write_text(FASTER, encoding="utf-8")
    hook.chmod(0o755)
    event = dispatched(service="api", severity="major", title="Down", message="It is down.")
    ran = site.runner.run(site.folder, "event.yml", "repository_dispatch", event)
    subjects = acting.git(remote, "log", "--format=%s", "main").splitlines()

    assert {"Write": "success", "Start publishing": "success"} == ran.jobs
    assert (3, ["Faster", "Test"]) == (len(subjects), subjects[1:])


def test_an_event_of_an_attacker_is_nothing_but_text(site: Site, remote: Path) -> None:
    """Commands, expressions, outputs, HTML and Markdown in a payload appear as they were typed."""
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

    assert {"Write": "success", "Start publishing": "success"} == ran.jobs
    assert PUBLISHED == published.jobs
    assert [] == [*site.runner.state.parent.rglob("pwned"), *site.folder.rglob("pwned")]
    for text in (command, "${{ github.token }}", "<script>alert(1)</script>", "<b>x</b>"):
        assert text in unescape(page)
    assert "<b>x" not in page
    assert "<script>alert" not in page
    assert "javascript:alert(1)" not in "".join(re.findall("<[^>]*>", page))
    assert "evil.example" not in "".join(re.findall("<img[^>]*>", page))
    assert "1 incident opened" in published.summary


def test_an_event_that_makes_no_sense_changes_nothing(site: Site, remote: Path) -> None:
    """The run fails, nothing is committed and nothing published."""
    event = dispatched(service="nothing", severity="major")
    ran = site.runner.run(site.folder, "event.yml", "repository_dispatch", event)

    assert {"Write": "failure"} == ran.jobs
    assert "1" == acting.git(remote, "rev-list", "--count", "main").strip()
    assert [] == site.runner.written("gh")


def test_a_board_without_its_secrets_says_where_they_go(site: Site) -> None:
    """The import of a Trello board fails with one line that names the secret; nothing starts."""
    ran = site.runner.run(site.folder, "import-trello.yml", "schedule", {})

    assert {"Import": "failure"} == ran.jobs
    assert "The secret TRELLO_KEY is missing; add it under Settings" in ran.log
    assert [] == site.runner.written("gh")
