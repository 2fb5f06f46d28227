"""The HTML of the pages, and their size; test_script.py covers what the script adds."""

import gzip
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest

from statusgen import times
from statusgen.build import pipeline
from statusgen.model import Icon, Severity
from statusgen.problems import ContentError
from tests.conftest import write_site
from tests.support import examples
from tests.support.examples import Site, made

ROUND_TRIP = 14_000  # bytes that a server sends before it waits for an acknowledgement
SCRIPT = 4_096
DASH = "\N{EN DASH}"
QUIET_DAYS = f"Nov 6 {DASH} Nov 9 No incidents reported"


def tree(site: Site, path: str) -> Any:
    return html5lib.parse(site.text(path), namespaceHTMLElements=False)


def text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def texts(site: Site, path: str, query: str) -> list[str]:
    return [text(one) for one in tree(site, path).iterfind(query)]


def metas(site: Site, path: str) -> dict[str, str]:
    found = tree(site, path).iterfind(".//meta[@content]")
    return {one.get("property") or one.get("name") or "": one.get("content") for one in found}


NOW = "announced: 2026-11-10 10:00\nstarts: 2026-11-20 09:30\nends: 2026-11-20 11:00\n"
HEADLINES = {
    "degraded": "Some systems have degraded performance",
    "partial": "Partial outage",
    "major": "Major outage",
}


def incident(
    *, title: str = "Errors", severity: str = "major", services: str = "[api]", rest: str = ""
) -> str:
    started = "" if severity == "maintenance" else "started: 2026-11-20 09:00\n"
    return f"---\ntitle: {title}\nseverity: {severity}\nservices: {services}\n{started}{rest}---\n"


def busy() -> Site:
    """Build a site with twelve services, five open incidents with updates, and many past ones."""
    services = "".join(
        f"  - {{id: s{n}, name: Service number {n}, description: What it does.}}\n"
        for n in range(12)
    )
    settings = f"title: Acme\nurl: https://status.acme.example\nservices:\n{services}"
    files = {"statusgen.yml": settings}
    for n in range(5):
        updates = "".join(
            f"  - at: 2026-11-20 0{n}:{10 + 10 * k}\n    state: {state}\n    text: We see"
            f" **elevated** error rates in {state} number {k}, and look for the cause.\n"
            for k, state in enumerate(["investigating", "investigating", "identified"] * 2)
            if k < 5
        )
        files[f"incidents/open-{n}.md"] = (
            f"---\ntitle: Outage {n} in the region\nseverity: {'major' if n % 2 else 'partial'}\n"
            f"services: [s{n}, s{n + 5}]\nstarted: 2026-11-20 0{n}:05\nupdates:\n{updates}---\n"
        )
    for n in range(24):
        day = f"2026-{9 + n % 2:02}-{1 + n * 7 % 28:02}"
        files[f"incidents/past-{n}.md"] = (
            f"---\ntitle: Past problem {n}\nseverity: degraded\n"
            f"services: [s{n % 12}, s{(n + 5) % 12}]\nstarted: {day} 10:00\n"
            f"resolved: {day} 11:{10 + n}\n---\nIt was fixed.\n"
        )
    return made(files, now="2026-11-20 10:00")


