"""The commands: the only place that reads the clock and the environment, prints and exits."""

import io
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar

import click

from statusgen import __version__, build, files, git, moments, reader, values, yamltext
from statusgen.build import Request
from statusgen.files import EntryKind
from statusgen.output import Plan
from statusgen.problems import (
    ContentError,
    OutsideError,
    Problem,
    StatusgenError,
    UsageError,
    as_annotation,
    as_json,
    as_text,
    errors,
    instead,
    quoted,
)
from statusgen.render import records

EXIT_PROBLEMS = 1
EXIT_USAGE = 2
EXIT_OUTSIDE = 3
EXIT_INTERRUPTED = 130

_PATIENCE = 1.0  # seconds of work before a progress bar appears
_NAMED = 20  # changed files that are named one by one

_Command = Callable[..., Any]
_Item = TypeVar("_Item")


def main() -> None:
    """Run the command line; every expected failure is one line and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the terminal cannot show is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    try:
        # Without standalone mode click hands the status of an Exit back.
        status = commands.main(prog_name="statusgen", standalone_mode=False)
        sys.stdout.flush()
        sys.exit(status)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("statusgen: interrupted; the next build puts right what is half done", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except UsageError as error:
        click.echo(f"statusgen: {error}", err=True)
        sys.exit(EXIT_USAGE)
    except StatusgenError as error:
        click.echo(f"statusgen: {error}", err=True)
        sys.exit(EXIT_OUTSIDE)
    except OSError as error:
        # Files have their own door, which words its failures. What we print into names no file;
        # a file that is named was opened by a package.
        name = quoted(str(error.filename)) if error.filename else ""
        what = f"cannot open {name}" if name else "cannot write the output"
        click.echo(f"statusgen: {what}: {error.strerror}", err=True)
        # At its end Python would try once more, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_OUTSIDE)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="statusgen %(version)s")
def commands() -> None:
    """Make a status page out of a folder of incident files.

    Run it in the folder of a site: statusgen.yml says what there is, incidents/*.md what happened.
    """


class _Word(click.Choice[str]):
    """One of some words, each of which is a *kind*, with a suggestion for a misspelt one."""

    def __init__(self, kind: str, words: list[str]) -> None:
        super().__init__(words)
        self.kind = kind

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        return f"{quoted(str(value))} is not a {self.kind}; {instead(str(value), self.choices)}"


_site_option = click.option(
    "--site",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=".",
    help="The folder of the site. Default: the current one.",
)
_base_url_option = click.option(
    "--base-url",
    metavar="URL",
    help="Stands for 'url' of statusgen.yml in absolute links, as for a preview.",
)


def _common(command: _Command) -> _Command:
    """The options that every command about a site takes."""
    for option in (
        click.option(
            "--now",
            metavar="TIME",
            help="The moment to build for, such as '2026-11-20 09:05'; without an offset it is in"
            " the site's zone. Default: SOURCE_DATE_EPOCH, or the clock.",
        ),
        _site_option,
    ):
        command = option(command)
    return command


def _overrides(command: _Command) -> _Command:
    """The options that stand in for a setting."""
    for option in (
        click.option(
            "--data",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="A YAML file for the templates, laid over 'data' of statusgen.yml.",
        ),
        _base_url_option,
    ):
        command = option(command)
    return command


@commands.command("build", epilog="Example: statusgen build --out public")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default="_site",
    help="Where the site goes; made if missing. Default: _site.",
)
@_overrides
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 64),
    default=1,
    help="Processes that make pages. The result is the same. Default: 1.",
)
@_common
def build_command(
    out: Path, base_url: str | None, data: Path | None, jobs: int, folder: Path, now: str | None
) -> None:
    """Build the site, and say what was created, updated and deleted.

    A file with a problem stops the build before anything is written: the old site stays as it is.
    """
    begun = time.monotonic()
    with _problems_to(_printer(None, to_stderr=True)) as show:
        request = _request(folder, now, base_url, data, jobs)
        rendered, plan = build.build(request, out)
        show(rendered.warnings)
    _name_changes(plan)
    took = time.monotonic() - begun
    read = _count(rendered.incidents, "incident file")
    click.echo(f"{out}: {_changes(plan)} ({read}, {took:.1f} s)")


@commands.command("check", epilog="Example: statusgen check --format json")
@click.option(
    "--format",
    "style",
    type=_Word("format", ["text", "github", "json"]),
    help="How to print problems. Default: text; github if GITHUB_ACTIONS is true.",
)
@_overrides
@_common
def check_command(
    style: str | None, base_url: str | None, data: Path | None, folder: Path, now: str | None
) -> None:
    """Find every problem of every file, and write nothing.

    It does all that build does but the writing. Each problem is printed as path:line:column: what
    is wrong; what to write. Warnings change no status.
    """
    with _problems_to(_printer(style, to_stderr=False)) as show:
        request = _request(folder, now, base_url, data, jobs=1)
        rendered = build.render(request)
        show(rendered.warnings)
    warned = f", {_count(len(rendered.warnings), 'warning')}" if rendered.warnings else ""
    click.echo(f"{_count(rendered.incidents, 'incident file')}: no errors{warned}", err=True)


@commands.command("schema", epilog="Example: statusgen schema api > incidents.schema.json")
@click.argument("name", type=_Word("schema", ["api"]))
def schema_command(name: str) -> None:
    """Print a JSON Schema: api is that of api/incidents.json and of the files of its years."""
    shapes = {"api": records.SCHEMA}
    click.echo(json.dumps(shapes[name], indent=2))


@commands.command("ping-hub", epilog="Example: statusgen ping-hub --site status")
@_base_url_option
@_site_option
def ping_hub_command(base_url: str | None, folder: Path) -> None:
    """Tell the WebSub hub of the settings that the feeds have changed.

    Run it when the new site is live, since the hub reads the feeds at once. It stops at the first
    feed that the hub does not take.
    """
    from statusgen import hub  # noqa: PLC0415, no other command talks to the network

    root = _address(base_url) if base_url is not None else None
    with _problems_to(_printer(None, to_stderr=True)):
        settings, addresses = build.feeds_of(folder, base_url=root)
    if settings.hub is None:
        what = "there is no hub in statusgen.yml"
        raise UsageError(f"{what}; write one such as hub: https://pubsubhubbub.appspot.com")
    for address in addresses:
        hub.publish(settings.hub, address)
        click.echo(f"told {settings.hub} of {address}")


def _request(
    folder: Path, now: str | None, base_url: str | None, data: Path | None, jobs: int
) -> Request:
    return Request(
        folder=folder,
        now=lambda zone: _moment(now, zone),
        base_url=_address(base_url) if base_url is not None else None,
        data=_values(data) if data is not None else None,
        jobs=jobs,
        track=_tracker(),
    )


def _moment(now: str | None, zone: tzinfo) -> datetime:
    """The moment that *now* means, else SOURCE_DATE_EPOCH, else the clock.

    The variable is specified at https://reproducible-builds.org/specs/source-date-epoch/.
    """
    if now is not None:
        try:
            return moments.parse(now, zone)
        except ValueError as error:
            raise UsageError(f"--now {quoted(now)} {error}") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC).replace(microsecond=0)
    if re.fullmatch("[0-9]{1,10}", epoch) is None:
        raise UsageError(f"SOURCE_DATE_EPOCH is {quoted(epoch)}; write seconds since 1970")
    return datetime.fromtimestamp(int(epoch), UTC)


def _address(url: str) -> str:
    try:
        return values.site_root(url)
    except ValueError as error:
        raise UsageError(f"--base-url: {error}") from None


def _values(path: Path) -> object:
    """The content of the data file *path*."""
    if files.kind_of(path) is not EntryKind.FILE:
        raise UsageError(f"--data {quoted(str(path))} is not a file; name one with YAML in it")
    try:
        text = files.read_text(path, limit=reader.MAX_TEXT)
    except files.UnreadableError as error:
        raise ContentError([error.problem(path)]) from None
    root, problems = yamltext.load(text, path=path)
    if errors(problems):
        raise ContentError(problems)
    return yamltext.plain(root) if root is not None else None


_Print = Callable[[Iterable[Problem]], None]


@contextmanager
def _problems_to(show: _Print) -> Iterator[_Print]:
    """Show the problems that end the work inside, and exit as they ask for."""
    try:
        yield show
    except ContentError as error:
        show(error.problems)
        raise click.exceptions.Exit(EXIT_PROBLEMS) from None


def _printer(style: str | None, *, to_stderr: bool) -> _Print:
    """What prints problems in *style*; in a GitHub workflow they are annotations by default."""
    style = style or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")

    def show(problems: Iterable[Problem]) -> None:
        ordered = sorted(set(problems), key=lambda problem: problem.order)
        if style == "json":
            rows = [(problem, _relative(problem.path, _here())) for problem in ordered]
            click.echo(as_json(rows), err=to_stderr)
            return
        write, base = (as_annotation, _repository()) if style == "github" else (as_text, _here())
        for problem in ordered:
            click.echo(write(problem, _relative(problem.path, base)), err=to_stderr)

    return show


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise OutsideError(f"cannot read the current folder: {error.strerror}") from None


def _repository() -> Path:
    return git.root(_here()) or _here()


def _relative(path: Path, base: Path) -> str:
    """*path* as seen from *base*, an absolute one."""
    return Path(os.path.relpath(_here() / path, base)).as_posix()


def _tracker() -> reader.Track:
    """What gives items one by one, with a progress bar if all the work takes over a second."""
    if not sys.stderr.isatty():
        return reader.unseen
    patient_until = time.monotonic() + _PATIENCE

    def track(label: str, items: list[_Item], /) -> Iterator[_Item]:
        rest = iter(items)
        done = 0
        for item in rest:
            yield item
            done += 1
            if time.monotonic() > patient_until:
                break
        if done < len(items):
            with click.progressbar(length=len(items), label=label, file=sys.stderr) as bar:
                bar.update(done)
                for item in rest:
                    yield item
                    bar.update(1)

    return track


def _name_changes(plan: Plan) -> None:
    """Name the files that changed, unless they are too many to be read."""
    changed = [
        (verb, path) for verb in ("created", "updated", "deleted") for path in getattr(plan, verb)
    ]
    if len(changed) <= _NAMED:
        for verb, path in changed:
            click.echo(f"{verb} {path}")


def _changes(plan: Plan) -> str:
    counts = ((verb, len(getattr(plan, verb))) for verb in ("created", "updated", "deleted"))
    told = ", ".join(f"{count} {verb}" for verb, count in counts if count)
    return told or "nothing changed"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
