"""The commands that write incident files: new, update, resolve, event."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from statusgen.authoring import compose, lookup
from statusgen.authoring.compose import Workspace
from statusgen.authoring.edit import EditError
from statusgen.cli.arguments import (
    affected,
    checked,
    is_interactive,
    joining,
    severity_of,
    state_of,
    text_of,
    time_of,
)
from statusgen.cli.commit import AGAIN, write
from statusgen.cli.console import printer, problems_to
from statusgen.cli.options import (
    Command,
    Word,
    common,
    complete_service,
    complete_text,
    incident_argument,
    moment_of,
)
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import UsageError
from statusgen.schema import scalars
from statusgen.system import locks
from statusgen.timeline import replay
from statusgen.timeline.timeline import SETTLED

_severity_option = click.option(
    "--severity", type=Word("severity", Severity), help="What is done to the services."
)
_service_option = click.option(
    "--service",
    "services",
    metavar="ID[=SEVERITY]",
    shell_complete=complete_service,
    multiple=True,
    help="A service, and its own severity if it has one. Repeat it for each.",
)
_state_option = click.option(
    "--state", type=Word("state", State), help="Where the work stands from here on."
)
_at_option = click.option(
    "--at",
    metavar="TIME",
    help="When this is said; without an offset in the site's zone. Default: now.",
)


def _texts(command: Command) -> Command:
    """The options that say what is said."""
    for option in (
        click.option(
            "--template",
            metavar="NAME",
            shell_complete=complete_text,
            help="Begin with a text that 'texts' in statusgen.yml has under this name.",
        ),
        click.option(
            "-m",
            "--message",
            metavar="TEXT",
            help="What is said, in Markdown; - reads it from standard input. Without it $EDITOR"
            " opens; where there is no terminal, a standard sentence of the state stands for it.",
        ),
    ):
        command = option(command)
    return command


def _commits(command: Command) -> Command:
    """The options that say how far the change is to go."""
    for option in (
        click.option(
            "--push",
            is_flag=True,
            help="Commit and push; where others were faster, on top of their commits.",
        ),
        click.option(
            "--commit",
            is_flag=True,
            help="Commit the file, and nothing else that is changed or staged.",
        ),
    ):
        command = option(command)
    return command


@click.command(
    "new", epilog="Example: statusgen new 'Elevated errors' --severity major --service api"
)
@click.argument("title")
@click.option(
    "--severity",
    type=Word("severity", Severity),
    required=True,
    help="What it does to the services; maintenance makes planned work, none a notice.",
)
@_service_option
@_texts
@_state_option
@_at_option
@click.option("--started", metavar="TIME", help="When it began. Default: --at.")
@click.option("--starts", metavar="TIME", help="Of planned work: when its window opens.")
@click.option("--ends", metavar="TIME", help="Of planned work: when its window closes.")
@click.option("--until", metavar="TIME", help="Of a notice: how long the page shows it.")
@click.option("--pin", is_flag=True, help="Keep it at the top of the front page.")
@click.option("--draft", is_flag=True, help="Keep it off the site for now.")
@click.option("--slug", metavar="NAME", help="The name of the file. Default: day and title.")
@_commits
@common
def new_command(
    title: str,
    severity: str,
    services: tuple[str, ...],
    message: str | None,
    template: str | None,
    state: str | None,
    at: str | None,
    started: str | None,
    starts: str | None,
    ends: str | None,
    until: str | None,
    pin: bool,
    draft: bool,
    slug: str | None,
    commit: bool,
    push: bool,
    folder: Path,
    now: str | None,
) -> None:
    """Write a new incident file, and print its path.

    TITLE is one line, in quotes. The file is named after the day and the title.
    """
    with _problems():
        config = settings_of(folder)
        kind = Kind.of(Severity(severity))
        desk = Workspace(site=folder, config=config, now=moment_of(now, config.zone))
        moment = time_of("--at", at, desk) or desk.now
        said = state_of(state, kind) or (None if kind is Kind.NOTICE else kind.first_state)
        standard = compose.standard(config, said, kind) if said else None
        began, ends_at = time_of("--starts", starts, desk), time_of("--ends", ends, desk)
        first = time_of("--started", started, desk) or moment
        if kind is Kind.MAINTENANCE:
            if began is None or ends_at is None:
                raise UsageError("planned work has a window; write --starts and --ends")
            if began <= moment:
                # Nobody announced it, so it counts as announced a second before. Without a state
                # the clock still ends it.
                first = min(first, began - timedelta(seconds=1))
                said = state_of(state, kind)
                standard = compose.standard(config, said or State.IN_PROGRESS, kind)
        update = Update(at=moment, text="", state=said)
        incident = Incident(
            slug="",
            title=checked("the title", scalars.line, title),
            severity=Severity(severity),
            services=tuple(affected(services, config, Severity(severity))),
            started=first,
            starts=began,
            ends=ends_at,
            until=time_of("--until", until, desk),
            updates=(update,),
            pin=pin,
            draft=draft,
        )
        # What is wrong is said before somebody writes a text in vain.
        compose.new(desk, incident, slug=slug or "")
        text = text_of(message, template, config, standard)
        incident = replace(incident, updates=(replace(update, text=text),))
        with locks.locked(folder / "incidents"):
            change = compose.new(desk, incident, slug=slug or "")
            if change.before is not None:
                click.echo("nothing to write: the file says so already", err=True)
            write([change], folder, commit=commit, push=push)


@click.command("update", epilog="Example: statusgen update -m 'Rolling back' --state identified")
@incident_argument(required=False)
@_texts
@_state_option
@_severity_option
@_service_option
@_at_option
@_commits
@common
def update_command(
    incident: str | None,
    message: str | None,
    template: str | None,
    state: str | None,
    severity: str | None,
    services: tuple[str, ...],
    at: str | None,
    commit: bool,
    push: bool,
    folder: Path,
    now: str | None,
) -> None:
    """Add an update to an incident, and print the path of its file.

    INCIDENT is the name of the file, a part of it, or its path. Of several that fit the one that is
    open is meant; where exactly one is open, it may be left out. Every other byte of the file stays
    as it is. What its last update says already is not said again.
    """

    def update(incident: Incident, config: Config, moment: datetime) -> Update:
        said = state_of(state, incident.kind)
        level = severity_of(severity, incident.kind)
        given = tuple(joining(affected(services, config, level), incident, level, moment))
        is_early = incident.starts is not None and moment < incident.starts
        standard = (
            compose.standard(config, said, incident.kind, is_early=is_early) if said else None
        )
        text = text_of(message, template, config, standard)
        return Update(at=moment, text=text, state=said, severity=level, services=given)

    if not (message or template or state or severity or services or is_interactive()):
        raise UsageError("nothing to add; write a text with -m, or what changed, such as --state")
    _add(incident, update, at=at, now=now, folder=folder, commit=commit, push=push)


@click.command("resolve", epilog="Example: statusgen resolve api-errors -m 'Back to normal.'")
@incident_argument(required=False)
@_texts
@_at_option
@_commits
@common
def resolve_command(
    incident: str | None,
    message: str | None,
    template: str | None,
    at: str | None,
    commit: bool,
    push: bool,
    folder: Path,
    now: str | None,
) -> None:
    """Say that an incident is resolved, or planned work completed.

    INCIDENT is as for update, and may be left out where exactly one is open.
    """

    def update(incident: Incident, config: Config, moment: datetime) -> Update | None:
        course = replay.trace(incident).until(moment)
        if course.state in SETTLED and not (message or template):
            return None
        state = State.COMPLETED if incident.kind is Kind.MAINTENANCE else State.RESOLVED
        is_early = incident.starts is not None and moment < incident.starts
        standard = compose.standard(config, state, incident.kind, is_early=is_early)
        text = text_of(message, template, config, standard)
        return Update(at=moment, text=text, state=state)

    _add(incident, update, at=at, now=now, folder=folder, commit=commit, push=push)


_Say = Callable[[Incident, Config, datetime], Update | None]


def _add(
    name: str | None,
    say: _Say,
    *,
    at: str | None,
    now: str | None,
    folder: Path,
    commit: bool,
    push: bool,
) -> None:
    """Add what *say* says to the incident *name*, or to the only open one."""
    with _problems():
        config = settings_of(folder)
        desk = Workspace(site=folder, config=config, now=moment_of(now, config.zone))
        found = lookup.named_or_open(folder, config, name, now=desk.now)
        at_moment = time_of("--at", at, desk)
        incident = lookup.incident_of(lookup.open_file(found, config))
        update = say(incident, config, at_moment or desk.now)
        with locks.locked(folder / "incidents"):
            file = lookup.open_file(found, config)  # Somebody may have been faster.
            change = None
            if update is not None:
                change = compose.updated(file, update, now=desk.now, again=at is not None)
            if change is None:
                click.echo("nothing to add: the file says so already", err=True)
                change = compose.unchanged(file)
            again = f"{AGAIN}, with the name of the incident"
            write([change], folder, commit=commit, push=push, again=again)


@contextmanager
def _problems() -> Iterator[None]:
    """Print the problems that end the work inside; what could not be added can be pasted."""
    with problems_to(printer(None, to_stderr=True)):
        try:
            yield
        except EditError as error:
            if not error.paste:
                raise UsageError(str(error)) from None
            click.echo(f"statusgen: {error}", err=True)
            click.echo(
                "Nothing was changed. To add it by hand, paste this at the end of 'updates':",
                err=True,
            )
            click.echo(error.paste, err=True)
            raise click.exceptions.Exit(1) from None
