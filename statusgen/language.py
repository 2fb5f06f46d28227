"""The words of the page and the way dates, times and numbers are written in a language."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from string import Formatter

from babel import Locale
from babel.dates import format_date, format_time

from statusgen.problems import instead, listed, quoted

# Every message of the page by its name, in English.
ENGLISH: Mapping[str, str] = {
    # Severities, of a service or an incident.
    "severity.none": "Operational",
    "severity.maintenance": "Under maintenance",
    "severity.degraded": "Degraded performance",
    "severity.partial": "Partial outage",
    "severity.major": "Major outage",
    # The banner, for the worst severity of all services.
    "banner.none": "All systems operational",
    "banner.maintenance": "Maintenance in progress",
    "banner.degraded": "Some systems are slow or impaired",
    "banner.partial": "Partial outage",
    "banner.major": "Major outage",
    "banner.open": "An incident is open",
    "banner.services": "Affected: {services}",
    # States.
    "state.investigating": "Investigating",
    "state.identified": "Identified",
    "state.monitoring": "Monitoring",
    "state.resolved": "Resolved",
    "state.scheduled": "Scheduled",
    "state.in_progress": "In progress",
    "state.verifying": "Verifying",
    "state.completed": "Completed",
    # Kinds of files.
    "kind.incident": "Incident",
    "kind.maintenance": "Maintenance",
    "kind.notice": "Notice",
    "cancelled": "Cancelled",
    # What stands where nobody wrote anything.
    "standard.investigating": "We are investigating.",
    "standard.identified": "The cause has been found.",
    "standard.monitoring": "We are watching the situation.",
    "standard.resolved": "This incident has been resolved.",
    "standard.ended": "This notice no longer applies.",
    "standard.scheduled": "Maintenance has been scheduled.",
    "standard.in_progress": "Scheduled maintenance is in progress.",
    "standard.verifying": "We are verifying the result of the maintenance.",
    "standard.completed": "The scheduled maintenance has been completed.",
    # Headings and labels.
    "open": "Open now",
    "in_progress": "Maintenance in progress",
    "upcoming": "Coming maintenance",
    "notices": "Notices",
    "pinned": "Pinned",
    "services": "Services",
    "other_services": "Other services",
    "past": "Past incidents",
    "no_incidents": "No incidents.",
    "nothing_yet": "Nothing has been reported.",
    "history": "History",
    "history.title": "Incident history",
    "history.all": "All months",
    "history.count": "Number of reports",
    "summary": "Summary",
    "updates": "Updates",
    "updates.all": "All {n} updates",
    "affected": "Affected services",
    "started": "Started",
    "announced": "Announced",
    "window": "Window",
    "duration": "Duration",
    "month": "Month",
    "year": "{year}",
    "incidents_of": "Incidents of the last 12 months",
    "incidents_in": "Incidents in {year}",
    "earlier_years": "Earlier years",
    "retired": "In use until {day}",
    "link": "More about {service}",
    "feed": "Feed",
    "feed.of": "Feed of {service}",
    "feed.all": "Updates",
    "days.title": "The last {days} days of {service}",
    "days.ago": "{days} days ago",
    "days.today": "Today",
    "days.day": "{day}: {severity}",
    "uptime": "{percent} uptime",
    "uptime.none": "No data yet",
    "uptime.note": (
        "Uptime of the last {days} days is worked out from the incidents reported here; it is"
        " reported, not measured. {weights}"
    ),
    "uptime.weight": "{severity} counts {percent}.",
    "page.title": "{page} – {site}",
    "skip": "Skip to content",
    "home": "Current status",
    "times": "Times are in {zone}.",
    "made_with": "Made with {name}",
    "moved": "This incident has a page of its own.",
    "not_found": "Page not found",
    "not_found.text": "There is no page here. The current status is on the front page.",
    # Durations, in the two largest units.
    "duration.days": "{n} d",
    "duration.hours": "{n} h",
    "duration.minutes": "{n} min",
    "duration.seconds": "{n} s",
}

_CATALOGUES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}

LANGUAGES = tuple(_CATALOGUES)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with another wording of a message: with its name, or with its text."""

    message: str
    is_of_name: bool = False


