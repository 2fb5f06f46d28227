"""Read the state at the beginning of a message: `**Monitoring:** we wait`, `Resolved ✅`."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from statusgen.i18n import catalogue
from statusgen.model import Kind, State

# Common synonyms for states that no status page uses as their names.
_SYNONYMS = {
    State.INVESTIGATING: ("reported", "ongoing", "automated system alert"),
    State.IDENTIFIED: ("mitigated", "troubleshooting", "cause found"),
    State.MONITORING: ("watching",),
    State.RESOLVED: ("fixed", "complete", "completed", "closed", "done"),
}
_MAX_LINE = 40  # characters in a state word, including the characters around it

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+")
_STATUS = re.compile(
    r"(?P<open>[*_]{0,3})\s*sta(?:te|tus)\s*(?P<inner>[*_]{0,3})\s*:\s*(?P<after>[*_]{0,3})\s*",
    re.IGNORECASE,
)
_MARK = re.compile(r"\*{1,3}|_{1,3}|\[")
# A separator after a word: a colon, including a fullwidth one, or a dash of any width.
_SET_OFF = re.compile("(?<!\\s)\\s*+(?::(?!\\S)|\uff1a|-+(?!\\S)|[\u2013\u2014])")
_AFTER = re.compile("\\s*(?:[:.!,]+(?!\\S)|\uff1a|-+(?!\\S)|[\u2013\u2014]|)")
_OTHER = re.compile(r" {4}|\s*(?:[>`|~<+-]|\*\s|\d+[.)]\s)")  # a quote, code, a list, a table
_SHORTCODE = re.compile(r":[a-z0-9_+-]+:")
# Allowed around a state word: emphasis marks, sentence ends, colons, symbols.
_AROUND = frozenset("*_~.!:\u2026\uff1a ")
_SIGNS = frozenset({"So", "Sk", "Mn", "Me", "Cf", "Zs"})  # emoji and their parts


class StateMatch(NamedTuple):
    """A *state*, or None, and the remaining *text*.

    *is_named* is true if the message has a name of the state, false if it has a synonym.
    """

    state: State | None
    text: str
    is_named: bool = False


class _Found(NamedTuple):
    state: State
    is_ours: bool  # the word is the page's own name of the state
    is_named: bool


def begins_with(text: str, kind: Kind, names: Mapping[str, State]) -> StateMatch:
    """Read the state at the beginning of *text*, a message about an incident of *kind*.

    *names* maps the page's folded state names to states. Such a name is removed from the text;
    names in other languages and synonyms stay.
    """
    first, _, rest = text.partition("\n")
    heading = _HEADING.match(first)
    line = first[heading.end() :] if heading else first
    if _OTHER.match(line):
        return StateMatch(None, text)
    status = _STATUS.match(line)
    if status:
        line = line[status.end() :]
        inner, after = status["inner"], status["after"]
        # The emphasis includes X in `**Status: X**` and `Status: **X**`, not in `**Status:** X`.
        mark = after if not status["open"] else "" if inner or after else status["open"]
    else:
        opening = _MARK.match(line)
        mark = opening[0] if opening else ""
        line = line[len(mark) :]
    word, below, is_set_off = _split(line, mark)
    found = _state(word, kind, names) if len(word) <= _MAX_LINE else None
    if found is None and mark:  # `**Resolved: all is well**`: the emphasis includes the text.
        found = _state(_split(line, "")[0], kind, names)
        found = found and found._replace(is_ours=False)
    if found is None or not (found.is_named or is_set_off or status):
        return StateMatch(None, text)
    if not found.is_ours:
        return StateMatch(found.state, text, found.is_named)
    lines = [below.strip(), rest] if re.search(r"\w", below) else [rest]
    return StateMatch(found.state, "\n".join(lines).strip("\n"), found.is_named)


def named(words: str, kind: Kind, names: Mapping[str, State]) -> State | None:
    """Return the state of *kind* that *words* as a whole stand for, or None.

    *names* maps the page's folded state names to states.
    """
    found = _state(words, kind, names)
    return found.state if found else None


def _split(line: str, mark: str) -> tuple[str, str, bool]:
    """Split *line* after its first part, which ends at *mark* or at a separator.

    Returns that part, the rest, and whether a mark or separator was found.
    """
    if mark:
        closing = "]" if mark == "[" else mark
        # As in CommonMark, a letter right after the mark makes it part of a word.
        end = re.search(rf"{re.escape(closing)}(?!\w)", line)
        word, below = (line[: end.start()], line[end.end() :]) if end else (line, "")
        if not end or (mark == "[" and below.startswith(("(", "["))):
            return (line, "", False)  # The mark is not closed, or it starts a link.
        return (word, _AFTER.sub("", below, count=1), True)
    set_off = _SET_OFF.search(_SHORTCODE.sub(lambda code: " " * len(code[0]), line))
    if set_off is None:
        return (line, "", False)
    return (line[: set_off.start()], line[set_off.end() :], True)


def _stripped(word: str) -> str:
    """Return *word* without the characters allowed around it; a question mark is not allowed."""

    def is_around(character: str) -> bool:
        return character in _AROUND or unicodedata.category(character) in _SIGNS

    start, end = 0, len(word)
    while start < end and is_around(word[start]):
        start += 1
    while end > start and is_around(word[end - 1]):
        end -= 1
    return word[start:end]


def _state(word: str, kind: Kind, names: Mapping[str, State]) -> _Found | None:
    """Return the state that *word* names, ignoring the characters allowed around it."""
    bare = _stripped(_SHORTCODE.sub("", word)).casefold()
    spaced = " ".join(bare.replace("_", " ").replace("-", " ").split())
    ids = {str(state).replace("_", " "): state for state in kind.states}
    ours = names.get(bare) or ids.get(spaced)
    if ours is not None:
        return _Found(ours, is_ours=True, is_named=True)
    foreign = _foreign(kind).get(bare)
    if foreign is not None:
        return _Found(foreign, is_ours=False, is_named=True)
    for state, words in _SYNONYMS.items():
        if spaced in words:
            meant = kind.states[-1] if state is State.RESOLVED else state
            if meant in kind.states:
                return _Found(meant, is_ours=False, is_named=False)
    return None


@cache
def _foreign(kind: Kind) -> Mapping[str, State]:
    """Return the states of *kind* by name in all languages, except ambiguous names."""
    found: dict[str, set[State]] = {}
    for code in catalogue.languages():
        messages = catalogue.messages(code)
        for state in kind.states:
            found.setdefault(messages[f"state.{state}"].casefold(), set()).add(state)
    return {name: next(iter(states)) for name, states in found.items() if len(states) == 1}
