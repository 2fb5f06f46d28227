"""Tests of incident files: accepted forms, positions of problems, and formatting."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from statusgen import characters
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.content import parser
from statusgen.content.parser import Parsed
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State, Update
from statusgen.problems import Level, errors
from tests.conftest import SETTINGS, scaled

PATH = Path("incidents/a.md")
TEXT = "We are looking into it."


def settings_of(text: str) -> Config:
    """Return the settings in *text*, which has no problem."""
    found, problems = parse_config(text, path=Path("statusgen.yml"))

    assert [] == problems
    assert found is not None
    return found


CONFIG = settings_of(SETTINGS)


def parse(text: str, *, known: Config | None = CONFIG) -> Parsed:
    """Parse *text* as the file `a.md` of the small site."""
    return parser.parse(text, path=PATH, slug="a", config=known)


def messages_of(parsed: Parsed) -> list[tuple[int, int, str]]:
    """Return the problems in a file as line, column and message, in order."""
    ordered = sorted(parsed.problems, key=lambda problem: problem.order)
    return [(problem.line, problem.column, problem.message) for problem in ordered]


def incident_of(text: str, *, known: Config | None = CONFIG) -> Incident:
    """Return the incident in *text*, which has no problem."""
    parsed = parse(text, known=known)

    assert [] == messages_of(parsed)
    assert parsed.incident is not None
    return parsed.incident


def file_of(*rows: str, body: str = TEXT, **keys: str) -> str:
    """Return a small valid file with *keys* in place of the defaults, followed by *rows*."""
    top = {
        "title": "API down",
        "severity": "major",
        "services": "[api]",
        "started": "2026-11-20 09:00Z",
        **keys,
    }
    lines = [f"{key}: {value}" for key, value in top.items() if value]
    return "\n".join(["---", *lines, *rows, "---", "", body, ""])


def empty_keys(value: str) -> tuple[str, ...]:
    """Return the optional keys of an incident file and of an update, each with *value*."""
    keys = "state resolved starts ends announced until pin draft notify source id redirect_from"
    inner = ("state", "severity", "services", "notify", "source", "id")
    rows = [f"{key}: {value}" for key in keys.split()]
    rows += ["updates:", "  - at: 2026-11-20 09:00Z", "    text: We are looking into it."]
    return (*rows, *(f"    {key}: {value}" for key in inner))


def utc(text: str) -> datetime:
    """Return the time *text* in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SOUND = incident_of(file_of())


# Front matter.


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(file_of().replace("\n", "\r\n"), id="crlf"),
        pytest.param(file_of().replace("\n", "\r"), id="cr"),
        pytest.param("\n\n\n" + file_of(), id="blank-lines-before-it"),
        pytest.param(file_of().replace("---\n", "--- \t\n"), id="blanks-behind-the-fences"),
        pytest.param(file_of().replace("---\n", "-----\n"), id="longer-fences"),
        pytest.param(file_of().replace("---\n", "---\n\n\n"), id="blank-lines-behind-the-fences"),
        pytest.param(file_of().rstrip(), id="no-line-end-at-the-end"),
        pytest.param(file_of().replace("\ntitle", "\n# A comment.\ntitle"), id="comment-line"),
        pytest.param(
            re.sub("^(?=[a-z]+:)", "  ", file_of(), flags=re.MULTILINE), id="all-keys-indented"
        ),
        pytest.param(file_of(title='"API down"', services="\n  - api"), id="other-yaml-style"),
        pytest.param(file_of(title="|\n  API\n    down"), id="title-in-a-block"),
        pytest.param(file_of(title='" API \\t down "'), id="title-with-blanks-around"),
    ],
)
def test_ways_to_write_the_same_file_make_the_same_incident(text: str) -> None:
    """Line ends, blank lines, fences and quoting do not change the incident."""
    assert SOUND == incident_of(text)


@pytest.mark.parametrize("blank", [0, 1, 3])
def test_lines_count_from_the_top_of_the_file(blank: int) -> None:
    """Blank lines around the opening fence count as lines of the file."""
    text = "\n" * blank + file_of("colour: red").replace("---\n", "---\n" + "\n" * blank, 1)
    places = [(line, column) for line, column, _ in messages_of(parse(text))]

    assert [(6 + 2 * blank, 1)] == places


def test_a_rule_in_the_body_does_not_end_it() -> None:
    """A line of hyphens after the second fence is text."""
    incident = incident_of(file_of(body="One\n\n---\n\nTwo\n---"))

    assert "One\n\n---\n\nTwo\n---" == incident.updates[0].text


def test_indented_code_at_the_top_of_the_body_stays_code() -> None:
    """The first line of the body keeps its indentation."""
    assert "    code" == incident_of(file_of(body="    code")).updates[0].text


def test_one_run_shows_every_problem_of_a_file() -> None:
    """The words, keys, times and updates in a file are all checked in one run."""
    text = file_of(
        "servces: [web]",
        "resolved: 2026-11-20 08:40Z",
        "updates:",
        "  - {at: 2026-11-20 10:00Z, state: fixed, text: a}",
        "  - {at: 2026-11-20 09:30Z, text: b}",
        severity="critical",
        title='""',
    )
    lines = [line for line, _, _ in messages_of(parse(text))]

    assert [2, 3, 6, 7, 9, 10] == lines


