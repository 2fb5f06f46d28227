"""Times as people write them, to moments in UTC and back; and the days of a zone.

The format is ISO 8601 with a date, a time to the minute or second and perhaps an offset.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

_DATE = r"(\d{4})-(\d\d)-(\d\d)"
_OFFSET = r"(Z|([+-])(\d\d?)(?::(\d\d))?)"
_MOMENT = re.compile(rf"{_DATE}[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?: ?{_OFFSET})?", re.ASCII)
_DAY = re.compile(_DATE, re.ASCII)
_LATEST = 1000  # times of the latest files: each is read as a value, and again to check the order
_YEARS = range(1970, 3000)  # of a moment in UTC, too

EXAMPLE = "2026-11-20 09:05"
EXAMPLE_DAY = "2026-11-20"


@lru_cache(_LATEST)
def parse(text: str, zone: tzinfo) -> datetime:
    """Read *text*, which is in *zone* unless it has an offset, as a whole second in UTC.

    Raises ValueError with a sentence that says what is wrong with the time and what to write.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"is not a time; write one such as {EXAMPLE} or {EXAMPLE}:00+01:00")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    _check_day(year, month, day)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("is not a time of day; write one from 00:00 to 23:59")
    local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  the zone comes next
    aware = local.replace(tzinfo=_offset(match)) if match[7] else _in_zone(local, zone)
    moment = aware.astimezone(UTC)
    _check_year(moment.year)
    return moment


def parse_day(text: str) -> date:
    """Read *text* as a calendar day; raises ValueError as `parse` does."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(f"is not a day; write one such as {EXAMPLE_DAY}")
    year, month, day = (int(part) for part in match.groups())
    _check_day(year, month, day)
    return date(year, month, day)


def written(moment: datetime, zone: tzinfo = UTC) -> str:
    """*moment* as statusgen writes it: whole seconds with an offset, `Z` for UTC."""
    return moment.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "Z")


def missing_offset(text: str, zone: tzinfo) -> str:
    """The offset that *text* has in *zone*; empty if it brings its own, or is no time."""
    match = _MOMENT.fullmatch(text)
    try:
        moment = parse(text, zone)
    except ValueError:
        return ""
    own = match[7] if match else None
    return "" if own else written(moment, zone)[len("2026-11-20T09:05:00") :]


def midnight(day: date, zone: tzinfo) -> datetime:
    """The moment at which *day* begins in *zone*."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The day that *moment* falls on in *zone*."""
    return moment.astimezone(zone).date()


def _check_day(year: int, month: int, day: int) -> None:
    _check_year(year)
    if not 1 <= month <= 12:
        raise ValueError("has a month that does not exist; write 01 to 12")
    following = date(year + month // 12, month % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    if not 1 <= day <= last:
        raise ValueError(f"is a day that does not exist; write 01 to {last} for that month")


def _check_year(year: int) -> None:
    if year not in _YEARS:
        raise ValueError(f"has a year that cannot be meant; write one such as {EXAMPLE_DAY[:4]}")


def _offset(match: re.Match[str]) -> timezone:
    if match[7] == "Z":
        return UTC
    hours, minutes = int(match[9]), int(match[10] or 0)
    span = timedelta(hours=hours, minutes=minutes) * (-1 if match[8] == "-" else 1)
    if minutes > 59 or not timedelta(hours=-12) <= span <= timedelta(hours=14):
        raise ValueError("has an offset that does not exist; write one from -12:00 to +14:00")
    return timezone(span)


def _in_zone(local: datetime, zone: tzinfo) -> datetime:
    moment = local.replace(tzinfo=zone)
    later = moment.replace(fold=1)
    if moment.utcoffset() == later.utcoffset():
        return moment
    skipped = moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local
    what = "is skipped" if skipped else "comes twice"
    with_offset = moment.isoformat(sep=" ")
    raise ValueError(f"{what} when the clocks change in {zone}; add an offset: {with_offset}")
