"""Build and check a site, top to bottom: read, assemble, render, write.

Work that is already done is skipped: `load_incidents` reuses cached results for unchanged files,
`cache.fingerprint` compares the inputs to each output, and `output.folder` rewrites only files that
differ.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path

from statusgen import __version__, ids, times
from statusgen.build import read_site, redirects
from statusgen.build.feed_dates import undated_feeds
from statusgen.build.idle_incidents import idle_incidents
from statusgen.build.load_incidents import ReadOptions
from statusgen.build.read_site import Content
from statusgen.build.renderer_registry import all_outputs, stub_pages
from statusgen.build.run_renderers import Maker
from statusgen.cache.fingerprint import Fingerprinter
from statusgen.cache.store import Cache, CachedOutput, CacheError, discard, open_cache
from statusgen.characters import printable
from statusgen.config.settings import FILE, Config
from statusgen.model import DataKey
from statusgen.output import paths
from statusgen.output.folder import OutputPlan, Target, open_output
from statusgen.problems import ContentError, Problem, UsageError, errors
from statusgen.render import Outputs, uptime_json
from statusgen.render.compat import old_addresses
from statusgen.render.html.theme import Theme, built_in_pictures
from statusgen.site import assemble
from statusgen.site.view_models import Site
from statusgen.system import collection, files, installed_versions
from statusgen.system.time_limit import TooSlowError
from statusgen.system.workers import Progress, no_progress, parallel_map, worker_count

RECORD = "build.json"

_PART = 16  # files that a worker process renders at a time
_ENOUGH = 100  # minimum number of files per worker process


@dataclass(frozen=True, kw_only=True)
class BuildRequest:
    """The input of a build: the site's folder, the current time, and overrides for its settings.

    *data_keys* are the keys in *data* with their positions, and *problems* the problems in it.
    *drafts* publishes drafts, too. *cache* is the cache folder; None disables the cache. *jobs* is
    the number of worker processes; None chooses one that suits the amount of work. *phase* is
    called with the name of each phase as it begins. *gate* returns a context manager that is held
    while the published folder changes.
    """

    folder: Path
    now: Callable[[tzinfo], datetime]  # called with the site's time zone
    base_url: str | None = None
    data: object = None
    data_keys: tuple[DataKey, ...] = ()
    problems: tuple[Problem, ...] = ()
    drafts: bool = False
    cache: Path | None = None
    jobs: int | None = None
    track: Progress = no_progress
    phase: Callable[[str], None] = field(default=lambda _: None)
    gate: Callable[[], AbstractContextManager[object]] = nullcontext


@dataclass(frozen=True, kw_only=True)
class BuildResult:
    """The result of a build: the paths in the site, and the changes to the published folder.

    *words* are messages saying that the cache was rebuilt or could not be used.
    """

    paths: frozenset[str]
    plan: OutputPlan
    warnings: tuple[Problem, ...]
    incidents: int
    words: tuple[str, ...] = ()


def build(request: BuildRequest, out: Path) -> BuildResult:
    """Update the folder *out* to match the site.

    Raises ContentError with all problems if one is an error, UsageError if there is no site or
    *out* contains files that statusgen did not write, OutsideError if the disk fails.
    """
    _refuse_sources(request.folder, out)
    _refuse_shared(request, out)
    return _with_cache(request, lambda store: _begun(request, store).publish(out))


def check(request: BuildRequest) -> BuildResult:
    """Find all problems in the site by rendering it without writing; raises as `build` does."""
    _refuse_shared(request, None)
    return _with_cache(request, lambda store: _begun(request, store).check())


def _refuse_sources(folder: Path, out: Path) -> None:
    """Reject an *out* that contains the site's sources, or that is among them."""
    if files.is_inside(folder, out):
        what = f"{printable(str(out))} contains the site's sources"
        raise UsageError(f"{what}; choose another folder with --out")
    for name in read_site.FOLDERS:
        if files.is_inside(out, folder / name):
            place = "is" if files.is_inside(folder / name, out) else "is in"
            what = f"{printable(str(out))} {place} the site's own folder {name}/"
            raise UsageError(f"{what}; choose another folder with --out")


