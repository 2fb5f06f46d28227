"""Every incident with all that the page tells of it, as JSON in our own words.

`api/incidents.json` has the last 12 months, `api/incidents/<year>.json` a whole year; `SCHEMA`
describes both (JSON Schema, draft 2020-12).
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from statusgen import times
from statusgen.model import Kind, Severity, State
from statusgen.render import Outputs
from statusgen.site.fact_tracking import Knowing
from statusgen.site.view_models import AffectedService, IncidentView, Site, UpdateView
from statusgen.timeline.timeline import SeverityInterval

PATH = "api/incidents.json"
VERSION = 1

_RECENT = timedelta(days=366)


def outputs(site: Site) -> Outputs:
    """The incidents of the last 12 months, and of each year that has some."""
    years: dict[int, list[IncidentView]] = {}
    recent = []
    today = times.day_of(site.now, site.config.zone)
    for view in site.incidents:
        day = times.day_of(view.dated, site.config.zone)
        years.setdefault(day.year, []).append(view)
        if day > today - _RECENT or view.is_open:
            recent.append(view)
    others = {year: f"api/incidents/{year}.json" for year in sorted(years, reverse=True)}
    records = _Records(site, frozenset(view.slug for view in recent))
    files: Outputs = {PATH: partial(records.document, recent, [*others.values()])}
    for year, path in others.items():
        files[path] = partial(records.document, years[year], [])
    return files


class _Records(Knowing):
    """The documents; the record of a *recent* file is made once for both that have it."""

    def __init__(self, site: Site, recent: frozenset[str]) -> None:
        self._site = site
        self._recent = recent
        self._made: dict[str, bytes] = {}  # by slug

    def document(self, views: Iterable[IncidentView], others: list[str]) -> bytes:
        """The records of *views*, and where those of *others* are."""
        return b"".join(self._pieces(views, others))

    def _pieces(self, views: Iterable[IncidentView], others: list[str]) -> Iterator[bytes]:
        head = {
            "version": VERSION,
            "title": self._site.title,
            "url": self._site.absolute(""),
            "timezone": str(self._site.config.zone),
        }
        yield b'%b,"incidents":[' % _json(head)[:-1]
        for number, view in enumerate(views):
            yield b"," if number else b""
            yield self._record(view)
        yield b'],"years":%b}\n' % _json([self._site.absolute(path) for path in others])

    def _record(self, view: IncidentView) -> bytes:
        # Of the site no facts go into it but what settings say, so that there is nothing to note.
        if view.slug in self._made:
            return self._made[view.slug]
        record = _json(_incident(self._site, view))
        if view.slug in self._recent:
            self._made[view.slug] = record
        return record


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _incident(site: Site, view: IncidentView) -> dict[str, object]:
    return {
        "id": view.id,
        "slug": view.slug,
        "url": site.absolute(view.url),
        "kind": view.kind,
        "title": view.title,
        "state": view.state,
        "severity": view.severity,
        "worst": view.worst,
        "open": view.is_open,
        "cancelled": view.is_cancelled,
        "pinned": view.pin,
        "started": _moment(site, view.started),
        "ended": _moment(site, view.ended),
        "seconds": view.seconds,
        "starts": _moment(site, view.starts),
        "ends": _moment(site, view.ends),
        "until": _moment(site, view.until),
        "services": [_touched(site, one) for one in view.services],
        "updates": [_update(site, view, update) for update in view.updates],
        "summary": view.body,
        "summary_html": view.body_html,
        "source": view.source,
        "extra": view.extra,
    }


def _touched(site: Site, touched: AffectedService) -> dict[str, object]:
    return {
        "id": touched.id,
        "name": touched.name,
        "severity": touched.severity,
        "worst": touched.worst,
        "spells": [_spell(site, spell) for spell in touched.spells],
    }


def _spell(site: Site, spell: SeverityInterval) -> dict[str, object]:
    return {
        "from": _moment(site, spell.start),
        "to": _moment(site, spell.end),
        "severity": spell.severity,
    }


def _update(site: Site, view: IncidentView, update: UpdateView) -> dict[str, object]:
    return {
        "id": update.id,
        "url": f"{site.absolute(view.url)}#{update.anchor}",
        "at": _moment(site, update.at),
        "state": update.state,
        "severity": update.severity,
        "services": update.severities,
        "written": update.is_written,
        "text": update.text,
        "html": update.html,
        "extra": update.extra,
    }


def _moment(site: Site, moment: datetime | None) -> str | None:
    return None if moment is None else times.written(moment, site.config.zone)


def _object(description: str, **keys: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object that has all of *keys* and no other."""
    return {
        "type": "object",
        "description": description,
        "properties": keys,
        "required": [*keys],
        "additionalProperties": False,
    }


