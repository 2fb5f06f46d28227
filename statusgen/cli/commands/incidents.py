"""The commands new, update and resolve, which write incident files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
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
from statusgen.cli.commit import push_wanted, write
from statusgen.cli.console import format_path, printer, problems_to
from statusgen.cli.options import (
    Command,
    Word,
    common,
    complete_service,
    complete_text,
    incident_argument,
    moment_of,
)
from statusgen.cli.pull_request import branch_of, pull_request_option
from statusgen.cli.unpublished import Says, is_repeat, publish_instead, unpublished_files
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import UsageError, quoted
from statusgen.schema import scalars
from statusgen.system import files, locks
from statusgen.system.git_proposal import Proposal, has_proposals
from statusgen.timeline import replay
from statusgen.timeline.timeline import SETTLED

_severity_option = click.option(
    "--severity", type=Word("severity", Severity), help="New severity of the affected services."
)
_service_option = click.option(
    "--service",
    "services",
    metavar="ID[=SEVERITY]",
    shell_complete=complete_service,
    multiple=True,
    help="Affected service, with its own severity if it differs. Repeatable.",
)
_state_option = click.option("--state", type=Word("state", State), help="New state.")
_at_option = click.option(
    "--at",
    metavar="TIME",
    help="Time of the update (in the site's time zone unless it has an offset). Default: now.",
)


def _text_options(command: Command) -> Command:
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


def _commit_options(command: Command) -> Command:
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


class _TitleCommand(click.Command):
    """A command whose only argument is a title, which people forget to quote."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse *args*; reject a second argument with a hint."""
        ctx.allow_extra_args = True
        typed = list(args)
        rest = super().parse_args(ctx, args)
        if rest:
            before = typed[: typed.index(rest[0])]
            text = "the text after -m" if {"-m", "--message"} & set(before) else "the title"
            ctx.fail(f"unexpected argument {quoted(rest[0])}; put {text} in quotes")
        return rest


@click.command(
    "new",
    cls=_TitleCommand,
    epilog="Example: statusgen new 'Elevated errors' --severity major --service api",
)
@click.argument("title")
@click.option(
    "--severity",
    type=Word("severity", Severity),
    required=True,
    help='Severity for the services. Use "maintenance" for maintenance, "none" for a notice.',
)
@_service_option
@_text_options
@_state_option
@_at_option
@click.option("--started", metavar="TIME", help="When the incident began. Default: --at.")
@click.option("--starts", metavar="TIME", help="Maintenance: start of the window.")
@click.option("--ends", metavar="TIME", help="Maintenance: end of the window.")
@click.option("--until", metavar="TIME", help="Notice: when to stop showing it.")
@click.option("--pin", is_flag=True, help="Pin it to the top of the front page.")
@click.option("--draft", is_flag=True, help="Save as a draft; drafts are not published.")
@click.option(
    "--slug", metavar="NAME", help="File name without .md. Default: made of date and title."
)
@pull_request_option
@_commit_options
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
    push: bool | None,
    pull_request: bool,
    folder: Path,
    now: str | None,
) -> None:
    """Create an incident, maintenance or notice.

    Writes an incident file and prints its path. TITLE is one argument: put it in quotes. The file
    name is made of the date and the title.
    """
    with _problems(), branch_of(folder, wanted=pull_request) as branch, _problems():
        site = _everything(branch, folder)
        config = settings_of(site)
        kind = Kind.of(Severity(severity))
        workspace = Workspace(site=site, config=config, now=moment_of(now, config.zone))
        moment = time_of("--at", at, workspace) or workspace.now
        new_state = state_of(state, kind) or (None if kind is Kind.NOTICE else kind.first_state)
        standard = compose.standard(config, new_state, kind) if new_state else None
        starts_at = time_of("--starts", starts, workspace)
        ends_at = time_of("--ends", ends, workspace)
        first = time_of("--started", started, workspace) or moment
        if kind is Kind.MAINTENANCE:
            if starts_at is None or ends_at is None:
                raise UsageError("maintenance needs a window; add --starts and --ends")
            if starts_at <= moment:
                # It was not announced, so set its announcement to one second before the start.
                # Without a state, it still ends automatically.
                first = min(first, starts_at - timedelta(seconds=1))
                new_state = state_of(state, kind)
                standard = compose.standard(config, new_state or State.IN_PROGRESS, kind)
        update = Update(at=moment, text="", state=new_state)
        incident = Incident(
            slug="",
            title=checked("the title", scalars.line, title),
            severity=Severity(severity),
            services=tuple(affected(services, config, Severity(severity))),
            started=first,
            starts=starts_at,
            ends=ends_at,
            until=time_of("--until", until, workspace),
            updates=(update,),
            pin=pin,
            draft=draft,
        )
        # Report errors before the editor opens.
        preview = compose.new(workspace, incident, slug=slug or "")
        if preview.before is None:
            for warning in compose.overlaps(workspace, incident):
                click.echo(f"warning: {warning}", err=True)
        text = text_of(message, template, config, standard, heading=incident.title)
        incident = replace(incident, updates=(replace(update, text=text),))
        taken: set[str] = set()
        if branch is not None:
            taken = {one.slug for one in lookup.all_incident_files(site)} - {preview.path.stem}
            branch.open(preview.path.stem)
        with locks.locked(site / "incidents"):
            change = compose.new(workspace, incident, taken=taken, slug=slug or "")
            if change.before is not None:
                click.echo(
                    f"nothing to write: {format_path(change.path)} already says this", err=True
                )
            is_pushed = push_wanted(push, config, folder, commit=commit or draft)
            write([change], site, commit=commit, push=is_pushed, branch=branch)


