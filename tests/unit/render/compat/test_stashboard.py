"""Stashboard's v1 read API: its objects, the pitfalls with its events, and typical clients."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen import times
from statusgen.config.parser import parse_config
from statusgen.content import parser
from statusgen.model import Incident, ServiceSeverity, Severity, State, Update
from statusgen.render.compat import stashboard
from statusgen.site import assemble
from statusgen.site.view_models import Site
from tests.conftest import ROOT, scaled
from tests.support import examples, publishing
from tests.support.examples import NOW, made

URL = "https://acme.example/status"
SETTINGS = f"""\
title: Acme
url: {URL}
timezone: Europe/Rome
api: [stashboard]
groups:
  - {{id: core, name: Core, description: What all need}}
  - {{id: apps, name: Apps}}
  - {{id: past, name: Past}}
services:
  - {{id: web-app, name: Web, group: core, description: Customer site}}
  - {{id: api, name: api, group: apps}}
  - {{id: db_1, name: Database}}
  - {{id: fax, name: Fax, group: past, retired: 2026-01-31}}
"""
STATUS = "name id description default level image url"
EVENT = "sid timestamp message informational url status"
LIST = "name id description url"
SERVICE = "name id description url list current-event"
LEVELS = ["NORMAL", "WARNING", "ERROR", "CRITICAL"]
WORDS = {"none": "up", "maintenance": "maintenance", "degraded": "warning", "partial": "partial"}
WORDS["major"] = "down"
BASES = ("api/v1", "admin/api/v1")

Files = Mapping[str, Any]


def assembled(
    files: Mapping[str, str], *, now: str, base_url: str | None = None, more: str = SETTINGS
) -> Site:
    """Return the site at *now* (UTC) of *files*, by slug; a file may include its title."""
    known, problems = parse_config(more, path=Path("statusgen.yml"))
    assert known is not None, problems
    incidents = []
    for slug, text in files.items():
        head = "" if text.startswith("title:") else f"title: Title of {slug}\n"
        parsed = parser.parse(
            f"---\n{head}{text}", path=Path(f"{slug}.md"), slug=slug, config=known
        )
        assert parsed.incident is not None, parsed.problems
        incidents.append(parsed.incident)
    return assemble.assemble(known, incidents, now=times.parse(now, UTC), base_url=base_url)


def refused(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def read(built: Site) -> Files:
    """Return all files in the API, parsed strictly."""
    made_by = stashboard.outputs(built)
    return {path: strict(make()) for path, make in made_by.items()}


def strict(data: bytes) -> Any:
    """Return *data* parsed as JSON; reject duplicate keys and NaN."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(found)) == len(found)
        return dict(found)

    return json.loads(data.decode(), parse_constant=refused, object_pairs_hook=pairs)


def told(files: Mapping[str, str], *, now: str, base_url: str | None = None) -> Files:
    """Return all files in the API for a small site."""
    return read(assembled(files, now=now, base_url=base_url))


def events(found: Files, service: str = "api", base: str = "api/v1") -> list[dict[str, Any]]:
    """Return the events of *service*, newest first."""
    return list(found[f"{base}/services/{service}/events.json"]["events"])


def course(found: Files, service: str = "api") -> list[tuple[str, str, bool]]:
    """Return hour, status and whether it is informational, of each event, oldest first."""
    return [
        (event["timestamp"][17:22], event["status"]["id"], event["informational"])
        for event in reversed(events(found, service))
    ]


def incident(severity: str, services: str, *updates: tuple[str, str]) -> str:
    """Return an incident of 20 November with *updates*: an hour, and other keys on one line."""
    lines = [f"  - {{at: 2026-11-20T{at}Z, {keys}}}" for at, keys in updates]
    head = f"severity: {severity}\nservices: {services}\nupdates:\n"
    return head + "\n".join(lines) + "\n---\n"


