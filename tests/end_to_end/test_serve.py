"""Tests of `statusgen serve` with the real command, files, an HTTP client and a browser."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from email.message import Message
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, Page

from statusgen import times
from statusgen.build import pipeline
from statusgen.preview import error_page, server
from statusgen.preview.pages import with_reload
from statusgen.problems import ContentError, Problem
from tests.conftest import SETTINGS, Run, write_site
from tests.support import acting
from tests.support.publishing import rendered

pytestmark = pytest.mark.slow

NOW = "2026-11-20T10:15:00+01:00"
TIMEOUT = 30.0  # seconds, for a busy machine

HOSTILE = "</li><script>document.title = 'taken'</script><img src=x onerror=alert(1)>"

_Seen = TypeVar("_Seen")


def incident(title: str, severity: str = "major") -> str:
    return (
        f"---\ntitle: {title}\nseverity: {severity}\nservices: [api]\n"
        "started: 2026-11-20 09:05\n---\n\nWe are looking into it.\n"
    )


def wait_for(ask: Callable[[], _Seen], expected: _Seen) -> _Seen:
    """Call *ask* until it returns *expected* or the time is over, and return its last result."""
    deadline = time.monotonic() + TIMEOUT
    while (seen := ask()) != expected and time.monotonic() < deadline:
        time.sleep(0.02)
    return seen


@dataclass(frozen=True)
class Reply:
    """A response that was read to its end."""

    status: int
    headers: Message
    body: bytes


@dataclass
class Served:
    """The command while it runs in *folder*; its temporary files are in *temporary*."""

    process: subprocess.Popen[bytes]
    folder: Path
    site: Path
    temporary: Path

    @property
    def out(self) -> str:
        return (self.folder / "out.txt").read_text("utf-8")

    @property
    def err(self) -> str:
        return (self.folder / "err.txt").read_text("utf-8")

    @property
    def port(self) -> int:
        found = re.search(r"^Serving at http://127\.0\.0\.1:([0-9]+)/ ", self.out, re.MULTILINE)
        return int(found[1]) if found else 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, *, method: str = "GET", host: str | None = None) -> tuple[int, str]:
        """Return the status and the text of the response to a request for exactly *path*."""
        reply = self.reply(path, method=method, host=host)
        return (reply.status, reply.body.decode())

    def reply(self, path: str, *, method: str = "GET", host: str | None = None) -> Reply:
        with self.asking(path, method=method, host=host) as answer:
            return Reply(answer.status, answer.headers, answer.read())

    @contextmanager
    def asking(
        self, path: str, *, method: str = "GET", host: str | None = None
    ) -> Iterator[HTTPResponse]:
        """Send a request and yield the response while it arrives."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)) as connection:
            connection.request(method, path, headers={} if host is None else {"Host": host})
            with connection.getresponse() as answer:
                yield answer

    def shows(self, text: str, path: str = "/") -> bool:
        """Wait until the page at *path* contains *text*; return False if it does not in time."""
        return wait_for(lambda: text in self.ask(path)[1], True)

    def write(self, path: str, text: str) -> None:
        target = self.site / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal to the command and return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT)


