"""The incidents API: every incident with everything that its page shows, as JSON.

`api/incidents.json` covers the last 12 months, and `api/incidents/<year>.json` one year; `SCHEMA`
describes both (JSON Schema, draft 2020-12).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from statusgen import times
from statusgen.markup.html import with_pictures_at
from statusgen.model import Kind, Severity, State
from statusgen.render import Outputs
from statusgen.site.view_models import AffectedService, Frame, IncidentView, Site, UpdateView
from statusgen.timeline.timeline import SeverityInterval

PATH = "api/incidents.json"
VERSION = 1

_RECENT = timedelta(days=366)


def outputs(site: Site) -> Outputs:
    """Return the file for the last 12 months, and one for each year with incidents."""
    years: dict[int, list[IncidentView]] = {}
    recent = []
    for view in site.incidents:
        day = times.day_of(view.dated, site.config.zone)
        years.setdefault(day.year, []).append(view)
        if day > site.today - _RECENT or view.is_open:
            recent.append(view)
    year_paths = {year: f"api/incidents/{year}.json" for year in sorted(years, reverse=True)}
    records = _Records(site.frame, frozenset(view.slug for view in recent))
    files: Outputs = {PATH: partial(records.document, recent, [*year_paths.values()])}
    for year, path in year_paths.items():
        files[path] = partial(records.document, years[year], [])
    return files


@dataclass(frozen=True)
class _Records:
    """The documents; a *recent* incident is encoded once for the two that contain it."""

    frame: Frame
    recent: frozenset[str] = field(compare=False)
    encoded: dict[str, bytes] = field(default_factory=dict, compare=False)  # by slug

    def document(self, views: Iterable[IncidentView], year_paths: list[str]) -> bytes:
        """Return the document with *views* as records, and the addresses of *year_paths*."""
        return b"".join(self._pieces(views, year_paths))

    def _pieces(self, views: Iterable[IncidentView], year_paths: list[str]) -> Iterator[bytes]:
        head = {
            "version": VERSION,
            "title": self.frame.title,
            "url": self.frame.absolute(""),
            "timezone": str(self.frame.config.zone),
        }
        yield b'%b,"incidents":[' % _json(head)[:-1]
        for number, view in enumerate(views):
            yield b"," if number else b""
            yield self._record(view)
        yield b'],"years":%b}\n' % _json([self.frame.absolute(path) for path in year_paths])

    def _record(self, view: IncidentView) -> bytes:
        if view.slug in self.encoded:
            return self.encoded[view.slug]
        record = _json(_incident(self.frame, view))
        if view.slug in self.recent:
            self.encoded[view.slug] = record
        return record


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _incident(site: Frame, view: IncidentView) -> dict[str, object]:
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
        "services": [_service(site, service) for service in view.services],
        "updates": [_update(site, view, update) for update in view.updates],
        "summary": view.body,
        "summary_html": with_pictures_at(site.absolute(""), view.body_html),
        "source": view.source,
        "extra": view.extra,
    }


def _service(site: Frame, service: AffectedService) -> dict[str, object]:
    return {
        "id": service.id,
        "name": service.name,
        "severity": service.severity,
        "worst": service.worst,
        "spells": [_spell(site, spell) for spell in service.spells],
    }


def _spell(site: Frame, spell: SeverityInterval) -> dict[str, object]:
    return {
        "from": _moment(site, spell.start),
        "to": _moment(site, spell.end),
        "severity": spell.severity,
    }


def _update(site: Frame, view: IncidentView, update: UpdateView) -> dict[str, object]:
    return {
        "id": update.id,
        "url": f"{site.absolute(view.url)}#{update.anchor}",
        "at": _moment(site, update.at),
        "state": update.state,
        "severity": update.severity,
        "services": update.severities,
        "written": update.is_written,
        "text": update.text,
        "html": with_pictures_at(site.absolute(""), update.html),
        "extra": update.extra,
    }


def _moment(site: Frame, moment: datetime | None) -> str | None:
    return None if moment is None else times.written(moment, site.config.zone)


def _object(description: str, **keys: dict[str, Any]) -> dict[str, Any]:
    """Return the schema for an object that requires all of *keys* and allows no others."""
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
    """Yield the keys of an incident with their schemas, in order."""
    yield "id", _of("string", "Id, the same as in the Statuspage API.", pattern="^[a-z0-9]{12}$")
    yield "slug", _of("string", "File name without .md; part of its address.")
    yield "url", _of("string", "Address of its page.", format="uri")
    yield "kind", _word(Kind, "Kind.")
    yield "title", _of("string", "Title, one line.")
    yield "state", _word(State, "Current state.")
    yield "severity", _word(Severity, "Worst severity of its services now.")
    yield "worst", _word(Severity, "Worst severity it ever had.")
    yield "open", _of("boolean", "Whether it is open.")
    yield "cancelled", _of("boolean", "Whether maintenance was cancelled before it started.")
    yield "pinned", _of("boolean", "Whether it is pinned to the front page.")
    yield "started", _time("Start; for maintenance, when it was announced.")
    yield "ended", _or_null(_time("End; null until it is over."))
    yield "seconds", _or_null(_of("integer", "Duration in seconds; null until it is over."))
    yield "starts", _or_null(_time("Maintenance: start of the window."))
    yield "ends", _or_null(_time("Maintenance: end of the window."))
    yield "until", _or_null(_time("Notice: when it stops being shown."))
    yield "services", _list(_SERVICE, "Affected services.")
    yield "updates", _list(_UPDATE, "Updates, newest first.")
    yield "summary", _of("string", "Summary or postmortem, in Markdown; may be empty.")
    yield "summary_html", _of("string", "The same as sanitized HTML.")
    yield "source", _or_null(_of("string", "Where it was imported from."))
    yield "extra", _of("object", "Keys of your own (`x-…`).")


_SPELL = _object(
    "Period in which a service had one severity.",
    **{
        "from": _time("Start."),
        "to": _or_null(_time("End; null while it lasts.")),
        "severity": _word(Severity, "Severity in this period."),
    },
)
_SERVICE = _object(
    "An affected service.",
    id=_of("string", "Id of the service."),
    name=_of("string", "Name of the service."),
    severity=_word(Severity, "Its current severity in this incident."),
    worst=_word(Severity, "Its worst severity."),
    spells=_list(_SPELL, "Periods with impact, in order."),
)
_UPDATE = _object(
    "An update.",
    id=_of("string", "Id, which never changes.", pattern="^[a-z0-9]{12}$"),
    url=_of("string", "Its permalink.", format="uri"),
    at=_time("Its time."),
    state=_word(State, "State from then on."),
    severity=_word(Severity, "Worst severity from then on."),
    services=_of(
        "object",
        "Severity of each service from then on, by its id.",
        additionalProperties=_word(Severity, "A severity."),
    ),
    written=_of("boolean", "False if the clock, not a person, changed the state."),
    text=_of("string", "Text, in Markdown."),
    html=_of("string", "The same as sanitized HTML."),
    extra=_of("object", "Keys of your own (`x-…`)."),
)
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Incidents of a statusgen site",
    **_object(
        "api/incidents.json: the last 12 months and all open incidents; "
        "api/incidents/<year>.json: one year.",
        version=_of("integer", "Changes when fields change their meaning.", const=VERSION),
        title=_of("string", "Title of the site."),
        url=_of("string", "Address of the site.", format="uri"),
        timezone=_of("string", "Time zone of the site (IANA name)."),
        incidents=_list(
            _object("An incident, maintenance or notice.", **dict(_keys())),
            "Incidents, newest first.",
        ),
        years=_list(
            _of("string", "Address of a yearly file.", format="uri"),
            "Addresses of the yearly files, newest first; empty in those files.",
        ),
    ),
}
