"""Pages as readers use them in a real browser: phones, other time zones, filters and links."""

from datetime import timedelta
from functools import cache

import pytest
from playwright.sync_api import Page, expect

from tests.support import examples
from tests.support.browsing import (
    DESK,
    MINUTE,
    MORNING,
    PHONE,
    ROME,
    Opened,
    announced,
    arrive,
    icon,
    minutes,
    shown,
)
from tests.support.examples import Site

pytestmark = pytest.mark.slow

AUCKLAND = "Pacific/Auckland"
OPENED = "(all) => all.map((one) => one.open)"

SETTINGS = """\
title: Acme Status
url: https://status.acme.example
timezone: Europe/Rome
groups:
  - {id: data, name: Data, collapse: when_operational}
  - {id: edge, name: Edge, collapse: when_operational}
services:
  - {id: api, name: Public API}
  - {id: web, name: Website}
  - {id: db, name: Database, group: data}
  - {id: cache, name: Cache, group: data}
  - {id: logs, name: Logs, group: data}
  - {id: dns, name: DNS, group: edge}
"""
OPEN = """\
---
title: Slow queries
severity: degraded
services: [db]
started: 2026-11-20 08:05
updates:
  - {at: 2026-11-20 08:10, text: We are looking into it.}
  - {at: 2026-11-20 09:57, state: monitoring, text: It looks better.}
---
"""
LATE = """\
---
title: Errors of the API
severity: partial
services: [api]
started: 2026-11-10 22:30
resolved: 2026-11-10 23:30
updates:
  - {at: 2026-11-10 22:40, text: We are looking into it.}
  - {at: 2026-11-10 23:00, text: We know the cause.}
---
"""


@cache
def acme(story: str = OPEN) -> Site:
    """Build a site with an open incident, and two that ended in November and September."""
    return site(
        {
            "open": story,
            "late": LATE,
            "september": LATE.replace("2026-11-10", "2026-09-10"),
        }
    )


def site(incidents: dict[str, str], settings: str = SETTINGS) -> Site:
    """Build a site with the files *incidents*, by name."""
    files = {f"incidents/{name}.md": text for name, text in incidents.items()}
    return examples.made({"statusgen.yml": settings, **files}, now=MORNING.isoformat())


def services(page: Page) -> list[str]:
    """Return the names of the visible services."""
    return shown(page, ".service .title")


# The front page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Updated 12 min. ago · refreshes automatically"),
        ("pl", "Zaktualizowano 12 min temu · odświeża się automatycznie"),
    ],
)
def test_the_page_says_how_old_it_is(opened: Opened, language: str, words: str) -> None:
    """The age of the page follows the clock and moves nothing, also if it needs two lines."""
    one = opened(site({"open": OPEN}, f"{SETTINGS}language: {language}\n"), width=PHONE)
    one.page.clock.pause_at(MORNING + timedelta(minutes=12))
    found = shown(one.page, ".fresh")
    top = "document.querySelector('#open').getBoundingClientRect().top"
    filled = one.page.evaluate(top)
    one.page.locator(".fresh").evaluate("(one) => one.replaceChildren()")

    assert [words] == found
    assert filled == one.page.evaluate(top)


def test_a_group_with_trouble_shows_what_is_affected(opened: Opened) -> None:
    """Such a group lists its affected services, the rest is folded; a group without is folded."""
    page = opened(acme()).page
    found = [services(page)]
    page.get_by_text("2 operational services").click()
    found.append(services(page))
    page.locator("summary", has_text="Edge").click()
    found.append(services(page))

    others = ["Public API", "Website"]
    data = ["Database", "Cache", "Logs"]
    expected = [data[:1], data, [*data, "DNS"]]
    assert [sorted(names + others) for names in expected] == [sorted(names) for names in found]


def test_the_filter_shows_what_is_affected_and_stays(opened: Opened) -> None:
    """The filter hides all other services, also after new content, until it is switched off."""
    one = opened(acme())
    minutes(one)
    box = one.page.get_by_label("Show affected only")
    box.focus()
    one.page.keyboard.press("Space")
    found = [services(one.page)]
    arrive(one, acme(OPEN.replace("better", "much better")))
    found.append(services(one.page))
    is_focused = box.evaluate("(one) => one === document.activeElement")
    one.page.keyboard.press("Space")
    found.append(services(one.page))

    assert [["Database"], ["Database"]] == found[:2]
    assert is_focused
    assert ["Database", "Public API", "Website"] == sorted(found[2])
    assert ["5 of 6 operational"] == shown(one.page, ".bar-head .meta")


