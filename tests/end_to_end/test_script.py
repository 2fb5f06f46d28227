"""What the scripts promise, in a real browser: times, planned work, news, bars, and the embed."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.support import examples
from tests.support.browsing import QUIET, Visit, visit
from tests.support.examples import Site

pytestmark = pytest.mark.slow

MORNING = datetime.fromisoformat("2026-11-20T10:15:30+01:00")
ROME, NEW_YORK = "Europe/Rome", "America/New_York"
PHONE, DESK = 360, 1280
OF_ACME = " \N{EN DASH} Acme Status"  # at the end of titles
SECOND = 1000
MINUTE = 60 * SECOND

SPY = """
window.asked = [];
let busy = Promise.resolve();
const ask = window.fetch;
window.fetch = (url, options = {}) => {
  window.asked.push([String(url), options.cache]);
  const answer = ask(url, options);
  busy = Promise.allSettled([busy, answer.then((one) => one.clone().text())]);
  return answer;
};
window.settled = async () => {
  for (let seen = -1; seen !== window.asked.length;) {
    seen = window.asked.length;
    await busy;
    const { port1, port2 } = new MessageChannel();
    await new Promise((done) => { port1.onmessage = done; port2.postMessage(0); });
  }
};
"""
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  window.shifts.push(...list.getEntries().map((one) => one.value));
}).observe({ type: "layout-shift", buffered: true });
"""
PAINTED = """
new Promise((done) => {
  new PerformanceObserver(() => done()).observe({ type: "paint", buffered: true });
})
"""
NEXT = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
SHOWN = """
(selector) => [...document.querySelectorAll(selector)]
  .filter((one) => one.checkVisibility()).map((one) => one.innerText.replace(/\\s+/g, " ").trim())
"""

GROUPED = """\
title: Acme Status
url: https://status.acme.example
timezone: Europe/Rome
groups:
  - id: data
    name: Data
services:
  - id: api
    name: Public API
  - id: web
    name: Website
  - id: db
    name: Database
    group: data
"""

TROUBLE = """\
---
title: Errors of the API
severity: partial
services: [api]
started: 2026-11-20 08:05
updates:
  - at: 2026-11-20 08:10
    text: We are looking into it.
  - at: 2026-11-20 09:57
    state: identified
    text: The cause is known.
---
"""
SLOW = """\
---
title: Slow answers
severity: partial
services: [api]
started: 2026-11-10 14:00
resolved: 2026-11-10 16:00
---
All is well again.
"""


def work(hours: str, *, services: str = "[db]", more: str = "") -> str:
    """The file of planned work in these *hours*, such as `12:00-13:00`."""
    starts, ends = hours.split("-")
    return f"""\
---
title: Work of {hours}
severity: maintenance
services: {services}
announced: 2026-11-18 10:00
starts: 2026-11-20 {starts}
ends: 2026-11-20 {ends}
{more}---
"""


def clock(time: str) -> datetime:
    """A time of the day of these tests in the zone of their sites."""
    return datetime.fromisoformat(f"2026-11-20T{time}+01:00")


def site(settings: str = GROUPED, /, *, now: datetime = MORNING, **incidents: str) -> Site:
    """A site with the files *incidents*, by their names."""
    files = {f"incidents/{name}.md": text for name, text in incidents.items()}
    return examples.made({"statusgen.yml": settings, **files}, now=now.isoformat())


@cache
def quiet() -> Site:
    """A site without any incident."""
    return site()


@cache
def troubled() -> Site:
    """The same site while something is wrong."""
    return site(trouble=TROUBLE)


@cache
def planned() -> Site:
    """The same site with planned work on its database from 12 to 13 o'clock."""
    return site(work=work("12:00-13:00"))


@cache
def storied() -> Site:
    """A site with a bad day, on which `web` was not there yet, and days before `db` began."""
    settings = GROUPED.replace("name: Database\n", "name: Database\n    since: 2026-11-01\n")
    return site(settings, slow=SLOW)


Opened = Callable[..., Visit]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Open a page of a site at a moment of the visitor's clock, which then stands still.

    When the test is over, no such page has broken its policy or written an error.
    """
    visits: list[Visit] = []

    def opened(
        built: Site,
        path: str = "index.html",
        *,
        at: datetime = MORNING,
        zone: str = ROME,
        width: int = DESK,
        touch: bool = False,
    ) -> Visit:
        context = browser.new_context(
            timezone_id=zone,
            viewport={"width": width, "height": 640},
            has_touch=touch,
        )
        context.add_init_script(SPY)
        one = visit(context, built)
        visits.append(one)
        one.page.clock.install(time=at - timedelta(minutes=1))
        one.page.clock.pause_at(at)
        one.open(path)
        one.page.evaluate("window.settled()")
        return one

    yield opened
    complaints = [one.complaints for one in visits]
    for one in visits:
        one.page.context.close()
    assert [QUIET] * len(visits) == complaints


def shown(page: Page, selector: str) -> list[str]:
    """The texts of the elements that are there to be seen."""
    return list(page.evaluate(SHOWN, selector))


def announced(page: Page) -> str:
    """What a screen reader was told to say last."""
    return page.locator("[role=status]").text_content() or ""


def icon(page: Page) -> str:
    """The severity that the icon of the tab tells."""
    href = page.locator("link[rel=icon]").get_attribute("href") or ""
    return href.rpartition("favicon-")[2].removesuffix(".svg")


def focused(page: Page) -> str:
    """Where the focus is: the text or name of its element, and what that stands in."""
    return str(
        page.evaluate(
            """() => {
              const one = document.activeElement;
              const name = one.ariaLabel ?? one.textContent.replace(/\\s+/g, " ").trim();
              return `${one.localName} ${name} in ${one.closest("[id]").id}`;
            }"""
        )
    )


def top(one: Locator) -> int:
    """How far from the top of the window *one* is."""
    return round(float(one.evaluate("(one) => one.getBoundingClientRect().top")))


def minutes(one: Visit, count: int = 1) -> int:
    """Let so many minutes pass; how often the page asked for news in them."""
    before = one.asked.count("build.json")
    for _ in range(count):
        one.page.clock.run_for(MINUTE)
        one.page.evaluate("window.settled()")
    return one.asked.count("build.json") - before


def arrive(one: Visit, built: Site) -> None:
    """Publish *built* and let time pass until the open page shows it."""
    one.page.evaluate("window.stays = document.querySelector('main').stays = true")
    one.site = built
    for _ in range(5):
        minutes(one)
        if one.page.evaluate("!document.querySelector('main').stays"):
            return
    pytest.fail("the new content does not arrive")


def bar(page: Page, service: str) -> Locator:
    """The bar of a service on the front page."""
    return page.locator(f"#service-{service} .bar")


def tip(page: Page, service: str) -> Locator:
    """What the bar of a service tells of the chosen day."""
    return page.locator(f"#service-{service} .tip")


def told(one: Locator) -> str:
    """What a bar tells a screen reader of the chosen day."""
    return " ".join((one.get_attribute("aria-valuetext") or "").split())


def place(one: Locator, ago: int, *, days: int = 90) -> tuple[float, float]:
    """The point of a bar of so many *days* that stands for the day so long *ago*."""
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    assert box is not None
    share = (days - ago - 0.5) / days
    return (box["x"] + share * box["width"], box["y"] + box["height"] / 2)


# Times


def written(built: Site, path: str = "index.html") -> list[str]:
    """The times of a page as they stand in its HTML."""
    return re.findall(r'<time datetime="[^"]*T[^"]*">([^<]*)</time>', built.text(path))


def test_times_are_told_in_the_zone_of_the_visitor(opened: Opened) -> None:
    """Each time turns into the visitor's zone, and keeps what the site wrote as its title."""
    page = opened(troubled(), zone=NEW_YORK).page
    times = page.locator("time[datetime*=T]")
    titles = [time.get_attribute("title") for time in times.all()]

    assert written(troubled()) == titles
    assert ["02:05 EST"] == [re.sub(r".*, ", "", text) for text in shown(page, ".banner time")]