def fault(name: str, text: str) -> Fault | None:
    """What is wrong with *text* as another wording of the message *name*, or None."""
    if name not in ENGLISH:
        what = f"{quoted(name)} is not a message of the page; {_instead(name)}"
        return Fault(message=what, is_of_name=True)
    try:
        fields = list(Formatter().parse(text))
    except ValueError:
        return Fault(message="a brace stands alone; write '{{' or '}}' for a brace")
    if any(spec or conversion for _, _, spec, conversion in fields):
        return Fault(message="there is more than a name in braces; write only the name")
    if not text:
        return Fault(message="the text is empty; write some, or leave the message out")
    used = _placeholders(text)
    allowed = _placeholders(ENGLISH[name])
    if used <= allowed:
        return None
    what = f"{quoted('{' + min(used - allowed) + '}')} is not filled in here"
    words = ["{" + word + "}" for word in sorted(allowed)]
    return Fault(message=f"{what}; {f'write {listed(words)}' if words else 'leave it out'}")


def _instead(name: str) -> str:
    close = instead(name, ENGLISH)
    return close if close.startswith("did") else "the README lists them"


def _placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


class Language:
    """Words, dates and numbers of one language; *messages* stand in for the catalogue's."""

    def __init__(self, code: str, messages: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.locale = Locale.parse(code, sep="-")
        self.direction = self.locale.text_direction
        self._messages = {**ENGLISH, **_CATALOGUES[code], **(messages or {})}

    def say(self, name: str, /, **values: object) -> str:
        """The message *name* with *values* filled in; raises LookupError for an unknown name."""
        if name not in self._messages:
            raise LookupError(f"{quoted(name)} is not a message of the page; {_instead(name)}")
        return self._messages[name].format(**values)

    def date(self, day: datetime.date) -> str:
        """*day* in words: `20 November 2026`, in the order of the language."""
        return format_date(day, "long", locale=self.locale)

    def month(self, day: datetime.date) -> str:
        """The month of *day* and its year."""
        return format_date(day, "LLLL y", locale=self.locale)

    def moment(self, moment: datetime.datetime, zone: datetime.tzinfo) -> str:
        """*moment* with its day, in *zone*, with the zone's abbreviation."""
        local = moment.astimezone(zone)
        return f"{format_date(local, 'medium', locale=self.locale)}, {self.time(moment, zone)}"

    def time(self, moment: datetime.datetime, zone: datetime.tzinfo) -> str:
        """The time of day of *moment* in *zone*, with the zone's abbreviation."""
        local = moment.astimezone(zone)
        return f"{format_time(local, 'HH:mm', locale=self.locale)} {local.tzname()}"

    def percent(self, share: Fraction, digits: int = 2) -> str:
        """*share* per cent with *digits* decimals, rounded down, so that 100 % means all of it."""
        scale = 10**digits
        whole = int(share * 100 * scale)
        number = f"{whole // scale}.{whole % scale:0{digits}d}" if digits else str(whole)
        symbol = self.locale.number_symbols["latn"]["decimal"]
        return number.replace(".", symbol) + "%"

    def percent_exactly(self, share: Fraction) -> str:
        """*share*, which has at most six decimals, per cent with as many as it has."""
        digits = next(n for n in range(5) if share * 10 ** (n + 2) == int(share * 10 ** (n + 2)))
        return self.percent(share, digits)

    def duration(self, seconds: int) -> str:
        """*seconds* in the two largest units that count: `2 h 10 min`."""
        if seconds < 60:
            return self.say("duration.seconds", n=seconds)
        minutes = seconds // 60
        parts = (
            ("duration.days", minutes // 1440),
            ("duration.hours", minutes // 60 % 24),
            ("duration.minutes", minutes % 60),
        )
        first = next(place for place, (_, count) in enumerate(parts) if count)
        return " ".join(self.say(name, n=n) for name, n in parts[first : first + 2] if n)
