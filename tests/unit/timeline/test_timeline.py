"""Tests of timelines, against the contract's rules and a step-by-step simulation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from statusgen.model import Incident, Kind, Service, ServiceSeverity, Severity, State, Update
from statusgen.problems import Level
from statusgen.timeline.replay import trace
from statusgen.timeline.timeline import Interval, Timeline
from statusgen.timeline.uptime import days_of, merged
from tests.conftest import scaled

ROME = ZoneInfo("Europe/Rome")
NONE, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = Severity
INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED = Kind.INCIDENT.states
SCHEDULED, IN_PROGRESS, VERIFYING, COMPLETED = Kind.MAINTENANCE.states

Services = Iterable[str] | Mapping[str, Severity]


def at(time: str) -> datetime:
    """Return a time on the day of all tests here."""
    return datetime.fromisoformat(f"2026-11-20T{time}Z")


def affected(services: Services) -> tuple[ServiceSeverity, ...]:
    """Return the list or map *services* as in a file."""
    if isinstance(services, Mapping):
        return tuple(ServiceSeverity(id=name, severity=value) for name, value in services.items())
    return tuple(ServiceSeverity(id=name) for name in services)


def update(
    time: str,
    state: State | None = None,
    severity: Severity | None = None,
    services: Services = (),
    text: str = "We are on it.",
) -> Update:
    """Return an update at *time*."""
    return Update(
        at=at(time), text=text, state=state, severity=severity, services=affected(services)
    )


def incident(
    *updates: Update,
    services: Services = ("api",),
    severity: Severity = MAJOR,
    started: str = "09:00",
    resolved: str | None = None,
) -> Incident:
    """Return an incident or notice with *updates*, by default one with the body as its text."""
    begun = at(started)
    return Incident(
        slug="outage",
        title="Outage",
        severity=severity,
        services=affected(services),
        started=begun,
        updates=updates or (Update(at=begun, text="We are on it."),),
        resolved=at(resolved) if resolved else None,
    )


def maintenance(
    *updates: Update,
    services: Services = ("api",),
    announced: str = "08:00",
    starts: str = "10:00",
    ends: str = "12:00",
) -> Incident:
    """Return maintenance from ten to twelve, announced at eight."""
    return Incident(
        slug="upgrade",
        title="Upgrade",
        severity=MAINTENANCE,
        services=affected(services),
        started=at(announced),
        updates=updates or (Update(at=at(announced), text="We upgrade."),),
        starts=at(starts),
        ends=at(ends),
    )


def course(timeline: Timeline) -> list[str]:
    """Return the steps of *timeline* as times and states, automatic ones with a star."""
    return [f"{step.at:%H:%M} {step.state}{'' if step.update else ' *'}" for step in timeline.steps]


def spans_of(timeline: Timeline, service: str, now: datetime) -> list[Interval]:
    """Return the spells of *service* up to *now* in seconds."""
    spans = (spell.span(now) for spell in timeline.spells(service))
    return [span for span in spans if span]


def impact(incident: Incident, service: str = "api", now: str = "18:00") -> list[str]:
    """Return start, end and severity of each spell of *service* in *incident* up to *now*."""
    spans = merged(spans_of(trace(incident).until(at(now)), service, at(now)))
    return [f"{_clock(start)}-{_clock(stop)} {severity}" for start, stop, severity in spans]


def _clock(second: int) -> str:
    moment = datetime.fromtimestamp(second, UTC)
    return f"{moment:%H:%M:%S}" if second % 60 else f"{moment:%H:%M}"


# Kinds and services.


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        pytest.param(["api", "web"], {"api": MAJOR, "web": MAJOR}, id="list"),
        pytest.param({"api": MAJOR, "web": DEGRADED}, {"api": MAJOR, "web": DEGRADED}, id="map"),
        pytest.param({"web": NONE, "api": MAJOR}, {"web": NONE, "api": MAJOR}, id="map-with-none"),
    ],
)
def test_opening_gives_severities(services: Services, expected: dict[str, Severity]) -> None:
    """A list gives each service the incident's severity, a map each its own, from the start on."""
    timeline = trace(incident(services=services)).until(at("09:00"))

    assert expected == timeline.severities
    assert tuple(services) == tuple(timeline.severities)


