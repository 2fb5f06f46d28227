"""Detectors for slips in YAML that a parser cannot name, such as a wrong list marker.

Each looks at a line of the file, and at those above it, and returns a diagnosis or None. Rows and
columns count from 0.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from statusgen.problems import quoted

_MAX_SHOWN = 60  # characters of a value that a remedy repeats
_MAX_REPEATED = 20  # lines with the same slip that are reported

KEY = re.compile(r"([ \t]*(?:-[ \t]+)*)([a-z_][a-z0-9_-]*):(?=[ \t]|$)[ \t]*(.*)")
DASH = re.compile(r"[ \t]*-(?:[ \t]|$)")
BLOCK = re.compile(r"([|>])[0-9+-]*(?:[ \t]+#.*)?$")
# List markers of Markdown and word processors, in place of a dash.
_BULLET = re.compile(r"[ \t]*([*+\u2022\u2010-\u2015\u2212])[ \t]+([a-z_]+):(?=[ \t]|$)")
_ENTRY_WITHOUT_KEY = re.compile(r"([ \t]*-[ \t]+)([^\s'\"\[{|>&*!%@`#][^#]*)$")
_DATE = re.compile(r"\d{1,4}[-./]\d\d?[-./]\d{1,4}\b")
_NAME = re.compile(r"[a-z0-9_-]+")
_COMMENT = re.compile(r"(//|<!--|;)")
_SERVICES = re.compile(r"[a-z0-9_-]+: *[a-z]+(?:, *[a-z0-9_-]+: *[a-z]+)*")


class Diagnosis(NamedTuple):
    """Message and its position; *row* and *column* count from 0."""

    row: int
    column: int
    message: str


def is_name(text: str) -> bool:
    """Return whether *text* could be an id."""
    return len(text) <= _MAX_SHOWN and _NAME.fullmatch(text) is not None


def glued_colon(text: str) -> str | None:
    """Return a message if the key *text* contains a colon without a space after it."""
    found = re.match(r"([A-Za-z_][A-Za-z0-9_-]*):[^\s:/]", text)
    return space_after_colon(found[1]) if found else None


def space_after_colon(key: str) -> str:
    """Return the message for a *key* whose colon has no space after it."""
    return f"a space is missing after '{key}:'; write '{key}: '"


def foreign_comment(text: str) -> str | None:
    """Return a message if the key or line *text* is a comment in another language."""
    found = _COMMENT.match(text)
    if found is None:
        return None
    return f"a comment begins with '#', not '{found[1]}'; replace '{found[1]}' with '#'"


def unindented_block(key: str, bar: str, *, margin: int, column: int) -> str:
    """Return the message for a line at *margin* that belongs to the block of *key*.

    *column* is the indentation of the key.
    """
    remedy = "indent it by two spaces"
    if margin != column:
        remedy += f" more than '{key}'"
    return f"the text below '{key}: {bar}' is not indented; {remedy}"


def bullet(row: int, lines: Sequence[str]) -> Diagnosis | None:
    """Look for a list entry that begins with another character than a dash."""
    found = _BULLET.match(line_at(row, lines))
    if found is None:
        return None
    what = f"{quoted(found[1])} does not begin a list entry; write '- {found[2]}: …'"
    return Diagnosis(row, found.start(1), what)


def entry_without_key(row: int, lines: Sequence[str]) -> Diagnosis | None:
    """Look for a list entry, above a key, that has a value and no key."""
    found = _ENTRY_WITHOUT_KEY.match(line_at(row, lines))
    if found is None or KEY.match(line_at(row, lines)):
        return None
    value = found[2].rstrip()
    key = "at" if _DATE.match(value) else "id" if _NAME.fullmatch(value) else ""
    is_shown = key and len(value) <= _MAX_SHOWN
    remedy = f"write '- {key}: {value}'" if is_shown else "write '- key: value'"
    return Diagnosis(row, found.start(2), f"{quoted(value)} has no key; {remedy}")


def map_without_braces(row: int, lines: Sequence[str]) -> Diagnosis | None:
    """Look for `services: api: major` on one line."""
    key = KEY.match(line_at(row, lines))
    if key is None or key[2] != "services" or not _SERVICES.fullmatch(key[3].rstrip()):
        return None
    if len(key[3]) > 2 * _MAX_SHOWN:
        return None
    what = f"a map on one line is put in braces; write {{{key[3].rstrip()}}}"
    return Diagnosis(row, key.start(3), what)


def text_beside_bar(place: Diagnosis, lines: Sequence[str]) -> Diagnosis:
    """Explain text on the line of a `|` or `>` that should begin a block."""
    key = KEY.match(line_at(place.row, lines))
    below = line_at(place.row + 1, lines)
    if key is None or key[3][:1] not in ("|", ">"):
        return place
    bar, what = key[3][0], ""
    if below.strip() and margin_of(below) > len(key[1]) and not key[3][1:2].isdigit():
        what = f"the text of a '{bar}' begins below it; move this text to the next line"
    elif bar == ">":
        what = "a value cannot begin with '>'; put it in quotes"
    return place._replace(message=what) if what else place


def quote_in_quotes(place: Diagnosis, lines: Sequence[str]) -> Diagnosis | None:
    """Look for a quote that ends a quoted value too early."""
    key = KEY.match(line_at(place.row, lines))
    value = key[3].rstrip() if key else ""
    if value[:1] not in ("'", '"'):
        return None
    inside, other = ("''", "double") if value[0] == "'" else ('\\"', "single")
    remedy = f"put the whole value in {other} quotes"
    if value.endswith(value[0]):
        remedy = f"write {inside} for a quote inside it"
    return place._replace(message=f"the quote before this text ends the value; {remedy}")


def flush_text(row: int, lines: Sequence[str]) -> Diagnosis | None:
    """Look for a sentence that continues the value above it and is not indented."""
    line = line_at(row, lines)
    above = next(lines_above(row, lines), None)
    key = KEY.match(above[1]) if above else None
    if not key or not key[3] or re.match(r"[ \t]*[a-z_]+(?:\s+\S+)?\s*$|[ \t]*[a-z_]+ *=", line):
        return None
    what = f"expected 'key: value'; if this line continues '{key[2]}' above it"
    return Diagnosis(row, margin_of(line), f"{what}, indent it by two spaces more than '{key[2]}'")


def flush_block(row: int, lines: Sequence[str]) -> Diagnosis | None:
    """Look for a block (`|` or `>`) above this line with text that is not indented."""
    below = [row]
    for above, line in lines_above(row, lines):
        key = KEY.match(line)
        if key is None:
            below.append(above)
            continue
        block = BLOCK.match(key[3])
        if block is None:
            return None
        column = len(key[1])
        flush = [one for one in below if margin_of(line_at(one, lines)) <= column]
        # With text above it, a line that is aligned with the key may be the next key.
        if not flush or (flush[-1] == row and row != below[-1] and KEY.match(line_at(row, lines))):
            return None
        margin = margin_of(line_at(flush[-1], lines))
        what = unindented_block(key[2], block[1], margin=margin, column=column)
        return Diagnosis(flush[-1], margin, what)
    return None


def without_dash(row: int, lines: Sequence[str], name: str) -> Diagnosis:
    """Explain a line of the list *name* that is aligned with dashes and has none."""
    own, margin = KEY.match(line_at(row, lines)), margin_of(line_at(row, lines))
    entries = (
        key
        for _, line in lines_above(row, lines)
        if margin_of(line) == margin and DASH.match(line) and (key := KEY.match(line))
    )
    first = next(entries, None)
    what = f"'{name}' is a list; begin each entry with '- '"
    glued = re.match(r"-(\S+)$", line_at(row, lines).strip())
    if glued:
        what = f"a space is missing after '-'; write '- {glued[1]}'"
    if own and first and own[2] != first[2]:  # It belongs to the entry above.
        what = f"this line is indented less than '{first[2]}' above it; align the two"
    return Diagnosis(row, margin, what)


def misaligned_entry(row: int, lines: Sequence[str]) -> Diagnosis:
    """Explain a list entry that is not aligned with the entries above it."""
    line = line_at(row, lines)
    margin, what = margin_of(line), "this line is not aligned with the list above it"
    entry, below = KEY.match(line), KEY.match(line_at(row + 1, lines))
    above = (one for _, one in lines_above(row, lines) if DASH.match(one))
    missing = margin_of(next(above, line)) - margin
    if missing > 0 and entry and below and len(entry[1]) == len(below[1]):
        remedy = f"indent it, and the lines that belong to it, by {missing} more spaces"
    else:
        remedy = "begin each entry with '- ' at the same indentation"
    return Diagnosis(row, margin, f"{what}; {remedy}")


def repeated(place: Diagnosis, lines: Sequence[str]) -> Iterator[Diagnosis]:
    """Yield the same slip on lines below *place*, if it is a missing space."""
    begin = re.match(r"\s*(?:-[A-Za-z_][A-Za-z0-9_-]*:|[a-z_]+:(?=\S))", line_at(place.row, lines))
    if begin is None or not place.message.startswith("a space is missing"):
        return
    after = "" if "-" in begin[0] else r"\S"
    slip = re.compile(f"{re.escape(begin[0])}{after}")
    rows = range(place.row + 1, len(lines))
    found = (place._replace(row=row) for row in rows if slip.match(lines[row]))
    yield from islice(found, _MAX_REPEATED)


def lines_above(row: int, lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines above *row*, nearest first, without blank lines and comments."""
    for one in range(min(row, len(lines)) - 1, -1, -1):
        if lines[one].strip() and not _is_comment(lines[one]):
            yield one, lines[one]


def _is_comment(line: str) -> bool:
    return line.lstrip(" \t").startswith("#")


def margin_of(line: str) -> int:
    """Return the number of spaces at the beginning of *line*."""
    return len(line) - len(line.lstrip(" "))


def line_at(row: int, lines: Sequence[str]) -> str:
    """Return the line *row*, or an empty one if there is none."""
    return lines[row] if 0 <= row < len(lines) else ""