# Times.


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-20 09:05", "2026-11-20 08:05"),
        ("2026-11-20T09:05", "2026-11-20 08:05"),
        ("2026-07-20 09:05", "2026-07-20 07:05"),
        ("2026-11-20 09:05:30", "2026-11-20 08:05:30"),
        ("2026-11-20T09:05:30Z", "2026-11-20 09:05:30"),
        ("2026-11-20 09:05Z", "2026-11-20 09:05"),
        ("2026-11-20 09:05 Z", "2026-11-20 09:05"),
        ("2026-11-20T09:05:30+02:00", "2026-11-20 07:05:30"),
        ("2026-11-20 09:05-05:30", "2026-11-20 14:35"),
        ("2026-11-20 09:05 +2", "2026-11-20 07:05"),
        ("2026-11-20 09:05+14:00", "2026-11-19 19:05"),
        ("2026-11-20 09:05:30.999999999Z", "2026-11-20 09:05:30"),
        ("2024-02-29 00:00Z", "2024-02-29 00:00"),
        ("2026-11-20 23:59:59Z", "2026-11-20 23:59:59"),
        ("2026-10-25 02:30+02:00", "2026-10-25 00:30"),
        ("2026-10-25 02:30+01:00", "2026-10-25 01:30"),
        ("2026-03-29 01:59:59", "2026-03-29 00:59:59"),
        ("2026-03-29 03:00", "2026-03-29 01:00"),
        ("2026-10-25 01:59:59", "2026-10-24 23:59:59"),
        ("2026-10-25 03:00", "2026-10-25 02:00"),
        ('"2026-11-20 09:05"', "2026-11-20 08:05"),
    ],
)
def test_a_time_is_read_as_the_moment_it_means(written: str, expected: str) -> None:
    """A time without an offset is in the site's time zone."""
    assert utc(expected) == incident_of(file_of(started=written)).started


_NO_TIME = "is not a time; write one such as 2026-11-20 09:05 or 2026-11-20 09:05:00+01:00"
_MEANT = "is not a time; did you mean 2026-11-20 09:05?"
_ZONE = "has a time zone name; use a UTC offset such as +01:00 in place of "
_NO_HOUR = "is not a valid time of day; use 00:00 to 23:59"
_NO_YEAR = "has an unlikely year; use one such as 2026"
_NO_OFFSET = "has an invalid UTC offset; use -12:00 to +14:00"
_SKIPPED = "does not exist because clocks change in Europe/Rome; add an offset: "
_TWICE = "occurs twice because clocks change in Europe/Rome; add an offset: "
REFUSED_TIMES = [
    ("2026-11-20", "has no time of day; write 2026-11-20 09:05"),
    ("09:05", "has no date; write it first, as in 2026-11-20 09:05"),
    ("2026", _NO_TIME),
    ("1795165500", _NO_TIME),
    ("soon", _NO_TIME),
    ("2026-1-2 09:05", "is not a time; did you mean 2026-01-02 09:05?"),
    ("2026-11-20 9:05", _MEANT),
    ("2026-11-20  09:05", _MEANT),
    ("2026-11-20t09:05", _MEANT),
    ("2026-11-20T09:05z", "is not a time; did you mean 2026-11-20 09:05Z?"),
    ("2026-11-20 09:05 CET", _ZONE + "CET"),
    ("2026-11-20 09:05 Europe/Rome", _ZONE + "Europe/Rome"),
    ("2026-11-20 09:05 UTC-5", "has an offset in another format; write it as -05:00"),
    ("2026-11-20 09:05 pm", "is not a time; did you mean 2026-11-20 21:05?"),
    ("2026-11-20 09", _NO_TIME),
    ("20/11/2026 09:05", _MEANT),
    ("11/12/2026 09:05", _NO_TIME),
    ("20261120T090500Z", _NO_TIME),
    ("2026-W47-5 09:05", _NO_TIME),
    ("12026-11-20 09:05", _NO_TIME),
    ("2026-11-20 24:00:00", _NO_HOUR),
    ("2026-11-20 25:00", _NO_HOUR),
    ("2026-11-20 09:60", _NO_HOUR),
    ("2026-06-30 23:59:60Z", _NO_HOUR),
    ("2026-02-29 09:05", "is not a date in the calendar; that month has 28 days"),
    ("2024-02-30 09:05", "is not a date in the calendar; that month has 29 days"),
    ("2026-11-31 09:05", "is not a date in the calendar; that month has 30 days"),
    ("2026-12-32 09:05", "is not a date in the calendar; that month has 31 days"),
    ("2026-11-00 09:05", "is not a date in the calendar; that month has 30 days"),
    ("2026-00-20 09:05", "has an invalid month; use 01 to 12"),
    ("2026-13-20 09:05", "has an invalid month; use 01 to 12"),
    ("0000-11-20 09:05", _NO_YEAR),
    ("1969-12-31 09:05", _NO_YEAR),
    ("9999-12-31 23:59-05:00", _NO_YEAR),
    ("2026-11-20 09:05+15:00", _NO_OFFSET),
    ("2026-11-20 09:05+14:01", _NO_OFFSET),
    ("2026-11-20 09:05-12:01", _NO_OFFSET),
    ("2026-11-20 09:05+01:60", _NO_OFFSET),
    ("2026-03-29 02:00", _SKIPPED + "2026-03-29 02:00:00+01:00"),
    ("2026-03-29 02:59:59", _SKIPPED + "2026-03-29 02:59:59+01:00"),
    ("2026-10-25 02:00", _TWICE + "2026-10-25 02:00:00+02:00"),
    ("2026-10-25 02:59:59", _TWICE + "2026-10-25 02:59:59+02:00"),
]


