"""Options of the commands that write incident files."""

from collections.abc import Callable

import click

from statusgen.cli.options import (
    Command,
    Word,
    complete_service,
    complete_text,
)
from statusgen.model import Severity, State

severity_option = click.option(
    "--severity", type=Word("severity", Severity), help="New severity of the affected services."
)
service_option = click.option(
    "--service",
    "services",
    metavar="ID[=SEVERITY]",
    shell_complete=complete_service,
    multiple=True,
    help="Affected service, with its own severity if it differs. Repeatable.",
)
state_option = click.option("--state", type=Word("state", State), help="New state.")
at_option = click.option(
    "--at",
    metavar="TIME",
    help="Time of the update, such as 9:05, -10m, 'tomorrow 22:00' or '2026-11-20 09:05' (in the"
    " site's time zone unless it has an offset). Default: now.",
)
starts_option = click.option("--starts", metavar="TIME", help="Maintenance: start of the window.")
ends_option = click.option("--ends", metavar="TIME", help="Maintenance: end of the window.")


def for_option(help_text: str) -> Callable[[Command], Command]:
    """Return the option --for, described by *help_text*."""
    return click.option("--for", "duration", metavar="DURATION", help=help_text)


def text_options(command: Command) -> Command:
    """Add the options for the text of an update: --message and --template."""
    for option in (
        click.option(
            "--template",
            metavar="NAME",
            shell_complete=complete_text,
            help="Start with the text of this name from 'texts' in statusgen.yml.",
        ),
        click.option(
            "-m",
            "--message",
            metavar="TEXT",
            help='Text of the update, in Markdown; "-" reads standard input. Default: open $EDITOR,'
            " or use a standard sentence if there is no terminal.",
        ),
    ):
        command = option(command)
    return command


def commit_options(command: Command) -> Command:
    """Add the options --commit, --push and --no-push."""
    for option in (
        click.option(
            "--push/--no-push",
            default=None,
            help="Commit and push; rebases if someone else pushed first. Default: 'push' in"
            " statusgen.yml.",
        ),
        click.option(
            "--commit",
            is_flag=True,
            help="Commit this file only.",
        ),
    ):
        command = option(command)
    return command
