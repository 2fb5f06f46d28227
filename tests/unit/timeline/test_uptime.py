"""Tests of days and uptime: the worst wins, ends are exclusive, nothing is rounded."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.model import Service, Severity
from statusgen.timeline.timeline import Interval
from statusgen.timeline.uptime import Day, days_of, merged, uptime

ROME = ZoneInfo("Europe/Rome")
NONE, MAINTENANCE, DEGRADED, PARTIAL, MAJOR = Severity
HOUR = 3600
API = Service(id="api", name="Public API")
WEIGHTS = {
    NONE: Fraction(0),
    MAINTENANCE: Fraction(0),
    DEGRADED: Fraction(0),
    PARTIAL: Fraction(3, 10),
    MAJOR: Fraction(1),
}


def local(text: str) -> int:
    """Return a time in Rome in seconds since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ROME).timestamp())


def moment(text: str) -> datetime:
    """Return a time in Rome."""
    return datetime.fromtimestamp(local(text), UTC)


def span(start: str, stop: str, severity: Severity) -> Interval:
    """Return an interval between two times in Rome."""
    return (local(start), local(stop), severity)


def lost(day: Day) -> dict[Severity, int]:
    """Return the seconds in *day* at each severity that occurs."""
    return {severity: count for severity, count in day.seconds.items() if count}


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(1, 5, MAJOR)], [(1, 5, MAJOR)], id="one"),
        pytest.param(
            [(1, 5, MAJOR), (7, 9, MAJOR)], [(1, 5, MAJOR), (7, 9, MAJOR)], id="with-a-gap"
        ),
        pytest.param([(1, 5, MAJOR), (5, 9, MAJOR)], [(1, 9, MAJOR)], id="touching-and-equal"),
        pytest.param(
            [(1, 5, MAJOR), (5, 9, PARTIAL)],
            [(1, 5, MAJOR), (5, 9, PARTIAL)],
            id="touching-and-different",
        ),
        pytest.param([(1, 6, MAJOR), (4, 9, MAJOR)], [(1, 9, MAJOR)], id="overlapping-and-equal"),
        pytest.param([(1, 6, MAJOR), (1, 6, MAJOR)], [(1, 6, MAJOR)], id="twice-the-same"),
        pytest.param(
            [(1, 9, PARTIAL), (3, 5, MAJOR)],
            [(1, 3, PARTIAL), (3, 5, MAJOR), (5, 9, PARTIAL)],
            id="worse-inside",
        ),
        pytest.param([(1, 9, MAJOR), (3, 5, PARTIAL)], [(1, 9, MAJOR)], id="milder-inside"),
        pytest.param(
            [(1, 9, MAINTENANCE), (3, 12, DEGRADED)],
            [(1, 3, MAINTENANCE), (3, 12, DEGRADED)],
            id="incident-in-a-maintenance",
        ),
        pytest.param(
            [(1, 5, DEGRADED), (2, 6, PARTIAL), (3, 4, MAJOR)],
            [(1, 2, DEGRADED), (2, 3, PARTIAL), (3, 4, MAJOR), (4, 6, PARTIAL)],
            id="three-deep",
        ),
        pytest.param(
            [(5, 9, DEGRADED), (1, 5, DEGRADED), (4, 6, MAJOR)],
            [(1, 4, DEGRADED), (4, 6, MAJOR), (6, 9, DEGRADED)],
            id="in-any-order",
        ),
    ],
)
def test_worst_span_wins(spans: list[Interval], expected: list[Interval]) -> None:
    """Overlapping intervals are not added up: the worst severity wins."""
    actual = merged(spans)

    assert expected == actual


spans = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.integers(1, 25),
        st.sampled_from([MAINTENANCE, DEGRADED, PARTIAL, MAJOR]),
    ).map(lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])),
    max_size=8,
)


def severity_at(spans: Sequence[Interval], second: int) -> Severity:
    """Return the worst severity of *spans* at *second*."""
    severities = [severity for start, stop, severity in spans if start <= second < stop]
    return max(severities, key=list(Severity).index, default=NONE)