@pytest.mark.parametrize(("written", "expected"), REFUSED_TIMES)
def test_what_is_no_time_is_refused_with_an_example(written: str, expected: str) -> None:
    """An invalid or ambiguous time is quoted, with a remedy."""
    problems = messages_of(parse(file_of(started=written)))

    assert [(5, 10, f"'{written}' {expected}")] == problems


@pytest.mark.parametrize("written", [w for w, expected in REFUSED_TIMES if "offset: " in expected])
def test_the_offset_that_a_message_offers_is_accepted(written: str) -> None:
    """A file with the time that the message suggests has no problem."""
    (problem,) = parse(file_of(started=written)).problems
    offered = problem.message.partition("add an offset: ")[2]

    assert incident_of(file_of(started=offered)).started is not None


@pytest.mark.parametrize("offset", ["1970-01-01 00:00+14:00", "2999-12-31 23:59-12:00"])
def test_the_first_and_last_moment_of_the_years_survive_the_way_to_utc(offset: str) -> None:
    """An accepted time is accepted again after formatting in UTC."""
    incident = parse(file_of(started=offset)).incident
    again = incident and parse(parser.format(incident)).incident

    assert incident == again


# Keys.


def test_a_body_alone_is_the_one_update() -> None:
    """The body of a file without updates becomes its only update, at the start."""
    incident = incident_of(file_of())

    assert (Update(at=utc("2026-11-20 09:00"), text=TEXT),) == incident.updates
    assert "" == incident.body


def test_with_updates_the_body_stands_above_them() -> None:
    """The body of a file with updates is its summary; the first update is the start."""
    incident = incident_of(
        file_of("updates:", "  - {at: 2026-11-20 09:05Z, text: One}", started="")
    )

    assert (Update(at=utc("2026-11-20 09:05"), text="One"),) == incident.updates
    assert (utc("2026-11-20 09:05"), TEXT) == (incident.started, incident.body)


def test_every_key_of_an_incident_arrives_in_the_record() -> None:
    """Each key of a file becomes a typed value of the record; `x-` keys stay untyped."""
    incident = incident_of(
        file_of(
            "state: resolved",
            "resolved: 2026-11-20 10:00Z",
            "pin: true",
            "draft: true",
            "notify: false",
            "source: 'https://example.com/#1'",
            "id: 0123456789ab",
            "redirect_from: [issues/old-name/, incidents/42.html]",
            "x-cost: {no: [1, 2.50]}",
            "updates:",
            "  - at: 2026-11-20 09:00Z",
            "    state: identified",
            "    severity: partial",
            "    services: [api, web]",
            "    notify: false",
            "    source: IC_1",
            "    id: abcdef012345",
            "    x-by: 007",
            "    text: |",
            "",
            "      One  ",
            "",
            "        Two",
            "",
            "  - {at: 2026-11-20 10:30Z, state: resolved, text: Over}",
            body="",
            services="[api, web]",
        )
    )
    first = Update(
        at=utc("2026-11-20 09:00"),
        text="One  \n\n  Two",
        state=State.IDENTIFIED,
        severity=Severity.PARTIAL,
        services=(ServiceSeverity(id="api"), ServiceSeverity(id="web")),
        notify=False,
        source="IC_1",
        id="abcdef012345",
        extra={"x-by": "007"},
    )
    expected = Incident(
        slug="a",
        title="API down",
        severity=Severity.MAJOR,
        services=(ServiceSeverity(id="api"), ServiceSeverity(id="web")),
        state=State.RESOLVED,
        started=utc("2026-11-20 09:00"),
        resolved=utc("2026-11-20 10:00"),
        updates=(
            first,
            Update(at=utc("2026-11-20 10:30"), text="Over", state=State.RESOLVED),
        ),
        pin=True,
        draft=True,
        notify=False,
        source="https://example.com/#1",
        id="0123456789ab",
        redirect_from=("issues/old-name/", "incidents/42.html"),
        extra={"x-cost": {"no": ["1", "2.50"]}},
    )

    assert expected == replace(incident, updates=incident.updates)


def test_a_maintenance_is_announced_by_its_first_update() -> None:
    """Maintenance without `announced` is announced by its first update."""
    rows = ["starts: 2026-11-25 09:00Z", "ends: 2026-11-25 10:00Z", "updates:"]
    rows += ["  - {at: 2026-11-20 09:00Z, text: Soon}"]
    incident = incident_of(file_of(*rows, severity="maintenance", services="[api]", started=""))

    assert utc("2026-11-20 09:00") == incident.started
    assert utc("2026-11-25 09:00") == incident.dated


def test_maintenance_without_services_gets_a_warning() -> None:
    """Maintenance without services is valid, but some API clients crash on it."""
    rows = ["announced: 2026-11-20 09:00Z", "starts: 2026-11-25 09:00Z", "ends: 2026-11-25 10:00Z"]
    parsed = parse(file_of(*rows, severity="maintenance", services="[]", started=""))
    (problem,) = parsed.problems

    assert (Level.WARNING, 4, True) == (problem.level, problem.line, parsed.incident is not None)


def test_a_notice_needs_no_service() -> None:
    """A notice may affect no service."""
    incident = incident_of(file_of("until: 2026-12-01 09:00Z", severity="none", services="[]"))

    assert (Kind.NOTICE, ()) == (incident.kind, incident.services)