OUTAGE = incident(
    "major",
    "[api]",
    ("10:00", "text: It is **down**."),
    ("11:00", "state: identified, text: Found."),
    ("12:00", "state: resolved, text: Well again."),
)
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
AFTER = "2026-11-21 00:00"


@cache
def of_example() -> Site:
    """Return the example of this repository."""
    content = publishing.read(ROOT, now=NOW)
    assert content.config is not None
    return assemble.assemble_views(content.config, content.incidents, now=content.now)


@cache
def of_hostile() -> examples.Site:
    """Return the hostile site, with this API."""
    hostile = dict(examples.HOSTILE)
    hostile["statusgen.yml"] += "\napi: [statuspage, stashboard, statusboard]\n"
    return made(hostile)


def hostile_files() -> Files:
    files = of_hostile().files
    paths = [path for path in files if path.startswith(BASES) and path.endswith(".json")]
    return {path: strict(files[path]) for path in paths if not path.endswith("/index.json")}


SITES: dict[str, Callable[[], Files]] = {
    "example": lambda: read(of_example()),
    "hostile": hostile_files,
    "empty": lambda: told({}, now=AFTER),
    "small": lambda: told({"a": OUTAGE, "b": WORK, "c": NOTICE}, now="2026-11-20 11:30"),
}


@pytest.fixture(params=SITES, scope="module", name="found")
def files_of_one_of_the_sites(request: pytest.FixtureRequest) -> Files:
    """Return the files of one of the sites."""
    return SITES[request.param]()


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within *value*."""
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, dict | list):
            yield from objects(one)


def check_status(status: dict[str, Any]) -> None:
    assert set(STATUS.split()) == set(status)
    assert status["level"] in LEVELS
    assert isinstance(status["default"], bool)
    assert all(isinstance(status[key], str) for key in STATUS.split() if key != "default")


def check_event(event: dict[str, Any]) -> None:
    assert set(EVENT.split()) == set(event)
    assert isinstance(event["informational"], bool)
    assert all(isinstance(event[key], str) for key in EVENT.split()[:3])
    check_status(event["status"])


def check_list(one: dict[str, Any]) -> None:
    assert set(LIST.split()) == set(one)
    assert all(isinstance(value, str) for value in one.values())


def check_service(service: dict[str, Any]) -> None:
    assert set(SERVICE.split()) == set(service)
    assert all(isinstance(service[key], str) for key in LIST.split())
    if service["list"] is not None:
        check_list(service["list"])
    if service["current-event"] is not None:
        check_event(service["current-event"])


CHECKS = {
    r"services/[^/]+": check_service,
    r"services/[^/]+/events/[^/]+": check_event,
    r"statuses/[^/]+": check_status,
    r"service-lists/[^/]+": check_list,
}
COLLECTIONS = {
    r"services": ("services", check_service),
    r"services/[^/]+/events": ("events", check_event),
    r"statuses": ("statuses", check_status),
    r"service-lists": ("lists", check_list),
}


def test_every_object_has_exactly_its_keys_and_types(found: Files) -> None:
    """Services, events, statuses and lists always have all keys, with the right types."""
    known = {"levels", "status-images"}
    for path, document in found.items():
        name = re.sub(r"^(admin/)?api/v1/|\.json$", "", path)
        one = [check for pattern, check in CHECKS.items() if re.fullmatch(pattern, name)]
        some = [pair for pattern, pair in COLLECTIONS.items() if re.fullmatch(pattern, name)]
        assert one or some or name in known or name.endswith("/calendar"), path
        for check in one:
            check(document)
        for key, check in some:
            assert [key] == list(document)
            for member in document[key]:
                check(member)


def test_levels_and_pictures_are_listed(found: Files) -> None:
    """The levels are listed in order, and the familiar images, with one for each status."""
    images = found["api/v1/status-images.json"]["images"]
    used = {one["image"] for one in found["api/v1/statuses.json"]["statuses"]}

    assert {"levels": LEVELS} == found["api/v1/levels.json"]
    assert [{"name", "icon_set", "url"}] * 7 == [set(one) for one in images]
    assert used == {one["url"] for one in images}
    familiar = "tick-circle information wrench hard-hat exclamation cross-octagon cross-circle"
    assert familiar.split() == [one["name"] for one in images]


def test_statuses_keep_the_ids_that_clients_know_and_tell_true_levels(found: Files) -> None:
    """`up` is the default; five ids, each with its level, in code-point order of the names."""
    statuses = found["api/v1/statuses.json"]["statuses"]
    wanted = {
        "up": ("NORMAL", True),
        "maintenance": ("NORMAL", False),
        "warning": ("WARNING", False),
        "partial": ("ERROR", False),
        "down": ("CRITICAL", False),
    }

    assert wanted == {one["id"]: (one["level"], one["default"]) for one in statuses}
    assert sorted(one["name"] for one in statuses) == [one["name"] for one in statuses]


def test_no_wording_of_the_page_changes_a_status() -> None:
    """Custom texts do not change statuses, whose ids and names clients compare."""
    words = SETTINGS + "language: de\nmessages: {severity.major: Kaputt}\n"
    other = read(assembled({}, now=AFTER, more=words))

    assert told({}, now=AFTER)["api/v1/statuses.json"] == other["api/v1/statuses.json"]


def test_services_and_lists_stand_in_code_point_order() -> None:
    """Capitals come before small letters, and services without a group have null."""
    found = told({}, now=AFTER)
    services = found["api/v1/services.json"]["services"]

    assert ["Database", "Web", "api"] == [one["name"] for one in services]
    assert [None, "core", "apps"] == [one["list"] and one["list"]["id"] for one in services]
    assert ["Apps", "Core"] == [one["name"] for one in found["api/v1/service-lists.json"]["lists"]]


def test_a_list_says_what_it_is_but_not_who_is_in_it() -> None:
    """A list has its group's name and description; its members name it, not the reverse."""
    wanted = {
        "name": "Core",
        "id": "core",
        "description": "What all need",
        "url": f"{URL}/api/v1/service-lists/core.json",
    }
    found = told({}, now=AFTER)

    assert wanted == found["api/v1/service-lists/core.json"]
    assert wanted == found["api/v1/services/web-app.json"]["list"]