@given(spans)
def test_merged_spans_say_the_worst_of_every_second(spans: list[Interval]) -> None:
    """At every second, the merged intervals have the worst severity of all."""
    result = merged(spans)

    expected = [severity_at(spans, second) for second in range(90)]

    assert expected == [severity_at(result, second) for second in range(90)]


@given(spans)
def test_merged_spans_are_disjoint_and_in_order(spans: list[Interval]) -> None:
    """Merged intervals are not empty, are in order, and differ where they touch."""
    result = merged(spans)

    assert all(start < stop for start, stop, _ in result)
    assert all(
        one[1] < other[0] or (one[1] == other[0] and one[2] is not other[2])
        for one, other in pairwise(result)
    )


@given(spans.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))))
def test_order_of_spans_does_not_matter(drawn: tuple[list[Interval], list[Interval]]) -> None:
    """The order of intervals does not matter."""
    spans, others = drawn

    assert merged(spans) == merged(others)


@pytest.mark.parametrize(
    ("first", "now", "expected"),
    [
        pytest.param("2026-11-18", "2026-11-20 12:00", [24, 24, 12], id="today-up-to-now"),
        pytest.param("2026-11-20", "2026-11-20 09:30", [9.5], id="only-today"),
        pytest.param("2026-03-28", "2026-03-30 01:00", [24, 23, 1], id="spring"),
        pytest.param("2026-10-24", "2026-10-26 01:00", [24, 25, 1], id="autumn"),
        pytest.param("2026-03-29", "2026-03-29 12:00", [11], id="now-after-the-gap"),
        pytest.param("2026-10-25", "2026-10-25 12:00", [13], id="now-after-the-fold"),
        pytest.param("2026-11-19", "2026-11-20 00:00", [24, 0], id="now-at-midnight"),
        pytest.param("2026-11-19", "2026-11-20 00:00:01", [24, 1 / HOUR], id="first-second"),
    ],
)
def test_days_are_observed(first: str, now: str, expected: list[float]) -> None:
    """A day has all its hours in the time zone, and today those up to now."""
    days = days_of(API, [], first=date.fromisoformat(first), now=moment(now), zone=ROME)

    assert [round(hours * HOUR) for hours in expected] == [day.observed for day in days]
    assert [NONE if hours else None for hours in expected] == [day.severity for day in days]


def test_days_are_dated_oldest_first() -> None:
    """All days from the first to today are present, oldest first."""
    now = moment("2026-03-02 00:30")

    days = days_of(API, [], first=date(2026, 2, 27), now=now, zone=ROME)

    expected = [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)]
    assert expected == [day.date for day in days]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param(
            [span("2026-11-18 10:00", "2026-11-18 11:00", MAJOR)],
            [{MAJOR: HOUR}, {}, {}],
            id="inside-a-day",
        ),
        pytest.param(
            [span("2026-11-18 23:00", "2026-11-19 02:00", MAJOR)],
            [{MAJOR: HOUR}, {MAJOR: 2 * HOUR}, {}],
            id="over-midnight",
        ),
        pytest.param(
            [span("2026-11-18 23:00", "2026-11-19 00:00", MAJOR)],
            [{MAJOR: HOUR}, {}, {}],
            id="ends-at-midnight",
        ),
        pytest.param(
            [span("2026-11-19 00:00", "2026-11-19 01:00", MAJOR)],
            [{}, {MAJOR: HOUR}, {}],
            id="begins-at-midnight",
        ),
        pytest.param(
            [span("2026-11-18 23:59:59", "2026-11-19 00:00:01", MAJOR)],
            [{MAJOR: 1}, {MAJOR: 1}, {}],
            id="a-second-on-either-side",
        ),
        pytest.param(
            [span("2026-11-10 00:00", "2026-11-18 01:00", PARTIAL)],
            [{PARTIAL: HOUR}, {}, {}],
            id="began-before-the-first-day",
        ),
        pytest.param(
            [span("2026-11-10 00:00", "2026-11-18 00:00", PARTIAL)],
            [{}, {}, {}],
            id="over-before-the-first-day",
        ),
        pytest.param(
            [span("2026-11-10 00:00", "2026-12-18 00:00", PARTIAL)],
            [{PARTIAL: 24 * HOUR}, {PARTIAL: 24 * HOUR}, {PARTIAL: 12 * HOUR}],
            id="over-everything-up-to-now",
        ),
        pytest.param(
            [
                span("2026-11-19 10:00", "2026-11-19 12:00", MAINTENANCE),
                span("2026-11-19 11:00", "2026-11-19 13:00", MAJOR),
                span("2026-11-19 10:30", "2026-11-19 14:00", PARTIAL),
            ],
            [{}, {MAINTENANCE: HOUR // 2, MAJOR: 2 * HOUR, PARTIAL: 3 * HOUR // 2}, {}],
            id="overlapping",
        ),
    ],
)
def test_spans_are_cut_at_midnight(
    spans: list[Interval], expected: list[dict[Severity, int]]
) -> None:
    """Each day has the seconds of an interval that fall in it; ends are exclusive."""
    now = moment("2026-11-20 12:00")

    days = days_of(API, spans, first=date(2026, 11, 18), now=now, zone=ROME)

    assert expected == [lost(day) for day in days]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2026-03-29", 23 * HOUR, id="spring"),
        pytest.param("2026-10-25", 25 * HOUR, id="autumn"),
    ],
)
def test_long_and_short_day_can_be_lost_whole(day: str, expected: int) -> None:
    """An interval over a day with 23 or 25 hours fills exactly that day."""
    first = date.fromisoformat(day)
    following = first + timedelta(days=1)
    whole = [span(f"{first} 00:00", f"{following} 00:00", MAJOR)]

    days = days_of(API, whole, first=first, now=moment(f"{following} 06:00"), zone=ROME)

    assert [(expected, expected), (6 * HOUR, 0)] == [
        (one.observed, one.seconds[MAJOR]) for one in days
    ]
    assert Fraction(6 * HOUR, expected + 6 * HOUR) == uptime(days, WEIGHTS)


