"""The eight files of `api/v2/`: their shape, their consistency, and each rule.

The schemas and rules are those of Atlassian Statuspage's public API v2 and of its clients.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen import ids, times
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.content import parser
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State, Update
from statusgen.render.compat import statuspage, statuspage_status
from statusgen.site import assemble, view_models
from statusgen.timeline.replay import trace
from tests.conftest import scaled
from tests.support import examples
from tests.support.examples import made

Api = dict[str, Any]

# The shape of the files.

TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$"
STATUSES = [
    "operational",
    "under_maintenance",
    "degraded_performance",
    "partial_outage",
    "major_outage",
]
INDICATORS = ["none", "maintenance", "minor", "major", "critical"]
DESCRIPTIONS = [
    "All Systems Operational",
    "Service Under Maintenance",
    "Partially Degraded Service",
    "Degraded System Service",
    "Minor Service Outage",
    "Partial System Outage",
    "Major System Outage",
]
STATES = ["investigating", "identified", "monitoring", "resolved"]
OPEN = STATES[:3]
WORK_STATES = ["scheduled", "in_progress", "verifying", "completed"]

TEXT: Api = {"type": "string"}
FILLED: Api = {"type": "string", "minLength": 1}
MOMENT: Api = {"type": "string", "pattern": TIME}
ID: Api = {"type": "string", "pattern": "^[a-z0-9]{12}$"}
FLAG: Api = {"type": "boolean"}
NULL: Api = {"type": "null"}


def word(words: list[str]) -> Api:
    return {"enum": words}


def maybe(schema: Api) -> Api:
    return {"anyOf": [schema, NULL]}


def listed(items: Api, **more: object) -> Api:
    return {"type": "array", "items": items, **more}


def closed(**keys: Api) -> Api:
    """Return a schema for an object that has all of *keys* and no others."""
    return {
        "type": "object",
        "properties": keys,
        "required": [*keys],
        "additionalProperties": False,
    }


PAGE = closed(
    id=ID, name=FILLED, url={"pattern": "^https?://.*[^/]$"}, time_zone=FILLED, updated_at=MOMENT
)
STATUS = closed(indicator=word(INDICATORS), description=word(DESCRIPTIONS))


def component_of(*, start: Api, group: Api, is_group: bool, **more: Api) -> Api:
    return closed(
        id=ID,
        name=FILLED,
        status=word(STATUSES),
        created_at=MOMENT,
        updated_at=MOMENT,
        position={"type": "integer", "minimum": 1},
        description=maybe(FILLED),
        showcase=FLAG,
        start_date=start,
        group_id=group,
        page_id=ID,
        group={"const": is_group},
        only_show_if_degraded={"const": False},
        **more,
    )


DAY: Api = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
LEAF = component_of(start=maybe(DAY), group=maybe(ID), is_group=False)
GROUP = component_of(start=NULL, group=NULL, is_group=True, components=listed(ID, minItems=1))
COMPONENT: Api = {"anyOf": [LEAF, GROUP]}
AFFECTED = closed(code=ID, name=FILLED, old_status=word(STATUSES), new_status=word(STATUSES))


def incident_of(states: list[str], all_states: list[str], impacts: list[str], **more: Api) -> Api:
    update = closed(
        id=ID,
        status=word(all_states),
        body=FILLED,
        incident_id=ID,
        created_at=MOMENT,
        updated_at=MOMENT,
        display_at=MOMENT,
        affected_components=maybe(listed(AFFECTED, minItems=1)),
        deliver_notifications=FLAG,
        custom_tweet=NULL,
        tweet_id=NULL,
    )
    return closed(
        id=ID,
        name=FILLED,
        status=word(states),
        created_at=MOMENT,
        updated_at=MOMENT,
        monitoring_at=maybe(MOMENT),
        resolved_at=maybe(MOMENT),
        impact=word(impacts),
        shortlink={"pattern": "^https?://"},
        started_at=MOMENT,
        page_id=ID,
        incident_updates=listed(update, minItems=1),
        components=listed(LEAF),
        **more,
    )


def incidents_in(states: list[str]) -> Api:
    impacts = [one for one in INDICATORS if one != "maintenance"]
    return listed(incident_of(states, STATES, impacts))


def works_in(states: list[str]) -> Api:
    window = {"scheduled_for": MOMENT, "scheduled_until": MOMENT}
    return listed(incident_of(states, WORK_STATES, ["maintenance"], **window))


COMING = WORK_STATES[:1]
ACTIVE = WORK_STATES[1:3]
SCHEMAS = {
    "summary": closed(
        page=PAGE,
        components=listed(COMPONENT),
        incidents=incidents_in(OPEN),
        scheduled_maintenances=works_in(WORK_STATES[:3]),
        status=STATUS,
    ),
    "status": closed(page=PAGE, status=STATUS),
    "components": closed(page=PAGE, components=listed(COMPONENT)),
    "incidents": closed(page=PAGE, incidents=incidents_in(STATES)),
    "incidents/unresolved": closed(page=PAGE, incidents=incidents_in(OPEN)),
    "scheduled-maintenances": closed(page=PAGE, scheduled_maintenances=works_in(WORK_STATES)),
    "scheduled-maintenances/upcoming": closed(page=PAGE, scheduled_maintenances=works_in(COMING)),
    "scheduled-maintenances/active": closed(page=PAGE, scheduled_maintenances=works_in(ACTIVE)),
}

VALIDATORS = {name: jsonschema.Draft202012Validator(schema) for name, schema in SCHEMAS.items()}


def disorder(schema: Api, value: Any, route: str = "") -> Iterator[str]:
    """Return the places in *value* whose keys are not in the order of *schema*."""
    for one in schema.get("anyOf", [schema]):
        if isinstance(value, dict) and set(value) == set(one.get("properties", ())):
            if list(value) != list(one["properties"]):
                yield route
            for key, inner in one["properties"].items():
                yield from disorder(inner, value[key], f"{route}/{key}")
        elif isinstance(value, list) and "items" in one:
            for index, item in enumerate(value):
                yield from disorder(one["items"], item, f"{route}/{index}")


def faults(api: Api) -> list[str]:
    """Return every violation of the schemas."""
    found = []
    for name, schema in SCHEMAS.items():
        errors = VALIDATORS[name].iter_errors(api[name])
        found += [f"{name}: {error.json_path} {error.message}" for error in errors]
        found += [f"{name}: order of keys at {route}" for route in disorder(schema, api[name])]
    return found


# The consistency of the files.


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def records(api: Api) -> list[Api]:
    """Return every incident and maintenance in any file, each once."""
    found: dict[str, Api] = {}
    for file in api.values():
        for one in (*file.get("incidents", ()), *file.get("scheduled_maintenances", ())):
            assert found.setdefault(one["id"], one) == one
    return list(found.values())


def check_lists(api: Api) -> None:
    summary = api["summary"]
    upcoming = api["scheduled-maintenances/upcoming"]["scheduled_maintenances"]
    active = api["scheduled-maintenances/active"]["scheduled_maintenances"]

    assert [api["status"]["page"]] * 8 == [file["page"] for file in api.values()]
    assert api["components"]["components"] == summary["components"]
    assert api["status"]["status"] == summary["status"]
    assert api["incidents/unresolved"]["incidents"] == summary["incidents"]
    assert [*upcoming, *active] == summary["scheduled_maintenances"]
    for name, key in (
        ("incidents", "incidents"),
        ("incidents/unresolved", "incidents"),
        ("scheduled-maintenances", "scheduled_maintenances"),
    ):
        created = [moment(one["created_at"]) for one in api[name][key]]
        assert sorted(created, reverse=True) == created
    for works in (upcoming, active):
        planned = [moment(one["scheduled_for"]) for one in works]
        assert sorted(planned) == planned
    for name, key, over in (
        ("incidents", "incidents", "resolved"),
        ("scheduled-maintenances", "scheduled_maintenances", "completed"),
    ):
        whole = api[name][key]
        assert len(whole) <= 50
        if len(whole) < 50:
            going_on = {one["id"] for one in summary[key]}
            assert {one["id"] for one in whole if one["status"] != over} == going_on


def check_components(api: Api) -> None:
    components = api["components"]["components"]
    by_id = {one["id"]: one for one in components}
    groups = [one for one in components if one["group"]]
    parents = {None: [one["position"] for one in components if not one["group_id"]]}
    updated = moment(api["status"]["page"]["updated_at"])

    assert len(components) == len(by_id)
    assert sorted(one["position"] for one in components) == [one["position"] for one in components]
    assert {one["group_id"] for one in components} <= {None, *(one["id"] for one in groups)}
    assert {one["page_id"] for one in components} <= {api["status"]["page"]["id"]}
    for group in groups:
        children = [by_id[child] for child in group["components"]]
        assert [one for one in components if one["group_id"] == group["id"]] == children
        assert max((one["status"] for one in children), key=STATUSES.index) == group["status"]
        parents[group["id"]] = [one["position"] for one in children]
    for positions in parents.values():
        assert list(range(1, len(positions) + 1)) == sorted(positions)
    for one in components:
        assert moment(one["created_at"]) <= moment(one["updated_at"]) <= updated


def check_record(api: Api, one: Api) -> None:
    page, updates = api["status"]["page"], one["incident_updates"]
    shown = [moment(update["display_at"]) for update in updates]
    leaves = [leaf for leaf in api["components"]["components"] if not leaf["group"]]
    named = {each["code"] for update in updates for each in update["affected_components"] or ()}
    over = ("resolved", "completed")

    assert updates[0]["status"] == one["status"]
    assert {one["id"]} == {update["incident_id"] for update in updates}
    assert page["id"] == one["page_id"]
    assert sorted(shown, reverse=True) == shown
    assert [leaf for leaf in leaves if leaf["id"] in named] == one["components"]
    assert moment(one["created_at"]) <= moment(one["updated_at"]) <= moment(page["updated_at"])
    assert shown[0] <= moment(one["updated_at"])
    assert (one["status"] in over) == (one["resolved_at"] is not None)
    if "scheduled_for" in one:
        assert moment(one["scheduled_for"]) < moment(one["scheduled_until"])
    check_chain(updates)


def check_chain(updates: list[Api]) -> None:
    current: dict[str, str] = {}
    for update in reversed(updates):
        affected = {one["code"]: one for one in update["affected_components"] or ()}
        assert len(affected) == len(update["affected_components"] or ())
        assert set(current) <= set(affected)
        for code, one in affected.items():
            assert current.get(code, "operational") == one["old_status"]
            current[code] = one["new_status"]


def check(api: Api) -> None:
    """Check every rule across the files."""
    assert [] == faults(api)
    check_lists(api)
    check_components(api)
    known = records(api)
    for one in known:
        check_record(api, one)
    every = [*(one["id"] for one in known), api["status"]["page"]["id"]]
    every += [one["id"] for one in api["components"]["components"]]
    every += [update["id"] for one in known for update in one["incident_updates"]]
    assert len(set(every)) == len(every)


def check_against(api: Api, shown: view_models.Site) -> None:
    """Check that the API agrees with the page on services and open incidents."""
    told = {one["id"]: one for one in records(api)}
    current = {one.id: one for one in shown.services if not one.is_retired}
    status_of = {
        ids.id12("component", name): statuspage_status.COMPONENT_STATUS[one.severity]
        for name, one in current.items()
    }
    unresolved = {one["id"] for one in api["incidents/unresolved"]["incidents"]}
    active = api["scheduled-maintenances/active"]["scheduled_maintenances"]
    upcoming = api["scheduled-maintenances/upcoming"]["scheduled_maintenances"]
    is_open = {one.id for one in shown.incidents if one.is_open and one.kind is Kind.INCIDENT}

    assert status_of == {
        one["id"]: one["status"] for one in api["components"]["components"] if not one["group"]
    }
    assert is_open == unresolved
    assert {one.id for one in shown.in_progress} == {one["id"] for one in active}
    coming = {one.id for one in shown.incidents if one.state is State.SCHEDULED}
    assert coming == {one["id"] for one in upcoming}
    for view in shown.incidents:
        if view.id in told and not view.is_notice:
            assert view.state == told[view.id]["status"]


# Sites for the tests.

SETTINGS = """\
title: Acme Status
url: https://status.acme.example
groups:
  - {id: core, name: Core}
  - {id: old, name: Old things}
