"""The command serve, a preview that rebuilds on every change."""

import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from statusgen.build.pipeline import BuildRequest
from statusgen.cli.console import count, here, printer, relative
from statusgen.cli.options import common, data_of, data_option, moment_of
from statusgen.output.folder import OutputPlan
from statusgen.problems import ContentError, StatusgenError, UsageError, listed

_MAX_LISTED = 3  # changed files that are listed by name


@click.command("serve", epilog="Example: statusgen serve --now 2026-11-20T10:15+01:00")
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=8000,
    help="Port to listen on; 0 picks a free one. Default: 8000.",
)
@click.option(
    "--host",
    metavar="HOST",
    default="127.0.0.1",
    help="Address to listen on, for example 0.0.0.0 in a container. Default: 127.0.0.1.",
)
@click.option(
    "--allow-host",
    "allowed",
    metavar="NAME",
    multiple=True,
    help="Also answer requests for this host name, for example that of a proxy. Repeatable.",
)
@click.option("--drafts", is_flag=True, help="Show drafts as if they were published.")
@data_option
@common
def serve_command(
    port: int,
    host: str,
    allowed: tuple[str, ...],
    drafts: bool,
    data: Path | None,
    folder: Path,
    now: str | None,
) -> None:
    """Preview the site; reload it on every change.

    Only this computer can reach it unless --host is given, and no files are written. Problems are
    shown in the browser and here until they are fixed. Press Ctrl-C to stop.
    """
    try:
        from statusgen.preview import hosts, server, watch  # noqa: PLC0415, needs the extra serve
    except ModuleNotFoundError as error:
        if error.name != "watchfiles":
            raise
        what = "serve requires the package watchfiles"
        raise UsageError(f"{what}; run: pip install 'statusgen[serve]'") from None
    for option, names in (("--host", [host]), ("--allow-host", allowed)):
        for name in names:
            hosts.check_name(option, name)
    serving = partial(server.serving, format_path=partial(relative, base=here()))
    try:
        with _stoppable(), serving(port, host=host, allowed=allowed) as preview:

            def build() -> OutputPlan:
                request = partial(_request, folder, now, data, preview.url, drafts=drafts)
                built = preview.build(request)
                printer(None, to_stderr=True)(built.warnings)
                return built.plan

            for changed in watch.changes(folder, data=data):
                plan = _attempt(build, is_first=not changed)
                if not changed:
                    click.echo(f"Serving at {preview.url}/ (press Ctrl-C to stop)")
                    if not hosts.is_local(host):
                        click.echo("warning: other computers may reach this preview", err=True)
                elif plan is not None:
                    click.echo(f"{_names(changed)}: {_effect(plan)}")
    except KeyboardInterrupt:
        click.echo("stopped")


def _request(
    folder: Path, now: str | None, data: Path | None, url: str, *, drafts: bool
) -> BuildRequest:
    loaded = data_of(data)
    return BuildRequest(
        folder=folder,
        now=lambda zone: moment_of(now, zone),
        base_url=url,
        drafts=drafts,
        data=loaded.content,
        data_keys=loaded.keys,
        problems=loaded.problems,
    )


def _attempt(build: Callable[[], OutputPlan], *, is_first: bool) -> OutputPlan | None:
    """Run *build*; on failure, print the reason and return None: the next change may fix it.

    A UsageError in the first attempt is raised.
    """
    try:
        return build()
    except ContentError as error:
        printer(None, to_stderr=True)(error.problems)
    except StatusgenError as error:
        if is_first and isinstance(error, UsageError):
            raise
        click.echo(f"statusgen: {error}", err=True)
    except Exception:  # A bug in statusgen does not stop the server either.
        click.echo(traceback.format_exc(), err=True, nl=False)
    return None


def _names(changed: tuple[str, ...]) -> str:
    rest = len(changed) - _MAX_LISTED
    return listed([*changed[:_MAX_LISTED], *([f"{rest} more"] if rest > 0 else [])], "and")


def _effect(plan: OutputPlan) -> str:
    number = len((*plan.created, *plan.updated, *plan.deleted))
    return f"{count(number, 'file')} updated" if number else "no changes"


@contextmanager
def _stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt on Ctrl-C and SIGTERM; ignore further signals."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}

    def stop(*_: object) -> NoReturn:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)  # Do not interrupt the cleanup.
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
