"""django-statusboard's v0.1 API: its objects, their order, and their stable integer ids."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen import times
from statusgen.config.parser import parse_config
from statusgen.content import parser
from statusgen.render.compat import statusboard
from statusgen.site import assemble
from statusgen.site.view_models import Site
from tests.conftest import ROOT
from tests.support import examples, publishing
from tests.support.examples import NOW, made

URL = "https://acme.example/status"
SETTINGS = f"""\
title: Acme
url: {URL}
timezone: Europe/Rome
api: [statusboard]
groups:
  - {{id: core, name: Core, collapse: always}}
  - {{id: apps, name: Apps, collapse: when_operational}}
  - {{id: rest, name: Rest}}
  - {{id: past, name: Past}}
services:
  - {{id: web, name: Web, group: core, description: Site, link: "https://acme.example/"}}
  - {{id: fax, name: Fax, group: past, retired: 2026-01-31}}
  - {{id: api, name: API, group: apps, since: 2026-03-01}}
  - {{id: mail, name: Mail, group: rest}}
  - {{id: db, name: Database}}
"""
KEYS = {
    "servicegroup": "id name collapse priority services created modified",
    "service": "id name description href status groups priority created modified",
    "incident": "id name services occurred created modified updates closed",
    "incidentupdate": "id status description created modified incident",
    "maintenance": "id name description created modified scheduled",
}
TYPES: dict[str, type] = dict.fromkeys(["id", "collapse", "priority", "status", "incident"], int)
TYPES |= dict.fromkeys(["services", "groups", "updates"], list)
TYPES |= {"closed": bool}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
AFTER = "2026-11-21 00:00"
SAFE = 2**53 - 1  # the greatest safe integer in JavaScript

Files = Mapping[str, Any]
Object = dict[str, Any]


def assembled(
    files: Mapping[str, str],
    *,
    now: str = AFTER,
    base_url: str | None = None,
    more: str = SETTINGS,
) -> Site:
    """Return the site at *now* (UTC) of *files*, by slug; a file may include its title."""
    known, problems = parse_config(more, path=Path("statusgen.yml"))
    assert known is not None, problems
    incidents = []
    for slug, text in files.items():
        head = "" if text.startswith("title:") else f"title: Title of {slug}\n"
        path = Path(f"{slug}.md")
        parsed = parser.parse(f"---\n{head}{text}", path=path, slug=slug, config=known)
        assert parsed.incident is not None, parsed.problems
        incidents.append(parsed.incident)
    return assemble.assemble(known, incidents, now=times.parse(now, UTC), base_url=base_url)


def refused(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def strict(data: bytes) -> Any:
    """Return *data* parsed as JSON; reject duplicate keys and NaN."""

    def pairs(found: list[tuple[str, Any]]) -> Object:
        assert len(dict(found)) == len(found)
        return dict(found)

    return json.loads(data.decode(), parse_constant=refused, object_pairs_hook=pairs)


def read(built: Site) -> Files:
    """Return all files in the API by path below its base."""
    made_by = statusboard.outputs(built)
    return {path.removeprefix("api/v0.1/"): strict(make()) for path, make in made_by.items()}


def told(files: Mapping[str, str], *, now: str = AFTER, base_url: str | None = None) -> Files:
    """Return all files in the API for a small site."""
    return read(assembled(files, now=now, base_url=base_url))


def one(found: Files, collection: str, name: str) -> Object:
    """Return the object in *collection* that is called *name*."""
    return next(dict(item) for item in found[f"{collection}.json"] if item["name"] == name)


def ids(found: Files) -> dict[str, set[int]]:
    """Return the ids of every collection."""
    return {name: {item["id"] for item in found[f"{name}.json"]} for name in KEYS}


OUTAGE = """\
severity: major
services: [web, db]
started: 2026-11-20T09:00Z
updates:
  - {at: 2026-11-20T10:00Z, text: "It is **down**."}
  - {at: 2026-11-20T11:00Z, state: identified, text: Found.}
  - {at: 2026-11-20T11:30Z, state: monitoring, text: Mended.}
  - {at: 2026-11-20T12:40Z, state: resolved, text: Well again.}
