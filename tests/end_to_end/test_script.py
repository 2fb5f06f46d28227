"""The scripts in a real browser: times, maintenance, automatic updates, bars and the embed."""

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
from tests.support.browsing import (
    DESK,
    MINUTE,
    MORNING,
    NEW_YORK,
    PHONE,
    QUIET,
    ROME,
    SPY,
    Opened,
    announced,
    arrive,
    icon,
    minutes,
    shown,
    visit,
)
from tests.support.examples import Site

pytestmark = pytest.mark.slow

OF_ACME = " \N{EN DASH} Acme Status"  # at the end of titles
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
    """Return a file of maintenance in *hours*, for example `12:00-13:00`."""
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
    """Return *time* on the day of these tests, in the time zone of their sites."""
    return datetime.fromisoformat(f"2026-11-20T{time}+01:00")


def site(settings: str = GROUPED, /, *, now: datetime = MORNING, **incidents: str) -> Site:
    """Build a site with the files *incidents*, by name."""
    files = {f"incidents/{name}.md": text for name, text in incidents.items()}
    return examples.made({"statusgen.yml": settings, **files}, now=now.isoformat())


@cache
def quiet() -> Site:
    """Build a site without incidents."""
    return site()


@cache
def troubled() -> Site:
    """Build the same site with an open incident."""
    return site(trouble=TROUBLE)


@cache
def planned() -> Site:
    """Build the same site with maintenance of its database from 12:00 to 13:00."""
    return site(work=work("12:00-13:00"))


@cache
def storied() -> Site:
    """Build a site with one bad day of `api`, and with `db` in service since November."""
    settings = GROUPED.replace("name: Database\n", "name: Database\n    since: 2026-11-01\n")
    return site(settings, slow=SLOW)


def focused(page: Page) -> str:
    """Return the name of the focused element and the id of its container."""
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
    """Return the distance of *one* from the top of the window."""
    return round(float(one.evaluate("(one) => one.getBoundingClientRect().top")))


def bar(page: Page, service: str) -> Locator:
    """Return the bar of a service on the front page."""
    return page.locator(f"#service-{service} .bar")


def tip(page: Page, service: str) -> Locator:
    """Return the tooltip of the bar of a service."""
    return page.locator(f"#service-{service} .tip")


def spoken(one: Locator) -> str:
    """Return the text of the selected day for screen readers."""
    return " ".join((one.get_attribute("aria-valuetext") or "").split())


def place(one: Locator, ago: int, *, days: int = 90) -> tuple[float, float]:
    """Return the coordinates of the day *ago* days ago in a bar of *days* days."""
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    assert box is not None
    share = (days - ago - 0.5) / days
    return (box["x"] + share * box["width"], box["y"] + box["height"] / 2)


# Times


def written(built: Site, path: str = "index.html") -> list[str]:
    """Return the times in the HTML of a page."""
    return re.findall(r'<time datetime="[^"]*T[^"]*">([^<]*)</time>', built.text(path))


def test_times_are_told_in_the_zone_of_the_visitor(opened: Opened) -> None:
    """Times are in the visitor's time zone; their titles keep those of the site."""
    page = opened(troubled(), zone=NEW_YORK).page
    times = page.locator("time[datetime*=T]")
    titles = [time.get_attribute("title") for time in times.all()]

    assert written(troubled()) == titles
    assert ["02:05 EST"] == [re.sub(r".*, ", "", text) for text in shown(page, ".banner time")]


@pytest.mark.parametrize("path", ["index.html", "history/2026-11.html", "incidents/trouble.html"])
def test_a_visitor_in_the_zone_of_the_site_reads_what_it_wrote(opened: Opened, path: str) -> None:
    """Times stay unchanged in the site's time zone, and have no title."""
    page = opened(troubled(), path).page

    assert written(troubled(), path) == shown(page, "time[datetime*=T]")
    assert 0 == page.locator("time[title]").count()


