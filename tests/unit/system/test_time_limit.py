"""Tests of the time limit for one document, which no known text reaches."""

import signal
import threading
from pathlib import Path

import pytest

from statusgen.system.time_limit import TooSlowError, guarded
from tests.conftest import Run, write_site

NOW = ("--now", "2026-11-20T12:00Z")
SLOW = "processing this took more than 10 seconds; shorten it"

INCIDENT = """---
title: Slow
severity: degraded
services: [api]
started: 2026-11-18 09:00
---
We **look**.
"""

if not hasattr(signal, "setitimer"):
    pytest.skip("Windows has no such timer", allow_module_level=True)


def hurry(monkeypatch: pytest.MonkeyPatch, *, at: int) -> None:
    """Make the timer number *at*, counted from 0, expire at once."""
    setitimer = signal.setitimer
    asked = []

    def hurried(which: int, seconds: float) -> tuple[float, float]:
        if seconds:
            asked.append(seconds)
        return setitimer(which, 1e-6 if seconds and len(asked) == at + 1 else seconds)

    monkeypatch.setattr(signal, "setitimer", hurried)


def endless() -> None:
    """Take longer than any limit."""
    while True:
        pass


def test_what_never_ends_is_ended() -> None:
    """Work that takes too long is interrupted, and the error has its text."""
    with pytest.raises(TooSlowError) as caught, guarded("the text", seconds=0.01):
        endless()

    assert ("the text", SLOW) == (caught.value.text, caught.value.message)


def test_what_ends_in_time_is_left_alone() -> None:
    """After the block the timer is off, and the previous signal handler is restored."""
    before = signal.getsignal(signal.SIGALRM)
    with guarded(seconds=60):
        pass

    assert (before, (0.0, 0.0)) == (
        signal.getsignal(signal.SIGALRM),
        signal.getitimer(signal.ITIMER_REAL),
    )


def test_outside_the_main_thread_there_is_no_limit() -> None:
    """Without the signal the work is done without a limit."""
    done: list[str] = []

    def work() -> None:
        with guarded(seconds=60):
            done.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert ["done"] == done


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param(0, f"statusgen.yml:1:1: {SLOW}\n", id="settings"),
        pytest.param(1, f"incidents/a.md:1:1: {SLOW}\n", id="front-matter"),
        pytest.param(2, f"incidents/a.md:1:1: {SLOW}\n", id="markdown"),
    ],
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_document_that_takes_too_long_is_named(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    at: int,
    expected: str,
    jobs: str,
) -> None:
    """A file that takes too long, in any process and phase, becomes a problem."""
    write_site(tmp_path, {"incidents/a.md": INCIDENT})
    hurry(monkeypatch, at=at)

    done = run("build", "--jobs", jobs, *NOW)

    assert (1, expected) == (done.status, done.err)
    assert not (tmp_path / "_site").exists()


def test_templates_are_not_blamed_for_a_text(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that takes too long is named, also if a template of the site shows it."""
    files = {"incidents/a.md": INCIDENT, "templates/partials/footer.html": "<footer></footer>"}
    write_site(tmp_path, files)
    hurry(monkeypatch, at=2)

    done = run("check", *NOW)

    assert f"incidents/a.md:1:1: {SLOW}\n" == done.out
