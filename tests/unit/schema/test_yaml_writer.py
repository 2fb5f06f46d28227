"""Written YAML has only the quotes that it needs, and is read back as the same values."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statusgen import characters
from statusgen.schema import yaml_loader, yaml_nodes, yaml_writer
from tests.unit.content.test_parser import LINES, PROSE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Errors are back to normal", "Errors are back to normal"),
        ("2026-11-20 12:30 or so", "2026-11-20 12:30 or so"),
        ("no", "no"),
        ("null", '"null"'),
        ("étage 🔥, [a] {b} 'c' \"d\" & *e*", "étage 🔥, [a] {b} 'c' \"d\" & *e*"),
        ("a#b", "a#b"),
        ("a:b", "a:b"),
        ("a # b", '"a # b"'),
        ("a: b", '"a: b"'),
        ("a:", '"a:"'),
        ("a\u00a0#b", '"a\u00a0#b"'),
        (" a", '" a"'),
        ("a ", '"a "'),
        ("a\tb", '"a\\tb"'),
        ("a\rb", '"a\\rb"'),
        ("a\u200bb", '"a\\u200bb"'),
        ("- a", '"- a"'),
        ("[a]", '"[a]"'),
        ("**a**", '"**a**"'),
        ("", '""'),
    ],
)
def test_a_text_has_quotes_only_where_it_needs_them(text: str, expected: str) -> None:
    """Text that YAML reads unchanged is written without quotes."""
    assert expected == yaml_writer.scalar(text)
    assert {"a": text} == plain_of(f"a: {expected}\nb: c", "a")


def test_null_has_quotes_in_an_inline_map() -> None:
    """The word null without quotes would count as an absent value."""
    assert '{source: "null"}' == yaml_writer.inline([("source", yaml_writer.LineText("null"))])


def plain_of(text: str, key: str) -> dict[str, object]:
    """Return the value of *key* in *text*, which has no problem."""
    root, problems = yaml_loader.load(text, path=Path("a.md"))

    assert [] == problems
    values = yaml_nodes.plain(root) if root else {}
    assert isinstance(values, dict)
    return {key: values[key]}


@example(text="a\r\rb")
@given(text=st.text(st.characters(codec="utf-8")) | LINES | PROSE)
def test_any_line_is_read_back_from_what_was_written(text: str) -> None:
    """Any text, quoted or not, survives writing and reading."""
    text = "".join(c for c in text if characters.forbidden(c) is None)

    assert {"a": text} == plain_of(f"a: {yaml_writer.scalar(text)}\nb: c", "a")
