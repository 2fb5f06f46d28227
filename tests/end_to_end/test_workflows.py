"""Workflows, actions and forms, judged by programs that know the rules of GitHub."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from statusgen import __version__
from statusgen.authoring import new_site
from tests.conftest import ROOT, SETTINGS, Run, missing, write_site
from tests.support import acting
from tests.support.examples import NOW

GITHUB = ROOT / ".github"
STARTER = ROOT / "statusgen" / "authoring" / "starter" / ".github"
WORKFLOWS = sorted([*(GITHUB / "workflows").glob("*.yml"), *(STARTER / "workflows").glob("*.yml")])
ACTIONS = sorted((GITHUB / "actions").glob("*/action.yml"))
SETUP = GITHUB / "actions" / "setup"
BOTS = [GITHUB / "dependabot.yml", STARTER / "dependabot.yml"]

# What the calls that a site makes have to grant: GitHub refuses a call that grants less.
GRANTED = {
    "check": {"contents: read"},
    "event": {"contents: write", "actions: write"},
    "import": {"contents: write", "issues: read", "actions: write"},
    "import-trello": {"contents: write", "actions: write"},
    "notify": {"contents: write"},
    "publish": {"contents: read", "pages: write", "id-token: write"},
    "refresh": {"contents: read", "actions: write"},
}


def judged(tool: str, *arguments: str | Path, cwd: Path = ROOT) -> str:
    """What *tool* of the environment of the tests has to say; empty if it is content."""
    program = Path(sys.executable).parent / tool
    if not program.exists():
        missing(tool)
    done = subprocess.run(
        [program, *arguments],
        cwd=cwd,
        env={"PATH": f"{program.parent}:/usr/bin:/bin", "HOME": str(cwd)},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def schema(name: str, *files: Path) -> str:
    return judged("check-jsonschema", "--builtin-schema", f"vendor.{name}", *files)


def test_workflows_and_actions_are_sound() -> None:
    """The strictest profile of a linter finds nothing, in the shell of the steps neither."""
    flags = ("--profile", "pedantic", "--strict-exit", "--no-online")

    assert "" == judged("jactionlint", *flags)
    assert "" == judged("jactionlint", *flags, *(STARTER / "workflows").glob("*.yml"))


@pytest.mark.parametrize("board", [None, "Ab3dEf9h"], ids=["issues", "trello"])
def test_workflows_of_a_site_in_a_folder_are_sound_and_safe(
    board: str | None, tmp_path: Path
) -> None:
    """Named after their folder and pinned to a commit, they please the same judges."""
    commit = "3d3c42e5aac5ba805825da76410c181273ba90b1"
    write_site(tmp_path, new_site.repository("docs/status", commit=commit, board=board))
    made = sorted((tmp_path / ".github" / "workflows").iterdir())
    strict = ("--profile", "pedantic", "--strict-exit", "--no-online")
    audit = ("--offline", "--persona", "auditor", "--no-progress", "--color", "never")

    assert "" == judged("jactionlint", *strict, *made, cwd=tmp_path)
    assert "" == judged("zizmor", *audit, tmp_path)
    assert "" == schema("github-workflows", *made)
    for file in made:
        text = file.read_text("utf-8")
        assert f".yml@{commit} # v{__version__}\n" in text
        assert "unpinned-uses" not in text


def test_workflows_and_actions_are_safe() -> None:
    """An auditor finds no way in: every action is pinned, every right has its reason."""
    flags = ("--offline", "--persona", "auditor", "--no-progress", "--color", "never")

    assert "" == judged("zizmor", *flags, ROOT / ".github", STARTER, ROOT / "tests" / "actions")


def test_files_for_github_follow_their_schemas() -> None:
    """Workflows, actions and the settings of the bot are as the published schemas have them."""
    assert "" == schema("github-workflows", *WORKFLOWS)
    assert "" == schema("github-actions", *ACTIONS)
    assert "" == schema("dependabot", *BOTS)


def test_forms_follow_their_schemas(run: Run, tmp_path: Path) -> None:
    """What `forms` writes, GitHub takes, whatever services are called."""
    name = 'No: "a" # b, {c} \\\\ é ${{ d }}'
    settings = SETTINGS.replace("Public API", f"'{name}'")
    run("forms", cwd=write_site(tmp_path, {"statusgen.yml": settings}))
    folder = tmp_path / ".github" / "ISSUE_TEMPLATE"

    assert "" == schema("github-issue-forms", folder / "incident.yml", folder / "maintenance.yml")
    assert "" == schema("github-issue-config", folder / "config.yml")


@pytest.mark.parametrize("name", sorted(GRANTED))
def test_a_site_calls_the_workflow_of_its_version(name: str) -> None:
    """The starter names the version that it is of, and grants what the called jobs ask for."""
    called = (GITHUB / "workflows" / f"{name}.yml").read_text("utf-8")
    rights = re.compile(r"^ +([a-z-]+: (?:read|write)) #", re.MULTILINE)
    call = calling(name)

    assert f"statusgen/statusgen/.github/workflows/{name}.yml@v{__version__} # zizmor" in call
    assert GRANTED[name] == set(rights.findall(call)) == set(rights.findall(called))


def calling(name: str) -> str:
    """The text of the one job of the starter that calls the reusable workflow *name*."""
    texts = [file.read_text("utf-8") for file in (STARTER / "workflows").glob("*.yml")]
    jobs = [job for text in texts for job in re.split(r"^(?=  [\w-]+:$)", text, flags=re.M)]
    (found,) = [job for job in jobs if f"/.github/workflows/{name}.yml@" in job]
    return found


def test_publishing_asks_for_no_more_than_sites_grant_today() -> None:
    """A call that grants what the first release asked for still starts, or pages would go stale."""
    reusable = yaml.safe_load((GITHUB / "workflows" / "publish.yml").read_text("utf-8"))

    assert {
        "build": {"contents": "read"},
        "deploy": {"pages": "write", "id-token": "write"},
        "verify": {"contents": "read"},
    } == {name: job["permissions"] for name, job in reusable["jobs"].items()}
    assert {} == reusable["permissions"]


def test_messages_leave_after_the_page_is_verified() -> None:
    """The starter notifies in a second job if the first succeeded, even if it deployed nothing."""
    own = yaml.safe_load((STARTER / "workflows" / "publish.yml").read_text("utf-8"))
    job = own["jobs"]["notify"]

    assert ["page", "notify"] == list(own["jobs"])
    assert "page" == job["needs"]
    # Without a status function in it, GitHub would skip the job where one inside `page` is skipped.
    assert "${{ !cancelled() && needs.page.result == 'success' }}" == job["if"]
    assert {"STATUSGEN_NOTIFY": "${{ secrets.STATUSGEN_NOTIFY }}"} == job["secrets"]


def test_notifying_is_confined() -> None:
    """One job, never cancelled, over before a claim ends; the last step alone sees the secrets."""
    reusable = yaml.safe_load((GITHUB / "workflows" / "notify.yml").read_text("utf-8"))
    (trigger,) = (value for key, value in reusable.items() if key is True)  # YAML reads "on" so
    (job,) = reusable["jobs"].values()
    group = "statusgen-notify-${{ inputs.site }}"
    seen = [step["name"] for step in job["steps"] if "secrets." in str(step)]
    tokens = [step["name"] for step in job["steps"] if "github.token" in str(step)]

    assert {"group": group, "cancel-in-progress": False} == job["concurrency"]
    assert 10 == job["timeout-minutes"]
    assert {"contents": "write"} == job["permissions"]
    assert "${{ inputs.environment }}" == job["environment"]
    assert {"site", "base-url", "environment"} == set(trigger["workflow_call"]["inputs"])
    assert False is trigger["workflow_call"]["secrets"]["STATUSGEN_NOTIFY"]["required"]
    assert ["Send new updates"] == seen == tokens == [job["steps"][-1]["name"]]
    assert "secrets." not in str(job.get("env", ""))


def test_the_action_installs_what_the_project_declares() -> None:
    """Every dependency is pinned by hash, of nothing is the origin recorded."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split("[>=]", line)[0].lower() for line in declared["dependencies"]}
    extra = {re.split("[>=]", line)[0] for line in declared["optional-dependencies"]["notify"]}
    expected = {
        "requirements.txt": names,
        "notify-requirements.txt": names | extra,
        "build-requirements.txt": {"setuptools"},
    }
    for file, needed in expected.items():
        text = (SETUP / file).read_text("utf-8")
        pinned = set(re.findall(r"^([a-z0-9-]+)==\S+ (?:; \S.* )?\\$", text, re.MULTILINE))

        assert "://" not in text
        assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
        assert needed <= pinned


