"""Tests of recurring windows: rules, local times across changes of the clock, and problems."""

from contextlib import suppress
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.authoring.recurrence import windows
from statusgen.times import parse, written

ROME = ZoneInfo("Europe/Rome")
HOUR = timedelta(hours=1)


def starts(rule: str, first: str, count: int = 3, zone: str = "Europe/Rome") -> list[str]:
    """Return the local starts of *count* windows of an hour by *rule*, from *first* on."""
    place = ZoneInfo(zone)
    start = parse(first, place)
    found = windows(rule, count, (start, start + HOUR), place)
    return [written(one, place).replace("T", " ") for one, _ in found]


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        pytest.param(
            "weekly", "2026-11-24 22:00", ["2026-11-24", "2026-12-01", "2026-12-08"], id="weekly"
        ),
        pytest.param(
            "monthly", "2026-11-24 22:00", ["2026-11-24", "2026-12-24", "2027-01-24"], id="monthly"
        ),
        pytest.param(
            "Weekly", "2026-11-24 22:00", ["2026-11-24", "2026-12-01", "2026-12-08"], id="case"
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=2TU",
            "2026-12-08 22:00",
            ["2026-12-08", "2027-01-12", "2027-02-09"],
            id="second-tuesday",
        ),
        pytest.param(
            "rrule:freq=monthly;bymonthday=-1",
            "2026-11-30 22:00",
            ["2026-11-30", "2026-12-31", "2027-01-31"],
            id="last-day-as-calendars-write-it",
        ),
        pytest.param(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
            "2026-11-24 22:00",
            ["2026-11-24", "2026-12-06", "2026-12-08"],
            id="every-other-week",
        ),
        pytest.param(
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "2026-11-30 22:00",
            ["2026-11-30", "2026-12-31", "2027-01-29"],
            id="last-working-day",
        ),
        pytest.param(
            "FREQ=DAILY", "2026-12-30 22:00", ["2026-12-30", "2026-12-31", "2027-01-01"], id="daily"
        ),
    ],
)
def test_a_rule_gives_days(rule: str, first: str, expected: list[str]) -> None:
    """Windows repeat weekly, monthly or by a rule of calendars, at the same time of day."""
    assert [f"{day} 22:00:00+01:00" for day in expected] == starts(rule, first)


@pytest.mark.parametrize(
    ("first", "zone", "expected"),
    [
        pytest.param(
            "2026-10-20 22:00", "Europe/Rome", ["20 22:00:00+02:00", "27 22:00:00+01:00"], id="rome"
        ),
        pytest.param(
            "2026-10-27 22:00",
            "America/New_York",
            ["27 22:00:00-04:00", "03 22:00:00-05:00"],
            id="new-york",
        ),
        pytest.param("2026-10-20 22:00", "UTC", ["20 22:00:00Z", "27 22:00:00Z"], id="utc"),
        pytest.param(
            "2026-10-18 02:30",
            "Europe/Rome",
            ["18 02:30:00+02:00", "25 02:30:00+02:00"],
            id="time-that-occurs-twice",
        ),
    ],
)
def test_the_time_of_day_stays_when_clocks_change(
    first: str, zone: str, expected: list[str]
) -> None:
    """A window stays at its local time; of a time that clocks show twice, it is the first."""
    assert expected == [one[8:] for one in starts("weekly", first, 2, zone)]


