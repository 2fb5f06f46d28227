"""`make test` and what `make test-all` adds leave no test out."""

import re
import shlex
import subprocess
import sys
from functools import cache

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def options(name: str) -> list[str]:
    """The options of pytest that the Makefile calls *name*."""
    found = re.search(rf"^{name} := (.*)$", MAKEFILE, re.MULTILINE)
    assert found is not None
    return shlex.split(found[1])


@cache
def collected(*given: str) -> set[str]:
    """The tests that pytest would run."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line for line in done.stdout.splitlines() if "::" in line}


def test_each_test_is_quick_or_one_of_the_rest() -> None:
    """Every test runs in one of the two, and each of the two leaves out something."""
    quick, rest = collected(*options("QUICK")), collected(*options("REST"))
    every = collected("--hypothesis-profile=full")

    assert every == quick | rest
    assert quick < every
    assert rest < every


def test_every_test_file_is_collected() -> None:
    """Every test file on the disk is collected, in folders such as `build` too."""
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}

    assert files == {test.partition("::")[0] for test in collected("--hypothesis-profile=full")}