def _of(kind: str, description: str, **more: object) -> dict[str, Any]:
    return {"type": kind, "description": description, **more}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


def _list(items: dict[str, Any], description: str) -> dict[str, Any]:
    return _of("array", description, items=items)


def _time(description: str) -> dict[str, Any]:
    return _of("string", f"{description} ISO 8601 with an offset.", format="date-time")


def _word(words: Iterable[str], description: str) -> dict[str, Any]:
    return _of("string", description, enum=[*words])


def _keys() -> Iterator[tuple[str, dict[str, Any]]]:
    """The keys of an incident, in the order in which they stand."""
    yield "id", _of("string", "The id in the Statuspage API.", pattern="^[a-z0-9]{12}$")
    yield "slug", _of("string", "The name of the file, part of its address.")
    yield "url", _of("string", "Its page.", format="uri")
    yield "kind", _word(Kind, "What the file is.")
    yield "title", _of("string", "One line.")
    yield "state", _word(State, "Where the work stands.")
    yield "severity", _word(Severity, "The worst of its services now.")
    yield "worst", _word(Severity, "The worst that it ever had.")
    yield "open", _of("boolean", "Whether it is going on.")
    yield "cancelled", _of("boolean", "Whether planned work was called off before it began.")
    yield "pinned", _of("boolean", "Whether it stays at the top of the front page.")
    yield "started", _time("When it began; of planned work, when it was announced.")
    yield "ended", _or_null(_time("When it was over; null before."))
    yield "seconds", _or_null(_of("integer", "How long it took; null before it is over."))
    yield "starts", _or_null(_time("Planned work: when its window opens."))
    yield "ends", _or_null(_time("Planned work: when its window closes."))
    yield "until", _or_null(_time("A notice: how long it is shown."))
    yield "services", _list(_SERVICE, "The services that it touches.")
    yield "updates", _list(_UPDATE, "What was said, newest first.")
    yield "summary", _of("string", "The summary or postmortem, Markdown; may be empty.")
    yield "summary_html", _of("string", "The same as safe HTML.")
    yield "source", _or_null(_of("string", "Where an import came from."))
    yield "extra", _of("object", "The site's own keys, which begin with x-.")


_SPELL = _object(
    "A time in which a service had one severity.",
    **{
        "from": _time("Its beginning."),
        "to": _or_null(_time("Its end; null while it lasts.")),
        "severity": _word(Severity, "What the service had."),
    },
)
_SERVICE = _object(
    "A service and how it went.",
    id=_of("string", "Its id."),
    name=_of("string", "Its name."),
    severity=_word(Severity, "What it has of this incident now."),
    worst=_word(Severity, "The worst that it had."),
    spells=_list(_SPELL, "In order; times without harm are left out."),
)
_UPDATE = _object(
    "A dated message.",
    id=_of("string", "Its id, which never changes.", pattern="^[a-z0-9]{12}$"),
    url=_of("string", "Its place on the page of the incident.", format="uri"),
    at=_time("When it was said."),
    state=_word(State, "Where the work stood from then on."),
    severity=_word(Severity, "The worst of the services from then on."),
    services=_of(
        "object",
        "What each service has from then on, by id.",
        additionalProperties=_word(Severity, "A severity."),
    ),
    written=_of("boolean", "False for a move of the clock, which nobody wrote."),
    text=_of("string", "What was said, in Markdown."),
    html=_of("string", "The same as safe HTML."),
    extra=_of("object", "The site's own keys, which begin with x-."),
)
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Incidents of a statusgen site",
    **_object(
        "api/incidents.json: the last 12 months and whatever is not over; "
        "api/incidents/<year>.json: a year.",
        version=_of("integer", "Changes when this schema changes its meaning.", const=VERSION),
        title=_of("string", "The name of the site."),
        url=_of("string", "The root of the site.", format="uri"),
        timezone=_of("string", "The IANA name of the site's zone."),
        incidents=_list(
            _object("An incident, maintenance or notice.", **dict(_keys())), "Newest first."
        ),
        years=_list(
            _of("string", "The file of a year.", format="uri"),
            "Newest first; empty in the file of a year.",
        ),
    ),
}
