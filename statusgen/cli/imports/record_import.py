"""Run the import of another status page whose incidents are read as records."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from statusgen.authoring import settings_file
from statusgen.cli.console import EXIT_PROBLEMS, format_path, note, tracker
from statusgen.cli.imports.importing import ImportOptions, run_import
from statusgen.cli.options import Command
from statusgen.config.loader import settings_of
from statusgen.config.settings import EXAMPLE_URL, FILE, Config
from statusgen.i18n import catalogue
from statusgen.importers import names, services, site_settings, sync
from statusgen.importers.records.convert import RecordConverter, site_services
from statusgen.importers.records.record import SourceSite
from statusgen.importers.site_settings import ImportSettings
from statusgen.importers.sync import ImportedFile, ImportSource, SourceContent
from statusgen.model import Service
from statusgen.problems import UsageError, listed, quoted
from statusgen.schema import scalars
from statusgen.system import files

NO_SERVICES = "the source names no services; create statusgen.yml first, with: statusgen init"

Known = Mapping[str, ImportedFile]  # files from earlier imports, by key


def add_services_option(command: Command) -> Command:
    """Add the option --add-services, passed as the parameter *add_services*."""
    return click.option(
        "--add-services", is_flag=True, help="Add unknown services to statusgen.yml."
    )(command)


def import_records(
    source: ImportSource,
    scope: str,
    options: ImportOptions,
    read: Callable[[Known], SourceSite],
    *,
    add_services: bool,
) -> None:
    """Import the incidents of the site that *read* returns, and print the result.

    Raises click's Exit with status 1 if a service is missing from the settings.
    """
    importing = _RecordImport(source, options.folder, read, add_services=add_services)
    try:
        run_import(source, scope, options, importing.settings, importing.find)
    finally:
        importing.print_unknown_services()
    if importing.unknown:
        raise click.exceptions.Exit(EXIT_PROBLEMS)


class _RecordImport:
    """An import into the site in *folder*; *unknown* lists missing services."""

    def __init__(
        self,
        source: ImportSource,
        folder: Path,
        read: Callable[[Known], SourceSite],
        *,
        add_services: bool,
    ) -> None:
        self.unknown: list[Service] = []
        self._source = source
        self._folder = folder
        self._read = read
        self._adds_services = add_services
        self._site: SourceSite | None = None  # read by `settings`, used by the next `find`

    def settings(self) -> ImportSettings:
        """Return the settings of the site, or new ones if it has none."""
        if files.kind_of(self._folder / FILE) is None:
            site = self._site = self._site or self._read({})
            return _new_settings(self._folder, site)
        config = settings_of(self._folder)
        if self._adds_services:
            site = self._site = self._site or self._read({})
            converter = self._converter(site, config, {})
            converter.content()
            if unknown := _unknown(converter, site, config):
                return site_settings.added_services(self._folder, unknown)
        return ImportSettings(config=config)

    def find(self, config: Config, existing: Mapping[str, ImportedFile]) -> SourceContent:
        """Return the content of the source, given the *existing* files."""
        known = sync.by_key(existing.values(), self._source)
        site = self._site or self._read(known)
        self._site = None
        converter = self._converter(site, config, known)
        content = converter.content(track=tracker())
        self.unknown = _unknown(converter, site, config)
        return content

    def print_unknown_services(self) -> None:
        """Print the names that do not match a service, and the entries to add for them."""
        if not self.unknown:
            return
        named = listed((quoted(one.name) for one in self.unknown), "and")
        path = format_path(self._folder / FILE)
        note(f"{path}: no service is named {named}; use --add-services, or add:")
        note(settings_file.service_entries(self.unknown).rstrip("\n"))
        note("If a service has another name here, add the old name to its aliases.")

    def _converter(self, site: SourceSite, config: Config, known: Known) -> RecordConverter:
        ids, _ = services.match_services(site_services(site, config.zone), config)
        now = datetime.now(UTC)
        return RecordConverter(self._source, site, config, ids, known=known, now=now)


def _new_settings(folder: Path, site: SourceSite) -> ImportSettings:
    """Return the settings of a new site in *folder* that is like *site*.

    Raises UsageError if *site* has no services.
    """
    found = site_services(site, site.zone)
    if not found:
        raise UsageError(NO_SERVICES)
    url = EXAMPLE_URL
    with suppress(ValueError):
        url = scalars.site_root(site.url)
    return site_settings.new_settings(
        folder,
        title=names.clean_line(site.title) or "Status",
        services=services.service_ids(found),
        groups=services.source_groups(found),
        url=url,
        language=site.language if site.language in catalogue.languages() else "en",
        timezone=site.timezone,
    )


def _unknown(converter: RecordConverter, site: SourceSite, config: Config) -> list[Service]:
    """Return the services that records in *site* name but *config* lacks."""
    wanted = {names.folded(name) for name in converter.unmatched}
    found = [one for one in site_services(site, config.zone) if names.folded(one.name) in wanted]
    groups = {one.id for one in config.groups}
    return [
        one if one.group in groups else replace(one, group=None)
        for one in services.match_services(found, config)[1]
    ]
