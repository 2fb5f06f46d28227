"""The state of the whole site in a line: on its front page, and on the pages of others."""

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
    """The state of the whole site; the title is that of the page while it is shown."""

    severity: Severity
    headline: str
    title: str
    affected: str
    since: datetime | None
    is_shown: bool


def banners(site: Site) -> Iterator[Banner]:
    """The state now; where the clock alone decides, first without and then with planned work."""
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
            since=site.since if is_shown else _coming(site, severity),
            is_shown=is_shown,
        )


def headline(site: Site, severity: Severity) -> str:
    """What the banner of *site* says at *severity*."""
    is_quiet = severity is Severity.NONE and site.open
    return site.language.say("banner.open" if is_quiet else f"banner.{severity}")


def affected(site: Site, services: Sequence[ServiceView]) -> str:
    """*services* in a sentence, the first of them by name."""
    names = [service.name for service in services]
    if not names:
        return ""
    if len(names) > _MAX_NAMES:
        rest = len(names) - _MAX_NAMES + 1
        names = [*names[: _MAX_NAMES - 1], site.language.say("banner.more", n=rest)]
    return site.language.say("banner.services", services=site.language.listing(names))


def embedded(site: Site) -> Iterator[dict[str, str | None]]:
    """What the banner for other sites shows, with the time from and to which it does."""
    say = site.language.say
    for view in (*site.open, *site.in_progress, *site.upcoming):
        if not (view.is_open or view.clock_starts):
            continue
        felt = view.severity if view.is_open and not view.is_maintenance else view.worst
        is_quiet = felt is Severity.NONE
        yield {
            "colour": colours.OF_SEVERITY[Severity.DEGRADED if is_quiet else felt],
            "title": view.title,
            # All services may be well again; then what is left to say is where the work stands.
            "state": say(f"state.{view.state}" if is_quiet else f"severity.{felt}"),
            "url": site.absolute(view.url),
            "from": times.written(view.clock_starts) if view.clock_starts else None,
            "to": times.written(view.clock_ends) if view.clock_ends else None,
        }


def _coming(site: Site, severity: Severity) -> datetime | None:
    """When the one piece of planned work that is to come begins."""
    starts = [one.clock_starts for one in site.incidents if one.slug in site.works]
    return starts[0] if severity is Severity.MAINTENANCE and len(starts) == 1 else None