@pytest.mark.parametrize("path", ["index.html", "history/2026-11.html", "incidents/trouble.html"])
def test_a_visitor_in_the_zone_of_the_site_reads_what_it_wrote(opened: Opened, path: str) -> None:
    """Where both zones are one, no time changes and none has a title."""
    page = opened(troubled(), path).page

    assert written(troubled(), path) == shown(page, "time[datetime*=T]")
    assert 0 == page.locator("time[title]").count()


def test_two_names_of_a_zone_are_one_zone(opened: Opened) -> None:
    """A browser that calls the zone of the site by an older name changes nothing."""
    built = site(GROUPED.replace(ROME, "Asia/Kolkata"), trouble=TROUBLE)
    page = opened(built, zone="Asia/Calcutta").page

    assert written(built) == shown(page, "time[datetime*=T]")


def test_words_of_the_clock_go_on(opened: Opened) -> None:
    """How long it has been so, and how old an update is, stays true without a reload."""
    page = opened(troubled()).page
    places = (".banner .clock", "article .clock", "#service-api .head .clock")
    before = [shown(page, one) for one in places]
    page.clock.pause_at(clock("11:16:30"))
    after = [shown(page, one) for one in places]

    long, longer = "for 2 hr 10 min", "for 3 hr 11 min"
    assert [[long], [long, "18 minutes ago", "2 hours ago"], [long]] == before
    assert [[longer], [longer, "1 hour ago", "3 hours ago"], [longer]] == after


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("11:59:40", "starts in 20 sec"),
        ("11:00:00", "starts in 1 hr"),
        ("10:30:00", "starts in 1 hr 30 min"),
        ("12:00:05", "ends in 59 min"),
        ("13:00:05", ""),
    ],
)
def test_planned_work_says_how_long_it_is_to_its_next_move(
    opened: Opened, at: str, words: str
) -> None:
    """The page of the work counts down to its start, then to its end, then says nothing."""
    page = opened(planned(), "incidents/work.html", at=clock(at)).page

    assert [words] == shown(page, ".facts .clock")


# Planned work


def stand(page: Page) -> dict[str, list[str]]:
    """Where planned work on the database stands, as the front page tells it."""
    return {
        "headline": shown(page, ".banner h1"),
        "title": [page.title().removesuffix(OF_ACME)],
        "icon": [icon(page)],
        "sections": shown(page, "main h2"),
        "pill": shown(page, "article[data-work] .pill"),
        "in": page.locator("section:has(article[data-work]) > h2").all_inner_texts(),
        "service": shown(page, "#service-db .head .label"),
        "group": shown(page, ".group:has(#service-db) > .head:first-child > span .label"),
        "announced": [announced(page)],
    }


WELL = "All systems operational"
BUSY = "Maintenance in progress"
COMING = {
    "headline": [WELL],
    "title": [WELL],
    "icon": ["none"],
    "sections": ["Coming maintenance", "Services", "Past incidents"],
    "pill": ["Scheduled"],
    "in": ["Coming maintenance"],
    "service": ["Operational"],
    "group": ["Operational"],
    "announced": [""],
}
RUNNING = {
    "headline": [BUSY],
    "title": [BUSY],
    "icon": ["maintenance"],
    "sections": [BUSY, "Services", "Past incidents"],
    "pill": ["In progress"],
    "in": [BUSY],
    "service": ["Under maintenance"],
    "group": ["Under maintenance"],
    "announced": [BUSY],
}
DONE = {
    **COMING,
    "sections": ["Services", "Past incidents"],
    "pill": ["Completed"],
    "in": ["Past incidents"],
    "announced": [WELL],
}


def test_planned_work_begins_and_ends_by_the_clock_of_the_visitor(opened: Opened) -> None:
    """All that the front page says of it changes at its start and at its end, by itself."""
    page = opened(planned()).page
    found = [stand(page)]
    for time in ("11:59:58", "12:00:05", "12:59:58", "13:00:05"):
        page.clock.pause_at(clock(time))
        found.append(stand(page))

    assert [COMING, COMING, RUNNING, RUNNING, DONE] == found


