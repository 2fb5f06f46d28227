"""The commands import github and labels github."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from statusgen.cli.console import note, tracker
from statusgen.cli.imports.importing import (
    ImportOptions,
    api_address,
    check_clock,
    import_options,
    is_on_this_machine,
    problems_shown,
    run_import,
)
from statusgen.cli.options import Command, site_option
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.importers import sync
from statusgen.importers.github import convert, labels
from statusgen.importers.github.issue_records import Issue
from statusgen.importers.github.permissions import People
from statusgen.importers.github.trust import Trusts
from statusgen.importers.site_settings import ImportSettings
from statusgen.importers.sync import SourceContent
from statusgen.problems import UsageError
from statusgen.schema import scalars
from statusgen.system.network import Waiting
from statusgen.system.workers import Progress

if TYPE_CHECKING:
    from statusgen.importers.github.client import Repository

# `importers.github.client` is imported where it is used: PyGithub is slow to load.

_PUBLIC = "https://api.github.com"
_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_NUMBER = re.compile(r"#([0-9]{1,9})\Z")


def github_options(command: Command) -> Command:
    """Add the options that select the repository and the API."""
    for option in (
        click.option(
            "--api-url",
            metavar="URL",
            help="API of a GitHub Enterprise Server: https://HOST. Default: $GITHUB_API_URL, or"
            " github.com.",
        ),
        click.option(
            "--repo",
            metavar="OWNER/NAME",
            help="Repository with the issues. Default: as in statusgen.yml, or $GITHUB_REPOSITORY.",
        ),
    ):
        command = option(command)
    return command


@click.command("github", epilog="Example: statusgen import github --commit")
@github_options
@import_options
def import_github_command(repo: str | None, api_url: str | None, options: ImportOptions) -> None:
    """Import GitHub issues that have a publishing label.

    Needs a token with read access to issues in GITHUB_TOKEN or GH_TOKEN. Only text, labels and
    changes by collaborators with write access are imported. Files are never deleted: an issue that
    should no longer be public becomes a draft.
    """
    with problems_shown():
        config = settings_of(options.folder)
        repository = open_repository(config, repo, api_url)
        people, track = People(config.github, repository), tracker()

        def find(config: Config, existing: Mapping[str, sync.ImportedFile]) -> SourceContent:
            found = _items(existing, config, repository, people, track)
            return SourceContent(items=tuple(found))

        run_import(
            convert.GITHUB,
            repository.name,
            options,
            lambda: ImportSettings(config=settings_of(options.folder)),
            find,
        )


def _items(
    existing: Mapping[str, sync.ImportedFile],
    config: Config,
    repository: "Repository",
    people: People,
    track: Progress,
) -> list[sync.SourceItem]:
    """Read the issues and convert them to items, given the *existing* files."""
    places = sync.shown(existing.values(), convert.GITHUB, scope=repository.name)
    numbers = [found[1] for found in map(_NUMBER.search, places) if found]
    issues = repository.issues(
        labels.publishing(config), shown=sorted(map(int, numbers)), track=track
    )
    check_clock(repository.now, "GitHub")
    now = repository.now or datetime.now(UTC)
    known = sync.by_key(existing.values(), convert.GITHUB)
    accepted = {key: one.accepted for key, one in known.items() if one.accepted}

    def read(issue: Issue, trusts: Trusts, is_unchecked: Trusts) -> sync.SourceItem:
        return convert.item(
            issue,
            config,
            trusts,
            repository=repository.name,
            now=now,
            accepted=accepted.get(issue.key),
            was_withdrawn=issue.key in known and known[issue.key].is_withdrawn,
            deeds=known[issue.key].deeds if issue.key in known else None,
            is_unchecked=is_unchecked,
        )

    return people.items(issues, accepted, read, track=track)


@click.group("labels", epilog="Example: statusgen labels github --repo acme/status")
def labels_group() -> None:
    """Create the GitHub labels that the import uses."""


@labels_group.command("github", epilog="Example: statusgen labels github")
@github_options
@site_option
def labels_github_command(repo: str | None, api_url: str | None, folder: Path) -> None:
    """Create labels for kinds, severities, services and states.

    Existing labels of these names get the expected colour and description; other labels are not
    changed. Needs a token with write access to issues in GITHUB_TOKEN or GH_TOKEN.
    """
    with problems_shown():
        config = settings_of(folder)
        repository = open_repository(config, repo, api_url)
        created, changed = repository.make_labels(labels.wanted(config))
    for name in created:
        click.echo(f"created {name}")
    for name in changed:
        click.echo(f"changed {name}")
    if not created and not changed:
        click.echo("all labels are up to date", err=True)


def open_repository(config: Config | None, repo: str | None, api_url: str | None) -> "Repository":
    """Return a client for the selected repository, with the token from the environment.

    *config* has the settings of the site, if there is one.
    """
    from statusgen.importers.github.client import Repository  # noqa: PLC0415, PyGithub is slow to load

    name = _name(config, repo)
    token = next((os.environ[name] for name in _TOKENS if os.environ.get(name)), "").strip()
    if not token:
        raise UsageError("no token; set GITHUB_TOKEN or GH_TOKEN")
    waiting = Waiting(tell=note)
    return Repository(name, token, api_url=_address(api_url), waiting=waiting)


def _name(config: Config | None, repo: str | None) -> str:
    page = urlsplit((config and config.repository) or "").path.strip("/").split("/")
    name = repo or (config and config.github.repository) or "/".join(page[:2])
    name = name or os.environ.get("GITHUB_REPOSITORY", "")
    if not name:
        remedy = "use --repo OWNER/NAME, or set github.repository in statusgen.yml"
        raise UsageError(f"no repository; {remedy}")
    try:
        return scalars.repository_name(name)
    except ValueError as fault:
        raise UsageError(f"--repo: {fault}") from None


def _address(api_url: str | None) -> str:
    """Return the address of the API; on GitHub Enterprise Server it is below /api/v3."""
    root = api_address(api_url, "GITHUB_API_URL", _PUBLIC)
    parts = urlsplit(root)
    is_complete = bool(parts.path) or (parts.hostname or "").startswith("api.")
    return root if is_complete or is_on_this_machine(root) else f"{root}/api/v3"
