"""Tests of the fast path, which gives the HTML of the converter or declines a text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.markup.converter import converted
from statusgen.markup.fast_path import simple_html
from tests.conftest import scaled

LINK = "[x](https://a.example/b)"
SIMPLE = [
    pytest.param("We see errors.\nMore soon.\n\nSorry!", id="sentences"),
    pytest.param("**Update:** the *API* is back, see https://a.example/b.", id="marks"),
    pytest.param(f"Set `a < b` in {LINK} ~5 times.", id="code-and-link"),
    pytest.param("# What happened\nA deploy.\n\n## Next\n- b\n- c", id="headings"),
    pytest.param("Affected:\n- a_b\n- c\n\nSteps:\n1. d\n2. e", id="lists"),
]
OTHER = [
    pytest.param("a | b\n- | -", id="table"),
    pytest.param("- a\nb", id="continued-item"),
    pytest.param("- a\n\n- b", id="loose-list"),
    pytest.param("> a", id="quote"),
    pytest.param("&amp;", id="reference"),
    pytest.param("a\u2028b", id="line-separator"),
]
PARTS = ["a", "b c", "é", "5", "1. ", "2. ", "- ", "* ", "# ", "## ", "\n", "\n\n", " ", "**", "*"]
PARTS += ["`", LINK, "https://a.example", "https://a.example/x_y/", "http://h", "_", "~", "(", ")"]
PARTS += [".", ":", "!", "h", "&", "|", "=", "+ ", '"', "\u3000", "1)", "//", "🎉", "**N:** ", "<"]


@pytest.mark.parametrize("text", SIMPLE)
def test_usual_text_is_simple(text: str) -> None:
    """Most updates do not need the converter."""
    assert simple_html(text, heading=4) is not None


@pytest.mark.parametrize("text", OTHER)
def test_other_text_is_declined(text: str) -> None:
    """Markup with rules of its own is left to the converter."""
    assert simple_html(text, heading=4) is None


@settings(max_examples=scaled(1000))
@given(
    st.lists(st.sampled_from(PARTS), max_size=12).map("".join),
    st.lists(st.sampled_from([one.values[0] for one in (*SIMPLE, *OTHER)]), max_size=2),
    st.sampled_from([2, 3, 4]),
)
def test_fast_path_equals_the_converter(random: str, usual: list[str], heading: int) -> None:
    """The fast path gives the bytes of the converter, or nothing."""
    text = "\n\n".join([str(one) for one in usual] + [random])
    simple = simple_html(text, heading=heading)

    if simple is not None:
        assert converted(text, heading=heading) == simple
