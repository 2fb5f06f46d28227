"""Times as people write them, and the days of zones that change their clocks."""

from datetime import UTC, date, datetime, timedelta
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
    """A time without an offset is in the site's zone; every time becomes whole seconds of UTC."""
    actual = parse(text, ROME)

    assert expected == actual.isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("tomorrow", "is not a time; write one such as", id="prose"),
        pytest.param("2026-11-20", "is not a time; write one such as", id="only-a-day"),
        pytest.param("20.11.2026 09:05", "is not a time; write one such as", id="other-order"),
        pytest.param("2026-11-20 9:05", "is not a time; write one such as", id="one-digit"),
        pytest.param("٢٠٢٦-11-20 09:05", "is not a time; write one such as", id="other-digits"),
        pytest.param("2026-11-20 09:05\n", "is not a time; write one such as", id="a-line-more"),
        pytest.param("2026-11-20 24:00", "is not a time of day", id="hour-24"),
        pytest.param("2026-11-20 23:60", "is not a time of day", id="minute-60"),
        pytest.param("2026-11-20 23:59:60", "is not a time of day", id="second-60"),
        pytest.param("2026-13-20 09:05", "month that does not exist", id="month-13"),
        pytest.param("2026-00-20 09:05", "month that does not exist", id="month-0"),
        pytest.param("2026-11-31 09:05", "write 01 to 30", id="day-31-of-30"),
        pytest.param("2026-02-29 09:05", "write 01 to 28", id="no-leap-year"),
        pytest.param("2026-12-32 09:05", "write 01 to 31", id="day-32"),
        pytest.param("2026-11-00 09:05", "write 01 to 30", id="day-0"),
        pytest.param("0226-11-20 09:05", "year that cannot be meant", id="year-226"),
        pytest.param("9999-12-31 09:05", "year that cannot be meant", id="year-9999"),
        pytest.param("2026-11-20 09:05+15:00", "offset that does not exist", id="offset-15"),
        pytest.param("2026-11-20 09:05+01:60", "offset that does not exist", id="offset-minute-60"),
        pytest.param("2026-11-20 09:05+14:01", "offset that does not exist", id="over-14-hours"),
        pytest.param("2026-11-20 09:05-12:01", "offset that does not exist", id="under-12-hours"),
    ],
)
def test_time_is_refused(text: str, expected: str) -> None:
    """What is not a time is refused with a sentence that says what to write."""
    with pytest.raises(ValueError, match="; write ") as caught:
        parse(text, ROME)

    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        pytest.param("2026-03-29 02:30", "is skipped", "2026-03-29 02:30:00+01:00", id="skipped"),
        pytest.param("2026-10-25 02:30", "comes twice", "2026-10-25 02:30:00+02:00", id="twice"),
    ],
)
def test_time_of_no_or_two_moments_is_refused(text: str, what: str, remedy: str) -> None:
    """A time that the clocks skip or show twice is refused, with a text to write instead."""
    with pytest.raises(ValueError, match="; add ") as caught:
        parse(text, ROME)

    expected = f"{what} when the clocks change in Europe/Rome; add an offset: {remedy}"
    assert expected == str(caught.value)
    assert datetime.fromisoformat(remedy) == parse(remedy, ROME)


@given(moments, zones)
def test_written_time_reads_back(moment: datetime, zone: ZoneInfo) -> None:
    """What statusgen writes is read back as the same moment, whatever the zone of the site."""
    actual = parse(written(moment, zone), ROME)

    assert moment == actual


def test_utc_is_written_with_a_z() -> None:
    """A moment is written in whole seconds, with `Z` where its zone is that of UTC."""
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)

    assert written(moment) == "2026-01-02T03:04:05Z"
    assert written(moment, ROME) == "2026-01-02T04:04:05+01:00"
    assert written(moment, ZoneInfo("Europe/London")) == "2026-01-02T03:04:05Z"


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-13-01", "2026-1-2", "2026-11-20 09:05", "0001-01-01", ""]
)
def test_day_is_refused(text: str) -> None:
    """What is not a day is refused with a sentence that says what to write."""
    with pytest.raises(ValueError, match="; write "):
        parse_day(text)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2999, 12, 31)))
def test_day_is_read(day: date) -> None:
    """A day is read as it stands."""
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
def test_day_lasts_as_long_as_it_lasts(zone: str, day: str, expected: float) -> None:
    """From a day's midnight to the next are as many hours as the clocks of the zone show."""
    first = date.fromisoformat(day)
    clocks = ZoneInfo(zone)

    actual = midnight(first + timedelta(days=1), clocks) - midnight(first, clocks)

    assert timedelta(hours=expected) == actual


@given(moments, zones)
def test_moment_lies_in_its_day(moment: datetime, zone: ZoneInfo) -> None:
    """A moment is not before the midnight of its day, and before that of the next."""
    day = day_of(moment, zone)

    assert midnight(day, zone) <= moment < midnight(day + timedelta(days=1), zone)


@given(st.dates(min_value=date(2012, 1, 1), max_value=date(2037, 12, 31)), zones)
def test_midnight_is_the_first_second_of_its_day(day: date, zone: ZoneInfo) -> None:
    """At a day's midnight it is that day, one second before it is the day before."""
    first = midnight(day, zone)

    assert day == day_of(first, zone)
    assert day - timedelta(days=1) == day_of(first - timedelta(seconds=1), zone)
