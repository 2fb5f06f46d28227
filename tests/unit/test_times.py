"""Tests of written times, and of days in time zones with clock changes."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.times import day_of, midnight, parse, parse_day, written

ROME = ZoneInfo("Europe/Rome")

# Clocks that change at night, at midnight, by half an hour, or over a whole day.
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Rome",
        "America/Sao_Paulo",
        "America/Havana",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
    )
]
zones = st.sampled_from(ZONES)
seconds_of_our_time = st.integers(
    min_value=int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()),
    max_value=int(datetime(2037, 12, 31, tzinfo=UTC).timestamp()),
)
moments = seconds_of_our_time.map(lambda count: datetime.fromtimestamp(count, UTC))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2026-11-20 09:05", "2026-11-20T08:05:00+00:00", id="in-the-zone-of-the-site"),
        pytest.param("2026-07-20 09:05", "2026-07-20T07:05:00+00:00", id="in-summer-time"),
        pytest.param("2026-11-20T09:05", "2026-11-20T08:05:00+00:00", id="with-a-T"),
        pytest.param("2026-11-20 09:05:07", "2026-11-20T08:05:07+00:00", id="with-seconds"),
        pytest.param("2026-11-20 09:05:07.999", "2026-11-20T08:05:07+00:00", id="whole-seconds"),
        pytest.param("2026-11-20T09:05:07Z", "2026-11-20T09:05:07+00:00", id="with-a-Z"),
        pytest.param("2026-11-20 09:05+05:45", "2026-11-20T03:20:00+00:00", id="with-an-offset"),
        pytest.param("2026-11-20 09:05 -03", "2026-11-20T12:05:00+00:00", id="offset-of-hours"),
        pytest.param("2026-11-20 00:30", "2026-11-19T23:30:00+00:00", id="on-another-day-in-utc"),
        pytest.param("2028-02-29 12:00Z", "2028-02-29T12:00:00+00:00", id="in-a-leap-year"),
        pytest.param("2026-12-31 23:59:59Z", "2026-12-31T23:59:59+00:00", id="last-of-the-year"),
        pytest.param("2026-10-25 02:30+02:00", "2026-10-25T00:30:00+00:00", id="the-first-02:30"),
        pytest.param("2026-10-25 02:30+01:00", "2026-10-25T01:30:00+00:00", id="the-second-02:30"),
        pytest.param("2026-03-29 03:00", "2026-03-29T01:00:00+00:00", id="just-after-the-gap"),
        pytest.param("2026-10-25 03:00", "2026-10-25T02:00:00+00:00", id="just-after-the-fold"),
    ],
)
def test_time_is_read(text: str, expected: str) -> None:
    """A time without an offset is in the site's zone, and becomes whole seconds in UTC."""
    actual = parse(text, ROME)

    assert expected == actual.isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("tomorrow", "is not a time; write one such as", id="prose"),
        pytest.param("2026-11-20", "no time of day; write 2026-11-20 09:05", id="only-a-day"),
        pytest.param("2026-02-29", "that month has 28 days", id="only-a-day-that-does-not-exist"),
        pytest.param("٢٠٢٦-11-20 09:05", "is not a time; write one such as", id="other-digits"),
        pytest.param("2026-11-20 09:05\n", "is not a time; write one such as", id="a-line-more"),
        pytest.param("2026-11-20 24:00", "is not a valid time of day", id="hour-24"),
        pytest.param("2026-11-20 23:60", "is not a valid time of day", id="minute-60"),
        pytest.param("2026-11-20 23:59:60", "is not a valid time of day", id="second-60"),
        pytest.param("2026-13-20 09:05", "invalid month", id="month-13"),
        pytest.param("2026-00-20 09:05", "invalid month", id="month-0"),
        pytest.param("2026-11-31 09:05", "that month has 30 days", id="day-31-of-30"),
        pytest.param("2026-02-29 09:05", "that month has 28 days", id="no-leap-year"),
        pytest.param("2026-12-32 09:05", "that month has 31 days", id="day-32"),
        pytest.param("2026-11-00 09:05", "that month has 30 days", id="day-0"),
        pytest.param("0226-11-20 09:05", "unlikely year; use one such as 2026", id="year-226"),
        pytest.param("9999-12-31 09:05", "unlikely year; use one such as 2026", id="year-9999"),
        pytest.param("2026-11-20 09:05+15:00", "invalid UTC offset", id="offset-15"),
        pytest.param("2026-11-20 09:05+01:60", "invalid UTC offset", id="offset-minute-60"),
        pytest.param("2026-11-20 09:05+14:01", "invalid UTC offset", id="over-14-hours"),
        pytest.param("2026-11-20 09:05-12:01", "invalid UTC offset", id="under-12-hours"),
    ],
)
def test_time_is_refused(text: str, expected: str) -> None:
    """Text that is not a time is rejected with a remedy."""
    with pytest.raises(ValueError, match=r"; (write|use|that month has) ") as caught:
        parse(text, ROME)

    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2026-11-20 9:05", "2026-11-20 09:05", id="one-digit"),
        pytest.param("2026-1-5 09:05", "2026-01-05 09:05", id="one-digit-in-the-date"),
        pytest.param("2026/11/20 09:05", "2026-11-20 09:05", id="slashes-with-the-year-first"),
        pytest.param("2026-11-20, 09:05", "2026-11-20 09:05", id="comma"),
        pytest.param("2026-11-20 9:05 AM", "2026-11-20 09:05", id="am"),
        pytest.param("2026-11-20 9:05:07pm", "2026-11-20 21:05:07", id="pm"),
        pytest.param("2026-11-20 12:05 a.m.", "2026-11-20 00:05", id="after-midnight"),
        pytest.param("2026-11-20 12:05 pm", "2026-11-20 12:05", id="after-noon"),
        pytest.param("20.11.2026 09:05", "2026-11-20 09:05", id="day-first"),
        pytest.param("2026-11-20 09:05 UTC", "2026-11-20 09:05Z", id="utc"),
        pytest.param("2026-11-20 9:05 +01:00", "2026-11-20 09:05+01:00", id="offset"),
        pytest.param("2026-10-25 2:30Z", "2026-10-25 02:30Z", id="exact-while-clocks-change"),
    ],
)
def test_time_with_one_reading_is_suggested(text: str, expected: str) -> None:
    """A time in another format is suggested in ours if it is unambiguous."""
    with pytest.raises(ValueError, match="is not a time") as caught:
        parse(text, ROME)

    assert f"is not a time; did you mean {expected}?" == str(caught.value)
    assert parse(expected, ROME)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("11/12/2026 09:05", id="day-or-month-first"),
        pytest.param("2026-11-20 13:05 PM", id="hour-13-pm"),
        pytest.param("2026-11-20 0:05 AM", id="hour-0-am"),
        pytest.param("31.11.2026 09:05", id="no-such-day"),
        pytest.param("2026-11-20 09:05 +010", id="offset-of-three-digits"),
        pytest.param("2026-03-29 2:30", id="skipped"),
        pytest.param("2026-10-25 2:30", id="twice"),
        pytest.param("2026-11-20 9:05" + " " * 50_000 + "!", id="many-spaces"),
    ],
)
def test_time_with_several_readings_is_not_suggested(text: str) -> None:
    """Nothing is suggested for a time that is ambiguous or does not exist."""
    with pytest.raises(ValueError, match="is not a time; write one such as"):
        parse(text, ROME)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "2026-11-20 09:05 CET",
            "has a time zone name; use a UTC offset such as +01:00 in place of CET",
            id="abbreviation",
        ),
        pytest.param(
            "2026-11-20 9:05 Europe/Rome",
            "has a time zone name; use a UTC offset such as +01:00 in place of Europe/Rome",
            id="name",
        ),
        pytest.param(
            "2026-11-20 09:05:07 +0100",
            "has an offset in another format; write it as +01:00",
            id="without-a-colon",
        ),
        pytest.param(
            "2026-11-20 09:05 UTC-3",
            "has an offset in another format; write it as -03:00",
            id="after-utc",
        ),
    ],
)
@pytest.mark.parametrize("zone", [ROME, UTC])
def test_time_in_another_zone_asks_for_an_offset(text: str, expected: str, zone: tzinfo) -> None:
    """No time is suggested that may be an hour off, in any time zone."""
    with pytest.raises(ValueError, match="has ") as caught:
        parse(text, zone)

    assert expected == str(caught.value)


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        pytest.param("2026-03-29 02:30", "does not exist", "2026-03-29 02:30:00+01:00", id="gap"),
        pytest.param("2026-10-25 02:30", "occurs twice", "2026-10-25 02:30:00+02:00", id="fold"),
    ],
)
def test_time_of_no_or_two_moments_is_refused(text: str, what: str, remedy: str) -> None:
    """A time that clocks skip or show twice is rejected, and an exact one is suggested."""
    with pytest.raises(ValueError, match="; add ") as caught:
        parse(text, ROME)

    expected = f"{what} because clocks change in Europe/Rome; add an offset: {remedy}"
    assert expected == str(caught.value)
    assert datetime.fromisoformat(remedy) == parse(remedy, ROME)


