"""What a site is made with: this program, Python, and the packages that are installed."""

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

_ODD = "surrogateescape"  # for names that are no UTF-8
THEME_ENDINGS = (".html", ".css", ".js", ".svg")  # of the names of templates
_ENDINGS = (".py", ".json", *THEME_ENDINGS)


@cache
def digest() -> str:
    """What tells the code of statusgen, its theme, Python and all packages from others."""
    found = hashlib.sha256(sys.version.encode())
    package = Path(__file__).parents[1]
    for folder in (package, package.parent / "templates"):
        for entry in files.walk(folder):
            if entry.name.endswith(_ENDINGS):
                place = folder / entry.path
                # Editors leave links that lead nowhere or, before Python 3.13, in a circle.
                with suppress(UnreadableError, OutsideError, OSError, RuntimeError):
                    if entry.kind is EntryKind.LINK:  # Installers may link to a store.
                        place = place.resolve()
                    found.update(f"{entry.path} {files.digest_of(place)}\n".encode(errors=_ODD))
    for folder in map(Path, dict.fromkeys(sys.path)):
        found.update("\n".join(["", *_packages(folder)]).encode(errors=_ODD))
    return found.hexdigest()


def _packages(folder: Path) -> list[str]:
    """The packages in *folder*, where Python looks for modules, with their versions."""
    try:
        names = [place.name for place in folder.iterdir()]
    except OSError:  # An archive, or not there.
        return []
    return sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))


def zone_digest(zone: tzinfo) -> str:
    """What tells the rules of *zone* from others, where the system keeps them."""
    for folder in zoneinfo.TZPATH:
        with suppress(OSError):  # Old names of zones are links.
            return files.digest_of((Path(folder) / str(zone)).resolve(strict=True))
    return ""  # Those of the package tzdata change with its version.
