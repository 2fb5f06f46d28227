"""Maintenance calendars: `maintenance.ics` to subscribe to, and one file for each event.

Every date comes from the content, never from the time of the build, so that a calendar changes only
when its content does (RFC 5545).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from statusgen.markup import html
from statusgen.render import Outputs
from statusgen.site.view_models import Frame, IncidentView, Site

PATH = "maintenance.ics"
PAST_DAYS = 90

_CLOCK_STEPS = 2  # automatic updates per event, at most
_OCTETS = 75  # per line, without the line end
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")

# A calendar needs at least one component (section 3.6); some clients reject an empty one.
_NOTHING = (
    "BEGIN:VTIMEZONE",
    "TZID:Etc/UTC",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000",
    "TZOFFSETTO:+0000",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, kw_only=True)
class _Event:
    """A maintenance event with its window."""

    view: IncidentView
    starts: datetime
    ends: datetime

    @property
    def changed(self) -> datetime:
        """The time of the last update."""
        return self.view.updates[0].at if self.view.updates else self.view.started

    @property
    def end(self) -> datetime:
        """The actual or scheduled end; if maintenance overruns, the time of its last update.

        Cancelled maintenance keeps its window, to show which time is free again.
        """
        if self.view.is_cancelled:
            return self.ends
        end = self.view.ended or max(self.ends, self.changed)
        # DTEND must be later than DTSTART (section 3.8.2.2).
        return max(end, self.starts + timedelta(seconds=1))

    def is_after(self, moment: datetime) -> bool:
        """Return whether it is open, or its scheduled or actual end is not before *moment*."""
        return self.view.is_open or max(self.ends, self.end) >= moment


def outputs(site: Site) -> Outputs:
    """Return a calendar of recent and upcoming maintenance, and a file for each event."""
    events = {
        view.calendar_url: _Event(view=view, starts=view.starts, ends=view.ends)
        for view in site.incidents
        if view.calendar_url and view.starts and view.ends
    }
    first = site.now - timedelta(days=PAST_DAYS)
    recent = [event for event in events.values() if event.is_after(first)]
    files: Outputs = {PATH: partial(_subscription, site.frame, recent)}
    for path, event in events.items():
        files[path] = partial(_single, site.frame, event)
    return files


def _single(site: Frame, event: _Event) -> bytes:
    return _calendar(_lines(site, event))


def _subscription(site: Frame, events: Iterable[_Event]) -> bytes:
    lines = [line for event in events for line in _lines(site, event)]
    name = f"{site.title}: {site.language.say('kind.maintenance')}"
    # With a name, Outlook would create a new calendar; a file with one event has none.
    head = (
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    )
    return _calendar([*head, *(lines or _NOTHING)])


def _calendar(lines: Iterable[str]) -> bytes:
    """Return a calendar (section 3.4) with *lines*, without METHOD, which is for invitations."""
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//statusgen//statusgen//EN")
    whole = (*head, "CALSCALE:GREGORIAN", *lines, "END:VCALENDAR")
    return b"".join(_folded(line) for line in whole)


def _lines(site: Frame, event: _Event) -> Iterator[str]:
    """Yield the lines of an event (section 3.6.1)."""
    view = event.view
    changed = _moment(event.changed)
    yield "BEGIN:VEVENT"
    # The authority does not change when the site moves, so that clients keep the event.
    yield f"UID:{_text(f'{view.id}@{site.config.feed_authority}')}"
    yield f"DTSTAMP:{changed}"
    yield f"CREATED:{_moment(view.started)}"
    yield f"LAST-MODIFIED:{changed}"
    yield f"SEQUENCE:{_sequence(view)}"
    yield f"DTSTART:{_moment(event.starts)}"
    yield f"DTEND:{_moment(event.end)}"
    yield f"SUMMARY:{_text(view.title)}"
    description = "\n\n".join(_description(site, view))
    if description:
        yield f"DESCRIPTION:{_text(description)}"
    yield f"URL:{site.absolute(view.url)}"
    yield f"STATUS:{'CANCELLED' if view.is_cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    if view.services:
        yield f"CATEGORIES:{','.join(_text(service.name) for service in view.services)}"
    yield "END:VEVENT"


def _sequence(view: IncidentView) -> int:
    """Return the revision number of the event, which never decreases (section 3.8.7.4).

    An update that is added later can replace both automatic ones, and therefore counts for more.
    """
    written = sum(update.is_written for update in view.updates)
    return _CLOCK_STEPS * written + len(view.updates)


def _description(site: Frame, view: IncidentView) -> Iterator[str]:
    """Yield the text of the latest update, what the work is, and the affected services.

    The work is described by the first text that an author wrote: the announcement, or the body.
    """
    latest = view.updates[0].html if view.updates else ""
    if latest:
        yield html.to_text(latest)
    written = [update.html for update in view.updates if update.standard is None]
    work = written[-1] if written else view.body_html
    if work and work != latest:
        yield html.to_text(work)
    if view.services:
        names = ", ".join(service.name for service in view.services)
        yield f"{site.language.say('affected')}: {names}"


def _moment(moment: datetime) -> str:
    """Return *moment* as a date-time in UTC (section 3.3.5)."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Return *text* as an escaped value (section 3.3.11), on one line."""
    escaped = re.sub(r"[\\;,]", r"\\\g<0>", _BREAK.sub("\n", text))
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """Return *line* without control characters, folded to 75 octets (section 3.1)."""
    pieces, piece = [], b""
    for character in _CONTROL.sub("", line).replace("\n", ""):
        octets = character.encode()
        if len(piece) + len(octets) > _OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece, b""])
