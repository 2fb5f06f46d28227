"""Feeds of single updates: of the site as Atom and JSON Feed, of each service and group as Atom.

One entry per update, which never changes by itself once it is out: no reader shows it twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from heapq import nlargest
from html import escape

from statusgen.ids import id12
from statusgen.render import NEVER, Outputs
from statusgen.render.feeds import formats
from statusgen.site.incident import group_feed_of
from statusgen.site.view_models import IncidentView, Site, UpdateView

ATOM = "feed.atom"
JSON = "feed.json"
MAX_ENTRIES = 50

_Told = tuple[IncidentView, UpdateView]


@dataclass(frozen=True, kw_only=True)
class _Topic:
    """A part of the site with a feed of its own, at *path*; *home* is the page that shows it.

    The id of the feed is made of *key*, which therefore never changes.
    """

    key: str
    path: str
    home: str
    name: str
    incidents: tuple[IncidentView, ...]


def outputs(site: Site) -> Outputs:
    """Return the feeds of all updates, and one for each service and each group.

    Which feeds there are follows from the settings alone. So a group keeps its feed when its last
    service is retired, like the service itself: nobody who subscribed is left with a 404.
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
        for group_id in {group_of.get(touched.id) for touched in incident.services}:
            found.setdefault(group_id, []).append(incident)
    for group in site.config.groups:
        yield _Topic(
            key=f"groups/{group.id}",  # No service has a `/` in its id.
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
    told = _newest(site.incidents if topic is None else topic.incidents)
    key = topic.key if topic else ""
    return formats.Feed(
        id=f"tag:{site.config.feed_authority},2005:feed/{id12('feed', key)}",
        url=site.absolute(path),
        home=site.absolute(topic.home if topic else ""),
        title=f"{site.title}: {topic.name}" if topic else site.title,
        description=site.title,
        author=site.title,
        language=site.language.code,
        updated=told[0][1].at if told else NEVER,
        hub=site.config.hub,
        entries=tuple(_entry(site, incident, update) for incident, update in told),
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
        html=update.html or f"<p>{escape(incident.title)}</p>",
    )


def _key(update: UpdateView) -> str:
    """What tells an entry from all others that ever were.

    An update inherits its state from those before it, and the clock moves work when its window
    says so. Where an older update is written late, or the window is put off, other things are
    said from then on: the old entry goes, and the new one must not look as if it had been read.
    """
    if update.is_written:
        return f"{update.id}/{update.state}"
    return f"{update.id}/{update.state}/{update.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _title(site: Site, incident: IncidentView, update: UpdateView) -> str:
    if incident.is_notice:
        return incident.title
    return f"{site.language.say(f'state.{update.state}')}: {incident.title}"


def _newest(incidents: Iterable[IncidentView]) -> list[_Told]:
    """The newest updates of *incidents*; of one moment, the one that stands later in its file."""
    # Each of these has one that is as new as the last of the newest, so that no other can have any.
    spoken = [incident for incident in incidents if incident.spoken is not None]
    newest = nlargest(MAX_ENTRIES, (one.spoken for one in spoken if one.spoken))
    recent = [one for one in spoken if one.spoken and one.spoken >= newest[-1]]
    told = ((incident, update) for incident in recent for update in incident.updates)
    return nlargest(MAX_ENTRIES, told, key=lambda pair: pair[1].at)
