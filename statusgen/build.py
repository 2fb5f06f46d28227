"""The pipelines, top to bottom: a folder becomes files, and files become a published folder."""

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from statusgen import __version__, moments, output, reader, site
from statusgen.problems import ContentError, Problem, errors
from statusgen.reader import Content
from statusgen.render import Output, Outputs, feeds, figures, hosting, pages
from statusgen.site import Site

Track = Callable[[str, list[Any]], Iterable[Any]]

_CHUNK = 64  # pages that a process takes at a time


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for: the folder of the site, the moment, and what overrides its settings."""

    folder: Path
    now: Callable[[tzinfo], datetime]  # what it is in the site's zone, known once that is read
    base_url: str | None = None
    data: Any = None
    jobs: int = 1
    track: Track = lambda _, items: items


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """All files of a site, and the warnings on the way."""

    files: Mapping[str, bytes]
    warnings: tuple[Problem, ...]
    incidents: int


def build(request: Request, out: Path) -> tuple[Rendered, output.Plan]:
    """Bring the folder *out* to what the site says; raises as `render` does, and OutsideError."""
    rendered = render(request)
    return (rendered, output.publish(rendered.files, out))


def render(request: Request) -> Rendered:
    """Find every problem and make every file of the site; writes nothing.

    Raises ContentError with all problems if one is an error, UsageError if there is no site.
    """
    content = reader.read(request.folder, track=request.track)
    if content.config is None:
        raise ContentError(content.problems)
    now = request.now(content.config.zone)
    problems = (*content.problems, *content.later(now))
    if errors(problems):
        raise ContentError(problems)
    assembled = site.assemble(
        content.config,
        content.incidents,
        now=now,
        base_url=request.base_url,
        data=request.data,
    )
    try:
        files = _made(_outputs(assembled, content, request.folder), request)
    except ContentError as error:
        raise ContentError([*problems, *error.problems]) from error
    return Rendered(
        files={**files, "build.json": _build_record(files, now)},
        warnings=problems,
        incidents=len(content.parsed),
    )


def _outputs(assembled: Site, content: Content, folder: Path) -> Outputs:
    """Every file and how to make it; two for one path are a problem."""
    made: Outputs = {
        **pages.outputs(assembled, own=content.templates),
        **feeds.outputs(assembled),
        **figures.outputs(assembled),
        **hosting.outputs(assembled),
    }
    taken = {path.casefold() for path in (*made, "build.json")}
    clashes = [path for path in content.static if path.casefold() in taken]
    if clashes:
        raise ContentError(
            Problem(
                path=folder / "static" / path,
                line=1,
                column=1,
                message="statusgen writes a file of this name itself; rename it or take it away",
            )
            for path in clashes
        )
    return {**made, **{path: partial(bytes, data) for path, data in content.static.items()}}


def _made(outputs: Outputs, request: Request) -> dict[str, bytes]:
    """Make all files, in as many processes as asked for; the order never shows."""
    paths = sorted(outputs)
    if request.jobs <= 1 or len(paths) <= _CHUNK or not _can_fork():
        return {path: outputs[path]() for path in request.track("Rendering", paths)}
    global _shared  # noqa: PLW0603  a forked process inherits it, so that nothing is copied
    _shared = outputs
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    files: dict[str, bytes] = {}
    with multiprocessing.get_context("fork").Pool(request.jobs) as pool:
        made = pool.imap(_make, chunks)
        for _ in request.track("Rendering", chunks):
            files.update(next(made))
    return files


_shared: Mapping[str, Output] = {}


def _make(paths: list[str]) -> dict[str, bytes]:
    return {path: _shared[path]() for path in paths}


def _can_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


def _build_record(files: Mapping[str, bytes], now: datetime) -> bytes:
    """`build.json`: who made the site, for which moment, and a digest of what it tells.

    The digest covers every file but the figures, which count the seconds of today.
    """
    digest = hashlib.sha256()
    for path in sorted(files):
        if path != figures.PATH:
            digest.update(f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\n".encode())
    record = {
        "generator": f"statusgen {__version__}",
        "now": moments.written(now),
        "digest": digest.hexdigest(),
    }
    return (json.dumps(record, indent=2) + "\n").encode()
