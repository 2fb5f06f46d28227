"""Tests of the warning about a text that says "Resolved" while the incident stays open."""

from pathlib import Path

import pytest

from statusgen.config.parser import parse_config
from statusgen.content import parser
from tests.conftest import SETTINGS

TOP = """\
---
title: Slow answers
severity: major
services: [api]
started: 2026-11-20 09:05
---
We see it.

"""
UPDATED = TOP.replace("05\n", "05\nupdates:\n  - at: 2026-11-20 09:10\n    text: Slow.\n")


def warnings(text: str) -> list[str]:
    """Return each warning about the file *text*, as its position and message."""
    config, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
    found = parser.parse(text, path=Path("a.md"), slug="a", config=config)
    return [f"{one.line}:{one.column}: {one.level}: {one.message}" for one in found.problems]


@pytest.mark.parametrize(
    "line",
    [
        "**Resolved**",
        "**Resolved:** We rolled back.",
        "**Resolved at 10:40 UTC**",
        "**10:40 UTC - Resolved** We rolled back.",
        "*Fixed.*",
        "__RESOLVED__",
        "## Resolved",
        "- **Closed** by the vendor.",
        "> Resolved: We rolled back.",
        "Resolved",
        "Resolved \u2705",
        "Resolved - We rolled back.",
        "2026-11-20 10:40: Resolved: We rolled back.",
        "Update 10:40: **Resolved**",
    ],
)
def test_a_line_that_says_resolved_is_a_warning(line: str) -> None:
    """A body with a line that begins with "Resolved" as a label gets a warning at that line."""
    what = f"'{line}' does not resolve this incident"
    expected = f"warning: {what}; remove it, and run: statusgen resolve a"

    assert [f"9:1: {expected}"] == warnings(f"{TOP}{line}\n")
    assert [f"12:1: {expected}"] == warnings(f"{UPDATED}{line}\n\n{line}\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Resolved queries were slow.", id="an-adjective"),
        pytest.param("**Resolver** restarted.", id="another-word"),
        pytest.param("It is not resolved.", id="inside-a-sentence"),
        pytest.param("Not resolved: the queue.", id="negated"),
        pytest.param("```\nResolved: 3\n```", id="code"),
    ],
)
def test_other_texts_are_not_a_warning(text: str) -> None:
    """A text in which "resolved" is not a label gets no warning."""
    assert [] == warnings(f"{TOP}{text}\n")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("started: 2026-11-20 09:05", "resolved: 2026-11-20 10:00", id="resolved"),
        pytest.param("severity: major", "draft: true", id="draft"),
        pytest.param("severity: major", "source: trello 5f 6a", id="imported"),
    ],
)
def test_a_file_that_is_not_open_gets_no_warning(key: str, value: str) -> None:
    """An incident that is resolved, a draft and an imported file may say so in the body."""
    text = f"{TOP}**Resolved**\n".replace(key, f"{key}\n{value}")

    assert [] == warnings(text)


def test_a_notice_gets_no_warning() -> None:
    """A notice ends by the clock, so its text may say that something is resolved."""
    assert [] == warnings(f"{TOP}**Resolved**\n".replace("major", "none"))


def test_a_long_line_is_searched_in_linear_time() -> None:
    """A body of a single long line does not slow the search down."""
    for part in ("1:", "* ", "*_", "- - ", "Resolved"):
        assert "resolve" not in "".join(warnings(f"{TOP}{part * 15_000}\n"))