@pytest.mark.parametrize(
    ("services", "updates", "expected"),
    [
        pytest.param(
            {"api": MAJOR, "web": DEGRADED},
            [update("10:00", services={"api": PARTIAL})],
            {"api": PARTIAL, "web": DEGRADED},
            id="map-changes-the-named",
        ),
        pytest.param(
            ["api"],
            [update("10:00", services={"db": DEGRADED})],
            {"api": MAJOR, "db": DEGRADED},
            id="map-lets-one-join",
        ),
        pytest.param(
            ["api", "web"],
            [update("10:00", services={"web": NONE})],
            {"api": MAJOR, "web": NONE},
            id="map-says-recovered",
        ),
        pytest.param(
            ["api"],
            [update("10:00", severity=PARTIAL, services=["api", "db"])],
            {"api": PARTIAL, "db": PARTIAL},
            id="list-adds-at-the-severity-beside-it",
        ),
        pytest.param(
            {"api": MAJOR},
            [update("10:00", severity=PARTIAL, services=["api", "db"])],
            {"api": MAJOR, "db": PARTIAL},
            id="list-only-adds",
        ),
        pytest.param(
            ["api"],
            [
                update("10:00", severity=PARTIAL),
                update("10:30", services=["api", "db"]),
            ],
            {"api": PARTIAL, "db": PARTIAL},
            id="list-adds-at-the-severity-that-holds",
        ),
        pytest.param(
            {"api": MAJOR, "web": NONE},
            [update("10:00", severity=DEGRADED, services=["api", "web"])],
            {"api": MAJOR, "web": DEGRADED},
            id="list-adds-one-that-was-well",
        ),
        pytest.param(
            ["api", "web"],
            [update("10:00", services=["api"])],
            {"api": MAJOR, "web": MAJOR},
            id="list-takes-none-away",
        ),
        pytest.param(
            ["api", "web"],
            [update("10:00", severity=DEGRADED)],
            {"api": DEGRADED, "web": DEGRADED},
            id="severity-moves-the-listed",
        ),
        pytest.param(
            ["api", "web"],
            [
                update("10:00", services={"web": PARTIAL}),
                update("10:30", severity=DEGRADED),
            ],
            {"api": DEGRADED, "web": PARTIAL},
            id="severity-leaves-what-a-map-set",
        ),
        pytest.param(
            {"api": MAJOR, "web": PARTIAL},
            [
                update("10:00", severity=PARTIAL, services=["api", "web", "db"]),
                update("10:30", severity=DEGRADED),
            ],
            {"api": MAJOR, "web": PARTIAL, "db": DEGRADED},
            id="severity-moves-one-that-a-list-added",
        ),
        pytest.param(
            ["api", "web"],
            [update("10:00", severity=PARTIAL, services={"web": NONE})],
            {"api": PARTIAL, "web": NONE},
            id="severity-beside-a-map",
        ),
        pytest.param(
            ["api", "web"],
            [
                update("10:00", severity=PARTIAL, services={"web": NONE}),
                update("10:30", severity=MAJOR),
            ],
            {"api": MAJOR, "web": NONE},
            id="severity-does-not-bring-back-the-recovered",
        ),
        pytest.param(
            ["api"],
            [update("10:00", severity=NONE), update("10:30", severity=DEGRADED)],
            {"api": DEGRADED},
            id="severity-none-and-back",
        ),
        pytest.param(
            ["api"],
            [update("10:00", severity=PARTIAL), update("10:30", state=IDENTIFIED)],
            {"api": PARTIAL},
            id="state-alone-moves-nothing",
        ),
    ],
)
def test_updates_change_severities(
    services: Services, updates: list[Update], expected: dict[str, Severity]
) -> None:
    """Maps merge, lists add, and a severity changes the services without one of their own."""
    timeline = trace(incident(*updates, services=services))

    assert expected == timeline.severities
    assert expected == timeline.steps[-1].severities
    assert tuple(expected) == tuple(timeline.severities)


@pytest.mark.parametrize(
    ("opening", "updates", "expected"),
    [
        pytest.param(
            incident(services={"api": MAJOR, "web": DEGRADED}),
            [update("10:00", severity=PARTIAL)],
            [(0, "severity", Level.ERROR)],
            id="opening-map-set-all",
        ),
        pytest.param(
            incident(services=["api"]),
            [update("10:00", services={"api": PARTIAL}), update("10:30", severity=DEGRADED)],
            [(1, "severity", Level.ERROR)],
            id="update-map-set-all",
        ),
        pytest.param(
            incident(services={"api": MAJOR}),
            [update("10:00", severity=DEGRADED, services={"api": PARTIAL})],
            [(0, "severity", Level.ERROR)],
            id="map-beside-it-says-otherwise",
        ),
        pytest.param(
            incident(services={"api": MAJOR}),
            [update("10:00", severity=PARTIAL, services={"api": PARTIAL})],
            [],
            id="map-beside-it-agrees",
        ),
        pytest.param(
            incident(services={"api": MAJOR}),
            [update("10:00", severity=PARTIAL, services=["api", "web"])],
            [],
            id="list-beside-it-adds-one-to-move",
        ),
        pytest.param(
            incident(services=["api", "web"]),
            [update("10:00", services={"api": PARTIAL}), update("10:30", severity=DEGRADED)],
            [],
            id="one-left-to-move",
        ),
        pytest.param(
            incident(services=["api", "web"]),
            [update("10:00", services=["api"])],
            [(0, "services", Level.WARNING)],
            id="list-leaves-one-out",
        ),
        pytest.param(
            incident(services=["api"]),
            [update("10:00", severity=PARTIAL, services=["web"])],
            [(0, "services", Level.WARNING)],
            id="list-leaves-out-while-adding",
        ),
        pytest.param(
            incident(services=["api", "web"]),
            [update("10:00", services=["web", "api"])],
            [],
            id="list-names-all",
        ),
        pytest.param(
            incident(services=["api", "web"]),
            [update("10:00", services={"web": NONE}), update("10:30", services=["api"])],
            [],
            id="list-leaves-out-the-recovered",
        ),
        pytest.param(
            incident(services=["api", "web"]),
            [update("10:00", services={"api": PARTIAL})],
            [],
            id="map-may-leave-out",
        ),
        pytest.param(
            incident(services=["api", "web"]),
            [update("10:00", RESOLVED), update("10:30", text="Postmortem to follow.")],
            [],
            id="resolved",
        ),
        pytest.param(
            incident(services=["api", "web"]),
            [update("10:00", RESOLVED, severity=NONE, services={"api": NONE, "web": NONE})],
            [],
            id="resolved-says-what-it-means",
        ),
        pytest.param(
            incident(services=[], severity=NONE),
            [update("10:00", severity=NONE)],
            [],
            id="no-services-so-no-map-has-set-any",
        ),
    ],
)
def test_updates_that_cannot_be_followed(
    opening: Incident, updates: list[Update], expected: list[tuple[int, str, Level]]
) -> None:
    """A severity without effect is an error; a list without an affected service is a warning."""
    timeline = trace(replace(opening, updates=tuple(updates)))

    assert expected == [(fault.update, fault.key, fault.level) for fault in timeline.faults]


def test_faults_say_what_to_write() -> None:
    """The messages about services suggest a map."""
    timeline = trace(
        incident(
            update("10:00", services=["db"]),
            update("10:30", severity=PARTIAL),
            services={"api": MAJOR},
        )
    )
    other = trace(incident(update("10:30", severity=PARTIAL), services={"api": MAJOR}))

    assert ["if it has recovered, write {api: none}"] == [
        fault.message.partition("; ")[2] for fault in timeline.faults
    ]
    assert ["write services: {api: partial}"] == [
        fault.message.partition("; ")[2] for fault in other.faults
    ]