---
A postmortem.
"""
SLOW = """\
severity: degraded
services: [web]
started: 2026-11-20T10:30Z
---
Slow.
"""
WORK = """\
severity: maintenance
services: [api]
announced: 2026-11-01T10:00Z
starts: 2026-11-20T10:00Z
ends: 2026-11-20T12:00Z
---
We replace disks.
"""
NOTICE = "severity: none\nservices: [api]\nstarted: 2026-11-20T10:00Z\n---\nMind the gap.\n"
ALL = {"a": OUTAGE, "b": SLOW, "c": WORK, "d": NOTICE}


@cache
def of_hostile() -> examples.Site:
    """Return the hostile site, with this API."""
    hostile = dict(examples.HOSTILE)
    hostile["statusgen.yml"] += "\napi: [statuspage, stashboard, statusboard]\n"
    return made(hostile)


def hostile_files() -> Files:
    start = "api/v0.1/"
    files = of_hostile().files
    found = {
        path.removeprefix(start): data for path, data in files.items() if path.startswith(start)
    }
    return {path: strict(data) for path, data in found.items() if "/index.json" not in path}


def example_files() -> Files:
    content = publishing.read(ROOT, now=NOW)
    assert content.config is not None
    return read(assemble.assemble_views(content.config, content.incidents, now=content.now))


SITES: dict[str, Callable[[], Files]] = {
    "example": example_files,
    "hostile": hostile_files,
    "empty": lambda: told({}),
    "small": lambda: told(ALL, now="2026-11-20 11:15"),
}


@pytest.fixture(params=SITES, scope="module", name="found")
def files_of_one_of_the_sites(request: pytest.FixtureRequest) -> Files:
    """Return the files of one of the sites."""
    return SITES[request.param]()


def test_the_root_names_the_five_collections_in_order() -> None:
    """The root is one object: each collection's name and its absolute address, which is a file."""
    found = told({})
    wanted = {name: f"{URL}/api/v0.1/{name}.json" for name in KEYS}

    assert list(wanted.items()) == list(found["index.json"].items())
    assert {f"{name}.json" for name in KEYS} < set(found)


def test_objects_have_all_keys_in_the_served_order_and_of_the_right_types(found: Files) -> None:
    """Keys are complete, in order, not null, and of the right type in every collection."""
    for name, keys in KEYS.items():
        for item in found[f"{name}.json"]:
            assert keys.split() == list(item)
            assert {key: TYPES.get(key, str) for key in item} == {
                key: type(value) for key, value in item.items()
            }


def test_collections_are_bare_arrays_in_the_order_of_their_ids(found: Files) -> None:
    """A collection is a bare array by ascending unique ids, each with an equal file."""
    for name in KEYS:
        items = found[f"{name}.json"]
        numbers = [item["id"] for item in items]
        instances = {path for path in found if path.startswith(f"{name}/")}

        assert isinstance(items, list)
        assert sorted(set(numbers)) == numbers
        assert {f"{name}/{number}.json" for number in numbers} == instances
        assert items == [found[f"{name}/{number}.json"] for number in numbers]


def test_numbers_are_positive_and_survive_javascript(found: Files) -> None:
    """An id is never 0 and has at most 53 bits."""
    assert [] == [
        number for numbers in ids(found).values() for number in numbers if not 0 < number <= SAFE
    ]


def test_every_relation_leads_to_an_object(found: Files) -> None:
    """Relations between groups, services, incidents and updates lead to existing objects."""
    known = ids(found)
    groups = {item["id"]: item for item in found["servicegroup.json"]}
    incidents = {item["id"]: item for item in found["incident.json"]}
    for item in found["service.json"]:
        assert all(item["id"] in groups[number]["services"] for number in item["groups"])
        assert len(item["groups"]) <= 1
    for item in groups.values():
        assert item["services"]
        assert set(item["services"]) <= known["service"]
        assert sorted(item["services"]) == item["services"]
    for item in incidents.values():
        assert set(item["services"]) <= known["service"]
        assert sorted(item["services"]) == item["services"]
        assert set(item["updates"]) <= known["incidentupdate"]
    for item in found["incidentupdate.json"]:
        assert 1 == incidents[item["incident"]]["updates"].count(item["id"])