services:
  - {id: api, name: API, group: core, since: 2026-01-15}
  - {id: web, name: Website, group: core}
  - {id: fax, name: Fax, group: old, retired: 2026-11-25}
  - {id: db, name: Database, description: Rows.}
"""

OUTAGE = """\
severity: major
services: [api]
started: 2026-11-20 09:00
"""
WORK = """\
severity: maintenance
services: [db]
announced: 2026-11-18 10:00
starts: 2026-11-20 10:00
ends: 2026-11-20 11:00
"""
NOTICE = """\
severity: none
services: [api]
started: 2026-11-20 09:00
"""
UPDATES = """\
updates:
  - {at: 2026-11-20 09:05, text: We look.}
  - {at: 2026-11-20 09:20, services: {web: degraded}, text: The website too.}
  - {at: 2026-11-20 09:40, services: {api: none}, state: monitoring, text: Better.}
  - {at: 2026-11-20 10:00, state: resolved, text: Well.}
"""
NOW = "2026-11-20 12:00"


def configured(text: str = SETTINGS) -> Config:
    known, problems = parse_config(text, path=Path("statusgen.yml"))
    assert known is not None, problems
    return known


def shown(*files: str, now: str = NOW, settings: str = SETTINGS) -> view_models.Site:
    """Return the site at *now* (UTC) of *files*, named and titled a, b, c and so on."""
    known = configured(settings)
    incidents = []
    for number, text in enumerate(files):
        slug = chr(ord("a") + number)
        whole = text if text.startswith("---") else f"---\ntitle: {slug}\n{text}---\nText.\n"
        parsed = parser.parse(whole, path=Path(f"{slug}.md"), slug=slug, config=known)
        assert parsed.incident is not None, parsed.problems
        incidents.append(parsed.incident)
    return assemble.assemble(known, incidents, now=times.parse(now, UTC))


def api_of(assembled: view_models.Site) -> Api:
    """Return the eight files by name, parsed strictly."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return {
        path.removeprefix("api/v2/").removesuffix(".json"): json.loads(
            make(), parse_constant=refuse
        )
        for path, make in statuspage.outputs(assembled).items()
    }