@pytest.mark.parametrize(("at", "expected"), [("12:30:00", RUNNING), ("13:30:00", DONE)])
def test_a_page_opened_late_is_right_at_once(
    opened: Opened, at: str, expected: dict[str, list[str]]
) -> None:
    """Where the work should stand by now it stands from the beginning; that is no news."""
    page = opened(planned(), at=clock(at)).page

    assert {**expected, "announced": [""]} == stand(page)


def test_work_in_progress_ends_by_the_clock(opened: Opened) -> None:
    """A page made while the work went on ends it at its end."""
    page = opened(site(now=clock("12:15:00"), work=work("12:00-13:00")), at=clock("12:15:00")).page
    before = stand(page)
    page.clock.pause_at(clock("13:00:05"))

    assert {**RUNNING, "announced": [""]} == before
    assert DONE == stand(page)


@pytest.mark.parametrize("path", ["index.html", "services/db.html"])
def test_a_service_that_is_well_again_is_not_bad_for_any_time(opened: Opened, path: str) -> None:
    """When the clock has ended the work, nothing says for how long it has been going on."""
    built = site(now=clock("12:15:00"), work=work("12:00-13:00"))
    page = opened(built, path, at=clock("12:15:00")).page
    before = [text for text in shown(page, ".clock") if text.startswith("for ")]
    page.clock.pause_at(clock("13:00:05"))

    assert {"for 15 min"} == set(before)
    assert [] == [text for text in shown(page, ".clock") if text.startswith("for ")]


def test_work_does_not_hide_what_is_worse(opened: Opened) -> None:
    """A service in trouble, and the banner, stay as bad as they are while work goes on."""
    trouble = TROUBLE.replace("[api]", "[db]")
    page = opened(site(trouble=trouble, work=work("12:00-13:00"))).page
    expected = {name: stand(page)[name] for name in ("headline", "icon", "service", "group")}
    found = []
    for time in ("12:00:05", "13:00:05"):
        page.clock.pause_at(clock(time))
        found.append(stand(page))

    assert ["Partial outage"] == expected["service"]
    assert [expected] * 2 == [{name: one[name] for name in expected} for one in found]
    assert [["In progress"], ["Completed"]] == [one["pill"] for one in found]
    assert [[""], [""]] == [one["announced"] for one in found]


def test_work_that_overlaps_lasts_until_the_last_is_done(opened: Opened) -> None:
    """While one of two works goes on, the service stays under maintenance."""
    page = opened(site(one=work("12:00-13:00"), two=work("12:30-14:00"))).page
    found = []
    for time in ("12:00:05", "12:30:05", "13:00:05", "14:00:05"):
        page.clock.pause_at(clock(time))
        one = stand(page)
        found.append((sorted(one["pill"]), *one["service"], *one["headline"]))

    busy = ("Under maintenance", BUSY)
    assert [
        (["In progress", "Scheduled"], *busy),
        (["In progress", "In progress"], *busy),
        (["Completed", "In progress"], *busy),
        (["Completed", "Completed"], "Operational", WELL),
    ] == found


def test_works_stand_in_the_order_of_a_new_build(opened: Opened) -> None:
    """Works that the clock has moved stand as they would on a page made now."""
    one, two, three = work("12:00-13:00"), work("12:00-14:00"), work("12:01-14:00")
    now = clock("12:01:05")
    moved = opened(site(one=one, two=two, three=three)).page
    moved.clock.pause_at(now)
    made = opened(site(now=now, one=one, two=two, three=three), at=now).page
    titles = "section:has(#in_progress) article h3"

    assert 3 == len(shown(made, titles))
    assert shown(made, titles) == shown(moved, titles)


@pytest.mark.parametrize("path", ["index.html", "services/db.html"])
def test_no_list_contradicts_the_clock(opened: Opened, path: str) -> None:
    """Work that the clock has ended stands nowhere as going on."""
    built = site(now=clock("12:15:00"), work=work("12:00-13:00"))
    page = opened(built, path, at=clock("12:15:00")).page
    states = [text.partition(" · ")[0] for text in shown(page, ".list .meta")]
    page.clock.pause_at(clock("13:00:05"))
    after = [text.partition(" · ")[0] for text in shown(page, ".list .meta")]

    assert ["In progress"] == states
    assert "In progress" not in after


def test_a_grid_follows_the_clock(opened: Opened) -> None:
    """Where a table takes the place of the bars, it tells the state of now as well."""
    page = opened(site(f"{GROUPED}history_style: grid\n", work=work("12:00-13:00"))).page
    found = []
    for time in ("11:59:58", "12:00:05", "13:00:05"):
        page.clock.pause_at(clock(time))
        found.append(shown(page, ".grid tr:has([href='services/db.html']) .label"))

    assert [["Operational"], ["Under maintenance"], ["Operational"]] == found


def test_work_that_an_update_moved_is_left_alone_by_the_clock(opened: Opened) -> None:
    """Once somebody has said in the window where the work stands, its end ends nothing."""
    update = "updates:\n  - at: 2026-11-20 10:05\n    state: in_progress\n    text: We began.\n"
    page = opened(site(work=work("10:00-11:00", more=update))).page
    before = (shown(page, ".pill"), shown(page, ".banner h1"), shown(page, "#service-db .label"))
    page.clock.pause_at(clock("11:30:00"))
    after = (shown(page, ".pill"), shown(page, ".banner h1"), shown(page, "#service-db .label"))

    assert (["In progress"], [BUSY], ["Under maintenance"]) == before
    assert before == after


@pytest.mark.parametrize(
    ("path", "selector", "words"),
    [
        ("incidents/work.html", "header .pill", ["Scheduled", "In progress", "Completed"]),
        ("services/db.html", "h1 ~ p .label", ["Operational", "Under maintenance", "Operational"]),
    ],
)
def test_other_pages_follow_the_clock_too(
    opened: Opened, path: str, selector: str, words: list[str]
) -> None:
    """The page of the work, and that of its service, change at its start and end."""
    page = opened(planned(), path).page
    found = [shown(page, selector)]
    for time in ("12:00:05", "13:00:05"):
        page.clock.pause_at(clock(time))
        found.append(shown(page, selector))

    assert [[word] for word in words] == found


