"""Search for unresolved merge conflicts in Markdown, YAML and templates.

Git writes markers at the beginning of a line: `<<<<<<< ours`, `||||||| base` (only in its diff3
style), `=======` and `>>>>>>> theirs`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from statusgen.markup.scanner import Scanner

_MESSAGE = (
    "unresolved merge conflict;"
    " keep one side and delete the lines that begin with <<<<<<<, ======= and >>>>>>>"
)
_MESSAGE_WITH_BASE = (
    "unresolved merge conflict; keep one side, and delete the lines that begin with <<<<<<<,"
    " |||||||, ======= and >>>>>>>, and everything from ||||||| to ======="
)

MAX_CONFLICTS = 100  # reported per text
_ROUNDS = 3  # of escaping, before fenced code is escaped too

_MARKER = re.compile(r"([<|=>])\1{6}(?:( )|$)")
_CERTAIN = ("<<<<<<<", "|||||||", ">>>>>>>")  # A text with a conflict contains one of these.
_MARKERS = (*_CERTAIN, "=======")
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_ESCAPED = {"<": "&lt;", "|": "&#124;", "=": "&#61;", ">": "&gt;"}


class Marker(NamedTuple):
    """A line that looks like a marker, at the offset *start*; *end* is that of the next line.

    If *is_certain* is false, the line counts only inside a conflict.
    """

    start: int
    end: int
    sign: str
    is_certain: bool


class Conflict(NamedTuple):
    """An unresolved conflict, from the offset *start* of its first marker to its *end*.

    *has_base* is true if it is in Git's diff3 style.
    """

    start: int
    end: int
    has_base: bool

    @property
    def message(self) -> str:
        """The problem and its remedy."""
        return _MESSAGE_WITH_BASE if self.has_base else _MESSAGE


def in_markdown(text: str) -> list[Conflict]:
    """Return the conflicts in the Markdown *text*; markers in fenced code do not count."""
    return conflicts(markers_of_markdown(text))


def in_lines(text: str) -> list[Conflict]:
    """Return the conflicts in *text*, such as a template, in which any marker is certain."""
    return conflicts(markers_of_lines(text, certain="<|=>"))


def in_yaml(text: str) -> list[Conflict]:
    """Return the conflicts in the YAML *text*."""
    return conflicts(markers_of_yaml(text))


def markers_of_markdown(text: str) -> Iterator[Marker]:
    """Yield the markers in the Markdown *text*.

    `=======` alone underlines a heading, and `>>>>>>>` without a label is an empty quote.
    """
    if not any(sign in text for sign in _CERTAIN):
        return
    for line in Scanner(text).lines():
        found = _MARKER.match(line.source.rstrip("\r\n")) if line.code is None else None
        if found:
            sign = found[1]
            is_certain = sign == "<" or (sign in "|>" and found[2] is not None)
            yield Marker(line.offset, line.offset + len(line.source), sign, is_certain)


def markers_of_yaml(text: str) -> Iterator[Marker]:
    """Yield the markers in the YAML *text*, in which only `=======` can have another meaning."""
    return markers_of_lines(text, certain="<|>")


def markers_of_lines(text: str, *, certain: str) -> Iterator[Marker]:
    """Yield the markers in *text*; those with a sign in *certain* are certain."""
    if not any(sign in text for sign in _MARKERS):
        return
    start = 0
    for line in _BREAK.split(text):
        end = start + len(line)
        end += 2 if text[end : end + 2] == "\r\n" else 1
        if found := _MARKER.match(line):
            yield Marker(start, min(end, len(text)), found[1], found[1] in certain)
        start = end


def conflicts(markers: Iterable[Marker]) -> list[Conflict]:
    """Group *markers*, which are in order, into at most `MAX_CONFLICTS` conflicts."""
    found: list[Conflict] = []
    for one, is_first in _inside(markers):
        if not is_first:
            has_base = found[-1].has_base or one.sign == "|"
            found[-1] = Conflict(found[-1].start, one.end, has_base)
        elif len(found) < MAX_CONFLICTS:
            found.append(Conflict(one.start, one.end, one.sign == "|"))
        else:
            break
    return found


def escaped(text: str) -> str:
    """Return the Markdown *text* with the markers of conflicts escaped, so that they are shown."""
    # Without a marker that is also a quote, later lines may no longer be fenced code.
    for _ in range(_ROUNDS):
        if not in_markdown(text):
            return text
        text = _with_escapes(text, markers_of_markdown(text))
    return _with_escapes(text, markers_of_lines(text, certain="<|=>"))


def _with_escapes(text: str, markers: Iterable[Marker]) -> str:
    parts, done = [], 0
    for one, _ in _inside(markers):
        parts += [text[done : one.start], _ESCAPED[one.sign]]
        done = one.start + 1
    return "".join([*parts, text[done:]])


def _inside(markers: Iterable[Marker]) -> Iterator[tuple[Marker, bool]]:
    """Yield the *markers* that are part of a conflict; the flag is true if they begin one."""
    is_open = False
    for one in markers:
        is_first = one.is_certain and (one.sign == "<" or not is_open)
        if is_first or is_open:
            yield one, is_first
            is_open = one.sign != ">"
