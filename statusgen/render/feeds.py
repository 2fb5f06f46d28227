"""Atom feeds: `feed.atom` of the site and one of each service.

One entry per update, which never changes once it is out: its id and dates come from the update, so
that no reader shows it twice (RFC 4287).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from heapq import nlargest
from html import escape

from feedgen.feed import FeedGenerator

from statusgen.ids import id12
from statusgen.render import Outputs
from statusgen.views import IncidentView, ServiceView, Site, UpdateView

MAX_ENTRIES = 50

# When nothing has happened yet the feed still has to be dated, and not by the clock.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_Entry = tuple[IncidentView, UpdateView]


def outputs(site: Site) -> Outputs:
    """The feed of all updates, and one for each service."""
    files: Outputs = {"feed.atom": partial(_feed, site, None)}
    for service in site.services:
        files[service.feed_url] = partial(_feed, site, service)
    return files


def _feed(site: Site, service: ServiceView | None) -> bytes:
    entries = _newest(site.incidents if service is None else service.incidents)
    feed = FeedGenerator()
    feed.id(_tag(site, "feed", service.id if service else ""))
    feed.title(f"{site.title}: {service.name}" if service else site.title)
    feed.language(site.language.code)
    feed.author({"name": site.title})
    page, url = (service.url, service.feed_url) if service else ("", "feed.atom")
    feed.link(href=site.absolute(page), rel="alternate", type="text/html")
    feed.link(href=site.absolute(url), rel="self", type="application/atom+xml")
    feed.generator("statusgen")
    feed.updated(entries[0][1].at if entries else _NEVER)
    for incident, update in entries:
        _add(feed, site, incident, update)
    return bytes(feed.atom_str(pretty=True)) + b"\n"


def _add(feed: FeedGenerator, site: Site, incident: IncidentView, update: UpdateView) -> None:
    entry = feed.add_entry(order="append")
    entry.id(f"tag:{site.config.feed_authority},2005:update/{update.id}")
    entry.title(_title(site, incident, update))
    entry.published(update.at)
    entry.updated(update.at)
    entry.link(href=f"{site.absolute(incident.url)}#{update.anchor}", rel="alternate")
    entry.content(update.html or f"<p>{escape(incident.title)}</p>", type="html")


def _title(site: Site, incident: IncidentView, update: UpdateView) -> str:
    if incident.is_notice:
        return incident.title
    return f"{site.language.say(f'state.{update.state}')}: {incident.title}"


def _newest(incidents: Iterable[IncidentView]) -> list[_Entry]:
    """The newest updates of *incidents*; of one moment, the one that stands later in its file."""
    entries = ((incident, update) for incident in incidents for update in incident.updates)
    return nlargest(MAX_ENTRIES, entries, key=lambda entry: entry[1].at)


def _tag(site: Site, kind: str, key: str) -> str:
    return f"tag:{site.config.feed_authority},2005:{kind}/{id12(kind, key)}"