def many() -> Site:
    """Build a site with 100 services, an open incident and 300 past ones in the last 90 days."""
    groups = "".join(
        f"  - {{id: g{n}, name: Region {n}, collapse: when_operational}}\n" for n in range(10)
    )
    services = "".join(
        f"  - {{id: s{n}, name: Service {n}, group: g{n // 10}}}\n" for n in range(100)
    )
    settings = f"title: Acme\nurl: https://acme.example\ngroups:\n{groups}services:\n{services}"
    files = {"statusgen.yml": settings, "incidents/open.md": incident(services="[s3]")}
    for n in range(300):
        day = date(2026, 11, 19) - timedelta(days=n * 90 // 300)
        files[f"incidents/{day}-{n}.md"] = (
            f"---\ntitle: Errors {n} in region {n % 7}\n"
            f"severity: {['degraded', 'partial', 'major'][n % 3]}\nservices: [s{n * 37 % 100}]\n"
            f"started: {day} 0{n % 9}:00\nupdates:\n"
            f"  - {{at: {day} 0{n % 9}:05, text: We look into errors {n}.}}\n"
            f"  - {{at: {day} 1{n % 9}:00, state: resolved, text: We undid change {n * 71}.}}\n"
            "---\n"
        )
    return made(files, now="2026-11-20 10:00")


def size(site: Site) -> int:
    return len(gzip.compress(site.files["index.html"], 9, mtime=0))


def test_the_front_page_fits_one_round_trip() -> None:
    """With 12 services and 5 open incidents, the compressed front page has at most 14 kB."""
    assert size(busy()) <= ROUND_TRIP


def test_the_front_page_of_many_services_fits_one_round_trip() -> None:
    """With more than 30 services or 20 past incidents, the rest is on other pages."""
    site = many()
    page = tree(site, "index.html")
    link = page.find(".//li[@id='service-s3']//div[@class='scale']/a")

    assert size(site) <= ROUND_TRIP
    assert [] == page.findall(".//li[@data-day]")
    assert "services/s3.html" == link.get("href")
    assert [] != tree(site, "services/s3.html").findall(".//li[@data-day]")
    assert 20 <= len(page.findall(".//article[@class='entry']")) < 30
    assert ["Incident history"] == texts(site, "index.html", ".//section[@class='past']/p/a")


def test_long_texts_of_past_incidents_are_left_out() -> None:
    """After some long updates, past incidents show only their last one and a link to all."""
    update = "  - {{at: 2026-11-1{day} 1{n}:00, state: {state}, text: {text}}}\n"
    files = {}
    for day in (7, 8):
        rest = "".join(
            update.format(day=day, n=n, state=state, text=f"Text {n}. " + "Words of it. " * 100)
            for n, state in enumerate(["investigating", "identified", "monitoring", "resolved"])
        )
        files[f"incidents/{day}.md"] = incident(rest=f"updates:\n{rest}").replace(
            "11-20 09", f"11-1{day} 09"
        )
    newer, older = tree(made(files), "index.html").findall(".//article[@class='entry']")

    assert ["Text 3.", "Text 2."] == re.findall(r"Text \d\.", text(newer))
    assert ["Text 3."] == re.findall(r"Text \d\.", text(older))
    assert "incidents/8.html" == newer.find(".//a[@class='more']").get("href")
    assert "Show all 4 updates" == text(older.find(".//a[@class='more']"))


def test_the_script_is_small() -> None:
    """The compressed script of every page has at most 4,096 bytes."""
    (path,) = [path for path in examples.empty().files if path.startswith("script.")]

    assert len(gzip.compress(examples.empty().files[path], 9, mtime=0)) <= SCRIPT


def test_the_banner_tells_what_since_when_and_who() -> None:
    """The page starts with the worst services, then the others by severity, then the start."""
    files = {
        "incidents/a.md": incident(services="[api]"),
        "incidents/b.md": incident(services="[web]", severity="degraded"),
        "incidents/c.md": incident(services="[db]", severity="maintenance", rest=NOW),
    }
    banner = tree(made(files), "index.html").find(".//section[@class='banner major']")

    assert "Major outage: Public API" == text(banner.find(".//h1"))
    assert [
        "Degraded performance: Website",
        "Under maintenance: Database",
        "Started: Nov 20, 09:00 CET",
    ] == [text(one) for one in banner.iterfind(".//p")]
    assert "2026-11-20T08:00:00Z" == banner.find(".//time").get("datetime")


def test_one_truth_while_an_incident_is_monitored() -> None:
    """Once all services are back, all is green, and the banner adds that an incident is open."""
    site = made({"incidents/a.md": QUIET, "incidents/b.md": QUIET})
    page = tree(site, "index.html")
    banner = page.find(".//section[@class='banner none']")

    assert "All systems operational" == text(banner.find(".//h1"))
    assert ["2 incidents are still being monitored."] == [
        text(one) for one in banner.iterfind(".//p")
    ]
    assert "favicon-none.svg" == page.findall(".//link[@rel='icon']")[-1].get("href")
    assert "2 incidents are still being monitored." == metas(site, "index.html")["description"]
    assert '"message":"Operational"' in site.text("badge.json")


def test_after_maintenance_an_incident_is_still_monitored() -> None:
    """The banner that follows maintenance by the clock also counts the open incidents."""
    work = incident(services="[db]", severity="maintenance", rest=NOW)
    site = made({"incidents/a.md": QUIET, "incidents/b.md": work})
    later = tree(site, "index.html").find(".//section[@class='banner none']")

    assert "hidden" in later.attrib
    assert "1 incident is still being monitored." == text(later.find(".//p"))


def test_many_services_are_counted_in_the_banner() -> None:
    """The banner names some services and counts the others if many are affected."""
    settings = "title: Big\nurl: https://big.example\nservices:\n"
    settings += "".join(f"  - {{id: s{n}, name: S{n}}}\n" for n in range(20))
    affected = ", ".join(f"s{n}" for n in range(20))
    site = made({"statusgen.yml": settings, "incidents/a.md": incident(services=f"[{affected}]")})

    banner = tree(site, "index.html").find(".//section[@class='banner major']")

    assert "Major outage" == text(banner.find(".//h1"))
    assert "S0, S1, S2, S3, S4, S5, S6, and 13 more" == text(banner.find(".//p"))


@pytest.mark.parametrize("severity", ["degraded", "partial", "major"])
def test_title_icon_and_preview_tell_the_state(severity: str) -> None:
    """The browser tab and the preview of a shared link show the state."""
    site = made({"incidents/a.md": incident(severity=severity)})
    page = tree(site, "index.html")
    headline = HEADLINES[severity]
    found = metas(site, "index.html")

    assert f"{headline} {DASH} Acme Status" == text(page.find(".//title"))
    assert f"favicon-{severity}.svg" == page.findall(".//link[@rel='icon']")[-1].get("href")
    assert headline == found["og:title"]
    assert "Affected: Public API" == found["og:description"] == found["description"]
    assert f"{site.url}/og-{severity}.png" == found["og:image"]
    assert "https://status.acme.example/" == found["og:url"]


def test_a_shared_incident_tells_its_state_and_what_was_said_last() -> None:
    """The preview of an incident is its newest update as text, shortened."""
    rest = "updates:\n  - at: 2026-11-20 09:30\n    text: We **mend** [it](https://a.example).\n"
    site = made({"incidents/a.md": incident(rest=rest)})
    long = made({"incidents/a.md": incident(rest=rest.replace("mend", "m" * 500))})

    described = metas(site, "incidents/a.html")["og:description"]

    assert "Investigating. We mend it (https://a.example)." == described
    assert 200 == len(metas(long, "incidents/a.html")["og:description"])


def test_open_incidents_stand_first_and_newest_updates_on_top() -> None:
    """The order is: active, in progress, pinned, upcoming, notices, services, past."""
    headings = texts(examples.example(), "index.html", ".//h2")
    states = texts(examples.example(), "index.html", ".//article//p[@class='meta']//strong")

    assert [
        "Active incidents",
        "Maintenance in progress",
        "Pinned",
        "Upcoming maintenance",
    ] == headings[:4]
    assert ["Services", "Past incidents"] == headings[-2:]
    assert ["Update", "Identified", "Update", "Investigating"] == states[:4]


def test_an_update_tells_what_it_changed() -> None:
    """An update names the services that join, recover or get worse with it."""
    rest = (
        "updates:\n  - {at: 2026-11-20 09:05, text: One}\n"
        "  - {at: 2026-11-20 09:20, services: {web: degraded}, text: Two}\n"
        "  - {at: 2026-11-20 09:40, services: {web: none}, text: Three}\n"
        "  - {at: 2026-11-20 09:50, state: resolved, text: Four}\n"
    )
    site = made({"incidents/a.md": incident(rest=rest)})
    changes = [
        texts_of(one) for one in tree(site, "incidents/a.html").iterfind(".//div[@class='update']")
    ]

    assert [[], ["Website: Operational"], ["Website: Degraded performance"], []] == changes


def texts_of(update: Any) -> list[str]:
    return [text(one) for one in update.iterfind(".//p[@class='meta changes']/span")]


def test_an_incident_tells_how_each_service_went() -> None:
    """The page of an incident lists the severities of every service, with times and durations."""
    rest = (
        "updates:\n  - {at: 2026-11-20 09:00, text: One}\n"
        "  - {at: 2026-11-20 09:20, severity: partial, text: Two}\n"
        "  - {at: 2026-11-20 10:00, services: {web: degraded}, text: Three}\n"
    )
    site = made({"incidents/a.md": incident(rest=rest)}, now="2026-11-20 11:00")
    lines = texts(site, "incidents/a.html", ".//dl//li//p")

    assert [
        f"Major outage Nov 20, 2026, 09:00 CET {DASH} Nov 20, 2026, 09:20 CET · 20 min",
        f"Partial outage Nov 20, 2026, 09:20 CET {DASH} ongoing",
        f"Degraded performance Nov 20, 2026, 10:00 CET {DASH} ongoing",
    ] == lines


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        pytest.param(
            "https://github.com/acme/status",
            "https://github.com/acme/status/commits/HEAD/incidents/2026/a.md",
            id="the-root",
        ),
        pytest.param(
            "https://git.acme.example/ops/infra/tree/main/status/page",
            "https://git.acme.example/ops/infra/commits/main/status/page/incidents/2026/a.md",
            id="a-folder-on-a-server-of-their-own",
        ),
    ],
)
def test_an_incident_links_to_the_history_of_its_file(repository: str, expected: str) -> None:
    """With `repository:`, the page of an incident links to its edit history."""
    site = made(with_settings(f"repository: {repository}", {"incidents/2026/a.md": incident()}))

    assert f'<a href="{expected}"' in site.text("incidents/a.html")


