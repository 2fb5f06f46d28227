"""Check that no incident stays open because somebody forgot to resolve it."""

from collections.abc import Iterator
from datetime import timedelta

from statusgen import times
from statusgen.build.read_site import Content
from statusgen.model import Kind, is_imported
from statusgen.problems import Level, Problem

_DAYS = 30  # an incident that is open for longer without an update has probably been forgotten


def idle_incidents(content: Content) -> Iterator[Problem]:
    """Yield a warning for each incident in *content* that is open and had no update for 30 days.

    Imported incidents are skipped: they are resolved where they come from.
    """
    if content.config is None:
        return
    for summary in content.summaries:
        view = summary.view
        if view is None or view.kind is not Kind.INCIDENT or not view.is_open:
            continue
        if is_imported(view.source):
            continue
        last = view.spoken or view.started
        if content.now - last <= timedelta(days=_DAYS):
            continue
        what = f"this incident is open and has had no update for more than {_DAYS} days"
        since = f"the last one is of {times.day_of(last, content.config.zone)}"
        yield Problem(
            path=summary.path,
            line=1,
            column=1,
            message=f"{what} ({since}); add one, or run: statusgen resolve {summary.slug}",
            level=Level.WARNING,
        )
