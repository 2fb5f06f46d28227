"""The updates of a file as clients of Atlassian Statuspage expect them.

The API must state two things that the page leaves implicit: that an incident has begun before its
first update, and that a notice is not an outage. Clients read only the newest update, and treat
anything unresolved as an outage.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from statusgen import times
from statusgen.i18n import catalogue
from statusgen.markup import html
from statusgen.model import State
from statusgen.site.view_models import IncidentView, ServiceView, Site, UpdateView
from statusgen.timeline.timeline import moved_id


def updates_of(view: IncidentView) -> tuple[UpdateView, ...]:
    """Return the updates of *view*, newest first, at least one; those of a notice are resolved."""
    updates = view.updates or (_opening(view),)
    if not view.is_notice:
        return updates
    return tuple(replace(one, state=State.RESOLVED) for one in updates)


def last_spoken(view: IncidentView) -> datetime:
    """Return the time of the newest update that `updates_of` returns for *view*."""
    return view.spoken or view.started


def last_change(site: Site) -> datetime | None:
    """Return the time of the last change on the page: an update, or a change of severity."""
    update_times = (last_spoken(view) for view in site.incidents)
    dates = (
        date
        for service in site.services
        if not service.is_retired
        for date in [*changes(service), begun(service, site)]
    )
    return max([*update_times, *(date for date in dates if date)], default=None)


def changes(service: ServiceView) -> Iterator[datetime]:
    """Yield the time at which each file last changed the severity of *service*."""
    for view in service.incidents:
        for affected in view.services:
            if affected.id == service.id and affected.spells:
                spell = affected.spells[-1]
                yield spell.end or spell.start


def begun(service: ServiceView, site: Site) -> datetime | None:
    """Return the time since which *service* has existed, or None if unset or in the future."""
    if service.since is None:
        return None
    moment = times.midnight(service.since, site.config.zone)
    return moment if moment <= site.now else None


def latest_since(site: Site, services: Iterable[ServiceView]) -> datetime | None:
    """Return the latest time since which one of *services* has existed, or None if none is set."""
    found = (begun(service, site) for service in services)
    return max(filter(None, found), default=None)


def body(view: IncidentView, update: UpdateView) -> str:
    """Return *update* as plain text, which is never empty; standard texts are in English."""
    if update.standard is not None:
        return sentence(update.standard)
    return html.to_text(update.html) or view.title


def sentence(name: str) -> str:
    """Return the standard text *name* in English, even if the site overrides it."""
    return catalogue.messages(catalogue.ORIGINAL)[name]


def _opening(view: IncidentView) -> UpdateView:
    return UpdateView(
        id=moved_id(view.slug, view.state),
        at=view.started,
        state=view.state,
        severity=view.severity,
        severities={one.id: one.severity for one in view.services},
        changes=(),
        is_written=False,
        notify=view.notify,
        standard=None if view.is_notice else f"standard.{view.state}",
        text="",
        html="",
        extra={},
    )