@contextmanager
def serving(folder: Path, files: dict[str, str], *options: str) -> Iterator[Served]:
    """Run the command on a site of *files* until the block ends."""
    site = write_site(folder / "site", files)
    temporary = folder / "tmp"
    temporary.mkdir()
    keep = {name: text for name, text in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    command = [sys.executable, "-m", "statusgen", "serve", "--port", "0", "--site", "site"]
    with (
        (folder / "out.txt").open("wb") as out,
        (folder / "err.txt").open("wb") as err,
        subprocess.Popen(
            [*command, *options],
            cwd=folder,
            env={**keep, "TMPDIR": str(temporary), "GITHUB_ACTIONS": "false"},
            stdout=out,
            stderr=err,
        ) as process,
    ):
        served = Served(process, folder, site, temporary)
        try:
            wait_for(lambda: served.port != 0 or process.poll() is not None, True)
            yield served
        finally:
            process.terminate()


def now_option(now: str = NOW) -> tuple[str, str]:
    return ("--now", now)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Run the command on a site with one incident."""
    with serving(tmp_path, {"incidents/a.md": incident("Slow answers")}, *now_option()) as one:
        yield one


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run the command once for all tests that do not change the site."""
    files = {"incidents/a.md": incident("Slow answers"), "static/notes/index.html": "Our notes"}
    with serving(tmp_path_factory.mktemp("standing"), files, *now_option()) as one:
        yield one


@dataclass
class Tab:
    """A page in a browser, with its errors and warnings."""

    page: Page
    messages: list[str] = field(default_factory=list)

    def shows(self, text: str) -> bool:
        """Wait until *text* appears without a reload by the test."""
        self.page.get_by_text(text).first.wait_for(timeout=TIMEOUT * 1000)
        return True


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """Open a new tab."""
    context = browser.new_context()
    one = Tab(context.new_page())
    one.page.on("pageerror", lambda error: one.messages.append(str(error)))
    one.page.on(
        "console",
        lambda said: one.messages.append(said.text) if said.type in ("error", "warning") else None,
    )
    yield one
    context.close()


def test_the_preview_has_the_files_of_a_build(standing: Served) -> None:
    """Every file equals that of a build for the preview's address, except for the reload script."""

    def moment(zone: tzinfo) -> datetime:
        return times.parse(NOW, zone)

    request = pipeline.BuildRequest(folder=standing.site, now=moment, base_url=standing.url)
    expected = rendered(request)[1]
    added = re.compile(rb'<script src="/\.statusgen-staging/reload\.js" data-version="[\w-]+">.*\n')
    allowed = b"script-src 'self'; connect-src 'self'; default-src"

    actual = {path: standing.reply(f"/{path}").body for path in expected}

    assert expected == {
        path: added.sub(b"", body).replace(allowed, b"default-src") for path, body in actual.items()
    }
    assert {path for path in expected if path.endswith(".html")} == {
        path for path, body in actual.items() if added.search(body)
    }


def test_browsers_do_not_cache(standing: Served) -> None:
    """No response may be stored, so a page always shows the last build."""
    paths = ("/", "/build.json", "/nothing", "/.statusgen-staging/reload.js")

    assert ["no-store"] * 4 == [standing.reply(path).headers["Cache-Control"] for path in paths]


@pytest.mark.parametrize(
    ("path", "status", "holds"),
    [
        pytest.param("/", 200, "<h1", id="index-of-a-folder"),
        pytest.param("/index.html?a=1", 200, "<h1", id="a-query-is-ignored"),
        pytest.param("/incidents/a", 200, "Slow answers", id="suffix-is-added"),
        pytest.param("/feed%2Eatom", 200, "<feed", id="escapes-are-decoded"),
        pytest.param("/notes/", 200, "Our notes", id="folder-in-static"),
        pytest.param("/nothing", 404, "This page does not exist", id="the-page-of-the-site"),
        pytest.param("/deep/er/nothing.png", 404, "This page does not exist", id="at-any-depth"),
    ],
)
def test_addresses_are_resolved_as_on_a_host(
    standing: Served, path: str, status: int, holds: str
) -> None:
    """The preview resolves paths as GitHub Pages does."""
    answer = standing.ask(path)
    folder = standing.reply("/notes").headers["Location"]

    assert (status, True) == (answer[0], holds in answer[1])
    assert "/notes/" == folder


def test_a_head_has_no_body(standing: Served) -> None:
    """A HEAD request gets the headers of GET and no body."""
    asked = standing.reply("/", method="HEAD")
    full = standing.reply("/")

    assert (200, full.headers["Content-Length"]) == (asked.status, asked.headers["Content-Length"])
    assert b"" == asked.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_rejected(standing: Served, method: str) -> None:
    """The preview supports only GET and HEAD."""
    assert 501 == standing.ask("/", method=method)[0]


@pytest.mark.parametrize(
    "path",
    [
        "/../out.txt",
        "/../../out.txt",
        "/%2e%2e/out.txt",
        "/..%2fout.txt",
        "/incidents/../../out.txt",
        "//out.txt",
        "/%00",
        "/.statusgen.json",
    ],
)
def test_no_address_leaves_the_site(standing: Served, path: str) -> None:
    """Only files of the site are served, however a path is encoded."""
    status, text = standing.ask(path)

    assert (404, False) == (status, "Serving" in text)
    assert "" == standing.err


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("127.0.0.1", 200, id="address"),
        pytest.param("localhost:1234", 200, id="through-a-tunnel"),
        pytest.param("LOCALHOST", 200, id="upper-case"),
        pytest.param("evil.example", 403, id="another-name"),
        pytest.param("127.0.0.1.evil.example", 403, id="name-with-that-prefix"),
        pytest.param("localhost@evil.example", 403, id="a-user"),
        pytest.param("", 403, id="none"),
    ],
)
def test_foreign_host_headers_are_rejected(standing: Served, host: str, status: int) -> None:
    """A foreign Host header is rejected, which prevents DNS rebinding."""
    assert status == standing.ask("/", host=host)[0]


