"""Records of an incident over time: the effect of its updates, and severity intervals.

`replay.trace` replays a whole incident; `Timeline.until` truncates the result. Everything
that depends on severity over time (page, bars, percentages, feeds, JSON) uses these records.
Intervals are half-open, in whole seconds.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from statusgen.ids import id12
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import Level

SETTLED = (State.RESOLVED, State.COMPLETED)

Severities = Mapping[str, Severity]
Interval = tuple[int, int, Severity]  # start and end (exclusive) in seconds since 1970


class Step(Struct, frozen=True, kw_only=True, dict=True):
    """The state and severities from *at* on.

    *update* is None if the clock or `resolved` changed the state. *key* identifies the step by its
    file and time, and does not change when updates at other times are inserted.
    """

    at: datetime
    key: str
    state: State
    severities: Severities
    update: Update | None

    @cached_property
    def id(self) -> str:
        """The 12-character id of the update in the API and feeds."""
        pinned = self.update.id if self.update else None
        return pinned or id12("update", self.key)


class SeverityChange(Struct, frozen=True, kw_only=True):
    """The severities of all affected services from *at* on."""

    at: datetime
    severities: Severities


class SeverityInterval(Struct, frozen=True, kw_only=True, array_like=True):
    """A period during which a service had one severity; *end* is None if it is ongoing."""

    start: datetime
    end: datetime | None
    severity: Severity

    @property
    def seconds(self) -> int | None:
        """The duration in seconds; None if it is ongoing."""
        return None if self.end is None else int((self.end - self.start).total_seconds())

    def span(self, now: datetime) -> Interval | None:
        """Return the part up to *now* in whole seconds, or None if it is empty."""
        start, stop = seconds(self.start), seconds(min(self.end or now, now))
        return (start, stop, self.severity) if start < stop else None


class UpdateProblem(Struct, frozen=True, kw_only=True):
    """A problem with a key in an update; *update* is the update's index in the file."""

    update: int
    key: str
    message: str
    level: Level = Level.ERROR


