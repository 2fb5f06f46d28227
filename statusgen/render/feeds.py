"""Atom feeds: `feed.atom` of the site and one of each service.

One entry per update, which never changes once it is out: its id and dates come from the update, so
that no reader shows it twice (RFC 4287).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from html import escape
from itertools import islice

from feedgen.feed import FeedGenerator

from statusgen.ids import id12
from statusgen.render import Outputs
from statusgen.site import IncidentView, Site, UpdateView

MAX_ENTRIES = 50

# When nothing has happened yet the feed still has to be dated, and not by the clock.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_Entry = tuple[IncidentView, UpdateView]


def outputs(site: Site) -> Outputs:
    """The feed of all updates, and one for each service."""
    files: Outputs = {"feed.atom": partial(_feed, site, "feed.atom", "", None)}
    for service in site.services:
        files[service.feed_url] = partial(
            _feed, site, service.feed_url, service.url, (service.id, service.name)
        )
    return files


def _feed(site: Site, url: str, page: str, service: tuple[str, str] | None) -> bytes:
    entries = _newest(site, service[0] if service else None)
    feed = FeedGenerator()
    feed.id(_tag(site, "feed", service[0] if service else ""))
    feed.title(f"{site.title}: {service[1]}" if service else site.title)
    feed.language(site.language.code)
    feed.author({"name": site.title})
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


def _newest(site: Site, service: str | None) -> list[_Entry]:
    """The newest updates of the site, or of the incidents that touch *service*."""
    entries: Iterable[_Entry] = (
        (incident, update)
        for incident in site.incidents
        if service is None or any(touched.id == service for touched in incident.services)
        for update in incident.updates
    )
    # Updates of one moment keep the order of the file: sorting is stable in reverse, too.
    ordered = sorted(entries, key=lambda entry: entry[1].at, reverse=True)
    return list(islice(ordered, MAX_ENTRIES))


def _tag(site: Site, kind: str, key: str) -> str:
    return f"tag:{site.config.feed_authority},2005:{kind}/{id12(kind, key)}"
