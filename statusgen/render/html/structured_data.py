"""Structured data for search engines: JSON-LD (https://schema.org) of the types that Google reads.

`WebSite` gives the name of the site in search results, `BreadcrumbList` the path to a page. Others
do not fit: an incident is no `Event`, which people attend; `SpecialAnnouncement` is deprecated; and
for `Organization`, the name of the company is unknown.
"""

from collections.abc import Sequence

from jinja2.utils import htmlsafe_json_dumps

from statusgen import times
from statusgen.model import Link
from statusgen.site import past_incidents
from statusgen.site.view_models import Frame, IncidentView, MonthView

_CONTEXT = "https://schema.org"


def website(site: Frame) -> str:
    """Return the name of *site* as JSON; empty below a path, where search engines ignore it."""
    if site.path != "/":
        return ""
    document = {
        "@context": _CONTEXT,
        "@type": "WebSite",
        "name": site.title,
        "url": site.absolute(""),
    }
    return htmlsafe_json_dumps(document)


def breadcrumbs(site: Frame, trail: Sequence[Link]) -> str:
    """Return the pages of *trail* as JSON, from the front page to the current one."""
    items = [
        {
            "@type": "ListItem",
            "position": position,
            "name": link.name,
            "item": site.absolute(link.url),
        }
        for position, link in enumerate(trail, start=1)
    ]
    document = {"@context": _CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}
    return htmlsafe_json_dumps(document)


def month_trail(site: Frame, month: MonthView) -> tuple[Link, ...]:
    """Return the pages that lead to *month*, and its own."""
    own = Link(name=site.language.month(month.first), url=month.url)
    return (*_history_trail(site), own)


def incident_trail(site: Frame, incident: IncidentView) -> tuple[Link, ...]:
    """Return the pages that lead to *incident*, and its own."""
    first = times.day_of(incident.dated, site.config.zone).replace(day=1)
    month = Link(name=site.language.month(first), url=past_incidents.month_url(first))
    return (*_history_trail(site), month, Link(name=incident.title, url=incident.url))


def _history_trail(site: Frame) -> tuple[Link, ...]:
    history = Link(name=site.language.say("history.title"), url="history.html")
    return (Link(name=site.title, url=""), history)
