"""Rules of Python-Markdown for blocks: the scanner's lines, headings and tables."""

import html
import re
from xml.etree.ElementTree import Element, SubElement

from markdown.blockprocessors import BlockProcessor, HashHeaderProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import ETX, STX

from statusgen.markup.scanner import (
    HEADING_MARKS,
    Line,
    Scanner,
    cells,
    is_delimiter,
    without_comments,
)


class ScannedLines(Preprocessor):
    """Preprocessor that replaces the text with the scanner's lines, and fenced code with HTML."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines of the scanner, without characters that mark what is done."""
        text = "\n".join(lines).replace(STX, "").replace(ETX, "")
        lines = Scanner(without_comments(text)).lines()
        return [self._row(line) for line in lines] + ["", ""]

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
