"""Incident files by what people call them, without reading the whole site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from statusgen.authoring.edit import IncidentFile
from statusgen.config.settings import Config
from statusgen.model import Incident
from statusgen.problems import (
    ContentError,
    Problem,
    UsageError,
    listed,
    quoted,
    suggestion,
)
from statusgen.system import files
from statusgen.system.files import EntryKind, FileStat, UnreadableError
from statusgen.timeline import replay

_NAMED = 5  # files that a message names
_DAY = re.compile(r"^\d{4}-\d\d-\d\d-")  # that a name begins with, as `new` gives them
_MANY = 100  # files of which it pays to ask what builds know of them


@dataclass(frozen=True, kw_only=True)
class Found:
    """An incident file that was not read; *place* is its path below the folder `incidents/`."""

    incidents: Path
    place: str
    stamp: FileStat | None

    @property
    def path(self) -> Path:
        """The file."""
        return self.incidents / self.place

    @property
    def folder(self) -> str:
        """Where it lies below `incidents/`: nothing, or a path that ends with `/`."""
        return self.place[: self.place.rfind("/") + 1]

    @property
    def slug(self) -> str:
        """Its name as it stands in addresses."""
        return self.place.rpartition("/")[2].removesuffix(".md")


def all_incident_files(site: Path) -> list[Found]:
    """The incident files of the folder *site*, in order of their paths."""
    folder = site / "incidents"
    return [
        Found(incidents=folder, place=entry.path, stamp=entry.stamp)
        for entry in files.walk(folder)
        if entry.kind is EntryKind.FILE
        and entry.name.endswith(".md")
        and not files.is_hidden(entry.path)
    ]


def by_name(site: Path, name: str) -> Found:
    """The file of *site* that *name* means: its path, its slug, or a part of that alone has.

    Raises UsageError where no file fits, or several do.
    """
    fitting = _fitting(site, name)
    if len(fitting) > 1:
        raise UsageError(f"{quoted(name)} is part of {_several(fitting)}; write more of it")
    return fitting[0]


def named_or_open(site: Path, config: Config, name: str | None, *, now: datetime) -> Found:
    """The file of *site* to go on with: as `by_name`, but of several that fit the one that is open.

    Without a *name* it is the only one that is open at *now*. Raises UsageError where that does not
    say which, ContentError where a file that may be the one cannot be read.
    """
    fitting = all_incident_files(site) if name is None else _fitting(site, name)
    if name is not None and len(fitting) == 1:
        return fitting[0]
    going_on = _open_ones(maybe_open(site, fitting, config, now=now), config, now=now)
    if len(going_on) == 1:
        return going_on[0]
    if name is not None:
        raise UsageError(f"{quoted(name)} is part of {_several(fitting)}; write more of it")
    what = f"{_several(going_on)} are open" if going_on else "nothing is open"
    raise UsageError(f"{what}; name the incident")


def _fitting(site: Path, name: str) -> list[Found]:
    """The files that *name* may mean, at least one."""
    known = all_incident_files(site)
    places = [files.within(path, site / "incidents") for path in (Path(name), site / name)]
    exact = [one for one in known if one.place in places]
    exact = exact or [one for one in known if name in (one.slug, one.path.name)]
    fitting = exact or [one for one in known if name and name in one.slug]
    if fitting:
        return fitting
    what = f"there is no incident {quoted(name)}"
    # People misspell a word of a name, or leave its day out; of several files with that word the
    # newest is likely.
    words = {
        word: one.slug
        for one in known
        for word in (*one.slug.split("-"), _DAY.sub("", one.slug), one.slug)
    }
    close = suggestion(name, words)
    likely = [one.slug for one in known][: -_NAMED - 1 : -1]
    remedy = f"did you mean '{words[close]}'?" if close else f"write {listed(likely or ['it'])}"
    raise UsageError(f"{what}; {remedy if known else 'write one with: statusgen new'}")


def maybe_open(site: Path, found: list[Found], config: Config, *, now: datetime) -> list[Found]:
    """Those of *found* that may be open at *now*; of the others a build knows that they are not."""
    if len(found) < _MANY:
        return found
    # Loading it takes longer than reading a few files.
    from statusgen.cache.closed_incidents import known_closed  # noqa: PLC0415

    over = known_closed(site, {one.place: one.stamp for one in found}, config, now=now)
    return [one for one in found if one.place not in over]


def _open_ones(found: list[Found], config: Config, *, now: datetime) -> list[Found]:
    going_on: list[Found] = []
    problems: list[Problem] = []
    for one in found:
        try:
            incident = incident_of(open_file(one, config))
        except ContentError as error:
            problems += error.problems
            continue
        if is_open(incident, now=now):
            going_on.append(one)
    if problems:
        raise ContentError(problems)
    return going_on


def open_file(found: Found, config: Config) -> IncidentFile:
    """The content of *found*; raises ContentError if it is no text."""
    try:
        text = files.read_text(found.path, limit=files.MAX_TEXT)
    except UnreadableError as error:
        raise ContentError([error.problem(found.path)]) from None
    return IncidentFile(
        path=found.path, slug=found.slug, folder=found.folder, text=text, config=config
    )


def incident_of(file: IncidentFile) -> Incident:
    """The incident that *file* tells; raises ContentError if that has errors."""
    parsed = file.parsed()
    if parsed.incident is None:
        raise ContentError(parsed.problems)
    return parsed.incident


def is_open(incident: Incident, *, now: datetime) -> bool:
    """Whether *incident* is shown as going on at *now*."""
    course = replay.trace(incident).until(now)
    return incident.started <= now and not incident.draft and course.is_open


def from_source(site: Path, config: Config, source: str) -> Iterator[tuple[IncidentFile, Incident]]:
    """The files of *site* whose `source` is *source*; of the others none is parsed."""
    for one in all_incident_files(site):
        file = open_file(one, config)
        if source in file.text:
            incident = incident_of(file)
            if incident.source == source:
                yield (file, incident)


def _several(found: list[Found]) -> str:
    # Files of one name in several folders are told by their paths.
    is_unique = len({one.slug for one in found}) == len(found)
    names = [quoted(one.slug if is_unique else one.place) for one in found[:_NAMED]]
    rest = len(found) - len(names)
    return listed([*names, f"{rest} more"] if rest else names, "and")