def test_notifying_installs_the_packages_that_built_the_page() -> None:
    """The file with the extra holds every line of the one without, so a page reads the same."""
    plain, extra = (
        (SETUP / name).read_text("utf-8").splitlines()
        for name in ("requirements.txt", "notify-requirements.txt")
    )

    assert set(plain) < set(extra)
    assert not any("apprise" in line for line in plain)


def test_every_action_of_others_has_its_version_beside_it() -> None:
    """An action of others is named by a commit, with the version that it is."""
    uses = re.compile(r"uses: (?!\$/|statusgen/)(.*)$", re.MULTILINE)
    files = [*WORKFLOWS, *ACTIONS]
    found = [line for file in files for line in uses.findall(file.read_text("utf-8"))]

    assert found
    assert [] == [
        line for line in found if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    ]


@pytest.mark.parametrize("name", ["ci", "example", "example-check"])
def test_the_example_is_built_for_its_own_moment(name: str) -> None:
    """Everywhere it is the moment of the Makefile, at which the example looks alive."""
    text = (GITHUB / "workflows" / f"{name}.yml").read_text("utf-8")

    assert [NOW] == re.findall('now: "(.*?)"', text)


def shown(name: str) -> str:
    """The file *name* that the README shows."""
    text = (ROOT / "README.md").read_text("utf-8")
    (found,) = re.findall(rf"```yml\n# {re.escape(name)}\n(.*?)```", text, flags=re.DOTALL)
    return str(found)