def test_times_are_utc_without_a_fraction(found: Files) -> None:
    """Times end in Z in every time zone of the site; nothing is modified before it is created."""
    for name in KEYS:
        for item in found[f"{name}.json"]:
            times = [item[key] for key in ("created", "modified")]
            others = [item[key] for key in ("occurred", "scheduled") if key in item]

            assert all(TIME.fullmatch(time) for time in (*times, *others)), item
            assert sorted(times) == times


def test_numbers_that_stand_for_words_are_in_their_range(found: Files) -> None:
    """Statuses are 0 to 3, `collapse` is 0 to 2, priorities are not negative."""
    for name in ("service", "incidentupdate"):
        assert {item["status"] for item in found[f"{name}.json"]} <= {0, 1, 2, 3}
    assert {item["collapse"] for item in found["servicegroup.json"]} <= {0, 1, 2}
    for name in ("service", "servicegroup"):
        assert all(item["priority"] >= 0 for item in found[f"{name}.json"])


def test_a_closed_incident_is_one_whose_newest_update_is_fixed(found: Files) -> None:
    """`closed` agrees with the status of the newest update."""
    statuses = {item["id"]: item["status"] for item in found["incidentupdate.json"]}
    for item in found["incident.json"]:
        newest = [statuses[number] for number in item["updates"]][-1:]

        assert item["closed"] is (newest == [3])


def test_an_incident_is_told_as_the_reference_has_it() -> None:
    """An incident has its start, last change, services and updates, and whether it is closed."""
    found = told(ALL)
    item = one(found, "incident", "Title of a")
    updates = [found[f"incidentupdate/{number}.json"] for number in item["updates"]]
    services = {found[f"service/{number}.json"]["name"] for number in item["services"]}

    assert "2026-11-20T09:00:00Z" == item["occurred"] == item["created"]
    assert "2026-11-20T12:40:00Z" == item["modified"]
    assert item["closed"] is True
    assert {"Web", "Database"} == services
    assert [0, 1, 2, 3] == [update["status"] for update in updates]
    assert "It is down." == updates[0]["description"]
    assert "2026-11-20T10:00:00Z" == updates[0]["created"] == updates[0]["modified"]
    assert {item["id"]} == {update["incident"] for update in updates}


def test_a_reopened_incident_is_not_closed() -> None:
    """A later update that is not Fixed reopens the incident, and the status of its service."""
    again = OUTAGE.replace("\n---", "\n  - {at: 2026-11-20T13:00Z, state: identified}\n---", 1)
    found = told({"a": again})

    assert one(found, "incident", "Title of a")["closed"] is False
    assert 3 == one(found, "service", "Web")["status"]


def test_a_service_has_the_worst_of_what_is_open() -> None:
    """The worse of two incidents counts; closing it leaves the status of the other."""
    during, after = told(ALL, now="2026-11-20 11:15"), told(ALL)

    assert (3, 3) == tuple(one(during, "service", name)["status"] for name in ("Web", "Database"))
    assert (1, 0) == tuple(one(after, "service", name)["status"] for name in ("Web", "Database"))


@pytest.mark.parametrize(
    ("severity", "status"),
    [("degraded", 1), ("partial", 2), ("major", 3)],
)
def test_each_severity_has_its_number(severity: str, status: int) -> None:
    """Performance issues, partial outage and major outage have their numbers."""
    found = told({"a": SLOW.replace("degraded", severity)})

    assert status == one(found, "service", "Web")["status"]


def test_planned_work_of_which_nothing_is_said_yet_has_no_description() -> None:
    """Maintenance announced before its first update has no description."""
    late = "updates: [{at: 2026-11-19T10:00Z, text: Late.}]\n"
    work = WORK.replace("---\nWe replace disks.", f"{late}---")
    found = told({"a": work}, now="2026-11-02 12:00")

    assert "" == one(found, "maintenance", "Title of a")["description"]