@pytest.mark.parametrize(
    ("file", "now", "severity", "worst"),
    [
        pytest.param(incident(), "09:00", MAJOR, MAJOR, id="opening"),
        pytest.param(
            incident(update("10:00", severity=MAJOR), severity=DEGRADED),
            "10:00",
            MAJOR,
            MAJOR,
            id="grown-worse",
        ),
        pytest.param(
            incident(update("10:00", severity=MAJOR), severity=DEGRADED),
            "09:59",
            DEGRADED,
            DEGRADED,
            id="not-yet-worse",
        ),
        pytest.param(
            incident(update("10:00", severity=DEGRADED)), "10:00", DEGRADED, MAJOR, id="milder"
        ),
        pytest.param(incident(update("10:00", RESOLVED)), "10:00", NONE, MAJOR, id="resolved"),
        pytest.param(incident(resolved="09:00"), "10:00", NONE, MAJOR, id="over-at-once"),
        pytest.param(
            incident(
                update("10:00", services={"db": MAJOR}),
                update("10:30", services={"db": NONE}),
                services={"api": PARTIAL, "web": DEGRADED},
                severity=PARTIAL,
            ),
            "11:00",
            PARTIAL,
            MAJOR,
            id="worst-of-one-that-joined-and-left",
        ),
        pytest.param(maintenance(), "09:00", NONE, MAINTENANCE, id="maintenance-to-come"),
        pytest.param(maintenance(), "11:00", MAINTENANCE, MAINTENANCE, id="maintenance"),
        pytest.param(maintenance(), "13:00", NONE, MAINTENANCE, id="maintenance-over"),
        pytest.param(incident(severity=NONE), "10:00", NONE, NONE, id="notice"),
    ],
)
def test_severity_now_and_ever(
    file: Incident, now: str, severity: Severity, worst: Severity
) -> None:
    """An incident has the worst current severity of its services, and keeps the worst ever."""
    timeline = trace(file).until(at(now))

    assert (severity, worst) == (timeline.severity, timeline.worst)


# States.


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param(incident(), ["09:00 investigating"], id="first-of-an-incident"),
        pytest.param(
            incident(update("09:10"), update("09:20", IDENTIFIED), update("09:30")),
            ["09:10 investigating", "09:20 identified", "09:30 identified"],
            id="later-ones-inherit",
        ),
        pytest.param(
            incident(update("09:10", MONITORING), update("09:20", INVESTIGATING)),
            ["09:10 monitoring", "09:20 investigating"],
            id="going-back",
        ),
        pytest.param(
            incident(update("09:10", RESOLVED), update("09:20")),
            ["09:10 resolved", "09:20 resolved"],
            id="after-the-end",
        ),
        pytest.param(incident(severity=NONE), ["09:00 monitoring"], id="first-of-a-notice"),
        pytest.param(
            maintenance(starts="20:00", ends="21:00"),
            ["08:00 scheduled"],
            id="first-of-a-maintenance",
        ),
        pytest.param(
            maintenance(
                update("08:10"),
                update("10:10", VERIFYING),
                update("10:20", IN_PROGRESS),
                update("10:30"),
            ),
            [
                "08:10 scheduled",
                "10:00 in_progress *",
                "10:10 verifying",
                "10:20 in_progress",
                "10:30 in_progress",
            ],
            id="maintenance-goes-back",
        ),
        pytest.param(
            incident(update("09:10", IDENTIFIED), update("09:10"), update("09:10", RESOLVED)),
            ["09:10 identified", "09:10 identified", "09:10 resolved"],
            id="equal-times-in-the-order-of-the-file",
        ),
    ],
)
def test_states_follow_the_updates(file: Incident, expected: list[str]) -> None:
    """The first update has the kind's first state, later ones inherit it, and may go back."""
    timeline = trace(file).until(at("18:00"))

    assert expected == course(timeline)
    assert expected[-1].split()[1] == timeline.state


def test_incident_is_open_before_its_first_update() -> None:
    """An incident is open and affects its services between its start and its first update."""
    timeline = trace(incident(update("10:00", IDENTIFIED))).until(at("09:30"))

    assert timeline.is_open
    assert timeline.severities == {"api": MAJOR}
    assert timeline.state is INVESTIGATING


# The end of an incident.


