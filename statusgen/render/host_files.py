"""Files for static hosts and search engines."""

from collections.abc import Iterable, Iterator
from functools import partial
from html import escape
from itertools import chain, islice
from urllib.parse import urlsplit

from statusgen import times
from statusgen.render import Outputs
from statusgen.site.view_models import Frame, IncidentView, Site

# Hosts that give every account its own subdomain, which is not a custom domain.
_SHARED_HOSTS = (".github.io", ".gitlab.io", ".pages.dev", ".netlify.app")

_MAX_URLS = 50_000  # that a sitemap can have


def outputs(site: Site) -> Outputs:
    """Return `.nojekyll`, `robots.txt`, `sitemap.xml` (https://www.sitemaps.org) and `CNAME`."""
    files: Outputs = {
        ".nojekyll": _nothing,
        "robots.txt": partial(_robots, site.frame),
        "sitemap.xml": partial(_sitemap, site),
    }
    if _is_custom_domain(site):
        files["CNAME"] = partial(_cname, site.frame)
    return files


def _is_custom_domain(site: Site) -> bool:
    parts = urlsplit(site.base_url)
    host = parts.hostname or ""
    is_name = "." in host and not host.replace(".", "").isdigit() and parts.port is None
    return is_name and site.path == "/" and not host.endswith(_SHARED_HOSTS)


def _cname(site: Frame) -> bytes:
    return f"{urlsplit(site.base_url).hostname}\n".encode()


def _nothing() -> bytes:
    return b""


def _robots(site: Frame) -> bytes:
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.absolute('sitemap.xml')}\n".encode()


def _sitemap(site: Site) -> bytes:
    rows = (_row(site.absolute(url), incidents) for url, incidents in _pages(site))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
        *islice(rows, _MAX_URLS),
        "</urlset>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _pages(site: Site) -> Iterator[tuple[str, Iterable[IncidentView]]]:
    """Yield the path of each page, and the incidents that it shows."""
    yield from (("", site.incidents), ("history.html", site.incidents))
    yield from (("search.html", ()), ("subscribe.html", ()))
    yield from ((service.url, service.incidents) for service in site.services)
    yield from ((year.url, year.incidents) for service in site.services for year in service.years)
    yield from ((month.url, month.incidents) for month in site.months)
    for severity in site.severities:
        years = (year.incidents for year in severity.years)
        yield (severity.url, chain(severity.recent, *years))
    yield from ((year.url, year.incidents) for one in site.severities for year in one.years)
    yield from ((incident.url, (incident,)) for incident in site.incidents)


def _row(address: str, incidents: Iterable[IncidentView]) -> str:
    """Return the entry of the page at *address*, dated by the newest update that it shows."""
    newest = max((one.spoken or one.started for one in incidents), default=None)
    changed = f"<lastmod>{times.written(newest)}</lastmod>" if newest else ""
    return f"<url><loc>{escape(address)}</loc>{changed}</url>"
