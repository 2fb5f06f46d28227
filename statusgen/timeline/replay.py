"""Replay of an incident's updates, to compute the severity of each service over time."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from statusgen import times
from statusgen.model import Incident, Severity, State, Update
from statusgen.problems import Level, quoted
from statusgen.timeline.timeline import (
    SETTLED,
    Severities,
    SeverityChange,
    Step,
    Timeline,
    UpdateProblem,
    moved_key,
    resolving_update,
    worst,
)


def trace(incident: Incident) -> Timeline:
    """Replay the updates (which must be in order) and automatic changes of *incident*."""
    tracer = _Tracer(incident)
    for event in _events(incident):
        tracer.apply(event)
    changes = (SeverityChange(at=at, severities=values) for at, values in tracer.changes.items())
    return Timeline(
        incident=incident,
        steps=tuple(tracer.steps),
        changes=tuple(changes),
        faults=tuple(tracer.faults),
    )


class _Event(Struct, frozen=True, kw_only=True):
    """An update, an automatic change of state, or (with neither) an early recovery."""

    at: datetime
    state: State | None = None
    update: Update | None = None
    index: int = -1


def _events(incident: Incident) -> list[_Event]:
    """Return the events of *incident* in order."""
    events = [
        _Event(at=update.at, state=update.state, update=update, index=index)
        for index, update in enumerate(incident.updates)
    ]
    if incident.starts is not None and incident.ends is not None:
        # After the first update in the window that sets a state, only updates change the state.
        written = (u.at for u in incident.updates if u.state and u.at >= incident.starts)
        first_written = min(written, default=None)
        for at, state in ((incident.starts, State.IN_PROGRESS), (incident.ends, State.COMPLETED)):
            if first_written is None or at < first_written:
                # Before any update at the same time, which refers to the new state.
                place = bisect_left(events, at, key=lambda event: event.at)
                events.insert(place, _Event(at=at, state=state))
    elif incident.resolved is not None:
        change = State.RESOLVED if resolving_update(incident) is None else None
        place = bisect_right(events, incident.resolved, key=lambda event: event.at)
        events.insert(place, _Event(at=incident.resolved, state=change))
    return events


class _Tracer:
    """Mutable state of a replay.

    *latest* has the last severity set for each service, which applies while the incident is open;
    *by_map*, the services whose severity came from a map; *overall*, the incident's last severity.
    """

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self.state = incident.kind.first_state
        self.has_recovered_early = False
        self.latest = {one.id: one.severity or incident.severity for one in incident.services}
        self.by_map = {one.id for one in incident.services if one.severity is not None}
        self.overall = incident.severity
        self.changes: dict[datetime, Severities] = {incident.started: self._current()}
        self.steps: list[Step] = []
        self.faults: list[UpdateProblem] = []
        self.ranks: Counter[datetime] = Counter()

    def apply(self, event: _Event) -> None:
        update = event.update
        if update is None and not self._may_change_to(event.state):
            self.changes[event.at] = self._current()
            return
        was_settled = self.state in SETTLED
        self.state = event.state or self.state
        if update is None and event.state is None:
            self.has_recovered_early = True
        elif was_settled and self.state not in SETTLED:
            self.has_recovered_early = False
        if update is not None:
            self._apply_update(update, event.index)
        current = self.changes[event.at] = self._current()
        if update is not None or event.state is not None:
            key = self._key(event)
            step = Step(at=event.at, key=key, state=self.state, severities=current, update=update)
            self.steps.append(step)

    def _may_change_to(self, state: State | None) -> bool:
        if state is State.IN_PROGRESS:
            return self.state is State.SCHEDULED
        if state is State.COMPLETED:
            return self.state in (State.IN_PROGRESS, State.VERIFYING)
        return self.state not in SETTLED

    def _current(self) -> Severities:
        """Return the severities in effect: the latest, or `none` while the incident is not open."""
        is_open = self.state not in (*SETTLED, State.SCHEDULED) and not self.has_recovered_early
        return dict(self.latest) if is_open else dict.fromkeys(self.latest, Severity.NONE)

    def _key(self, event: _Event) -> str:
        if event.update is None:
            return moved_key(self.incident.slug, event.state)
        rank = self.ranks[event.at]
        self.ranks[event.at] += 1
        return f"{self.incident.slug}:{times.written(event.at)}:{rank}"

    def _apply_update(self, update: Update, index: int) -> None:
        mapped = {one.id: one.severity for one in update.services if one.severity is not None}
        listed = [one.id for one in update.services if one.severity is None]
        if self.state in SETTLED:
            self._check_settled(update, mapped, index)
            for service in (*mapped, *listed):
                self.latest.setdefault(service, Severity.NONE)
            return
        initial, before = self._initial_severity(update), dict(self.latest)
        fixed = self.by_map | mapped.keys()
        free = [service for service in self.latest if service not in fixed]
        self.latest.update(mapped)
        self.by_map.update(mapped)
        if update.severity is not None:
            self.overall = update.severity
            self.latest.update(dict.fromkeys(free, update.severity))
        for service in listed:
            if self.latest.get(service, Severity.NONE) is Severity.NONE:
                self.latest[service] = initial
                self.by_map.discard(service)
                free.append(service)
        self._warn_about_unlisted(listed, before, index)
        if update.severity is None or free or not self.latest:
            return
        if not mapped or worst(self.latest.values()) is not update.severity:
            service = next(iter(mapped or self.latest))
            what = f"severity '{update.severity}' has no effect, as every service has its own"
            remedy = f"write services: {{{service}: {update.severity}}}"
            self._fault(index, "severity", f"{what}; {remedy}")

    def _initial_severity(self, update: Update) -> Severity:
        """Return the severity of a service that *update* adds in a list.

        It is the update's own severity, or else the incident's current one.
        """
        now = worst(self.latest.values())
        return update.severity or (self.overall if now is Severity.NONE else now)

    def _warn_about_unlisted(self, listed: list[str], before: Severities, index: int) -> None:
        if not listed:
            return
        named = set(listed)
        missing = [
            service
            for service, severity in before.items()
            if Severity.NONE not in (severity, self.latest[service]) and service not in named
        ]
        if missing:
            what = f"{quoted(missing[0])} is still affected although it is not in this list"
            remedy = f"if it has recovered, write {{{missing[0]}: none}}"
            self._fault(index, "services", f"{what}; {remedy}", Level.WARNING)

    def _check_settled(self, update: Update, mapped: Mapping[str, Severity], index: int) -> None:
        remedy = "remove it, or use another state"
        if update.severity not in (None, Severity.NONE):
            what = f"severity '{update.severity}' is not possible in state '{self.state}'"
            self._fault(index, "severity", f"{what}; {remedy}")
        if worst(mapped.values()) is not Severity.NONE:
            what = f"a service severity is not possible in state '{self.state}'"
            self._fault(index, "services", f"{what}; {remedy}")

    def _fault(self, update: int, key: str, message: str, level: Level = Level.ERROR) -> None:
        self.faults.append(UpdateProblem(update=update, key=key, message=message, level=level))