def test_a_window_ends_at_the_same_local_time() -> None:
    """The end stays at its local time, too, unless a length is given."""
    first = (parse("2027-03-20 23:00", ROME), parse("2027-03-21 05:00", ROME))

    local, elapsed = (
        windows("weekly", 2, first, ROME, length=length)[1] for length in (None, 6 * HOUR)
    )

    assert (parse("2027-03-27 23:00", ROME), parse("2027-03-28 05:00", ROME)) == local
    assert (parse("2027-03-27 23:00", ROME), parse("2027-03-28 06:00", ROME)) == elapsed


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(
            "2027-03-21 02:30",
            "2027-03-21 04:00",
            "2027-03-28 02:30 does not exist because clocks change in Europe/Rome; use another",
            id="start",
        ),
        pytest.param(
            "2027-03-21 02:10",
            "2027-03-21 02:20",
            "2027-03-28 02:10 and 2027-03-28 02:20 do not exist because clocks change",
            id="start-and-end",
        ),
        pytest.param(
            "2026-11-22 01:00", "2026-11-22 02:30", "2027-03-28 02:30 does not exist", id="end"
        ),
    ],
)
def test_a_time_that_clocks_skip_is_a_problem_with_its_date(
    first: str, last: str, expected: str
) -> None:
    """Every time that does not exist on its day is reported with the date."""
    with pytest.raises(ValueError, match=expected):
        windows("weekly", 20, (parse(first, ROME), parse(last, ROME)), ROME)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param("weekley", "'weekley' is not a rule; did you mean 'weekly'?", id="misspelt"),
        pytest.param("", "'' is not a rule; use one of: weekly, monthly, or a", id="empty"),
        pytest.param("daily", "monthly, or a rule such as FREQ=MONTHLY;BYDAY=2TU", id="daily"),
        pytest.param("INTERVAL=2", "is not a rule; write one such as FREQ=MONTHLY", id="no-freq"),
        pytest.param("FREQ=HOURLY", "'HOURLY' is not a frequency; use DAILY, WEEKLY", id="hourly"),
        pytest.param("FREQ=WEEKLY;FREQ=DAILY", "has a part twice; remove one", id="twice"),
        pytest.param("FREQ=WEEKLY;", "'' does not apply to FREQ=WEEKLY; use INTERVAL", id="end"),
        pytest.param("FREQ=WEEKLY;COUNT=3", "COUNT is not supported; remove it", id="count"),
        pytest.param("FREQ=WEEKLY;UNTIL=2027", "UNTIL is not supported; remove it", id="until"),
        pytest.param("FREQ=WEEKLY;BYHOUR=3", "'BYHOUR' does not apply to", id="time-of-day"),
        pytest.param("FREQ=DAILY;BYMONTHDAY=3", "'BYMONTHDAY' does not apply to", id="slow"),
        pytest.param("FREQ=WEEKLY;INTERVAL=0", "'0' is not a value of INTERVAL", id="interval"),
        pytest.param("FREQ=WEEKLY;INTERVAL=1,2", "'1,2' is not a value of", id="intervals"),
        pytest.param("FREQ=WEEKLY;BYDAY=2TU", "'2TU' is not a value of BYDAY with", id="number"),
        pytest.param("FREQ=MONTHLY;BYDAY=9TU", "'9TU' is not a value of BYDAY", id="large-number"),
        pytest.param("FREQ=WEEKLY;BYDAY=\u0661TU", "is not a value of BYDAY", id="digits"),
        pytest.param("FREQ=WEEKLY;BYDAY=MO", "of the rule .*; use 2026-11-30", id="another-day"),
        pytest.param(
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "it has none in ten years", id="no-day"
        ),
        pytest.param("FREQ=YEARLY", "has only 11 times in ten years", id="too-few"),
    ],
)
def test_a_wrong_rule_is_refused(rule: str, expected: str) -> None:
    """A rule that is invalid, has another first day or too few days is a problem."""
    with pytest.raises(ValueError, match=expected.replace("?", r"\?")):
        starts(rule, "2026-11-24 22:00", 12)


def test_days_that_some_months_lack_are_not_monthly() -> None:
    """`monthly` from the 31st on is refused with the rule for the last day of each month."""
    with pytest.raises(ValueError, match=r"not every month has a day 31; .*BYMONTHDAY=-1"):
        starts("monthly", "2026-12-31 22:00")


@given(st.text() | st.from_regex(r"FREQ=(DAILY|WEEKLY)(;(INTERVAL|BYDAY)=[0-9A-Z,+-]{0,6}){0,2}"))
def test_no_rule_fails_in_another_way(rule: str) -> None:
    """Any rule gives windows in order, or a ValueError."""
    with suppress(ValueError):
        found = starts(rule, "2026-11-24 22:00")
        assert sorted(set(found)) == found
