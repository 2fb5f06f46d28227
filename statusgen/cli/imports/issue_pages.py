"""The commands import upptime and import jayfk, for status pages kept in GitHub issues."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statusgen.authoring import settings_file
from statusgen.cli.console import EXIT_PROBLEMS, format_path, note, tracker
from statusgen.cli.imports.github import github_options, open_repository
from statusgen.cli.imports.importing import (
    ImportOptions,
    check_clock,
    import_options,
    problems_shown,
    run_import,
)
from statusgen.cli.imports.record_import import NO_SERVICES, add_services_option
from statusgen.cli.options import Command
from statusgen.config.loader import settings_of
from statusgen.config.settings import EXAMPLE_URL, FILE, Config
from statusgen.importers import names, services, site_settings, sync
from statusgen.importers.github import convert
from statusgen.importers.github.issue_records import Issue
from statusgen.importers.github.permissions import People
from statusgen.importers.github.trust import Trusts
from statusgen.importers.issue_pages import jayfk, upptime
from statusgen.importers.issue_pages.page import IssuePage, all_services
from statusgen.importers.json_reader import JsonError
from statusgen.importers.site_settings import ImportSettings
from statusgen.importers.sync import ImportedFile, SourceContent, SourceItem, Verdict
from statusgen.model import Service
from statusgen.problems import OutsideError, UsageError, listed, quoted
from statusgen.schema import scalars
from statusgen.system import files

if TYPE_CHECKING:
    from statusgen.importers.github.client import Repository

_SPAN = re.compile(r"(\d{1,4})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

_Read = Callable[["Repository"], IssuePage]


def _issue_options(command: Command) -> Command:
    """Add the options of all pages that are kept in issues."""
    service = click.option(
        "--service",
        "chosen",
        metavar="ID",
        multiple=True,
        help="Service of issues that name none. May be repeated. Default: they become notices.",
    )
    return service(github_options(add_services_option(import_options(command))))


@click.command("upptime", epilog="Example: statusgen import upptime --repo acme/upptime")
@click.option(
    "--shortest", metavar="TIME", help="Leave out shorter outages without comments, such as 15m."
)
@_issue_options
def import_upptime_command(
    repo: str | None,
    api_url: str | None,
    chosen: tuple[str, ...],
    shortest: str | None,
    add_services: bool,
    options: ImportOptions,
) -> None:
    """Import the issues of an Upptime repository.

    Needs a token with read access in GITHUB_TOKEN or GH_TOKEN. Trusts the app github-actions, which
    opens and closes issues for Upptime, and collaborators with write access. Creates statusgen.yml
    if it is missing.
    """
    span = _span(shortest)

    def read(repository: "Repository") -> IssuePage:
        text = repository.file(upptime.SETTINGS)
        if text is None:
            what = f"{repository.name} has no {upptime.SETTINGS}, so it is not a page of Upptime"
            raise UsageError(f"{what}; check --repo")
        try:
            return upptime.parse_settings(text, chosen=chosen, shortest=span)
        except ValueError as fault:
            reason = str(fault).replace("its front matter", "it")
            raise UsageError(f"{upptime.SETTINGS} cannot be read: {reason}") from None

    _import(repo, api_url, read, options, add_services=add_services)


@click.command("jayfk", epilog="Example: statusgen import jayfk --repo acme/status")
@_issue_options
def import_jayfk_command(
    repo: str | None,
    api_url: str | None,
    chosen: tuple[str, ...],
    add_services: bool,
    options: ImportOptions,
) -> None:
    """Import the issues of a page of jayfk/statuspage.

    Needs a token with read access in GITHUB_TOKEN or GH_TOKEN. The colours of labels say which are
    systems and severities. Only what collaborators with write access wrote is imported. Creates
    statusgen.yml if it is missing.
    """

    def read(repository: "Repository") -> IssuePage:
        text = repository.file(jayfk.SETTINGS, branch=jayfk.BRANCH)
        colours = repository.label_colours()
        try:
            page = jayfk.parse_settings(text or "", colours, chosen=chosen)
        except JsonError as error:
            raise UsageError(f"{jayfk.SETTINGS} cannot be read: {error}") from None
        if not page.labels:
            what = f"{repository.name} has no labels of jayfk/statuspage"
            raise UsageError(f"{what}; check --repo")
        return page

    _import(repo, api_url, read, options, add_services=add_services)


def _span(text: str | None) -> timedelta:
    """Return the time span *text*, such as `15m`; zero if it is None."""
    if text is None:
        return timedelta()
    found = _SPAN.fullmatch(text)
    if found is None:
        raise UsageError(f"--shortest: {quoted(text)} is not a time span; write one such as 15m")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _import(
    repo: str | None,
    api_url: str | None,
    read: _Read,
    options: ImportOptions,
    *,
    add_services: bool,
) -> None:
    with problems_shown():
        has_site = files.kind_of(options.folder / FILE) is not None
        config = settings_of(options.folder) if has_site else None
        repository = open_repository(config, repo, api_url)
        importing = _IssueImport(
            repository, read(repository), options.folder, add_services=add_services
        )
        try:
            scope = repository.name
            run_import(convert.GITHUB, scope, options, importing.settings, importing.find)
        finally:
            importing.print_unknown_services()
    if importing.unknown:
        raise click.exceptions.Exit(EXIT_PROBLEMS)


class _IssueImport:
    """An import of the issues of *page* into the site in *folder*; *unknown* are its services."""

    def __init__(
        self, repository: "Repository", page: IssuePage, folder: Path, *, add_services: bool
    ) -> None:
        self.unknown: list[Service] = []
        self._repository = repository
        self._page = page
        self._folder = folder
        self._adds_services = add_services
        self._issues: list[Issue] | None = None  # read by `settings`, used by the next `find`

    def settings(self) -> ImportSettings:
        """Return the settings of the site, or new ones if it has none."""
        if files.kind_of(self._folder / FILE) is None:
            self._issues = self._issues or self._read({})
            found = all_services(self._page, self._issues)
            if not found:
                raise UsageError(NO_SERVICES)
            url = EXAMPLE_URL
            with suppress(ValueError):
                url = scalars.site_root(self._page.url)
            return site_settings.new_settings(
                self._folder,
                title=names.clean_line(self._page.title) or "Status",
                services=services.service_ids(found),
                url=url,
            )
        config = settings_of(self._folder)
        if self._adds_services:
            self._issues = self._issues or self._read({})
            if unknown := self._unknown(self._issues, config):
                return site_settings.added_services(self._folder, unknown)
        return ImportSettings(config=config)

    def find(self, config: Config, existing: Mapping[str, ImportedFile]) -> SourceContent:
        """Return the content of the page, given the *existing* files."""
        known = sync.by_key(existing.values(), convert.GITHUB)
        issues = self._issues or self._read(existing)
        self._issues = None
        self.unknown = self._unknown(issues, config)
        ids, _ = services.match_services(all_services(self._page, issues), config)
        config = self._page.config(config, ids)
        people = People(config.github, self._repository)
        adapted = [self._page.adapted(issue, ids) for issue in issues]
        shown = [one for one in adapted if not one.count or one.issue.key in known]
        remarks = {one.issue.key: one.remarks for one in shown}
        accepted = {key: one.accepted for key, one in known.items() if one.accepted}
        now = self._repository.now or datetime.now(UTC)

        def read(issue: Issue, trusts: Trusts, is_unchecked: Trusts) -> SourceItem:
            item = convert.item(
                issue,
                config,
                trusts,
                repository=self._repository.name,
                now=now,
                accepted=accepted.get(issue.key),
                was_withdrawn=issue.key in known and known[issue.key].is_withdrawn,
                deeds=known[issue.key].deeds if issue.key in known else None,
                is_unchecked=is_unchecked,
            )
            return replace(item, remarks=(*remarks[issue.key], *item.remarks))

        hidden = {one.issue.key: one.count for one in shown if one.count}
        items = people.items([one.issue for one in shown], accepted, read, track=tracker())
        left_out = [one.count for one in adapted if one.count and one.issue.key not in known]
        return SourceContent(
            items=tuple(
                replace(item, verdict=Verdict.HIDE, reason=f"it is {hidden[item.key]}")
                if item.key in hidden
                else item
                for item in items
            ),
            left_out={count: left_out.count(count) for count in left_out},
        )

    def print_unknown_services(self) -> None:
        """Print the names that do not match a service, and the entries to add for them."""
        if not self.unknown:
            return
        named = listed((quoted(one.name) for one in self.unknown), "and")
        path = format_path(self._folder / FILE)
        note(f"{path}: no service is named {named}; use --add-services, or add:")
        note(settings_file.service_entries(self.unknown).rstrip("\n"))

    def _read(self, existing: Mapping[str, ImportedFile]) -> list[Issue]:
        """Read all issues of the page, and those that have *existing* published files."""
        scope = self._repository.name
        places = sync.shown(existing.values(), convert.GITHUB, scope=scope)
        numbers = [int(place.rpartition("#")[2]) for place in places]
        found = self._repository.issues(self._page.labels, shown=sorted(numbers), track=tracker())
        check_clock(self._repository.now, "GitHub")
        if not found:
            raise OutsideError(f"{scope} has no issues with the labels of the page; check --repo")
        return found

    def _unknown(self, issues: list[Issue], config: Config) -> list[Service]:
        """Return the services that *issues* name but *config* lacks."""
        wanted = {names.folded(name) for issue in issues for name in self._page.named(issue)}
        found = all_services(self._page, issues)
        named = [one for one in found if names.folded(one.name) in wanted]
        return services.match_services(named, config)[1]
