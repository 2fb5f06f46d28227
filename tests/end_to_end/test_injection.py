"""Injection: texts of strangers in every field of a site run in no browser or other reader."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from lxml import etree, html
from markdown import Markdown
from playwright.sync_api import Browser

from statusgen.characters import forbidden, invisible
from tests.conftest import Run, write_site
from tests.support import examples
from tests.support.browsing import QUIET, visit
from tests.support.examples import Site
from tests.support.vectors import FAMILIES, VECTORS

NOW = "2026-11-20T12:00Z"

SPY = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = () => window.ran.push(name);
"""

# Sends every kind of event to every element; navigation is prevented.
TEASE = """
() => {
  document.addEventListener("click", (event) => event.preventDefault(), true);
  for (const one of document.querySelectorAll("main *, header *, footer *"))
    for (const type of ["click", "focus", "mouseover", "pointerenter", "toggle", "error", "load"])
      Element.prototype.dispatchEvent.call(one, new Event(type, {cancelable: true}));
  return window.ran;
}
"""

# Dangerous elements in the parsed document. Getters are explicit: a form can shadow properties.
AUDIT = """
() => {
  const get = (name, of) => Object.getOwnPropertyDescriptor(of, name).get;
  const attributes = get("attributes", Element.prototype);
  const found = [];
  for (const one of document.querySelectorAll("*")) {
    const tag = one.localName;
    if (/^(iframe|frame|object|embed|base|form|math|foreignobject|animate|set)$/i.test(tag))
      found.push(tag);
    const source = one.getAttribute("src") || "";
    const isOurs = /(script|copy|search|subscribe)\\.[0-9a-f]+\\.js$/.test(source);
    if (tag === "script" && !isOurs && one.getAttribute("type") !== "application/ld+json")
      found.push(tag);
    for (const {name, value} of attributes.call(one)) {
      if (/^on|^style$|^srcdoc$|^formaction$/i.test(name)) found.push(`${tag} ${name}`);
      if (/^(href|src|xlink:href|action)$/i.test(name)) {
        const scheme = new URL(value, document.baseURI).protocol;
        if (!/^(https?|mailto|webcal|data):$/.test(scheme)) found.push(`${tag} ${name}=${value}`);
        if (scheme === "data:" && tag === "a") found.push(`${tag} ${name}=${value}`);
      }
    }
  }
  return found;
}
"""


def quoted(text: str, limit: int = 200) -> str:
    """Return *text* as one line in double quotes, valid in YAML and JSON."""
    return json.dumps(" ".join(text.split())[:limit], ensure_ascii=False)


def is_plain(text: str) -> bool:
    """Return whether a title or a name can contain *text*."""
    return not forbidden(text) and not invisible(text)


def block(text: str, indent: int) -> str:
    """Return *text* indented, as a YAML block."""
    return "\n".join(" " * indent + line for line in text.split("\n"))


@cache
def site_of_vectors() -> Site:
    """Return a site with every vector as a title, a text, a body and an extra key."""
    names = [vector for vector in VECTORS if is_plain(vector)]
    settings = [
        f"title: {quoted(names[0])}",
        "url: https://acme.example/status",
        f"announcement: {quoted(' '.join(VECTORS[:40]), 4000)}",
        "messages:",
        f"  subscribe: {quoted(names[1])}",
        "groups:",
        *(f"  - {{id: g{n}, name: {quoted(names[7 * n])}}}" for n in range(8)),
        "services:",
    ]
    settings += [
        f"  - {{id: s{n}, name: {quoted(name)}, group: g{n % 8}, description: {quoted(names[-n])}}}"
        for n, name in enumerate(names[::12])
    ]
    files = {"statusgen.yml": "\n".join(settings) + "\n"}
    for n, vector in enumerate(VECTORS):
        title = vector if is_plain(vector) else "unseen"
        files[f"incidents/v{n}.md"] = (
            f"---\ntitle: {quoted(title)}\nseverity: {('degraded', 'partial', 'major')[n % 3]}\n"
            f"services: [s{n % len(names[::12])}]\nstarted: 2026-11-{1 + n % 19:02} 09:00\n"
            f"resolved: 2026-11-{1 + n % 19:02} 10:00\nx-note: {quoted(vector)}\nupdates:\n"
            f"  - at: 2026-11-{1 + n % 19:02} 09:30\n    text: |2\n{block(vector, 6)}\n"
            f"---\n{vector}\n"
        )
    return examples.made(files, now=NOW)


def pages(site: Site) -> list[str]:
    """Return the pages of *site* that show many vectors at once, and some of the others."""
    several = [path for path in site.paths(".html") if not path.startswith("incidents/")]
    return several + [f"incidents/v{n}.html" for n in range(0, len(VECTORS), 16)]


def test_there_are_enough_vectors() -> None:
    """There are more than 500 different vectors, and no family is empty."""
    assert [] == [name for name, family in FAMILIES.items() if len(family) < 9]
    assert len(set(VECTORS)) > 500
    assert [] == [vector for vector in VECTORS if forbidden(vector)]


@pytest.fixture(scope="module")
def complaints(browser: Browser) -> dict[str, Any]:
    """Return everything that a browser reported or found on the pages, by path."""
    site = site_of_vectors()
    context = browser.new_context()
    context.add_init_script(SPY)
    one = visit(context, site)
    found = {}
    for path in pages(site):
        page = one.open(path)
        found[path] = (page.evaluate(AUDIT), page.evaluate(TEASE), one.complaints)
    context.close()
    return found


