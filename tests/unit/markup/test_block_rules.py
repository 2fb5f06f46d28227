"""Tests of lists, underlined headings and tables, which read as on GitHub."""

import pytest

from statusgen.markup.html import to_html

LISTS = [
    pytest.param("- a\n- \n- b", "<ul>\n<li>a</li>\n<li></li>\n<li>b</li>\n</ul>", id="empty-item"),
    pytest.param("- a\n-\n- b", "<ul>\n<li>a</li>\n<li></li>\n<li>b</li>\n</ul>", id="bare-mark"),
    pytest.param(
        "1. a\n2.\n3. b", "<ol>\n<li>a</li>\n<li></li>\n<li>b</li>\n</ol>", id="empty-number"
    ),
    pytest.param("-\nb", "<ul>\n<li></li>\n</ul>\n<p>b</p>", id="text-after-an-empty-item"),
    pytest.param("-\n  b", "<ul>\n<li>b</li>\n</ul>", id="text-in-an-empty-item"),
    pytest.param(
        "*\n\n  a", "<ul>\n<li></li>\n</ul>\n<p>a</p>", id="empty-item-ends-at-a-blank-line"
    ),
    pytest.param("a\n*\nb", "<p>a<br>\n*<br>\nb</p>", id="empty-item-does-not-end-a-paragraph"),
    pytest.param(
        "- a\n>", "<ul>\n<li>a</li>\n</ul>\n<blockquote></blockquote>", id="empty-quote-below"
    ),
    pytest.param("1. a\n   2. b", "<ol>\n<li>a<br>\n2. b</li>\n</ol>", id="number-in-an-item"),
]

HEADINGS = [
    pytest.param("a\nb\n---\nc", "<h3>a<br>\nb</h3>\n<p>c</p>", id="two-lines"),
    pytest.param("a\n-\nb", "<h3>a</h3>\n<p>b</p>", id="one-dash"),
    pytest.param("> a\n===", "<blockquote>\n<p>a<br>\n===</p>\n</blockquote>", id="below-a-quote"),
    pytest.param(
        "> a\n---", "<blockquote>\n<p>a</p>\n</blockquote>\n<hr>", id="rule-below-a-quote"
    ),
    pytest.param(
        "> a\n> ---\nb", "<blockquote>\n<h3>a</h3>\n</blockquote>\n<p>b</p>", id="in-a-quote"
    ),
    pytest.param("- a\n===", "<ul>\n<li>a<br>\n===</li>\n</ul>", id="below-a-list"),
    pytest.param("- a\n---", "<ul>\n<li>a</li>\n</ul>\n<hr>", id="rule-below-a-list"),
    pytest.param("- a\n  ===", "<ul>\n<li>\n<h3>a</h3>\n</li>\n</ul>", id="in-an-item"),
    pytest.param("===", "<p>===</p>", id="no-text-above"),
    pytest.param("\x021\n\x022", "<p>1<br>\n2</p>", id="internal-mark"),
]


def table(*rows: str) -> str:
    """Return the HTML of a table; the cells of each row are separated by `|`."""

    def row(text: str, tag: str) -> str:
        cells = "".join(f"<{tag}>{cell}</{tag}>\n" for cell in text.split("|"))
        return f"<tr>\n{cells}</tr>\n"

    head, *others = rows
    body = "".join(row(one, "td") for one in others)
    return f"<table>\n<thead>\n{row(head, 'th')}</thead>\n<tbody>\n{body}</tbody>\n</table>"


TABLES = [
    pytest.param(
        "a|b\n-|-\n`x \\| y`|z",
        table("a|b", "<code>x PIPE y</code>|z").replace("PIPE", "|"),
        id="escaped-pipe-in-code",
    ),
    pytest.param(
        "a|b\n-|-\nx \\| y|z", table("a|b", "x PIPE y|z").replace("PIPE", "|"), id="escaped-pipe"
    ),
    pytest.param("|a|\n|-|\n|`b|", table("a", "`b"), id="backtick-without-an-end"),
    pytest.param("a|b\n-|-\n1|2|3\n4", table("a|b", "1|2", "4|"), id="width-of-the-head"),
    pytest.param("a|b\n- | -\n1|2", table("a|b", "1|2"), id="delimiters-with-spaces"),
    pytest.param("a|b\n-|-\n1|2\n---", table("a|b", "1|2") + "\n<hr>", id="rule-ends-a-table"),
    pytest.param("a|b|c\n-|-", "<p>a|b|c<br>\n-|-</p>", id="wrong-number-of-delimiters"),
    pytest.param(
        "> a|b\n> -|-\n> 1|2\nc",
        f"<blockquote>\n{table('a|b', '1|2')}\n</blockquote>\n<p>c</p>",
        id="in-a-quote",
    ),
    pytest.param(
        "- a|b\n  -|-\n  1|2\n- c",
        f"<ul>\n<li>\n{table('a|b', '1|2')}\n</li>\n<li>c</li>\n</ul>",
        id="in-an-item",
    ),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_list_reads_as_on_github(text: str, expected: str) -> None:
    """Empty items and numbers in the middle of a text never become headings or other lists."""
    assert expected == to_html(text)


@pytest.mark.parametrize(("text", "expected"), HEADINGS)
def test_row_of_dashes_is_a_heading_only_below_its_own_paragraph(text: str, expected: str) -> None:
    """A row of `=` or `-` after a list or a quote is text or a rule, not a heading."""
    assert expected == to_html(text)


@pytest.mark.parametrize(("text", "expected"), TABLES)
def test_table_reads_as_on_github(text: str, expected: str) -> None:
    r"""A pipe written `\|` is text in its cell, and every row has as many cells as the head."""
    assert expected == to_html(text)


ALERTS = [
    pytest.param("> [!WARNING]\n> a\n> b", "<p>a<br>\nb</p>", id="line-below"),
    pytest.param("> [!warning]  \n>\n> *a*", "<p><em>a</em></p>", id="paragraph-below"),
    pytest.param("> [!Warning]\n> - a", "<ul>\n<li>a</li>\n</ul>", id="list-below"),
]


@pytest.mark.parametrize(("text", "rest"), ALERTS)
def test_alert_has_its_title_in_bold(text: str, rest: str) -> None:
    """A quote that GitHub shows as an alert begins with the given title."""
    expected = f"<blockquote>\n<p><strong>Achtung</strong></p>\n{rest}\n</blockquote>"

    assert expected == to_html(text, alerts={"warning": "Achtung"})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("> [!NOTE] a", id="text-beside-it"),
        pytest.param("> [!NOTE]", id="alone"),
        pytest.param("> [!NEWS]\n> a", id="unknown-word"),
        pytest.param("> a\n> [!NOTE]", id="second-line"),
        pytest.param("- > [!NOTE]\n  > a", id="in-a-list"),
        pytest.param("> *[!NOTE]*\n> a", id="emphasis"),
    ],
)
def test_quote_that_is_no_alert_on_github_stays(text: str) -> None:
    """Only `[!NOTE]` and its like alone in the first line of a quote begin an alert."""
    assert "[!N" in to_html(text)
