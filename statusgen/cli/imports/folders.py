"""The commands that import the folder of another static status page."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from statusgen.cli.imports.importing import ImportOptions, import_options, problems_shown
from statusgen.cli.imports.record_import import add_services_option, import_records
from statusgen.cli.options import Command, Word
from statusgen.importers.folders import cstate, pelican, statusfy, statuskit
from statusgen.importers.records.record import SourceSite
from statusgen.importers.sync import ImportSource
from statusgen.model import Kind, Severity
from statusgen.problems import UsageError
from statusgen.schema import scalars


def _folder_options(command: Command) -> Command:
    """Add the argument and the options that all folders share."""

    @wraps(command)
    def with_zone(*arguments: Any, timezone: str | None, **keywords: Any) -> Any:
        try:
            zone = str(scalars.zone(timezone)) if timezone else ""
        except ValueError as fault:
            raise UsageError(f"--timezone: {fault}") from None
        return command(*arguments, timezone=zone, **keywords)

    found: Command = with_zone
    for option in (
        import_options,
        add_services_option,
        click.option(
            "--timezone",
            metavar="ZONE",
            help="Time zone of times without an offset. Default: as in the folder, or UTC.",
        ),
        click.argument("source", metavar="FOLDER", type=click.Path(path_type=Path)),
    ):
        found = option(found)
    return found


def _import(
    source: ImportSource,
    read: Callable[[], SourceSite],
    options: ImportOptions,
    *,
    add_services: bool,
) -> None:
    with problems_shown():
        site = read()
        import_records(source, site.scope, options, lambda _: site, add_services=add_services)


@click.command("cstate", epilog="Example: statusgen import cstate ../old-status")
@click.option(
    "--planned",
    metavar="FILE",
    multiple=True,
    help="Incident that was maintenance; may be repeated.",
)
@_folder_options
def import_cstate_command(
    source: Path,
    timezone: str,
    planned: tuple[str, ...],
    add_services: bool,
    options: ImportOptions,
) -> None:
    """Import the incidents of a cState page.

    FOLDER is a clone of the page, with config.yml and content/issues. Old addresses keep working.
    Creates statusgen.yml if it is missing.
    """
    _import(
        cstate.CSTATE,
        lambda: cstate.read_site(source, timezone=timezone, planned=planned),
        options,
        add_services=add_services,
    )


@click.command("statusfy", epilog="Example: statusgen import statusfy ../old-status")
@_folder_options
def import_statusfy_command(
    source: Path, timezone: str, add_services: bool, options: ImportOptions
) -> None:
    """Import the incidents of a Statusfy page.

    FOLDER is a clone of the page, with config.js, locales and content. Only the default language is
    imported. Creates statusgen.yml if it is missing.
    """
    _import(
        statusfy.STATUSFY,
        lambda: statusfy.read_site(source, timezone=timezone),
        options,
        add_services=add_services,
    )


@click.command("statuskit", epilog="Example: statusgen import statuskit ../old-status")
@_folder_options
def import_statuskit_command(
    source: Path, timezone: str, add_services: bool, options: ImportOptions
) -> None:
    """Import the incidents of a Netlify StatusKit page.

    FOLDER is a clone of the page, with site/config.toml and site/content/incidents. Creates
    statusgen.yml if it is missing.
    """
    _import(
        statuskit.STATUSKIT,
        lambda: statuskit.read_site(source, timezone=timezone),
        options,
        add_services=add_services,
    )


@click.command("pelican", epilog="Example: statusgen import pelican ../old-status")
@click.option(
    "--severity",
    type=Word("severity", [str(one) for one in Kind.INCIDENT.severities]),
    default=str(Severity.NONE),
    help="Severity of incidents, which Pelican does not record. Default: they become notices.",
)
@click.option(
    "--service",
    "chosen",
    metavar="ID",
    multiple=True,
    help="Service of incidents that list none. May be repeated.",
)
@_folder_options
def import_pelican_command(
    source: Path,
    timezone: str,
    severity: str,
    chosen: tuple[str, ...],
    add_services: bool,
    options: ImportOptions,
) -> None:
    """Import the incidents of a page built with Pelican, such as Fedora's.

    FOLDER is a clone of the page, with the folders ongoing, planned and resolved in content.
    Creates statusgen.yml if it is missing.
    """
    _import(
        pelican.PELICAN,
        lambda: pelican.read_site(
            source, timezone=timezone, severity=Severity(severity), services=chosen
        ),
        options,
        add_services=add_services,
    )