def with_settings(more: str, files: dict[str, str] | None = None) -> dict[str, str]:
    settings = (
        "title: Acme Status\nurl: https://status.acme.example\ntimezone: Europe/Rome\nservices:\n"
        "  - {id: api, name: Public API}\n  - {id: web, name: Website}\n"
    )
    return {"statusgen.yml": f"{settings}{more}\n", **(files or {})}


def test_every_update_has_an_anchor_that_stays() -> None:
    """The permalink of an update does not change when others are added before and after it."""
    one = "  - {at: 2026-11-20 09:20, text: The one}\n"
    early, late = one.replace("09:20", "09:10"), one.replace("09:20", "09:30")
    alone = made({"incidents/a.md": incident(rest=f"updates:\n{one}")})
    among = made({"incidents/a.md": incident(rest=f"updates:\n{early}{one}{late}")})
    (anchor,) = anchors(alone)

    assert anchor == anchors(among)[1]


def anchors(site: Site) -> list[str]:
    found = tree(site, "incidents/a.html").iterfind(".//a[@class='anchor']")
    return [one.get("href") for one in found]


def test_the_bad_days_of_a_service_are_a_list_with_links() -> None:
    """Each bad day is listed below the bars, with its severity and duration."""
    ended = incident(rest="resolved: 2026-11-20 09:45\n").replace("11-20", "11-10")
    site = made({"incidents/a.md": ended, "incidents/b.md": incident()})
    days = texts(site, "services/api.html", ".//details//li")
    places = [
        one.get("data-day") for one in tree(site, "services/api.html").iterfind(".//details//li")
    ]

    assert ["Nov 20: Major outage Errors", "Nov 10: Major outage, 45 min Errors"] == days
    assert ["89", "79"] == places


