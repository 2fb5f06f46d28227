"""HTML pages, rendered with the templates, and their stylesheet, scripts and icons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import zip_longest

from statusgen import colours
from statusgen.markup import html
from statusgen.markup.urls import OWN_PICTURE
from statusgen.model import Directive, Link, Severity
from statusgen.render import Outputs
from statusgen.render.html import banner, functions, link_previews, structured_data, trestus
from statusgen.render.html.context import Assets, PageContext, PageSpec, SiteContext, reads_site
from statusgen.render.html.policy import Sources, allowed, policy
from statusgen.render.html.theme import Theme
from statusgen.site.view_models import Frame, IncidentView, ServiceView, SeverityView, Site
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
    today: date | None = None  # on pages with bars
    shown: Mapping[str, object] = field(default_factory=dict)


def outputs(site: Site, theme: Theme) -> Outputs:
    """Return every page of *site*, its stylesheet, its scripts and its icons.

    Rendering one raises ContentError if one of the site's own templates fails.
    """
    pages = _pages(site, theme)
    of_site = _pages_of_site(site, theme, pages.shared.assets)
    files: Outputs = {}
    for job in _site_jobs(site, theme.front_page):
        files[job.url] = partial(of_site.page, job)
    for job in _jobs(site):
        files[job.url] = partial(pages.page, job)
    for incident in site.incidents:
        files[incident.url] = partial(pages.incident, incident)
        if incident.id != incident.slug:
            url = f"incidents/{incident.id}.html"
            files[url] = partial(pages.moved, incident, url)
    files[pages.shared.stylesheet] = pages.css
    for path in pages.shared.assets.scripts:
        files[path] = partial(pages.js, path)
    files["embed.js"] = partial(of_site.embed, site)
    for name in (*link_previews.picture_names(), *pages.shared.icons):
        files[name] = partial(pages.picture, name)
    for severity in Severity:
        files[f"favicon-{severity}.svg"] = partial(pages.favicon, severity)
    return files


def stubs(site: Site, theme: Theme) -> Outputs:
    """Return the stub pages at the old addresses of incidents."""
    pages = _pages(site, theme)
    return {
        url: partial(pages.moved, incident, url)
        for incident in site.incidents
        for url in incident.old_urls
    }


def _pages(site: Site, theme: Theme) -> "_Pages":
    """Return the renderer for pages that show only their own records.

    If one of the site's own templates reads more, every page depends on the whole site.
    """
    # Templates that a page imports do not see its `site`, but the global one.
    theme.tell(functions.words(site, frame=site if theme.is_own else site.frame))
    if theme.is_own and reads_site(theme.templates):
        return _pages_of_site(site, theme, Assets(theme))
    today = site.today if theme.is_own else None
    return _Pages(site.frame, today, theme, PageContext(site.frame, theme, Assets(theme)))


def _pages_of_site(site: Site, theme: Theme, assets: Assets) -> "_Pages":
    return _Pages(site, None, theme, SiteContext(site, theme, assets))


def _site_jobs(site: Site, front_page: str) -> Iterator[_Job]:
    """Yield the pages that show the state of the whole site."""
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
        today=site.today,
    )
    for name, heading in (
        ("history", say("history.title")),
        ("search", say("search.title")),
        ("subscribe", say("subscribe.title")),
    ):
        url = f"{name}.html"
        yield _Job(template=url, url=url, heading=heading, canonical=url)


def _jobs(site: Site) -> Iterator[_Job]:
    """Yield all other pages, except those of incidents."""
    say = site.language.say
    yield _Job(template="404.html", url="404.html", heading=say("not_found"), canonical=None)
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
        today=site.today,
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


def _description(incident: IncidentView, site: Frame) -> str:
    """Return the state and the last update of *incident*, for link previews."""
    say = site.language.say
    kind = "kind.notice" if incident.is_notice else f"state.{incident.state}"
    last = html.to_text(incident.updates[0].html) if incident.updates else ""
    return f"{say('cancelled' if incident.is_cancelled else kind)}. {last}".strip()


@dataclass(frozen=True)
class _Pages:
    """A renderer for pages; *frame* is a `Site` if they show more than their own records.

    *today* is given if a template of the site may call `brief`, whose result depends on the day.
    """

    frame: Frame
    today: date | None
    theme: Theme = field(compare=False)
    shared: PageContext = field(compare=False)

    @cached_property
    def sources(self) -> Mapping[bool, Sources]:
        """Return what the policy allows, by whether a page has scripts."""
        csp = self.frame.config.csp
        return {one: allowed(csp, has_script=one) for one in (True, False)}

    def css(self) -> bytes:
        return self.shared.assets.sheet

    def js(self, path: str) -> bytes:
        return self.shared.assets.scripts[path]

    def incident(self, incident: IncidentView) -> bytes:
        """Render the page of *incident*."""
        return self.page(
            _Job(
                template="incident.html",
                url=incident.url,
                heading=incident.title,
                description=_description(incident, self.frame),
                canonical=incident.url,
                severity=link_previews.shown_severity(incident),
                trail=structured_data.incident_trail(self.frame, incident),
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
        root = self.frame.path if job.url == "404.html" else "../" * job.url.count("/")
        # The index has its style inline for speed; a host may serve 404.html at any depth.
        has_inline_style = job.url in ("index.html", "404.html")
        scripts = _SCRIPTS.get(job.template, ("script.js",))
        has_script = bool(scripts)
        data = self._structured_data(job)
        # The Nu HTML Checker trims a style before it computes its hash; so does base.html.
        inline = {Directive.STYLE: self.shared.assets.style.strip()} if has_inline_style else {}
        if data:
            # Browsers do not apply the policy to data, but the Nu HTML Checker does.
            inline[Directive.SCRIPT] = data.encode()
        page = PageSpec(
            shared=self.shared,
            url=job.url,
            title=functions.title(self.frame, job.heading),
            heading=job.heading,
            description=_shortened(job.description or self.frame.title),
            favicon=self._favicon_of(job),
            home="" if job.url == "404.html" else "index.html",
            # The site's own templates may add scripts to 404.html.
            policy=policy(self.sources[job.template != "moved.html"], inline=inline),
            inline_style=has_inline_style,
            scripts=tuple(self.shared.assets.script_path(name) for name in scripts),
            words=self._script_data(job) if has_script else {},
            has_anchors=job.template == "incident.html",
            canonical=None if job.canonical is None else self.frame.absolute(job.canonical),
            preview=link_previews.link_preview(self.frame, job.severity),
            structured_data=data,
        )
        context = {"site": self.frame, "page": page, "root": root, **job.shown}
        if job.template == trestus.TEMPLATE and isinstance(self.frame, Site):
            context |= trestus.template_names(self.frame)
        rendered = self.theme.make(job.template, context)
        if OWN_PICTURE.encode() in rendered:
            return html.with_pictures_at(root, rendered.decode()).encode()
        return rendered

    def favicon(self, severity: Severity) -> bytes:
        colour = colours.OF_SEVERITY[severity]
        return self.theme.make("favicon.svg", {"severity": severity, "colour": colour})

    def embed(self, site: Site) -> bytes:
        return self.theme.make("embed.js", {"items": list(banner.embedded(site))})

    def picture(self, name: str) -> bytes:
        return self.theme.picture(name)

    def _structured_data(self, job: _Job) -> str:
        if job.url == "index.html":
            return structured_data.website(self.frame)
        return structured_data.breadcrumbs(self.frame, job.trail) if job.trail else ""

    def _favicon_of(self, job: _Job) -> str:
        if self.frame.config.look.favicon:
            return self.frame.config.look.favicon
        return f"favicon-{job.severity or Severity.NONE}.svg"

    def _script_data(self, job: _Job) -> dict[str, str | int]:
        data: dict[str, str | int] = {"zone": str(self.frame.config.zone)}
        names: dict[str, str] = {}
        if job.today is not None:
            data["today"] = job.today.isoformat()
            data["days"] = UPTIME_DAYS
            names |= {"none": "days.none", "unknown": "days.unknown"}
        if job.url == "index.html":
            names |= {"fresh": "page.fresh"}
        if job.template in ("incident.html", "subscribe.html"):
            names |= {"copied": "copied"}
        if job.is_live:
            names |= {"for": "clock.for", "starts": "clock.starts", "ends": "clock.ends"}
            names |= {"old": "page.old"}
        if job.is_live and self.frame.config.refresh:
            data["refresh"] = self.frame.config.refresh
        if job.template == "search.html":
            names |= {"missing": "search.none", "failed": "search.failed"}
            forms = self.frame.language.plural_forms("search.found")
            data |= {f"found-{form}": text for form, text in forms.items()}
        # Keep the placeholders: the scripts fill them in.
        say = partial(self.frame.language.say, duration="{duration}", ago="{ago}")
        return {**data, **{word: say(name) for word, name in names.items()}}


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_DESCRIPTION else f"{line[: _MAX_DESCRIPTION - 1]}…"
