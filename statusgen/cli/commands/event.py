"""The command for monitors: a service and its severity from now on."""

from pathlib import Path

import click

from statusgen.authoring.compose import FileChange, Workspace
from statusgen.authoring.events import apply_event
from statusgen.authoring.webhooks import MonitorEvent
from statusgen.cli.arguments import (
    checked,
    from_stdin,
    payload_events,
    prose,
    service_of,
)
from statusgen.cli.commands.incidents import _commits, _problems
from statusgen.cli.commit import write
from statusgen.cli.options import (
    Word,
    common,
    complete_service,
    moment_of,
)
from statusgen.config.loader import settings_of
from statusgen.model import Kind, Severity
from statusgen.problems import UsageError
from statusgen.schema import scalars
from statusgen.system import locks


@click.command("event", epilog="Example: statusgen event api major -m 'Half of all requests fail.'")
@click.argument("service", required=False, shell_complete=complete_service)
@click.argument(
    "severity",
    metavar="[SEVERITY]",
    required=False,
    type=Word("severity", Kind.INCIDENT.severities),
)
@click.option("-m", "--message", metavar="TEXT", help="What is said, in Markdown.")
@click.option("--title", metavar="TEXT", help="The title of an incident that this opens.")
@click.option("--key", metavar="KEY", default="", help="Tells several sources apart.")
@click.option(
    "--from",
    "payload",
    metavar="FILE",
    help="Read services and severities from the message of a monitor; - reads standard input.",
)
@_commits
@common
def event_command(
    service: str | None,
    severity: str | None,
    message: str | None,
    title: str | None,
    key: str,
    payload: str | None,
    commit: bool,
    push: bool,
    folder: Path,
    now: str | None,
) -> None:
    """Say what the severity of a service is from now on: a command for monitors.

    It opens an incident if this source has none open, updates it if the severity changed, resolves
    it at none, and does nothing if nothing changed. With --from it takes the message of a monitor
    as it is: a payload of repository_dispatch, the webhook of Alertmanager or Grafana, or a JSON
    object with service and severity. The texts in it are shown as they stand, never as Markdown.
    """
    with _problems():
        config = settings_of(folder)
        desk = Workspace(site=folder, config=config, now=moment_of(now, config.zone))
        if payload is not None:
            if service or severity or message or title or key:
                raise UsageError("--from brings service, severity and text; leave the others out")
            events: tuple[MonitorEvent, ...] = payload_events(payload, config)
        elif service and severity:
            text = from_stdin() if message == "-" else prose(message or "")
            event = MonitorEvent(
                service=service_of(service, config),
                severity=Severity(severity),
                key=checked("--key", scalars.prose, key),
                title=checked("the title", scalars.line, title) if title else "",
                text=text,
            )
            events = (event,)
        else:
            raise UsageError("write a service and a severity, or --from and the file of a message")
        with locks.locked(folder / "incidents"):
            changes: list[FileChange] = []
            for event in events:
                taken = [change.path.stem for change in changes]
                change = apply_event(desk, event, taken=taken)
                changes += [change] if change else []
            if all(change.before == change.after for change in changes):
                click.echo("nothing changed", err=True)
            write(changes, folder, commit=commit, push=push)
