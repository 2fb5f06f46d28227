"""The original addresses of Stashboard and django-statusboard, which have no extension.

One tree serves all hosts: `NAME/index.json` where an address is also a folder (GitHub Pages), files
without an extension for the others, exact rules in `_redirects`, and the type of those files in
`_headers` (Cloudflare, Netlify, GitLab). JSON is never served as HTML: a message could contain a
script. Placeholder rules would shadow files on Cloudflare.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from statusgen.render import Output, Outputs
from statusgen.render.compat import stashboard, statusboard
from statusgen.site.view_models import Site

RULES = "_redirects"
HEADERS = "_headers"
HOST_FILES = (RULES, HEADERS)

_FOLDER = re.compile("services(?:/[^/]+(?:/events)?)?|statuses|service-lists")
_LEAF = re.compile(
    "levels|status-images|(?:statuses|service-lists)/[^/]+"
    "|services/[^/]+/(?:calendar|events/current)"
)
# Each incident would need rules, too, but hosts accept about a thousand of them.
_WITH_RULES = re.compile("[^/]+|(?:service|servicegroup)/[0-9]+")


def outputs(site: Site, files: Outputs) -> Outputs:
    """Return the files for the old addresses of *files*, the APIs of *site*."""
    found: Outputs = {}
    rules: list[str] = []
    for base in stashboard.BASES:
        for name in _names(files, base):
            path, make = f"{base}/{name}", files[f"{base}/{name}.json"]
            if _FOLDER.fullmatch(name):
                found[f"{path}/index.json"] = make
                rules.append(_rule(site, path, path))
            elif _LEAF.fullmatch(name):
                found[path] = make
    for name in _names(files, statusboard.ROOT):
        path = f"{statusboard.ROOT}/{name}"
        old = statusboard.ROOT if name == "index" else path
        if name != "index":
            found[f"{path}/index.json"] = files[f"{path}.json"]
        if _WITH_RULES.fullmatch(name):
            rules += [_rule(site, old, path), _rule(site, f"{old}/", path)]
    if rules:
        found[RULES] = partial(_lines, tuple(rules))
    if any(path.startswith(stashboard.BASES) for path in files):
        found[HEADERS] = partial(_lines, tuple(_headers(site)))
    return found


def with_own_rules(found: Outputs, own: Mapping[str, bytes]) -> Outputs:
    """Return *found* with the rules and headers in *own*, the site's files, before ours."""
    joined = {
        name: partial(_joined, own[name], found[name])
        for name in HOST_FILES
        if name in own and name in found
    }
    return {**found, **joined}


def _joined(own: bytes, make: Output) -> bytes:
    return own.rstrip(b"\r\n") + b"\n" + make()


def _names(files: Outputs, base: str) -> Iterator[str]:
    """Yield the paths of *files* below *base*, without it and without `.json`."""
    start = f"{base}/"
    for path in files:
        if path.startswith(start):
            yield path.removeprefix(start).removesuffix(".json")


def _rule(site: Site, old: str, path: str) -> str:
    """Return the rule that serves the file *path* at the address *old*."""
    return f"{site.path}{old} {site.path}{path}.json 200"


def _headers(site: Site) -> Iterator[str]:
    for base in stashboard.BASES:
        yield f"{site.path}{base}/*"
        yield "  Content-Type: application/json"


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