def test_in_a_container_other_names_are_allowed_one_by_one(tmp_path: Path) -> None:
    """--host listens for other computers, and --allow-host accepts further names, no others."""
    names = ("status.internal", "Proxy.example")
    allow = [word for name in names for word in ("--allow-host", name)]
    files = {"incidents/a.md": incident("Slow answers")}
    with serving(tmp_path, files, "--host", "0.0.0.0", *allow, *now_option()) as one:  # noqa: S104
        hosts = ["localhost:80", "status.internal:8000", "proxy.EXAMPLE", "0.0.0.0:80", "a.example"]
        statuses = [one.ask("/", host=host)[0] for host in hosts]
        refused = one.ask("/", host="statusXinternal")

    assert [200, 200, 200, 403, 403] == statuses
    assert (403, True) == (refused[0], "or allow this name with --allow-host" in refused[1])
    assert "warning: other computers may reach this preview\n" == one.err


def test_every_response_is_restricted_to_its_origin(standing: Served) -> None:
    """Every response, errors included, is unavailable to pages of other origins."""
    replies = [
        standing.reply("/"),
        standing.reply("/embed.js"),
        standing.reply("/", method="HEAD"),
        standing.reply("/.statusgen-staging/events", method="HEAD"),
        standing.reply("/.statusgen-staging/reload.js"),
        standing.reply("/notes"),
        standing.reply("/", host="evil.example"),
        standing.reply("/nothing"),
        standing.reply(f"/{'a' * 70_000}"),
        standing.reply("/", method="POST"),
    ]

    assert [200, 200, 200, 200, 200, 301, 403, 404, 414, 501] == [one.status for one in replies]
    assert [["same-origin"]] * len(replies) == [
        one.headers.get_all("Cross-Origin-Resource-Policy") for one in replies
    ]


def test_a_page_of_another_origin_cannot_read_the_preview(served: Served, tab: Tab) -> None:
    """A website that includes the banner of a preview cannot read its incidents."""
    script = f'<script src="{served.url}/embed.js"></script>'
    with acting.serving(write_site(served.folder / "evil", {"index.html": script})) as url:
        with tab.page.expect_event("requestfailed") as failed:
            tab.page.goto(f"{url}/index.html")

        assert f"{served.url}/embed.js" == failed.value.url
        assert "Slow answers" not in tab.page.content()


def test_the_browser_shows_a_change_by_itself(served: Served, tab: Tab) -> None:
    """A saved file reloads the page in the browser without an error or warning."""
    tab.page.goto(f"{served.url}/")
    assert tab.shows("Slow answers")

    served.write("incidents/a.md", incident("No answers at all"))

    assert tab.shows("No answers at all")
    assert [] == tab.messages
    assert ["incidents/a.md:"] == re.findall(r"^\S+:", served.out, re.MULTILINE)


def test_problems_are_shown_until_they_are_fixed(served: Served, tab: Tab) -> None:
    """A broken file replaces the page by the list of problems until it is fixed."""
    tab.page.goto(f"{served.url}/incidents/a.html")
    served.write("incidents/b.md", incident("Broken", severity="critical"))
    message = "site/incidents/b.md:3:11: 'critical' is not a severity; did you mean 'major'?"

    assert tab.shows("Fix these and save")
    assert ["1 problem in this site"] == tab.page.locator("h1").all_inner_texts()
    lines = "  2 | title: Broken\n> 3 | severity: critical\n  4 | services: [api]"
    assert [f"{message}\n{lines}"] == tab.page.locator("li").all_inner_texts()
    assert ["c"] == tab.page.locator("mark").all_inner_texts()
    assert f"{message}\n" == served.err

    served.write("incidents/b.md", incident("Fixed"))

    assert tab.shows("Slow answers")
    assert f"{served.url}/incidents/a.html" == tab.page.url
    assert [] == tab.messages


