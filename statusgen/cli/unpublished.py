"""Find incident files that are not published yet, check them, and commit and push them."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import click

from statusgen.authoring import compose, lookup
from statusgen.authoring.compose import FileChange, Workspace
from statusgen.cli.arguments import prose
from statusgen.cli.commit import push_commits
from statusgen.cli.console import count, format_path, printer
from statusgen.config.settings import Config
from statusgen.model import Update
from statusgen.problems import ContentError, OutsideError, Problem, errors
from statusgen.system import files, git, locks
from statusgen.system.files import EntryKind

_NEW = frozenset("?A")  # letters of Git's status code for a file that is in no commit yet

Marks = Mapping[Path, str]
Says = Callable[[Update, Config], bool]


def unpublished_files(site: Path) -> dict[Path, str]:
    """Return the incident files in *site* that are not committed or not pushed.

    Maps their paths to Git's status code, or to "" if they are committed. This includes deleted
    files. Raises OutsideError if Git fails.
    """
    folder = site / "incidents"
    return {
        folder / place: mark
        for place, mark in git.unpublished(folder).items()
        if place.endswith(".md")
        and not files.is_hidden(place)
        and _is_file_or_deleted(folder / place, mark)
    }


def _is_file_or_deleted(path: Path, mark: str) -> bool:
    kind = files.kind_of(path)
    return kind is EntryKind.FILE or (kind is None and not _NEW.intersection(mark))


def publish(
    marks: Marks, workspace: Workspace, *, with_drafts: bool = False, dry_run: bool = False
) -> bool:
    """List the files in *marks*, commit and push them; return whether there were any.

    Skips new drafts unless *with_drafts* is set. Raises ContentError, and commits nothing, if
    `check` finds errors in incident files; OutsideError if Git fails.
    """
    incidents, problems = _checked(marks, workspace)
    if not errors(problems):
        drafts = [] if with_drafts else _new_drafts(incidents, workspace)
        for path in drafts:
            click.echo(f"skipped {format_path(path)} (a new draft)", err=True)
        incidents = {path: mark for path, mark in incidents.items() if path not in drafts}
    for path in incidents:
        is_deleted = files.kind_of(path) is None
        click.echo(f"{format_path(path)}{' (deleted)' if is_deleted else ''}")
    if errors(problems):
        raise ContentError(problems)
    printer(None, to_stderr=True)(problems)
    if not incidents:
        return False
    changes = [_change(path, workspace) for path in incidents]
    if dry_run:
        click.echo(f"dry run: {count(len(changes), 'incident file')} would be pushed", err=True)
        return True
    uncommitted = [one for one in changes if incidents[one.path]]
    if uncommitted:
        _commit(uncommitted, workspace.site)
    push_commits(changes, workspace.site, what=count(len(changes), "incident file"))
    return True


def publish_instead(workspace: Workspace, says: Says | None, *, only: Path | None = None) -> bool:
    """Publish what is written, for a command with nothing new to say; return whether there was any.

    This is the file *only*, or by default all unpublished ones. Unless *says* is None, which stands
    for a command without a text, one of them must end with the update that the command would add.
    """
    with locks.locked(workspace.site / "incidents"):
        marks = unpublished_files(workspace.site)
        if only is not None:
            marks = {path: mark for path, mark in marks.items() if path == only}
        if says is not None and not any(_ends_so(path, workspace, says) for path in marks):
            return False
        return publish(marks, workspace, with_drafts=only is not None)


def _ends_so(path: Path, workspace: Workspace, says: Says) -> bool:
    """Return whether the last update in the file *path* satisfies *says*."""
    try:
        file = lookup.open_file(lookup.at_path(workspace.site, path), workspace.config)
        updates = lookup.incident_of(file).updates
    except ContentError:  # It was deleted, or has errors.
        return False
    return bool(updates) and says(updates[-1], workspace.config)


def is_repeat(
    last: Update, config: Config, *, message: str | None, template: str | None, state: str | None
) -> bool:
    """Return whether the update *last* has the text and the state given by these options."""
    if template is not None and template not in config.texts:
        return False
    canned = config.texts[template] if template is not None else ""
    text = "\n\n".join(filter(None, (canned, prose(message or ""))))
    return bool(text or state) and text in ("", last.text) and state in (None, last.state)


def _checked(marks: Marks, workspace: Workspace) -> tuple[dict[Path, str], list[Problem]]:
    """Return the incident files in *marks*, and the problems that `check` finds.

    Includes the errors of all other incident files, as the page cannot be built with any.
    """
    # These are slow to load, and only a push needs them.
    from statusgen.build.load_incidents import ReadOptions  # noqa: PLC0415
    from statusgen.build.read_site import read_site  # noqa: PLC0415
    from statusgen.cache.store import open_cache  # noqa: PLC0415

    with open_cache(None, tools="") as store:
        options = ReadOptions(clock=lambda _: workspace.now, cache=store)
        content = read_site(workspace.site, options)
    all_errors = errors(content.problems)
    faults = [one for one in all_errors if workspace.site / "incidents" in one.path.parents]
    problems = faults + [one for one in content.problems if one.path in marks]
    known = {one.path for one in content.summaries} | {one.path for one in faults}
    incidents = {
        path: mark for path, mark in marks.items() if path in known or files.kind_of(path) is None
    }
    return (incidents, problems)


def _new_drafts(incidents: Marks, workspace: Workspace) -> list[Path]:
    """Return the drafts in *incidents* that are in no commit yet; the repository may be public."""
    new = [path for path, mark in incidents.items() if _NEW.intersection(mark)]
    return [path for path in new if _change(path, workspace).is_draft]


def _change(path: Path, workspace: Workspace) -> FileChange:
    """Return the change to commit for the file *path*, which may have been deleted."""
    found = lookup.at_path(workspace.site, path)
    if files.kind_of(path) is not None:
        return compose.unchanged(lookup.open_file(found, workspace.config))
    subject = f"Delete {found.slug}"
    # Its address will show nothing.
    return FileChange(
        path=path, before=None, after="", action="deleted", subject=subject, is_draft=True
    )


def _commit(changes: Collection[FileChange], site: Path) -> None:
    """Commit the files in *changes* together; the body of the message describes each."""
    subjects = [one.subject for one in changes]
    subject, body = subjects[0], ""
    if len(subjects) > 1:
        subject, body = f"Publish {len(subjects)} incident files", "\n".join(subjects)
    try:
        git.branch(site)  # Fail on a detached HEAD: its commits would be lost.
        git.commit([one.path for one in changes], subject, body)
    except OutsideError as error:
        raise OutsideError(f"{error}; nothing was committed") from None
    click.echo("committed", err=True)
