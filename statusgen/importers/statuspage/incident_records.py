"""Read incidents and components in Statuspage's JSON.

The public files and the API with a key have the same shapes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from statusgen import times
from statusgen.importers.json_reader import JsonError, JsonMap
from statusgen.importers.names import folded
from statusgen.importers.records.record import IncidentRecord, RecordUpdate
from statusgen.importers.services import SourceService
from statusgen.model import Severity, State
from statusgen.problems import quoted
from statusgen.schema import scalars

_STATES = {str(state): state for state in State}
_STATUSES = {
    "operational": Severity.NONE,
    "under_maintenance": Severity.NONE,  # of a component during an incident
    "degraded_performance": Severity.DEGRADED,
    "partial_outage": Severity.PARTIAL,
    "major_outage": Severity.MAJOR,
}
_IMPACTS = {
    "none": Severity.NONE,
    "maintenance": Severity.NONE,  # of an incident; maintenance has a window
    "minor": Severity.DEGRADED,
    "major": Severity.PARTIAL,
    "critical": Severity.MAJOR,
}
_OVER = ("resolved", "postmortem", "completed")


class Components:
    """The components of a page, by code, with the name of the service for each."""

    def __init__(self, components: Iterable[JsonMap], groups: Iterable[JsonMap] = ()) -> None:
        found = {one.text("id"): one for one in components}
        is_group = {code: one.flag("group") for code, one in found.items()}
        group_maps = [*groups, *(one for code, one in found.items() if is_group[code])]
        self._groups = {one.text("id"): one for one in group_maps}
        leaves = [one for code, one in found.items() if not is_group[code]]
        self._listed = sorted(leaves, key=self._position)
        self.names = self._names()

    def services(self) -> list[SourceService]:
        """Return the components as services, in the order of the page."""
        return [
            SourceService(
                name=self.names[one.text("id")],
                group=self._group_of(one),
                description=one.text("description") if one.has("description") else "",
                since=_day(one),
            )
            for one in self._listed
        ]

    def name(self, component: JsonMap, key: str) -> str:
        """Return the name of the service for *component*, whose code is its *key*."""
        code = component.text(key)
        return self.names.get(code) or component.text("name")

    def _names(self) -> dict[str, str]:
        """Return the names by code; equal names get the name of their group."""
        count = Counter(folded(one.text("name")) for one in self._listed)
        names: dict[str, str] = {}
        for one in self._listed:
            name, group = one.text("name"), self._group_of(one)
            is_unique = count[folded(name)] == 1
            names[one.text("id")] = name if is_unique or not group else f"{name} ({group})"
        return names

    def _group_of(self, component: JsonMap) -> str | None:
        code = component.text("group_id") if component.has("group_id") else ""
        group = self._groups.get(code)
        return group.text("name") if group else None

    def _position(self, component: JsonMap) -> tuple[int, int, str]:
        code = component.text("group_id") if component.has("group_id") else ""
        own = component.number("position")
        group = self._groups.get(code)
        return (group.number("position") if group else own, own, component.text("id"))


def read_record(incident: JsonMap, components: Components) -> IncidentRecord:
    """Return the record for *incident*, which has all its updates; raise JsonError if invalid."""
    code = incident.text("id")
    try:
        scalars.record_id(code)
    except ValueError:
        raise JsonError(f"id: {quoted(code)} is not a code of Statuspage") from None
    remarks: list[str] = []
    shown = _in_order([*incident.maps("incident_updates")])
    updates = [_update(one, components, remarks) for one in shown]
    is_maintenance = incident.has("scheduled_for")
    impact = _IMPACTS.get(_word(incident, "impact"), Severity.NONE)
    effects = [one for update in updates for one in update.severities.values()]
    named = {components.name(one, "id"): impact for one in incident.maps("components")}
    services = dict(updates[0].severities) if updates else {}
    severity = impact
    if is_maintenance:
        severity = Severity.MAINTENANCE
        names = [*named, *(name for one in updates for name in one.severities)]
        services = dict.fromkeys(names, severity)
    elif not any(one is not Severity.NONE for one in effects):
        services = named
    elif impact is Severity.NONE:
        severity = Severity.DEGRADED  # What its components say wins.
    created = incident.moment("created_at")
    return IncidentRecord(
        key=code,
        stem=code,
        id=code,
        name=f"{code} {quoted(incident.text('name'))}",
        title=incident.text("name"),
        severity=severity,
        services=services,
        started=min([created, *(one.at for one in updates[:1])]),
        updates=tuple(updates),
        is_over=True if _is_over(incident, updates) else None,
        ended=_moment(incident, "resolved_at") if _is_over(incident, updates) else None,
        modified=_moment(incident, "updated_at"),
        starts=_moment(incident, "scheduled_for"),
        ends=_moment(incident, "scheduled_until") or _moment(incident, "scheduled_for"),
        body=_postmortem(incident),
        remarks=tuple(remarks),
        version=version_of(incident),
    )


def version_of(incident: JsonMap) -> str:
    """Return the time of the last change to *incident* as one word, empty if unknown."""
    at = _moment(incident, "updated_at")
    return f"{at:%Y%m%d%H%M%S}" if at else ""


def zone_of(page: JsonMap) -> tuple[str, tzinfo, list[str]]:
    """Return the name of the time zone of *page*, the zone, and remarks."""
    name = _word(page, "time_zone") or "UTC"
    if name == "Etc/UTC":
        name = "UTC"
    try:
        return (name, scalars.zone(name), [])
    except ValueError:
        return ("UTC", ZoneInfo("UTC"), [f"time zone {quoted(name)} is not known; using UTC"])


def _is_over(incident: JsonMap, updates: Sequence[RecordUpdate]) -> bool:
    """Return whether *incident* is over, although no update says so."""
    stated = next((one.state for one in reversed(updates) if one.state), None)
    return _word(incident, "status") in _OVER and stated not in (State.RESOLVED, State.COMPLETED)


def _in_order(updates: Sequence[JsonMap]) -> list[JsonMap]:
    """Return *updates*, which are newest first, from the first to the last."""
    oldest_first = updates[::-1]  # The order of the list decides between equal times.
    return sorted(
        oldest_first,
        key=lambda one: (_shown_at(one), _moment(one, "created_at") or _shown_at(one)),
    )


def _shown_at(update: JsonMap) -> datetime:
    return update.moment("display_at" if update.has("display_at") else "created_at")


def _update(update: JsonMap, components: Components, remarks: list[str]) -> RecordUpdate:
    severities = {}
    for one in update.maps("affected_components"):
        status = _word(one, "new_status")
        if status not in _STATUSES:
            remarks.append(f"component status {quoted(status)} is not known")
            continue
        severities[components.name(one, "code")] = _STATUSES[status]
    code = _word(update, "id")
    try:
        code = scalars.record_id(code)
    except ValueError:
        code = ""
    return RecordUpdate(
        at=_shown_at(update),
        text=update.text("body") if update.has("body") else "",
        state=_STATES.get(_word(update, "status")),
        severities=severities,
        id=code or None,
    )


def _postmortem(incident: JsonMap) -> str:
    """Return the postmortem of *incident*, empty unless it was published."""
    is_published = incident.has("postmortem_published_at") and incident.has("postmortem_body")
    return incident.text("postmortem_body") if is_published else ""


def _moment(incident: JsonMap, name: str) -> datetime | None:
    return incident.moment(name) if incident.has(name) else None


def _word(incident: JsonMap, name: str) -> str:
    return incident.text(name) if incident.has(name) else ""


def _day(component: JsonMap) -> date | None:
    try:
        return times.parse_day(_word(component, "start_date"))
    except ValueError:
        return None