def test_hostile_text_in_a_problem_stays_text(served: Served, tab: Tab) -> None:
    """Text from a file is escaped in the list of problems."""
    served.write("incidents/b.md", incident("Broken", severity=HOSTILE))
    served.write(f"incidents/{HOSTILE.partition('/')[0]}li>.md", incident("Fine"))
    assert served.shows("2 problems in this site")
    tab.page.goto(f"{served.url}/")

    assert "2 problems in this site" == tab.page.title()
    assert 2 == tab.page.locator("li").count()
    assert "<script>document.title" in tab.page.locator("li").nth(1).inner_text()
    assert 1 == tab.page.locator("script").count()
    assert [] == tab.messages


def test_pages_that_allow_no_script_are_reloaded_too(served: Served, tab: Tab) -> None:
    """A missing page appears when its file is saved, despite its content security policy."""
    tab.page.goto(f"{served.url}/incidents/b.html")
    assert tab.shows("This page does not exist")
    tab.messages.clear()  # The first response was a 404.

    served.write("incidents/b.md", incident("Now it is here"))

    assert tab.shows("Now it is here")
    assert [] == tab.messages


def test_while_there_are_problems_only_pages_are_replaced(served: Served) -> None:
    """Every page shows the problems with status 200; other files come from the last build."""
    before = served.ask("/feed.atom")
    served.write("incidents/a.md", "no front matter")
    assert served.shows("1 problem in this site")

    pages = [served.ask(path) for path in ("/", "/incidents/a.html", "/nothing", "/services/")]

    assert [(200, True)] * 4 == [(status, "Fix these" in text) for status, text in pages]
    assert before == served.ask("/feed.atom")
    assert 404 == served.ask("/missing.ico")[0]


def test_drafts_are_shown_on_demand(tmp_path: Path) -> None:
    """With --drafts a draft is on the page, and a change of it as well."""
    draft = incident("Slow answers").replace("severity", "draft: true\nseverity")
    with serving(tmp_path, {"incidents/a.md": draft}, "--drafts", *now_option()) as one:
        assert one.shows("Slow answers")
        assert 200 == one.ask("/incidents/a.html")[0]
        one.write("incidents/a.md", draft.replace("Slow answers", "Slow searches"))
        assert one.shows("Slow searches")

    assert "" == one.err


def test_drafts_are_hidden_by_default(served: Served) -> None:
    """Without --drafts the preview is the page that a build publishes."""
    served.write("incidents/b.md", incident("Idea").replace("severity", "draft: true\nseverity"))
    served.write("incidents/c.md", incident("Slow searches"))

    assert served.shows("Slow searches")
    assert 404 == served.ask("/incidents/b.html")[0]


def test_a_site_with_problems_from_the_start_is_served(tmp_path: Path) -> None:
    """The command starts on a site with problems and shows it once they are fixed."""
    with serving(tmp_path, {"incidents/a.md": "---\n"}, *now_option()) as served:
        first = served.ask("/")
        feed = served.ask("/feed.atom")
        served.write("incidents/a.md", incident("Fixed"))

        assert (200, True) == (first[0], "1 problem in this site" in first[1])
        assert (404, "not found\n") == feed
        assert served.shows("Fixed")


def test_the_settings_may_be_deleted_and_restored(served: Served) -> None:
    """The page reports a missing statusgen.yml and recovers when it is restored."""
    (served.site / "statusgen.yml").unlink()
    assert served.shows("The site cannot be built")
    assert "no statusgen.yml in site" in served.ask("/")[1]

    served.write("statusgen.yml", SETTINGS.replace("Acme Status", "Acme Again"))

    assert served.shows("Acme Again")
    assert ["statusgen: no statusgen.yml in site"] == [
        line.partition(";")[0] for line in served.err.splitlines()
    ]


