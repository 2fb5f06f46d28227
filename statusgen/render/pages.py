"""HTML pages out of the theme and the site's own templates, with their style and scripts."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from html import escape
from typing import Any

from statusgen import colours, markup, moments
from statusgen.model import Link, Severity
from statusgen.noting import Knowing, remembered
from statusgen.render import Outputs
from statusgen.render.bars import bar_of, row_of
from statusgen.render.theme import Theme
from statusgen.uptime import UPTIME_DAYS
from statusgen.views import IncidentView, ServiceView, SeverityView, Site, Trouble

MAX_NAMES = 8  # in a sentence
MAX_DESCRIPTION = 200

# What links stand on, in light and in dark pages; a colour of the site's own must fit all.
_GROUNDS = (("#ffffff", "#f6f7f9"), ("#0f1318", "#171c23"))
_ACCENTS = ("#0a58ca", "#6cb0ff")

# Pictures that chats show beside a link.
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")


@dataclass(frozen=True, kw_only=True)
class Banner:
    """The state of the whole site; the title is that of the page while it is shown."""

    severity: Severity
    headline: str
    title: str
    affected: str
    since: datetime | None
    is_shown: bool


class Shared(Knowing):
    """What a template may know of every page alike, worked out when one asks."""

    def __init__(self, site: Site, theme: Theme) -> None:
        self._site = site
        self._theme = theme

    @remembered
    def style(self) -> bytes:
        """The style of all pages."""
        return self._theme.make("style.css", {})

    @remembered
    def code(self) -> bytes:
        """The script of all pages."""
        return self._theme.make("script.js", {})

    @property
    def stylesheet(self) -> str:
        """The path of the style, which changes with it."""
        return f"style.{_digest(self.style)}.css"

    @property
    def script_path(self) -> str:
        """The path of the script, which changes with it."""
        return f"script.{_digest(self.code)}.js"

    @property
    def direction(self) -> str:
        """Where the language begins a line: `ltr` or `rtl`."""
        return self._site.language.direction

    @property
    def picture(self) -> str | None:
        """The address of the logo, if chats can show it."""
        logo = self._site.config.look.logo
        is_shown = logo is not None and logo.lower().endswith(_PICTURES)
        return self._site.absolute(logo) if logo and is_shown else None

    @remembered
    def has_works(self) -> bool:
        """Whether the clock will begin or end planned work."""
        return any(one.clock_starts or one.clock_ends for one in self._site.incidents)

    @remembered
    def banners(self) -> tuple[Banner, ...]:
        """The state of the site, and what the clock alone will make of it."""
        return tuple(_banners(self._site))

    @remembered
    def announcement(self) -> str:
        """The announcement of the settings as safe HTML."""
        return markup.to_html(self._site.config.announcement, heading=2)

    @property
    def uptime_note(self) -> str:
        """How uptime is counted."""
        return _uptime_note(self._site)

    @property
    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """The days of a week, short and in full."""
        return self._site.language.weekdays

    @property
    def grid_days(self) -> tuple[date, ...]:
        """The days of the grid before today, newest first."""
        days = self._site.services[0].days[-self._site.config.look.grid_days - 1 : -1]
        return tuple(day.date for day in reversed(days))

    @property
    def current(self) -> tuple[ServiceView, ...]:
        """The services that are not retired."""
        return tuple(one for one in self._site.services if not one.is_retired)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a template may know of the page it makes, beside the site, and all of `Shared`.

    *words* are what the script needs to know, and is told by the page's body.
    """

    shared: Shared = field(repr=False)
    url: str
    title: str
    heading: str
    description: str
    favicon: str
    home: str
    policy: str
    inline_style: bool
    script: str | None
    words: Mapping[str, str | int]
    has_anchors: bool
    canonical: str | None

    def __getattr__(self, name: str) -> object:
        """What is the same for every page."""
        return getattr(self.shared, name)


