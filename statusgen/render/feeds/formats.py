"""Feed formats: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1.

All content, dates and ids come from the modules that build the feeds, never from the clock.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

_GENERATOR = "statusgen"
_ATOM = "http://www.w3.org/2005/Atom"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """An entry of a feed; *guid* is its id in RSS."""

    id: str
    guid: str
    url: str
    title: str
    published: datetime
    updated: datetime
    html: str


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed at the address *url* about the page *home*; *entries* are in final order."""

    id: str
    url: str
    home: str
    title: str
    description: str
    author: str
    language: str
    updated: datetime
    hub: str | None
    entries: tuple[FeedEntry, ...]


def to_atom(feed: Feed) -> bytes:
    """Return *feed* as Atom."""
    made = _generator(feed)
    made.register_extension("exact", _Exact, _Exact, rss=False)
    made.link(href=feed.home, rel="alternate", type="text/html")
    made.link(href=feed.url, rel="self", type="application/atom+xml")
    if feed.hub:
        made.link(href=feed.hub, rel="hub")
    for entry in feed.entries:
        added = _add(made, entry)
        added.id(entry.id)
        added.updated(entry.updated.astimezone(UTC))
    return bytes(made.atom_str(pretty=True)) + b"\n"


def to_rss(feed: Feed) -> bytes:
    """Return *feed* as RSS."""
    made = _generator(feed)
    made.register_extension("frame", _Frame, atom=False)
    made.frame.hub = feed.hub
    made.description(feed.description)
    made.pubDate(feed.updated.astimezone(UTC))
    made.link(href=feed.url, rel="self", type="application/rss+xml")
    made.link(href=feed.home)  # feedgen uses the last one as the link of the channel.
    for entry in feed.entries:
        _add(made, entry).guid(entry.guid, permalink=entry.guid == entry.url)
    return bytes(made.rss_str(pretty=True)) + b"\n"


def to_json(feed: Feed) -> bytes:
    """Return *feed* as JSON Feed."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        **({"hubs": [{"type": "WebSub", "url": feed.hub}]} if feed.hub else {}),
        "items": [_item(entry) for entry in feed.entries],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _item(entry: FeedEntry) -> Mapping[str, str]:
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": _zulu(entry.published.astimezone(UTC).isoformat()),
    }
    if entry.updated != entry.published:
        item["date_modified"] = _zulu(entry.updated.astimezone(UTC).isoformat())
    return item


def _generator(feed: Feed) -> Any:
    made = FeedGenerator()
    made.id(feed.id)
    made.title(feed.title)
    made.language(feed.language)
    made.author({"name": feed.author})
    made.generator(_GENERATOR)
    made.updated(feed.updated.astimezone(UTC))  # RSS: lastBuildDate, else the clock's
    return made


def _add(made: Any, entry: FeedEntry) -> Any:
    added = made.add_entry(order="append")
    added.title(entry.title)
    added.published(entry.published.astimezone(UTC))
    added.link(href=entry.url)
    added.content(entry.html, type="html")
    return added


def _zulu(moment: str) -> str:
    return moment.removesuffix("+00:00") + "Z"


class _Exact:
    """A feedgen extension that writes times with Z and types of links, as Statuspage does."""

    def extend_ns(self) -> dict[str, str]:
        """Return no namespaces."""
        return {}

    def extend_atom(self, element: Any) -> None:
        """Complete a feed or an entry."""
        for name in ("updated", "published"):
            for moment in element.findall(name):
                moment.text = _zulu(moment.text)
        for link in element.findall("link"):
            if link.get("rel") is None:  # feedgen omits it in entries
                link.set("rel", "alternate")
                link.set("type", "text/html")


class _Frame:
    """A feedgen extension that adds the namespace that Statuspage declares, and the hub."""

    hub: str | None = None

    def extend_ns(self) -> dict[str, str]:
        """Return the namespaces."""
        return {"dc": _DUBLIN_CORE}

    def extend_rss(self, element: Any) -> None:
        """Add the hub to the channel."""
        if self.hub:
            xml_elem(f"{{{_ATOM}}}link", element[0], href=self.hub, rel="hub")
