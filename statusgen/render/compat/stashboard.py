"""Stashboard's v1 read API as files: a tree below `api/v1/`, repeated below `admin/api/v1/`.

In Stashboard, the status of a service is that of its newest event. An event therefore has the
severity of the service across all incidents, and simultaneous events agree. An incident has an
event for its start, each update and its end, for each service that it names; maintenance has none
before it starts, and then says what its author wrote. A service begins with an event at its
`since`, because some clients crash on a service without events. A notice has informational events,
like a note without a status in Stashboard. Retired services are omitted.

The `sid` of an event is derived from the file, the update and the service. Status ids and names are
fixed, because clients compare them. The images are the icons in the root of the site.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property, partial
from itertools import groupby

from statusgen import times
from statusgen.ids import id12
from statusgen.markup import html
from statusgen.model import Group, Icon, Kind, Service, Severity, State
from statusgen.render import Outputs, json_bytes
from statusgen.render.compat import statuspage_updates
from statusgen.site.view_models import Frame, IncidentView, ServiceView, Site, UpdateView
from statusgen.timeline.timeline import worst
from statusgen.timeline.uptime import Day

BASES = ("api/v1", "admin/api/v1")
LEVELS = ("NORMAL", "WARNING", "ERROR", "CRITICAL")

# Old widgets print messages as HTML. A "<" before a space does not start a tag.
_TAG = re.compile("<(?=[A-Za-z/!?])")

_Object = dict[str, object]
_Builder = Callable[[], _Object]


@dataclass(frozen=True, kw_only=True)
class _Status:
    """The Stashboard status for a severity."""

    id: str
    name: str
    description: str
    level: str


_STATUSES = {
    Severity.NONE: _Status(
        id="up",
        name="Up",
        description="The service is operational.",
        level="NORMAL",
    ),
    Severity.MAINTENANCE: _Status(
        id="maintenance",
        name="Maintenance",
        description="The service is under maintenance.",
        level="NORMAL",
    ),
    Severity.DEGRADED: _Status(
        id="warning",
        name="Warning",
        description="The service is degraded.",
        level="WARNING",
    ),
    Severity.PARTIAL: _Status(
        id="partial",
        name="Partial outage",
        description="The service is partially unavailable.",
        level="ERROR",
    ),
    Severity.MAJOR: _Status(
        id="down",
        name="Down",
        description="The service is unavailable.",
        level="CRITICAL",
    ),
}

# Stashboard's names for the pictures that its statuses usually have.
_IMAGES = {
    Icon.TICK_CIRCLE: Severity.NONE,
    Icon.INFORMATION: Severity.NONE,
    Icon.WRENCH: Severity.MAINTENANCE,
    Icon.HARD_HAT: Severity.MAINTENANCE,
    Icon.EXCLAMATION: Severity.DEGRADED,
    Icon.CROSS_OCTAGON: Severity.PARTIAL,
    Icon.CROSS_CIRCLE: Severity.MAJOR,
}


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """An entry in the history of *view*, with the *severities* of its services from then on.

    *view* is None for the beginning of a service. *text* replaces that of *update*, which is the
    one of *view* with the same *id*, or None if the entry is not an update.
    """

    view: IncidentView | None
    at: datetime
    id: str
    severities: Mapping[str, Severity]
    update: UpdateView | None = field(default=None, compare=False)
    text: str = ""

    @property
    def slug(self) -> str:
        """The file of the entry, or `since`."""
        return self.view.slug if self.view else "since"

    @cached_property
    def message(self) -> str:
        """The plain text, which is harmless when inserted as HTML."""
        text = self.text
        if not text and self.view and self.update:
            text = statuspage_updates.body(self.view, self.update)
        return _TAG.sub("< ", text)


@dataclass(frozen=True, kw_only=True)
class _Event:
    """An event for one service; *severity* is that of the service across all incidents."""

    entry: _Entry
    service: str
    severity: Severity
    is_change: bool

    @property
    def sid(self) -> str:
        """The id, which does not depend on other updates."""
        return f"{self.entry.slug}-{self.entry.id}-{self.service}"


@dataclass(frozen=True, kw_only=True)
class _Service:
    """A service with its group and its newest event."""

    service: Service
    group: Group | None
    event: _Event | None


def outputs(site: Site) -> Outputs:
    """Return every object and list in the API, below each base."""
    events = _events(site)
    files: Outputs = {}
    for base in BASES:
        for path, build in _files(site, _Objects(frame=site.frame, base=base), events):
            files[f"{base}/{path}.json"] = partial(_json, build)
    return files


def _files(
    site: Site, objects: "_Objects", events: Mapping[str, Sequence[_Event]]
) -> Iterator[tuple[str, _Builder]]:
    """Yield the path of each file below the base, and a function that builds its content."""
    # In code-point order of their names.
    shown = (service for service in site.services if not service.is_retired)
    current = sorted(shown, key=lambda service: (service.name, service.id))
    group_of = {service.id: site.config.service_by_id[service.id].group for service in current}
    used = {*group_of.values()}
    groups = sorted(
        (group for group in site.config.groups if group.id in used),
        key=lambda group: (group.name, group.id),
    )
    by_id = {group.id: group for group in groups}
    services = {
        service.id: _Service(
            service=site.config.service_by_id[service.id],
            group=by_id.get(group_of[service.id] or ""),
            event=next(reversed(events.get(service.id, ())), None),
        )
        for service in current
    }
    yield "levels", objects.levels
    yield "status-images", objects.images
    yield "statuses", objects.statuses
    for severity, status in _STATUSES.items():
        yield f"statuses/{status.id}", partial(objects.status, severity)
    yield "service-lists", partial(objects.lists, groups)
    for group in groups:
        yield f"service-lists/{group.id}", partial(objects.group_list, group)
    yield "services", partial(objects.services, [*services.values()])
    for service in current:
        path, own = f"services/{service.id}", events.get(service.id, ())
        yield path, partial(objects.service, services[service.id])
        yield f"{path}/calendar", partial(objects.calendar, service)
        yield f"{path}/events", partial(objects.list_of_events, own)
        for event in own:
            yield f"{path}/events/{event.sid}", partial(objects.event, event)
        if own:
            yield f"{path}/events/current", partial(objects.event, own[-1])


def _json(build: _Builder) -> bytes:
    return json_bytes(build())


def _events(site: Site) -> dict[str, list[_Event]]:
    """Return the events of each service, oldest first."""
    entries = [one for view in site.incidents for one in _entries(view, site)]
    # The sort is stable: updates of one file at the same time keep their order.
    entries.sort(key=lambda one: (one.at, one.view.id if one.view else "", one.slug))
    severities: dict[str, dict[str, Severity]] = {}
    events: dict[str, list[_Event]] = {}
    for _, moment in groupby(entries, key=lambda one: one.at):
        together = list(moment)
        for entry in together:
            _apply(entry, severities)
        for entry in together:
            for service in entry.severities:
                own = events.setdefault(service, [])
                severity = worst(severities[service].values())
                is_change = severity is not (own[-1].severity if own else Severity.NONE)
                event = _Event(entry=entry, service=service, severity=severity, is_change=is_change)
                own.append(event)
    for one in site.services:
        start = _start(one, site)
        own = events.get(one.id, [])
        if start and (not own or start.entry.at < own[0].entry.at):
            events[one.id] = [start, *own]
    return events


def _start(service: ServiceView, site: Site) -> _Event | None:
    """Return the event for the `since` of *service*, or None if it is unset or in the future."""
    at = statuspage_updates.begun(service, site)
    if at is None:
        return None
    entry = _Entry(
        view=None,
        at=at,
        id=id12("since", service.id),
        severities={service.id: Severity.NONE},
        text=_STATUSES[Severity.NONE].description,
    )
    return _Event(entry=entry, service=service.id, severity=Severity.NONE, is_change=True)


def _apply(entry: _Entry, severities: dict[str, dict[str, Severity]]) -> None:
    """Apply *entry* to *severities*, which are by service and file."""
    for service, severity in entry.severities.items():
        by_file = severities.setdefault(service, {})
        if severity is Severity.NONE:
            by_file.pop(entry.slug, None)
        else:
            by_file[entry.slug] = severity


def _entries(view: IncidentView, site: Site) -> list[_Entry]:
    """Return the entries for *view*, in order; maintenance has none before it starts."""
    has_begun = not view.is_maintenance
    found = list(_implicit(view, site)) if view.kind is Kind.INCIDENT else []
    plan = html.to_text(view.body_html)
    for update in reversed(view.updates):
        is_running = update.state in (State.IN_PROGRESS, State.VERIFYING)
        has_begun = has_begun or is_running
        if update.standard is None:
            plan = statuspage_updates.body(view, update)
        if has_begun:
            one = _Entry(
                view=view,
                at=update.at,
                id=update.id,
                severities=update.severities,
                update=update,
                text=plan if is_running else "",
            )
            found.append(one)
    return sorted(found, key=lambda one: one.at)


def _implicit(view: IncidentView, site: Site) -> Iterator[_Entry]:
    """Yield the start and the recoveries in an incident that no update reports."""
    update_times = {update.at for update in view.updates}
    opening: dict[str, Severity] = {}
    recoveries: dict[datetime, dict[str, Severity]] = {}
    for service in view.services:
        for spell in service.spells:
            if spell.start == view.started and spell.start not in update_times:
                opening[service.id] = spell.severity
            if spell.end is not None and spell.end not in update_times:
                recoveries.setdefault(spell.end, {})[service.id] = Severity.NONE
    if opening:
        key = id12("opening", view.slug)
        yield _Entry(view=view, at=view.started, id=key, severities=opening, text=view.title)
    standard = statuspage_updates.sentence("standard.resolved")
    for at, severities in recoveries.items():
        key = id12("recovery", f"{view.slug}:{times.written(at)}")
        yield _Entry(view=view, at=at, id=key, severities=severities, text=standard)


@dataclass(frozen=True, kw_only=True)
class _Objects:
    """The objects of the API; each `url` begins with *base*, like the URL of the request."""

    frame: Frame
    base: str

    def url(self, path: str) -> str:
        return self.frame.absolute(f"{self.base}/{path}.json")

    def levels(self) -> _Object:
        return {"levels": [*LEVELS]}

    def images(self) -> _Object:
        return {"images": [self.image(name) for name in _IMAGES]}

    def services(self, services: Iterable[_Service]) -> _Object:
        return {"services": [self.service(one) for one in services]}

    def service(self, one: _Service) -> _Object:
        return {
            "name": one.service.name,
            "id": one.service.id,
            "description": one.service.description,
            "url": self.url(f"services/{one.service.id}"),
            "list": None if one.group is None else self.group_list(one.group),
            "current-event": self.event(one.event) if one.event else None,
        }

    def list_of_events(self, events: Sequence[_Event]) -> _Object:
        return {"events": [self.event(event) for event in reversed(events)]}

    def event(self, event: _Event) -> _Object:
        # `format_datetime` is English in every locale, unlike `strftime`.
        at = event.entry.at.astimezone(UTC)
        return {
            "sid": event.sid,
            "timestamp": format_datetime(at, usegmt=True),
            "message": event.entry.message,
            "informational": not event.is_change,
            "url": self.url(f"services/{event.service}/events/{event.sid}"),
            "status": self.status(event.severity),
        }

    def statuses(self) -> _Object:
        ordered = sorted(_STATUSES, key=lambda severity: _STATUSES[severity].name)
        return {"statuses": [self.status(severity) for severity in ordered]}

    def status(self, severity: Severity) -> _Object:
        status = _STATUSES[severity]
        return {
            "name": status.name,
            "id": status.id,
            "description": status.description,
            "default": severity is Severity.NONE,
            "level": status.level,
            "image": self._picture(severity),
            "url": self.url(f"statuses/{status.id}"),
        }

    def lists(self, groups: Iterable[Group]) -> _Object:
        return {"lists": [self.group_list(group) for group in groups]}

    def group_list(self, group: Group) -> _Object:
        return {
            "name": group.name,
            "id": group.id,
            "description": group.description,
            "url": self.url(f"service-lists/{group.id}"),
        }

    def image(self, icon: Icon) -> _Object:
        return {"name": icon, "icon_set": "statusgen", "url": self._picture(_IMAGES[icon])}

    def calendar(self, service: ServiceView) -> _Object:
        """Return the days of *service*, today first; a day with any impact is marked."""
        return {"days": [self._day(day) for day in reversed(service.days)]}

    def _day(self, day: Day) -> _Object:
        severity = day.severity or Severity.NONE
        return {
            "information": severity is not Severity.NONE,
            "image": self._picture(severity),
            "day": day.date.isoformat(),
        }

    def _picture(self, severity: Severity) -> str:
        return self.frame.absolute(f"favicon-{severity}.svg")
