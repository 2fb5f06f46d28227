"""Tests of commands that move and cancel maintenance."""

import re
from pathlib import Path

import pytest

from tests.conftest import SETTINGS, Ran, Run, on_terminal, write_site
from tests.unit.cli.commands.test_incidents import editor, held, incident_in

NOW = "2026-11-20 10:00"

WORK = """\
---
title: New disks
severity: maintenance
services: [db]
announced: 2026-11-18 09:00
starts: 2026-11-21 22:00  # a Saturday
ends: '2026-11-22 00:00'
updates:
  - at: 2026-11-18 09:00
    text: We change the disks.
---

About the disks.
"""
RUNNING = WORK.replace("2026-11-21 22:00", "2026-11-20 09:00").replace(
    "2026-11-22 00", "2026-11-20 11"
)
BEGUN = RUNNING.replace(
    "disks.\n---", "disks.\n  - {at: 2026-11-20 09:01, state: in_progress, text: A.}\n---"
)
DONE = BEGUN.replace("in_progress", "completed")
CANCELLED = WORK.replace(
    "disks.\n---", "disks.\n  - {at: 2026-11-19 09:00, state: completed, text: Not now.}\n---"
)
INCIDENT = """\
---
title: Slow answers
severity: major
services: [api]
started: 2026-11-20 09:05
---
We see it.
"""


def move(run: Run, *arguments: str) -> Ran:
    """Run `update` at a fixed time."""
    return run("update", *arguments, "--now", NOW)


def window(text: str) -> list[str]:
    """Return the lines of *text* with the window."""
    return re.findall("^(?:starts|ends): .*", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(
            ["--starts", "2026-11-23 22:00", "--ends", "2026-11-23 23:30"],
            [
                "starts: 2026-11-23T22:00:00+01:00  # a Saturday",
                "ends: '2026-11-23T23:30:00+01:00'",
            ],
            id="both",
        ),
        pytest.param(
            ["--starts", "2026-11-23 22:00"],
            [
                "starts: 2026-11-23T22:00:00+01:00  # a Saturday",
                "ends: '2026-11-24T00:00:00+01:00'",
            ],
            id="start-keeps-the-length",
        ),
        pytest.param(
            ["--starts", "tomorrow 21:00", "--for", "30m"],
            [
                "starts: 2026-11-21T21:00:00+01:00  # a Saturday",
                "ends: '2026-11-21T21:30:00+01:00'",
            ],
            id="start-and-length",
        ),
        pytest.param(
            ["--ends", "2026-11-22 02:00"],
            ["starts: 2026-11-21 22:00  # a Saturday", "ends: '2026-11-22T02:00:00+01:00'"],
            id="end",
        ),
        pytest.param(
            ["--for", "3h"],
            ["starts: 2026-11-21 22:00  # a Saturday", "ends: '2026-11-22T01:00:00+01:00'"],
            id="length",
        ),
    ],
)
def test_maintenance_is_moved(
    arguments: list[str], expected: list[str], run: Run, tmp_path: Path
) -> None:
    """--starts, --ends and --for change only the window, and add an update."""
    write_site(tmp_path, {"incidents/a.md": WORK})

    ran = move(run, "a", *arguments, "-m", "We need longer.")

    text = (tmp_path / "incidents" / "a.md").read_text("utf-8")
    assert (0, "incidents/a.md\n") == (ran.status, ran.out)
    assert "updated: [db] New disks: rescheduled\n" in ran.err
    assert expected == window(text)
    added = "  - at: 2026-11-20T10:00:00+01:00\n    text: We need longer.\n"
    before = WORK
    for old, new in zip(window(WORK), expected, strict=True):
        before = before.replace(old, new)
    assert before.replace("disks.\n---", f"disks.\n{added}---") == text
    assert (0, "") == ((checked := run("check", "--now", NOW)).status, checked.out)


