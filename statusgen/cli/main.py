"""The entry point: the group of commands, and the exit status for each kind of failure."""

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
from statusgen.system.collection import uncollected

EXIT_USAGE = 2
EXIT_OUTSIDE = 3
EXIT_BUG = 70  # EX_SOFTWARE in sysexits.h
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141  # the shell's status for a process that SIGPIPE ended
EXIT_TERMINATED = 143

_TRACEBACK = "STATUSGEN_TRACEBACK"
_BUG = f"""\
statusgen: internal error: {{}}
This is a bug in statusgen {__version__}. Set {_TRACEBACK}=1 for a traceback and report it at:
https://github.com/statusgen/statusgen/issues"""
_INTERRUPTED = "statusgen: interrupted; run the command again to finish"


class _Terminated(BaseException):
    """A request to end the process (SIGTERM)."""


def main() -> None:
    """Run the command line; report an expected failure in one line and exit with its status."""
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Do not fail on characters that the terminal cannot show.
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
        # `system.files` handles failures of our own files. An error with a file name comes from a
        # library, and one without a file name from writing our output.
        name = quoted(str(error.filename)) if error.filename else ""
        what = f"cannot open {name}" if name else "cannot write the output"
        is_broken_pipe = isinstance(error, BrokenPipeError)
        if not is_broken_pipe:
            click.echo(f"statusgen: {what}: {error.strerror}", err=True)
        # Python flushes standard output on exit, which would fail and print a second message.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_BROKEN_PIPE if is_broken_pipe else EXIT_OUTSIDE)
    except Exception as error:
        if os.environ.get(_TRACEBACK):
            raise
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        click.echo(_BUG.format(printable(what)), err=True)
        sys.exit(EXIT_BUG)


def _run() -> int | None:
    """Run the command and return its exit status."""
    try:
        # Without standalone mode, click returns the status of an Exit.
        status: int | None = commands.main(prog_name="statusgen", standalone_mode=False)
    except SystemExit as done:  # click exits after completion and on a broken pipe.
        return EXIT_BROKEN_PIPE if done.code else 0
    return status


def _corrected(error: click.ClickException) -> click.ClickException:
    """Return *error* with click's suggestion for a misspelt word in the style of our messages."""
    close = getattr(error, "possibilities", None)
    if not close:
        return error
    what = error.message.removesuffix(".")
    context = getattr(error, "ctx", None)
    return click.UsageError(f"{what}; did you mean '{close[0]}'?", context)


def _open_streams() -> None:
    """Connect closed standard streams to the null device."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, mode, encoding="utf-8"))


@contextmanager
def _stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt on Ctrl-C, _Terminated on SIGTERM; ignore further signals."""
    reasons = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: _Terminated}
    before = {number: signal.getsignal(number) for number in reasons}

    def stop(number: int, _: object) -> NoReturn:
        for each in reasons:
            signal.signal(each, signal.SIG_IGN)  # Do not interrupt the cleanup.
        raise reasons[signal.Signals(number)]

    for number in reasons:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is stop:
                signal.signal(number, handler or signal.SIG_DFL)


# The headings of `statusgen --help`, each with its commands: name, location, summary.
_COMMANDS = {
    "Set up": (
        ("init", "init:init_command", "Create a site in a folder."),
        ("serve", "serve:serve_command", "Preview the site; reload it on every change."),
        ("check", "check:check_command", "Report every problem in the site's files."),
        ("build", "build:build_command", "Build the site."),
    ),
    "Report": (
        ("new", "new:new_command", "Create an incident, maintenance or notice."),
        ("update", "incidents:update_command", "Add an update to an incident."),
        ("resolve", "incidents:resolve_command", "Resolve an incident or complete maintenance."),
        ("cancel", "cancel:cancel_command", "Cancel maintenance that has not started."),
        ("event", "event:event_command", "Report a service's severity (for monitoring tools)."),
        ("push", "push:push_command", "Commit and push incident files that are not published yet."),
    ),
    "Look up": (
        ("list", "show:list_command", "List incidents, maintenance and notices."),
        ("show", "show:show_command", "Show one incident and its updates."),
    ),
    "Import": (
        (
            "import",
            "importers:import_group",
            "Import incidents from another system; safe to rerun.",
        ),
        ("labels", "importers:labels_group", "Create the GitHub labels that the import uses."),
    ),
    "Publish": (
        ("live", "publishing:live_command", "Check that the live site matches the build."),
        ("changes", "publishing:changes_command", "Show what visitors will see change."),
        ("notify", "notify:notify_command", "Send pending notifications to subscribers."),
        (
            "ping-hub",
            "publishing:ping_hub_command",
            "Tell the WebSub hub that the feeds have changed.",
        ),
    ),
    "Generate files": (
        ("forms", "generate:forms_command", "Write GitHub issue forms for the site's services."),
        ("schema", "generate:schema_command", "Print a JSON Schema for editors and API clients."),
    ),
}


class CommandGroup(click.Group):
    """A group whose help lists commands under headings, in order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order in which the help lists them."""
        return [name for rows in _COMMANDS.values() for name, _, _ in rows]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section for each heading, with all summaries in one column."""
        width = max(map(len, self.list_commands(ctx)))
        for heading, rows in _COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), summary) for name, _, summary in rows])


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="statusgen %(version)s")
def commands() -> None:
    """Build a static status page from a folder of incident files.

    Run it in the folder that contains statusgen.yml. Incidents are Markdown files in incidents/.
    """


class LazyCommand(click.Command):
    """A command that imports its module only to run or to print its own help.

    Running other commands or listing all commands does not import it.
    """

    def __init__(self, name: str, location: str, summary: str) -> None:
        super().__init__(name, help=summary, short_help=summary)
        self.location = location

    def loaded(self) -> click.Command:
        """Import and return the command."""
        module, _, attribute = self.location.partition(":")
        if module not in sys.modules:
            # The collector took a sixth of the time to load modules.
            with uncollected():
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
        """Return the context of the imported command, which click then runs."""
        return self.loaded().make_context(info_name, args, parent, **extra)


for _rows in _COMMANDS.values():
    for _name, _location, _summary in _rows:
        _path = f"statusgen.cli.commands.{_location}"
        commands.add_command(LazyCommand(_name, _path, _summary))
