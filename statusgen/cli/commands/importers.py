"""The commands that bring incidents from elsewhere into files, and labels to the issues."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from statusgen.cli.console import EXIT_PROBLEMS, format_path, note, printer, problems_to, tracker
from statusgen.cli.options import Command, Word, site_option
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.importers import report, sync
from statusgen.importers.apply import ImportRun
from statusgen.importers.github import convert, labels
from statusgen.importers.github.issue_records import Issue
from statusgen.importers.github.permissions import People
from statusgen.importers.github.trust import Trusts
from statusgen.problems import OutsideError, UsageError, quoted
from statusgen.schema import scalars
from statusgen.system import git
from statusgen.system.workers import Progress

if TYPE_CHECKING:
    from statusgen.importers.github.client import Repository

# `importers.github` is imported where it is used: no other command needs PyGithub.

_PUBLIC = "https://api.github.com"
_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_SKEW = timedelta(minutes=5)
_SOURCE = "github"
_PREFIX = "gh-"
_NUMBER = re.compile(r"#([0-9]{1,9})\Z")


def _reaches_github(command: Command) -> Command:
    """The options that say which repository is meant."""
    for option in (
        click.option(
            "--api-url",
            metavar="URL",
            help="Of GitHub Enterprise Server: https://HOST. Default: the variable GITHUB_API_URL,"
            " else GitHub itself.",
        ),
        click.option(
            "--repo",
            metavar="OWNER/NAME",
            help="The repository of the issues. Default: what statusgen.yml says, else the"
            " variable GITHUB_REPOSITORY.",
        ),
    ):
        command = option(command)
    return command


@click.group("import", epilog="Example: statusgen import github --repo acme/status")
def import_group() -> None:
    """Make incident files of what is written elsewhere; run it as often as you like."""


@import_group.command("github", epilog="Example: statusgen import github --commit")
@_reaches_github
@click.option("--force", is_flag=True, help="Overwrite files that were changed by hand, too.")
@click.option(
    "--allow-mass",
    is_flag=True,
    help="Go on even if many incidents would vanish, or open again, at once.",
)
@click.option("--commit", is_flag=True, help="Commit all imported files, and nothing else.")
@click.option("--push", is_flag=True, help="Commit and push.")
@click.option(
    "--format",
    "style",
    type=Word("format", ["text", "markdown"]),
    default="text",
    help="How to tell what was done; markdown is for the summary of a run on GitHub.",
)
@site_option
def import_github_command(
    repo: str | None,
    api_url: str | None,
    force: bool,
    allow_mass: bool,
    commit: bool,
    push: bool,
    style: str,
    folder: Path,
) -> None:
    """Make incident files of the issues that carry a publishing label.

    It needs a token in GITHUB_TOKEN or GH_TOKEN that may read issues. Only what people with write
    access said and did is shown. Everything is read before anything is written, and no file is
    deleted: what is not to be shown any more becomes a draft.
    """
    with _settings(folder) as config:
        repository = _repository(config, repo, api_url)
        if commit or push:
            git.top(folder)  # Nothing is written where it cannot be committed.
        people, track = People(config.github, repository), tracker()
        run = ImportRun(
            folder=folder,
            config=config,
            source=_SOURCE,
            scope=repository.name,
            prefix=_PREFIX,
            find=lambda there: _items(there, config, repository, people, track),
            force=force,
            allow_mass=allow_mass,
            commit=commit or push,
            push=push,
        )
        plan, remarks = run.run(lambda plan: _tell(plan, repository.name, style))
        for line in remarks:
            click.echo(line, err=True)
    if plan.held:
        raise click.exceptions.Exit(EXIT_PROBLEMS)


def _items(
    there: Mapping[str, sync.ImportedFile],
    config: Config,
    repository: "Repository",
    people: People,
    track: Progress,
) -> list[sync.SourceItem]:
    """Return the issues as incidents, by what the files *there* show of them already."""
    places = sync.shown(there.values(), source=_SOURCE, scope=repository.name)
    numbers = [found[1] for found in map(_NUMBER.search, places) if found]
    issues = repository.issues(
        labels.publishing(config), shown=sorted(map(int, numbers)), track=track
    )
    now = _checked_clock(repository)
    known = sync.by_key(there.values(), source=_SOURCE)
    accepted = {key: one.accepted for key, one in known.items() if one.accepted}

    def read(issue: Issue, trusts: Trusts, is_unasked: Trusts) -> sync.SourceItem:
        return convert.item(
            issue,
            config,
            trusts,
            repository=repository.name,
            now=now,
            accepted=accepted.get(issue.key),
            was_withdrawn=issue.key in known and known[issue.key].is_withdrawn,
            deeds=known[issue.key].deeds if issue.key in known else None,
            is_unasked=is_unasked,
        )

    return people.items(issues, accepted, read, track=track)


@click.group("labels", epilog="Example: statusgen labels github --repo acme/status")
def labels_group() -> None:
    """Make the labels that an import reads."""


@labels_group.command("github", epilog="Example: statusgen labels github")
@_reaches_github
@site_option
def labels_github_command(repo: str | None, api_url: str | None, folder: Path) -> None:
    """Create the labels for issues: kinds, severities, services and states, in their colours.

    Those that are there get the right colour and description; others stay as they are. It needs a
    token in GITHUB_TOKEN or GH_TOKEN that may write issues.
    """
    with _settings(folder) as config:
        repository = _repository(config, repo, api_url)
        created, changed = repository.make_labels(labels.wanted(config))
    for name in created:
        click.echo(f"created {name}")
    for name in changed:
        click.echo(f"changed {name}")
    if not created and not changed:
        click.echo("all labels are there", err=True)


@contextmanager
def _settings(folder: Path) -> Iterator[Config]:
    with problems_to(printer(None, to_stderr=True)):
        yield settings_of(folder)


def _repository(config: Config, repo: str | None, api_url: str | None) -> "Repository":
    """The repository that is meant, where it is, with the token of the environment."""
    from statusgen.importers.github.client import Repository, Waiting  # noqa: PLC0415, PyGithub takes long

    name = _name(config, repo)
    token = next((os.environ[name] for name in _TOKENS if os.environ.get(name)), "").strip()
    if not token:
        raise UsageError("there is no token; put one into the variable GITHUB_TOKEN or GH_TOKEN")
    waiting = Waiting(tell=note)
    return Repository(name, token, api_url=_address(api_url), waiting=waiting)


def _name(config: Config, repo: str | None) -> str:
    page = urlsplit(config.repository or "").path.strip("/").split("/")
    name = repo or config.github.repository or "/".join(page[:2])
    name = name or os.environ.get("GITHUB_REPOSITORY", "")
    if not name:
        raise UsageError("which repository? write --repo OWNER/NAME, or github: repository: …")
    try:
        return scalars.repository_name(name)
    except ValueError as fault:
        raise UsageError(f"--repo: {fault}") from None


def _address(api_url: str | None) -> str:
    """Where the API is: of a server of one's own below /api/v3."""
    url = api_url or os.environ.get("GITHUB_API_URL") or _PUBLIC
    try:
        root = scalars.site_root(url)
    except ValueError as fault:
        raise UsageError(f"--api-url: {fault}") from None
    parts = urlsplit(root)
    is_here = parts.hostname == "127.0.0.1"
    if parts.scheme != "https" and not is_here:
        raise UsageError(f"--api-url {quoted(url)}: a token goes nowhere but to https; write that")
    is_whole = bool(parts.path) or is_here or (parts.hostname or "").startswith("api.")
    return root if is_whole else f"{root}/api/v3"


def _checked_clock(repository: "Repository") -> datetime:
    """The moment by GitHub's clock, if it is about that of this machine."""
    here = datetime.now(UTC)
    there = repository.now or here
    if abs(there - here) > _SKEW:
        what = f"the clock of this machine says {here:%Y-%m-%d %H:%M}, GitHub's {there:%H:%M} UTC"
        raise OutsideError(f"{what}; set it, or the page will hide what was just said")
    return there


def _tell(plan: sync.SyncPlan, repository: str, style: str) -> None:
    for remark in report.remarks(plan):
        click.echo(remark, err=True)
    if style == "markdown":
        click.echo(report.as_markdown(plan, repository))
        return
    for step in plan.steps:
        if step.path is not None and step.text is not None:
            click.echo(f"{step.outcome} {format_path(step.path)}")
    click.echo(f"{repository}: {report.headline(plan)}", err=True)