def test_the_whole_site_may_be_replaced(served: Served) -> None:
    """A new folder of the same name is watched, for example after a change of branches."""
    shutil.move(served.site, served.folder / "away")
    assert served.shows("The site cannot be built")

    shutil.move(served.folder / "away", served.site)
    assert served.shows("Slow answers")
    served.write("incidents/a.md", incident("Still watched"))

    assert served.shows("Still watched")


def test_a_folder_that_appears_later_is_watched(served: Served) -> None:
    """Templates, static files and folders of incidents may be added while the preview runs."""
    footer = "{% extends 'default/index.html' %}{% block footer %}FOOT{% endblock %}"
    served.write("templates/index.html", footer.replace("FOOT", "One foot"))
    assert served.shows("One foot")
    served.write("templates/index.html", footer.replace("FOOT", "Two feet"))
    assert served.shows("Two feet")
    served.write("incidents/2026/11/b.md", incident("In a folder"))
    assert served.shows("In a folder")
    served.write("incidents/2026/11/b.md", incident("In a folder, changed"))
    assert served.shows("In a folder, changed")
    served.write("static/a.txt", "static")

    assert served.shows("static", "/a.txt")


def test_the_data_file_is_watched(tmp_path: Path) -> None:
    """A change of the file given with `--data` starts a build, even outside the site."""
    template = "{% extends 'default/index.html' %}{% block footer %}{{ data.foot }}{% endblock %}"
    data = tmp_path / "data.yml"
    data.write_text("foot: One foot\n", encoding="utf-8")
    with serving(
        tmp_path, {"templates/index.html": template}, *now_option(), "--data", "data.yml"
    ) as served:
        assert served.shows("One foot")
        data.write_text("foot: [\n", encoding="utf-8")
        assert served.shows("1 problem in this site")
        data.write_text("foot: Two feet\n", encoding="utf-8")

        assert served.shows("Two feet")


def test_unrelated_files_start_no_build(served: Served) -> None:
    """Built sites, Git and swap files of editors change without a message."""
    for path in (".git/index", "_site/index.html", "notes.txt", "incidents/.a.md.swp"):
        served.write(path, "x")
    served.write("incidents/b.md", incident("Another"))

    assert served.shows("Another", "/incidents/b.html")
    told = re.compile(r"incidents/b\.md: [0-9]+ files updated\n")
    assert wait_for(lambda: told.search(served.out) is not None, True)
    assert [] == [line for line in served.out.splitlines()[1:] if not told.match(f"{line}\n")]


def test_a_name_that_is_not_utf_8_is_reported(served: Served) -> None:
    """A file name that is not UTF-8 does not end the command."""
    strange = Path(os.fsdecode(os.fsencode(served.site) + b"/incidents/\xff.md"))
    strange.write_text("x", encoding="utf-8")
    assert served.shows("the file name is not UTF-8")
    strange.unlink()
    assert served.shows("Slow answers")
    served.write("incidents/a.md", incident("Still watched"))

    assert served.shows("Still watched")


def test_files_saved_together_are_built_together(served: Served) -> None:
    """Many saves within a short time start few builds."""
    for number in range(40):
        served.write(f"incidents/b{number}.md", incident(f"Number {number}."))
    assert served.shows("Number 39.", "/incidents/b39.html")

    assert len(served.out.splitlines()) < 20


def test_warnings_are_printed(tmp_path: Path) -> None:
    """A warning is printed to standard error and does not prevent a build."""
    files = {"incidents/a.md": incident("Slow answers")}
    with serving(tmp_path, files, *now_option("2026-11-20T08:00+01:00")) as served:
        assert 200 == served.ask("/")[0]
        assert re.match(r"site/incidents/a\.md:5:10: warning: ", served.err)


def test_now_applies_to_every_build(tmp_path: Path) -> None:
    """The time of `--now` is used for every build of the preview."""
    with serving(tmp_path, {}, *now_option("2027-03-01T12:00+01:00")) as served:
        assert '"2027-03-01T11:00:00Z"' in served.ask("/build.json")[1]
        served.write("incidents/a.md", incident("Long ago"))
        assert served.shows("Long ago", "/incidents/a.html")

        assert '"2027-03-01T11:00:00Z"' in served.ask("/build.json")[1]