@pytest.mark.parametrize(
    ("path", "words"),
    [("incidents/work.html", "In progress"), ("services/db.html", "Under maintenance")],
)
def test_other_pages_announce_what_the_clock_changes(opened: Opened, path: str, words: str) -> None:
    """There, too, a screen reader hears of the new state, and of that alone."""
    page = opened(planned(), path).page
    before = announced(page)
    page.clock.pause_at(clock("12:00:05"))

    assert "" == before
    assert words == " ".join(announced(page).split())


# News


def test_news_is_looked_for_every_so_many_seconds(opened: Opened) -> None:
    """`refresh` says how often the small file is asked for, without trusting any cache."""
    found = {}
    for seconds in (60, 300):
        one = opened(site(f"{GROUPED}refresh: {seconds}\n"))
        found[seconds] = minutes(one, 20)
        modes = {cache for url, cache in one.page.evaluate("window.asked")}
        assert {"no-cache"} == modes

    assert {60: 20, 300: 4} == found


def test_nothing_is_exchanged_while_nothing_changes(opened: Opened) -> None:
    """With the same digest the page is asked for once at the most, and left as it is."""
    one = opened(troubled())
    one.page.evaluate("document.querySelector('main').stays = true")
    minutes(one, 10)

    assert one.page.evaluate("document.querySelector('main').stays")
    assert one.asked.count("index.html") <= 2


def test_news_takes_the_place_of_what_was_shown(opened: Opened) -> None:
    """New content, title and icon come without a navigation, and the headline is announced."""
    one = opened(quiet(), zone=NEW_YORK)
    minutes(one)
    arrive(one, troubled())
    page = one.page

    assert page.evaluate("window.stays")
    assert ["Partial outage"] == shown(page, ".banner h1")
    assert ["Partial outage"] == shown(page, "#service-api .head .label")
    assert ["02:05 EST"] == [re.sub(r".*, ", "", text) for text in shown(page, ".banner time")]
    assert f"Partial outage{OF_ACME}" == page.title()
    assert "partial" == icon(page)
    assert "Partial outage" == announced(page)


def test_a_headline_that_stays_is_not_announced_again(opened: Opened) -> None:
    """An update that changes no state comes into the page in silence."""
    update = "  - at: 2026-11-20 10:12\n    text: Nearly done.\n---\n"
    one = opened(troubled())
    minutes(one)
    arrive(one, site(trouble=TROUBLE.removesuffix("---\n") + update))

    assert "Nearly done." in shown(one.page, "article .text")
    assert "" == announced(one.page)


def test_the_page_of_an_incident_announces_where_it_stands(opened: Opened) -> None:
    """There a screen reader hears the new state."""
    one = opened(troubled(), "incidents/trouble.html")
    minutes(one)
    arrive(one, site(trouble=TROUBLE.replace("identified", "monitoring")))

    assert "Monitoring Partial outage" == " ".join(announced(one.page).split())


def test_the_page_of_a_service_announces_only_what_it_shows(opened: Opened) -> None:
    """The state that planned work may bring later is not read out with the present one."""
    trouble = TROUBLE.replace("[api]", "[db]")
    end = "  - at: 2026-11-20 10:12\n    state: resolved\n---\n"
    one = opened(site(trouble=trouble, work=work("12:00-13:00")), "services/db.html")
    minutes(one)
    resolved = trouble.removesuffix("---\n") + end
    arrive(one, site(trouble=resolved, work=work("12:00-13:00")))

    assert "Operational" == " ".join(announced(one.page).split())


@pytest.mark.parametrize(
    "chosen",
    [
        "#incident-trouble header a",
        "#incident-trouble p a",
        "#service-api .title a",
        "#service-api .bar",
        "#service-web .bar",
        "#service-api summary",
        "#service-web summary",
        "#service-web li a",
    ],
)
def test_the_focus_stays_where_it_is(opened: Opened, chosen: str) -> None:
    """Who stands on a link, a bar or a list of days still does when news arrives."""
    slow = SLOW.replace("[api]", "[api, web]")
    one = opened(site(trouble=TROUBLE, slow=slow))
    minutes(one)
    one.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    one.page.locator(chosen).first.focus()
    before = focused(one.page)
    arrive(one, site(trouble=TROUBLE.replace("identified", "monitoring"), slow=slow))

    assert before == focused(one.page)


def test_the_chosen_day_stays_chosen(opened: Opened) -> None:
    """News does not move a reader who looks through the days of a bar."""
    one = opened(site(trouble=TROUBLE))
    minutes(one)
    bar(one.page, "api").focus()
    for _ in range(3):
        one.page.keyboard.press("ArrowLeft")
    before = told(bar(one.page, "api"))
    arrive(one, site(trouble=TROUBLE.replace("identified", "monitoring")))

    assert before == told(bar(one.page, "api"))


def test_the_focus_stays_on_a_group_that_changes(opened: Opened) -> None:
    """Who stands on the heading of a folded group still does when its state is another."""
    folded = GROUPED.replace("name: Data\n", "name: Data\n    collapse: always\n")
    one = opened(site(folded))
    minutes(one)
    one.page.locator("summary:has(h3)").focus()
    arrive(one, site(folded, trouble=TROUBLE.replace("[api]", "[db]")))

    assert one.page.locator("summary:has(h3)").evaluate("(one) => one === document.activeElement")


def test_what_is_folded_out_stays_so(opened: Opened) -> None:
    """Each list of days and each group is as open as the reader left it."""
    folded = GROUPED.replace("name: Data\n", "name: Data\n    collapse: always\n")
    slow = SLOW.replace("[api]", "[api, web, db]")
    one = opened(site(folded, slow=slow))
    minutes(one)
    is_open = "(all) => all.map((one) => one.open)"
    for chosen in ("summary:has(h3)", "#service-api .troubles summary"):
        one.page.locator(chosen).click()
    before = one.page.locator("details").evaluate_all(is_open)
    arrive(one, site(folded, slow=slow.replace("Slow", "Very slow")))

    assert {True, False} == set(before)
    assert before == one.page.locator("details").evaluate_all(is_open)


