"""`history.atom` and `history.rss`: the formats, and what clients of Statuspage expect."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import feedparser
import html5lib
import pytest
from lxml import etree

from tests.conftest import SETTINGS
from tests.support import examples
from tests.support.examples import Site, made
from tests.unit.render.feeds.test_update_feeds import (
    AFTER,
    BEFORE,
    HUB,
    LATER,
    NOTICE,
    RFC3339,
    SITES,
    WORK,
    XML_LANG,
    child,
    children,
    counts,
    links,
    many,
    with_hub,
)

NEWEST = 25
ATOM_LINK = "{http://www.w3.org/2005/Atom}link"


@pytest.fixture(params=SITES, scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    """Return one of the sites."""
    return SITES[request.param]()


def atom_of(site: Site) -> etree._Element:
    """Return the Atom feed."""
    return etree.fromstring(site.files["history.atom"])


def entries_of(site: Site) -> list[etree._Element]:
    """Return the entries of the Atom feed."""
    return children(atom_of(site), "entry")


def channel_of(site: Site) -> etree._Element:
    """Return the channel of the RSS feed."""
    return etree.fromstring(site.files["history.rss"])[0]


def items_of(site: Site) -> list[etree._Element]:
    """Return the items of the RSS feed."""
    return list(channel_of(site).findall("item"))


def text(element: etree._Element, name: str) -> str:
    """Return the text of the child of *element* called *name*."""
    return element.findtext(name) or ""


def test_the_atom_feed_has_what_a_feed_must_have(site: Site) -> None:
    """RFC 4287 section 4.1.1: one id, title, updated; an author; links to the page and itself."""
    feed = atom_of(site)
    host = urlsplit(site.url).hostname
    found = counts(feed)

    assert [1, 1, 1, 1] == [found[name] for name in ("id", "title", "updated", "author")]
    assert f"tag:{host},2005:/history" == child(feed, "id")
    assert [f"{site.url}/"] == links(feed, "alternate")
    assert [f"{site.url}/history.atom"] == links(feed, "self")
    assert child(children(feed, "author")[0], "name").strip()
    assert child(feed, "title").endswith(" Status - Incident History")


def test_an_atom_entry_has_what_an_entry_must_have(site: Site) -> None:
    """RFC 4287 section 4.1.2: each required child once, and no other."""
    wanted = {"id": 1, "title": 1, "updated": 1, "published": 1, "content": 1, "link": 1}

    assert [wanted] * len(entries_of(site)) == [dict(counts(entry)) for entry in entries_of(site)]


def test_the_language_is_english_everywhere() -> None:
    """Labels are English in any language, because clients parse them."""
    site = made({**AFTER, "statusgen.yml": f"{SETTINGS}language: it\n"})
    html = child(entries_of(site)[0], "content")
    over = made(
        {"incidents/work.md": WORK, "statusgen.yml": f"{SETTINGS}language: it\n"}, now=LATER
    )

    assert "The scheduled maintenance has been completed." in child(entries_of(over)[0], "content")
    assert "en-US" == atom_of(site).get(XML_LANG)
    assert "Acme Status - Incident History" == child(atom_of(site), "title")
    assert "<strong>Resolved</strong>" in "".join(child(e, "content") for e in entries_of(site))
    assert "THIS IS A SCHEDULED EVENT" in html


def test_atom_times_are_whole_seconds_in_utc(site: Site) -> None:
    """RFC 4287 section 3.3, and Statuspage: whole seconds, and Z."""
    owners = [atom_of(site), *entries_of(site)]
    times = [child(o, name) for o in owners for name in ("updated", "published") if child(o, name)]

    assert [] == [time for time in times if not re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", time)]
    assert [] == [time for time in times if not RFC3339.fullmatch(time)]


def test_ids_are_unique(site: Site) -> None:
    """RFC 4287 section 4.2.6.1: each entry has its own id, below the authority of the site."""
    ids = [child(entry, "id") for entry in entries_of(site)]
    tag = rf"tag:{re.escape(urlsplit(site.url).hostname or '')},2005:Incident/[a-z0-9]{{12}}"

    assert len(set(ids)) == len(ids)
    assert [] == [name for name in ids if not re.fullmatch(tag, name)]


def test_an_entry_leads_to_a_page_of_its_id(site: Site) -> None:
    """RFC 4287 section 4.2.7: the link is a full address of an existing page."""
    for entry in entries_of(site):
        name = child(entry, "id").rpartition("/")[2]
        path = links(entry, "alternate")[0].removeprefix(f"{site.url}/")

        assert f"incidents/{name}.html" == path
        assert path in site.files


def test_content_is_html_without_script(site: Site) -> None:
    """RFC 4287 section 4.1.3.3: content is escaped HTML with plain tags only."""
    allowed = {"DOCUMENT_FRAGMENT", "p", "small", "var", "br", "strong"}
    for entry in entries_of(site):
        content = children(entry, "content")[0]
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        nodes = list(parser.parseFragment(content.text or "").iter())

        assert "html" == content.get("type")
        assert set() == {str(one.tag) for one in nodes} - allowed
        assert set() == {name for one in nodes for name in one.attrib} - {"data-var"}


def test_rss_is_what_the_format_asks_for(site: Site) -> None:
    """RSS 2.0: version, one channel with title, link and description, and a link to itself."""
    root = etree.fromstring(site.files["history.rss"])
    channel = root[0]
    own = [one for one in channel.findall(ATOM_LINK) if one.get("rel") == "self"]

    assert ("rss", "2.0", ["channel"]) == (root.tag, root.get("version"), [c.tag for c in root])
    assert "http://purl.org/dc/elements/1.1/" == root.nsmap["dc"]
    assert child(atom_of(site), "title") == text(channel, "title")
    assert (f"{site.url}/", "Statuspage") == (text(channel, "link"), text(channel, "description"))
    assert [f"{site.url}/history.rss"] == [one.get("href") for one in own]
    assert [] == [n for n, count in Counter(c.tag for c in channel if c.tag != "item").items()
                  if count > 1]  # fmt: skip


def test_an_rss_item_has_each_child_once(site: Site) -> None:
    """RSS 2.0, elements of an item: title, link, description, guid and pubDate."""
    wanted = ["title", "link", "description", "guid", "pubDate"]

    assert [wanted] * len(items_of(site)) == [[str(c.tag) for c in item] for item in items_of(site)]


def test_an_rss_guid_is_an_address_only_if_it_says_so(site: Site) -> None:
    """RSS 2.0, `guid`: unique, and an address if isPermaLink is "true"."""
    guids = [item.find("guid") for item in items_of(site)]

    assert len({guid.text for guid in guids}) == len(guids)
    for item, guid in zip(items_of(site), guids, strict=True):
        assert ("true" if guid.text == text(item, "link") else "false") == guid.get("isPermaLink")


def test_rss_dates_are_those_of_mail(site: Site) -> None:
    """RSS 2.0, `pubDate`: RFC 822 with a year of four digits, in UTC."""
    pattern = r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000"
    channel = channel_of(site)
    dates = [text(channel, "pubDate"), text(channel, "lastBuildDate")]
    dates += [text(item, "pubDate") for item in items_of(site)]

    assert [] == [date for date in dates if not re.fullmatch(pattern, date)]


def test_both_forms_say_the_same(site: Site) -> None:
    """Titles, addresses, dates and contents of the RSS feed are those of the Atom feed."""
    atom = [
        (child(e, "title"), links(e, "alternate")[0], child(e, "content"),
         datetime.fromisoformat(child(e, "published")))
        for e in entries_of(site)
    ]  # fmt: skip
    rss = [
        (text(i, "title"), text(i, "link"), text(i, "description"),
         parsedate_to_datetime(text(i, "pubDate")))
        for i in items_of(site)
    ]  # fmt: skip

    assert atom == rss


def test_entries_are_newest_first(site: Site) -> None:
    """Entries are sorted by `published`, newest first; upcoming maintenance is at the top."""
    dates = [datetime.fromisoformat(child(entry, "published")) for entry in entries_of(site)]

    assert sorted(dates, reverse=True) == dates


def test_a_feed_reader_reads_both() -> None:
    """A lenient parser finds no error, and returns titles unchanged."""
    site = made(AFTER)
    atom, rss = (feedparser.parse(site.files[f"history.{kind}"]) for kind in ("atom", "rss"))

    assert (False, False) == (bool(atom.bozo), bool(rss.bozo))
    assert ("atom10", "rss20") == (atom.version, rss.version)
    assert ["Database work", "API errors & <delays>"] == [entry.title for entry in atom.entries]
    assert [entry.title for entry in atom.entries] == [entry.title for entry in rss.entries]


def test_the_newest_twenty_five_stand_in_the_feed() -> None:
    """The 26th newest incident is not in the feed; the others are, newest first."""
    site = made(many(NEWEST + 1))

    assert [f"Number {n}" for n in range(NEWEST, 0, -1)] == [
        child(entry, "title") for entry in entries_of(site)
    ]
    assert NEWEST == len(items_of(site))


def test_the_content_is_that_of_a_statuspage() -> None:
    """Updates are newest first, each with time and label; a repeated state is labelled Update."""
    site = made(AFTER)
    html = child(entries_of(site)[1], "content")
    day = "Nov <var data-var='date'>20</var>"

    assert [
        f"<small>{day}, <var data-var='time'>09:10</var> UTC</small><br>"
        "<strong>Resolved</strong> - Back to normal.",
        f"<small>{day}, <var data-var='time'>08:41</var> UTC</small><br>"
        "<strong>Update</strong> - Still rolling back, at the very same minute.",
        f"<small>{day}, <var data-var='time'>08:41</var> UTC</small><br>"
        "<strong>Identified</strong> - A bad deploy.",
        f"<small>{day}, <var data-var='time'>08:12</var> UTC</small><br>"
        "<strong>Investigating</strong> - We see elevated error rates.",
    ] == re.findall(r"<p>(.*?)</p>", html)


def test_planned_work_tells_its_window_first() -> None:
    """Maintenance starts with its window, and is dated by its start while it is upcoming."""
    entry = entries_of(made({"incidents/work.md": WORK.replace("11-21", "12-05")}))[0]
    first = re.findall(r"<p>(.*?)</p>", child(entry, "content"))[0]

    assert (
        "<strong>THIS IS A SCHEDULED EVENT "
        "Dec <var data-var='date'> 5</var>, <var data-var='time'>21:00</var>&nbsp;-&nbsp;"
        "Dec <var data-var='date'> 5</var>, <var data-var='time'>22:00</var> UTC</strong>"
    ) == first
    assert "2026-12-05T21:00:00Z" == child(entry, "published")
    assert "2026-11-18T11:00:00Z" == child(entry, "updated")


def test_work_that_is_over_is_published_when_it_ended() -> None:
    """Maintenance that has started is dated by its newest update."""
    entry = entries_of(made({"incidents/work.md": WORK}, now=LATER))[0]
    labels = re.findall(r"<strong>([A-Z][a-z ]+)</strong> -", child(entry, "content"))

    assert "2026-11-21T22:00:00Z" == child(entry, "published") == child(entry, "updated")
    assert ["Completed", "In progress", "Scheduled"] == labels


def test_cancelled_work_is_published_when_it_was_called_off() -> None:
    """Cancelled maintenance is not upcoming, and no longer at the top."""
    ending = "  - at: 2026-11-19 12:00\n    state: completed\n    text: Not needed.\n---\n"
    entry = entries_of(made({"incidents/work.md": WORK.replace("\n---\n", f"\n{ending}")}))[0]

    assert "2026-11-19T11:00:00Z" == child(entry, "published")


def test_a_body_is_plain_text_with_breaks() -> None:
    """Special characters are escaped, line breaks become tags, and addresses stay."""
    said = "      One <b>\n\n      Two, see [us](https://acme.example/?a=1&b=2)."
    work = WORK.replace("text: We replace a disk.", f"text: |\n{said}")
    html = child(entries_of(made({"incidents/work.md": work}))[0], "content")

    assert (
        "- One &lt;b&gt;<br /><br />Two, see us (https://acme.example/?a=1&amp;b=2).</p>"
    ) in html


def test_a_notice_is_there_if_it_names_a_service() -> None:
    """As in the API, a notice about a service is an entry that is resolved."""
    named = NOTICE.replace("[]", "[api]")
    entry = entries_of(made({"incidents/notice.md": named}))[0]

    assert [] == entries_of(made({"incidents/notice.md": NOTICE}))
    assert "<strong>Resolved</strong> - Please upgrade." in child(entry, "content")


def test_the_end_of_a_notice_does_not_change_its_entry() -> None:
    """Feed readers are not notified when a notice expires."""
    named = {"incidents/notice.md": NOTICE.replace("[]", "[api]")}
    before, after = (made(named, now=f"2026-11-25 {time}") for time in ("09:59", "10:01"))

    assert before.files["history.atom"] == after.files["history.atom"]
    assert before.files["history.rss"] == after.files["history.rss"]


def test_no_two_entries_have_the_same_date() -> None:
    """Entries of the same second are a second apart, in both formats and in their order."""
    files = {
        f"incidents/{name}.md": (
            f"---\ntitle: {name}\nseverity: major\nservices: [api]\nupdates:\n"
            f"  - {{at: '2026-11-20 09:05', text: x}}\n"
            f"  - {{at: '2026-11-20 09:15:0{second}', state: resolved, text: y}}\n---\n"
        )
        for name, second in (("a", 0), ("b", 0), ("c", 1), ("d", 5))
    }
    site = made(files)
    dates = [child(entry, "updated") for entry in entries_of(site)]

    assert [f"2026-11-20T08:15:0{n}Z" for n in (5, 2, 1, 0)] == dates
    assert ["d", "c", "b", "a"] == [child(entry, "title") for entry in entries_of(site)]
    assert [f"Fri, 20 Nov 2026 08:15:0{n} +0000" for n in (5, 2, 1, 0)] == [
        text(item, "pubDate") for item in items_of(site)
    ]


def test_an_entry_is_changed_in_place() -> None:
    """A new update changes the text and date of the entry, and adds none."""
    before, after = entries_of(made(BEFORE)), entries_of(made(AFTER))

    assert [child(e, "id") for e in before] == [child(e, "id") for e in after]
    assert "2026-11-20T08:41:00Z" == child(before[1], "published")
    assert "2026-11-20T09:10:00Z" == child(after[1], "published")
    assert "2026-11-20T09:10:00Z" == child(atom_of(made(AFTER)), "updated")


def test_a_feed_without_an_incident_is_dated_by_no_clock() -> None:
    """RFC 4287 section 4.2.15: an empty feed has a fixed date, the same in every build."""
    early, late = made(now="2026-11-20 10:00"), made(now="2027-11-20 10:00")

    assert early.files["history.atom"] == late.files["history.atom"]
    assert early.files["history.rss"] == late.files["history.rss"]
    assert datetime(1970, 1, 1, tzinfo=UTC) == datetime.fromisoformat(
        child(atom_of(early), "updated")
    )


def test_a_site_that_moves_keeps_its_ids() -> None:
    """With `feed_authority` set to the old host, all ids and guids stay."""
    moved = SETTINGS.replace(
        "url: https://status.acme.example",
        "url: https://new.example/status\nfeed_authority: status.acme.example",
    )
    old, new = made(AFTER), made({**AFTER, "statusgen.yml": moved})

    assert [child(e, "id") for e in entries_of(old)] == [child(e, "id") for e in entries_of(new)]
    assert child(atom_of(old), "id") == child(atom_of(new), "id")
    assert [text(i, "guid") for i in items_of(old)] == [text(i, "guid") for i in items_of(new)]
    assert ["true", "false"] == [items_of(s)[0].find("guid").get("isPermaLink") for s in (old, new)]


def test_a_preview_elsewhere_has_the_same_ids() -> None:
    """`--base-url` changes every address, and no id or guid."""
    here, there = made(AFTER), made(AFTER, base_url="https://preview.test/7")

    assert [child(e, "id") for e in entries_of(here)] == [child(e, "id") for e in entries_of(there)]
    assert [text(i, "guid") for i in items_of(here)] == [text(i, "guid") for i in items_of(there)]
    assert ["https://preview.test/7/history.atom"] == links(atom_of(there), "self")


def test_both_name_the_hub() -> None:
    """WebSub section 4: one link to the hub, in RSS that of Atom."""
    site = made(with_hub())
    named = [o.get("href") for o in channel_of(site).findall(ATOM_LINK) if o.get("rel") == "hub"]

    assert [HUB] == links(atom_of(site), "hub")
    assert [HUB] == named
    assert b"hub" not in made(AFTER).files["history.rss"]


@pytest.mark.parametrize(
    ("title", "wanted"),
    [("Acme", "Acme"), ("Acme Status", "Acme"), ("Acme status", "Acme"), ("Status", "Status")],
)
def test_the_title_says_status_once(title: str, wanted: str) -> None:
    """The title says "Status" only once."""
    site = made({"statusgen.yml": SETTINGS.replace("title: Acme Status", f"title: {title}")})

    assert f"{wanted} Status - Incident History" == child(atom_of(site), "title")


def test_hostile_titles_come_out_as_written() -> None:
    """Angle brackets, quotes and ampersands of a title are text in both formats."""
    site = examples.hostile()
    titles = [child(entry, "title") for entry in entries_of(site)]

    assert "'& &amp; &amp;amp; שלום <'".strip("'") in titles
    assert """</a></h3>"><script>alert("open")</script><img src=x onerror=alert(1)>""" in titles
    assert titles == [text(item, "title") for item in items_of(site)]