def _refuse_shared(request: BuildRequest, out: Path | None) -> None:
    """Reject a cache folder that overlaps with the site or with *out*."""
    cache = request.cache
    if cache is None:
        return
    for name in read_site.FOLDERS:
        if files.is_inside(cache, request.folder / name):
            what = f"the cache cannot be in {name}/ of the site"
            raise UsageError(f"{what}; choose another folder with --cache")
    if files.is_inside(request.folder, cache):
        what = "the cache cannot be the folder of the site, or contain it"
        raise UsageError(f"{what}; choose another folder with --cache")
    if out is not None and (files.is_inside(out, cache) or files.is_inside(cache, out)):
        what = "the cache and the output cannot share a folder"
        raise UsageError(f"{what}; choose another with --out or --cache")


def _with_cache(request: BuildRequest, work: Callable[[Cache], BuildResult]) -> BuildResult:
    """Run *work* with the requested cache, or without one if the cache fails."""
    try:
        return _run(request, work)
    finally:
        collection.release()


def _run(request: BuildRequest, work: Callable[[Cache], BuildResult]) -> BuildResult:
    words: list[str] = []
    if request.cache is not None:
        versions = installed_versions.digest()
        is_discarded = False
        for _ in range(2):
            try:
                with open_cache(request.cache, tools=versions) as store:
                    built = work(store)
                    if is_discarded:
                        words.append(f"cache {request.cache} was damaged; rebuilt")
                    elif store.is_old:
                        words.append(
                            f"cache {request.cache} was written by another version; rebuilt"
                        )
                    return replace(built, words=(*words, *built.words))
            except CacheError as error:
                if error.is_damage and not is_discarded and discard(request.cache):
                    is_discarded = True
                    continue
                words.append(f"cache {request.cache} not used: {error}")
                break
    with open_cache(None, tools="") as store:
        return replace(work(store), words=tuple(words))