def test_events_send_each_version(served: Served) -> None:
    """A client gets the current version at once and each later one."""
    with served.asking("/.statusgen-staging/events") as events:
        first = [events.readline() for _ in range(3)]
        served.write("incidents/a.md", incident("No answers at all"))
        second = [events.readline() for _ in range(3)]
        kind = events.headers["Content-Type"]

    assert "text/event-stream; charset=utf-8" == kind
    assert [b"retry: 500\n", b"\n"] == [first[0], first[2]]
    assert (first[0], first[2]) == (second[0], second[2])
    assert re.fullmatch(rb"data: \w+-1\n", first[1])
    assert first[1].replace(b"-1\n", b"-2\n") == second[1]
    assert f'data-version="{second[1][6:-1].decode()}"' in served.ask("/")[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(served: Served, number: int) -> None:
    """A signal ends the command with status 0, even with open connections, and cleans up."""
    with served.asking("/.statusgen-staging/events") as events:
        assert b"retry: 500\n" == events.readline()
        assert 1 == len(list(served.temporary.iterdir()))
        status = served.stop(number)

    assert (0, ["stopped"], "") == (status, served.out.splitlines()[1:], served.err)
    assert [] == list(served.temporary.iterdir())


def test_nothing_is_written_into_the_folder_of_the_site(served: Served) -> None:
    """The command writes no files into the site's folder."""
    names = sorted(path.relative_to(served.site).as_posix() for path in served.site.rglob("*"))

    assert ["incidents", "incidents/a.md", "statusgen.yml"] == names


def test_a_port_in_use_is_a_failure_outside(served: Served, run: Run, tmp_path: Path) -> None:
    """A port in use ends the command with status 3 and a line that names the option."""
    ran = run("serve", "--site", "site", "--port", str(served.port), cwd=tmp_path)

    assert (3, "") == (ran.status, ran.out)
    assert (
        f"statusgen: cannot listen on 127.0.0.1:{served.port}: Address already in use; "
        "choose another port with --port\n"
    ) == ran.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(["--site", "away"], "no statusgen.yml in away; ", id="no-site"),
        pytest.param(["--now", "soon"], "--now 'soon' is not a time", id="no-time"),
        pytest.param(["--data", "away.yml"], "--data 'away.yml' is not a file; ", id="no-data"),
        pytest.param(
            ["--host", "::1"], "--host '::1' is not a host name or an IPv4 address; ", id="no-host"
        ),
        pytest.param(
            ["--allow-host", "*"], "--allow-host '*' is not a host name or an IPv4", id="wildcard"
        ),
    ],
)
def test_a_usage_error_ends_the_command(
    run: Run, tmp_path: Path, options: list[str], message: str
) -> None:
    """A usage error, which no change of a file can fix, ends the command with status 2."""
    ran = run("serve", "--port", "0", *options, cwd=write_site(tmp_path, {}))

    assert (2, "") == (ran.status, ran.out)
    assert f"statusgen: {message}" == ran.err[: len("statusgen: ") + len(message)]


def test_without_watchfiles_the_command_says_what_to_install() -> None:
    """A missing `serve` extra ends with status 2 and names what to install."""
    without = "import sys; sys.modules['watchfiles'] = None"
    script = f"{without}; from statusgen.cli.main import main; main()"
    command = [sys.executable, "-c", script, "serve"]

    ran = subprocess.run(command, capture_output=True, check=False, text=True)

    assert (2, "") == (ran.returncode, ran.stdout)
    assert (
        "statusgen: serve requires the package watchfiles; run: pip install 'statusgen[serve]'\n"
    ) == ran.stderr