@pytest.mark.parametrize(
    ("file", "expected_course", "expected_spans"),
    [
        pytest.param(
            incident(update("09:10"), update("10:40", RESOLVED)),
            ["09:10 investigating", "10:40 resolved"],
            ["09:00-10:40 major"],
            id="by-an-update",
        ),
        pytest.param(
            incident(update("09:10"), update("10:40", RESOLVED), resolved="10:20"),
            ["09:10 investigating", "10:40 resolved"],
            ["09:00-10:20 major"],
            id="key-before-the-update",
        ),
        pytest.param(
            incident(update("09:10"), update("10:40", RESOLVED), resolved="10:40"),
            ["09:10 investigating", "10:40 resolved"],
            ["09:00-10:40 major"],
            id="key-at-the-update",
        ),
        pytest.param(
            incident(update("09:10"), resolved="10:20"),
            ["09:10 investigating", "10:20 resolved *"],
            ["09:00-10:20 major"],
            id="key-without-an-update",
        ),
        pytest.param(
            incident(update("09:10"), update("11:00"), resolved="10:20"),
            ["09:10 investigating", "10:20 resolved *", "11:00 resolved"],
            ["09:00-10:20 major"],
            id="key-without-a-resolving-update",
        ),
        pytest.param(
            incident(resolved="09:00"),
            ["09:00 investigating", "09:00 resolved *"],
            [],
            id="key-at-the-start",
        ),
        pytest.param(
            incident(
                update("10:30", MONITORING, services={"api": PARTIAL}),
                update("10:40", RESOLVED),
                resolved="10:20",
            ),
            ["10:30 monitoring", "10:40 resolved"],
            ["09:00-10:20 major"],
            id="key-outweighs-an-update-before-the-resolving-one",
        ),
        pytest.param(
            incident(
                update("10:00", RESOLVED),
                update("11:00", IDENTIFIED),
                update("12:00", RESOLVED),
                resolved="11:30",
            ),
            ["10:00 resolved", "11:00 identified", "12:00 resolved"],
            ["09:00-10:00 major", "11:00-11:30 major"],
            id="key-belongs-to-the-last-resolving-update",
        ),
        pytest.param(
            incident(update("10:00", RESOLVED), update("11:00", RESOLVED)),
            ["10:00 resolved", "11:00 resolved"],
            ["09:00-10:00 major"],
            id="said-twice",
        ),
        pytest.param(
            incident(update("10:00", RESOLVED), update("11:00")),
            ["10:00 resolved", "11:00 resolved"],
            ["09:00-10:00 major"],
            id="later-update-without-a-state",
        ),
        pytest.param(
            incident(update("10:00", RESOLVED), update("11:00", MONITORING)),
            ["10:00 resolved", "11:00 monitoring"],
            ["09:00-10:00 major", "11:00-18:00 major"],
            id="reopened",
        ),
        pytest.param(
            incident(
                update("09:30", severity=PARTIAL),
                update("10:00", RESOLVED),
                update("10:30"),
                update("11:00", INVESTIGATING),
                update("12:00", RESOLVED),
                update("13:00", INVESTIGATING, severity=DEGRADED),
            ),
            [
                "09:30 investigating",
                "10:00 resolved",
                "10:30 resolved",
                "11:00 investigating",
                "12:00 resolved",
                "13:00 investigating",
            ],
            [
                "09:00-09:30 major",
                "09:30-10:00 partial",
                "11:00-12:00 partial",
                "13:00-18:00 degraded",
            ],
            id="reopened-twice",
        ),
        pytest.param(
            incident(
                update("10:40", RESOLVED),
                update("11:00", INVESTIGATING),
                resolved="10:20",
            ),
            ["10:40 resolved", "11:00 investigating"],
            ["09:00-10:20 major", "11:00-18:00 major"],
            id="key-of-a-resolving-update-before-it-was-reopened",
        ),
        pytest.param(
            incident(
                update("10:40", RESOLVED),
                update("11:00", INVESTIGATING),
                update("12:00", RESOLVED),
                resolved="10:20",
            ),
            ["10:40 resolved", "11:00 investigating", "12:00 resolved"],
            ["09:00-10:20 major", "11:00-12:00 major"],
            id="key-of-the-first-resolving-update",
        ),
        pytest.param(
            incident(
                update("10:00", RESOLVED),
                update("11:00", INVESTIGATING),
                resolved="11:30",
            ),
            ["10:00 resolved", "11:00 investigating", "11:30 resolved *"],
            ["09:00-10:00 major", "11:00-11:30 major"],
            id="key-ends-what-was-reopened",
        ),
    ],
)
def test_end_of_an_incident(
    file: Incident, expected_course: list[str], expected_spans: list[str]
) -> None:
    """From `resolved` on, services are operational until reopening restores their severities."""
    assert expected_spans == impact(file)
    assert expected_course == course(trace(file))


def test_reopened_incident_has_the_severities_it_had() -> None:
    """Severities from maps before the end apply again after a reopening."""
    file = incident(
        update("09:30", services={"web": DEGRADED}),
        update("10:00", RESOLVED),
        update("11:00", IDENTIFIED),
        services=["api", "web"],
    )

    timeline = trace(file)

    assert [{"api": NONE, "web": NONE}, {"api": MAJOR, "web": DEGRADED}] == [
        step.severities for step in timeline.steps[1:]
    ]


@pytest.mark.parametrize(
    ("now", "is_open", "state", "ended"),
    [
        pytest.param("10:19:59", True, MONITORING, None, id="last-second-with-impact"),
        pytest.param("10:20", True, MONITORING, None, id="well-without-an-update"),
        pytest.param("10:40", False, RESOLVED, "10:20", id="resolved"),
        pytest.param("10:59:59", False, RESOLVED, "10:20", id="last-second-resolved"),
        pytest.param("11:00", False, RESOLVED, "10:20", id="an-update-after-it"),
    ],
)
def test_incident_ends_when_its_services_were_well(
    now: str, is_open: bool, state: State, ended: str | None
) -> None:
    """An incident is open until the update that resolves it, and its end is `resolved`."""
    file = incident(
        update("09:10", MONITORING), update("10:40", RESOLVED), update("11:00"), resolved="10:20"
    )

    timeline = trace(file).until(at(now))

    expected = (is_open, state, at(ended) if ended else None)
    assert expected == (timeline.is_open, timeline.state, timeline.ended)


@pytest.mark.parametrize(
    ("now", "is_open", "ended"),
    [
        pytest.param("10:30", False, "10:00", id="resolved"),
        pytest.param("11:00", True, None, id="reopened"),
        pytest.param("12:00", False, "12:00", id="resolved-again"),
    ],
)
def test_reopened_incident_is_open(now: str, is_open: bool, ended: str | None) -> None:
    """A reopened incident is open and has no end until it is resolved again."""
    file = incident(
        update("10:00", RESOLVED), update("11:00", IDENTIFIED), update("12:00", RESOLVED)
    )

    timeline = trace(file).until(at(now))

    assert (is_open, at(ended) if ended else None) == (timeline.is_open, timeline.ended)


