"""The folder of a site to its settings, what its incidents say, and every problem in them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path, PurePosixPath

from statusgen.build import redirects
from statusgen.build.load_incidents import IncidentLoader, ReadOptions
from statusgen.cache.codec import IncidentSummary
from statusgen.config import loader
from statusgen.config.settings import FILE, Config
from statusgen.problems import Level, Problem, quoted, suggestion
from statusgen.schema.scalars import slug_fault
from statusgen.site.view_models import IncidentView
from statusgen.system import files
from statusgen.system.files import Entry, EntryKind

FOLDERS = ("incidents", "static", "templates")

MAX_STATIC = 100 * 1024 * 1024

_NOT_UTF8 = re.compile("[\ud800-\udfff]")
# Endings that look as if somebody expects the file to be read.
_MISTAKEN = frozenset({".markdown", ".mdown", ".mkd", ".md", ".txt", ".yml", ".yaml"})


_WHY_NOT = {
    EntryKind.FILE: "the file name is not UTF-8; rename it",
    EntryKind.LINK: "symbolic links are not followed; replace it with the file itself",
    EntryKind.OTHER: "this is neither a file nor a folder; remove it",
}


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a folder holds at the moment *now*; *config* is None if `statusgen.yml` has an error.

    *settings* is a digest of that file and of the rules of its zone. *told* is what each incident
    file says, drafts included, *templates* are the site's own.
    """

    config: Config | None
    settings: str
    now: datetime
    told: tuple[IncidentSummary, ...]
    static: Mapping[str, bytes]
    templates: Mapping[str, bytes]
    problems: tuple[Problem, ...]

    @property
    def incidents(self) -> tuple[IncidentView, ...]:
        """What is told of all files that show."""
        return tuple(one.view for one in self.told if one.view is not None)


def read_site(folder: Path, how: ReadOptions) -> Content:
    """Read the site in *folder*.

    Raises UsageError if *folder* is no site, OutsideError if the disk fails.
    """
    found = loader.read_settings(folder)
    known = found.config or found.rough
    now = how.clock(known.zone if known else UTC)
    site = _Folder(folder, found.problems)
    # By rough settings nothing is remembered.
    digest = found.digest if found.config else None
    desk = IncidentLoader(folder / "incidents", known, digest, now, how)
    told = site.incidents(desk)
    site.check_names(told)
    static = site.static()
    site.check_redirects(told, static)
    site.check_assets(found.config, static)
    return Content(
        config=found.config,
        settings=found.digest,
        now=now,
        told=tuple(told),
        static=static,
        templates=site.templates(),
        problems=tuple(site.problems),
    )


