"""The command cancel, which cancels maintenance that has not started."""

from datetime import datetime
from pathlib import Path

import click

from statusgen.authoring import compose, lookup
from statusgen.authoring.compose import Addition
from statusgen.cli.add_update import AddOptions, add
from statusgen.cli.arguments import text_of
from statusgen.cli.commit import edit_problems
from statusgen.cli.editor import heading_of
from statusgen.cli.incident_options import at_option, commit_options, text_options
from statusgen.cli.options import common, incident_argument
from statusgen.cli.pull_request import pull_request_option
from statusgen.cli.unpublished import is_repeat
from statusgen.config.settings import Config
from statusgen.model import Incident, State, Update
from statusgen.problems import UsageError, quoted
from statusgen.timeline.timeline import SETTLED, Timeline


@click.command("cancel", epilog="Example: statusgen cancel database-upgrade")
@incident_argument(required=False)
@text_options
@at_option
@pull_request_option
@commit_options
@common
def cancel_command(
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
    """Cancel maintenance that has not started.

    INCIDENT works as in update; it is optional if exactly one maintenance is scheduled. The page
    and calendars show it as cancelled, and no uptime is counted.
    """

    def update(whole: Timeline, config: Config, moment: datetime) -> Addition | None:
        incident, course = whole.incident, whole.until(moment)
        if incident.starts is None:
            what = f"{quoted(incident.slug)} is {incident.kind.noun}, not maintenance"
            raise UsageError(f"{what}; to end it, run: statusgen resolve {incident.slug}")
        if course.is_cancelled and not (message or template):
            return None
        if moment >= incident.starts or course.is_open:
            raise UsageError(_too_late(incident, course.state))
        standard = compose.standard(config, State.COMPLETED, incident.kind, is_early=True)
        heading = heading_of(whole, moment)
        text = text_of(message, template, config, standard, heading=heading)
        return Addition(update=Update(at=moment, text=text, state=State.COMPLETED))

    def says(last: Update, config: Config) -> bool:
        return is_repeat(last, config, message=message, template=template, state=None)

    is_bare = message is None and template is None and at is None
    options = AddOptions(
        at=at,
        now=now,
        folder=folder,
        commit=commit,
        push=push,
        pull_request=pull_request,
        find=_find_scheduled,
    )
    with edit_problems():
        add(incident, update, None if is_bare else says, options)


def _find_scheduled(site: Path, config: Config, name: str | None, now: datetime) -> lookup.Found:
    """Return the maintenance file *name*, or the only one that is scheduled."""
    return lookup.named_or_scheduled(site, config, name, now=now)


def _too_late(incident: Incident, state: State) -> str:
    if state in SETTLED:
        return f"{quoted(incident.slug)} is already completed; use update to add to it"
    what = f"{quoted(incident.slug)} has started"
    return f"{what}; to complete it, run: statusgen resolve {incident.slug}"
