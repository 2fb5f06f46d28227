"""Feeds of updates: the whole site as Atom and JSON Feed, each service and group as Atom.

Each update is one entry, which does not change once published, so that no reader shows it twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from heapq import nlargest
from html import escape

from statusgen.ids import id12
from statusgen.markup.html import with_pictures_at
from statusgen.render import NEVER, Outputs
from statusgen.render.feeds import formats
from statusgen.site.incident import group_feed_of
from statusgen.site.view_models import IncidentView, Site, UpdateView

ATOM = "feed.atom"
JSON = "feed.json"
MAX_ENTRIES = 50

_Pair = tuple[IncidentView, UpdateView]


@dataclass(frozen=True, kw_only=True)
class _Topic:
    """A part of the site with its own feed at *path*; *home* is the page that shows it.

    The id of the feed is derived from *key*, which must therefore never change.
    """

    key: str
    path: str
    home: str
    name: str
    incidents: tuple[IncidentView, ...]


def outputs(site: Site) -> Outputs:
    """Return the feeds of all updates, and one for each service and each group.

    Which feeds exist depends only on the settings: a group keeps its feed when its last service is
    retired, so that subscribers never get a 404.
    """
    files: Outputs = {
        ATOM: partial(_atom, site, ATOM, None),
        JSON: partial(_json, site, JSON),
    }
    for topic in (*_services(site), *_groups(site)):
        files[topic.path] = partial(_atom, site, topic.path, topic)
    return files


def _services(site: Site) -> Iterator[_Topic]:
    for service in site.services:
        yield _Topic(
            key=service.id,
            path=service.feed_url,
            home=service.url,
            name=service.name,
            incidents=service.incidents,
        )


def _groups(site: Site) -> Iterator[_Topic]:
    group_of = {service.id: service.group for service in site.config.services}
    found: dict[str | None, list[IncidentView]] = {}
    for incident in site.incidents if site.config.groups else ():
        for group_id in {group_of.get(service.id) for service in incident.services}:
            found.setdefault(group_id, []).append(incident)
    for group in site.config.groups:
        yield _Topic(
            key=f"groups/{group.id}",  # Service ids contain no `/`.
            path=group_feed_of(group),
            home="",
            name=group.name,
            incidents=tuple(found.get(group.id, ())),
        )


def _atom(site: Site, path: str, topic: _Topic | None) -> bytes:
    return formats.to_atom(_feed(site, path, topic))


def _json(site: Site, path: str) -> bytes:
    return formats.to_json(_feed(site, path, None))


def _feed(site: Site, path: str, topic: _Topic | None) -> formats.Feed:
    pairs = _newest(site.incidents if topic is None else topic.incidents)
    key = topic.key if topic else ""
    return formats.Feed(
        id=f"tag:{site.config.feed_authority},2005:feed/{id12('feed', key)}",
        url=site.absolute(path),
        home=site.absolute(topic.home if topic else ""),
        title=f"{site.title}: {topic.name}" if topic else site.title,
        description=site.title,
        author=site.title,
        language=site.language.code,
        updated=pairs[0][1].at if pairs else NEVER,
        hub=site.config.hub,
        entries=tuple(_entry(site, incident, update) for incident, update in pairs),
    )


def _entry(site: Site, incident: IncidentView, update: UpdateView) -> formats.FeedEntry:
    name = f"tag:{site.config.feed_authority},2005:update/{_key(update)}"
    return formats.FeedEntry(
        id=name,
        guid=name,
        url=f"{site.absolute(incident.url)}#{update.anchor}",
        title=_title(site, incident, update),
        published=update.at,
        updated=update.at,
        html=with_pictures_at(site.absolute(""), update.html) or f"<p>{escape(incident.title)}</p>",
    )


def _key(update: UpdateView) -> str:
    """Return a unique key for the entry of *update*.

    An update inherits its state from earlier ones, and the clock starts and ends maintenance. If
    an earlier update is inserted, or the window is rescheduled, the content of *update* changes:
    its old entry disappears, and feed readers must not mistake the new entry for the old one.
    """
    if update.is_written:
        return f"{update.id}/{update.state}"
    return f"{update.id}/{update.state}/{update.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _title(site: Site, incident: IncidentView, update: UpdateView) -> str:
    if incident.is_notice:
        return incident.title
    return f"{site.language.say(f'state.{update.state}')}: {incident.title}"


def _newest(incidents: Iterable[IncidentView]) -> list[_Pair]:
    """Return the newest updates of *incidents*; at equal times, those later in their file first."""
    # An incident last updated before all of these cannot have one of the newest updates.
    spoken = [incident for incident in incidents if incident.spoken is not None]
    newest = nlargest(MAX_ENTRIES, (one.spoken for one in spoken if one.spoken))
    recent = [one for one in spoken if one.spoken and one.spoken >= newest[-1]]
    pairs = ((incident, update) for incident in recent for update in incident.updates)
    return nlargest(MAX_ENTRIES, pairs, key=lambda pair: pair[1].at)