def test_the_workflow_in_the_readme_is_sound_and_safe(tmp_path: Path) -> None:
    """Who copies it gets what the same judges take."""
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    file = tmp_path / ".github" / "workflows" / "pages.yml"
    file.write_text(shown(".github/workflows/pages.yml"), encoding="utf-8")

    assert "" == judged("jactionlint", "--strict-exit", "--no-online", file, cwd=tmp_path)
    assert "" == judged("zizmor", "--offline", "--no-progress", "--color", "never", file)
    assert "" == schema("github-workflows", file)


def test_the_recipe_for_gitlab_follows_its_schema(tmp_path: Path) -> None:
    """GitLab takes what the README shows."""
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(shown(".gitlab-ci.yml"), encoding="utf-8")

    assert "" == schema("gitlab-ci", file)


NOTIFYING = ROOT / "docs" / "how-to" / "notify-subscribers.md"


def test_the_job_to_add_by_hand_is_that_of_new_sites() -> None:
    """The job on the how-to page is the one that `init` writes, without remarks for an auditor."""
    (job,) = re.findall(r"```yml\n(     notify:\n.*?)   ```", NOTIFYING.read_text("utf-8"), re.S)
    written = re.sub(r" # zizmor:.*", "", calling("notify"))

    assert written == re.sub(r"^   ", "", job, flags=re.MULTILINE)


def test_the_recipe_for_notifying_on_gitlab_follows_its_schema(tmp_path: Path) -> None:
    """GitLab takes the job of the how-to page below the one of the README."""
    (job, line) = re.findall(r"^```yml\n(.*?)```", NOTIFYING.read_text("utf-8"), re.S | re.M)
    script = "    - statusgen notify\n"
    for number, text in enumerate((job, job.replace(script, line + script))):
        file = tmp_path / f"{number}.gitlab-ci.yml"
        file.write_text(f"{shown('.gitlab-ci.yml')}\n{text}", encoding="utf-8")

        assert "" == schema("gitlab-ci", file)
        assert "statusgen notify" == yaml.safe_load(file.read_text("utf-8"))["notify"]["script"][-1]


def test_the_readme_names_this_version() -> None:
    """What people copy is the version that they read about."""
    text = (ROOT / "README.md").read_text("utf-8")
    found = re.findall(r"statusgen(?:==|/\.github/actions/\w+@v)([\d.]+\d)", text)

    assert {__version__} == set(found)


def test_a_release_is_built_apart_from_its_tests() -> None:
    """Nothing that tests install touches the packages; both have to succeed, from a tag on main."""
    text = (GITHUB / "workflows" / "release.yml").read_text("utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    commands = {
        name: "\n".join(step.get("run", "") for step in job["steps"]) for name, job in jobs.items()
    }

    assert ["test"] == [name for name, text in commands.items() if ".ci/run" in text]
    assert ["build"] == [name for name, text in commands.items() if "--require-hashes" in text]
    assert ["test", "build"] == jobs["publish"]["needs"]


@pytest.mark.parametrize(
    "file", [*WORKFLOWS, *ACTIONS], ids=lambda path: path.parent.name + path.stem
)
def test_scripts_call_git_by_its_path(file: Path) -> None:
    """What stands first on the PATH of a runner is never taken for Git."""
    found = yaml.safe_load(file.read_text("utf-8"))
    jobs = [found["runs"]] if "runs" in found else found["jobs"].values()
    scripts = "\n".join(step.get("run", "") for job in jobs for step in job.get("steps", ()))

    assert [] == re.findall(r"^.*(?<![\w/.-])git [a-z-].*", scripts, re.MULTILINE)


@pytest.mark.parametrize(
    "file", [*WORKFLOWS, *ACTIONS], ids=lambda path: "-".join((*path.parts[-4:-1], path.stem))
)
def test_scripts_get_values_from_their_environment(file: Path) -> None:
    """No expression is part of a script, so no input, event or secret can become a command."""
    found = yaml.safe_load(file.read_text("utf-8"))
    jobs = [found["runs"]] if "runs" in found else found["jobs"].values()
    scripts = [step.get("run", "") for job in jobs for step in job.get("steps", ())]

    assert [] == [script for script in scripts if "${{" in script]


