"""The pipelines, top to bottom: a folder becomes files, and files become a published folder."""

import hashlib
import json
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from statusgen import __version__, files, moments, output, paths, reader, site
from statusgen.config import FILE, Config
from statusgen.guard import TooSlowError
from statusgen.model import Dialect
from statusgen.problems import ContentError, OutsideError, Problem, UsageError, errors
from statusgen.reader import Content, Track
from statusgen.render import (
    Outputs,
    badges,
    calendar,
    figures,
    history_feeds,
    hosting,
    pages,
    records,
    stashboard,
    statusboard,
    statuspage,
    update_feeds,
)
from statusgen.render.theme import Theme
from statusgen.views import Site

RECORD = "build.json"

_CHUNK = 16  # files that a process makes at a time

_Made = tuple[dict[str, bytes], list[Problem]]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for: the folder of the site, the moment, and what overrides its settings."""

    folder: Path
    now: Callable[[tzinfo], datetime]  # what it is in the site's zone, known once that is read
    base_url: str | None = None
    data: object = None
    jobs: int = 1
    track: Track = reader.unseen


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """All files of a site, and the warnings on the way."""

    files: Mapping[str, bytes]
    warnings: tuple[Problem, ...]
    incidents: int


def build(request: Request, out: Path) -> tuple[Rendered, output.Plan]:
    """Bring the folder *out* to what the site says; raises as `render` does, and OutsideError."""
    _refuse_sources(request.folder, out)
    rendered = render(request)
    return (rendered, output.publish(rendered.files, out))


def feeds_of(folder: Path, *, base_url: str | None = None) -> tuple[Config, list[str]]:
    """The settings of the site in *folder*, and the address of each of its feeds.

    Raises ContentError if the settings have an error, UsageError if there is no site.
    """
    config = reader.settings_of(folder)
    # Which feeds there are depends on no incident and no moment.
    bare = site.assemble(config, (), now=datetime.fromtimestamp(0, UTC), base_url=base_url)
    paths = [*history_feeds.outputs(bare), *update_feeds.outputs(bare)]
    return (config, [bare.absolute(path) for path in paths])


def _refuse_sources(folder: Path, out: Path) -> None:
    """Refuse an *out* that the next build would read as part of the site."""
    for name in reader.FOLDERS:
        if files.is_inside(out, folder / name):
            what = f"the site cannot go into its own folder {name}/"
            raise UsageError(f"{what}; choose another with --out")


def render(request: Request) -> Rendered:
    """Find every problem and make every file of the site; writes nothing.

    Raises ContentError with all problems if one is an error, UsageError if there is no site.
    """
    content = reader.read(request.folder, track=request.track)
    if content.config is None:
        raise ContentError(content.problems)
    now = request.now(content.config.zone)
    problems = [*content.problems, *content.later(now)]
    if errors(problems):
        raise ContentError(problems)
    try:
        return _rendered(request, content, content.config, now, problems)
    except TooSlowError as error:
        raise ContentError([*problems, _too_slow(error, content, request.folder)]) from None


def _rendered(
    request: Request, content: Content, config: Config, now: datetime, problems: list[Problem]
) -> Rendered:
    """Make every file of a site that has no error so far; *problems* get what is found."""
    assembled = site.assemble(
        config,
        content.incidents,
        now=now,
        base_url=request.base_url,
        data=request.data,
    )
    theme = Theme(content.templates)
    problems += theme.problems
    outputs: Outputs = {}
    try:
        if not errors(problems):
            outputs = _outputs(assembled, theme)
    except ContentError as error:
        problems += error.problems
    problems += _clashes(outputs, content, request.folder)
    made, found = _made(outputs, request)
    problems += found
    if errors(problems):
        raise ContentError(problems)
    made.update(content.static)
    made[RECORD] = _record(made, now)
    return Rendered(files=made, warnings=tuple(problems), incidents=len(content.parsed))


def _outputs(assembled: Site, theme: Theme) -> Outputs:
    """Every file of our own, and how to make it."""
    dialects = assembled.config.api
    return {
        **pages.outputs(assembled, theme),
        **update_feeds.outputs(assembled),
        **history_feeds.outputs(assembled),
        **calendar.outputs(assembled),
        **badges.outputs(assembled),
        **figures.outputs(assembled),
        **records.outputs(assembled),
        **(statuspage.outputs(assembled) if Dialect.STATUSPAGE in dialects else {}),
        **(stashboard.outputs(assembled) if Dialect.STASHBOARD in dialects else {}),
        **(statusboard.outputs(assembled) if Dialect.STATUSBOARD in dialects else {}),
        **hosting.outputs(assembled),
    }


def _clashes(outputs: Outputs, content: Content, folder: Path) -> Iterator[Problem]:
    """Static files that cannot stand beside ours, or anywhere."""
    ours = {*outputs, RECORD}
    found = [(path, "is that of a file of our own") for path in content.static if path in ours]
    found += paths.faults([*ours, *content.static])
    for path, fault in found:
        message = f"the name of this file {fault}; rename it or take it away"
        yield Problem(path=folder / "static" / path, line=1, column=1, message=message)


def _too_slow(error: TooSlowError, content: Content, folder: Path) -> Problem:
    """Which file has the text of *error*."""
    for parsed in content.parsed:
        incident = parsed.incident
        if incident and error.text in [incident.body, *(one.text for one in incident.updates)]:
            return Problem(path=parsed.path, line=1, column=1, message=error.message)
    return Problem(path=folder / FILE, line=1, column=1, message=error.message)


def _made(outputs: Outputs, request: Request) -> _Made:
    """Make all files, in as many processes as asked for; the order never shows."""
    names = sorted(outputs)
    chunks = [names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK)]
    whole: dict[str, bytes] = {}
    problems: list[Problem] = []
    with _makers(outputs, request.jobs if len(chunks) > 1 else 1) as made:
        for (some, found), _ in zip(made(chunks), request.track("Rendering", chunks), strict=True):
            whole.update(some)
            problems += found
    return (whole, problems)


@contextmanager
def _makers(outputs: Outputs, jobs: int) -> Iterator[Callable[[list[list[str]]], Iterator[_Made]]]:
    """What makes the files of each list of names, in *jobs* processes."""
    if jobs == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield partial(map, partial(_make, outputs))
        return
    # A forked process inherits the functions; they could not be sent to it.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(outputs,)) as pool:
        try:
            yield partial(_handed_out, pool)
        except BrokenProcessPool:
            what = "a process that made pages was killed"
            raise OutsideError(f"{what}; memory may be short, try fewer with --jobs") from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _handed_out(pool: ProcessPoolExecutor, chunks: list[list[str]]) -> Iterator[_Made]:
    """What *pool* makes of *chunks*. A request to end waits until all its processes have begun."""
    waiting = signal.pthread_sigmask(signal.SIG_BLOCK, _REQUESTS)
    try:
        return pool.map(_make_inherited, chunks)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)


_REQUESTS = (signal.SIGINT, signal.SIGTERM)
_inherited: Outputs = {}


def _begin(outputs: Outputs) -> None:
    """Begin the work of a process, which ends with the one that started it, however that ends."""
    _inherited.update(outputs)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _REQUESTS)
    threading.Thread(target=_follow, args=(multiprocessing.parent_process(),), daemon=True).start()


def _follow(parent: BaseProcess | None) -> None:
    if parent is not None:
        parent.join()
        signal.raise_signal(signal.SIGTERM)


def _make_inherited(names: list[str]) -> _Made:
    return _make(_inherited, names)


def _make(outputs: Outputs, names: list[str]) -> _Made:
    some: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            some[name] = outputs[name]()
        except ContentError as error:
            problems += error.problems
    return (some, problems)


def _record(made: Mapping[str, bytes], now: datetime) -> bytes:
    """`build.json`: who made the site, for which moment, and a digest of what it tells.

    The digest covers every file but the figures, which count the seconds of today.
    """
    digest = hashlib.sha256()
    for path in sorted(made):
        if path != figures.PATH:
            digest.update(f"{path}\0{hashlib.sha256(made[path]).hexdigest()}\n".encode())
    record = {
        "generator": f"statusgen {__version__}",
        "now": moments.written(now),
        "digest": digest.hexdigest(),
    }
    return (json.dumps(record, indent=2) + "\n").encode()
