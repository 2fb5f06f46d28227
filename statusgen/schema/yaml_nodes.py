"""What YAML is made of: scalars, lists and maps, each with its place in the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """A text; *indent* if written as a block (`|`), so that its lines are lines of the file.

    Of every node *line* and *column* are where it begins, *end* is the place behind its last
    character; both count from 1.
    """

    text: str
    line: int
    column: int
    end: Place = field(default=(0, 0), compare=False)
    indent: int | None = None
    commented: bool = False  # plain, and a comment follows on its last line

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of the character at *offset* of the text, as near as the file tells."""
        if self.indent is None:
            return (self.line, self.column)
        before = self.text[:offset]
        column = offset - before.rfind("\n")
        return (self.line + 1 + before.count("\n"), self.indent + column)


@dataclass(frozen=True, kw_only=True)
class ListNode:
    """A list of values."""

    items: "tuple[Node, ...]"
    line: int
    column: int
    end: Place = field(default=(0, 0), compare=False)


@dataclass(frozen=True, kw_only=True)
class MapNode:
    """Keys, each with its own place, and their values; a key stands in it once."""

    entries: "tuple[tuple[Scalar, Node], ...]"
    line: int
    column: int
    end: Place = field(default=(0, 0), compare=False)

    @cached_property
    def _by_name(self) -> "dict[str, tuple[Scalar, Node]]":
        return {key.text: (key, value) for key, value in self.entries}

    def key(self, name: str) -> Scalar | None:
        """The key *name* as it stands in the file, or None."""
        return self._by_name[name][0] if name in self._by_name else None

    def value(self, name: str) -> "Node | None":
        """The value of key *name*, or None."""
        return self._by_name[name][1] if name in self._by_name else None


Node = Scalar | ListNode | MapNode


def plain(node: Node) -> object:
    """*node* as nested dict, list and str, without places."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def find(node: Node, route: tuple[str | int, ...]) -> tuple[Node, int]:
    """Follow *route* (keys, list indexes, or texts of list items) from *node*.

    Returns the node where it ends and how many parts of the route led there.
    """
    for done, part in enumerate(route):
        following = _child(node, part)
        if following is None:
            return (node, done)
        node = following
    return (node, len(route))


def scalars(node: Node) -> Iterator[tuple[str, Scalar]]:
    """Every scalar value in *node* with the key it stands under, depth first."""
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