def test_a_day_that_goes_on_has_no_length_that_would_age() -> None:
    """Without an update, a build an hour later renders the same front page."""
    files = {"incidents/a.md": incident(severity="degraded")}
    pages = [made(files, now=f"2026-11-20 {hour}:00").text("index.html") for hour in (10, 11)]

    assert pages[0] == pages[1]


def test_a_service_has_its_year_as_a_calendar() -> None:
    """The calendar has twelve months, the current one first; bad days link to their incidents."""
    site = made({"incidents/a.md": incident()}, now="2026-11-20 12:00")
    captions = texts(site, "services/api.html", ".//table/caption")
    links = tree(site, "services/api.html").findall(".//table//td/a")

    assert ("November 2026", "December 2025", 12) == (captions[0], captions[-1], len(captions))
    assert [("20", "../incidents/a.html")] == [(text(one), one.get("href")) for one in links]
    assert (date(2026, 11, 20) - date(2025, 12, 1)).days + 1 == len(
        [one for one in tree(site, "services/api.html").iterfind(".//table//td") if text(one)]
    )


def test_the_week_of_a_calendar_begins_as_in_the_language() -> None:
    """In the United States a week starts on Sunday, in Italy on Monday."""
    firsts = []
    for code in ("en-US", "it"):
        site = made(with_settings(f"language: {code}"))
        firsts.append(tree(site, "services/api.html").find(".//table//abbr").get("title"))

    assert ["Sunday", "lunedì"] == firsts


def test_the_history_counts_by_month_and_year() -> None:
    """Each year and month has its number of entries, each year its mean time to resolve."""
    files = {
        "incidents/a.md": incident(rest="resolved: 2026-11-20 10:00\n"),
        "incidents/b.md": incident(rest="resolved: 2026-11-20 11:00\n"),
        "incidents/c.md": incident(rest="resolved: 2025-10-20 09:30\n").replace(
            "2026-11-20 09", "2025-10-20 09"
        ),
        "incidents/d.md": incident(severity="none", services="[]"),
    }
    site = made(files, now="2026-11-20 12:00")
    years = tree(site, "history.html").findall(".//section[@class='year']")
    months = texts(site, "history.html", ".//ul[@class='months']/li")

    assert [
        "3 entries · Mean time to resolve: 1 hr 30 min",
        "1 entry · Mean time to resolve: 30 min",
    ] == [text(year.find("p")) for year in years]
    assert ["November 3 entries", "October 1 entry"] == months


def test_the_history_lists_the_newest_months() -> None:
    """The newest three months list every entry with severity, state, day, duration, services."""
    files = {
        f"incidents/{month}.md": incident(rest=f"resolved: 2026-{month}-20 10:00\n").replace(
            "2026-11", f"2026-{month}"
        )
        for month in ("08", "09", "10", "11")
    }
    site = made(files, now="2026-11-25 12:00")
    lists = tree(site, "history.html").findall(".//ul[@class='list panel']")

    assert ["November 2026", "October 2026", "September 2026"] == texts(
        site, "history.html", ".//h2/a"
    )
    assert ["Errors Major outage · Resolved · Nov 20 · 1 hr Public API"] == [
        text(one) for one in lists[0].iterfind("li")
    ]