def answered(*files: str, now: str = NOW, settings: str = SETTINGS) -> Api:
    """Return the eight files of a site; check every rule."""
    assembled = shown(*files, now=now, settings=settings)
    api = api_of(assembled)
    check(api)
    check_against(api, assembled)
    return api


def only(api: Api) -> Api:
    """Return the only incident or maintenance."""
    (one,) = records(api)
    return dict(one)


def components(api: Api) -> dict[str, Api]:
    return {one["name"]: one for one in api["components"]["components"]}


def states(record: Api) -> list[str]:
    """Return the states of the updates, oldest first."""
    return [update["status"] for update in reversed(record["incident_updates"])]


def changes(record: Api) -> list[list[tuple[str, str, str]]]:
    """Return the effect of each update on each service, oldest first."""
    return [
        [
            (one["name"], one["old_status"], one["new_status"])
            for one in update["affected_components"] or ()
        ]
        for update in reversed(record["incident_updates"])
    ]


# Whole sites.


@pytest.mark.parametrize("now", ["2026-11-20 10:30", "2026-11-20 12:00", "2027-01-01 00:00"])
def test_single_objects_are_those_of_the_files(now: str) -> None:
    """The functions for single objects return what the files contain at the same moment."""
    assembled = shown(OUTAGE + UPDATES, WORK, NOTICE, now=now)
    api = api_of(assembled)

    assert api["status"]["page"] == statuspage.page_object(assembled)
    assert api["status"]["status"] == statuspage.status_object(assembled)
    assert {one["id"]: one for one in records(api)} == {
        view.id: statuspage.incident_object(assembled, view) for view in assembled.incidents
    }
    assert {one["name"]: one for one in api["components"]["components"] if not one["group"]} == {
        one["name"]: one for one in statuspage.component_objects(assembled).values()
    }
    assert [one.id for one in assembled.services if not one.is_retired] == [
        *statuspage.component_objects(assembled)
    ]


def test_a_single_timestamp_is_in_the_zone_of_the_site() -> None:
    """A timestamp has the offset of the site's time zone and three digits of a second."""
    assembled = shown(settings=f"{SETTINGS}timezone: Asia/Kathmandu\n")

    assert "2026-11-20T17:45:00.000+05:45" == statuspage.timestamp(assembled, assembled.now)