@pytest.mark.parametrize(
    ("language", "ends", "expected"),
    [
        pytest.param(
            "en",
            "2026-11-23 23:30",
            "New maintenance window: Nov 23, 2026, 22:00 CET – 23:30 CET",  # noqa: RUF001
            id="english",
        ),
        pytest.param(
            "de",
            "2026-11-24 01:00",
            "Neues Wartungsfenster: 23.11.2026, 22:00 CET – 24.11.2026, 01:00 CET",  # noqa: RUF001
            id="german-over-midnight",
        ),
    ],
)
def test_a_move_says_so_in_the_language_of_the_site(
    language: str, ends: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """Without a text, the update has the new window in the site's language and time zone."""
    settings = {"statusgen.yml": f"{SETTINGS}language: {language}\n"}
    write_site(tmp_path, {**settings, "incidents/a.md": WORK})

    ran = move(run, "a", "--starts", "2026-11-23 22:00", "--ends", ends)

    last = incident_in(tmp_path / "incidents" / "a.md", settings["statusgen.yml"]).updates[-1]
    assert (0, None, expected) == (ran.status, last.state, last.text)


def test_a_move_may_have_its_own_words(run: Run, tmp_path: Path) -> None:
    """`messages` replaces the sentence for a new window, like every message."""
    settings = f"{SETTINGS}messages:\n  standard.rescheduled: 'Moved to {{window}}.'\n"
    write_site(tmp_path, {"statusgen.yml": settings, "incidents/a.md": WORK})

    move(run, "a", "--starts", "2026-11-23 22:00", "--for", "1h")

    last = incident_in(tmp_path / "incidents" / "a.md", settings).updates[-1]
    assert "Moved to Nov 23, 2026, 22:00 CET – 23:00 CET." == last.text  # noqa: RUF001


def test_a_move_can_be_edited_before_it_is_written(tmp_path: Path) -> None:
    """$EDITOR opens with the sentence for the new window."""
    write_site(tmp_path, {"incidents/a.md": WORK})
    command = editor(tmp_path, 'cp "$1" seen', 'echo "Sorry." > "$1"')

    ran = on_terminal("update", "--for=1h", "--now", NOW, cwd=tmp_path, EDITOR=command, VISUAL="")

    seen = (tmp_path / "seen").read_text("utf-8")
    assert (0, True) == (ran.status, seen.startswith("New maintenance window: Nov 21, 2026, 22:00"))
    assert "Sorry." == incident_in(tmp_path / "incidents" / "a.md").updates[-1].text


def test_calendars_follow_a_move(run: Run, tmp_path: Path) -> None:
    """A client sees a revision of the event with the same UID and the new window."""
    write_site(tmp_path, {"incidents/a.md": WORK})
    seen = []
    for arguments in ((), ("a", "--starts", "2026-11-23 22:00")):
        if arguments:
            move(run, *arguments)
        assert 0 == run("build", "--now", NOW).status
        lines = (tmp_path / "_site" / "maintenance.ics").read_text("utf-8").splitlines()
        seen.append(dict(line.split(":", 1) for line in lines if re.match("[A-Z-]+:", line)))

    before, after = seen
    assert ("20261121T210000Z", "20261121T230000Z") == (before["DTSTART"], before["DTEND"])
    assert ("20261123T210000Z", "20261123T230000Z") == (after["DTSTART"], after["DTEND"])
    assert before["UID"] == after["UID"]
    assert int(before["SEQUENCE"]) < int(after["SEQUENCE"])
    assert "20261120T090000Z" == after["LAST-MODIFIED"]


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        pytest.param(RUNNING, ["--ends", "12:00"], "in_progress", id="extended"),
        pytest.param(RUNNING, ["--starts", "tomorrow 9:00"], "scheduled", id="begun-by-the-clock"),
        pytest.param(BEGUN, ["--starts", "tomorrow 9:00"], "scheduled", id="begun-by-an-update"),
        pytest.param(BEGUN, ["--ends", "12:00"], "in_progress", id="begun-and-extended"),
        pytest.param(DONE, ["--for", "5h", "--state", "verifying"], "verifying", id="opened-again"),
        pytest.param(
            RUNNING.replace("20 09:00\nst", "18 09:00\nst").replace("20 11:00", "20 09:30"),
            ["--ends", "12:00"],
            "in_progress",
            id="ended-by-the-clock",
        ),
    ],
)
def test_a_state_fits_the_new_window(
    text: str, arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """Postponed maintenance is scheduled again, and extended maintenance goes on."""
    write_site(tmp_path, {"incidents/a.md": text})

    ran = move(run, "a", *arguments)

    shown = run("list", "--format", "json", "--now", NOW)
    assert (0, True) == (ran.status, f'"state": "{expected}"' in shown.out)
    assert (0, "") == ((checked := run("check", "--now", NOW)).status, checked.out)


def test_moving_twice_writes_one_update(run: Run, tmp_path: Path) -> None:
    """The same move again, as after a failed push, changes nothing; moving back is a move."""
    write_site(tmp_path, {"incidents/a.md": WORK})
    there, back = ("--starts", "2026-11-23 22:00"), ("--starts", "2026-11-21 22:00")
    move(run, *there)
    before = held(tmp_path)

    again = move(run, *there)

    assert (0, True) == (again.status, "nothing to add" in again.err)
    assert before == held(tmp_path)
    move(run, *back)
    move(run, *there)
    updates = incident_in(tmp_path / "incidents" / "a.md").updates
    assert 4 == len(updates)
    assert updates[1] == updates[3]


def test_the_only_maintenance_need_not_be_named(run: Run, tmp_path: Path) -> None:
    """Without INCIDENT, the only maintenance that is scheduled or in progress is moved."""
    others = {"incidents/b.md": INCIDENT, "incidents/c.md": DONE, "incidents/d.md": CANCELLED}
    write_site(tmp_path, {"incidents/a.md": WORK, **others})

    first = move(run, "--for", "1h")
    (tmp_path / "incidents" / "e.md").write_text(RUNNING, encoding="utf-8")
    second = move(run, "--for", "3h")

    assert (0, "incidents/a.md\n") == (first.status, first.out)
    what = "several files have scheduled maintenance: 'a' and 'e'; say which one"
    assert (2, True) == (second.status, what in second.err)


def test_a_part_of_a_name_selects_the_scheduled_one(run: Run, tmp_path: Path) -> None:
    """If several names match, the only maintenance that has not ended is moved or cancelled."""
    write_site(tmp_path, {"incidents/new-disks.md": WORK, "incidents/old-disks.md": DONE})

    moved = move(run, "disks", "--for", "1h")
    cancelled = run("cancel", "disks", "--now", NOW)

    assert ["incidents/new-disks.md\n"] * 2 == [moved.out, cancelled.out]


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        pytest.param(INCIDENT, ["--ends=12:00"], "'a' is an incident and has no window", id="kind"),
        pytest.param(WORK, ["--ends=12:00"], "would end before it starts", id="order"),
        pytest.param(WORK, ["--for=1h", "--ends=12:00"], "both give the end", id="two-ends"),
        pytest.param(WORK, ["--for=1"], "--for '1' is not a duration", id="duration"),
        pytest.param(WORK, ["--starts=noon"], "--starts 'noon' is not a time", id="time"),
        pytest.param(
            WORK, ["--starts=2026-11-20 08:00"], "ends in the past; to complete it", id="past"
        ),
        pytest.param(DONE, ["--for=5h"], "'a' is completed; announce new maintenance", id="done"),
        pytest.param(CANCELLED, ["--for=5h"], "'a' is completed", id="cancelled"),
        pytest.param(WORK, ["--starts=2026-11-17 08:00", "--for=9d"], "announced", id="too-early"),
    ],
)
def test_a_wrong_move_writes_nothing(
    text: str, arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """An invalid window is refused, and the file stays."""
    write_site(tmp_path, {"incidents/a.md": text})

    ran = move(run, "a", *arguments)

    assert (2, "") == (ran.status, ran.out)
    assert expected in ran.err
    assert text == (tmp_path / "incidents" / "a.md").read_text("utf-8")


def test_a_window_that_cannot_be_edited_is_printed(run: Run, tmp_path: Path) -> None:
    """A file with an unusual layout is refused, with the window and the lines to add by hand."""
    text = WORK.replace("updates:\n  - at", "? updates\n: - at")
    write_site(tmp_path, {"incidents/a.md": text})

    ran = move(run, "a", "--starts", "2026-11-23 22:00")

    starts, ends = "2026-11-23T22:00:00+01:00", "2026-11-24T00:00:00+01:00"
    assert (1, True) == (ran.status, f"to starts: {starts} and ends: {ends}\n" in ran.err)
    assert "- at: 2026-11-20T10:00:00+01:00\n  text: |-\n    New maintenance" in ran.err
    assert text == (tmp_path / "incidents" / "a.md").read_text("utf-8")


# cancel


def test_cancelled_maintenance_is_shown_as_cancelled(run: Run, tmp_path: Path) -> None:
    """`cancel` needs no name and no text if one maintenance is scheduled."""
    others = {"incidents/b.md": INCIDENT, "incidents/c.md": RUNNING}
    write_site(tmp_path, {"incidents/a.md": WORK, **others})

    ran = run("cancel", "--now", NOW)
    again = run("cancel", "a", "--now", "2026-11-30 10:00")

    added = "  - at: 2026-11-20T10:00:00+01:00\n    state: completed\n"
    added += "    text: This maintenance has been cancelled.\n"
    text = (tmp_path / "incidents" / "a.md").read_text("utf-8")
    assert (0, "incidents/a.md\n") == (ran.status, ran.out)
    assert "updated: [db] New disks: cancelled\n" in ran.err
    assert (0, True) == (again.status, "nothing to add" in again.err)
    assert WORK.replace("disks.\n---", f"disks.\n{added}---") == text
    run("build", "--now", NOW)
    assert "STATUS:CANCELLED" in (tmp_path / "_site" / "maintenance.ics").read_text("utf-8")


def test_the_reason_is_that_of_the_author(run: Run, tmp_path: Path) -> None:
    """-m replaces the standard sentence, also after the maintenance was cancelled."""
    write_site(tmp_path, {"incidents/a.md": WORK})

    run("cancel", "a", "-m", "The disks are late.", "--now", NOW)
    run("cancel", "a", "-m", "They arrive in May.", "--now", "2026-11-20 11:00")

    updates = incident_in(tmp_path / "incidents" / "a.md").updates
    assert ["The disks are late.", "They arrive in May."] == [one.text for one in updates[1:]]


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        pytest.param(
            INCIDENT,
            ["a"],
            "'a' is an incident, not maintenance; to end it, run: statusgen resolve a",
            id="incident",
        ),
        pytest.param(
            RUNNING,
            ["a"],
            "'a' has started; to complete it, run: statusgen resolve a",
            id="begun-by-the-clock",
        ),
        pytest.param(
            BEGUN.replace("starts: 2026-11-20 09:00", "starts: 2026-11-20 10:30"),
            ["a"],
            "'a' has started; to complete it, run: statusgen resolve a",
            id="begun-early",
        ),
        pytest.param(DONE, ["a"], "'a' is already completed", id="completed"),
        pytest.param(WORK, ["a", "--at=2026-11-22 10:00"], "'a' is already completed", id="later"),
        pytest.param(RUNNING, [], "no maintenance is scheduled; run: statusgen list", id="none"),
        pytest.param(WORK, ["b"], "'b'", id="unknown"),
    ],
)
def test_only_scheduled_maintenance_is_cancelled(
    text: str, arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """Anything but scheduled maintenance is refused, with the right command."""
    write_site(tmp_path, {"incidents/a.md": text})

    ran = run("cancel", *arguments, "--now", NOW)

    assert (2, "") == (ran.status, ran.out)
    assert expected in ran.err
    assert text == (tmp_path / "incidents" / "a.md").read_text("utf-8")
