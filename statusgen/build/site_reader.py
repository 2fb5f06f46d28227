"""Read and assemble a site as of one moment, without rendering it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from statusgen.build import read_site
from statusgen.build.load_incidents import ReadOptions
from statusgen.cache.store import open_cache
from statusgen.problems import ContentError, errors
from statusgen.site import assemble
from statusgen.site.view_models import Site


@contextmanager
def assembled_site(folder: Path, *, now: datetime, base_url: str | None = None) -> Iterator[Site]:
    """Yield the site in *folder* as of *now*, with links below *base_url* (default: its `url`).

    Incident details can be fetched only inside the block. Raises ContentError with all problems if
    one is an error, UsageError if *folder* is not a site, OutsideError if the disk fails.
    """
    with open_cache(None, tools="") as store:
        content = read_site.read_site(folder, ReadOptions(clock=lambda _: now, cache=store))
        if content.config is None or errors(content.problems):
            raise ContentError(content.problems)
        yield assemble.assemble_views(content.config, content.incidents, now=now, base_url=base_url)