@pytest.mark.parametrize("make", [examples.example, examples.hostile, examples.empty])
def test_a_built_site_keeps_every_rule(make: Any) -> None:
    """All eight files of a site satisfy their schemas and are consistent."""
    built = make()
    paths = [path for path in built.files if path.startswith("api/v2/")]
    names = [path.removeprefix("api/v2/").removesuffix(".json") for path in paths]

    assert set(SCHEMAS) == set(names)
    check({name: json.loads(built.files[f"api/v2/{name}.json"]) for name in SCHEMAS})


def test_a_site_without_this_dialect_has_none_of_the_files() -> None:
    """Without statuspage in `api:`, nothing is generated below api/v2/."""
    text = "title: A\nurl: https://a.example\napi: []\nservices:\n  - {id: a, name: A}\n"
    built = made({"statusgen.yml": text})

    assert [] == [path for path in built.files if path.startswith("api/v2/")]


def test_nothing_has_ever_happened() -> None:
    """An empty site has empty lists, is operational, and does not contain the build date."""
    text = "title: A\nurl: https://a.example\nservices:\n  - {id: a, name: A}\n"
    api = answered(settings=text)

    assert [[], []] == [api["summary"]["incidents"], api["summary"]["scheduled_maintenances"]]
    assert {"indicator": "none", "description": "All Systems Operational"} == api["status"][
        "status"
    ]
    assert "1970-01-01T00:00:00.000Z" == api["status"]["page"]["updated_at"]
    assert "1970-01-01T00:00:00.000Z" == components(api)["A"]["created_at"]


def test_time_alone_changes_no_byte() -> None:
    """Builds without changes in between give the same files."""
    files = (OUTAGE + UPDATES, WORK, NOTICE)
    first, second = shown(*files, now="2026-11-21 00:00"), shown(*files, now="2026-11-22 09:30")

    assert {path: make() for path, make in statuspage.outputs(first).items()} == {
        path: make() for path, make in statuspage.outputs(second).items()
    }


# The page and times.


def test_a_site_that_moves_keeps_its_ids() -> None:
    """With `feed_authority`, all ids survive a change of domain."""
    moved = SETTINGS.replace("status.acme.example", "new.example")
    old, new = (
        answered(OUTAGE, settings=f"{text}feed_authority: status.acme.example\n")
        for text in (SETTINGS, moved)
    )

    assert old["status"]["page"]["id"] == new["status"]["page"]["id"]
    assert only(old)["id"] == only(new)["id"]
    assert "https://new.example" == new["status"]["page"]["url"]
    assert "https://new.example/incidents/a.html" == only(new)["shortlink"]


@pytest.mark.parametrize(
    ("zone", "name", "winter", "summer"),
    [
        pytest.param("UTC", "Etc/UTC", "09:00:00.000Z", "09:00:00.000Z", id="utc"),
        pytest.param("Etc/UTC", "Etc/UTC", "09:00:00.000Z", "09:00:00.000Z", id="etc-utc"),
        pytest.param(
            "Europe/London",
            "Europe/London",
            "09:00:00.000+00:00",
            "10:00:00.000+01:00",
            id="london",
        ),
        pytest.param(
            "America/Los_Angeles",
            "America/Los_Angeles",
            "01:00:00.000-08:00",
            "02:00:00.000-07:00",
            id="los-angeles",
        ),
        pytest.param(
            "Pacific/Chatham",
            "Pacific/Chatham",
            "22:45:00.000+13:45",
            "21:45:00.000+12:45",
            id="chatham",
        ),
    ],
)
def test_times_have_the_offset_of_their_own_moment(
    zone: str, name: str, winter: str, summer: str
) -> None:
    """Times have three digits of a second and the site's offset, with Z only for UTC."""
    text = f"{SETTINGS}timezone: {zone}\n"
    started = "2026-{}-20T09:00:00Z"
    files = [OUTAGE.replace("2026-11-20 09:00", started.format(month)) for month in ("11", "07")]
    api = answered(*files, settings=text)

    assert name == api["status"]["page"]["time_zone"]
    assert [f"2026-11-20T{winter}", f"2026-07-20T{summer}"] == [
        one["started_at"] for one in api["incidents"]["incidents"]
    ]


def test_an_offset_never_has_seconds() -> None:
    """Historical offsets with seconds are written as whole minutes."""
    text = f"{SETTINGS}timezone: Africa/Monrovia\n"
    api = answered(OUTAGE.replace("2026-11-20 09:00", "1970-05-01T09:00Z"), settings=text)

    assert "1970-05-01T08:15:00.000-00:45" == only(api)["started_at"]


def test_the_page_is_dated_by_what_happened_last() -> None:
    """The date of the page is that of the newest update in any file, not of the build."""
    api = answered(OUTAGE + UPDATES, NOTICE.replace("[api]", "[]").replace("09:00", "10:30"))

    assert "2026-11-20T10:30:00.000Z" == api["status"]["page"]["updated_at"]


# Components.


def test_groups_and_services_share_one_sequence() -> None:
    """Components are in page order; positions restart in each group; retired ones are left out."""
    api = answered(now="2026-11-26 12:00")

    assert [("Core", 1), ("API", 1), ("Database", 2), ("Website", 2)] == [
        (one["name"], one["position"]) for one in api["components"]["components"]
    ]


def test_a_component_says_what_the_settings_say() -> None:
    """Description and start date are those of the service, or null."""
    found = components(answered())

    assert (None, "2026-01-15") == (found["API"]["description"], found["API"]["start_date"])
    assert ("Rows.", None) == (found["Database"]["description"], found["Database"]["start_date"])
    assert ids.id12("group", "core") == found["API"]["group_id"]
    assert ids.id12("component", "db") == found["Database"]["id"]


