"""Tests of recurring maintenance: `new --repeat` writes a file for each window, or none."""

import re
from pathlib import Path

import pytest

from tests.conftest import Ran, Run, on_terminal, write_site
from tests.unit.cli.commands.test_incidents import editor, held, incident_in

NOW = "2026-10-10 10:00"
NEW = ("new", "New disks", "--severity=maintenance", "--service=db", "--now", NOW)
WINDOW = ("--starts", "2026-10-20 22:00", "--for", "2h")
WEEKLY = ("--repeat", "weekly", "--times", "3")
NAMES = [f"2026-{day}-new-disks.md" for day in ("10-20", "10-27", "11-03")]


def repeat(run: Run, *arguments: str) -> Ran:
    return run(*NEW, *WINDOW, "-m", "We change the disks.", *arguments)


def test_each_window_gets_a_file(run: Run, tmp_path: Path) -> None:
    """The files differ only in their windows, which stay at their local time."""
    write_site(tmp_path, {})

    ran = repeat(run, *WEEKLY)

    assert (0, "".join(f"incidents/{name}\n" for name in NAMES)) == (ran.status, ran.out)
    assert "opened: [db] New disks: scheduled (3 times)\n" in ran.err
    texts = [(tmp_path / "incidents" / name).read_text("utf-8") for name in NAMES]
    found = [re.findall("^(?:starts|ends): (.*)$", text, flags=re.MULTILINE) for text in texts]
    assert [
        ["2026-10-20T22:00:00+02:00", "2026-10-21T00:00:00+02:00"],
        ["2026-10-27T22:00:00+01:00", "2026-10-28T00:00:00+01:00"],
        ["2026-11-03T22:00:00+01:00", "2026-11-04T00:00:00+01:00"],
    ] == found
    assert (0, "") == ((checked := run("check", "--now", NOW)).status, checked.out)


def test_subscribers_get_one_announcement(run: Run, tmp_path: Path) -> None:
    """Only the first file notifies of its announcement; all are shown and in the calendar."""
    write_site(tmp_path, {})

    repeat(run, *WEEKLY)
    run("build", "--now", NOW)

    updates = [incident_in(tmp_path / "incidents" / name).updates for name in NAMES]
    assert [True, False, False] == [one.notify for (one,) in updates]
    calendar = (tmp_path / "_site" / "maintenance.ics").read_text("utf-8")
    assert 3 == calendar.count("BEGIN:VEVENT")


def test_running_it_again_writes_only_what_is_missing(run: Run, tmp_path: Path) -> None:
    """A series that exists already is not written twice, and can be made longer."""
    write_site(tmp_path, {})
    repeat(run, *WEEKLY)
    before = held(tmp_path)

    ran = repeat(run, "--repeat", "weekly", "--times", "4")

    new = "incidents/2026-11-10-new-disks.md"
    assert (0, 3) == (ran.status, ran.err.count("nothing to write"))
    assert "opened: [db] New disks: scheduled\n" in ran.err
    assert {new} == held(tmp_path).keys() - before.keys()


def test_a_series_continues_after_a_window_was_cancelled_or_moved(run: Run, tmp_path: Path) -> None:
    """A larger --times announces no window again that was cancelled or moved to another day."""
    write_site(tmp_path, {})
    repeat(run, *WEEKLY)
    run("cancel", "2026-10-27-new-disks", "--now", NOW)
    run("update", "2026-11-03-new-disks", "--starts", "2026-11-04 22:00", "--now", NOW)
    before = held(tmp_path)

    ran = repeat(run, "--repeat=weekly", "--times=4")

    assert {"incidents/2026-11-10-new-disks.md"} == held(tmp_path).keys() - before.keys()
    assert "nothing to write: incidents/2026-10-27-new-disks.md exists already\n" in ran.err


def test_one_text_is_written_for_all(tmp_path: Path) -> None:
    """$EDITOR opens once, and its text is in every file."""
    write_site(tmp_path, {})
    command = editor(tmp_path, "echo >> opened", 'echo "Our text." > "$1"')

    ran = on_terminal(*NEW, *WINDOW, *WEEKLY, cwd=tmp_path, EDITOR=command, VISUAL="")

    texts = [incident_in(tmp_path / "incidents" / name).updates[0].text for name in NAMES]
    assert (0, "\n") == (ran.status, (tmp_path / "opened").read_text("utf-8"))
    assert ["Our text."] * 3 == texts


def test_if_one_file_cannot_be_written_none_stays(run: Run, tmp_path: Path) -> None:
    """A failure at the last file removes the first ones, and what was there stays."""
    write_site(tmp_path, {"incidents/a.txt": "Mine."})
    (tmp_path / "incidents" / NAMES[2]).mkdir()
    before = held(tmp_path)

    ran = repeat(run, *WEEKLY)

    assert (3, "") == (ran.status, ran.out)
    assert f"cannot write incidents/{NAMES[2]}" in ran.err
    assert before == held(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["--repeat=weekly"], "--repeat needs --times; add", id="no-times"),
        pytest.param(["--times=3"], "--times needs --repeat; add", id="no-rule"),
        pytest.param(["--repeat=weekly", "--times=1"], "2<=x<=120", id="once"),
        pytest.param(["--repeat=weekly", "--times=121"], "2<=x<=120", id="too-often"),
        pytest.param([*WEEKLY, "--slug=disks"], "--slug names one file, and --repeat", id="slug"),
        pytest.param(
            [*WEEKLY, "--starts=9:00"], "the first window has begun already; change", id="begun"
        ),
        pytest.param(
            ["--repeat=dayly", "--times=2"],
            "--repeat: 'dayly' is not a rule; use one of: weekly, monthly",
            id="rule",
        ),
        pytest.param(
            ["--repeat=weekly", "--times=30", "--starts=2026-10-18 02:30"],
            "--repeat: 2027-03-28 02:30 does not exist because clocks change in Europe/Rome",
            id="skipped-time",
        ),
    ],
)
def test_a_wrong_series_writes_nothing(
    arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """An invalid rule, or a time that does not exist on one day, is refused as a whole."""
    write_site(tmp_path, {})

    ran = repeat(run, *arguments)

    assert (2, "") == (ran.status, ran.out)
    assert expected in ran.err
    assert [] == [*(tmp_path / "incidents").glob("*")]


def test_only_maintenance_repeats(run: Run, tmp_path: Path) -> None:
    """--repeat is refused for incidents and notices."""
    write_site(tmp_path, {})

    ran = run("new", "T", "--severity=none", "-m", "Text.", *WEEKLY, "--now", NOW)

    what = "--repeat and --times apply only to maintenance; remove them"
    assert (2, True) == (ran.status, what in ran.err)
