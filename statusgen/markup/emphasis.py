"""Emphasis and line breaks within a paragraph, by the rules of CommonMark.

A run of `*` or `_` opens or closes emphasis depending on the characters beside it, and each closing
run ends the nearest opening one: https://spec.commonmark.org/0.31.2/#delimiter-run. `~~` strikes
out. Python-Markdown's own patterns give up at the first underscore in a word.
"""

import re
import string
import unicodedata
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from markdown.inlinepatterns import InlineProcessor
from markdown.util import ETX, STX

_MAX_DEPTH = 50  # of nested emphasis: Python-Markdown recurses
_TOKEN = re.compile(r"(?P<run>\*+|_+|~+)|(?P<break>\\?\n)(?!\s*\Z)")
# A placeholder for something that is already converted, such as code, is like its last character.
_PUNCTUATION = frozenset(string.punctuation) | {STX, ETX}


class _Run:
    """A run of equal marks; *closes* and *opens* have the tags that it ends and begins."""

    def __init__(self, match: re.Match[str], data: str) -> None:
        self.mark = match[0][0]
        self.size = self.left = len(match[0])
        before = data[match.start() - 1 : match.start()] or " "
        after = data[match.end() : match.end() + 1] or " "
        can_open = not after.isspace() and (
            not _is_punctuation(after) or before.isspace() or _is_punctuation(before)
        )
        can_close = not before.isspace() and (
            not _is_punctuation(before) or after.isspace() or _is_punctuation(after)
        )
        is_word = self.mark == "_"  # An underscore in a word is part of the word.
        self.can_open = can_open and not (is_word and can_close and not _is_punctuation(before))
        self.can_close = can_close and not (is_word and can_open and not _is_punctuation(after))
        if self.mark == "~" and self.size != 2:
            self.can_open = self.can_close = False
        self.opens: list[str] = []
        self.closes: list[str] = []

    def is_closed_by(self, other: "_Run") -> bool:
        """Return whether *other* can close this run."""
        if self.mark != other.mark or self.mark == "~":
            return self.mark == other.mark
        is_odd = self.can_close or other.can_open
        return not (is_odd and (self.size + other.size) % 3 == 0 and self.size % 3)


class Emphasis(InlineProcessor):
    """All emphasis and line breaks in a text, from its first mark on, in one pass."""

    def __init__(self) -> None:
        super().__init__("[*_]|~~")

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802 (the signature is Markdown's)
        """Return an element with the rest of *data*; the sanitiser removes its tag."""
        tokens = list(_tokens(data, m.start()))
        _match([token for token in tokens if isinstance(token, _Run)])
        return _tree(tokens), m.start(), len(data)


def _is_punctuation(character: str) -> bool:
    return character in _PUNCTUATION or unicodedata.category(character)[0] == "P"


def _tokens(data: str, start: int) -> Iterator[_Run | str]:
    """Yield runs and texts; a line break is a text of its own."""
    for match in _TOKEN.finditer(data, start):
        if start < match.start():
            yield data[start : match.start()]
        yield _Run(match, data) if match["run"] else "\n"
        start = match.end()
    if start < len(data):
        yield data[start:]


def _match(runs: list[_Run]) -> None:
    """Find the emphasis between *runs*, in linear time."""
    openers: list[tuple[int, _Run]] = []  # with serial numbers
    bottoms: dict[tuple[str, bool, int], int] = {}  # No opener up to this number fits.
    for number, closer in enumerate(runs):
        while closer.can_close and closer.left:
            key = (closer.mark, closer.can_open, closer.size % 3)
            found = _opener(openers, closer, bottoms.get(key, -1))
            if found is None:
                bottoms[key] = number - 1
                break
            opener = openers[found][1]
            used = 2 if min(opener.left, closer.left) >= 2 else 1
            tag = "del" if closer.mark == "~" else "strong" if used == 2 else "em"
            opener.opens.append(tag)
            closer.closes.append(tag)
            opener.left -= used
            closer.left -= used
            del openers[found + (opener.left > 0) :]
        if closer.can_open and closer.left:
            openers.append((number, closer))


def _opener(openers: list[tuple[int, _Run]], closer: _Run, bottom: int) -> int | None:
    """Return the index of the nearest run in *openers* that *closer* ends, if above *bottom*."""
    for index in range(len(openers) - 1, -1, -1):
        number, opener = openers[index]
        if number <= bottom:
            return None
        if opener.is_closed_by(closer):
            return index
    return None


def _tree(tokens: list[_Run | str]) -> Element:
    """Return an element with *tokens* as its content."""
    top = Element("span")
    stack: list[Element | None] = [top]
    inner = top
    for one in tokens:
        if one == "\n":
            SubElement(inner, "br")
        elif isinstance(one, str):
            _add(inner, one)
        else:
            for tag in one.closes:
                if stack.pop() is None:
                    _add(inner, _literal(one.mark, tag))
                inner = next(one for one in reversed(stack) if one is not None)
            _add(inner, f"{STX}{ord(one.mark)}{ETX}" * one.left)
            for tag in reversed(one.opens):
                is_deep = len(stack) > _MAX_DEPTH
                if is_deep:
                    _add(inner, _literal(one.mark, tag))
                else:
                    inner = SubElement(inner, tag)
                stack.append(None if is_deep else inner)
    return top


def _literal(mark: str, tag: str) -> str:
    """Return the marks for *tag* as text, as Python-Markdown escapes it."""
    return f"{STX}{ord(mark)}{ETX}" * (1 if tag == "em" else 2)


def _add(element: Element, text: str) -> None:
    """Append *text* to the content of *element*."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
