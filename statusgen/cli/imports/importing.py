"""Shared options of the import commands, and the functions that run and report an import."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from statusgen.cli.console import EXIT_PROBLEMS, format_path, printer, problems_to
from statusgen.cli.options import Command, Word, site_option
from statusgen.cli.pull_request import IMPORT_BRANCH, branch_of, publish, pull_request_option
from statusgen.config.settings import Config
from statusgen.importers import report
from statusgen.importers.apply import ImportRun
from statusgen.importers.site_settings import ImportSettings, SettingsChange
from statusgen.importers.sync import ImportedFile, ImportSource, SourceContent, SyncPlan
from statusgen.problems import OutsideError, UsageError, quoted
from statusgen.schema import scalars
from statusgen.system import git
from statusgen.system.git_proposal import Proposal
from statusgen.system.git_push import RefusedError

_MAX_SKEW = timedelta(minutes=5)
_LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """The options that all imports share; *folder* is the site's folder."""

    folder: Path
    force: bool
    allow_mass: bool
    dry_run: bool
    commit: bool
    push: bool
    style: str
    pull_request: bool = False
    branch: Proposal | None = None


def import_options(command: Command) -> Command:
    """Add the options that all imports share, passed as the parameter *options*."""

    @wraps(command)
    def with_options(*arguments: Any, **keywords: Any) -> Any:
        names = [name for name in ImportOptions.__dataclass_fields__ if name != "branch"]
        options = ImportOptions(**{name: keywords.pop(name) for name in names})
        if options.dry_run and (options.commit or options.push or options.pull_request):
            what = "--commit, --push and --pull-request"
            raise UsageError(f"--dry-run writes nothing; remove {what}")
        wanted = options.pull_request
        with problems_shown(), branch_of(options.folder, wanted=wanted) as branch:
            if branch is not None:
                branch.open_branch(IMPORT_BRANCH)
                options = replace(
                    options, folder=branch.site, commit=True, push=False, branch=branch
                )
            return command(*arguments, options=options, **keywords)

    for option in (
        site_option,
        click.option(
            "--format",
            "style",
            type=Word("format", ["text", "markdown"]),
            default="text",
            help="Output format; markdown is for job summaries. Default: text.",
        ),
        pull_request_option,
        click.option("--push", is_flag=True, help="Commit and push."),
        click.option("--commit", is_flag=True, help="Commit the imported files only."),
        click.option("--dry-run", is_flag=True, help="Show what would change; write nothing."),
        click.option(
            "--allow-mass",
            is_flag=True,
            help="Allow unpublishing or reopening many incidents at once.",
        ),
        click.option(
            "--force", is_flag=True, help="Also overwrite files that were edited by hand."
        ),
    ):
        with_options = option(with_options)
    return with_options


@contextmanager
def problems_shown() -> Iterator[None]:
    """Print the problems of a ContentError that ends an import, and exit with status 1."""
    with problems_to(printer(None, to_stderr=True)):
        yield


def run_import(
    source: ImportSource,
    scope: str,
    options: ImportOptions,
    settings: Callable[[], ImportSettings],
    find: Callable[[Config, Mapping[str, ImportedFile]], SourceContent],
) -> SyncPlan:
    """Import the content that *find* returns for *scope*, and print the result.

    *settings* reads the site's settings, and any changes to write to them. Raises click's Exit with
    status 1 if a step was held or refused.
    """
    if options.commit or options.push:
        git.top(options.folder)  # Fail before anything is written.
    run = ImportRun(
        folder=options.folder,
        source=source,
        scope=scope,
        settings=settings,
        find=find,
        force=options.force,
        allow_mass=options.allow_mass,
        commit=options.commit or options.push,
        push=options.push,
        dry_run=options.dry_run,
    )
    try:
        plan, remarks = run.run(lambda plan, change: _print_plan(plan, scope, options, change))
    except RefusedError as error:
        remedy = "remove the cause, then run it again"
        if error.is_protected:
            remedy = "to open a pull request instead, run it with --pull-request"
        raise OutsideError(f"{error}; the commit exists only here; {remedy}") from None
    for line in remarks:
        click.echo(line, err=True)
    if options.branch is not None:
        publish(options.branch)
    if plan.held or any(step.is_refused for step in plan.steps):
        raise click.exceptions.Exit(EXIT_PROBLEMS)
    return plan


def _print_plan(
    plan: SyncPlan, scope: str, options: ImportOptions, settings: SettingsChange | None
) -> None:
    for remark in report.remarks(plan):
        click.echo(remark, err=True)
    if options.style == "markdown":
        click.echo(report.as_markdown(plan, scope, is_trial=options.dry_run))
        if settings is not None:
            click.echo(f"- **{settings.outcome}** {settings.path.name}")
        return
    would = "would be " if options.dry_run else ""
    if settings is not None:
        click.echo(f"{would}{settings.outcome} {format_path(settings.path)}")
        if settings.has_example_url:
            where = format_path(settings.path)
            what = "'url' is an example; replace it with the address of your page"
            click.echo(f"{where}: {what}", err=True)
    for step in plan.steps:
        if step.path is not None and step.text is not None:
            click.echo(f"{would}{step.outcome} {format_path(step.path)}")
    trial = "dry run, " if options.dry_run else ""
    click.echo(f"{scope}: {trial}{report.headline(plan)}", err=True)


def api_address(option: str | None, variable: str | None, default: str) -> str:
    """Return the address of an API: from --api-url, the environment *variable* or *default*.

    Raises UsageError for http, except on this machine, as it would expose the token.
    """
    url = option or (os.environ.get(variable) if variable else None) or default
    try:
        root = scalars.site_root(url)
    except ValueError as fault:
        raise UsageError(f"--api-url: {fault}") from None
    parts = urlsplit(root)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise UsageError(f"--api-url {quoted(url)} is not https, so no token is sent; use https://")
    return root


def is_on_this_machine(url: str) -> bool:
    """Return whether *url* points to this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def check_clock(server_time: datetime | None, server: str) -> None:
    """Raise OutsideError if the local clock is more than five minutes off *server_time*."""
    local_time = datetime.now(UTC)
    if server_time is not None and abs(server_time - local_time) > _MAX_SKEW:
        what = f"this machine's clock ({local_time:%Y-%m-%d %H:%M}) differs from {server}'s"
        remedy = "correct it, or new updates will not be shown"
        raise OutsideError(f"{what} ({server_time:%H:%M} UTC); {remedy}")