def test_a_list_of_services_has_no_severities_and_a_map_has() -> None:
    """A map sets a severity for each service, a list uses the top-level severity."""
    listed = incident_of(file_of(services="[api, web]")).services
    mapped = incident_of(file_of(services="{api: major, web: none}")).services

    assert (ServiceSeverity(id="api"), ServiceSeverity(id="web")) == listed
    assert (
        ServiceSeverity(id="api", severity=Severity.MAJOR),
        ServiceSeverity(id="web", severity=Severity.NONE),
    ) == mapped


@pytest.mark.parametrize("services", ["[cdn]", "{cdn: major}"])
def test_an_older_name_means_the_service_of_today(services: str) -> None:
    """An alias in a file becomes the id of its service, in updates too."""
    known = settings_of(SETTINGS.replace("Website", "Website\n    aliases: [cdn, Old Name]"))
    rows = ["updates:", "  - {at: 2026-11-20 09:00Z, services: {Old Name: partial}, text: a}"]
    incident = incident_of(file_of(*rows, services=services, body=""), known=known)

    assert ["web"] == [one.id for one in incident.services]
    assert ["web"] == [one.id for one in incident.updates[0].services]


@pytest.mark.parametrize(
    ("started", "is_allowed"),
    [
        ("2026-11-17 09:00", True),
        ("2026-11-18 23:59:59", True),
        ("2026-11-19 00:00", False),
        ("2026-11-18 23:00Z", False),
    ],
)
def test_a_retired_service_stays_in_files_that_began_before(
    started: str, *, is_allowed: bool
) -> None:
    """A file may affect a service until the end of its last day in the site's time zone."""
    known = settings_of(SETTINGS.replace("Website", "Website\n    retired: 2026-11-18"))
    problems = messages_of(parse(file_of(started=started, services="[web]"), known=known))
    expected = [(4, 12, "'web' was retired on 2026-11-18, before this began; remove it")]

    assert ([] if is_allowed else expected) == problems


def test_a_service_that_retires_during_an_incident_may_be_named_in_later_updates() -> None:
    """The start of the file counts, not the time of the update."""
    known = settings_of(SETTINGS.replace("Website", "Website\n    retired: 2026-11-20"))
    rows = ["updates:", "  - {at: 2026-11-25 09:00Z, services: {web: partial}, text: a}"]

    assert 1 == len(incident_of(file_of(*rows), known=known).updates)


def test_without_settings_no_service_is_unknown() -> None:
    """Unknown services are not reported if statusgen.yml itself has problems."""
    assert [] == messages_of(parse(file_of(services="[mail]"), known=None))


def test_without_settings_times_of_unknown_zones_are_not_compared() -> None:
    """The order of times is not checked if the site's time zone is unknown."""
    text = file_of("resolved: 2026-11-20 08:30Z", started="2026-11-20 09:00")

    assert [] == messages_of(parse(text))
    assert [] == messages_of(parse(text, known=None))


# Remedies.

CONFLICT = (
    "unresolved merge conflict;"
    " keep one side and delete the lines that begin with <<<<<<<, ======= and >>>>>>>"
)


