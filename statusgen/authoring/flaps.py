"""Monitors that flap: when an incident is reopened, and when it stays open until all is well.

Nothing runs between commits, so a recovery that has to last is written as a resolving update in the
future. The clock publishes it, unless another failure removes it first.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from statusgen.content.fields import MAX_UPDATES
from statusgen.model import Incident, State
from statusgen.timeline import replay
from statusgen.timeline.timeline import SETTLED

FLAPPING = 3  # reopenings from which an incident stays open until all has been well for a while
_FULL = MAX_UPDATES - 12  # leaves room to resolve the incident, and for people


def reopenings(incident: Incident) -> int:
    """Return how often *incident* was reopened, future updates included."""
    settled = [step.state in SETTLED for step in replay.trace(incident).steps]
    return sum(before and not after for before, after in pairwise(settled))


def is_flapping(incident: Incident) -> bool:
    """Return whether *incident* is to stay open until all has been well for a while."""
    return reopenings(incident) >= FLAPPING


def is_full(incident: Incident) -> bool:
    """Return whether another file has to continue *incident*."""
    return len(incident.updates) >= _FULL


def has_planned_end(incident: Incident, *, now: datetime) -> bool:
    """Return whether the last update of *incident* is a recovery that has to last until then."""
    last = incident.updates[-1]
    return last.is_from_monitor and last.at > now and is_flapping(incident)


def so_far(incident: Incident, *, now: datetime) -> Incident:
    """Return *incident* without a planned end."""
    if not has_planned_end(incident, now=now):
        return incident
    return replace(incident, updates=incident.updates[:-1])


def is_reopened(incident: Incident, *, now: datetime, within: timedelta) -> bool:
    """Return whether a failure at *now* reopens *incident*, which its own source has resolved."""
    last = incident.updates[-1]
    is_own = last.state is State.RESOLVED and last.source == incident.source
    is_recent = bool(within) and now - last.at <= within
    return is_own and is_recent and incident.resolved is None and not is_full(incident)
