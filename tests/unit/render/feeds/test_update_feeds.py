"""The Atom feeds of updates, checked by the rules of RFC 4287 and by a feed reader."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import feedparser
import html5lib
import pytest
from lxml import etree

from tests.conftest import SETTINGS
from tests.support import examples
from tests.support.examples import Site, made

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NEWEST = 50

# RFC 3339, section 5.6: date, time with seconds, and offset, in capitals.
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

SITES = {"example": examples.example, "hostile": examples.hostile, "empty": examples.empty}


@pytest.fixture(params=SITES, scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    """Return one of the sites."""
    return SITES[request.param]()


def page_of(path: str) -> str:
    """Return the page with the updates of the feed at *path*; that of a group is the front page."""
    is_of_service = path.startswith("services/")
    return path.replace("/feed.atom", ".html") if is_of_service else "index.html"


def feeds_of(site: Site) -> Iterator[tuple[str, etree._Element]]:
    """Return every feed with its root element."""
    for path in site.paths("feed.atom"):
        yield path, etree.fromstring(site.files[path])


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Return the children of *element* that are called *name*."""
    return list(element.findall(f"{ATOM}{name}"))


def child(element: etree._Element, name: str) -> str:
    """Return the text of the first child called *name*."""
    return element.findtext(f"{ATOM}{name}") or ""


def counts(element: etree._Element) -> Counter[str]:
    """Count the children of *element* by name."""
    return Counter(str(one.tag).removeprefix(ATOM) for one in element)


def links(element: etree._Element, rel: str) -> list[str]:
    """Return the addresses that *element* links to as *rel*."""
    found = children(element, "link")
    return [one.get("href") or "" for one in found if one.get("rel", "alternate") == rel]


def entries_as_written(site: Site, path: str = "feed.atom") -> dict[str, str]:
    """Return the bytes of each entry, by id, newest first."""
    found = re.findall(r"<entry>.*?</entry>", site.text(path), re.DOTALL)
    return {re.findall(r"<id>(.*?)</id>", entry)[0]: entry for entry in found}


def ids_of(site: Site, path: str = "feed.atom") -> list[str]:
    """Return the ids of the entries, newest first."""
    return list(entries_as_written(site, path))


def test_a_feed_is_utf_8_in_the_namespace_of_atom(site: Site) -> None:
    """RFC 4287 section 2: a feed is XML whose root is `feed`; all is in its namespace."""
    for path, feed in feeds_of(site):
        start = site.text(path)[:60].lower().replace("'", '"')

        assert start.startswith('<?xml version="1.0" encoding="utf-8"?>'), path
        assert f"{ATOM}feed" == feed.tag, path
        assert [] == [one.tag for one in feed.iter() if not str(one.tag).startswith(ATOM)], path


def test_a_feed_says_its_language(site: Site) -> None:
    """RFC 4287 section 2: `xml:lang` names the language of the texts."""
    languages = [feed.get(XML_LANG) for _, feed in feeds_of(site)]

    assert ["en"] * len(languages) == languages


def test_a_feed_has_its_required_children_once(site: Site) -> None:
    """RFC 4287 section 4.1.1: one id, title and updated; all but entries at most once."""
    for path, feed in feeds_of(site):
        found = counts(feed)
        required = {name: found.pop(name, 0) for name in ("id", "title", "updated")}
        repeatable = {"author", "category", "contributor", "link", "entry"}

        assert {"id": 1, "title": 1, "updated": 1} == required, path
        assert set() == {n for n, count in found.items() if count > 1 and n not in repeatable}, path


def test_every_entry_has_an_author(site: Site) -> None:
    """RFC 4287 sections 4.1.1 and 3.2: the feed has an author with exactly one name."""
    for path, feed in feeds_of(site):
        authors = children(feed, "author")

        assert 1 == len(authors), path
        assert 1 == counts(authors[0])["name"], path
        assert child(authors[0], "name").strip(), path