def test_what_is_folded_out_stays_so_among_others(opened: Opened) -> None:
    """A group and a past incident stay as they are when others appear before them."""
    second = LATE.replace("2026-11-10", "2026-11-12").replace("Errors", "Timeouts")
    files = {"open": OPEN.replace("[db]", "[dns]"), "late": LATE}
    settings = f"{SETTINGS}  - {{id: cdn, name: CDN, group: edge}}\n"
    one = opened(site(files, settings))
    minutes(one)
    one.page.get_by_text("1 operational service").click()
    past = one.page.locator(".entry summary")
    past.click()
    before = services(one.page)
    arrive(one, site({**files, "more": OPEN, "second": second}, settings))
    is_focused = past.last.evaluate("(one) => one === document.activeElement")

    assert sorted([*before, "Database"]) == sorted(services(one.page))
    assert [False, True] == one.page.locator(".entry details").evaluate_all(OPENED)
    assert is_focused


def test_services_that_are_well_make_the_banner_green(opened: Opened) -> None:
    """While an incident is monitored and no service is affected, the page says both."""
    update = "  - {at: 2026-11-20 10:02, services: {db: none}, text: All is well.}\n---\n"
    page = opened(acme(OPEN.removesuffix("---\n") + update)).page
    banner = shown(page, ".banner h1, .banner p")

    assert ["All systems operational", "1 incident is still being monitored."] == banner
    assert "none" == icon(page)
    assert ["Operational"] == shown(page, "#incident-open .over .label")
    assert ["Monitoring"] == shown(page, "#incident-open .pill")
    assert [] == shown(page, ".only")


# Phones


@pytest.mark.parametrize(
    ("width", "axis", "bad"),
    [
        (PHONE, ["30 days ago", "99.95% uptime · 1 day with incidents", "Today"], ["Nov 10"]),
        (
            DESK,
            ["90 days ago", "99.97% uptime · 2 days with incidents", "Today"],
            ["Nov 10", "Sep 10"],
        ),
    ],
)
def test_a_bar_speaks_of_the_days_that_it_draws(
    opened: Opened, width: int, axis: list[str], bad: list[str]
) -> None:
    """The axis, uptime, count and list of a bar are about 30 days on phones, else 90."""
    page = opened(acme(), width=width).page
    found = shown(page, "#service-api .scale :is(span, summary):not(:has(span))")
    page.locator("#service-api summary").click()
    days = [text.partition(":")[0] for text in shown(page, "#service-api li")]

    assert axis == found
    assert bad == days


def test_a_bar_without_bad_days_on_phones_has_no_list(opened: Opened) -> None:
    """If all bad days are older than 30 days, a phone shows the uptime and no empty list."""
    built = site({"september": LATE.replace("2026-11-10", "2026-09-10")})
    found = {}
    for width in (PHONE, DESK):
        page = opened(built, width=width).page
        found[width] = shown(page, "#service-api :is(summary, .scale > .narrow)")

    assert {PHONE: ["100.00% uptime"], DESK: ["99.98% uptime · 1 day with incidents"]} == found


def test_the_german_header_is_one_row_on_phones(opened: Opened) -> None:
    """The title and the links, in the language with the longest words, share a row."""
    settings = SETTINGS.replace("Acme Status", "Tolhaven Status")
    page = opened(site({}, f"{settings}language: de\n"), width=PHONE).page
    boxes = [one.bounding_box() for one in page.locator(".page-header a").all()]
    middles = [box["y"] + box["height"] / 2 for box in boxes if box]

    assert 3 == len(middles)
    assert max(middles) - min(middles) < 8


# Days and times


@pytest.mark.parametrize(
    ("path", "selector"),
    [
        ("index.html", ".past"),
        ("history.html", ".list"),
        ("history/2026-11.html", ".list"),
        ("history/partial.html", ".list"),
        ("services/api.html", ".list"),
    ],
)
def test_days_and_times_do_not_contradict_each_other(
    opened: Opened, path: str, selector: str
) -> None:
    """Below a day of the site, there is no time that the script would move to another day."""
    found = {}
    for zone in (ROME, AUCKLAND):
        page = opened(acme(), path, zone=zone).page
        found[zone] = shown(page, selector)
        assert 0 == page.locator(f"{selector} time[datetime*=T]").count()

    assert found[ROME]
    assert found[ROME] == found[AUCKLAND]


# The page of an incident


def test_the_link_of_an_update_is_copied(opened: Opened) -> None:
    """The icon beside an update leads to it, copies its address and says so."""
    page = opened(acme(), "incidents/open.html").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link = page.get_by_label("Link to this update").first
    link.click()
    expect(link).to_have_text("Copied")
    said = announced(page)
    page.clock.run_for(MINUTE)

    assert "Copied" == said
    assert page.url == page.evaluate("navigator.clipboard.readText()")
    assert page.locator(":target").inner_text().startswith("Monitoring")
    assert "" == link.inner_text().strip()
