"""Tests against cmark-gfm, GitHub's own converter: the same words in the same blocks."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.markup.html import to_html
from tests.conftest import ROOT, scaled

cmarkgfm = pytest.importorskip("cmarkgfm")

BLOCKS = {"ul", "ol", "li", "blockquote", "pre", "table", "tr", "th", "td", "hr"}
HEADING = re.compile("h[1-6]")


def shape(html: str) -> list[str]:
    """Return the blocks of *html* and the words in each, without emphasis, links and spaces.

    All headings are alike, because statusgen chooses their levels.
    """
    found: list[str] = []
    words: list[str] = []

    def end_block() -> None:
        if text := "".join("".join(words).split()):
            found.append(text)
        words.clear()

    def visit(element: Element) -> None:
        is_heading = HEADING.fullmatch(element.tag) is not None
        is_block = is_heading or element.tag in BLOCKS
        if is_block or element.tag == "p":
            end_block()
        if is_block:
            found.append("<heading>" if is_heading else f"<{element.tag}>")
        words.append(element.text or "")
        for child in element:
            visit(child)
            words.append(child.tail or "")
        if is_block or element.tag == "p":
            end_block()
        if is_block:
            found.append("</heading>" if is_heading else f"</{element.tag}>")

    visit(html5lib.parseFragment(html, namespaceHTMLElements=False))
    end_block()
    return joined(found)


def joined(found: list[str]) -> list[str]:
    """Return the blocks *found*, with lists and quotes that follow each other as one."""
    parts: list[str] = []
    for part in found:
        if part in {"<ul>", "<ol>", "<blockquote>"} and parts[-1:] == [part.replace("<", "</")]:
            parts.pop()
        else:
            parts.append(part)
    return parts


def github(text: str) -> list[str]:
    options = cmarkgfm.cmark.Options
    flags = options.CMARK_OPT_UNSAFE | options.CMARK_OPT_HARDBREAKS
    return shape(cmarkgfm.github_flavored_markdown_to_html(text, flags))


def recorded() -> list[str]:
    """Return the texts in the sites of the tests and in the example."""
    texts = []
    for path in sorted([*ROOT.glob("incidents/*.md"), *ROOT.glob("tests/sites/*/**/*.md")]):
        matter, _, body = Path(path).read_text("utf-8").removeprefix("---\n").partition("\n---\n")
        front = yaml.load(matter, Loader=yaml.BaseLoader)  # noqa: S506, as text only
        texts += [update.get("text", "") for update in front.get("updates") or ()]
        texts.append(body)
    return [text for text in texts if text.strip()]


@pytest.mark.parametrize("text", dict.fromkeys(recorded()))
def test_recorded_text_reads_as_on_github(text: str) -> None:
    """The texts of real incidents have the words and the blocks that GitHub shows."""
    assert github(text) == shape(to_html(text))


# Without what differs on purpose: see docs/reference/incident-file.md.
LINES = ["a", "b c", "é.", "12:30", "snake_case", "a - b", "(c)", "`d e`", "[f](https://a.example)"]
LINES += ["*g*", "**h:** i", "_j k_", "__l__", "***m***", "*n **o** p*", "~~q~~", "2 * 3", "a\\"]
LINES += ["https://a.example/b.", "\\*", "=", "&amp; &", "!", "**", "_"]
STARTS = ["- ", "1. ", "2. ", "> ", "# ", "## ", "  ", "> - ", "- - ", "1. - "]
WHOLE = ["", "", "---", "===", "***", "-", "```", "> ", "a|b\n-|-\n1|2\n", "- \n- a", ">"]


@settings(max_examples=scaled(1000))
@given(
    st.lists(
        st.one_of(
            st.sampled_from(LINES),
            st.sampled_from(WHOLE),
            st.tuples(st.sampled_from(STARTS), st.sampled_from(LINES)).map("".join),
        ),
        max_size=5,
    ).map("\n".join)
)
def test_any_text_reads_as_on_github(text: str) -> None:
    """Lists, quotes, headings, code and emphasis are where GitHub sees them."""
    assert github(text) == shape(to_html(text))