@given(moments, zones)
def test_written_time_reads_back(moment: datetime, zone: ZoneInfo) -> None:
    """A written time reads back as the same moment in any time zone of the site."""
    actual = parse(written(moment, zone), ROME)

    assert moment == actual


def test_utc_is_written_with_a_z() -> None:
    """A moment is written in whole seconds, with `Z` if its offset is zero."""
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)

    assert written(moment) == "2026-01-02T03:04:05Z"
    assert written(moment, ROME) == "2026-01-02T04:04:05+01:00"
    assert written(moment, ZoneInfo("Europe/London")) == "2026-01-02T03:04:05Z"


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13-01", "2026-1-2", "2026-11-20 09:05", "0001-01-01", ""]
)
def test_day_is_refused(text: str) -> None:
    """Text that is not a calendar day is rejected with a remedy."""
    with pytest.raises(ValueError, match=r"; (write|use|that month has) "):
        parse_day(text)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2999, 12, 31)))
def test_day_is_read(day: date) -> None:
    """A calendar day in ISO 8601 is accepted."""
    assert day == parse_day(day.isoformat())


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        pytest.param("Europe/Rome", "2026-11-20", 24, id="common"),
        pytest.param("Europe/Rome", "2026-03-29", 23, id="spring"),
        pytest.param("Europe/Rome", "2026-10-25", 25, id="autumn"),
        pytest.param("Australia/Lord_Howe", "2026-10-04", 23.5, id="half-an-hour"),
        pytest.param("America/Sao_Paulo", "2018-11-04", 23, id="no-midnight"),
        pytest.param("America/Havana", "2026-11-01", 25, id="two-midnights"),
        pytest.param("Pacific/Apia", "2011-12-30", 0, id="no-day-at-all"),
    ],
)
def test_day_has_the_hours_of_its_zone(zone: str, day: str, expected: float) -> None:
    """A day on which clocks change is longer or shorter than 24 hours."""
    first = date.fromisoformat(day)
    clocks = ZoneInfo(zone)

    actual = midnight(first + timedelta(days=1), clocks) - midnight(first, clocks)

    assert timedelta(hours=expected) == actual


@given(moments, zones)
def test_moment_lies_in_its_day(moment: datetime, zone: ZoneInfo) -> None:
    """A moment lies between the midnight of its day and the next midnight."""
    day = day_of(moment, zone)

    assert midnight(day, zone) <= moment < midnight(day + timedelta(days=1), zone)


@given(st.dates(min_value=date(2012, 1, 1), max_value=date(2037, 12, 31)), zones)
def test_midnight_is_the_first_second_of_its_day(day: date, zone: ZoneInfo) -> None:
    """Midnight belongs to its day, and the second before it to the previous day."""
    first = midnight(day, zone)

    assert day == day_of(first, zone)
    assert day - timedelta(days=1) == day_of(first - timedelta(seconds=1), zone)
