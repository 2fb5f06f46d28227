"""The command event, which monitoring tools use to report the severity of a service."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from statusgen.authoring import webhooks
from statusgen.authoring.compose import FileChange, Workspace
from statusgen.authoring.events import apply_event
from statusgen.authoring.payloads import own
from statusgen.authoring.webhooks import MonitorEvent
from statusgen.cli.arguments import (
    checked,
    decoded,
    from_stdin,
    prose,
    service_of,
)
from statusgen.cli.commit import edit_problems, push_wanted, write
from statusgen.cli.incident_options import commit_options
from statusgen.cli.options import (
    Word,
    common,
    complete_service,
    moment_of,
)
from statusgen.cli.pull_request import branch_of, event_branch, pull_request_option
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.model import Kind, Severity
from statusgen.problems import UsageError
from statusgen.schema import scalars
from statusgen.system import files, locks
from statusgen.system.files import UnreadableError
from statusgen.system.git_proposal import Proposal


class _ReportedSeverity(Word):
    """A severity, also in the words of other tools."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the severity that *value* stands for."""
        return super().convert(str(own.WORDS.get(value, value)), param, ctx)


@click.command("event", epilog="Example: statusgen event api major -m 'Half of all requests fail.'")
@click.argument("service", required=False, shell_complete=complete_service)
@click.argument(
    "severity",
    metavar="[SEVERITY]",
    required=False,
    type=_ReportedSeverity("severity", Kind.INCIDENT.severities),
)
@click.option("-m", "--message", metavar="TEXT", help="Text of the update, in Markdown.")
@click.option("--title", metavar="TEXT", help="Title, if this opens an incident.")
@click.option(
    "--key",
    metavar="KEY",
    default="",
    help="Identifies the source, if several report on one service.",
)
@click.option(
    "--from",
    "payload",
    metavar="FILE",
    help='Read a monitor\'s payload from a file; "-" reads standard input.',
)
@pull_request_option
@commit_options
@common
def event_command(
    service: str | None,
    severity: str | None,
    message: str | None,
    title: str | None,
    key: str,
    payload: str | None,
    commit: bool,
    push: bool | None,
    pull_request: bool,
    folder: Path,
    now: str | None,
) -> None:
    """Report a service's severity (for monitoring tools).

    Opens an incident if this service and key have none open, updates it when the severity changes,
    resolves it at "none", and otherwise does nothing. A failure soon after that reopens it.

    --from reads a monitor's payload: repository_dispatch, a webhook of Alertmanager, Grafana,
    Uptime Kuma, UptimeRobot, Better Stack, PagerDuty or Healthchecks.io, or a JSON object with
    service and severity. Texts in a payload are plain text, not Markdown.
    """
    with edit_problems():
        config = settings_of(folder)
        workspace = Workspace(site=folder, config=config, now=moment_of(now, config.zone))
        if payload is not None:
            if service or severity or message or title or key:
                raise UsageError(
                    "--from already provides service, severity and text; remove the other arguments"
                )
            events: tuple[MonitorEvent, ...] = _payload_events(payload, config)
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
            raise UsageError("missing SERVICE and SEVERITY; give both, or use --from FILE")
        groups: dict[str, list[MonitorEvent]] = {}
        for event in events:
            name = event_branch(event.service, event.key) if pull_request else ""
            groups.setdefault(name, []).append(event)
        for name, group in groups.items():
            with branch_of(folder, wanted=pull_request) as branch, edit_problems():
                if branch is not None:
                    branch.open_branch(name)
                    workspace = replace(workspace, site=branch.site)
                _record(group, workspace, branch, commit=commit, push=push)


def _record(
    events: list[MonitorEvent],
    workspace: Workspace,
    branch: Proposal | None,
    *,
    commit: bool,
    push: bool | None,
) -> None:
    """Write, commit and push the changes that *events* require."""
    with locks.locked(workspace.site / "incidents"):
        changes: list[FileChange] = []
        for event in events:
            taken = [change.path.stem for change in changes]
            changes += apply_event(workspace, event, taken=taken)
        if all(change.before == change.after for change in changes):
            click.echo("nothing changed", err=True)
        is_pushed = push_wanted(push, workspace.config, workspace.site, commit=commit)
        write(changes, workspace.site, commit=commit, push=is_pushed, branch=branch)


def _payload_events(name: str, config: Config) -> tuple[MonitorEvent, ...]:
    """Parse the payload in the file *name* (``-`` for standard input) and print any remarks."""
    if name == "-":
        data = sys.stdin.buffer.read(webhooks.MAX_SIZE + 1)
    else:
        try:
            data = files.read_bytes(Path(name), limit=webhooks.MAX_SIZE)
        except UnreadableError as error:
            raise UsageError(f"--from {name}: {error.message}") from None
    text = decoded(data, f"--from {name}", limit=webhooks.MAX_SIZE)
    message = webhooks.parse_payload(text, config)
    for remark in message.remarks:
        click.echo(remark, err=True)
    return message.events
