"""Feeds of updates: the whole site as Atom and JSON Feed, each service and group as Atom.

Each update is one entry, which keeps its id for ever, so that no reader shows it twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from heapq import nlargest
from html import escape

from statusgen.ids import id12, milliseconds
from statusgen.markup.html import with_pictures_at
from statusgen.render import NEVER, Outputs
from statusgen.render.compat import statuspage_updates
from statusgen.render.feeds import formats
from statusgen.site.incident import group_feed_of
from statusgen.site.view_models import Frame, IncidentView, ServiceView, Site, UpdateView

ATOM = "feed.atom"
JSON = "feed.json"
MAX_ENTRIES = 50

_Pair = tuple[IncidentView, UpdateView]


@dataclass(frozen=True, kw_only=True)
class _Topic:
    """The site, or a part of it with its own feed at *path*; *home* is the page that shows it.

    The id of the feed is derived from *key*, which must therefore never change. *begun* dates a
    feed without entries. *key* and *name* are empty for the whole site.
    """

    key: str
    path: str
    home: str
    name: str
    incidents: tuple[IncidentView, ...]
    begun: datetime


def outputs(site: Site) -> Outputs:
    """Return the feeds of all updates, and one for each service and each group.

    Which feeds exist depends only on the settings: a group keeps its feed when its last service is
    retired, so that subscribers never get a 404.
    """
    whole = _Topic(
        key="", path=ATOM, home="", name="", incidents=site.incidents, begun=_begun(site, ())
    )
    frame = site.frame
    files: Outputs = {
        ATOM: partial(_atom, frame, whole),
        JSON: partial(_json, frame, replace(whole, path=JSON)),
    }
    for topic in (*_services(site), *_groups(site)):
        files[topic.path] = partial(_atom, frame, topic)
    return files


def _services(site: Site) -> Iterator[_Topic]:
    for service in site.services:
        yield _Topic(
            key=service.id,
            path=service.feed_url,
            home=service.url,
            name=service.name,
            incidents=service.incidents,
            begun=_begun(site, (service,)),
        )


def _groups(site: Site) -> Iterator[_Topic]:
    group_of = {service.id: service.group for service in site.config.services}
    found: dict[str | None, list[IncidentView]] = {}
    for incident in site.incidents if site.config.groups else ():
        for group_id in {group_of.get(service.id) for service in incident.services}:
            found.setdefault(group_id, []).append(incident)
    for group in site.config.groups:
        services = [one for one in site.services if group_of.get(one.id) == group.id]
        yield _Topic(
            key=f"groups/{group.id}",  # Service ids contain no `/`.
            path=group_feed_of(group),
            home="",
            name=group.name,
            incidents=tuple(found.get(group.id, ())),
            begun=_begun(site, services),
        )


def _begun(site: Site, services: Iterable[ServiceView]) -> datetime:
    """Return the date of a feed without entries: the latest `since` of *services*.

    Without one, it is the latest of all services, or else the start of the site's first file.
    """
    found = (statuspage_updates.latest_since(site, some) for some in (services, site.services))
    first = min((view.started for view in site.incidents), default=NEVER)
    return next(filter(None, found), first)


def _atom(frame: Frame, topic: _Topic) -> bytes:
    return formats.to_atom(_feed(frame, topic))


def _json(frame: Frame, topic: _Topic) -> bytes:
    return formats.to_json(_feed(frame, topic))


def _feed(frame: Frame, topic: _Topic) -> formats.Feed:
    pairs = _newest(topic.incidents)
    return formats.Feed(
        id=f"tag:{frame.config.feed_authority},2005:feed/{id12('feed', topic.key)}",
        url=frame.absolute(topic.path),
        home=frame.absolute(topic.home),
        title=f"{frame.title}: {topic.name}" if topic.key else frame.title,
        description=frame.title,
        author=frame.title,
        language=frame.language.code,
        updated=_updated(pairs[0][1]) if pairs else topic.begun,
        hub=frame.config.hub,
        entries=tuple(_entry(frame, incident, update) for incident, update in pairs),
    )


def _entry(frame: Frame, incident: IncidentView, update: UpdateView) -> formats.FeedEntry:
    name = f"tag:{frame.config.feed_authority},2005:update/{update.id}"
    return formats.FeedEntry(
        id=name,
        guid=name,
        url=f"{frame.absolute(incident.url)}#{update.anchor}",
        title=_title(frame, incident, update),
        published=update.at,
        updated=_updated(update),
        html=with_pictures_at(frame.absolute(""), update.html)
        or f"<p>{escape(incident.title)}</p>",
    )


def _updated(update: UpdateView) -> datetime:
    """Return the time of *update* with milliseconds that follow from its id.

    Some readers skip an entry that has the same date as another. The date must not depend on
    others, because a changed one looks like a change to the entry.
    """
    return update.at + timedelta(milliseconds=milliseconds(update.id))


def _title(frame: Frame, incident: IncidentView, update: UpdateView) -> str:
    if incident.is_notice:
        return incident.title
    return f"{frame.language.say(f'state.{update.state}')}: {incident.title}"


def _newest(incidents: Iterable[IncidentView]) -> list[_Pair]:
    """Return the newest updates of *incidents*, newest first."""
    # An incident last updated before all of these cannot have one of the newest updates.
    spoken = [incident for incident in incidents if incident.spoken is not None]
    newest = nlargest(MAX_ENTRIES, (one.spoken for one in spoken if one.spoken))
    recent = [one for one in spoken if one.spoken and one.spoken >= newest[-1]]
    pairs = ((incident, update) for incident in recent for update in incident.updates)
    return nlargest(MAX_ENTRIES, pairs, key=lambda pair: (_updated(pair[1]), pair[1].id))
