"""What is wrong with a Markdown text, found without converting it.

Some parts of Python-Markdown take quadratic time; the texts that would are refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from statusgen.characters import describe, forbidden, invisible
from statusgen.markup import references
from statusgen.markup.scanner import MAX_DEPTH, SENTENCES, Line, Scanner, is_delimiter
from statusgen.markup.urls import safe_url
from statusgen.problems import Level, quoted

_BLOCK = 16 * 1024  # characters between blank lines: inline markup is quadratic there
_HEADINGS_IN_BLOCK = 500  # between blank lines: each heading or rule reads the rest again
_OPEN = 500  # brackets open at one point
_CELLS = 100  # `|` in one line
_NAMED = 10  # links of one text that are named
_MARKUP = 20_000  # pieces of markup in one text: each costs up to 40 microseconds

# Every piece of markup within a line has at least one of these.
_MARKS = ("*", "_", "~~", "`", "](", "<", "\\", "|", "://")
_TARGET = re.compile(r"\]\((?:\s*<(?P<angle>[^<>\n]+)>|\s*(?P<bare>[^\s()<>]+))")
_CODE_SPAN = re.compile("(`+)[^`]+\\1(?!`)")


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """What is wrong with a text, at the character *offset* of it."""

    offset: int
    message: str
    level: Level = Level.ERROR


def find_flaws(text: str) -> Iterator[Flaw]:
    """Find what `markup.to_html` could not convert in time, unseen characters and lost links.

    Needs time in proportion to the length of *text*. Up to 256 KiB without an error among its
    flaws convert within a second.
    """
    if match := forbidden(text):
        yield _forbidden(match.start(), describe(match[0]))
    if match := invisible(text):
        yield _invisible(match.start(), describe(match[0]))
    if len(text) <= _BLOCK and text.count("(") <= _OPEN and SENTENCES.fullmatch(text):
        return  # It cannot reach any of the limits below.
    is_heavy = False
    for flaw in _limits(text):
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


def _limits(text: str) -> Iterator[Flaw]:
    """Find what takes too long to convert, and links that lead nowhere."""
    lines = [line for line in Scanner(text).lines() if line.source]
    for line in lines:
        if line.depth > MAX_DEPTH:
            message = (
                f"lists and quotes stand {line.depth} deep in each other; write at most {MAX_DEPTH}"
            )
            yield Flaw(offset=line.offset, message=message)
            break
    yield from islice(_lost_links(lines), _NAMED)
    pieces = 0
    for is_prose, group in groupby(lines, lambda line: line.is_prose):
        block = list(group)
        if is_prose:
            yield from _block_flaws(block)
        before, pieces = pieces, pieces + _pieces(block)
        if before <= _MARKUP < pieces:
            message = (
                f"the text has more than {_MARKUP} pieces of markup (lines, list items, cells, "
                "emphasis, links); shorten it, or put logs into a fenced code block"
            )
            yield Flaw(offset=block[0].offset, message=message)


def _block_flaws(block: list[Line]) -> Iterator[Flaw]:
    """The limits of *block*, the lines between two blank ones."""
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


def _lost_links(lines: list[Line]) -> Iterator[Flaw]:
    """Warn of links that lead nowhere a page of any depth, or a feed, could follow."""
    for line in lines:
        if line.code is not None or "](" not in line.source:
            continue
        prose = _CODE_SPAN.sub(lambda found: " " * len(found[0]), line.source)
        for match in _TARGET.finditer(prose):
            kind = match.lastgroup or ""
            if safe_url(match[kind]) is None:
                what = f"{quoted(match[kind])} is no address that a link may have, and is left out"
                remedy = "write it in full, with https://, http:// or mailto:"
                place = line.offset + match.start(kind)
                yield Flaw(offset=place, message=f"{what}; {remedy}", level=Level.WARNING)


def _is_heading(text: str) -> bool:
    bare = text.lstrip("> ")
    return bare.startswith("#") or (bare[:1] in {"=", "-", "*", "_"} and not bare.strip("=-*_ "))


def _deepest(source: str, pair: str) -> tuple[int, int]:
    """Where in *source* the most brackets of *pair* are open outside code, and how many."""
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
    """How much work the markup of *block* makes, in pieces of a few dozen microseconds."""
    source = "".join(line.source for line in block)
    pieces = sum(map(source.count, _MARKS)) + sum(1 + line.depth for line in block)
    columns = 0
    for line in block:  # A row of a table is filled up to the width of its head.
        if is_delimiter(line.source):
            columns = max(columns, line.source.count("|") + 1)
        pieces += columns
    return pieces
