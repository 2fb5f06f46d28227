"""What GitHub keeps from its readers in Markdown, such as HTML comments: to the text without it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from statusgen.importers import link_definitions
from statusgen.importers.link_definitions import TextLine
from statusgen.markup import references

# Only a block of code that begins at the left margin and ends keeps comments in it as text. After
# what else may be one, or may be HTML in which there are none, nothing is sure any more.
_HIDDEN = r"(?P<aside><!--)|(?P<markup><\?|<!\[CDATA\[|<![a-z])"
_MARK = re.compile(
    rf"^(?P<fence>`{{3,}}|~{{3,}})(?P<info>.*)$|{_HIDDEN}|```|~~~|^ {{0,3}}<[a-z/]",
    re.MULTILINE | re.IGNORECASE,
)
_ASIDE = re.compile(_HIDDEN, re.IGNORECASE)
_FENCE = re.compile("```|~~~")
# What else GitHub takes for HTML and shows nothing of, with what ends it.
_ENDS = {"<?": "?>", "<![cdata[": "]]>"}
_HTML = re.compile("<[a-z/!?]", re.IGNORECASE)
_GAP = re.compile(r"\n[ \t]*\n")
_OPENING = re.compile(r"(?P<fence>`{3,}(?=[^`]*\Z)|~{3,}).*")
_INTERNAL = re.compile(r"[\W_]*internal(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Parted:
    """A *text* as readers see it, and the comments that were taken out of it.

    *others* are what was hidden in other ways, such as link definitions that nothing uses.
    """

    text: str
    asides: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def is_internal(self) -> bool:
        """Whether the author marked it `<!-- internal -->`, or in words that begin so."""
        return any(_INTERNAL.match(aside) for aside in (*self.asides, *self.others))

    @property
    def values(self) -> dict[str, str]:
        """What comments such as `<!-- started: 2026-11-20 09:05 -->` say; the first one counts."""
        found: dict[str, str] = {}
        for aside in self.asides:
            name, mark, value = aside.partition(":")
            if mark:
                found.setdefault(name.strip().casefold(), value.strip())
        return found


def split_hidden(text: str) -> Parted:
    """Take out of *text* what GitHub hides; a comment that never ends hides all that follows it."""
    shown: list[TextLine] = []
    asides: list[str] = []
    others: list[str] = []
    spans, blocks = [*link_definitions.code_spans(text)], [*_code_blocks(text)]
    place = since = 0
    mark, is_tick_hidden = _MARK, False
    while found := mark.search(text, since):
        start = found.start()
        if found["aside"]:
            end = text.find("-->", found.end())
            asides.append(text[found.end() : end if end >= 0 else len(text)])
            since = end + len("-->") if end >= 0 else len(text)
            is_tick_hidden = is_tick_hidden or "`" in asides[-1]
            if _FENCE.search(asides[-1]):
                mark = _ASIDE
        elif found["markup"]:
            # Where nothing is sure any more, or a backtick was hidden, one makes no code.
            are_sure = mark is _MARK and not is_tick_hidden
            is_code = link_definitions.is_within(start, blocks) or (
                are_sure and link_definitions.is_within(start, spans)
            )
            since = found.end() if is_code else _end_of_markup(text, found)
            if since == found.end():
                continue
            begin = start + 2 if len(found[0]) <= 3 else found.end()
            others.append(text[begin:since])
            is_tick_hidden = is_tick_hidden or "`" in others[-1]
        else:
            closed = _end_of_fence(text, found) if found["fence"] else None
            if closed is None:
                mark, since = _ASIDE, start
                continue
            shown += [TextLine(text[place:start], False), TextLine(text[start:closed], True)]
            place = since = closed
            continue
        shown.append(TextLine(text[place:start], False))
        place = since
    shown.append(TextLine(text[place:], False))
    rows, defined = link_definitions.split_unused([*_rows(shown)])
    seen = "".join(row.text for row in rows)
    if asides or others or defined:  # What stood on lines of its own leaves no gap behind.
        seen = re.sub(r"\n{3,}", "\n\n", seen)
    if len(seen) < len(text):  # What stood around something hidden may have become a reference.
        seen = references.without_harmful(seen)
    return Parted(text=seen.strip("\n").rstrip(), asides=tuple(asides), others=(*others, *defined))


def _rows(pieces: list[TextLine]) -> Iterator[TextLine]:
    """The lines of a text that comes in *pieces*; what is partly code is code."""
    text, is_code = "", False
    for piece in pieces:
        for line in piece.text.splitlines(keepends=True):
            text, is_code = text + line, is_code or (piece.is_code and bool(line.strip()))
            if text.endswith("\n"):
                yield TextLine(text, is_code)
                text, is_code = "", False
    if text:
        yield TextLine(text, is_code)


def _end_of_markup(text: str, opening: re.Match[str]) -> int:
    """Return where the HTML ends that *opening* begins: at once if it is text.

    Within a line it ends in its paragraph or is text; a block of it, which begins a line, may have
    blank lines, and one that never ends takes all that follows.
    """
    begin = text.rfind("\n", 0, opening.start()) + 1
    before = text[begin : opening.start()]
    is_block = link_definitions.CONTAINERS.fullmatch(before) is not None
    gap = _GAP.search(text, opening.end())
    limit = len(text) if is_block or gap is None else gap.start()
    closing = _ENDS.get(opening[0].casefold(), ">")
    end = text.find(closing, opening.end(), limit)
    if end >= 0:
        return end + len(closing)
    return len(text) if is_block else opening.end()


def _code_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Return where the blocks of code begin and end that are surely code: indented or in fences.

    None is sure below anything that may be HTML, in which there are no blocks of code.
    """
    lines = text.splitlines(keepends=True)
    start, opening = 0, ""
    place = quotes = margin = 0
    for line, is_indented in zip(lines, link_definitions.indented_code(lines), strict=True):
        containers = link_definitions.CONTAINERS.match(line)
        before = containers[0] if containers else ""
        content = line[len(before) :].strip()
        is_outside = before.count(">") < quotes or (not quotes and len(before) < margin)
        if opening and content and is_outside:
            opening = ""  # It ends with what it stands in.
        found = _OPENING.fullmatch(content)
        if opening:
            if len(content) >= len(opening) and not content.strip(opening[0]):
                yield (start, place + len(line))
                opening = ""
        elif is_indented:
            yield (place, place + len(line))
        elif found:
            start, opening, quotes = place, found["fence"], before.count(">")
            margin = len(before) if before.strip(" \t>") or len(before) > 3 else 0
        elif _HTML.search(content):
            return
        place += len(line)


def _end_of_fence(text: str, opening: re.Match[str]) -> int | None:
    """Where the block of code ends that *opening* begins; None if it is none, or never ends."""
    mark = opening["fence"]
    if mark[0] == "`" and "`" in opening["info"]:
        return None
    closing = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
    found = closing.search(text, opening.end())
    return found.end() if found else None
