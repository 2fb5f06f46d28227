"""Character references (`&#1;`, `&rlm;`) in Markdown to forbidden and invisible characters.

References are literal in code, titles and other plain text. In Markdown they are decoded, and then
as harmful as the character itself.
"""

import html
import re
from dataclasses import dataclass

from statusgen.characters import forbidden, invisible

# References that HTML decodes; "&shyly;" begins with a name that needs no semicolon.
_REFERENCE = re.compile(
    "&(?:#(?P<decimal>[0-9]+)|#[xX](?P<hex>[0-9A-Fa-f]+)|[A-Za-z][A-Za-z0-9]*);"
)
_LAST = 0x10FFFF
_MARKS = 0xF0000  # Private-use plane 15, which has enough characters for all references in a text.


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A reference to *character* at `text[start:end]`."""

    start: int
    end: int
    character: str


def harmful(text: str) -> list[Reference]:
    """Return the references in the Markdown *text* to forbidden and invisible characters.

    References that are not decoded, such as those in code, are skipped. To find them, *text* is
    converted with each reference replaced by one to a private-use character.
    """
    found = list(_candidates(text)) if "&" in text else []
    if not found:
        return []
    from statusgen.markup.converter import converted  # noqa: PLC0415, slow to import, rarely needed

    marked, end = [], 0
    for number, one in enumerate(found):
        marked += [text[end : one.start], f"&#{_MARKS + number};"]
        end = one.end
    decoded = set(converted("".join([*marked, text[end:]]), heading=3))
    return [one for number, one in enumerate(found) if chr(_MARKS + number) in decoded]


def without_harmful(text: str) -> str:
    """Return the Markdown *text* without its `harmful` references.

    If the text around a removed reference forms another one, that one is escaped.
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
    """Return the character that the reference *match* stands for."""
    digits, base = (match["decimal"], 10) if match["decimal"] else (match["hex"], 16)
    if digits is None:
        return html.unescape(match[0])
    digits = digits.lstrip("0") or "0"  # int() rejects thousands of digits.
    code = int(digits, base) if len(digits) <= len(str(_LAST)) else _LAST + 1
    return chr(code) if code <= _LAST else "\ufffd"
