"""YAML text to untyped values, each with its line and column; refuses what is hostile.

Nothing is guessed: every scalar is the text that stands there (`no` is a word, `12:30` five
characters). The tree is built from parser events, so neither depth nor aliases can hurt.
"""

import re
from pathlib import Path
from typing import Protocol

import yaml

from statusgen import characters
from statusgen.problems import Problem, quoted
from statusgen.schema.yaml_nodes import ListNode, MapNode, Node, Place, Scalar

MAX_DEPTH = 50
MAX_NODES = 20_000

# libyaml is five times as fast, but not every build of PyYAML has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Mark(Protocol):
    """A place as PyYAML gives it, in either of its two implementations; both count from 0."""

    line: int
    column: int


def load(text: str, *, path: Path, line: int = 1) -> tuple[Node | None, list[Problem]]:
    """Parse *text*, whose first line is line *line* of *path*.

    Returns the root (None for an empty text, or where a problem leaves no tree to trust) and the
    problems. Every scalar of the tree is free of characters that no output can carry.
    """
    return _load(text, path, line, _LOADER)


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
        # libyaml 0.2.6 scans ahead of its events and refuses 1,000 levels there, before our limit
        # can give their place. PyYAML's own scanner has no such limit.
        if loader is not yaml.SafeLoader and "nesting depth" in (error.problem or ""):
            return _load(text, path, line, yaml.SafeLoader)
        builder.refuse_syntax(error)
        return (None, builder.problems)
    except yaml.YAMLError as error:  # The reader's own complaints carry no mark.
        builder.refuse_text(error)
        return (None, builder.problems)
    return (builder.root, builder.problems)


class _RefusedError(Exception):
    """The text is not worth reading on."""


class _Open:
    """A list or mapping whose end has not come yet."""

    def __init__(self, kind: type[ListNode] | type[MapNode], start: Place, *, flow: bool) -> None:
        self.kind = kind
        self.line, self.column = start
        self.flow = flow
        self.items: list[Node] = []

    def closed(self, end: Place) -> ListNode | MapNode:
        """The finished node; *end* is where it was found to be over."""
        if not self.flow and self.items:
            end = self.items[-1].end  # A block is over only where the next thing begins.
        if self.kind is ListNode:
            items = tuple(self.items)
            return ListNode(items=items, line=self.line, column=self.column, end=end)
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(self.items[::2], self.items[1::2], strict=True):
            if isinstance(key, Scalar):
                entries.setdefault(key.text, (key, value))
        values = tuple(entries.values())
        return MapNode(entries=values, line=self.line, column=self.column, end=end)


# What libyaml was reading, to what is not closed and with what it closes.
_FLOWS = {
    "while parsing a flow sequence": ("list", "]"),
    "while parsing a flow mapping": ("map", "}"),
}

# What libyaml says, to what is wrong and what to write.
_WORDS = {
    "did not find expected key": (
        "a value ends before this place",
        "put the whole value in quotes, or indent the line like those above",
    ),
    "did not find expected '-' indicator": (
        "this line is not indented like the list above it",
        "begin each entry with '- ' at one indentation",
    ),
    "did not find expected <document start>": (
        "the YAML ended above this line",
        "put the whole value in quotes, or take '...' away",
    ),
}

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # as YAML 1.1 has it


def _rows(text: str) -> list[str]:
    is_usual = text.isascii() and "\r" not in text
    return text.split("\n") if is_usual else _BREAK.split(text)


_GLUED = re.compile(r"\s*(?:- )?([a-z_]+):[^\s:]")


