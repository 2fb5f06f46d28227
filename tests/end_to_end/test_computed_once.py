"""Tests that commands parse and replay each text of an incident file once."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from statusgen.content import parser
from statusgen.timeline import replay
from tests.conftest import Run, write_site

NOW = "2026-11-20T12:00:00Z"

OPEN = """\
---
title: Elevated API errors
severity: major
services: [api]
updates:
  - at: 2026-11-20 09:12
    state: investigating
    text: We are looking into it.
---
"""
RESOLVED = """\
---
title: Slow web pages
severity: partial
services: [web]
updates:
  - at: 2026-11-19 09:12
    state: investigating
    text: We are looking into it.
  - at: 2026-11-19 10:00
    state: resolved
    text: Back to normal.
---
"""
FILES = {"incidents/open.md": OPEN, "incidents/resolved.md": RESOLVED}


@contextmanager
def counted() -> Iterator[tuple[Counter[str], Counter[str]]]:
    """Count the calls of `parse` by text, and those of `trace` by the incident's record."""
    parsed: Counter[str] = Counter()
    traced: Counter[str] = Counter()
    parse, trace = parser.parse.__code__, replay.trace.__code__

    def profile(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is parse:
            parsed[frame.f_locals["text"]] += 1
        elif event == "call" and frame.f_code is trace:
            traced[repr(frame.f_locals["incident"])] += 1

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield parsed, traced
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize(
    ("command", "texts"),
    [
        pytest.param(["list", "--now", NOW], 2, id="list"),
        pytest.param(["list", "--open", "--now", NOW], 2, id="list-open"),
        pytest.param(["show", "open", "--now", NOW], 1, id="show"),
        pytest.param(["build", "--jobs", "1", "--now", NOW], 2, id="build"),
        pytest.param(["update", "open", "-m", "Still.", "--now", NOW], 2, id="update"),
        pytest.param(["update", "-m", "Still.", "--now", NOW], 3, id="update-the-open-one"),
        pytest.param(["resolve", "open", "-m", "Back.", "--now", NOW], 2, id="resolve"),
    ],
)
def test_each_text_is_parsed_and_replayed_once(
    command: list[str], texts: int, run: Run, tmp_path: Path
) -> None:
    """A command parses every text that it reads or writes once, and replays its updates once."""
    # The text differs from that of other tests, whose results this process may still have.
    site = write_site(tmp_path, {path: f"{text}\n{command}\n" for path, text in FILES.items()})
    with counted() as (parsed, traced):
        ran = run(*command, cwd=site)
    assert 0 == ran.status, ran.err
    assert [1] * texts == list(parsed.values())
    assert [1] * texts == list(traced.values())
