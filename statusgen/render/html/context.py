"""What a template may know beside the site: what all pages share, and what each has of its own."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from statusgen.markup import html
from statusgen.render.html import banner, functions
from statusgen.render.html.banner import Banner
from statusgen.render.html.theme import Theme
from statusgen.site.fact_tracking import Knowing, remembered
from statusgen.site.view_models import ServiceView, Site

# Pictures that chats show beside a link.
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")


class PageContext(Knowing):
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
        return tuple(banner.banners(self._site))

    @remembered
    def announcement(self) -> str:
        """The announcement of the settings as safe HTML."""
        return html.to_html(self._site.config.announcement, heading=2)

    @property
    def uptime_note(self) -> str:
        """How uptime is counted."""
        return functions.uptime_note(self._site)

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
class PageSpec:
    """What a template may know of the page it makes, beside the site, and all of `PageContext`.

    *words* are what the script needs to know, and is told by the page's body.
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
    script: str | None
    words: Mapping[str, str | int]
    has_anchors: bool
    canonical: str | None

    def __getattr__(self, name: str) -> object:
        """What is the same for every page."""
        return getattr(self.shared, name)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