class _Builder:
    """Builds the tree event by event; state has to live somewhere while YAML is read."""

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
            self._refuse(event, "a second YAML document begins here; keep one")

    def refuse_syntax(self, error: yaml.MarkedYAMLError) -> None:
        """Turn PyYAML's complaint into a problem that says what to write."""
        what = error.problem or error.context or "this is not YAML"
        mark, remedy = error.problem_mark, "put the value in quotes if it is text"
        found = self._at(mark)[:1]
        in_flow = _FLOWS.get(error.context or "")
        if what == "found unexpected end of stream":
            mark, what = error.context_mark, "this quote is never closed"
            remedy = "add the other one"
        elif in_flow is not None:
            mark, what = (
                error.context_mark,
                f"this {in_flow[0]} is not closed, or a comma is missing",
            )
            remedy = f"write '{in_flow[1]}', or put the value in quotes"
        elif "Unicode character" in what:
            what, remedy = "this escape is no whole character", "write the character itself"
        elif "escape" in what:
            what, remedy = "this escape is not known", "write '\\\\', or use single quotes"
        elif found == "\t":
            what, remedy = "YAML cannot be indented with a tab", "use spaces"
        elif "cannot start any token" in what or "alphabetic or numeric" in what:
            mark = error.context_mark or mark
            what = f"a value cannot begin with {quoted(self._at(mark)[:1] or found)}"
            remedy = "put it in quotes"
        elif what.startswith("mapping values are not allowed"):
            self._refuse_colon(error)
            return
        elif what == "could not find expected ':'":
            mark, remedy = error.context_mark, "write 'key: value'"
        elif what in _WORDS:
            what, remedy = _WORDS[what]
        self._add(*self._where(mark), f"{what}; {remedy}")

    def _refuse_colon(self, error: yaml.MarkedYAMLError) -> None:
        """Report a `: ` that came too early, or one missing on the line before."""
        line, column = self._where(error.problem_mark)
        row = line - self.first - 1
        glued = _GLUED.match(self.lines[row]) if 0 <= row < len(self.lines) else None
        if glued:
            what = f"a space is missing after '{glued[1]}:'; write '{glued[1]}: '"
            self._add(line - 1, glued.end(1) + 2, what)
        else:
            self._add(line, column, "a value goes on with ': '; put the whole value in quotes")

    def refuse_text(self, error: yaml.YAMLError) -> None:
        """Report a text that YAML cannot even scan."""
        what = str(error).partition("\n")[0]
        self._add(self.first, 1, f"{what}; leave the character out")

    def _take_node(self, event: yaml.NodeEvent) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._refuse(event, f"more than {MAX_NODES:,} values in one file; split it")
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"an alias '*{event.anchor}' is not read here; write the value out")
        if event.anchor is not None:
            name, remedy = quoted(f"&{event.anchor}"), "remove it, or put the value in quotes"
            self._refuse(event, f"an anchor {name} is not read here; {remedy}")
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event)
            self._place(self._scalar(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_tag(event)
            if len(self.stack) >= MAX_DEPTH:
                self._refuse(event, f"values nested deeper than {MAX_DEPTH}; write them flat")
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
        return Scalar(
            text=event.value,
            line=line,
            column=column,
            end=self._end(event),
            indent=self._indent(event) if event.style == "|" else None,
            commented=is_plain and self._at(event.end_mark).lstrip(" \t").startswith("#"),
        )

    def _indent(self, event: yaml.ScalarEvent) -> int:
        """How far a block stands from the margin: what its lines have in the file but not here."""
        first = self._where(event.start_mark)[0] - self.first + 1
        rows = zip(self.lines[first:], event.value.split("\n"), strict=False)
        return next((len(row) - len(line) for row, line in rows if line), 0)

    def _end(self, event: yaml.ScalarEvent) -> Place:
        """Where the text ends; a block takes the blank lines below it along, which are not it."""
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
        for key in mapping.items[::2]:
            if not isinstance(key, Scalar):
                continue
            if key.text == "<<":
                what = "a merge key '<<' is not read; write the values out"
                self._add(key.line, key.column, what)
                raise _RefusedError
            if key.text in first:
                line = first[key.text].line
                what = f"key {quoted(key.text)} is already on line {line}; keep one of them"
                self._add(key.line, key.column, what)
            first.setdefault(key.text, key)

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            written = self._at(event.start_mark).split(maxsplit=1)
            what = f"a tag such as {quoted(''.join(written[:1]))} is not read here"
            self._refuse(event, f"{what}; remove it, or put the value in quotes")

    def _refuse(self, event: yaml.Event, message: str) -> None:
        self._add(*self._where(event.start_mark), message)
        raise _RefusedError

    def _add(self, line: int, column: int, message: str) -> None:
        self.problems.append(Problem(path=self.path, line=line, column=column, message=message))

    def _where(self, mark: _Mark | None) -> tuple[int, int]:
        return (self.first + mark.line, mark.column + 1) if mark else (self.first, 1)

    def _at(self, mark: _Mark | None) -> str:
        """The rest of the line from *mark* on."""
        if mark is None or mark.line >= len(self.lines):
            return ""
        return self.lines[mark.line][mark.column :]
