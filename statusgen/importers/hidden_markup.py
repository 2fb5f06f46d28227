"""Remove from Markdown what GitHub does not show, such as HTML comments and tags."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from statusgen.importers import link_definitions
from statusgen.importers.github_markup import as_markdown
from statusgen.importers.link_definitions import TextLine
from statusgen.markup import references

# A comment stays as text only in a closed code block at the left margin. After anything else that
# may be a code block, and after anything that may be HTML, every comment counts as hidden.
_HIDDEN = r"(?P<aside><!--)|(?P<markup><\?|<!\[CDATA\[|<![a-z])"
_MARK = re.compile(
    rf"^(?P<fence>`{{3,}}|~{{3,}})(?P<info>.*)$|{_HIDDEN}|```|~~~|^ {{0,3}}<[a-z/]",
    re.MULTILINE | re.IGNORECASE,
)
_ASIDE = re.compile(_HIDDEN, re.IGNORECASE)
_FENCE = re.compile("```|~~~")
# Other HTML that GitHub hides, and the string that closes it.
_ENDS = {"<?": "?>", "<![cdata[": "]]>"}
_HTML = re.compile("<[a-z/!?]", re.IGNORECASE)
_GAP = re.compile(r"\n[ \t]*\n")
_OPENING = re.compile(r"(?P<fence>`{3,}(?=[^`]*\Z)|~{3,}).*")
_INTERNAL = re.compile(r"[\W_]*internal(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class SplitText:
    """The visible *text*, and the HTML comments that were removed from it.

    *others* are other hidden parts, such as unused link definitions.
    """

    text: str
    comments: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def is_internal(self) -> bool:
        """True if a hidden part begins with the word `internal`, as in `<!-- internal -->`."""
        return any(_INTERNAL.match(comment) for comment in (*self.comments, *self.others))

    @property
    def values(self) -> dict[str, str]:
        """The values in comments such as `<!-- started: 2026-11-20 09:05 -->`; the first wins."""
        found: dict[str, str] = {}
        for comment in self.comments:
            name, mark, value = comment.partition(":")
            if mark:
                found.setdefault(name.strip().casefold(), value.strip())
        return found


def split_hidden(text: str, *, keeps_tags: bool = False) -> SplitText:
    """Split *text* into its visible and its hidden parts.

    HTML tags and emoji shortcodes become Markdown, unless *keeps_tags*.
    A comment that is not closed hides the rest of the text.
    """
    shown: list[TextLine] = []
    comments: list[str] = []
    others: list[str] = []
    spans, blocks = [*link_definitions.code_spans(text)], [*_code_blocks(text)]
    place = since = 0
    mark, is_tick_hidden = _MARK, False
    while found := mark.search(text, since):
        start = found.start()
        if found["aside"]:
            end = text.find("-->", found.end())
            comments.append(text[found.end() : end if end >= 0 else len(text)])
            since = end + len("-->") if end >= 0 else len(text)
            is_tick_hidden = is_tick_hidden or "`" in comments[-1]
            if _FENCE.search(comments[-1]):
                mark = _ASIDE
        elif found["markup"]:
            # Code spans are uncertain after a possible code block or a hidden backtick.
            are_certain = mark is _MARK and not is_tick_hidden
            is_code = link_definitions.is_within(start, blocks) or (
                are_certain and link_definitions.is_within(start, spans)
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
    if comments or others or defined:  # Removed lines must not leave a gap.
        seen = re.sub(r"\n{3,}", "\n\n", seen)
    if not keeps_tags:
        seen = as_markdown(seen)
    if seen != text:  # The text around a removed part may form a character reference.
        seen = references.without_harmful(seen)
    return SplitText(
        text=seen.strip("\n").rstrip(), comments=tuple(comments), others=(*others, *defined)
    )


def _rows(pieces: list[TextLine]) -> Iterator[TextLine]:
    """Join *pieces* and yield the lines; a line that is partly code counts as code."""
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
    """Return the end of the HTML that starts at *opening*, or of *opening* itself if it is text.

    Inline HTML must end within its paragraph. An HTML block starts a line and may contain blank
    lines; one that is not closed extends to the end of the text.
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
    """Yield the start and end of each block that is certainly code: indented or fenced.

    Stops at anything that may be HTML, because HTML has no code blocks.
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
            opening = ""  # The block ends with its container.
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
    """Return the end of the code block that starts at *opening*.

    Returns None if *opening* does not start a code block, or the block is not closed.
    """
    mark = opening["fence"]
    if mark[0] == "`" and "`" in opening["info"]:
        return None
    closing = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
    found = closing.search(text, opening.end())
    return found.end() if found else None
