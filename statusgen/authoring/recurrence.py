"""Occurrences of recurring maintenance, in local time across changes of the clock.

The rules are those of calendars (RFC 5545, section 3.3.10), without parts for times of day and for
the end.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice

from statusgen.authoring.edit import Window
from statusgen.model import Incident
from statusgen.problems import instead, likely, listed, quoted

MAX_TIMES = 120  # ten years of months, or two of weeks
EXAMPLE = "FREQ=MONTHLY;BYDAY=2TU"  # the second Tuesday of every month

_RULES = {"weekly": "FREQ=WEEKLY", "monthly": "FREQ=MONTHLY"}
_MONTHLY_END = 28  # Not every month has the days after it.
_HORIZON = timedelta(days=3653)  # ten years

_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_DAY_OF_MONTH = f"(?:[+-]?[1-5])?{_DAY}"
_INTERVAL = {"INTERVAL": "[1-9][0-9]?"}
_MONTHS = {"BYMONTH": "(?:1[0-2]|[1-9])"}
_BY_DAY = {**_INTERVAL, **_MONTHS, "BYDAY": _DAY, "WKST": _DAY}
_BY_MONTH = {
    **_INTERVAL,
    **_MONTHS,
    "BYDAY": _DAY_OF_MONTH,
    "BYMONTHDAY": "-?(?:3[01]|[12][0-9]|[1-9])",
    "BYSETPOS": "-?[1-9][0-9]?",
}
# The parts that a rule may have, by its frequency, each with the pattern of its values. Rules with
# others may have no occurrence at all, which dateutil finds out only in the year 9999.
_PARTS = {"DAILY": _BY_DAY, "WEEKLY": _BY_DAY, "MONTHLY": _BY_MONTH, "YEARLY": _BY_MONTH}
_SINGLE = {"INTERVAL", "WKST"}  # All others are lists.
_ENDS = {"COUNT", "UNTIL"}


def series(
    incident: Incident, rule: str, count: int, *, zone: tzinfo, length: timedelta | None = None
) -> list[Incident]:
    """Return the maintenance *incident* for each of the *count* `windows` of *rule*.

    Only the first one notifies subscribers of its announcement. Raises ValueError.
    """
    if incident.starts is None or incident.ends is None:
        raise ValueError("only maintenance has windows; use severity maintenance")
    if incident.starts <= incident.updates[0].at:
        raise ValueError("the first window has begun already; change --starts")
    window = (incident.starts, incident.ends)
    silent = tuple(replace(update, notify=False) for update in incident.updates)
    return [
        incident,
        *(
            replace(incident, starts=starts, ends=ends, updates=silent)
            for starts, ends in windows(rule, count, window, zone, length=length)[1:]
        ),
    ]


def windows(
    rule: str, count: int, first: Window, zone: tzinfo, *, length: timedelta | None = None
) -> list[Window]:
    """Return *count* windows, the *first* and those that *rule* repeats.

    They start and end at the same local time of *zone*; with *length*, they end that long after
    their start. A time that occurs twice means the first of the two. Raises ValueError if clocks
    skip one, or if the rule is invalid, does not begin with *first*, or ends too early.
    """
    starts, ends = (one.astimezone(zone).replace(tzinfo=None) for one in first)
    later = _local_times(rule, starts, count)[1:]
    pairs = [(start, start + (ends - starts)) for start in later]
    needed = later if length else [local for pair in pairs for local in pair]
    missing = [local for local in needed if not _exists(local, zone)]
    if missing:
        raise ValueError(_skipped(missing, zone))
    found = [first]
    for start, end in pairs:
        begin = _in_zone(start, zone)
        found.append((begin, begin + length if length else _in_zone(end, zone)))
    return found


def _in_zone(local: datetime, zone: tzinfo) -> datetime:
    """Return the moment of *local* in *zone*; the first one, if clocks show it twice."""
    return local.replace(tzinfo=zone).astimezone(UTC)


def _local_times(rule: str, starts: datetime, count: int) -> list[datetime]:
    """Return the first *count* local times of *rule*, which begin with *starts*."""
    from dateutil.rrule import rrulestr  # noqa: PLC0415, only recurring maintenance needs it

    text = _checked(rule, starts)
    try:
        rrule = rrulestr(text, dtstart=starts).replace(until=starts + _HORIZON)
        found = list(islice(rrule, count))
    except (ValueError, IndexError):
        raise ValueError(f"{quoted(rule)} is not a rule; write one such as {EXAMPLE}") from None
    if not found or found[0] != starts:
        what = f"the maintenance does not start on a day of the rule {quoted(rule)}"
        remedy = f"use {found[0]:%Y-%m-%d}" if found else "it has none in ten years"
        raise ValueError(f"{what}; {remedy}")
    if len(found) < count:
        what = f"{quoted(rule)} has only {len(found)} times in ten years"
        raise ValueError(f"{what}; use a smaller number, or another rule")
    return found


def _checked(rule: str, starts: datetime) -> str:
    """Return *rule* in upper case and without its name; raise ValueError if it is invalid."""
    if rule.lower() == "monthly" and starts.day > _MONTHLY_END:
        what = f"not every month has a day {starts.day}"
        raise ValueError(f"{what}; for the last day of each, write FREQ=MONTHLY;BYMONTHDAY=-1")
    text = _RULES.get(rule.lower(), rule.strip().upper().removeprefix("RRULE:"))
    pairs = [part.partition("=") for part in text.split(";")]
    values = {name: value for name, _, value in pairs}
    if "FREQ" not in values:
        remedy = f"write one such as {EXAMPLE}"
        if "=" not in rule:
            remedy = instead(rule, _RULES)
            if likely(rule, list(_RULES)) is None:
                remedy += f", or a rule such as {EXAMPLE}"
        raise ValueError(f"{quoted(rule)} is not a rule; {remedy}")
    if len(values) < len(pairs):
        raise ValueError(f"{quoted(rule)} has a part twice; remove one of them")
    if values["FREQ"] not in _PARTS:
        raise ValueError(f"{quoted(values['FREQ'])} is not a frequency; use {listed(_PARTS)}")
    for name, value in values.items():
        _check_part(name, value, values["FREQ"])
    return text


def _check_part(name: str, value: str, frequency: str) -> None:
    if name == "FREQ":
        return
    if name in _ENDS:
        raise ValueError(f"{name} is not supported; remove it, and give the number with --times")
    parts = _PARTS[frequency]
    if name not in parts:
        what = f"{quoted(name)} does not apply to FREQ={frequency}"
        raise ValueError(f"{what}; use {listed(parts)}")
    pattern = parts[name] if name in _SINGLE else f"{parts[name]}(?:,{parts[name]})*"
    if re.fullmatch(pattern, value, re.ASCII) is None:
        what = f"{quoted(value)} is not a value of {name} with FREQ={frequency}"
        raise ValueError(f"{what}; write a rule such as {EXAMPLE}")


def _exists(local: datetime, zone: tzinfo) -> bool:
    """Return whether clocks in *zone* show the time *local*."""
    return _in_zone(local, zone).astimezone(zone).replace(tzinfo=None) == local


def _skipped(missing: list[datetime], zone: tzinfo) -> str:
    times = listed((f"{one:%Y-%m-%d %H:%M}" for one in missing), "and")
    verb = "does" if len(missing) == 1 else "do"
    return f"{times} {verb} not exist because clocks change in {zone}; use another time"