def test_what_is_looked_at_stays_on_the_screen(opened: Opened) -> None:
    """News above what the reader sees does not push it away."""
    one = opened(quiet(), width=PHONE)
    minutes(one)
    seen = one.page.locator("#service-web .title")
    one.page.evaluate("scrollTo(0, document.querySelector('#service-web').offsetTop - 10)")
    before = top(seen)
    arrive(one, troubled())

    assert 0 < before < 100
    assert abs(before - top(seen)) <= 1


def test_a_text_that_is_read_stays_on_the_screen(opened: Opened) -> None:
    """A new update above a long one does not push away the line that is being read."""
    lines = "\n\n".join(f"      This is paragraph {n} of a long story." for n in range(60))
    story = TROUBLE.replace("text: The cause is known.", f"text: |\n{lines}")
    update = "  - at: 2026-11-20 10:12\n    text: Nearly done.\n---\n"
    one = opened(site(trouble=story), width=PHONE)
    minutes(one)
    read = one.page.get_by_text("This is paragraph 30 of")
    read.evaluate("(one) => scrollBy(0, one.getBoundingClientRect().top - 300)")
    arrive(one, site(trouble=story.removesuffix("---\n") + update))

    assert abs(300 - top(read)) <= 1


def test_a_page_at_its_top_stays_there(opened: Opened) -> None:
    """On a screen on the wall the new banner is in sight."""
    one = opened(quiet())
    minutes(one)
    arrive(one, troubled())

    assert 0 == one.page.evaluate("scrollY")
    assert top(one.page.locator(".banner")) > 0


def test_a_page_that_is_published_late_still_arrives(opened: Opened) -> None:
    """A host may show the new `build.json` before the new page; the page is asked for again."""
    record = "build.json"
    one = opened(quiet())
    minutes(one)
    one.site = replace(quiet(), files={**quiet().files, record: troubled().files[record]})
    minutes(one)
    arrive(one, troubled())

    assert ["Partial outage"] == shown(one.page, ".banner h1")


def test_a_page_older_than_its_record_is_noticed(opened: Opened) -> None:
    """A page out of a cache, opened when news has been published already, catches up."""
    record = "build.json"
    one = opened(replace(quiet(), files={**quiet().files, record: troubled().files[record]}))
    arrive(one, troubled())

    assert ["Partial outage"] == shown(one.page, ".banner h1")


def test_a_tab_that_nobody_sees_does_not_ask(opened: Opened) -> None:
    """While it is hidden no request is made; when it is shown again, at once."""
    one = opened(quiet())
    minutes(one)
    hide = """(away) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: away });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    one.page.evaluate(hide, True)
    hidden = minutes(one, 10)
    with one.page.expect_response("**/build.json"):
        one.page.evaluate(hide, False)
    one.page.evaluate("window.settled()")

    assert 0 == hidden
    assert 10 == minutes(one, 10)


def test_a_server_in_trouble_is_asked_less_often(opened: Opened) -> None:
    """Errors make the pauses longer; when the server works again, so does the page."""
    one = opened(quiet())
    minutes(one)
    usual = minutes(one, 30)
    one.broken = {"build.json"}
    failing = minutes(one, 30)
    one.broken = set()
    minutes(one, 40)
    recovered = minutes(one, 30)
    complaints = [*one.errors]
    one.errors.clear()

    assert 0 < failing < 6
    assert 30 == usual == recovered
    assert all("503" in complaint for complaint in complaints)


def test_a_page_that_fails_once_still_arrives(opened: Opened) -> None:
    """When the page itself cannot be had, it is asked for again later."""
    one = opened(quiet())
    minutes(one)
    one.site = troubled()
    one.broken = {"index.html"}
    minutes(one)
    minutes(one)
    one.broken = set()
    arrive(one, troubled())
    complaints = [*one.errors]
    one.errors.clear()

    assert all("503" in complaint for complaint in complaints)
    assert ["Partial outage"] == shown(one.page, ".banner h1")


def test_a_site_may_switch_looking_for_news_off(opened: Opened) -> None:
    """With `refresh: 0` the script asks for nothing; the clock goes on."""
    one = opened(site(f"{GROUPED}refresh: 0\n", work=work("12:00-13:00")))
    one.page.clock.pause_at(clock("12:00:05"))
    one.page.clock.run_for(5 * MINUTE)

    assert [] == one.page.evaluate("window.asked")
    assert ["In progress"] == shown(one.page, ".pill")


def test_pages_that_do_not_change_ask_for_nothing(opened: Opened) -> None:
    """A month of the past and an incident long over look for no news."""
    for path in ("history/2026-11.html", "incidents/slow.html"):
        one = opened(storied(), path)
        one.page.clock.run_for(5 * MINUTE)

        assert [] == one.page.evaluate("window.asked")


@pytest.mark.parametrize("kind", ["style", "script"])
def test_another_style_or_script_is_loaded_anew(opened: Opened, kind: str) -> None:
    """Content that needs another style or script than the page has comes with a reload."""
    if kind == "style":
        built = site(f"{GROUPED}accent: '#a0522d'\n")
    else:
        files = {path: data for path, data in quiet().files.items() if path != "build.json"}
        name = next(path for path in files if re.fullmatch(r"script\..*\.js", path))
        index = quiet().text("index.html").replace(name, "script.other.js")
        record = {**json.loads(quiet().text("build.json")), "digest": "other"}
        other = {"index.html": index.encode(), "build.json": json.dumps(record).encode()}
        built = replace(quiet(), files={**files, **other, "script.other.js": files[name]})
    one = opened(quiet())
    minutes(one)
    one.page.evaluate("window.stays = true")
    one.site = built
    with one.page.expect_event("load"):
        one.page.clock.run_for(MINUTE)

    assert not one.page.evaluate("window.stays")


def test_what_a_browser_adds_to_a_page_reloads_nothing(opened: Opened) -> None:
    """The style or script of an extension is no new version of the page."""
    one = opened(quiet())
    one.page.evaluate(
        """() => {
          const added = { type: "text/x-extension", textContent: "added" };
          document.head.append(Object.assign(document.createElement("script"), added));
        }"""
    )
    minutes(one)
    arrive(one, troubled())

    assert one.page.evaluate("window.stays")


def test_a_page_older_than_a_day_says_so(opened: Opened) -> None:
    """When nothing has been built for a day the page says so, until a build comes."""
    one = opened(quiet())
    notice = one.page.locator(".old")
    one.page.clock.pause_at(MORNING + timedelta(hours=23))
    minutes(one)
    expect(notice).to_be_hidden()
    one.page.clock.pause_at(MORNING + timedelta(hours=25))
    expect(notice).to_be_visible()
    words = notice.inner_text()
    one.site = site(now=MORNING + timedelta(hours=25))
    minutes(one)
    minutes(one)

    assert "This page was made yesterday. It may be out of date." == words
    expect(notice).to_be_hidden()


def test_an_old_page_opened_today_says_so(opened: Opened) -> None:
    """A visitor who comes days after the last build is told."""
    one = opened(quiet(), at=MORNING + timedelta(days=3))

    expect(one.page.locator(".old")).to_have_text(
        "This page was made 3 days ago. It may be out of date."
    )


def test_a_page_that_asks_for_nothing_knows_its_age(opened: Opened) -> None:
    """With `refresh: 0`, too, a page that is two days old says so."""
    page = opened(site(f"{GROUPED}refresh: 0\n")).page
    page.clock.pause_at(MORNING + timedelta(hours=23))
    before = shown(page, ".old")
    page.clock.pause_at(MORNING + timedelta(days=2, minutes=1))

    assert [] == before
    assert 1 == len(shown(page, ".old"))


def test_a_site_works_from_a_disk(browser: Browser, tmp_path: Path) -> None:
    """Opened as a file, a page does all but look for news, and has no error."""
    built = storied()
    for path, data in built.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    context = browser.new_context(timezone_id=NEW_YORK)
    context.add_init_script(SPY)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.clock.install(time=MORNING)
    page.goto((tmp_path / "index.html").as_uri())
    page.clock.run_for(5 * MINUTE)
    bar(page, "api").focus()

    assert [] == errors
    assert [] == page.evaluate("window.asked")
    assert "Nov 20: No incidents" == told(bar(page, "api"))
    context.close()


def test_an_icon_of_the_site_stays(opened: Opened) -> None:
    """A favicon of the site's own is not taken for one that tells the state."""
    settings = f"{GROUPED}favicon: favicon-acme.svg\n"
    files = {"statusgen.yml": settings, "static/favicon-acme.svg": "<svg/>"}
    built = examples.made(files, now=MORNING.isoformat())
    page = opened(built).page
    page.clock.run_for(MINUTE)

    assert "acme" == icon(page)


