"""The commands update and resolve, which add updates to incident files."""

from datetime import datetime
from pathlib import Path

import click

from statusgen.authoring import compose
from statusgen.cli.add_update import AddOptions, add, is_pending, no_update, published_instead
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
    service_option,
    severity_option,
    state_option,
    text_options,
)
from statusgen.cli.options import (
    common,
    incident_argument,
)
from statusgen.cli.pull_request import pull_request_option
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

    def update(course: Timeline, config: Config, moment: datetime) -> Update:
        incident = course.incident
        new_state = state_of(state, incident.kind)
        level = severity_of(severity, incident.kind)
        joined = tuple(joining(affected(services, config, level), course, level, moment))
        is_early = incident.starts is not None and moment < incident.starts
        standard = None
        if new_state is not None:
            standard = compose.standard(config, new_state, incident.kind, is_early=is_early)
        heading = heading_of(incident, moment)
        text = text_of(message, template, config, standard, heading=heading)
        return Update(at=moment, text=text, state=new_state, severity=level, services=joined)

    def says(last: Update, config: Config) -> bool:
        is_same = is_repeat(last, config, message=message, template=template, state=state)
        return is_same and not (severity or services)

    has_text = bool(message or template or state or severity or services)
    is_bare = not has_text and message is None and at is None
    options = AddOptions(
        at=at, now=now, folder=folder, commit=commit, push=push, pull_request=pull_request
    )
    with edit_problems():
        if is_bare and published_instead(incident, options):
            return
        is_proposed = is_bare and pull_request and is_pending(incident, options)
        if not has_text and not is_proposed and not is_interactive():
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

    def update(course: Timeline, config: Config, moment: datetime) -> Update | None:
        incident = course.incident
        if course.until(moment).state in SETTLED and not (message or template):
            return None
        state = State.COMPLETED if incident.kind is Kind.MAINTENANCE else State.RESOLVED
        is_early = incident.starts is not None and moment < incident.starts
        standard = compose.standard(config, state, incident.kind, is_early=is_early)
        heading = heading_of(incident, moment)
        text = text_of(message, template, config, standard, heading=heading)
        return Update(at=moment, text=text, state=state)

    def says(last: Update, config: Config) -> bool:
        return is_repeat(last, config, message=message, template=template, state=None)

    is_bare = message is None and template is None and at is None
    options = AddOptions(
        at=at, now=now, folder=folder, commit=commit, push=push, pull_request=pull_request
    )
    with edit_problems():
        add(incident, update, None if is_bare else says, options)
