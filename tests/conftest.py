"""What all tests share: the command, a wall against the network, and expected files."""

import os
import pty
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from statusgen import cli

ROOT = Path(__file__).parent.parent

pytest_plugins = ["tests.importing"]

# A bug shows where it is, instead of the one line that a user gets.
os.environ["STATUSGEN_TRACEBACK"] = "1"

# A busy machine is no failure. CI repeats the same examples, so that a run there means something;
# `--hypothesis-profile=long` looks for new ones.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=3000)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "default")


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit status and what it printed."""

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
            cli.main()
        except SystemExit as done:
            status = done.code or 0
        printed = capsys.readouterr()
        return Ran(status, printed.out, printed.err)

    return run


def on_terminal(*arguments: str, cwd: Path, answers: str = "", **environment: str) -> Ran:
    """Run `statusgen` on a terminal at which somebody types *answers*; all it shows is `out`."""
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
    """Fail a test that reaches beyond this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"a test reached for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that rewrites expected files."""
    parser.addoption(
        "--update-expected",
        action="store_true",
        help="Rewrite the expected files of tests/sites and tests/invalid; read the diff after.",
    )


@pytest.fixture
def update_expected(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be rewritten."""
    return bool(request.config.getoption("--update-expected"))


def missing(tool: str) -> None:
    """Skip for want of *tool*; where CI runs that is a failure."""
    reason = f"{tool} is not installed; .ci/run installs it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def write_site(folder: Path, files: dict[str, str]) -> Path:
    """Write *files* into *folder*, with a small statusgen.yml unless they bring one."""
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
