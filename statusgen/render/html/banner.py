"""Banners: the state of the whole site, for its front page and for other websites."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from statusgen import colours, times
from statusgen.model import Severity
from statusgen.render.html import functions
from statusgen.site.view_models import ServiceView, Site

_MAX_NAMES = 8  # in a sentence


@dataclass(frozen=True, kw_only=True)
class Banner:
    """The state of the whole site.

    *title* is the title of the page while this banner is shown.
    """

    severity: Severity
    headline: str
    title: str
    affected: str
    since: datetime | None
    is_shown: bool


def banners(site: Site) -> Iterator[Banner]:
    """Yield the banner of *site*.

    If scheduled maintenance will change it, yield the banner without maintenance, then the one with
    maintenance.
    """
    shown = [site.severity] if not site.works else [Severity.NONE, Severity.MAINTENANCE]
    for severity in shown:
        is_shown = severity is site.severity
        working = [one for one in site.services if one.works] if severity.rank else []
        services = site.affected if is_shown else working
        line = headline(site, severity)
        yield Banner(
            severity=severity,
            headline=line,
            title=functions.title(site, line),
            affected=affected(site, services),
            since=site.since if is_shown else _upcoming(site, severity),
            is_shown=is_shown,
        )


def headline(site: Site, severity: Severity) -> str:
    """Return the headline of *site* for *severity*."""
    is_quiet = severity is Severity.NONE and site.open
    return site.language.say("banner.open" if is_quiet else f"banner.{severity}")


def affected(site: Site, services: Sequence[ServiceView]) -> str:
    """Return a sentence that names the first of *services* and counts the rest."""
    names = [service.name for service in services]
    if not names:
        return ""
    if len(names) > _MAX_NAMES:
        rest = len(names) - _MAX_NAMES + 1
        names = [*names[: _MAX_NAMES - 1], site.language.say("banner.more", n=rest)]
    return site.language.say("banner.services", services=site.language.listing(names))


def embedded(site: Site) -> Iterator[dict[str, str | None]]:
    """Yield the items in the banner for other websites, each with the period to show it in."""
    say = site.language.say
    for view in (*site.open, *site.in_progress, *site.upcoming):
        if not (view.is_open or view.clock_starts):
            continue
        severity = view.severity if view.is_open and not view.is_maintenance else view.worst
        is_quiet = severity is Severity.NONE
        yield {
            "colour": colours.OF_SEVERITY[Severity.DEGRADED if is_quiet else severity],
            "title": view.title,
            # If all services have recovered, show the state of the incident instead.
            "state": say(f"state.{view.state}" if is_quiet else f"severity.{severity}"),
            "url": site.absolute(view.url),
            "from": times.written(view.clock_starts) if view.clock_starts else None,
            "to": times.written(view.clock_ends) if view.clock_ends else None,
        }


def _upcoming(site: Site, severity: Severity) -> datetime | None:
    """Return the start of upcoming maintenance, or None unless there is exactly one."""
    starts = [one.clock_starts for one in site.incidents if one.slug in site.works]
    return starts[0] if severity is Severity.MAINTENANCE and len(starts) == 1 else None
