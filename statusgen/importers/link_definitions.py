"""Find definitions in Markdown that GitHub does not show.

An unused link reference definition is a common way to write a comment, such as
``[//]: # (for us)``. GitHub does not show unused footnotes either. See CommonMark 0.31, section
4.7, and GitHub's documentation of footnotes.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Block quotes and list items at the start of a line, at any depth.
CONTAINERS = re.compile(r"[ \t]*(?:(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))[ \t]*)*")
_BLOCK = re.compile(r"[ \t]*(?:#{1,6}[ \t]|>|(?:[-+*]|\d{1,9}[.)])[ \t]|`{3}|~{3})")
_FOOTNOTE = re.compile(r"\[\^(?P<label>[^\]\s]+)\]:[ \t]*")
_TITLE = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\))"""
_DEFINITION = re.compile(
    r"\[(?P<label>(?:[^\[\]\\]|\\.){1,999})\]:[ \t]*\n?[ \t]*"
    r"(?P<target><(?:[^<>\n\\]|\\.)*>|[^\s<]\S*)"
    rf"(?:(?:[ \t]+|[ \t]*\n[ \t]*)(?P<title>{_TITLE}))?[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
_NOWHERE = ("#", "<>", "/")
_USE = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\](?:(\()|\[((?:[^\[\]\\]|\\.)+)\])?", re.DOTALL)
_TICKS = re.compile(r"\\?(?P<run>`+)|(?P<gap>\n[ \t]*\n)")


class TextLine(NamedTuple):
    """A line of text with its line ending; *is_code* is true in a code block."""

    text: str
    is_code: bool


class _Definition(NamedTuple):
    """The definition of *label* in the rows from *start* up to *end*, with its *content*."""

    start: int
    end: int
    label: str
    content: str


def split_unused(rows: Sequence[TextLine]) -> tuple[list[TextLine], list[str]]:
    """Split *rows* into the visible rows and the contents of unused definitions."""
    found = list(_definitions(rows))
    kept = _without(rows, found)
    taken: set[str] = set()
    uses = _uses("".join(row.text for row in kept if not row.is_code))
    hidden = []
    for one in found:
        if one.label not in uses or one.label in taken:
            hidden.append(one)
        taken.add(one.label)
    return (_without(rows, hidden), [one.content for one in hidden])


def _without(rows: Sequence[TextLine], definitions: Sequence[_Definition]) -> list[TextLine]:
    gone = {at for one in definitions for at in range(one.start, one.end)}
    return [row for at, row in enumerate(rows) if at not in gone]


def _definitions(rows: Sequence[TextLine]) -> Iterator[_Definition]:
    """Yield every definition in *rows*.

    A link definition cannot interrupt a paragraph. One with an empty target still counts, because
    its author meant a comment.
    """
    at, is_between = 0, True
    lines = list(_lines(rows))
    while at < len(rows):
        line = lines[at]
        if line is None:
            at, is_between = at + 1, True
            continue
        found = None
        if line.text.startswith("[", line.offset):
            found = _footnote(rows, at)
            if found is None:
                found = _link(line, at, is_within_text=not is_between and not line.is_item)
        is_between = found is not None or line.text.startswith("#", line.offset)
        at = found.end if found else at + 1
        if found:
            yield found


def indented_code(lines: Sequence[str]) -> list[bool]:
    """Return for each of *lines* whether it is certainly indented code.

    A line below a list item may belong to that item, and a line directly after text continues its
    paragraph. Neither is certain.
    """
    result = []
    is_in_list, is_after_blank = False, True
    for line in lines:
        text = line.expandtabs(4)
        containers = CONTAINERS.match(line)
        is_item = bool(containers and containers[0].strip(" \t>"))
        is_blank = not text.strip()
        is_free = is_after_blank and not is_in_list and not is_item
        is_code = is_free and not is_blank and text.startswith("    ")
        if is_item:
            is_in_list = True
        elif is_after_blank and not is_blank and not text.startswith(" "):
            is_in_list = False
        is_after_blank = is_blank or is_code
        result.append(is_code)
    return result


class _Line(NamedTuple):
    """A line without its containers; it starts at *offset* in the *text* of its paragraph."""

    text: str
    offset: int
    is_item: bool


def _lines(rows: Sequence[TextLine]) -> Iterator[_Line | None]:
    """Yield a line for each of *rows*, None for a row that is blank or code."""
    paragraph: list[tuple[str, bool]] = []
    is_code = [*indented_code([row.text for row in rows]), False]
    for row, is_indented in zip([*rows, None], is_code, strict=True):
        containers = CONTAINERS.match(row.text) if row else None
        content = row.text[containers.end() :] if row and containers else ""
        if row and containers and content.strip() and not row.is_code and not is_indented:
            paragraph.append((content, bool(containers[0].strip(" \t>"))))
            continue
        text, offset = "".join(content for content, _ in paragraph), 0
        for content_, is_item in paragraph:
            yield _Line(text, offset, is_item)
            offset += len(content_)
        paragraph = []
        if row:
            yield None


def _footnote(rows: Sequence[TextLine], start: int) -> _Definition | None:
    content = CONTAINERS.sub("", rows[start].text, count=1)
    mark = _FOOTNOTE.match(content)
    if mark is None:
        return None
    end = start + 1
    while end < len(rows) and not rows[end].is_code:
        is_after_blank = not rows[end - 1].text.strip()
        text = rows[end].text.expandtabs(4)
        is_indented = text.startswith("    ")
        is_next = is_after_blank or _BLOCK.match(text) or text.lstrip().startswith("[")
        if text.strip() and not is_indented and is_next:
            break
        end += 1
    while not rows[end - 1].text.strip():
        end -= 1
    text = content[mark.end() :] + "".join(row.text for row in rows[start + 1 : end])
    return _Definition(start, end, _folded(f"^{mark['label']}"), text.strip())


def _link(line: _Line, start: int, *, is_within_text: bool) -> _Definition | None:
    found = _DEFINITION.match(line.text, line.offset)
    if found is None or not found["label"].strip():
        return None
    if is_within_text and found["target"] not in _NOWHERE:
        return None
    rows = found[0].count("\n") + (not found[0].endswith("\n"))
    title = (found["title"] or "").strip()[1:-1]
    return _Definition(start, start + rows, _folded(found["label"]), title or found["target"])


def _uses(text: str) -> set[str]:
    """Return the labels used by links and footnotes in *text*, outside code."""
    parts, end = [], 0
    for start, stop in code_spans(text):
        parts.append(text[end:start])
        end = stop
    found = set()
    for use in _USE.finditer("".join([*parts, text[end:]])):
        shown, is_inline, label = use.groups()
        if label or not is_inline:
            found.add(_folded(label or shown))
    return found


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each code span in *text*."""
    runs: list[tuple[int, int, bool]] = []
    for tick in [*_TICKS.finditer(text), None]:
        if tick and tick["run"]:
            runs.append((tick.start("run"), tick.end("run"), tick[0].startswith("\\")))
            continue
        yield from _spans(runs)
        runs = []


def is_within(offset: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether *offset* is within one of the sorted *spans*."""
    at = bisect_right(spans, offset, key=lambda span: span[0]) - 1
    return at >= 0 and offset < spans[at][1]


def _spans(runs: Sequence[tuple[int, int, bool]]) -> Iterator[tuple[int, int]]:
    """Pair the *runs* of backticks in a paragraph into code spans.

    A run is a start, an end, and whether its first backtick is escaped.
    """
    later: dict[int, list[int]] = {}
    for at in range(len(runs) - 1, -1, -1):
        later.setdefault(runs[at][1] - runs[at][0], []).append(at)
    done = 0
    for at, (start, end, is_escaped) in enumerate(runs):
        if at < done:
            continue
        same = later.get(end - start - is_escaped, [])
        while same and same[-1] <= at:
            same.pop()
        if same:
            done = same[-1] + 1
            yield (start + is_escaped, runs[same[-1]][1])


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())
