"""Parsing and formatting of times, and calendar days in a time zone.

The format is ISO 8601: a date, a time to the minute or second, and an optional offset. `UTC` at
the end means the same as `Z`.
"""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from statusgen import time_suggestions

_DATE = r"(\d{4})-(\d\d)-(\d\d)"
_OFFSET = r"(Z|UTC|([+-])(?:(\d\d?)(?::(\d\d))?|(\d\d)(\d\d)))"
_MOMENT = re.compile(rf"{_DATE}[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?: ?{_OFFSET})?", re.ASCII)
# Few digits, so that no sum leaves the range of the calendar.
_DURATION = re.compile(
    r"(?:(\d{1,4}) ?w ?)?(?:(\d{1,4}) ?d ?)?(?:(\d{1,4}) ?h ?)?"
    r"(?:(\d{1,5}) ?m(?:in)? ?)?(?:(\d{1,5}) ?s)?",
    re.ASCII,
)
_DAY = re.compile(_DATE, re.ASCII)
_CACHE_SIZE = 1000  # Each time is parsed as a value, and again to check the order of updates.
_YEARS = range(1970, 3000)  # The year in UTC is checked too.

EXAMPLE = "2026-11-20 09:05"
EXAMPLE_DAY = "2026-11-20"


@lru_cache(_CACHE_SIZE)
def parse(text: str, zone: tzinfo) -> datetime:
    """Parse *text* as a time and convert it to UTC; without an offset, it is local to *zone*.

    Ignores fractions of a second. Raises ValueError with the text to put after the quoted time.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(_not_a_time(text, zone))
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    _check_day(year, month, day)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("is not a valid time of day; use 00:00 to 23:59")
    local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  the zone is added below
    aware = local.replace(tzinfo=_offset(match)) if match[7] else _in_zone(local, zone)
    moment = aware.astimezone(UTC)
    _check_year(moment.year)
    return moment


def parse_day(text: str) -> date:
    """Parse *text* as a calendar day; raises ValueError as `parse` does."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(_not_a_day(text))
    year, month, day = (int(part) for part in match.groups())
    _check_day(year, month, day)
    return date(year, month, day)


def parse_duration(text: str) -> timedelta | None:
    """Parse *text* as a length of time, such as ``90m``, ``15 min`` or ``1d12h``; else return None.

    The units are w, d, h, m (or min) and s, in this order.
    """
    match = _DURATION.fullmatch(text) if text[:1].isdigit() else None
    if match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def written(moment: datetime, zone: tzinfo = UTC) -> str:
    """Format *moment* as statusgen writes it: in whole seconds, with an offset or `Z`."""
    return moment.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "Z")


def missing_offset(text: str, zone: tzinfo) -> str:
    """Return the UTC offset of *zone* at the time *text*; empty if *text* has one or is invalid."""
    match = _MOMENT.fullmatch(text)
    try:
        moment = parse(text, zone)
    except ValueError:
        return ""
    own = match[7] if match else None
    return "" if own else written(moment, zone)[len("2026-11-20T09:05:00") :]


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which *day* begins in *zone*."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def day_of(moment: datetime, zone: tzinfo) -> date:
    """Return the calendar day of *moment* in *zone*."""
    return moment.astimezone(zone).date()


def _not_a_time(text: str, zone: tzinfo) -> str:
    """Return the problem and remedy for *text*, with a suggestion if it is unambiguous."""
    general = f"is not a time; write one such as {EXAMPLE} or {EXAMPLE}:00+01:00"
    clock = time_suggestions.time_of_day(text)
    if clock is not None:
        return f"has no date; write it first, as in {EXAMPLE_DAY} {clock}"
    head, _, name = text.rpartition(" ")
    clock = time_suggestions.time_of_day(head)
    if clock is not None and name.upper() == "UTC":
        return f"has no date; write it first, as in {EXAMPLE_DAY} {clock}Z"
    if clock is not None and name.isalpha():
        what = f"has no date, and {name} instead of a UTC offset"
        return f"{what}; write a time such as {EXAMPLE}:00+01:00"
    reading = time_suggestions.read(text)
    if reading is None:
        return general
    if not reading.clock:
        _check_day(*(int(part) for part in reading.day.split("-")))
        return f"has no time of day; write {reading.day} {EXAMPLE[-5:]}"
    offset = reading.offset
    if reading.zone:
        offset = time_suggestions.offset_of(reading, zone) or ""
        if not offset:  # Abbreviations are ambiguous, and often used for the wrong half of a year.
            return f"has a time zone name; use a UTC offset in place of {reading.zone}"
        if reading.is_plain:
            what = f"use a UTC offset such as {offset} in place of {reading.zone}"
            return f"has a time zone name; {what}"
    elif reading.is_plain and offset not in ("", "Z"):
        return f"has an offset in another format; write it as {offset}"
    suggested = f"{reading.day} {reading.clock}{offset}"
    with suppress(ValueError):  # Clocks may skip or repeat it, or the date may not exist.
        parse(suggested, zone)
        return f"is not a time; did you mean {suggested}?"
    return general


def _not_a_day(text: str) -> str:
    """Return the problem and remedy for *text*, with a suggestion if it is unambiguous."""
    reading = time_suggestions.read(text)
    if reading is not None and not reading.offset and not reading.zone:
        with suppress(ValueError):  # The date may not exist.
            parse_day(reading.day)
            return f"is not a date; did you mean {reading.day}?"
    return f"is not a date; write one such as {EXAMPLE_DAY}"


def _check_day(year: int, month: int, day: int) -> None:
    _check_year(year)
    if not 1 <= month <= 12:
        raise ValueError("has an invalid month; use 01 to 12")
    following = date(year + month // 12, month % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    if not 1 <= day <= last:
        raise ValueError(f"is not a date in the calendar; that month has {last} days")


def _check_year(year: int) -> None:
    if year not in _YEARS:
        raise ValueError(f"has an unlikely year; use one such as {EXAMPLE_DAY[:4]}")


def _offset(match: re.Match[str]) -> timezone:
    if match[7] in ("Z", "UTC"):
        return UTC
    hours, minutes = int(match[9] or match[11]), int(match[10] or match[12] or 0)
    span = timedelta(hours=hours, minutes=minutes) * (-1 if match[8] == "-" else 1)
    if minutes > 59 or not timedelta(hours=-12) <= span <= timedelta(hours=14):
        raise ValueError("has an invalid UTC offset; use -12:00 to +14:00")
    return timezone(span)


def _in_zone(local: datetime, zone: tzinfo) -> datetime:
    moment = local.replace(tzinfo=zone)
    later = moment.replace(fold=1)
    if moment.utcoffset() == later.utcoffset():
        return moment
    skipped = moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local
    what = "does not exist" if skipped else "occurs twice"
    with_offset = moment.isoformat(sep=" ")
    raise ValueError(f"{what} because clocks change in {zone}; add an offset: {with_offset}")
