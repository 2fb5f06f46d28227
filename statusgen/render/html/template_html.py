"""HTML elements in the source of a template, with Jinja syntax replaced by placeholders."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from itertools import accumulate

from jinja2 import Environment

# Private-use characters stand for values and includes; a form feed, which is white space in HTML,
# stands for statements, so that `<a{% if x %} href="y">` is still a tag with an attribute.
VALUE = "\ue000"
ROOT = "\ue001"  # the value of `root`, a relative path
STYLESHEET = "\ue002"  # the content of `style.css`
STATEMENT = "\f"
PLACEHOLDERS = frozenset((VALUE, ROOT, STYLESHEET, STATEMENT))

_STYLESHEET = re.compile(r"""include\s*["'](default/)?style\.css["']\s*""")


@dataclass(frozen=True, kw_only=True)
class Element:
    """A start tag on *line*; *content* is that of a script or style, or None if it has no end."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    line: int
    content: str | None = None

    def value(self, name: str) -> str:
        """Return the first attribute *name* without surrounding white space; empty if absent."""
        return next((value for key, value in self.attributes if key == name), "").strip()


def elements(source: str, environment: Environment) -> list[Element]:
    """Return the elements in *source*, a template that *environment* can parse."""
    pieces = list(_pieces(source, environment))
    text = "".join(piece for _, piece in pieces)
    reader = _Reader(_Lines(pieces))
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # Older parsers raise it for an unknown declaration, `<![x[`.
        pass
    return reader.found


def _pieces(source: str, environment: Environment) -> Iterator[tuple[int, str]]:
    """Yield each piece of text with its line; the text is what rendering would print."""
    begun, inside, start = "", "", 1
    for line, kind, value in environment.lex(source):
        if kind in ("variable_begin", "block_begin"):
            begun, inside, start = kind, "", line
        elif kind == "variable_end":
            yield start, ROOT if inside.strip() == "root" else VALUE
            begun = ""
        elif kind == "block_end":
            yield start, STYLESHEET if _STYLESHEET.fullmatch(inside.strip()) else STATEMENT
            begun = ""
        elif begun:
            inside += value
        elif kind == "data":
            yield line, value


class _Lines:
    """Map from places in the text of *pieces* to lines of the template."""

    def __init__(self, pieces: list[tuple[int, str]]) -> None:
        text = "".join(piece for _, piece in pieces)
        self._numbers = [line for line, _ in pieces]
        self._starts = [0, *accumulate(len(piece) for _, piece in pieces)][:-1]
        self._rows = [0, *accumulate(len(row) + 1 for row in text.split("\n"))]
        # The row, from 0, in which each piece starts; counting it for each tag would be quadratic.
        self._firsts = [0, *accumulate(piece.count("\n") for _, piece in pieces)]

    def line_at(self, row: int, column: int) -> int:
        """Return the line of the template at *row* (from 1) and *column* of the text."""
        index = bisect_right(self._starts, self._rows[row - 1] + column) - 1
        return self._numbers[index] + row - 1 - self._firsts[index]


class _Reader(HTMLParser):
    """Parser that collects the start tags, and the content of scripts and styles."""

    def __init__(self, lines: _Lines) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Element] = []
        self._lines = lines
        self._content: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect an element."""
        line = self._lines.line_at(*self.getpos())
        pairs = tuple((name, value or "") for name, value in attrs)
        self.found.append(Element(tag=tag, attributes=pairs, line=line))
        self._content = [] if tag in self.CDATA_CONTENT_ELEMENTS else None

    def handle_data(self, data: str) -> None:
        """Collect the content of a script or style."""
        if self._content is not None:
            self._content.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Add the content to its script or style."""
        if self._content is not None and tag == self.found[-1].tag:
            self.found[-1] = replace(self.found[-1], content="".join(self._content))
        self._content = None
