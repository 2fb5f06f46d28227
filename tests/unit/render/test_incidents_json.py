"""The incidents API: api/incidents.json and the yearly files."""

import json
from typing import Any

import jsonschema
import pytest

from statusgen.render import incidents_json
from tests.conftest import Run
from tests.support import examples
from tests.support.examples import Site, made

VALIDATOR = jsonschema.Draft202012Validator(
    incidents_json.SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def read(site: Site, path: str = "api/incidents.json") -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(site.text(path), parse_constant=refuse)


def years(site: Site) -> list[str]:
    return [path for path in site.paths(".json") if path.startswith("api/incidents/")]


@pytest.mark.parametrize("make", [examples.example, examples.hostile, examples.empty])
def test_every_file_fits_the_schema(make: Any) -> None:
    """Each file is strict JSON that satisfies the schema of `statusgen schema api`."""
    site = make()

    for path in ["api/incidents.json", *years(site)]:
        assert [] == [error.message for error in VALIDATOR.iter_errors(read(site, path))], path


def test_the_command_prints_the_schema(run: Run) -> None:
    """`statusgen schema api` prints a valid JSON Schema."""
    ran = run("schema", "api")

    jsonschema.Draft202012Validator.check_schema(json.loads(ran.out))
    assert (0, incidents_json.SCHEMA) == (ran.status, json.loads(ran.out))


def test_a_misspelt_schema_gets_a_suggestion(run: Run) -> None:
    """A misspelt schema name is a usage error with a suggestion."""
    ran = run("schema", "apy")

    assert 2 == ran.status
    assert "'apy' is not a schema; did you mean 'api'?" in ran.err


def test_every_key_is_described() -> None:
    """Every key in the schema has a description."""

    def bare(schema: Any, route: str) -> list[str]:
        found = [] if schema.get("description") else [route]
        for name, inner in schema.get("properties", {}).items():
            found += bare(inner, f"{route}.{name}")
        return found + (bare(schema["items"], f"{route}[]") if "items" in schema else [])

    assert [] == bare(incidents_json.SCHEMA, "")


def test_nothing_on_the_page_is_missing() -> None:
    """Every incident with a page is in the file of its year, with all updates."""
    site = examples.example()
    told = [one for path in years(site) for one in read(site, path)["incidents"]]
    pages = {one["url"].removeprefix(f"{site.url}/") for one in told}
    stubs = {path for path in site.paths(".html") if 'http-equiv="refresh"' in site.text(path)}
    wanted = {path for path in site.paths(".html") if path.startswith("incidents/")} - stubs

    assert wanted == pages
    for one in told:
        page = site.text(one["url"].removeprefix(f"{site.url}/"))
        anchors = [update["url"].partition("#")[2] for update in one["updates"]]
        assert [] == [anchor for anchor in anchors if f'id="{anchor}"' not in page]
        assert page.count('class="update"') == len(anchors)
        assert [] == [update["id"] for update in one["updates"] if update["html"] not in page]


def test_the_main_file_has_twelve_months_and_what_is_open() -> None:
    """The main file has the last twelve months, and older incidents that are still open."""
    file = "---\ntitle: T\nseverity: major\nservices: [api]\nstarted: {} 10:00\n{}---\nText.\n"
    site = made(
        {
            "incidents/new.md": file.format("2026-11-01", "resolved: 2026-11-01 11:00\n"),
            "incidents/old.md": file.format("2024-11-01", "resolved: 2024-11-01 11:00\n"),
            "incidents/open.md": file.format("2024-10-01", ""),
        }
    )
    main = read(site)

    assert ["new", "open"] == [one["slug"] for one in main["incidents"]]
    assert ["api/incidents/2024.json", "api/incidents/2026.json"] == years(site)
    assert [f"{site.url}/{path}" for path in reversed(years(site))] == main["years"]
    assert ["old", "open"] == [
        one["slug"] for one in read(site, "api/incidents/2024.json")["incidents"]
    ]


def test_an_incident_is_told_from_beginning_to_end() -> None:
    """Severities per service over time, states and texts are as in the file."""
    site = made(
        {
            "incidents/a.md": """---
title: Errors
severity: major
services: [api, web]
started: 2026-11-20 09:00
x-ticket: OPS-1
updates:
  - {at: 2026-11-20 09:05, text: We **look**.}
  - {at: 2026-11-20 09:20, services: {web: none}, state: identified, text: Found., x-by: Ann}
  - {at: 2026-11-20 10:00, state: resolved, text: Done.}
---
Why it happened.
"""
        }
    )
    (one,) = read(site)["incidents"]
    at = "2026-11-20T{}:00+01:00"

    assert ["resolved", "none", "major", False, 3600] == [
        one[key] for key in ("state", "severity", "worst", "open", "seconds")
    ]
    assert ["Why it happened.", {"x-ticket": "OPS-1"}] == [one["summary"], one["extra"]]
    assert [
        {"api": "none", "web": "none"},
        {"api": "major", "web": "none"},
        {"api": "major", "web": "major"},
    ] == [update["services"] for update in one["updates"]]
    assert {"x-by": "Ann"} == one["updates"][1]["extra"]
    assert "<p>We <strong>look</strong>.</p>" == one["updates"][2]["html"].strip()
    assert [
        [{"from": at.format("09:00"), "to": at.format("10:00"), "severity": "major"}],
        [{"from": at.format("09:00"), "to": at.format("09:20"), "severity": "major"}],
    ] == [service["spells"] for service in one["services"]]


def test_a_move_of_the_clock_says_that_nobody_wrote_it() -> None:
    """Updates to maintenance say whether a person wrote them or the clock caused them."""
    file = """---
title: Work
severity: maintenance
services: [db]
announced: 2026-11-18 10:00
starts: 2026-11-19 10:00
ends: 2026-11-19 11:00
---
Short.
"""
    (one,) = read(made({"incidents/a.md": file}))["incidents"]

    assert [("completed", False), ("in_progress", False), ("scheduled", True)] == [
        (update["state"], update["written"]) for update in one["updates"]
    ]
