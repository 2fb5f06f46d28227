"""An incident over time: its updates as they took effect, and intervals of severity.

`replay.trace` follows one file from its start to its end, whatever the moment; `Timeline.until`
cuts the result at a moment. Everything that depends on severity over time (page, bars, percentages,
feeds, JSON) is read from these same records. Intervals are half-open, in whole seconds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from statusgen.ids import id12
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import Level

SETTLED = (State.RESOLVED, State.COMPLETED)

Severities = Mapping[str, Severity]
Interval = tuple[int, int, Severity]  # from, to (not included), in seconds since 1970


@dataclass(frozen=True, kw_only=True)
class Step:
    """An update as it took effect: what holds from it on.

    *update* is None for a move that nobody wrote: by the clock, or by `resolved`. *key* names the
    step by its file and time; it survives the insertion of further updates.
    """

    at: datetime
    key: str
    state: State
    severities: Severities
    update: Update | None

    @property
    def id(self) -> str:
        """The 12 characters by which the API and feeds know the update."""
        pinned = self.update.id if self.update else None
        return pinned or id12("update", self.key)


@dataclass(frozen=True, kw_only=True)
class SeverityChange:
    """The severities of all services that an incident has touched, from *at* on."""

    at: datetime
    severities: Severities


@dataclass(frozen=True, kw_only=True, slots=True)
class SeverityInterval:
    """A time in which a service had one severity; *end* is None while it still has."""

    start: datetime
    end: datetime | None
    severity: Severity

    @property
    def seconds(self) -> int | None:
        """How long it took, once it is over."""
        return None if self.end is None else int((self.end - self.start).total_seconds())

    def span(self, now: datetime) -> Interval | None:
        """The same up to *now* in whole seconds, if it has begun and took any."""
        start, stop = seconds(self.start), seconds(min(self.end or now, now))
        return (start, stop, self.severity) if start < stop else None


@dataclass(frozen=True, kw_only=True)
class UpdateProblem:
    """An update that cannot be followed: its index in the file, the key at fault, and why."""

    update: int
    key: str
    message: str
    level: Level = Level.ERROR


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """One incident over time: its steps and changes in order, and what could not be followed."""

    incident: Incident
    steps: tuple[Step, ...]
    changes: tuple[SeverityChange, ...]
    faults: tuple[UpdateProblem, ...] = ()

    def until(self, now: datetime) -> "Timeline":
        """What had happened by *now*: steps and changes dated later are left out."""
        return Timeline(
            incident=self.incident,
            steps=tuple(step for step in self.steps if step.at <= now),
            changes=tuple(change for change in self.changes if change.at <= now),
        )

    @property
    def state(self) -> State:
        """Where the work stands at the end."""
        return self.steps[-1].state if self.steps else self.incident.kind.first_state

    @property
    def severities(self) -> Severities:
        """What every service has at the end."""
        return self.changes[-1].severities if self.changes else {}

    @property
    def severity(self) -> Severity:
        """The worst of the services at the end."""
        return worst(self.severities.values())

    @property
    def worst(self) -> Severity:
        """The worst severity it ever had; of a maintenance or notice that of its kind."""
        if self.incident.kind is not Kind.INCIDENT:
            return self.incident.severity
        return worst([self.incident.severity, *self.worsts.values()])

    @cached_property
    def worsts(self) -> Severities:
        """The worst that each service ever had, in the order in which they were named."""
        found = dict.fromkeys(self.severities, Severity.NONE)
        if self.incident.kind is Kind.INCIDENT:
            opening = {
                one.id: one.severity or self.incident.severity for one in self.incident.services
            }
            found.update(opening)
        # Of several updates of one moment only the last is a change, but each was said.
        maps = [one.severities for one in self.changes] + [one.severities for one in self.steps]
        for severities in maps:
            for service, severity in severities.items():
                if severity.rank > found[service].rank:
                    found[service] = severity
        return found

    @property
    def is_open(self) -> bool:
        """Whether it is going on at the end: not resolved, or work in progress."""
        if self.incident.kind is Kind.NOTICE:
            return False
        if self.incident.kind is Kind.MAINTENANCE:
            return self.state in (State.IN_PROGRESS, State.VERIFYING)
        return self.state is not State.RESOLVED

    @property
    def is_cancelled(self) -> bool:
        """Whether planned work was called off before its window opened."""
        starts = self.incident.starts
        return starts is not None and self.ended is not None and self.ended < starts

    @property
    def ended(self) -> datetime | None:
        """When it was over, if it is: from then on its services were well for good."""
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
        """When it was open, from and to (None while it still is); planned work from its window on.

        An incident that was reopened has several.
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
        """How it went for *service*, in order, times without harm left out.

        Planned work counts from its window on, so that calling it off alters no past.
        """
        first = self.incident.dated
        start, felt = first, Severity.NONE
        for change in self.changes:
            severity = change.severities.get(service, Severity.NONE)
            if severity is felt:
                continue
            if felt is not Severity.NONE and start < change.at:
                yield SeverityInterval(start=start, end=change.at, severity=felt)
            start, felt = max(first, change.at), severity
        if felt is not Severity.NONE:
            yield SeverityInterval(start=start, end=None, severity=felt)


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of *severities*, none if there are none."""
    return max(severities, key=lambda severity: severity.rank, default=Severity.NONE)


def moved_id(slug: str, state: State) -> str:
    """Return the id of the update by which the clock moves the file *slug* to *state*."""
    return id12("update", moved_key(slug, state))


def moved_key(slug: str, state: State | None) -> str:
    """Return the key of that update, from which its id is made."""
    return f"{slug}:{state}"


@dataclass(frozen=True, kw_only=True)
class Settling:
    """An update that settles what was open: its index, and since when it had been open."""

    update: int
    opened: datetime


def resolving_update(incident: Incident) -> Settling | None:
    """The update that `resolved` of *incident* belongs to, or None.

    It is the first one from then on that settles the incident, else the one that does for good.
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
    """The state that the last update of *incident* to give one gives, or None."""
    return next((update.state for update in reversed(incident.updates) if update.state), None)


def seconds(moment: datetime) -> int:
    """*moment* in whole seconds since 1970."""
    return int(moment.timestamp())
