"""Tests of times and durations in the options of commands."""

from pathlib import Path

import pytest

from tests.conftest import Run, write_site

NOW = "2026-11-20 10:00"
NEW = ("new", "Errors", "--severity=major", "--service=api", "-m", "We look into it.")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("9:05", "2026-11-20T09:05:00+01:00", id="hour-of-one-digit"),
        pytest.param("9:05:30", "2026-11-20T09:05:30+01:00", id="with-seconds"),
        pytest.param("09:05", "2026-11-20T09:05:00+01:00", id="today"),
        pytest.param("now", "2026-11-20T10:00:00+01:00", id="now"),
        pytest.param("-10m", "2026-11-20T09:50:00+01:00", id="minutes-ago"),
        pytest.param("-1h30m", "2026-11-20T08:30:00+01:00", id="hours-and-minutes-ago"),
        pytest.param("-90s", "2026-11-20T09:58:30+01:00", id="seconds-ago"),
        pytest.param("-1w2d", "2026-11-11T10:00:00+01:00", id="weeks-and-days-ago"),
        pytest.param("+2h", "2026-11-20T12:00:00+01:00", id="later"),
        pytest.param("yesterday 23:50", "2026-11-19T23:50:00+01:00", id="yesterday"),
        pytest.param("today 9:05", "2026-11-20T09:05:00+01:00", id="today-by-name"),
        pytest.param("tomorrow 22:00", "2026-11-21T22:00:00+01:00", id="tomorrow"),
    ],
)
def test_a_time_may_be_relative_to_now(typed: str, expected: str, run: Run, tmp_path: Path) -> None:
    """--at accepts a time of today, a duration before or after now, and a day by its name."""
    write_site(tmp_path, {})

    ran = run(*NEW, "--at", typed, "--now", NOW)

    (path,) = (tmp_path / "incidents").iterdir()
    assert (0, f"started: {expected}") == (ran.status, path.read_text("utf-8").splitlines()[4])


@pytest.mark.parametrize(
    ("now", "typed", "expected"),
    [
        pytest.param("2026-10-25T00:30Z", "-1h", "2026-10-25T01:30:00+02:00", id="elapsed-time"),
        pytest.param("2026-10-24 23:30", "+24h", "2026-10-25T22:30:00+01:00", id="long-day"),
        pytest.param(
            "2026-11-20T23:30Z", "9:05", "2026-11-21T09:05:00+01:00", id="day-of-the-site"
        ),
    ],
)
def test_relative_times_are_right_when_clocks_change(
    now: str, typed: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """A duration is elapsed time, also across a change of the clock; a day is one of the site."""
    write_site(tmp_path, {})

    ran = run(*NEW, "--at", typed, "--now", now)

    (path,) = (tmp_path / "incidents").iterdir()
    assert (0, f"started: {expected}") == (ran.status, path.read_text("utf-8").splitlines()[4])


def test_a_day_that_clocks_shorten_has_no_such_time(run: Run, tmp_path: Path) -> None:
    """A time of tomorrow that clocks skip is refused with its date."""
    write_site(tmp_path, {})

    ran = run(*NEW, "--at", "tomorrow 02:30", "--now", "2026-03-28 10:00")

    what = "--at '2026-03-29 02:30' does not exist because clocks change in Europe/Rome"
    assert (2, True) == (ran.status, what in ran.err)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("2026-12-31", "2026-12-31T23:59:59+01:00", id="day"),
        pytest.param("2026-10-24", "2026-10-24T23:59:59+02:00", id="day-in-summer"),
        pytest.param("tomorrow", "2026-10-02T23:59:59+02:00", id="tomorrow"),
        pytest.param("tomorrow 8:00", "2026-10-02T08:00:00+02:00", id="time"),
        pytest.param("+2w", "2026-10-15T10:00:00+02:00", id="duration"),
    ],
)
def test_a_notice_is_shown_until_the_end_of_a_day(
    typed: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """A day alone is the last one on which the notice is shown."""
    write_site(tmp_path, {})

    ran = run(
        *("new", "Holidays", "--severity=none", "-m", "We are away."),
        *("--until", typed, "--now", "2026-10-01 10:00"),
    )

    (path,) = (tmp_path / "incidents").iterdir()
    assert (0, f"until: {expected}") == (ran.status, path.read_text("utf-8").splitlines()[5])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(
            ["--severity=maintenance", "--service=db", "--starts", "tomorrow 22:00", "--for=90m"],
            "ends: 2026-11-21T23:30:00+01:00",
            id="maintenance",
        ),
        pytest.param(
            ["--severity=maintenance", "--service=db", "--starts=2026-10-25 00:00", "--for=1d"],
            "ends: 2026-10-25T23:00:00+01:00",
            id="across-a-change-of-the-clock",
        ),
        pytest.param(
            ["--severity=none", "--for=1w"], "until: 2026-11-27T10:00:00+01:00", id="notice"
        ),
    ],
)
def test_a_duration_gives_the_end(
    arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """--for is the length of a maintenance window, or how long a notice is shown."""
    write_site(tmp_path, {})

    ran = run("new", "Work", "-m", "We work.", *arguments, "--now", NOW)

    (path,) = (tmp_path / "incidents").iterdir()
    assert (0, True) == (ran.status, expected in path.read_text("utf-8").splitlines())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(
            ["--for=0m"], "--for '0m' is not longer than zero; use a longer", id="nothing"
        ),
        pytest.param(["--for=2"], "--for '2' is not a duration; write one such as", id="number"),
        pytest.param(["--for="], "--for '' is not a duration; write one such as 90m", id="empty"),
        pytest.param(["--for=-2h"], "--for '-2h' is not a duration", id="negative"),
        pytest.param(["--for=30m1h"], "--for '30m1h' is not a duration", id="order"),
        pytest.param(["--for=1h", "--ends=23:00"], "--for and --ends both give the end", id="two"),
    ],
)
def test_a_wrong_duration_writes_nothing(
    arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """A duration that is none, or contradicts another option, is refused."""
    write_site(tmp_path, {})

    ran = run(
        *("new", "Work", "--severity=maintenance", "--service=db", "-m", "We work."),
        *("--starts", "22:00", *arguments, "--now", NOW),
    )

    assert (2, True) == (ran.status, expected in ran.err)
    assert [] == [*(tmp_path / "incidents").glob("*")]