@click.command("update", epilog="Example: statusgen update -m 'Rolling back' --state identified")
@incident_argument(required=False)
@_text_options
@_state_option
@_severity_option
@_service_option
@_at_option
@pull_request_option
@_commit_options
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
    push: bool | None,
    pull_request: bool,
    folder: Path,
    now: str | None,
) -> None:
    """Add an update to an incident.

    INCIDENT is a file name, a unique part of one, or a path. If several match, the open one is
    used. It is optional if exactly one incident is open. The rest of the file is not changed. An
    update that equals the last one is not added again.

    With --push and nothing new to say, it publishes what is written, as "statusgen push" does.
    """

    def update(incident: Incident, config: Config, moment: datetime) -> Update:
        new_state = state_of(state, incident.kind)
        level = severity_of(severity, incident.kind)
        joined = tuple(joining(affected(services, config, level), incident, level, moment))
        is_early = incident.starts is not None and moment < incident.starts
        standard = None
        if new_state is not None:
            standard = compose.standard(config, new_state, incident.kind, is_early=is_early)
        heading = _heading(incident, moment)
        text = text_of(message, template, config, standard, heading=heading)
        return Update(at=moment, text=text, state=new_state, severity=level, services=joined)

    def says(last: Update, config: Config) -> bool:
        is_same = is_repeat(last, config, message=message, template=template, state=state)
        return is_same and not (severity or services)

    has_text = bool(message or template or state or severity or services)
    is_bare = not has_text and message is None and at is None
    options = _AddOptions(
        at=at, now=now, folder=folder, commit=commit, push=push, pull_request=pull_request
    )
    with _problems():
        if is_bare and _published_instead(incident, options):
            return
        is_proposed = is_bare and pull_request and _is_pending(incident, options)
        if not has_text and not is_proposed and not is_interactive():
            raise UsageError("nothing to add; use -m TEXT, or an option such as --state")
        _add(incident, _no_update if is_proposed else update, None if is_bare else says, options)


@click.command("resolve", epilog="Example: statusgen resolve api-errors -m 'Back to normal.'")
@incident_argument(required=False)
@_text_options
@_at_option
@pull_request_option
@_commit_options
@common
def resolve_command(
    incident: str | None,
    message: str | None,
    template: str | None,
    at: str | None,
    commit: bool,
    push: bool | None,
    pull_request: bool,
    folder: Path,
    now: str | None,
) -> None:
    """Resolve an incident or complete maintenance.

    INCIDENT works as in update; it is optional if exactly one incident is open.

    With --push and nothing to resolve, it publishes what is written, as "statusgen push" does.
    """

    def update(incident: Incident, config: Config, moment: datetime) -> Update | None:
        course = replay.trace(incident).until(moment)
        if course.state in SETTLED and not (message or template):
            return None
        state = State.COMPLETED if incident.kind is Kind.MAINTENANCE else State.RESOLVED
        is_early = incident.starts is not None and moment < incident.starts
        standard = compose.standard(config, state, incident.kind, is_early=is_early)
        heading = _heading(incident, moment)
        text = text_of(message, template, config, standard, heading=heading)
        return Update(at=moment, text=text, state=state)

    def says(last: Update, config: Config) -> bool:
        return is_repeat(last, config, message=message, template=template, state=None)

    is_bare = message is None and template is None and at is None
    options = _AddOptions(
        at=at, now=now, folder=folder, commit=commit, push=push, pull_request=pull_request
    )
    with _problems():
        _add(incident, update, None if is_bare else says, options)


