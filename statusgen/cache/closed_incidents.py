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
    site: Path, stamps: Mapping[str, FileStat | None], config: Config, *, now: datetime
) -> set[str]:
    """Return the files in *stamps* that are closed at *now* according to the cache.

    *stamps* maps paths below `incidents/` in *site* to file stamps. Files that have changed since
    the last build are not returned.
    """
    try:
        digest = loader.digest_of(site, config)
    except (UnreadableError, OutsideError):  # They were deleted after they were read.
        return set()
    known = store.cached_rows(
        site / store.FOLDER, tools=installed_versions.digest(), settings=digest
    )
    return {
        path
        for path, row in known.items()
        if path in stamps
        and codec.is_over(row.summary, now=now)
        and _is_current(row, site / "incidents" / path, stamps[path])
    }


def _is_current(row: CacheRow, path: Path, stamp: FileStat | None) -> bool:
    """Return whether the cached *row* still matches the file at *path*, which has this *stamp*."""
    if stamp is not None and stamp == row.stamp:
        return True
    try:
        return files.digest(files.read_bytes(path, limit=files.MAX_TEXT)) == row.digest
    except UnreadableError:
        return False