def test_every_url_of_the_api_leads_to_a_file_that_says_the_same(found: Files) -> None:
    """Each object has a file at its own `url`, below its own base, with just that object."""
    root = re.sub(r"/api/v1/.*", "", found["api/v1/statuses/up.json"]["url"])
    for path, document in found.items():
        base = path[: path.index("api/v1") + len("api/v1")]
        for one in objects(document):
            if "icon_set" not in one and "url" in one:
                assert one["url"].startswith(f"{root}/{base}/")
                assert one == found[one["url"].removeprefix(f"{root}/")]


def test_pictures_and_objects_are_files_of_the_site() -> None:
    """Every address in the API leads to a file in the build."""
    built = of_hostile()
    for document in hostile_files().values():
        for one in objects(document):
            for key in ("url", "image"):
                if key in one:
                    assert one[key].startswith(f"{built.url}/")
                    assert one[key].removeprefix(f"{built.url}/") in built.files


def test_the_admin_tree_mirrors_the_other_with_its_own_urls(found: Files) -> None:
    """`/admin/api/v1` has the same files as `/api/v1`, with its own URLs."""
    plain = {path: one for path, one in found.items() if path.startswith("api/")}
    admin = {path.removeprefix("admin/"): one for path, one in found.items() if path not in plain}
    renamed = json.loads(re.sub(r"(?<=/)admin/(?=api/v1/)", "", json.dumps(admin)))

    assert plain == renamed
    assert len(found) == 2 * len(plain)


def test_no_path_is_both_a_file_and_a_folder(found: Files) -> None:
    """No path is both a file and a folder, so that a plain host can serve the `.json` paths."""
    folders = {path[: end.start()] for path in found for end in re.finditer("/", path)}

    assert set() == folders & set(found)
    assert all(path.endswith(".json") for path in found)


