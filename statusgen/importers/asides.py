"""HTML comments in Markdown, which GitHub keeps from its readers: to the text without them."""

import re
from dataclasses import dataclass

# Only a block of code that begins at the left margin and ends keeps comments in it as text. After
# what else may be one, or may be HTML in which there are none, nothing is sure any more.
_MARK = re.compile(
    r"^(?P<fence>`{3,}|~{3,})(?P<info>.*)$|(?P<aside><!--)|```|~~~|^ {0,3}<(?!!--)[a-z/?!]",
    re.MULTILINE | re.IGNORECASE,
)
_ASIDE = re.compile("(?P<aside><!--)")
_FENCE = re.compile("```|~~~")
_INTERNAL = re.compile(r"[\W_]*internal(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Parted:
    """A *text* as readers see it, and the comments that were taken out of it."""

    text: str
    asides: tuple[str, ...]

    @property
    def is_internal(self) -> bool:
        """Whether the author marked it `<!-- internal -->`, or in words that begin so."""
        return any(_INTERNAL.match(aside) for aside in self.asides)

    @property
    def values(self) -> dict[str, str]:
        """What comments such as `<!-- started: 2026-11-20 09:05 -->` say; the first one counts."""
        found: dict[str, str] = {}
        for aside in self.asides:
            name, mark, value = aside.partition(":")
            if mark:
                found.setdefault(name.strip().casefold(), value.strip())
        return found


def part(text: str) -> Parted:
    """Take the HTML comments out of *text*; one that never ends hides all that follows it."""
    shown: list[str] = []
    asides: list[str] = []
    place = 0
    mark = _MARK
    while found := mark.search(text, place):
        if found["aside"]:
            shown.append(text[place : found.start()])
            end = text.find("-->", found.end())
            asides.append(text[found.end() : end if end >= 0 else len(text)])
            place = end + len("-->") if end >= 0 else len(text)
            if _FENCE.search(asides[-1]):
                mark = _ASIDE
        else:
            closed = _end_of_fence(text, found) if found["fence"] else None
            if closed is None:
                mark = _ASIDE
            else:
                shown.append(text[place:closed])
                place = closed
    shown.append(text[place:])
    # What stood on lines of its own leaves no gap behind.
    lines = re.sub(r"\n{3,}", "\n\n", "".join(shown)) if asides else text
    return Parted(text=lines.strip("\n").rstrip(), asides=tuple(asides))


def _end_of_fence(text: str, opening: re.Match[str]) -> int | None:
    """Where the block of code ends that *opening* begins; None if it is none, or never ends."""
    mark = opening["fence"]
    if mark[0] == "`" and "`" in opening["info"]:
        return None
    closing = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
    found = closing.search(text, opening.end())
    return found.end() if found else None
