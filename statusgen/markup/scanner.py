"""Scanner for the block structure of GitHub's Markdown: lists, quotes, headings, tables and code.

Python-Markdown parses an older dialect, so the scanner rewrites each line into the form that it
expects, and records the line's nesting depth and whether it is code.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from statusgen.markup.comments import CommentFilter, blank, cut

MAX_DEPTH = 50  # of nested lists and quotes: Python-Markdown recurses

# The text of a line of `=` or `-` that turns the paragraph above it into a heading. No other line
# contains this character.
HEADING_MARKS = {"=": "\x021", "-": "\x022"}

# Quotes that GitHub gives a title and a colour, by the word in their first line.
ALERTS = {
    "note": "Note",
    "tip": "Tip",
    "important": "Important",
    "warning": "Warning",
    "caution": "Caution",
}

_START = re.compile(
    r"(?P<fence>`{3,}[^`]*$|~{3})|(?P<heading>#{1,6} )"
    r"|(?P<rule>(?:(?:- *+){3,}|(?:\* *+){3,}|(?:_ *+){3,})$)"
    r"|(?P<item>(?:[-+*]|[0-9]{1,9}[.)])(?: |$))"
)
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"([-+*]|[0-9]{1,9}[.)])( {1,4}(?! )| |$) *")
_CELL = re.compile(r"((?:[^|\\`]++|\\[|`]?+|`++[^`]++`++|`++)*+)(?:\||\Z)")
_NUMBER = re.compile(r"([0-9]+)\.(?= )")
_UNDERLINE = re.compile("=+|-+")
_NESTED = re.compile(r"(?:[-+*] +|\d+[.)] +|> ?)*")  # what Python-Markdown treats as containers


class OpenItem(NamedTuple):
    """An open list item, whose content begins at *column*."""

    column: int
    is_ordered: bool


class Line(NamedTuple):
    """A line as written (*source*) and as passed to Python-Markdown (*text*).

    In *source*, spaces stand for the characters of comments; *text* is without these.
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
        self.comments = CommentFilter() if "<!--" in text else None
        self.index = 0
        self.offset = 0
        self.quotes = 0
        self.items: list[OpenItem] = []
        self.open: str | None = None  # kind of the block that the next line may continue
        self.is_paragraph = False  # that block ends with text that a heading may be made of
        self.base = 0  # number of items that were open when that block began

    def lines(self) -> Iterator[Line]:
        """Yield every line, adding a blank one where GitHub begins a block without it."""
        while self.index < len(self.rows):
            offset, row = self._next()
            if self.comments is None:
                yield from self._line(offset, row, row)
            else:
                yield from self._line(offset, *self._without_comments(offset, row, self.comments))
        if self.comments is not None:
            self.comments.finish(self.offset)

    def _next(self) -> tuple[int, str]:
        offset, row = self.offset, self.rows[self.index]
        self.index += 1
        self.offset += len(row)
        return offset, row

    def _without_comments(self, offset: int, row: str, comments: CommentFilter) -> tuple[str, str]:
        """Return *row*, and those into which a comment extends, with and without blanks for it."""
        source, spans, start = row, [], offset
        while True:
            begin = offset - start
            spans += [(begin + one, begin + end) for one, end in comments.filter(row, offset)]
            if not comments.is_open or self.index == len(self.rows):
                return blank(source, spans), cut(source, spans)
            offset, row = self._next()
            source += row

    def _line(self, offset: int, source: str, row: str) -> Iterator[Line]:
        line = row.rstrip().expandtabs(4)
        if (
            self.is_paragraph and line[:1].isalpha() and "|" not in line
        ):  # a fast path for most lines
            yield Line(offset, source, "> " * self.quotes + line, self._depth(""))
            return
        quotes, start = self._unquoted(line)
        body = line[start:].lstrip(" ")
        indent = len(line) - start - len(body)
        if not body:
            if self.open and quotes > self.quotes:
                yield self._blank(self.quotes)
            self._close(quotes)
            yield self._blank(quotes)._replace(offset=offset, source=source)
            return
        kind = self._kind(body, indent, quotes)
        if kind == "underline":
            text = "> " * quotes + HEADING_MARKS[body[0]]
            yield Line(offset, source, text, self._depth(""))
            self.open, self.is_paragraph = None, False
            yield self._blank(quotes)
        elif kind is None and self._is_continued(quotes, indent):
            text = _NUMBER.sub(r"\1&#46;", body) if self.items else body  # No item of the list.
            if self._is_left_of_item(indent) and is_delimiter(body):
                text = body.replace("-", "&#45;", 1)  # Nor the second line of a table.
            yield Line(offset, source, "> " * self.quotes + text, self._depth(text))
            self.is_paragraph = self.open != "table"
        else:
            yield from self._begin(kind, quotes, indent, is_ordered=body[0].isdigit())
            yield from self._block(Line(offset, source, body, 0), kind, indent)

    def _close(self, quotes: int) -> None:
        """Close the open block at a blank line in *quotes*."""
        self._enter(quotes)
        if self.open == "item" and not self.is_paragraph:
            self.items.pop()  # An empty item ends at a blank line.
        self.open, self.is_paragraph = None, False

    def _is_continued(self, quotes: int, indent: int) -> bool:
        """Return whether a line of text belongs to the open block, which may be an empty item."""
        if self.open is None or quotes > self.quotes:
            return False
        is_inside = quotes == self.quotes and not self._is_left_of_item(indent)
        return is_inside or self.is_paragraph

    def _begin(
        self, kind: str | None, quotes: int, indent: int, *, is_ordered: bool
    ) -> Iterator[Line]:
        """Close the containers that end before a block; yield the blank lines that this needs."""
        if quotes < self.quotes or (self.open and quotes != self.quotes):
            yield self._blank(min(quotes, self.quotes))
        self._enter(quotes)
        if self._is_cut(kind, indent, is_ordered=is_ordered):
            self.open = None
            yield self._blank(quotes)
        if self.open is None:
            self.base = len(self.items)

    def _block(self, line: Line, kind: str | None, indent: int) -> Iterator[Line]:
        """Yield the first line of a block of *kind*, where *line* has its text."""
        body, quotes = line.text, self.quotes
        text = "> " * quotes + "    " * len(self.items)
        position = 0
        if kind == "item":
            while len(self.items) <= MAX_DEPTH and (match := _ITEM.match(body, position)):
                self.items.append(OpenItem(indent + match.end(2), match[1][0].isdigit()))
                text += match[1].replace(")", ".") + " "
                position = match.end()
            body = body[position:]
            indent += position
        start = _START.match(body)
        inner = start.lastgroup if start else None
        if kind in {"item", "fence"} and inner == "fence":
            kind = "fence"
            yield line._replace(text=text, depth=self._depth(""), code=self._code(body, indent))
        else:
            yield line._replace(text=text + body, depth=self._depth(body))
        if kind == "table":
            place, row = self._next()
            bare = row.strip(" >\t\r\n").replace(" ", "")  # "- | -" would begin an item.
            yield Line(place, row, "> " * quotes + bare, self._depth(""))
        self.open = {None: "text", "item": "item", "table": "table"}.get(kind)
        self.is_paragraph = self.open in {"text", "item"} and bool(body) and inner is None
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
        is_inside = quotes == self.quotes and not self._is_left_of_item(indent)
        if self.open and self.is_paragraph and is_inside and _UNDERLINE.fullmatch(body):
            return "underline"
        match = _START.match(body)
        if match is None:
            is_lazy = self.is_paragraph and not is_inside  # It continues the paragraph of an item.
            can_begin = self.open != "table" and not is_lazy
            return "table" if can_begin and self._is_head(body) else None
        if match["item"] and self.is_paragraph and is_inside:
            # Only a list that starts at 1, and not with an empty item, interrupts a paragraph.
            is_counting = body[0].isdigit() and body[:2] not in {"1.", "1)"}
            if is_counting or not body[match.end() :]:
                return None
        return match.lastgroup

    def _is_head(self, body: str) -> bool:
        """Return whether *body* is the head of a table, whose delimiter row is the next row."""
        if "|" not in body or self.index == len(self.rows):
            return False
        row = self.rows[self.index]
        return is_delimiter(row) and len(cells(body)) == len(cells(row.strip(" >\t\r\n")))

    def _is_left_of_item(self, indent: int) -> bool:
        return bool(self.items) and indent < self.items[-1].column

    def _enter(self, quotes: int) -> None:
        if quotes != self.quotes:
            self.quotes = quotes
            self.items.clear()
            self.open, self.is_paragraph = None, False

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


def cells(row: str) -> list[str]:
    """Return the cells of *row* in a table. A pipe after a backslash or in code is not a border."""
    found = _CELL.findall(row.strip().removeprefix("|"))
    return [cell.strip().replace("\\|", "|") for cell in found[:-1]]  # The last one is empty.


def without_comments(text: str) -> str:
    """Return the Markdown *text* without HTML comments."""
    if "<!--" not in text:
        return text
    scanner = Scanner(text)
    for _ in scanner.lines():
        pass
    return cut(text, scanner.comments.spans if scanner.comments else ())
