"""What a command changes in incident files: written, and committed and pushed if that is asked."""

from contextlib import suppress
from pathlib import Path

import click

from statusgen.authoring import compose, lookup
from statusgen.authoring.compose import FileChange
from statusgen.cli.console import format_path, printer
from statusgen.config.loader import settings_of
from statusgen.problems import OutsideError, StatusgenError
from statusgen.system import files, git
from statusgen.timeline import timeline

AGAIN = "run the same again"


def write(
    changes: list[FileChange], folder: Path, *, commit: bool, push: bool, again: str = AGAIN
) -> None:
    """Write what *changes* say, and commit and push it if that is asked for.

    *again* is what to do where the push fails.
    """
    show = printer(None, to_stderr=True)
    for change in changes:
        files.sweep(change.path.parent)
        if change.before is None:
            files.make_folder(change.path.parent)
            files.write_atomically(change.path, change.after.encode())
        elif change.before != change.after:
            files.rewrite(change.path, change.after)
        show(change.warnings)
        click.echo(format_path(change.path))
        if change.deed:
            click.echo(f"{change.deed}: {change.subject}", err=True)
        if commit or push:
            _commit(change, folder, push=push)
    if push:
        _push(folder, again)
        for change in changes:
            _tell_of_others(change, folder)


def _commit(change: FileChange, folder: Path, *, push: bool) -> None:
    try:
        if push:
            git.branch(folder)  # A commit that belongs to none would be lost.
        is_committed = git.commit([change.path], change.subject)
    except OutsideError as error:
        raise OutsideError(f"{error}; the file is written, but not committed") from None
    click.echo("committed" if is_committed else "nothing to commit", err=True)


def _push(folder: Path, again: str) -> None:
    try:
        place = git.push(folder, merge=compose.merger(settings_of(folder)))
    except OutsideError as error:
        raise OutsideError(f"{error}; it is committed here; {again}") from None
    if place:
        click.echo(f"pushed to {place}", err=True)


def _tell_of_others(change: FileChange, folder: Path) -> None:
    """Say where the incident stands if others, whose commits came first, have changed it, too."""
    told = f"others changed {format_path(change.path)} meanwhile"
    with suppress(StatusgenError):  # It is pushed, even if they have moved the file.
        found = lookup.by_name(folder, str(change.path))
        file = lookup.open_file(found, settings_of(folder))
        if file.text == change.after:
            return
        incident = lookup.incident_of(file)
        state = timeline.last_state(incident) or incident.kind.first_state
        told += f", and it is {state} now; show it with: statusgen show {found.slug}"
    click.echo(told, err=True)
