"""`feed.json`, checked by JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tests.support import examples
from tests.support.examples import Site, made
from tests.unit.render.feeds.test_update_feeds import (
    AFTER,
    BEFORE,
    HUB,
    LATER,
    NEWEST,
    RFC3339,
    SITES,
    child,
    children,
    links,
    many,
    with_hub,
)


@pytest.fixture(params=SITES, scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    """Return one of the sites."""
    return SITES[request.param]()


def strictly(text: str) -> Any:
    """Return *text* parsed as RFC 8259 JSON; reject duplicate keys and NaN."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    def never(word: str) -> None:
        pytest.fail(f"{word} is not JSON")

    return json.loads(text, object_pairs_hook=once, parse_constant=never)


def feed_of(site: Site) -> Any:
    """Return the feed of *site*."""
    return strictly(site.text("feed.json"))


def test_the_feed_has_the_keys_of_the_format(site: Site) -> None:
    """Section "Top-level": version, title and items, and the recommended addresses."""
    feed = feed_of(site)

    assert [
        "version", "title", "home_page_url", "feed_url", "language", "authors", "items",
    ] == list(feed)  # fmt: skip
    assert "https://jsonfeed.org/version/1.1" == feed["version"]
    assert (f"{site.url}/", f"{site.url}/feed.json") == (feed["home_page_url"], feed["feed_url"])
    assert [["name"]] == [list(author) for author in feed["authors"]]
    assert feed["title"].strip()


def test_an_item_has_the_keys_of_the_format(site: Site) -> None:
    """Section "Items": a unique string id, content, an address and a date of RFC 3339."""
    items = feed_of(site)["items"]
    ids = [item["id"] for item in items]

    assert len(set(ids)) == len(ids)
    for item in items:
        assert ["id", "url", "title", "content_html", "date_published"] == list(item)
        assert [] == [key for key, value in item.items() if not value.strip()]
        assert RFC3339.fullmatch(item["date_published"])
        assert item["url"].startswith(f"{site.url}/")
        assert "" != urlsplit(item["url"]).fragment


def test_it_says_what_the_atom_feed_says(site: Site) -> None:
    """Ids, titles, addresses, dates and contents are those of `feed.atom`, in its order."""
    atom = etree.fromstring(site.files["feed.atom"])
    names = ("id", "url", "title", "content_html", "date_published")

    assert [
        (child(e, "id"), links(e, "alternate")[0], child(e, "title"), child(e, "content"),
         child(e, "published"))
        for e in children(atom, "entry")
    ] == [tuple(item[name] for name in names) for item in feed_of(site)["items"]]  # fmt: skip


def test_the_newest_fifty_stand_in_the_feed() -> None:
    """The 51st newest update is not in the feed."""
    items = feed_of(made(many(NEWEST + 1)))["items"]

    assert [f"Number {n}" for n in range(NEWEST, 0, -1)] == [
        item["title"].split(": ")[-1] for item in items
    ]


@pytest.mark.parametrize(("files", "now"), [(AFTER, examples.NOW), (BEFORE, LATER)])
def test_an_item_that_is_out_never_changes(files: dict[str, str], now: str) -> None:
    """A published item stays the same, with any later additions."""
    before = {item["id"]: item for item in feed_of(made(BEFORE))["items"]}
    after = {item["id"]: item for item in feed_of(made(files, now=now))["items"]}

    assert len(after) > len(before)
    assert before == {name: item for name, item in after.items() if name in before}


def test_a_preview_elsewhere_has_the_same_ids() -> None:
    """`--base-url` changes every address and no id."""
    here, there = feed_of(made(AFTER)), feed_of(made(AFTER, base_url="https://preview.test/7"))

    assert [item["id"] for item in here["items"]] == [item["id"] for item in there["items"]]
    assert "https://preview.test/7/feed.json" == there["feed_url"]


def test_the_hub_is_named() -> None:
    """Section "Top-level", `hubs`: type and address of the hub."""
    assert [{"type": "WebSub", "url": HUB}] == feed_of(made(with_hub()))["hubs"]