def test_a_service_without_events_has_null_and_no_current_file() -> None:
    """A service without events has a null `current-event`, an empty list, and no current file."""
    found = told({"a": OUTAGE}, now=AFTER)

    assert found["api/v1/services/db_1.json"]["current-event"] is None
    assert {"events": []} == found["api/v1/services/db_1/events.json"]
    assert "api/v1/services/db_1/events/current.json" not in found
    assert "api/v1/services/api/events/current.json" in found


def test_a_service_is_up_from_its_first_day() -> None:
    """A service with `since` begins with an event, as some clients crash on one without events."""
    settings_with = SETTINGS.replace("name: Database}", "name: Database, since: 2026-11-01}")
    found = read(assembled({"a": OUTAGE}, now=AFTER, more=settings_with))
    event = found["api/v1/services/db_1.json"]["current-event"]

    assert event == found["api/v1/services/db_1/events/current.json"]
    assert ["up", "The service is operational.", "Sat, 31 Oct 2026 23:00:00 GMT"] == [
        event["status"]["id"],
        event["message"],
        event["timestamp"],
    ]


def test_the_first_day_of_a_service_is_no_news() -> None:
    """The event for `since` comes before all others; a backdated incident replaces it."""
    for since, expected in (("2026-11-01", 4), ("2026-11-20", 4), ("2026-11-21", 3)):
        more = SETTINGS.replace("name: api,", f"name: api, since: {since},")
        found = read(assembled({"a": OUTAGE}, now="2026-11-22 00:00", more=more))

        assert expected == len(events(found)), since


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param("---\nWe replace disks.\n", "We replace disks.", id="the-announcement"),
        pytest.param(
            "updates: [{at: '2026-11-02T10:00Z', text: Racks.}]\n---\n", "Racks.", id="an-update"
        ),
        pytest.param("updates: [{at: '2026-11-02T10:00Z'}]\n---\nBody.\n", "Body.", id="the-body"),
    ],
)
def test_planned_work_says_what_its_author_wrote(more: str, expected: str) -> None:
    """The start of maintenance has the words of its author, its end the standard ones."""
    found = told({"a": WORK.partition("---\n")[0] + more}, now=AFTER)

    assert ["The scheduled maintenance has been completed.", expected] == [
        one["message"] for one in events(found)
    ]


def test_an_incident_has_an_event_for_opening_update_and_resolution() -> None:
    """The opening and the resolution change the status; an update in between is informational."""
    found = told({"a": OUTAGE}, now=AFTER)

    assert [
        ("10:00", "down", False),
        ("11:00", "down", True),
        ("12:00", "up", False),
    ] == course(found)


def test_opened_and_resolved_are_just_two_events() -> None:
    """A DOWN and a later UP from automation are two events."""
    file = incident("major", "[api]", ("10:00", "text: a"), ("11:00", "state: resolved, text: b"))
    started = "severity: major\nservices: [api]\nstarted: 2026-11-20T10:00Z\n"
    short = started + "resolved: 2026-11-20T11:00Z\n---\nText.\n"

    assert [("10:00", "down", False), ("11:00", "up", False)] == course(
        told({"a": file}, now=AFTER)
    )
    assert [("10:00", "down", False), ("11:00", "up", False)] == course(
        told({"a": short}, now=AFTER)
    )


def test_an_opening_before_the_first_update_is_an_event_with_the_title() -> None:
    """An incident that began before its first update has an opening event with the title."""
    found = told({"a": "started: 2026-11-20T09:30Z\n" + OUTAGE}, now=AFTER)

    assert [("09:30", "down", False), ("10:00", "down", True)] == course(found)[:2]
    assert "Title of a" == events(found)[-1]["message"]


