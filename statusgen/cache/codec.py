"""Encode the content of an incident file, as of one moment, as JSON, and decode it.

A `CachedIncident` contains everything that the pages need from a file, so that an unchanged file
need not be parsed again. It has two parts: the `IncidentSummary`, which is loaded for every file,
and the details, which are fetched only for the few files that are shown in full. Both are typed:
msgspec decodes exactly what it encoded, and rejects anything else.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import DecodeError, Struct
from msgspec.json import Decoder, encode
from msgspec.structs import replace

from statusgen.config.settings import Config
from statusgen.content.parser import Parsed, PinnedId, PlacedAddress
from statusgen.i18n.language import Language
from statusgen.ids import digest
from statusgen.problems import Level, Problem
from statusgen.site.incident import incident_view, turns
from statusgen.site.view_models import IncidentDetails, IncidentView
from statusgen.system.time_limit import TooSlowError

Fetch = Callable[[str], IncidentDetails]

# Errors from JSON that is not what was encoded.
DAMAGE = (DecodeError, RecursionError)


class _Problem(Struct, frozen=True, array_like=True):
    """A problem, without the path of its file."""

    line: int
    column: int
    message: str
    level: Level

    def at(self, path: Path) -> Problem:
        return Problem(
            path=path, line=self.line, column=self.column, message=self.message, level=self.level
        )


class _Summary(Struct, frozen=True, kw_only=True, array_like=True):
    """The stored form of an `IncidentSummary`; *telling* is the name of its details."""

    telling: str
    record_id: str | None
    id_place: tuple[int, int]
    update_ids: tuple[PinnedId, ...]
    redirects: tuple[PlacedAddress, ...]
    view: IncidentView | None
    problems: tuple[_Problem, ...]
    later: tuple[_Problem, ...]
    since: datetime | None
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        return (self.since is None or self.since <= now) and (
            self.until is None or now < self.until
        )


_SUMMARIES = Decoder(_Summary)
_DETAILS = Decoder(IncidentDetails)


class IncidentSummary(Struct, frozen=True, kw_only=True):
    """The summary of a file as of one moment; *is_current* is False if it is out of date by now.

    *view* is None if the file is not published: a draft, in the future, or with an error among
    *problems*. *record_id* is None if the file could not be parsed. *later* are warnings about
    dates in the future.
    """

    folder: Path
    name: str
    record_id: str | None
    id_place: tuple[int, int]
    update_ids: tuple[PinnedId, ...]
    redirects: tuple[PlacedAddress, ...]
    view: IncidentView | None
    problems: tuple[Problem, ...]
    later: tuple[Problem, ...]
    is_current: bool

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self.folder / f"{self.name}.md"

    @property
    def slug(self) -> str:
        """The file name without its suffix, as used in addresses."""
        return self.name.rpartition("/")[2]


class CachedIncident(Struct, frozen=True, kw_only=True):
    """A file as of one moment, as JSON: its *summary*, and its details, whose digest is *name*."""

    summary: str
    telling: str
    name: str


def cached_incident(
    parsed: Parsed, *, now: datetime, config: Config | None, language: Language | None
) -> CachedIncident:
    """Encode the file *parsed* as of *now*; without *config*, encode only its problems."""
    incident, course = parsed.incident, parsed.timeline
    view, problems = None, list(parsed.problems)
    moments: list[datetime] = []
    if incident and course and not incident.draft and config and language:
        moments = [*turns(course), *(dated.at for dated in parsed.dated)]
        if incident.started <= now:
            try:
                view = incident_view(course, now=now, config=config, language=language)
            except TooSlowError as error:
                message = error.message
                problems.append(Problem(path=parsed.path, line=1, column=1, message=message))
    telling = encode(view.details).decode() if view else ""
    name = digest(telling)
    summary = _Summary(
        telling=name,
        record_id=incident.record_id if incident else None,
        id_place=parsed.id_place,
        update_ids=parsed.update_ids,
        redirects=parsed.redirects,
        view=replace(view, tell=None) if view else None,
        problems=tuple(map(_stored, problems)),
        later=tuple(map(_stored, parsed.later(now) if moments else ())),
        since=max((turn for turn in moments if turn <= now), default=None),
        until=min((turn for turn in moments if turn > now), default=None),
    )
    return CachedIncident(summary=encode(summary).decode(), telling=telling, name=name)


def _stored(problem: Problem) -> _Problem:
    return _Problem(problem.line, problem.column, problem.message, problem.level)


def summary(text: str, *, folder: Path, name: str, now: datetime, fetch: Fetch) -> IncidentSummary:
    """Decode *text*, a summary written by `cached_incident`.

    *name* is the path of the file below *folder*, without its suffix. Details are loaded by
    *fetch*, which is called with the name of a `CachedIncident`. Raises one of DAMAGE if *text*
    is not a summary.
    """
    found = _SUMMARIES.decode(text)
    view = found.view
    if view is not None:
        token = digest(f"{name}\n{text}")
        view = replace(view, tell=lambda: fetch(found.telling), token=token)
    path = folder / f"{name}.md" if found.problems or found.later else folder
    return IncidentSummary(
        folder=folder,
        name=name,
        record_id=found.record_id,
        id_place=found.id_place,
        update_ids=found.update_ids,
        redirects=found.redirects,
        view=view,
        problems=tuple(problem.at(path) for problem in found.problems),
        later=tuple(problem.at(path) for problem in found.later),
        is_current=found.holds(now),
    )


def view_at(text: str, *, now: datetime) -> IncidentView | None:
    """Decode the view, without its details, in the summary *text*; None if it is not published.

    Raises one of DAMAGE if *text* is not a summary, and LookupError if it is out of date at *now*.
    """
    found = _SUMMARIES.decode(text)
    if not found.holds(now):
        raise LookupError
    return found.view


def telling(text: str) -> IncidentDetails:
    """Decode *text*, details written by `cached_incident`; raise one of DAMAGE on failure."""
    return _DETAILS.decode(text)