@dataclass(frozen=True, kw_only=True)
class _Job:
    """A page to make: its template, its address and what it shows."""

    template: str
    url: str
    heading: str
    description: str = ""
    canonical: str | None
    is_live: bool = False  # whether it may change while a reader looks at it
    shown: Mapping[str, object] = field(default_factory=dict)


def outputs(site: Site, theme: Theme) -> Outputs:
    """Every page of *site*, its stylesheet, its scripts and its icons.

    Making them raises ContentError where one of the site's own templates fails.
    """
    pages = _Pages(site, theme)
    files: Outputs = {job.url: partial(pages.page, job) for job in _jobs(site)}
    for incident in site.incidents:
        files[incident.url] = partial(pages.incident, incident)
        if incident.id != incident.slug:
            files[f"incidents/{incident.id}.html"] = partial(pages.moved, incident)
    files[pages.shared.stylesheet] = pages.css
    files[pages.shared.script_path] = pages.js
    files["embed.js"] = pages.embed
    for severity in Severity:
        files[f"favicon-{severity}.svg"] = partial(pages.favicon, severity)
    return files


def _jobs(site: Site) -> Iterator[_Job]:
    say = site.language.say
    headline = _headline(site, site.severity)
    yield _Job(
        template="index.html",
        url="index.html",
        heading=headline,
        description=_affected(site, site.affected) or headline,
        canonical="",
        is_live=True,
    )
    yield _Job(template="404.html", url="404.html", heading=say("not_found"), canonical=None)
    for name, heading in (("history", say("history.title")), ("subscribe", say("subscribe"))):
        url = f"{name}.html"
        yield _Job(template=url, url=url, heading=heading, canonical=url)
    for month in site.months:
        yield _Job(
            template="month.html",
            url=month.url,
            heading=site.language.month(month.first),
            description=say("history.count", n=month.count),
            canonical=month.url,
            shown={"month": month},
        )
    for severity in site.severities:
        yield from _severity_jobs(severity, site)
    for service in site.services:
        yield from _service_jobs(service, site)


def _severity_jobs(severity: SeverityView, site: Site) -> Iterator[_Job]:
    say = site.language.say
    name = _files_word(site, severity.severity)
    yield _Job(
        template="severity.html",
        url=severity.url,
        # The front page is called by a severity, too.
        heading=say("page.title", page=name, site=say("history.title")),
        canonical=severity.url,
        shown={"severity": severity},
    )
    yield from _year_jobs(severity, name, site)


def _service_jobs(service: ServiceView, site: Site) -> Iterator[_Job]:
    state = site.language.say(f"severity.{service.severity}")
    yield _Job(
        template="service.html",
        url=service.url,
        heading=service.name,
        description=f"{state}. {service.description}".strip(),
        canonical=service.url,
        is_live=not service.is_retired,
        shown={"service": service},
    )
    yield from _year_jobs(service, service.name, site)


def _year_jobs(owner: ServiceView | SeverityView, name: str, site: Site) -> Iterator[_Job]:
    for year in owner.years:
        yield _Job(
            template="year.html",
            url=year.url,
            heading=site.language.say("incidents_in", name=name, year=year.year),
            canonical=year.url,
            shown={"owner": Link(name=name, url=owner.url), "owner_name": name, "year": year},
        )


def _told(incident: IncidentView, site: Site) -> str:
    """Where *incident* stands and what was said last, for who sees only a link."""
    say = site.language.say
    kind = "kind.notice" if incident.is_notice else f"state.{incident.state}"
    last = markup.to_text(incident.updates[0].html) if incident.updates else ""
    return f"{say('cancelled' if incident.is_cancelled else kind)}. {last}".strip()


