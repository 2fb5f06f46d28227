"""The folder of a site to its settings, its incidents and every problem in them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar

from statusgen import config, files, parser
from statusgen.config import Config
from statusgen.files import Entry, EntryKind
from statusgen.model import Incident
from statusgen.parser import Parsed
from statusgen.problems import ContentError, Level, Problem, UsageError, quoted, suggestion
from statusgen.values import is_reserved

FOLDERS = ("incidents", "static", "templates")

MAX_TEXT = 256 * 1024
MAX_STATIC = 100 * 1024 * 1024
MAX_SLUG = 100

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Endings that look as if somebody expects the file to be read.
_MISTAKEN = frozenset({".markdown", ".mdown", ".mkd", ".md", ".txt", ".yml", ".yaml"})

_Item = TypeVar("_Item")


class Track(Protocol):
    """What sees the work that is to be done: gives *items* one by one, under a *label*."""

    def __call__(self, label: str, items: list[_Item], /) -> Iterable[_Item]:
        """Give *items* in their order."""


def unseen(_label: str, items: list[_Item], /) -> Iterable[_Item]:
    """A `Track` that shows nothing."""
    return items


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a folder holds; *config* is None if `statusgen.yml` has an error."""

    config: Config | None
    parsed: tuple[Parsed, ...]
    static: Mapping[str, bytes]
    templates: Path | None
    problems: tuple[Problem, ...]

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """The incidents of all files without an error, drafts left out, by slug."""
        found = (parsed.incident for parsed in self.parsed)
        shown = (incident for incident in found if incident is not None and not incident.draft)
        return tuple(sorted(shown, key=lambda incident: incident.slug))

    def later(self, now: datetime) -> Iterator[Problem]:
        """Warnings about what is dated after *now*."""
        for parsed in self.parsed:
            if parsed.incident is not None and not parsed.incident.draft:
                yield from parsed.later(now)


def read(folder: Path, *, track: Track = unseen) -> Content:
    """Read the site in *folder*; *track* sees the work that is to be done.

    Raises UsageError if *folder* is no site, OutsideError if the disk fails.
    """
    reading = _Reading(folder)
    settings = reading.settings()
    entries = list(reading.entries("incidents"))
    parsed = [reading.incident(entry, settings) for entry in track("Reading", entries)]
    known = [one for one in parsed if one is not None]
    reading.check_names(known)
    static = reading.static()
    reading.check_assets(settings, static)
    return Content(
        config=settings,
        parsed=tuple(known),
        static=static,
        templates=reading.templates(),
        problems=tuple(reading.problems),
    )


def settings(folder: Path) -> tuple[Config | None, list[Problem]]:
    """The settings of the site in *folder* alone, None if there is an error, and every problem.

    Raises UsageError if *folder* is no site.
    """
    reading = _Reading(folder)
    return (reading.settings(), reading.problems)


def settings_of(folder: Path) -> Config:
    """The settings of the site in *folder*.

    Raises ContentError if they have an error, UsageError if *folder* is no site.
    """
    found, problems = settings(folder)
    if found is None:
        raise ContentError(problems)
    return found


