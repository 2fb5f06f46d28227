"""Every kind of page in a real browser: accessibility, policy, requests, width and sub-paths."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support import examples
from tests.support.browsing import QUIET, Visit, visit
from tests.support.examples import Site
from tests.support.page_faults import faults, overflow

pytestmark = pytest.mark.slow

WIDTHS = (320, 360, 768, 1280)
HEIGHT = 800

UNFOLD = """
document.querySelectorAll("details")
  .forEach((one) => { one.removeAttribute("name"); one.open = true; })
"""

KINDS = {
    "front-page": "index.html",
    "not-found": "404.html",
    "history": "history.html",
    "month": "history/2026-11.html",
    "severity": "history/partial.html",
    "search": "search.html",
    "subscribe": "subscribe.html",
    "service": "services/storage.html",
    "young-service": "services/queues.html",
    "open-incident": "incidents/2026-11-20-object-storage-errors.html",
    "incident-with-postmortem": "incidents/2026-09-24-apps-unreachable-in-amsterdam.html",
    "incident-with-code": "incidents/2026-10-20-stale-dns-answers.html",
    "coming-maintenance": "incidents/2026-11-25-database-host-upgrade.html",
    "past-maintenance": "incidents/2026-11-04-console-database-move.html",
    "notice": "incidents/2026-11-12-end-of-old-tls-versions.html",
}


@pytest.fixture(params=["light", "dark"], scope="module")
def example(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visit]:
    """Open a tab on the example in each colour scheme."""
    context = browser.new_context(color_scheme=request.param)
    yield visit(context, examples.example())
    context.close()


@pytest.fixture(scope="module")
def hostile(browser: Browser) -> Iterator[Visit]:
    """Open a tab on the hostile site."""
    context = browser.new_context()
    yield visit(context, examples.hostile())
    context.close()


@pytest.fixture(scope="module")
def below_a_path(browser: Browser) -> Iterator[Visit]:
    """Open a tab on the example below a path, as on GitHub Pages."""
    context = browser.new_context()
    yield visit(context, examples.example(base_url="https://acme.github.io/deep/status"))
    context.close()


@pytest.mark.parametrize("path", [pytest.param(path, id=kind) for kind, path in KINDS.items()])
def test_a_page_is_accessible_quiet_and_fits(example: Visit, path: str) -> None:
    """Every page passes axe, loads nothing from other hosts, obeys its policy and fits.

    All that is folded is open.
    """
    page = example.open(path)
    page.evaluate(UNFOLD)
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found[width] = (overflow(page), faults(page))

    assert dict.fromkeys(WIDTHS, ([], [])) == found
    assert QUIET == example.complaints


def grid() -> Site:
    """Build a site with the grid and every setting that changes its look."""
    return examples.made(
        {
            "statusgen.yml": GRID,
            "static/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 3"/>',
            "static/slow.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>',
            "static/look.css": ".banner{border-width:2px}",
            "incidents/a.md": "---\ntitle: Slow\nseverity: degraded\nservices: [api]\n"
            "started: 2026-11-18 09:00\n---\nWe look.\n",
        }
    )


GRID = """
title: Acme Status
url: https://status.acme.example
history_style: grid
grid_days: 7
logo: logo.svg
extra_css: look.css
accent: "#ffd000"
icons: {degraded: slow.svg, investigating: magnifier}
announcement: We **move** to [another place](https://acme.example).
links: {header: [{name: Help, url: https://acme.example/help}]}
groups: [{id: core, name: Core}]
services:
  - {id: api, name: Public API, group: core}
  - {id: web, name: Website, since: 2026-11-17}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_with_every_setting_is_accessible_and_fits(browser: Browser, scheme: str) -> None:
    """The grid, custom icons, a logo and an accent pass axe at every width."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    one = visit(context, grid())
    page = one.open("index.html")
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found[width] = (overflow(page), faults(page))

    assert dict.fromkeys(WIDTHS, ([], [])) == found
    assert QUIET == one.complaints
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_keep_the_states_apart(browser: Browser, scheme: str) -> None:
    """With forced colours, the days of a bar keep their colours and heights."""
    context = browser.new_context(
        forced_colors="active", color_scheme="dark" if scheme == "dark" else "light"
    )
    page = visit(context, examples.example()).open("services/edge.html")
    strokes = page.evaluate(
        "[...document.querySelectorAll('.bar path')].map((one) => {"
        "const style = getComputedStyle(one); return [style.stroke, style.strokeWidth]})"
    )

    assert len(strokes) > 1
    assert len(strokes) == len({stroke for stroke, _ in strokes})
    assert len(strokes) == len({width for _, width in strokes})
    context.close()


def test_a_page_can_be_printed(browser: Browser) -> None:
    """A printed page has no navigation, and its collapsed lists are open."""
    context = browser.new_context()
    page = visit(context, examples.example()).open("index.html")
    page.emulate_media(media="print")

    assert not page.locator(".page-header nav").is_visible()
    assert page.locator(".troubles li").first.is_visible()
    context.close()


def test_titles_stand_at_the_side_where_lines_begin(browser: Browser) -> None:
    """On a right-to-left page, a title in Latin letters is aligned to the right."""
    settings = GRID.replace("history_style: grid", "language: he")
    files = {"static/logo.svg": "x", "static/slow.svg": "x", "static/look.css": "x"}
    context = browser.new_context()
    page = visit(context, examples.made({"statusgen.yml": settings, **files})).open("index.html")
    sides = page.evaluate(
        "[...document.querySelectorAll('.service .title')].map((one) => {"
        "const range = document.createRange(); range.selectNodeContents(one);"
        "return one.getBoundingClientRect().right - range.getBoundingClientRect().right < 2})"
    )

    assert [True, True] == sides
    context.close()


def test_the_two_schemes_differ(browser: Browser) -> None:
    """In dark mode, the text is lighter than its background."""
    is_light_text = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
        page = visit(context, examples.example()).open("index.html")
        text, back = (
            page.evaluate(f"getComputedStyle(document.body).{name}.match(/[\\d.]+/g).map(Number)")
            for name in ("color", "backgroundColor")
        )
        is_light_text[scheme] = sum(text[:3]) > sum(back[:3])
        context.close()

    assert {"light": False, "dark": True} == is_light_text


def too_wide(tab: Visit) -> list[tuple[str, int, list[str]]]:
    """Return the pages that scroll sideways: path, width and the elements that are too wide."""
    found = []
    for path in full_pages(tab.site):
        page = tab.open(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [(path, width, wide) for wide in [overflow(page)] if wide]
    return found


def full_pages(site: Site) -> list[str]:
    """Return every page that is not a redirect."""
    return [path for path in site.paths(".html") if path not in stubs(site)]


def stubs(site: Site) -> list[str]:
    """Return the pages that are redirects."""
    return [path for path in site.paths(".html") if b'http-equiv="refresh"' in site.files[path]]


def test_no_page_of_the_example_scrolls_sideways(below_a_path: Visit) -> None:
    """Every page, not only one of each kind, fits into narrow and wide windows."""
    assert [] == too_wide(below_a_path)


def test_long_words_do_not_widen_a_page(hostile: Visit) -> None:
    """Words of 130 letters, addresses, tables and code do not make a page scroll sideways."""
    assert [] == too_wide(hostile)


def test_hostile_texts_do_nothing(hostile: Visit) -> None:
    """No text of a site runs code, loads anything or violates the policy."""
    found = {}
    for path in full_pages(hostile.site):
        hostile.open(path)
        found[path] = hostile.complaints

    assert dict.fromkeys(found, QUIET) == found


@pytest.mark.parametrize("width", [320, 1280])
def test_hostile_texts_stay_accessible(hostile: Visit, width: int) -> None:
    """Pages with hostile texts pass axe."""
    hostile.page.set_viewport_size({"width": width, "height": HEIGHT})
    found = {path: faults(hostile.open(path)) for path in full_pages(hostile.site)}

    assert {} == {path: rules for path, rules in found.items() if rules}


@pytest.mark.parametrize("path", [pytest.param(path, id=kind) for kind, path in KINDS.items()])
def test_a_page_below_a_path_finds_its_style_and_its_links(below_a_path: Visit, path: str) -> None:
    """Below `/deep/status/`, the style, every file and every link of a page are found."""
    page = below_a_path.open(path)
    rules = page.evaluate("[...document.styleSheets].map((sheet) => sheet.cssRules.length > 9)")
    links = page.evaluate("[...document.querySelectorAll('a, link')].map((one) => one.href)")
    site = below_a_path.site
    own = [link for link in links if link.startswith("https://acme.github.io/")]
    inside = [re.split("[?#]", link)[0].removeprefix(f"{site.url}/") for link in own]

    assert [True] == rules
    assert [] == [one for one in inside if (one or "index.html") not in site.files]
    assert QUIET == below_a_path.complaints


@pytest.mark.parametrize("address", ["nothing", "incidents/nothing", "a/b/c/d/nothing.html"])
def test_the_404_page_works_at_any_depth(below_a_path: Visit, address: str) -> None:
    """At every depth, the 404 page has its style and links to the front page."""
    page = below_a_path.open(address)
    rules = page.evaluate("[...document.styleSheets].map((sheet) => sheet.cssRules.length > 9)")
    missed = list(below_a_path.failed)
    page.locator("main a").first.click()

    assert [True] == rules
    assert [f"{below_a_path.site.url}/{address}"] == missed
    assert f"{below_a_path.site.url}/" == page.url
    assert [] == below_a_path.outside


def test_the_address_with_the_id_leads_to_the_incident(below_a_path: Visit) -> None:
    """The stub redirects to the page of the incident without a script."""
    site = below_a_path.site
    stub = stubs(site)[0]
    page = below_a_path.open(stub)
    page.wait_for_url(lambda url: not url.endswith(stub))
    arrived = page.url.removeprefix(f"{site.url}/")

    assert f'<link rel="canonical" href="{page.url}">' in site.text(stub)
    assert arrived in site.files
    assert QUIET == below_a_path.complaints


def test_the_stub_is_a_page_for_who_does_not_move_on(browser: Browser) -> None:
    """A browser that does not follow the redirect shows an accessible page with a link."""
    context = browser.new_context()
    one = visit(context, examples.example())
    stub = stubs(one.site)[0]
    one.unanswered = set(one.site.paths(".html")) - {stub}
    page = one.open(stub)

    assert f"{one.site.url}/{stub}" == page.url
    assert [] == faults(page)
    assert QUIET == one.complaints
    context.close()


def test_pages_say_the_same_without_scripts(browser: Browser) -> None:
    """Without JavaScript, every kind of page shows the same text, except durations and tools."""
    words = []
    for is_on in (True, False):
        context = browser.new_context(java_script_enabled=is_on, timezone_id="Europe/Amsterdam")
        one = Visit(context.new_page(), examples.example())
        one.page.clock.set_fixed_time(examples.NOW)
        context.route("**/*", one.serve)
        words.append({path: words_of(one.open(path)) for path in KINDS.values()})
        context.close()

    assert words[0] == words[1]


ONLY_ONE_WAY = ".clock, .fresh, .find, .follow, .noscript, .copy button"


def words_of(page: Page) -> list[str]:
    """Return the words of *page* without those that depend on a script."""
    visible = [one for one in page.locator(ONLY_ONE_WAY).all() if one.is_visible()]
    text = page.locator("body").inner_text()
    for clock in [one.inner_text() for one in visible]:
        text = text.replace(clock, "", 1) if clock else text
    return text.replace("·", "").split()


def test_the_front_page_is_one_request(example: Visit) -> None:
    """The front page loads no stylesheet, font or image before it can be read."""
    asked: list[str] = []
    example.page.on("request", lambda request: asked.append(request.url))
    example.open("index.html")

    later = ("favicon", "/script.", "/build.json")
    assert [f"{example.site.url}/index.html"] == [
        url for url in asked if not any(part in url for part in later)
    ]


def test_the_first_key_offers_to_skip_to_the_content(example: Visit) -> None:
    """The tab key first reaches a link to the content, which is then visible."""
    page = example.open("index.html")
    page.keyboard.press("Tab")
    box = page.locator(":focus").bounding_box()
    page.keyboard.press("Enter")

    assert box is not None
    assert box["x"] >= 0
    assert page.url.endswith("#content")
