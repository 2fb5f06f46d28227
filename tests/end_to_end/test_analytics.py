"""Scripts of other hosts in a real browser: blocked without `csp`, and run with it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import SETTINGS, Run, write_site
from tests.support.browsing import LISTEN, visit
from tests.support.examples import Site, made
from tests.support.servers import TestServer

pytestmark = pytest.mark.slow

COUNT = 'fetch(new URL("/hit", document.currentScript.src)).then(() => { window.seen = "hit"; });'
# `wait_for_function` evaluates text as code in the page, which the policy forbids.
UNTIL_DONE = """new Promise((resolve) => {
  setTimeout(() => resolve(["nothing"]), 5000);
  const look = () => window.seen === "hit" || window.violations.length
    ? resolve(window.violations) : setTimeout(look, 20);
  look();
})"""
INLINE = """<script>
  window.seen = "inline";
</script>"""


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[str]:
    """Serve *files* on 127.0.0.1 and yield the address, without a trailing slash."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path[1:]
            kind = "text/html" if path.endswith(".html") else "text/javascript"
            self.send_response(200 if path in files else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(files.get(path, b""))

        def log_message(self, *_: object) -> None:
            pass

    server = TestServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def analytics() -> Iterator[str]:
    """Serve a script that counts a visit by a request to its own host."""
    with serving({"count.js": COUNT.encode(), "hit": b""}) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a tab that records what the policy blocks."""
    context = browser.new_context()
    context.add_init_script(LISTEN)
    yield context.new_page()
    context.close()


def site_with(head: str, csp: str) -> Site:
    """Build a site with *head* on every page, and with *csp* in its settings."""
    template = f'{{% extends "default/base.html" %}}{{% block extra_head %}}{head}{{% endblock %}}'
    return made({"statusgen.yml": f"{SETTINGS}{csp}", "templates/base.html": template})


@pytest.mark.parametrize("path", ["index.html", "404.html", "services/api.html"])
def test_a_script_of_an_allowed_host_runs(page: Page, analytics: str, path: str) -> None:
    """With `csp`, the script of another host is loaded on every page and may report to its host."""
    csp = f"csp: {{script-src: ['{analytics}'], connect-src: ['{analytics}']}}\n"
    site = site_with(f'<script src="{analytics}/count.js"></script>', csp)

    with serving(dict(site.files)) as address:
        page.goto(f"{address}/{path}")
        waited = page.evaluate(UNTIL_DONE)

    assert ("hit", []) == (page.evaluate("window.seen"), waited)


@pytest.mark.parametrize(
    ("csp", "blocked"),
    [
        pytest.param("", "script-src-elem {}/count.js", id="nothing-allowed"),
        pytest.param("csp: {{script-src: ['{}']}}\n", "connect-src {}/hit", id="no-requests"),
        pytest.param(
            "csp: {{connect-src: ['{}']}}\n", "script-src-elem {}/count.js", id="no-script"
        ),
    ],
)
def test_a_script_of_another_host_is_blocked(
    page: Page, analytics: str, csp: str, blocked: str
) -> None:
    """Without `csp`, neither the script nor its requests leave the page."""
    site = site_with(f'<script src="{analytics}/count.js"></script>', csp.format(analytics))

    with serving(dict(site.files)) as address:
        page.goto(f"{address}/index.html")
        waited = page.evaluate(UNTIL_DONE)

    assert [blocked.format(analytics)] == waited
    assert page.evaluate("window.seen") is None


def test_the_hash_that_check_prints_lets_an_inline_script_run(
    browser: Browser, run: Run, tmp_path: Path
) -> None:
    """The `csp` line of a warning, pasted into the settings, allows exactly that script."""
    site = site_with(INLINE, "")
    template = (
        f'{{% extends "default/base.html" %}}{{% block extra_head %}}{INLINE}{{% endblock %}}'
    )
    write_site(tmp_path, {"templates/base.html": template})
    found = re.search(r"csp: \{.*\}$", run("check", cwd=tmp_path).out, re.MULTILINE)
    assert found is not None
    allowed = site_with(INLINE, f"{found[0]}\n")
    context = browser.new_context()
    tab = visit(context, site)
    before = tab.open("index.html").evaluate("window.seen")
    tab.site = allowed
    after = tab.open("index.html").evaluate("window.seen")
    context.close()

    assert (None, "inline") == (before, after)
