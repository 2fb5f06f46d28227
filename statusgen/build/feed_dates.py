"""Check that something dates the feeds of a site."""

from collections.abc import Iterator
from pathlib import Path

from statusgen import times
from statusgen.build.read_site import Content
from statusgen.config.settings import FILE
from statusgen.problems import Level, Problem


def undated_feeds(content: Content, folder: Path) -> Iterator[Problem]:
    """Yield a warning if *content* has neither an incident nor a service with a `since`."""
    config = content.config
    if config is None or content.incidents:
        return
    today = times.day_of(content.now, config.zone)
    if any(one.since and one.since <= today for one in config.services):
        return
    what = "without incidents, feeds are dated 1970 unless a service has a 'since'"
    message = f"{what}; add since: {today}"
    path, (line, column) = folder / FILE, config.services_place
    yield Problem(path=path, line=line, column=column, message=message, level=Level.WARNING)
