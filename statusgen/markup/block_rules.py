"""Rules of Python-Markdown for blocks: the scanner's lines, headings, tables and alerts."""

import html
import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import BlockProcessor, HashHeaderProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from statusgen.markup.scanner import (
    HEADING_MARKS,
    Line,
    Scanner,
    cells,
    is_delimiter,
    without_comments,
)

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}

_ALERT = re.compile(r"\s*\[!(?P<name>[a-z]+)\]\s*", re.IGNORECASE)


class ScannedLines(Preprocessor):
    """Preprocessor that replaces the text with the scanner's lines, and fenced code with HTML."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines of the scanner, without characters that mark what is done."""
        text = "\n".join(lines).replace(STX, "").replace(ETX, "")
        scanner = Scanner(without_comments(text))
        return [self._row(line) for line in scanner.lines()] + ["", ""]

    def _row(self, line: Line) -> str:
        if line.code is None:
            return line.text
        code = f"<pre><code>{html.escape(line.code, quote=False)}</code></pre>"
        return line.text + self.md.htmlStash.store(code)


class Heading(HashHeaderProcessor):
    """A line that begins with `#`."""

    RE = re.compile(r"(?:^|\n)(?P<level>#{1,6}) +(?P<header>[^\n]+?)(?: #+)?(?:\n|$)")


class UnderlinedHeading(BlockProcessor):
    """A paragraph with a line of `=` or `-` below it, for which the scanner wrote a mark."""

    def test(self, parent: Element, block: str) -> bool:
        """Return whether *block* ends with the mark."""
        return block.endswith(tuple(HEADING_MARKS.values()))

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Add the heading."""
        text, _, mark = blocks.pop(0).rpartition("\n")
        heading = SubElement(parent, f"h{mark[-1]}")
        heading.text = text.strip()


class Table(BlockProcessor):
    """Rows of cells below a head and a delimiter row, as GitHub splits them."""

    def test(self, parent: Element, block: str) -> bool:
        """Return whether the second row of *block* delimits as many cells as the first has."""
        rows = block.split("\n", 2)
        return (
            len(rows) > 1 and is_delimiter(rows[1]) and len(cells(rows[0])) == len(cells(rows[1]))
        )

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Add the table; its rows are cut or filled to the width of its head."""
        head, delimiters, *rows = blocks.pop(0).split("\n")
        width = len(cells(delimiters))
        table = SubElement(parent, "table")
        self._add(SubElement(table, "thead"), "th", cells(head))
        body = SubElement(table, "tbody")
        for row in rows or [""]:
            found = cells(row)[:width]
            self._add(body, "td", found + [""] * (width - len(found)))

    def _add(self, parent: Element, tag: str, texts: list[str]) -> None:
        row = SubElement(parent, "tr")
        for text in texts:
            SubElement(row, tag).text = text


class HeadingLevels(Treeprocessor):
    """Tree processor that sets the levels of headings, beginning at *top* and without gaps."""

    top = 3

    def run(self, root: Element) -> None:
        """Set the level of every heading in *root*."""
        above: list[int] = []
        for heading in root.iter():
            if heading.tag not in HEADINGS:
                continue
            level = int(heading.tag[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
            heading.tag = f"h{min(6, self.top + len(above) - 1)}"


class Alerts(Treeprocessor):
    """Tree processor for quotes that begin with `[!WARNING]`; *titles* are shown instead."""

    titles: Mapping[str, str] = {}

    def run(self, root: Element) -> None:
        """Write the title of each alert in *root* in bold. As on GitHub, alerts are not nested."""
        for quote in root.findall("blockquote"):
            first = quote.find("*")
            found = _ALERT.fullmatch(first.text or "") if first is not None else None
            title = self.titles.get(found["name"].lower()) if found else None
            if first is None or title is None or not self._has_more(quote, first):
                continue
            first.text = ""
            if len(first):
                first[0].tag = "span"  # The line break after the first line.
            else:
                quote.remove(first)
            heading = Element("p")
            SubElement(heading, "strong").text = title
            quote.insert(0, heading)

    def _has_more(self, quote: Element, first: Element) -> bool:
        """Return whether *quote* has a text below its first line, in *first* or after it."""
        is_first_line = not len(first) or first[0].tag == "br"
        return first.tag == "p" and is_first_line and len(first) + len(quote) > 1