@pytest.mark.parametrize("now", ["2026-11-20 09:59:59", "2026-11-20 11:00", "2026-11-20 13:00"])
@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param("", "We replace disks.", id="in-its-text"),
        pytest.param("updates: [{at: 2026-11-02T10:00Z, text: Moved.}]\n", "Moved.", id="later"),
    ],
)
def test_planned_work_is_described_by_what_somebody_said(
    more: str, expected: str, now: str
) -> None:
    """Automatic steps, which have no text, do not replace the text by an author."""
    found = told({"a": WORK.replace("---\nWe", f"{more}---\nWe")}, now=now)

    assert expected == one(found, "maintenance", "Title of a")["description"]


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("2026-11-20 09:59:59", id="before"),
        pytest.param("2026-11-20 11:00", id="in"),
        pytest.param("2026-11-20 12:00", id="after"),
    ],
)
def test_planned_work_is_in_its_list_and_harms_no_status(now: str) -> None:
    """Maintenance is listed, but its service keeps status 0: the API has none for it."""
    found = told({"a": WORK}, now=now)
    item = one(found, "maintenance", "Title of a")

    assert "2026-11-20T10:00:00Z" == item["scheduled"]
    assert "2026-11-01T10:00:00Z" == item["created"]
    assert 0 == one(found, "service", "API")["status"]
    assert [] == found["incident.json"]
    assert [] == found["incidentupdate.json"]


def test_work_that_was_called_off_is_not_announced_any_more() -> None:
    """Cancelled maintenance is not listed, as clients would take it for upcoming."""
    update = "updates: [{at: 2026-11-10T10:00Z, state: completed, text: No.}]\n---"
    cancelled = WORK.replace("---", update, 1)

    assert [] == told({"a": cancelled}, now="2026-11-11 00:00")["maintenance.json"]


def test_notices_are_left_out() -> None:
    """Notices are omitted: they are never closed, and would look like endless outages."""
    found = told({"a": NOTICE})

    assert [] == found["incident.json"] + found["maintenance.json"] + found["incidentupdate.json"]


def test_services_and_groups_say_what_the_settings_say() -> None:
    """Name, description and link come from the settings, never null; collapse is a number."""
    found = told({})
    web, database = one(found, "service", "Web"), one(found, "service", "Database")
    groups = {item["name"]: item["collapse"] for item in found["servicegroup.json"]}

    assert ("Site", "https://acme.example/") == (web["description"], web["href"])
    assert ("", "", []) == (database["description"], database["href"], database["groups"])
    assert {"Core": 1, "Apps": 2, "Rest": 0} == groups


def test_sorted_by_priority_is_the_order_of_the_page() -> None:
    """Descending priority is the order on the page; appending services changes no other."""
    found = told({})
    longer = read(assembled({}, more=SETTINGS + "  - {id: new, name: New}\n"))
    for name, wanted in (
        ("service", ["Web", "API", "Mail", "Database"]),
        ("servicegroup", ["Core", "Apps", "Rest"]),
    ):
        items = sorted(found[f"{name}.json"], key=lambda item: -int(item["priority"]))

        assert wanted == [item["name"] for item in items]
        assert [] == [item for item in items if item not in longer[f"{name}.json"]]


def test_created_and_modified_come_from_the_data() -> None:
    """A service is as old as its `since` or first file, and as new as its last update."""
    found = told(ALL)
    times = {item["name"]: (item["created"], item["modified"]) for item in found["service.json"]}
    groups = {item["name"]: item["modified"] for item in found["servicegroup.json"]}

    assert ("2026-11-20T09:00:00Z", "2026-11-20T12:40:00Z") == times["Web"]
    assert ("2026-02-28T23:00:00Z", "2026-11-20T12:00:00Z") == times["API"]
    assert ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z") == times["Mail"]
    assert "2026-11-20T12:40:00Z" == groups["Core"]


def test_nothing_changes_with_the_clock_alone() -> None:
    """A later build of the same content writes the same files."""
    assert told(ALL) == told(ALL, now="2026-12-24 18:00")


def test_retired_services_are_left_out_everywhere() -> None:
    """Retired services are left out even of old incidents, so that every id resolves."""
    old = SLOW.replace("2026-11-20", "2025-11-20").replace("[web]", "[web, fax]")
    found = told({"a": old})

    assert "Fax" not in {item["name"] for item in found["service.json"]}
    assert "Past" not in {item["name"] for item in found["servicegroup.json"]}
    assert [one(found, "service", "Web")["id"]] == one(found, "incident", "Title of a")["services"]


