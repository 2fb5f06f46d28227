"""Search for incident files by name, state or source, without reading the whole site."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from statusgen.authoring.edit import IncidentFile
from statusgen.characters import printable
from statusgen.config.settings import Config
from statusgen.content.skipped_files import skip_reason
from statusgen.model import Incident, Kind, State
from statusgen.problems import (
    ContentError,
    Problem,
    UsageError,
    listed,
    quoted,
    suggestion,
)
from statusgen.system import files
from statusgen.system.files import Entry, EntryKind, FileStat, UnreadableError
from statusgen.timeline.timeline import Timeline

if TYPE_CHECKING:  # Loading the cache takes longer than reading a few files.
    from statusgen.cache.closed_incidents import ClosedIncidents

_MAX_LISTED = 5  # files in a message
_DAY = re.compile(r"^\d{4}-\d\d-\d\d-")  # prefix of the file names that `new` creates
_MANY = 100  # with fewer files, reading them is faster than loading the cache


class NoMatchError(UsageError):
    """No incident matches the name, or none is open and none was named."""


class NoneOpenError(NoMatchError):
    """No incident is open, and none was named."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """An incident file that has not been read; *place* is its path in `incidents/`."""

    incidents: Path
    place: str
    stamp: FileStat | None

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self.incidents / self.place

    @property
    def folder(self) -> str:
        """The path of its folder in `incidents/`: empty, or ending with `/`."""
        return self.place[: self.place.rfind("/") + 1]

    @property
    def slug(self) -> str:
        """The name of the file without `.md`, as used in addresses."""
        return self.place.rpartition("/")[2].removesuffix(".md")


def all_incident_files(site: Path) -> list[Found]:
    """Return the incident files in the folder *site*, sorted by path."""
    folder = site / "incidents"
    return [
        Found(incidents=folder, place=entry.path, stamp=entry.stamp)
        for entry in files.walk(folder)
        if entry.kind is EntryKind.FILE
        and entry.name.endswith(".md")
        and not files.is_hidden(entry.path)
        and not _is_skipped(folder, entry)
    ]


def _is_skipped(folder: Path, entry: Entry) -> bool:
    def read() -> bytes:
        with suppress(UnreadableError):
            return files.read_bytes(folder / entry.path, limit=files.MAX_TEXT)
        return b""

    return skip_reason(entry.name, read) is not None


def at_path(site: Path, path: Path) -> Found:
    """Return the incident file at *path* in *site*, which may no longer exist."""
    folder = site / "incidents"
    return Found(incidents=folder, place=files.within(path, folder) or path.name, stamp=None)


def by_name(site: Path, config: Config, name: str, *, now: datetime) -> Found:
    """Return the file in *site* whose path or slug is *name*, or whose slug contains it.

    Raises UsageError unless exactly one file matches.
    """
    matches = _matches(site, config, name, now=now)
    if len(matches) > 1:
        raise UsageError(_ambiguous(name, matches))
    return matches[0]


def named_or_open(site: Path, config: Config, name: str | None, *, now: datetime) -> Found:
    """Return the file in *site* that matches *name*; if several do, the only open one.

    Without *name*, return the only file that is open at *now*. Raises UsageError unless there is
    exactly one (NoneOpenError if there is none), ContentError if a candidate has errors.
    """
    matches = _candidates(site, config, name, now=now)
    if name is not None and len(matches) == 1:
        return matches[0]
    open_ones = _open_ones(maybe_open(site, matches, config, now=now), config, now=now)
    if len(open_ones) == 1:
        return open_ones[0]
    if name is not None:
        raise UsageError(_ambiguous(name, matches))
    if open_ones:
        raise UsageError(f"several incidents are open: {_listed(open_ones)}; say which one")
    raise NoneOpenError("no incident is open; to update a closed one, give its file name")


def named_or_scheduled(
    site: Path, config: Config, name: str | None, *, now: datetime, or_begun: bool = False
) -> Found:
    """Return the file in *site* that matches *name*; if several do, the only scheduled maintenance.

    Without *name*, return the only maintenance that is scheduled at *now*; with *or_begun*, it may
    have begun, but not ended. Raises as `named_or_open` does.
    """
    matches = _candidates(site, config, name, now=now)
    if name is not None and len(matches) == 1:
        return matches[0]

    def is_scheduled(whole: Timeline) -> bool:
        course, incident = whole.until(now), whole.incident
        is_wanted = course.state is State.SCHEDULED or (or_begun and course.is_open)
        return incident.kind is Kind.MAINTENANCE and not incident.draft and is_wanted

    # Parsing the other files would take much longer.
    likely = [one for one in matches if Kind.MAINTENANCE in open_file(one, config).text]
    scheduled = _selected(likely, config, is_scheduled)
    if len(scheduled) == 1:
        return scheduled[0]
    if name is not None:
        raise UsageError(_ambiguous(name, matches))
    if scheduled:
        what = f"several files have scheduled maintenance: {_listed(scheduled)}"
        raise UsageError(f"{what}; say which one")
    raise NoneOpenError("no maintenance is scheduled; run: statusgen list")


def _candidates(site: Path, config: Config, name: str | None, *, now: datetime) -> list[Found]:
    if name is None:
        return all_incident_files(site)
    return _matches(site, config, name, now=now)


def _ambiguous(name: str, matches: list[Found]) -> str:
    return f"{quoted(name)} matches several files: {_listed(matches)}; be more specific"


def _matches(site: Path, config: Config, name: str, *, now: datetime) -> list[Found]:
    """Return the files that match *name*; raise UsageError if there are none."""
    known = all_incident_files(site)
    places = [files.within(path, site / "incidents") for path in (Path(name), site / name)]
    exact = [one for one in known if one.place in places]
    exact = exact or [one for one in known if name in (one.slug, one.path.name)]
    matches = exact or [one for one in known if name and name in one.slug]
    if matches:
        return matches
    if not known:
        raise UsageError("no incidents yet; create one with: statusgen new")
    # People misspell a word in a name or omit its date. If several names contain the word, suggest
    # the newest.
    words = {
        word: one.slug
        for one in known
        for word in (*one.slug.split("-"), _DAY.sub("", one.slug), one.slug)
    }
    close = suggestion(name, words)
    remedy = f"did you mean '{words[close]}'?" if close else _recent(site, known, config, now=now)
    raise NoMatchError(f"no incident matches {quoted(name)}; {remedy}")


def _recent(site: Path, known: list[Found], config: Config, *, now: datetime) -> str:
    """List open files, then the newest: ``open: a. Newest: b, c (3 more: statusgen list)``."""
    open_ones: list[Found] = []
    for one in maybe_open(site, known, config, now=now):
        with suppress(ContentError):  # A file with errors does not hide the others.
            open_ones += _open_ones([one], config, now=now)
    opened = open_ones[: -_MAX_LISTED - 1 : -1]
    newest = [one for one in known if one not in open_ones][: -_MAX_LISTED - 1 : -1]
    now_open, last = (", ".join(printable(one.slug) for one in part) for part in (opened, newest))
    heading = f"open: {now_open}. Newest: " if opened and newest else "newest: "
    rest = len(known) - len(opened) - len(newest)
    more = f" ({rest} more: statusgen list)" if rest else ""
    return f"{heading}{last}{more}" if newest else f"open: {now_open}{more}"


def maybe_open(site: Path, found: list[Found], config: Config, *, now: datetime) -> list[Found]:
    """Return the files in *found* that the cache does not list as closed at *now*."""
    closed = known_closed(site, found, config, now=now)
    return [one for one in found if one.place not in closed]


def known_closed(
    site: Path, found: list[Found], config: Config, *, now: datetime
) -> "ClosedIncidents":
    """Return those of *found*, by their place, that the cache lists as closed at *now*.

    The views are as in `cache.closed_incidents`. Without a cache, and for a few files, none is
    returned.
    """
    if len(found) < _MANY:
        return {}
    from statusgen.cache.closed_incidents import closed_incidents  # noqa: PLC0415

    stamps = {one.place: one.stamp for one in found}
    return closed_incidents(site, stamps, config, now=now)


def _open_ones(found: list[Found], config: Config, *, now: datetime) -> list[Found]:
    """Return the files in *found* that are open at *now*; raise ContentError if any has errors."""
    return _selected(found, config, lambda course: is_open(course, now=now))


def _selected(
    found: list[Found], config: Config, is_wanted: Callable[[Timeline], bool]
) -> list[Found]:
    """Return the files in *found* whose timeline *is_wanted* accepts; raise ContentError."""
    selected: list[Found] = []
    problems: list[Problem] = []
    for one in found:
        try:
            course = timeline_of(open_file(one, config))
        except ContentError as error:
            problems += error.problems
            continue
        if is_wanted(course):
            selected.append(one)
    if problems:
        raise ContentError(problems)
    return selected


def open_file(found: Found, config: Config) -> IncidentFile:
    """Read the file *found*; raise ContentError if it cannot be read as text."""
    try:
        text = files.read_text(found.path, limit=files.MAX_TEXT)
    except UnreadableError as error:
        raise ContentError([error.problem(found.path)]) from None
    return IncidentFile(
        path=found.path, slug=found.slug, folder=found.folder, text=text, config=config
    )


def incident_of(file: IncidentFile) -> Incident:
    """Parse *file*; raise ContentError if it has errors."""
    return timeline_of(file).incident


def timeline_of(file: IncidentFile) -> Timeline:
    """Parse *file* and return the timeline of its incident; raise ContentError if it has errors."""
    parsed = file.parsed()
    if parsed.timeline is None:
        raise ContentError(parsed.problems)
    return parsed.timeline


def is_open(course: Timeline, *, now: datetime) -> bool:
    """Return whether the page shows the incident of *course* as open at *now*."""
    incident = course.incident
    return incident.started <= now and not incident.draft and course.until(now).is_open


def from_source(site: Path, config: Config, source: str) -> Iterator[tuple[IncidentFile, Timeline]]:
    """Yield each file in *site* with this `source`, and its timeline.

    Only files that contain *source* anywhere are parsed.
    """
    for one in all_incident_files(site):
        file = open_file(one, config)
        if source in file.text:
            course = timeline_of(file)
            if course.incident.source == source:
                yield (file, course)


def _listed(found: list[Found]) -> str:
    """List the names of the first files in *found*, and how many more there are."""
    # Files with the same name in different folders are listed by path.
    is_unique = len({one.slug for one in found}) == len(found)
    names = [quoted(one.slug if is_unique else one.place) for one in found[:_MAX_LISTED]]
    rest = len(found) - len(names)
    return listed([*names, f"{rest} more"] if rest else names, "and")
