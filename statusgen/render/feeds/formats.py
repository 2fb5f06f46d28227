"""Feed formats: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1.

All content, dates and ids come from the modules that build the feeds, never from the clock.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_GENERATOR = "statusgen"
_ATOM = "http://www.w3.org/2005/Atom"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """An entry in a feed; *guid* is its id in RSS.

    Entries should not have the same *updated* in Atom, or the same *published* in RSS, because some
    readers skip the second one.
    """

    id: str
    guid: str
    url: str
    title: str
    published: datetime
    updated: datetime
    html: str


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed at *url* for the page at *home*; *entries* are in their final order."""

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
    generator = _generator(feed)
    generator.register_extension("statuspage_atom", _AtomExtension, _AtomExtension, rss=False)
    generator.link(href=feed.home, rel="alternate", type="text/html")
    generator.link(href=feed.url, rel="self", type="application/atom+xml")
    if feed.hub:
        generator.link(href=feed.hub, rel="hub")
    for entry in feed.entries:
        item = _add(generator, entry)
        item.id(entry.id)
        item.updated(entry.updated.astimezone(UTC))
    return bytes(generator.atom_str(pretty=True)) + b"\n"


def to_rss(feed: Feed) -> bytes:
    """Return *feed* as RSS."""
    generator = _generator(feed)
    generator.register_extension("statuspage_rss", _RssExtension, atom=False)
    generator.statuspage_rss.hub = feed.hub
    generator.description(feed.description)
    generator.pubDate(feed.updated.astimezone(UTC))
    generator.link(href=feed.url, rel="self", type="application/rss+xml")
    generator.link(href=feed.home)  # feedgen uses the last one as the link of the channel.
    for entry in feed.entries:
        _add(generator, entry).guid(entry.guid, permalink=entry.guid == entry.url)
    return bytes(generator.rss_str(pretty=True)) + b"\n"


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
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": _zulu(entry.published.astimezone(UTC).isoformat()),
    }


def _generator(feed: Feed) -> Any:
    # It loads lxml, which a build without a new feed does not need.
    from feedgen.feed import FeedGenerator  # noqa: PLC0415

    generator = FeedGenerator()
    generator.id(feed.id)
    generator.title(feed.title)
    generator.language(feed.language)
    generator.author({"name": feed.author})
    generator.generator(_GENERATOR)
    # In RSS, this is lastBuildDate, by default the current time.
    generator.updated(feed.updated.astimezone(UTC))
    return generator


def _add(generator: Any, entry: FeedEntry) -> Any:
    item = generator.add_entry(order="append")
    item.title(entry.title)
    item.published(entry.published.astimezone(UTC))
    item.link(href=entry.url)
    item.content(entry.html, type="html")
    return item


def _zulu(moment: str) -> str:
    """Return the ISO 8601 time *moment* with `Z`, and with milliseconds instead of microseconds."""
    found, _, fraction = moment.removesuffix("+00:00").partition(".")
    return f"{found}.{fraction[:3]}Z" if fraction else f"{found}Z"


class _AtomExtension:
    """A feedgen extension that writes times with `Z` and adds link types, as Statuspage does."""

    def extend_ns(self) -> dict[str, str]:
        """Return no namespaces."""
        return {}

    def extend_atom(self, element: Any) -> None:
        """Adjust the times and links in a feed or an entry."""
        for name in ("updated", "published"):
            for moment in element.findall(name):
                moment.text = _zulu(moment.text)
        for link in element.findall("link"):
            if link.get("rel") is None:  # feedgen omits it in entries
                link.set("rel", "alternate")
                link.set("type", "text/html")


class _RssExtension:
    """A feedgen extension that adds the hub, and the namespace that Statuspage declares."""

    hub: str | None = None

    def extend_ns(self) -> dict[str, str]:
        """Return the namespaces."""
        return {"dc": _DUBLIN_CORE}

    def extend_rss(self, element: Any) -> None:
        """Add the hub to the channel."""
        from feedgen.util import xml_elem  # noqa: PLC0415, as above

        if self.hub:
            xml_elem(f"{{{_ATOM}}}link", element[0], href=self.hub, rel="hub")
