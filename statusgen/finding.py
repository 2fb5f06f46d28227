"""Incident files by what people call them, without reading the whole site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from statusgen import files, reader, timeline
from statusgen.config import Config
from statusgen.editing import File
from statusgen.files import EntryKind, UnreadableError
from statusgen.model import Incident
from statusgen.problems import (
    ContentError,
    Problem,
    UsageError,
    instead,
    listed,
    quoted,
    suggestion,
)

_NAMED = 5  # files that a message names


@dataclass(frozen=True, kw_only=True)
class Found:
    """An incident file by its name alone; *folder* is where it lies below `incidents/`."""

    path: Path
    slug: str
    folder: str


def every(site: Path) -> list[Found]:
    """The incident files of the folder *site*, in order of their paths."""
    names = (
        PurePosixPath(entry.path)
        for entry in files.walk(site / "incidents")
        if entry.kind is EntryKind.FILE and not reader.is_hidden(entry)
    )
    return [
        Found(
            path=site / "incidents" / name,
            slug=name.stem,
            folder=name.as_posix().removesuffix(name.name),
        )
        for name in names
        if name.suffix == ".md"
    ]


def named(site: Path, name: str) -> Found:
    """The file of *site* that *name* means: its path, its slug, or a part of that alone has.

    Raises UsageError where no file fits, or several do.
    """
    known = every(site)
    places = [files.within(path, site / "incidents") for path in (Path(name), site / name)]
    exact = [one for one in known if f"{one.folder}{one.path.name}" in places]
    exact = exact or [one for one in known if name in (one.slug, one.path.name)]
    fitting = exact or [one for one in known if name and name in one.slug]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(f"{quoted(name)} is part of {_several(fitting)}; write more of it")
    what = f"there is no incident {quoted(name)}"
    slugs = [one.slug for one in known]
    close = suggestion(name, slugs)
    likely = [close] if close else slugs[: -_NAMED - 1 : -1]
    raise UsageError(f"{what}; {instead(name, likely) if known else 'write one with: new'}")


def only_open(site: Path, config: Config, *, now: datetime) -> Found:
    """The one file of *site* that is open at *now*.

    Raises UsageError where none is open, or several are, ContentError where a file cannot be read:
    that might be the one.
    """
    going_on: list[Found] = []
    problems: list[Problem] = []
    for one in every(site):
        try:
            incident = incident_of(opened(one, config))
        except ContentError as error:
            problems += error.problems
            continue
        if is_open(incident, now=now):
            going_on.append(one)
    if problems:
        raise ContentError(problems)
    if len(going_on) == 1:
        return going_on[0]
    what = f"{_several(going_on)} are open" if going_on else "nothing is open"
    raise UsageError(f"{what}; name the incident")


def opened(found: Found, config: Config) -> File:
    """The content of *found*; raises ContentError if it is no text."""
    try:
        text = files.read_text(found.path, limit=reader.MAX_TEXT)
    except UnreadableError as error:
        raise ContentError([error.problem(found.path)]) from None
    return File(path=found.path, slug=found.slug, folder=found.folder, text=text, config=config)


def incident_of(file: File) -> Incident:
    """The incident that *file* tells; raises ContentError if that has errors."""
    parsed = file.parsed()
    if parsed.incident is None:
        raise ContentError(parsed.problems)
    return parsed.incident


def is_open(incident: Incident, *, now: datetime) -> bool:
    """Whether *incident* is shown as going on at *now*."""
    course = timeline.trace(incident).until(now)
    return incident.started <= now and not incident.draft and course.is_open


def from_source(site: Path, config: Config, source: str) -> Iterator[tuple[File, Incident]]:
    """The files of *site* whose `source` is *source*; of the others none is parsed."""
    for one in every(site):
        file = opened(one, config)
        if source in file.text:
            incident = incident_of(file)
            if incident.source == source:
                yield (file, incident)


def _several(found: list[Found]) -> str:
    names = [quoted(one.slug) for one in found[:_NAMED]]
    rest = len(found) - len(names)
    return listed([*names, f"{rest} more"] if rest else names, "and")
