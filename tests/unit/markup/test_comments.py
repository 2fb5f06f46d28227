"""Tests of HTML comments, which are never shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.markup import limits
from statusgen.markup.html import to_html
from statusgen.markup.limits import Flaw
from statusgen.markup.scanner import without_comments
from statusgen.problems import Level

HIDDEN = [
    pytest.param("a <!-- b --> c", "a c", "<p>a c</p>", id="in-a-line"),
    pytest.param("<!--\n\n# b\n-->", "", "", id="over-blocks"),
    pytest.param("a\n<!-- b -->\nc", "a\n\nc", "<p>a</p>\n<p>c</p>", id="between-lines"),
    pytest.param("a<!-- b\nc -->d", "ad", "<p>ad</p>", id="over-lines"),
    pytest.param("<!-- b\n```\n-->\nc", "c", "<p>c</p>", id="fence-in-a-comment"),
    pytest.param("a\n\n<!-- b\n\nc", "a\n\n", "<p>a</p>", id="without-an-end"),
    pytest.param("<!--> a", "a", "<p>a</p>", id="empty"),
    pytest.param(
        "> a <!-- b\n> c --> d", "> a d", "<blockquote>\n<p>a d</p>\n</blockquote>", id="in-a-quote"
    ),
    pytest.param("\\<!-- a -->", "\\", "<p>\\</p>", id="after-a-backslash"),
    pytest.param("<!-<!-- a -->- b -->", "<!- - b -->", "<p>&lt;!- - b --&gt;</p>", id="in-parts"),
    pytest.param("a ` b\n`<!-- c -->` d", "a ` b\n` ` d", None, id="after-an-open-code-span"),
]
SHOWN = [
    pytest.param("`<!-- a -->`", "<p><code>&lt;!-- a --&gt;</code></p>", id="code-span"),
    pytest.param("```\n<!-- a -->\n```", "<pre><code>&lt;!-- a --&gt;\n</code></pre>", id="fence"),
    pytest.param("&lt;!-- a -->", "<p>&lt;!-- a --&gt;</p>", id="reference"),
    pytest.param("<!- a ->", "<p>&lt;!- a -&gt;</p>", id="one-dash"),
]


@pytest.mark.parametrize(("text", "rest", "expected"), HIDDEN)
def test_comment_is_hidden(text: str, rest: str, expected: str | None) -> None:
    """Readers see neither a comment nor a gap in its place, in HTML and in Markdown."""
    actual = to_html(text)

    assert (rest, expected or actual, False) == (without_comments(text), actual, "c --" in actual)


@pytest.mark.parametrize(("text", "expected"), SHOWN)
def test_comment_in_code_is_text(text: str, expected: str) -> None:
    """Code that contains a comment is shown as it is."""
    assert (text, expected) == (without_comments(text), to_html(text))


PARTS = ["<!-- ", "-->", "`", "``", "```\n", "\n", "\n\n", "- ", "> ", "    ", "a", "*", "\\"]
COMMENTS = ["<!-- SECRET -->", "<!--SECRET\n-->"]


@given(st.lists(st.sampled_from([*PARTS, *COMMENTS]), max_size=20))
def test_comment_is_never_shown(parts: list[str]) -> None:
    """The words of a comment appear in code at most, with any text around it."""
    text = "".join(parts)
    actual = to_html(text)
    prose = re.sub("<code>.*?</code>", "", actual, flags=re.DOTALL)

    assert (actual, False) == (to_html(without_comments(text)), "SECRET" in prose)


def test_comment_without_an_end_is_a_warning() -> None:
    """A comment that hides the rest of a text is named with its place and the remedy."""
    message = (
        "this comment is not closed and hides the rest of the text;"
        " write --> after it, or put '<!--' into code"
    )

    actual = list(limits.find_flaws("a\nb <!-- c"))

    assert [Flaw(offset=4, message=message, level=Level.WARNING)] == actual


def test_link_in_a_comment_is_no_flaw() -> None:
    """Comments are not checked, and the text after a comment keeps its place."""
    actual = list(limits.find_flaws("<!-- [a](b.png)\n-->\n[c](d.png)"))

    assert [24] == [flaw.offset for flaw in actual]
