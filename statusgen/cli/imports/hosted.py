"""The commands import instatus and import betterstack, for hosted pages that need a key."""

import os
import re

import click

from statusgen.cli.console import note, tracker
from statusgen.cli.imports.importing import (
    ImportOptions,
    api_address,
    import_options,
    is_on_this_machine,
    problems_shown,
)
from statusgen.cli.imports.record_import import add_services_option, import_records
from statusgen.cli.options import Command, Word
from statusgen.importers.hosted import betterstack, instatus
from statusgen.importers.records.json_client import JsonClient
from statusgen.model import Kind, Severity
from statusgen.problems import UsageError, quoted
from statusgen.system.network import Waiting

_INSTATUS = "https://api.instatus.com"
_BETTERSTACK = "https://uptime.betterstack.com/api/v2"
_CREDENTIAL = re.compile("[!-~]{1,512}")  # printable, without spaces
_PAGE = re.compile("[A-Za-z0-9_-]{1,64}")
_PAUSE = 0.25  # seconds between requests
_SEVERITIES = [str(one) for one in Kind.INCIDENT.severities if one is not Severity.NONE]


def _hosted_options(command: Command) -> Command:
    """Add the options that all hosted pages share."""
    api = click.option("--api-url", metavar="URL", help="Address of the API.")
    page = click.option("--page", metavar="ID", required=True, help="ID of the page.")
    return page(api(add_services_option(import_options(command))))


@click.command("instatus", epilog="Example: statusgen import instatus --page ckf01")
@click.option(
    "--severity",
    type=Word("severity", _SEVERITIES),
    default=str(Severity.DEGRADED),
    help="Severity of incidents, which the API does not record. Default: degraded.",
)
@_hosted_options
def import_instatus_command(
    page: str, api_url: str | None, severity: str, add_services: bool, options: ImportOptions
) -> None:
    """Import the incidents of a page on Instatus (unverified).

    Reads the page through Instatus' API, with the key in INSTATUS_API_KEY. Not tried on a real page
    yet: check the result. Creates statusgen.yml if it is missing.
    """
    with problems_shown():
        client = _client(_checked(page), api_url or _INSTATUS, "INSTATUS_API_KEY", "Instatus")
        import_records(
            instatus.INSTATUS,
            page,
            options,
            lambda _: instatus.read_site(client, page, Severity(severity)),
            add_services=add_services,
        )


@click.command("betterstack", epilog="Example: statusgen import betterstack --page 123456")
@_hosted_options
def import_betterstack_command(
    page: str, api_url: str | None, add_services: bool, options: ImportOptions
) -> None:
    """Import the reports of a page on Better Stack (unverified).

    Reads the page through Better Stack's API, with the token in BETTERSTACK_TOKEN. Not tried on a
    real page yet: check the result. Creates statusgen.yml if it is missing.
    """
    with problems_shown():
        name = "Better Stack"
        client = _client(_checked(page), api_url or _BETTERSTACK, "BETTERSTACK_TOKEN", name)
        import_records(
            betterstack.BETTERSTACK,
            page,
            options,
            lambda _: betterstack.read_site(client, page, track=tracker()),
            add_services=add_services,
        )


def _checked(page: str) -> str:
    if _PAGE.fullmatch(page) is None:
        raise UsageError(f"--page: {quoted(page)} is not the ID of a page; write one such as ckf01")
    return page


def _client(page: str, api_url: str, variable: str, service: str) -> JsonClient:
    """Return a client for the API of *service* with the key in *variable*, for *page*."""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise UsageError(f"no key for page {quoted(page)}; set {variable}")
    if _CREDENTIAL.fullmatch(key) is None:
        raise UsageError(f"{variable} has spaces or other characters; copy it again")
    root = api_address(api_url, None, api_url)
    return JsonClient(
        root,
        f"the API of {service}",
        headers={"Authorization": f"Bearer {key}"},
        secret=key,
        remedy=f"check {variable} and --page",
        pause=0 if is_on_this_machine(root) else _PAUSE,
        waiting=Waiting(tell=note),
    )
