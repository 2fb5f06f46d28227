"""The calendars, checked by the rules of RFC 5545 and by two calendar libraries."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import icalendar
import pytest
import vobject
from hypothesis import assume, given
from hypothesis import strategies as st

from statusgen import times
from statusgen.config.parser import parse_config
from statusgen.content import parser
from statusgen.markup import limits
from statusgen.problems import Level
from statusgen.render import calendar
from statusgen.site import assemble
from tests.conftest import SETTINGS
from tests.support import examples
from tests.support.examples import Site, made

SITES = {"example": examples.example, "hostile": examples.hostile, "empty": examples.empty}
ALL = "maintenance.ics"

MOMENT = re.compile(r"\d{8}T\d{6}Z")
ONCE = "UID DTSTAMP CREATED LAST-MODIFIED SEQUENCE DTSTART DTEND SUMMARY URL STATUS TRANSP"

Event = dict[str, str]


@pytest.fixture(params=SITES, scope="module", name="built")
def one_of_the_sites(request: pytest.FixtureRequest) -> Site:
    """Return one of the sites."""
    return SITES[request.param]()


def unfolded(data: bytes) -> list[str]:
    """Return the content lines of *data*; RFC 5545 section 3.1."""
    assert data.endswith(b"\r\n")
    return data.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def properties(lines: list[str]) -> list[tuple[str, str]]:
    """Return the name and value of each of *lines*, without parameters."""
    split = (re.split("[;:]", line, maxsplit=1)[0] for line in lines)
    return [(name, line.partition(":")[2]) for name, line in zip(split, lines, strict=True)]


def events_in(data: bytes) -> list[Event]:
    """Return the properties of every event; each may occur only once."""
    found: list[Event] = []
    current: Event | None = None
    for name, value in properties(unfolded(data)):
        if (name, value) == ("BEGIN", "VEVENT"):
            current = {}
        elif (name, value) == ("END", "VEVENT"):
            assert current is not None
            found.append(current)
            current = None
        elif current is not None:
            assert name not in current
            current[name] = value
    return found


def events(built: Site, path: str = ALL) -> dict[str, Event]:
    """Return the events of a calendar by title."""
    return {text(event["SUMMARY"]): event for event in events_in(built.files[path])}


def event_as_read(data: bytes) -> Any:
    """Return the only event of a calendar, parsed by icalendar."""
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return event


def text(value: str) -> str:
    """Return *value* without the escapes of section 3.3.11; reject any other escape."""
    assert re.fullmatch(r"(?:[^\\;,]|\\[\\;,n])*", value, re.DOTALL), value
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], value)


def moment(value: str) -> datetime:
    """Return *value* as a datetime."""
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def calendars(built: Site) -> Iterator[tuple[str, bytes]]:
    """Return every calendar of a site by path."""
    for path in built.paths(".ics"):
        yield path, built.files[path]


def test_lines_are_short_and_end_as_they_must(built: Site) -> None:
    """RFC 5545 section 3.1: lines have at most 75 octets, end with CRLF, and split no character."""
    for path, data in calendars(built):
        lines = data.split(b"\r\n")

        assert b"" == lines[-1], path
        assert [] == [line for line in lines if len(line) > 75], path
        assert [] == [line for line in lines if b"\n" in line or b"\r" in line], path
        assert data.decode() == "\r\n".join(line.decode() for line in lines), path


def test_no_control_character_is_in_a_calendar(built: Site) -> None:
    """RFC 5545 section 3.1: a line has no control character other than a tab."""
    for path, data in calendars(built):
        assert [] == re.findall(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]", "".join(unfolded(data))), path


def test_a_calendar_reader_finds_no_fault(built: Site) -> None:
    """The parser of icalendar finds every required property, and no error."""
    for path, data in calendars(built):
        components: list[Any] = icalendar.Calendar.from_ical(data).walk()
        for component in components:
            missing = {*component.required} - {*component}

            assert [] == component.errors, path
            assert set() == missing, path


def test_another_calendar_reader_finds_no_fault(built: Site) -> None:
    """The parser of vobject reads every calendar as one valid calendar."""
    for path, data in calendars(built):
        found = list(vobject.readComponents(data.decode()))

        assert 1 == len(found), path
        assert found[0].validate(raiseException=True), path


def test_a_calendar_says_what_it_is(built: Site) -> None:
    """RFC 5545 sections 3.4 and 3.7: version and product once; no METHOD, as for invitations."""
    for path, data in calendars(built):
        found = Counter(name for name, _ in properties(unfolded(data)))
        lines = unfolded(data)

        assert ("BEGIN:VCALENDAR", "END:VCALENDAR") == (lines[0], lines[-1]), path
        assert ["VERSION:2.0", "CALSCALE:GREGORIAN"] == [lines[1], lines[3]], path
        assert 1 == found["PRODID"], path
        assert 0 == found["METHOD"], path


def test_a_calendar_holds_something(built: Site) -> None:
    """RFC 5545 section 3.6: a calendar has a component, even without maintenance."""
    for path, data in calendars(built):
        assert [] != icalendar.Calendar.from_ical(data).subcomponents, path


def test_a_calendar_to_subscribe_to_has_a_name_and_is_read_each_hour(built: Site) -> None:
    """RFC 7986 section 5.7: the calendar suggests its name and when to refresh."""
    found = dict(properties(unfolded(built.files[ALL])))

    assert "PT1H" == found["REFRESH-INTERVAL"] == found["X-PUBLISHED-TTL"]
    assert text(found["X-WR-CALNAME"]).endswith(": Maintenance")


def test_an_event_has_its_properties_once(built: Site) -> None:
    """RFC 5545 section 3.6.1: an event has the required properties, each only once."""
    for path, data in calendars(built):
        for event in events_in(data):
            assert set() == set(ONCE.split()) - event.keys(), path
            assert {*ONCE.split(), "DESCRIPTION", "CATEGORIES"} >= event.keys(), path


def test_ids_are_unique_and_under_the_configured_authority(built: Site) -> None:
    """RFC 5545 section 3.8.4.7: a UID is globally unique: our id, `@`, and the site's host."""
    host = re.escape(urlsplit(built.url).hostname or "")
    for path, data in calendars(built):
        ids = [event["UID"] for event in events_in(data)]

        assert [] == [one for one in ids if not re.fullmatch(f"[0-9a-z]{{12}}@{host}", one)], path
        assert len(set(ids)) == len(ids), path