class Timeline(Struct, frozen=True, kw_only=True, dict=True):
    """An incident over time: its steps, severity changes and problems, in order."""

    incident: Incident
    steps: tuple[Step, ...]
    changes: tuple[SeverityChange, ...]
    faults: tuple[UpdateProblem, ...] = ()

    def until(self, now: datetime) -> "Timeline":
        """Return the timeline without the steps and changes after *now*."""
        return Timeline(
            incident=self.incident,
            steps=tuple(step for step in self.steps if step.at <= now),
            changes=tuple(change for change in self.changes if change.at <= now),
        )

    @property
    def state(self) -> State:
        """The state after the last step."""
        return self.steps[-1].state if self.steps else self.incident.kind.first_state

    @property
    def severities(self) -> Severities:
        """The last severity of every service."""
        return self.changes[-1].severities if self.changes else {}

    @property
    def severity(self) -> Severity:
        """The worst of the services' last severities."""
        return worst(self.severities.values())

    @property
    def worst(self) -> Severity:
        """The worst severity of an incident; for maintenance and notices, the file's severity."""
        if self.incident.kind is not Kind.INCIDENT:
            return self.incident.severity
        return worst([self.incident.severity, *self.worsts.values()])

    @cached_property
    def worsts(self) -> Severities:
        """The worst severity that each service ever had, in order of first mention."""
        found = dict.fromkeys(self.severities, Severity.NONE)
        if self.incident.kind is Kind.INCIDENT:
            opening = {
                one.id: one.severity or self.incident.severity for one in self.incident.services
            }
            found.update(opening)
        # Of several updates at the same time, only the last is a change, but all are steps.
        maps = [one.severities for one in self.changes] + [one.severities for one in self.steps]
        for severities in maps:
            for service, severity in severities.items():
                if severity.rank > found[service].rank:
                    found[service] = severity
        return found

    @property
    def is_open(self) -> bool:
        """True if the incident is not resolved, or the maintenance is in progress."""
        if self.incident.kind is Kind.NOTICE:
            return False
        if self.incident.kind is Kind.MAINTENANCE:
            return self.state in (State.IN_PROGRESS, State.VERIFYING)
        return self.state is not State.RESOLVED

    @property
    def is_cancelled(self) -> bool:
        """True if maintenance was cancelled before it started."""
        starts = self.incident.starts
        return starts is not None and self.ended is not None and self.ended < starts

    @property
    def ended(self) -> datetime | None:
        """The time from which its services stayed operational; None if it has not ended."""
        ended = None
        for step in reversed(self.steps):
            if step.state not in SETTLED:
                break
            ended = step.at
        resolving = resolving_update(self.incident)
        if ended is None or self.incident.resolved is None or resolving is None:
            return ended
        is_its_own = self.incident.updates[resolving.update].at == ended
        return min(ended, self.incident.resolved) if is_its_own else ended

    @property
    def stretches(self) -> list[tuple[datetime, datetime | None]]:
        """The periods during which it was open; the end is None if it still is.

        Maintenance counts from the start of its window. Reopened incidents have several periods.
        """
        first = self.incident.starts or self.incident.started
        resolving = resolving_update(self.incident)
        last = self.incident.updates[resolving.update] if resolving else None
        since = None if self.incident.kind is Kind.MAINTENANCE else first
        found: list[tuple[datetime, datetime | None]] = []
        for step in self.steps:
            is_open = step.state not in (*SETTLED, State.SCHEDULED)
            if since is None and is_open:
                since = max(step.at, first)
            elif since is not None and not is_open:
                early = self.incident.resolved if step.update and step.update is last else None
                end = min(step.at, early or step.at)
                found += [(since, end)] if since < end else []
                since = None
        return found if since is None else [*found, (since, None)]

    def spells(self, service: str) -> Iterator[SeverityInterval]:
        """Yield the periods during which *service* was affected, in order.

        Maintenance counts from the start of its window, so cancelling does not change the past.
        """
        first = self.incident.dated
        start, current = first, Severity.NONE
        for change in self.changes:
            severity = change.severities.get(service, Severity.NONE)
            if severity is current:
                continue
            if current is not Severity.NONE and start < change.at:
                yield SeverityInterval(start=start, end=change.at, severity=current)
            start, current = max(first, change.at), severity
        if current is not Severity.NONE:
            yield SeverityInterval(start=start, end=None, severity=current)


def worst(severities: Iterable[Severity]) -> Severity:
    """Return the worst of *severities*, or `none` if there are none."""
    return max(severities, key=lambda severity: severity.rank, default=Severity.NONE)


def moved_id(slug: str, state: State) -> str:
    """Return the id of the automatic update that changes the file *slug* to *state*."""
    return id12("update", moved_key(slug, state))


def moved_key(slug: str, state: State | None) -> str:
    """Return the key from which `moved_id` derives that id."""
    return f"{slug}:{state}"


class Settling(Struct, frozen=True, kw_only=True):
    """The index of an update that closes an incident, and the time when it was last opened."""

    update: int
    opened: datetime


def resolving_update(incident: Incident) -> Settling | None:
    """Return the closing update that `resolved` in *incident* refers to, or None.

    It is the first one at or after that time, or else the one that closes the incident for good.
    """
    settlings = list(_settlings(incident))
    resolved = incident.resolved or incident.started
    following = (one for one in settlings if incident.updates[one.update].at >= resolved)
    last = settlings[-1] if settlings and last_state(incident) in SETTLED else None
    return next(following, last)


def _settlings(incident: Incident) -> Iterator[Settling]:
    opened, was_settled = incident.started, False
    for index, update in enumerate(incident.updates):
        if update.state is not None:
            is_settled = update.state in SETTLED
            if is_settled and not was_settled:
                yield Settling(update=index, opened=opened)
            elif was_settled and not is_settled:
                opened = update.at
            was_settled = is_settled


def last_state(incident: Incident) -> State | None:
    """Return the last state that an update of *incident* sets, or None."""
    return next((update.state for update in reversed(incident.updates) if update.state), None)


def seconds(moment: datetime) -> int:
    """Return *moment* in whole seconds since 1970."""
    return int(moment.timestamp())
