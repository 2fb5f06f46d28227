"""Problems of a site: where they are, what to do about them, and their output formats."""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from statusgen.characters import printable

_QUOTED = 60  # characters of the source that a message repeats
_MAX_OFFERED = 8  # words that a remedy lists

# Keys and states of other status pages, and what stands for them here.
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
}


class Level(StrEnum):
    """How bad a problem is: a warning never changes the exit status."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to mend, at a place: *line* and *column* count from 1, in characters."""

    path: Path
    line: int
    column: int
    message: str
    level: Level = Level.ERROR

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sort key: by path and place."""
        return (self.path.as_posix(), self.line, self.column, self.message)


class StatusgenError(Exception):
    """Root of every failure that statusgen expects: one line for the user, no traceback."""


class ContentError(StatusgenError):
    """The content has problems; *problems* are all of them, warnings included."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.order))
        super().__init__(self.problems)  # What a process hands to another is made anew of this.


class UsageError(StatusgenError):
    """The command was called in a way that cannot work."""


class OutsideError(StatusgenError):
    """The world outside failed: disk, network, a missing program."""


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those of *problems* that are errors."""
    return [problem for problem in problems if problem.level is Level.ERROR]


def quoted(text: str) -> str:
    """Repeat *text* as the author typed it, on one line and not too long."""
    line = printable(text)
    return f"'{line if len(line) <= _QUOTED else line[: _QUOTED - 1] + '…'}'"


def listed(words: Iterable[str], last: str = "or") -> str:
    """Join *words* as in a sentence: ``a, b or c``."""
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """The entry of *known* that *word* was probably meant to be, or None."""
    by_fold = {entry.casefold(): entry for entry in known}
    # In a short word one wrong letter weighs more.
    cutoff = 0.6 if len(word) <= 4 else 0.72
    close = difflib.get_close_matches(word.strip().casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[close[0]] if close else None


def instead(word: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown *word*: the likely entry of *known*, or a list of them.

    A long list is cut to its first entries, with the number of all.
    """
    known = list(known)
    others = (one for one in _OTHERS.get(word.strip().casefold(), ()) if one in known)
    close = next(others, None) or suggestion(word, known)
    if close is not None:
        return f"did you mean '{close}'?"
    return one_of(known)


def one_of(words: Sequence[str]) -> str:
    """Return the remedy that offers *words*: ``use one of: a, b``; ``remove it`` without any."""
    if not words:
        return "remove it"
    if len(words) == 1:
        return f"use {words[0]}"
    if len(words) <= _MAX_OFFERED:
        return f"use one of: {', '.join(words)}"
    return f"use one of: {', '.join(words[:_MAX_OFFERED])}, … ({len(words)} in all)"


def as_text(problem: Problem, path: str) -> str:
    """*problem* as ``path:line:column: message``, *path* being how the reader names the file."""
    kind = "warning: " if problem.level is Level.WARNING else ""
    place = f"{printable(path)}:{problem.line}:{problem.column}"
    return f"{place}: {kind}{printable(problem.message)}"


def as_annotation(problem: Problem, path: str) -> str:
    """*problem* as a workflow command of GitHub Actions.

    The format is that of "Workflow commands for GitHub Actions", with its two ways of escaping.
    """
    message = printable(problem.message)
    place = f"file={_property(path)},line={problem.line},col={problem.column}"
    return f"::{problem.level} {place}::{_data(message)}"


def as_command(name: str, text: str) -> str:
    """Return the workflow command *name* of GitHub Actions, such as `warning`, with *text*."""
    return f"::{name}::{_data(text)}"


def as_json(problems: Iterable[tuple[Problem, str]]) -> str:
    """Each problem with the path to print, as a JSON array of objects."""
    rows = [
        {
            "path": printable(path),  # A name that is not UTF-8 could not be written.
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
