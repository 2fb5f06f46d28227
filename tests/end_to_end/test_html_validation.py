"""Validation of every page of the example, of a hostile site and of an empty one."""

import base64
import hashlib
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
import pytest

from tests.conftest import missing
from tests.support import examples
from tests.support.examples import Site

CHECKER = examples.MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"

# The checker has a false alarm: on `file:` pages it takes 'self' to forbid the stylesheet beside
# the page. A test below covers it.
FALSE_ALARM = ".*Resource violates Content Security Policy.*"

# An address that differs from the configured one, so that only relative links pass.
SOMEWHERE = "https://host.test/some/where/"

SITES = {"example": examples.example, "hostile": examples.hostile, "empty": examples.empty}

ADDRESSES = ("href", "src", "srcset", "poster", "data", "action", "formaction", "background")


@pytest.fixture(params=SITES, scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    """Return each of the sites."""
    return SITES[request.param]()


@cache
def page_of(site: Site, path: str) -> Any:
    """Return the parsed page at *path*; raise ParseError if it has any error."""
    builder = html5lib.getTreeBuilder("etree")
    parser = html5lib.HTMLParser(builder, strict=True, namespaceHTMLElements=False)
    return parser.parse(site.text(path))


def pages_of(site: Site) -> Iterator[tuple[str, Any]]:
    """Yield each page with its tree."""
    for path in site.paths(".html"):
        yield path, page_of(site, path)


def elements(page: Any, *names: str) -> list[Any]:
    """Return the elements with one of *names*, or all, in order and without comments."""
    found = (element for element in page.iter() if isinstance(element.tag, str))
    return [element for element in found if not names or local(element.tag) in names]


def local(name: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return name.rpartition("}")[2].rpartition(":")[2]


def addresses(page: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield every attribute with an address: element, attribute and value."""
    for element in elements(page):
        for name, value in element.attrib.items():
            if local(name) in ADDRESSES:
                yield element, local(name), value


def text_of(element: Any) -> str:
    """Return the text of *element*."""
    return " ".join("".join(element.itertext()).split())


def directives(page: Any) -> dict[str, list[str]]:
    """Return the sources of each directive in the Content-Security-Policy of *page*."""
    policies = [
        meta.get("content")
        for meta in elements(page, "meta")
        if meta.get("http-equiv", "").lower() == "content-security-policy"
    ]
    assert len(policies) == 1, "a page has one policy"
    rules = (rule.split() for rule in policies[0].split(";") if rule.strip())
    return {name: sources for name, *sources in rules}


def is_page_for_any_depth(path: str) -> bool:
    """Return True if a host may show the page at *path* below any address."""
    return path == "404.html"


def landing(site: Site, path: str, link: str) -> tuple[str, str]:
    """Return the path and the fragment that *link* has on the page at *path*."""
    root = f"{SOMEWHERE.rstrip('/')}/"
    start = f"{root}{path}"
    if is_page_for_any_depth(path):
        root = f"https://host.test{site.path}"
        start = f"{root}no/such/page.html"
    target, _, fragment = urljoin(start, link).partition("#")
    assert target.startswith(root), f"{path}: {link} leaves the site"
    inside = unquote(target.removeprefix(root).partition("?")[0])
    if is_page_for_any_depth(path) and target == start:
        inside = path
    return (f"{inside}index.html" if inside.endswith("/") or not inside else inside, fragment)


def is_elsewhere(link: str) -> bool:
    """Return True if *link* has a host or a scheme."""
    parts = urlsplit(link)
    return bool(parts.scheme or parts.netloc)


def is_canonical(element: Any) -> bool:
    """Return True if *element* is a canonical link, which browsers do not fetch."""
    return local(element.tag) == "link" and element.get("rel") == "canonical"


def test_a_strict_parser_finds_no_fault_in_any_page(site: Site) -> None:
    """Every page parses without an error in the parser of the HTML standard."""
    faults = []
    for path in site.paths(".html"):
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(site.text(path))
        faults += [(path, *fault) for fault in parser.errors]

    assert [] == faults


@pytest.mark.slow
def test_the_nu_checker_has_nothing_to_say(tmp_path: Path) -> None:
    """The reference checker of HTML, CSS and SVG reports neither an error nor a warning."""
    if shutil.which("java") is None:
        missing("java")
    if not CHECKER.is_file():
        missing("vnu-jar")
    for name, build in SITES.items():
        for path, data in build().files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_bytes(data)
    command: list[str | Path] = ["java", "-jar", CHECKER, "--stdout", "--format", "gnu", "--Werror"]
    command += ["--filterpattern", FALSE_ALARM]
    command += ["--skip-non-html", "--also-check-css", "--also-check-svg", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (0, "", "") == (done.returncode, done.stdout.replace(f"{tmp_path}/", ""), done.stderr)


def test_every_internal_link_leads_to_a_file_of_the_site(site: Site) -> None:
    """Links, stylesheets, icons and feeds resolve on disk from the depth of their page."""
    broken = [
        (path, link)
        for path, page in pages_of(site)
        for _, _, link in addresses(page)
        if not is_elsewhere(link) and landing(site, path, link)[0] not in site.files
    ]

    assert [] == broken


def test_every_fragment_leads_to_an_element_of_its_page(site: Site) -> None:
    """The fragment of every internal link is the id of an element on the target page."""
    ids = {path: {one.get("id") for one in elements(page)} for path, page in pages_of(site)}
    broken = [
        (path, link)
        for path, page in pages_of(site)
        for element, _, link in addresses(page)
        if local(element.tag) == "a" and "#" in link and not is_elsewhere(link)
        for target, fragment in [landing(site, path, link)]
        if fragment not in ids.get(target, ())
    ]

    assert [] == broken


def test_a_page_that_leads_on_by_itself_leads_to_a_page_of_the_site(site: Site) -> None:
    """A redirect is immediate, and the page links to its target, which exists."""
    led = []
    for path, page in pages_of(site):
        for meta in elements(page, "meta"):
            if meta.get("http-equiv", "").lower() != "refresh":
                continue
            delay, _, link = meta.get("content").partition("; url=")
            links = [one.get("href") for one in elements(page, "a")]
            target = landing(site, path, link)[0]
            led.append((delay, link in links, target in site.files))

    assert [("0", True, True)] * len(led) == led


def test_the_canonical_address_is_the_page_itself_or_where_it_leads(site: Site) -> None:
    """A canonical address is absolute, below `url`, and its file exists."""
    wrong = []
    for path, page in pages_of(site):
        links = [link.get("href") for link in elements(page, "link") if is_canonical(link)]
        if is_page_for_any_depth(path):
            assert [] == links
            continue
        inside = [link.removeprefix(f"{site.url}/") or "index.html" for link in links]
        leads_on = any(meta.get("http-equiv") == "refresh" for meta in elements(page, "meta"))
        is_right = len(inside) == 1 and (inside == [path] or leads_on) and inside[0] in site.files
        wrong += [] if is_right else [(path, links)]

    assert [] == wrong


def test_only_a_link_that_a_person_follows_names_another_host(site: Site) -> None:
    """Only `<a href>` names other hosts, so no page loads anything from them."""
    requests = [
        (path, local(element.tag), value)
        for path, page in pages_of(site)
        for element, name, value in addresses(page)
        if is_elsewhere(value) and not is_canonical(element)
        if (local(element.tag), name) != ("a", "href")
    ]

    assert [] == requests


def test_links_to_other_hosts_are_of_harmless_kinds(site: Site) -> None:
    """An external link is http, https, mailto or, for a calendar, webcal."""
    kinds = {
        urlsplit(link).scheme
        for _, page in pages_of(site)
        for _, _, link in addresses(page)
        if is_elsewhere(link)
    }

    assert set() == kinds - {"http", "https", "mailto", "webcal"}


def test_the_stylesheet_fetches_nothing(site: Site) -> None:
    """The stylesheet contains no address, so it causes no request."""
    styles = [site.text(path) for path in site.paths(".css")]
    styles += [text_of(style) for _, page in pages_of(site) for style in elements(page, "style")]
    fetching = [style for style in styles if re.search(r"url\(|@import|image-set", style)]

    assert [] == fetching


def test_no_element_carries_a_style_or_a_handler(site: Site) -> None:
    """No element has a `style` attribute or an `on…` attribute."""
    found = [
        (path, element.tag, name)
        for path, page in pages_of(site)
        for element in elements(page)
        for name in element.attrib
        if local(name).lower() == "style" or local(name).lower().startswith("on")
    ]

    assert [] == found


def test_no_page_holds_a_script_or_a_frame(site: Site) -> None:
    """Every script is a file of the site, or data; there are no frames, objects and forms."""
    names = ("script", "iframe", "frame", "object", "embed", "form", "base", "noscript", "template")
    found = [
        (path, element.tag)
        for path, page in pages_of(site)
        for element in elements(page, *names)
        if not (element.tag == "script" and element.get("src") and not text_of(element))
        and not (element.tag == "script" and element.get("type") == "application/ld+json")
    ]

    assert [] == found


def test_every_page_forbids_what_it_does_not_need(site: Site) -> None:
    """The policy allows nothing but the site itself, by name or by hash."""
    allowed = re.compile(r"'none'|'self'|'sha256-[A-Za-z0-9+/]{43}='|data:")
    for path, page in pages_of(site):
        policy = directives(page)
        sources = [source for listed in policy.values() for source in listed]

        assert ["'none'"] == policy["default-src"], path
        assert ["'none'"] == policy["base-uri"], path
        assert ["'none'"] == policy["form-action"], path
        assert [] == [source for source in sources if not allowed.fullmatch(source)], path
        assert "data:" not in policy.get("script-src", []) + policy.get("style-src", []), path


def test_the_policy_stands_before_all_it_rules(site: Site) -> None:
    """The policy comes before every stylesheet, style and script."""
    for path, page in pages_of(site):
        head = [(one.tag, one.get("http-equiv")) for one in elements(page.find("head"))]
        names = [name for name, _ in head]
        place = head.index(("meta", "Content-Security-Policy"))
        ruled = [names.index(name) for name in ("link", "style", "script") if name in names]

        assert place < min(ruled, default=len(head)), path


def test_the_policy_knows_the_inline_style_by_its_hash(site: Site) -> None:
    """The policy allows an inline `<style>` by its SHA-256 digest."""
    for path, page in pages_of(site):
        styles = ["".join(style.itertext()) for style in elements(page, "style")]
        hashes = [
            f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
            for style in styles
        ]
        sources = directives(page).get("style-src", [])

        assert hashes == [source for source in sources if source != "'self'"], path


def test_front_page_and_404_carry_their_style_and_the_others_share_one(site: Site) -> None:
    """Front page and 404 page have their style inline, and all others share one file."""
    for path, page in pages_of(site):
        linked = [link for link in elements(page, "link") if link.get("rel") == "stylesheet"]
        is_alone = path in ("index.html", "404.html")
        inline = elements(page, "style")

        assert is_alone == bool(inline), path
        assert not (is_alone and linked), path
    assert 1 == len(site.paths(".css"))


def test_every_page_has_one_first_heading(site: Site) -> None:
    """Every page has exactly one `<h1>`, and it is not empty."""
    for path, page in pages_of(site):
        headings = [bool(text_of(heading)) for heading in elements(page, "h1")]

        assert [True] == headings, path


def test_headings_skip_no_level(site: Site) -> None:
    """No heading is more than one level below the previous heading."""
    skipped = []
    for path, page in pages_of(site):
        headings = elements(page, "h1", "h2", "h3", "h4", "h5", "h6")
        levels = [0, *(int(heading.tag[1]) for heading in headings)]
        skipped += [(path, a, b) for a, b in pairwise(levels) if b > a + 1]

    assert [] == skipped


def test_every_page_has_a_title_of_its_own(site: Site) -> None:
    """Titles are not empty, and unique except for redirects."""
    titles: Counter[str] = Counter()
    for path, page in pages_of(site):
        found = [text_of(title) for title in elements(page.find("head"), "title")]

        assert 1 == len(found), path
        assert found[0], path
        is_stub = any(meta.get("http-equiv") == "refresh" for meta in elements(page, "meta"))
        titles[found[0]] += not is_stub
    assert [] == [title for title, count in titles.items() if count > 1]


def test_every_page_says_its_language_direction_and_encoding(site: Site) -> None:
    """Every page has a language and a direction, and starts with its encoding."""
    found = {
        (page.get("lang"), page.get("dir"), elements(page.find("head"))[1].get("charset"))
        for _, page in pages_of(site)
    }

    assert {("en", "ltr", "utf-8")} == found


def test_no_id_occurs_twice_on_a_page(site: Site) -> None:
    """Every `id` is unique on its page, also with hostile texts."""
    repeated = [
        (path, name)
        for path, page in pages_of(site)
        for name, count in Counter(one.get("id") for one in elements(page)).items()
        if name is not None and count > 1
    ]

    assert [] == repeated


def test_what_labels_an_element_exists(site: Site) -> None:
    """`aria-labelledby` and `aria-describedby` name ids that exist on the page."""
    broken = [
        (path, name)
        for path, page in pages_of(site)
        for ids in [{one.get("id") for one in elements(page)}]
        for element in elements(page)
        for attribute in ("aria-labelledby", "aria-describedby")
        for name in element.get(attribute, "").split()
        if name not in ids
    ]

    assert [] == broken


def test_a_hostile_title_is_shown_as_it_was_written() -> None:
    """Markup in the title of a site or incident is shown as text."""
    site = examples.hostile()
    page = page_of(site, "incidents/open.html")
    written = """</a></h3>"><script>alert("open")</script><img src=x onerror=alert(1)>"""

    assert [written] == [text_of(heading) for heading in elements(page, "h1")]
    assert examples.HOSTILE_TITLE in text_of(elements(page, "title")[0])


def test_every_kind_of_page_is_validated() -> None:
    """The hostile site has every kind of page, including years of a service and a severity."""
    found = {re.sub(r"\d+|[a-z0-9_-]{12}", "0", path) for path in examples.hostile().files}
    wanted = {
        "index.html",
        "0.html",
        "history.html",
        "history/0-0.html",
        "history/0.html",
        "search.html",
        "subscribe.html",
        "services/old.html",
        "services/old/0.html",
        "incidents/open.html",
        "incidents/0.html",
    }

    assert set() == wanted - found
