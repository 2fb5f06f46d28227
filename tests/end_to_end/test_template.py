"""The template repository: a site that can be published without a command on any machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from statusgen.config.settings import EXAMPLE_URL
from tests.conftest import ROOT, Run
from tests.support import acting
from tests.support.acting import Runner

DAY = "2026-11-20"
NOW = ("--now", "2026-11-21 10:00")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Write the template into a folder, as `make template` does."""
    folder = tmp_path / "template"
    script = ROOT / ".ci" / "template.py"
    subprocess.run([sys.executable, script, folder, DAY], cwd=ROOT, check=True)
    return folder


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_template_is_a_site_without_problems(template: Path, run: Run) -> None:
    """It builds; all that `check` says is that the address is an example."""
    checked = run("check", *NOW, cwd=template)

    assert (0, 1, True) == (
        checked.status,
        len(checked.out.splitlines()),
        f"'{EXAMPLE_URL}' is an example" in checked.out,
    )
    assert 0 == run("build", *NOW, cwd=template).status


def test_the_template_has_the_files_of_a_new_site(template: Path, run: Run, tmp_path: Path) -> None:
    """It has all files of `init`, except issue forms, which need a command when services change."""
    run("init", "new", "--now", f"{DAY} 00:00")
    new, found = files_in(tmp_path / "new"), files_in(template)
    forms = {path for path in new if "ISSUE_TEMPLATE" in path}

    assert set(new) - forms == set(found) - {"README.md"}
    assert {".schema/incident.json"} == {
        path for path, data in found.items() if path in new and data != new[path]
    }


def test_other_services_need_no_command(template: Path, run: Run) -> None:
    """After the first edit in the browser, nothing in the repository is out of date."""
    (template / "statusgen.yml").write_text(
        "title: Acme\nurl: https://acme.example\nservices: [{id: shop, name: Shop}]\n", "utf-8"
    )
    checked = run("check", *NOW, cwd=template)
    schema = (template / ".schema" / "incident.json").read_text("utf-8")

    assert (0, "") == (checked.status, checked.out)
    assert False is ('"web"' in schema)


def test_the_readme_of_the_template_is_right(template: Path, run: Run) -> None:
    """Its links lead to files of the template and of the docs, and its incident is accepted."""
    text = (template / "README.md").read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    docs = "https://github.com/statusgen/statusgen/blob/main/"
    local = [one for one in links if "://" not in one]
    remote = [one.removeprefix(docs).partition("#")[0] for one in links if one.startswith(docs)]
    (incident,) = re.findall(r"```markdown\n(.*?)```", text, re.DOTALL)
    (template / "incidents" / "2026-11-20-api-errors.md").write_text(incident, "utf-8")

    assert ([], []) == (
        [one for one in local if not (template / one).exists()],
        [one for one in remote if not (ROOT / one).exists()],
    )
    assert (2, 6) == (len(local), len(remote))
    assert 0 == run("check", *NOW, cwd=template).status


@pytest.mark.slow
def test_the_first_edit_publishes_the_page(template: Path, tmp_path: Path) -> None:
    """A commit that changes the address publishes the page by the workflow of the template."""
    runner = Runner(tmp_path / "runner")
    acting.git(template, "init", "--quiet", "--initial-branch=main")
    with acting.serving(runner.state / "live") as url:
        settings = (template / "statusgen.yml").read_text("utf-8").replace(EXAMPLE_URL, url)
        acting.commit(template, {"statusgen.yml": settings})
        ran = runner.run(template, "publish.yml", "push", {})

    assert url == yaml.safe_load(settings)["url"]
    assert dict.fromkeys(("Build", "Deploy", "Verify", "Notify"), "success") == ran.jobs
    assert "Acme Status" in (runner.state / "live" / "index.html").read_text("utf-8")
