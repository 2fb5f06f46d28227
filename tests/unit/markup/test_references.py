"""Tests of character references to forbidden and invisible characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.markup.references import harmful, without_harmful


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a&#1;b `&#1;`", "ab `&#1;`"),
        ("a &rlm; b", "a  b"),
        ("&&#1;#1;", "&amp;#1;"),
        ("&r&#1;lm;", "&amp;rlm;"),
        ("&#x20&#x202e;2e;", "&amp;#x202e;"),
        ("&amp;#1; &#65;", "&amp;#1; &#65;"),
    ],
)
def test_a_text_is_left_without_harmful_references(text: str, expected: str) -> None:
    """A reference that a removal creates stays literal, and code is not changed."""
    assert expected == without_harmful(text)


@given(st.lists(st.sampled_from(["&", "#", "1", ";", "x1b", "rlm", "&#1;", "`", " "])).map("".join))
def test_none_is_left_whatever_is_joined(text: str) -> None:
    """No combination of references leaves a harmful one."""
    assert [] == harmful(without_harmful(text))
