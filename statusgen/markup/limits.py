"""Checks of Markdown text, without converting it.

Parts of Python-Markdown take quadratic time; the limits reject text that would be too slow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from statusgen.characters import describe, forbidden, invisible
from statusgen.markup import merge_conflicts, references
from statusgen.markup.fast_path import simple_blocks
from statusgen.markup.scanner import (
    HEADING_MARKS,
    MAX_DEPTH,
    Line,
    Scanner,
    is_delimiter,
)
from statusgen.markup.urls import own_picture, safe_url
from statusgen.problems import Level, quoted

_BLOCK = 16 * 1024  # characters between blank lines: inline markup takes quadratic time
_HEADINGS_IN_BLOCK = (
    500  # between blank lines: Python-Markdown rescans the rest at each heading or rule
)
_OPEN = 500  # brackets that are open at once
_CELLS = 100  # `|` in one line
_REPORTED_LINKS = 10  # per text
_MARKUP = 20_000  # Markdown elements in one text: each takes up to 40 microseconds

# All inline markup contains at least one of these.
_MARKS = ("*", "_", "~~", "`", "](", "<", "\\", "|", "://")
_TARGET = re.compile(
    r"(?P<image>(?<=!)\[[^\[\]]{0,500}+)?\]\((?:\s*<(?P<angle>[^<>\n]+)>|\s*(?P<bare>[^\s()<>]+))"
)
_CODE_SPAN = re.compile("(`+)[^`]+\\1(?!`)")


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """A problem in a text, at the character *offset*."""

    offset: int
    message: str
    level: Level = Level.ERROR


def find_flaws(text: str, *, pictures: frozenset[str] = frozenset()) -> Iterator[Flaw]:
    """Find markup that is too slow to convert, invisible characters and unsafe links in *text*.

    Also finds merge conflicts, and then nothing else in their lines. *pictures* are the paths
    below `static/` that images may name. Takes linear time. If no flaw is an error, 256 KiB convert
    within a second.
    """
    conflicts = merge_conflicts.in_markdown(text)
    for one in conflicts:
        yield Flaw(offset=one.start, message=one.message)
    for flaw in _flaws(text, pictures):
        if not any(one.start <= flaw.offset < one.end for one in conflicts):
            yield flaw


def _flaws(text: str, pictures: frozenset[str]) -> Iterator[Flaw]:
    """Find all flaws in *text* except merge conflicts."""
    if match := forbidden(text):
        yield _forbidden(match.start(), describe(match[0]))
    if match := invisible(text):
        yield _invisible(match.start(), describe(match[0]))
    is_short = len(text) <= _BLOCK and max(map(text.count, "([#")) <= _OPEN
    if is_short and simple_blocks(text) is not None:
        return  # Such text cannot exceed the limits below.
    is_heavy = False
    for flaw in _limits(text, pictures):
        is_heavy = is_heavy or flaw.level is Level.ERROR
        yield flaw
    if not is_heavy:
        yield from _references(text)


def _forbidden(offset: int, what: str, remedy: str = "remove it") -> Flaw:
    return Flaw(offset=offset, message=f"{what} cannot be published; {remedy}")


def _invisible(offset: int, what: str, remedy: str = "remove it") -> Flaw:
    message = f"{what} is invisible to readers; {remedy}"
    return Flaw(offset=offset, message=message, level=Level.WARNING)


def _references(text: str) -> Iterator[Flaw]:
    """Report the first reference to a forbidden character, and the first to an invisible one."""
    found: dict[bool, references.Reference] = {}
    for one in references.harmful(text):
        found.setdefault(forbidden(one.character) is not None, one)
    for is_forbidden, one in found.items():
        what = f"{quoted(text[one.start : one.end])} stands for {describe(one.character)}, which"
        report = _forbidden if is_forbidden else _invisible
        yield report(one.start, what, "remove it, or put it into code")


def _limits(text: str, pictures: frozenset[str]) -> Iterator[Flaw]:
    """Find markup that takes too long to convert, and links that are dropped."""
    scanner = Scanner(text)
    lines = [line for line in scanner.lines() if line.source]
    if scanner.comments and scanner.comments.unclosed is not None:
        what = "this comment is not closed and hides the rest of the text"
        message = f"{what}; write --> after it, or put '<!--' into code"
        yield Flaw(offset=scanner.comments.unclosed, message=message, level=Level.WARNING)
    for line in lines:
        if line.depth > MAX_DEPTH:
            message = (
                f"lists and quotes are nested {line.depth} levels deep; use at most {MAX_DEPTH}"
            )
            yield Flaw(offset=line.offset, message=message)
            break
    yield from islice(_dropped_links(lines, pictures), _REPORTED_LINKS)
    pieces = 0
    for is_prose, group in groupby(lines, lambda line: line.is_prose):
        block = list(group)
        if is_prose:
            yield from _block_flaws(block)
        before, pieces = pieces, pieces + _pieces(block)
        if before <= _MARKUP < pieces:
            message = (
                f"the text has more than {_MARKUP} Markdown elements; shorten it, or put logs "
                "into a fenced code block"
            )
            yield Flaw(offset=block[0].offset, message=message)


def _block_flaws(block: list[Line]) -> Iterator[Flaw]:
    """Find the limits that *block*, the lines between two blank lines, exceeds."""
    start = block[0].offset
    source = "".join(line.source for line in block)
    remedy = "without a blank line; add blank lines, or put it into a fenced code block"
    if len(source) > _BLOCK:
        yield Flaw(offset=start, message=f"a block of text has {len(source)} characters {remedy}")
    headings = sum(_is_heading(line.text) for line in block)
    if headings > _HEADINGS_IN_BLOCK:
        yield Flaw(offset=start, message=f"a block of text has {headings} headings {remedy}")
    for line in block:
        if line.source.count("|") > _CELLS:
            message = f"a line has more than {_CELLS} '|'; put it into a fenced code block"
            yield Flaw(offset=line.offset, message=message)
            break
    for pair in ("[]", "()"):
        offset, depth = _deepest(source, pair)
        if depth > _OPEN:
            message = (
                f"a block of text has {depth} open '{pair[0]}' at this point; "
                "put it into a fenced code block"
            )
            yield Flaw(offset=start + offset, message=message)


def _dropped_links(lines: list[Line], pictures: frozenset[str]) -> Iterator[Flaw]:
    """Find links that are dropped because they do not work on every page and in feeds."""
    for line in lines:
        if line.code is not None or "](" not in line.source:
            continue
        prose = _CODE_SPAN.sub(lambda found: " " * len(found[0]), line.source)
        for match in _TARGET.finditer(prose):
            kind = match.lastgroup or ""
            is_own = match["image"] and own_picture(match[kind], pictures) is not None
            if not is_own and safe_url(match[kind]) is None:
                what = f"{quoted(match[kind])} cannot be published as a link and is dropped"
                remedy = "write the full address with https://, http:// or mailto:"
                if match["image"]:
                    remedy = "write the full address with https://, or put the picture into static/"
                place = line.offset + match.start(kind)
                yield Flaw(offset=place, message=f"{what}; {remedy}", level=Level.WARNING)


def _is_heading(text: str) -> bool:
    bare = text.lstrip("> ")
    is_rule = bare[:1] in {"-", "*", "_"} and not bare.strip("-*_ ")
    return is_rule or bare.startswith(("#", *HEADING_MARKS.values()))


def _deepest(source: str, pair: str) -> tuple[int, int]:
    """Return the offset in *source* with the most open brackets of *pair*, and their number.

    Brackets in code do not count.
    """
    deepest = place = depth = 0
    if source.count(pair[0]) > _OPEN:
        for match in re.finditer(rf"`[^`]*`|[{re.escape(pair)}]", source):
            if match[0] == pair[0]:
                depth += 1
            elif match[0] == pair[1]:
                depth = max(0, depth - 1)
            if depth > deepest:
                deepest, place = depth, match.start()
    return place, deepest


def _pieces(block: list[Line]) -> int:
    """Return the number of Markdown elements in *block*; each takes a few dozen microseconds."""
    source = "".join(line.source for line in block)
    pieces = sum(map(source.count, _MARKS)) + sum(1 + line.depth for line in block)
    columns = 0
    for line in block:  # Python-Markdown pads the rows of a table to the width of its head.
        if is_delimiter(line.source):
            columns = max(columns, line.source.count("|") + 1)
        pieces += columns
    return pieces