class _Reading:
    """A folder while it is read, with the problems so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def settings(self) -> Config | None:
        path = self.folder / config.FILE
        kind = files.kind_of(path)
        if kind is None:
            remedy = f"go to the folder of a site, or name it with --site, or write {config.FILE}"
            raise UsageError(f"there is no {config.FILE} in {self.folder}; {remedy}")
        text = self._text(path)
        if text is None:
            return None
        found, problems = config.parse(text, path=path)
        self.problems += problems
        return found

    def entries(self, name: str) -> Iterator[Entry]:
        """The files in folder *name* that are to be read; what cannot be read is a problem."""
        if files.kind_of(self.folder / name) is EntryKind.FILE:
            what = "this is a file where a folder is expected; rename it or take it away"
            self._wrong(self.folder / name, what)
            return
        for entry in files.walk(self.folder / name):
            path = self.folder / name / entry.path
            if name == "incidents" and is_hidden(entry):
                continue  # What editors and Git leave there.
            if entry.kind is EntryKind.LINK:
                what = "a symbolic link is not followed"
                self._wrong(path, f"{what}; put the file itself here")
            elif entry.kind is EntryKind.OTHER:
                self._wrong(path, "this is neither a file nor a folder; take it away")
            elif entry.kind is EntryKind.FILE and _is_not_utf8(entry):
                self._wrong(path, "the name of the file is not UTF-8; rename it")
            elif entry.kind is EntryKind.FILE:
                yield entry

    def incident(self, entry: Entry, settings: Config | None) -> Parsed | None:
        path = self.folder / "incidents" / entry.path
        name = PurePosixPath(entry.path)
        if name.suffix != ".md":
            if name.suffix.lower() in _MISTAKEN:
                what = f"only files ending in .md are read; rename it to {name.stem}.md"
                self._wrong(path, what, level=Level.WARNING)
            return None
        fault = slug_fault(name.stem)
        if fault is not None:
            self._wrong(path, fault)
        text = self._text(path)
        if text is None:
            return None
        folder = entry.path.removesuffix(name.name)
        parsed = parser.parse(text, path=path, slug=name.stem, config=settings, folder=folder)
        self.problems += parsed.problems
        return parsed

    def check_names(self, parsed: Iterable[Parsed]) -> None:
        """Every slug, and every id of the API, belongs to one file."""
        paths: dict[str, Path] = {}
        for one in parsed:
            slug = one.path.stem
            if slug in paths:
                what = f"{quoted(slug)} is also the name of {paths[slug].as_posix()}"
                self._wrong(one.path, f"{what}; rename the newer file")
            paths.setdefault(slug, one.path)
        owners = dict(paths)
        for one in parsed:
            if one.incident is None or paths[one.path.stem] != one.path:
                continue
            record = one.incident.record_id
            owner = owners.setdefault(record, one.path)
            if owner != one.path:
                what = f"its id {quoted(record)} is also that of {owner.as_posix()}"
                line, column = one.id_place
                message = f"{what}; give one of them another"
                problem = Problem(path=one.path, line=line, column=column, message=message)
                self.problems.append(problem)

    def static(self) -> dict[str, bytes]:
        found = {}
        for entry in self.entries("static"):
            if files.is_litter(entry.path):
                continue
            path = self.folder / "static" / entry.path
            try:
                found[entry.path] = files.read_bytes(path, limit=MAX_STATIC)
            except files.UnreadableError as error:
                self.problems.append(error.problem(path))
        return found

    def check_assets(self, settings: Config | None, static: Iterable[str]) -> None:
        """What the settings name as a file of `static/` is there."""
        for asset in settings.assets if settings else ():
            if asset.path not in static:
                what = f"there is no file {quoted(f'static/{asset.path}')}"
                close = suggestion(asset.path.removeprefix("static/"), static)
                remedy = f"did you mean {quoted(close)}?" if close else "put it there"
                message = f"{what}; {remedy}"
                path, line, column = self.folder / config.FILE, asset.line, asset.column
                problem = Problem(path=path, line=line, column=column, message=message)
                self.problems.append(problem)

    def templates(self) -> Path | None:
        """The site's own templates, if it has any; a link among them is a problem."""
        found = list(self.entries("templates"))
        return self.folder / "templates" if found else None

    def _text(self, path: Path) -> str | None:
        try:
            return files.read_text(path, limit=MAX_TEXT)
        except files.UnreadableError as error:
            self.problems.append(error.problem(path))
            return None

    def _wrong(self, path: Path, message: str, *, level: Level = Level.ERROR) -> None:
        self.problems.append(Problem(path=path, line=1, column=1, message=message, level=level))


def is_hidden(entry: Entry) -> bool:
    """Whether *entry* is what editors and Git leave in a folder of incidents."""
    return any(part.startswith(".") for part in PurePosixPath(entry.path).parts)


def _is_not_utf8(entry: Entry) -> bool:
    # Python keeps bytes that are no text as lone surrogates.
    return any("\ud800" <= character <= "\udfff" for character in entry.path)


def slug_fault(slug: str) -> str | None:
    """Why *slug* can name no incident file, and what to write, or None."""
    if _SLUG.fullmatch(slug) is None:
        what = f"{quoted(slug)} cannot be an address"
        return f"{what}; name the file with lower-case letters a-z, digits and single hyphens"
    if len(slug) > MAX_SLUG:
        return f"the name has {len(slug)} characters; shorten it to {MAX_SLUG}"
    if is_reserved(slug):
        return f"{quoted(slug)} is a reserved name; name the file otherwise"
    return None