def test_two_names_of_a_zone_are_one_zone(opened: Opened) -> None:
    """Times stay unchanged if the browser uses an alias of the site's time zone."""
    built = site(GROUPED.replace(ROME, "Asia/Kolkata"), trouble=TROUBLE)
    page = opened(built, zone="Asia/Calcutta").page

    assert written(built) == shown(page, "time[datetime*=T]")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (ROME, "Times and days are in Europe/Rome."),
        (NEW_YORK, "Times are in your time zone; days follow Europe/Rome."),
    ],
)
def test_the_footer_names_the_time_zone_of_times_and_days(
    opened: Opened, zone: str, expected: str
) -> None:
    """The footer names the visitor's time zone only if the script has rewritten the times."""
    page = opened(troubled(), zone=zone).page

    assert [expected] == shown(page, "footer [data-local]")


def test_words_of_the_clock_go_on(opened: Opened) -> None:
    """Durations and the ages of updates stay correct without a reload."""
    page = opened(troubled()).page
    places = (".banner .clock", "article .clock", "#service-api .head .clock")
    before = [shown(page, one) for one in places]
    page.clock.pause_at(clock("11:16:30"))
    after = [shown(page, one) for one in places]

    long, longer = "for 2 hr 10 min", "for 3 hr 11 min"
    assert [[long], [long, "18 min. ago", "2 hr. ago"], [long]] == before
    assert [[longer], [longer, "1 hr. ago", "3 hr. ago"], [longer]] == after


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
    """The page of maintenance shows the time until its start, then until its end, then nothing."""
    page = opened(planned(), "incidents/work.html", at=clock(at)).page

    assert [words] == shown(page, ".facts .clock")


# Maintenance


def stand(page: Page) -> dict[str, list[str]]:
    """Return all places where the front page shows the state of the maintenance."""
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
    "sections": ["Upcoming maintenance", "Services", "Past incidents"],
    "pill": ["Scheduled"],
    "in": ["Upcoming maintenance"],
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
    """The front page updates at the start and at the end of maintenance."""
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
    """A page opened later shows the current state without announcing it."""
    page = opened(planned(), at=clock(at)).page

    assert {**expected, "announced": [""]} == stand(page)


def test_work_in_progress_ends_by_the_clock(opened: Opened) -> None:
    """A page built during maintenance shows its end in time."""
    page = opened(site(now=clock("12:15:00"), work=work("12:00-13:00")), at=clock("12:15:00")).page
    before = stand(page)
    page.clock.pause_at(clock("13:00:05"))

    assert {**RUNNING, "announced": [""]} == before
    assert DONE == stand(page)


@pytest.mark.parametrize("path", ["index.html", "services/db.html"])
def test_a_service_that_is_well_again_is_not_bad_for_any_time(opened: Opened, path: str) -> None:
    """After the end of maintenance, its services show no duration."""
    built = site(now=clock("12:15:00"), work=work("12:00-13:00"))
    page = opened(built, path, at=clock("12:15:00")).page
    before = [text for text in shown(page, ".clock") if text.startswith("for ")]
    page.clock.pause_at(clock("13:00:05"))

    assert {"for 15 min"} == set(before)
    assert [] == [text for text in shown(page, ".clock") if text.startswith("for ")]


def test_work_does_not_hide_what_is_worse(opened: Opened) -> None:
    """Maintenance does not change the label of a worse service, or of the banner."""
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
    """A service stays under maintenance until the last of two windows ends."""
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
    """Maintenance that the script has moved is in the same order as in a new build."""
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
    """No list shows maintenance as in progress after its end."""
    built = site(now=clock("12:15:00"), work=work("12:00-13:00"))
    page = opened(built, path, at=clock("12:15:00")).page
    states = " ".join(shown(page, ".pill, .entry .meta, .list .meta"))
    page.clock.pause_at(clock("13:00:05"))
    after = " ".join(shown(page, ".pill, .entry .meta, .list .meta"))

    assert ["In progress"] == re.findall("In progress|Completed", states)
    assert ["Completed"] == re.findall("In progress|Completed", after)


