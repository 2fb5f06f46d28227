"""Parsers for times and durations in options: absolute, without a date, or relative to now."""

import re
from datetime import date, datetime, timedelta

from statusgen import time_suggestions, times
from statusgen.authoring.compose import Workspace
from statusgen.problems import UsageError, quoted
from statusgen.schema import scalars

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
# At most four digits, so that no sum leaves the range of the calendar.
_DURATION = re.compile("".join(rf"(?:(\d{{1,4}}){unit})?" for unit in _UNITS), re.ASCII)
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_ONE_DIGIT = re.compile(r"\d:\d\d(?::\d\d)?", re.ASCII)


def time_of(option: str, text: str | None, workspace: Workspace) -> datetime | None:
    """Parse *text*, the value of *option*.

    A time without a date means today; `tomorrow 22:00` and `-10m` are relative to now.
    """
    if text is None:
        return None
    try:
        return _time(text, workspace)
    except ValueError as error:
        raise UsageError(f"{option} {error}") from None


def end_of(option: str, text: str | None, workspace: Workspace) -> datetime | None:
    """Parse *text* as `time_of` does; a day alone means its last second."""
    if text is None:
        return None
    try:
        day = _day(text, workspace) or times.parse_day(text)
        following = times.midnight(day + timedelta(days=1), workspace.config.zone)
        return following - timedelta(seconds=1)
    except ValueError:
        return time_of(option, text, workspace)


def duration_of(option: str, text: str | None) -> timedelta | None:
    """Parse *text*, the value of *option*, as a duration such as `90m` or `1h30m`."""
    if text is None:
        return None
    duration = _duration(text)
    if duration is None:
        what = f"{option} {quoted(text)} is not a duration"
        raise UsageError(f"{what}; write one such as 90m, 2h or 1d12h")
    if not duration:
        raise UsageError(f"{option} {quoted(text)} is not longer than zero; use a longer one")
    return duration


def _time(text: str, workspace: Workspace) -> datetime:
    now, zone = workspace.now, workspace.config.zone
    if text == "now":
        return now
    duration = _duration(text[1:] if text[:1] in ("+", "-") else text)
    if duration is not None and text[:1] not in ("+", "-"):
        what = f"{quoted(text)} is a duration"
        raise ValueError(f"{what}; write -{text} for the past, +{text} for the future")
    if duration is not None:
        time = now - duration if text[0] == "-" else now + duration
        return scalars.moment(times.written(time), zone)  # It checks the year.
    word, _, clock = text.partition(" ")
    day = _day(word, workspace)
    if day is None:
        day, clock = times.day_of(now, zone), text
    elif not clock:
        raise ValueError(f"{quoted(text)} has no time of day; write '{word} 09:05'")
    prefix = text.removesuffix(clock)
    clock = f"0{clock}" if _ONE_DIGIT.fullmatch(clock) else clock
    found = time_suggestions.time_of_day(clock)
    if found is None and prefix:
        raise ValueError(f"{quoted(text)} is not a time; write one such as '{word} 09:05'")
    if found is not None and found != clock:
        raise ValueError(f"{quoted(text)} is not a time; did you mean {prefix}{found}?")
    return scalars.moment(text if found is None else f"{day} {found}", zone)


def _day(word: str, workspace: Workspace) -> date | None:
    """Return the day in the site's time zone that *word* stands for, or None."""
    if word not in _DAYS:
        return None
    today = times.day_of(workspace.now, workspace.config.zone)
    return today + timedelta(days=_DAYS[word])


def _duration(text: str) -> timedelta | None:
    match = _DURATION.fullmatch(text) if text else None
    if match is None:
        return None
    numbers = zip(_UNITS.values(), match.groups(default="0"), strict=True)
    return timedelta(**{unit: int(number) for unit, number in numbers})
