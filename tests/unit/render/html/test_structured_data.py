"""The structured data for search engines."""

import base64
import gzip
import hashlib
import json
from typing import Any

import html5lib
import pytest

from tests.support import examples
from tests.support.examples import Site, made

MAX_FRONT_PAGE = 150  # compressed bytes that the data may add


def data(site: Site, path: str) -> list[Any]:
    """Return the structured data of the page *path*, as a search engine reads it."""
    page = html5lib.parse(site.text(path), namespaceHTMLElements=False)
    found = (one for one in page.iter("script") if one.get("type") == "application/ld+json")
    return [json.loads(one.text) for one in found]


def crumbs(site: Site, path: str) -> list[tuple[int, str, str]]:
    """Return position, name and path of each page in the breadcrumbs of the page *path*."""
    (found,) = data(site, path)
    assert ["https://schema.org", "BreadcrumbList"] == [found["@context"], found["@type"]]
    return [
        (one["position"], one["name"], one["item"].removeprefix(f"{site.url}/"))
        for one in found["itemListElement"]
    ]


def incident(title: str, *, started: str = "2026-10-31 23:30") -> str:
    title = json.dumps(title, ensure_ascii=False)
    return f"---\ntitle: {title}\nseverity: major\nservices: [api]\nstarted: {started}\n---\nx\n"


def test_the_front_page_gives_the_name_of_the_site() -> None:
    """At the root of a domain, search engines read its name; below a path they would not."""
    expected = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Acme Status",
        "url": "https://status.acme.example/",
    }

    assert [expected] == data(examples.empty(), "index.html")
    assert [] == data(made(base_url="https://acme.example/status"), "index.html")


@pytest.mark.parametrize("base", ["https://acme.example", "https://acme.example/status"])
def test_incidents_and_months_have_breadcrumbs(base: str) -> None:
    """The path leads from the front page over the history and the month in the site's zone."""
    site = made({"incidents/a.md": incident("Errors")}, base_url=base)
    history = [(1, "Acme Status", ""), (2, "Incident history", "history.html")]
    month = (3, "October 2026", "history/2026-10.html")

    assert [*history, month, (4, "Errors", "incidents/a.html")] == crumbs(site, "incidents/a.html")
    assert [*history, month] == crumbs(site, "history/2026-10.html")


def test_breadcrumbs_lead_to_pages_of_the_site() -> None:
    """Every page that breadcrumbs name exists, in the example and in a hostile site."""
    for site in (examples.example(), examples.hostile()):
        pages = [path for path in site.paths(".html") if b"BreadcrumbList" in site.files[path]]
        named = {url for path in pages for _, _, url in crumbs(site, path)}

        assert len(pages) > 3
        assert set() == {url or "index.html" for url in named} - site.files.keys()


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("</script><script>alert(1)</script>", id="end-tag"),
        pytest.param("<!--<script>", id="comment"),
        pytest.param('"}]} & \\" \\u003c \'', id="quotes"),
        pytest.param("\u0627\u0646\u0642\u0637\u0627\u0639 \U0001f525", id="other-scripts"),
    ],
)
def test_a_title_stays_a_text(title: str) -> None:
    """No title ends the script element or the string in which it stands."""
    site = made({"incidents/a.md": incident(title)})

    assert title == crumbs(site, "incidents/a.html")[-1][1]
    assert 1 == site.text("incidents/a.html").count("<script type=")


def test_the_policy_knows_the_data_by_their_hash() -> None:
    """Checkers that apply `script-src` to data find the hash of the data there."""
    site = made({"incidents/a.md": incident("</script> \u00e4")})
    for path in ("index.html", "incidents/a.html"):
        page = html5lib.parse(site.text(path), namespaceHTMLElements=False)
        (script,) = (one for one in page.iter("script") if one.get("type"))
        digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
        policy = page.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")

        assert f"script-src 'self' 'sha256-{digest}';" in policy


def test_other_pages_have_none() -> None:
    """Pages for which search engines know no type have no structured data."""
    site = examples.empty()

    assert [] == [path for path in site.paths(".html") if path != "index.html" and data(site, path)]


def test_the_front_page_stays_small() -> None:
    """The data of the front page compress to a few bytes."""
    page = examples.empty().files["index.html"]
    start = page.index(b'<script type="application/ld+json">')
    without = page[:start] + page[page.index(b"\n", start) + 1 :]

    assert len(gzip.compress(page, mtime=0)) - len(gzip.compress(without, mtime=0)) < MAX_FRONT_PAGE
