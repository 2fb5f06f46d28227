"""Scanner for the block structure of GitHub's Markdown: lists, quotes, tables and fenced code.

Python-Markdown parses an older dialect, so the scanner rewrites each line into the form that it
expects, and records the line's nesting depth and whether it is code.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_DEPTH = 50  # of nested lists and quotes: Python-Markdown recurses

_START = re.compile(
    r"(?P<fence>`{3,}[^`]*$|~{3})|(?P<heading>#{1,6} )"
    r"|(?P<rule>(?:(?:- *+){3,}|(?:\* *+){3,}|(?:_ *+){3,})$)|(?P<item>(?:[-+*]|[0-9]{1,9}[.)]) )"
)
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"([-+*]|[0-9]{1,9}[.)])( {1,4}(?! )| ) *")
_NESTED = re.compile(r"(?:[-+*] +|\d+[.)] +|> ?)*")  # what Python-Markdown treats as containers

# Paragraphs and lists of lines that begin with a letter, and that contain neither markup nor
# characters that HTML escapes. Most updates consist of these. `html` converts them without the
# converter, and `limits` skips them, so both depend on this pattern.
_LINE = r"[^\W\d_](?:[^\x00-\x1f\x7f-\xa0<>&*_~`\[\]\\|:]++|:(?!//))*+(?:\n|\Z)"
SENTENCES = re.compile(  # After a list, only a line that begins with a letter is sure to end it.
    rf"(?:(?:{_LINE})++(?:\n++|\Z)|(?:- {_LINE})++(?:\n++(?=[^\W\d_])|\Z))++"
)


class OpenItem(NamedTuple):
    """An open list item, whose content begins at *column*."""

    column: int
    is_ordered: bool


class Line(NamedTuple):
    """A line as written (*source*) and as passed to Python-Markdown (*text*).

    *source* is empty for a line that the scanner adds. A fenced block is one line with its content
    in *code*, which follows *text*.
    """

    offset: int
    source: str
    text: str
    depth: int
    code: str | None = None

    @property
    def is_prose(self) -> bool:
        """True if the line has text that may contain inline markup."""
        return self.code is None and bool(self.source.strip(" >\t\r\n"))


class Scanner:
    """A one-pass scanner of a text's lists, quotes and fenced code."""

    def __init__(self, text: str) -> None:
        self.rows = text.splitlines(keepends=True)
        self.index = 0
        self.offset = 0
        self.quotes = 0
        self.items: list[OpenItem] = []
        self.open: str | None = None  # kind of the block that the next line may continue
        self.base = 0  # number of items that were open when that block began

    def lines(self) -> Iterator[Line]:
        """Yield every line, adding a blank one where GitHub begins a block without it."""
        while self.index < len(self.rows):
            yield from self._line(*self._next())

    def _next(self) -> tuple[int, str]:
        offset, row = self.offset, self.rows[self.index]
        self.index += 1
        self.offset += len(row)
        return offset, row

    def _line(self, offset: int, source: str) -> Iterator[Line]:
        line = source.rstrip().expandtabs(4)
        if self.open and line[:1].isalpha() and "|" not in line:  # a fast path for most lines
            text = "> " * self.quotes + line
            yield Line(offset, source, text, self.quotes + len(self.items))
            return
        quotes, start = self._unquoted(line)
        body = line[start:].lstrip(" ")
        indent = len(line) - start - len(body)
        if not body:
            self._enter(quotes)
            self.open = None
            yield self._blank(quotes)._replace(offset=offset, source=source)
            return
        kind = self._kind(body, indent, quotes)
        if kind is None and self.open and quotes <= self.quotes:
            yield Line(offset, source, "> " * self.quotes + body, self._depth(body))
            return
        if self.open and quotes != self.quotes:
            yield self._blank(min(quotes, self.quotes))
        self._enter(quotes)
        if self._is_cut(kind, indent, is_ordered=body[0].isdigit()):
            self.open = None
            yield self._blank(quotes)
        if self.open is None:
            self.base = len(self.items)
        text = "> " * quotes + "    " * len(self.items)
        position = 0
        if kind == "item":
            while len(self.items) <= MAX_DEPTH and (match := _ITEM.match(body, position)):
                self.items.append(OpenItem(indent + match.end(2), match[1][0].isdigit()))
                text += match[1].replace(")", ".") + " "
                position = match.end()
            body = body[position:]
            indent += position
        if kind in {"item", "fence"} and (match := _START.match(body)) and match["fence"]:
            yield Line(offset, source, text, self._depth(""), self._code(body, indent))
            kind = "fence"
        else:
            yield Line(offset, source, text + body, self._depth(body))
        self.open = {None: "text", "item": "item", "table": "text"}.get(kind)
        if self.open is None:
            yield self._blank(quotes)

    def _unquoted(self, line: str, *, is_code: bool = False) -> tuple[int, int]:
        """Return the number of quotes that contain *line*, and the position of its text."""
        quotes = position = 0
        while quotes <= MAX_DEPTH and (match := _QUOTE.match(line, position)):
            is_inside = self.items and match[0].index(">") >= self.items[0].column
            if quotes == self.quotes and (is_code or is_inside):
                break
            quotes += 1
            position = match.end()
        return quotes, position

    def _kind(self, body: str, indent: int, quotes: int) -> str | None:
        """Return the kind of block that *body* begins.

        Returns None for text, and for a block that cannot interrupt a paragraph.
        """
        match = _START.match(body)
        if match is None:
            return "table" if self.open and "|" in body and self._is_head() else None
        if self.open and quotes == self.quotes:
            if match["rule"] and not body.strip("-") and not self._is_left_of_item(indent):
                return None  # It turns the previous line into a heading.
            is_counting = match["item"] and body[0].isdigit() and body[:2] not in {"1.", "1)"}
            if is_counting and not any(item.is_ordered for item in self.items):
                return None
        return match.lastgroup

    def _is_head(self) -> bool:
        """Return whether the next row is the delimiter row of a table."""
        return self.index < len(self.rows) and is_delimiter(self.rows[self.index])

    def _is_left_of_item(self, indent: int) -> bool:
        return bool(self.items) and indent < self.items[-1].column

    def _enter(self, quotes: int) -> None:
        if quotes != self.quotes:
            self.quotes = quotes
            self.items.clear()
            self.open = None

    def _is_cut(self, kind: str | None, indent: int, *, is_ordered: bool) -> bool:
        """Close the items that end before *indent*; return whether a blank line is needed."""
        closed = None
        while self._is_left_of_item(indent):
            closed = self.items.pop()
        if self.open == kind == "item" and len(self.items) >= self.base:
            return closed is not None and closed.is_ordered != is_ordered
        return self.open is not None

    def _blank(self, quotes: int) -> Line:
        # Twice, because Python-Markdown splits the text of a quote at two line breaks.
        text = "> " * quotes + "\n" + "> " * quotes if quotes else ""
        return Line(self.offset, "", text, quotes)

    def _depth(self, body: str) -> int:
        nested = _NESTED.match(body)
        markers = nested[0].replace(">", "> ").split() if nested else ()
        return self.quotes + len(self.items) + len(markers)

    def _code(self, body: str, indent: int) -> str:
        """Consume the rows of the fenced block that *body* opens, and return its content."""
        size = len(body) - len(body.lstrip(body[0]))
        content = []
        while self.index < len(self.rows):
            row = self.rows[self.index].rstrip("\r\n")
            quotes, start = self._unquoted(row, is_code=True)
            row = row[start:].expandtabs(4) if self.items else row[start:]
            bare = row.strip()
            margin = len(row) - len(row.lstrip(" "))
            if quotes < self.quotes or (bare and self._is_left_of_item(margin)):
                break
            self._next()
            if len(bare) >= size and not bare.strip(body[0]):
                break
            content.append(row[min(indent, margin) :] + "\n")
        return "".join(content)


def is_delimiter(row: str) -> bool:
    """Return whether *row* is the delimiter row of a table."""
    return "|" in row and "-" in row and not row.strip("|:- >\t\r\n")
