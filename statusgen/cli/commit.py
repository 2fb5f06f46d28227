"""Write changes to incident files, and commit and push them if requested."""

from contextlib import suppress
from pathlib import Path

import click

from statusgen.authoring import compose, lookup
from statusgen.authoring.compose import FileChange
from statusgen.cli.console import format_path, printer
from statusgen.cli.pull_request import publish
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.problems import OutsideError, StatusgenError, listed
from statusgen.system import files, git, git_push
from statusgen.system.git_proposal import Proposal
from statusgen.system.git_push import PushTarget, RefusedError
from statusgen.timeline import timeline

_UNPUBLISHED = "not published: use --push, or commit and push the file"
_UNPUSHED = "not published: push the commit"

RETRY = "run the same command again"


def write(
    changes: list[FileChange],
    folder: Path,
    *,
    commit: bool,
    push: bool,
    retry: str = RETRY,
    branch: Proposal | None = None,
) -> None:
    """Write *changes*; commit them if *commit* or *push* is set, and push them if *push* is set.

    *retry* is the remedy in the message if the push fails. With *branch*, which *folder* is in,
    the changes are committed there and pushed for a pull request; *commit* and *push* are ignored.
    """
    push = push and branch is None
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
        if change.action:
            click.echo(f"{change.action}: {change.subject}", err=True)
        if branch is not None:
            _commit_to_branch(change)
            continue
        if commit or push:
            _commit(change, folder, push=push)
        if change.action and not change.is_draft and not push and _is_in_repository(folder):
            click.echo(_UNPUSHED if commit else _UNPUBLISHED, err=True)
    if branch is not None:
        publish(branch)
    if push:
        _push(changes, folder, retry)
        for change in changes:
            _report_other_edits(change, folder)


def _is_in_repository(folder: Path) -> bool:
    try:
        return git.root(folder) is not None
    except OSError:  # This is only for a hint, and the file is already written.
        return False


def _commit(change: FileChange, folder: Path, *, push: bool) -> None:
    try:
        if push:
            git.branch(folder)  # Fail on a detached HEAD: its commits would be lost.
        is_committed = git.commit([change.path], change.subject)
    except OutsideError as error:
        raise OutsideError(f"{error}; the file was written but not committed") from None
    click.echo("committed" if is_committed else "nothing to commit", err=True)


def _commit_to_branch(change: FileChange) -> None:
    try:
        git.commit([change.path], change.subject)
    except OutsideError as error:
        # The work tree of the branch is temporary, so the text exists nowhere else.
        click.echo(change.after, err=True)
        raise OutsideError(f"{error}; nothing was written; the file is printed above") from None


def _push(changes: list[FileChange], folder: Path, retry: str) -> None:
    config = settings_of(folder)
    try:
        target = git.push(folder, merge=compose.merger(config))
    except RefusedError as error:
        remedy = f"remove the cause; then, to retry, {retry}"
        if error.is_protected:
            names = f" for {changes[0].path.stem}" if len(changes) == 1 else ""
            command = f"run the same command{names} with --pull-request"
            remedy = f"to open a pull request instead, {command}"
        raise OutsideError(f"{error}; the commit exists only here; {remedy}") from None
    except OutsideError as error:
        raise OutsideError(f"{error}; the commit exists only here; to retry, {retry}") from None
    if target:
        _report_push(target, changes, folder, config)


def _report_push(
    target: PushTarget, changes: list[FileChange], folder: Path, config: Config
) -> None:
    """Print where the *changes* will appear, or that *target* is not the published branch."""
    from statusgen.site.incident import page_of  # noqa: PLC0415, slow to load, and only --push needs it

    warning = git_push.unpublished(folder, target)
    if warning is not None:
        click.echo(warning, err=True)
        return
    urls = [f"{config.url}/{page_of(one.path.stem)}" for one in changes if not one.is_draft]
    subject = "it" if len(urls) == 1 else "they"
    where = f"; {subject} will appear at {listed(urls, 'and')}" if urls else ""
    click.echo(f"pushed to {target}{where}", err=True)


def _report_other_edits(change: FileChange, folder: Path) -> None:
    """Print the state of the incident if someone else's commits changed its file, too."""
    report = f"{format_path(change.path)} was also changed by someone else"
    with suppress(StatusgenError):  # The push succeeded, even if someone else moved the file.
        found = lookup.at_path(folder, change.path)
        file = lookup.open_file(found, settings_of(folder))
        if file.text == change.after:
            return
        incident = lookup.incident_of(file)
        state = timeline.last_state(incident) or incident.kind.first_state
        report += f"; its state is now {state} (see: statusgen show {found.slug})"
    click.echo(report, err=True)
