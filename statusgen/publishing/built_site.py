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

_LIMIT = 64 * 1024 * 1024  # maximum size of a file in bytes
_ABSENT = (404, 410)
_SHOWN = 100  # characters of an error, which may quote a server's response


def is_address(location: str) -> bool:
    """Return True if *location* is the address of a live site, False if it is a folder."""
    return re.match("https?://", location, re.IGNORECASE) is not None


def digest(location: str) -> str | None:
    """Return the digest of the site at *location*, or None if there is no statusgen site.

    Raises UnreachableError if an address does not answer, OutsideError if a file cannot be read.
    """
    record = _read(location, RECORD)
    try:
        return diff.digest_of(record) if record is not None else None
    except ValueError:
        return None  # Another program wrote this file.


def page(location: str) -> PageState | None:
    """Return the state of the site at *location*, or None if there is no site.

    Raises UsageError if another version or program built it, and the same errors as `digest`.
    """
    record = _read(location, RECORD)
    if record is None:
        return None
    try:
        return diff.page(record, _read(location, incidents_json.PATH) or b"")
    except ValueError as error:
        what = f"{quoted(location)} is not a site built by this version of statusgen"
        raise UsageError(
            f"{what} ({printable(str(error))[:_SHOWN]}); give a folder or an address of one"
        ) from None


def _read(location: str, path: str) -> bytes | None:
    """Read the file *path* of the site at *location*; return None if it does not exist."""
    if not is_address(location):
        file = Path(location) / path
        return files.read_bytes(file, limit=_LIMIT) if files.kind_of(file) is not None else None
    url = f"{location.rstrip('/')}/{path}"
    answer = network.get(url, limit=_LIMIT)
    if answer.status in _ABSENT:
        return None
    if answer.status != 200:
        raise network.UnreachableError(url, f"answered with status {answer.status}")
    return answer.body