@pytest.mark.parametrize("is_on_main", [True, False])
def test_a_release_is_made_of_a_commit_on_main(is_on_main: bool, tmp_path: Path) -> None:
    """A tag on another commit fails, even where a tag has the name of the branch on the remote."""
    text = (GITHUB / "workflows" / "release.yml").read_text("utf-8")
    (script,) = (
        step["run"]
        for step in yaml.safe_load(text)["jobs"]["build"]["steps"]
        if step["name"] == "See that the tag is the version, on main"
    )
    acting.git(tmp_path, "init", "--quiet")
    acting.commit(tmp_path, {"statusgen/__init__.py": f'__version__ = "{__version__}"\n'})
    acting.git(tmp_path, "update-ref", "refs/remotes/origin/main", "HEAD")
    if not is_on_main:
        acting.commit(tmp_path, {"other.txt": "Not merged"})
        acting.git(tmp_path, "tag", "origin/main")
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "GITHUB_REF_NAME": f"v{__version__}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (not is_on_main) == done.returncode
    assert is_on_main == ("is not on main" not in done.stdout)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda path: f"{path.parts[-4]}-{path.stem}")
def test_refs_are_named_in_full(file: Path) -> None:
    """No workflow takes a tag for the branch of the same name: the short name is the same."""
    assert "github.ref_name" not in file.read_text("utf-8")


def test_only_the_default_branch_is_published_by_hand() -> None:
    """A workflow that publishes on a push runs for nothing but the default branch."""
    branch = "${{ github.ref == format('refs/heads/{0}', github.event.repository.default_branch) }}"
    files = [STARTER / "workflows" / "publish.yml", GITHUB / "workflows" / "example.yml"]

    assert [branch] * 2 == [
        yaml.safe_load(file.read_text("utf-8"))["jobs"]["page"]["if"] for file in files
    ]


def test_imports_wait_for_each_other_behind_their_condition() -> None:
    """A run that is skipped replaces none that waits: what a stranger does never comes between."""
    reusable = yaml.safe_load((GITHUB / "workflows" / "import.yml").read_text("utf-8"))
    own = yaml.safe_load((STARTER / "workflows" / "import.yml").read_text("utf-8"))
    job = reusable["jobs"]["import"]

    assert "concurrency" not in reusable
    assert "labels" in job["if"]
    assert "statusgen-import-${{ inputs.site }}" == job["concurrency"]["group"]
    assert own["concurrency"]["group"].endswith("${{ github.run_id }}")


def test_the_import_of_a_board_names_its_secrets() -> None:
    """The two secrets are passed one by one, and the step that reads the board alone sees them."""
    own = yaml.safe_load((STARTER / "workflows" / "import-trello.yml").read_text("utf-8"))
    reusable = yaml.safe_load((GITHUB / "workflows" / "import-trello.yml").read_text("utf-8"))
    (call,) = own["jobs"].values()
    (trigger,) = (value for key, value in reusable.items() if key is True)  # YAML reads "on" so
    secrets = {name: f"${{{{ secrets.{name} }}}}" for name in ("TRELLO_KEY", "TRELLO_TOKEN")}
    steps = [step for job in reusable["jobs"].values() for step in job["steps"]]
    seen = [step["id"] for step in steps if "secrets." in str(step)]

    assert secrets == call["secrets"]
    assert dict.fromkeys(secrets, True) == {
        name: secret["required"] for name, secret in trigger["workflow_call"]["secrets"].items()
    }
    assert ["import"] == seen


def test_imports_of_a_board_wait_for_each_other() -> None:
    """A running import is never cancelled, and one of issues replaces none of a board."""
    reusable = yaml.safe_load((GITHUB / "workflows" / "import-trello.yml").read_text("utf-8"))
    own = yaml.safe_load((STARTER / "workflows" / "import-trello.yml").read_text("utf-8"))
    group = "statusgen-import-trello-${{ inputs.site }}"

    assert {"group": group, "cancel-in-progress": False} == reusable["jobs"]["import"][
        "concurrency"
    ]
    assert {"group": "import-trello", "cancel-in-progress": False} == own["concurrency"]


def test_a_board_is_imported_by_the_clock_by_hand_and_by_a_relay() -> None:
    """The schedule avoids the full hour; a `repository_dispatch` of type trello starts it, too."""
    own = yaml.safe_load((STARTER / "workflows" / "import-trello.yml").read_text("utf-8"))
    (triggers,) = (value for key, value in own.items() if key is True)  # YAML reads "on" so

    assert {
        "schedule": [{"cron": "7-59/15 * * * *"}],
        "workflow_dispatch": None,
        "repository_dispatch": {"types": ["trello"]},
    } == triggers