def test_the_history_shows_the_uptime_of_every_month() -> None:
    """A table has the uptime of each service by month, newest first; lost uptime stands out."""
    files = with_settings("", {"incidents/a.md": incident(rest="resolved: 2026-11-20 10:00\n")})
    files["statusgen.yml"] = files["statusgen.yml"].replace(
        "name: Website}", "name: Website, since: 2026-10-31}"
    )
    site = made(files, now="2026-11-30 23:59")
    rows = tree(site, "history.html").findall(".//table//tr")
    cells = [[text(cell) for cell in row] for row in rows]

    assert ["Service", "Nov", "Oct"] == cells[0][:3]
    assert ["Public API", "99.86%", "100.00%"] == cells[1][:3]
    assert ["Website", "100.00%", "100.00%", DASH] == cells[2][:4]
    assert ["low"] == [cell.get("class") for row in rows for cell in row if cell.get("class")]


def test_a_month_links_to_its_neighbours() -> None:
    """A month links to the next newer and the next older month with entries."""
    files = {
        f"incidents/{month}.md": incident().replace("2026-11", f"2026-{month}")
        for month in ("05", "08", "11")
    }
    site = made(files, now="2026-11-25 12:00")
    links = {
        month: [
            (one.get("rel"), text(one))
            for one in tree(site, f"history/2026-{month}.html").iterfind(".//nav[@class='pager']/a")
        ]
        for month in ("05", "08", "11")
    }

    assert {
        "05": [("next", "August 2026")],
        "08": [("prev", "May 2026"), ("next", "November 2026")],
        "11": [("prev", "August 2026")],
    } == links


def test_the_history_can_be_read_by_severity_and_by_service() -> None:
    """Each filter links to a page of 12 months, and to a page for each earlier year."""
    files = {
        f"incidents/{severity}-{year}.md": incident(severity=severity).replace("2026", str(year))
        for severity in ("partial", "major")
        for year in (2023, 2024, 2026)
    }
    site = made(files, now="2026-11-20 12:00")
    links = [
        one.get("href") for one in tree(site, "history.html").iterfind(".//nav[@class='filters']/a")
    ]
    services = [one.get("href") for one in tree(site, "history.html").iterfind(".//tbody//a")]
    years = [one.get("href") for one in tree(site, "history/major.html").iterfind(".//li/a[@href]")]

    assert ["history/major.html", "history/partial.html"] == links
    assert ["services/api.html", "services/web.html", "services/db.html"] == services
    assert ["../history/major-2024.html", "../history/major-2023.html"] == years
    assert "major-2026.html" in site.text("history/major.html")
    assert "partial-2026.html" not in site.text("history/major.html")
    assert "major-2023.html" in site.text("history/major-2023.html")


def test_the_page_to_subscribe_has_every_way() -> None:
    """The page has an address for each tool, the site's own links first, and all feeds."""
    more = "links: {subscribe: [{name: Telephone, url: https://acme.example/call}]}"
    site = made(with_settings(more))
    page = site.text("subscribe.html")
    links = [one.get("href") for one in tree(site, "subscribe.html").iterfind(".//main//a")]
    ways = tree(site, "subscribe.html").findall(".//details[@class='way']")

    assert [
        ("Slack", "/feed subscribe https://status.acme.example/feed.atom"),
        ("Microsoft Teams", "https://status.acme.example/feed.atom"),
        ("Discord", "https://status.acme.example/feed.atom"),
        ("Email", "https://status.acme.example/feed.atom"),
        ("RSS and Atom", "https://status.acme.example/feed.atom"),
        ("Calendar", "https://status.acme.example/maintenance.ics"),
        ("API", "https://status.acme.example/api/v2/summary.json"),
    ] == [(text(way.find("summary")), text(way.find(".//code"))) for way in ways]
    assert ["index.html", "https://acme.example/call"] == links[:2]
    assert "webcal://status.acme.example/maintenance.ics" == links[2]
    assert ["services/api/feed.atom", "services/web/feed.atom"] == links[3:5]
    assert '&lt;img src="https://status.acme.example/badge.svg"' in page.replace("&#34;", '"')
    assert "https://status.acme.example/embed.js" in page


def test_badges_to_copy_are_escaped_for_where_they_go() -> None:
    """A name with quotes is escaped in the HTML that a reader chooses and copies."""
    files = with_settings("")
    files["statusgen.yml"] = files["statusgen.yml"].replace("Website", "'\"><script>'")
    site = made(files)
    options = tree(site, "subscribe.html").findall(".//select//option")

    assert 'alt="&quot;&gt;&lt;script&gt;"' in options[2].get("data-snippet")