def test_a_component_is_dated_by_its_history() -> None:
    """A component is created at its `since` or with the first file, and updated with its status."""
    found = components(answered(OUTAGE + UPDATES, WORK))

    assert ["2026-01-15T00:00:00.000Z", "2026-11-20T09:40:00.000Z"] == [
        found["API"]["created_at"],
        found["API"]["updated_at"],
    ]
    assert ["2026-11-18T10:00:00.000Z", "2026-11-20T10:00:00.000Z"] == [
        found["Website"]["created_at"],
        found["Website"]["updated_at"],
    ]
    assert ["2026-11-18T10:00:00.000Z", "2026-11-20T11:00:00.000Z"] == [
        found["Database"]["created_at"],
        found["Database"]["updated_at"],
    ]
    assert "2026-11-20T10:00:00.000Z" == found["Core"]["updated_at"]


def test_a_service_still_to_come_is_not_dated_ahead() -> None:
    """No date is in the future, even if a service starts in the future."""
    found = components(answered(settings=SETTINGS.replace("2026-01-15", "2027-01-15")))["API"]

    assert ["2027-01-15", "1970-01-01T00:00:00.000Z"] == [found["start_date"], found["created_at"]]


def test_a_group_has_the_worst_of_its_services() -> None:
    """A group has the status of its worst service."""
    api = answered(OUTAGE.replace("[api]", "{api: degraded, web: major}"))

    assert "major_outage" == components(api)["Core"]["status"]


def test_a_retired_service_stays_in_what_was_said() -> None:
    """A retired service and its group are not components, but old updates still name it."""
    file = OUTAGE.replace("[api]", "[fax, db]") + UPDATES.replace("{api: none}", "{fax: none}")
    before, after = (answered(file, now=f"2026-11-{day} 12:00") for day in (25, 26))

    assert {"Old things", "Fax"} == set(components(before)) - set(components(after))
    assert ["Database", "Website"] == [one["name"] for one in only(after)["components"]]
    assert changes(only(before)) == changes(only(after))
    assert "Old things - Fax" == changes(only(after))[0][0][0]


# The overall status.

NONE, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = Severity


@pytest.mark.parametrize(
    ("services", "incidents", "indicator", "description"),
    [
        pytest.param([MAJOR, MAJOR], [], "critical", "Major System Outage", id="all-major"),
        pytest.param([MAJOR, NONE], [], "major", "Partial System Outage", id="any-major"),
        pytest.param([PARTIAL, PARTIAL], [], "major", "Partial System Outage", id="all-partial"),
        pytest.param([PARTIAL, MAJOR], [], "major", "Partial System Outage", id="partial-major"),
        pytest.param([PARTIAL, NONE], [], "minor", "Minor Service Outage", id="any-partial"),
        pytest.param([DEGRADED], [], "minor", "Degraded System Service", id="all-degraded"),
        pytest.param(
            [DEGRADED, NONE], [], "minor", "Partially Degraded Service", id="any-degraded"
        ),
        pytest.param(
            [DEGRADED, MAINTENANCE],
            [],
            "minor",
            "Partially Degraded Service",
            id="degraded-and-maintenance",
        ),
        pytest.param(
            [MAINTENANCE, NONE], [], "maintenance", "Service Under Maintenance", id="maintenance"
        ),
        pytest.param(
            [MAINTENANCE], [], "maintenance", "Service Under Maintenance", id="all-maintenance"
        ),
        pytest.param([NONE, NONE], [], "none", "All Systems Operational", id="all-operational"),
        pytest.param([], [], "none", "All Systems Operational", id="no-components"),
        pytest.param([NONE], [NONE], "none", "All Systems Operational", id="notice"),
        pytest.param([NONE], [DEGRADED], "minor", "Minor Service Outage", id="raised-to-minor"),
        pytest.param([NONE], [PARTIAL], "major", "Partial System Outage", id="raised-to-major"),
        pytest.param([NONE], [MAJOR], "critical", "Major System Outage", id="raised-to-critical"),
        pytest.param(
            [MAINTENANCE], [DEGRADED], "minor", "Minor Service Outage", id="maintenance-raised"
        ),
        pytest.param(
            [DEGRADED, NONE], [DEGRADED], "minor", "Partially Degraded Service", id="as-bad-already"
        ),
        pytest.param(
            [MAJOR, NONE], [DEGRADED], "major", "Partial System Outage", id="worse-already"
        ),
        pytest.param(
            [DEGRADED, NONE],
            [DEGRADED, MAJOR, NONE],
            "critical",
            "Major System Outage",
            id="the-worst-incident-counts",
        ),
    ],
)
def test_all_services_make_one_status(
    services: list[Severity], incidents: list[Severity], indicator: str, description: str
) -> None:
    """The first row that applies gives the status, and open incidents raise it."""
    assert statuspage_status.Status(
        indicator=indicator, description=description
    ) == statuspage_status.status(services, incidents)


def test_the_status_is_that_of_the_components_and_open_incidents() -> None:
    """The status follows components and open incidents, not groups or resolved ones."""
    slow = OUTAGE.replace("major", "degraded").replace("[api]", "[db]")
    resolved = f"{OUTAGE}resolved: 2026-11-20 09:30\n"

    assert (
        "Partially Degraded Service" == answered(slow, resolved)["status"]["status"]["description"]
    )
    assert "Major System Outage" == answered(OUTAGE)["status"]["status"]["description"]


def test_an_open_incident_counts_with_the_worst_that_it_did() -> None:
    """An open incident raises the status until it is resolved, even if services recovered."""
    api = answered(OUTAGE + UPDATES, now="2026-11-20 09:50")

    assert "operational" == components(api)["API"]["status"]
    assert "critical" == api["status"]["status"]["indicator"]


