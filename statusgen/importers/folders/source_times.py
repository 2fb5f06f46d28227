"""Parse the times that people write in the files of other status pages."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_TIME = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)"
    r"(?:[T ]\s*(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?)?"
    r"\s*(?P<offset>Z|UTC|GMT|(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>\d\d))?)?",
    re.IGNORECASE | re.ASCII,
)
_WITH_DOTS = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})", re.ASCII)
_YEARS = range(1970, 2999)


def parse_time(text: str, zone: tzinfo) -> datetime | None:
    """Return the time *text* in UTC and whole seconds, None if it is not a time.

    Without an offset, it is local to *zone*; without a time of day, it is midnight.
    """
    text = _WITH_DOTS.sub(r"\3-\2-\1", text.strip())
    found = _TIME.fullmatch(text)
    return _moment(found, zone) if found else None


def find_time(text: str, zone: tzinfo) -> datetime | None:
    """Return the first date with a time of day in *text*, None if there is none."""
    text = _WITH_DOTS.sub(r"\3-\2-\1", text)
    times = (one for one in _TIME.finditer(text) if one["hour"])
    return next((at for one in times if (at := _moment(one, zone))), None)


def _moment(found: re.Match[str], zone: tzinfo) -> datetime | None:
    names = ("year", "month", "day", "hour", "minute", "second")
    year, month, day, hour, minute, second = (int(found[name] or 0) for name in names)
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=_zone(found, zone))
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None


def _zone(found: re.Match[str], zone: tzinfo) -> tzinfo:
    if not found["offset"]:
        return zone
    span = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    return timezone(-span if found["sign"] == "-" else span)
