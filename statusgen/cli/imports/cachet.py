"""The command import cachet."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click

from statusgen.cli.console import note
from statusgen.cli.imports.importing import (
    ImportOptions,
    import_options,
    is_on_this_machine,
    problems_shown,
)
from statusgen.cli.imports.record_import import add_services_option, import_records
from statusgen.cli.options import Word
from statusgen.importers.cachet.api import CachetPage
from statusgen.importers.cachet.entries import EntryReader
from statusgen.importers.json_reader import JsonError
from statusgen.importers.records.json_client import JsonClient
from statusgen.importers.records.record import SourceSite
from statusgen.importers.sync import ImportSource
from statusgen.model import Kind, Severity
from statusgen.problems import UsageError, quoted
from statusgen.schema import scalars
from statusgen.system.network import Waiting

CACHET = ImportSource(name="cachet", prefix="cachet-", gone="it is no longer on the page")

_PAUSE = 0.25  # seconds between requests
_SEVERITIES = [one for one in Kind.INCIDENT.severities if one is not Severity.NONE]


@click.command(
    "cachet",
    epilog="Example: statusgen import cachet https://status.acme.example --timezone Europe/Rome",
)
@click.argument("url", metavar="URL")
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Time zone of the Cachet server. Default: UTC, with a remark.",
)
@click.option(
    "--severity",
    type=Word("severity", list(map(str, _SEVERITIES))),
    default=str(Severity.DEGRADED),
    help="Severity of incidents, which version 2 does not record. Default: degraded.",
)
@add_services_option
@import_options
def import_cachet_command(
    url: str,
    timezone: str | None,
    severity: str,
    add_services: bool,
    options: ImportOptions,
) -> None:
    """Import the incidents of a Cachet page.

    Reads the public API of version 2 or 3 at URL, without credentials. Hidden incidents are left
    out. Creates statusgen.yml if it is missing.
    """
    with problems_shown():
        try:
            root = scalars.site_root(url)
            zone = scalars.zone(timezone) if timezone else ZoneInfo("UTC")
        except ValueError as fault:
            raise UsageError(str(fault)) from None
        is_here = is_on_this_machine(root)
        if urlsplit(root).scheme != "https" and not is_here:
            raise UsageError(f"{quoted(url)} is not https; use https://")
        client = JsonClient(
            root, "a page of Cachet", pause=0 if is_here else _PAUSE, waiting=Waiting(tell=note)
        )
        scope = urlsplit(root).netloc

        def read() -> SourceSite:
            return _site(client, root, zone, Severity(severity), has_zone=timezone is not None)

        import_records(CACHET, scope, options, lambda _: read(), add_services=add_services)


def _site(
    client: JsonClient, root: str, zone: ZoneInfo, severity: Severity, *, has_zone: bool
) -> SourceSite:
    """Return the page that *client* reads at *root*; raise OutsideError if that fails."""
    page = CachetPage(client)
    page.read()
    reader = EntryReader(components=page.components, zone=zone, severity=severity)
    remarks = []
    if not has_zone:
        remarks.append("Cachet's times have no time zone; read as UTC (see --timezone)")
    try:
        records = [
            *map(reader.incident, page.incidents.values()),
            *map(reader.schedule, page.schedules.values()),
        ]
    except JsonError as error:
        raise client.unexpected(error) from None
    return SourceSite(
        scope=urlsplit(root).netloc,
        title="Status",
        url=root,
        base_url=root,
        timezone=str(zone),
        zone=zone,
        services=tuple(reader.services()),
        records=tuple(records),
        remarks=tuple(remarks),
        left_out={"hidden": page.hidden} if page.hidden else {},
    )
