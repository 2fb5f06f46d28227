"""Components, incidents and schedules of Cachet in one shape, and their conversion to records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from statusgen.importers.folders.source_times import parse_time
from statusgen.importers.json_reader import JsonError
from statusgen.importers.records.record import IncidentRecord, RecordUpdate
from statusgen.importers.services import SourceService
from statusgen.model import Severity, State
from statusgen.problems import quoted

FIXED = 4
COMPLETE = 2  # of a schedule
PUBLIC = 1  # the visibility of what everybody may see

_STATES = {
    1: State.INVESTIGATING,
    2: State.IDENTIFIED,
    3: State.MONITORING,
    FIXED: State.RESOLVED,
}
_STATUSES = {
    1: Severity.NONE,
    2: Severity.DEGRADED,
    3: Severity.PARTIAL,
    4: Severity.MAJOR,
    6: Severity.NONE,  # under maintenance, during an incident
}
_LENGTH = timedelta(hours=2)  # of maintenance without an end


@dataclass(frozen=True, kw_only=True)
class Component:
    """A component; *group* is the name of its group, and *order* its place on the page."""

    id: str
    name: str
    description: str = ""
    group: str | None = None
    order: tuple[int, int] = (0, 0)


@dataclass(frozen=True, kw_only=True)
class EntryUpdate:
    """An update as it is written; times have no zone."""

    message: str
    created: str
    status: int = 0


@dataclass(frozen=True, kw_only=True)
class CachetEntry:
    """An incident, or with *scheduled* maintenance; times have no zone.

    *components* has the status of each component during the incident, by id; 0 if it is unknown.
    """

    id: str
    name: str
    message: str
    status: int
    created: str
    updated: str = ""
    occurred: str = ""
    scheduled: str = ""
    completed: str = ""
    is_pinned: bool = False
    components: Mapping[str, int] = field(default_factory=dict)
    updates: Sequence[EntryUpdate] = ()


@dataclass(frozen=True, kw_only=True)
class EntryReader:
    """A converter from entries to records, with times in *zone*.

    *severity* is for incidents whose components have no known status.
    """

    components: Mapping[str, Component]
    zone: tzinfo
    severity: Severity

    def incident(self, entry: CachetEntry) -> IncidentRecord:
        """Return the record for the incident *entry*; raise JsonError if it is invalid."""
        started = self._time(entry.occurred or entry.created)
        is_over = entry.status == FIXED
        # The status is the latest one, so the first message has it only if there is no other.
        state = None if entry.updates or is_over else _STATES.get(entry.status)
        opening = RecordUpdate(at=started, text=entry.message, state=state)
        remarks: list[str] = []
        services = {
            self.components[one].name: self._severity(status, remarks)
            for one, status in entry.components.items()
            if one in self.components
        }
        return IncidentRecord(
            key=entry.id,
            stem=entry.id,
            name=f"incident {entry.id} {quoted(entry.name)}",
            title=entry.name,
            severity=self.severity,
            services=services,
            started=started,
            updates=(opening, *map(self._update, self._in_order(entry.updates))),
            is_over=is_over,
            modified=self._time(entry.updated) if entry.updated else None,
            pin=entry.is_pinned,
            redirect_from=(f"incidents/{entry.id}",),
            remarks=tuple(remarks),
        )

    def schedule(self, entry: CachetEntry) -> IncidentRecord:
        """Return the record for the maintenance *entry*; raise JsonError if it is invalid."""
        starts = self._time(entry.scheduled)
        remarks = []
        if entry.completed:
            ends = self._time(entry.completed)
        else:
            ends = starts + _LENGTH
            remarks.append("its maintenance has no end; using two hours after the start")
        created = self._time(entry.created)
        names = [self.components[one].name for one in entry.components if one in self.components]
        updates = map(self._update, self._in_order(entry.updates))
        return IncidentRecord(
            key=f"schedule-{entry.id}",
            stem=f"schedule-{entry.id}",
            name=f"schedule {entry.id} {quoted(entry.name)}",
            title=entry.name,
            severity=Severity.MAINTENANCE,
            services=dict.fromkeys(names, Severity.MAINTENANCE),
            started=created,
            updates=(RecordUpdate(at=created, text=entry.message), *updates),
            starts=starts,
            ends=ends,
            redirect_from=(f"schedules/{entry.id}",),
            remarks=tuple(remarks),
        )

    def services(self) -> list[SourceService]:
        """Return the components as services, in the order of the page."""
        return [
            SourceService(name=one.name, group=one.group, description=one.description)
            for one in sorted(self.components.values(), key=lambda one: (*one.order, one.id))
        ]

    def _severity(self, status: int, remarks: list[str]) -> Severity:
        if status in _STATUSES or not status:
            return _STATUSES.get(status, self.severity)
        remarks.append(f"component status {status} is not known; using {self.severity}")
        return self.severity

    def _in_order(self, updates: Sequence[EntryUpdate]) -> list[EntryUpdate]:
        """Return *updates* from the first to the last; version 3 lists the newest first."""
        times = [self._time(one.created) for one in updates]
        is_reversed = bool(times) and times[0] > times[-1]
        return [*updates[::-1]] if is_reversed else [*updates]

    def _update(self, update: EntryUpdate) -> RecordUpdate:
        at = self._time(update.created)
        return RecordUpdate(at=at, text=update.message, state=_STATES.get(update.status))

    def _time(self, text: str) -> datetime:
        found = parse_time(text, self.zone)
        if found is None:
            raise JsonError(f"{quoted(text)} is not a time")
        return found