def test_day_has_the_worst_severity_that_occurs() -> None:
    """A day has its worst severity, however short, and `none` without impact."""
    spans = [
        span("2026-11-18 00:00", "2026-11-19 10:00", DEGRADED),
        span("2026-11-18 12:00", "2026-11-18 12:00:01", MAJOR),
    ]

    days = days_of(API, spans, first=date(2026, 11, 18), now=moment("2026-11-20 12:00"), zone=ROME)

    expected = [MAJOR, DEGRADED, NONE]
    assert expected == [day.severity for day in days]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        pytest.param(API, [24, 24, 12], id="always"),
        pytest.param(
            Service(id="api", name="API", since=date(2026, 11, 19)), [0, 24, 12], id="since"
        ),
        pytest.param(
            Service(id="api", name="API", since=date(2026, 11, 20)), [0, 0, 12], id="since-today"
        ),
        pytest.param(
            Service(id="api", name="API", since=date(2026, 11, 21)), [0, 0, 0], id="since-tomorrow"
        ),
        pytest.param(
            Service(id="api", name="API", retired=date(2026, 11, 18)), [24, 0, 0], id="retired"
        ),
        pytest.param(
            Service(id="api", name="API", since=date(2026, 11, 19), retired=date(2026, 11, 19)),
            [0, 24, 0],
            id="for-one-day",
        ),
    ],
)
def test_only_days_of_a_service_are_observed(service: Service, expected: list[int]) -> None:
    """Days before `since` and after `retired` have no data, even if files affect them."""
    spans = [span("2026-11-01 00:00", "2026-12-01 00:00", MAJOR)]

    days = days_of(
        service, spans, first=date(2026, 11, 18), now=moment("2026-11-20 12:00"), zone=ROME
    )

    assert [hours * HOUR for hours in expected] == [day.observed for day in days]
    assert [hours * HOUR for hours in expected] == [day.seconds[MAJOR] for day in days]
    assert [MAJOR if hours else None for hours in expected] == [day.severity for day in days]


