"""Tests of the plain text of Markdown, for APIs, chats and calendars."""

import pytest

from statusgen.markup.html import to_html, to_text

CASES = [
    pytest.param("a\nb\n\nc", "a\nb\n\nc", id="paragraphs"),
    pytest.param(
        "1. Log out.\n2. Clear the cache.\n   - also the cookies\n3. Log in.",
        "1. Log out.\n2. Clear the cache.\n   - also the cookies\n3. Log in.",
        id="numbers-and-a-list-inside",
    ),
    pytest.param("1. a\n   b\n\n   c\n2. d", "1. a\n   b\n\n   c\n\n2. d", id="margin-of-a-number"),
    pytest.param("9. a\n1. b", "9. a\n10. b", id="first-number"),
    pytest.param("a\n- b\n- c\n\nd", "a\n\n- b\n- c\n\nd", id="list-between-paragraphs"),
    pytest.param("- a\n\n- b", "- a\n\n- b", id="loose-list"),
    pytest.param("- a\n\n  b\n- c", "- a\n\nb\n\n- c", id="paragraphs-in-an-item"),
    pytest.param("- a\n  b", "- a\nb", id="line-break-in-an-item"),
    pytest.param("- a\n-\n- b", "- a\n- \n- b", id="empty-item"),
    pytest.param("- - a\n  - b", "- \n- a\n- b", id="list-in-a-list"),
    pytest.param("- 1. a\n- b", "- \n1. a\n- b", id="numbers-in-a-list"),
    pytest.param("[a](https://b.example/?c&d)", "a (https://b.example/?c&d)", id="link"),
    pytest.param(
        "https://b.example <c@d.example>", "https://b.example c@d.example", id="addresses"
    ),
    pytest.param("# a\nb\n\n> c", "a\n\nb\n\nc", id="heading-and-quote"),
    pytest.param(
        "1. ```\n   a\n\n     b\n   ```\n2. c", "1. a\n\n     b\n\n2. c", id="code-in-an-item"
    ),
    pytest.param("a|b\n-|-\n**c**|d\ne|f", "a | b\n\nc | d\ne | f", id="table"),
    pytest.param("> [!NOTE]\n> a", "Note\n\na", id="alert"),
    pytest.param("*a* `<b>` &amp; ~~c~~", "a <b> & c", id="marks"),
    pytest.param("***", "", id="rule"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_plain_text_keeps_order_and_numbers(text: str, expected: str) -> None:
    """Plain text has the numbers of lists, with margins below them, and the addresses of links."""
    assert expected == to_text(to_html(text))


def test_picture_is_its_description() -> None:
    """A picture of the site stands in plain text as what it shows."""
    html = to_html("a ![Latency & load](b.png) c", pictures=frozenset({"b.png"}))

    assert "a Latency & load c" == to_text(html)
