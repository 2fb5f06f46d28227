"""Add entries to lists in YAML text, in the style of the existing entries."""

import re
from collections.abc import Sequence

from statusgen.authoring.edit import Lines, Splice
from statusgen.schema import yaml_writer
from statusgen.schema.yaml_nodes import ListNode, MapNode, Node
from statusgen.schema.yaml_writer import Entries

_REST_OF_LINE = re.compile(r"[ \t]*(,?)[ \t]*(?:#[^\r\n]*)?[\r\n]+")


class YamlText:
    """A YAML text and its lines, with methods that compute splices to add entries to its lists.

    A *tidy* addition respects comments and blank lines. A line inside a scalar may look like one of
    them, so the caller has to parse the result and, if it is wrong, retry without *tidy*.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)

    def append(self, node: ListNode, entries: Sequence[Entries], *, tidy: bool) -> list[Splice]:
        """Return splices that add *entries* at the end of the list *node*, in its style."""
        if self._at(node) == "[":
            own_lines = self._rows_in_brackets(node, entries) if tidy else []
            return own_lines or [self._in_brackets(node, entries)]
        first, last = node.items[0], node.items[-1]
        indent = first.column - node.column if first.line == node.line else 2
        is_flow = self._at(last) == "{"
        rows: list[str] = []
        for entry in entries:
            if tidy and len(node.items) > 1 and not self._row(last.line - 1).strip():
                rows.append("")
            if is_flow:
                rows.append(f"-{' ' * (indent - 1)}{yaml_writer.inline(entry)}")
            else:
                rows += yaml_writer.item(entry, indent=indent)
        line = last.end[0]
        while tidy and self._comment_column(line + 1) > node.column:
            line += 1  # This comment belongs to the last entry.
        return [self._below(line, node.column, rows)]

    def append_to_key(
        self, root: MapNode, name: str, entries: Sequence[Entries], *, above: str, tidy: bool
    ) -> list[Splice]:
        """Return splices that add *entries* to the list *name* in the map *root*.

        A missing list is created above the key *above*.
        """
        node, key = root.value(name), root.key(above)
        if isinstance(node, ListNode):
            return self.append(node, entries, tidy=tidy)
        if node is not None or key is None:
            return []
        if self._at(root) == "{":
            place = self.lines.offset((key.line, key.column))
            inline = ", ".join(map(yaml_writer.inline, entries))
            return [Splice(start=place, end=place, text=f"{name}: [{inline}], ")]
        line = key.line
        while tidy and self._comment_column(line - 1) == key.column:
            line -= 1  # This comment belongs to *above*.
        line = key.line if line == 1 else line  # At the top it belongs to the whole file.
        rows = [f"{name}:", *yaml_writer.block(entries)]
        if tidy and line > 1 and not self._row(line - 1).strip():
            rows.append("")
        return [self._below(line - 1, key.column, rows)]

    def _in_brackets(self, node: ListNode, entries: Sequence[Entries]) -> Splice:
        """Return a splice that adds *entries* after the last one, on the same line."""
        inline = ", ".join(map(yaml_writer.inline, entries))
        if not node.items:
            place = self.lines.offset((node.line, node.column)) + 1
            return Splice(start=place, end=place, text=inline)
        place = self.lines.offset(node.items[-1].end)
        return Splice(start=place, end=place, text=f", {inline}")

    def _rows_in_brackets(self, node: ListNode, entries: Sequence[Entries]) -> list[Splice]:
        """Return splices that add *entries*, one per line; none if the last one shares its line."""
        last = node.items[-1] if node.items else node
        margin, end = self._row(last.line)[: last.column - 1], self.lines.offset(last.end)
        rest = _REST_OF_LINE.fullmatch(self.text, end, self.lines.below(last.end[0]))
        if last.line == node.line or margin.strip() or rest is None:
            return []
        *others, final = map(yaml_writer.inline, entries)
        rows = [*(f"{other}," for other in others), f"{final}{rest[1]}"]
        rows = [margin + row for row in rows]
        comma = [] if rest[1] else [Splice(start=end, end=end, text=",")]
        return [*comma, self._below(last.end[0], 1, rows)]

    def _at(self, node: Node) -> str:
        return self.text[self.lines.offset((node.line, node.column))]

    def _row(self, line: int) -> str:
        return self.lines.rows[line - 1] if 1 <= line <= len(self.lines.rows) else ""

    def _comment_column(self, line: int) -> int:
        """Return the column of a comment that is alone on *line*, or 0 if there is none."""
        margin, mark, _ = self._row(line).partition("#")
        return len(margin) + 1 if mark and not margin.strip() else 0

    def _below(self, line: int, column: int, rows: Sequence[str]) -> Splice:
        """Return a splice that adds *rows* at *column* below *line*, with matching line endings."""
        margin, place = " " * (column - 1), self.lines.below(line)
        rows = [margin + row if row else "" for row in rows]
        ending = _ending(self._row(max(line, 1)))
        if ending:
            text = "".join(row + ending for row in rows)
        else:  # The text does not end with a line break; keep it that way.
            ending = _ending(self._row(line - 1)) or "\n"
            text = "".join(ending + row for row in rows)
        return Splice(start=place, end=place, text=text)


def _ending(row: str) -> str:
    return row[len(row.rstrip("\r\n")) :]
