"""Files for static hosts and search engines."""

from functools import partial
from html import escape
from urllib.parse import urlsplit

from statusgen.render import Outputs
from statusgen.site.view_models import Site

# Hosts that give every account its own subdomain, which is not a custom domain.
_SHARED_HOSTS = (".github.io", ".gitlab.io", ".pages.dev", ".netlify.app")


def outputs(site: Site) -> Outputs:
    """Return `.nojekyll`, `robots.txt`, `sitemap.xml` (https://www.sitemaps.org) and `CNAME`."""
    files: Outputs = {
        ".nojekyll": _nothing,
        "robots.txt": partial(_robots, site),
        "sitemap.xml": partial(_sitemap, site),
    }
    if _is_custom_domain(site):
        files["CNAME"] = partial(_cname, site)
    return files


def _is_custom_domain(site: Site) -> bool:
    parts = urlsplit(site.base_url)
    host = parts.hostname or ""
    is_name = "." in host and not host.replace(".", "").isdigit() and parts.port is None
    return is_name and site.path == "/" and not host.endswith(_SHARED_HOSTS)


def _cname(site: Site) -> bytes:
    return f"{urlsplit(site.base_url).hostname}\n".encode()


def _nothing() -> bytes:
    return b""


def _robots(site: Site) -> bytes:
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.absolute('sitemap.xml')}\n".encode()


def _sitemap(site: Site) -> bytes:
    # A sitemap can have at most 50,000 URLs.
    urls = [
        "",
        "history.html",
        "subscribe.html",
        *(service.url for service in site.services),
        *(year.url for service in site.services for year in service.years),
        *(month.url for month in site.months),
        *(severity.url for severity in site.severities),
        *(year.url for severity in site.severities for year in severity.years),
        *(incident.url for incident in site.incidents),
    ][:50_000]
    rows = (f"<url><loc>{escape(site.absolute(url))}</loc></url>" for url in urls)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
        *rows,
        "</urlset>",
    ]
    return ("\n".join(lines) + "\n").encode()