def _heading(incident: Incident, moment: datetime) -> str:
    """Return the title and the state of *incident* at *moment*, for the editor."""
    return f"{incident.title} · now: {replay.trace(incident).until(moment).state}"


_Compose = Callable[[Incident, Config, datetime], Update | None]


@dataclass(frozen=True, kw_only=True)
class _AddOptions:
    """The options that update and resolve share, as typed."""

    at: str | None
    now: str | None
    folder: Path
    commit: bool
    push: bool | None
    pull_request: bool

    @cached_property
    def workspace(self) -> Workspace:
        """The site and the current time."""
        config = settings_of(self.folder)
        return Workspace(site=self.folder, config=config, now=moment_of(self.now, config.zone))

    @cached_property
    def is_pushed(self) -> bool:
        """True if the options or the settings ask for a push; a setting is not for drafts."""
        return push_wanted(self.push, self.workspace.config, self.folder, commit=self.commit)


def _is_pending(name: str | None, options: _AddOptions) -> bool:
    """Return whether the file *name* has changes that are not pushed yet."""
    workspace = options.workspace
    found = lookup.named_or_open(options.folder, workspace.config, name, now=workspace.now)
    return found.path in unpublished_files(options.folder)


def _no_update(incident: Incident, config: Config, moment: datetime) -> None:
    """Add nothing to *incident*: its file is published as it is."""


def _published_instead(name: str | None, options: _AddOptions) -> bool:
    """Handle `update --push` without anything to add; return whether it is done.

    Publishes what is written: the file *name*, or everything.
    """
    if options.pull_request or not options.is_pushed:
        return False
    workspace = options.workspace
    only = None
    if name is not None:
        only = lookup.named_or_open(options.folder, workspace.config, name, now=workspace.now).path
    is_done = publish_instead(workspace, None, only=only)
    if not is_done and options.push and not is_interactive():
        click.echo("nothing to push", err=True)
        return True
    return is_done


def _add(
    name: str | None, compose_update: _Compose, says: Says | None, options: _AddOptions
) -> None:
    """Add an update to the incident *name*, or to the only open one.

    If none is open, `--push` publishes what is written instead; see `publish_instead` for *says*.
    """
    with branch_of(options.folder, wanted=options.pull_request) as branch, _problems():
        workspace = options.workspace
        if branch is not None:
            branch.show_everything()
            workspace = replace(workspace, site=branch.site, config=settings_of(branch.site))
        found = _found(name, says, options, workspace, branch)
        if found is None:
            return
        site, config = workspace.site, workspace.config
        if branch is not None:
            branch.open(found.slug)
        at_moment = time_of("--at", options.at, workspace)
        incident = lookup.incident_of(lookup.open_file(found, config))
        update = compose_update(incident, config, at_moment or workspace.now)
        with locks.locked(site / "incidents"):
            file = lookup.open_file(found, config)  # It may have changed while the editor was open.
            change = None
            if update is not None:
                is_dated = options.at is not None
                change = compose.updated(file, update, now=workspace.now, allow_repeat=is_dated)
            if change is None:
                if update is not None or not options.pull_request:
                    click.echo("nothing to add: the last update already says this", err=True)
                change = compose.unchanged(file)
            is_pushed = options.is_pushed and bool(options.push or not change.is_draft)
            write([change], site, commit=options.commit, push=is_pushed, branch=branch)


def _found(
    name: str | None,
    says: Says | None,
    options: _AddOptions,
    workspace: Workspace,
    branch: Proposal | None,
) -> lookup.Found | None:
    """Return the file to add to, or None if `--push` published what is written instead."""
    if branch is not None and name is not None:
        place = files.within(Path(name), options.folder / "incidents")
        name = name if place is None else f"incidents/{place}"
    try:
        return lookup.named_or_open(workspace.site, workspace.config, name, now=workspace.now)
    except lookup.NoMatchError as error:
        if branch is not None:
            raise
        if isinstance(error, lookup.NoneOpenError) and options.is_pushed:
            if publish_instead(workspace, says):
                return None
            if options.push and says is None:
                click.echo("no incident is open\nnothing to push", err=True)
                return None
        if not has_proposals(options.folder):
            raise
        what = "if it is in a pull request, use --pull-request, or run git pull after the merge"
        raise UsageError(f"{error}; {what}") from None


def _everything(branch: Proposal | None, folder: Path) -> Path:
    """Return the site in *folder*; with *branch*, with all files that the user may mean."""
    if branch is None:
        return folder
    branch.show_everything()
    return branch.site


@contextmanager
def _problems() -> Iterator[None]:
    """Print the problems raised in the block, and for an EditError also the lines to paste."""
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
