"""Tests of JSON Schemas for editors: they accept every valid file and report invalid values."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from statusgen.config.fields import ConfigShape
from statusgen.config.json_schema import config_schema
from statusgen.config.parser import parse_config
from statusgen.content import parser
from statusgen.content.fields import IncidentShape
from statusgen.content.json_schema import incident_schema
from statusgen.model import Incident, Kind, Service, Severity
from statusgen.problems import errors
from statusgen.schema import json_schema
from statusgen.schema.shapes.shape import Shape
from tests.conftest import ROOT, SETTINGS, Run, scaled, write_site
from tests.support.doc_pages import all_code, whole_settings
from tests.support.examples import made
from tests.unit.config import test_parser
from tests.unit.content.test_parser import WORDS, empty_keys, file_of, incidents, parse

SERVICES = (
    Service(id="api", name="Public API", aliases=("rest-api", "Old API")),
    Service(id="web", name="Website"),
)
SCHEMAS = {
    "incident": incident_schema(),
    "incident of a site": incident_schema(services=SERVICES),
    "config": config_schema(),
}


class Editor(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML loader like those in editors: YAML 1.2's core schema, which infers types."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  PyYAML expects a class attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        """Return a map whose keys are texts, as in JSON."""
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

    def integer(self, node: yaml.ScalarNode) -> int:
        text = str(node.value)
        return int(text, 0) if text.startswith(("0o", "0x")) else int(text)


for _tag, _pattern in {
    "null": "~|null|Null|NULL|",
    "bool": "true|True|TRUE|false|False|FALSE",
    "int": "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}.items():
    Editor.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), None
    )
Editor.add_constructor("tag:yaml.org,2002:int", Editor.integer)


def seen(text: str) -> Any:
    """Return the values that an editor reads from the YAML *text*."""
    return yaml.load(text, Loader=Editor)  # noqa: S506  Editor is a safe loader


def matter(text: str) -> str:
    """Return the front matter of the incident file *text*."""
    return re.split(r"^-{3,}[ \t]*$", text.replace("\r\n", "\n"), maxsplit=2, flags=re.M)[1]


def marks(name: str, text: str) -> list[str]:
    """Return the messages that an editor with the schema *name* shows for the YAML *text*."""
    return [error.message for error in Draft202012Validator(SCHEMAS[name]).iter_errors(seen(text))]


def faults(text: str) -> list[str]:
    """Return the errors that `check` finds in *text* as statusgen.yml."""
    return [one.message for one in errors(parse_config(text, path=Path("statusgen.yml"))[1])]


def faults_of_file(text: str) -> list[str]:
    """Return the errors that `check` finds in *text* as an incident file of the small site."""
    return [one.message for one in errors(parse(text).problems)]


# Valid files.


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid(name: str) -> None:
    """Each schema is valid in draft 2020-12, and in draft 7 for older editors."""
    Draft202012Validator.check_schema(SCHEMAS[name])
    Draft7Validator.check_schema(SCHEMAS[name])

    assert "https://json-schema.org/draft/2020-12/schema" == SCHEMAS[name]["$schema"]


FOLDERS = [ROOT, *sorted((ROOT / "tests" / "sites").iterdir())]
FOLDERS += sorted((ROOT / "tests" / "invalid").glob("warning-*"))
FILES = [path for folder in FOLDERS for path in sorted((folder / "incidents").rglob("*.md"))]
FILES = [path for path in FILES if "documents-in-incidents" not in path.as_posix()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_an_editor_marks_nothing_in_our_incident_files(path: Path) -> None:
    """An editor accepts every incident file without errors, with or without warnings."""
    assert [] == marks("incident", matter(path.read_text("utf-8")))


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_an_editor_marks_nothing_in_our_settings(folder: Path) -> None:
    """An editor accepts every statusgen.yml without an error."""
    assert [] == marks("config", (folder / "statusgen.yml").read_text("utf-8"))


@pytest.mark.parametrize("example", all_code("markdown"))
def test_an_editor_marks_nothing_in_the_files_of_the_documentation(example: str) -> None:
    """An editor accepts the incident files shown, with and without known services."""
    assert [] == marks("incident", matter(example))
    assert [] == marks("incident of a site", matter(example))


@pytest.mark.parametrize("example", all_code("yaml"))
def test_an_editor_marks_nothing_in_the_settings_of_the_documentation(example: str) -> None:
    """An editor accepts the settings of the documentation."""
    assert [] == marks("config", whole_settings(example))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(file_of(title="404"), id="title-is-a-number"),
        pytest.param(file_of(title="1e3"), id="title-is-a-float"),
        pytest.param(file_of(title="true"), id="title-is-a-truth-value"),
        pytest.param(file_of(title="null"), id="title-is-null"),
        pytest.param(file_of(title="~"), id="title-is-a-tilde"),
        pytest.param(file_of(title="2026-11-20"), id="title-is-a-day"),
        pytest.param(file_of(title='"' + "a   " * 100 + '"'), id="title-with-blanks-to-fold"),
        pytest.param(file_of("source: 12"), id="source-is-a-number"),
        pytest.param(file_of("id: 012345678901"), id="id-of-digits"),
        pytest.param(file_of("id: 1e0123456789"), id="id-is-a-float"),
        pytest.param(file_of("pin: true", "draft: 'false'"), id="flags"),
        pytest.param(file_of("x-a: [1, {b: null}]", "x-: no"), id="own-keys"),
        pytest.param(file_of("updates: []"), id="no-updates"),
        pytest.param(file_of("redirect_from: 42"), id="old-address-is-a-number"),
        pytest.param(file_of("redirect_from: [1.5, true, a b/, ä.html]"), id="old-addresses"),
        pytest.param(file_of("redirect_from: "), id="old-addresses-left-empty"),
        pytest.param(file_of("redirect_from: ''"), id="old-addresses-are-an-empty-text"),
        pytest.param(
            file_of("updates:", "  - {at: 2026-11-20 09:00Z, text: }"), id="text-left-empty"
        ),
        *(
            pytest.param(file_of(*empty_keys(value)), id=f"empty-keys-{value or 'nothing'}")
            for value in ("", "''", "null", "~", "[]", "{}")
        ),
        pytest.param(
            file_of("updates:", "  - {at: 2026-11-20 09:00Z, text: 503, x-by: 1}", started=""),
            id="text-is-a-number",
        ),
        pytest.param(file_of(started="2026-11-20T09:05:30.25 +2"), id="time-with-all-parts"),
        pytest.param(file_of(started="2026-11-20 09:05 UTC"), id="time-with-utc"),
        pytest.param(file_of(started="2026-11-20 09:05 +0530"), id="time-with-a-short-offset"),
        pytest.param(file_of(started="1970-01-02 00:00"), id="first-year"),
        pytest.param(file_of(started="2999-12-31 12:00"), id="last-year"),
        pytest.param(file_of(severity="none", services="[]"), id="notice-without-services"),
        pytest.param(
            file_of(
                "announced: 2026-11-20 09:00",
                "starts: 2026-11-21 09:00",
                "ends: 2026-11-21 10:00",
                severity="maintenance",
                services="[]",
                started="",
            ),
            id="maintenance-without-services",
        ),
    ],
)
def test_what_is_odd_but_right_is_right_in_an_editor(text: str) -> None:
    """Text that an editor reads as another type is accepted."""
    assert [] == faults_of_file(text)
    assert [] == marks("incident", matter(text))
    assert [] == marks("incident of a site", matter(text))


@pytest.mark.parametrize(
    "rows",
    [
        "days: '15'\nrefresh: 0\ngrid_days: 030",
        "events: {reopen_within: 0}",
        "events: {reopen_within: '0'}",
        "events: {reopen_within: 15 min}\nlanguage: de",
        "weights: {partial: '0.3', major: 1.0, degraded: 0, maintenance: 0.000001, x-a: b}",
        "feed_authority: 404",
        "logo: 404\nfavicon: null",
        "icons: {major: 1.5, none: eye, resolved: a/b.svg}",
        "csp: {script-src: [self, '*.a.example'], img-src: ['https:']}\nlanguage: en-GB",
        "csp: {script-src: []}",
        "csp: {}",
        "announcement: 5",
        "messages: {home: 1}\ndata: null",
        "hub: HTTPS://A.example/?a=b#c",
        "repository: https://git.acme.example/a/b/tree/main/c/d/",
        "groups: [{id: 7, name: no, x-a: []}]",
        "groups: []\napi: []\nlinks: {}",
        "data: {a: [b]}\nx-theme: {dark: true}",
        "language:\ngroups: {}\nweights: {major: }\nkeep_open: ''\ndays: null",
        "logo: {}\nicons: []\nlinks: {header: '', footer: }\ngithub: {trusted: '', aliases: }",
        "channels: ''\napi: ''\nhub: ~\nfeed_authority: ''\ntexts: []\nmessages: ''",
    ],
)
def test_odd_settings_are_right_in_an_editor(rows: str) -> None:
    """Text in the settings that an editor reads as another type is accepted."""
    assert [] == faults(SETTINGS + rows)
    assert [] == marks("config", SETTINGS + rows)


def test_a_service_may_have_any_name_that_the_settings_allow() -> None:
    """Numeric ids and multi-word aliases are accepted in every list and map."""
    known, _ = parse_config(
        "title: A\nurl: https://a.example\n"
        "services: [{id: 404, name: A}, {id: null, name: B, aliases: [Old Name, 1.5]}]\n",
        path=Path("statusgen.yml"),
    )
    rows = ["updates: [{at: 2026-11-20 09:00Z, text: a, services: {Old Name: none}}]"]

    for services in ("[404, null]", "[404, Old Name]", "{404: major, 1.5: degraded}"):
        text = file_of(*rows, services=services)

        assert () == parse(text, known=known).problems
        assert [] == marks("incident", matter(text))
        assert [] == marks("incident of a site", matter(text))


# Mistakes.


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(file_of("servces: [web]"), id="key-misspelt"),
        pytest.param(file_of("extra: {}"), id="key-of-the-record"),
        pytest.param(file_of("'x-*': 1").replace("x-*", "x*"), id="own-key-without-a-hyphen"),
        pytest.param(file_of(severity="critical"), id="severity-unknown"),
        pytest.param(file_of(severity="[major]"), id="severity-is-a-list"),
        pytest.param(file_of("state: fixed"), id="state-unknown"),
        pytest.param(file_of("state: completed"), id="state-of-a-maintenance"),
        pytest.param(file_of(title=""), id="title-missing"),
        pytest.param(file_of(title="[a]"), id="title-is-a-list"),
        pytest.param(file_of(title="' '"), id="title-is-blank"),
        pytest.param(file_of(severity=""), id="severity-missing"),
        pytest.param(file_of(services=""), id="services-missing"),
        pytest.param(file_of(services="api"), id="services-is-a-word"),
        pytest.param(file_of(services="[]"), id="incident-without-services"),
        pytest.param(file_of(services="{}"), id="incident-without-services-in-a-map"),
        pytest.param(file_of(services="[{api: major}]"), id="list-of-maps"),
        pytest.param(file_of(services="{api: bad}"), id="severity-of-a-service-unknown"),
        pytest.param(file_of(services="{api: }"), id="severity-of-a-service-left-empty"),
        pytest.param(file_of(services="{api: maintenance}"), id="severity-of-a-maintenance"),
        pytest.param(
            file_of("starts: 2026-11-20 09:00", "ends: 2026-11-20 10:00"),
            id="window-on-an-incident",
        ),
        pytest.param(file_of(severity="maintenance"), id="maintenance-without-a-window"),
        pytest.param(file_of("id: ABC"), id="id-too-short"),
        pytest.param(file_of("pin: yes"), id="flag-is-yes"),
        pytest.param(file_of("pin: 1"), id="flag-is-a-number"),
        pytest.param(file_of("source: [a]"), id="source-is-a-list"),
        pytest.param(file_of("redirect_from: {a: b}"), id="old-addresses-are-a-map"),
        pytest.param(file_of("redirect_from: [[a]]"), id="old-addresses-in-a-list-in-a-list"),
        pytest.param(file_of("redirect_from: /a"), id="old-address-that-begins-with-a-slash"),
        pytest.param(file_of("redirect_from: [a/../b]"), id="old-address-that-leaves-its-folder"),
        pytest.param(file_of("redirect_from: [a%20b]"), id="old-address-with-a-code"),
        pytest.param(file_of(f"redirect_from: {'a' * 201}"), id="old-address-too-long"),
        pytest.param(file_of(started=""), id="started-missing"),
        pytest.param(file_of("updates: []", started=""), id="started-missing-without-updates"),
        pytest.param(file_of(started="2026-11-20"), id="time-without-a-time-of-day"),
        pytest.param(file_of(started="2026-13-20 09:00"), id="month-that-does-not-exist"),
        pytest.param(file_of(started="2026-11-20 24:00"), id="hour-that-does-not-exist"),
        pytest.param(file_of("updates: {at: a}"), id="updates-is-a-map"),
        pytest.param(file_of("updates: [a]"), id="update-is-a-word"),
        pytest.param(file_of("updates: [{text: a}]"), id="update-without-at"),
        *(
            pytest.param(file_of(f"updates: [{{at: 2026-11-20 09:00Z, text: a, {pair}}}]"), id=name)
            for name, pair in {
                "update-with-an-unknown-key": "when: now",
                "update-with-an-unknown-severity": "severity: bad",
                "update-with-the-severity-of-a-maintenance": "severity: maintenance",
                "update-with-the-state-of-a-maintenance": "state: verifying",
                "update-with-a-list-in-a-list": "services: [[api]]",
                "update-with-a-word-for-services": "services: api",
            }.items()
        ),
        pytest.param(
            file_of("updates:", *["  - {at: 2026-11-20 09:00Z, text: a}"] * 201), id="201-updates"
        ),
    ],
)
def test_a_mistake_in_a_file_is_marked_by_an_editor(text: str) -> None:
    """An editor reports a mistake in an incident file that `check` reports."""
    assert [] != faults_of_file(text)
    assert [] != marks("incident", matter(text))
    assert [] != marks("incident of a site", matter(text))


@pytest.mark.parametrize(
    "text",
    [
        SETTINGS.replace("title:", "titel:"),
        SETTINGS.replace("url:", "x-url:"),
        SETTINGS.replace("https:", "ftp:"),
        SETTINGS.replace("acme.example", "acme.example/?a"),
        SETTINGS.replace("id: api", "id: API"),
        SETTINGS.replace("id: api", f"id: {'a' * 65}"),
        SETTINGS.replace("id: api", "ident: api"),
        SETTINGS.replace("Europe/Rome", "localtime"),
        "title: A\nurl: https://a.example\nservices: []\n",
        "title: A\nurl: https://a.example\nservices: {api: A}\n",
        "title: A\nurl: https://a.example\nservices: [{id: api, name: A, since: 2024}]\n",
        "title: A\nurl: https://a.example\nservices: [{id: api, name: A, link: a.example}]\n",
        "title: A\nurl: https://a.example\nservices: [{id: api, name: A, aliases: b}]\n",
        *(
            SETTINGS + row
            for row in (
                "days: 91",
                "days: many",
                "days: 1.5",
                "grid_days: 0",
                "refresh: -1",
                "keep_open: yes",
                "push: main",
                "events: {reopen_within: 30}",
                "events: {reopen_within: soon}",
                "events: 30m",
                "weights: {major: 2}",
                "weights: {major: -0.1}",
                "weights: {large: 1}",
                "weights: [1]",
                "history_style: bar",
                "groups: [{id: a, name: A, collapse: yes}]",
                "accent: red",
                "logo: {dark: a.svg}",
                "logo: ../a.svg",
                "favicon: https://a.example/a.svg",
                "extra_css: /a.css",
                "icons: {major: hammer}",
                "icons: {large: eye}",
                "icons: [eye]",
                "csp: {default-src: [self]}",
                "csp: {script-src: self}",
                "csp: {script-src: [a b]}",
                "links: {left: []}",
                "links: {header: [{name: A}]}",
                "links: {header: [{name: A, url: 'javascript:alert(1)'}]}",
                "repository: https://github.com/acme",
                "api: [v2]",
                "api: statuspage",
                "hub: hub.example",
                "feed_authority: https://a.example",
                "messages: a",
                "messages: {home: [a]}",
            )
        ),
    ],
)
def test_a_mistake_in_the_settings_is_marked_by_an_editor(text: str) -> None:
    """An editor reports a mistake in the settings that `check` reports."""
    assert [] != faults(text)
    assert [] != marks("config", text)


@pytest.mark.parametrize(
    ("key", "number"),
    [(key, number) for key in ("days", "grid_days", "refresh") for number in (-1, 0, 1, 30, 31, 90)]
    + [("days", 91), ("refresh", 86_400), ("refresh", 86_401)],
)
def test_a_number_has_the_same_range_everywhere(key: str, number: int) -> None:
    """A range has the same ends in `check` and in an editor."""
    text = f"{SETTINGS}{key}: {number}"

    assert bool(faults(text)) == bool(marks("config", text))


TIMES = {
    "started": "2026-11-20 09:00Z",
    "resolved": "2026-11-20 10:00Z",
    "announced": "2026-11-20 09:00Z",
    "starts": "2026-11-21 09:00Z",
    "ends": "2026-11-21 10:00Z",
    "until": "2026-11-22 10:00Z",
}
OF_KINDS = {
    Severity.MAJOR: ("started",),
    Severity.NONE: ("started",),
    Severity.MAINTENANCE: ("announced", "starts", "ends"),
}


@pytest.mark.parametrize("key", TIMES)
@pytest.mark.parametrize("severity", OF_KINDS)
def test_a_key_is_for_the_same_kinds_everywhere(severity: Severity, key: str) -> None:
    """A time that does not apply to a kind, or is missing, is an error in both."""
    own = OF_KINDS[severity]
    toggled = [one for one in TIMES if (one in own) != (one == key)]
    rows = [f"{one}: {TIMES[one]}" for one in toggled]
    text = file_of(*rows, severity=severity, started="")

    assert bool(faults_of_file(text)) == bool(marks("incident", matter(text)))


@pytest.mark.parametrize("state", [state for kind in Kind for state in kind.states])
@pytest.mark.parametrize("severity", OF_KINDS)
def test_a_state_is_for_the_same_kinds_everywhere(severity: Severity, state: str) -> None:
    """The states of an update are the same in `check` and in an editor."""
    rows = [f"{one}: {TIMES[one]}" for one in OF_KINDS[severity]]
    update = f"updates: [{{at: 2026-11-21 09:30Z, text: a, state: {state}}}]"
    text = file_of(*rows, update, severity=severity, started="")

    assert bool(faults_of_file(text)) == bool(marks("incident", matter(text)))


# Arbitrary files.


@given(incident=incidents())
@settings(max_examples=scaled(150))
def test_an_editor_marks_nothing_that_statusgen_wrote(incident: Incident) -> None:
    """An editor accepts any formatted record."""
    assert [] == marks("incident", matter(parser.format(incident)))


@given(
    incident=incidents(),
    cut=st.integers(0, 10**4),
    length=st.integers(0, 20),
    put=st.sampled_from(WORDS) | st.text(max_size=3),
)
@settings(max_examples=scaled(250))
def test_an_editor_is_never_stricter_than_check(
    incident: Incident, cut: int, length: int, put: str
) -> None:
    """An editor accepts a file with a random edit if `check` finds no error."""
    text = parser.format(incident)
    at = cut % (text.index("\n---\n") + 1)
    changed = text[:at] + put + text[at + length :]
    assume("\r" not in changed and changed.startswith("---\n"))
    if not faults_of_file(changed):
        assert [] == marks("incident", matter(changed))


@given(text=test_parser.FILES)
@settings(max_examples=scaled(250))
def test_an_editor_is_never_stricter_about_settings(text: str) -> None:
    """An editor accepts any settings in which `check` finds no error."""
    if not faults(text):
        assert [] == marks("config", text)


# Descriptions.


def keys_of(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each key of a shape in *schema* with its route."""
    for name, part in [("", schema), *schema["$defs"].items()]:
        for key, found in part.get("properties", {}).items():
            yield f"{name}.{key}", found


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_has_a_description(name: str) -> None:
    """Every key and part of a schema has a description."""
    schema = SCHEMAS[name]
    parts = [("", schema), *schema["$defs"].items(), *keys_of(schema)]

    assert [] == [route for route, part in parts if not part.get("description")]


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_and_defaults_are_right(name: str) -> None:
    """Each example and default is a valid value."""
    schema = SCHEMAS[name]
    wrong = []
    for route, key in keys_of(schema):
        validator = Draft202012Validator({**key, "$defs": schema["$defs"]})
        given = [*key.get("examples", []), *([key["default"]] if "default" in key else [])]
        wrong += [f"{route}: {value!r}" for value in given if not validator.is_valid(value)]

    assert [] == wrong