def test_an_entry_has_its_required_children_once(site: Site) -> None:
    """RFC 4287 section 4.1.2: one id, title, updated, and here published and content."""
    wanted = {"id": 1, "title": 1, "updated": 1, "published": 1, "content": 1, "link": 1}
    for path, feed in feeds_of(site):
        found = [dict(counts(entry)) for entry in children(feed, "entry")]

        assert [wanted] * len(found) == found, path


def test_titles_are_plain_text(site: Site) -> None:
    """RFC 4287 section 3.1.1.1: a title is text without child elements, and not empty."""
    for path, feed in feeds_of(site):
        for owner in [feed, *children(feed, "entry")]:
            title = children(owner, "title")[0]

            assert title.get("type", "text") == "text", path
            assert 0 == len(title), path
            assert child(owner, "title").strip(), path


def test_dates_have_seconds_and_a_zone(site: Site) -> None:
    """RFC 4287 section 3.3: dates are those of RFC 3339, with a capital T and an offset."""
    dates = [
        child(owner, name)
        for _, feed in feeds_of(site)
        for owner in [feed, *children(feed, "entry")]
        for name in ("updated", "published")
        if children(owner, name)
    ]

    assert [] == [date for date in dates if not RFC3339.fullmatch(date)]


def test_an_entry_is_dated_once_and_for_all(site: Site) -> None:
    """An entry was updated in the second in which it was published, at its own millisecond."""
    for path, feed in feeds_of(site):
        for entry in children(feed, "entry"):
            number = int(child(entry, "id").rpartition("/")[2], 36) % 1000
            fraction = f".{number:03}" if number else ""
            expected = child(entry, "published").replace("Z", f"{fraction}Z")

            assert expected == child(entry, "updated"), path


def test_a_feed_is_as_new_as_its_newest_entry(site: Site) -> None:
    """RFC 4287 section 4.2.15: the feed changes with a new entry, not with every build."""
    for path, feed in feeds_of(site):
        newest = [child(entry, "updated") for entry in children(feed, "entry")][:1]

        assert newest in ([], [child(feed, "updated")]), path


def test_ids_are_absolute_and_under_the_configured_authority(site: Site) -> None:
    """RFC 4287 section 4.2.6, RFC 4151: an id is a `tag:` of the site's host and a fixed date."""
    host = urlsplit(site.url).hostname or ""
    pattern = re.compile(rf"tag:{re.escape(host)},\d{{4}}(-\d\d){{0,2}}:[!-~]+")
    ids = [
        child(owner, "id")
        for _, feed in feeds_of(site)
        for owner in [feed, *children(feed, "entry")]
    ]

    assert [] == [name for name in ids if not pattern.fullmatch(name)]


def test_ids_are_unique(site: Site) -> None:
    """RFC 4287 sections 4.1.1 and 4.2.6.1: feeds, and entries of one feed, have different ids."""
    feeds = [child(feed, "id") for _, feed in feeds_of(site)]
    for path, feed in feeds_of(site):
        ids = [child(entry, "id") for entry in children(feed, "entry")]

        assert len(set(ids)) == len(ids), path
        assert set() == set(ids) & set(feeds), path
    assert len(set(feeds)) == len(feeds)


def test_links_are_absolute(site: Site) -> None:
    """RFC 4287 section 4.2.7.1: every `href` is a full address below that of the site."""
    found = [
        link.get("href") or ""
        for _, feed in feeds_of(site)
        for owner in [feed, *children(feed, "entry")]
        for link in children(owner, "link")
    ]

    assert [] == [href for href in found if not href.startswith(f"{site.url}/")]


def test_a_feed_links_to_itself(site: Site) -> None:
    """RFC 4287 section 4.1.1: the link `self` is the feed's own address."""
    for path, feed in feeds_of(site):
        assert [f"{site.url}/{path}"] == links(feed, "self")