class _Build:
    """One build, from the site's folder to the outputs."""

    def __init__(self, request: BuildRequest, store: Cache) -> None:
        self.request = request
        self.store = store
        request.phase("read")
        options = ReadOptions(
            clock=request.now,
            cache=store,
            drafts=request.drafts,
            track=request.track,
            jobs=request.jobs,
        )
        self.content = read_site.read_site(request.folder, options)
        theme = Theme(request.folder / "templates", self.content.templates)
        self.problems = [*self.content.problems, *theme.problems, *request.problems]
        if self.content.config is None:
            raise ContentError(self.problems)
        self.problems += (problem for one in self.content.summaries for problem in one.later)
        keys = (*self.content.config.data_keys, *request.data_keys)
        self.problems += theme.key_problems(keys)
        self.problems += theme.policy_problems(self.content.config)
        self._stop_at_errors()
        request.phase("assemble")
        self.site = self._assembled(self.content.config)
        self.outputs = self._outputs(theme)
        own = {name: files.digest(data) for name, data in self.content.templates.items()}
        self.look = ids.digest(repr((self.content.settings, own, request.base_url, request.data)))
        prints = Fingerprinter(is_exact=theme.is_own)
        self.known = store.made(self.look)
        self.keys = {path: prints.of_output(make) for path, make in self.outputs.items()}

    def publish(self, out: Path) -> BuildResult:
        """Render the outputs that are missing or stale in the folder *out*, and publish them."""
        name = repr(str(out.resolve()))  # A path may have bytes that SQLite rejects.
        every = {*self.outputs, *self.content.static, RECORD}
        self.request.phase("compare")
        with open_output(out, every, self.store.placed(name)) as target:
            before = dict(target.placed)
            digests = self._make(target)
            self.request.phase("write")
            for path, data in self.content.static.items():
                if path in self.outputs:  # It is part of that output.
                    continue
                digests[path] = files.digest(data)
                target.put(path, data, digests[path])
            record = _record(digests, self.content.now)
            target.put(RECORD, record, files.digest(record))
            with self.request.gate():
                plan = target.commit(is_noted=self.request.cache is not None)
            self.request.phase("cache")
            found = {path: seen for path, seen in target.placed.items() if before.get(path) != seen}
            try:
                self.store.keep_placed(name, found, gone=before.keys() - target.placed.keys())
            except CacheError as error:  # The site is complete without it.
                words = (f"cache {self.request.cache} not written: {error}",)
                return replace(self._built(every, plan), words=words)
        return self._built(every, plan)

    def check(self) -> BuildResult:
        """Render every output that has no valid cache entry."""
        self._make(None)
        return self._built(set(self.outputs), OutputPlan())

    def _built(self, every: set[str], plan: OutputPlan) -> BuildResult:
        undated = undated_feeds(self.content, self.request.folder)
        return BuildResult(
            paths=frozenset(every),
            plan=plan,
            warnings=(*self.problems, *undated, *idle_incidents(self.content)),
            incidents=len(self.content.summaries),
        )

    def _stop_at_errors(self) -> None:
        found = errors(self.problems)
        if found:
            # A warning may also be one of the errors that a command asked for.
            said = {(one.path, one.line, one.message) for one in found}
            others = (one for one in self.problems if one not in found)
            rest = [one for one in others if (one.path, one.line, one.message) not in said]
            raise ContentError([*found, *rest])

    def _assembled(self, config: Config) -> Site:
        return assemble.assemble_views(
            config,
            self.content.incidents,
            now=self.content.now,
            base_url=self.request.base_url,
            data=self.request.data,
        )

    def _outputs(self, theme: Theme) -> Outputs:
        """Return the renderers for all outputs; raise ContentError for bad templates or paths."""
        outputs: Outputs = {}
        try:
            outputs = all_outputs(self.site, theme)
            outputs = old_addresses.with_own_rules(outputs, self.content.static)
        except ContentError as error:
            self.problems += error.problems
        except TooSlowError as error:
            self.problems.append(self._too_slow(error))
        self.problems += _clashes(outputs, self.content, self.request.folder)
        ours = redirects.own_files((*outputs, RECORD))
        self.problems += redirects.find_clashes(self.content.summaries, ours)
        self._stop_at_errors()
        return {**outputs, **stub_pages(self.site, theme)}

    def _make(self, target: Target | None) -> dict[str, str]:
        """Render the outputs that are stale or missing in *target*; return the digests of all."""
        digests: dict[str, str] = {}
        stale = []
        for path in sorted(self.outputs):
            known = self._known(path)
            if known is not None and (target is None or target.holds(path, known.digest)):
                digests[path] = known.digest
            else:
                stale.append(path)
        self.request.phase("render")
        parts = [stale[start : start + _PART] for start in range(0, len(stale), _PART)]
        jobs = self.request.jobs or worker_count(len(stale), enough=_ENOUGH)
        maker = Maker(self.outputs, target, self._too_slow)
        results = parallel_map(maker.make, parts, jobs=jobs, begin=self.store.reopen)
        new: dict[str, CachedOutput] = {}
        for made, _ in zip(results, self.request.track("Rendering", parts), strict=True):
            self.problems += made.problems
            for path, one in made.files.items():
                digests[path] = one.digest
                if one.is_put and target is not None:
                    target.take(path, one.digest)
                new[path] = CachedOutput(key=self.keys[path], digest=one.digest)
        self._stop_at_errors()
        self.store.keep_made(self.look, new, gone=self.known.keys() - self.outputs.keys())
        return digests

    def _known(self, path: str) -> CachedOutput | None:
        """Return the cached result for the output *path*, or None if it is stale."""
        known = self.known.get(path)
        return known if known is not None and known.key == self.keys[path] else None

    def _too_slow(self, error: TooSlowError) -> Problem:
        """Return a problem for a text in the settings that took too long to convert."""
        place = self.request.folder / FILE
        return Problem(path=place, line=1, column=1, message=error.message)


def _begun(request: BuildRequest, store: Cache) -> _Build:
    """Return a build that has read the site, which stays in use until its end."""
    with collection.uncollected():
        return _Build(request, store)


def _clashes(outputs: Outputs, content: Content, folder: Path) -> Iterator[Problem]:
    """Yield a problem for each static file whose path is reserved, invalid or used by an output."""
    ours = {*outputs, RECORD}
    static = [path for path in content.static if path not in old_addresses.HOST_FILES]
    found = [(path, "is used by a generated file") for path in static if path in ours]
    found += paths.faults([*ours, *static]) if static else []
    for path, fault in found:
        remedy = "rename or remove it"
        if path in outputs and path in built_in_pictures():
            remedy = "move it to templates/pictures/, where it replaces the built-in one"
        message = f"the name of this file {fault}; {remedy}"
        yield Problem(path=folder / "static" / path, line=1, column=1, message=message)


def _record(digests: Mapping[str, str], now: datetime) -> bytes:
    """Return the content of `build.json`: version, build time, and a digest of the site.

    The digest covers every file except the uptime figures, which change every second.
    """
    digest = hashlib.sha256()
    for path in sorted(digests):
        if path != uptime_json.PATH:
            digest.update(f"{path}\0{digests[path]}\n".encode())
    record = {
        "generator": f"statusgen {__version__}",
        "now": times.written(now),
        "digest": digest.hexdigest(),
    }
    return (json.dumps(record, indent=2) + "\n").encode()
