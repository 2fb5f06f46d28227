"""Classify updates by event: opened, worse, resolved, announced and so on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from statusgen.config.settings import Channel
from statusgen.model import Kind, Occasion, Severity, State
from statusgen.site.view_models import IncidentView, Site, UpdateView
from statusgen.timeline.timeline import SETTLED, SeverityInterval, worst

_STARTED = (State.IN_PROGRESS, State.VERIFYING)


@dataclass(frozen=True, kw_only=True)
class SiteUpdate:
    """An update as the page shows it, with the incident and the events that it stands for.

    *before* and *after* are the severities that the page shows for the incident's services just
    before the update and from then on. They take all other open incidents into account.
    """

    incident: IncidentView
    update: UpdateView
    occasions: frozenset[Occasion]
    before: Mapping[str, Severity]
    after: Mapping[str, Severity]

    def occasions_for(self, channel: Channel) -> frozenset[Occasion]:
        """Return the events for *channel*, which may follow only some services."""
        if self.incident.kind is not Kind.INCIDENT:
            return self.occasions
        changes = [
            (self.before[one].rank, self.after[one].rank)
            for one in self.after
            if channel.services is None or one in channel.services
        ]
        if any(after > before for before, after in changes):
            return self.occasions | {Occasion.WORSE}
        if any(after < before for before, after in changes):
            return self.occasions | {Occasion.BETTER}
        return self.occasions


def updates_since(site: Site, since: datetime) -> list[SiteUpdate]:
    """Return the updates of *site* dated at or after *since*, oldest first."""
    page = _ShownSeverities(site.incidents)
    found = [
        one
        for view in site.incidents
        if view.spoken is not None and view.spoken >= since
        for one in _updates(view, page)
        if one.update.at >= since
    ]
    # The sort is stable: updates in one file with the same time keep their order.
    return sorted(found, key=lambda one: (one.update.at, one.incident.slug))


def _updates(view: IncidentView, page: "_ShownSeverities") -> Iterator[SiteUpdate]:
    """Yield the updates of *view*, oldest first."""
    state: State | None = None
    last: SiteUpdate | None = None
    for update in reversed(view.updates):
        is_first = state is None
        moment = min(view.started, update.at) if is_first and not view.is_maintenance else update.at
        before = {one: page.severity_before(one, moment) for one in update.severities}
        if last is not None and last.update.at == update.at:
            # Of two updates at the same time, only the first reports the change.
            before |= last.after
        last = SiteUpdate(
            incident=view,
            update=update,
            occasions=frozenset(_occasions(view, update, state)),
            before=before,
            after={one: page.severity_from(one, update.at) for one in update.severities},
        )
        yield last
        state = update.state


def _occasions(view: IncidentView, update: UpdateView, before: State | None) -> Iterator[Occasion]:
    """Yield the events for *update*, except better and worse; *before* is the previous state."""
    if view.is_notice:
        yield Occasion.NOTICE
        return
    yield Occasion.UPDATE
    was_settled = before in SETTLED
    is_settled = update.state in SETTLED
    if was_settled and not is_settled:
        yield Occasion.REOPENED
    if view.is_maintenance:
        if before is None:
            yield Occasion.ANNOUNCED
        if update.state in _STARTED and before in (None, State.SCHEDULED):
            yield Occasion.BEGAN
        if is_settled and not was_settled:
            is_early = view.starts is not None and update.at < view.starts
            yield Occasion.CANCELLED if is_early else Occasion.COMPLETED
        return
    if before is None:
        yield Occasion.OPENED
    if is_settled and not was_settled:
        yield Occasion.RESOLVED


class _ShownSeverities:
    """The severity that the page shows for a service at any moment: the worst in all *views*."""

    def __init__(self, views: Iterable[IncidentView]) -> None:
        self._intervals: dict[str, list[SeverityInterval]] = {}
        for view in views:
            for service in view.services:
                self._intervals.setdefault(service.id, []).extend(service.spells)

    def severity_from(self, service: str, moment: datetime) -> Severity:
        """Return the severity of *service* from *moment* on."""
        return worst(
            one.severity
            for one in self._intervals.get(service, ())
            if one.start <= moment and (one.end is None or moment < one.end)
        )

    def severity_before(self, service: str, moment: datetime) -> Severity:
        """Return the severity of *service* just before *moment*."""
        return worst(
            one.severity
            for one in self._intervals.get(service, ())
            if one.start < moment and (one.end is None or moment <= one.end)
        )