def updates_of(*states: str) -> list[str]:
    """Return the lines of updates that set *states*, one minute apart."""
    pairs = enumerate(f"state: {state}" if state else "text: a" for state in states)
    return ["updates:", *(f"  - {{at: 2026-11-20 09:0{n}Z, x-a: b, {pair}}}" for n, pair in pairs)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            file_of(services="api"),
            (4, 11, "'services' is not a list or a map; write [api] or {api: major}"),
            id="services-are-a-word",
        ),
        pytest.param(
            file_of(services="web, db"),
            (
                4,
                11,
                "'services' is not a list or a map; write [web, db] or {web: major}",
            ),
            id="services-without-brackets",
        ),
        pytest.param(
            file_of(services="\n  -api\n  -web"),
            (5, 3, "a space is missing after '-'; write '- api'"),
            id="services-without-a-space",
        ),
        pytest.param(
            file_of("updates:", "  -at: 2026-11-20 09:00Z"),
            (7, 3, "a space is missing after '-'; write '- at'"),
            id="update-without-a-space",
        ),
        pytest.param(
            file_of("\u00a0pin: true"),
            (6, 1, "this line contains a U+00A0 NO-BREAK SPACE; replace it with a space"),
            id="space-before-a-key",
        ),
        pytest.param(
            file_of("pin:\u00a0true: a"),
            (6, 1, "this line contains a U+00A0 NO-BREAK SPACE; replace it with a space"),
            id="space-in-a-key",
        ),
        pytest.param(
            file_of("components: [api]", services=""),
            (5, 1, "unknown key 'components'; did you mean 'services'?"),
            id="required-key-of-another-tool",
        ),
        pytest.param(
            file_of("updates: [{time: 2026-11-20 09:00Z, text: a}]"),
            (6, 12, "unknown key 'time'; did you mean 'at'?"),
            id="required-key-of-an-update",
        ),
        pytest.param("<<<<<<< HEAD\n" + file_of(), (1, 1, CONFLICT), id="conflict-at-the-top"),
        pytest.param(
            file_of("state: resolved", *updates_of("resolved", "monitoring")),
            (
                6,
                8,
                "state is 'resolved', but the last update says 'monitoring';"
                " change it to monitoring, or run: statusgen check --fix",
            ),
            id="state-of-an-earlier-update",
        ),
        pytest.param(
            file_of("state: investigating", *updates_of("identified")),
            (
                6,
                8,
                "state is 'investigating', but the last update says 'identified';"
                " change it to identified, or run: statusgen check --fix",
            ),
            id="first-state",
        ),
        pytest.param(
            file_of("state: monitoring", *updates_of("identified")),
            (
                6,
                8,
                "state is 'monitoring', but the last update says 'identified';"
                " change it to identified",
            ),
            id="state-of-no-update",
        ),
        pytest.param(
            file_of("state: monitoring", "resolved: 2026-11-20 10:00Z", *updates_of("")),
            (
                6,
                8,
                "state 'monitoring' contradicts 'resolved' (line 7); use resolved, or remove it",
            ),
            id="state-beside-resolved",
        ),
        pytest.param(
            file_of(severity="major", services="{api: none}"),
            (
                3,
                11,
                "severity 'major' is not the worst severity of the services;"
                " set at least one service to major",
            ),
            id="map-without-an-affected-service",
        ),
    ],
)
def test_a_mistake_is_one_problem_with_its_remedy(
    text: str, expected: tuple[int, int, str]
) -> None:
    """A mistake is reported once, at its position, with a remedy that fixes it."""
    problems = [(one.line, one.column, one.message) for one in errors(parse(text).problems)]

    assert [expected] == problems


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("critical Down outage sev1 blocker", "major"),
        ("minor warning slow impaired", "degraded"),
        ("partial_outage", "partial"),
        ("notice info ok up operational", "none"),
    ],
)
def test_a_severity_of_another_tool_is_answered_with_ours(words: str, expected: str) -> None:
    """Terms from monitors and other status pages lead to the nearest severity."""
    for word in words.split():
        (problem,) = parse(file_of(severity=word)).problems

        assert f"'{word}' is not a severity; did you mean '{expected}'?" == problem.message


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ("[api, api]", "service 'api' is listed twice; list it once"),
        ("[web, cdn]", "'cdn' is an alias of 'web', which is also listed; list the service once"),
        ("[cdn, web]", "'cdn' is an alias of 'web', which is also listed; list the service once"),
        (
            "[cdn, www]",
            "'www' is an alias of 'web', which is also listed as 'cdn'; list the service once",
        ),
    ],
)
def test_a_repeated_service_is_named_with_its_alias(services: str, expected: str) -> None:
    """A service that is listed twice is reported with the id that its aliases refer to."""
    known = settings_of(SETTINGS.replace("Website", "Website\n    aliases: [cdn, www]"))
    (problem,) = parse(file_of(services=services), known=known).problems

    assert expected == problem.message


# Limits.


@pytest.mark.parametrize(("count", "expected"), [(200, []), (201, [207])])
def test_a_file_has_at_most_two_hundred_updates(count: int, expected: list[int]) -> None:
    """The 201st update is reported."""
    rows = ["  - {at: 2026-11-20 09:00Z, text: a}"] * count
    problems = messages_of(parse(file_of("updates:", *rows)))

    assert expected == [line for line, _, _ in problems]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("[issues/old/, a.html]", ("issues/old/", "a.html"), id="list"),
        pytest.param("issues/old/", ("issues/old/",), id="one-text"),
        pytest.param("[42, true, 1e3]", ("42", "true", "1e3"), id="words-that-yaml-types"),
        pytest.param("[störung/größe, 日本/]", ("störung/größe", "日本/"), id="other-alphabets"),
        pytest.param("[a b/c, ..d, .e/f, g..h]", ("a b/c", "..d", ".e/f", "g..h"), id="odd-names"),
        pytest.param("[]", (), id="empty-list"),
        pytest.param("", (), id="left-empty"),
        pytest.param("''", (), id="empty-text"),
    ],
)
def test_old_addresses_are_kept_as_written(written: str, expected: tuple[str, ...]) -> None:
    """`redirect_from` is a list or a single address; an empty value is ignored."""
    assert expected == incident_of(file_of(f"redirect_from: {written}")).redirect_from


