"""The command new, which creates an incident file."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta, tzinfo
from functools import partial
from pathlib import Path

import click

from statusgen.authoring import compose, lookup, recurrence
from statusgen.authoring.compose import FileChange, Workspace
from statusgen.cli.arguments import (
    affected,
    checked,
    state_of,
    text_of,
)
from statusgen.cli.commit import edit_problems, push_wanted, write
from statusgen.cli.console import format_path
from statusgen.cli.editor import heading_of
from statusgen.cli.incident_options import (
    at_option,
    commit_options,
    ends_option,
    for_option,
    service_option,
    starts_option,
    state_option,
    text_options,
)
from statusgen.cli.options import (
    Word,
    common,
    moment_of,
)
from statusgen.cli.pull_request import branch_of, pull_request_option, site_for
from statusgen.cli.time_arguments import duration_of, end_of, time_of
from statusgen.config.loader import settings_of
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import UsageError, quoted
from statusgen.schema import scalars
from statusgen.system import locks
from statusgen.timeline.replay import trace


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
@service_option
@text_options
@state_option
@at_option
@click.option("--started", metavar="TIME", help="When the incident began. Default: --at.")
@starts_option
@ends_option
@for_option("Length of the window, or how long to show a notice, such as 90m or 1h30m.")
@click.option(
    "--until", metavar="TIME", help="Notice: when to stop showing it, or the last day to show it."
)
@click.option("--pin", is_flag=True, help="Pin it to the top of the front page.")
@click.option("--draft", is_flag=True, help="Save as a draft; drafts are not published.")
@click.option(
    "--slug", metavar="NAME", help="File name without .md. Default: made of date and title."
)
@click.option(
    "--repeat",
    metavar="RULE",
    help=f"Maintenance: repeat it, weekly, monthly or by a rule such as {recurrence.EXAMPLE}.",
)
@click.option(
    "--times",
    metavar="N",
    type=click.IntRange(2, recurrence.MAX_TIMES),
    help="How often, with --repeat.",
)
@pull_request_option
@commit_options
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
    duration: str | None,
    until: str | None,
    pin: bool,
    draft: bool,
    slug: str | None,
    repeat: str | None,
    times: int | None,
    commit: bool,
    push: bool | None,
    pull_request: bool,
    folder: Path,
    now: str | None,
) -> None:
    """Create an incident, maintenance or notice.

    Writes an incident file and prints its path. TITLE is one argument: put it in quotes. The file
    name is made of the date and the title, transliterated as in the site's language.

    --repeat writes one file for each of --times windows, at the same local time, or none at all.
    Subscribers are notified of the first announcement only.
    """
    with edit_problems(), branch_of(folder, wanted=pull_request) as branch, edit_problems():
        site = site_for(branch, folder)
        config = settings_of(site)
        kind = Kind.of(Severity(severity))
        workspace = Workspace(site=site, config=config, now=moment_of(now, config.zone))
        moment = time_of("--at", at, workspace) or workspace.now
        new_state = state_of(state, kind) or (None if kind is Kind.NOTICE else kind.first_state)
        standard = compose.standard(config, new_state, kind) if new_state else None
        starts_at = time_of("--starts", starts, workspace)
        ends_at = time_of("--ends", ends, workspace)
        until_at = end_of("--until", until, workspace)
        first = time_of("--started", started, workspace) or moment
        length = duration_of("--for", duration)
        if length is not None:
            _check_length(kind, ends or until)
            if kind is Kind.NOTICE:
                until_at = first + length
            elif starts_at is not None:
                ends_at = starts_at + length
        if kind is Kind.MAINTENANCE:
            if starts_at is None or ends_at is None:
                raise UsageError(
                    "maintenance needs a window; add --starts and --ends, or --starts and --for"
                )
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
            until=until_at,
            updates=(update,),
            pin=pin,
            draft=draft,
        )
        series = [incident]
        if repeat is not None or times is not None:
            series = _series(incident, repeat, times, slug, zone=config.zone, length=length)
        # Report errors before the editor opens.
        create = partial(compose.new, workspace, slug=slug or "", in_series=repeat is not None)
        previews = [create(one) for one in series]
        if previews[0].before is None:
            for warning in compose.overlaps(workspace, incident):
                click.echo(f"warning: {warning}", err=True)
        heading = heading_of(trace(incident), moment)
        text = text_of(message, template, config, standard, heading=heading)
        series = [_with_text(one, text) for one in series]
        taken: set[str] = set()
        if branch is not None:
            stems = {preview.path.stem for preview in previews}
            taken = {one.slug for one in lookup.all_incident_files(site)} - stems
            branch.open(previews[0].path.stem)
        with locks.locked(site / "incidents"):
            changes = [create(one, taken=taken) for one in series]
            _report_existing(changes, "exists already" if repeat else "already says this")
            is_pushed = push_wanted(push, config, folder, commit=commit or draft)
            write(changes, site, commit=commit, push=is_pushed, branch=branch, is_series=True)


def _report_existing(changes: Iterable[FileChange], what: str) -> None:
    """Print each file in *changes* that is not new, followed by *what*."""
    for change in changes:
        if change.before is not None:
            click.echo(f"nothing to write: {format_path(change.path)} {what}", err=True)


def _check_length(kind: Kind, end: str | None) -> None:
    """Check that `--for` applies to *kind*, and that no option gives the *end*, too."""
    if kind is Kind.INCIDENT:
        raise UsageError("--for applies only to maintenance and notices; remove it")
    if end is not None:
        option = "--until" if kind is Kind.NOTICE else "--ends"
        raise UsageError(f"--for and {option} both give the end; remove one of them")


def _series(
    incident: Incident,
    repeat: str | None,
    times: int | None,
    slug: str | None,
    *,
    zone: tzinfo,
    length: timedelta | None,
) -> list[Incident]:
    """Return *incident* for each window of `--repeat`; raise UsageError."""
    if incident.kind is not Kind.MAINTENANCE:
        raise UsageError("--repeat and --times apply only to maintenance; remove them")
    if repeat is None:
        raise UsageError("--times needs --repeat; add for example --repeat weekly")
    if times is None:
        raise UsageError("--repeat needs --times; add for example --times 4")
    if slug is not None:
        raise UsageError("--slug names one file, and --repeat writes several; remove --slug")
    try:
        return recurrence.series(incident, repeat, times, zone=zone, length=length)
    except ValueError as error:
        raise UsageError(f"--repeat: {error}") from None


def _with_text(incident: Incident, text: str) -> Incident:
    """Return *incident* with *text* as that of its update."""
    return replace(incident, updates=tuple(replace(one, text=text) for one in incident.updates))