def test_a_recovery_before_the_resolving_update_is_an_event() -> None:
    """With `resolved:`, the service is up from then on, and the update is informational."""
    found = told({"a": "resolved: 2026-11-20T11:30Z\n" + OUTAGE}, now=AFTER)

    assert [("11:30", "up", False), ("12:00", "up", True)] == course(found)[2:]
    assert "" not in {event["message"] for event in events(found)}


def test_a_resolution_carries_the_worst_that_is_still_open() -> None:
    """After the worse of two incidents ends, the status of the other one remains."""
    slow = incident(
        "degraded",
        "[api]",
        ("10:30", "text: Slow."),
        ("11:30", "state: monitoring, text: Still."),
        ("13:00", "state: resolved, text: Fast."),
    )
    found = told({"a": OUTAGE, "b": slow}, now=AFTER)

    assert [
        ("10:00", "down", False),
        ("10:30", "down", True),
        ("11:00", "down", True),
        ("11:30", "down", True),
        ("12:00", "warning", False),
        ("13:00", "up", False),
    ] == course(found)


def test_each_affected_service_has_events_of_its_own() -> None:
    """An update that lets one service recover is informational on the other."""
    file = incident(
        "major",
        "{api: major, web-app: degraded}",
        ("10:00", "text: a"),
        ("11:00", "services: {web-app: none, db_1: partial}, text: b"),
        ("12:00", "state: resolved, text: c"),
    )
    found = told({"a": file}, now=AFTER)

    assert [("10:00", "down", False), ("11:00", "down", True), ("12:00", "up", False)] == course(
        found
    )
    assert [("10:00", "warning", False), ("11:00", "up", False), ("12:00", "up", True)] == course(
        found, "web-app"
    )
    assert [("11:00", "partial", False), ("12:00", "up", False)] == course(found, "db_1")


def test_a_reopened_incident_is_down_again() -> None:
    """A reopened incident regains its old severities."""
    file = OUTAGE.replace("\n---", "\n  - {at: 2026-11-20T13:00Z, state: identified}\n---")

    assert [("12:00", "up", False), ("13:00", "down", False)] == course(
        told({"a": file}, now=AFTER)
    )[2:]


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        pytest.param("2026-11-20 09:59:59", [], id="before"),
        pytest.param("2026-11-20 10:00", [("10:00", "maintenance", False)], id="first-second"),
        pytest.param("2026-11-20 11:59:59", [("10:00", "maintenance", False)], id="last-second"),
        pytest.param(
            "2026-11-20 12:00",
            [("10:00", "maintenance", False), ("12:00", "up", False)],
            id="after",
        ),
    ],
)
def test_planned_work_has_no_event_before_it_starts(
    now: str, wanted: list[tuple[str, str, bool]]
) -> None:
    """An announcement is not an event, which would be current at once."""
    assert wanted == course(told({"a": WORK}, now=now))


def test_work_that_was_called_off_has_no_event() -> None:
    """Cancelled maintenance has no event, as it never affected a service."""
    cancelled = WORK.replace(
        "---", "updates: [{at: 2026-11-10T10:00Z, state: completed, text: No.}]\n---", 1
    )

    assert [] == course(told({"a": cancelled}, now=AFTER))


def test_work_that_begins_early_is_current_from_then_on() -> None:
    """Maintenance that begins early is current from then on; no event is in the future."""
    early = WORK.replace(
        "---", "updates: [{at: 2026-11-20T08:00Z, state: in_progress, text: Go.}]\n---", 1
    )
    found = told({"a": early}, now="2026-11-20 09:00")

    assert [("08:00", "maintenance", False)] == course(found)


def test_an_outage_in_a_window_is_worse_than_the_work() -> None:
    """After an outage during maintenance the status is maintenance, then up."""
    file = OUTAGE.replace("T12:00Z", "T11:30Z")

    assert [
        ("10:00", "down", False),
        ("10:00", "down", True),
        ("11:00", "down", True),
        ("11:30", "maintenance", False),
        ("12:00", "up", False),
    ] == course(told({"a": file, "b": WORK}, now=AFTER))