def test_a_feed_links_to_the_page_it_tells_of(site: Site) -> None:
    """RFC 4287 section 4.1.1: the link `alternate` is a page of the site."""
    for path, feed in feeds_of(site):
        pages = [
            link.removeprefix(f"{site.url}/") or "index.html" for link in links(feed, "alternate")
        ]

        assert [page_of(path)] == pages
        assert page_of(path) in site.files


def test_an_entry_links_to_its_update_on_the_page_of_the_incident(site: Site) -> None:
    """RFC 4287 section 4.1.2: the link `alternate` leads to an element on a page."""
    for path, feed in feeds_of(site):
        for entry in children(feed, "entry"):
            page, _, fragment = links(entry, "alternate")[0].partition("#")
            html = site.text(page.removeprefix(f"{site.url}/"))

            assert 1 == html.count(f' id="{fragment}"'), path


def test_content_is_html_without_script(site: Site) -> None:
    """RFC 4287 sections 4.1.3.3 and 8.1: content is escaped HTML that runs and fetches nothing."""
    for path, feed in feeds_of(site):
        for entry in children(feed, "entry"):
            content = children(entry, "content")[0]
            parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True)
            nodes = [one for one in parser.parseFragment(content.text or "").iter() if one.tag]
            names = {str(one.tag) for one in nodes}
            handlers = [name for one in nodes for name in one.attrib if name[:2] in ("on", "st")]

            assert "html" == content.get("type"), path
            assert 0 == len(content), path
            assert (content.text or "").strip(), path
            assert set() == names & {"script", "style", "iframe", "img", "object", "form"}, path
            assert [] == handlers, path


def test_addresses_in_content_are_absolute(site: Site) -> None:
    """RFC 4287 section 4.1.3.3: content has no base address, so that links in it are full."""
    found = [
        str(one.get("href"))
        for _, feed in feeds_of(site)
        for entry in children(feed, "entry")
        for one in html5lib.parseFragment(
            child(entry, "content"), namespaceHTMLElements=False
        ).iter()
        if one.get("href") is not None
    ]

    assert set() == {urlsplit(href).scheme for href in found} - {"http", "https", "mailto"}


def test_entries_are_newest_first(site: Site) -> None:
    """The newest update is at the top of the feed."""
    for path, feed in feeds_of(site):
        dates = [datetime.fromisoformat(child(e, "updated")) for e in children(feed, "entry")]

        assert sorted(dates, reverse=True) == dates, path


def test_every_feed_is_found_from_a_page(site: Site) -> None:
    """The head of a page links to its feed, so that readers find it by the page's address."""
    for path in site.paths("feed.atom"):
        page = page_of(path)
        link = re.findall(
            r'<link rel="alternate" type="application/atom\+xml"[^>]*>', site.text(page)
        )

        assert 1 == sum(f'href="{"../" * page.count("/")}{path}"' in one for one in link), path


TALE = """---
title: API errors & <delays>
severity: major
services: {api: major, web: partial}
started: 2026-11-20 09:05
updates:
  - at: 2026-11-20 09:12
    state: investigating
    text: We see *elevated* error rates.
  - at: 2026-11-20 09:41
    state: identified
    text: A bad deploy.
"""
NEWER = """  - at: 2026-11-20 09:41
    text: Still rolling back, at the very same minute.
  - at: 2026-11-20 10:10
    state: resolved
    services: {db: none}
    text: Back to normal.
"""
WORK = """---
title: Database work
severity: maintenance
services: [db]
starts: 2026-11-21 22:00
ends: 2026-11-21 23:00
updates:
  - at: 2026-11-18 12:00
    text: We replace a disk.
---
"""
NOTICE = """---
title: Old clients
severity: none
services: []
started: 2026-11-10 10:00
---
Please upgrade.
"""
BEFORE = {
    "incidents/api-errors.md": f"{TALE}---\n",
    "incidents/work.md": WORK,
    "incidents/notice.md": NOTICE,
}
AFTER = {**BEFORE, "incidents/api-errors.md": f"{TALE}{NEWER}---\nA postmortem.\n"}
LATER = "2026-12-24 12:00"