def test_times_are_in_utc_and_in_order(built: Site) -> None:
    """RFC 5545 section 3.8.2.2: an event ends after it starts; all times are in UTC."""
    for path, data in calendars(built):
        for event in events_in(data):
            names = ("DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND")

            assert [] == [name for name in names if not MOMENT.fullmatch(event[name])], path
            assert moment(event["DTSTART"]) < moment(event["DTEND"]), path
            assert moment(event["CREATED"]) <= moment(event["LAST-MODIFIED"]), path
            assert event["LAST-MODIFIED"] == event["DTSTAMP"], path


def test_an_event_takes_nobodys_time(built: Site) -> None:
    """RFC 5545 sections 3.8.1.11 and 3.8.2.7: an event has a valid status, and is not busy time."""
    for path, data in calendars(built):
        for event in events_in(data):
            assert event["STATUS"] in ("CONFIRMED", "CANCELLED"), path
            assert "TRANSPARENT" == event["TRANSP"], path
            assert event["SEQUENCE"].isdecimal(), path


def test_an_event_leads_to_its_page(built: Site) -> None:
    """RFC 5545 section 3.8.4.6: the URL is the full address of a page of the site."""
    for path, data in calendars(built):
        for event in events_in(data):
            page = event["URL"].removeprefix(f"{built.url}/")

            assert page in built.files, path


def test_every_maintenance_has_a_calendar_of_its_own(built: Site) -> None:
    """The calendar of one maintenance has the same event as the calendar of all."""
    own = [events_in(data) for path, data in calendars(built) if path != ALL]

    assert [1] * len(own) == [len(found) for found in own]
    assert [] == [event for event in events_in(built.files[ALL]) if [event] not in own]