def test_a_notice_is_a_note_that_changes_nothing() -> None:
    """A notice is an informational event with the status that the service already has."""
    found = told({"a": OUTAGE, "b": NOTICE.replace("T10:00", "T10:30")}, now=AFTER)

    assert ("10:30", "down", True) == course(found)[1]
    assert "Mind the gap." == events(found)[-2]["message"]


def test_what_is_dated_later_is_no_event_yet() -> None:
    """No event starts after `now`."""
    assert [("10:00", "down", False)] == course(told({"a": OUTAGE}, now="2026-11-20 10:59:59"))


def test_events_of_one_moment_agree_and_keep_their_order() -> None:
    """Events at the same time have the same status, whichever of them a client reads."""
    ends = incident("major", "[api]", ("10:00", "text: a"), ("11:00", "state: resolved, text: b"))
    begins = incident("partial", "[api]", ("11:00", "text: c"))
    one = told({"a": ends, "b": begins}, now=AFTER)
    other = told({"b": begins, "a": ends}, now=AFTER)

    assert ["partial", "partial"] == [event["status"]["id"] for event in events(one)[:2]]
    assert [True, False] == [event["informational"] for event in events(one)[:2]]
    assert one == other


@pytest.mark.parametrize(("a", "b"), [("0", "1"), ("1", "0")])
def test_events_of_one_moment_are_ordered_by_their_incidents(a: str, b: str) -> None:
    """Events at the same time are ordered by incident id, so that every build agrees."""
    files = {
        "a": f"id: {a * 12}\n" + incident("major", "[api]", ("10:00", f"text: '{a}'")),
        "b": f"id: {b * 12}\n" + incident("major", "[api]", ("10:00", f"text: '{b}'")),
    }

    assert ["1", "0"] == [event["message"] for event in events(told(files, now=AFTER))]


def test_updates_of_one_moment_stay_in_the_order_of_the_file() -> None:
    """Updates at the same time keep the order of the file."""
    file = incident("major", "[api]", ("10:00", "text: first"), ("10:00", "text: second"))

    assert ["second", "first"] == [one["message"] for one in events(told({"a": file}, now=AFTER))]


def test_ids_of_events_are_safe_and_never_a_reserved_word(found: Files) -> None:
    """A `sid` is unique, needs no escaping in a URL, and is neither current nor index."""
    for path, document in found.items():
        if path.startswith("api/v1/") and path.endswith("/events.json"):
            sids = [event["sid"] for event in document["events"]]

            assert len(sids) == len(set(sids))
            assert [] == [sid for sid in sids if not re.fullmatch(r"[a-z0-9_-]{14,}", sid)]


def test_ids_of_events_stay_whatever_happens_around_them() -> None:
    """Other files, updates, titles, texts or addresses do not change a sid."""
    before = [event["sid"] for event in events(told({"b": OUTAGE}, now=AFTER))]
    longer = OUTAGE.replace("updates:\n", "updates:\n  - {at: 2026-11-20T09:00Z, text: Early.}\n")
    older = OUTAGE.replace("2026-11-20", "2025-01-01")
    retitled = "title: Other\n" + OUTAGE.replace("Found.", "Found it.")

    others = [
        told({"a": older, "b": OUTAGE}, now=AFTER),
        told({"b": longer}, now=AFTER),
        told({"b": retitled}, now="2027-01-01 00:00"),
        told({"b": OUTAGE}, now=AFTER, base_url="https://elsewhere.example"),
    ]

    for other in others:
        assert [] == [sid for sid in before if sid not in {one["sid"] for one in events(other)}]


def test_nothing_but_the_calendars_changes_with_the_clock_alone() -> None:
    """A later build of the same content writes the same bytes."""
    files = {"a": OUTAGE, "b": WORK, "c": NOTICE}
    one, other = told(files, now=AFTER), told(files, now="2026-12-24 18:00")

    assert set(one) == set(other)
    assert [] == [
        path for path in one if one[path] != other[path] and not path.endswith("/calendar.json")
    ]