def test_a_grid_follows_the_clock(opened: Opened) -> None:
    """The grid shows the current state of a service in maintenance."""
    page = opened(site(f"{GROUPED}history_style: grid\n", work=work("12:00-13:00"))).page
    found = []
    for time in ("11:59:58", "12:00:05", "13:00:05"):
        page.clock.pause_at(clock(time))
        found.append(shown(page, ".grid tr:has([href='services/db.html']) .label"))

    assert [["Operational"], ["Under maintenance"], ["Operational"]] == found


def test_work_with_an_update_in_its_window_ignores_the_clock(opened: Opened) -> None:
    """Maintenance with an update inside its window does not end by the clock."""
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
    """The pages of the maintenance and of its service update at its start and end."""
    page = opened(planned(), path).page
    found = [shown(page, selector)]
    for time in ("12:00:05", "13:00:05"):
        page.clock.pause_at(clock(time))
        found.append(shown(page, selector))

    assert [[word] for word in words] == found


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("incidents/work.html", "Maintenance In progress"),
        ("services/db.html", "Under maintenance"),
    ],
)
def test_other_pages_announce_what_the_clock_changes(opened: Opened, path: str, words: str) -> None:
    """A new state is announced to screen readers, with the kind of entry and nothing else."""
    page = opened(planned(), path).page
    before = announced(page)
    page.clock.pause_at(clock("12:00:05"))

    assert "" == before
    assert words == " ".join(announced(page).split())


# Automatic updates


def test_news_is_looked_for_every_so_many_seconds(opened: Opened) -> None:
    """The script requests `build.json` every `refresh` seconds, bypassing caches."""
    found = {}
    for seconds in (60, 300):
        one = opened(site(f"{GROUPED}refresh: {seconds}\n"))
        found[seconds] = minutes(one, 20)
        modes = {cache for url, cache in one.page.evaluate("window.asked")}
        assert {"no-cache"} == modes

    assert {60: 20, 300: 4} == found


def test_nothing_is_exchanged_while_nothing_changes(opened: Opened) -> None:
    """With an unchanged digest, the page is requested at most once and not replaced."""
    one = opened(troubled())
    one.page.evaluate("document.querySelector('main').stays = true")
    minutes(one, 10)

    assert one.page.evaluate("document.querySelector('main').stays")
    assert one.asked.count("index.html") <= 2


def test_news_takes_the_place_of_what_was_shown(opened: Opened) -> None:
    """Content, title and icon are replaced without a reload; the headline is announced."""
    one = opened(quiet(), zone=NEW_YORK)
    minutes(one)
    arrive(one, troubled())
    page = one.page

    assert page.evaluate("window.stays")
    assert ["Partial outage: Public API"] == shown(page, ".banner h1")
    assert ["Partial outage"] == shown(page, "#service-api .head .label")
    assert ["02:05 EST"] == [re.sub(r".*, ", "", text) for text in shown(page, ".banner time")]
    assert f"Partial outage{OF_ACME}" == page.title()
    assert "partial" == icon(page)
    assert "Partial outage: Public API" == announced(page)


def test_a_headline_that_stays_is_not_announced_again(opened: Opened) -> None:
    """An update that does not change the headline is not announced."""
    update = "  - at: 2026-11-20 10:12\n    text: Nearly done.\n---\n"
    one = opened(troubled())
    minutes(one)
    arrive(one, site(trouble=TROUBLE.removesuffix("---\n") + update))

    assert "Nearly done." in shown(one.page, "article .text")
    assert "" == announced(one.page)


def test_the_page_of_an_incident_announces_where_it_stands(opened: Opened) -> None:
    """The page of an incident announces its new state to screen readers."""
    one = opened(troubled(), "incidents/trouble.html")
    minutes(one)
    arrive(one, site(trouble=TROUBLE.replace("identified", "monitoring")))

    assert "Partial outage Monitoring" == " ".join(announced(one.page).split())