WORK = r"""---
title: 'Database; work, "big" \ small'
severity: maintenance
services: [db, web]
announced: 2026-11-17 09:00
starts: 2026-11-21 22:00
ends: 2026-11-21 23:00
updates:
  - at: 2026-11-18 12:00
    text: We replace **a disk**, see [the plan](https://plan.example/?a=1&b=2).
"""
NEWER = """  - at: 2026-11-19 12:00
    text: Two disks.
"""
CALLED_OFF = """  - at: 2026-11-19 12:00
    state: completed
    text: Not needed.
"""
TITLE = 'Database; work, "big" \\ small'
LATER = "2026-12-24 12:00"
INCIDENT = "---\ntitle: X\nseverity: major\nservices: [db]\nstarted: 2026-11-10 10:00\n---\nx\n"


def work(more: str = "", *, now: str = examples.NOW, base_url: str | None = None) -> Site:
    """Return a site with one maintenance, whose front matter includes *more*."""
    return made({"incidents/work.md": f"{WORK}{more}---\n"}, now=now, base_url=base_url)


def event_of(built: Site) -> Event:
    """Return the only event of a site, which both of its calendars have."""
    (event,) = events_in(built.files[ALL])

    assert [event] == events_in(built.files["incidents/work.ics"])
    return event


def test_a_reader_gets_what_the_file_says() -> None:
    """Title, window, text, services and address come out of a calendar unchanged."""
    built = work()
    event = event_as_read(built.files[ALL])
    said = "We replace a disk, see the plan (https://plan.example/?a=1&b=2)."

    assert TITLE == str(event["SUMMARY"])
    assert f"{said}\n\nAffected services: Database, Website" == str(event["DESCRIPTION"])
    assert ["Database", "Website"] == [str(one) for one in event["CATEGORIES"].cats]
    assert f"{built.url}/incidents/work.html" == str(event["URL"])
    assert [
        datetime(2026, 11, 17, 8, tzinfo=UTC),
        datetime(2026, 11, 18, 11, tzinfo=UTC),
        datetime(2026, 11, 21, 21, tzinfo=UTC),
        datetime(2026, 11, 21, 22, tzinfo=UTC),
    ] == [event[name].dt for name in ("CREATED", "LAST-MODIFIED", "DTSTART", "DTEND")]


def test_only_planned_work_is_in_a_calendar() -> None:
    """Incidents and notices are in no calendar."""
    built = made({"incidents/a.md": INCIDENT})

    assert [ALL] == built.paths(".ics")
    assert [] == events_in(built.files[ALL])


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        pytest.param("2026-11-17 08:59", None, id="before-it-is-announced"),
        pytest.param("2026-11-17 09:00", True, id="announced"),
        pytest.param("2026-11-21 22:30", True, id="in-its-window"),
        pytest.param("2027-02-19 23:00", True, id="90-days-after"),
        pytest.param("2027-02-19 23:01", False, id="a-minute-later"),
    ],
)
def test_work_is_shown_until_90_days_after_its_window(now: str, shown: bool | None) -> None:
    """The calendar of all drops maintenance 90 days after its window; its own calendar stays."""
    built = work(now=now)

    assert bool(shown) == bool(events_in(built.files[ALL]))
    assert (shown is not None) == ("incidents/work.ics" in built.files)


def test_work_that_still_goes_on_stays_however_long() -> None:
    """Maintenance in progress stays in the calendar, even if it overruns by more than 90 days."""
    over = "  - at: 2026-11-21 22:30\n    state: in_progress\n    text: It takes longer.\n"

    assert [TITLE] == list(events(work(over, now="2027-06-01 12:00")))


def test_time_alone_changes_nothing() -> None:
    """A build a day later, with no new content, has the same bytes."""
    assert dict(calendars(work())) == dict(calendars(work(now="2026-11-21 21:59")))
    assert dict(calendars(made())) == dict(calendars(made(now=LATER)))


