"""A file being checked: its values, their positions, and the problems found so far."""

from collections.abc import Iterator
from pathlib import Path

from statusgen.markup import limits
from statusgen.model import DataKey
from statusgen.problems import Level, Problem
from statusgen.schema import yaml_nodes
from statusgen.schema.yaml_nodes import ListNode, MapNode, Node, Place, Scalar

Route = tuple[str | int, ...]


class Source:
    """Tree of the values in the file *path*, and the problems found so far.

    A route is a sequence of keys, list indexes or list item texts that leads to a value. If the
    value does not exist, the last existing value on the route is used.
    """

    def __init__(self, path: Path, root: Node, problems: list[Problem]) -> None:
        self.path = path
        self.root = root
        self.written = root  # may also have optional keys without a value
        self.problems = problems
        self.pictures: frozenset[str] = frozenset()  # that texts may show

    def has(self, *route: str | int) -> bool:
        """Return whether there is a value at *route*."""
        return yaml_nodes.find(self.root, route)[1] == len(route)

    def node(self, *route: str | int) -> Node:
        """Return the value at *route*, or the nearest one that contains it."""
        return yaml_nodes.find(self.root, route)[0]

    def place(self, *route: str | int) -> Place:
        """Return the line and column of the value at *route*."""
        node = self.node(*route)
        return (node.line, node.column)

    def line(self, *route: str | int) -> int:
        """Return the line of the value at *route*."""
        return self.place(*route)[0]

    def text(self, *route: str | int) -> str:
        """Return the text at *route* as the author typed it."""
        node = self.node(*route)
        return node.text if isinstance(node, Scalar) else ""

    def count(self, *route: str | int) -> int:
        """Return the number of entries in the list at *route*, or 0 if there is no list."""
        node = self.node(*route)
        return len(node.items) if isinstance(node, ListNode) and self.has(*route) else 0

    def names(self, *route: str | int) -> list[str]:
        """Return the keys of the map, or the texts of the list, at *route*."""
        return [name.text for name in self.name_nodes(*route)]

    def name_nodes(self, *route: str | int) -> list[Scalar]:
        """Return the `names` at *route* with their positions."""
        node = self.node(*route) if self.has(*route) else None
        if isinstance(node, MapNode):
            return [key for key, _ in node.entries]
        items = node.items if isinstance(node, ListNode) else ()
        return [item for item in items if isinstance(item, Scalar)]

    def data_keys(self, *route: str | int) -> Iterator[DataKey]:
        """Yield the keys of the map at *route*; none if there is no map."""
        if isinstance(self.node(*route), MapNode) and self.has(*route):
            for key in self.name_nodes(*route):
                yield DataKey(name=key.text, path=self.path, line=key.line, column=key.column)

    def wrong(self, message: str, *route: str | int, level: Level = Level.ERROR) -> None:
        """Report *message* for the value at *route*."""
        self.wrong_at(message, *self.place(*route), level=level)

    def has_problem(self, *route: str | int) -> bool:
        """Return whether a problem was reported for the value at *route*."""
        node = self.node(*route)
        return any((node.line, node.column) == (one.line, one.column) for one in self.problems)

    def check_markup(self, text: str, *route: str | int) -> None:
        """Report problems in the Markdown *text*, the value at *route*."""
        node = self.node(*route)
        written = node.text if isinstance(node, Scalar) else ""
        lead = len(written) - len(written.lstrip("\n"))
        for flaw in limits.find_flaws(text, pictures=self.pictures):
            place = (node.line, node.column)
            if isinstance(node, Scalar):
                place = node.place(lead + flaw.offset)
            self.wrong_at(flaw.message, *place, level=flaw.level)

    def wrong_key(self, message: str, *route: str | int) -> None:
        """Report *message* for the last key in *route*."""
        owner = self.node(*route[:-1])
        key = owner.key(str(route[-1])) if isinstance(owner, MapNode) else None
        node = key or self.node(*route)
        self.wrong_at(message, node.line, node.column)

    def wrong_name(self, message: str, index: int, *route: str | int) -> None:
        """Report *message* for the name at *index* among the `names` at *route*."""
        name = self.name_nodes(*route)[index]
        self.wrong_at(message, name.line, name.column)

    def wrong_missing(self, key: str, example: str, message: str) -> None:
        """Report *message* because there is no *key*; an empty one is reported in its place."""
        empty = self.written.value(key) if isinstance(self.written, MapNode) else None
        if empty is None:
            self.wrong(f"missing key '{key}'; {message}, so add {key}: {example}")
            return
        what = f"missing value; write a time such as {example}"
        self.wrong_at(f"{what} ({message})", empty.line, empty.column)

    def wrong_at(self, message: str, line: int, column: int, *, level: Level = Level.ERROR) -> None:
        """Report *message* at *line* and *column*, which count from 1."""
        problem = Problem(path=self.path, line=line, column=column, message=message, level=level)
        self.problems.append(problem)
