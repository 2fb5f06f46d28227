"""Read a built site from a folder or from its live address."""

import re
from pathlib import Path

from statusgen.build.pipeline import RECORD
from statusgen.characters import printable
from statusgen.problems import UsageError, quoted
from statusgen.publishing import diff
from statusgen.publishing.diff import PageState
from statusgen.render import incidents_json
from statusgen.system import files, network

_LIMIT = 64 * 1024 * 1024  # bytes read of a file
_ABSENT = (404, 410)
_SHOWN = 100  # characters of an error, which may quote what a server sent


def is_address(place: str) -> bool:
    """Return True if *place* is the address of a live site, False if it is a folder."""
    return re.match("https?://", place, re.IGNORECASE) is not None


def digest(place: str) -> str | None:
    """Return the digest of the site at *place*, or None if there is no statusgen site.

    Raises UnreachableError if an address does not answer, OutsideError if a file cannot be read.
    """
    record = _read(place, RECORD)
    try:
        return diff.digest_of(record) if record is not None else None
    except ValueError:
        return None  # Another program or site wrote this file.


def page(place: str) -> PageState | None:
    """Return the state of the site at *place*, or None if there is no site.

    Raises UsageError if *place* has something else, and the errors of `digest`.
    """
    record = _read(place, RECORD)
    if record is None:
        return None
    try:
        return diff.page(record, _read(place, incidents_json.PATH) or b"")
    except ValueError as error:
        what = f"{quoted(place)} is not a site built by this version of statusgen"
        raise UsageError(
            f"{what} ({printable(str(error))[:_SHOWN]}); give a folder or an address of one"
        ) from None


def _read(place: str, path: str) -> bytes | None:
    """Read the file *path* of the site at *place*; return None if it does not exist."""
    if not is_address(place):
        file = Path(place) / path
        return files.read_bytes(file, limit=_LIMIT) if files.kind_of(file) is not None else None
    url = f"{place.rstrip('/')}/{path}"
    answer = network.get(url, limit=_LIMIT)
    if answer.status in _ABSENT:
        return None
    if answer.status != 200:
        raise network.UnreachableError(url, f"answered with status {answer.status}")
    return answer.body
