"""Import from a Trello board, live or from its export."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from statusgen.authoring import settings_file
from statusgen.cli.console import EXIT_PROBLEMS, format_path, note, tracker
from statusgen.cli.importing import (
    ImportOptions,
    api_address,
    import_options,
    problems_shown,
    run_import,
)
from statusgen.config.loader import settings_of
from statusgen.config.settings import FILE, Config
from statusgen.importers import names, services, site_settings, sync
from statusgen.importers.site_settings import SettingsChange
from statusgen.importers.sync import ImportedFile, SourceContent
from statusgen.importers.trello import convert, export, labels
from statusgen.importers.trello.board_records import Board
from statusgen.importers.trello.client import MAX_ANSWER, BoardClient
from statusgen.importers.trello.convert import TRELLO
from statusgen.model import Service
from statusgen.problems import ContentError, Problem, UsageError, listed, quoted
from statusgen.schema import scalars
from statusgen.system import files
from statusgen.system.network import Waiting

_PUBLIC = "https://api.trello.com/1"
_CREDENTIAL = re.compile("[!#-~]{1,512}")  # printable, without blanks and quotes


@click.command("trello", epilog="Example: statusgen import trello --board Ab3dEf9h --commit")
@click.argument("file", metavar="[FILE.json]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--board",
    metavar="ID",
    help="The board: its id, short link or address. Default: $TRELLO_BOARD_ID.",
)
@click.option("--api-url", metavar="URL", help=f"Trello's API. Default: {_PUBLIC}.")
@click.option("--partial", is_flag=True, help="Import FILE although it lacks comments.")
@click.option("--add-services", is_flag=True, help="Add unknown services to statusgen.yml.")
@import_options
def import_trello_command(
    file: Path | None,
    board: str | None,
    api_url: str | None,
    partial: bool,
    add_services: bool,
    options: ImportOptions,
) -> None:
    """Import the cards of a Trello board.

    Reads the board through Trello's API, with the key and token in TRELLO_KEY and TRELLO_TOKEN, or
    FILE.json, a board's export. A list is a state, a label 'status:...' a severity, other labels
    are services, comments updates. Writes statusgen.yml, too, where there is none.
    """
    with problems_shown():
        reading = _read(file, board, api_url, partial=partial)
        site = _site(reading.board, options.folder, add_services=add_services)
        boards = [reading.board]  # read already; what comes later is read again

        def find(there: Mapping[str, ImportedFile]) -> SourceContent:
            latest = boards.pop() if boards else reading.again()
            return convert.content(
                latest,
                site.config,
                _services(latest, site.config)[0],
                known=sync.by_key(there.values(), TRELLO),
                now=reading.now(),
            )

        scope = reading.board.short_link
        try:
            run_import(TRELLO, scope, site.config, options, find, settings=site.change)
        finally:
            _tell_of_services(site, options.folder)
    if site.unknown:
        raise click.exceptions.Exit(EXIT_PROBLEMS)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """A *board* that was read, how to read it *again*, and the clock that dates its changes."""

    board: Board
    again: Callable[[], Board]
    now: Callable[[], datetime]


def _read(file: Path | None, board: str | None, api_url: str | None, *, partial: bool) -> _Reading:
    """Read the board that the options name, live or from *file*."""
    if file is None:
        if partial:
            raise UsageError("--partial is for a file; name the export, or leave it out")
        return _read_live(board, api_url)
    if board is not None or api_url is not None:
        raise UsageError("a file is read without the network; leave out --board and --api-url")
    try:
        data = files.read_bytes(file, limit=MAX_ANSWER)
    except files.UnreadableError as error:
        raise ContentError([error.problem(file)]) from None
    found, remarks = export.parse_export(data, path=file)
    for remark in remarks:
        note(remark)
    for gap in export.gaps(found):
        if not partial:
            remedy = f"import live with --board {found.short_link}, or add --partial"
            problem = Problem(path=file, line=1, column=1, message=f"{gap}; {remedy}")
            raise ContentError([problem])
        note(gap)
    return _Reading(board=found, again=lambda: found, now=lambda: found.active)


def _read_live(board: str | None, api_url: str | None) -> _Reading:
    name = board or os.environ.get("TRELLO_BOARD_ID", "").strip()
    if not name:
        what = "no board; use --board ID, or set TRELLO_BOARD_ID"
        raise UsageError(f"{what}, or name a file that was exported from Trello")
    try:
        name = scalars.trello_board(name)
    except ValueError as fault:
        raise UsageError(f"{'--board' if board else 'TRELLO_BOARD_ID'}: {fault}") from None
    key, token = (_credential(variable) for variable in ("TRELLO_KEY", "TRELLO_TOKEN"))
    root = api_address(api_url, None, _PUBLIC)
    client = BoardClient(name, key, token, api_url=root, waiting=Waiting(tell=note))
    found = client.read(track=tracker())
    return _Reading(board=found, again=client.read, now=lambda: client.now or datetime.now(UTC))


def _credential(variable: str) -> str:
    value = os.environ.get(variable, "").strip()
    if not value:
        raise UsageError(f"no credentials; set TRELLO_KEY and TRELLO_TOKEN ({variable} is not set)")
    if _CREDENTIAL.fullmatch(value) is None:
        raise UsageError(f"{variable} has blanks, quotes or other characters that no key has")
    return value


@dataclass(frozen=True, kw_only=True)
class _Site:
    """The settings by which to import, how they *change*, and services that are not in them."""

    config: Config
    change: SettingsChange | None
    unknown: list[Service]


def _site(board: Board, folder: Path, *, add_services: bool) -> _Site:
    """Return the settings of the site in *folder*, new ones where there are none."""
    if files.kind_of(folder / FILE) is None:
        found = services.service_ids(labels.all_services(board))
        if not found:
            raise UsageError(f"the board {quoted(board.name)} has no labels that name a service")
        config, change = site_settings.new_settings(folder, title=_title(board), services=found)
        return _Site(config=config, change=change, unknown=[])
    config = settings_of(folder)
    unknown = _services(board, config)[1]
    if unknown and add_services:
        config, change = site_settings.added_services(folder, unknown)
        return _Site(config=config, change=change, unknown=[])
    return _Site(config=config, change=None, unknown=unknown)


def _services(board: Board, config: Config) -> tuple[Mapping[str, str], list[Service]]:
    """Return the ids of services by the names of labels, and services that are not known."""
    return services.match_services(
        labels.used_services(board, config.trello.ignored_labels), config
    )


def _title(board: Board) -> str:
    return names.clean_line(board.name) or "Status"


def _tell_of_services(site: _Site, folder: Path) -> None:
    """Say which labels name no service of the site, and what to add for them."""
    if not site.unknown:
        return
    names = listed((quoted(one.name) for one in site.unknown), "and")
    path = format_path(folder / FILE)
    remedy = "use --add-services, or add to 'services:'"
    note(f"{path}: no service has the name of the label {names}; {remedy}")
    note(settings_file.service_entries(site.unknown).rstrip("\n"))
    note("A label that is no service goes into 'trello: ignored_labels:'.")