class _Pages(Knowing):
    """The templates, ready to make the pages of one site."""

    def __init__(self, site: Site, theme: Theme) -> None:
        self.site = site
        self.theme = theme
        theme.tell(_words(site))
        self.shared = Shared(site, theme)

    def css(self) -> bytes:
        return self.shared.style

    def js(self) -> bytes:
        return self.shared.code

    def incident(self, incident: IncidentView) -> bytes:
        """The page of *incident*."""
        return self.page(
            _Job(
                template="incident.html",
                url=incident.url,
                heading=incident.title,
                description=_told(incident, self.site),
                canonical=incident.url,
                is_live=not incident.is_settled and not incident.is_notice,
                shown={"incident": incident},
            )
        )

    def moved(self, incident: IncidentView) -> bytes:
        """What leads to *incident* from the address that programs know."""
        return self.page(
            _Job(
                template="moved.html",
                url=f"incidents/{incident.id}.html",
                heading=incident.title,
                canonical=incident.url,
                shown={"incident": incident},
            )
        )

    def page(self, job: _Job) -> bytes:
        root = self.site.path if job.url == "404.html" else "../" * job.url.count("/")
        # These two stand alone: the index for speed, the other because any depth may show it.
        is_alone = job.url in ("index.html", "404.html")
        has_script = job.template not in ("404.html", "moved.html")
        page = Page(
            shared=self.shared,
            url=job.url,
            title=_title(self.site, job.heading),
            heading=job.heading,
            description=_shortened(job.description or self.site.title),
            favicon=self._favicon_of(job),
            home="" if job.url == "404.html" else "index.html",
            policy=self._policy(is_alone=is_alone, has_script=has_script),
            inline_style=is_alone,
            script=self.shared.script_path if has_script else None,
            words=self._told_script(job) if has_script else {},
            has_anchors=job.template == "incident.html",
            canonical=None if job.canonical is None else self.site.absolute(job.canonical),
        )
        return self.theme.make(job.template, {"page": page, "root": root, **job.shown})

    def favicon(self, severity: Severity) -> bytes:
        colour = colours.OF_SEVERITY[severity]
        return self.theme.make("favicon.svg", {"severity": severity, "colour": colour})

    def embed(self) -> bytes:
        return self.theme.make("embed.js", {"items": list(_embedded(self.site))})

    def _favicon_of(self, job: _Job) -> str:
        if self.site.config.look.favicon:
            return self.site.config.look.favicon
        # Only the front page speaks of now; an icon elsewhere would change with every incident.
        mood = self.site.severity if job.url == "index.html" else Severity.NONE
        return f"favicon-{mood}.svg"

    def _policy(self, *, is_alone: bool, has_script: bool) -> str:
        # Files of the site's own are always welcome: extra_css, or what its templates add.
        style = "style-src 'self'"
        if is_alone:
            digest = base64.b64encode(hashlib.sha256(self.shared.style).digest()).decode()
            style = f"style-src 'sha256-{digest}' 'self'"
        rules = ["default-src 'none'", style, "img-src 'self' data:"]
        if has_script:
            rules += ["script-src 'self'", "connect-src 'self'"]
        return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))

    def _told_script(self, job: _Job) -> dict[str, str | int]:
        told: dict[str, str | int] = {"zone": str(self.site.config.zone)}
        names: dict[str, str] = {}
        if job.template in ("index.html", "service.html"):
            told["today"] = moments.day_of(self.site.now, self.site.config.zone).isoformat()
            told["days"] = UPTIME_DAYS
            names |= {"none": "days.none", "unknown": "days.unknown"}
        if job.is_live:
            names |= {"for": "clock.for", "starts": "clock.starts", "ends": "clock.ends"}
            names |= {"old": "page.old"}
        if job.is_live and self.site.config.refresh:
            told["refresh"] = self.site.config.refresh
        # Words without their values: the script fills them in.
        say = partial(self.site.language.say, duration="{duration}", ago="{ago}")
        return {**told, **{word: say(name) for word, name in names.items()}}


