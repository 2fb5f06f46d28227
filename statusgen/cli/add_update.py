"""The work that update, resolve and cancel share: add an update, or publish what is written."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

import click

from statusgen.authoring import compose, lookup
from statusgen.authoring.compose import Addition, Workspace
from statusgen.cli.arguments import is_interactive
from statusgen.cli.commit import edit_problems, push_wanted, write
from statusgen.cli.options import moment_of
from statusgen.cli.pull_request import branch_of, site_for
from statusgen.cli.time_arguments import time_of
from statusgen.cli.unpublished import Says, publish_instead, unpublished_files
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.problems import UsageError
from statusgen.system import files, locks
from statusgen.system.git_proposal import Proposal, has_proposals
from statusgen.timeline.timeline import Timeline

Compose = Callable[[Timeline, Config, datetime], Addition | None]
Find = Callable[[Path, Config, str | None, datetime], lookup.Found]


def find_open(site: Path, config: Config, name: str | None, now: datetime) -> lookup.Found:
    """Return the incident file *name*, or the only open one."""
    return lookup.named_or_open(site, config, name, now=now)


@dataclass(frozen=True, kw_only=True)
class AddOptions:
    """The options that update, resolve and cancel share, as typed, and how they find the file."""

    at: str | None
    now: str | None
    folder: Path
    commit: bool
    push: bool | None
    pull_request: bool
    find: Find = find_open

    @cached_property
    def workspace(self) -> Workspace:
        """The site and the current time."""
        config = settings_of(self.folder)
        return Workspace(site=self.folder, config=config, now=moment_of(self.now, config.zone))

    @cached_property
    def is_pushed(self) -> bool:
        """True if the options or the settings ask for a push; a setting is not for drafts."""
        return push_wanted(self.push, self.workspace.config, self.folder, commit=self.commit)


def is_pending(name: str | None, options: AddOptions) -> bool:
    """Return whether the file *name* has changes that are not pushed yet."""
    workspace = options.workspace
    found = lookup.named_or_open(options.folder, workspace.config, name, now=workspace.now)
    return found.path in unpublished_files(options.folder)


def no_update(course: Timeline, config: Config, moment: datetime) -> None:
    """Add nothing to the incident of *course*: its file is published as it is."""


def published_instead(name: str | None, options: AddOptions) -> bool:
    """Handle `update --push` without anything to add; return whether it is done.

    Publishes what is written: the file *name*, or everything.
    """
    if options.pull_request or not options.is_pushed:
        return False
    workspace = options.workspace
    only = None
    if name is not None:
        only = lookup.named_or_open(options.folder, workspace.config, name, now=workspace.now).path
    is_done = publish_instead(workspace, None, only=only)
    if not is_done and options.push and not is_interactive():
        click.echo("nothing to push", err=True)
        return True
    return is_done


def add(name: str | None, compose_update: Compose, says: Says | None, options: AddOptions) -> None:
    """Add an update to the incident *name*, or to the only open one.

    If none is open, `--push` publishes what is written instead; see `publish_instead` for *says*.
    """
    with branch_of(options.folder, wanted=options.pull_request) as branch, edit_problems():
        workspace = options.workspace
        if branch is not None:
            site = site_for(branch, options.folder)
            workspace = replace(workspace, site=site, config=settings_of(site))
        found = _found(name, says, options, workspace, branch)
        if found is None:
            return
        site, config = workspace.site, workspace.config
        if branch is not None:
            branch.open(found.slug)
        at_moment = time_of("--at", options.at, workspace)
        course = lookup.timeline_of(lookup.open_file(found, config))
        addition = compose_update(course, config, at_moment or workspace.now)
        with locks.locked(site / "incidents"):
            file = lookup.open_file(found, config)  # It may have changed while the editor was open.
            change = None
            if addition is not None:
                change = compose.updated(
                    file,
                    addition.update,
                    now=workspace.now,
                    window=addition.window,
                    allow_repeat=options.at is not None,
                )
            if change is None:
                if addition is not None or not options.pull_request:
                    click.echo("nothing to add: the last update already says this", err=True)
                change = compose.unchanged(file)
            is_pushed = options.is_pushed and bool(options.push or not change.is_draft)
            write([change], site, commit=options.commit, push=is_pushed, branch=branch)


def _found(
    name: str | None,
    says: Says | None,
    options: AddOptions,
    workspace: Workspace,
    branch: Proposal | None,
) -> lookup.Found | None:
    """Return the file to add to, or None if `--push` published what is written instead."""
    if branch is not None and name is not None:
        place = files.within(Path(name), options.folder / "incidents")
        name = name if place is None else f"incidents/{place}"
    try:
        return options.find(workspace.site, workspace.config, name, workspace.now)
    except lookup.NoMatchError as error:
        if branch is not None:
            raise
        if isinstance(error, lookup.NoneOpenError) and options.is_pushed:
            if publish_instead(workspace, says):
                return None
            if options.push and says is None:
                what, _, _ = str(error).partition(";")
                click.echo(f"{what}\nnothing to push", err=True)
                return None
        if not has_proposals(options.folder):
            raise
        what = "if it is in a pull request, use --pull-request, or run git pull after the merge"
        raise UsageError(f"{error}; {what}") from None