def test_a_bug_is_shown_and_raised(tmp_path: Path) -> None:
    """An unexpected exception is shown on the page, escaped, and raised for the terminal."""
    preview = server.Preview(tmp_path, url="http://127.0.0.1:1", format_path=str)

    def fail() -> pipeline.BuildRequest:
        raise ZeroDivisionError("<b>")

    with pytest.raises(ZeroDivisionError):
        preview.build(fail)
    page = preview.answer("/").body.decode()

    assert "<li><b></b>ZeroDivisionError: &lt;b&gt;</li>" in page
    assert "This is a bug in statusgen; see the terminal for details." in page


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        pytest.param("a\nb\nc\nd", (3, 1), "  2 | b\n> 3 | <mark>c</mark>\n  4 | d", id="inside"),
        pytest.param("a\r\nb\rc", (1, 1), "> 1 | <mark>a</mark>\n  2 | b", id="first-line"),
        pytest.param("a\n" * 9 + "b", (10, 2), "   9 | a\n> 10 | b<mark> </mark>", id="last-line"),
        pytest.param(
            "<i>&amp;\n\u202e<b>",
            (2, 2),
            "  1 | &lt;i&gt;&amp;amp;\n> 2 | \\u202e<mark>&lt;</mark>b&gt;",
            id="hostile",
        ),
        pytest.param(
            "x" * 300, (1, 201), f"> 1 | …{'x' * 80}<mark>x</mark>{'x' * 79}…", id="long-line"
        ),
        pytest.param(
            "x" * 300 + "\ny", (2, 1), f"  1 | {'x' * 160}…\n> 2 | <mark>y</mark>", id="long"
        ),
    ],
)
def test_a_problem_has_the_lines_around_it(
    tmp_path: Path, text: str, place: tuple[int, int], expected: str
) -> None:
    """The error page shows the lines around a problem, escaped, with its column marked."""
    (tmp_path / "a.md").write_text(text, encoding="utf-8", newline="")
    problem = Problem(path=tmp_path / "a.md", line=place[0], column=place[1], message="wrong")

    page = error_page.format_error(ContentError([problem]), format_path=lambda path: path.name)

    assert f"{expected}</pre></li>" in page
    assert f"<li><b>a.md:{place[0]}:{place[1]}: </b>wrong\n<pre>" in page


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"\x89PNG\0"])
def test_a_file_without_text_has_no_lines(tmp_path: Path, content: bytes | None) -> None:
    """A problem with a file that is missing, empty or not text is shown without lines."""
    if content is not None:
        (tmp_path / "logo.png").write_bytes(content)
    problem = Problem(path=tmp_path / "logo.png", line=1, column=1, message="wrong")

    page = error_page.format_error(ContentError([problem]), format_path=lambda path: path.name)

    assert "<li><b>logo.png:1:1: </b>wrong</li>" in page


def test_problems_of_a_build_are_raised(tmp_path: Path) -> None:
    """A build of the preview raises the same problems as `pipeline.build`."""
    site = write_site(tmp_path / "site", {"incidents/a.md": "---\n"})
    preview = server.Preview(tmp_path / "out", url="http://127.0.0.1:1", format_path=str)

    with pytest.raises(ContentError) as caught:
        preview.build(lambda: pipeline.BuildRequest(folder=site, now=lambda z: times.parse(NOW, z)))

    assert [site / "incidents/a.md"] == [problem.path for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param(b"<p>Hello", b"<p>Hello{}", id="no-end"),
        pytest.param(b"<BODY></BODY>\n", b"<BODY>{}</BODY>\n", id="upper-case"),
        pytest.param(b"</body></body>", b"</body>{}</body>", id="the-last-end"),
        pytest.param(
            b"""<meta http-equiv="Content-Security-Policy" content="default-src 'none'">""",
            b"""<meta http-equiv="Content-Security-Policy" content="script-src 'self'; """
            b"""connect-src 'self'; default-src 'none'">{}""",
            id="no-script-allowed",
        ),
        pytest.param(
            b"""<meta http-equiv="Content-Security-Policy" content="default-src https:">""",
            b"""<meta http-equiv="Content-Security-Policy" content="default-src https:">{}""",
            id="a-policy-of-the-site",
        ),
    ],
)
def test_the_script_is_the_last_thing_in_the_body(page: bytes, expected: bytes) -> None:
    """The script is added at the end of the body, and to a policy that allows no scripts."""
    script = b'<script src="/.statusgen-staging/reload.js" data-version="1"></script>\n'

    assert expected.replace(b"{}", script) == with_reload(page, version="1")
