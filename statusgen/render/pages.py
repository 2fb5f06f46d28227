"""HTML pages out of the theme and the site's own templates."""

import base64
import hashlib
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    nodes,
)

from statusgen import moments
from statusgen.model import Severity
from statusgen.problems import ContentError, Problem, quoted
from statusgen.render import Outputs
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


def outputs(site: Site, *, own: Path | None) -> Outputs:
    """Every page of *site*, its stylesheet and its icons; *own* is its folder of templates.

    Raises ContentError for own templates that cannot be read; making a page raises it for a mistake
    that shows only then.
    """
    theme = _Theme(site, own)
    files: Outputs = {job.url: partial(theme.page, job) for job in _jobs(site)}
    files[theme.stylesheet] = lambda: theme.css
    for severity in Severity:
        files[f"favicon-{severity}.svg"] = partial(theme.favicon, severity)
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


class _Theme:
    """The templates, ready to make the pages of one site."""

    def __init__(self, site: Site, own: Path | None) -> None:
        self.site = site
        self.own = own
        self.environment = _environment(own)
        if own is not None:
            _check(self.environment, own)
        self.environment.globals.update(_words(site))
        self.css = self._make("style.css", {})
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
        return self._make(job.template, {"page": page, "root": root, **job.shown})

    def favicon(self, severity: Severity) -> bytes:
        colour = _FAVICON_COLOURS[severity]
        return self._make("favicon.svg", {"severity": severity, "colour": colour})

    def _mood(self, job: _Job) -> Severity:
        # Only the front page speaks of now; an icon elsewhere would change with every incident.
        return self.site.severity if job.url == "index.html" else Severity.NONE

    def _make(self, name: str, context: Mapping[str, object]) -> bytes:
        try:
            return self.environment.get_template(name).render(context).encode()
        except Exception as error:
            problem = self._problem(error, name)
            if problem is None:
                raise
            raise ContentError([problem]) from error

    def _problem(self, error: Exception, name: str) -> Problem | None:
        """What *error* says about the site's own templates, or None if it has none to blame."""
        if self.own is None:
            return None
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if Path(frame.filename).is_relative_to(self.own)]
        what = (
            str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
        )
        if inside:
            path, line = Path(inside[-1].filename), inside[-1].lineno or 1
            message = f"the template fails here: {what}"
        else:
            # One of ours fails because a part of theirs lacks what the original has.
            path, line = self.own, 1
            message = f"with these templates {quoted(name)} fails: {what}"
        remedy = "the README lists what a template may use, and how to reach the originals"
        return Problem(path=path, line=line, column=1, message=f"{message}; {remedy}")


def _environment(own: Path | None) -> Environment:
    theme = FileSystemLoader(_theme_folder())
    folders = [FileSystemLoader(own)] if own is not None else []
    environment = Environment(
        loader=ChoiceLoader([*folders, theme, PrefixLoader({"default": theme})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["iso"] = moments.written
    return environment


def _theme_folder() -> Path:
    """The built-in theme: inside an installed package, beside the package in a checkout."""
    package = Path(__file__).parent.parent
    packed = package / "templates"
    return packed if packed.is_dir() else package.parent / "templates"


def _check(environment: Environment, own: Path) -> None:
    """Find every own template that cannot be compiled, or that extends itself for ever."""
    if own.samefile(_theme_folder()):
        return  # The theme's own repository is a site, too.
    problems = []
    for name in FileSystemLoader(own).list_templates():
        path = own / name
        if path.name.startswith("."):
            continue
        try:
            tree = environment.parse(_source(environment, name), filename=str(path))
        except (TemplateSyntaxError, UnicodeDecodeError) as error:
            line = getattr(error, "lineno", 1)
            what = f"the template cannot be read: {error}; mend it, or delete it for the original"
            problems.append(Problem(path=path, line=line, column=1, message=what))
            continue
        extends = [(node.template, node.lineno) for node in tree.find_all(nodes.Extends)]
        includes = [(node.template, node.lineno) for node in tree.find_all(nodes.Include)]
        for target, line in extends + includes:
            if isinstance(target, nodes.Const) and target.value == name:
                what = f"the template asks for itself; write {quoted(f'default/{name}')}"
                problems.append(Problem(path=path, line=line, column=1, message=what))
    if problems:
        raise ContentError(problems)


def _source(environment: Environment, name: str) -> str:
    loader = environment.loader
    return loader.get_source(environment, name)[0] if loader is not None else ""


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
