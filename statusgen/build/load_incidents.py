"""The files of `incidents/` to what they say; only those are read of which that is not known."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path

from statusgen.cache import codec
from statusgen.cache.codec import CachedIncident, IncidentSummary
from statusgen.cache.store import Cache, CacheError, CacheRow
from statusgen.config.settings import Config
from statusgen.content import parser
from statusgen.i18n.language import Language
from statusgen.problems import Problem, errors
from statusgen.site.view_models import IncidentDetails
from statusgen.system import files
from statusgen.system.files import Entry, FileStat, UnreadableError
from statusgen.system.workers import Progress, no_progress, parallel_map, worker_count

_PART = 32  # files that a process reads at a time
_ENOUGH = 150  # files that are worth a process
_AT_ONCE = 500  # files that go to the cache in one go
_AT_HAND = 200  # files of which what they say at length is at hand at a time


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How a folder is read.

    *clock* gives the moment that it is in the zone of the site, *cache* what earlier builds found
    out. *track* sees the work that is to be done, by as many processes as *jobs*, or as pay.
    """

    clock: Callable[[tzinfo], datetime]
    cache: Cache
    track: Progress = no_progress
    jobs: int | None = None


@dataclass(frozen=True)
class _Found:
    """What a file with the content *digest* says, or why it cannot be read."""

    digest: str = ""
    account: CachedIncident | None = None
    problem: Problem | None = None


class IncidentLoader:
    """Where files of *folder* are read, for the site *config*, as they are *now*.

    *settings* is the digest of what the site's settings say. They are broken if it is None, and
    *config* is then what is left of them.
    """

    def __init__(
        self,
        folder: Path,
        config: Config | None,
        settings: str | None,
        now: datetime,
        how: ReadOptions,
    ) -> None:
        self._folder = folder
        self._config = config
        self._settings = settings
        self._now = now
        self._how = how
        self._language = Language(config.language, config.messages) if config else None
        self._stamps: dict[str, FileStat] = {}
        self._new: dict[str, CacheRow] = {}
        self._tellings: dict[str, str] = {}
        self._fetch = lru_cache(_AT_HAND)(self._telling)

    def told(self, entries: list[Entry]) -> tuple[list[IncidentSummary], list[Problem]]:
        """What the files *entries* say, and every problem in them."""
        known = self._how.cache.accounts(self._settings) if self._settings else {}
        # Asked before any is read: what is saved from now on gets another stamp.
        self._stamps = {
            one.path: one.stamp for one in entries if one.stamp and files.is_settled(one.stamp)
        }
        found: dict[str, IncidentSummary | None] = {}
        for entry in entries:
            kept = known.get(entry.path)
            found[entry.path] = self._recalled(entry, kept) if kept else None
        problems = []
        for entry, read in self._read([one for one in entries if found[one.path] is None]):
            if read.account is None:
                problems += [read.problem] if read.problem else []
                continue
            summary = found[entry.path] = self._summary(entry.path, read.account.summary)
            if not errors(summary.problems):  # A text may have been too slow just this once.
                self._keep(entry, read.digest, read.account.summary, read.account.name)
                self._tellings[read.account.name] = read.account.telling
            if len(self._tellings) >= _AT_ONCE:
                self._store(())
        self._store(known.keys() - found.keys())
        told = [one for one in found.values() if one is not None]
        problems += (problem for one in told for problem in one.problems)
        return (told, problems)

    def _keep(self, entry: Entry, digest: str, summary: str, telling: str) -> None:
        self._new[entry.path] = CacheRow(self._stamps.get(entry.path), digest, summary, telling)

    def _store(self, gone: Collection[str]) -> None:
        """Hand what is new to the cache, so that it takes no room here."""
        if self._settings and (self._new or gone):
            new, tellings = self._new, self._tellings
            self._how.cache.keep_accounts(self._settings, new, gone=gone, tellings=tellings)
        self._new, self._tellings = {}, {}

    def _recalled(self, entry: Entry, kept: CacheRow) -> IncidentSummary | None:
        """What was *kept* of a file, if it still holds."""
        if kept.stamp is None or kept.stamp != entry.stamp:
            try:
                data = files.read_bytes(self._folder / entry.path, limit=files.MAX_TEXT)
            except UnreadableError:
                return None
            if files.digest(data) != kept.digest:
                return None
            self._keep(entry, kept.digest, kept.summary, kept.telling)
        summary = self._summary(entry.path, kept.summary)
        return summary if summary.holds(self._now) else None

    def _summary(self, path: str, text: str) -> IncidentSummary:
        try:
            return codec.summary(
                text,
                folder=self._folder,
                name=path.removesuffix(".md"),
                config=self._config,
                fetch=self._fetch,
            )
        except codec.DAMAGE as error:
            raise CacheError("damaged", is_damage=True) from error

    def _telling(self, name: str) -> IncidentDetails:
        text = self._how.cache.telling(name)
        try:
            return codec.telling(text)
        except codec.DAMAGE as error:
            raise CacheError("damaged", is_damage=True) from error

    def _read(self, entries: list[Entry]) -> Iterator[tuple[Entry, _Found]]:
        """What comes of reading *entries*."""
        parts = [entries[start : start + _PART] for start in range(0, len(entries), _PART)]
        jobs = self._how.jobs or worker_count(len(entries), enough=_ENOUGH)
        results = parallel_map(self._read_part, parts, jobs=jobs)
        for part, read in zip(self._how.track("Reading", parts), results, strict=True):
            yield from zip(part, read, strict=True)

    def _read_part(self, entries: list[Entry]) -> list[_Found]:
        return [self._read_one(entry) for entry in entries]

    def _read_one(self, entry: Entry) -> _Found:
        path = self._folder / entry.path
        try:
            data = files.read_bytes(path, limit=files.MAX_TEXT)
            text = files.decode(data)
        except UnreadableError as error:
            return _Found(problem=error.problem(path))
        folder, _, name = entry.path.rpartition("/")
        parsed = parser.parse(
            text,
            path=path,
            slug=name.removesuffix(".md"),
            config=self._config,
            folder=f"{folder}/" if folder else "",
        )
        account = codec.cached_incident(
            parsed, now=self._now, config=self._config, language=self._language
        )
        return _Found(digest=files.digest(data), account=account)