def test_a_preview_elsewhere_has_the_same_events() -> None:
    """`--base-url` changes the address of an event and nothing else."""
    here, there = event_of(work()), event_of(work(base_url="https://preview.test/pr/7"))

    assert "https://preview.test/pr/7/incidents/work.html" == there["URL"]
    assert {**here, "URL": ""} == {**there, "URL": ""}


def test_a_site_that_moves_keeps_its_ids_by_its_authority() -> None:
    """A new `url` with `feed_authority` set to the old host changes no UID."""
    moved = SETTINGS.replace("https://status.acme.example", "https://new.example/status")
    moved += "feed_authority: status.acme.example\n"
    built = made({"statusgen.yml": moved, "incidents/work.md": f"{WORK}---\n"})

    assert event_of(work())["UID"] == event_of(built)["UID"]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param("incidents/work.md", "title: 'Data", "title: 'Meta", id="another-title"),
        pytest.param("incidents/work.md", "11-21", "11-28", id="another-window"),
        pytest.param("incidents/2026/work.md", "x", "x", id="another-folder"),
    ],
)
def test_an_event_that_is_changed_stays_the_same_event(path: str, old: str, new: str) -> None:
    """The UID comes from the file name, so that clients update the event that they have."""
    built = made({path: f"{WORK}---\n".replace(old, new)})

    assert event_of(work())["UID"] == event_of(built)["UID"]


def test_a_renamed_file_keeps_its_event_by_its_id() -> None:
    """A file with a pinned `id` keeps its UID when it is renamed."""
    pinned = f"{WORK}---\n".replace("severity:", "id: abc123def456\nseverity:")
    (event,) = events_in(made({"incidents/other.md": pinned}).files[ALL])

    assert "abc123def456@status.acme.example" == event["UID"]


def test_each_update_makes_a_new_revision() -> None:
    """RFC 5545 section 3.8.7.4: SEQUENCE grows with every update, including those of the clock."""
    revisions = [
        event_of(one)
        for one in (
            work(now="2026-11-17 09:00"),
            work(),
            work(NEWER),
            work(NEWER, now="2026-11-21 22:00"),
            work(NEWER, now=LATER),
        )
    ]

    assert ["0", "3", "6", "7", "8"] == [event["SEQUENCE"] for event in revisions]
    assert ["1117T080000", "1118T110000", "1119T110000", "1121T210000", "1121T220000"] == [
        event["LAST-MODIFIED"][4:-1] for event in revisions
    ]
    assert 1 == len({event["UID"] for event in revisions})
    assert 1 == len({event["CREATED"] for event in revisions})


def test_a_description_keeps_what_the_work_is() -> None:
    """The description has the text of the latest update, then the announcement."""
    plan = "We replace a disk, see the plan (https://plan.example/?a=1&b=2)."
    services = "Affected services: Database, Website"
    over = "The scheduled maintenance has been completed."

    assert [
        ["Two disks.", plan, services],
        [over, plan, services],
    ] == [
        text(event_of(work(NEWER, now=now))["DESCRIPTION"]).split("\n\n")
        for now in (examples.NOW, LATER)
    ]


def test_a_description_keeps_the_body_of_work_without_other_words() -> None:
    """The body describes the work if no update has a text of its own."""
    bare = re.sub(r"(?s)updates:.*", "", WORK)
    built = made({"incidents/work.md": f"{bare}---\nWe move the racks.\n"}, now=LATER)

    assert [
        "The scheduled maintenance has been completed.",
        "We move the racks.",
    ] == text(event_of(built)["DESCRIPTION"]).split("\n\n")[:2]


def test_work_without_services_and_words_has_no_empty_properties() -> None:
    """Maintenance without services or texts has no empty properties."""
    bare = re.sub(r"(?s)updates:.*", "", WORK).replace("[db, web]", "[]")
    built = made({"incidents/work.md": f"{bare}---\n"})
    early = made(
        {"incidents/work.md": f"{WORK}---\n".replace("[db, web]", "[]")}, now="2026-11-17 09:00"
    )

    assert "Maintenance has been scheduled." == text(event_of(built)["DESCRIPTION"])
    assert "CATEGORIES" not in event_of(built)
    assert "DESCRIPTION" not in event_of(early)