def test_the_settings_of_the_look_reach_the_page() -> None:
    """Logo, favicon, extra CSS, links and announcement are on the page."""
    more = (
        "logo: {light: a.svg, dark: b.svg}\nfavicon: tab.png\nextra_css: own.css\n"
        "announcement: We **move**.\nrefresh: 30\n"
        "links: {header: [{name: Up, url: https://up.example}],"
        " footer: [{name: Down, url: https://down.example}]}"
    )
    static = {f"static/{name}": "x" for name in ("a.svg", "b.svg", "tab.png", "own.css")}
    site = made(with_settings(more, static))
    page = tree(site, "index.html")

    assert ["a.svg", "Acme Status"] == [page.find(".//img").get(key) for key in ("src", "alt")]
    assert "b.svg" == page.find(".//source").get("srcset")
    assert "tab.png" == page.findall(".//link[@rel='icon']")[-1].get("href")
    assert "own.css" == page.find(".//link[@rel='stylesheet']").get("href")
    assert "We move." == text(page.find(".//section[@class='announcement text']"))
    assert "https://up.example" in [one.get("href") for one in page.iterfind(".//header//a")]
    assert "https://down.example" in [one.get("href") for one in page.iterfind(".//footer//a")]
    assert "30" == page.find(".//body").get("data-refresh")


@pytest.mark.parametrize(
    ("more", "days", "is_open"),
    [
        pytest.param(
            "", [f"Nov 10 {DASH} Nov 20 Active incidents", QUIET_DAYS], True, id="default"
        ),
        pytest.param("days: 0", [], True, id="no-past"),
        pytest.param("days: 1", ["Nov 20 Active incidents"], True, id="today-alone"),
        pytest.param("days: 3\nkeep_open: false", [], False, id="old-ones-leave"),
        pytest.param(
            "days: 11\nkeep_open: false",
            [f"Nov 10 {DASH} Nov 20 Active incidents"],
            True,
            id="not-old-yet",
        ),
    ],
)
def test_the_past_of_the_front_page_is_as_long_as_wished(
    more: str, days: list[str], is_open: bool
) -> None:
    """`days` includes today; `keep_open: false` removes older open incidents."""
    old = incident().replace("11-20", "11-10")
    site = made(with_settings(more, {"incidents/a.md": old}), now="2026-11-20 12:00")
    page = tree(site, "index.html")

    assert days == past_of(site)
    assert is_open == (page.find(".//article[@id='incident-a']") is not None)
    assert "Major outage: Public API" == text(page.find(".//h1"))


def past_of(site: Site) -> list[str]:
    """Return the texts of the past days on the front page."""
    sections = tree(site, "index.html").iterfind(".//section")
    return [text(one) for one in sections if (one.get("class") or "").split()[:1] == ["day"]]


def test_the_grid_shows_the_last_days_of_every_service() -> None:
    """The grid shows the current severity, then earlier days, newest first, each also as text."""
    ended = incident(rest="resolved: 2026-11-18 09:45\n").replace("11-20", "11-18")
    files = {"incidents/a.md": ended}
    site = made(with_settings("history_style: grid\ngrid_days: 3", files), now="2026-11-20 12:00")
    rows = [
        [text(cell) for cell in row]
        for row in tree(site, "index.html").iterfind(".//table[@class='grid']//tr")
    ]
    ill = "Nov 18: Major outage, 45 min"

    assert ["Service", "Now", "Nov 19", "Nov 18", "Nov 17"] == rows[0]
    assert ["Public API", "Operational", "Operational", ill, "Operational"] == rows[1]
    assert ["Website", *["Operational"] * 4] == rows[2]


def test_the_grid_remembers_what_was_wrong_earlier_today() -> None:
    """The grid shows an earlier problem of today for a service that has recovered."""
    ended = incident(rest="resolved: 2026-11-20 09:45\n")
    site = made(with_settings("history_style: grid", {"incidents/a.md": ended}))
    cells = texts(site, "index.html", ".//table[@class='grid']//td")

    assert "Operational Earlier today: Major outage" == cells[0]


def test_own_icons_and_words_stand_for_severities_and_states() -> None:
    """`icons` takes a built-in icon or a file; `messages` changes the text beside it."""
    more = (
        "icons: {major: cross-circle, investigating: magnifier, degraded: slow.svg}\n"
        "messages: {severity.major: Down}"
    )
    files = {"static/slow.svg": "<svg/>", "incidents/a.md": incident()}
    site, plain = made(with_settings(more, files)), made({"incidents/a.md": incident()})
    page = site.text("index.html")

    assert '.own-degraded{background:url("slow.svg")' in page
    assert 'class="icon own-degraded"' in page
    assert 'class="icon investigating"' in page
    assert site.files["favicon-major.svg"] != plain.files["favicon-major.svg"]
    assert "Down" in texts(site, "index.html", ".//ul[@class='legend']/li")