def test_a_reader_gets_what_the_files_say() -> None:
    """Titles, dates, links and texts come out of a feed reader unchanged."""
    site = made(AFTER)
    parsed = feedparser.parse(site.files["feed.atom"])
    page = f"{site.url}/incidents/api-errors.html"
    said = [
        (entry.title, entry.published, entry.link.partition("#")[0], entry.content[0].value)
        for entry in parsed.entries
    ]

    assert not parsed.bozo
    assert "Acme Status" == parsed.feed.title
    assert [
        (
            "Investigating: API errors & <delays>",
            "2026-11-20T08:12:00Z",
            page,
            "<p>We see <em>elevated</em> error rates.</p>",
        ),
        (
            "Identified: API errors & <delays>",
            "2026-11-20T08:41:00Z",
            page,
            "<p>Still rolling back, at the very same minute.</p>",
        ),
        (
            "Identified: API errors & <delays>",
            "2026-11-20T08:41:00Z",
            page,
            "<p>A bad deploy.</p>",
        ),
        (
            "Resolved: API errors & <delays>",
            "2026-11-20T09:10:00Z",
            page,
            "<p>Back to normal.</p>",
        ),
    ] == [one for one in reversed(said) if one[2] == page]
    assert [
        ("Scheduled: Database work", "2026-11-18T11:00:00Z", "<p>We replace a disk.</p>"),
        ("Old clients", "2026-11-10T09:00:00Z", "<p>Please upgrade.</p>"),
    ] == [(title, date, text) for title, date, link, text in said if link != page]


def test_a_maintenance_is_dated_when_it_was_announced() -> None:
    """Upcoming maintenance is in the feed at once, dated by its announcement."""
    site = made({"incidents/work.md": WORK}, now="2026-11-18 12:00")
    feed = etree.fromstring(site.files["feed.atom"])

    assert ["2026-11-18T11:00:00Z"] == [child(e, "published") for e in children(feed, "entry")]


def test_the_moves_of_the_clock_are_entries_like_any_other() -> None:
    """Maintenance that starts and ends by the clock has one entry for each, at its window."""
    feed = etree.fromstring(made({"incidents/work.md": WORK}, now=LATER).files["feed.atom"])
    dates = [child(entry, "published") for entry in children(feed, "entry")]

    assert [
        "2026-11-21T22:00:00Z",
        "2026-11-21T21:00:00Z",
        "2026-11-18T11:00:00Z",
    ] == dates


@pytest.mark.parametrize(
    ("files", "now"),
    [
        pytest.param(AFTER, examples.NOW, id="a-newer-update-of-the-same-incident"),
        pytest.param(BEFORE, LATER, id="time-passes"),
        pytest.param(AFTER, LATER, id="both"),
        pytest.param(
            {**BEFORE, "incidents/z.md": f"{TALE}---\n".replace("API errors", "Another")},
            examples.NOW,
            id="another-incident-at-the-same-minutes",
        ),
    ],
)
def test_an_entry_that_is_out_never_changes(files: dict[str, str], now: str) -> None:
    """Later additions change no byte of an existing entry."""
    before = entries_as_written(made(BEFORE))
    after = entries_as_written(made(files, now=now))

    assert 4 == len(before)
    assert before == {name: entry for name, entry in after.items() if name in before}
    assert len(after) > len(before)


def test_an_update_without_an_own_time_of_day_keeps_its_id_when_others_join() -> None:
    """The first of several updates of one minute keeps its id when another follows."""
    before, after = made(BEFORE), made(AFTER)
    new = [name for name in ids_of(after) if name not in ids_of(before)]

    assert [name for name in ids_of(after) if name not in new] == ids_of(before)
    assert 2 == len(new)


def test_nothing_said_after_now_is_in_the_feed() -> None:
    """An update in the future is left out until then."""
    early = ids_of(made(AFTER, now="2026-11-20 09:12"))
    late = ids_of(made(AFTER, now="2026-11-20 10:10"))

    assert (3, 6) == (len(early), len(late))
    assert early == late[-3:]


