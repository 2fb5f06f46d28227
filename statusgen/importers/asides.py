"""HTML comments in Markdown, which GitHub keeps from its readers: to the text without them."""

import re
from dataclasses import dataclass

# The first of these ends the other: a comment in a fence is text, a fence in a comment is hidden.
_MARK = re.compile(r"(?m:^(?P<indent> {0,3})(?P<fence>`{3,}|~{3,})(?P<info>.*)$)|(?P<aside><!--)")


@dataclass(frozen=True, kw_only=True)
class Parted:
    """A *text* as readers see it, and the comments that were taken out of it."""

    text: str
    asides: tuple[str, ...]

    @property
    def is_internal(self) -> bool:
        """Whether the author marked it `<!-- internal -->`."""
        return any(aside.strip().casefold() == "internal" for aside in self.asides)

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
    while found := _MARK.search(text, place):
        if found["aside"]:
            shown.append(text[place : found.start()])
            end = text.find("-->", found.end())
            asides.append(text[found.end() : end if end >= 0 else len(text)])
            place = end + len("-->") if end >= 0 else len(text)
        else:
            end = _end_of_fence(text, found)
            shown.append(text[place:end])
            place = end
    shown.append(text[place:])
    # What stood on lines of its own leaves no gap behind.
    lines = re.sub(r"\n{3,}", "\n\n", "".join(shown)) if asides else text
    return Parted(text=lines.strip("\n").rstrip(), asides=tuple(asides))


def _end_of_fence(text: str, opening: re.Match[str]) -> int:
    """Where the block of code ends that *opening* begins; no block, if it only looks like one."""
    mark = opening["fence"]
    if mark[0] == "`" and "`" in opening["info"]:
        return opening.end()
    closing = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
    found = closing.search(text, opening.end())
    return found.end() if found else len(text)
