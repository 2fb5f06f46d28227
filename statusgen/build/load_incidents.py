"""Load the files in `incidents/`, parsing only those that the cache does not cover."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
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

_PART = 32  # files that a worker process reads at a time
_ENOUGH = 150  # minimum number of files per worker process
_TRANSACTION = 500  # files written to the cache in one transaction
_DETAILS_HELD = 200  # files whose details are kept in memory


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """Options for reading a folder.

    *clock* returns the current time in the site's time zone. *drafts* publishes drafts; the *cache*
    must then be used for nothing else. *track* reports progress. *jobs* is the number of worker
    processes; None chooses one that suits the amount of work.
    """

    clock: Callable[[tzinfo], datetime]
    cache: Cache
    drafts: bool = False
    track: Progress = no_progress
    jobs: int | None = None


@dataclass(frozen=True)
class _ReadResult:
    """The digest and parsed content of a file, or the problem that prevented parsing."""

    digest: str = ""
    account: CachedIncident | None = None
    problem: Problem | None = None


class IncidentLoader:
    """Loader for the incident files in *folder*, evaluated at *now*.

    *settings* is the digest of the site's settings. None means that they have errors; *config* then
    has only the valid ones, and nothing is cached.
    """

    def __init__(
        self,
        folder: Path,
        config: Config | None,
        settings: str | None,
        now: datetime,
        options: ReadOptions,
    ) -> None:
        self._folder = folder
        self._config = config
        self._settings = settings
        self._now = now
        self._options = options
        self._language = Language(config.language, config.messages) if config else None
        self._stamps: dict[str, FileStat] = {}
        self._new: dict[str, CacheRow] = {}
        self._tellings: dict[str, str] = {}
        self._fetch = lru_cache(_DETAILS_HELD)(self._details)

    def load(self, entries: list[Entry]) -> tuple[list[IncidentSummary], list[Problem]]:
        """Return the summaries of the files in *entries*, and all problems in these files."""
        known = self._options.cache.accounts(self._settings) if self._settings else {}
        # Collected before any file is read: a file that is saved from now on gets a new stamp.
        self._stamps = {
            one.path: one.stamp for one in entries if one.stamp and files.is_settled(one.stamp)
        }
        found: dict[str, IncidentSummary | None] = {}
        for entry in entries:
            row = known.get(entry.path)
            found[entry.path] = self._cached(entry, row) if row else None
        problems = []
        for entry, read in self._read([one for one in entries if found[one.path] is None]):
            if read.account is None:
                problems += [read.problem] if read.problem else []
                continue
            summary = found[entry.path] = self._summary(entry.path, read.account.summary)
            if not errors(summary.problems):  # A timeout may not recur.
                self._keep(entry, read.digest, read.account.summary, read.account.name)
                self._tellings[read.account.name] = read.account.telling
            if len(self._tellings) >= _TRANSACTION:
                self._store(())
        self._store(known.keys() - found.keys())
        summaries = [one for one in found.values() if one is not None]
        problems += (problem for one in summaries for problem in one.problems)
        return (summaries, problems)

    def _keep(self, entry: Entry, digest: str, summary: str, telling: str) -> None:
        self._new[entry.path] = CacheRow(self._stamps.get(entry.path), digest, summary, telling)

    def _store(self, gone: Collection[str]) -> None:
        """Move the new entries to the cache, so that they do not pile up in memory."""
        if self._settings and (self._new or gone):
            new, tellings = self._new, self._tellings
            self._options.cache.keep_accounts(self._settings, new, gone=gone, tellings=tellings)
        self._new, self._tellings = {}, {}

    def _cached(self, entry: Entry, row: CacheRow) -> IncidentSummary | None:
        """Return the summary in the cached *row*, or None if the row is stale."""
        if row.stamp is None or row.stamp != entry.stamp:
            try:
                data = files.read_bytes(self._folder / entry.path, limit=files.MAX_TEXT)
            except UnreadableError:
                return None
            if files.digest(data) != row.digest:
                return None
            self._keep(entry, row.digest, row.summary, row.telling)
        summary = self._summary(entry.path, row.summary)
        return summary if summary.is_current else None

    def _summary(self, path: str, text: str) -> IncidentSummary:
        try:
            return codec.summary(
                text,
                folder=self._folder,
                name=path.removesuffix(".md"),
                now=self._now,
                fetch=self._fetch,
            )
        except codec.DAMAGE as error:
            raise CacheError("damaged", is_damage=True) from error

    def _details(self, name: str) -> IncidentDetails:
        text = self._options.cache.telling(name)
        try:
            return codec.telling(text)
        except codec.DAMAGE as error:
            raise CacheError("damaged", is_damage=True) from error

    def _read(self, entries: list[Entry]) -> Iterator[tuple[Entry, _ReadResult]]:
        """Parse *entries* in worker processes, and yield each with its result."""
        parts = [entries[start : start + _PART] for start in range(0, len(entries), _PART)]
        jobs = self._options.jobs or worker_count(len(entries), enough=_ENOUGH)
        results = parallel_map(self._read_part, parts, jobs=jobs)
        for part, read in zip(self._options.track("Reading", parts), results, strict=True):
            yield from zip(part, read, strict=True)

    def _read_part(self, entries: list[Entry]) -> list[_ReadResult]:
        return [self._read_one(entry) for entry in entries]

    def _read_one(self, entry: Entry) -> _ReadResult:
        path = self._folder / entry.path
        try:
            data = files.read_bytes(path, limit=files.MAX_TEXT)
            text = files.decode(data)
        except UnreadableError as error:
            return _ReadResult(problem=error.problem(path))
        folder, _, name = entry.path.rpartition("/")
        parsed = parser.parse(
            text,
            path=path,
            slug=name.removesuffix(".md"),
            config=self._config,
            folder=f"{folder}/" if folder else "",
        )
        if self._options.drafts and parsed.incident is not None:
            parsed = replace(parsed, incident=replace(parsed.incident, draft=False))
        account = codec.cached_incident(
            parsed, now=self._now, config=self._config, language=self._language
        )
        return _ReadResult(digest=files.digest(data), account=account)
