"""The search page in a real browser."""

from functools import cache
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from statusgen.i18n.language import Language
from tests.support import examples
from tests.support.browsing import (
    MORNING,
    PHONE,
    Opened,
    Visit,
    shown,
    without_scripts,
)
from tests.support.examples import Site
from tests.support.page_faults import faults, overflow

pytestmark = pytest.mark.slow

SETTINGS = """\
title: Acme Status
url: https://status.acme.example
timezone: Europe/Rome
services:
  - id: api
    name: Public API
  - id: cafe
    name: Café Zürich
"""


def incident(title: str, day: str, severity: str, services: str, text: str) -> str:
    """Return a file of an incident of one hour."""
    return (
        f"---\ntitle: {title}\nseverity: {severity}\nservices: [{services}]\n"
        f"started: {day} 09:00\nresolved: {day} 10:00\n---\n{text}\n"
    )


@cache
def archive() -> Site:
    """Build a site with incidents of this month, of October, of 2024 and of 2023."""
    story = f"{'The cause was found late. ' * 9}An expired certificate stopped it. {'Sorry. ' * 40}"
    files = {
        "new": incident("Slow answers", "2026-11-10", "degraded", "api", "A retry helped."),
        "cup": incident("Überlastung", "2026-10-05", "partial", "cafe", "Too many requests."),
        "both": incident("Short outage", "2026-10-04", "partial", "api, cafe", "It came back."),
        "story": incident("Errors", "2026-10-03", "major", "api", story),
        "old": incident("Slow network", "2024-03-02", "degraded", "api", "A switch broke."),
        "oldest": incident("Slow disk", "2023-03-01", "degraded", "api", "A disk broke."),
    }
    return site(SETTINGS, files)


def site(settings: str, files: dict[str, str]) -> Site:
    """Build a site with the incidents *files*, by name."""
    incidents = {f"incidents/{name}.md": text for name, text in files.items()}
    return examples.made({"statusgen.yml": settings, **incidents}, now=MORNING.isoformat())


def look(page: Page, words: str) -> list[str]:
    """Type *words*, and return the titles of the results when the search has ended."""
    page.locator("#q").fill(words)
    return titles(page)


def titles(page: Page) -> list[str]:
    """Return the titles of the results when the search has ended."""
    page.evaluate("window.settled()")
    return shown(page, "#results .title")


def read(one: Visit) -> list[str]:
    """Return the lists of incidents that the page has requested."""
    return [path for path in one.asked if path.startswith("api/")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("short", ["Short outage"], id="title"),
        pytest.param("RETRY", ["Slow answers"], id="text-in-another-case"),
        pytest.param("uberlastung", ["Überlastung"], id="without-accents"),
        pytest.param("cafe zurich", ["Überlastung", "Short outage"], id="service"),
        pytest.param("março", [], id="nothing"),
        pytest.param("march", ["Slow network", "Slow disk"], id="month"),
        pytest.param("slow march 2024", ["Slow network"], id="every-word"),
        pytest.param("slow", ["Slow answers", "Slow network", "Slow disk"], id="newest-first"),
    ],
)
def test_words_find_incidents(opened: Opened, words: str, expected: list[str]) -> None:
    """Every word must occur in the title, texts, services or date; the newest result is first."""
    page = opened(archive(), "search.html").page

    assert expected == look(page, words)
    count = len(expected)
    nothing = "No incidents match. Try fewer or shorter words."
    found = f"{count} incident{'' if count == 1 else 's'} found"
    expect(page.locator("#found")).to_have_text(found if count else nothing)


def test_the_sentence_around_a_word_is_shown(opened: Opened) -> None:
    """A result shows the text around the first match, which is marked, and cuts no word."""
    page = opened(archive(), "search.html").page
    look(page, "expired")
    [text] = shown(page, "#results li p:has(mark)")

    assert ["expired"] == shown(page, "#results mark")
    assert "found late. An expired certificate stopped it. Sorry." in text
    assert text.startswith("… ")
    assert text.endswith("Sorry. …")
    assert len(text) < 250


def test_filters_and_words_combine(opened: Opened) -> None:
    """Severity, service and words limit the results together, and stand in the address."""
    page = opened(archive(), "search.html").page
    page.locator("#severity").select_option("partial")
    found = [titles(page)]
    page.locator("#service").select_option("api")
    found.append(titles(page))
    found.append(look(page, "überl"))

    assert [["Überlastung", "Short outage"], ["Short outage"], []] == found
    page.clock.run_for(300)
    assert page.url.endswith("?q=%C3%BCberl&severity=partial&service=api")


def test_an_address_opens_its_search(opened: Opened) -> None:
    """A link with words and filters shows the results at once."""
    page = opened(archive(), "search.html?q=outage&severity=partial&other=x").page

    assert ["Short outage"] == titles(page)
    assert ("outage", "partial") == (
        page.locator("#q").input_value(),
        page.locator("#severity").input_value(),
    )


