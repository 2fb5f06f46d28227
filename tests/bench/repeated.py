"""Repeat real incidents until there are enough of them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from statusgen.authoring import lookup
from statusgen.config.loader import settings_of
from statusgen.model import Incident, Kind
from statusgen.problems import UsageError

from .content import SPAN, Site, last_state

_AFTER = timedelta(hours=1)


def repeated(folder: Path, count: int) -> Site:
    """Return *count* incidents: those of the site in *folder*, and earlier copies of the closed
    ones.

    Each round of copies is moved back in time by the same step, so that all together cover as many
    years as generated content. The time of the site is an hour after its last event. Raises
    ContentError if the site has an error, UsageError if there is nothing to repeat.
    """
    config = settings_of(folder)
    files = (
        lookup.incident_of(lookup.open_file(one, config))
        for one in lookup.all_incident_files(folder)
    )
    shown = (one for one in files if not one.draft)
    real = sorted(shown, key=lambda one: (one.dated, one.slug), reverse=True)
    now = max(moment for one in real for moment in _moments(one)) + _AFTER
    found = [replace(one, id=None, source=None, folder="") for one in real[:count]]
    over = [one for one in found if _is_over(one)]
    if not over:
        raise UsageError("it has no closed incident; open ones are not repeated")
    rounds = -(-(count - len(found)) // len(over))
    step = max(SPAN - (now - found[-1].dated), timedelta(days=7)) / max(rounds, 1)
    copies = (_earlier(one, step, number) for number in range(1, rounds + 1) for one in over)
    chosen = [*found, *(copy for copy, _ in zip(copies, range(count - len(found)), strict=False))]
    return Site(
        services={service.id: service.name for service in config.services},
        incidents=tuple(sorted(chosen, key=lambda one: (one.dated, one.slug))),
        now=now,
    )


def _moments(incident: Incident) -> Iterator[datetime]:
    yield incident.started
    yield from (update.at for update in incident.updates)
    if incident.resolved:
        yield incident.resolved


def _is_over(incident: Incident) -> bool:
    """Return True if *incident* is closed, so that its copies are not open for years."""
    is_settled = incident.resolved is not None or incident.kind is Kind.NOTICE
    return is_settled or last_state(incident) is incident.kind.states[-1]


def _earlier(incident: Incident, step: timedelta, number: int) -> Incident:
    """Return copy *number* of *incident*, moved back by that many steps."""
    back = timedelta(minutes=step * number // timedelta(minutes=1))

    def moved(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment - back

    return replace(
        incident,
        slug=_slug(incident, incident.dated - back, number),
        started=incident.started - back,
        resolved=moved(incident.resolved),
        starts=moved(incident.starts),
        ends=moved(incident.ends),
        until=moved(incident.until),
        updates=tuple(replace(one, at=one.at - back) for one in incident.updates),
    )


def _slug(incident: Incident, moment: datetime, number: int) -> str:
    """Return the slug of copy *number* of *incident*, with the day of *moment*."""
    name = re.sub(r"^\d{4}-\d{2}-\d{2}-", "", incident.slug)
    return f"{moment:%Y-%m-%d}-{name[:80].strip('-')}-{number}"
