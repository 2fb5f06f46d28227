"""Generate the site that every generator builds: eight years of incidents, maintenance and notices.

Its records are those of statusgen; no text is copied from a real status page. At the end two
incidents are open and one maintenance is scheduled.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State, Update

from .prose import Writer

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPAN = timedelta(days=8 * 365)

_Choice = TypeVar("_Choice")

_SERVICES = {
    "api": "Public API",
    "web": "Website",
    "dashboard": "Dashboard",
    "login": "Sign-in",
    "storage": "Object storage",
    "database": "Databases",
    "queues": "Message queues",
    "builds": "Builds",
    "dns": "DNS",
    "cdn": "Edge network",
    "mail": "E-mail",
    "billing": "Billing",
}
_SEVERITIES = {
    Severity.NONE: 3,
    Severity.MAINTENANCE: 8,
    Severity.DEGRADED: 55,
    Severity.PARTIAL: 22,
    Severity.MAJOR: 12,
}
_UPDATES = {1: 8, 2: 21, 3: 31, 4: 19, 5: 10, 6: 5, 7: 3, 9: 2, 14: 1}
_HAS_POSTMORTEM = 0.55
_NOTICE = timedelta(days=10)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site at *now*: the names of its services by id, and its incidents in order of time."""

    services: dict[str, str]
    incidents: tuple[Incident, ...]
    now: datetime

    @property
    def newest(self) -> Incident:
        """Return the incident that started last."""
        incidents = (one for one in self.incidents if one.kind is Kind.INCIDENT)
        return max(incidents, key=lambda one: (one.started, one.slug))

    def changed(self, at: datetime) -> Incident:
        """Return the newest incident with one more update, dated *at*."""
        newest = self.newest
        text = "The fix reaches the last servers now. We expect all to be well within the hour."
        update = Update(at=at, state=newest.state, text=text)
        return replace(newest, updates=(*newest.updates, update))


def last_state(incident: Incident) -> State | None:
    """Return the last state of *incident*, or None if it has none."""
    states = [update.state for update in incident.updates if update.state]
    return incident.state or (states[-1] if states else None)


def generated(count: int) -> Site:
    """Generate a site of *count* incidents, the same in every call."""
    random = Random(f"statusgen {count}")
    moments = sorted(NOW - SPAN * random.random() for _ in range(count - 3))
    made = [_incident(random, _minute(moment)) for moment in moments]
    made += [
        _open(random, NOW - timedelta(hours=4), Severity.PARTIAL),
        _open(random, NOW - timedelta(minutes=50), Severity.DEGRADED),
        _work(random, NOW + timedelta(days=3), is_over=False),
    ]
    return Site(services=_SERVICES, incidents=tuple(_named(made)), now=NOW)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _incident(random: Random, moment: datetime) -> Incident:
    """Generate an incident, maintenance or notice that started at *moment* and is over."""
    severity = _weighed(random, _SEVERITIES)
    if severity is Severity.NONE:
        return _notice(random, moment)
    if severity is Severity.MAINTENANCE:
        return _work(random, min(moment, NOW - timedelta(days=1)), is_over=True)
    begun = min(moment, NOW - timedelta(days=2))
    states = _states(random, _weighed(random, _UPDATES), last=State.RESOLVED)
    incident = _failure(random, begun, severity, states)
    if random.random() < _HAS_POSTMORTEM:
        return replace(incident, body=_writer(random, incident.services).postmortem())
    return incident


def _open(random: Random, moment: datetime, severity: Severity) -> Incident:
    return _failure(random, moment, severity, [State.INVESTIGATING, State.IDENTIFIED], minutes=4)


def _failure(
    random: Random, begun: datetime, severity: Severity, states: list[State], minutes: float = 25
) -> Incident:
    """Generate an incident with an update for each of *states*, at first *minutes* apart on
    average.
    """
    services = _affected(random)
    writer = _writer(random, services)
    updates, at = [], begun + timedelta(minutes=random.randint(2, 10))
    for number, state in enumerate(states):
        milder = number == 1 and severity is Severity.MAJOR and state is not State.RESOLVED
        changes = Severity.PARTIAL if milder and random.random() < 0.5 else None
        updates.append(Update(at=at, state=state, severity=changes, text=writer.update(state)))
        at = _minute(at + timedelta(minutes=minutes * min(random.lognormvariate(0, 0.8), 8)))
    return Incident(
        slug="",
        title=writer.title(severity),
        severity=severity,
        services=services,
        started=begun,
        state=states[-1],
        updates=tuple(updates),
    )


def _states(random: Random, count: int, *, last: State) -> list[State]:
    """Generate the states of *count* updates, in their usual order."""
    order = list(Kind.INCIDENT.states[:-1])
    middle = sorted(random.choices(order, k=max(count - 2, 0)), key=order.index)
    return [State.INVESTIGATING, *middle, last][-count:] if count > 1 else [last]


def _work(random: Random, starts: datetime, *, is_over: bool) -> Incident:
    services = _affected(random)
    writer = _writer(random, services)
    announced = starts - timedelta(days=random.randint(4, 14))
    ends = starts + timedelta(minutes=30 * random.randint(1, 8))
    states = {State.SCHEDULED: announced}
    if is_over:
        states |= {State.IN_PROGRESS: starts, State.COMPLETED: ends - timedelta(minutes=5)}
    return Incident(
        slug="",
        title=writer.title(Severity.MAINTENANCE),
        severity=Severity.MAINTENANCE,
        services=services,
        started=announced,
        starts=starts,
        ends=ends,
        state=[*states][-1],
        updates=tuple(
            Update(at=at, state=state, text=writer.update(state)) for state, at in states.items()
        ),
    )


def _notice(random: Random, moment: datetime) -> Incident:
    services = _affected(random)
    writer = _writer(random, services)
    return Incident(
        slug="",
        title=writer.title(Severity.NONE),
        severity=Severity.NONE,
        services=services,
        started=moment,
        until=moment + _NOTICE,
        updates=(Update(at=moment, text=writer.update(State.SCHEDULED)),),
    )


def _affected(random: Random) -> tuple[ServiceSeverity, ...]:
    count = _weighed(random, {1: 70, 2: 18, 3: 8, 5: 4})
    return tuple(ServiceSeverity(id=one) for one in random.sample([*_SERVICES], count))


def _writer(random: Random, services: tuple[ServiceSeverity, ...]) -> Writer:
    return Writer(random, _SERVICES[services[0].id])


def _weighed(random: Random, weights: dict[_Choice, int]) -> _Choice:
    return random.choices([*weights], [*weights.values()])[0]


def _named(incidents: list[Incident]) -> Iterator[Incident]:
    """Yield the *incidents* in order of time, each with a unique slug."""
    taken: set[str] = set()
    for incident in sorted(incidents, key=lambda one: one.dated):
        words = re.sub(r"[^a-z0-9]+", "-", incident.title.lower()).strip("-")
        slug = name = f"{incident.dated:%Y-%m-%d}-{words}"
        number = 1
        while slug in taken:
            number += 1
            slug = f"{name}-{number}"
        taken.add(slug)
        yield replace(incident, slug=slug)