def test_a_retired_service_counts_no_more() -> None:
    """Maintenance on a retired service does not affect the status."""
    work = WORK.replace("[db]", "[fax]").replace("ends: 2026-11-20", "ends: 2026-11-28")

    assert ["maintenance", "none"] == [
        answered(work, now=f"2026-11-{day} 12:00")["status"]["status"]["indicator"]
        for day in (25, 26)
    ]


# Incidents.


def test_an_incident_is_told_with_all_its_updates() -> None:
    """An incident has the states, times, texts and affected services in its file."""
    one = only(answered(OUTAGE + UPDATES))
    at = "2026-11-20T{}:00.000Z"

    assert ["investigating", "investigating", "monitoring", "resolved"] == states(one)
    assert [
        [("Core - API", "operational", "major_outage")],
        [
            ("Core - API", "major_outage", "major_outage"),
            ("Core - Website", "operational", "degraded_performance"),
        ],
        [
            ("Core - API", "major_outage", "operational"),
            ("Core - Website", "degraded_performance", "degraded_performance"),
        ],
        [
            ("Core - API", "operational", "operational"),
            ("Core - Website", "degraded_performance", "operational"),
        ],
    ] == changes(one)
    assert ["critical", "resolved"] == [one["impact"], one["status"]]
    assert [at.format(time) for time in ("09:00", "09:00", "09:40", "10:00", "10:00")] == [
        one[key]
        for key in ("created_at", "started_at", "monitoring_at", "resolved_at", "updated_at")
    ]
    assert ["API", "Website"] == [component["name"] for component in one["components"]]
    assert ["We look.", "The website too.", "Better.", "Well."] == [
        update["body"] for update in reversed(one["incident_updates"])
    ]


@pytest.mark.parametrize(
    ("severity", "impact"),
    [
        pytest.param("degraded", "minor", id="degraded"),
        pytest.param("partial", "major", id="partial"),
        pytest.param("major", "critical", id="major"),
    ],
)
def test_impact_is_the_worst_that_it_ever_did(severity: str, impact: str) -> None:
    """Impact is the worst severity ever, and stays after recovery and resolution."""
    file = OUTAGE.replace("major", severity)
    milder = "updates: [{at: 2026-11-20 09:05, text: A.}, {at: 2026-11-20 09:06, severity: none}]\n"

    assert [impact] * 3 == [
        only(answered(text))["impact"]
        for text in (file, file + milder, f"{file}resolved: 2026-11-20 10:00\n")
    ]


def test_what_is_reopened_is_not_resolved() -> None:
    """A reopened incident is open with its severities; resolved again, it has one such time."""
    again = "  - {at: 2026-11-20 10:30, state: identified, text: Again.}\n"
    after = "  - {at: 2026-11-20 11:00, state: resolved}\n  - {at: 2026-11-20 11:30, text: Bye.}\n"
    reopened, over = (only(answered(OUTAGE + UPDATES + more)) for more in (again, again + after))

    assert ["identified", None] == [reopened["status"], reopened["resolved_at"]]
    assert [
        ("Core - API", "operational", "operational"),
        ("Core - Website", "operational", "degraded_performance"),
    ] == changes(reopened)[-1]
    assert ["resolved", "2026-11-20T11:00:00.000Z"] == [over["status"], over["resolved_at"]]
    assert "2026-11-20T11:30:00.000Z" == over["updated_at"]


def test_watching_begins_once() -> None:
    """The first of several updates in state monitoring sets the time."""
    more = "  - {at: 2026-11-20 09:50, text: Still.}\n  - {at: 2026-11-20 10:00"
    one = only(answered(OUTAGE + UPDATES.replace("  - {at: 2026-11-20 10:00", more)))

    assert ["monitoring", "monitoring", "resolved"] == states(one)[2:]
    assert "2026-11-20T09:40:00.000Z" == one["monitoring_at"]


def test_an_incident_has_an_update_before_its_first_is_due() -> None:
    """An incident has an opening update before its first written update."""
    early = only(answered(OUTAGE + UPDATES, now="2026-11-20 09:02"))

    assert ["investigating"] == states(early)
    assert [[("Core - API", "operational", "major_outage")]] == changes(early)
    assert "We are investigating the issue." == early["incident_updates"][0]["body"]
    assert "2026-11-20T09:00:00.000Z" == early["incident_updates"][0]["display_at"]


def test_only_fifty_are_listed_but_all_that_are_open() -> None:
    """Of 51 incidents, the oldest is omitted from the list, but not from the open ones."""
    known = configured()
    begun = times.parse("2026-11-20 09:00", UTC)
    incidents = [
        Incident(
            slug=f"i-{number}",
            title=str(number),
            severity=MAJOR,
            services=(ServiceSeverity(id="api"),),
            started=begun + timedelta(minutes=number % 50),
            updates=(Update(at=begun + timedelta(hours=1), text="Text."),),
        )
        for number in range(51)
    ]
    api = api_of(assemble.assemble(known, incidents, now=times.parse(NOW, UTC)))
    check(api)

    assert (50, 51, 51) == (
        len(api["incidents"]["incidents"]),
        len(api["incidents/unresolved"]["incidents"]),
        len(api["summary"]["incidents"]),
    )
    assert "0" not in {one["name"] for one in api["incidents"]["incidents"]}


def test_notifications_follow_the_file_and_the_update() -> None:
    """`notify: false` applies to one update, or to all updates of a file."""
    quiet = UPDATES.replace("text: Better.", "text: Better., notify: false")
    some = only(answered(OUTAGE + quiet))
    none = only(answered(f"{OUTAGE}notify: false\n{UPDATES}"))

    assert [True, False, True, True] == [
        update["deliver_notifications"] for update in some["incident_updates"]
    ]
    assert {False} == {update["deliver_notifications"] for update in none["incident_updates"]}


