"""A built site, wherever it lies: in a folder, or live at an address."""

import re
from pathlib import Path

from statusgen.build.pipeline import RECORD
from statusgen.problems import UsageError, quoted
from statusgen.publishing import diff
from statusgen.publishing.diff import PageState
from statusgen.render import incidents_json
from statusgen.system import files, network

_LIMIT = 64 * 1024 * 1024  # bytes of a file that are looked at
_ABSENT = (404, 410)


def is_address(place: str) -> bool:
    """Whether *place* names a live site; anything else is a folder."""
    return re.match("https?://", place, re.IGNORECASE) is not None


def digest(place: str) -> str | None:
    """The digest of the site at *place*, or None where no site of ours is.

    Raises UnreachableError if an address gives no answer, OutsideError if a file cannot be read.
    """
    record = _read(place, RECORD)
    try:
        return diff.digest_of(record) if record is not None else None
    except ValueError:
        return None  # Whatever is there now, it is not the site.


def page(place: str) -> PageState | None:
    """What the site at *place* tells, or None where nothing is.

    Raises UsageError if something else is there, and as `digest` does.
    """
    record = _read(place, RECORD)
    if record is None:
        return None
    try:
        return diff.page(record, _read(place, incidents_json.PATH) or b"")
    except ValueError as error:
        what = f"{quoted(place)} is no site of this version of statusgen: {quoted(str(error))}"
        raise UsageError(f"{what}; name a folder or an address that it built") from None


def _read(place: str, path: str) -> bytes | None:
    """The file *path* of the site at *place*, or None if there is none."""
    if not is_address(place):
        file = Path(place) / path
        return files.read_bytes(file, limit=_LIMIT) if files.kind_of(file) is not None else None
    url = f"{place.rstrip('/')}/{path}"
    answer = network.get(url, limit=_LIMIT)
    if answer.status in _ABSENT:
        return None
    if answer.status != 200:
        raise network.UnreachableError(url, f"it answered {answer.status}")
    return answer.body
