"""Digests of the program, Python, the installed packages and time-zone rules."""

import hashlib
import sys
import zoneinfo
from contextlib import suppress
from datetime import tzinfo
from functools import cache
from pathlib import Path

from statusgen.problems import OutsideError
from statusgen.system import files
from statusgen.system.files import EntryKind, UnreadableError

_ODD = "surrogateescape"  # for names that are not UTF-8
THEME_ENDINGS = (".html", ".css", ".js", ".svg")
PICTURE_ENDINGS = (".png", ".ico")
_ENDINGS = (".py", ".json", *THEME_ENDINGS, *PICTURE_ENDINGS)


@cache
def digest() -> str:
    """Return a digest of statusgen's code and theme, Python's version and all packages."""
    found = hashlib.sha256(sys.version.encode())
    package = Path(__file__).parents[1]
    for folder in (package, package.parent / "templates"):
        for entry in files.walk(folder):
            if entry.name.endswith(_ENDINGS):
                place = folder / entry.path
                # Editors leave dangling links. Before Python 3.13, a loop raises RuntimeError.
                with suppress(UnreadableError, OutsideError, OSError, RuntimeError):
                    if entry.kind is EntryKind.LINK:  # Some installers link to a package store.
                        place = place.resolve()
                    found.update(f"{entry.path} {files.digest_of(place)}\n".encode(errors=_ODD))
    for folder in map(Path, dict.fromkeys(sys.path)):
        found.update("\n".join(["", *_packages(folder)]).encode(errors=_ODD))
    return found.hexdigest()


def _packages(folder: Path) -> list[str]:
    """Return the packages in *folder*, an entry of `sys.path`, with their versions."""
    try:
        names = [place.name for place in folder.iterdir()]
    except OSError:  # It is an archive or does not exist.
        return []
    return sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


def zone_digest(zone: tzinfo) -> str:
    """Return the digest of the system's rules for *zone*, or "" if it has none."""
    for folder in zoneinfo.TZPATH:
        with suppress(OSError):  # Former names of time zones are links.
            return files.digest_of((Path(folder) / str(zone)).resolve(strict=True))
    return ""  # `digest` covers the tzdata package by its version.
