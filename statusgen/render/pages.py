"""HTML pages out of the theme and the site's own templates."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

from statusgen.model import Severity
from statusgen.render import Outputs
from statusgen.render.theme import Theme
from statusgen.site import UPTIME_DAYS
from statusgen.uptime import Day
from statusgen.views import IncidentView, ServiceView, Site

_HEIGHTS = {
    None: 8,
    Severity.NONE: 18,
    Severity.MAINTENANCE: 21,
    Severity.DEGRADED: 24,
    Severity.PARTIAL: 27,
    Severity.MAJOR: 30,
}
_BAR = 30  # the height of the drawing
_STEP = 5  # from one day to the next

# The same pairs as in style.css, which an icon of its own cannot read.
_FAVICON_COLOURS = {
    Severity.NONE: "#1a7f37",
    Severity.MAINTENANCE: "#0969da",
    Severity.DEGRADED: "#9a6700",
    Severity.PARTIAL: "#bc4c00",
    Severity.MAJOR: "#cf222e",
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a template may know of the page it makes, beside the site."""

    url: str
    title: str
    direction: str
    favicon: str
    home: str
    policy: str
    stylesheet: str
    inline_style: bool
    has_anchors: bool
    canonical: str | None
    headline: str
    affected: str
    uptime_note: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A day as it is drawn: what its colour tells, its height tells as well."""

    left: int
    top: int
    height: int
    day: Day


@dataclass(frozen=True)
class _Job:
    """A page to make: its template, its address and what it shows."""

    template: str
    url: str
    title: str
    canonical: str | None
    shown: Mapping[str, object] = field(default_factory=dict)


def outputs(site: Site, theme: Theme) -> Outputs:
    """Every page of *site*, its stylesheet and its icons.

    Making them raises ContentError where one of the site's own templates fails.
    """
    pages = _Pages(site, theme)
    files: Outputs = {job.url: partial(pages.page, job) for job in _jobs(site)}
    files[pages.stylesheet] = lambda: pages.css
    for severity in Severity:
        files[f"favicon-{severity}.svg"] = partial(pages.favicon, severity)
    return files


def _jobs(site: Site) -> Iterator[_Job]:
    say = site.language.say
    yield _Job("index.html", "index.html", _headline(site), "")
    yield _Job("404.html", "404.html", say("not_found"), None)
    yield _Job("history.html", "history.html", say("history.title"), "history.html")
    for month in site.months:
        title = site.language.month(month.first)
        yield _Job("month.html", month.url, title, month.url, {"month": month})
    for service in site.services:
        yield from _service_jobs(service)
    for incident in site.incidents:
        yield from _incident_jobs(incident)


def _service_jobs(service: ServiceView) -> Iterator[_Job]:
    yield _Job("service.html", service.url, service.name, service.url, {"service": service})
    for year in service.years:
        shown = {"service": service, "year": year}
        yield _Job("year.html", year.url, f"{service.name} {year.year}", year.url, shown)


def _incident_jobs(incident: IncidentView) -> Iterator[_Job]:
    shown = {"incident": incident}
    yield _Job("incident.html", incident.url, incident.title, incident.url, shown)
    if incident.id != incident.slug:
        stub = f"incidents/{incident.id}.html"
        yield _Job("moved.html", stub, incident.title, incident.url, shown)


class _Pages:
    """The templates, ready to make the pages of one site."""

    def __init__(self, site: Site, theme: Theme) -> None:
        self.site = site
        self.theme = theme
        theme.tell(_words(site))
        self.css = theme.make("style.css", {})
        digest = hashlib.sha256(self.css)
        self.stylesheet = f"style.{digest.hexdigest()[:12]}.css"
        self._hash = base64.b64encode(digest.digest()).decode()
        self._shared = {
            "headline": _headline(site),
            "affected": _affected(site),
            "uptime_note": _uptime_note(site),
            "direction": site.language.direction,
            "stylesheet": self.stylesheet,
        }

    def page(self, job: _Job) -> bytes:
        root = self.site.path if job.url == "404.html" else "../" * job.url.count("/")
        # These two stand alone: the index for speed, the other because any depth may show it.
        is_alone = job.url in ("index.html", "404.html")
        page = Page(
            url=job.url,
            title=self.site.language.say("page.title", page=job.title, site=self.site.title),
            favicon=f"favicon-{self._mood(job)}.svg",
            home="" if job.url == "404.html" else "index.html",
            policy=_policy(f"'sha256-{self._hash}'" if is_alone else "'self'"),
            inline_style=is_alone,
            has_anchors=job.template == "incident.html",
            canonical=None if job.canonical is None else self.site.absolute(job.canonical),
            **self._shared,
        )
        return self.theme.make(job.template, {"page": page, "root": root, **job.shown})

    def favicon(self, severity: Severity) -> bytes:
        colour = _FAVICON_COLOURS[severity]
        return self.theme.make("favicon.svg", {"severity": severity, "colour": colour})

    def _mood(self, job: _Job) -> Severity:
        # Only the front page speaks of now; an icon elsewhere would change with every incident.
        return self.site.severity if job.url == "index.html" else Severity.NONE


def _words(site: Site) -> dict[str, Any]:
    """What every template may call."""
    language, zone = site.language, site.config.zone
    return {
        "site": site,
        "data": site.data,
        "say": language.say,
        "date": language.date,
        "month_name": language.month,
        "moment": lambda at: language.moment(at, zone),
        "duration": language.duration,
        "percent": language.percent,
        "uptime_words": partial(_uptime_words, site),
        "bars": _bars,
        "bar_height": _BAR,
        "bar_step": _STEP,
    }


def _policy(style: str) -> str:
    rules = ("default-src 'none'", f"style-src {style}", "img-src 'self' data:")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


def _headline(site: Site) -> str:
    is_quiet = site.severity is Severity.NONE and site.open
    return site.language.say("banner.open" if is_quiet else f"banner.{site.severity}")


def _affected(site: Site) -> str:
    names = ", ".join(service.name for service in site.affected)
    return site.language.say("banner.services", services=names) if names else ""


def _uptime_words(site: Site, share: Fraction | None) -> str:
    if share is None:
        return site.language.say("uptime.none")
    return site.language.say("uptime", percent=site.language.percent(share))


def _uptime_note(site: Site) -> str:
    weights = sorted(site.config.weights.items(), key=lambda item: -item[0].rank)
    told = " ".join(
        site.language.say(
            "uptime.weight",
            severity=site.language.say(f"severity.{severity}"),
            percent=site.language.percent_exactly(weight),
        )
        for severity, weight in weights
        if weight
    )
    return site.language.say("uptime.note", days=UPTIME_DAYS, weights=told)


def _bars(days: tuple[Day, ...]) -> list[Bar]:
    """The bars of *days*, oldest first, in a drawing as high as `_BAR`."""
    return [
        Bar(
            left=_STEP * place,
            top=_BAR - _HEIGHTS[day.severity],
            height=_HEIGHTS[day.severity],
            day=day,
        )
        for place, day in enumerate(days)
    ]
