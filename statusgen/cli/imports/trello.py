"""The command import trello, for a live board or its export."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from statusgen.authoring import settings_file
from statusgen.cli.console import EXIT_PROBLEMS, format_path, note, tracker
from statusgen.cli.imports.importing import (
    ImportOptions,
    api_address,
    import_options,
    problems_shown,
    run_import,
)
from statusgen.config.loader import settings_of
from statusgen.config.settings import FILE, Config
from statusgen.importers import names, services, site_settings, sync
from statusgen.importers.services import SourceService
from statusgen.importers.site_settings import ImportSettings
from statusgen.importers.sync import ImportedFile, SourceContent
from statusgen.importers.trello import export, labels
from statusgen.importers.trello.board_records import Board
from statusgen.importers.trello.client import MAX_ANSWER, BoardClient
from statusgen.importers.trello.convert import TRELLO, BoardReader
from statusgen.model import Service
from statusgen.problems import ContentError, Problem, UsageError, listed, quoted
from statusgen.schema import scalars
from statusgen.system import files
from statusgen.system.network import Waiting

_PUBLIC = "https://api.trello.com/1"
_CREDENTIAL = re.compile("[!#-~]{1,512}")  # printable, without spaces or quotes


@click.command("trello", epilog="Example: statusgen import trello --board Ab3dEf9h --commit")
@click.argument("file", metavar="[FILE.json]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--board",
    metavar="ID",
    help="ID, short link or address of the board. Default: $TRELLO_BOARD_ID.",
)
@click.option("--api-url", metavar="URL", help=f"Address of Trello's API. Default: {_PUBLIC}.")
@click.option("--partial", is_flag=True, help="Import FILE even if comments are missing.")
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
    from FILE.json, an export of the board. A list is a state, a label 'status:...' is a severity,
    any other label is a service, and a comment is an update. Creates statusgen.yml if it is
    missing.
    """
    with problems_shown():
        reading = _read(file, board, api_url, partial=partial)
        importing = _TrelloImport(reading, options.folder, add_services=add_services)
        try:
            run_import(
                TRELLO,
                reading.board.short_link,
                options,
                importing.settings,
                importing.find,
            )
        finally:
            importing.print_unknown_services()
    if importing.unknown:
        raise click.exceptions.Exit(EXIT_PROBLEMS)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """A *board*, a function that reads it *again*, and the clock for changes without a date."""

    board: Board
    again: Callable[[], Board]
    now: Callable[[], datetime]


def _read(file: Path | None, board: str | None, api_url: str | None, *, partial: bool) -> _Reading:
    """Read the board that the options select, live or from *file*."""
    if file is None:
        if partial:
            raise UsageError("--partial needs an export; name its file, or remove --partial")
        return _read_live(board, api_url)
    if board is not None or api_url is not None:
        raise UsageError("--board and --api-url do not apply to a file; remove them")
    if "://" in str(file) or str(file).startswith(("https:", "http:")):
        raise UsageError(f"{quoted(str(file))} is an address; pass it with --board")
    if files.kind_of(file) is files.EntryKind.FOLDER:
        raise UsageError(f"{quoted(str(file))} is a folder; use the JSON file of the export")
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
        raise UsageError(f"{what}, or name a file exported from Trello")
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
        what = f"{variable} has spaces, quotes or other characters that Trello's keys do not have"
        raise UsageError(f"{what}; copy it again")
    return value


class _TrelloImport:
    """An import of a board into the site in *folder*; *unknown* lists missing services."""

    def __init__(self, reading: _Reading, folder: Path, *, add_services: bool) -> None:
        self.unknown: list[Service] = []
        self._reading = reading
        self._folder = folder
        self._adds_services = add_services
        self._board: Board | None = reading.board  # used by the first `find`
        self._track = tracker()

    def settings(self) -> ImportSettings:
        """Return the settings of the site, or new ones if it has none."""
        board = self._reading.board
        if files.kind_of(self._folder / FILE) is None:
            found = services.service_ids(labels.board_services(board))
            if not found:
                what = f"board {quoted(board.name)} has no service labels"
                raise UsageError(f"{what}; label its cards, or create statusgen.yml")
            title = names.clean_line(board.name) or "Status"
            return site_settings.new_settings(self._folder, title=title, services=found)
        config = settings_of(self._folder)
        if self._adds_services:
            reader = self._reader(board, config, {})
            reader.content()
            if unknown := _unknown(reader, board, config):
                return site_settings.added_services(self._folder, unknown)
        return ImportSettings(config=config)

    def find(self, config: Config, existing: Mapping[str, ImportedFile]) -> SourceContent:
        """Return the content of the board, given the *existing* files."""
        board = self._board or self._reading.again()
        self._board = None
        reader = self._reader(board, config, sync.by_key(existing.values(), TRELLO))
        content = reader.content(track=self._track)
        self.unknown = _unknown(reader, board, config)
        return content

    def print_unknown_services(self) -> None:
        """Print the labels that do not match a service, and the entries to add for them."""
        if not self.unknown:
            return
        labels_ = listed((quoted(one.name) for one in self.unknown), "and")
        noun = "label" if len(self.unknown) == 1 else "labels"
        path = format_path(self._folder / FILE)
        note(f"{path}: no service matches the {noun} {labels_}; use --add-services, or add:")
        note(settings_file.service_entries(self.unknown).rstrip("\n"))
        note("If a label was renamed, add its new name to the aliases of its service.")
        note("If a label is not a service, add it to trello: ignored_labels.")

    def _reader(
        self, board: Board, config: Config, known: Mapping[str, ImportedFile]
    ) -> BoardReader:
        ids, _ = services.match_services(labels.board_services(board), config)
        return BoardReader(board, config, ids, known=known, now=self._reading.now())


def _unknown(reader: BoardReader, board: Board, config: Config) -> list[Service]:
    """Return the services that published cards on *board* name but *config* lacks."""
    since = labels.first_day(board)
    found = [SourceService(name=name, since=since) for name in reader.unmatched]
    return services.match_services(found, config)[1]
