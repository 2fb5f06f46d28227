"""Which paths can stand beside each other in a published folder, on every system."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PureWindowsPath

from statusgen.characters import describe, forbidden
from statusgen.problems import quoted
from statusgen.system.files import is_litter

RECORD = ".statusgen.json"
STAGING = ".statusgen-staging"

# Nothing is wrong with such paths on any system, and they are as they are without case.
_SIMPLE = re.compile(r"(?:[a-z0-9_-][a-z0-9._-]{0,200}/)*+[a-z0-9_-][a-z0-9._-]{0,200}")
_NAME_LIMIT = 255  # bytes, on nearly every file system


def faults(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Those of *paths* that cannot be written, and why; of two that clash, the later one."""
    claimed: dict[str, tuple[str, bool]] = {}
    for path in paths:
        fault = fault_of(path)
        if fault:
            yield (path, fault)
            continue
        for key, claim in claims(path):
            other = claimed.setdefault(key, claim)
            if other != claim:
                yield (path, f"is in the way of {quoted(other[0])}")
                break


def folders_of(path: str) -> list[str]:
    """The folders that *path* stands in, innermost first."""
    found = []
    while path := path.rpartition("/")[0]:
        found.append(path)
    return found


def fault_of(path: str) -> str | None:
    """What is wrong with *path* as a place inside a folder, as the end of a sentence, or None."""
    if _SIMPLE.fullmatch(path) and not is_litter(path):
        return None
    parts = path.split("/")
    found = forbidden(path)
    if found:
        return f"holds {describe(found[0])}"
    if "\\" in path or PureWindowsPath(path).drive or not {"", ".", ".."}.isdisjoint(parts):
        return "is not a plain relative path"
    if max(len(part.encode()) for part in parts) > _NAME_LIMIT:
        return f"has a name of more than {_NAME_LIMIT} bytes"
    if is_litter(path):
        return "is a name that statusgen leaves alone"
    if parts[0].casefold() in (RECORD, STAGING):
        return "is a name that statusgen keeps for itself"
    return None


def claims(path: str) -> Iterator[tuple[str, tuple[str, bool]]]:
    """The places that *path* needs: name without case, as written, and whether it is a folder."""
    yield _folded(path), (path, False)
    for parent in folders_of(path):
        yield _folded(parent), (parent, True)


def _folded(path: str) -> str:
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", path).casefold()
