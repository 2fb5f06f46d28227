"""Parsing and formatting of times, and calendar days in a time zone.

The format is ISO 8601: a date, a time to the minute or second, and an optional offset.
"""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

_DATE = r"(\d{4})-(\d\d)-(\d\d)"
_OFFSET = r"(Z|([+-])(\d\d?)(?::(\d\d))?)"
_MOMENT = re.compile(rf"{_DATE}[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?: ?{_OFFSET})?", re.ASCII)
_DAY = re.compile(_DATE, re.ASCII)
_CACHE_SIZE = 1000  # Each time is parsed as a value, and again to check the order of updates.
_YEARS = range(1970, 3000)  # The year in UTC is checked too.

# Other common time formats, except dates such as 11/12/2026, which are ambiguous.
_LOOSE = re.compile(
    r"(?:(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d\d?)(?P=sep)(?P<day>\d\d?)"
    r"|(?P<day_first>\d\d?)\.(?P<month_second>\d\d?)\.(?P<year_last>\d{4}))"
    r"[Tt, ]++(?P<hour>\d\d?):(?P<minute>\d\d)(?P<second>:\d\d)?"
    r" *+(?P<half>[AaPp]\.?[Mm]\.?)?"
    rf" *+(?:(?P<offset>{_OFFSET})"
    r"|(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d\d|\d(?!\d)):?(?P<minutes>\d\d)?"
    r"|(?P<zone>[A-Za-z][A-Za-z_/]{1,30}))?",
    re.ASCII,
)

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
        raise ValueError(f"is not a date; write one such as {EXAMPLE_DAY}")
    year, month, day = (int(part) for part in match.groups())
    _check_day(year, month, day)
    return date(year, month, day)


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
    day = _DAY.fullmatch(text)
    if day is not None:
        _check_day(*(int(part) for part in day.groups()))
        return f"has no time of day; write {text} {EXAMPLE[-5:]}"
    loose = _LOOSE.fullmatch(text)
    if loose is not None and loose["sign"]:
        offset = f"{loose['sign']}{loose['hours']:0>2}:{loose['minutes'] or '00'}"
        return f"has an offset in another format; write it as {offset}"
    if loose is not None and loose["zone"] not in (None, "UTC"):
        # Abbreviations are ambiguous, and often used for the wrong half of the year.
        return f"has a time zone name; use a UTC offset such as +01:00 in place of {loose['zone']}"
    suggested = _suggestion(loose) if loose is not None else None
    if suggested is not None:
        with suppress(ValueError):  # Clocks may skip or repeat it, or the date may not exist.
            parse(suggested, zone)
            return f"is not a time; did you mean {suggested}?"
    return f"is not a time; write one such as {EXAMPLE} or {EXAMPLE}:00+01:00"


def _suggestion(loose: re.Match[str]) -> str | None:
    """Return the time in *loose* in our format, or None if its hour is not valid with am or pm."""
    hour = int(loose["hour"])
    if loose["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if loose["half"][0] in "Pp" else 0)
    year = loose["year"] or loose["year_last"]
    month, day = loose["month"] or loose["month_second"], loose["day"] or loose["day_first"]
    offset = "Z" if loose["zone"] else loose["offset"] or ""
    clock = f"{hour:02}:{loose['minute']}{loose['second'] or ''}"
    return f"{year}-{month:0>2}-{day:0>2} {clock}{offset}"


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
    if match[7] == "Z":
        return UTC
    hours, minutes = int(match[9]), int(match[10] or 0)
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