def test_ids_stay_when_an_older_update_is_inserted() -> None:
    """Ids of updates survive one that is inserted earlier, and a pinned id is used."""
    late = UPDATES.replace("updates:\n", "updates:\n  - {at: 2026-11-20 09:01, text: First.}\n")
    short, long = (
        only(answered(f"{OUTAGE}id: abcdefghij12\n{updates}")) for updates in (UPDATES, late)
    )

    assert "abcdefghij12" == short["id"]
    assert {one["id"] for one in short["incident_updates"]} < {
        one["id"] for one in long["incident_updates"]
    }


# Maintenance.


@pytest.mark.parametrize(
    ("now", "expected", "status"),
    [
        pytest.param("2026-11-20 09:59:59", ["scheduled"], "operational", id="before"),
        pytest.param(
            "2026-11-20 10:00", ["scheduled", "in_progress"], "under_maintenance", id="begins"
        ),
        pytest.param(
            "2026-11-20 10:59:59", ["scheduled", "in_progress"], "under_maintenance", id="lasts"
        ),
        pytest.param(
            "2026-11-20 11:00", ["scheduled", "in_progress", "completed"], "operational", id="ends"
        ),
    ],
)
def test_the_clock_moves_planned_work(now: str, expected: list[str], status: str) -> None:
    """Each automatic step is an update at the edge of the window, and the lists follow."""
    api = answered(WORK, now=now)
    one = only(api)
    edges = ["2026-11-18T10:00:00.000Z", "2026-11-20T10:00:00.000Z", "2026-11-20T11:00:00.000Z"]

    assert expected == states(one)
    assert edges[: len(expected)] == [
        update["display_at"] for update in reversed(one["incident_updates"])
    ]
    assert status == components(api)["Database"]["status"]
    assert ["2026-11-20T10:00:00.000Z", "2026-11-20T11:00:00.000Z"] == [
        one["scheduled_for"],
        one["scheduled_until"],
    ]
    assert "maintenance" == one["impact"]


def test_a_move_of_the_clock_is_spoken_in_english() -> None:
    """Standard texts are English, in any language and with any custom texts."""
    own = "messages: {standard.in_progress: Wir arbeiten!}\n"
    one = only(answered(WORK, settings=f"{SETTINGS}language: de\n{own}"))

    assert [
        "Text.",
        "Scheduled maintenance is in progress.",
        "The scheduled maintenance has been completed.",
    ] == [update["body"] for update in reversed(one["incident_updates"])]


def test_work_runs_over_and_is_verified() -> None:
    """After the first update in the window, only updates change the state of maintenance."""
    updates = """\
updates:
  - {at: 2026-11-18 10:00, text: Planned.}
  - {at: 2026-11-20 10:30, state: verifying, text: Nearly.}
"""
    api = answered(WORK + updates)
    one = only(api)

    assert ["scheduled", "in_progress", "verifying"] == states(one)
    assert ["2026-11-20T10:30:00.000Z", None] == [one["monitoring_at"], one["resolved_at"]]
    assert [one] == api["scheduled-maintenances/active"]["scheduled_maintenances"]


def test_coming_work_is_listed_soonest_first() -> None:
    """Upcoming maintenance is sorted by start; the list of all is newest first."""
    later = WORK.replace("11-20", "11-22").replace("11-18", "11-17")
    api = answered(WORK, later, now="2026-11-19 12:00")
    coming = api["scheduled-maintenances/upcoming"]["scheduled_maintenances"]

    assert ["a", "b"] == [one["name"] for one in coming]


def test_work_without_services_affects_none() -> None:
    """Maintenance may affect no service; its updates then say null."""
    one = only(answered(WORK.replace("[db]", "[]")))

    assert {None} == {update["affected_components"] and 1 for update in one["incident_updates"]}
    assert [] == one["components"]


# Notices.


def test_a_notice_without_services_is_not_in_the_api() -> None:
    """Only notices that name a service are in the API."""
    assert [] == records(answered(NOTICE.replace("[api]", "[]")))


@pytest.mark.parametrize(
    ("more", "now", "count"),
    [
        pytest.param("", "2026-11-20 12:00", 1, id="shown"),
        pytest.param("", "2026-12-05 09:00", 1, id="expired"),
        pytest.param("pin: true\n", "2027-01-05 09:00", 1, id="pinned"),
        pytest.param("state: investigating\n", NOW, 1, id="with-a-state"),
        pytest.param("until: 2026-11-22 10:00\n", "2026-11-22 10:00", 1, id="until"),
        pytest.param("resolved: 2026-11-21 10:00\n", "2026-12-22 10:00", 2, id="resolved"),
        pytest.param(
            "updates: [{at: 2026-11-20 09:00, text: A.},"
            " {at: 2026-11-20 10:00, state: identified, text: B.}]\n",
            NOW,
            2,
            id="updated",
        ),
    ],
)
def test_a_notice_is_no_open_incident(more: str, now: str, count: int) -> None:
    """A notice is resolved from its start and has no impact, so that it causes no alert."""
    api = answered(NOTICE + more, now=now)
    one = only(api)

    assert ["none", ["resolved"] * count] == [one["impact"], states(one)]
    assert [None, "2026-11-20T09:00:00.000Z"] == [one["monitoring_at"], one["resolved_at"]]
    assert [] == api["incidents/unresolved"]["incidents"] + api["summary"]["incidents"]
    assert {("Core - API", "operational", "operational")} == {
        change for update in changes(one) for change in update
    }


def test_the_end_of_a_notice_changes_no_file() -> None:
    """Clients that compare answers see no change when a notice expires."""
    before, after = (answered(NOTICE, now=f"2026-12-05 {time}") for time in ("08:59", "09:01"))

    assert before == after