def test_the_page_of_a_service_announces_only_what_it_shows(opened: Opened) -> None:
    """The hidden label for maintenance is not announced with the current state."""
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
    """A link, bar or list of days keeps the focus when the content is replaced."""
    slow = SLOW.replace("[api]", "[api, web]")
    one = opened(site(trouble=TROUBLE, slow=slow))
    minutes(one)
    one.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    one.page.locator(chosen).first.focus()
    before = focused(one.page)
    arrive(one, site(trouble=TROUBLE.replace("identified", "monitoring"), slow=slow))

    assert before == focused(one.page)


def test_the_chosen_day_stays_chosen(opened: Opened) -> None:
    """The selected day of a bar stays selected when the content is replaced."""
    one = opened(site(trouble=TROUBLE))
    minutes(one)
    bar(one.page, "api").focus()
    for _ in range(3):
        one.page.keyboard.press("ArrowLeft")
    before = spoken(bar(one.page, "api"))
    arrive(one, site(trouble=TROUBLE.replace("identified", "monitoring")))

    assert before == spoken(bar(one.page, "api"))


def test_the_focus_stays_on_a_group_that_changes(opened: Opened) -> None:
    """The heading of a collapsed group keeps the focus when its state changes."""
    folded = GROUPED.replace("name: Data\n", "name: Data\n    collapse: always\n")
    one = opened(site(folded))
    minutes(one)
    one.page.locator("summary:has(h3)").focus()
    arrive(one, site(folded, trouble=TROUBLE.replace("[api]", "[db]")))

    assert one.page.locator("summary:has(h3)").evaluate("(one) => one === document.activeElement")


def test_what_is_folded_out_stays_so(opened: Opened) -> None:
    """Lists of days and groups stay expanded or collapsed when the content is replaced."""
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
    """New content above the visible part does not move it."""
    one = opened(quiet(), width=PHONE)
    minutes(one)
    seen = one.page.locator("#service-web .title")
    one.page.evaluate("scrollTo(0, document.querySelector('#service-web').offsetTop - 10)")
    before = top(seen)
    arrive(one, troubled())

    assert 0 < before < 100
    assert abs(before - top(seen)) <= 1


def test_a_text_that_is_read_stays_on_the_screen(opened: Opened) -> None:
    """A new update above a long one does not move the visible lines."""
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
    """A page at its top stays there, so that the new banner is visible."""
    one = opened(quiet())
    minutes(one)
    arrive(one, troubled())

    assert 0 == one.page.evaluate("scrollY")
    assert top(one.page.locator(".banner")) > 0


def test_a_page_that_is_published_late_still_arrives(opened: Opened) -> None:
    """The page is requested again if a host updates `build.json` first."""
    record = "build.json"
    one = opened(quiet())
    minutes(one)
    one.site = replace(quiet(), files={**quiet().files, record: troubled().files[record]})
    minutes(one)
    arrive(one, troubled())

    assert ["Partial outage: Public API"] == shown(one.page, ".banner h1")


def test_a_page_older_than_its_record_is_noticed(opened: Opened) -> None:
    """A page from a cache that is older than `build.json` is updated."""
    record = "build.json"
    one = opened(replace(quiet(), files={**quiet().files, record: troubled().files[record]}))
    arrive(one, troubled())

    assert ["Partial outage: Public API"] == shown(one.page, ".banner h1")


def test_a_tab_that_nobody_sees_does_not_ask(opened: Opened) -> None:
    """A hidden tab makes no requests, and makes one as soon as it is visible."""
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
    """The script backs off on errors, and recovers with the server."""
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
    """The page is requested again after an error."""
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
    assert ["Partial outage: Public API"] == shown(one.page, ".banner h1")


