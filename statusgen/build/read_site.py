"""Read a site's folder: settings, incident summaries and other files; collect all problems."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path, PurePosixPath

from statusgen.build import redirects
from statusgen.build.load_incidents import IncidentLoader, ReadOptions
from statusgen.build.static_files import missing_assets, static_pointers, template_pointers
from statusgen.cache.codec import IncidentSummary
from statusgen.config import loader
from statusgen.config.settings import Config
from statusgen.content.skipped_files import skip_reason
from statusgen.problems import Level, Problem, quoted
from statusgen.schema.scalars import slug_fault
from statusgen.site.view_models import IncidentView
from statusgen.system import files
from statusgen.system.files import Entry, EntryKind

FOLDERS = ("incidents", "static", "templates")

MAX_STATIC = 100 * 1024 * 1024

_NOT_UTF8 = re.compile("[\ud800-\udfff]")
# Suffixes of files that the author probably meant as incidents.
_MISTAKEN = frozenset({".markdown", ".mdown", ".mkd", ".md", ".txt", ".yml", ".yaml"})


_WHY_NOT = {
    EntryKind.FILE: "the file name is not UTF-8; rename it",
    EntryKind.LINK: "symbolic links are not followed; replace it with the file itself",
    EntryKind.OTHER: "this is neither a file nor a folder; remove it",
}


@dataclass(frozen=True, kw_only=True)
class Content:
    """The content of a site's folder at *now*; *config* is None if `statusgen.yml` has an error.

    *settings* is a digest of that file and of the rules for its time zone. *summaries* covers
    every incident file, including drafts. *templates* are the site's own.
    """

    config: Config | None
    settings: str
    now: datetime
    summaries: tuple[IncidentSummary, ...]
    static: Mapping[str, bytes]
    templates: Mapping[str, bytes]
    problems: tuple[Problem, ...]

    @property
    def incidents(self) -> tuple[IncidentView, ...]:
        """Return the views of all incidents that are published."""
        return tuple(one.view for one in self.summaries if one.view is not None)


def read_site(folder: Path, options: ReadOptions) -> Content:
    """Read the site in *folder*.

    Raises UsageError if *folder* is not a site, OutsideError if the disk fails.
    """
    found = loader.read_settings(folder)
    known = found.config or found.rough
    now = options.clock(known.zone if known else UTC)
    site = _Folder(folder, found.problems)
    # Settings with errors must not end up in the cache.
    digest = found.digest if found.config else None
    incident_loader = IncidentLoader(folder / "incidents", known, digest, now, options)
    summaries = site.incidents(incident_loader)
    site.check_names(summaries)
    static = site.static()
    site.check_redirects(summaries, static)
    site.problems += missing_assets(found.config, folder, static)
    site.problems += static_pointers(found.config, folder, static)
    templates = site.templates()
    site.problems += template_pointers(folder, templates)
    return Content(
        config=found.config,
        settings=found.digest,
        now=now,
        summaries=tuple(summaries),
        static=static,
        templates=templates,
        problems=tuple(site.problems),
    )


class _Folder:
    """Reader of a site's folder that collects problems."""

    def __init__(self, folder: Path, problems: Iterable[Problem]) -> None:
        self.folder = folder
        self.problems = list(problems)

    def entries(self, name: str) -> Iterator[Entry]:
        """Yield the files in the folder *name*; report entries that cannot be read."""
        if files.kind_of(self.folder / name) is EntryKind.FILE:
            what = "expected a folder, found a file; rename or remove it"
            self._wrong(self.folder / name, what)
            return
        for entry in files.walk(self.folder / name):
            if name == "incidents" and files.is_hidden(entry.path):
                continue  # Created by editors and Git.
            if name == "incidents" and self._is_skipped(entry):
                continue
            if entry.kind is EntryKind.FILE and not _is_not_utf8(entry):
                yield entry
            elif entry.kind is not EntryKind.FOLDER:
                self._wrong(self.folder / name / entry.path, _WHY_NOT[entry.kind])

    def _is_skipped(self, entry: Entry) -> bool:
        """Return whether *entry* in `incidents/` is to be skipped; warn about it."""
        path = self.folder / "incidents" / entry.path

        def read() -> bytes:
            with suppress(files.UnreadableError):
                return files.read_bytes(path, limit=files.MAX_TEXT)
            return b""

        is_close = PurePosixPath(entry.name).suffix.lower() in _MISTAKEN
        if not is_close or entry.kind is EntryKind.FOLDER:
            return False
        reason = skip_reason(entry.name, read)
        if reason is not None:
            self._wrong(path, reason, level=Level.WARNING)
        return reason is not None

    def incidents(self, incident_loader: IncidentLoader) -> list[IncidentSummary]:
        """Return a summary of each incident file."""
        summaries, problems = incident_loader.load(
            [one for one in self.entries("incidents") if self._is_named(one)]
        )
        self.problems += problems
        return summaries

    def _is_named(self, entry: Entry) -> bool:
        """Return whether *entry* is an incident file; report a bad name."""
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

    def check_names(self, summaries: list[IncidentSummary]) -> None:
        """Check that no two files have the same slug or API id."""
        owners: dict[str, IncidentSummary] = {}
        for one in summaries:
            if one.slug in owners:
                what = f"{quoted(one.slug)} is also the name of {owners[one.slug].path.as_posix()}"
                remedy = "rename one of them (the newer one, so that links stay valid)"
                self._wrong(one.path, f"{what}; {remedy}")
            owners.setdefault(one.slug, one)
        slugs = dict(owners)
        for one in summaries:
            if one.record_id is None or slugs[one.slug] is not one:
                continue
            owner = owners.setdefault(one.record_id, one)
            if owner is not one:
                what = f"id {quoted(one.record_id)} is also the id of {owner.path.as_posix()}"
                line, column = one.id_place
                message = f"{what}; change one of them"
                problem = Problem(path=one.path, line=line, column=column, message=message)
                self.problems.append(problem)
        self._check_update_ids(summaries)

    def _check_update_ids(self, summaries: list[IncidentSummary]) -> None:
        """Check that no two files pin the same update id, as copied files do."""
        owners: dict[str, IncidentSummary] = {}
        for one in summaries:
            for pinned in one.update_ids:
                owner = owners.setdefault(pinned.id, one)
                if owner is one:
                    continue
                what = f"id {quoted(pinned.id)} is also used in {owner.path.as_posix()}"
                message = f"{what}; use another id, or remove it"
                line, column = pinned.line, pinned.column
                problem = Problem(path=one.path, line=line, column=column, message=message)
                self.problems.append(problem)

    def check_redirects(self, summaries: list[IncidentSummary], static: Iterable[str]) -> None:
        """Check that no old address is an incident page, a static file or another old address."""
        others = chain(redirects.incident_pages(summaries), redirects.static_files(static))
        self.problems += redirects.find_clashes(summaries, others)

    def static(self) -> dict[str, bytes]:
        """Return the files that are published unchanged."""
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

    def templates(self) -> dict[str, bytes]:
        """Return the site's own templates."""
        return self._contents("templates")

    def _wrong(self, path: Path, message: str, *, level: Level = Level.ERROR) -> None:
        self.problems.append(Problem(path=path, line=1, column=1, message=message, level=level))


def _is_not_utf8(entry: Entry) -> bool:
    # Python decodes bytes that are not UTF-8 as lone surrogates.
    return _NOT_UTF8.search(entry.path) is not None