def test_a_feed_of_a_service_holds_only_its_incidents() -> None:
    """Each service's feed has every update of the files that affect it, and nothing else."""
    site = made(AFTER)
    entries = entries_as_written(site)
    pages = {
        name: {link for e in entries_as_written(site, path).values() for link in _pages(e)}
        for name, path in [(path.split("/")[1], path) for path in site.paths("/feed.atom")]
    }

    assert {
        "api": {"api-errors"},
        "web": {"api-errors"},
        "db": {"api-errors", "work"},
    } == pages
    for path in site.paths("/feed.atom"):
        assert {} == {
            name: entry
            for name, entry in entries_as_written(site, path).items()
            if entries[name] != entry
        }


def _pages(entry: str) -> list[str]:
    return re.findall(r"/incidents/([a-z-]+)\.html#", entry)


def test_a_feed_of_a_service_follows_its_older_names() -> None:
    """A file that names a service by an alias is in the feed of the service."""
    settings = """\
title: Acme Status
url: https://status.acme.example
services:
  - {id: api, name: API, aliases: [rest-api]}
"""
    named = f"{TALE}---\n".replace("{api: major, web: partial}", "[rest-api]")
    site = made({"statusgen.yml": settings, "incidents/a.md": named})

    assert ids_of(site) == ids_of(site, "services/api/feed.atom")


def many(count: int) -> dict[str, str]:
    """Return *count* incidents, one a minute, with one update each."""
    return {
        f"incidents/number-{n:02}.md": f"---\ntitle: Number {n}\nseverity: partial\n"
        f"services: [api]\nstarted: 2026-11-19 10:{n:02}\n---\nText {n}.\n"
        for n in range(count)
    }


def test_the_newest_fifty_stand_in_the_feed() -> None:
    """The 51st newest update is not in the feed; the others are, newest first."""
    feed = etree.fromstring(made(many(NEWEST + 1)).files["feed.atom"])
    titles = [child(entry, "title").split(": ")[-1] for entry in children(feed, "entry")]

    assert [f"Number {n}" for n in range(NEWEST, 0, -1)] == titles


def test_an_update_that_pushes_another_out_changes_none_that_stay() -> None:
    """A new entry displaces the oldest one; the others keep every byte."""
    before = entries_as_written(made(many(NEWEST)))
    after = entries_as_written(made(many(NEWEST + 1)))

    assert {name: entry for name, entry in before.items() if name in after} == {
        name: entry for name, entry in after.items() if name in before
    }
    assert NEWEST - 1 == len(before.keys() & after.keys())


def test_a_pinned_id_is_that_of_the_update_everywhere() -> None:
    """Feeds, both APIs and the page use a pinned `id`, which stays when the time changes."""
    file = (
        "---\ntitle: Slow\nseverity: partial\nservices: [api]\nupdates:\n"
        "  - {at: '2026-11-19 10:00', text: Slow.}\n"
        "  - {at: '2026-11-19 10:30', id: abcdef012345, text: Better.}\n---\n"
    )
    before = made({"incidents/slow.md": file})
    after = made({"incidents/slow.md": file.replace("10:30", "10:20")})

    assert ids_of(before) == ids_of(after)
    assert "tag:status.acme.example,2005:update/abcdef012345" == ids_of(before)[0]
    assert 'id="update-abcdef012345"' in before.text("incidents/slow.html")
    for path in ("api/v2/incidents.json", "api/incidents.json"):
        updates = json.loads(before.files[path])["incidents"][0]
        ids = [one["id"] for one in updates.get("incident_updates") or updates["updates"]]
        assert "abcdef012345" == ids[0], path
        assert 2 == len(set(ids)), path