def test_every_icon_is_drawn_and_no_two_alike() -> None:
    """Each icon name of the settings has its own drawing."""
    drawings = set()
    for name in Icon:
        site = made(with_settings(f"icons: {{major: {name}}}"))
        drawings.add(site.files[f"favicon-{Severity.MAJOR}.svg"])

    assert len(Icon) == len(drawings)


def test_an_accent_is_made_readable_in_both_schemes() -> None:
    """A pale accent is darkened in light mode and kept in dark mode."""
    style = made(with_settings('accent: "#ffe066"')).text("index.html")
    light, dark = re.findall(r"--link:(#[0-9a-f]{6})", style)

    assert ("#ffe066", True) == (dark, light < dark)


def test_an_announcement_is_checked_as_the_texts_of_files_are(tmp_path: Path) -> None:
    """Markdown with too many levels is reported at the line of the announcement."""
    files = with_settings(f'announcement: "{"> " * 60}x"')
    folder = write_site(tmp_path, files)
    request = pipeline.BuildRequest(
        folder=folder, now=lambda zone: times.parse("2026-11-20 12:00", zone)
    )

    with pytest.raises(ContentError) as caught:
        pipeline.check(request)

    assert [7] == [problem.line for problem in caught.value.problems]


def test_every_page_names_its_feed() -> None:
    """Every page names the feed of the site; the page of a service also names its own."""
    site = examples.example()
    pages = [path for path in site.paths(".html") if 'http-equiv="refresh"' not in site.text(path)]
    without = [path for path in pages if "feed.atom" not in site.text(path)]

    assert [] == without
    assert 'href="../services/apps/feed.atom"' in site.text("services/apps.html")


REOPENED = (
    "updates:\n  - {at: 2026-11-17 10:05, text: One}\n"
    "  - {at: 2026-11-17 11:00, state: resolved, text: Two}\n"
    "  - {at: 2026-11-20 08:00, state: investigating, text: Three}\n"
)


def reopened(rest: str = "") -> Site:
    file = incident(rest=REOPENED + rest).replace(
        "started: 2026-11-20 09", "started: 2026-11-17 10"
    )
    return made({"incidents/a.md": file}, now="2026-11-20 12:00")


def test_the_time_between_does_not_count_for_what_was_reopened() -> None:
    """The start and the duration of a reopened incident leave out the time between."""
    ended = reopened("  - {at: 2026-11-20 09:30, state: resolved, text: Four}\n")
    banner = tree(reopened(), "index.html").find(".//section[@class='banner major']")

    assert "2026-11-20T07:00:00Z" == banner.find(".//time").get("datetime")
    assert "2 hr 30 min" in texts(ended, "incidents/a.html", ".//dl//dd")
    assert "Mean time to resolve: 2 hr 30 min" in ended.text("history.html")


def test_what_ends_at_midnight_has_nothing_of_the_next_day() -> None:
    """An incident that ends at midnight is not listed on the next day."""
    file = incident(rest="resolved: 2026-11-20 00:00\n").replace("11-20 09", "11-19 23")
    days = past_of(made({"incidents/a.md": file}))

    assert ["Nov 20 No incidents reported", "Nov 19 Errors Resolved"] == [
        days[0],
        days[1][: len("Nov 19 Errors Resolved")],
    ]


WORK = "announced: 2026-11-10 10:00\nstarts: 2026-11-21 10:00\nends: 2026-11-21 11:00\n"


def test_planned_work_says_nothing_of_how_its_services_are() -> None:
    """The page of upcoming maintenance shows no severity for its services."""
    site = made({"incidents/a.md": incident(severity="maintenance", rest=WORK)})

    assert ["Public API"] == texts(site, "incidents/a.html", ".//dl//li")


def test_work_begun_early_has_no_spell_that_begins_later() -> None:
    """Maintenance that starts early shows no period before its window opens."""
    rest = f"{WORK}updates:\n  - {{at: 2026-11-10 10:00, text: One}}\n"
    rest += "  - {at: 2026-11-20 09:00, state: in_progress, text: Two}\n"
    site = made({"incidents/a.md": incident(severity="maintenance", rest=rest)})

    assert ["Public API"] == texts(site, "incidents/a.html", ".//dl//li")


