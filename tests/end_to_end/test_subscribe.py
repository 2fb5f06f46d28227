"""The page with the ways to subscribe, in a real browser."""

from functools import cache

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import examples
from tests.support.browsing import (
    MINUTE,
    PHONE,
    Opened,
    announced,
    shown,
    without_scripts,
)
from tests.support.examples import Site

pytestmark = pytest.mark.slow

URL = "https://status.acme.example"
CLIPBOARD = "navigator.clipboard.readText()"


@cache
def acme() -> Site:
    """Build a site with a group of 58 services and two services outside."""
    nodes = "".join(f"  - {{id: n{n}, name: Node {n}, group: nodes}}\n" for n in range(58))
    settings = (
        f"title: Acme Status\nurl: {URL}\ngroups:\n  - {{id: nodes, name: Nodes}}\n"
        f"services:\n  - {{id: api, name: Public API}}\n  - {{id: web, name: Website}}\n{nodes}"
    )
    return examples.made({"statusgen.yml": settings})


def addresses(page: Page) -> list[str]:
    """Return what the page offers to copy for channels, the badge and the banner."""
    texts = page.locator(".copy code").all_text_contents()
    return [text.replace(URL, "") for text in texts]


def follow(page: Page, label: str) -> dict[str, str]:
    """Choose what to follow; return the message for Slack, the feed, the badge and its name."""
    page.locator("#follow").select_option(label=label)
    slack, feed, *_ = addresses(page)
    badge = page.locator("[data-badge]")
    src, alt = (badge.get_attribute(name) or "" for name in ("src", "alt"))
    return {"slack": slack, "feed": feed, "badge": src, "alt": alt}


def test_choosing_what_to_follow_rewrites_the_addresses(opened: Opened) -> None:
    """The feeds and the badge follow the selected service or group, and go back to all."""
    page = opened(acme(), "subscribe.html").page
    before = addresses(page)
    found = {name: follow(page, name) for name in ("Public API", "Nodes")}
    found["again"] = follow(page, "All services")

    every = {"feed": "/feed.atom", "badge": "badge.svg", "alt": "Acme Status"}
    api = {"feed": "/services/api/feed.atom", "badge": "services/api/badge.svg"}
    assert {
        "Public API": {"slack": f"/feed subscribe {api['feed']}", **api, "alt": "Public API"},
        "Nodes": {
            **every,
            "slack": "/feed subscribe /groups/nodes/feed.atom",
            "feed": "/groups/nodes/feed.atom",
        },
        "again": {"slack": "/feed subscribe /feed.atom", **every},
    } == found
    assert before == addresses(page)
    assert set(acme().files) >= {"services/api/feed.atom", "groups/nodes/feed.atom"}


def test_the_snippet_shows_the_badge_of_the_service(opened: Opened) -> None:
    """The snippet for a README has the badge and the page of the selected service."""
    page = opened(acme(), "subscribe.html").page
    follow(page, "Public API")
    snippet = page.locator("code[data-snippet]").text_content() or ""

    assert f"{URL}/services/api/badge.svg" in snippet
    assert f"{URL}/services/api.html" in snippet


def test_the_button_copies_and_says_so(opened: Opened) -> None:
    """The button copies the text beside it and says "Copied" for two seconds, also if hit twice."""
    page = opened(acme(), "subscribe.html").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    follow(page, "Website")
    button = page.locator(".way[open] button")
    before = button.inner_text().strip()
    button.click()
    expect(button).to_have_text("Copied")
    button.click()
    said = announced(page)
    copied = page.evaluate(CLIPBOARD)
    page.clock.run_for(MINUTE)

    assert "Copied" == said
    assert f"/feed subscribe {URL}/services/web/feed.atom" == copied
    assert "Copy" == before == button.inner_text().strip()


def test_without_a_clipboard_the_text_is_selected(opened: Opened) -> None:
    """If the browser does not let the page copy, the button selects the text."""
    page = opened(acme(), "subscribe.html").page
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(Error('no')); }")
    page.locator(".way[open] button").click()

    assert f"/feed subscribe {URL}/feed.atom" == page.evaluate("getSelection().toString()")


def test_one_way_is_open_at_a_time(opened: Opened) -> None:
    """The first way is open; opening another one closes it; a link opens the one it names."""
    page = opened(acme(), "subscribe.html").page
    found = [shown(page, ".way[open] summary")]
    page.get_by_text("Microsoft Teams").click()
    found.append(shown(page, ".way[open] summary"))
    page.locator("footer a[href$='#api']").click()
    found.append(shown(page, ".way[open] summary"))

    assert [["Slack"], ["Microsoft Teams"], ["API"]] == found


def test_the_calendar_opens_in_an_application(opened: Opened) -> None:
    """The calendar has a `webcal:` link to the file that the site publishes."""
    page = opened(acme(), "subscribe.html").page
    link = page.locator("a[href^='webcal:']")

    assert f"{URL}/maintenance.ics".replace("https:", "webcal:") == link.get_attribute("href")
    assert "maintenance.ics" in acme().files


def test_without_scripts_there_is_a_list_of_feeds(browser: Browser) -> None:
    """Without JavaScript, feeds of groups and services are a list, and nothing needs a script."""
    with without_scripts(browser, acme(), "subscribe.html") as page:
        expect(page.locator("#follow")).to_be_hidden()
        expect(page.locator("[data-copy]:visible")).to_have_count(0)
        page.get_by_text("Feeds of single services").click()
        links = page.locator(".noscript a:visible")
        expect(links).to_have_count(61)
        feeds = [link.get_attribute("href") for link in links.all()]

    assert [] == [feed for feed in feeds if feed not in acme().files]


def test_the_page_is_short_with_many_services(opened: Opened) -> None:
    """With 60 services, the page has at most 2,400 px on a phone, and all ways are near its top."""
    page = opened(acme(), "subscribe.html", width=PHONE).page
    last = page.locator("summary", has_text="API").bounding_box()

    assert page.evaluate("document.documentElement.scrollHeight") <= 2400
    assert last is not None
    assert last["y"] + last["height"] <= 900