def test_the_history_says_what_the_api_says(site: Site) -> None:
    """Incidents, names, states, times and texts are those of the API."""
    api: dict[str, Any] = {}
    for name, key in (("incidents", "incidents"), ("scheduled-maintenances",) * 2):
        document = json.loads(site.files[f"api/v2/{name}.json"])
        api |= {one["id"]: one for one in document[key.replace("-", "_")]}
        page = document["page"]

    assert moment(page["updated_at"]) == moment(child(atom_of(site), "updated"))
    assert min(NEWEST, len(api)) == len(entries_of(site))
    for entry in entries_of(site):
        told = api[child(entry, "id").rpartition("/")[2]]
        bodies = re.findall(r"</strong> - (.*?)</p>", child(entry, "content"))

        assert told["name"] == child(entry, "title")
        assert moment(told["updated_at"]) == moment(child(entry, "updated"))
        assert [one["body"] for one in told["incident_updates"]] == [
            unescape(body.replace("<br />", "\n")) for body in bodies
        ]


def moment(text: str) -> datetime:
    """Return *text* parsed as a datetime."""
    return datetime.fromisoformat(text)


def test_much_coming_work_hides_no_outage() -> None:
    """The latest updates stay in the feed, however many maintenances are upcoming."""
    work = (
        "---\ntitle: Work {0}\nseverity: maintenance\nservices: [db]\n"
        "announced: 2026-11-01 10:00\nstarts: 2026-12-{1:02} 10:00\nends: 2026-12-{1:02} 11:00\n"
        "---\nSoon.\n"
    )
    files = {f"incidents/w{n}.md": work.format(n, 1 + n % 28) for n in range(40)}
    files["incidents/now.md"] = (
        "---\ntitle: Broken now\nseverity: major\nservices: [api]\nstarted: 2026-11-20 09:00\n"
        "---\nWe look.\n"
    )
    built = made(files)

    assert "Broken now" in [child(entry, "title") for entry in entries_of(built)]
    assert NEWEST == len(entries_of(built))


def test_a_recovery_told_later_still_dates_the_page() -> None:
    """`resolved` changes the date of the page before the update that reports it."""
    file = (
        "---\ntitle: Errors\nseverity: major\nservices: [api]\nstarted: 2026-11-20 08:00\n"
        "resolved: 2026-11-20 09:30\nupdates:\n  - {at: 2026-11-20 08:20, text: One.}\n"
        "  - {at: 2026-11-20 10:00, state: resolved, text: Two.}\n---\n"
    )
    built = made({"incidents/a.md": file}, now="2026-11-20 09:35")
    (api,) = [
        one
        for one in json.loads(built.files["api/v2/components.json"])["components"]
        if one["name"] == "Public API"
    ]

    assert "2026-11-20T09:30:00.000+01:00" == api["updated_at"]
    assert moment(api["updated_at"]) == moment(child(atom_of(built), "updated"))
