"""A YAML loader that returns untyped values with their positions and rejects hostile input.

Types are not inferred: every scalar is text as written (`no` is a word, `12:30` has five
characters). The tree is built from parser events, so deep nesting and aliases are harmless.
"""

import re
from pathlib import Path

import yaml

from statusgen import characters
from statusgen.markup import merge_conflicts
from statusgen.problems import Problem, quoted
from statusgen.schema.syntax import yaml_errors, yaml_slips
from statusgen.schema.syntax.yaml_errors import YamlMark
from statusgen.schema.yaml_nodes import ListNode, MapNode, Node, Place, Scalar

MAX_DEPTH = 50
MAX_NODES = 20_000
NULLS = ("", "~", "null", "Null", "NULL")

# libyaml is five times as fast, but not every build of PyYAML has it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str, *, path: Path, line: int = 1) -> tuple[Node | None, list[Problem]]:
    """Parse *text*, whose first line is line *line* of *path*.

    Return the root and the problems. The root is None if *text* is empty, or if a problem makes
    the tree unreliable. No scalar contains a character that an output format cannot represent.
    """
    conflicts = merge_conflicts.in_yaml(text)
    if conflicts:
        rows = [line + len(_rows(text[: one.start])) - 1 for one in conflicts]
        return (
            None,
            [
                Problem(path=path, line=row, column=1, message=one.message)
                for row, one in zip(rows, conflicts, strict=True)
            ],
        )
    return _load(text, path, line, LOADER)


def _load(
    text: str, path: Path, line: int, loader: type[yaml.SafeLoader]
) -> tuple[Node | None, list[Problem]]:
    builder = _Builder(_rows(text), path, line)
    try:
        for event in iter(loader(text).get_event, None):
            builder.take(event)
    except _RefusedError:
        return (None, builder.problems)
    except yaml.MarkedYAMLError as error:
        # libyaml 0.2.6 scans ahead of its events and rejects 1,000 levels before our own limit
        # can report the position. PyYAML's own scanner has no such limit.
        if loader is not yaml.SafeLoader and "nesting depth" in (error.problem or ""):
            return _load(text, path, line, yaml.SafeLoader)
        builder.refuse_syntax(error)
        return (None, builder.problems)
    except yaml.reader.ReaderError as error:  # The only error without a mark.
        builder.refuse_text(error)
        return (None, builder.problems)
    return (builder.root, builder.problems)


class _RefusedError(Exception):
    """A problem that stops the parser."""


class _Open:
    """A list or map whose end has not been parsed yet."""

    def __init__(self, kind: type[ListNode] | type[MapNode], start: Place, *, flow: bool) -> None:
        self.kind = kind
        self.line, self.column = start
        self.flow = flow
        self.items: list[Node] = []

    def closed(self, end: Place) -> ListNode | MapNode:
        """Return the finished node; *end* is the position where the parser noticed its end."""
        if not self.flow and self.items:
            end = self.items[-1].end  # The parser notices it only at the next token.
        if self.kind is ListNode:
            items = tuple(self.items)
            return ListNode(items=items, line=self.line, column=self.column, end=end)
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(self.items[::2], self.items[1::2], strict=True):
            if isinstance(key, Scalar):
                entries.setdefault(key.text, (key, value))
        values = tuple(entries.values())
        return MapNode(entries=values, line=self.line, column=self.column, end=end)


_GLUED = re.compile(r"#\S")
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # the line breaks of YAML 1.1


def _rows(text: str) -> list[str]:
    is_usual = text.isascii() and "\r" not in text
    return text.split("\n") if is_usual else _BREAK.split(text)