def test_a_site_may_switch_looking_for_news_off(opened: Opened) -> None:
    """With `refresh: 0`, the script makes no requests, but follows the clock."""
    one = opened(site(f"{GROUPED}refresh: 0\n", work=work("12:00-13:00")))
    one.page.clock.pause_at(clock("12:00:05"))
    one.page.clock.run_for(5 * MINUTE)

    assert [] == one.page.evaluate("window.asked")
    assert ["In progress"] == shown(one.page, ".pill")


def test_pages_that_do_not_change_ask_for_nothing(opened: Opened) -> None:
    """Pages of past months and settled incidents make no requests."""
    for path in ("history/2026-11.html", "incidents/slow.html"):
        one = opened(storied(), path)
        one.page.clock.run_for(5 * MINUTE)

        assert [] == one.page.evaluate("window.asked")


@pytest.mark.parametrize("kind", ["style", "script"])
def test_another_style_or_script_reloads_the_page(opened: Opened, kind: str) -> None:
    """The page reloads if new content needs another style or script."""
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
    """A script that a browser extension adds does not reload the page."""
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
    """A page that is older than a day shows a notice until there is a new build."""
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

    assert "This page was last updated 1 day ago and may be out of date." == words
    expect(notice).to_be_hidden()


def test_an_old_page_opened_today_says_so(opened: Opened) -> None:
    """A page that is opened days after the last build shows the notice."""
    one = opened(quiet(), at=MORNING + timedelta(days=3))

    expect(one.page.locator(".old")).to_have_text(
        "This page was last updated 3 days ago and may be out of date."
    )


def test_a_page_that_asks_for_nothing_knows_its_age(opened: Opened) -> None:
    """A page that is two days old shows the notice also with `refresh: 0`."""
    page = opened(site(f"{GROUPED}refresh: 0\n")).page
    page.clock.pause_at(MORNING + timedelta(hours=23))
    before = shown(page, ".old")
    page.clock.pause_at(MORNING + timedelta(days=2, minutes=1))

    assert [] == before
    assert 1 == len(shown(page, ".old"))


def test_a_site_works_from_a_disk(browser: Browser, tmp_path: Path) -> None:
    """A page opened from a disk works without requests and without errors."""
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
    assert "Nov 20: No incidents" == spoken(bar(page, "api"))
    context.close()


def test_an_icon_of_the_site_stays(opened: Opened) -> None:
    """The script does not change a custom favicon."""
    settings = f"{GROUPED}favicon: favicon-acme.svg\n"
    files = {"statusgen.yml": settings, "static/favicon-acme.svg": "<svg/>"}
    built = examples.made(files, now=MORNING.isoformat())
    page = opened(built).page
    page.clock.run_for(MINUTE)

    assert "acme" == icon(page)


def test_a_site_without_an_icon_works(opened: Opened) -> None:
    """The script works on a page without a favicon."""
    template = '{% extends "default/base.html" %}{% block favicon %}{% endblock %}'
    files = {"templates/base.html": template, "incidents/work.md": work("12:00-13:00")}
    page = opened(examples.made(files, now=MORNING.isoformat())).page
    page.clock.pause_at(clock("12:00:05"))

    assert ["In progress"] == shown(page, ".pill")


# Bars


def test_a_bar_is_one_stop_of_the_tab_key(opened: Opened) -> None:
    """A bar is one stop of the tab key."""
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
    """Arrow keys select days, page keys weeks, and Home and End the first and last day."""
    page = opened(storied()).page
    one = bar(page, "api")
    one.focus()
    found = [spoken(one).partition(":")[0]]
    for key in ("ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowRight", "PageDown"):
        page.keyboard.press(key)
        found.append(spoken(one).partition(":")[0])
    for key in ("PageUp", "Home", "ArrowLeft", "End"):
        page.keyboard.press(key)
        found.append(spoken(one).partition(":")[0])

    days = [20, 19, 18, 19, 20, 20, 13, 20]
    assert [
        *(f"Nov {day}" for day in days),
        "Aug 23",
        "Aug 23",
        "Nov 20",
    ] == found