@pytest.mark.parametrize("now", [examples.NOW, LATER])
def test_work_that_is_called_off_is_cancelled(now: str) -> None:
    """RFC 5545 section 3.8.1.11: a cancelled event stays with its window, for clients to mark."""
    event = event_of(work(CALLED_OFF, now=now))

    assert "CANCELLED" == event["STATUS"]
    assert "20261121T210000Z/20261121T220000Z" == f"{event['DTSTART']}/{event['DTEND']}"
    assert "Not needed." == text(event["DESCRIPTION"]).split("\n\n")[0]


@pytest.mark.parametrize(
    ("more", "now", "end"),
    [
        pytest.param("", examples.NOW, "220000", id="planned"),
        pytest.param("", LATER, "220000", id="by-the-clock"),
        pytest.param("22:20 completed", LATER, "212000", id="early"),
        pytest.param("22:00 completed", LATER, "210001", id="at-once"),
        pytest.param("23:20 completed", LATER, "220000", id="said-after-the-clock-ended-it"),
        pytest.param("22:30 in_progress", LATER, "220000", id="over-but-not-a-word"),
        pytest.param("22:30 in_progress, 23:20 verifying", LATER, "222000", id="over-as-far-known"),
        pytest.param("22:30 in_progress, 23:40 completed", LATER, "224000", id="over-and-done"),
    ],
)
def test_an_event_ends_when_the_work_did(more: str, now: str, end: str) -> None:
    """Early completion shortens the event; an overrun extends it to the last update."""
    updates = "".join(
        f"  - at: 2026-11-21 {at}\n    state: {state}\n    text: x\n"
        for at, state in (one.split() for one in filter(None, more.split(", ")))
    )
    event = event_of(work(updates, now=now))

    assert f"20261121T{end}Z" == event["DTEND"]
    assert "CONFIRMED" == event["STATUS"]


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        pytest.param("a\nb\n\nc", "a\nb\n\nc", id="lines-and-paragraphs"),
        pytest.param("# One\n\n*two* `three`", "One\n\ntwo three", id="emphasis"),
        pytest.param("- a\n- b\n  - c\n\nd", "- a\n- b\n- c\n\nd", id="lists"),
        pytest.param("1. a\n2. b", "1. a\n2. b", id="numbers"),
        pytest.param("```\nx = 1\n\ny < 2\n```\nz", "x = 1\n\ny < 2\n\nz", id="code"),
        pytest.param("> a\n\nb", "a\n\nb", id="quotation"),
        pytest.param("<b>&lt; & <", "<b>< & <", id="markup-is-text"),
        pytest.param("https://a.example/?b&c", "https://a.example/?b&c", id="address"),
        pytest.param("<help@a.example>", "help@a.example", id="mail-address"),
        pytest.param("<mailto:help@a.example>", "mailto:help@a.example", id="mail-link"),
        pytest.param("[a](https://b.example)", "a (https://b.example)", id="link"),
        pytest.param("[a](javascript:b)", "a", id="link-that-is-none"),
        pytest.param("| a | b |\n|---|---|\n| c | d |", "a | b\n\nc | d", id="table"),
    ],
)
def test_a_description_is_plain_text(markdown: str, plain: str) -> None:
    """Markup becomes plain text."""
    built = work(f"  - at: 2026-11-19 12:00\n    text: {_quoted(markdown)}\n")
    said, _, _ = text(event_of(built)["DESCRIPTION"]).partition("\n\nWe replace a disk")

    assert plain == said.removeprefix("We replace a disk").strip()


