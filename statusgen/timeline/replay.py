"""Replay the updates of an incident into the severity of each service over time."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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
    """Follow *incident* through its updates, which must be in time order, and the clock."""
    tracer = _Tracer(incident)
    for happening in _happenings(incident):
        tracer.take(happening)
    changes = (SeverityChange(at=at, severities=values) for at, values in tracer.changes.items())
    return Timeline(
        incident=incident,
        steps=tuple(tracer.steps),
        changes=tuple(changes),
        faults=tuple(tracer.faults),
    )


@dataclass(frozen=True, kw_only=True)
class _Happening:
    """An update, a move that nobody wrote, or (with neither) the services being well early."""

    at: datetime
    state: State | None = None
    update: Update | None = None
    index: int = -1


def _happenings(incident: Incident) -> list[_Happening]:
    """All that happens to *incident*, in order."""
    happenings = [
        _Happening(at=update.at, state=update.state, update=update, index=index)
        for index, update in enumerate(incident.updates)
    ]
    if incident.starts is not None and incident.ends is not None:
        # From the first update in the window that gives a state, only updates move the work.
        written = (u.at for u in incident.updates if u.state and u.at >= incident.starts)
        taken = min(written, default=None)
        for at, state in ((incident.starts, State.IN_PROGRESS), (incident.ends, State.COMPLETED)):
            if taken is None or at < taken:
                # The clock strikes first: an update of that very moment speaks of the new state.
                place = bisect_left(happenings, at, key=lambda happening: happening.at)
                happenings.insert(place, _Happening(at=at, state=state))
    elif incident.resolved is not None:
        move = State.RESOLVED if resolving_update(incident) is None else None
        place = bisect_right(happenings, incident.resolved, key=lambda happening: happening.at)
        happenings.insert(place, _Happening(at=incident.resolved, state=move))
    return happenings


class _Tracer:
    """What holds while an incident is followed; the state has to live somewhere meanwhile."""

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self.state = incident.kind.first_state
        self.is_well_early = False
        self.kept = {one.id: one.severity or incident.severity for one in incident.services}
        self.by_map = {one.id for one in incident.services if one.severity is not None}
        self.stated = incident.severity
        self.changes: dict[datetime, Severities] = {incident.started: self._felt()}
        self.steps: list[Step] = []
        self.faults: list[UpdateProblem] = []
        self.ranks: Counter[datetime] = Counter()

    def take(self, happening: _Happening) -> None:
        update = happening.update
        if update is None and not self._may_move(happening.state):
            self.changes[happening.at] = self._felt()
            return
        was_settled = self.state in SETTLED
        self.state = happening.state or self.state
        if update is None and happening.state is None:
            self.is_well_early = True
        elif was_settled and self.state not in SETTLED:
            self.is_well_early = False
        if update is not None:
            self._apply(update, happening.index)
        felt = self.changes[happening.at] = self._felt()
        if update is not None or happening.state is not None:
            key = self._key(happening)
            step = Step(at=happening.at, key=key, state=self.state, severities=felt, update=update)
            self.steps.append(step)

    def _may_move(self, state: State | None) -> bool:
        if state is State.IN_PROGRESS:
            return self.state is State.SCHEDULED
        if state is State.COMPLETED:
            return self.state in (State.IN_PROGRESS, State.VERIFYING)
        return self.state not in SETTLED

    def _felt(self) -> Severities:
        """What the services feel: what is kept of them, but nothing while the file is not open."""
        is_felt = self.state not in (*SETTLED, State.SCHEDULED) and not self.is_well_early
        return dict(self.kept) if is_felt else dict.fromkeys(self.kept, Severity.NONE)

    def _key(self, happening: _Happening) -> str:
        if happening.update is None:
            return moved_key(self.incident.slug, happening.state)
        rank = self.ranks[happening.at]
        self.ranks[happening.at] += 1
        return f"{self.incident.slug}:{times.written(happening.at)}:{rank}"

    def _apply(self, update: Update, index: int) -> None:
        given = {one.id: one.severity for one in update.services if one.severity is not None}
        listed = [one.id for one in update.services if one.severity is None]
        if self.state in SETTLED:
            self._check_settled(update, given, index)
            for service in (*given, *listed):
                self.kept.setdefault(service, Severity.NONE)
            return
        joins, before = self._joining_severity(update), dict(self.kept)
        held = self.by_map | given.keys()
        free = [service for service in self.kept if service not in held]
        self.kept.update(given)
        self.by_map.update(given)
        if update.severity is not None:
            self.stated = update.severity
            self.kept.update(dict.fromkeys(free, update.severity))
        for service in listed:
            if self.kept.get(service, Severity.NONE) is Severity.NONE:
                self.kept[service] = joins
                self.by_map.discard(service)
                free.append(service)
        self._warn_of_left_out(listed, before, index)
        if update.severity is None or free or not self.kept:
            return
        if not given or worst(self.kept.values()) is not update.severity:
            self._fault(index, "severity", _ASK_FOR_MAP.format(update.severity))

    def _joining_severity(self, update: Update) -> Severity:
        """What a list gives a service: the update's severity, else what the incident has now."""
        now = worst(self.kept.values())
        return update.severity or (self.stated if now is Severity.NONE else now)

    def _warn_of_left_out(self, listed: list[str], before: Severities, index: int) -> None:
        if not listed:
            return
        named = set(listed)
        left = [
            service
            for service, severity in before.items()
            if Severity.NONE not in (severity, self.kept[service]) and service not in named
        ]
        if left:
            what = f"{quoted(left[0])} is still affected, though this list leaves it out"
            remedy = f"to say that it recovered, write a map: {{{left[0]}: none}}"
            self._fault(index, "services", f"{what}; {remedy}", Level.WARNING)

    def _check_settled(self, update: Update, given: Mapping[str, Severity], index: int) -> None:
        severity = update.severity or Severity.NONE
        if severity is not Severity.NONE:
            what = f"severity '{severity}' where the state is '{self.state}', which ends it"
            self._fault(index, "severity", f"{what}; remove it, or write another state")
        if worst(given.values()) is not Severity.NONE:
            what = f"services get a severity where the state is '{self.state}', which ends it"
            self._fault(index, "services", f"{what}; remove it, or write another state")

    def _fault(self, update: int, key: str, message: str, level: Level = Level.ERROR) -> None:
        self.faults.append(UpdateProblem(update=update, key=key, message=message, level=level))


_ASK_FOR_MAP = (
    "severity '{}' moves no service, because maps have set them all;"
    " write the services as a map such as {{api: degraded}}"
)