def test_a_site_without_an_icon_works(opened: Opened) -> None:
    """A template that leaves the icon out breaks nothing."""
    template = '{% extends "default/base.html" %}{% block favicon %}{% endblock %}'
    files = {"templates/base.html": template, "incidents/work.md": work("12:00-13:00")}
    page = opened(examples.made(files, now=MORNING.isoformat())).page
    page.clock.pause_at(clock("12:00:05"))

    assert ["In progress"] == shown(page, ".pill")


# Bars


def test_a_bar_is_one_stop_of_the_tab_key(opened: Opened) -> None:
    """The tab key reaches a bar once, and goes on to what follows."""
    page = opened(storied()).page
    page.locator("#service-api .title a").focus()
    found = []
    for _ in range(3):
        page.keyboard.press("Tab")
        found.append(page.evaluate("document.activeElement.className"))
    stops = page.locator(".chart :is([tabindex], a, button)").count()

    assert "bar" == found[0]
    assert "bar" not in found[1:]
    assert 3 == stops


def test_keys_choose_a_day(opened: Opened) -> None:
    """Arrows go day by day, the page keys by weeks, Home and End to the ends, and no further."""
    page = opened(storied()).page
    one = bar(page, "api")
    one.focus()
    found = [told(one).partition(":")[0]]
    for key in ("ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowRight", "PageDown"):
        page.keyboard.press(key)
        found.append(told(one).partition(":")[0])
    for key in ("PageUp", "Home", "ArrowLeft", "End"):
        page.keyboard.press(key)
        found.append(told(one).partition(":")[0])

    days = [20, 19, 18, 19, 20, 20, 13, 20]
    assert [
        *(f"Nov {day}" for day in days),
        "Aug 23",
        "Aug 23",
        "Nov 20",
    ] == found


def test_a_bad_day_is_told_in_words_and_leads_to_its_incident(opened: Opened) -> None:
    """A screen reader hears date, severity, duration and title; Enter opens the incident."""
    page = opened(storied()).page
    one = bar(page, "api")
    one.focus()
    page.keyboard.press("PageDown")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    words = told(one)
    visible = shown(page, "#service-api .tip")
    now, last = one.get_attribute("aria-valuenow"), one.get_attribute("aria-valuemax")
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/slow.html")

    assert "Nov 10: Partial outage, 2 hr Slow answers" == words
    assert [words] == visible
    assert ("79", "89") == (now, last)


def test_days_before_a_service_began_have_no_data(opened: Opened) -> None:
    """The day before `since` is not observed; from it on all is told."""
    page = opened(storied()).page
    one = bar(page, "db")
    one.focus()
    for _ in range(19):
        page.keyboard.press("ArrowLeft")
    first = told(one)
    page.keyboard.press("ArrowLeft")

    assert "Nov 1: No incidents" == first
    assert "Oct 31: No data" == told(one)


def test_escape_hides_what_a_bar_tells(opened: Opened) -> None:
    """It goes away without the focus moving; another arrow brings it back."""
    page = opened(storied()).page
    bar(page, "api").focus()
    before = shown(page, ".tip")
    page.keyboard.press("Escape")
    hidden = shown(page, ".tip")
    page.keyboard.press("ArrowLeft")

    assert ["Nov 20: No incidents"] == before
    assert [] == hidden
    assert ["Nov 19: No incidents"] == shown(page, ".tip")


def test_escape_in_a_tip_leads_back_to_its_bar(opened: Opened) -> None:
    """Who went on to the link that a bar shows stands on the bar after dismissing it."""
    page = opened(storied()).page
    one = bar(page, "api")
    one.focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    was_on_link = tip(page, "api").locator("a").evaluate("(one) => one === document.activeElement")
    page.keyboard.press("Escape")

    assert was_on_link
    assert one.evaluate("(one) => one === document.activeElement")
    assert [] == shown(page, ".tip")


