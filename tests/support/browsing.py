"""A real browser that serves sites from memory, for the tests that need one."""

import mimetypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.conftest import browser_path, missing
from tests.support.examples import Site

MORNING = datetime.fromisoformat("2026-11-20T10:15:30+01:00")
ROME, NEW_YORK = "Europe/Rome", "America/New_York"
PHONE, DESK = 360, 1280
MINUTE = 60 * 1000

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

SPY = """
window.asked = [];
let busy = Promise.resolve();
const ask = window.fetch;
window.fetch = (url, options = {}) => {
  window.asked.push([String(url), options.cache]);
  const answer = ask(url, options);
  busy = Promise.allSettled([busy, answer.then((one) => one.clone().text())]);
  return answer;
};
window.settled = async () => {
  for (let seen = -1; seen !== window.asked.length;) {
    seen = window.asked.length;
    await busy;
    const { port1, port2 } = new MessageChannel();
    await new Promise((done) => { port1.onmessage = done; port2.postMessage(0); });
  }
};
"""
SHOWN = """
(selector) => [...document.querySelectorAll(selector)]
  .filter((one) => one.checkVisibility()).map((one) => one.innerText.replace(/\\s+/g, " ").trim())
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


Opened = Callable[..., Visit]


@contextmanager
def opening(browser: Browser) -> Iterator[Opened]:
    """Yield a function that opens a page of a site at a fixed time of the visitor's clock.

    Fail the test if a page has violated its policy or logged an error.
    """
    visits: list[Visit] = []

    def opened(
        built: Site,
        path: str = "index.html",
        *,
        at: datetime = MORNING,
        zone: str = ROME,
        width: int = DESK,
        touch: bool = False,
    ) -> Visit:
        context = browser.new_context(
            timezone_id=zone,
            viewport={"width": width, "height": 640},
            has_touch=touch,
        )
        context.add_init_script(SPY)
        one = visit(context, built)
        visits.append(one)
        one.page.clock.install(time=at - timedelta(minutes=1))
        one.page.clock.pause_at(at)
        one.open(path)
        one.page.evaluate("window.settled()")
        return one

    yield opened
    complaints = [one.complaints for one in visits]
    for one in visits:
        one.page.context.close()
    assert [QUIET] * len(visits) == complaints


@contextmanager
def without_scripts(browser: Browser, site: Site, path: str) -> Iterator[Page]:
    """Open a page of *site* in a browser without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    one = Visit(context.new_page(), site)
    context.route("**/*", one.serve)
    yield one.open(path)
    context.close()


def shown(page: Page, selector: str) -> list[str]:
    """Return the texts of the visible elements that match *selector*."""
    return list(page.evaluate(SHOWN, selector))


def announced(page: Page) -> str:
    """Return the last announcement to screen readers."""
    return page.locator("[role=status]").text_content() or ""


def icon(page: Page) -> str:
    """Return the severity that the favicon shows."""
    href = page.locator("link[rel=icon]").last.get_attribute("href") or ""
    return href.rpartition("favicon-")[2].removesuffix(".svg")


def minutes(one: Visit, count: int = 1) -> int:
    """Advance the clock by *count* minutes, and return the number of requests for `build.json`."""
    before = one.asked.count("build.json")
    for _ in range(count):
        one.page.clock.run_for(MINUTE)
        one.page.evaluate("window.settled()")
    return one.asked.count("build.json") - before


def arrive(one: Visit, built: Site) -> None:
    """Publish *built* and advance the clock until the open page shows it."""
    one.page.evaluate("window.stays = document.querySelector('main').stays = true")
    one.site = built
    for _ in range(5):
        minutes(one)
        if one.page.evaluate("!document.querySelector('main').stays"):
            return
    pytest.fail("the new content does not arrive")
