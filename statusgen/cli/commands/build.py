"""The commands that make the site, or find what keeps it from being made."""

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from statusgen.authoring import fixes, github_files, lookup
from statusgen.build import pipeline
from statusgen.build.pipeline import BuildRequest
from statusgen.cli.console import count, format_path, printer, problems_to, tracker
from statusgen.cli.options import (
    Word,
    address_of,
    cached,
    common,
    data_of,
    moment_of,
    overrides,
)
from statusgen.config.loader import settings_of
from statusgen.output.folder import OutputPlan
from statusgen.problems import ContentError, UsageError
from statusgen.system import files, locks

_NAMED = 100  # changed files that are named one by one


@click.command("build", epilog="Example: statusgen build --out public")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default="_site",
    help="Where the site goes; made if missing. Default: _site.",
)
@overrides
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 64),
    help="Processes that do the work. The result is the same. Default: as many as pay.",
)
@click.option("--timings", is_flag=True, help="Tell where the time went.")
@cached
@common
def build_command(
    out: Path,
    base_url: str | None,
    data: Path | None,
    jobs: int | None,
    timings: bool,
    cache: Path | None,
    folder: Path,
    now: str | None,
) -> None:
    """Build the site, and say what was created, updated and deleted.

    A file with a problem stops the build before anything is written: the old site stays as it is.
    Only what changed is made anew; what is needed for that is kept in .statusgen/ of the site.
    """
    watch = _Stopwatch()
    with problems_to(printer(None, to_stderr=True)) as show:
        request = _request(folder, now, base_url, data)
        built = pipeline.build(replace(request, jobs=jobs, cache=cache, phase=watch.begin), out)
        show(built.warnings)
    _tell(built.words)
    _name_changes(built.plan)
    took = watch.stop()
    read = count(built.incidents, "incident file")
    click.echo(f"{out}: {_changes(built.plan)} ({read}, {took:.1f} s)")
    if timings:
        for phase, seconds in watch.phases.items():
            click.echo(f"{phase:>10} {seconds:8.3f} s", err=True)


@click.command("check", epilog="Example: statusgen check --format json")
@click.option(
    "--format",
    "style",
    type=Word("format", ["text", "github", "json"]),
    help="How to print problems. Default: text; github if GITHUB_ACTIONS is true.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="First mend what has only one reading: a state at the top that lags behind, updates out"
    " of order, older names of services.",
)
@click.option(
    "--add-offsets",
    is_flag=True,
    help="With --fix: also give every time without an offset the one of the site's zone.",
)
@overrides
@cached
@common
def check_command(
    style: str | None,
    fix: bool,
    add_offsets: bool,
    base_url: str | None,
    data: Path | None,
    cache: Path | None,
    folder: Path,
    now: str | None,
) -> None:
    """Find every problem of every file; without --fix none is changed.

    It does all that build does but the writing, and looks at the forms of statusgen forms. Each
    problem is printed as path:line:column: what is wrong; what to write. Warnings change no status.
    """
    if add_offsets and not fix:
        raise UsageError("--add-offsets changes files; write --fix, too")
    with problems_to(printer(style, to_stderr=False)) as show:
        if fix:
            _fix(folder, offsets=add_offsets)
        request = _request(folder, now, base_url, data)
        built = pipeline.check(replace(request, cache=cache))
        show(built.warnings)
        stale = github_files.stale_forms(folder)
        if stale:
            raise ContentError(stale)
    _tell(built.words)
    warned = f", {count(len(built.warnings), 'warning')}" if built.warnings else ""
    click.echo(f"{count(built.incidents, 'incident file')}: no errors{warned}", err=True)


def _fix(folder: Path, *, offsets: bool) -> None:
    """Mend the incident files in *folder*, and tell what was done."""
    config = settings_of(folder)
    with locks.locked(folder / "incidents"):
        for found in lookup.all_incident_files(folder):
            try:
                file = lookup.open_file(found, config)
            except ContentError:
                continue  # What it is will be told with the other problems.
            mended = fixes.mend(file, offsets=offsets)
            if mended.text != file.text:
                files.sweep(file.path.parent)
                files.rewrite(file.path, mended.text)
                click.echo(f"mended {format_path(file.path)}: {'; '.join(mended.done)}", err=True)


def _request(
    folder: Path, now: str | None, base_url: str | None, data: Path | None
) -> BuildRequest:
    found = data_of(data)
    return BuildRequest(
        folder=folder,
        now=lambda zone: moment_of(now, zone),
        base_url=address_of(base_url) if base_url is not None else None,
        data=found.content,
        data_keys=found.keys,
        problems=found.problems,
        track=tracker(),
    )


class _Stopwatch:
    """How long everything takes, and each of its phases, in seconds."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self._begun = self._last = time.monotonic()
        self._phase = "start"

    def begin(self, phase: str) -> None:
        """Know that from now on *phase* takes the time."""
        now = time.monotonic()
        self.phases[self._phase] = self.phases.get(self._phase, 0) + now - self._last
        self._last, self._phase = now, phase

    def stop(self) -> float:
        """How long it took in all."""
        self.begin("")
        return self._last - self._begun


def _tell(words: Iterable[str]) -> None:
    for line in words:
        click.echo(f"statusgen: {line}", err=True)


def _name_changes(plan: OutputPlan) -> None:
    """Name the files that changed, unless they are too many to be read."""
    changed = [
        (verb, path) for verb in ("created", "updated", "deleted") for path in getattr(plan, verb)
    ]
    if len(changed) <= _NAMED:
        for verb, path in changed:
            click.echo(f"{verb} {path}")


def _changes(plan: OutputPlan) -> str:
    counts = ((verb, len(getattr(plan, verb))) for verb in ("created", "updated", "deleted"))
    told = ", ".join(f"{count} {verb}" for verb, count in counts if count)
    return told or "nothing changed"