@pytest.mark.parametrize(("count", "expected"), [(100, []), (101, [(6, 617)])])
def test_a_file_has_at_most_a_hundred_old_addresses(
    count: int, expected: list[tuple[int, int]]
) -> None:
    """The first address above the limit is reported at its position."""
    addresses = ", ".join(f"a{number:03}" for number in range(count))
    problems = messages_of(parse(file_of(f"redirect_from: [{addresses}]")))

    assert expected == [(line, column) for line, column, _ in problems]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("x" * 200, None, id="200-characters"),
        pytest.param("🔥" * 200, None, id="200-emoji"),
        pytest.param('"' + "x" * 200 + '   "', None, id="200-characters-and-blanks"),
        pytest.param(
            "🔥" * 201,
            "the text has 201 characters, more than the limit of 200; shorten it",
            id="201",
        ),
        pytest.param("עברית عربى 中文", None, id="letters-from-right-to-left"),
        pytest.param("👩\u200d💻 down", None, id="emoji-joined"),
        pytest.param("\u0645\u06cc\u200c\u062e", None, id="joiner-that-is-spelling"),
        pytest.param(
            "a\u202eb",
            "'a\\u202eb' contains U+202E RIGHT-TO-LEFT OVERRIDE; remove it",
            id="override",
        ),
        pytest.param(
            "a\u2067b",
            "'a\\u2067b' contains U+2067 RIGHT-TO-LEFT ISOLATE; remove it",
            id="isolate",
        ),
        pytest.param(
            "a\u200fb", "'a\\u200fb' contains U+200F RIGHT-TO-LEFT MARK; remove it", id="mark"
        ),
        pytest.param(
            "a\u061cb", "'a\\u061cb' contains U+061C ARABIC LETTER MARK; remove it", id="arabic"
        ),
        pytest.param(
            "a\u200bb",
            "'a\\u200bb' contains U+200B ZERO WIDTH SPACE; remove it",
            id="zero-width",
        ),
        pytest.param(
            "a\ufeffb",
            "'a\\ufeffb' contains U+FEFF ZERO WIDTH NO-BREAK SPACE; remove it",
            id="byte-order-mark",
        ),
        pytest.param(
            "a\U000e0062",
            "'a\\U000e0062' contains U+E0062 TAG LATIN SMALL LETTER B; remove it",
            id="tag",
        ),
        pytest.param('" "', "the text is empty; write one line", id="blank"),
    ],
)
def test_a_title_is_one_visible_line(title: str, expected: str | None) -> None:
    """A title has at most 200 characters, without invisible or direction-changing ones."""
    problems = messages_of(parse(file_of(title=title)))

    assert ([(2, 8, expected)] if expected else []) == problems


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param(file_of(body="Hello\n\n" + "[" * 501), (10, 501), id="body"),
        pytest.param("\n\n" + file_of(body="Hello\n\n" + "[" * 501), (12, 501), id="moved-body"),
        pytest.param(
            file_of(
                "updates:",
                "  - at: 2026-11-20 09:00Z",
                "    text: |",
                "",
                "        Hello",
                "",
                "        a" + "[" * 501,
            ),
            (12, 510),
            id="block",
        ),
        pytest.param(
            file_of("updates:", "  - at: 2026-11-20 09:00Z", f"    text: '{'[' * 501}'"),
            (8, 11),
            id="quoted",
        ),
    ],
)
def test_a_flaw_of_a_text_is_shown_where_it_stands(text: str, place: tuple[int, int]) -> None:
    """Problems in Markdown have their line and column in the file if YAML allows it."""
    what = "a block of text has 501 open '[' at this point; put it into a fenced code block"

    assert [(*place, what)] == messages_of(parse(text))


# The future.


@pytest.mark.parametrize(("now", "expected"), [("09:00", []), ("08:59:59", [(5, 10)])])
def test_what_is_dated_after_now_is_a_warning(now: str, expected: list[tuple[int, int]]) -> None:
    """A time is in the future until that second."""
    found = parse(file_of()).later(utc(f"2026-11-20 {now}"))

    assert expected == [(problem.line, problem.column) for problem in found]


# Formatting.

EXTRA = st.dictionaries(
    st.sampled_from(["x-a", "x-", "x-b c", "x-é:", "x-*", 'x-"']),
    st.recursive(
        st.sampled_from(["", "no", "12:30", " a ", "#b", "a: b", "'", '"\\', "é🔥", "\t\n", "~"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["k", "", "a: b", "#", "- é"]), inner, max_size=3)
        ),
        max_leaves=5,
    ),
    max_size=2,
)
PIECES = [
    "", " ", "  ", "\t", "\n", "\n\n", "\n---\n", "---", "```\n", "\n    code", "# ", "#", ": ",
    ":", "'", '"', "\\", "- ", "* ", "|", ">", "%", "@", "`", "!", "&a", "*a", "{", "}", "[", "]",
    ",", "?", "~", "null", "no", "a", "word", "é", "🔥", "👩\u200d💻", "עברית", "عربى", "\u00a0",
    "\u200b", "\u202e", "<b>", "&amp;", "...", "\n...\n", "2026-11-20", "+++", "\ufeff", "\u3000",
    "  \n",
]  # fmt: skip
WILD = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(codec="utf-8"), max_size=5), max_size=12
).map("".join)


def cleaned(text: str) -> str:
    """Return *text* without the characters that output formats cannot represent."""
    return "".join(c for c in text if c != "\r" and characters.forbidden(c) is None)


def as_prose(text: str) -> str:
    """Return *text* as a file stores it, without surrounding blank lines and trailing spaces."""
    text = cleaned(text)
    while (shorter := re.sub(r"\A[^\S\n]*\n", "", text).rstrip()) != text:
        text = shorter
    return text


def as_line(text: str) -> str:
    """Return *text* as one visible line of 1 to 200 characters."""
    visible = "".join(c for c in cleaned(text) if characters.invisible(c) is None)
    return " ".join(visible.split())[:200].strip() or "Title"


