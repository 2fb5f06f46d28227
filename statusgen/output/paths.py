"""Checks that output paths are valid on every system, and do not conflict with each other."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PureWindowsPath

from statusgen.characters import describe, forbidden
from statusgen.problems import quoted
from statusgen.system.files import is_litter

RECORD = ".statusgen.json"
STAGING = ".statusgen-staging"

# Lower-case paths that are valid on every system.
_SIMPLE = re.compile(r"(?:[a-z0-9_-][a-z0-9._-]{0,200}/)*+[a-z0-9_-][a-z0-9._-]{0,200}")
_NAME_LIMIT = 255  # bytes, on nearly every file system


def faults(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the *paths* that cannot be written, with the reason; in a conflict, the later path."""
    claimed: dict[str, tuple[str, bool]] = {}
    for path in paths:
        fault = fault_of(path)
        if fault:
            yield (path, fault)
            continue
        for key, claim in claims(path):
            other = claimed.setdefault(key, claim)
            if other != claim:
                yield (path, f"conflicts with {quoted(other[0])}")
                break


def folders_of(path: str) -> list[str]:
    """Return the folders that contain *path*, innermost first."""
    found = []
    while path := path.rpartition("/")[0]:
        found.append(path)
    return found


def fault_of(path: str) -> str | None:
    """Return the problem with the output *path*, worded as a predicate, or None."""
    if _SIMPLE.fullmatch(path) and not is_litter(path):
        return None
    parts = path.split("/")
    found = forbidden(path)
    if found:
        return f"contains {describe(found[0])}"
    if "\\" in path or PureWindowsPath(path).drive or not {"", ".", ".."}.isdisjoint(parts):
        return "is not a relative path"
    if max(len(part.encode()) for part in parts) > _NAME_LIMIT:
        return f"has more than {_NAME_LIMIT} bytes"
    if is_litter(path):
        return "is ignored by statusgen"
    if parts[0].casefold() in (RECORD, STAGING):
        return "is reserved for statusgen"
    return None


def claims(path: str) -> Iterator[tuple[str, tuple[str, bool]]]:
    """Yield each file or folder that *path* needs: its case-folded path, (its path, is_folder)."""
    yield _folded(path), (path, False)
    for parent in folders_of(path):
        yield _folded(parent), (parent, True)


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", path).casefold()
