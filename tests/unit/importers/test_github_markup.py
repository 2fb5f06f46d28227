"""Tests of the HTML tags and shortcodes in imported texts, which readers never see."""

import pytest

from statusgen.importers.github_markup import as_markdown
from statusgen.importers.hidden_markup import split_hidden
from statusgen.markup.html import to_html, to_text

CASES = [
    pytest.param("a<br>b<br/>\nc <BR />", "a\nb\nc", id="line-breaks"),
    pytest.param("|a<br>b|\n|-|", "|a b|\n|-|", id="line-break-in-a-table"),
    pytest.param("a\n<hr>\nb", "a\n\n---\n\nb", id="rule"),
    pytest.param("Press <kbd>Ctrl</kbd>+<kbd>C</kbd>", "Press Ctrl+C", id="keys"),
    pytest.param("H<sub>2</sub>O and 2<sup>3</sup>", "H2O and 23", id="small-letters"),
    pytest.param(
        "<details open>\n<summary>Log</summary>\n\n```\n<br>\n\n\n:tada:\n```\n\n</details>",
        "Log\n\n```\n<br>\n\n\n:tada:\n```",
        id="details",
    ),
    pytest.param(":fire::warning: :x::y::x:", "🔥⚠️ ❌:y:❌", id="emoji-in-a-row"),
    pytest.param(":tada: Fixed :+1:, see :white_check_mark:", "🎉 Fixed 👍, see ✅", id="emoji"),
]
OTHER = [
    pytest.param(":nothing: 12:30:45 a:x:b https://a.example:80:x:", id="no-emoji"),
    pytest.param("`<br> :x:` ``a ` <kbd>``", id="code-span"),
    pytest.param("- ```\n  <hr>\n  ```", id="fence"),
    pytest.param("<b>a</b> <brx> <hrx>", id="other-tags"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_tags_and_shortcodes_become_markdown(text: str, expected: str) -> None:
    """Line breaks, rules and emoji are Markdown in an imported text."""
    assert to_text(to_html(expected)) == to_text(to_html(split_hidden(text).text))


@pytest.mark.parametrize("text", OTHER)
def test_code_and_other_text_stays(text: str) -> None:
    """Code, unknown shortcodes and other tags stay as they are."""
    assert text == split_hidden(text).text


def test_many_tags_take_linear_time() -> None:
    """A text of the greatest size with nothing but spaces or tags is converted at once."""
    for part in (" ", "<br ", "`", ":x", ":y:", "<details "):
        text = part * (64 * 1024 // len(part))

        assert text == as_markdown(text)
