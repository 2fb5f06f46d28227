"""Tests of escaping, which shows any plain text literally."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.markup import limits
from statusgen.markup.escape import clean, escape
from statusgen.markup.html import to_html, to_text

SENTENCES = [
    pytest.param("The API is down.", id="sentence"),
    pytest.param("p99 is 2.5 s (limit: 0.5 s), 12% of requests fail!", id="numbers"),
    pytest.param("job_name=api-1 [worker-1] [INFO] user@acme.example", id="log-line"),
    pytest.param("Instance 10.0.0.1:9100 - since 2026-01-02T03:04:05Z", id="dash-inside"),
    pytest.param("-5 degrees\n+1 from me\n5.3 seconds", id="signs"),
    pytest.param("AT&T & Q&A, p < 5 and q > 3; a = b", id="signs-inside"),
    pytest.param(r"C:\windows\system32", id="backslashes-before-letters"),
    pytest.param("${{ secrets.TOKEN }} $(rm -rf /) {% raw %}", id="templates-of-others"),
    pytest.param("a\nb\n\nc", id="lines-and-paragraphs"),
]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_plain_sentence_stays_as_it_is(text: str) -> None:
    """Text without markup is not escaped, so that files stay readable."""
    actual = escape(text)

    assert text == actual


ESCAPED = [
    pytest.param("*a* **b** 2 * 3", r"\*a\* \*\*b\*\* 2 \* 3", id="stars"),
    pytest.param("_a_ __b__ c_d", r"\_a_ \_\_b__ c_d", id="underscores"),
    pytest.param("~~a~~ ~5", "&#126;&#126;a&#126;&#126; ~5", id="strike"),
    pytest.param("`a`", r"\`a\`", id="code"),
    pytest.param("[a](https://b.example)", r"[a]\(https&#58;//b.example)", id="link"),
    pytest.param("![a](b.png)", r"![a]\(b.png)", id="image"),
    pytest.param("HTTP://a.example", "HTTP&#58;//a.example", id="bare-address"),
    pytest.param("<a@b.example>", "&lt;a@b.example>", id="address-in-angles"),
    pytest.param("<script>a</script>", "&lt;script>a&lt;/script>", id="html"),
    pytest.param("<!-- a -->", "&lt;!-- a -->", id="comment"),
    pytest.param("&lt; &#115; &", "&amp;lt; &amp;#115; &", id="entities"),
    pytest.param(r"\* \\ \a", r"\\\* \\\ \a", id="escapes"),
    pytest.param("# a\n#1", "\\# a\n\\#1", id="headings"),
    pytest.param("a\n---\nb\n===", "a\n\\---\nb\n&#61;==", id="underlines"),
    pytest.param("- a\n+ b\n* c", "\\- a\n\\+ b\n\\* c", id="bullets"),
    pytest.param("1. a\n2) b\n٣. c", "1\\. a\n2\\) b\n٣\\. c", id="numbers"),
    pytest.param("> a\n>b", "\\> a\n\\>b", id="quotes"),
    pytest.param("```\na\n```", "\\`\\`\\`\na\n\\`\\`\\`", id="fence"),
    pytest.param("~~~\na", "&#126;&#126;&#126;\na", id="fence-of-tildes"),
    pytest.param("a | b\n--|--\n|-|\n:-|-:", "a | b\n\\--|--\n\\|-|\n&#58;-|-:", id="table"),
    pytest.param("- - -\n* * *", "\\- - -\n\\* \\* \\*", id="rules"),
    pytest.param("  a\n\t- b", "a\n\\- b", id="indented"),
    pytest.param("a\r\nb\rc", "a\nb\nc", id="line-endings-of-all-systems"),
    pytest.param("a\x00b\x1b[31m\ud800\u2028", "a\ufffdb\ufffd[31m\ufffd\ufffd", id="controls"),
    pytest.param("a\u202eb\u200bc", "abc", id="invisible"),
    pytest.param("*\u200b*a*\u200b*", r"\*\*a\*\*", id="marks-around-the-invisible"),
    pytest.param("", "", id="nothing"),
    pytest.param(" \n\t\n", "", id="blank"),
]


@pytest.mark.parametrize(("text", "expected"), ESCAPED)
def test_what_markdown_would_interpret_is_escaped(text: str, expected: str) -> None:
    """Each construct gets the fewest escapes that make it literal."""
    actual = escape(text)

    assert expected == actual


HEAVY = [
    pytest.param("[" * 10_000, id="brackets"),
    pytest.param("(" * 10_000, id="parentheses"),
    pytest.param("\\" * 10_000, id="backslashes"),
    pytest.param("*" * 10_000, id="stars"),
    pytest.param("`" * 10_000, id="backticks"),
    pytest.param("`" * 5_000 + "~" * 5_000, id="both-fences"),
    pytest.param("a\n```\n~~~\n" + "[" * 600, id="fences-inside"),
    pytest.param("|" * 10_000, id="pipes"),
    pytest.param("|-" * 5_000 + "\n|-", id="delimiters"),
    pytest.param("<a" * 5_000, id="tags"),
    pytest.param("&#1;" * 2_500, id="entities"),
    pytest.param("http://a " * 1_100, id="addresses"),
    pytest.param("# a\n" * 2_500, id="headings"),
    pytest.param("- \n" * 3_333, id="bullets"),
    pytest.param("> " * 5_000, id="quotes"),
    pytest.param("  " * 2_500 + "- a", id="deep"),
    pytest.param("a\n" * 5_000, id="lines"),
    pytest.param("a\n\n" * 3_333, id="paragraphs"),
    pytest.param("a" * 10_000, id="one-word"),
]


@pytest.mark.parametrize("text", HEAVY)
def test_a_text_of_the_allowed_size_has_no_flaw(text: str) -> None:
    """Ten thousand characters of any markup stay within the limits, and are shown literally."""
    actual = escape(text)

    assert ([], folded(text)) == (list(limits.find_flaws(actual)), folded(to_text(to_html(actual))))


def test_what_is_too_heavy_as_prose_becomes_code() -> None:
    """A code block is the last resort, and its fence is longer than any inside it."""
    actual = escape("```\n ~~~~\n" + "[" * 600)

    assert f"````\n```\n~~~~\n{'[' * 600}\n````" == actual


def folded(text: str) -> list[str]:
    """Return the lines of *text* that are not blank, with white space collapsed."""
    return [line for line in (" ".join(line.split()) for line in text.split("\n")) if line]


PIECES = st.sampled_from(
    [
        *("*", "**", "_", "~~", "`", "```", "~~~", "[", "]", "(", ")", "](", "![", "<", ">", "\\"),
        *("|", "-|-", "\n", "\n\n", "\r", " ", "    ", "\t", "- ", "1. ", "2) ", "> ", "# ", "---"),
        *("a", "é", "0", ":", "'", '"', "&", "&#115;", "<script>", "<!--", "-->", "\x02", "\x03"),
        *("=", "===", "+ ", ":-", "٣. ", "\u3000", "\xa0", "&amp", ";", ".", "!", "{", "}"),
        *("\u202e", "\u200b", "\x00", "\u2028", "https", "HTTPS://", "://", "www.a.example"),
        *("http://a.example", "javascript:", "<b@c.example>", "[d](https://e.example)"),
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text()))
def test_any_text_shows_as_it_is(text: str) -> None:
    """The page has the characters of the text in paragraphs and lines, and nothing else."""
    markdown = escape(text)
    html = to_html(markdown)
    actual = folded(to_text(html))
    tags = set(re.findall("</?([a-z0-9]+)", html))

    assert (folded(clean(text)), set(), []) == (
        actual,
        tags - {"p", "br", "pre", "code"},
        list(limits.find_flaws(markdown)),
    )