# Texts.


def test_texts_come_out_as_they_were_written() -> None:
    """Quotes, brackets, emoji and right-to-left text reach clients without HTML."""
    title = """<b>"1" & '2'</b> 🚀 \u05e9\u05dc ]]>"""
    text = "We **look** at `a < b`.\n\n- one\n- [two](https://a.example/?b=1&c)\n\n\u05e9 🚀 &amp;"
    quoted = "'" + title.replace("'", "''") + "'"
    one = only(answered(f"---\ntitle: {quoted}\n{OUTAGE}---\n{text}\n"))
    body = one["incident_updates"][0]["body"]

    assert title == one["name"]
    assert "We look at a < b.\n\n- one\n- two (https://a.example/?b=1&c)\n\n\u05e9 🚀 &" == body


def test_a_notice_that_says_nothing_has_its_title() -> None:
    """A notice without a text has its title as body, which is never empty."""
    one = only(answered(f"---\ntitle: Read me\n{NOTICE}---\n"))

    assert "Read me" == one["incident_updates"][0]["body"]


def test_the_postmortem_is_for_the_page_alone() -> None:
    """The text below the updates is in no update of the API."""
    api = answered(f"---\ntitle: A\n{OUTAGE}{UPDATES}---\nWhy it happened.\n")

    assert "Why it happened" not in json.dumps(api)


# Random sites.

ZONES = ("UTC", "Europe/Rome", "America/St_Johns", "Pacific/Chatham")
NAMES = ("api", "web", "fax", "db")
ORIGIN = datetime(2026, 10, 24, 20, tzinfo=UTC)  # Clocks change in the following night.
TICK = timedelta(minutes=47)
TICKS = 12
TITLES = st.text("aZ<>&\"'\\{}]🚀ש\u0301 ", min_size=1, max_size=12).map(lambda text: f"{text}.")


@st.composite
def files(draw: st.DrawFn, number: int) -> Incident:
    """Return a valid file of any kind."""
    kind = draw(st.sampled_from(Kind))
    harms = kind.severities[1:] or kind.severities
    started = ORIGIN + TICK * draw(st.integers(0, TICKS))
    severity = draw(st.sampled_from(harms))
    least = 1 if kind is Kind.INCIDENT else 0
    services = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=least))
    file = Incident(
        slug=f"file-{number}",
        title=draw(TITLES),
        severity=severity,
        services=tuple(ServiceSeverity(id=name) for name in services),
        started=started,
        updates=tuple(draw(updates(kind, started))),
        pin=draw(st.booleans()),
        notify=draw(st.booleans()),
    )
    if kind is Kind.MAINTENANCE:
        starts = started + TICK * draw(st.integers(1, TICKS))
        return replace(file, starts=starts, ends=starts + TICK * draw(st.integers(1, TICKS)))
    if kind is Kind.NOTICE and draw(st.booleans()):
        return replace(file, until=started + TICK * draw(st.integers(1, TICKS)))
    if not any(one.state for one in file.updates) and draw(st.booleans()):
        return replace(file, resolved=started + TICK * draw(st.integers(0, TICKS)))
    return file


@st.composite
def updates(draw: st.DrawFn, kind: Kind, started: datetime) -> list[Update]:
    """Return one or more updates in order, some at the same time."""
    found = []
    for tick in sorted(draw(st.lists(st.integers(0, TICKS), min_size=1, max_size=5))):
        state = draw(st.none() | st.sampled_from(kind.states))
        named: dict[str, Severity] = {}
        if state not in (State.RESOLVED, State.COMPLETED):
            values = st.sampled_from(kind.severities)
            named = draw(st.dictionaries(st.sampled_from(NAMES), values, max_size=2))
        found.append(
            Update(
                at=started + TICK * tick,
                text=draw(st.sampled_from(["", "Text.", "**A** <b>", "---"])),
                state=state,
                services=tuple(
                    ServiceSeverity(id=name, severity=one) for name, one in named.items()
                ),
                notify=draw(st.booleans()),
            )
        )
    return found


@dataclass(frozen=True)
class World:
    """A small site at a moment with many open files."""

    settings: str
    files: tuple[Incident, ...]
    now: datetime

    def site(self) -> view_models.Site:
        return assemble.assemble(configured(self.settings), self.files, now=self.now)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    since = draw(st.sampled_from(["2020-01-01", "2026-10-25", "2027-01-01"]))
    text = SETTINGS.replace("2026-01-15", since).replace("2026-11-25", "2026-10-26")
    zone = draw(st.sampled_from(ZONES))
    incidents = [draw(files(number)) for number in range(draw(st.integers(0, 4)))]
    sound = tuple(one for one in incidents if not errors_of(one))
    now = ORIGIN + TICK * draw(st.integers(0, 4 * TICKS))
    return World(f"{text}timezone: {zone}\n", sound, now)


def errors_of(file: Incident) -> list[str]:
    return [fault.message for fault in trace(file).faults if fault.level == "error"]


@given(worlds())
def test_any_site_keeps_every_rule(world: World) -> None:
    """The API of any files fits its schemas and is consistent with itself and with the page."""
    assembled = world.site()
    api = api_of(assembled)

    check(api)
    check_against(api, assembled)


@settings(max_examples=scaled(30))
@given(worlds())
def test_building_again_gives_the_same_bytes(world: World) -> None:
    """The bytes depend on the files alone, not on their order or that of the outputs."""
    turned = replace(world, files=world.files[::-1])
    first, again = (statuspage.outputs(one.site()) for one in (world, turned))

    assert {path: make() for path, make in first.items()} == {
        path: make() for path, make in reversed(again.items())
    }