def _quoted(value: str) -> str:
    """Return *value* in double quotes, as YAML reads them."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


KNOWN, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
assert KNOWN is not None
PARSED = parser.parse(f"{WORK}---\n", path=Path("work.md"), slug="work", config=KNOWN).incident
assert PARSED is not None


def rendered(*, title: str = "x", service: str = "x", said: str = "x", url: str = "") -> bytes:
    """Return the calendar of one maintenance with unvalidated texts."""
    assert KNOWN is not None
    assert PARSED is not None
    first = replace(KNOWN.services[2], name=service)
    settings = replace(KNOWN, title=title, services=(*KNOWN.services[:2], first))
    incident = replace(PARSED, title=title, updates=(replace(PARSED.updates[0], text=said),))
    now = times.parse(examples.NOW, UTC)
    assembled = assemble.assemble(settings, [incident], now=now, base_url=url or None)
    return calendar.outputs(assembled)[ALL]()


def cleaned(value: str) -> str:
    """Return *value* as a calendar can hold it: one kind of line break, and no controls."""
    broken = re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", value)
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", broken)


HOSTILE = [
    pytest.param("a\r\nATTACH:https://evil.example/", id="injects-a-property"),
    pytest.param("a\nEND:VEVENT\nEND:VCALENDAR", id="closes-the-calendar"),
    pytest.param("a\rMETHOD:CANCEL", id="a-bare-return"),
    pytest.param("a\x85b\u2028c\u2029d", id="breaks-of-unicode"),
    pytest.param("a\x00b\x07c\x0bd\x0ce\x1b[31mf\x7fg\x9bh", id="controls"),
    pytest.param("\\n \\, \\; \\\\ \\N \\", id="backslashes"),
    pytest.param("a,b;c:d=e", id="separators"),
    pytest.param("\"quoted\" 'single' ^n ^' ^^", id="quotes"),
    pytest.param("</title><script>alert(1)</script> & &amp;", id="markup"),
    pytest.param("東京" * 60, id="three-octets"),
    pytest.param("🚀" * 60, id="four-octets"),
    pytest.param("שירות خدمة", id="right-to-left"),
    pytest.param("e\u0301" * 60, id="combining"),
    pytest.param(" " * 100 + "x", id="blanks-where-lines-are-folded"),
    pytest.param("a\tb", id="tab"),
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_text_stays_a_text(value: str) -> None:
    """A title or name with any content reaches clients unchanged, as text."""
    data = rendered(title=value, service=value)
    event = event_as_read(data)
    harmless = events_in(rendered())[0]

    assert cleaned(value) == text(events_in(data)[0]["SUMMARY"])
    assert cleaned(value) == str(event["SUMMARY"])
    assert harmless.keys() == events_in(data)[0].keys()
    assert vobject.readOne(data.decode()).validate(raiseException=True)


@given(title=st.text(), service=st.text())
def test_any_text_comes_out_as_it_went_in(title: str, service: str) -> None:
    """Any text gives short lines that unfold and parse back to it."""
    data = rendered(title=title, service=service)
    (event,) = events_in(data)
    description = text(event["DESCRIPTION"])

    assert [] == [line for line in data.split(b"\r\n") if len(line) > 75]
    assert cleaned(title) == text(event["SUMMARY"])
    assert f"x\n\nAffected services: {cleaned(service)}, Website" == description
    assert f"{cleaned(title)}: Maintenance" == text(
        dict(properties(unfolded(data)))["X-WR-CALNAME"]
    )


@given(said=st.text(alphabet=st.characters(categories=["L", "Nd", "So"]), min_size=1))
def test_any_words_of_an_update_come_out_as_they_went_in(said: str) -> None:
    """Letters of all scripts, and emoji, come out unchanged."""
    (event,) = events_in(rendered(said=said))

    assert said == text(event["DESCRIPTION"]).partition("\n\n")[0]


@given(said=st.text(alphabet="ab \n`*_[](){}<>&;,\\#-+1.!|:/\"'"))
def test_any_markup_of_an_update_leaves_a_sound_event(said: str) -> None:
    """Any markup in an update gives one event with one description."""
    assume(all(flaw.level is not Level.ERROR for flaw in limits.find_flaws(said)))
    (event,) = events_in(rendered(said=said))

    assert text(event["DESCRIPTION"]).endswith("Affected services: x, Website")


def test_an_address_cannot_end_its_line() -> None:
    """An unvalidated address of the site cannot inject a property."""
    (event,) = events_in(rendered(url="https://a.example\r\nATTACH:https://evil.example"))

    assert "https://a.exampleATTACH:https://evil.example/incidents/work.html" == event["URL"]
