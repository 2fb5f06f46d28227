"""`history.atom` and `history.rss` in the format of Atlassian Statuspage, for its clients.

Each incident is one entry, which is updated in place and keeps its id. Labels are always English,
because clients parse them; only texts by authors are in the site's language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from heapq import nlargest
from html import escape

from statusgen.model import State
from statusgen.render import NEVER, Outputs
from statusgen.render.compat import statuspage_updates
from statusgen.render.feeds import formats
from statusgen.site.view_models import IncidentView, Site, UpdateView

ATOM = "history.atom"
RSS = "history.rss"
MAX_ENTRIES = 25

_SECOND = timedelta(seconds=1)

_LABELS = {
    State.INVESTIGATING: "Investigating",
    State.IDENTIFIED: "Identified",
    State.MONITORING: "Monitoring",
    State.RESOLVED: "Resolved",
    State.SCHEDULED: "Scheduled",
    State.IN_PROGRESS: "In progress",
    State.VERIFYING: "Verifying",
    State.COMPLETED: "Completed",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, kw_only=True)
class _Record:
    """An incident, maintenance or notice with at least one update, newest first.

    *published* and *updated* are unique in the feed.
    """

    view: IncidentView
    updates: tuple[UpdateView, ...]
    published: datetime
    updated: datetime


def outputs(site: Site) -> Outputs:
    """Return the history feed in both formats."""
    history = _History(site)
    return {ATOM: history.atom, RSS: history.rss}


@dataclass(frozen=True)
class _History:
    """The history feed in both formats."""

    site: Site

    @cached_property
    def _feed(self) -> formats.Feed:
        return _feed(self.site)

    def atom(self) -> bytes:
        """Return the feed as Atom."""
        return formats.to_atom(replace(self._feed, url=self.site.absolute(ATOM)))

    def rss(self) -> bytes:
        """Return the feed as RSS."""
        return formats.to_rss(replace(self._feed, url=self.site.absolute(RSS)))


def _feed(site: Site) -> formats.Feed:
    # As in the API, omit notices without services, which clients cannot place.
    listed = [view for view in site.incidents if view.services or not view.is_notice]
    # Upcoming maintenance, which is dated by its start, must not displace current incidents.
    views = nlargest(
        MAX_ENTRIES,
        listed,
        key=lambda view: (statuspage_updates.last_spoken(view), view.slug),
    )
    updated = _distinct({view.slug: statuspage_updates.last_spoken(view) for view in listed})
    published = _distinct({view.slug: _published(view) for view in listed})
    newest = [
        _Record(
            view=view,
            updates=statuspage_updates.updates_of(view),
            published=published[view.slug],
            updated=updated[view.slug],
        )
        for view in views
    ]
    newest.sort(key=lambda one: one.published, reverse=True)
    return formats.Feed(
        id=f"tag:{site.config.feed_authority},2005:/history",
        url=site.absolute(ATOM),
        home=site.absolute(""),
        title=f"{_name(site.title)} Status - Incident History",
        description="Statuspage",
        author=site.title,
        language="en-US",
        updated=statuspage_updates.last_change(site) or NEVER,
        hub=site.config.hub,
        entries=tuple(_entry(site, record) for record in newest),
    )


def _published(view: IncidentView) -> datetime:
    """Return the time of the last update, or the start of upcoming maintenance."""
    if view.starts is not None and view.state is State.SCHEDULED:
        return view.starts
    return statuspage_updates.last_spoken(view)


def _distinct(dates: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return *dates*, by slug, with seconds added so that no two are equal.

    Some readers skip an entry that has the same date as another.
    """
    found: dict[str, datetime] = {}
    latest: datetime | None = None
    for slug, date in sorted(dates.items(), key=lambda pair: (pair[1], pair[0])):
        latest = date if latest is None else max(date, latest + _SECOND)
        found[slug] = latest
    return found


def _name(title: str) -> str:
    """Return *title* without a final "Status", which the title of the feed adds again."""
    name, _, last = title.rpartition(" ")
    return name if name and last.casefold() == "status" else title


def _entry(site: Site, record: _Record) -> formats.FeedEntry:
    path = f"incidents/{record.view.id}.html"
    authority = site.config.feed_authority
    return formats.FeedEntry(
        id=f"tag:{authority},2005:Incident/{record.view.id}",
        # The address of the incident on the original host does not change when the site moves.
        guid=f"https://{authority}/{path}",
        url=site.absolute(path),
        title=record.view.title,
        published=record.published,
        updated=record.updated,
        html="".join(_paragraphs(record)),
    )


def _paragraphs(record: _Record) -> Iterator[str]:
    """Yield the content: the maintenance window, then the updates, newest first."""
    view = record.view
    if view.starts is not None and view.ends is not None:
        window = f"{_moment(view.starts)}&nbsp;-&nbsp;{_moment(view.ends)} UTC"
        yield f"<p><strong>THIS IS A SCHEDULED EVENT {window}</strong></p>"
    for one, before in zip(record.updates, [*record.updates[1:], None], strict=True):
        is_repeated = before is not None and before.state is one.state
        label = "Update" if is_repeated else _LABELS[one.state]
        body = escape(statuspage_updates.body(view, one), quote=False).replace("\n", "<br />")
        yield (f"<p><small>{_moment(one.at)} UTC</small><br><strong>{label}</strong> - {body}</p>")


def _moment(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    day = f"<var data-var='date'>{utc.day:>2}</var>"
    return f"{_MONTHS[utc.month - 1]} {day}, <var data-var='time'>{utc:%H:%M}</var>"