@pytest.mark.parametrize(
    ("resolved", "expected"),
    [
        pytest.param(None, "12:00", id="no-key"),
        pytest.param("10:20", "12:00", id="key-of-the-first-end"),
        pytest.param("11:30", "11:30", id="key-of-the-last-end"),
    ],
)
def test_end_is_never_before_the_last_affected_second(resolved: str | None, expected: str) -> None:
    """A reopened incident ended when its services recovered for good."""
    file = incident(
        update("10:40", RESOLVED),
        update("11:00", IDENTIFIED),
        update("12:00", RESOLVED),
        resolved=resolved,
    )

    assert at(expected) == trace(file).ended


# Maintenance.


@pytest.mark.parametrize(
    ("now", "state", "severity", "is_open"),
    [
        pytest.param("09:59:59", SCHEDULED, NONE, False, id="before"),
        pytest.param("10:00", IN_PROGRESS, MAINTENANCE, True, id="first-second"),
        pytest.param("11:00", IN_PROGRESS, MAINTENANCE, True, id="inside"),
        pytest.param("11:59:59", IN_PROGRESS, MAINTENANCE, True, id="last-second"),
        pytest.param("12:00", COMPLETED, NONE, False, id="after"),
    ],
)
def test_clock_moves_maintenance(now: str, state: State, severity: Severity, is_open: bool) -> None:
    """Without updates, maintenance starts at `starts` and is completed at `ends`."""
    timeline = trace(maintenance()).until(at(now))

    expected = (state, severity, {"api": severity}, is_open)
    assert expected == (timeline.state, timeline.severity, timeline.severities, timeline.is_open)


@pytest.mark.parametrize(
    ("updates", "expected_course", "expected_spans"),
    [
        pytest.param(
            [update("08:00")],
            ["08:00 scheduled", "10:00 in_progress *", "12:00 completed *"],
            ["10:00-12:00 maintenance"],
            id="clock-alone",
        ),
        pytest.param(
            [update("10:30"), update("11:00")],
            [
                "10:00 in_progress *",
                "10:30 in_progress",
                "11:00 in_progress",
                "12:00 completed *",
            ],
            ["10:00-12:00 maintenance"],
            id="texts-do-not-take-over",
        ),
        pytest.param(
            [update("10:00"), update("12:00")],
            [
                "10:00 in_progress *",
                "10:00 in_progress",
                "12:00 completed *",
                "12:00 completed",
            ],
            ["10:00-12:00 maintenance"],
            id="texts-at-the-moment-of-a-move",
        ),
        pytest.param(
            [update("10:30", VERIFYING)],
            ["10:00 in_progress *", "10:30 verifying"],
            ["10:00-18:00 maintenance"],
            id="state-in-the-window-takes-over",
        ),
        pytest.param(
            [update("10:00", IN_PROGRESS)],
            ["10:00 in_progress"],
            ["10:00-18:00 maintenance"],
            id="state-in-the-first-second-takes-over",
        ),
        pytest.param(
            [update("11:30", VERIFYING), update("13:00", COMPLETED)],
            ["10:00 in_progress *", "11:30 verifying", "13:00 completed"],
            ["10:00-13:00 maintenance"],
            id="running-over",
        ),
        pytest.param(
            [update("12:00", VERIFYING), update("13:00", COMPLETED)],
            ["10:00 in_progress *", "12:00 verifying", "13:00 completed"],
            ["10:00-13:00 maintenance"],
            id="running-over-said-at-the-end",
        ),
        pytest.param(
            [update("11:00", COMPLETED)],
            ["10:00 in_progress *", "11:00 completed"],
            ["10:00-11:00 maintenance"],
            id="early-end",
        ),
        pytest.param(
            [update("13:00", IN_PROGRESS), update("14:00", COMPLETED)],
            [
                "10:00 in_progress *",
                "12:00 completed *",
                "13:00 in_progress",
                "14:00 completed",
            ],
            ["10:00-12:00 maintenance", "13:00-14:00 maintenance"],
            id="taken-up-again-after-the-clock-ended-it",
        ),
        pytest.param(
            [update("08:00"), update("09:00", COMPLETED)],
            ["08:00 scheduled", "09:00 completed"],
            [],
            id="cancelled",
        ),
        pytest.param(
            [update("08:30", COMPLETED), update("09:00", SCHEDULED)],
            [
                "08:30 completed",
                "09:00 scheduled",
                "10:00 in_progress *",
                "12:00 completed *",
            ],
            ["10:00-12:00 maintenance"],
            id="cancelled-and-planned-again",
        ),
        pytest.param(
            [update("09:00", COMPLETED), update("11:00")],
            ["09:00 completed", "11:00 completed"],
            [],
            id="cancelled-with-a-word-in-the-window",
        ),
        pytest.param(
            [update("10:00", COMPLETED)],
            ["10:00 completed"],
            [],
            id="called-off-in-the-first-second",
        ),
        pytest.param(
            [update("10:30", SCHEDULED)],
            ["10:00 in_progress *", "10:30 scheduled"],
            ["10:00-10:30 maintenance"],
            id="put-off-in-the-window",
        ),
        pytest.param(
            [update("09:30", IN_PROGRESS)],
            ["09:30 in_progress", "12:00 completed *"],
            ["10:00-12:00 maintenance"],
            id="begun-early-ends-by-the-clock",
        ),
        pytest.param(
            [update("09:30", VERIFYING)],
            ["09:30 verifying", "12:00 completed *"],
            ["10:00-12:00 maintenance"],
            id="verifying-early-ends-by-the-clock",
        ),
        pytest.param(
            [update("11:00", severity=NONE)],
            ["10:00 in_progress *", "11:00 in_progress", "12:00 completed *"],
            ["10:00-11:00 maintenance"],
            id="harmless-from-here-on",
        ),
    ],
)
def test_maintenance_takes_its_course(
    updates: list[Update], expected_course: list[str], expected_spans: list[str]
) -> None:
    """The clock changes the state of maintenance until an update in its window sets one."""
    file = maintenance(*updates)

    assert expected_course == course(trace(file))
    assert expected_spans == impact(file)


