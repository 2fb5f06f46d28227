"""A file to the updates that programs made for an Atlassian Statuspage hear of it.

Two things go without saying on the page, but not there: that a file has begun whose first update is
not due yet, and that a notice is over which nobody ended. Programs read the newest update unasked,
and take what is not resolved for a trouble that goes on.
"""

from dataclasses import replace
from datetime import datetime

from statusgen import catalogue, markup
from statusgen.ids import id12
from statusgen.model import State
from statusgen.views import IncidentView, UpdateView


def of(view: IncidentView, *, now: datetime) -> tuple[UpdateView, ...]:
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


def body(view: IncidentView, update: UpdateView) -> str:
    """What *update* of *view* says, as plain text; standard sentences are English, never empty."""
    if update.standard is not None:
        return sentence(update.standard)
    return markup.to_text(update.html) or view.title


def sentence(name: str) -> str:
    """The standard sentence *name* as programs hear it: in words that no setting changes."""
    return catalogue.messages(catalogue.ORIGINAL)[name]


def _opening(view: IncidentView) -> UpdateView:
    return UpdateView(
        id=_id(view, view.state),
        at=view.started,
        state=view.state,
        severity=view.severity,
        severities={one.id: one.severity for one in view.services},
        changes=(),
        is_written=False,
        notify=view.notify,
        standard=None if view.is_notice else f"standard.{view.state}",
        text="",
        extra={},
    )


def _ending(view: IncidentView, at: datetime, before: UpdateView) -> UpdateView:
    """The end of a notice, which says nothing new of the services that were named *before*."""
    return replace(
        before,
        id=_id(view, State.RESOLVED),
        at=at,
        state=State.RESOLVED,
        changes=(),
        is_written=False,
        notify=view.notify,
        standard="standard.ended",
        text="",
        extra={},
    )


def _id(view: IncidentView, state: State) -> str:
    """The id of an update to *state* that nobody wrote; a file has one of each at most."""
    return id12("update", f"{view.slug}:{state}")
