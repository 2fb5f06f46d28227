"""What an incident says over time: its updates as they took effect, and the spans of severity.

`trace` follows one file from its start to its end, whatever the moment; `Timeline.until` cuts the
result at a moment. Everything that depends on severity over time (page, bars, percentages, feeds,
JSON) is read off these same records. Spans are half-open, in whole seconds.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from statusgen import times
from statusgen.ids import id12
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import Level, quoted

SETTLED = (State.RESOLVED, State.COMPLETED)

Severities = Mapping[str, Severity]
Span = tuple[int, int, Severity]  # from, to (not included), in seconds since 1970


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
class Change:
    """The severities of all services that an incident has touched, from *at* on."""

    at: datetime
    severities: Severities


@dataclass(frozen=True, kw_only=True, slots=True)
class Spell:
    """A time in which a service had one severity; *end* is None while it still has."""

    start: datetime
    end: datetime | None
    severity: Severity

    @property
    def seconds(self) -> int | None:
        """How long it took, once it is over."""
        return None if self.end is None else int((self.end - self.start).total_seconds())

    def span(self, now: datetime) -> Span | None:
        """The same up to *now* in whole seconds, if it has begun and took any."""
        start, stop = seconds(self.start), seconds(min(self.end or now, now))
        return (start, stop, self.severity) if start < stop else None


@dataclass(frozen=True, kw_only=True)
class Fault:
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
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...] = ()

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

    def spells(self, service: str) -> Iterator[Spell]:
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
                yield Spell(start=start, end=change.at, severity=felt)
            start, felt = max(first, change.at), severity
        if felt is not Severity.NONE:
            yield Spell(start=start, end=None, severity=felt)


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of *severities*, none if there are none."""
    return max(severities, key=lambda severity: severity.rank, default=Severity.NONE)


def moved_id(slug: str, state: State) -> str:
    """Return the id of the update by which the clock moves the file *slug* to *state*."""
    return id12("update", _moved_key(slug, state))


def _moved_key(slug: str, state: State | None) -> str:
    return f"{slug}:{state}"


def trace(incident: Incident) -> Timeline:
    """Follow *incident* through its updates, which must be in time order, and the clock."""
    tracer = _Tracer(incident)
    for happening in _happenings(incident):
        tracer.take(happening)
    changes = (Change(at=at, severities=values) for at, values in tracer.changes.items())
    return Timeline(
        incident=incident,
        steps=tuple(tracer.steps),
        changes=tuple(changes),
        faults=tuple(tracer.faults),
    )


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
        self.faults: list[Fault] = []
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
            return _moved_key(self.incident.slug, happening.state)
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
            self._fault(index, "severity", f"{what}; leave it out, or write another state")
        if worst(given.values()) is not Severity.NONE:
            what = f"services get a severity where the state is '{self.state}', which ends it"
            self._fault(index, "services", f"{what}; leave it out, or write another state")

    def _fault(self, update: int, key: str, message: str, level: Level = Level.ERROR) -> None:
        self.faults.append(Fault(update=update, key=key, message=message, level=level))


_ASK_FOR_MAP = (
    "severity '{}' moves no service, because maps have set them all;"
    " write the services as a map such as {{api: degraded}}"
)


def seconds(moment: datetime) -> int:
    """*moment* in whole seconds since 1970."""
    return int(moment.timestamp())
