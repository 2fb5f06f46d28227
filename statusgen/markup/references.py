"""Character references (`&#1;`, `&rlm;`) that Markdown decodes and no reader should get.

In code, titles and other plain text a reference is literal. In Markdown it stands for a character,
which is then as harmful as the character itself.
"""

import html
import re
from dataclasses import dataclass

from statusgen.characters import forbidden, invisible

# What HTML decodes; "&shyly;" begins with a name that needs no semicolon.
_REFERENCE = re.compile(
    "&(?:#(?P<decimal>[0-9]+)|#[xX](?P<hex>[0-9A-Fa-f]+)|[A-Za-z][A-Za-z0-9]*);"
)
_LAST = 0x10FFFF
_MARKS = 0xF0000  # private use (plane 15): as many characters as a text can have references


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A reference at `text[start:end]`, which stands for *character*."""

    start: int
    end: int
    character: str


def harmful(text: str) -> list[Reference]:
    """Return the references in the Markdown *text* that stand for a forbidden or unseen character.

    Only those count that the conversion decodes. To learn which these are, *text* is converted
    with a mark in place of each: a private character that code shows as written.
    """
    found = list(_candidates(text)) if "&" in text else []
    if not found:
        return []
    from statusgen.markup.converter import converted  # noqa: PLC0415, takes long, and hardly any need it

    marked, end = [], 0
    for number, one in enumerate(found):
        marked += [text[end : one.start], f"&#{_MARKS + number};"]
        end = one.end
    decoded = set(converted("".join([*marked, text[end:]]), heading=3))
    return [one for number, one in enumerate(found) if chr(_MARKS + number) in decoded]


def without_harmful(text: str) -> str:
    """Return the Markdown *text* without its `harmful` references.

    What is left out may join its neighbours to another reference, which then stays literal.
    """
    for replacement in ("", "&amp;"):
        for one in reversed(harmful(text)):
            kept = text[one.start + 1 : one.end] if replacement else ""
            text = text[: one.start] + replacement + kept + text[one.end :]
    return text


def _candidates(text: str) -> list[Reference]:
    found = []
    for match in _REFERENCE.finditer(text):
        character = _character(match)
        if hidden := forbidden(character) or invisible(character):
            found.append(Reference(start=match.start(), end=match.end(), character=hidden[0]))
    return found


def _character(match: re.Match[str]) -> str:
    """Return what *match* names; browsers show some numbers as other characters."""
    digits, base = (match["decimal"], 10) if match["decimal"] else (match["hex"], 16)
    if digits is None:
        return html.unescape(match[0])
    digits = digits.lstrip("0") or "0"  # Python refuses to read thousands of digits.
    code = int(digits, base) if len(digits) <= len(str(_LAST)) else _LAST + 1
    return chr(code) if code <= _LAST else "\ufffd"