def test_escape_hides_what_the_mouse_brought(opened: Opened) -> None:
    """What pointing at a day has shown can be dismissed without moving the mouse."""
    page = opened(storied()).page
    page.mouse.move(*place(bar(page, "api"), 10))
    before = shown(page, ".tip")
    page.keyboard.press("Escape")

    assert 1 == len(before)
    assert [] == shown(page, ".tip")


def test_pointing_at_a_day_tells_what_it_was_like(opened: Opened) -> None:
    """It shows while the mouse is on the bar or on what it tells, and goes when that leaves."""
    page = opened(storied()).page
    page.mouse.move(*place(bar(page, "api"), 10))
    words = shown(page, ".tip")
    tip(page, "api").locator("a").hover()
    still = shown(page, ".tip")
    page.mouse.move(5, 5)

    assert ["Nov 10: Partial outage, 2 hr Slow answers"] == words
    assert words == still
    assert [] == shown(page, ".tip")


def test_leaving_a_bar_with_the_tab_key_hides_what_it_tells(opened: Opened) -> None:
    """The tip goes with the focus."""
    page = opened(storied()).page
    bar(page, "api").focus()
    before = shown(page, "#service-api .tip")
    page.keyboard.press("Tab")

    assert 1 == len(before)
    assert [] == shown(page, "#service-api .tip")


def test_clicking_on_a_bad_day_opens_its_incident(opened: Opened) -> None:
    """One click of a mouse leads there; one on a good day leads nowhere."""
    page = opened(storied()).page
    front = page.url
    page.mouse.click(*place(bar(page, "api"), 9))
    stayed = page.url
    page.mouse.click(*place(bar(page, "api"), 10))
    page.wait_for_url("**/incidents/slow.html")

    assert front == stayed


@pytest.mark.parametrize(("width", "days"), [(PHONE, 30), (DESK, 90)])
def test_a_tap_tells_of_a_day_and_leads_to_its_incident(
    opened: Opened, width: int, days: int
) -> None:
    """A finger first sees what the day was like, and its link leads on."""
    page = opened(storied(), width=width, touch=True).page
    front = page.url
    page.touchscreen.tap(*place(bar(page, "api"), 10, days=days))
    words = shown(page, ".tip")
    stayed = page.url
    tip(page, "api").locator("a").tap()
    page.wait_for_url("**/incidents/slow.html")

    assert ["Nov 10: Partial outage, 2 hr Slow answers"] == words
    assert front == stayed


