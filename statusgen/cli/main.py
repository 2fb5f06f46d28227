"""The commands: the only place that reads the clock and the environment, prints and exits."""

import gc
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NoReturn

import click

from statusgen import __version__
from statusgen.characters import printable
from statusgen.problems import StatusgenError, UsageError, quoted

EXIT_USAGE = 2
EXIT_OUTSIDE = 3
EXIT_BUG = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130
EXIT_UNREAD = 141  # as of a process that SIGPIPE ended
EXIT_TERMINATED = 143

_TRACEBACK = "STATUSGEN_TRACEBACK"
_BUG = f"""\
statusgen: internal error: {{}}
This is a bug in statusgen {__version__}. {_TRACEBACK}=1 shows where; please report it with that:
https://github.com/statusgen/statusgen/issues"""
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
        _corrected(error).show()
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
    except Exception as error:
        if os.environ.get(_TRACEBACK):
            raise
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        click.echo(_BUG.format(printable(what)), err=True)
        sys.exit(EXIT_BUG)


def _run() -> int | None:
    """Run the command; returns the exit status that it asks for."""
    try:
        # Without standalone mode click hands the status of an Exit back.
        status: int | None = commands.main(prog_name="statusgen", standalone_mode=False)
    except SystemExit as done:  # How click ends completion, or when nobody reads on.
        return EXIT_UNREAD if done.code else 0
    return status


def _corrected(error: click.ClickException) -> click.ClickException:
    """*error*; where it is about a misspelt word, in the way in which all others are told."""
    close = getattr(error, "possibilities", None)
    if not close:
        return error
    what = error.message.removesuffix(".")
    context = getattr(error, "ctx", None)
    return click.UsageError(f"{what}; did you mean '{close[0]}'?", context)


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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage in what is loaded inside, now or later: it stays until the end.

    The search took a sixth of the time of loading.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="statusgen %(version)s")
def commands() -> None:
    """Make a status page out of a folder of incident files.

    Run it in the folder of a site: statusgen.yml says what there is, incidents/*.md what happened.
    """


# Where each command is, and what its own help says of it in a line.
_COMMANDS = {
    "init": (
        "statusgen.cli.commands.init:init_command",
        "Begin a site in DIR (default: the current folder), made if missing.",
    ),
    "new": (
        "statusgen.cli.commands.incidents:new_command",
        "Write a new incident file, and print its path.",
    ),
    "update": (
        "statusgen.cli.commands.incidents:update_command",
        "Add an update to an incident, and print the path of its file.",
    ),
    "resolve": (
        "statusgen.cli.commands.incidents:resolve_command",
        "Say that an incident is resolved, or planned work completed.",
    ),
    "event": (
        "statusgen.cli.commands.event:event_command",
        "Say what the severity of a service is from now on: a command for monitors.",
    ),
    "import": (
        "statusgen.cli.commands.importers:import_group",
        "Import incidents from another system; safe to rerun.",
    ),
    "labels": (
        "statusgen.cli.commands.import_github:labels_group",
        "Make the labels that an import reads.",
    ),
    "list": (
        "statusgen.cli.commands.show:list_command",
        "List incidents, maintenance and notices, newest first.",
    ),
    "show": (
        "statusgen.cli.commands.show:show_command",
        "Show one incident: how its services are, and its updates, oldest first.",
    ),
    "build": (
        "statusgen.cli.commands.build:build_command",
        "Build the site, and say what was created, updated and deleted.",
    ),
    "check": (
        "statusgen.cli.commands.build:check_command",
        "Find every problem of every file; without --fix none is changed.",
    ),
    "serve": (
        "statusgen.cli.commands.serve:serve_command",
        "Show the site in a browser, and show it anew whenever a file is saved.",
    ),
    "live": (
        "statusgen.cli.commands.publishing:live_command",
        "Find out whether the live site is the one that was built.",
    ),
    "changes": (
        "statusgen.cli.commands.publishing:changes_command",
        "Tell what a visitor sees changed from the site OLD to the site NEW (default: live _site).",
    ),
    "forms": (
        "statusgen.cli.commands.generate:forms_command",
        "Write the forms for GitHub issues: an incident, a maintenance, with the site's services.",
    ),
    "notify": (
        "statusgen.cli.commands.notify:notify_command",
        "Tell the channels of statusgen.yml what is new on the page.",
    ),
    "ping-hub": (
        "statusgen.cli.commands.publishing:ping_hub_command",
        "Tell the WebSub hub of the settings that the feeds have changed.",
    ),
    "schema": (
        "statusgen.cli.commands.generate:schema_command",
        "Print a JSON Schema.",
    ),
}


class LazyCommand(click.Command):
    """A command that is loaded only when it runs or its own help is asked for.

    What other commands need is not loaded for it; lists of commands load none.
    """

    def __init__(self, name: str, place: str, about: str) -> None:
        super().__init__(name, help=about)
        self.place = place

    def loaded(self) -> click.Command:
        """The command itself."""
        module, _, attribute = self.place.partition(":")
        if module not in sys.modules:
            with _uncollected():
                import_module(module)
        command: click.Command = getattr(sys.modules[module], attribute)
        return command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """The context of the command itself, which is what then runs."""
        return self.loaded().make_context(info_name, args, parent, **extra)


for _name, (_place, _about) in _COMMANDS.items():
    commands.add_command(LazyCommand(_name, _place, _about))