class _Builder:
    """Builder that creates the tree from parser events."""

    def __init__(self, lines: list[str], path: Path, first: int) -> None:
        self.lines = lines
        self.path = path
        self.first = first
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.problems: list[Problem] = []
        self.nodes = 0

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._take_node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            finished = self.stack.pop()
            if finished.kind is MapNode:
                self._check_keys(finished)
            self._place(finished.closed(self._where(event.end_mark)))
        elif isinstance(event, yaml.DocumentStartEvent) and self.nodes:
            row = self._where(event.start_mark)[0] - self.first
            is_last = "".join(self.lines[row:]).strip() == "---"
            remedy = "remove this line" if is_last else "keep one"
            self._refuse(event, f"a second YAML document begins here; {remedy}")

    def refuse_syntax(self, error: yaml.MarkedYAMLError) -> None:
        """Report the mistake that most likely caused a syntax error."""
        place = yaml_errors.explain(
            self.lines,
            error.problem or "",
            error.context or "",
            mark=error.problem_mark,
            start=error.context_mark or error.problem_mark,
        )
        for row, column, message in (place, *yaml_slips.repeated(place, self.lines)):
            self._add(self.first + row, column + 1, message)

    def refuse_text(self, error: yaml.reader.ReaderError) -> None:
        """Report a character that YAML does not allow."""
        character = chr(error.character)
        places = ((row, line.find(character)) for row, line in enumerate(self.lines))
        row, column = next((place for place in places if place[1] >= 0), (0, 0))
        name = characters.describe(character)
        self._add(self.first + row, column + 1, f"{name} is not allowed here; remove it")

    def _take_node(self, event: yaml.NodeEvent) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._refuse(event, f"more than {MAX_NODES:,} values in one file; split it")
        if isinstance(event, yaml.AliasEvent):
            what = f"YAML aliases such as {quoted(f'*{event.anchor}')} are not supported"
            self._refuse(event, f"{what}; write the value out")
        if event.anchor is not None:
            what = f"YAML anchors such as {quoted(f'&{event.anchor}')} are not supported"
            self._refuse(event, f"{what}; remove it, or put the value in quotes")
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event)
            self._place(self._scalar(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_tag(event)
            if len(self.stack) >= MAX_DEPTH:
                what = f"values are nested more than {MAX_DEPTH} levels deep"
                self._refuse(event, f"{what}; flatten them")
            kind = MapNode if isinstance(event, yaml.MappingStartEvent) else ListNode
            start = self._where(event.start_mark)
            self.stack.append(_Open(kind, start, flow=bool(event.flow_style)))

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        line, column = self._where(event.start_mark)
        hidden = characters.forbidden(event.value)
        if hidden is not None:
            name = characters.describe(hidden[0])
            self._refuse(event, f"the text contains {name}; remove it")
        is_plain = event.style is None or event.style == ""
        rest = self._at(event.end_mark).lstrip(" \t") if is_plain else ""
        return Scalar(
            text=event.value,
            line=line,
            column=column,
            end=self._end(event),
            indent=self._indent(event) if event.style == "|" else None,
            # `accent: #7a1fa2` is more likely a mistake than a comment.
            is_empty=event.value in NULLS and not _GLUED.match(rest)
            if is_plain
            else not event.value,
            commented=rest.startswith("#"),
        )

    def _indent(self, event: yaml.ScalarEvent) -> int:
        """Return the indentation of a block in the file, which its text does not include."""
        first = self._where(event.start_mark)[0] - self.first + 1
        rows = zip(self.lines[first:], event.value.split("\n"), strict=False)
        return next((len(row) - len(line) for row, line in rows if line), 0)

    def _end(self, event: yaml.ScalarEvent) -> Place:
        """Return the end of the text, without the blank lines that libyaml includes in a block."""
        line, column = self._where(event.end_mark)
        if event.style not in ("|", ">") or column > 1:
            return (line, column)
        if event.style == "|":
            is_cut = event.value[-1:] not in ("", "\n")
            row = self._where(event.start_mark)[0] - self.first + event.value.count("\n") + is_cut
            return (row + self.first, len(self.lines[row]) + 1)
        row = line - self.first - 1
        while row > 0 and not self.lines[row].strip(" \t"):
            row -= 1
        row += max(0, len(event.value) - len(event.value.rstrip("\n")) - 1)  # Kept by `>+`.
        return (row + self.first, len(self.lines[row]) + 1)

    def _place(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        is_key = parent.kind is MapNode and len(parent.items) % 2 == 0
        if is_key and not isinstance(node, Scalar):
            self._add(
                node.line, node.column, "a key is a word, not a list or a map; write 'key: value'"
            )
            raise _RefusedError
        parent.items.append(node)

    def _check_keys(self, mapping: _Open) -> None:
        first: dict[str, Scalar] = {}
        for key, value in zip(mapping.items[::2], mapping.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                continue
            slip = yaml_errors.wide_colon(key.text)
            if slip is None and mapping.flow:
                slip = yaml_slips.glued_colon(key.text)
            if slip and isinstance(value, Scalar) and not value.text:
                self._add(key.line, key.column, slip)
                raise _RefusedError
            if key.text == "<<":
                what = "YAML merge keys ('<<') are not supported; write the values out"
                self._add(key.line, key.column, what)
                raise _RefusedError
            if key.text in first and self._is_entry_without_dash(key, first):
                name = self.stack[-2].items[-1] if len(self.stack) > 1 else None
                what = quoted(name.text) if isinstance(name, Scalar) else "this"
                self._add(key.line, key.column, f"{what} is a list; begin each entry with '- '")
                raise _RefusedError
            if key.text in first:
                line = first[key.text].line
                what = f"duplicate key {quoted(key.text)}, first used on line {line}"
                self._add(key.line, key.column, f"{what}; keep one of them")
            first.setdefault(key.text, key)

    def _is_entry_without_dash(self, key: Scalar, earlier: dict[str, Scalar]) -> bool:
        """Return whether a list entry, which has the keys *earlier*, begins again with *key*."""
        is_entry = bool(self.stack) and self.stack[-1].kind is ListNode
        return is_entry and len(earlier) > 1 and key.text == next(iter(earlier))

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            written = self._at(event.start_mark).split(maxsplit=1)
            what = f"YAML tags such as {quoted(''.join(written[:1]))} are not supported"
            self._refuse(event, f"{what}; remove it, or put the value in quotes")

    def _refuse(self, event: yaml.Event, message: str) -> None:
        self._add(*self._where(event.start_mark), message)
        raise _RefusedError

    def _add(self, line: int, column: int, message: str) -> None:
        self.problems.append(Problem(path=self.path, line=line, column=column, message=message))

    def _where(self, mark: YamlMark | None) -> tuple[int, int]:
        return (self.first + mark.line, mark.column + 1) if mark else (self.first, 1)

    def _at(self, mark: YamlMark | None) -> str:
        """Return the rest of the line from *mark* on."""
        if mark is None or mark.line >= len(self.lines):
            return ""
        return self.lines[mark.line][mark.column :]
