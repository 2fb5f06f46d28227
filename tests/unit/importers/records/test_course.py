"""Corrections of times and states that are wrong in the source."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from statusgen.importers.records import course
from statusgen.importers.records.record import IncidentRecord, RecordUpdate
from statusgen.model import Severity, State

INVESTIGATING, MONITORING = State.INVESTIGATING, State.MONITORING
RESOLVED, COMPLETED = State.RESOLVED, State.COMPLETED


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2024-05-06T{clock}:00").replace(tzinfo=UTC)


def update(clock: str, state: State | None = None, text: str = "Text.") -> RecordUpdate:
    return RecordUpdate(at=at(clock), text=text, state=state)


def record(*updates: RecordUpdate, ended: str = "", **more: Any) -> IncidentRecord:
    """Return an incident that began at 9:00."""
    found = IncidentRecord(
        key="1",
        stem="1",
        title="Slow",
        severity=Severity.MAJOR,
        started=at("09:00"),
        updates=updates,
        ended=at(ended) if ended else None,
    )
    return replace(found, **more)


def course_of(found: IncidentRecord) -> tuple[list[tuple[str, State | None]], str, list[str]]:
    """Return the updates, the end if it is not that of an update, and the remarks on *found*."""
    remarks: list[str] = []
    found = course.corrected(found, remarks.append)
    end = f"{found.ended:%H:%M}" if found.ended else ""
    return ([(f"{one.at:%H:%M}", one.state) for one in found.updates], end, remarks)


@pytest.mark.parametrize(
    ("found", "updates", "end"),
    [
        pytest.param(
            record(update("09:00"), update("10:00"), ended="10:00", is_over=True),
            [("09:00", None), ("10:00", RESOLVED)],
            "",
            id="an-update-at-the-end-resolves",
        ),
        pytest.param(
            record(update("09:00"), ended="10:00", is_over=True),
            [("09:00", None)],
            "10:00",
            id="an-end-without-an-update",
        ),
        pytest.param(
            record(update("09:00"), update("11:00", RESOLVED), ended="10:00", is_over=True),
            [("09:00", None), ("11:00", RESOLVED)],
            "10:00",
            id="resolved-is-said-later",
        ),
        pytest.param(
            record(update("09:30", RESOLVED), update("10:00"), ended="10:00", is_over=True),
            [("09:30", MONITORING), ("10:00", RESOLVED)],
            "",
            id="resolved-is-said-too-early",
        ),
        pytest.param(
            record(
                update("10:00", RESOLVED), update("11:00", MONITORING), ended="10:00", is_over=True
            ),
            [("10:00", RESOLVED), ("11:00", None)],
            "",
            id="work-after-the-end",
        ),
        pytest.param(
            record(
                update("10:00"),
                update("11:00", text="**Reopened**: again"),
                update("12:00"),
                ended="10:00",
                is_over=True,
            ),
            [("10:00", RESOLVED), ("11:00", INVESTIGATING), ("12:00", RESOLVED)],
            "",
            id="reopened",
        ),
        pytest.param(
            record(update("09:30"), update("10:00", RESOLVED), is_over=False),
            [("09:30", None), ("10:00", MONITORING)],
            "",
            id="still-open",
        ),
        pytest.param(
            record(update("10:00", RESOLVED), is_over=True),
            [("10:00", RESOLVED)],
            "",
            id="an-end-in-the-updates-alone",
        ),
    ],
)
def test_the_end_in_the_source_wins(
    found: IncidentRecord, updates: list[tuple[str, State | None]], end: str
) -> None:
    """The end in the source wins over what its updates say; later work has no state."""
    assert (updates, end, []) == course_of(found)


@pytest.mark.parametrize(
    ("found", "updates", "end", "remark"),
    [
        pytest.param(
            record(update("09:00"), update("10:00"), is_over=True),
            [("09:00", None), ("10:00", RESOLVED)],
            "",
            "it is over, and its end is not known; using 2024-05-06T10:00:00Z",
            id="the-last-update",
        ),
        pytest.param(
            record(update("09:00"), is_over=True, modified=at("12:00")),
            [("09:00", None)],
            "12:00",
            "it is over, and its end is not known; using 2024-05-06T12:00:00Z",
            id="the-last-change",
        ),
        pytest.param(
            record(update("09:00"), is_over=True),
            [("09:00", RESOLVED)],
            "",
            "it is over, and its end is not known; using 2024-05-06T09:00:00Z",
            id="the-start",
        ),
        pytest.param(
            record(update("09:00"), update("10:00"), is_over=True, ended="08:00"),
            [("09:00", None), ("10:00", RESOLVED)],
            "",
            "its end (2024-05-06T08:00:00Z) is not after its start; using 2024-05-06T10:00:00Z",
            id="before-the-start",
        ),
    ],
)
def test_an_unknown_end_is_guessed(
    found: IncidentRecord, updates: list[tuple[str, State | None]], end: str, remark: str
) -> None:
    """An end that is missing or wrong is replaced, with a remark."""
    assert (updates, end, [remark]) == course_of(found)


def test_an_update_before_the_start_is_moved() -> None:
    """Such an update gets the time of the one said before it, or the start, with a remark."""
    found = record(update("08:00"), update("09:30"), update("05:30"), update("10:00"))

    updates, _, remarks = course_of(found)

    assert ["09:00", "09:30", "09:30", "10:00"] == [clock for clock, _ in updates]
    assert [
        "the update of 2024-05-06T08:00:00Z is before the start; using 2024-05-06T09:00:00Z",
        "the update of 2024-05-06T05:30:00Z is before the start; using 2024-05-06T09:30:00Z",
    ] == remarks


def window(*updates: RecordUpdate, **more: Any) -> IncidentRecord:
    """Return maintenance from 10:00 to 11:00."""
    times = {"starts": at("10:00"), "ends": at("11:00"), **more}
    return record(*updates, severity=Severity.MAINTENANCE, **times)


def test_maintenance_is_announced_before_it_starts() -> None:
    """Without an earlier time, maintenance is announced a week before it starts."""
    known = course.corrected(window(update("09:30")), print)
    unknown = course.corrected(window(update("10:00"), started=at("10:00")), print)

    assert [at("09:00"), at("10:00") - course.ANNOUNCED] == [known.started, unknown.started]


def test_maintenance_ends_after_it_starts() -> None:
    """A window without a length gets a minute, with a remark."""
    remarks: list[str] = []

    found = course.corrected(window(ends=at("10:00")), remarks.append)

    assert at("10:01") == found.ends
    assert ["its window does not end after it starts; using an end one minute after the start"] == (
        remarks
    )


def test_maintenance_that_is_over_is_completed() -> None:
    """If updates set the states, the end gets one too; a late one moves the end."""
    manual = course.corrected(window(update("10:00", State.IN_PROGRESS), is_over=True), print)
    late = course.corrected(window(update("11:30"), is_over=True), print)

    assert [("10:00", State.IN_PROGRESS), ("11:00", COMPLETED)] == [
        (f"{one.at:%H:%M}", one.state) for one in manual.updates
    ]
    assert at("11:30") == late.ends
