"""A real browser that serves sites from memory, for the tests that need one."""

import mimetypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.conftest import browser_path, missing
from tests.support.examples import Site

FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.violations.push(event.effectiveDirective + " " + event.blockedURI));
"""

QUIET: dict[str, list[str]] = {"outside": [], "errors": [], "failed": [], "violations": []}


@dataclass
class Visit:
    """A tab that shows one site from memory, with a log of its requests and errors.

    *site* can be replaced while the tab is open. *asked* are the requested paths of the site.
    Requests for *unanswered* paths get an empty response, and for *broken* paths an error.
    """

    page: Page
    site: Site
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def serve(self, route: Route) -> None:
        """Respond like a static host, and log each request to another host."""
        parts = urlsplit(route.request.url)
        root = urlsplit(self.site.url)
        if (parts.scheme, parts.netloc) != (root.scheme, root.netloc):
            self.outside.append(route.request.url)
            route.abort()
            return
        path = unquote(parts.path)
        inside = path.removeprefix(self.site.path) if path.startswith(self.site.path) else "?"
        name = f"{inside}index.html" if inside.endswith("/") or not inside else inside
        self.asked.append(name)
        if inside in self.unanswered:
            route.fulfill(status=204)  # The browser stays on the current page.
            return
        if inside in self.broken:
            route.fulfill(status=503)
            return
        if name in self.site.files:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            route.fulfill(body=self.site.files[name], content_type=kind)
            return
        self.failed.append(route.request.url)
        route.fulfill(status=404, body=self.site.files["404.html"], content_type="text/html")

    def open(self, path: str) -> Page:
        """Clear the log and load the page at *path* on the site."""
        for noted in (self.outside, self.errors, self.failed, self.asked):
            noted.clear()
        self.page.goto(f"{self.site.url}/{path}", wait_until="load")
        return self.page

    @property
    def complaints(self) -> dict[str, list[str]]:
        """The requests to other hosts, errors and policy violations since the page was opened."""
        return {
            "outside": self.outside,
            "errors": self.errors,
            "failed": self.failed,
            "violations": list(self.page.evaluate("window.violations")),
        }


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the system's browser; skip the test if there is none."""
    found = browser_path()
    if found is None:
        missing("chromium")
    # The sandbox needs rights that containers do not grant, and does not run as root.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 or os.environ.get("CI") else FLAGS
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=flags)
        yield started
        started.close()


def visit(context: BrowserContext, site: Site) -> Visit:
    """Open a tab on *site* in *context*."""
    context.add_init_script(LISTEN)
    one = Visit(context.new_page(), site)
    context.route("**/*", one.serve)
    one.page.on("pageerror", lambda error: one.errors.append(str(error)))
    one.page.on(
        "console",
        lambda line: one.errors.append(line.text) if line.type in ("error", "warning") else None,
    )
    return one
