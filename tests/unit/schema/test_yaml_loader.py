"""Tests of the YAML loader: accepted and rejected YAML, and the position of every value."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from statusgen.schema import yaml_loader, yaml_nodes
from statusgen.schema.yaml_loader import MAX_DEPTH, MAX_NODES
from statusgen.schema.yaml_nodes import Node, Scalar
from tests.conftest import scaled

PATH = Path("a.yml")

# Texts to which YAML 1.1 gives another type.
GUESSED = [
    "no", "off", "yes", "on", "n", "y", "True", "null", "~", "014", "08", "0o14", "2026",
    "20260102", "12:30", "12:30:45", "1_000", "0x1F", "0b11", "3.10", "1.10.0", "1e3", ".inf",
    ".nan", "2026-01-02", "2026-01-02 03:04:05", "2026-02-30", "=",
]  # fmt: skip

REFUSED = [
    pytest.param(
        "a: *b",
        (1, 4, "YAML aliases such as '*b' are not supported; write the value out"),
        id="alias",
    ),
    pytest.param(
        "a: &b c",
        (
            1,
            4,
            "YAML anchors such as '&b' are not supported; remove it, or put the value in quotes",
        ),
        id="anchor",
    ),
    pytest.param(
        "a: &b [c]",
        (
            1,
            4,
            "YAML anchors such as '&b' are not supported; remove it, or put the value in quotes",
        ),
        id="anchor-of-a-list",
    ),
    pytest.param(
        "<<: *b",
        (1, 5, "YAML aliases such as '*b' are not supported; write the value out"),
        id="merge",
    ),
    pytest.param(
        "a: !!binary YQ==",
        (
            1,
            4,
            "YAML tags such as '!!binary' are not supported; remove it, or put the value in quotes",
        ),
        id="tag",
    ),
    pytest.param(
        "a: !own b",
        (1, 4, "YAML tags such as '!own' are not supported; remove it, or put the value in quotes"),
        id="own-tag",
    ),
    pytest.param(
        "a: !!set {b}",
        (
            1,
            4,
            "YAML tags such as '!!set' are not supported; remove it, or put the value in quotes",
        ),
        id="tag-of-a-map",
    ),
    pytest.param(
        "a: !!python/name:os.system ''",
        (
            1,
            4,
            "YAML tags such as '!!python/name:os.system' are not supported; remove it,"
            " or put the value in quotes",
        ),
        id="tag-of-python",
    ),
    pytest.param(
        "a: b\n---\nc: d",
        (2, 1, "a second YAML document begins here; keep one"),
        id="two-documents",
    ),
    pytest.param(
        "? [a]\n: b",
        (1, 3, "a key is a word, not a list or a map; write 'key: value'"),
        id="list-as-a-key",
    ),
    pytest.param(
        "{a: b}: c",
        (1, 1, "a key is a word, not a list or a map; write 'key: value'"),
        id="map-as-a-key",
    ),
    pytest.param("a:\n\tb: c", (2, 1, "this line is indented with a tab; use spaces"), id="tab"),
    pytest.param(
        'a: "b', (1, 4, "this quote is never closed; add the other one"), id="double-quote"
    ),
    pytest.param(
        "x: y\na: 'b\nc: d",
        (2, 4, "this quote is never closed; add the other one"),
        id="single-quote",
    ),
    pytest.param("a: @b", (1, 4, "a value cannot begin with '@'; put it in quotes"), id="at-sign"),
    pytest.param("a: %b", (1, 4, "a value cannot begin with '%'; put it in quotes"), id="per-cent"),
    pytest.param(
        "a: `b`", (1, 4, "a value cannot begin with '`'; put it in quotes"), id="backtick"
    ),
    pytest.param(
        "a: b: c", (1, 5, "this value contains ': '; put the whole value in quotes"), id="colon"
    ),
    pytest.param('a: "\\u000b"', (1, 4, "the text contains U+000B; remove it"), id="control"),
    pytest.param('a: "\\x85"', (1, 4, "the text contains U+0085; remove it"), id="next-line-of-c1"),
    pytest.param('a: "\\x7f"', (1, 4, "the text contains U+007F; remove it"), id="delete"),
    pytest.param('a: "\\uffff"', (1, 4, "the text contains U+FFFF; remove it"), id="no-character"),
    pytest.param('"\\0": a', (1, 1, "the text contains U+0000; remove it"), id="nul-in-a-key"),
]

_BASE = (
    "unresolved merge conflict; keep one side, and delete the lines that begin with <<<<<<<,"
    " |||||||, ======= and >>>>>>>, and everything from ||||||| to ======="
)
_CONFLICT = (
    "unresolved merge conflict;"
    " keep one side and delete the lines that begin with <<<<<<<, ======= and >>>>>>>"
)
_SPACE = "this line contains a U+00A0 NO-BREAK SPACE; replace it with a space"
_ALIGN = "this line is indented {} than '{}' above it; align the two"
_LIST = "'{}' is a list; begin each entry with '- '"
_MISALIGNED = (
    "this line is not aligned with the list above it;"
    " begin each entry with '- ' at the same indentation"
)
_UNEXPECTED = (
    "unexpected text after the end of a value;"
    " put the whole value in quotes, or align the line with those above"
)
_CONTINUES = (
    "expected 'key: value'; if this line continues 'a' above it,"
    " indent it by two spaces more than 'a'"
)
_QUOTE = "the quote before this text ends the value; {}"
_LESS = "this line is indented less than '{}' above it; align the two"
_DASH = "a space is missing after '-'; write '- d'"
_MOVED = (
    "this line is not aligned with the list above it;"
    " indent it, and the lines that belong to it, by 2 more spaces"
)
_NO_LIST = "a list cannot begin on this line; if it is text, put the value in quotes"
_BULLET = "'{}' does not begin a list entry; write '- b: …'"
_BRACES = "a map on one line is put in braces; write {a: b}"
_NO_KEY = "'2026-11-20' has no key; write '- at: 2026-11-20'"
_BELOW = "the text of a '|' begins below it; move this text to the next line"
_FOLD = "a value cannot begin with '>'; put it in quotes"
_SLASHES = "a comment begins with '#', not '//'; replace '//' with '#'"
_TEXT = "expected 'key: value'; add the missing ': '"
_BLOCK = "the text below '{}: {}' is not indented; indent it by two spaces"
_GENERAL = "this is not valid YAML; if it is text, put the value in quotes"
_COLON = "this value contains ': '; put the whole value in quotes"

MISTAKES = [
    pytest.param("a: b\n  c: d", (2, 3, _ALIGN.format("more", "a")), id="key-too-deep"),
    pytest.param("a: 'b'\n  c: d", (2, 3, _ALIGN.format("more", "a")), id="deep-after-a-quote"),
    pytest.param("a: [b]\n  c: d", (2, 3, _ALIGN.format("more", "a")), id="deep-after-a-list"),
    pytest.param("a:\n- b: c\n    d: e", (3, 5, _ALIGN.format("more", "b")), id="deep-in-an-entry"),
    pytest.param("a:\n  - b: c\n   d: e", (3, 4, _ALIGN.format("less", "b")), id="not-deep-enough"),
    pytest.param("  a: b\nc: d", (2, 1, _ALIGN.format("less", "a")), id="first-line-indented"),
    pytest.param("a: b\n  and c: d", (2, 8, _COLON), id="text-on-two-lines"),
    pytest.param(
        "a:\n  -b: c\n   d: e", (2, 3, "a space is missing after '-'; write '- b: …'"), id="dash"
    ),
    pytest.param(
        "a:\n  - b: c\n  -d: e", (3, 3, "a space is missing after '-'; write '- d: …'"), id="dash-2"
    ),
    pytest.param(
        "a: \u201cb: c\u201d",
        (1, 4, "U+201C LEFT DOUBLE QUOTATION MARK is not a YAML quote; use \" or '"),
        id="curly-quote",
    ),
    pytest.param("a: b\nc:\u00a0d\ne: f", (2, 3, _SPACE), id="space-after-a-colon"),
    pytest.param("a: b\n\u00a0c d: e: f", (2, 1, _SPACE), id="space-in-the-indentation"),
    pytest.param("a: 'b'\n\u00a0 c\nd: e", (2, 1, _SPACE), id="space-after-a-quoted-text"),
    pytest.param(
        "a: b\nc:d\ne: f", (2, 3, "a space is missing after 'c:'; write 'c: '"), id="colon-2"
    ),
    pytest.param("a: b\nhttps://c.example\nd: e", (2, 1, _CONTINUES), id="address"),
    pytest.param("a: b\nThe rest.\nd: e", (2, 1, _CONTINUES), id="sentence"),
    pytest.param("a: b\n<<<<<<< HEAD\nc: d\n=======", (2, 1, _CONFLICT), id="conflict"),
    pytest.param("a: b\n||||||| c\nd: e", (2, 1, _BASE), id="rest-of-a-conflict"),
    pytest.param("a: [b,\n<<<<<<< c\nd]: e", (2, 1, _CONFLICT), id="conflict-in-a-list"),
    pytest.param("a: |\nb\n=======\nc: d", (2, 1, _BLOCK.format("a", "|")), id="heading"),
    pytest.param("a: |\nb\nc: d", (2, 1, _BLOCK.format("a", "|")), id="block"),
    pytest.param("- a: >-  # why\n  b\n  c", (2, 3, _BLOCK.format("a", ">")), id="folded-block"),
    pytest.param("a: b\nc d\ne: f", (2, 1, _TEXT), id="no-colon"),
    pytest.param(
        "a: 'b' c",
        (1, 8, _QUOTE.format("put the whole value in double quotes")),
        id="text-after-a-single-quote",
    ),
    pytest.param(
        'a: "b" c',
        (1, 8, _QUOTE.format("put the whole value in single quotes")),
        id="text-after-a-quote",
    ),
    pytest.param(
        "a: 'b's c'",
        (1, 7, _QUOTE.format("write '' for a quote inside it")),
        id="apostrophe-in-a-text",
    ),
    pytest.param(
        'a: "b "c" d"',
        (1, 8, _QUOTE.format(r"write \" for a quote inside it")),
        id="quote-in-a-text",
    ),
    pytest.param("a: |\n    b\n  c", (3, 3, _UNEXPECTED), id="block-with-less-indentation"),
    pytest.param("a:\n  b: c\n  - d: e", (2, 3, _LIST.format("a")), id="first-dash-missing"),
    pytest.param("a:\n    b: c\n  - d: e", (2, 5, _LIST.format("a")), id="first-dash-missing-2"),
    pytest.param("a:\n  - b\n  c\nd: e", (3, 3, _LIST.format("a")), id="last-dash-missing"),
    pytest.param("a:\n  - b: c\n  b: e", (3, 3, _LIST.format("a")), id="second-dash-missing"),
    pytest.param("a:\n  - b: c\n  d: e", (3, 3, _LESS.format("b")), id="key-at-the-dash"),
    pytest.param("a:\n  - b: c\n  -d", (3, 3, _DASH), id="second-dash-without-a-space"),
    pytest.param(
        "a:\n  - b: c\n    d: e\n- b: f\n  d: g", (4, 1, _MOVED), id="entry-at-the-margin"
    ),
    pytest.param("a:\n  - b: c\n   - d: e", (3, 4, _MISALIGNED), id="entry-too-deep"),
    pytest.param("a:\n   - b: c\n  - d: e", (3, 3, _MISALIGNED), id="entry-not-deep-enough"),
    pytest.param(
        "a: b\n...\nc: d", (3, 1, "the YAML ended above this line; remove '...'"), id="end"
    ),
    pytest.param("a: - b", (1, 4, _NO_LIST), id="list-after-a-key"),
    pytest.param("a:\n  * b: c", (2, 3, _BULLET.format("*")), id="star-for-a-dash"),
    pytest.param("a:\n  \u2013 b: c\n    d: e", (2, 3, _BULLET.format("\u2013")), id="long-dash"),
    pytest.param("services: a: b", (1, 11, _BRACES), id="map-without-braces"),
    pytest.param("a:\n  - 2026-11-20\n    b: c", (2, 5, _NO_KEY), id="time-without-a-key"),
    pytest.param("a: | b\n  c", (1, 6, _BELOW), id="text-beside-the-bar"),
    pytest.param("a: > b\nc: d", (1, 6, _FOLD), id="greater-than"),
    pytest.param("a: b\n// c\nd: e", (2, 1, _SLASHES), id="foreign-comment"),
    pytest.param("a: |\n  b\nc", (3, 1, _BLOCK.format("a", "|")), id="last-line-of-a-block"),
    pytest.param("- a: |\nb", (2, 1, f"{_BLOCK.format('a', '|')} more than 'a'"), id="block-at-0"),
    pytest.param(
        "x:\n  - a: b\n    c: d\n    a: e", (4, 5, _LIST.format("x")), id="third-key-again"
    ),
    pytest.param(
        "a: {b:c}", (1, 5, "a space is missing after 'b:'; write 'b: '"), id="glued-in-a-map"
    ),
    pytest.param("a: |99\n  b", (1, 6, _GENERAL), id="block-header"),
    pytest.param("a: , b", (1, 4, _GENERAL), id="comma"),
    pytest.param("a: !<b c", (1, 7, _GENERAL), id="tag-not-closed"),
    pytest.param("a: b\nc: d\x01", (2, 5, "U+0001 is not allowed here; remove it"), id="control"),
]

NESTED = [
    pytest.param("[", id="flow-lists"),
    pytest.param("- ", id="block-lists"),
    pytest.param("{a: ", id="flow-maps"),
    pytest.param("? ", id="complex-keys"),
]


def problems_of(text: str, *, line: int = 1) -> list[tuple[int, int, str]]:
    """Return the problems in *text*, each as line, column and message."""
    found = yaml_loader.load(text, path=PATH, line=line)[1]
    return [(problem.line, problem.column, problem.message) for problem in found]


def tree_of(text: str, *, line: int = 1) -> Node | None:
    """Return the tree for *text*, which has no problem."""
    root, problems = yaml_loader.load(text, path=PATH, line=line)

    assert [] == problems
    return root


def scalar_at(text: str, *route: str | int) -> Scalar:
    """Return the scalar at *route* in *text*, which has no problem."""
    root = tree_of(text)
    assert root is not None
    node, done = yaml_nodes.find(root, route)
    assert isinstance(node, Scalar)
    assert len(route) == done
    return node


def plain_of(text: str) -> object:
    """Return the values in *text*, which has no problem."""
    root = tree_of(text)
    return root and yaml_nodes.plain(root)


@pytest.mark.parametrize("word", GUESSED)
def test_a_word_that_yaml_would_guess_stays_as_typed(word: str) -> None:
    """Every scalar, value or key, is the text as written."""
    assert {"a": word, word: "b"} == plain_of(f"a: {word}\n{word}: b")


def test_nothing_after_a_colon_is_an_empty_text() -> None:
    """A missing value is the empty text, never None."""
    assert {"a": "", "b": ["", ""]} == plain_of("a:\nb:\n  -\n  - ''")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "   "])
def test_a_text_without_values_has_no_tree_and_no_problem(text: str) -> None:
    """Empty text is not a problem."""
    assert (None, []) == yaml_loader.load(text, path=PATH)


def test_quotes_blocks_and_folds_mean_what_yaml_says() -> None:
    """All YAML notations for text are supported, including escapes and emoji."""
    text = (
        "a: 'it''s'\nb: \"tab\\t \\u00e9 \\U0001F525\"\nc: |\n  one\n   two\nd: >-\n  one\n  two\n"
    )

    assert {"a": "it's", "b": "tab\t é 🔥", "c": "one\n two\n", "d": "one two"} == plain_of(text)


@pytest.mark.parametrize(("text", "expected"), MISTAKES)
def test_a_syntax_error_is_reported_as_the_likely_mistake(
    text: str, expected: tuple[int, int, str]
) -> None:
    """The message for a syntax error names the mistake, not the state of the parser."""
    assert [expected] == problems_of(text)


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_what_is_refused_is_named_with_place_and_remedy(
    text: str, expected: tuple[int, int, str]
) -> None:
    """A rejected construct gives one problem at its position, and no tree."""
    assert [expected] == problems_of(text)
    assert yaml_loader.load(text, path=PATH)[0] is None


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_places_count_from_the_line_that_the_text_begins_on(
    text: str, expected: tuple[int, int, str]
) -> None:
    """Problems in text from the middle of a file have their lines in the file."""
    line, column, message = expected

    assert [(line + 9, column, message)] == problems_of(text, line=10)


def test_every_repeated_key_is_a_problem_that_names_the_first_line() -> None:
    """Each duplicate key is reported with the line of its first use."""
    text = "a: 1\nb: {c: 1, c: 2}\na: 2\na: 3\n"
    expected = [
        (2, 11, "duplicate key 'c', first used on line 2; keep one of them"),
        (3, 1, "duplicate key 'a', first used on line 1; keep one of them"),
        (4, 1, "duplicate key 'a', first used on line 1; keep one of them"),
    ]

    assert expected == problems_of(text)


def test_keys_that_only_yaml_takes_for_equal_are_two() -> None:
    """The keys `on` and `true` are different, and so are `1` and `01`."""
    assert {"on": "a", "true": "b", "1": "c", "01": "d"} == plain_of("on: a\ntrue: b\n1: c\n01: d")


@pytest.mark.parametrize("opening", NESTED)
def test_values_nested_fifty_deep_are_read(opening: str) -> None:
    """Nesting of 50 levels is not reported."""
    found = problems_of(opening * (MAX_DEPTH - 1))

    assert [] == [message for _, _, message in found if "nested" in message]


@pytest.mark.parametrize("opening", NESTED)
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 500, 24_000])
def test_values_nested_deeper_than_fifty_are_one_problem(opening: str, depth: int) -> None:
    """Nesting of any depth is one problem, at the first level above the limit."""
    column = MAX_DEPTH * len(opening) + 1
    message = "values are nested more than 50 levels deep; flatten them"

    assert [(1, column, message)] == problems_of(opening * depth)


def test_fifty_closed_levels_are_read() -> None:
    """Nesting of exactly 50 levels gives a tree."""
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH

    assert text == str(plain_of(text))


@pytest.mark.parametrize("item", ["a, ", "[], ", "'', "])
def test_a_text_with_twenty_thousand_values_is_read(item: str) -> None:
    """A text may have 20,000 values: a list and the 19,999 values in it."""
    found = plain_of(f"[{item * (MAX_NODES - 1)}]")

    assert isinstance(found, list)
    assert MAX_NODES - 1 == len(found)


def test_one_value_more_than_twenty_thousand_is_a_problem() -> None:
    """The first value above the limit is reported, and parsing ends there."""
    column = 1 + 3 * (MAX_NODES - 1) + 1
    message = "more than 20,000 values in one file; split it"

    assert [(1, column, message)] == problems_of(f"[{'a, ' * 30_000}]")


def test_a_billion_laughs_are_refused_at_the_first_anchor() -> None:
    """Aliases of aliases are never expanded."""
    rows = ["a0: &a0 [ha, ha]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    assert [
        (
            1,
            5,
            "YAML anchors such as '&a0' are not supported; remove it, or put the value in quotes",
        )
    ] == problems_of("\n".join(rows))


def test_every_value_and_key_knows_its_place() -> None:
    """A position is the line and column of the first character or quote, counted from 1."""
    text = 'é: "🔥"\nlist:\n  - a\n  - {key: value}\n'

    assert Scalar(text="🔥", line=1, column=4) == scalar_at(text, "é")
    assert Scalar(text="value", line=4, column=11) == scalar_at(text, "list", 1, "key")


def test_columns_count_characters_and_not_bytes() -> None:
    """A value after emoji and accents has the column that an editor shows."""
    assert [
        (1, 14, "YAML aliases such as '*b' are not supported; write the value out")
    ] == problems_of("[é, 🔥🔥, ü  , *b]")


@pytest.mark.parametrize(
    ("header", "indent"), [("|", 4), ("|-", 4), ("|+", 4), ("|1", 3), ("| # why", 4), ("|1-", 3)]
)
def test_a_place_inside_a_block_is_that_of_the_file(header: str, indent: int) -> None:
    """A character in a block has its line and column in the file."""
    text = f"a: x\nlist:\n- t: {header}\n\n    one\n      two\n"
    scalar = scalar_at(text, "list", 0, "t")
    places = [scalar.place(scalar.text.index(word)) for word in ("one", "two")]

    assert indent == scalar.indent
    assert [(5, 5), (6, 7)] == places


def test_a_place_in_a_text_on_one_line_is_where_the_text_begins() -> None:
    """A position in quoted text is that of the text."""
    assert (1, 4) == scalar_at("a: 'x  y'", "a").place(3)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Issue #5 down", True),
        ("Issue  \t#5", True),
        ("Issue#5 down", False),
        ("'Issue #5'", False),
        ("'Issue' # 5", False),
        ('"Issue" # 5', False),
        ("Issue", False),
    ],
)
def test_a_comment_behind_a_plain_text_is_noticed(row: str, *, expected: bool) -> None:
    """A scalar is marked as commented only if a comment may have cut it off."""
    assert expected == scalar_at(f"a: {row}\nb: c", "a").commented


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_read(ends: str) -> None:
    """CRLF and CR end a line like LF, in blocks too."""
    text = "a: |\n\n  one\n  two\nb: [c,\n  d]\n"

    assert plain_of(text) == plain_of(text.replace("\n", ends))


# YAML 1.1 has more line breaks than editors show.
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
YAMLISH = st.lists(
    st.sampled_from(
        [*"-:?[]{},#&*!|>'\"%@`~ \t\n\\", "\r", "\r\n", "---\n", "...\n", "a: ", "  ", "- ", ": ",
         "|\n", "|\r", "|2-\n", ">+\n", "key", "<<", "é", "🔥", "\\u", "\\x0", "\ufeff", "\0",
         "%YAML 1.1\n", "? ", "\u2028", "\x85"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@example(text="a: |\r b", line=1)
@example(text="a: [\x85\u2028]\nb: |\n c", line=1)
@given(text=st.one_of(st.text(), YAMLISH), line=st.integers(1, 100))
@settings(max_examples=scaled(800))
def test_any_text_gives_a_tree_or_problems_with_valid_places(text: str, line: int) -> None:
    """Any text gives values, or problems at existing positions."""
    root, problems = yaml_loader.load(text, path=PATH, line=line)
    rows = len(_BREAK.split(text))
    places = [(problem.line, problem.column) for problem in problems]

    assert all(line <= row <= line + rows and column >= 1 for row, column in places)
    assert root is None or yaml_nodes.plain(root) is not None


VALUES = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Cn"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé x"), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(value=VALUES)
@settings(max_examples=scaled(200))
def test_json_of_texts_lists_and_maps_is_read_as_it_is(value: object) -> None:
    """JSON is valid YAML: texts, lists and maps written as JSON are read back unchanged."""
    assert value == plain_of(json.dumps(value, ensure_ascii=False))
