"""The commands list and show, which read incident files."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statusgen.authoring import lookup
from statusgen.characters import printable
from statusgen.cli.console import EXIT_PROBLEMS, duration, format_path, printer, problems_to
from statusgen.cli.options import Word, common, incident_argument, moment_of
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.model import Incident, Kind, Severity, State
from statusgen.problems import ContentError, Problem
from statusgen.timeline.timeline import SETTLED, Timeline
from statusgen.times import parse, written

if TYPE_CHECKING:  # Loaded only with the cache.
    from statusgen.site.view_models import IncidentView

_CLOSED = (*SETTLED, State.SCHEDULED)
_OPERATIONAL = "operational"


@click.command("list", epilog="Example: statusgen list --open --format json")
@click.option("--open", "only_open", is_flag=True, help="List only what is open now.")
@click.option(
    "--format",
    "style",
    type=Word("format", ["text", "json"]),
    default="text",
    help="Output format. Default: text.",
)
@common
def list_command(only_open: bool, style: str, folder: Path, now: str | None) -> None:
    """List incidents, maintenance and notices.

    The newest comes first. Files with errors are skipped and reported; the exit status is then 1.
    """
    with problems_to(printer(None, to_stderr=True)) as show:
        config = settings_of(folder)
        moment = moment_of(now, config.zone)
        rows: list[dict[str, object]] = []
        problems: list[Problem] = []
        candidates = lookup.all_incident_files(folder)
        closed = lookup.known_closed(folder, candidates, config, now=moment)
        for found in candidates:
            view = closed.get(found.place)
            if view is not None and not only_open:
                rows.append(_row_of_view(found.path, view))
            if view is not None or (only_open and found.place in closed):
                continue
            try:
                course = lookup.timeline_of(lookup.open_file(found, config))
            except ContentError as error:
                problems += error.problems
                continue
            if not only_open or lookup.is_open(course, now=moment):
                rows.append(_row(found.path, course, now=moment))
    if only_open and not rows:
        click.echo("no open incidents", err=True)
    rows.sort(key=lambda row: (str(row["started"]), str(row["slug"])), reverse=True)
    if style == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=format_path))
    else:
        _print_table(rows, now=moment, zone=config.zone)
    if problems:
        show(problems)
        raise click.exceptions.Exit(EXIT_PROBLEMS)


@click.command("show", epilog="Example: statusgen show api-errors")
@incident_argument(required=True)
@common
def show_command(incident: str, folder: Path, now: str | None) -> None:
    """Show one incident and its updates.

    The updates are listed oldest first. INCIDENT is a file name, a unique part of one, or a path.
    """
    with problems_to(printer(None, to_stderr=True)):
        config = settings_of(folder)
        moment = moment_of(now, config.zone)
        found = lookup.by_name(folder, config, incident, now=moment)
        course = lookup.timeline_of(lookup.open_file(found, config))
    for line in _shown(found.path, course, config, now=moment):
        click.echo(line)


def _row(path: Path, course: Timeline, *, now: datetime) -> dict[str, object]:
    """Return the incident of *course* as a JSON object."""
    incident, is_open = course.incident, lookup.is_open(course, now=now)
    course = course.until(now)
    services = dict(course.severities) or {one.id: Severity.NONE for one in incident.services}
    since = _open_since(course) if is_open else None
    return _entry(path, incident, course, services=services, draft=incident.draft, since=since)


def _row_of_view(path: Path, view: "IncidentView") -> dict[str, object]:
    """Return the closed incident *view* as a JSON object, the same as `_row` returns for it."""
    services = {one.id: one.severity for one in view.services}
    return _entry(path, view, view, services=services, draft=False, since=None)


def _entry(
    path: Path,
    incident: "Incident | IncidentView",
    current: "Timeline | IncidentView",
    *,
    services: Mapping[str, Severity],
    draft: bool,
    since: datetime | None,
) -> dict[str, object]:
    """Return *incident*, with its state in *current*, as a JSON object.

    Times are ISO 8601 in UTC; *since* is given if it is open. The path is still to be formatted,
    which takes half of the time for a long list.
    """
    times = {
        "started": incident.started,
        "ended": current.ended,
        "starts": incident.starts,
        "ends": incident.ends,
    }
    return {
        "slug": printable(incident.slug),
        "path": path,
        "kind": incident.kind,
        "title": incident.title,
        "state": current.state,
        "severity": current.severity,
        "worst": current.worst,
        "open": since is not None,
        "draft": draft,
        "services": services,
        **{key: at and written(at) for key, at in times.items()},
        "since": since and written(since),
    }


def _open_since(course: Timeline) -> datetime:
    """Return the time when an open incident was last opened, or when maintenance started."""
    since = course.incident.started
    # Announcing maintenance does not open it.
    was_closed = course.incident.kind is Kind.MAINTENANCE
    for step in course.steps:
        is_closed = step.state in _CLOSED
        since = step.at if was_closed and not is_closed else since
        was_closed = is_closed
    return since


def _print_table(rows: list[dict[str, object]], *, now: datetime, zone: tzinfo) -> None:
    """Print *rows* as a table."""
    table = []
    for row in rows:
        started = parse(str(row["since"] or row["starts"] or row["started"]), zone)
        since = f"{'since' if started <= now else 'from'} {_local(started, zone)}"
        if row["open"]:
            since += f" ({duration(int((now - started).total_seconds()))})"
        severity = row["severity"] if row["open"] else row["worst"]
        if severity is Severity.NONE:  # All services have recovered, or it is not an incident.
            severity = _OPERATIONAL if row["kind"] is Kind.INCIDENT else row["kind"]
        state = "draft" if row["draft"] else row["state"]
        table.append((str(row["slug"]), str(severity), str(state), since))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells, row in zip(table, rows, strict=True):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        click.echo(f"{'  '.join(padded)}  {printable(str(row['title']))}")


def _shown(path: Path, course: Timeline, config: Config, *, now: datetime) -> Iterable[str]:
    """Yield the lines that describe the incident of *course* at *now*."""
    incident, course, zone = course.incident, course.until(now), config.zone
    yield printable(incident.title)
    worst = [f"worst {course.worst}"] if incident.kind is Kind.INCIDENT else []
    yield ", ".join([incident.kind, *worst, course.state])
    yield f"file      {format_path(path)}"
    first = "announced" if incident.kind is Kind.MAINTENANCE else "started"
    yield f"{first:<9} {_local(incident.started, zone)}"
    for word, at in (("starts", incident.starts), ("ends", incident.ends), ("ended", course.ended)):
        if at is not None:
            yield f"{word:<9} {_local(at, zone)}"
    if incident.draft:
        yield "draft     not published"
    for service, severity in course.severities.items():
        name = config.service_by_id[service].name
        word = _OPERATIONAL if severity is Severity.NONE else severity
        yield f"service   {service}: {word} ({printable(name)})"
    no_text = "(automatic)" if incident.kind is Kind.MAINTENANCE else "(no text)"
    for step in course.steps:
        yield ""
        yield f"{_local(step.at, zone)}  {step.state}"
        yield from _indented(step.update.text if step.update else no_text)
    if incident.body:
        yield ""
        yield from _indented(incident.body, margin="")


def _indented(text: str, margin: str = "  ") -> Iterable[str]:
    # Escape control characters line by line.
    return (f"{margin}{printable(line)}".rstrip() for line in text.split("\n"))


def _local(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
