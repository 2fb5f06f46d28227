"""Parsers for times, durations and maintenance windows in options.

Times are absolute, without a date, or relative to now.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from statusgen import time_suggestions, times
from statusgen.authoring.compose import Workspace
from statusgen.authoring.edit import Window
from statusgen.model import Incident, State
from statusgen.problems import UsageError, quoted
from statusgen.schema import scalars
from statusgen.timeline import replay
from statusgen.timeline.timeline import SETTLED

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_ONE_DIGIT = re.compile(r"\d:\d\d(?::\d\d)?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class WindowOptions:
    """The options that move the window of maintenance, as typed."""

    starts: str | None
    ends: str | None
    duration: str | None

    @property
    def is_given(self) -> bool:
        """True if at least one of the options is given."""
        return (self.starts, self.ends, self.duration) != (None, None, None)


def window_of(options: WindowOptions, incident: Incident, workspace: Workspace) -> Window | None:
    """Return the window of *incident* after a move by *options*, or None if there are none.

    A new start without an end keeps the length. Raises UsageError.
    """
    if not options.is_given:
        return None
    if incident.starts is None or incident.ends is None:
        what = f"{quoted(incident.slug)} is {incident.kind.noun} and has no window"
        raise UsageError(f"{what}; leave out --starts, --ends and --for")
    length = duration_of("--for", options.duration)
    if length is not None and options.ends is not None:
        raise UsageError("--for and --ends both give the end; remove one of them")
    starts = time_of("--starts", options.starts, workspace) or incident.starts
    if options.starts is not None or length is not None:
        ends = starts + (length or incident.ends - incident.starts)
    else:
        ends = incident.ends
    ends = time_of("--ends", options.ends, workspace) or ends
    if ends <= starts:
        raise UsageError("the window would end before it starts; change --starts or --ends")
    return (starts, ends)


def state_after_move(incident: Incident, window: Window, moment: datetime) -> State | None:
    """Return the state to set at *moment* with a move of *incident* to *window*, or None if none.

    Maintenance that an update began is scheduled again before its new start. Raises UsageError if
    the maintenance is completed, or would be.
    """
    starts, ends = window
    moved = replace(incident, starts=starts, ends=ends)
    state = replay.trace(moved).until(moment).state
    if ends <= moment:
        what = "this window ends in the past"
        raise UsageError(f"{what}; to complete it, run: statusgen resolve {incident.slug}")
    if state in SETTLED:
        what = f"{quoted(incident.slug)} is completed; announce new maintenance with: statusgen new"
        raise UsageError(f"{what}, or add --state to open it again")
    return State.SCHEDULED if state is not State.SCHEDULED and moment < starts else None


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
    duration = times.parse_duration(text)
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
    duration = times.parse_duration(text[1:] if text[:1] in ("+", "-") else text)
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
