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
        pytest.param("2026-11-20 09:05 +1", "2026-11-20T08:05:00+00:00", id="offset-of-one-digit"),
        pytest.param("2026-11-20 09:05:07 +0530", "2026-11-20T03:35:07+00:00", id="no-colon"),
        pytest.param("2026-11-20 09:05 UTC", "2026-11-20T09:05:00+00:00", id="as-list-prints-it"),
        pytest.param("2026-11-20T09:05:07UTC", "2026-11-20T09:05:07+00:00", id="utc-for-z"),
        pytest.param("2026-11-20 09:05 Z", "2026-11-20T09:05:00+00:00", id="space-before-z"),
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
        pytest.param("20.11.2026 9.05", "2026-11-20 09:05", id="full-stop-in-the-time"),
        pytest.param("11/20/2026 09:05", "2026-11-20 09:05", id="month-first"),
        pytest.param("20/11/2026 09:05", "2026-11-20 09:05", id="day-first-with-slashes"),
        pytest.param("11/11/2026 09:05", "2026-11-11 09:05", id="day-equals-month"),
        pytest.param("2026-11-20 9:05 utc", "2026-11-20 09:05Z", id="utc"),
        pytest.param("2026-11-20T09:05z", "2026-11-20 09:05Z", id="lower-case-z"),
        pytest.param("2026-11-20 9:05 UTC+1", "2026-11-20 09:05+01:00", id="offset-from-utc"),
        pytest.param("Nov 20, 2026, 09:05 UTC", "2026-11-20 09:05Z", id="as-a-page-prints-it"),
        pytest.param("20 November 2026 at 9:05 AM", "2026-11-20 09:05", id="month-in-full"),
        pytest.param(
            "Fri, 20 Nov 2026 09:05:07 -0500", "2026-11-20 09:05:07-05:00", id="as-in-an-email"
        ),
        pytest.param("20 Nov 2026, 09:05 CET", "2026-11-20 09:05+01:00", id="winter-time-of-rome"),
        pytest.param("2026-07-20 9:05 CEST", "2026-07-20 09:05+02:00", id="summer-time-of-rome"),
        pytest.param(
            "2026-07-20 9:05 America/New_York", "2026-07-20 09:05-04:00", id="zone-with-a-place"
        ),
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
        pytest.param("11-12-2026 09:05", id="day-or-month-first-with-hyphens"),
        pytest.param("11/12/2026", id="day-or-month-first-without-a-time"),
        pytest.param("31/31/2026 09:05", id="no-month"),
        pytest.param("20 Foo 2026 09:05", id="no-such-month"),
        pytest.param("20.11.26 09:05", id="year-of-two-digits"),
        pytest.param("2026-11-20 9:75", id="minute-75"),
        pytest.param("2026-11-20 09:05+100", id="offset-of-three-digits-and-no-space"),
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
    ("text", "zone", "expected"),
    [
        pytest.param("2026-11-20 09:05 CET", ROME, "such as +01:00 in place of CET", id="winter"),
        pytest.param("2026-07-20 09:05 CEST", ROME, "such as +02:00 in place of CEST", id="summer"),
        pytest.param("2026-07-20 09:05 CET", ROME, "in place of CET", id="winter-in-summer"),
        pytest.param("2026-11-20 09:05 CET", UTC, "in place of CET", id="zone-of-another-site"),
        pytest.param("2026-11-20 9:05 PST", ROME, "in place of PST", id="america-or-asia"),
        pytest.param("2026-07-20 09:05 GMT", ROME, "in place of GMT", id="often-london-in-summer"),
        pytest.param(
            "2026-10-25 02:30 CEST", ROME, "such as +02:00 in place of CEST", id="before-the-change"
        ),
        pytest.param(
            "2026-10-25 02:30 CET", ROME, "such as +01:00 in place of CET", id="after-the-change"
        ),
        pytest.param(
            "2026-11-20 09:05 Asia/Kathmandu",
            ROME,
            "such as +05:45 in place of Asia/Kathmandu",
            id="place",
        ),
        pytest.param(
            "2026-10-25 02:30 Europe/Rome", UTC, "in place of Europe/Rome", id="twice-in-its-place"
        ),
        pytest.param("2026-11-20 09:05 No/Where", UTC, "in place of No/Where", id="no-such-place"),
    ],
)
def test_zone_name_asks_for_an_offset(text: str, zone: tzinfo, expected: str) -> None:
    """An offset is suggested for the name of a zone only if it is certain."""
    with pytest.raises(ValueError, match="has ") as caught:
        parse(text, zone)

    assert f"has a time zone name; use a UTC offset {expected}" == str(caught.value)


def test_offset_from_utc_is_suggested_without_utc() -> None:
    """UTC+1 has the meaning of +01:00, which is suggested."""
    with pytest.raises(ValueError, match="offset") as caught:
        parse("2026-11-20 09:05 UTC-3", ROME)

    assert "has an offset in another format; write it as -03:00" == str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("9:05", "has no date; write it first, as in 2026-11-20 09:05", id="clock"),
        pytest.param("9:05 pm", "has no date; write it first, as in 2026-11-20 21:05", id="pm"),
        pytest.param(
            "17:42 UTC", "has no date; write it first, as in 2026-11-20 17:42Z", id="clock-in-utc"
        ),
        pytest.param(
            "09:05 CET",
            "has no date, and CET instead of a UTC offset;"
            " write a time such as 2026-11-20 09:05:00+01:00",
            id="clock-in-a-zone",
        ),
        pytest.param("20.11.2026", "has no time of day; write 2026-11-20 09:05", id="day-first"),
        pytest.param("11/20/2026", "has no time of day; write 2026-11-20 09:05", id="month-first"),
    ],
)
def test_half_a_time_is_completed(text: str, expected: str) -> None:
    """A date without a time, or a time without a date, is reported with what is missing."""
    with pytest.raises(ValueError, match="has no ") as caught:
        parse(text, ROME)

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
    with pytest.raises(ValueError, match=r"; (write|use|that month has|did you mean) "):
        parse_day(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("20.11.2026", "did you mean 2026-11-20?", id="day-first"),
        pytest.param("2026-11-20 09:05", "did you mean 2026-11-20?", id="with-a-time"),
        pytest.param("2026-11-20 23:05 UTC", "write one such as 2026-11-20", id="day-of-a-zone"),
        pytest.param("11/12/2026", "write one such as 2026-11-20", id="day-or-month-first"),
    ],
)
def test_day_in_another_format_is_suggested(text: str, expected: str) -> None:
    """A date in another format is suggested in ours if it is unambiguous."""
    with pytest.raises(ValueError, match="is not a date") as caught:
        parse_day(text)

    assert f"is not a date; {expected}" == str(caught.value)


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