def test_times_are_those_of_rfc_1123_in_gmt() -> None:
    """Times are in English and GMT, to the second, in every time zone of the site."""
    old = OUTAGE.replace("2026-11-20", "2024-05-06").replace("T10:00Z", "T11:30:07+02:00")

    assert "Mon, 06 May 2024 09:30:07 GMT" == events(told({"a": old}, now=AFTER))[-1]["timestamp"]


def test_messages_are_plain_text_that_is_harmless_as_html() -> None:
    """Messages have no Markdown, and are harmless in widgets that insert them unescaped."""
    text = "Is **down**, see [log](https://acme.example/l). <script>alert(1)</script> & 1 < 2"
    found = told({"a": incident("major", "[api]", ("10:00", f"text: '{text}'"))}, now=AFTER)
    wanted = "Is down, see log (https://acme.example/l). < script>alert(1)< /script> & 1 < 2"

    assert wanted == events(found)[0]["message"]
    messages = [
        one["message"]
        for document in hostile_files().values()
        for one in objects(document)
        if "message" in one
    ]
    assert [] != messages
    assert [] == [message for message in messages if re.search("<[a-zA-Z/!?]", message)]
    assert "" not in messages


def test_texts_come_through_as_they_are() -> None:
    """Service names in any script, with quotes or markup, are the same as on the page."""
    names = {one["name"] for one in hostile_files()["api/v1/services.json"]["services"]}

    assert {"שירות 東京 🚀 خدمة", "''\"\"``<>&&"} < names


def test_retired_services_are_left_out() -> None:
    """Retired services have no file and are in no list, not even through an old incident."""
    old = OUTAGE.replace("2026-11-20", "2025-11-20").replace("[api]", "[api, fax]")
    found = told({"a": old}, now=AFTER)

    assert [] == [path for path in found if "fax" in path or "past" in path]
    assert 3 == len(events(found))


def test_calendars_mark_every_day_that_was_touched_by_its_date() -> None:
    """A calendar has 90 days, today first, and marks each day of an outage."""
    file = incident("major", "[api]", ("10:00", "text: a")).replace("11-20", "11-17")
    file = file.replace("\n---", "\n  - {at: 2026-11-19T10:00Z, state: resolved}\n---")
    days = told({"a": file}, now="2026-11-20 12:00")["api/v1/services/api/calendar.json"]["days"]
    marked = [day for day in days if day["information"]]

    assert 90 == len({day["day"] for day in days}) == len(days)
    assert sorted(days, key=lambda day: str(day["day"]), reverse=True) == days
    assert "2026-11-20" == days[0]["day"]
    assert ["2026-11-19", "2026-11-18", "2026-11-17"] == [day["day"] for day in marked]
    assert {f"{URL}/favicon-major.svg"} == {day["image"] for day in marked}
    assert {f"{URL}/favicon-none.svg"} == {one["image"] for one in days if one not in marked}


@pytest.mark.parametrize("base", BASES)
def test_a_client_as_they_are_around_sees_the_state(base: str) -> None:
    """A client that takes the worst level of all current events sees an outage, then its end."""

    def worst_level(files: Files) -> str:
        levels = list(files[f"{base}/levels.json"]["levels"])
        worst = "NORMAL"
        for service in files[f"{base}/services.json"]["services"]:
            current = service["current-event"]
            if current and levels.index(current["status"]["level"]) > levels.index(worst):
                worst = current["status"]["level"]
        return worst

    def level(files: Files) -> str:
        current = files[f"{base}/services/api/events/current.json"]
        return str(current["status"]["level"])

    during, after = told({"a": OUTAGE}, now="2026-11-20 11:30"), told({"a": OUTAGE}, now=AFTER)

    assert ("CRITICAL", "CRITICAL") == (worst_level(during), level(during))
    assert ("NORMAL", "NORMAL") == (worst_level(after), level(after))