@pytest.mark.slow
def test_no_script_runs_in_a_browser(complaints: dict[str, Any]) -> None:
    """No vector runs, breaks the policy, contacts another server or becomes an element.

    Every element received clicks and all other events that handlers wait for.
    """
    assert len(complaints) > 50
    assert {} == {path: found for path, found in complaints.items() if found != ([], [], QUIET)}


@pytest.mark.slow
def test_no_page_has_more_than_our_own_elements() -> None:
    """Another parser finds no script, frame, handler or style of a vector on any page."""
    wrong = []
    site = site_of_vectors()
    for path in site.paths(".html"):
        for element in html.document_fromstring(site.files[path]).iter(etree.Element):
            handlers = [name for name in element.attrib if name.lower().startswith("on")]
            is_data = element.get("type") == "application/ld+json" and "<" not in element.text
            is_script = element.tag == "script" and not element.get("src") and not is_data
            is_odd = element.tag in {"iframe", "object", "embed", "base", "form", "math"}
            is_odd |= element.tag == "img" and "badge.svg" not in element.get("src", "")
            if handlers or is_script or is_odd or "style" in element.attrib:
                wrong.append((path, element.tag))

    assert [] == wrong


ALLOWED = {
    "a",
    "br",
    "blockquote",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}


def fragments(site: Site) -> Iterator[str]:
    """Yield every piece of HTML in the feeds."""
    for path in ("feed.atom", "history.atom", "history.rss"):
        for element in etree.fromstring(site.files[path]).iter():
            tag = etree.QName(element).localname
            if tag in {"content", "summary", "description"} and element.text:
                yield element.text
    for item in json.loads(site.files["feed.json"])["items"]:
        yield item.get("content_html", "")


@pytest.mark.slow
def test_feeds_carry_nothing_that_runs() -> None:
    """The HTML in feeds consists of a few harmless elements, with links to the web or mail only."""
    allowed = {*ALLOWED, "div", "small", "var"}
    found = list(fragments(site_of_vectors()))
    elements = [
        element
        for fragment in found
        for element in html.fragment_fromstring(fragment, create_parent="div").iter(etree.Element)
    ]
    names = {"href", "rel", "start", "data-var"}

    assert len(found) > 50
    assert set() == {str(element.tag) for element in elements} - allowed
    assert set() == {str(name) for element in elements for name in element.attrib} - names
    assert [] == [
        link
        for element in elements
        for link in [element.get("href") or "https://x"]
        if re.match(r"https?://(?![^/]*@)|mailto:", link) is None
    ]


def test_files_for_machines_are_valid() -> None:
    """Strict parsers accept all XML, JSON and calendars, for any vector."""
    site = site_of_vectors()
    for path, data in site.files.items():
        if path.endswith((".atom", ".rss", ".xml", ".svg")):
            root = etree.fromstring(data)
            odd = {"script", "foreignObject", "image", "use", "a"}
            assert set() == {etree.QName(one).localname for one in root.iter("{*}*")} & odd
        elif path.endswith(".json"):
            json.loads(data)
        elif path.endswith(".ics"):
            assert [] == [part for part in Calendar.from_ical(data.decode()).walk() if part.errors]

    assert {"maintenance.ics", "badge.svg", "feed.atom"} <= site.files.keys()


def test_terminals_and_runners_get_no_commands(run: Run, tmp_path: Path) -> None:
    """No output format prints an escape sequence or a workflow command from a vector."""
    names = [f"{vector}\x1b[2J::stop-commands::x\r\n##[group]" for vector in VECTORS[::3]]
    files = {
        f"incidents/v{n}.md": f"---\ntitle: T\nservices: [api]\nstarted: 2026-11-18 09:00\n"
        f"severity: {json.dumps(name)}\n{json.dumps(name)}: x\n---\nx\n"
        for n, name in enumerate(names)
    }
    write_site(tmp_path, files)

    printed = {style: run("check", "--format", style).out for style in ("text", "github", "json")}

    assert [] == [style for style, out in printed.items() if forbidden(out.replace("\n", ""))]
    assert [] == [style for style, out in printed.items() if invisible(out)]
    lines = printed["github"].splitlines()
    assert [] == [line for line in lines if not line.startswith("::error file=incidents/v")]
    assert [] == [line for line in printed["text"].splitlines() if line.startswith(("::", "##["))]
    assert len(names) <= len(lines)


def test_a_job_summary_is_nothing_but_text(run: Run, tmp_path: Path) -> None:
    """Titles in a job summary stay text, although Markdown allows HTML."""
    names = [vector for vector in VECTORS[::7] if is_plain(vector)]
    tags = set()
    links = []
    for number in range(0, len(names), 40):
        folder = write_site(
            tmp_path / str(number),
            {
                f"incidents/v{n}.md": f"---\ntitle: {quoted(name)}\nseverity: major\n"
                "services: [api]\nstarted: 2026-11-19 09:00\n---\nx\n"
                for n, name in enumerate(names[number : number + 40])
            },
        )
        (folder / "old").mkdir()
        assert run("build", "--now", NOW, cwd=folder).status == 0
        done = run("changes", "old", "_site", "--format", "markdown", cwd=folder)
        shown = html.fragment_fromstring(Markdown().convert(done.out), create_parent="div")
        tags |= {str(element.tag) for element in shown.iter()}
        links += [element.get("href") or "" for element in shown.iter("a")]

    assert set() == tags - {"div", "p", "h1", "h2", "h3", "h4", "ul", "li", "a", "strong", "em"}
    assert [] == [link for link in links if not link.startswith("https://status.acme.example/")]
    assert len(names) > 80
