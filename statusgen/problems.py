"""Problems of a site, remedies for them, and their output formats."""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from statusgen.characters import printable

_QUOTED = 60  # characters of the source that a message repeats
_MAX_OFFERED = 8  # words that a remedy lists

# Words of other status pages and monitors, and our keys, states and severities for them.
_OTHERS = {
    "affected": ("services",),
    "body": ("text",),
    "closed": ("resolved",),
    "components": ("services",),
    "created_at": ("at", "started"),
    "date": ("at", "started"),
    "href": ("link",),
    "impact": ("severity",),
    "message": ("text",),
    "occurred": ("started",),
    "pinned": ("pin",),
    "scheduled_for": ("starts",),
    "scheduled_until": ("ends",),
    "status": ("state",),
    "time": ("at", "started"),
    "done": ("resolved", "completed"),
    "fixed": ("resolved", "completed"),
    "watching": ("monitoring", "verifying"),
    "blocker": ("major",),
    "critical": ("major",),
    "down": ("major",),
    "outage": ("major",),
    "sev1": ("major",),
    "partial_outage": ("partial",),
    "impaired": ("degraded",),
    "minor": ("degraded",),
    "slow": ("degraded",),
    "warning": ("degraded",),
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
    """One thing to fix; *line* and *column* count from 1, in characters."""

    path: Path
    line: int
    column: int
    message: str
    level: Level = Level.ERROR

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Key that sorts problems by path and place."""
        return (self.path.as_posix(), self.line, self.column, self.message)


class StatusgenError(Exception):
    """Base of all expected failures, shown to the user as one line without a traceback."""


class ContentError(StatusgenError):
    """Problems in the content; *problems* includes the warnings."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.order))
        super().__init__(self.problems)  # Unpickling in another process passes these arguments.


class UsageError(StatusgenError):
    """Wrong use of a command."""


class OutsideError(StatusgenError):
    """Failure outside the process: disk, network or a missing program."""


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the errors among *problems*."""
    return [problem for problem in problems if problem.level is Level.ERROR]


def quoted(text: str) -> str:
    """Return *text* in quotes as the author typed it, on one line and shortened."""
    line = printable(text)
    return f"'{line if len(line) <= _QUOTED else line[: _QUOTED - 1] + '…'}'"


def listed(words: Iterable[str], last: str = "or") -> str:
    """Join *words* as in a sentence: ``a, b or c``."""
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """Return the entry of *known* that is similar to *word*, or None."""
    by_fold = {entry.casefold(): entry for entry in known}
    # In a short word one wrong letter weighs more.
    cutoff = 0.6 if len(word) <= 4 else 0.72
    close = difflib.get_close_matches(word.strip().casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[close[0]] if close else None


def instead(word: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown *word*: the likely entry of *known*, or a list of them."""
    known = list(known)
    close = likely(word, known)
    return one_of(known) if close is None else f"did you mean '{close}'?"


def likely(word: str, known: Sequence[str]) -> str | None:
    """Return the entry of *known* that *word* probably stands for, or None.

    It is the word of statusgen for a word of other tools, or a similar one.
    """
    others = (one for one in _OTHERS.get(word.strip().casefold(), ()) if one in known)
    return next(others, None) or suggestion(word, known)


def one_of(words: Sequence[str]) -> str:
    """Return the remedy that offers *words*: ``use one of: a, b``.

    A long list is cut to its first entries; an empty one gives ``remove it``.
    """
    if not words:
        return "remove it"
    if len(words) == 1:
        return f"use {words[0]}"
    if len(words) <= _MAX_OFFERED:
        return f"use one of: {', '.join(words)}"
    return f"use one of: {', '.join(words[:_MAX_OFFERED])}, … ({len(words)} in all)"


def as_text(problem: Problem, path: str) -> str:
    """Return *problem* as ``path:line:column: message`` with *path* as the file's name."""
    kind = "warning: " if problem.level is Level.WARNING else ""
    place = f"{printable(path)}:{problem.line}:{problem.column}"
    return f"{place}: {kind}{printable(problem.message)}"


def as_annotation(problem: Problem, path: str) -> str:
    """Return *problem* as a workflow command of GitHub Actions.

    The format is documented under "Workflow commands for GitHub Actions". Data and properties
    are escaped differently.
    """
    message = printable(problem.message)
    place = f"file={_property(path)},line={problem.line},col={problem.column}"
    return f"::{problem.level} {place}::{_data(message)}"


def as_command(name: str, text: str) -> str:
    """Return the workflow command *name* of GitHub Actions, such as `warning`, with *text*."""
    return f"::{name}::{_data(text)}"


def as_json(problems: Iterable[tuple[Problem, str]]) -> str:
    """Return pairs of a problem and its path as a JSON array of objects."""
    rows = [
        {
            "path": printable(path),  # A name that is not UTF-8 cannot be encoded.
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