@pytest.mark.parametrize(
    ("updates", "expected"),
    [
        pytest.param([update("09:59:59", COMPLETED)], True, id="before-the-window"),
        pytest.param([update("10:00", COMPLETED)], False, id="in-the-first-second"),
        pytest.param([update("11:00", COMPLETED)], False, id="in-the-window"),
        pytest.param([update("08:00")], False, id="never"),
        pytest.param([update("08:30", COMPLETED), update("09:00")], True, id="and-a-word-later"),
        pytest.param(
            [update("08:30", COMPLETED), update("09:00", SCHEDULED)], False, id="and-planned-again"
        ),
    ],
)
def test_maintenance_is_cancelled(updates: list[Update], expected: bool) -> None:
    """Maintenance that was completed before its window was cancelled."""
    timeline = trace(maintenance(*updates))

    assert expected is timeline.is_cancelled


def test_cancelled_work_counts_no_time() -> None:
    """Maintenance completed before `starts` has no duration, even if it was in progress."""
    file = maintenance(update("08:30", IN_PROGRESS), update("09:00", COMPLETED))

    assert impact(file) == []


def test_work_begun_and_cancelled_has_one_past() -> None:
    """The time that counted in the past does not depend on *now*."""
    file = maintenance(update("08:30", IN_PROGRESS), update("09:00", COMPLETED))

    assert impact(file, now="09:00") == impact(file, now="18:00")
    assert impact(file, now="08:59:59") == impact(file, now="18:00")


def test_maintenance_without_services_is_open_all_the_same() -> None:
    """Maintenance without services still has a window."""
    timeline = trace(maintenance(services=[])).until(at("10:00"))

    assert timeline.is_open
    assert timeline.severity is NONE


# After now, notices, keys.


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("08:59:59", [], id="before-the-first"),
        pytest.param("09:00", ["09:00 investigating"], id="at-the-first"),
        pytest.param("09:59:59", ["09:00 investigating"], id="before-the-second"),
        pytest.param("10:00", ["09:00 investigating", "10:00 resolved"], id="at-the-second"),
    ],
)
def test_update_after_now_is_left_out(now: str, expected: list[str]) -> None:
    """An update is in effect from its own second on."""
    file = incident(update("09:00"), update("10:00", RESOLVED))

    assert expected == course(trace(file).until(at(now)))


def test_incident_after_now_has_no_impact() -> None:
    """An incident does not affect services before its start."""
    assert impact(incident(), now="08:00") == []
    assert trace(incident()).until(at("08:00")).severities == {}


def test_incident_has_impact_up_to_now() -> None:
    """An open incident counts up to *now*, exclusive."""
    assert impact(incident(), now="09:00") == []
    assert impact(incident(), now="09:00:01") == ["09:00-09:00:01 major"]


@pytest.mark.parametrize(
    "now", [pytest.param("09:00", id="first"), pytest.param("18:00", id="later")]
)
def test_notice_harms_nothing(now: str) -> None:
    """A notice is never open and affects no service."""
    file = incident(severity=NONE, services=["api"])
    timeline = trace(file).until(at(now))

    assert not timeline.is_open
    assert timeline.severities == {"api": NONE}
    assert impact(file) == []


def test_notice_is_resolved() -> None:
    """A notice can be ended by `resolved` or by an update."""
    by_key = trace(incident(severity=NONE, resolved="11:00"))
    by_update = trace(incident(update("09:00"), update("11:00", RESOLVED), severity=NONE))

    assert course(by_key) == ["09:00 monitoring", "11:00 resolved *"]
    assert course(by_update) == ["09:00 monitoring", "11:00 resolved"]
    assert by_key.ended == by_update.ended == at("11:00")


def test_key_is_file_time_and_rank() -> None:
    """The key of an update consists of the file, the time in UTC and the rank at that time."""
    timeline = trace(incident(update("09:10"), update("10:00"), update("10:00"), update("11:00")))

    assert [step.key for step in timeline.steps] == [
        "outage:2026-11-20T09:10:00Z:0",
        "outage:2026-11-20T10:00:00Z:0",
        "outage:2026-11-20T10:00:00Z:1",
        "outage:2026-11-20T11:00:00Z:0",
    ]


def test_key_survives_another_update() -> None:
    """An update that is inserted at another time does not change other keys."""
    updates = [update("09:10"), update("10:00"), update("10:00"), update("11:00", RESOLVED)]
    expected = {step.key for step in trace(incident(*updates)).steps}

    for place, time in enumerate(("09:05", "09:30", "", "10:30", "11:30")):
        if time:
            more = [*updates[:place], update(time), *updates[place:]]
            assert expected < {step.key for step in trace(incident(*more)).steps}


def test_automatic_steps_have_keys_of_their_own() -> None:
    """An automatic change of state has a key that no update has."""
    alone = trace(maintenance())
    beside = trace(maintenance(update("08:00"), update("10:00"), update("12:00")))
    ended = trace(incident(update("10:20"), resolved="10:20"))

    expected = {step.key for step in alone.steps if step.update is None}
    assert expected == {step.key for step in beside.steps if step.update is None}
    assert len(expected) == 2
    assert all(len(line.steps) == len({s.key for s in line.steps}) for line in (beside, ended))


def test_automatic_step_stays_while_the_window_lasts() -> None:
    """A state that is set in the window does not undo earlier changes by the clock."""
    before = trace(maintenance(update("08:00"))).until(at("11:00"))
    after = trace(maintenance(update("08:00"), update("11:00", VERIFYING)))

    assert before.steps == after.steps[:2]


# A simulation of the contract that goes through time, not through the updates.


class UndefinedCase(Exception):  # noqa: N818  not an error: the contract does not define this case
    """A file whose meaning the contract does not define."""


