"""YAML nodes: scalars, lists and maps, each with its position in the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """Text; *indent* is the indentation of a block (`|`), and None for other text.

    The *line* and *column* of a node are the position of its first character, *end* is the position
    after its last one. Both count from 1.
    """

    text: str
    line: int
    column: int
    end: Place = field(default=(0, 0), compare=False)
    indent: int | None = None
    commented: bool = False  # unquoted, and followed by a comment on its last line
    is_empty: bool = field(default=False, compare=False)  # nothing, `''` or null

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of the character at *offset*.

        Only positions in a block are exact. In other text, escapes and folding hide them, so the
        start of the text is returned.
        """
        if self.indent is None:
            return (self.line, self.column)
        before = self.text[:offset]
        column = offset - before.rfind("\n")
        return (self.line + 1 + before.count("\n"), self.indent + column)


@dataclass(frozen=True, kw_only=True)
class ListNode:
    """List of values."""

    items: "tuple[Node, ...]"
    line: int
    column: int
    end: Place = field(default=(0, 0), compare=False)


@dataclass(frozen=True, kw_only=True)
class MapNode:
    """Map of unique keys, each with its own position, to values."""

    entries: "tuple[tuple[Scalar, Node], ...]"
    line: int
    column: int
    end: Place = field(default=(0, 0), compare=False)

    @cached_property
    def _by_name(self) -> "dict[str, tuple[Scalar, Node]]":
        return {key.text: (key, value) for key, value in self.entries}

    def key(self, name: str) -> Scalar | None:
        """Return the key *name* with its position, or None."""
        return self._by_name[name][0] if name in self._by_name else None

    def value(self, name: str) -> "Node | None":
        """Return the value of the key *name*, or None."""
        return self._by_name[name][1] if name in self._by_name else None


Node = Scalar | ListNode | MapNode


def plain(node: Node) -> object:
    """Return *node* as nested dicts, lists and strings, without positions."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def find(node: Node, route: tuple[str | int, ...]) -> tuple[Node, int]:
    """Follow *route* (keys, list indexes, or texts of list items) from *node*.

    Return the last node that exists on the route, and the number of parts that led to it.
    """
    for done, part in enumerate(route):
        following = _child(node, part)
        if following is None:
            return (node, done)
        node = following
    return (node, len(route))


def scalars(node: Node) -> Iterator[tuple[str, Scalar]]:
    """Yield each scalar value in *node* with its key, depth first."""
    if isinstance(node, MapNode):
        for key, value in node.entries:
            if isinstance(value, Scalar):
                yield (key.text, value)
            else:
                yield from scalars(value)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from scalars(item)


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(node, MapNode) and isinstance(part, str):
        return node.value(part)
    if isinstance(node, ListNode):
        if isinstance(part, int):
            return node.items[part] if part < len(node.items) else None
        named = (item for item in node.items if isinstance(item, Scalar) and item.text == part)
        return next(named, None)
    return None
