"""Find closed incident files in the cache, so that a search for open ones can skip them."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from statusgen.cache import codec, store
from statusgen.cache.store import CacheRow
from statusgen.config import loader
from statusgen.config.settings import Config
from statusgen.problems import OutsideError
from statusgen.site.view_models import IncidentView
from statusgen.system import files, installed_versions
from statusgen.system.files import FileStat, UnreadableError

ClosedIncidents = dict[str, IncidentView | None]  # by path below `incidents/`


def closed_incidents(
    site: Path, stamps: Mapping[str, FileStat | None], config: Config, *, now: datetime
) -> ClosedIncidents:
    """Return the files in *stamps* that are closed at *now* according to the cache.

    *stamps* maps paths below `incidents/` in *site* to file stamps. Files that have changed since
    the last build are not returned. A view has no details; it is None for a file that is not
    published.
    """
    try:
        digest = loader.digest_of(site, config)
    except (UnreadableError, OutsideError):  # They were deleted after they were read.
        return {}
    known = store.cached_rows(
        site / store.FOLDER, tools=installed_versions.digest(), settings=digest
    )
    found: ClosedIncidents = {}
    for path, row in known.items():
        with suppress(LookupError, *codec.DAMAGE):
            view = codec.view_at(row.summary, now=now)
            is_closed = path in stamps and not (view and view.is_open)
            if is_closed and _is_current(row, site / "incidents" / path, stamps[path]):
                found[path] = view
    return found


def _is_current(row: CacheRow, path: Path, stamp: FileStat | None) -> bool:
    """Return whether the cached *row* still matches the file at *path*, which has this *stamp*."""
    if stamp is not None and stamp == row.stamp:
        return True
    try:
        return files.digest(files.read_bytes(path, limit=files.MAX_TEXT)) == row.digest
    except UnreadableError:
        return False