PROSE = WILD.map(as_prose)
LINES = WILD.map(as_line)
MOMENTS = st.integers(0, 10**9).map(
    lambda n: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
)
ADDRESSES = st.from_regex(r"[0-9ü][a-z0-9 ü,'{}&-]{0,20}[a-z0-9ü]/?", fullmatch=True)
IDS = ["api", "web", "db"]


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """Draw a valid incident, maintenance or notice."""
    severity = draw(st.sampled_from(Severity))
    kind = Kind.of(severity)
    started = draw(MOMENTS)
    gaps = draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=5))
    times = [started + timedelta(seconds=sum(gaps[: index + 1])) for index in range(len(gaps))]
    names = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=kind is Kind.INCIDENT))
    is_map = bool(names) and draw(st.booleans())
    services = tuple(ServiceSeverity(id=name) for name in names)
    if is_map:
        milder = [one for one in kind.severities if one.rank <= severity.rank]
        given = [severity, *draw(st.lists(st.sampled_from(milder), min_size=3, max_size=3))]
        pairs = zip(names, given, strict=False)
        services = tuple(ServiceSeverity(id=name, severity=given) for name, given in pairs)
    is_planned = kind is Kind.MAINTENANCE
    starts = started + timedelta(seconds=draw(st.integers(1, 10**6)))
    ends = starts + timedelta(seconds=draw(st.integers(1, 10**6)))
    updates: list[Update] = []
    state, is_driven = kind.first_state, False
    for at in times:
        said = draw(st.none() | st.sampled_from(kind.states))
        state = said or state
        is_driven = is_driven or (said is not None and at >= starts)
        is_over = is_planned and at >= ends and not is_driven
        is_settled = is_over or state in (State.RESOLVED, State.COMPLETED)
        mapped: tuple[ServiceSeverity, ...] = ()
        if is_map and draw(st.booleans()):
            possible = [Severity.NONE] if is_settled else list(kind.severities)
            chosen = draw(st.dictionaries(st.sampled_from(IDS), st.sampled_from(possible)))
            mapped = tuple(ServiceSeverity(id=name, severity=one) for name, one in chosen.items())
        may_move = bool(names) and not is_map and not is_settled
        moved = draw(st.none() | st.sampled_from(kind.severities)) if may_move else None
        updates.append(
            Update(
                at=at,
                text=draw(PROSE),
                state=said,
                severity=moved,
                services=mapped,
                notify=draw(st.booleans()),
                source=draw(st.none() | LINES),
                id=f"pinned{len(updates):06}" if draw(st.booleans()) else None,
                extra=draw(EXTRA),
            )
        )
    resolved = None
    if not is_planned and not any(one.state or one.severity or one.services for one in updates):
        resolved = draw(
            st.none() | st.just(started + timedelta(seconds=draw(st.integers(0, 10**6))))
        )
        state = State.RESOLVED if resolved else state
    elif [one.state for one in updates if one.state][-1:] == [State.RESOLVED]:
        is_early = all(one.state is not State.RESOLVED for one in updates[:-1])
        earlier = started + (updates[-1].at - started) * draw(st.floats(0, 1))
        resolved = draw(st.none() | st.just(earlier.replace(microsecond=0))) if is_early else None
    return Incident(
        slug="a",
        title=draw(LINES),
        severity=severity,
        services=services,
        state=draw(st.none() | st.just(state)),
        started=started,
        resolved=resolved,
        starts=starts if is_planned else None,
        ends=ends if is_planned else None,
        until=draw(st.none() | MOMENTS.map(lambda at: at + timedelta(days=15_000)))
        if kind is Kind.NOTICE
        else None,
        updates=tuple(updates),
        # The parser drops a body that repeats an update.
        body=draw(PROSE.filter(lambda text: all(text != one.text for one in updates))),
        pin=draw(st.booleans()),
        draft=draw(st.booleans()),
        notify=draw(st.booleans()),
        source=draw(st.none() | LINES),
        id=draw(st.none() | st.from_regex(r"[a-z0-9]{12}", fullmatch=True)),
        redirect_from=tuple(draw(st.lists(ADDRESSES, max_size=2))),
        extra=draw(EXTRA),
    )


@given(incident=incidents())
@settings(max_examples=scaled(200))
def test_what_was_formatted_is_parsed_back(incident: Incident) -> None:
    """A record survives formatting and parsing without an error."""
    text = parser.format(incident)
    parsed = parse(text)

    assert [] == [problem.message for problem in errors(parsed.problems)]
    assert incident == parsed.incident


def test_a_carriage_return_in_a_text_survives_the_way_back() -> None:
    """A CR that was written as an escape survives formatting and parsing."""
    text = file_of("updates:", "  - {at: 2026-11-20 09:00Z, text: 'a', x-a: \"b\\rc\"}", body="")
    incident = incident_of(text.replace("'a'", '"a\\rb"'))

    assert [] == messages_of(parse(parser.format(incident)))
    assert incident == parse(parser.format(incident)).incident


def test_formatting_a_parsed_file_gives_the_same_record() -> None:
    """Formatting and parsing a file again gives the same record."""
    incident = incident_of(file_of("state: monitoring"))

    assert incident == incident_of(parser.format(incident))


# Arbitrary text.

