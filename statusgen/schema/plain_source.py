"""A file that is right, read without the tree of its values.

The tree has the facts that explain mistakes. Building it takes most of the time for reading a file,
and most files need no explanation. Anything that is wrong or unusual raises `NotPlainError` here;
the file is then read again as a tree.
"""

from functools import cached_property
from pathlib import Path
from typing import NoReturn

import yaml

from statusgen import characters
from statusgen.markup import limits, merge_conflicts
from statusgen.schema.yaml_document import Route, Source
from statusgen.schema.yaml_loader import LOADER, MAX_DEPTH, MAX_NODES, NULLS
from statusgen.schema.yaml_nodes import MapNode, Place

_NO_TREE = MapNode(entries=(), line=1, column=1)


class NotPlainError(Exception):
    """The file has to be read as a tree of values."""


class PlainSource(Source):
    """The values of a file as dicts, lists and texts; see `Source`.

    A place is found only if somebody asks for it, and nothing can be reported.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, _NO_TREE, [])
        self.values: dict[str, object] = {}
        self._marks: list[yaml.Mark] = []  # of all keys and values, in order
        self._first = 1

    def load(self, text: str, *, line: int) -> None:
        """Parse *text*, whose first line is line *line* of the file."""
        if characters.forbidden(text) or merge_conflicts.in_yaml(text):
            raise NotPlainError
        self._first = line
        try:
            root = self._root(text)
        except (yaml.YAMLError, TypeError) as error:  # TypeError: a key is a list or a map
            raise NotPlainError from error
        if not isinstance(root, dict):
            raise NotPlainError
        self.values = root

    def _root(self, text: str) -> object:
        """Return the value of the only YAML document in *text*."""
        has_escapes = "\\" in text
        rows = text.split("\n") if "#" in text else None
        marks = self._marks
        stack: list[list[object]] = []
        items: list[object] = []
        # The loop takes a fifth of the time for parsing; a call per event would double that.
        for event in iter(LOADER(text).get_event, None):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                value = event.value
                if event.anchor or event.tag or value in NULLS:
                    raise NotPlainError
                if has_escapes and characters.forbidden(value):
                    raise NotPlainError
                if rows is not None and not event.style and _is_cut_off(event.end_mark, rows):
                    raise NotPlainError
                marks.append(event.start_mark)
                items.append(value)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if event.anchor or event.tag or len(stack) >= MAX_DEPTH:
                    raise NotPlainError
                marks.append(event.start_mark)
                stack.append(items)
                items = []
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                if not items:
                    raise NotPlainError
                done = _map(items) if kind is yaml.MappingEndEvent else items
                items = stack.pop()
                items.append(done)
            elif kind is yaml.AliasEvent or (kind is yaml.DocumentStartEvent and marks):
                raise NotPlainError
        if len(marks) > MAX_NODES:
            raise NotPlainError
        return items[0] if items else None

    def _find(self, route: Route) -> tuple[object, int]:
        """Follow *route*, as `yaml_nodes.find` does."""
        value: object = self.values
        for done, part in enumerate(route):
            following = None
            if isinstance(value, dict):
                following = value.get(part)
            elif isinstance(value, list) and isinstance(part, int):
                following = value[part] if part < len(value) else None
            elif isinstance(value, list):
                following = part if part in value else None
            if following is None:
                return (value, done)
            value = following
        return (value, len(route))

    def has(self, *route: str | int) -> bool:
        """Return whether there is a value at *route*."""
        return self._find(route)[1] == len(route)

    def text(self, *route: str | int) -> str:
        """Return the text at *route* as the author typed it."""
        value, _ = self._find(route)
        return value if isinstance(value, str) else ""

    def count(self, *route: str | int) -> int:
        """Return the number of entries in the list at *route*, or 0 if there is no list."""
        value, done = self._find(route)
        return len(value) if isinstance(value, list) and done == len(route) else 0

    def names(self, *route: str | int) -> list[str]:
        """Return the keys of the map, or the texts of the list, at *route*."""
        value, done = self._find(route)
        if done < len(route) or not isinstance(value, dict | list):
            return []
        return [name for name in value if isinstance(name, str)]

    def place(self, *route: str | int) -> Place:
        """Return the line and column of the value at *route*."""
        return self._places[route[: self._find(route)[1]]]

    @cached_property
    def _places(self) -> dict[Route, Place]:
        marks, places = iter(self._marks), {}

        def visit(value: object, route: Route) -> None:
            mark = next(marks)
            places[route] = (self._first + mark.line, mark.column + 1)
            if isinstance(value, dict):
                for key, item in value.items():
                    next(marks)
                    visit(item, (*route, key))
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    visit(item, (*route, index))

        visit(self.values, ())
        return places

    def check_markup(self, text: str, *route: str | int) -> None:
        """Check that the Markdown *text*, the value at *route*, has no problems."""
        for _ in limits.find_flaws(text, pictures=self.pictures):
            raise NotPlainError

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        """Raise NotPlainError: there is no tree, and nothing to report."""
        raise NotPlainError

    node = line = name_nodes = data_keys = has_problem = _refuse
    wrong = wrong_at = wrong_key = wrong_missing = wrong_name = _refuse


def _is_cut_off(end: yaml.Mark, rows: list[str]) -> bool:
    """Return whether a comment follows the text that ends at *end*."""
    return rows[end.line][end.column :].lstrip(" \t").startswith("#")


def _map(items: list[object]) -> dict[object, object]:
    """Return the map with these keys and values, which alternate in *items*."""
    keys = items[::2]
    found = dict(zip(keys, items[1::2], strict=True))
    if len(found) != len(keys) or "<<" in found:
        raise NotPlainError
    return found
