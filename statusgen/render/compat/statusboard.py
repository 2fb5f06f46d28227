"""django-statusboard's v0.1 API as files below `api/v0.1/`: five collections and their objects.

The API has integer ids. Ours are the first 53 bits (the limit of JavaScript numbers) of the SHA-256
of the collection and the string id: the `id` of a group or service, or the id that all other
outputs use for a file or an update. Ids therefore need not be stored, do not depend on other files,
and are not reused after a deletion. If two collide, the string id that sorts last gets another
number, the same in every build. Ids are not chronological: collections are sorted by id, and the
`updates` of an incident are oldest first.

- `incident` has only incidents. Maintenance is in `maintenance` unless it was cancelled: the API
  could not distinguish it from upcoming maintenance. Notices are omitted, as they are never closed.
- Retired services are omitted, even from old incidents, so that every id resolves.
- `priority` decreases from `FIRST` by one per position in the settings. Retired services count, so
  that appending a service does not change the others.
- `created` of a service is its `since` or, if earlier, its first file; `modified` is its last
  update. Without either, both are in 1970.
- Names are unique in the API; services that share a name get their id appended.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias

from statusgen import times
from statusgen.ids import MAX_ID
from statusgen.markup import html
from statusgen.model import Collapse, Group, Kind, Service, Severity, State
from statusgen.render import Outputs, json_bytes
from statusgen.render.compat import statuspage_updates
from statusgen.site.view_models import IncidentView, ServiceView, Site, UpdateView

ROOT = "api/v0.1"
FIRST = 10_000  # priority; the size limit of settings allows fewer services
MAX_NAME = 255

_BITS = 53
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)
_COLLAPSES = {Collapse.NEVER: 0, Collapse.ALWAYS: 1, Collapse.WHEN_OPERATIONAL: 2}
_STATUSES = {
    Severity.NONE: 0,
    Severity.MAINTENANCE: 0,  # the API has no status for it
    Severity.DEGRADED: 1,
    Severity.PARTIAL: 2,
    Severity.MAJOR: 3,
}
_STATES = {
    State.INVESTIGATING: 0,
    State.IDENTIFIED: 1,
    State.MONITORING: 2,
    State.RESOLVED: 3,
}

_Object = dict[str, object]
# An object, or a record from which it is built when it is needed, as its text takes time.
_Entry: TypeAlias = "_Object | _Update | _Maintenance"


def outputs(site: Site) -> Outputs:
    """Return the root, the five collections, and a file for each of their objects."""
    collections = _Board(site).collections()
    root: _Object = {name: site.absolute(f"{ROOT}/{name}.json") for name in collections}
    files: Outputs = {f"{ROOT}/index.json": partial(json_bytes, root)}
    for name, objects in collections.items():
        ordered = [objects[number] for number in sorted(objects)]
        files[f"{ROOT}/{name}.json"] = partial(_collection, ordered)
        for number, one in objects.items():
            files[f"{ROOT}/{name}/{number}.json"] = partial(_instance, one)
    return files


def numbers(kind: str, ids: Iterable[str], *, bits: int = _BITS) -> dict[str, int]:
    """Return a distinct positive number of at most *bits* for each of *ids*.

    It depends only on *kind* and the id, unless two ids collide.
    """
    found: dict[str, int] = {}
    taken = {0}  # falsy in many languages
    for key in sorted(set(ids)):
        number, attempt = _number(f"{kind}:{key}", bits), 0
        while number in taken:
            attempt += 1
            number = _number(f"{kind}:{key}:{attempt}", bits)
        taken.add(number)
        found[key] = number
    return found


def _number(text: str, bits: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") >> (256 - bits)


def _collection(objects: Iterable[_Entry]) -> bytes:
    return json_bytes([_object(one) for one in objects])


def _instance(one: _Entry) -> bytes:
    return json_bytes(_object(one))


def _object(one: _Entry) -> _Object:
    return one.build() if isinstance(one, _Update | _Maintenance) else one


@dataclass(frozen=True, kw_only=True)
class _Update:
    """An update, and the numbers of it and its incident, which the original API omits."""

    number: int
    incident: int
    view: IncidentView
    update: UpdateView = field(compare=False)  # the one of *view* with this number

    def build(self) -> _Object:
        return {
            "id": self.number,
            "status": _STATES[self.update.state],
            "description": statuspage_updates.body(self.view, self.update),
            "created": times.written(self.update.at),
            "modified": times.written(self.update.at),
            "incident": self.incident,
        }


@dataclass(frozen=True, kw_only=True)
class _Maintenance:
    """Upcoming or past maintenance, with the last text that an author wrote."""

    number: int
    view: IncidentView

    def build(self) -> _Object:
        view = self.view
        written = next((one for one in view.updates if one.standard is None), None)
        latest = next(iter(view.updates), None)
        text = statuspage_updates.body(view, written) if written else html.to_text(view.body_html)
        if not text and latest:
            text = statuspage_updates.body(view, latest)
        return {
            "id": self.number,
            "name": view.title,
            "description": text,
            "created": times.written(view.started),
            "modified": times.written(_last(view)),
            "scheduled": times.written(view.dated),
        }


class _Board:
    """The objects of a site with their numbers."""

    def __init__(self, site: Site) -> None:
        current = [service for service in site.services if not service.is_retired]
        config = site.config
        self.zone = config.zone
        self.group_of = {one.id: config.service_by_id[one.id].group for one in current}
        used = set(self.group_of.values())
        groups = [group for group in config.groups if group.id in used]
        self.services = numbers("service", (service.id for service in current))
        self.groups = numbers("servicegroup", (group.id for group in groups))
        self.service_names = _unique(current)
        self.group_names = _unique(groups)
        self.service_ranks = _ranks(config.services)
        self.group_ranks = _ranks(config.groups)
        self.current = {service.id: service for service in current}
        self.shown_groups = groups
        self.incidents = [view for view in site.incidents if view.kind is Kind.INCIDENT]
        self.works = [one for one in site.incidents if one.is_maintenance and not one.is_cancelled]
        self.incident_numbers = numbers("incident", (view.id for view in self.incidents))
        self.update_numbers = numbers(
            "incidentupdate", (update.id for view in self.incidents for update in view.updates)
        )

    def collections(self) -> dict[str, dict[int, _Entry]]:
        """Return each object by collection and number."""
        works = numbers("maintenance", (view.id for view in self.works))
        return {
            "servicegroup": {
                self.groups[group.id]: self.group(group) for group in self.shown_groups
            },
            "service": {
                self.services[service.id]: self.service(service)
                for service in self.current.values()
            },
            "incident": {
                self.incident_numbers[view.id]: self.incident(view) for view in self.incidents
            },
            "incidentupdate": {
                self.update_numbers[update.id]: _Update(
                    number=self.update_numbers[update.id],
                    incident=self.incident_numbers[view.id],
                    view=view,
                    update=update,
                )
                for view in self.incidents
                for update in view.updates
            },
            "maintenance": {
                works[view.id]: _Maintenance(number=works[view.id], view=view)
                for view in self.works
            },
        }

    def group(self, group: Group) -> _Object:
        members = [one for one in self.current.values() if self.group_of[one.id] == group.id]
        return {
            "id": self.groups[group.id],
            "name": self.group_names[group.id],
            "collapse": _COLLAPSES[group.collapse],
            "priority": self.group_ranks[group.id],
            "services": sorted(self.services[service.id] for service in members),
            "created": times.written(min(self._created(one) for one in members)),
            "modified": times.written(max(self._modified(one) for one in members)),
        }

    def service(self, service: ServiceView) -> _Object:
        group = self.group_of[service.id]
        return {
            "id": self.services[service.id],
            "name": self.service_names[service.id],
            "description": service.description,
            "href": service.link or "",
            "status": _STATUSES[service.severity],
            "groups": [] if group is None else [self.groups[group]],
            "priority": self.service_ranks[service.id],
            "created": times.written(self._created(service)),
            "modified": times.written(self._modified(service)),
        }

    def incident(self, view: IncidentView) -> _Object:
        named = (self.services.get(affected.id) for affected in view.services)
        return {
            "id": self.incident_numbers[view.id],
            "name": view.title,
            "services": sorted(number for number in named if number is not None),
            "occurred": times.written(view.started),
            "created": times.written(view.started),
            "modified": times.written(_last(view)),
            "updates": [self.update_numbers[update.id] for update in reversed(view.updates)],
            "closed": not view.is_open,
        }

    def _created(self, service: ServiceView) -> datetime:
        known = [view.started for view in service.incidents]
        if service.since is not None:
            known.append(times.midnight(service.since, self.zone))
        return min(known, default=_UNKNOWN)

    def _modified(self, service: ServiceView) -> datetime:
        return max([self._created(service), *(_last(view) for view in service.incidents)])


def _last(view: IncidentView) -> datetime:
    """Return the time of the last update of *view*."""
    return view.updates[0].at if view.updates else view.started


def _ranks(ordered: Iterable[Service | Group]) -> dict[str, int]:
    return {one.id: max(0, FIRST - index) for index, one in enumerate(ordered)}


def _unique(named: Iterable[ServiceView | Group]) -> dict[str, str]:
    """Return a unique name for each id; names that occur more than once get the id appended."""
    names = {one.id: one.name for one in named}
    counts = Counter(names.values())
    room = MAX_NAME - MAX_ID - len(" ()")
    return {
        key: name if counts[name] == 1 else f"{name[:room]} ({key})" for key, name in names.items()
    }
