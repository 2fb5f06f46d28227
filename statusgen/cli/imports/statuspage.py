"""The command import statuspage, for a public page or with a key."""

import os
import re
from urllib.parse import urlsplit

import click

from statusgen.cli.console import note, tracker
from statusgen.cli.imports.importing import (
    ImportOptions,
    api_address,
    import_options,
    is_on_this_machine,
    problems_shown,
)
from statusgen.cli.imports.record_import import Known, add_services_option, import_records
from statusgen.importers.records.json_client import JsonClient
from statusgen.importers.records.record import SourceSite
from statusgen.importers.statuspage.manage_api import ManagedPage
from statusgen.importers.statuspage.public_page import PublicPage
from statusgen.importers.sync import ImportSource
from statusgen.problems import UsageError, quoted
from statusgen.schema import scalars
from statusgen.system.network import Waiting
from statusgen.timeline.timeline import SETTLED, last_state

_PUBLIC = "https://api.statuspage.io/v1"
_KEY = "STATUSPAGE_API_KEY"
_CREDENTIAL = re.compile("[!-~]{1,512}")  # printable, without spaces
_PAGE = re.compile("[A-Za-z0-9-]{1,64}")
_SLOW = 0.25  # seconds between requests for public files
_SLOWEST = 1.0  # seconds between requests to the API, which allows one a second

STATUSPAGE = ImportSource(name="statuspage", prefix="", gone="it is no longer on the page")


@click.command(
    "statuspage", epilog="Example: statusgen import statuspage https://www.githubstatus.com"
)
@click.argument("url", metavar="[URL]", required=False)
@click.option("--page", metavar="ID", help=f"ID of the page, to read it with the key in {_KEY}.")
@click.option("--api-url", metavar="URL", help=f"Address of the API. Default: {_PUBLIC}.")
@click.option("--full", is_flag=True, help="Also read resolved incidents again.")
@add_services_option
@import_options
def import_statuspage_command(
    url: str | None,
    page: str | None,
    api_url: str | None,
    full: bool,
    add_services: bool,
    options: ImportOptions,
) -> None:
    """Import the incidents of a page on Atlassian Statuspage.

    Reads the whole history of the public page at URL, which needs no key, or the page with an ID
    through Statuspage's API, with the key in STATUSPAGE_API_KEY. Incidents keep their codes, so old
    links and API clients keep working. Creates statusgen.yml if it is missing.
    """
    with problems_shown():
        if (url is None) == (page is None):
            raise UsageError("name either the URL of a public page, or a page with --page ID")
        if page is not None:
            if full:
                raise UsageError("--full does not apply to --page, which reads everything")
            scope = _page(page)
            managed = ManagedPage(scope, _api_client(api_url))
            import_records(
                STATUSPAGE,
                scope,
                options,
                lambda _: managed.read(track=tracker()),
                add_services=add_services,
            )
            return
        if api_url is not None:
            raise UsageError("--api-url does not apply to a public page; remove it")
        public = PublicPage(_public_client(url or ""))
        scope = public.id()

        def read(known: Known) -> SourceSite:
            return public.read({} if full else _settled(known, scope), track=tracker())

        import_records(STATUSPAGE, scope, options, read, add_services=add_services)


def _settled(known: Known, scope: str) -> dict[str, str]:
    """Return the versions of the incidents in *known* that are over, by code."""
    return {
        code: max(one.deeds, default="")
        for code, one in known.items()
        if one.mark and STATUSPAGE.is_origin(one.mark, scope) and one.deeds
        if one.accepted and not one.accepted.draft and last_state(one.accepted) in SETTLED
    }


def _public_client(url: str) -> JsonClient:
    """Return a client for the public page at *url*."""
    try:
        root = scalars.site_root(url)
    except ValueError as fault:
        raise UsageError(f"URL: {fault}") from None
    is_here = is_on_this_machine(root)
    if urlsplit(root).scheme != "https" and not is_here:
        raise UsageError(f"{quoted(url)} is not https; use https://")
    return JsonClient(
        root,
        "a page on Statuspage",
        pause=0 if is_here else _SLOW,
        limited=(403, 420, 429),
        waiting=Waiting(tell=note),
    )


def _api_client(api_url: str | None) -> JsonClient:
    """Return a client for the API, with the key from the environment."""
    key = os.environ.get(_KEY, "").strip()
    if not key:
        raise UsageError(f"no key; set {_KEY}")
    if _CREDENTIAL.fullmatch(key) is None:
        what = f"{_KEY} has spaces or other characters that Statuspage's keys do not have"
        raise UsageError(f"{what}; copy it again")
    root = api_address(api_url, None, _PUBLIC)
    return JsonClient(
        root,
        "Statuspage's API",
        headers={"Authorization": f"OAuth {key}"},
        secret=key,
        remedy=f"check {_KEY} and --page",
        pause=0 if is_on_this_machine(root) else _SLOWEST,
        waiting=Waiting(tell=note),
    )


def _page(page: str) -> str:
    if _PAGE.fullmatch(page) is None:
        what = f"--page: {quoted(page)} is not the ID of a page"
        remedy = "for the address of a public page, use: statusgen import statuspage URL"
        raise UsageError(
            f"{what}; {remedy}" if "/" in page else f"{what}; write one such as kctbh9vrtdwd"
        )
    return page
