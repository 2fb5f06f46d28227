"""Tests of emphasis and line breaks, which read as on GitHub."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.markup import limits
from statusgen.markup.html import to_html

CASES = [
    pytest.param(
        "_The job_name queue is stuck._", "<em>The job_name queue is stuck.</em>", id="snake-case"
    ),
    pytest.param("__job_name__ and a__b__c", "<strong>job_name</strong> and a__b__c", id="words"),
    pytest.param("*a *b* c*", "<em>a <em>b</em> c</em>", id="emphasis-in-emphasis"),
    pytest.param("**a **b** c**", "<strong>a <strong>b</strong> c</strong>", id="strong-in-strong"),
    pytest.param("_a *b* **c**_", "<em>a <em>b</em> <strong>c</strong></em>", id="mixed-marks"),
    pytest.param("***a** b*", "<em><strong>a</strong> b</em>", id="three-and-two"),
    pytest.param("**a*b**", "<strong>a*b</strong>", id="lonely-mark-inside"),
    pytest.param("*a `b*` c", "*a <code>b*</code> c", id="mark-in-code"),
    pytest.param(r"*a\* b*", "<em>a* b</em>", id="escaped-mark"),
    pytest.param("*a\nb*\nc", "<em>a<br>\nb</em><br>\nc", id="over-two-lines"),
    pytest.param("~~a *b* ~c~~", "<del>a <em>b</em> ~c</del>", id="struck-out"),
    pytest.param("**a:**b", "**a:**b", id="mark-between-a-colon-and-a-letter"),
]

BREAKS = [
    pytest.param("a\\\nb\\\nc", "a<br>\nb<br>\nc", id="backslashes"),
    pytest.param("*a*\\\n*b*", "<em>a</em><br>\n<em>b</em>", id="between-emphasis"),
    pytest.param("a\\\\\nb", "a\\<br>\nb", id="escaped-backslash"),
    pytest.param("a\\", "a\\", id="end-of-the-paragraph"),
    pytest.param("*a*\n\\", "<em>a</em><br>\n\\", id="backslash-alone"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_emphasis_reads_as_on_github(text: str, expected: str) -> None:
    """Marks in words and in other emphasis are read by the rules of CommonMark."""
    assert f"<p>{expected}</p>" == to_html(text)


@pytest.mark.parametrize(("text", "expected"), BREAKS)
def test_backslash_at_the_end_of_a_line_is_a_line_break(text: str, expected: str) -> None:
    """A backslash before a line break is not shown; at the end of the paragraph it is."""
    assert f"<p>{expected}</p>" == to_html(text)


def test_deep_emphasis_stays_text() -> None:
    """Emphasis within emphasis is limited in depth, and no mark of the rest is lost."""
    text = "*a **b " * 400 + "b** c* " * 400

    actual = to_html(text)

    found = tuple(map(actual.count, ("<em>", "<strong>", "*", "c")))
    assert (25, 25, text.count("*") - 25 * 2 - 25 * 4, 400) == found


@given(st.lists(st.sampled_from(["*", "**", "_", "a", " ", "b.", "\n", "~~"]), max_size=30))
def test_no_mark_is_lost(parts: list[str]) -> None:
    """Every mark is either part of an element or stands in the text."""
    text = "".join(parts).strip()
    if list(limits.find_flaws(text)):
        return
    actual = to_html(f"x {text} y")
    if "<hr>" in actual or "<pre>" in actual:  # A break or a fence, of any number of marks.
        return
    strong, single = actual.count("<strong>"), actual.count("<em>")
    shown = sum(map(actual.count, "*_~")) + 4 * (strong + actual.count("<del>")) + 2 * single
    shown += actual.count("<li>")

    assert sum(map(text.count, "*_~")) == shown
