"""Check that `make test` and `make test-all` together run every test."""

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
    """Return the pytest options in the Makefile variable *name*."""
    found = re.search(rf"^{name} := (.*)$", MAKEFILE, re.MULTILINE)
    assert found is not None
    return shlex.split(found[1])


@cache
def collected(*arguments: str) -> set[str]:
    """Return the tests that pytest would run with *arguments*."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line for line in done.stdout.splitlines() if "::" in line}


def test_each_test_is_quick_or_one_of_the_rest() -> None:
    """Every test is in one of the two selections, and neither contains all tests."""
    quick, rest = collected(*options("QUICK")), collected(*options("REST"))
    every = collected("--hypothesis-profile=full")

    assert every == quick | rest
    assert quick < every
    assert rest < every


def test_every_test_file_is_collected() -> None:
    """Every test file is collected, also in folders such as `build`."""
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}

    assert files == {test.partition("::")[0] for test in collected("--hypothesis-profile=full")}