def test_the_api_is_there_only_if_the_settings_ask_for_it() -> None:
    """The API is generated only with `api: [stashboard]`."""
    settings_without = SETTINGS.replace("api: [stashboard]\n", "")
    without = made({"statusgen.yml": settings_without}).files
    asked = made({"statusgen.yml": SETTINGS}).files

    assert [] == [path for path in without if path.startswith(BASES)]
    assert {f"{base}/services.json" for base in BASES} < set(asked)


START = datetime(2026, 11, 20, tzinfo=UTC)
HARMS = (Severity.NONE, Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR)
IDS = ("api", "web-app")


@st.composite
def some_incidents(draw: st.DrawFn) -> list[Incident]:
    """Return a few incidents and maintenance of one day, close enough to overlap often."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        hours = sorted(draw(st.lists(st.integers(0, 8), min_size=1, max_size=4)))
        is_work = draw(st.booleans())
        states = list(State)[4:] if is_work else list(State)[:4]
        updates = tuple(
            Update(
                at=START + timedelta(hours=hour),
                text="Text.",
                state=draw(st.sampled_from([None, *states])),
            )
            for hour in hours
        )
        named = draw(st.lists(st.sampled_from(IDS), min_size=1, unique=True))
        top = Severity.MAINTENANCE if is_work else draw(st.sampled_from(HARMS))
        starts = START + timedelta(hours=hours[0] + draw(st.integers(0, 3)))
        found.append(
            Incident(
                slug=f"file-{number}",
                title="Title",
                severity=top,
                services=tuple(ServiceSeverity(id=name) for name in named),
                started=updates[0].at - timedelta(hours=0 if is_work else draw(st.integers(0, 1))),
                updates=updates,
                starts=starts if is_work else None,
                ends=starts + timedelta(hours=2) if is_work else None,
            )
        )
    return found


@settings(max_examples=scaled(60))
@given(incidents=some_incidents())
def test_the_newest_event_of_every_moment_tells_the_severity_of_that_moment(
    incidents: list[Incident],
) -> None:
    """The current event at each hour has the status that the service has on the page."""
    known, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
    assert known is not None
    whole = read(assemble.assemble(known, incidents, now=START + timedelta(hours=20)))
    for hour in range(-2, 13):
        now = START + timedelta(hours=hour)
        then = assemble.assemble(known, incidents, now=now)
        current = read(then)
        for service in then.services:
            if service.id in IDS:
                past = [
                    event
                    for event in events(whole, service.id)
                    if datetime.strptime(event["timestamp"], "%a, %d %b %Y %H:%M:%S %Z").replace(
                        tzinfo=UTC
                    )
                    <= now
                ]
                wanted = WORDS[service.severity]

                assert past == json.loads(json.dumps(events(current, service.id)))
                assert wanted == (past[0]["status"]["id"] if past else "up")


def test_words_of_the_api_are_english_whatever_the_page_speaks() -> None:
    """Automatic steps have the standard English texts, not those on the page."""
    settings = (
        "title: Acme\nurl: https://status.acme.example\nlanguage: de\n"
        "api: [stashboard, statusboard]\nmessages: {standard.completed: Fertig}\n"
        "services: [{id: api, name: API}]\n"
    )
    work = (
        "---\ntitle: Work\nseverity: maintenance\nservices: [api]\nannounced: 2026-11-18 10:00\n"
        "starts: 2026-11-19 10:00\nends: 2026-11-19 11:00\n---\nKurz.\n"
    )
    site = examples.made({"statusgen.yml": settings, "incidents/work.md": work})

    event = json.loads(site.text("api/v1/services/api/events/current.json"))
    (entry,) = json.loads(site.text("api/v0.1/maintenance.json"))

    assert "The scheduled maintenance has been completed." == event["message"]
    assert "Kurz." == entry["description"]  # Texts of authors are unchanged.