class Simulation:
    """A simulation of one file, moment by moment."""

    def __init__(self, file: Incident) -> None:
        self.file = file
        self.state: State | None = None
        self.is_over = False
        self.values: dict[str, Severity] = {}
        self.mapped: set[str] = set()

    def step(self, now: datetime) -> dict[str, Severity]:
        """Apply all events at *now*, and return the severities of the services."""
        if now == self.file.started:
            self._open()
        if self.file.kind is Kind.MAINTENANCE:
            self._apply_clock(now)
        for one in self.file.updates:
            if one.at == now:
                self._apply_update(one)
        if now == self.file.resolved:
            self.is_over = True
            if not any(one.state is RESOLVED and one.at >= now for one in self.file.updates):
                self.state = RESOLVED
        is_inactive = self.state in (None, SCHEDULED, RESOLVED, COMPLETED) or self.is_over
        is_inactive = is_inactive or (self.file.starts is not None and now < self.file.starts)
        return {name: NONE if is_inactive else value for name, value in self.values.items()}

    def _open(self) -> None:
        for one in self.file.services:
            self.values[one.id] = one.severity or self.file.severity
            if one.severity:
                self.mapped.add(one.id)
        self.state = self.file.kind.first_state

    def _apply_clock(self, now: datetime) -> None:
        starts, ends = self.file.starts, self.file.ends
        assert starts
        if any(one.state and starts <= one.at <= now for one in self.file.updates):
            return
        if now == starts and self.state is SCHEDULED:
            self.state = IN_PROGRESS
        elif now == ends:
            self.state = COMPLETED

    def _apply_update(self, one: Update) -> None:
        if one.state:
            if self.state is RESOLVED and one.state is not RESOLVED:
                self.is_over = False
            self.state = one.state
        if self.state in (RESOLVED, COMPLETED):
            if one.services or one.severity:
                raise UndefinedCase("what a service has after the end")
            return
        given = {service.id: service.severity for service in one.services if service.severity}
        added = [service.id for service in one.services if not service.severity]
        holds = max(self.values.values(), key=list(Severity).index, default=NONE)
        self.values.update(given)
        self.mapped.update(given)
        if one.severity:
            for name in self.values:
                if name not in self.mapped:
                    self.values[name] = one.severity
        for name in added:
            if self.values.get(name, NONE) is NONE:
                if not one.severity and holds is NONE:
                    raise UndefinedCase("the severity of an update in which nothing is wrong")
                self.values[name] = one.severity or holds
                self.mapped.discard(name)


@dataclass(frozen=True)
class World:
    """Files on the services of a site, with times that are whole *ticks* after *origin*."""

    origin: datetime
    tick: timedelta
    files: tuple[Incident, ...]
    now: datetime

    def moments(self) -> Iterator[datetime]:
        """Yield every tick before *now*."""
        moment = self.origin
        while moment < self.now:
            yield moment
            moment += self.tick

    def simulated(self) -> dict[str, list[Severity]]:
        """Return the worst severity of each service at every tick before *now*."""
        simulations = [Simulation(file) for file in self.files]
        found: dict[str, list[Severity]] = {name: [] for name in NAMES}
        for moment in self.moments():
            current = [simulation.step(moment) for simulation in simulations]
            for name, history in found.items():
                of_service = [severities.get(name, NONE) for severities in current]
                history.append(max(of_service, key=list(Severity).index, default=NONE))
        return found

    def spans(self, name: str, now: datetime | None = None) -> list[Interval]:
        """Return the intervals of the service *name* from all timelines at *now*."""
        now = now or self.now
        timelines = (trace(file).until(now) for file in self.files if file.started <= now)
        return [span for one in timelines for span in spans_of(one, name, now)]


NAMES = ("api", "web", "db")
TICKS = 40


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


# Seconds around midnight, and hours and half hours around clock changes.
SCALES = [
    (_local("2026-11-19 23:59:40"), timedelta(seconds=1)),
    (_local("2026-10-24 15:00"), timedelta(minutes=60)),
    (_local("2026-03-28 19:30"), timedelta(minutes=30)),
]


@st.composite
def files(draw: st.DrawFn, number: int, origin: datetime, tick: timedelta) -> Incident:
    """Draw a file with times that are whole ticks after *origin*."""
    kind = draw(st.sampled_from([Kind.INCIDENT, Kind.INCIDENT, Kind.MAINTENANCE]))
    severities = kind.severities[1:]
    ticks = sorted(draw(st.lists(st.integers(0, TICKS), min_size=1, max_size=6)))
    services = _services(draw, severities, at_least=1)
    given = [one.severity for one in services if one.severity]
    severity = max(given, key=list(Severity).index) if given else draw(st.sampled_from(severities))
    updates = [_update(draw, kind, origin + tick * at) for at in ticks]
    started = origin + tick * draw(st.integers(0, ticks[0]))
    file = Incident(
        slug=f"file-{number}",
        title="File",
        severity=severity,
        services=services,
        started=started,
        updates=tuple(updates),
    )
    if kind is Kind.MAINTENANCE:
        starts = started + tick * draw(st.integers(1, TICKS))
        return replace(file, starts=starts, ends=starts + tick * draw(st.integers(1, TICKS)))
    return replace(file, resolved=_resolved(draw, file, tick))


def _services(
    draw: st.DrawFn, severities: Sequence[Severity], at_least: int = 0
) -> tuple[ServiceSeverity, ...]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=at_least))
    values: Any = st.sampled_from(severities) if draw(st.booleans()) else st.none()
    return tuple(ServiceSeverity(id=name, severity=draw(values)) for name in names)


def _update(draw: st.DrawFn, kind: Kind, moment: datetime) -> Update:
    state = draw(st.none() | st.sampled_from(kind.states))
    if state in (RESOLVED, COMPLETED) or draw(st.booleans()):
        return Update(at=moment, text="Text.", state=state)
    severity = draw(st.none() | st.sampled_from(kind.severities))
    return Update(
        at=moment,
        text="Text.",
        state=state,
        severity=severity,
        services=_services(draw, kind.severities),
    )


