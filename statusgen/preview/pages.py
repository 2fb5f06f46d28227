"""Responses of the preview: media types and the reload script."""

import mimetypes
import re
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath

from statusgen.output.paths import STAGING

# This name is reserved, so it cannot hide a file in the site.
EVENTS = f"{STAGING}/events"
SCRIPT = f"{STAGING}/reload.js"
_POLICY = re.compile(
    rb"""<meta http-equiv="Content-Security-Policy" content="(?=default-src (?:'|&#39;)none)"""
)

PAGE_TYPE = "text/html; charset=utf-8"

# Fixed here, because `mimetypes` depends on the system's configuration.
_TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xml": "application/xml",
}

# A hidden tab closes its connection: browsers allow only a few per host.
RELOAD = f"""\
"use strict";
(() => {{
  const {{ version }} = document.currentScript.dataset;
  let events;
  const listen = () => {{
    events?.close();
    if (document.hidden) return;
    events = new EventSource("/{EVENTS}");
    events.onmessage = ({{ data }}) => {{ if (data !== version) location.reload(); }};
  }};
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => events?.close());
  addEventListener("pageshow", ({{ persisted }}) => {{ if (persisted) listen(); }});
  listen();
}})();
"""


@dataclass(frozen=True, kw_only=True)
class PageReply:
    """A response; *location* is the target of a redirect."""

    status: HTTPStatus
    kind: str
    body: bytes
    location: str | None = None


def file_at(path: str, paths: Collection[str]) -> str | None:
    """Return the entry of *paths* that GitHub Pages would serve for *path*, or None."""
    folder = f"{path}index.html" if path.endswith("/") or not path else path
    return next((name for name in (folder, f"{path}.html") if name in paths), None)


def media_type(path: str) -> str:
    """Return the media type of the file *path*."""
    kind = _TYPES.get(PurePosixPath(path).suffix.lower()) or mimetypes.guess_type(path)[0]
    if kind is None:
        return "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def is_page(path: str) -> bool:
    """Return True if *path* is that of a page: it ends with .html or a slash, or has no suffix."""
    return media_type(path) == PAGE_TYPE or path.endswith("/") or "." not in path.rpartition("/")[2]


def with_reload(page: bytes, *, version: str) -> bytes:
    """Return *page* with a script that reloads it when the preview is no longer at *version*.

    A content security policy that denies everything by default is extended to allow the script,
    unless it already has rules for scripts and connections.
    """
    policy = _POLICY.search(page)
    if policy is not None:
        rest = page[policy.end() :]
        allowed = rest.partition(b'"')[0]
        wanted = (rule for rule in (b"script-src", b"connect-src") if rule not in allowed)
        page = page[: policy.end()] + b"".join(b"%s 'self'; " % rule for rule in wanted) + rest
    script = f'<script src="/{SCRIPT}" data-version="{version}"></script>\n'.encode()
    end = page.lower().rfind(b"</body>")
    place = end if end >= 0 else len(page)
    return page[:place] + script + page[place:]
