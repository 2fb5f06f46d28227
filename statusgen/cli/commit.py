"""Write changes to incident files, and commit and push them if requested."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from statusgen.authoring import compose, lookup
from statusgen.authoring.compose import FileChange
from statusgen.authoring.edit import EditError
from statusgen.cli.console import format_path, printer, problems_to
from statusgen.cli.pull_request import publish
from statusgen.config.loader import settings_of
from statusgen.config.settings import FILE, Config
from statusgen.problems import OutsideError, StatusgenError, UsageError, listed
from statusgen.system import files, git, git_push
from statusgen.system.git_proposal import Proposal
from statusgen.system.git_push import PushTarget, RefusedError, UnreachableRemoteError
from statusgen.timeline import timeline

_UNPUBLISHED = "not published: use --push, or run: statusgen push"
_MAX_URLS = 5  # in a report
_RETRY = "run: statusgen push"
_BY_HAND = (
    "to publish now, build the site and copy it to a mirror, as in"
    " docs/how-to/when-github-is-down.md of statusgen"
)
_WITHOUT_GIT = "not published: commit and push the file"


@contextmanager
def edit_problems() -> Iterator[None]:
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


def push_wanted(push: bool | None, config: Config, folder: Path, *, commit: bool) -> bool:
    """Return whether to push: *push* if that option was given, otherwise `push` in the settings.

    With the option *commit*, or outside a Git repository, the setting is ignored.
    """
    if push is not None or commit or not config.push:
        return bool(push)
    try:
        git.top(folder)
    except OutsideError as error:
        click.echo(f"'push' in {FILE} is ignored: {error}", err=True)
        return False
    return True


def write(
    changes: list[FileChange],
    folder: Path,
    *,
    commit: bool,
    push: bool,
    branch: Proposal | None = None,
    is_series: bool = False,
) -> None:
    """Write *changes*; commit them if *commit* or *push* is set, and push them if *push* is set.

    With *branch*, which *folder* is in, the changes are committed there and pushed for a pull
    request; *commit* and *push* are ignored. A series is reported and committed as one change.
    """
    push = push and branch is None
    _write_all(changes)
    for group in [changes] if is_series else [[change] for change in changes]:
        _report(group)
        if branch is not None:
            _commit_to_branch(group)
            continue
        if commit or push:
            _commit(group, folder, push=push)
        if not push and not group[0].is_draft:
            _report_unpublished(group, folder)
    if branch is not None:
        publish(branch)
    if push:
        push_commits(changes, folder)


def _write_all(changes: Sequence[FileChange]) -> None:
    """Write the files of *changes*; if one fails, delete the new ones again."""
    created: list[Path] = []
    try:
        for change in changes:
            files.sweep(change.path.parent)
            if change.before is None:
                files.make_folder(change.path.parent)
                files.write_atomically(change.path, change.after.encode())
                created.append(change.path)
            elif change.before != change.after:
                files.rewrite(change.path, change.after)
    except BaseException:
        for path in created:
            with suppress(OutsideError):
                files.delete(path)
        raise


def _report(group: Sequence[FileChange]) -> None:
    """Print the warnings and the paths of *group*, and what was done."""
    show = printer(None, to_stderr=True)
    for change in group:
        show(change.warnings)
        click.echo(format_path(change.path))
    done = [change for change in group if change.action]
    if done:
        click.echo(f"{done[0].action}: {_subject(done)}", err=True)


def _subject(group: Sequence[FileChange]) -> str:
    """Return the subject of the commit of *group*, which is one change or a series."""
    number = f" ({len(group)} times)" if len(group) > 1 else ""
    return f"{group[0].subject}{number}"


def push_commits(changes: Sequence[FileChange], folder: Path, *, what: str = "") -> None:
    """Push the current branch with the commits of *changes*; report where they will appear.

    *what* describes them in the report: ``2 incident files``. Raises OutsideError.
    """
    texts = [_text(change) for change in changes]  # as changed by hooks, if any
    _push(changes, folder, what)
    for change, text in zip(changes, texts, strict=True):
        if _text(change) != text:
            _report_other_edits(change, folder)


def _is_in_repository(folder: Path) -> bool:
    try:
        return git.root(folder) is not None
    except OSError:  # This is only for a hint, and the file is already written.
        return False


def _report_unpublished(group: Sequence[FileChange], folder: Path) -> None:
    """Print how to publish *group*, or an earlier change of its files, unless that is done."""
    is_changed = any(change.action for change in group)
    if not _is_in_repository(folder):
        if is_changed:
            click.echo(_WITHOUT_GIT, err=True)
        return
    if is_changed or any(_is_unpublished(change.path, folder) for change in group):
        click.echo(_UNPUBLISHED, err=True)


def _is_unpublished(path: Path, folder: Path) -> bool:
    try:
        return files.within(path, folder / "incidents") in git.unpublished(folder / "incidents")
    except OutsideError:  # There is no remote, for example.
        return True


def _commit(group: Sequence[FileChange], folder: Path, *, push: bool) -> None:
    try:
        if push:
            git.branch(folder)  # Fail on a detached HEAD: its commits would be lost.
        is_committed = git.commit([change.path for change in group], _subject(group))
    except OutsideError as error:
        what = "the file was" if len(group) == 1 else "the files were"
        raise OutsideError(f"{error}; {what} written but not committed") from None
    click.echo("committed" if is_committed else "nothing to commit", err=True)


def _commit_to_branch(group: Sequence[FileChange]) -> None:
    try:
        git.commit([change.path for change in group], _subject(group))
    except OutsideError as error:
        # The work tree of the branch is temporary, so the text exists nowhere else.
        for change in group:
            click.echo(change.after, err=True)
        what = "the file is" if len(group) == 1 else "the files are"
        raise OutsideError(f"{error}; nothing was written; {what} printed above") from None


def _push(changes: Sequence[FileChange], folder: Path, what: str) -> None:
    config = settings_of(folder)
    try:
        target = git.push(folder, merge=compose.merger(config))
    except RefusedError as error:
        remedy = f"remove the cause; then, to retry, {_RETRY}"
        if error.is_protected:
            slugs = sorted(one.path.stem for one in changes)
            each = "" if len(slugs) == 1 else f" (and likewise for {listed(slugs[1:], 'and')})"
            command = f"statusgen update {slugs[0]} --pull-request{each}"
            remedy = f"to open a pull request instead, run: {command}"
        raise OutsideError(f"{error}; the commit exists only here; {remedy}") from None
    except UnreachableRemoteError as error:
        raise OutsideError(
            f"{error}; the commit waits here; to retry, {_RETRY}; {_BY_HAND}"
        ) from None
    except OutsideError as error:
        raise OutsideError(f"{error}; the commit exists only here; to retry, {_RETRY}") from None
    if target:
        _report_push(target, changes, folder, config, what)


def _text(change: FileChange) -> str | None:
    """Return the text of the file now, or None if it cannot be read."""
    with suppress(StatusgenError):
        return files.read_text(change.path, limit=files.MAX_TEXT)
    return None


def _report_push(
    target: PushTarget, changes: Sequence[FileChange], folder: Path, config: Config, what: str
) -> None:
    """Print where the *changes* will appear, or that *target* is not the published branch."""
    from statusgen.site.incident import page_of  # noqa: PLC0415, slow to load, and only --push needs it

    warning = git_push.unpublished(folder, target)
    if warning is not None:
        click.echo(warning, err=True)
        return
    urls = [f"{config.url}/{page_of(one.path.stem)}" for one in changes if not one.is_draft]
    subject = "it" if len(urls) == 1 else "they"
    is_shown = 0 < len(urls) <= _MAX_URLS
    where = f"; {subject} will appear at {listed(urls, 'and')}" if is_shown else ""
    click.echo(f"pushed {f'{what} ' if what else ''}to {target}{where}", err=True)


def _report_other_edits(change: FileChange, folder: Path) -> None:
    """Print the state of the incident, whose file someone else's commits changed, too."""
    report = f"{format_path(change.path)} was also changed by someone else"
    with suppress(StatusgenError):  # The push succeeded, even if someone else moved the file.
        found = lookup.at_path(folder, change.path)
        incident = lookup.incident_of(lookup.open_file(found, settings_of(folder)))
        state = timeline.last_state(incident) or incident.kind.first_state
        report += f"; its state is now {state} (see: statusgen show {found.slug})"
    click.echo(report, err=True)
