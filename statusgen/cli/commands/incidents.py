"""The commands update and resolve, which add updates to incident files."""

from datetime import datetime
from pathlib import Path

import click

from statusgen.authoring import compose, lookup
from statusgen.authoring.compose import Addition
from statusgen.cli.add_update import (
    AddOptions,
    add,
    find_open,
    is_pending,
    no_update,
    published_instead,
)
from statusgen.cli.arguments import (
    affected,
    is_interactive,
    joining,
    severity_of,
    state_of,
    text_of,
)
from statusgen.cli.commit import edit_problems
from statusgen.cli.editor import heading_of
from statusgen.cli.incident_options import (
    at_option,
    commit_options,
    ends_option,
    for_option,
    service_option,
    severity_option,
    starts_option,
    state_option,
    text_options,
)
from statusgen.cli.options import (
    common,
    incident_argument,
)
from statusgen.cli.pull_request import pull_request_option
from statusgen.cli.time_arguments import WindowOptions, state_after_move, window_of
from statusgen.cli.unpublished import is_repeat
from statusgen.config.settings import Config
from statusgen.model import Kind, State, Update
from statusgen.problems import UsageError
from statusgen.timeline.timeline import SETTLED, Timeline


@click.command("update", epilog="Example: statusgen update -m 'Rolling back' --state identified")
@incident_argument(required=False)
@text_options
@state_option
@severity_option
@service_option
@at_option
@starts_option
@ends_option
@for_option("Maintenance: length of the window, such as 90m or 1h30m.")
@pull_request_option
@commit_options
@common
def update_command(
    incident: str | None,
    message: str | None,
    template: str | None,
    state: str | None,
    severity: str | None,
    services: tuple[str, ...],
    at: str | None,
    starts: str | None,
    ends: str | None,
    duration: str | None,
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

    --starts, --ends and --for move maintenance; INCIDENT is then optional if exactly one is
    scheduled or in progress. Without an end, it keeps its length.

    With --push and nothing new to say, it publishes what is written, as "statusgen push" does.
    """
    window = WindowOptions(starts=starts, ends=ends, duration=duration)

    def update(course: Timeline, config: Config, moment: datetime) -> Addition | None:
        incident = course.incident
        new_state = state_of(state, incident.kind)
        level = severity_of(severity, incident.kind)
        joined = tuple(joining(affected(services, config, level), course, level, moment))
        is_early = incident.starts is not None and moment < incident.starts
        standard = None
        if new_state is not None:
            standard = compose.standard(config, new_state, incident.kind, is_early=is_early)
        moved = window_of(window, incident, options.workspace)
        if moved == (incident.starts, incident.ends) and not has_text:
            return None
        if moved is not None:
            new_state = new_state or state_after_move(incident, moved, moment)
            standard = "\n\n".join(filter(None, (standard, compose.rescheduled(config, *moved))))
        heading = heading_of(course, moment)
        text = text_of(message, template, config, standard, heading=heading)
        added = Update(at=moment, text=text, state=new_state, severity=level, services=joined)
        return Addition(update=added, window=moved)

    def says(last: Update, config: Config) -> bool:
        is_same = is_repeat(last, config, message=message, template=template, state=state)
        return is_same and not (severity or services or window.is_given)

    has_text = bool(message or template or state or severity or services)
    is_bare = not (has_text or window.is_given) and message is None and at is None
    options = AddOptions(
        at=at,
        now=now,
        folder=folder,
        commit=commit,
        push=push,
        pull_request=pull_request,
        find=_find_upcoming if window.is_given else find_open,
    )
    with edit_problems():
        if is_bare and published_instead(incident, options):
            return
        is_proposed = is_bare and pull_request and is_pending(incident, options)
        if not (has_text or window.is_given or is_proposed or is_interactive()):
            raise UsageError("nothing to add; use -m TEXT, or an option such as --state")
        add(incident, no_update if is_proposed else update, None if is_bare else says, options)


@click.command("resolve", epilog="Example: statusgen resolve api-errors -m 'Back to normal.'")
@incident_argument(required=False)
@text_options
@at_option
@pull_request_option
@commit_options
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

    def update(course: Timeline, config: Config, moment: datetime) -> Addition | None:
        incident = course.incident
        if course.until(moment).state in SETTLED and not (message or template):
            return None
        state = State.COMPLETED if incident.kind is Kind.MAINTENANCE else State.RESOLVED
        is_early = incident.starts is not None and moment < incident.starts
        standard = compose.standard(config, state, incident.kind, is_early=is_early)
        heading = heading_of(course, moment)
        text = text_of(message, template, config, standard, heading=heading)
        return Addition(update=Update(at=moment, text=text, state=state))

    def says(last: Update, config: Config) -> bool:
        return is_repeat(last, config, message=message, template=template, state=None)

    is_bare = message is None and template is None and at is None
    options = AddOptions(
        at=at, now=now, folder=folder, commit=commit, push=push, pull_request=pull_request
    )
    with edit_problems():
        add(incident, update, None if is_bare else says, options)


def _find_upcoming(site: Path, config: Config, name: str | None, now: datetime) -> lookup.Found:
    """Return the maintenance file *name*, or the only one that has not ended."""
    return lookup.named_or_scheduled(site, config, name, now=now, or_begun=True)
