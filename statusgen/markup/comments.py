"""Find HTML comments in Markdown, which readers never see."""

import re
from collections.abc import Iterable

_CLOSING = "-->"
_MARKS = frozenset("`*_~<>!-[]()")
_NOT_BREAK = re.compile(r"[^\r\n]")
_TICKS = re.compile(r"(?<!`)(`+)(?!`)")
_PLACE = re.compile(r"\\[\\`]|(?<!`)(?P<ticks>`+)(?!`)|(?P<comment><!--)")


class CommentFilter:
    """A filter for the lines of a text that are not in a code block, from the first one on.

    *spans* has the start and end of each comment in the text. *unclosed* is the start of a comment
    that hides the rest of the text.
    """

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []
        self.unclosed: int | None = None
        self._start: int | None = None  # of the comment that is open
        self._is_doubtful = False  # A code span may have begun in an earlier line.

    @property
    def is_open(self) -> bool:
        """True if a comment began and has not ended yet."""
        return self._start is not None

    def filter(self, row: str, offset: int) -> list[tuple[int, int]]:
        """Return the start and end of each comment, or part of one, in *row* at *offset*."""
        if not row.strip(" >\t\r\n"):
            self._is_doubtful = False
        found = []
        place = 0
        while place < len(row):
            begin = 0 if self.is_open else self._opening(row, place)
            if begin < 0:
                break
            if self._start is None:
                self._start = offset + begin
            # As in HTML, `<!-->` is a whole comment.
            end = row.find(_CLOSING, max(begin, self._start + 2 - offset))
            place = len(row) if end < 0 else end + len(_CLOSING)
            found.append((begin, place))
            if end >= 0:
                self.spans.append((self._start, offset + place))
                self._start = None
        return found

    def finish(self, end: int) -> None:
        """Close the comment that is open at the *end* of the text."""
        if self._start is not None:
            self.unclosed = self._start
            self.spans.append((self._start, end))

    def _opening(self, row: str, place: int) -> int:
        """Return where the first comment in *row* from *place* on begins, or -1.

        Comments in a code span are text, but only if the span is certain to be one.
        """
        while match := _PLACE.search(row, place):
            if match["comment"]:
                return match.start()
            place = match.end()
            if match["ticks"]:
                closing = self._closing(row, place, match["ticks"])
                self._is_doubtful = self._is_doubtful or closing < 0
                if not self._is_doubtful:
                    place = closing
        return -1

    def _closing(self, row: str, place: int, ticks: str) -> int:
        """Return the end of the code span that *ticks* before *place* begin, or -1."""
        spans = (match.end() for match in _TICKS.finditer(row, place) if match[1] == ticks)
        return next(spans, -1)


def cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return *text* without *spans*, and without the spaces and blank lines that they leave."""
    parts: list[str] = []
    place, left = 0, ""
    for start, end in [*spans, (len(text), len(text))]:
        part = text[place:start]
        parts.append(_joined(left, part) if place else part)
        place, left = end, (left + parts[-1])[-3:]
    return "".join(parts)


def _joined(left: str, right: str) -> str:
    """Return *right* as it follows *left*."""
    if not left or left.endswith("\n\n"):
        right = right.lstrip("\n")
    if not left or left[-1].isspace():
        return right.lstrip(" ")
    # Marks that were apart must not form another one, or another comment.
    is_mark = left[-1] in _MARKS and right[:1] in _MARKS
    return f" {right}" if is_mark else right


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return *text* with spaces in place of *spans*, so that all positions stay."""
    parts, place = [], 0
    for start, end in spans:
        parts += [text[place:start], _NOT_BREAK.sub(" ", text[start:end])]
        place = end
    return "".join([*parts, text[place:]])
