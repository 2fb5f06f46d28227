"""Banners: the state of the whole site, for its front page and for other websites."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from statusgen import colours, times
from statusgen.model import Severity
from statusgen.render.html import functions
from statusgen.site.view_models import ServiceView, Site

_MAX_NAMES = 8  # in a sentence
# Up to so many services, and so many characters of their names, are part of the headline.
_MAX_HEADLINE_SERVICES = 2
_MAX_HEADLINE_LENGTH = 48


@dataclass(frozen=True, kw_only=True)
class BannerLine:
    """The names of the services with the same severity, in words."""

    severity: Severity
    services: str


@dataclass(frozen=True, kw_only=True)
class Banner:
    """The state of the whole site.

    *title* is the title of the page while this banner is shown. *lines* have the affected services
    that the headline does not name, worst first. *watched* is a sentence about incidents that are
    still open although all services are operational.
    """

    severity: Severity
    headline: str
    title: str
    lines: tuple[BannerLine, ...]
    watched: str
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
        since = site.since if is_shown else _upcoming(site, severity)
        line, lines = headline(site, severity), tuple(_lines(site, services, severity))
        if lines and _fits(lines[0], services):
            label = site.language.say("label", label=site.language.say(f"severity.{severity}"))
            line, lines = f"{label} {lines[0].services}", lines[1:]
        yield Banner(
            severity=severity,
            headline=line,
            title=functions.title(site, headline(site, severity)),
            lines=lines,
            watched=watched(site, severity),
            since=since if severity.rank else None,
            is_shown=is_shown,
        )


def headline(site: Site, severity: Severity) -> str:
    """Return the headline of *site* for *severity*, without names of services."""
    return site.language.say(f"banner.{severity}")


def affected(site: Site) -> str:
    """Return a sentence that names the affected services of *site*; "" if there are none."""
    if not site.affected:
        return ""
    return site.language.say("banner.services", services=_listing(site, site.affected))


def watched(site: Site, severity: Severity) -> str:
    """Return a sentence about the open incidents if *severity* is `NONE`, else an empty string."""
    if severity is not Severity.NONE or not site.open:
        return ""
    return site.language.say("banner.watched", n=len(site.open))


def _fits(worst: BannerLine, services: Sequence[ServiceView]) -> bool:
    """Return whether the headline has room for the line of the *worst* among *services*."""
    count = sum(service.severity is worst.severity for service in services)
    is_outage = worst.severity.rank > Severity.MAINTENANCE.rank
    is_short = len(worst.services) <= _MAX_HEADLINE_LENGTH
    return is_outage and count <= _MAX_HEADLINE_SERVICES and is_short


def _lines(site: Site, services: Sequence[ServiceView], severity: Severity) -> Iterator[BannerLine]:
    """Yield a line for each severity of *services*; upcoming maintenance has *severity*."""
    by_severity: dict[Severity, list[ServiceView]] = {}
    for service in services:
        current = severity if service.severity is Severity.NONE else service.severity
        by_severity.setdefault(current, []).append(service)
    for current, members in by_severity.items():
        yield BannerLine(severity=current, services=_listing(site, members))


def _listing(site: Site, services: Sequence[ServiceView]) -> str:
    """Return the names of the first of *services*, and the number of the rest."""
    names = [service.name for service in services]
    if len(names) > _MAX_NAMES:
        rest = len(names) - _MAX_NAMES + 1
        names = [*names[: _MAX_NAMES - 1], site.language.say("banner.more", n=rest)]
    return site.language.listing(names)


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