def test_a_site_without_incidents_has_the_same_feed_at_any_time() -> None:
    """An empty feed has a fixed date."""
    assert examples.empty().files["feed.atom"] == made(now=LATER).files["feed.atom"]
    assert [] == ids_of(examples.empty())


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("<script>alert(1)</script>", id="markup"),
        pytest.param("a &amp; b &lt;c&gt; &#60;", id="references"),
        pytest.param("]]> <![CDATA[ x ]]>", id="cdata"),
        pytest.param("</title></entry></feed>", id="closes-the-feed"),
        pytest.param("<?xml version='1.0'?><!DOCTYPE x>", id="declarations"),
        pytest.param("{{ title }} {% raw %} %s {0}", id="templates"),
        pytest.param("zażółć 東京 שלום 🚀👩\u200d🚀", id="all-the-world"),
        pytest.param("'single' \"double\" `back`", id="quotes"),
    ],
)
def test_a_hostile_title_comes_out_as_written(title: str) -> None:
    """A title with any content reaches feed readers unchanged, as text."""
    quoted = "'" + title.replace("'", "''") + "'"
    file = (
        f"---\ntitle: {quoted}\nseverity: none\nservices: []\nstarted: 2026-11-19 10:00\n---\nx\n"
    )
    feed = etree.fromstring(made({"incidents/a.md": file}).files["feed.atom"])

    assert [title] == [child(entry, "title") for entry in children(feed, "entry")]


def test_a_notice_without_a_text_has_its_title_for_content() -> None:
    """The title replaces a missing text, with its markup escaped."""
    title = "<img src=x onerror=alert(1)> & co"
    file = f"---\ntitle: {title}\nseverity: none\nservices: []\nstarted: 2026-11-19 10:00\n---\n"
    feed = etree.fromstring(made({"incidents/a.md": file}).files["feed.atom"])
    content = child(children(feed, "entry")[0], "content")
    shown = html5lib.parseFragment(content, namespaceHTMLElements=False)

    assert title == "".join(shown.itertext())


def test_a_preview_elsewhere_has_the_same_ids() -> None:
    """`--base-url` changes the links of a feed and none of its ids."""
    published, preview = made(AFTER), made(AFTER, base_url="https://preview.test/pr/7")
    here, there = (etree.fromstring(one.files["feed.atom"]) for one in (published, preview))

    assert child(here, "id") == child(there, "id")
    assert ids_of(published) == ids_of(preview)
    assert ["https://preview.test/pr/7/feed.atom"] == links(there, "self")
    assert b"status.acme.example" not in preview.files["feed.atom"].replace(b"tag:status.acme", b"")


def test_a_site_that_moves_keeps_its_ids_by_its_authority() -> None:
    """With `feed_authority` set to the old host, a new `url` changes no id."""
    settings = """\
title: Acme Status
url: https://new.example/status
timezone: Europe/Rome
feed_authority: status.acme.example
services: [{id: api, name: API}, {id: web, name: Website}, {id: db, name: Database}]
"""
    moved = made({**AFTER, "statusgen.yml": settings})

    assert ids_of(made(AFTER)) == ids_of(moved)
    assert entries_as_written(moved)[ids_of(moved)[0]].count("https://new.example/status/") == 1


def test_a_renamed_title_keeps_the_ids() -> None:
    """Ids depend on file names and times, not on texts."""
    renamed = {path: text.replace("title: ", "title: Re ") for path, text in AFTER.items()}

    assert ids_of(made(AFTER)) == ids_of(made(renamed))


PAIR = {
    f"incidents/{name}.md": (
        f"---\ntitle: {name}\nseverity: major\nservices: [api]\nupdates:\n"
        "  - at: 2026-11-20 09:05\n    text: x\n"
        "  - at: 2026-11-20 09:15\n    state: resolved\n    text: y\n---\n"
    )
    for name in ("a", "b", "c")
}


def test_no_two_entries_have_the_same_date() -> None:
    """Updates in the same second differ in milliseconds, and entries are sorted by them."""
    feed = etree.fromstring(made(PAIR).files["feed.atom"])
    dates = [child(entry, "updated") for entry in children(feed, "entry")]

    assert sorted({*dates}, reverse=True) == dates
    assert 6 == len(dates)


