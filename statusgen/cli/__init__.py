"""The commands: the only place that reads the clock and the environment, prints and exits."""

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from statusgen import __version__
from statusgen.cli import (
    building,
    importing,
    looking,
    publishing,
    schemas,
    serving,
    starting,
    writing,
)
from statusgen.problems import StatusgenError, UsageError, quoted

EXIT_USAGE = 2
EXIT_OUTSIDE = 3
EXIT_INTERRUPTED = 130
EXIT_UNREAD = 141  # as of a process that SIGPIPE ended
EXIT_TERMINATED = 143

_INTERRUPTED = "statusgen: interrupted; running it again puts right what is half done"


class _Terminated(BaseException):
    """Somebody asked the process to end."""


def main() -> None:
    """Run the command line; every expected failure is one line and an exit status."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What the terminal cannot show is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    try:
        with _stoppable():
            status = _run()
        sys.stdout.flush()
        sys.exit(status)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except (click.Abort, KeyboardInterrupt):
        click.echo(_INTERRUPTED, err=True)
        sys.exit(EXIT_INTERRUPTED)
    except _Terminated:
        click.echo(_INTERRUPTED, err=True)
        sys.exit(EXIT_TERMINATED)
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
        is_unread = isinstance(error, BrokenPipeError)
        if not is_unread:
            click.echo(f"statusgen: {what}: {error.strerror}", err=True)
        # At its end Python would try once more, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_UNREAD if is_unread else EXIT_OUTSIDE)


def _run() -> int | None:
    """Run the command; returns the exit status that it asks for."""
    try:
        # Without standalone mode click hands the status of an Exit back.
        status: int | None = commands.main(prog_name="statusgen", standalone_mode=False)
    except SystemExit:  # How click ends when nobody reads on, as behind `| head`.
        return EXIT_UNREAD
    return status


def _open_streams() -> None:
    """Give a process that was started with closed streams some that lead nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, mode, encoding="utf-8"))


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let Ctrl-C, or a polite request to end, stop what is inside once."""
    reasons = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: _Terminated}
    before = {number: signal.getsignal(number) for number in reasons}

    def stop(number: int, _: object) -> NoReturn:
        for each in reasons:
            signal.signal(each, signal.SIG_IGN)  # Nothing disturbs the tidying up.
        raise reasons[signal.Signals(number)]

    for number in reasons:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is stop:
                signal.signal(number, handler or signal.SIG_DFL)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="statusgen %(version)s")
def commands() -> None:
    """Make a status page out of a folder of incident files.

    Run it in the folder of a site: statusgen.yml says what there is, incidents/*.md what happened.
    """


for _command in (
    starting.init_command,
    writing.new_command,
    writing.update_command,
    writing.resolve_command,
    writing.event_command,
    importing.import_group,
    importing.labels_group,
    looking.list_command,
    looking.show_command,
    building.build_command,
    building.check_command,
    serving.serve_command,
    publishing.live_command,
    publishing.changes_command,
    publishing.forms_command,
    publishing.ping_hub_command,
    schemas.schema_command,
):
    commands.add_command(_command)