class _Folder:
    """A folder while it is read, with the problems so far."""

    def __init__(self, folder: Path, problems: Iterable[Problem]) -> None:
        self.folder = folder
        self.problems = list(problems)

    def entries(self, name: str) -> Iterator[Entry]:
        """The files in folder *name* that are to be read; what cannot be read is a problem."""
        if files.kind_of(self.folder / name) is EntryKind.FILE:
            what = "expected a folder, found a file; rename or remove it"
            self._wrong(self.folder / name, what)
            return
        for entry in files.walk(self.folder / name):
            if name == "incidents" and files.is_hidden(entry.path):
                continue  # What editors and Git leave there.
            if entry.kind is EntryKind.FILE and not _is_not_utf8(entry):
                yield entry
            elif entry.kind is not EntryKind.FOLDER:
                self._wrong(self.folder / name / entry.path, _WHY_NOT[entry.kind])

    def incidents(self, desk: IncidentLoader) -> list[IncidentSummary]:
        """What every incident file says."""
        told, problems = desk.told(
            [one for one in self.entries("incidents") if self._is_named(one)]
        )
        self.problems += problems
        return told

    def _is_named(self, entry: Entry) -> bool:
        """Whether *entry* is to be read; a wrong name is a problem."""
        stem, _, ending = entry.name.rpartition(".")
        if ending != "md" or not stem:
            name = PurePosixPath(entry.name)
            if name.suffix.lower() in _MISTAKEN:
                what = f"only files ending in .md are read; rename it to {name.stem.lower()}.md"
                self._wrong(self.folder / "incidents" / entry.path, what, level=Level.WARNING)
            return False
        fault = slug_fault(stem)
        if fault is not None:
            self._wrong(self.folder / "incidents" / entry.path, fault)
        return True

    def check_names(self, told: list[IncidentSummary]) -> None:
        """Every slug, and every id of the API, belongs to one file."""
        owners: dict[str, IncidentSummary] = {}
        for one in told:
            if one.slug in owners:
                what = f"{quoted(one.slug)} is also the name of {owners[one.slug].path.as_posix()}"
                remedy = "rename one of them (the newer one, so that links stay valid)"
                self._wrong(one.path, f"{what}; {remedy}")
            owners.setdefault(one.slug, one)
        slugs = dict(owners)
        for one in told:
            if one.record_id is None or slugs[one.slug] is not one:
                continue
            owner = owners.setdefault(one.record_id, one)
            if owner is not one:
                what = f"id {quoted(one.record_id)} is also the id of {owner.path.as_posix()}"
                line, column = one.id_place
                message = f"{what}; change one of them"
                problem = Problem(path=one.path, line=line, column=column, message=message)
                self.problems.append(problem)
        self._check_update_ids(told)

    def _check_update_ids(self, told: list[IncidentSummary]) -> None:
        """Check that no two files pin the same id for an update, as copies do."""
        owners: dict[str, IncidentSummary] = {}
        for one in told:
            for pinned in one.update_ids:
                owner = owners.setdefault(pinned.id, one)
                if owner is one:
                    continue
                what = f"id {quoted(pinned.id)} is also used in {owner.path.as_posix()}"
                message = f"{what}; use another id, or remove it"
                line, column = pinned.line, pinned.column
                problem = Problem(path=one.path, line=line, column=column, message=message)
                self.problems.append(problem)

    def check_redirects(self, told: list[IncidentSummary], static: Iterable[str]) -> None:
        """Check that each old address is free of incidents, files of *static/* and others."""
        others = chain(redirects.incident_pages(told), redirects.static_files(static))
        self.problems += redirects.find_clashes(told, others)

    def static(self) -> dict[str, bytes]:
        """The files that are published as they are."""
        return self._contents("static")

    def _contents(self, name: str) -> dict[str, bytes]:
        found = {}
        for entry in self.entries(name):
            if files.is_litter(entry.path):
                continue
            path = self.folder / name / entry.path
            try:
                found[entry.path] = files.read_bytes(path, limit=MAX_STATIC)
            except files.UnreadableError as error:
                self.problems.append(error.problem(path))
        return found

    def check_assets(self, settings: Config | None, static: Iterable[str]) -> None:
        """What the settings name as a file of `static/` is there."""
        for asset in settings.assets if settings else ():
            if asset.path not in static:
                what = f"{quoted(f'static/{asset.path}')} does not exist"
                close = suggestion(asset.path.removeprefix("static/"), static)
                remedy = f"did you mean {quoted(close)}?" if close else "add it"
                message = f"{what}; {remedy}"
                path, line, column = self.folder / FILE, asset.line, asset.column
                problem = Problem(path=path, line=line, column=column, message=message)
                self.problems.append(problem)

    def templates(self) -> dict[str, bytes]:
        """The site's own templates; a link among them is a problem."""
        return self._contents("templates")

    def _wrong(self, path: Path, message: str, *, level: Level = Level.ERROR) -> None:
        self.problems.append(Problem(path=path, line=1, column=1, message=message, level=level))


def _is_not_utf8(entry: Entry) -> bool:
    # Python keeps bytes that are no text as lone surrogates.
    return _NOT_UTF8.search(entry.path) is not None