def day_with(observed: int, **seconds: int) -> Day:
    """Return a day on which *seconds* of *observed* had a severity."""
    counts = {severity: seconds.get(severity, 0) for severity in Severity if severity is not NONE}
    return Day(date=date(2026, 11, 20), severity=NONE, observed=observed, seconds=counts)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param([], None, id="no-days"),
        pytest.param([day_with(0), day_with(0)], None, id="nothing-observed"),
        pytest.param([day_with(86400)], Fraction(1), id="no-downtime"),
        pytest.param([day_with(86400, major=86400)], Fraction(0), id="nothing-else"),
        pytest.param([day_with(86400, major=1)], Fraction(86399, 86400), id="one-second"),
        pytest.param([day_with(100, partial=10)], Fraction(97, 100), id="partial-counts-0.3"),
        pytest.param(
            [day_with(100, degraded=60, maintenance=40)], Fraction(1), id="others-count-0"
        ),
        pytest.param(
            [day_with(86400, major=864), day_with(0), day_with(43200, partial=1000)],
            1 - Fraction(864 + 300, 129600),
            id="over-all-observed-days",
        ),
        pytest.param([day_with(3, major=1)], Fraction(2, 3), id="not-rounded"),
    ],
)
def test_uptime_is_exact(days: list[Day], expected: Fraction | None) -> None:
    """Uptime is the exact weighted share of observed time, or None if there is none."""
    actual = uptime(days, WEIGHTS)

    assert expected == actual


def test_weights_are_the_sites() -> None:
    """A site may change the weights of severities."""
    weights = {**WEIGHTS, DEGRADED: Fraction(1, 10), MAJOR: Fraction(1, 2)}

    actual = uptime([day_with(1000, degraded=100, major=100, partial=100)], weights)

    assert Fraction(91, 100) == actual


# Random intervals over days around a clock change.
AROUND = {"2026-03-29": local("2026-03-27 00:00"), "2026-10-25": local("2026-10-23 00:00")}
long_spans = st.lists(
    st.tuples(
        st.integers(-30 * HOUR, 130 * HOUR),
        st.integers(1, 60 * HOUR),
        st.sampled_from([MAINTENANCE, DEGRADED, PARTIAL, MAJOR]),
    ),
    max_size=6,
)


@given(
    change=st.sampled_from(sorted(AROUND)),
    drawn=long_spans,
    length=st.integers(0, 120 * HOUR),
    since=st.none() | st.integers(0, 6),
    lifetime=st.none() | st.integers(0, 6),
)
def test_days_add_up(
    change: str,
    drawn: list[tuple[int, int, Severity]],
    length: int,
    since: int | None,
    lifetime: int | None,
) -> None:
    """No day loses more than was observed, and all days together lose what the intervals have."""
    origin = AROUND[change]
    first = datetime.fromtimestamp(origin, ROME).date()
    spans = [(origin + start, origin + start + count, what) for start, count, what in drawn]
    opened = None if since is None else first + timedelta(days=since)
    closed = None if lifetime is None else (opened or first) + timedelta(days=lifetime)
    service = Service(id="api", name="API", since=opened, retired=closed)
    now = origin + length

    days = days_of(service, spans, first=first, now=datetime.fromtimestamp(now, UTC), zone=ROME)

    begin = max(origin, origin if opened is None else local(f"{opened} 00:00"))
    end = now if closed is None else min(now, local(f"{closed + timedelta(days=1)} 00:00"))
    expected: Counter[Severity] = Counter()
    for start, stop, severity in merged(spans):
        expected[severity] += max(0, min(stop, end) - max(start, begin))
    assert all(sum(day.seconds.values()) <= day.observed for day in days)
    assert expected == sum((Counter(lost(day)) for day in days), Counter())
    assert max(0, end - begin) == sum(day.observed for day in days)


@given(drawn=long_spans, lengths=st.tuples(st.integers(0, 120 * HOUR), st.integers(0, 120 * HOUR)))
def test_past_days_do_not_depend_on_now(
    drawn: list[tuple[int, int, Severity]], lengths: tuple[int, int]
) -> None:
    """A later *now* adds days and completes today, and does not change the days before."""
    origin = AROUND["2026-10-25"]
    first = datetime.fromtimestamp(origin, ROME).date()
    spans = [(origin + start, origin + start + count, what) for start, count, what in drawn]

    earlier, later = (
        days_of(API, spans, first=first, now=datetime.fromtimestamp(origin + n, UTC), zone=ROME)
        for n in sorted(lengths)
    )

    assert earlier[:-1] == later[: len(earlier) - 1]