WORDS = [
    "", "a", "no", "~", "[]", "{}", "[api]", "{api: major}", "{api: none, web: degraded}", "[mail]",
    "major", "none", "maintenance", "partial", "resolved", "scheduled", "completed", "monitoring",
    "2026-11-20 09:00", "2026-11-20 10:00Z", "2026-11-19 10:00+01:00", "2026-03-29 02:30", "true",
    "false", "'", '"a', "|", "|\n  text", ">-\n  text\n   more", "@a", "a: b", "a #b", "&a b", "*a",
    "!!a b", "[a, [b", "[[api]]", "[{api: major}]", "{api: {web: a}}", '"\\0"', '"\\ud800"', "\t",
    "0123456789ab", "🔥", "\u202e", "- a", "\x85", "---", "...", "? a",
]  # fmt: skip
KEYS = [
    "title", "severity", "services", "state", "started", "resolved", "starts", "ends", "announced",
    "until", "updates", "pin", "draft", "notify", "source", "id", "at", "text", "x-a", "<<",
    "extra",
]  # fmt: skip
ROWS = st.builds(
    "{}{}: {}".format,
    st.sampled_from(["", "", "", "  - ", "    ", "\t", "- "]),
    st.sampled_from(KEYS),
    st.sampled_from(WORDS) | st.text(max_size=6),
)
FILES = st.one_of(
    st.text(),
    st.builds(
        "{}---\n{}\n---{}{}".format,
        st.sampled_from(["", "\n", "\r\n", " "]),
        st.lists(ROWS, max_size=14).map("\n".join),
        st.sampled_from(["\n", "\r", "", "\n\n    "]),
        WILD,
    ),
    st.builds(
        "---\ntitle: {}\nseverity: {}\nservices: {}\nstarted: {}\n{}\n---\n{}".format,
        st.sampled_from(WORDS),
        st.sampled_from(["none", "maintenance", "major", "partial"]),
        st.sampled_from(WORDS),
        st.sampled_from(WORDS),
        st.lists(ROWS, max_size=8).map("\n".join),
        WILD,
    ),
)


@example(text="---\nx-a: [\x85\u2028]\nx-b: |\n c\n---", is_known=True)
@given(text=FILES, is_known=st.booleans())
@settings(max_examples=scaled(800))
def test_any_text_is_an_incident_or_has_problems_with_valid_places(
    text: str, *, is_known: bool
) -> None:
    """Any file gives an incident or problems, each at an existing position."""
    parsed = parse(text, known=CONFIG if is_known else None)
    rows = len(re.split("\r\n|[\r\n\x85\u2028\u2029]", text))

    assert (parsed.incident is None) == bool(errors(parsed.problems))
    for problem in parsed.problems:
        assert 1 <= problem.line <= rows + 1
        assert problem.column >= 1


@given(
    incident=incidents(),
    cut=st.integers(0, 10**4),
    length=st.integers(0, 20),
    put=st.sampled_from(WORDS) | st.text(max_size=3),
)
@settings(max_examples=scaled(400))
def test_a_sound_file_damaged_anywhere_has_problems_with_valid_places(
    incident: Incident, cut: int, length: int, put: str
) -> None:
    """A valid file with a random edit gives an incident or problems at existing positions."""
    text = parser.format(incident)
    at = cut % (len(text) + 1)
    damaged = text[:at] + put + text[at + length :]
    parsed = parse(damaged)
    rows = len(re.split("\r\n|[\r\n\x85\u2028\u2029]", damaged))

    assert (parsed.incident is None) == bool(errors(parsed.problems))
    for problem in parsed.problems:
        assert 1 <= problem.line <= rows + 1
        assert problem.column >= 1


# Keys without a value.


@pytest.mark.parametrize("value", ["", "''", '""', "null", "~", "[]", "{}", "# none yet"])
def test_an_optional_key_without_a_value_counts_as_absent(value: str) -> None:
    """A file in which a form left all optional keys empty means the same as one without them."""
    expected = file_of("updates:", "  - at: 2026-11-20 09:00Z", f"    text: {TEXT}", body="")

    assert incident_of(expected) == incident_of(file_of(*empty_keys(value), body=""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(file_of(started="''"), "missing value; write a time such as 2026", id="start"),
        pytest.param(file_of(title="''"), "the text is empty; write one line", id="title"),
        pytest.param(file_of(severity="''"), "missing value; use one of: ", id="severity"),
        pytest.param(file_of(services="''"), "'services' is not a list or a map; ", id="services"),
        pytest.param(file_of(services="[]"), "an incident must affect at least ", id="no-service"),
        pytest.param(
            file_of("updates: [{at: '', text: a}]"), "missing value; write a time", id="at"
        ),
        pytest.param(
            file_of("updates: [{at: 2026-11-20 09:00Z}]"), "this update has no text", id="say"
        ),
        pytest.param(
            file_of("updates: [{at: 2026-11-20 09:00Z, text: '', state: '', services: []}]"),
            "this update has no text",
            id="an-update-that-says-nothing",
        ),
        pytest.param(
            file_of("stat: ''"), "unknown key 'stat'; did you mean 'state'?", id="unknown"
        ),
        pytest.param(file_of("extra: ''"), "unknown key 'extra'; ", id="not-a-key"),
        pytest.param(file_of("state: 'null'"), "'null' is not a state; ", id="null-in-quotes"),
        pytest.param(file_of("pin: #12"), "missing value; write true or false", id="comment"),
    ],
)
def test_an_empty_value_that_is_needed_stays_a_problem(text: str, expected: str) -> None:
    """Required keys, misspelt keys and an update that says nothing are reported as before."""
    [(_, _, message)] = messages_of(parse(text))

    assert expected == message[: len(expected)]


@pytest.mark.parametrize("word", ["null", "Null", "NULL", "~", ""])
def test_a_text_that_looks_like_null_is_written_in_quotes(word: str) -> None:
    """A text such as `null` is read back as text, not as a missing value."""
    incident = replace(SOUND, source=word or None, updates=(replace(SOUND.updates[0], text=word),))

    assert incident.source == incident_of_any(parser.format(incident)).source
    assert word == incident_of_any(parser.format(incident)).updates[0].text


def incident_of_any(text: str) -> Incident:
    """Return the incident in *text*, which may have warnings."""
    found = parse(text).incident

    assert found is not None
    return found