def test_a_bad_day_is_told_in_words_and_leads_to_its_incident(opened: Opened) -> None:
    """A bad day has its date, severity, duration and title; Enter opens the incident."""
    page = opened(storied()).page
    one = bar(page, "api")
    one.focus()
    page.keyboard.press("PageDown")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    words = spoken(one)
    visible = shown(page, "#service-api .tip")
    now, last = one.get_attribute("aria-valuenow"), one.get_attribute("aria-valuemax")
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/slow.html")

    assert "Nov 10: Partial outage, 2 hr Slow answers" == words
    assert [words] == visible
    assert ("79", "89") == (now, last)


def test_days_before_a_service_began_have_no_data(opened: Opened) -> None:
    """The days before `since` have no data."""
    page = opened(storied()).page
    one = bar(page, "db")
    one.focus()
    for _ in range(19):
        page.keyboard.press("ArrowLeft")
    first = spoken(one)
    page.keyboard.press("ArrowLeft")

    assert "Nov 1: No incidents" == first
    assert "Oct 31: No data" == spoken(one)


def test_escape_hides_what_a_bar_tells(opened: Opened) -> None:
    """Escape hides the tooltip and keeps the focus; an arrow key shows it again."""
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
    """Escape in a tooltip moves the focus from its link back to the bar."""
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
    """Escape hides a tooltip that the mouse has opened."""
    page = opened(storied()).page
    page.mouse.move(*place(bar(page, "api"), 10))
    before = shown(page, ".tip")
    page.keyboard.press("Escape")

    assert 1 == len(before)
    assert [] == shown(page, ".tip")


def test_pointing_at_a_day_tells_what_it_was_like(opened: Opened) -> None:
    """The tooltip is visible while the mouse is over the bar or the tooltip."""
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
    """The tooltip disappears when the bar loses the focus."""
    page = opened(storied()).page
    bar(page, "api").focus()
    before = shown(page, "#service-api .tip")
    page.keyboard.press("Tab")

    assert 1 == len(before)
    assert [] == shown(page, "#service-api .tip")


def test_clicking_on_a_bad_day_opens_its_incident(opened: Opened) -> None:
    """A click on a bad day opens its incident; a click on a good day does not."""
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
    """A tap shows the tooltip, and a tap on its link opens the incident."""
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
    """A bar has 30 days on a phone and 90 on a desktop, for mouse and keys, too."""
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
    assert f"{oldest}: No incidents" == spoken(one)
    assert str(90 - days) == one.get_attribute("aria-valuemin")
    assert [f"{days} days ago"] == shown(page, "#service-web .scale > :first-child > span")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_what_a_bar_tells_stays_in_the_window(opened: Opened, width: int) -> None:
    """The tooltip stays inside the window on every day."""
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
    """On a right-to-left page, the newest day is on the left, and arrow keys follow."""
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
    """The links to bad days are high enough for touch."""
    page = opened(storied(), width=width).page
    page.locator("#service-api .troubles summary").click()
    boxes = [one.bounding_box() for one in page.locator(".troubles summary, .troubles a").all()]

    assert 2 == len(boxes)
    assert all(box and box["height"] >= 24 for box in boxes)


# Layout shifts and policy


