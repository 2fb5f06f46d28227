"""What builds have found out about incident files, for commands that need not read them all."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from statusgen import accounts, cache, files, settings, tools
from statusgen.cache import Kept
from statusgen.config import Config
from statusgen.files import Stamp, UnreadableError
from statusgen.problems import OutsideError


def over(
    site: Path, found: Mapping[str, Stamp | None], config: Config, *, now: datetime
) -> set[str]:
    """Those of the files *found* of *site* of which it is known that nothing is open at *now*.

    *found* are their stamps by their paths below `incidents/`. What has changed is not known.
    """
    try:
        digest = settings.digest_of(site, config)
    except (UnreadableError, OutsideError):  # They have been read, and are gone since.
        return set()
    known = cache.recalled(site / cache.FOLDER, tools=tools.digest(), settings=digest)
    return {
        place
        for place, kept in known.items()
        if place in found
        and accounts.is_over(kept.summary, now=now)
        and _is_same(site / "incidents" / place, found[place], kept)
    }


def _is_same(path: Path, stamp: Stamp | None, kept: Kept) -> bool:
    """Whether the file *path*, which has this *stamp*, says what was *kept* of it."""
    if stamp is not None and stamp == kept.stamp:
        return True
    try:
        return files.digest(files.read_bytes(path, limit=files.MAX_TEXT)) == kept.digest
    except UnreadableError:
        return False
