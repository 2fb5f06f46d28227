"""HTML pages, rendered with the templates, and their stylesheet, scripts and icons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest

from statusgen import colours, times
from statusgen.markup import html
from statusgen.markup.urls import OWN_PICTURE
from statusgen.model import Directive, Link, Severity
from statusgen.render import Outputs
from statusgen.render.html import banner, functions, link_previews, structured_data, trestus
from statusgen.render.html.context import PageContext, PageSpec
from statusgen.render.html.policy import policy
from statusgen.render.html.theme import Theme
from statusgen.site.fact_tracking import Knowing
from statusgen.site.view_models import IncidentView, ServiceView, SeverityView, Site
from statusgen.timeline.uptime import UPTIME_DAYS

_MAX_DESCRIPTION = 200
# The scripts of each template; all others have the first.
_SCRIPTS = {
    "404.html": (),
    "moved.html": (),
    "incident.html": ("script.js", "copy.js"),
    "search.html": ("script.js", "search.js"),
    "subscribe.html": ("script.js", "copy.js", "subscribe.js"),
}


@dataclass(frozen=True, kw_only=True)
class _Job:
    """A page to render: its template, its path and its content."""

    template: str
    url: str
    heading: str
    description: str = ""
    canonical: str | None
    severity: Severity | None = None  # now, for the icon and link previews
    trail: tuple[Link, ...] = ()  # for search engines
    is_live: bool = False  # may change while someone is reading it
    shown: Mapping[str, object] = field(default_factory=dict)


def outputs(site: Site, theme: Theme) -> Outputs:
    """Return every page of *site*, its stylesheet, its scripts and its icons.

    Rendering one raises ContentError if one of the site's own templates fails.
    """
    pages = _Pages(site, theme)
    files: Outputs = {job.url: partial(pages.page, job) for job in _jobs(site, theme.front_page)}
    for incident in site.incidents:
        files[incident.url] = partial(pages.incident, incident)
        if incident.id != incident.slug:
            url = f"incidents/{incident.id}.html"
            files[url] = partial(pages.moved, incident, url)
    files[pages.shared.stylesheet] = pages.css
    for path in pages.shared.scripts:
        files[path] = partial(pages.js, path)
    files["embed.js"] = pages.embed
    for name in (*link_previews.picture_names(), *pages.shared.icons):
        files[name] = partial(pages.picture, name)
    for severity in Severity:
        files[f"favicon-{severity}.svg"] = partial(pages.favicon, severity)
    return files


def stubs(site: Site, theme: Theme) -> Outputs:
    """Return the stub pages at the old addresses of incidents."""
    pages = _Pages(site, theme)
    return {
        url: partial(pages.moved, incident, url)
        for incident in site.incidents
        for url in incident.old_urls
    }


def _jobs(site: Site, front_page: str) -> Iterator[_Job]:
    say = site.language.say
    headline = banner.headline(site, site.severity)
    yield _Job(
        template=front_page,
        url="index.html",
        heading=headline,
        description=banner.affected(site) or banner.watched(site, site.severity) or headline,
        canonical="",
        severity=site.severity,
        is_live=True,
    )
    yield _Job(template="404.html", url="404.html", heading=say("not_found"), canonical=None)
    for name, heading in (
        ("history", say("history.title")),
        ("search", say("search.title")),
        ("subscribe", say("subscribe.title")),
    ):
        url = f"{name}.html"
        yield _Job(template=url, url=url, heading=heading, canonical=url)
    newer = None
    for month, older in zip_longest(site.months, site.months[1:]):
        yield _Job(
            template="month.html",
            url=month.url,
            heading=site.language.month(month.first),
            description=say("history.count", n=month.count),
            canonical=month.url,
            trail=structured_data.month_trail(site, month),
            shown={"month": month, "newer": newer, "older": older},
        )
        newer = month
    for severity in site.severities:
        yield from _severity_jobs(severity, site)
    for service in site.services:
        yield from _service_jobs(service, site)


def _severity_jobs(severity: SeverityView, site: Site) -> Iterator[_Job]:
    say = site.language.say
    name = functions.files_word(site, severity.severity)
    yield _Job(
        template="severity.html",
        url=severity.url,
        # The title of the front page can also be a severity.
        heading=say("page.title", page=name, site=say("history.title")),
        canonical=severity.url,
        severity=severity.severity if severity.severity.rank else None,
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
        severity=None if service.is_retired else service.severity,
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


def _description(incident: IncidentView, site: Site) -> str:
    """Return the state and the last update of *incident*, for link previews."""
    say = site.language.say
    kind = "kind.notice" if incident.is_notice else f"state.{incident.state}"
    last = html.to_text(incident.updates[0].html) if incident.updates else ""
    return f"{say('cancelled' if incident.is_cancelled else kind)}. {last}".strip()


class _Pages(Knowing):
    """A renderer for the pages of one site."""

    def __init__(self, site: Site, theme: Theme) -> None:
        self.site = site
        self.theme = theme
        theme.tell(functions.words(site))
        self.shared = PageContext(site, theme)

    def css(self) -> bytes:
        return self.shared.sheet

    def js(self, path: str) -> bytes:
        return self.shared.scripts[path]

    def incident(self, incident: IncidentView) -> bytes:
        """Render the page of *incident*."""
        return self.page(
            _Job(
                template="incident.html",
                url=incident.url,
                heading=incident.title,
                description=_description(incident, self.site),
                canonical=incident.url,
                severity=link_previews.shown_severity(incident),
                trail=structured_data.incident_trail(self.site, incident),
                is_live=not incident.is_settled and not incident.is_notice,
                shown={"incident": incident},
            )
        )

    def moved(self, incident: IncidentView, url: str) -> bytes:
        """Render the stub page at *url*, which redirects to *incident*."""
        return self.page(
            _Job(
                template="moved.html",
                url=url,
                heading=incident.title,
                canonical=incident.url,
                shown={"incident": incident},
            )
        )

    def page(self, job: _Job) -> bytes:
        root = self.site.path if job.url == "404.html" else "../" * job.url.count("/")
        # The index has its style inline for speed; a host may serve 404.html at any depth.
        has_inline_style = job.url in ("index.html", "404.html")
        scripts = _SCRIPTS.get(job.template, ("script.js",))
        has_script = bool(scripts)
        data = self._structured_data(job)
        # The Nu HTML Checker trims a style before it computes its hash; so does base.html.
        inline = {Directive.STYLE: self.shared.style.strip()} if has_inline_style else {}
        if data:
            # Browsers do not apply the policy to data, but the Nu HTML Checker does.
            inline[Directive.SCRIPT] = data.encode()
        page = PageSpec(
            shared=self.shared,
            url=job.url,
            title=functions.title(self.site, job.heading),
            heading=job.heading,
            description=_shortened(job.description or self.site.title),
            favicon=self._favicon_of(job),
            home="" if job.url == "404.html" else "index.html",
            # The site's own templates may add scripts to 404.html.
            policy=policy(
                self.site.config.csp, inline=inline, has_script=job.template != "moved.html"
            ),
            inline_style=has_inline_style,
            scripts=tuple(self.shared.script_path(name) for name in scripts),
            words=self._script_data(job) if has_script else {},
            has_anchors=job.template == "incident.html",
            canonical=None if job.canonical is None else self.site.absolute(job.canonical),
            preview=link_previews.link_preview(self.site, job.severity),
            structured_data=data,
        )
        context = {"page": page, "root": root, **job.shown}
        if job.template == trestus.TEMPLATE:
            context |= trestus.template_names(self.site)
        rendered = self.theme.make(job.template, context)
        if OWN_PICTURE.encode() in rendered:
            return html.with_pictures_at(root, rendered.decode()).encode()
        return rendered

    def favicon(self, severity: Severity) -> bytes:
        colour = colours.OF_SEVERITY[severity]
        return self.theme.make("favicon.svg", {"severity": severity, "colour": colour})

    def picture(self, name: str) -> bytes:
        return self.theme.picture(name)

    def embed(self) -> bytes:
        return self.theme.make("embed.js", {"items": list(banner.embedded(self.site))})

    def _structured_data(self, job: _Job) -> str:
        if job.url == "index.html":
            return structured_data.website(self.site)
        return structured_data.breadcrumbs(self.site, job.trail) if job.trail else ""

    def _favicon_of(self, job: _Job) -> str:
        if self.site.config.look.favicon:
            return self.site.config.look.favicon
        return f"favicon-{job.severity or Severity.NONE}.svg"

    def _script_data(self, job: _Job) -> dict[str, str | int]:
        data: dict[str, str | int] = {"zone": str(self.site.config.zone)}
        names: dict[str, str] = {}
        if job.url == "index.html" or job.template == "service.html":
            data["today"] = times.day_of(self.site.now, self.site.config.zone).isoformat()
            data["days"] = UPTIME_DAYS
            names |= {"none": "days.none", "unknown": "days.unknown"}
        if job.url == "index.html":
            names |= {"fresh": "page.fresh"}
        if job.template in ("incident.html", "subscribe.html"):
            names |= {"copied": "copied"}
        if job.is_live:
            names |= {"for": "clock.for", "starts": "clock.starts", "ends": "clock.ends"}
            names |= {"old": "page.old"}
        if job.is_live and self.site.config.refresh:
            data["refresh"] = self.site.config.refresh
        if job.template == "search.html":
            names |= {"missing": "search.none", "failed": "search.failed"}
            forms = self.site.language.plural_forms("search.found")
            data |= {f"found-{form}": text for form, text in forms.items()}
        # Keep the placeholders: the scripts fill them in.
        say = partial(self.site.language.say, duration="{duration}", ago="{ago}")
        return {**data, **{word: say(name) for word, name in names.items()}}


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_DESCRIPTION else f"{line[: _MAX_DESCRIPTION - 1]}…"
