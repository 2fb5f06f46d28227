"""A file to the updates that programs made for an Atlassian Statuspage hear of it.

Two things go without saying on the page, but not there: that a file has begun whose first update is
not due yet, and that a notice is over which nobody ended. Programs read the newest update unasked,
and take what is not resolved for a trouble that goes on.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from statusgen import times
from statusgen.i18n import catalogue
from statusgen.markup import html
from statusgen.model import State
from statusgen.site.view_models import IncidentView, ServiceView, Site, UpdateView
from statusgen.timeline.timeline import moved_id


def updates_of(view: IncidentView, *, now: datetime) -> tuple[UpdateView, ...]:
    """The updates of *view*, newest first: at least one; of a notice that is over, resolved."""
    updates = view.updates or (_opening(view),)
    if view.lapses is None or now < view.lapses:
        return updates
    after = [one for one in updates if one.at > view.lapses and one.is_written]
    later = [replace(one, state=State.RESOLVED) for one in after]
    earlier = [one for one in updates if one.at <= view.lapses]
    before = earlier[0] if earlier else updates[-1]
    if not earlier or before.state is not State.RESOLVED:
        earlier.insert(0, _ending(view, view.lapses, before))
    return (*later, *earlier)


def last_spoken(view: IncidentView, *, now: datetime) -> datetime:
    """When *view* was spoken of last, as the first of its updates in `updates_of` says."""
    if view.is_notice:
        return updates_of(view, now=now)[0].at
    return view.spoken or view.started


def last_change(site: Site) -> datetime | None:
    """When anything on the page changed last, by what was said and felt and not by the clock."""
    said = (last_spoken(view, now=site.now) for view in site.incidents)
    dates = (
        date
        for service in site.services
        if not service.is_retired
        for date in [*changes(service), begun(service, site)]
    )
    return max([*said, *(date for date in dates if date)], default=None)


def changes(service: ServiceView) -> Iterator[datetime]:
    """The moments at which each of its files brought *service* to another severity last."""
    for view in service.incidents:
        for touched in view.services:
            if touched.id == service.id and touched.spells:
                spell = touched.spells[-1]
                yield spell.end or spell.start


def begun(service: ServiceView, site: Site) -> datetime | None:
    """When *service* came into use, if that is known and past."""
    if service.since is None:
        return None
    moment = times.midnight(service.since, site.config.zone)
    return moment if moment <= site.now else None


def body(view: IncidentView, update: UpdateView) -> str:
    """What *update* of *view* says, as plain text; standard sentences are English, never empty."""
    if update.standard is not None:
        return sentence(update.standard)
    return html.to_text(update.html) or view.title


def sentence(name: str) -> str:
    """The standard sentence *name* as programs hear it: in words that no setting changes."""
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


def _ending(view: IncidentView, at: datetime, before: UpdateView) -> UpdateView:
    """The end of a notice, which says nothing new of the services that were named *before*."""
    return replace(
        before,
        id=moved_id(view.slug, State.RESOLVED),
        at=at,
        state=State.RESOLVED,
        changes=(),
        is_written=False,
        notify=view.notify,
        standard="standard.ended",
        text="",
        html="",
        extra={},
    )
