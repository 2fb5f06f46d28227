"""Tests of the README against the code: tables, commands, blocks and messages."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from statusgen.cli import main
from statusgen.config.fields import ConfigShape, GitHubShape, GroupShape, ServiceShape
from statusgen.config.parser import parse_config
from statusgen.content import parser
from statusgen.content.fields import IncidentShape, UpdateShape
from statusgen.i18n import catalogue
from statusgen.problems import Level
from statusgen.schema import json_schema
from statusgen.schema.base_model import Shape
from tests.conftest import ROOT, Run

README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").rglob("*.md"))


def keys(shape: type[Shape]) -> str:
    schema = json_schema.json_schema(shape)
    rows = ["| key | means | default |", "|---|---|---|"]
    for name, key in schema["properties"].items():
        default = "required" if name in schema.get("required", ()) else shown(key.get("default"))
        rows.append(f"| `{name}` | {key['description']} | {default} |")
    return "\n".join(rows)


def shown(default: object) -> str:
    if default is None:
        return ""
    if isinstance(default, dict):
        weights = [f"`{name}: {value}`" for name, value in default.items() if value]
        return ", ".join([*weights, "others 0"])
    return f"`{json.dumps(default)}`".replace('"', "")


def blocks() -> str:
    rows = ["| template | page | blocks |", "|---|---|---|"]
    for path in sorted((ROOT / "templates").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        found = ", ".join(f"`{name}`" for name in re.findall(r"\{% block (\w+) %\}", text))
        rows.append(f"| `{path.name}` | {PAGES[path.name]} | {found} |")
    return "\n".join(rows)


PAGES = {
    "404.html": "what a host shows for an address that is not there",
    "base.html": "the frame of every page",
    "history.html": "the months",
    "incident.html": "one incident, maintenance or notice",
    "index.html": "the front page",
    "month.html": "a month",
    "moved.html": "from an id or an old address to its incident",
    "service.html": "one service",
    "severity.html": "the incidents of one severity",
    "subscribe.html": "feeds, calendar, badges, banner",
    "year.html": "an earlier year of a service or a severity",
}

PARTS: dict[str, Callable[[], str]] = {
    "incident keys": lambda: keys(IncidentShape),
    "update keys": lambda: keys(UpdateShape),
    "settings": lambda: keys(ConfigShape),
    "services": lambda: keys(ServiceShape),
    "groups": lambda: keys(GroupShape),
    "github": lambda: keys(GitHubShape),
    "blocks": blocks,
    "messages": lambda: "\n".join(
        ["| name | English |", "|---|---|"]
        + [f"| `{name}` | {text} |" for name, text in catalogue.messages("en").items()]
    ),
}


@pytest.mark.parametrize("part", PARTS)
def test_tables_match_the_code(part: str, update_expected: bool) -> None:
    """Tables of keys, blocks and messages match the code, including descriptions."""
    begin, end = f"<!-- begin {part} -->\n", f"<!-- end {part} -->"
    text = README.read_text(encoding="utf-8")
    head, rest = text.split(begin)
    actual, tail = rest.split(end)
    expected = PARTS[part]() + "\n"
    if update_expected:
        README.write_text(head + begin + expected + end + tail, encoding="utf-8")
        actual = expected

    assert expected == actual


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, including those of groups."""
    for name, found in group.commands.items():
        command = found.loaded() if isinstance(found, main.LazyCommand) else found
        yield (above + name, command)
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")


COMMANDS = dict(commands(main.commands))


def test_every_command_and_option_is_documented() -> None:
    """The README names every command and every option."""
    text = README.read_text(encoding="utf-8")
    names = [f"statusgen {name}" for name in COMMANDS]
    for command in COMMANDS.values():
        options = (one for one in command.params if one.param_type_name == "option")
        names += [option.opts[-1] for option in options]

    assert [] == [name for name in names if name not in text]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_shows_an_example(command: str, run: Run) -> None:
    """The help of every command ends with an example to copy."""
    ran = run(*command.split(), "--help")

    assert (0, True) == (ran.status, f"Example: statusgen {command}" in ran.out)


def examples(kind: str, *pages: Path) -> Iterator[str]:
    for page in pages or [README]:
        text = page.read_text(encoding="utf-8")
        yield from re.findall(rf"```{kind}\n(.*?)```", text, flags=re.DOTALL)


SITE = """\
title: Acme
url: https://status.acme.example
services:
  - {id: api, name: API}
  - {id: dashboard, name: Dashboard}
  - {id: db, name: Database}
"""


@pytest.mark.parametrize("example", tuple(examples("markdown")))
def test_the_incident_files_shown_are_valid(example: str) -> None:
    """Every incident file in the README parses without a problem."""
    config, _ = parse_config(SITE, path=Path("statusgen.yml"))

    parsed = parser.parse(example, path=Path("a.md"), slug="a", config=config)

    assert () == parsed.problems


@pytest.mark.parametrize("example", tuple(examples("yaml")))
def test_the_settings_shown_are_valid(example: str) -> None:
    """Every part of statusgen.yml in the README is valid."""
    whole = example if "title:" in example else SITE + example

    _, problems = parse_config(whole, path=Path("statusgen.yml"))

    assert [] == [problem for problem in problems if problem.level is Level.ERROR]


@pytest.mark.parametrize("example", tuple(examples("jinja", README, *DOCS)))
def test_the_templates_shown_build(example: str, run: Run, tmp_path: Path) -> None:
    """Every template in the documentation builds a site when saved under its name."""
    name = re.match(r"\{# templates/([\w./]+):", example)
    assert name is not None
    template = tmp_path / "templates" / name[1]
    template.parent.mkdir(parents=True)
    template.write_text(example, encoding="utf-8")
    settings = f"{SITE}data: {{colour: red}}\n"
    (tmp_path / "statusgen.yml").write_text(settings, encoding="utf-8")

    ran = run("check")

    assert (0, "") == (ran.status, ran.out)


@pytest.mark.parametrize("page", [README, *DOCS], ids=lambda page: page.stem)
def test_relative_links_name_files(page: Path) -> None:
    """Every relative link in the documentation names a file in the repository."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)

    assert [] == [link for link in links if not (page.parent / link).is_file()]
