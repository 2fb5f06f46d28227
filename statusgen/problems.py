"""Problems in a site's files, remedies for them, and output formats."""

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from statusgen.characters import composed, correction, describe, mixed_word, printable

_MAX_QUOTED = 60  # characters of the source that a message quotes
_MAX_LISTED = 8  # words that a remedy lists

# Terms that other status pages and monitors use, and our equivalent keys, states and severities.
# They are in lower case and without separators, which `_normal` removes.
_FOREIGN_TERMS = {
    "address": ("url",),
    "affected": ("services",),
    "affectedcomponents": ("services",),
    "affectedservices": ("services",),
    "baseurl": ("url",),
    "body": ("text",),
    "closed": ("resolved", "completed"),
    "color": ("accent",),
    "colour": ("accent",),
    "comment": ("text",),
    "components": ("services",),
    "content": ("text",),
    "createdat": ("at", "started"),
    "date": ("at", "started"),
    "description": ("text",),
    "domain": ("url",),
    "ended": ("resolved", "ends"),
    "from": ("starts",),
    "headline": ("title",),
    "history": ("updates",),
    "href": ("link",),
    "impact": ("severity",),
    "impacted": ("services",),
    "impactedservices": ("services",),
    "level": ("severity",),
    "message": ("text",),
    "messages": ("updates",),
    "name": ("title",),
    "occurred": ("started",),
    "pinned": ("pin",),
    "priority": ("severity",),
    "scheduledfor": ("starts",),
    "scheduleduntil": ("ends",),
    "siteurl": ("url",),
    "sev": ("severity",),
    "start": ("starts", "started"),
    "status": ("state",),
    "subject": ("title",),
    "summary": ("title", "text"),
    "time": ("at", "started"),
    "timeline": ("updates",),
    "timestamp": ("at", "started"),
    "to": ("ends",),
    "tz": ("timezone",),
    "when": ("at", "started"),
    "acknowledged": ("investigating",),
    "open": ("investigating", "scheduled"),
    "planned": ("scheduled", "maintenance"),
    "scheduled": ("maintenance",),
    "mitigated": ("monitoring",),
    "watching": ("monitoring", "verifying"),
    "cancelled": ("completed",),
    "canceled": ("completed",),
    "done": ("resolved", "completed"),
    "fixed": ("resolved", "completed", "none"),
    "recovered": ("resolved", "completed", "none"),
    "resolved": ("completed", "none"),
    "blocker": ("major",),
    "critical": ("major",),
    "down": ("major",),
    "high": ("major",),
    "majoroutage": ("major",),
    "outage": ("major",),
    "p1": ("major",),
    "sev1": ("major",),
    "red": ("major",),
    "unavailable": ("major",),
    "p2": ("partial",),
    "partialoutage": ("partial",),
    "sev2": ("partial",),
    "degradedperformance": ("degraded",),
    "impaired": ("degraded",),
    "low": ("degraded",),
    "medium": ("degraded",),
    "minor": ("degraded",),
    "p3": ("degraded",),
    "sev3": ("degraded",),
    "slow": ("degraded",),
    "warning": ("degraded",),
    "yellow": ("degraded",),
    "green": ("none",),
    "info": ("none",),
    "notice": ("none",),
    "ok": ("none",),
    "operational": ("none",),
    "up": ("none",),
}


class Level(StrEnum):
    """Level of a problem; warnings do not affect the exit status."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Problem to fix in a file; *line* and *column* count from 1, in characters."""

    path: Path
    line: int
    column: int
    message: str
    level: Level = Level.ERROR

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sort key: path, then position."""
        return (self.path.as_posix(), self.line, self.column, self.message)


class StatusgenError(Exception):
    """Base class for expected errors, shown to the user on one line without a traceback."""


class ContentError(StatusgenError):
    """Errors in a site's files; *problems* includes the warnings."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.order))
        super().__init__(self.problems)  # Unpickling in another process passes these arguments.


class UsageError(StatusgenError):
    """Incorrect use of a command."""


