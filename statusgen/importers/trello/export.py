"""Read a board from Trello's JSON export (board menu → Print, export and share → JSON).

An export has only the newest 1,000 actions, so comments and moves may be missing.
"""

from collections.abc import Iterator
from pathlib import Path

from statusgen.characters import printable
from statusgen.importers.json_reader import JsonError, JsonMap, parse_json
from statusgen.importers.texts import counted
from statusgen.importers.trello.board_records import CUT, Board, read_board
from statusgen.problems import ContentError, Problem, UsageError, quoted

_BYTE_ORDER_MARK = "\ufeff"

# Keys that identify other kinds of files, and a hint for each.
_OTHERS = (
    (("idBoard", "idList"), "it is one card; export the board"),
    (("idBoard", "cards"), "it is one list; export the board"),
    (("page", "incidents"), "it looks like a response from Statuspage's API"),
    (("page", "components"), "it looks like a response from Statuspage's API"),
    (("months",), "it looks like a history from Statuspage"),
    (("data", "meta"), "it looks like a response from Cachet's API"),
)


def parse_export(data: bytes, *, path: Path) -> tuple[Board, list[str]]:
    """Read *data*, the content of *path*; return the board and remarks.

    Raises UsageError if it is not a board, and ContentError if part of it is invalid.
    """
    remarks = []
    try:
        text = data.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        remarks.append(f"{printable(str(path))} is not UTF-8; read as Latin-1")
    try:
        document = parse_json(text)
        if not isinstance(document, dict) or not {"actions", "cards", "lists"} <= set(document):
            raise UsageError(_refusal(document, path))
        return (read_board(JsonMap(document), is_export=True), remarks)
    except JsonError as error:
        message = printable(str(error))
        problem = Problem(path=path, line=error.line, column=error.column, message=message)
        raise ContentError([problem]) from None


def gaps(board: Board) -> Iterator[str]:
    """Yield a message for each kind of content that is missing from the export of *board*."""
    missing_comments = [card.missing_comments for card in board.cards if card.missing_comments]
    if missing_comments:
        number = sum(card.comments for card in board.cards)
        cards = counted(len(missing_comments), "card")
        what = f"{sum(missing_comments)} of {number} comments on {cards} are missing"
        yield f"the export has only the newest {CUT:,} actions: {what}"


def _refusal(document: object, path: Path) -> str:
    """Return the error message for *document*, which is not a board; a known format gets a hint."""
    keys = set(document) if isinstance(document, dict) else set()
    hint = next((hint for marks, hint in _OTHERS if keys.issuperset(marks)), "")
    what = f"{quoted(str(path))} is not an export of a Trello board"
    return f"{what}: {hint}" if hint else f"{what}: missing actions, cards or lists"