def test_cancelled_work_is_dated_by_when_it_was_called_off() -> None:
    """A list shows the day of the cancellation, not that of the window."""
    rest = f"{WORK}updates:\n  - {{at: 2026-11-10 10:00, text: One}}\n"
    rest += "  - {at: 2026-11-12 09:00, state: completed, text: Two}\n"
    site = made({"incidents/a.md": incident(severity="maintenance", rest=rest)})

    assert "Maintenance · Cancelled · Nov 12" in texts(site, "history/2026-11.html", ".//li//p")


def test_uptime_names_the_days_that_it_is_of() -> None:
    """The axis shows the number of observed days, and for a retired service its last day."""
    files = with_settings("")
    files["statusgen.yml"] = (
        files["statusgen.yml"]
        .replace("{id: api, name: Public API}", "{id: api, name: Public API, since: 2026-11-11}")
        .replace("{id: web, name: Website}", "{id: web, name: Website, retired: 2026-11-15}")
    )
    site = made(files, now="2026-11-20 12:00")
    new, old = (
        texts(site, f"services/{name}.html", ".//div[@class='scale']") for name in ("api", "web")
    )

    assert "100.00% uptime over 10 days Today" in new[0].replace("days100", "days 100")
    assert old[0].endswith("Nov 15")


def test_the_axis_of_a_bar_starts_days_ago() -> None:
    """The bar of a service ends today, and that of a retired service on its last day."""
    files = with_settings("")
    files["statusgen.yml"] = files["statusgen.yml"].replace(
        "{id: web, name: Website}", "{id: web, name: Website, retired: 2026-11-15}"
    )
    site = made(files, now="2026-11-20 12:00")
    axes = [
        texts(site, f"services/{name}.html", ".//div[@class='scale']/span[1]/span")
        for name in ("api", "web")
    ]

    assert [["90 days ago", "30 days ago"], ["90 days", "30 days"]] == axes


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        pytest.param(
            "",
            "Major outage counts as 100% downtime. Partial outage counts as 30% downtime."
            " Other severities do not count as downtime.",
            id="default",
        ),
        pytest.param(
            "weights: {major: 0, partial: 0.5, degraded: 0.1, maintenance: 0.05}",
            "Partial outage counts as 50% downtime. Degraded performance counts as 10% downtime."
            " Under maintenance counts as 5% downtime. Other severities do not count as downtime.",
            id="one-is-zero",
        ),
        pytest.param(
            "weights: {major: 1, partial: 1, degraded: 1, maintenance: 1}",
            "Major outage counts as 100% downtime. Partial outage counts as 100% downtime."
            " Degraded performance counts as 100% downtime."
            " Under maintenance counts as 100% downtime.",
            id="none-is-zero",
        ),
    ],
)
def test_the_note_on_uptime_names_every_weight(weights: str, expected: str) -> None:
    """The note speaks of 90 days, or 30 on phones, and of every weight."""
    notes = texts(made(with_settings(weights)), "index.html", ".//p[@id='uptime']/span")

    assert [
        f"Uptime over the last {days} days is calculated from the incidents reported here,"
        f" not from measurements. {expected}"
        for days in (90, 30)
    ] == notes


def test_the_footer_names_the_time_zone_of_the_page() -> None:
    """Without the script, times and days are in the site's time zone."""
    footer = texts(made(with_settings("")), "index.html", ".//footer")

    assert footer[0].endswith("Times and days are in Europe/Rome. Powered by statusgen")


def test_a_pinned_incident_leads_to_its_summary() -> None:
    """A pinned incident that is over shows its duration and a link to its summary."""
    rest = "pin: true\nupdates:\n  - {at: 2026-11-20 09:30, state: resolved, text: Done.}\n"
    site = made({"incidents/a.md": incident(rest=rest) + "Why it happened.\n"})
    card = tree(site, "index.html").find(".//article[@id='incident-a']")

    assert "30 min" in text(card)
    assert "incidents/a.html#summary" in [one.get("href") for one in card.iterfind(".//a")]


QUIET = """---
title: Errors
severity: major
services: [api]
started: 2026-11-10 08:00
updates:
  - {at: 2026-11-10 08:20, text: One.}
  - {at: 2026-11-10 09:00, state: monitoring, services: {api: none}, text: Two.}
---
"""


@pytest.mark.parametrize("keep", ["true", "false"])
def test_what_leaves_the_front_page_is_still_told(keep: str) -> None:
    """With `keep_open: false`, the banner and the embed still show that an incident is open."""
    site = made(with_settings(f"days: 3\nkeep_open: {keep}", {"incidents/a.md": QUIET}))
    is_listed = tree(site, "index.html").find(".//article[@id='incident-a']") is not None

    assert (keep == "true") == is_listed
    assert "1 incident is still being monitored." in site.text("index.html")
    assert '"state": "Monitoring"' in site.text("embed.js")
    assert "Operational" not in site.text("embed.js")
