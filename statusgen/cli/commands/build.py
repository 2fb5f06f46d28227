"""The command build."""

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from statusgen.build import pipeline
from statusgen.build.pipeline import BuildRequest
from statusgen.cli.console import count, printer, problems_to, tracker
from statusgen.cli.options import (
    address_of,
    cached,
    common,
    data_of,
    moment_of,
    overrides,
)
from statusgen.config.checks import example_problem
from statusgen.config.own_url import is_example, url_problems
from statusgen.output.folder import OutputPlan
from statusgen.problems import UsageError

_MAX_LISTED = 20  # of more changed files, only the number is printed


@click.command("build", epilog="Example: statusgen build --out public")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default="_site",
    help="Output folder, created if missing. Default: _site.",
)
@overrides
@click.option(
    "--check-url",
    is_flag=True,
    help="Fail if the page would have an example address, such as https://status.example.com.",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 64),
    help="Number of worker processes; does not affect the output. Default: chosen by the amount of"
    " work.",
)
@click.option("--timings", is_flag=True, help="Print how long each phase took.")
@cached
@common
def build_command(
    out: Path,
    base_url: str | None,
    data: Path | None,
    check_url: bool,
    jobs: int | None,
    timings: bool,
    cache: Path | None,
    folder: Path,
    now: str | None,
) -> None:
    """Build the site.

    Lists the files that were created, updated and deleted. If any file has an error, nothing is
    written and the previous build stays as it is. Only pages that changed are rendered again, with
    the help of a cache in .statusgen/.
    """
    watch = _Stopwatch()
    with problems_to(printer(None, to_stderr=True)) as show:
        request = build_request(folder, now, base_url, data)
        if check_url:
            request = _with_url_check(request)
        built = pipeline.build(replace(request, jobs=jobs, cache=cache, phase=watch.begin), out)
        show(built.warnings)
    print_notes(built.words)
    _print_changes(built.plan)
    took = watch.stop()
    read = count(built.incidents, "incident file")
    click.echo(f"{out}: {_changes(built.plan)} ({read}, {took:.1f} s)")
    if timings:
        for phase, seconds in watch.phases.items():
            click.echo(f"{phase:>10} {seconds:8.3f} s", err=True)


def build_request(
    folder: Path, now: str | None, base_url: str | None, data: Path | None
) -> BuildRequest:
    """Return the input of a build or a check from the options of its command."""
    loaded = data_of(data)
    return BuildRequest(
        folder=folder,
        now=lambda zone: moment_of(now, zone),
        base_url=address_of(base_url) if base_url is not None else None,
        data=loaded.content,
        data_keys=loaded.keys,
        problems=loaded.problems,
        track=tracker(),
    )


def _with_url_check(request: BuildRequest) -> BuildRequest:
    """Add a problem to *request* if the page would have an example address."""
    if request.base_url is None:
        return replace(request, problems=(*request.problems, *url_problems(request.folder)))
    if is_example(request.base_url):
        raise UsageError(f"--base-url: {example_problem(request.base_url)}")
    return request


class _Stopwatch:
    """A stopwatch for the whole build and each of its phases, in seconds."""

    def __init__(self) -> None:
        self.phases: dict[str, float] = {}
        self._started = self._last = time.monotonic()
        self._phase = "start"

    def begin(self, phase: str) -> None:
        """End the current phase and begin *phase*."""
        now = time.monotonic()
        self.phases[self._phase] = self.phases.get(self._phase, 0) + now - self._last
        self._last, self._phase = now, phase

    def stop(self) -> float:
        """End the last phase and return the total time."""
        self.begin("")
        return self._last - self._started


def print_notes(notes: Iterable[str]) -> None:
    """Print what a build says about the cache."""
    for line in notes:
        click.echo(f"statusgen: {line}", err=True)


def _print_changes(plan: OutputPlan) -> None:
    """Print the files created, updated and deleted; for too many of a kind, only their number."""
    for verb in ("created", "updated", "deleted"):
        paths = getattr(plan, verb)
        lines = paths if len(paths) <= _MAX_LISTED else [count(len(paths), "file")]
        for line in lines:
            click.echo(f"{verb} {line}")


def _changes(plan: OutputPlan) -> str:
    counts = ((verb, len(getattr(plan, verb))) for verb in ("created", "updated", "deleted"))
    return ", ".join(f"{number} {verb}" for verb, number in counts if number) or "nothing changed"