def test_the_date_of_an_entry_does_not_depend_on_others() -> None:
    """Another incident in the same second changes no byte of an entry."""
    fewer = {path: text for path, text in PAIR.items() if path != "incidents/a.md"}
    before, after = entries_as_written(made(fewer)), entries_as_written(made(PAIR))

    assert before == {name: entry for name, entry in after.items() if name in before}


def test_an_empty_feed_has_the_date_of_the_latest_service() -> None:
    """A feed without entries has the latest `since` of its services, or else of all services."""
    settings = (
        "title: A\nurl: https://a.example\ngroups: [{id: core, name: Core}]\nservices:\n"
        "  - {id: api, name: API, group: core, since: 2024-03-01}\n"
        "  - {id: web, name: Web, group: core, since: 2025-05-01}\n"
        "  - {id: new, name: New, since: 2099-01-01}\n"
    )
    site = made({"statusgen.yml": settings})
    names = ["feed", "groups/core/feed", "services/api/feed", "services/new/feed", "history"]

    assert ["2025-05-01", "2025-05-01", "2024-03-01", "2025-05-01", "2025-05-01"] == [
        child(etree.fromstring(site.files[f"{name}.atom"]), "updated")[:10] for name in names
    ]


def test_a_corrected_word_keeps_the_id() -> None:
    """A corrected typo keeps the id, so that readers do not show the entry again."""
    mended = {**AFTER, "incidents/work.md": WORK.replace("a disk", "two disks")}

    assert ids_of(made(AFTER)) == ids_of(made(mended))


@pytest.mark.parametrize("now", ["2026-11-20 10:11", "2026-11-21 21:59"])
def test_time_alone_changes_no_feed(now: str) -> None:
    """A later build without new content gives the same bytes."""
    first, later = made(AFTER, now="2026-11-20 10:10"), made(AFTER, now=now)
    paths = [*first.paths(".atom"), *first.paths(".rss"), "feed.json"]

    assert 7 == len(paths)
    assert {path: first.files[path] for path in paths} == {
        path: later.files[path] for path in paths
    }


HUB = "https://hub.example/?a=1&b=2"


def with_hub(hub: str = HUB) -> dict[str, str]:
    """Return a site with a *hub*."""
    return {**AFTER, "statusgen.yml": f"{SETTINGS}hub: {hub}\n"}


def test_a_feed_names_the_hub() -> None:
    """WebSub section 4: a feed links to its hub once, and once, exactly, to itself."""
    site = made(with_hub())

    assert 4 == len(list(feeds_of(site)))
    for path, feed in feeds_of(site):
        assert [HUB] == links(feed, "hub")
        assert [f"{site.url}/{path}"] == links(feed, "self")


def test_a_hub_changes_no_entry() -> None:
    """Adding a hub changes no entry; without one, feeds link to none."""
    assert entries_as_written(made(AFTER)) == entries_as_written(made(with_hub()))
    assert "hub" not in made(AFTER).text("feed.atom")


@pytest.mark.parametrize("page", ["index.html", "history.html", "services/api.html"])
def test_every_kind_of_feed_is_found_from_every_page(page: str) -> None:
    """A page links the updates as Atom and JSON Feed, and the history as Atom and RSS."""
    root = "../" * page.count("/")
    found = re.findall(
        r'<link rel="alternate" type="([^"]*)" title="([^"]*)" href="([^"]*)"', made().text(page)
    )

    assert [
        ("application/atom+xml", "Acme Status: All updates", f"{root}feed.atom"),
        ("application/feed+json", "Acme Status: All updates", f"{root}feed.json"),
        ("application/atom+xml", "Acme Status: Incident history", f"{root}history.atom"),
        ("application/rss+xml", "Acme Status: Incident history", f"{root}history.rss"),
    ] == found[-4:]