@pytest.mark.parametrize(("width", "oldest"), [(PHONE, "Oct 22"), (DESK, "Aug 23")])
def test_narrow_screens_show_fewer_days(opened: Opened, width: int, oldest: str) -> None:
    """A phone shows 30 days and a desk 90: to the eye, the mouse and the keys alike."""
    page = opened(storied(), width=width).page
    one = bar(page, "web")
    days = 30 if width == PHONE else 90
    drawn = one.evaluate(
        """(one) => {
          const [bar, svg] = [one, one.firstElementChild].map((it) => it.getBoundingClientRect());
          return [Math.round(90 * bar.width / svg.width), Math.round(bar.right - svg.right)];
        }"""
    )
    page.mouse.move(*place(one, days - 1, days=days))
    pointed = shown(page, ".tip")
    page.mouse.move(5, 5)
    one.focus()
    page.keyboard.press("Home")

    assert [days, 0] == drawn
    assert [f"{oldest}: No incidents"] == pointed
    assert f"{oldest}: No incidents" == told(one)
    assert str(90 - days) == one.get_attribute("aria-valuemin")
    assert [f"{days} days"] == shown(page, "#service-web .scale span span")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_what_a_bar_tells_stays_in_the_window(opened: Opened, width: int) -> None:
    """On no day does the tip reach over an edge of the page."""
    page = opened(storied(), width=width).page
    bar(page, "api").focus()
    found = []
    for key in ("Home", "PageUp", "End"):
        page.keyboard.press(key)
        found.append(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
        box = tip(page, "api").bounding_box()
        assert box is not None
        found += [int(box["x"] >= 0) - 1, int(box["x"] + box["width"] <= width) - 1]

    assert [0] * len(found) == found


def test_a_bar_from_right_to_left_is_turned_round(opened: Opened) -> None:
    """Where writing runs to the left, the newest day is the leftmost, and the keys agree."""
    page = opened(site(f"{GROUPED}language: he\n", slow=SLOW)).page
    one = bar(page, "api")
    found = []
    for ago in (89, 79, 0):
        page.mouse.move(*place(one, ago))
        found.append(one.get_attribute("aria-valuenow"))
    one.focus()
    for key in ("End", "ArrowLeft", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        found.append(one.get_attribute("aria-valuenow"))

    assert ["89", "79", "0", "89", "89", "88", "89"] == found


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_links_to_bad_days_are_big_enough_to_hit(opened: Opened, width: int) -> None:
    """Each bad day is a link below the bar that a finger can hit."""
    page = opened(storied(), width=width).page
    page.locator("#service-api .troubles summary").click()
    boxes = [one.bounding_box() for one in page.locator(".troubles summary, .troubles a").all()]

    assert 2 == len(boxes)
    assert all(box and box["height"] >= 24 for box in boxes)


# Nothing moves, and nothing is refused


def shifts(browser: Browser, width: int, zone: str) -> float:
    """How much the example's front page moves when its script comes after the first paint."""
    context = browser.new_context(viewport={"width": width, "height": 800}, timezone_id=zone)
    context.add_init_script(SHIFTS)
    one = visit(context, examples.example())
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    context.route(re.compile(r"/script\.\w+\.js$"), hold)
    page = one.page
    page.clock.set_fixed_time(MORNING)
    page.goto(f"{one.site.url}/", wait_until="commit")
    page.evaluate(PAINTED)
    for route in held:
        one.serve(route)
    page.wait_for_load_state("load")
    expect(page.locator(".bar[role=slider]").first).to_be_visible()
    page.evaluate(NEXT)
    page.evaluate(NEXT)
    found = float(page.evaluate("window.shifts.reduce((sum, one) => sum + one, 0)"))
    context.close()
    return found


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", NEW_YORK])
@pytest.mark.parametrize("width", [PHONE, 768, DESK])
def test_nothing_moves_while_the_page_loads(browser: Browser, width: int, zone: str) -> None:
    """What has been painted stays where it is when the script fills in what it knows."""
    assert 0 == shifts(browser, width, zone)


KINDS = (
    "index.html",
    "history.html",
    "history/2026-11.html",
    "history/partial.html",
    "incidents/2026-11-12-end-of-old-tls-versions.html",
    "incidents/2026-11-17-late-sign-in-emails.html",
    "incidents/2026-11-20-object-storage-errors.html",
    "incidents/2026-11-25-database-host-upgrade.html",
    "services/storage.html",
    "subscribe.html",
)


def test_every_kind_of_page_runs_its_script_in_peace(opened: Opened) -> None:
    """No page breaks its policy or writes an error while its script works."""
    one = opened(examples.example(), zone=NEW_YORK)
    found = {}
    for path in KINDS:
        page = one.open(path)
        if page.locator(".bar").count():
            page.locator(".bar").first.focus()
            page.keyboard.press("Home")
        minutes(one, 3)
        found[path] = {name: list(said) for name, said in one.complaints.items()}

    assert dict.fromkeys(KINDS, QUIET) == found


# The banner for other sites


@dataclass
class Host:
    """A page of another site that includes the banner."""

    page: Page
    complaints: list[str]

    @property
    def links(self) -> list[tuple[str, str | None]]:
        """The links of the banner: what each says and where it leads."""
        found = self.page.locator("#statusgen-banner a").all()
        return [(one.inner_text(), one.get_attribute("href")) for one in found]


SHOP = "https://shop.example/"
EMBED = "https://status.acme.example/embed.js"
POLICY = "default-src 'none'; script-src https://status.acme.example; style-src 'none'"
INCLUDED = f'<script src="{EMBED}" async></script>'

Hosted = Callable[..., Host]


@pytest.fixture
def hosted(browser: Browser) -> Iterator[Hosted]:
    """Open a page of another origin, under a strict policy, that includes the banner of a site."""
    contexts = []

    def hosted(
        built: Site, *, at: datetime = MORNING, head: str = INCLUDED, body: str = ""
    ) -> Host:
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        host = Host(page, [])
        page.on("console", lambda said: host.complaints.append(said.text))
        page.on("pageerror", lambda error: host.complaints.append(str(error)))
        page.on("dialog", lambda dialog: host.complaints.append(dialog.message))
        html = f"<!doctype html><html><head><title>Shop</title>{head}</head>"
        html += f"<body><h1>Shop</h1>{body}</body></html>"

        def serve(route: Route) -> None:
            if route.request.url == SHOP:
                headers = {"content-security-policy": POLICY, "content-type": "text/html"}
                route.fulfill(body=html, headers=headers)
            elif route.request.url == EMBED:
                route.fulfill(body=built.files["embed.js"], content_type="text/javascript")
            else:
                host.complaints.append(route.request.url)
                route.abort()

        context.route("**/*", serve)
        page.clock.set_fixed_time(at)
        page.goto(SHOP)
        return host

    yield hosted
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    "places",
    [
        pytest.param({}, id="head-async"),
        pytest.param({"head": "", "body": INCLUDED}, id="body-async"),
        pytest.param({"head": f'<script src="{EMBED}"></script>'}, id="head"),
        pytest.param({"head": f'<script src="{EMBED}" defer></script>'}, id="head-deferred"),
    ],
)
def test_the_banner_shows_what_is_open(hosted: Hosted, places: dict[str, str]) -> None:
    """Wherever it is included, under a strict policy, it links to each open incident."""
    host = hosted(troubled(), **places)

    url = "https://status.acme.example/incidents/trouble.html"
    assert [("Partial outage: Errors of the API", url)] == host.links
    first = host.page.locator("body > :first-child")
    assert "statusgen-banner" == first.get_attribute("id")
    assert first.bounding_box()
    assert [] == host.complaints


def test_the_banner_is_not_there_while_all_is_well(hosted: Hosted) -> None:
    """Without anything open it adds nothing to the page."""
    for built in (quiet(), storied()):
        host = hosted(built)

        assert 0 == host.page.locator("#statusgen-banner").count()
        assert [] == host.complaints


@pytest.mark.parametrize(
    ("at", "is_there"),
    [
        ("11:59:59", False),
        ("12:00:00", True),
        ("12:59:59", True),
        ("13:00:00", False),
    ],
)
def test_the_banner_shows_planned_work_in_its_hours(
    hosted: Hosted, at: str, is_there: bool
) -> None:
    """By the clock of the visitor it is there from the start to the end, whenever built."""
    url = "https://status.acme.example/incidents/work.html"
    expected = [("Under maintenance: Work of 12:00-13:00", url)] if is_there else []
    built = [planned()]
    if at > "12:15:00":
        built.append(site(now=clock("12:15:00"), work=work("12:00-13:00")))

    assert [expected] * len(built) == [hosted(one, at=clock(at)).links for one in built]


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>alert(2)",
    "\"');alert(3)//` ${alert(4)}",
    "\\u0022 \\\\ &amp; &#39; it's",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_are_only_text_in_the_banner(hosted: Hosted, title: str) -> None:
    """Whatever the title of an incident or a site holds is text, and nothing of it runs."""
    line = f"title: {json.dumps(title)}"
    settings = GROUPED.replace("title: Acme Status", line)
    host = hosted(site(settings, trouble=TROUBLE.replace("title: Errors of the API", line)))
    region = host.page.locator("#statusgen-banner [role=region]")

    assert [f"Partial outage: {title}"] == [text for text, _ in host.links]
    assert title == region.get_attribute("aria-label")
    assert [] == host.complaints


def test_the_banner_tells_a_screen_reader_whose_it_is(hosted: Hosted) -> None:
    """It is a region with the name of the status page."""
    page = hosted(troubled()).page

    expect(page.get_by_role("region", name="Acme Status")).to_be_visible()