def _resolved(draw: st.DrawFn, file: Incident, tick: timedelta) -> datetime | None:
    """Draw no `resolved`, or one between an opening and the update that closes it."""
    spells = []
    opened, is_open = file.started, True
    for one in file.updates:
        if one.state is RESOLVED and is_open:
            spells.append((opened, one.at))
            is_open = False
        elif one.state and one.state is not RESOLVED and not is_open:
            opened, is_open = one.at, True
    if is_open:
        spells.append((opened, opened + tick * TICKS))
    opened, ended = draw(st.sampled_from(spells))
    resolved = opened + tick * draw(st.integers(0, (ended - opened) // tick))
    return draw(st.sampled_from([None, resolved]))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw valid files that are close together in time, and a current time."""
    origin, tick = draw(st.sampled_from(SCALES))
    found = []
    for number in range(draw(st.integers(1, 4))):
        file = draw(files(number, origin, tick))
        if not any(fault.level is Level.ERROR for fault in trace(file).faults):
            found.append(file)
    assume(found)
    length = draw(st.integers(0, 2 * TICKS))
    return World(origin=origin, tick=tick, files=tuple(found), now=origin + tick * length)


def is_defined(world: World) -> bool:
    """Return whether the contract defines every file of *world*, before now and after."""
    try:
        replace(world, now=world.origin + world.tick * 3 * TICKS).simulated()
    except UndefinedCase:
        return False
    return True


defined_worlds = worlds().filter(is_defined)


@settings(max_examples=scaled(300))  # One example simulates many moments.
@given(defined_worlds)
def test_timeline_agrees_with_a_simulation(world: World) -> None:
    """At every tick, the merged intervals of all files equal the simulation."""
    expected = world.simulated()

    for name in NAMES:
        spans = merged(world.spans(name))
        moments = [int(moment.timestamp()) for moment in world.moments()]
        actual = [
            next((what for start, stop, what in spans if start <= moment < stop), NONE)
            for moment in moments
        ]

        assert expected[name] == actual


@settings(max_examples=scaled(100))
@given(defined_worlds)
def test_days_agree_with_a_simulation(world: World) -> None:
    """The seconds in a day are those of the simulation's ticks on that day in the time zone."""
    counts: Counter[tuple[str, date, Severity]] = Counter()
    seconds = int(world.tick.total_seconds())
    for name, history in world.simulated().items():
        for moment, severity in zip(world.moments(), history, strict=True):
            counts[name, moment.astimezone(ROME).date(), severity] += seconds

    for name in NAMES:
        days = days_of(
            Service(id=name, name=name),
            world.spans(name),
            first=world.origin.astimezone(ROME).date(),
            now=world.now,
            zone=ROME,
        )
        for day in days:
            expected = {severity: counts[name, day.date, severity] for severity in day.seconds}
            assert expected == day.seconds
            occurring = [severity for severity, count in expected.items() if count]
            worst = max(occurring, key=list(Severity).index, default=NONE)
            assert (worst if day.observed else None) is day.severity


@settings(max_examples=scaled(50))
@given(defined_worlds, st.integers(0, 2 * TICKS))
def test_past_does_not_depend_on_now(world: World, ticks: int) -> None:
    """A later *now* adds to the past and does not change it."""
    earlier = min(world.now, world.origin + world.tick * ticks)
    limit = int(earlier.timestamp())

    for name in NAMES:
        later = [(start, min(stop, limit), what) for start, stop, what in world.spans(name)]

        expected = merged(world.spans(name, earlier))
        assert expected == merged(span for span in later if span[0] < span[1])
    for file in world.files:
        steps = trace(file).until(world.now).steps
        seen = trace(file).until(earlier).steps
        assert seen == steps[: len(seen)]


@settings(max_examples=scaled(50))
@given(worlds().flatmap(lambda world: st.tuples(st.just(world), st.permutations(world.files))))
def test_order_of_files_does_not_matter(drawn: tuple[World, Sequence[Incident]]) -> None:
    """The days of a service do not depend on the order of the files."""
    world, others = drawn
    shuffled = replace(world, files=tuple(others))

    for name in NAMES:
        one, other = (
            days_of(
                Service(id=name, name=name),
                each.spans(name),
                first=world.origin.astimezone(ROME).date(),
                now=world.now,
                zone=ROME,
            )
            for each in (world, shuffled)
        )

        assert one == other


@settings(max_examples=scaled(50))
@given(worlds())
def test_no_impact_after_the_end(world: World) -> None:
    """After the end of a file, it does not affect its services."""
    for file in world.files:
        timeline = trace(file).until(world.now)
        if timeline.ended is not None:
            names = timeline.severities
            spans = [span for name in names for span in spans_of(timeline, name, world.now)]

            assert all(stop <= timeline.ended.timestamp() for _, stop, _ in spans)


@settings(max_examples=scaled(50))
@given(worlds())
def test_keys_are_unique_and_steps_in_order(world: World) -> None:
    """All steps in a site have different keys, and those in a file are in time order."""
    timelines = [trace(file) for file in world.files]
    keys = [step.key for timeline in timelines for step in timeline.steps]

    assert len(keys) == len(set(keys))
    for timeline in timelines:
        times = [step.at for step in timeline.steps]
        assert sorted(times) == times


@settings(max_examples=scaled(50))
@given(worlds(), st.data())
def test_another_update_leaves_the_keys_of_all_others(world: World, data: st.DataObject) -> None:
    """An update that is inserted at a time of its own does not change the keys of other steps."""
    file = data.draw(st.sampled_from(world.files))
    ticks = data.draw(st.integers(0, TICKS))
    more = Update(at=file.started + world.tick * ticks, text="One more.")
    assume(all(one.at != more.at for one in file.updates))

    updates = sorted([*file.updates, more], key=lambda one: one.at)
    longer = trace(replace(file, updates=tuple(updates)))

    expected = [step.key for step in trace(file).steps]
    assert expected == [step.key for step in longer.steps if step.update is not more]