@pytest.mark.parametrize("shape", [ConfigShape, IncidentShape])
def test_the_keys_are_those_that_are_read(shape: type[Shape]) -> None:
    """A schema has the keys of a file and allows `x-` keys, but no others."""
    schema = json_schema.json_schema(shape)

    assert list(shape.model_fields) == list(schema["properties"])
    for one in (schema, *(part for part in schema["$defs"].values() if "properties" in part)):
        assert ["^x-"] == list(one["patternProperties"])
        assert one["additionalProperties"] is False


# The command.


@pytest.mark.parametrize("name", ["incident", "config"])
def test_the_command_prints_a_schema(name: str, run: Run) -> None:
    """The schema is complete without a site, and always has the same bytes."""
    ran = run("schema", name)

    assert (0, SCHEMAS[name]) == (ran.status, json.loads(ran.out))
    assert ran.out == run("schema", name).out
    assert ran.out == json.dumps(json.loads(ran.out), indent=2, ensure_ascii=False) + "\n"


def offered(schema: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """Return the services that *schema* suggests in a list, and in a map with their names."""
    of_list = schema["$defs"]["ServiceName"].get("anyOf", [{"enum": []}])[0]["enum"]
    of_map = schema["$defs"]["Affected"]["anyOf"][1].get("properties", {})
    return of_list, {name: key["description"] for name, key in of_map.items()}


@pytest.mark.parametrize("how", ["current folder", "--site"])
def test_the_services_of_the_site_are_offered(how: str, run: Run, tmp_path: Path) -> None:
    """The schema suggests ids and aliases in a site's folder, or with --site."""
    known = SETTINGS.replace("Website", "Wéb 🚀\n    aliases: [cdn, Old Name]")
    site = write_site(tmp_path / "site", {"statusgen.yml": known})
    arguments = ["--site", site] if how == "--site" else []
    ran = run("schema", "incident", *arguments, cwd=tmp_path if arguments else site)
    expected = {
        "api": "Public API",
        "web": "Wéb 🚀",
        "db": "Database",
        "cdn": "Wéb 🚀",
        "Old Name": "Wéb 🚀",
    }

    assert (0, "") == (ran.status, ran.err)
    assert ([*expected], expected) == offered(json.loads(ran.out))


@pytest.mark.parametrize("settings_text", [None, "title: [", "titel: A"])
def test_settings_that_cannot_be_read_are_no_failure(
    settings_text: str | None, run: Run, tmp_path: Path
) -> None:
    """A site without valid settings gets a schema without services, and a message."""
    if settings_text is not None:
        write_site(tmp_path, {"statusgen.yml": settings_text})
    ran = run("schema", "incident")

    assert (0, ([], {})) == (ran.status, offered(json.loads(ran.out)))
    assert "cannot read statusgen.yml in .; the schema does not list services\n" == ran.err


def test_the_help_shows_how_an_editor_finds_the_schema(run: Run) -> None:
    """The help contains the comment to add, and a command to copy."""
    ran = run("schema", "--help")
    text = " ".join(ran.out.split())

    assert 0 == ran.status
    assert "'# yaml-language-server: $schema=.schema/config.json'" in text
    assert "Example: statusgen schema config > .schema/config.json" in text


def test_nothing_of_it_is_published() -> None:
    """A site with schemas, and comments that refer to them, publishes neither."""
    comment = "# yaml-language-server: $schema="
    site = made(
        {
            "statusgen.yml": f"{comment}.schema/config.json\n{SETTINGS}",
            ".schema/config.json": json_schema.as_text(SCHEMAS["config"]),
            ".schema/incident.json": json_schema.as_text(SCHEMAS["incident"]),
            "incidents/a.md": file_of().replace(
                "---\n", f"---\n{comment}../.schema/incident.json\n", 1
            ),
        }
    )
    words = (b"yaml-language-server", b"$schema", b".schema", b"patternErrorMessage")

    assert "incidents/a.html" in site.files
    assert [] == [path for path, data in site.files.items() for word in words if word in data]
    assert [] == [path for path in site.files if "schema" in path]
