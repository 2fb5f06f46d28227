"""Find closed incident files in the cache, so that a search for open ones can skip them."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from statusgen.cache import codec, store
from statusgen.cache.store import CacheRow
from statusgen.config import loader
from statusgen.config.settings import Config
from statusgen.problems import (
    OutsideError,
)
from statusgen.system import files, installed_versions
from statusgen.system.files import FileStat, UnreadableError


def known_closed(
    site: Path, found: Mapping[str, FileStat | None], config: Config, *, now: datetime
) -> set[str]:
    """Return the files in *found* that the cache shows as closed at *now*.

    *found* maps paths below `incidents/` of *site* to stamps. Files that have changed since the
    last build are not among them.
    """
    try:
        digest = loader.digest_of(site, config)
    except (UnreadableError, OutsideError):  # They were deleted after they were read.
        return set()
    known = store.cached_rows(
        site / store.FOLDER, tools=installed_versions.digest(), settings=digest
    )
    return {
        place
        for place, kept in known.items()
        if place in found
        and codec.is_over(kept.summary, now=now)
        and _is_same(site / "incidents" / place, found[place], kept)
    }


def _is_same(path: Path, stamp: FileStat | None, kept: CacheRow) -> bool:
    """Return whether the file *path* with this *stamp* is the one that the cache *kept*."""
    if stamp is not None and stamp == kept.stamp:
        return True
    try:
        return files.digest(files.read_bytes(path, limit=files.MAX_TEXT)) == kept.digest
    except UnreadableError:
        return False