class OutsideError(StatusgenError):
    """Failure outside the process: disk, network or a missing program."""


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the errors among *problems*."""
    return [problem for problem in problems if problem.level is Level.ERROR]


def quoted(text: str) -> str:
    """Return *text* in quotes, on one line and shortened if necessary."""
    line = printable(text)
    return f"'{line if len(line) <= _MAX_QUOTED else line[: _MAX_QUOTED - 1] + '…'}'"


def listed(words: Iterable[str], last: str = "or") -> str:
    """Join *words* as in a sentence: ``a, b or c``."""
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail


def suggestion(word: str, known: Iterable[str], *, least: float = 0) -> str | None:
    """Return the entry in *known* that is most similar to *word*, or None.

    *least* is the similarity, from 0 to 1, that is required in any case.
    """
    by_fold = {entry.casefold(): entry for entry in known}
    # In a short word, one wrong letter makes a bigger difference.
    cutoff = max(least, 0.6 if len(word) <= 4 else 0.72)
    close = difflib.get_close_matches(word.strip().casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[close[0]] if close else None


def instead(word: str, known: Iterable[str]) -> str:
    """Return a remedy for an unknown *word*: the likely entry in *known*, or a list of them."""
    known = list(known)
    close = likely(word, known)
    look_alike = None if word.isascii() else _look_alike(word, known, close)
    if look_alike is not None:
        return look_alike
    return one_of(known) if close is None else f"did you mean '{close}'?"


def _look_alike(word: str, known: Sequence[str], close: str | None) -> str | None:
    """Return a remedy that names the character by which *word* differs from one in *known*."""
    plain = correction(word)
    if plain is not None and set(re.split("[ ,]+", plain.text)) <= set(known):
        return f"did you mean {quoted(plain.text)}, {plain.difference}?"
    whole = composed(word)
    if whole.text != word and whole.text in known:
        return f"did you mean {quoted(whole.text)}, {whole.difference}?"
    if close is not None and mixed_word(word) is not None:
        letter = next(one for one in word if not one.isascii())
        return f"did you mean '{close}', without {describe(letter)}?"
    return None


def likely(word: str, known: Sequence[str], *, least: float = 0) -> str | None:
    """Return the entry in *known* that *word* probably stands for, or None.

    It is our equivalent of a term from another tool, or else a similar word (see `suggestion`).
    """
    typed = _normal(word)
    same = (one for one in known if _normal(one) == typed)
    ours = (one for one in _FOREIGN_TERMS.get(typed, ()) if one in known)
    return next(same, None) or next(ours, None) or suggestion(word, known, least=least)


def _normal(word: str) -> str:
    """Return *word* without case and separators, so that `Sev 1` and `sev-1` are the same."""
    return re.sub(r"[\s_-]+", "", word.casefold())


def one_of(words: Sequence[str]) -> str:
    """Return a remedy that lists *words* as alternatives: ``use one of: a, b``.

    A long list is truncated; an empty one gives ``remove it``.
    """
    if not words:
        return "remove it"
    if len(words) == 1:
        return f"use {words[0]}"
    if len(words) <= _MAX_LISTED:
        return f"use one of: {', '.join(words)}"
    return f"use one of: {', '.join(words[:_MAX_LISTED])}, … ({len(words)} in all)"


def as_text(problem: Problem, path: str) -> str:
    """Return *problem* as ``path:line:column: message``, with *path* as the file name."""
    kind = "warning: " if problem.level is Level.WARNING else ""
    place = f"{printable(path)}:{problem.line}:{problem.column}"
    return f"{place}: {kind}{printable(problem.message)}"


def as_annotation(problem: Problem, path: str) -> str:
    """Return *problem* as a GitHub Actions workflow command.

    The format is documented under "Workflow commands for GitHub Actions". Data and properties
    are escaped differently.
    """
    message = printable(problem.message)
    place = f"file={_property(path)},line={problem.line},col={problem.column}"
    return f"::{problem.level} {place}::{_data(message)}"


def as_command(name: str, text: str) -> str:
    """Return the GitHub Actions workflow command *name*, such as `warning`, with *text*."""
    return f"::{name}::{_data(text)}"


def as_json(problems: Iterable[tuple[Problem, str]]) -> str:
    """Return pairs of problem and path as a JSON array of objects."""
    rows = [
        {
            "path": printable(path),  # Invalid UTF-8 cannot be encoded.
            "line": problem.line,
            "column": problem.column,
            "level": problem.level,
            "message": problem.message,
        }
        for problem, path in problems
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
