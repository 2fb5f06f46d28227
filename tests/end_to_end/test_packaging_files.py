"""Files with which other programs use statusgen: pre-commit, containers and editors."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.conftest import ROOT, Run, write_site

HOOKS = ROOT / ".pre-commit-hooks.yaml"
DOCKERFILE = ROOT / "docs" / "how-to" / "container" / "Dockerfile"
SCHEMAS = ROOT / "docs" / "reference"


@pytest.mark.parametrize(
    ("path", "is_checked"),
    [
        pytest.param("statusgen.yml", True, id="settings"),
        pytest.param("incidents/2026/a.md", True, id="incident"),
        pytest.param("status/incidents/a.md", True, id="site-in-a-folder"),
        pytest.param("templates/base.html", True, id="template"),
        pytest.param("static/logo.svg", True, id="logo"),
        pytest.param("README.md", False, id="readme"),
        pytest.param("src/my-incidents/a.md", False, id="another-folder"),
    ],
)
def test_the_hook_runs_when_the_site_changes(path: str, is_checked: bool) -> None:
    """The hook for pre-commit runs for files of a site, in any folder, and for no others."""
    (hook,) = yaml.safe_load(HOOKS.read_text("utf-8"))

    assert is_checked == (re.search(hook["files"], path) is not None)


def test_the_hook_checks_the_whole_site(run: Run, tmp_path: Path) -> None:
    """The command of the hook gets no file names; it fails if any file has an error."""
    (hook,) = yaml.safe_load(HOOKS.read_text("utf-8"))
    name, *words = hook["entry"].split()
    write_site(tmp_path, {"incidents/a.md": "---\ntitle: A\n---\n"})

    assert ("statusgen", "python", False) == (name, hook["language"], hook["pass_filenames"])
    assert 1 == run(*words).status


def test_the_image_contains_what_a_build_needs(tmp_path: Path) -> None:
    """The files that the Dockerfile copies are enough to build a site, with its command."""
    text = DOCKERFILE.read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(.*) (\S+)$", text, re.MULTILINE)
    for sources, _ in copied:
        assert [] == [one for one in sources.split() if not (ROOT / one).exists()]
    for sources, target in copied:
        if target.startswith("/opt/source/"):
            shutil.copytree(ROOT / sources, tmp_path / target.lstrip("/"))
    (entry,) = re.findall(r"^ENTRYPOINT (.*)$", text, re.MULTILINE)
    (search,) = re.findall(r"PYTHONPATH=(\S+)", text)
    site = write_site(tmp_path / "site", {})
    subprocess.run(
        [sys.executable, *json.loads(entry)[1:], "build"],
        cwd=site,
        env={"PYTHONPATH": str(tmp_path / search.lstrip("/")), "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )

    assert True is (site / "_site" / "index.html").is_file()


@pytest.mark.parametrize(
    ("name", "file"), [("config", "statusgen.schema.json"), ("incident", "incident.schema.json")]
)
def test_the_schemas_at_a_public_address_are_those_of_the_code(
    name: str, file: str, run: Run, update_expected: bool
) -> None:
    """The schemas in docs/ are what `statusgen schema` prints outside a site, and are valid."""
    printed = run("schema", name).out
    if update_expected:
        (SCHEMAS / file).write_text(printed, "utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(printed))

    assert printed == (SCHEMAS / file).read_text("utf-8")