def test_names_are_unique_and_not_too_long() -> None:
    """Services of the same name have their ids appended, within 255 characters."""
    long = "x" * 200
    other = "y" * 64
    more = f"  - {{id: a, name: {long}}}\n  - {{id: {other}, name: {long}}}\n"
    more += "  - {id: web2, name: Web}\n"
    names = [item["name"] for item in read(assembled({}, more=SETTINGS + more))["service.json"]]

    assert len(names) == len(set(names))
    assert {"Web (web)", "Web (web2)", "API"} < set(names)
    assert max(len(name) for name in names) <= 255


def test_ids_stay_when_other_files_come_and_go() -> None:
    """Other files, deletions, titles and addresses do not change an id."""
    before = ids(told(ALL))
    older = {"0": OUTAGE.replace("2026-11-20", "2020-01-01")}
    fewer = {slug: text for slug, text in ALL.items() if slug != "b"}
    retitled = {**ALL, "a": "title: Other\n" + OUTAGE}

    assert before == ids(told(retitled))
    assert before == ids(told(ALL, base_url="https://elsewhere.example"))
    for name, numbers in ids(told({**older, **ALL})).items():
        assert before[name] <= numbers
    for name, numbers in ids(told(fewer)).items():
        assert numbers <= before[name]
    assert ids(told(fewer))["incident"] < before["incident"]


PUBLISHED = (4980201047229255, 3987383032058962, 6489209300331839, 2839052669124072)


def test_ids_are_those_that_were_once_published() -> None:
    """Ids stay the same across versions of statusgen, because clients store them."""
    found = told({"a": SLOW})

    assert 1 == len(found["incident.json"])
    assert PUBLISHED == (
        one(found, "service", "Web")["id"],
        one(found, "servicegroup", "Core")["id"],
        one(found, "incident", "Title of a")["id"],
        found["incidentupdate.json"][0]["id"],
    )


@given(keys=st.sets(st.text("abcdef", min_size=1, max_size=3), max_size=7))
def test_ids_that_meet_in_a_number_get_different_ones(keys: set[str]) -> None:
    """Colliding ids get different numbers: seven ids in few bits, in any order."""
    found = statusboard.numbers("service", keys, bits=3)

    assert len(keys) == len({*found.values()})
    assert {*found.values()} <= {1, 2, 3, 4, 5, 6, 7}
    assert found == statusboard.numbers("service", sorted(keys, reverse=True), bits=3)


def test_kinds_count_separately() -> None:
    """A service and a group with the same id have different numbers."""
    assert statusboard.numbers("service", ["a"]) != statusboard.numbers("servicegroup", ["a"])


def test_texts_come_through_as_they_are() -> None:
    """Names in any script and with markup are as on the page; descriptions are plain text."""
    found = hostile_files()
    names = {item["name"] for item in found["service.json"]}
    descriptions = [item["description"] for item in found["incidentupdate.json"]]

    assert {"שירות 東京 🚀 خدمة", "''\"\"``<>&&"} < names
    assert [] != [text for text in descriptions if "<script>alert(1)</script>" in text]
    assert [] == [text for text in descriptions if "</p>" in text or "&lt;p" in text]


def test_every_address_is_a_file_of_the_site() -> None:
    """The addresses for a site below a path lead to files in the build."""
    built = of_hostile()
    for url in hostile_files()["index.json"].values():
        assert url.removeprefix(f"{built.url}/") in built.files


def test_a_client_as_they_are_around_sees_the_state() -> None:
    """A client that reads the worst status and open incidents sees an outage, then its end."""

    def seen(found: Files) -> tuple[int, list[str]]:
        worst = max(item["status"] for item in found["service.json"])
        return (worst, [item["name"] for item in found["incident.json"] if not item["closed"]])

    assert (3, ["Title of a"]) == seen(told({"a": OUTAGE}, now="2026-11-20 11:15"))
    assert (0, []) == seen(told({"a": OUTAGE}))


def test_the_api_is_there_only_if_the_settings_ask_for_it() -> None:
    """The API is generated only with `api: [statusboard]`."""
    without = made({"statusgen.yml": SETTINGS.replace("api: [statusboard]\n", "")}).files
    asked = made({"statusgen.yml": SETTINGS}).files

    assert [] == [path for path in without if path.startswith("api/v0.1/")]
    assert "api/v0.1/index.json" in asked
