"""The `page` variable in templates: values that all pages share, and those of one page."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property

from jinja2 import nodes

from statusgen.markup import html
from statusgen.render.html import banner, functions
from statusgen.render.html.banner import Banner
from statusgen.render.html.link_previews import LinkPreview
from statusgen.render.html.own_templates import OwnTemplates, references
from statusgen.render.html.theme import Theme
from statusgen.site.incident import alert_titles
from statusgen.site.view_models import Frame, ServiceView, Site, UpdateView

# What the front page shows at most, so that it stays small.
_MAX_LISTS = 30  # services with lists of bad days
_MAX_PAST_TEXT = 3_000  # characters of the updates of past incidents
_MAX_PAST_UPDATES = 6  # of each
_SCRIPTS = ("script.js", "copy.js", "search.js", "subscribe.js")
# The templates of pages and files that show only their own records, and the settings.
_RECORD_PAGES = (
    *("404.html", "incident.html", "month.html", "moved.html", "service.html", "severity.html"),
    *("year.html", "favicon.svg", "style.css", "pages.css", *_SCRIPTS),
)


class Assets:
    """The stylesheets and scripts that all pages share, rendered on first use."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    @cached_property
    def style(self) -> bytes:
        """Return the styles that the front page needs, which contains them."""
        return self._theme.make("style.css", {})

    @cached_property
    def sheet(self) -> bytes:
        """Return the stylesheet for all other pages."""
        return self.style + self._theme.make("pages.css", {})

    @cached_property
    def scripts(self) -> Mapping[str, bytes]:
        """Return every script by the path that it is published at."""
        return {self._script_paths[name]: code for name, code in self._codes.items()}

    @cached_property
    def _codes(self) -> Mapping[str, bytes]:
        return {name: self._theme.make(name, {}) for name in _SCRIPTS}

    @cached_property
    def _script_paths(self) -> Mapping[str, str]:
        return {
            name: f"{name.removesuffix('.js')}.{_digest(code)}.js"
            for name, code in self._codes.items()
        }

    @cached_property
    def stylesheet(self) -> str:
        """Return the path of the stylesheet, which contains a digest of the content."""
        return f"style.{_digest(self.sheet)}.css"

    def script_path(self, name: str) -> str:
        """Return the path of the script *name*, which contains a digest of the content."""
        return self._script_paths[name]


class PageContext:
    """Values that all pages share, computed on first use."""

    def __init__(self, frame: Frame, theme: Theme, assets: Assets) -> None:
        self._frame = frame
        self._theme = theme
        self.assets = assets

    @property
    def stylesheet(self) -> str:
        """The path of the stylesheet."""
        return self.assets.stylesheet

    @property
    def direction(self) -> str:
        """The text direction: `ltr` or `rtl`."""
        return self._frame.language.direction

    @property
    def icons(self) -> tuple[str, ...]:
        """The icons beside the favicon; none if the settings have a favicon."""
        return () if self._frame.config.look.favicon else self._theme.icons()

    @cached_property
    def announcement(self) -> str:
        """Return the announcement as sanitized HTML."""
        config = self._frame.config
        return html.to_html(
            config.announcement,
            heading=2,
            pictures=config.pictures,
            alerts=alert_titles(self._frame.language),
        )

    def uptime_note(self, days: int) -> str:
        """Return the note that explains how uptime over *days* days is calculated."""
        return functions.uptime_note(self._frame, days)

    @property
    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """The names of the weekdays, each in short and in full form."""
        return self._frame.language.weekdays


class SiteContext(PageContext):
    """Values for pages that show the state of the whole site, such as the front page."""

    def __init__(self, site: Site, theme: Theme, assets: Assets) -> None:
        super().__init__(site, theme, assets)
        self._site = site

    @cached_property
    def has_works(self) -> bool:
        """Return True if any maintenance will start or end as scheduled."""
        return any(one.clock_starts or one.clock_ends for one in self._site.incidents)

    @property
    def lists_bad_days(self) -> bool:
        """True if the front page lists the days with problems of each service.

        With many services that would be most of the page; their own pages have the lists.
        """
        return len(self.current) <= _MAX_LISTS

    @cached_property
    def past_updates(self) -> Mapping[str, tuple[UpdateView, ...]]:
        """Return the updates that the front page shows of past incidents, by slug.

        They are the newest ones of each, until the texts together are too long.
        """
        shown: dict[str, tuple[UpdateView, ...]] = {}
        left = _MAX_PAST_TEXT
        for incident in (one for days in self._site.past for one in days.incidents):
            fitting: list[UpdateView] = []
            for update in incident.updates[:_MAX_PAST_UPDATES]:
                # The newest update of an incident may go beyond the limit, but only once.
                if left <= 0 or (fitting and len(update.html) > left):
                    break
                fitting.append(update)
                left -= len(update.html)
            shown[incident.slug] = tuple(fitting)
        return shown

    @cached_property
    def banners(self) -> tuple[Banner, ...]:
        """Return the current banner, and the one that the clock will replace it with."""
        return tuple(banner.banners(self._site))

    @property
    def grid_days(self) -> tuple[date, ...]:
        """The days that the grid shows before today, newest first."""
        days = self._site.services[0].days[-self._site.config.look.grid_days - 1 : -1]
        return tuple(day.date for day in reversed(days))

    @property
    def current(self) -> tuple[ServiceView, ...]:
        """The services that are not retired."""
        return tuple(one for one in self._site.services if not one.is_retired)


@dataclass(frozen=True, kw_only=True)
class PageSpec:
    """The values for one page; all other attributes come from `PageContext`.

    *words* are texts and settings for the script, written as data attributes of the body.
    *structured_data* is JSON in which no character needs to be escaped, or empty.
    """

    shared: PageContext = field(repr=False)
    url: str
    title: str
    heading: str
    description: str
    favicon: str
    home: str
    policy: str
    inline_style: bool
    scripts: tuple[str, ...]
    words: Mapping[str, str | int]
    has_anchors: bool
    canonical: str | None
    preview: LinkPreview
    structured_data: str

    @property
    def picture(self) -> str:
        """The full address of the picture in link previews."""
        return self.preview.address

    def __getattr__(self, name: str) -> object:
        """Return an attribute that all pages share."""
        return getattr(self.shared, name)


def reads_site(templates: OwnTemplates) -> bool:
    """Return whether a page of single records shows more of the site, itself or by an include."""
    seen, left = set[str](), [*_RECORD_PAGES]
    while left:
        name = left.pop()
        tree = None if name in seen else templates.tree(name)
        seen.add(name)
        if tree is None:
            continue
        names = [*references(tree)]
        if None in names or _reads_more(tree):
            return True
        left += filter(None, names)
    return False


def _reads_more(tree: nodes.Node) -> bool:
    """Return whether *tree* may read what a `Frame` or a `PageContext` does not have."""
    for node in tree.iter_child_nodes():
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name in _KNOWN:
            key = tree.attr if isinstance(tree, nodes.Getattr) else None
            if key not in _KNOWN[node.name]:
                return True
        if _reads_more(node):
            return True
    return False


# What templates may read on every page, by the name of the variable.
_KNOWN = {
    "site": {*dir(Frame), *Frame.__struct_fields__},
    "page": {*dir(PageContext), *dir(PageSpec), *(one.name for one in fields(PageSpec))},
}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
