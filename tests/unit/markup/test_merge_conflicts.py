"""Tests of the search for unresolved merge conflicts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.markup.limits import find_flaws
from statusgen.markup.merge_conflicts import MAX_CONFLICTS, escaped, in_lines, in_markdown
from statusgen.markup.merge_conflicts import in_yaml as find_in_yaml
from tests.conftest import scaled

SIGNS = OURS, BASE, MIDDLE, THEIRS = (
    "<<<<<<< HEAD",
    "||||||| 1f2e3d4",
    "=======",
    ">>>>>>> origin/main",
)
OTHERS = ("```", "  ```", "~~~", "a", "", "- b", "> c", "    d", "|-|-|")
WHOLE = f"{OURS}\na\n{MIDDLE}\nb\n{THEIRS}\n"


def lines_of(text: str, starts: list[int]) -> list[int]:
    """Return the line numbers of the offsets *starts* in *text*."""
    return [1 + text.count("\n", 0, start) for start in starts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"Text.\n\n{WHOLE}", [3], id="whole"),
        pytest.param(f"{OURS}\na\n{BASE}\nb\n{MIDDLE}\nc\n{THEIRS}", [1], id="with-the-base"),
        pytest.param(f"{WHOLE}\nText.\n\n{WHOLE}", [1, 9], id="two"),
        pytest.param(f"a\n{OURS}\nb", [2], id="only-the-first-marker"),
        pytest.param(f"a\n{THEIRS}\nb", [2], id="only-the-last-marker"),
        pytest.param(f"{OURS}\na\n{OURS}\nb\n{THEIRS}", [1, 3], id="begun-twice"),
        pytest.param(f"a\n{MIDDLE}\nb\n{THEIRS}", [4], id="without-the-first-marker"),
        pytest.param(WHOLE.replace("\n", "\r\n"), [1], id="windows-line-breaks"),
        pytest.param("<<<<<<<\na\n=======\nb\n>>>>>>>", [1], id="without-labels"),
        pytest.param(f"Heading\n{MIDDLE}\n\nText.", [], id="heading"),
        pytest.param(">>>>>>>\n\nText.", [], id="empty-quotes"),
        pytest.param("a <<<<<<< HEAD", [], id="inside-a-line"),
        pytest.param("- <<<<<<< HEAD", [], id="in-a-list"),
        pytest.param("<<<<<<<< HEAD\n<<<<<< HEAD", [], id="other-lengths"),
        pytest.param(f"```\n{WHOLE}```", [], id="fenced-code"),
        pytest.param(f"~~~ text\n{WHOLE}~~~\n\n{WHOLE}", [9], id="below-fenced-code"),
        pytest.param(f"> a\n```\n{WHOLE}```", [], id="fenced-code-after-a-quote"),
    ],
)
def test_a_conflict_in_markdown_is_found_once(text: str, expected: list[int]) -> None:
    """A conflict is found at its first marker, in each style of Git, but not in fenced code."""
    found = [one.start for one in in_markdown(text)]

    assert expected == lines_of(text, found)


@pytest.mark.parametrize(
    ("text", "in_yaml", "in_templates"),
    [
        pytest.param(WHOLE, [1], [1], id="whole"),
        pytest.param(f"a: b\n{MIDDLE}\nc: d\n", [], [2], id="only-the-middle"),
        pytest.param(f"a: b\n{BASE}\nc: d\n{THEIRS}\n", [2], [2], id="only-the-end"),
        pytest.param(f"```\n{WHOLE}```\n", [2], [2], id="backticks-mean-nothing"),
        pytest.param(">>>>>>>\n", [1], [1], id="without-a-label"),
    ],
)
def test_in_other_files_single_markers_count(
    text: str, in_yaml: list[int], in_templates: list[int]
) -> None:
    """In YAML, each marker but `=======` is a conflict by itself; in a template, each marker is."""
    assert in_yaml == lines_of(text, [one.start for one in find_in_yaml(text)])
    assert in_templates == lines_of(text, [one.start for one in in_lines(text)])


def test_nothing_else_is_reported_for_the_lines_of_a_conflict() -> None:
    """A bad link inside a conflict is not reported, one below it is."""
    link = "[a](javascript:b)"
    text = f"{OURS}\n{link}\n{MIDDLE}\n{link}\n{THEIRS}\n\n{link}\n"

    found = [
        (flaw.offset, flaw.message.startswith("unresolved merge conflict;"))
        for flaw in find_flaws(text)
    ]

    assert [(0, True), (text.rindex("javascript"), False)] == found


def test_thousands_of_conflicts_are_reported_as_a_hundred() -> None:
    """A hostile text cannot cause more problems than anybody reads."""
    assert MAX_CONFLICTS == len(in_markdown(WHOLE * 9000))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{OURS}\na\n{BASE}\nb\n{MIDDLE}\nc\n{THEIRS}\n",
            "&lt;<<<<<< HEAD\na\n&#124;|||||| 1f2e3d4\nb\n&#61;======\nc\n&gt;>>>>>> origin/main\n",
            id="conflict",
        ),
        pytest.param(
            "- b\n|-|-|\n<<<<<<< HEAD\n>>>>>>>\n  ```\n<<<<<<<",
            "- b\n|-|-|\n&lt;<<<<<< HEAD\n&gt;>>>>>>\n  ```\n&lt;<<<<<<",
            id="code-that-ends-by-escaping",
        ),
        pytest.param(f"A\n{MIDDLE}\n\n```\n{WHOLE}```", f"A\n{MIDDLE}\n\n```\n{WHOLE}```", id="no"),
    ],
)
def test_an_escaped_conflict_is_shown_as_written(text: str, expected: str) -> None:
    """The first character of each marker is escaped; headings and code stay."""
    assert expected == escaped(text)


@settings(max_examples=scaled(200))
@given(
    st.lists(
        st.sampled_from([*SIGNS, "<<<<<<<", ">>>>>>>", ">>>>>>> ```", "<<<<<<< ~~~", *OTHERS])
    ).map("\n".join)
)
def test_no_conflict_is_left_by_escaping(text: str) -> None:
    """An escaped text has no conflict, and escaping it again changes nothing."""
    once = escaped(text)

    assert [] == in_markdown(once)
    assert once == escaped(once)
