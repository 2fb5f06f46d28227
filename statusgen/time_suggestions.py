"""Readings of times in other formats, from which `times` makes suggestions.

A format with several readings is not recognized: 11/12/2026 is in November or in December.
"""

import re
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FULL_MONTHS = {
    "January": "Jan",
    "February": "Feb",
    "March": "Mar",
    "April": "Apr",
    "June": "Jun",
    "July": "Jul",
    "August": "Aug",
    "Sept": "Sep",
    "September": "Sep",
    "October": "Oct",
    "November": "Nov",
    "December": "Dec",
}

_NUMBERS = (
    r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d\d?)(?P=sep)(?P<day>\d\d?)",
    r"(?P<first>\d\d?)(?P<mark>[-/.])(?P<second>\d\d?)(?P=mark)(?P<last_year>\d{4})",
)
_NAMES = (  # as the pages print them, and as RFC 5322 does: Fri, 20 Nov 2026
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?"
    r"(?:(?P<name>[A-Za-z]{3,9})\.? (?P<day_after>\d\d?),?|"
    r"(?P<day_before>\d\d?)\.? (?P<named>[A-Za-z]{3,9})\.?,?) (?P<named_year>\d{4})",
)
_DATE = "|".join((*_NUMBERS, *_NAMES))
_CLOCK = r"(?P<hour>\d\d?)[:.h](?P<minute>\d\d)(?P<rest>:\d\d)?(?:[.,]\d+)?"
_HALF = r"(?: *+(?P<half>[AaPp])\.?[Mm]\b\.?)?"
_ZONE = (
    r"(?P<utc>[Zz]|[Uu][Tt][Cc])"
    r"|(?P<prefix>UTC|GMT)?(?P<sign>[+-])(?P<hours>\d\d|\d(?!\d)):?(?P<minutes>\d\d)?"
    r"|(?P<zone>[A-Za-z][A-Za-z_/]{1,30})"
)
_LOOSE = re.compile(
    rf"(?P<date>{_DATE})(?:(?: at |[Tt, ]++)(?P<clock>{_CLOCK}){_HALF} *+(?:{_ZONE})?)?", re.ASCII
)
_TIME_OF_DAY = re.compile(r"(?=\d\d?:)" + _CLOCK + _HALF, re.ASCII)


class Reading(NamedTuple):
    """The parts of a time in our format.

    *clock* is empty for a date alone. *offset* is empty if there is none, or if *zone* has its
    name instead. *is_plain* means that only the offset is in another format.
    """

    day: str
    clock: str = ""
    offset: str = ""
    zone: str = ""
    is_plain: bool = False


def read(text: str) -> Reading | None:
    """Return the only reading of *text*, which is in another format than ours, or None."""
    match = _LOOSE.fullmatch(text.strip(" "))
    day = _day(match) if match else None
    if match is None or day is None:
        return None
    if match["clock"] is None:
        return Reading(day)
    clock = _clock(match)
    if clock is None:
        return None
    offset = "Z" if match["utc"] else ""
    if match["sign"]:
        offset = f"{match['sign']}{match['hours']:0>2}:{match['minutes'] or '00'}"
    is_plain = match["date"] == day and match["clock"] == clock and not match["half"]
    return Reading(day, clock, offset, match["zone"] or "", is_plain)


def time_of_day(text: str) -> str | None:
    """Return the time of day that is all of *text*, in our format, or None."""
    match = _TIME_OF_DAY.fullmatch(text)
    return _clock(match) if match else None


def offset_of(reading: Reading, zone: tzinfo) -> str | None:
    """Return the UTC offset that the zone name in *reading* stands for, or None.

    An abbreviation counts only if clocks in *zone*, the site's, show it at that time: CET means
    winter time, but is often used in summer.
    """
    with suppress(OSError, ValueError, LookupError):  # An unknown zone, or a date in no calendar.
        local = datetime.fromisoformat(f"{reading.day}T{reading.clock}")
        # Some file systems find a zone in any case, and suggestions must not depend on that.
        if "/" in reading.zone and reading.zone not in available_timezones():
            return None
        if "/" in reading.zone:
            moments = _both(local, ZoneInfo(reading.zone))
        else:
            moments = [one for one in _both(local, zone) if one.tzname() == reading.zone]
        offsets = {moment.utcoffset() for moment in moments}
        if len(offsets) == 1:  # An hour that clocks skip or repeat has two.
            return _written(offsets.pop())
    return None


def _both(local: datetime, zone: tzinfo) -> list[datetime]:
    """Return the moments before and after a clock change, which are the same at other times."""
    return [local.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]


def _written(offset: timedelta | None) -> str:
    minutes = int((offset or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _day(match: re.Match[str]) -> str | None:
    """Return the date in *match* in our format, or None if it has no reading or two."""
    year, month, day = match["year"], match["month"], match["day"]
    if match["last_year"]:
        year, day, month = match["last_year"], match["first"], match["second"]
        if match["mark"] != "." and int(day) <= 12 and int(month) <= 12 and day != month:
            return None
        if int(month) > 12:
            day, month = month, day
    elif match["named_year"]:
        year, day = match["named_year"], match["day_after"] or match["day_before"]
        month = _number(match["name"] or match["named"])
        if month is None:
            return None
    return f"{year}-{month:0>2}-{day:0>2}"


def _number(name: str) -> str | None:
    """Return the number of the month *name*, or None."""
    short = _FULL_MONTHS.get(name.title(), name.title())
    return str(_MONTHS.index(short) + 1) if short in _MONTHS else None


def _clock(match: re.Match[str]) -> str | None:
    """Return the time of day in *match*, or None if its hour is not valid with am or pm."""
    hour = int(match["hour"])
    if hour > 23 or int(match["minute"]) > 59:
        return None
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] in "Pp" else 0)
    return f"{hour:02}:{match['minute']}{match['rest'] or ''}"