def test_the_keyboard_is_enough(opened: Opened) -> None:
    """The field has the focus; the tab key leads to the filters and then to the results."""
    page = opened(archive(), "search.html").page
    page.keyboard.type("slow")
    before = titles(page)
    page.keyboard.press("Tab")
    page.keyboard.type("Degraded")
    filtered = titles(page)
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/new.html")

    assert ["Slow answers", "Slow network", "Slow disk"] == before == filtered


def test_nothing_is_read_before_the_first_key(opened: Opened) -> None:
    """The page reads no incidents until the reader types."""
    one = opened(archive(), "search.html")
    before = read(one)
    look(one.page, "retry")

    assert [] == before
    assert "api/incidents.json" == read(one)[0]


def test_earlier_years_are_read_only_for_too_few_results(opened: Opened) -> None:
    """With 20 results in 12 months, no year is read; else each year is read once."""
    files = {
        f"n{day:02}": incident("Slow", f"2026-10-{day:02}", "degraded", "api", f"It was {day}.")
        for day in range(1, 21)
    }
    files["old"] = incident("Slow network", "2024-03-02", "degraded", "api", "A switch broke.")
    one = opened(site(SETTINGS, files), "search.html")
    enough = (len(look(one.page, "slow")), read(one))
    too_few = (look(one.page, "switch"), read(one))
    look(one.page, "network")

    first, *years = ["api/incidents.json", "api/incidents/2026.json", "api/incidents/2024.json"]
    assert (20, [first]) == enough
    assert (["Slow network"], [first, *years]) == too_few
    assert [first, *years] == read(one)


def test_markdown_is_not_part_of_what_is_shown(opened: Opened) -> None:
    """The sentence around a word is what readers of the page see, without Markdown."""
    text = "Errors in `eu-west` & **us-east**, see [status](https://a.example)."
    file = incident("Errors", "2026-10-03", "major", "api", text)
    page = opened(site(SETTINGS, {"errors": file}), "search.html").page
    look(page, "us-east")

    assert (
        "Errors in eu-west & us-east, see status." == page.locator("#results p").last.inner_text()
    )


def test_a_failing_server_is_reported_and_asked_again(opened: Opened) -> None:
    """An error of the server is shown; the next key tries again."""
    one = opened(archive(), "search.html")
    one.broken = {"api/incidents.json"}
    failed = look(one.page, "slow")
    failure = "The incidents could not be loaded. Check your connection and try again."
    expect(one.page.locator("#found")).to_have_text(failure)
    one.broken = set()
    found = look(one.page, "slow a")
    complaints = [*one.errors]
    one.errors.clear()

    assert [] == failed
    assert "Slow answers" == found[0]
    assert all("503" in complaint for complaint in complaints)


def test_without_scripts_there_are_links(browser: Browser) -> None:
    """Without JavaScript, the page leads to months, severities and services instead."""
    with without_scripts(browser, archive(), "search.html") as page:
        expect(page.locator("#q")).to_be_hidden()
        expect(page.get_by_text("Search needs JavaScript.")).to_be_visible()
        links = [one.inner_text().strip() for one in page.locator(".filters a:visible").all()]

    assert {"October 2026", "Partial outage", "Café Zürich"} <= set(links)


def test_hostile_titles_are_only_text(opened: Opened) -> None:
    """Markup in titles, names and texts is shown as text."""
    one = opened(examples.hostile(), "search.html")
    found = look(one.page, "alert")
    inside = one.page.locator("#results :is(script, img, iframe, style)").count()

    assert any("<script>alert" in title for title in found)
    assert 0 == inside


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_results_are_accessible_and_fit(opened: Opened, scheme: Literal["light", "dark"]) -> None:
    """Results pass axe, and long words do not make them scroll sideways on a phone."""
    page = opened(examples.hostile(), "search.html", width=PHONE).page
    page.emulate_media(color_scheme=scheme)
    page.clock.resume()
    found = look(page, "long")

    assert found
    assert ([], []) == (faults(page), overflow(page))


@pytest.mark.parametrize("code", ["ar", "ru"])
def test_the_number_of_results_has_the_plural_form_of_its_language(
    opened: Opened, code: str
) -> None:
    """The number of results is worded as in the catalogue, for every plural form."""
    numbers = (1, 2, 5, 11, 21)
    files = {
        f"n{n:02}": incident(
            f"Title {n}",
            f"2026-10-{n:02}",
            "degraded",
            "api",
            " ".join(f"upto{most}x" for most in numbers if n <= most),
        )
        for n in range(1, 22)
    }
    page = opened(site(f"{SETTINGS}language: {code}\n", files), "search.html").page
    found = []
    for n in numbers:
        look(page, f"upto{n}x")
        found.append(page.locator("#found").inner_text())

    assert [Language(code).say("search.found", n=n) for n in numbers] == found