def shifts(browser: Browser, path: str, width: int, zone: str) -> float:
    """Return the layout shift of a page of the example if its script runs after first paint."""
    context = browser.new_context(viewport={"width": width, "height": 800}, timezone_id=zone)
    context.add_init_script(SHIFTS)
    one = visit(context, examples.example())
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    context.route(re.compile(r"/script\.\w+\.js$"), hold)
    page = one.page
    page.clock.set_fixed_time(MORNING)
    page.goto(f"{one.site.url}/{path}", wait_until="commit")
    page.evaluate(PAINTED)
    for route in held:
        one.serve(route)
    page.wait_for_load_state("load")
    filled = {"index.html": ".fresh", "services/storage.html": ".hero .clock"}
    expect(page.locator(filled.get(path, ".facts .clock")).first).not_to_be_empty()
    page.evaluate(NEXT)
    page.evaluate(NEXT)
    found = float(page.evaluate("window.shifts.reduce((sum, one) => sum + one, 0)"))
    context.close()
    return found


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", NEW_YORK])
@pytest.mark.parametrize("width", [PHONE, 768, DESK])
def test_nothing_moves_while_the_page_loads(browser: Browser, width: int, zone: str) -> None:
    """The script causes no layout shift, also when it says how old the page is."""
    assert 0 == shifts(browser, "index.html", width, zone)


@pytest.mark.parametrize(
    "path",
    [
        "incidents/2026-11-20-object-storage-errors.html",
        "incidents/2026-11-25-database-host-upgrade.html",
        "services/storage.html",
    ],
)
def test_nothing_moves_on_the_other_pages_of_a_phone(browser: Browser, path: str) -> None:
    """The script causes no layout shift on the pages of incidents and services."""
    assert 0 == shifts(browser, path, PHONE, NEW_YORK)


KINDS = (
    "index.html",
    "history.html",
    "history/2026-11.html",
    "history/partial.html",
    "search.html",
    "incidents/2026-11-12-end-of-old-tls-versions.html",
    "incidents/2026-11-17-late-sign-in-emails.html",
    "incidents/2026-11-20-object-storage-errors.html",
    "incidents/2026-11-25-database-host-upgrade.html",
    "services/storage.html",
    "subscribe.html",
)


def test_every_kind_of_page_runs_its_script_in_peace(opened: Opened) -> None:
    """No page violates its policy or logs an error while its script runs."""
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


# The banner for other websites


@dataclass
class Host:
    """A page of another website that includes the banner."""

    page: Page
    complaints: list[str]

    @property
    def links(self) -> list[tuple[str, str | None]]:
        """The text and address of each link of the banner."""
        found = self.page.locator("#statusgen-banner a").all()
        return [(one.inner_text(), one.get_attribute("href")) for one in found]


SHOP = "https://shop.example/"
EMBED = "https://status.acme.example/embed.js"
POLICY = "default-src 'none'; script-src https://status.acme.example; style-src 'none'"
INCLUDED = f'<script src="{EMBED}" async></script>'

Hosted = Callable[..., Host]


@pytest.fixture
def hosted(browser: Browser) -> Iterator[Hosted]:
    """Yield a function that opens a page with the banner, on an origin with a strict policy."""
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
    """The banner links to each open incident, wherever the page includes the script."""
    host = hosted(troubled(), **places)

    url = "https://status.acme.example/incidents/trouble.html"
    assert [("Partial outage: Errors of the API", url)] == host.links
    first = host.page.locator("body > :first-child")
    assert "statusgen-banner" == first.get_attribute("id")
    assert first.bounding_box()
    assert [] == host.complaints


def test_the_banner_is_not_there_while_all_is_well(hosted: Hosted) -> None:
    """The script adds nothing to the page if nothing is open."""
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
    """Maintenance is in the banner from its start to its end, by the visitor's clock."""
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
    """Markup and scripts in titles are shown as text."""
    line = f"title: {json.dumps(title)}"
    settings = GROUPED.replace("title: Acme Status", line)
    host = hosted(site(settings, trouble=TROUBLE.replace("title: Errors of the API", line)))
    region = host.page.locator("#statusgen-banner [role=region]")

    assert [f"Partial outage: {title}"] == [text for text, _ in host.links]
    assert title == region.get_attribute("aria-label")
    assert [] == host.complaints


def test_the_banner_tells_a_screen_reader_whose_it_is(hosted: Hosted) -> None:
    """The banner is a region with the title of the status page as its name."""
    page = hosted(troubled()).page

    expect(page.get_by_role("region", name="Acme Status")).to_be_visible()
