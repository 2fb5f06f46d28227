"""Messages and remedies for YAML syntax errors.

Error messages from PyYAML and libyaml are never shown to the user. They only select a rule; the
lines around the error show which mistake is likely.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from statusgen import characters
from statusgen.problems import quoted
from statusgen.schema.syntax import yaml_slips
from statusgen.schema.syntax.yaml_slips import (
    BLOCK,
    DASH,
    KEY,
    Diagnosis,
    line_at,
    lines_above,
    margin_of,
)

_GENERAL = "this is not valid YAML; if it is text, put the value in quotes"

# Contexts that libyaml reports: the kind of collection that is open, and its closing bracket.
_FLOWS = {
    "while parsing a flow sequence": ("list", "]"),
    "while parsing a flow mapping": ("map", "}"),
}

_GLUED_KEY = re.compile(r"[ \t]*(?:- )?([a-z_]+):(?![\s:]|//)(?=.)")
_GLUED_DASH = re.compile(r"[ \t]*-([A-Za-z_][A-Za-z0-9_-]*):(?=[ \t]|$)")
_CURLY = re.compile(r"[\u00ab\u00bb\u2018-\u201f]")
# Colons and commas of East Asian keyboards, where YAML requires ASCII: after a key, and in a list.
_WIDE_COLON = re.compile(r"[ \t]*(?:-[ \t]+)*[a-z_][a-z0-9_-]*[ \t]*([\ua789\u2236\ufe55\uff1a])")
_WIDE_IN_FLOW = re.compile(r"[\u3001\ufe55\uff0c\uff1a\uff3b\uff3d\uff5b\uff5d]")
# White space that looks like a space where YAML requires a real one: at the start of a line or
# after a colon.
_ODD_SPACE = re.compile(r"^[ \t-]*([^\S \t])|:([^\S \t])")


class YamlMark(Protocol):
    """Position as both PyYAML implementations report it, counted from 0."""

    line: int
    column: int


def explain(
    lines: Sequence[str], what: str, context: str, *, mark: YamlMark | None, start: YamlMark | None
) -> Diagnosis:
    """Return the mistake in *lines* that most likely caused a PyYAML error.

    PyYAML reports the problem *what* at *mark*, in the construct *context* that begins at *start*.
    """
    what = _of_libyaml(what, context)
    if what == "found unexpected end of stream":
        return _at(start, "this quote is never closed; add the other one")
    if context in _FLOWS:
        return _wide_in_flow(start, lines) or _at(start, _unclosed(context))
    if "Unicode character" in what:
        return _at(mark, "this escape sequence is incomplete; write the character itself")
    if "escape" in what:
        return _at(mark, "unknown escape sequence; write '\\\\', or use single quotes")
    if _rest(mark, lines)[:1] == "\t":
        return _at(mark, "this line is indented with a tab; use spaces")
    if "cannot start any token" in what or "alphabetic or numeric" in what:
        first = quoted(_rest(start, lines)[:1] or _rest(mark, lines)[:1])
        bullet = yaml_slips.bullet(start.line if start else 0, lines)
        return bullet or _at(start, f"a value cannot begin with {first}; put it in quotes")
    return _explain_structure(lines, what, mark=mark, start=start)


def _of_libyaml(what: str, context: str) -> str:
    """Return libyaml's text for the problem *what*, in which PyYAML's own parser differs."""
    if not what.startswith("expected <block end>"):
        return what
    is_list = "collection" in context
    return "did not find expected '-' indicator" if is_list else "did not find expected key"


def _explain_structure(
    lines: Sequence[str], what: str, *, mark: YamlMark | None, start: YamlMark | None
) -> Diagnosis:
    """Explain a key, value or list entry in a place where YAML does not expect it."""
    if "line break" in what:
        return yaml_slips.text_beside_bar(_at(mark, _GENERAL), lines)
    if "sequence entries are not allowed" in what:
        message = "a list cannot begin on this line; if it is text, put the value in quotes"
        return _at(mark, message)
    if what.startswith("mapping values are not allowed"):
        return _unexpected_colon(_at(mark, ""), lines)
    if what == "could not find expected ':'":
        return _missing_colon(_at(start, ""), lines)
    if what == "did not find expected key":
        return _unexpected_text(_at(mark, ""), lines)
    if what == "did not find expected '-' indicator":
        return _unexpected_entry(_at(mark, ""), lines)
    if what == "did not find expected <document start>":
        return _end_of_document(_at(mark, ""), lines)
    return _at(mark, _GENERAL)


def odd_space(text: str) -> str | None:
    """Return a message if the key *text* contains white space that YAML treats as a letter."""
    found = re.search(r"[^\S \n]", text)
    return _name_space(found[0]) if found else None


def wide_colon(text: str) -> str | None:
    """Return a message if *text* is a key, a colon that is not ASCII, and a value."""
    found = _WIDE_COLON.match(text)
    return _name_colon(found[1]) if found else None


def glued_dash(text: str) -> str | None:
    """Return a message if *text* begins with a dash without a space after it."""
    found = re.match(r"-([A-Za-z_][A-Za-z0-9_-]*)", text)
    return f"a space is missing after '-'; write '- {found[1]}'" if found else None


def _unclosed(context: str) -> str:
    kind, end = _FLOWS[context]
    remedy = f"write '{end}', or put the value in quotes"
    return f"this {kind} is not closed, or a comma is missing; {remedy}"


def _unexpected_colon(place: Diagnosis, lines: Sequence[str]) -> Diagnosis:
    """Explain a `: ` inside a value, which may begin on an earlier line."""
    row = place.row
    found = (
        _odd_space(row, lines)
        or _odd_space(row - 1, lines)
        or _glued_dash(row, lines)
        or _wide_bracket(row, lines)
        or _wide_colon(row, lines)
        or _wide_colon(row - 1, lines)
        or _glued_key(row - 1, lines)
        or yaml_slips.bullet(row - 1, lines)
        or yaml_slips.entry_without_key(row - 1, lines)
        or yaml_slips.map_without_braces(row, lines)
        or _curly_quote(row, lines)
        or yaml_slips.flush_block(row, lines)
        or _misaligned_key(row, lines)
    )
    message = "this value contains ': '; put the whole value in quotes"
    return found or place._replace(message=message)


def _missing_colon(place: Diagnosis, lines: Sequence[str]) -> Diagnosis:
    """Explain a line that should contain a key and a value."""
    row = place.row
    comment = yaml_slips.foreign_comment(line_at(row, lines).lstrip())
    if comment is not None:
        return place._replace(message=comment)
    found = (
        _odd_space(row, lines)
        or _wide_colon(row, lines)
        or _glued_key(row, lines)
        or yaml_slips.flush_block(row, lines)
        or _missing_dash(row, lines)
        or yaml_slips.flush_text(row, lines)
    )
    return found or place._replace(message="expected 'key: value'; add the missing ': '")


def _unexpected_text(place: Diagnosis, lines: Sequence[str]) -> Diagnosis:
    """Explain text after a complete value."""
    row = place.row
    found = (
        _odd_space(row, lines)
        or _wide_colon(row, lines)
        or _glued_dash(row, lines)
        or yaml_slips.bullet(row, lines)
        or yaml_slips.flush_block(row, lines)
        or _first_dash(row, lines)
        or _misaligned_key(row, lines)
        or yaml_slips.quote_in_quotes(place, lines)
    )
    what = "unexpected text after the end of a value"
    remedy = "put the whole value in quotes, or align the line with those above"
    return found or place._replace(message=f"{what}; {remedy}")


def _unexpected_entry(place: Diagnosis, lines: Sequence[str]) -> Diagnosis:
    """Explain a line inside a list that is not a list entry."""
    row = place.row
    found = (
        _odd_space(row, lines)
        or _wide_colon(row, lines)
        or _glued_dash(row, lines)
        or yaml_slips.bullet(row, lines)
        or yaml_slips.flush_block(row, lines)
        or _missing_dash(row, lines)
        or _misaligned_key(row, lines)
    )
    return found or yaml_slips.misaligned_entry(row, lines)


def _end_of_document(place: Diagnosis, lines: Sequence[str]) -> Diagnosis:
    """Explain text after the end of the YAML document."""
    before = list(lines[: place.row])
    if any(re.match(r"\.\.\.(\s|$)", line) for line in before):
        return place._replace(message="the YAML ended above this line; remove '...'")
    first = next((line for _, line in reversed([*lines_above(len(before), before)])), "")
    key = KEY.match(first)
    if key and len(key[1]) > place.column:
        what = f"this line is indented less than '{key[2]}' above it; align the two"
        return place._replace(message=what)
    return _unexpected_text(place, lines)


def _odd_space(row: int, lines: Sequence[str]) -> Diagnosis | None:
    found = _ODD_SPACE.search(line_at(row, lines))
    if found is None:
        return None
    group = 1 if found[1] else 2
    return Diagnosis(row, found.start(group), _name_space(found[group]))


def _name_space(character: str) -> str:
    return f"this line contains a {characters.describe(character)}; replace it with a space"


def _wide_colon(row: int, lines: Sequence[str]) -> Diagnosis | None:
    found = _WIDE_COLON.match(line_at(row, lines))
    return Diagnosis(row, found.start(1), _name_colon(found[1])) if found else None


def _name_colon(character: str) -> str:
    name = characters.describe(character)
    return f"this line contains a {name}; replace it with ':' and a space"


def _wide_in_flow(start: YamlMark | None, lines: Sequence[str]) -> Diagnosis | None:
    """Look for wide punctuation in the line on which a list or map begins, after its bracket."""
    found = _WIDE_IN_FLOW.search(line_at(start.line, lines), start.column) if start else None
    if start is None or found is None:
        return None
    return Diagnosis(start.line, found.start(), _name_wide(found[0]))


def _wide_bracket(row: int, lines: Sequence[str]) -> Diagnosis | None:
    key = KEY.match(line_at(row, lines))
    if key is None or not _WIDE_IN_FLOW.match(key[3]):
        return None
    return Diagnosis(row, key.start(3), _name_wide(key[3][0]))


def _name_wide(character: str) -> str:
    plain = characters.correction(character)
    remedy = plain.remedy if plain else "remove it"
    return f"this line contains a {characters.describe(character)}; {remedy}"


def _glued_dash(row: int, lines: Sequence[str]) -> Diagnosis | None:
    """Look for `-key:`, which YAML reads as text, on this line or the one above."""
    for one in (row, row - 1):
        found = _GLUED_DASH.match(line_at(one, lines))
        if found:
            what = f"a space is missing after '-'; write '- {found[1]}: …'"
            return Diagnosis(one, found.start(1) - 1, what)
    return None


def _glued_key(row: int, lines: Sequence[str]) -> Diagnosis | None:
    found = _GLUED_KEY.match(line_at(row, lines))
    if found is None:
        return None
    return Diagnosis(row, found.end(1) + 1, yaml_slips.space_after_colon(found[1]))


def _curly_quote(row: int, lines: Sequence[str]) -> Diagnosis | None:
    key = KEY.match(line_at(row, lines))
    if key is None or not _CURLY.match(key[3]):
        return None
    what = f"{characters.describe(key[3][0])} is not a YAML quote; use \" or '"
    return Diagnosis(row, key.start(3), what)


def _misaligned_key(row: int, lines: Sequence[str]) -> Diagnosis | None:
    """Look for a key that is not aligned with the key above it."""
    key = KEY.match(line_at(row, lines))
    if key is None or "-" in key[1]:
        return None
    above = ((one, KEY.match(line)) for one, line in lines_above(row, lines))
    keys = [(one, found) for one, found in above if found]
    if not keys:
        return None
    other_row, other = keys[0]
    before = keys[1][1] if len(keys) > 1 else None
    # A key with aligned keys above and below is the one that is out of place.
    is_between = before is not None and len(before[1]) == len(key[1]) > len(other[1])
    if before and is_between and "-" not in other[1] and other[3]:
        what = f"this line is indented less than '{before[2]}' above it; align the two"
        return Diagnosis(other_row, len(other[1]), what)
    margin, column, other_column = margin_of(other[1]), len(key[1]), len(other[1])
    if column > other_column and other[3] and not BLOCK.match(other[3]):
        relation = "more"
    elif margin < column < other_column:  # between the dash of an entry and its first key
        relation = "less"
    else:
        return None
    what = f"this line is indented {relation} than '{other[2]}' above it; align the two"
    return Diagnosis(row, column, what)


def _first_dash(row: int, lines: Sequence[str]) -> Diagnosis | None:
    """Look for a list whose first entry has no dash, although this line has one."""
    if not DASH.match(line_at(row, lines)):
        return None
    first = row
    for above, line in lines_above(row, lines):
        key = KEY.match(line)
        if key and not key[3] and len(key[1]) <= margin_of(line_at(row, lines)) and first != row:
            if DASH.match(line_at(first, lines)):
                return yaml_slips.misaligned_entry(row, lines)
            what = f"'{key[2]}' is a list; begin each entry with '- '"
            return Diagnosis(first, margin_of(line_at(first, lines)), what)
        first = above
    return None


def _missing_dash(row: int, lines: Sequence[str]) -> Diagnosis | None:
    """Look for a list whose entries are aligned with this line, which has no dash."""
    margin = margin_of(line_at(row, lines))
    if DASH.match(line_at(row, lines)):
        return None
    is_list = False
    for _, line in lines_above(row, lines):
        is_list = is_list or (margin_of(line) == margin and DASH.match(line) is not None)
        if margin_of(line) < margin:
            key = KEY.match(line)
            if key is None or key[3] or not is_list:
                return None
            return yaml_slips.without_dash(row, lines, key[2])
    return None


def _rest(mark: YamlMark | None, lines: Sequence[str]) -> str:
    """Return the rest of the line from *mark* on."""
    return line_at(mark.line, lines)[mark.column :] if mark else ""


def _at(mark: YamlMark | None, message: str) -> Diagnosis:
    return Diagnosis(mark.line, mark.column, message) if mark else Diagnosis(0, 0, message)