def _words(site: Site) -> dict[str, Any]:
    """What every template may call."""
    language, zone = site.language, site.config.zone
    return {
        "site": site,
        "data": site.data,
        "accent": _accents(site.config.look.accent),
        "say": language.say,
        "date": language.date,
        "day_name": language.day,
        "month_name": language.month,
        "month_alone": language.month_alone,
        "moment": lambda at: language.moment(at, zone),
        "duration": language.duration,
        "percent": language.percent,
        "uptime_words": partial(_uptime_words, site),
        "trouble_words": partial(_trouble_words, site),
        "severity_word": partial(_files_word, site),
        "badge_snippet": partial(_badge_snippet, site),
        "bar_of": bar_of,
        "grid_row": partial(row_of, days=site.config.look.grid_days),
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def _accents(accent: str | None) -> tuple[str, str]:
    """The colour of links on light and on dark pages."""
    if accent is None:
        return _ACCENTS
    light, dark = (colours.readable(accent, *grounds) for grounds in _GROUNDS)
    return (light, dark)


def _title(site: Site, heading: str) -> str:
    return site.language.say("page.title", page=heading, site=site.title)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_DESCRIPTION else f"{line[: MAX_DESCRIPTION - 1]}…"


def _banners(site: Site) -> Iterator[Banner]:
    """The state now; where the clock alone decides, first without and then with planned work."""
    shown = [site.severity] if not site.works else [Severity.NONE, Severity.MAINTENANCE]
    for severity in shown:
        is_shown = severity is site.severity
        working = [one for one in site.services if one.works] if severity.rank else []
        affected = site.affected if is_shown else working
        headline = _headline(site, severity)
        yield Banner(
            severity=severity,
            headline=headline,
            title=_title(site, headline),
            affected=_affected(site, affected),
            since=site.since if is_shown else _coming(site, severity),
            is_shown=is_shown,
        )


def _coming(site: Site, severity: Severity) -> datetime | None:
    """When the one piece of planned work that is to come begins."""
    starts = [one.clock_starts for one in site.incidents if one.slug in site.works]
    return starts[0] if severity is Severity.MAINTENANCE and len(starts) == 1 else None


def _headline(site: Site, severity: Severity) -> str:
    is_quiet = severity is Severity.NONE and site.open
    return site.language.say("banner.open" if is_quiet else f"banner.{severity}")


def _affected(site: Site, services: tuple[ServiceView, ...] | list[ServiceView]) -> str:
    names = [service.name for service in services]
    if not names:
        return ""
    if len(names) > MAX_NAMES:
        rest = len(names) - MAX_NAMES + 1
        names = [*names[: MAX_NAMES - 1], site.language.say("banner.more", n=rest)]
    return site.language.say("banner.services", services=site.language.listing(names))


def _uptime_words(site: Site, share: Fraction | None, days: int | None = None) -> str:
    if share is None:
        return site.language.say("uptime.none")
    percent = site.language.percent(share)
    if days is None:
        return site.language.say("uptime", percent=percent)
    return site.language.say("uptime.days", percent=percent, n=days)


def _trouble_words(site: Site, trouble: Trouble) -> str:
    """A bad day in words: which, what, and how long if that is over."""
    say = site.language.say
    words = {
        "day": site.language.day(trouble.date),
        "severity": say(f"severity.{trouble.severity}"),
    }
    if trouble.seconds is None:
        return say("days.day", **words)
    return say("days.day_for", **words, duration=site.language.duration(trouble.seconds))


def _files_word(site: Site, severity: Severity) -> str:
    """What the files whose worst is *severity* are called."""
    names = {Severity.NONE: "notices", Severity.MAINTENANCE: "kind.maintenance"}
    return site.language.say(names.get(severity, f"severity.{severity}"))


def _badge_snippet(site: Site, name: str, badge: str, url: str) -> str:
    """HTML that shows a badge; Markdown takes it as it is."""
    picture = f'<img src="{escape(site.absolute(badge))}" alt="{escape(name)}">'
    return f'<a href="{escape(site.absolute(url))}">{picture}</a>'


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
    return site.language.say("uptime.note", n=UPTIME_DAYS, weights=told)


def _embedded(site: Site) -> Iterator[dict[str, str | None]]:
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
            "from": moments.written(view.clock_starts) if view.clock_starts else None,
            "to": moments.written(view.clock_ends) if view.clock_ends else None,
        }
