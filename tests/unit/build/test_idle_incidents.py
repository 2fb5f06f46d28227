"""Tests of the warning about incidents that somebody forgot to resolve."""

from pathlib import Path

import pytest

from tests.conftest import Run, write_site

OPEN = """\
---
title: Slow answers
severity: major
services: [api]
started: 2026-10-01 09:00
updates:
  - at: 2026-10-20 23:30
    state: monitoring
    services: {api: none}
    text: We watch it.
---
"""
MORE = "  - at: 2026-11-01 09:00\n    text: We still watch it.\n---\n"
WORK = """\
---
title: New disks
severity: maintenance
services: [api]
announced: 2026-09-01 09:00
starts: 2026-10-01 09:00
ends: 2026-12-31 09:00
---

We change the disks.
"""
NOTICE = """\
---
title: A new page
severity: none
services: [api]
started: 2026-10-01 09:00
---

Hello.
"""
RESOLVED = OPEN.replace("monitoring", "resolved")
IMPORTED = OPEN.replace("severity", "source: trello 5f 6a\nseverity")
OF_A_MONITOR = OPEN.replace("severity", "source: event api\nseverity")
DRAFT = OPEN.replace("severity", "draft: true\nseverity")

WARNING = (
    "incidents/a.md:1:1: warning: this incident is open and has had no update for more than 30 days"
    " (the last one is of 2026-10-20); add one, or run: statusgen resolve a\n"
)


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        pytest.param(OPEN, "2026-11-19 22:30", "", id="thirty-days"),
        pytest.param(OPEN, "2026-11-19 22:31", WARNING, id="a-minute-more"),
        pytest.param(f"{OPEN[:-4]}{MORE}", "2026-11-20 12:00", "", id="an-update-in-between"),
        pytest.param(RESOLVED, "2026-12-20 12:00", "", id="resolved"),
        pytest.param(OF_A_MONITOR, "2026-12-20 12:00", WARNING, id="of-a-monitor"),
        pytest.param(IMPORTED, "2026-12-20 12:00", "", id="imported"),
        pytest.param(DRAFT, "2026-12-20 12:00", "", id="draft"),
        pytest.param(WORK, "2026-12-20 12:00", "", id="maintenance"),
        pytest.param(NOTICE, "2026-12-20 12:00", "", id="notice"),
    ],
)
def test_an_incident_that_is_open_for_long_is_a_warning(
    text: str, now: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """An incident that is open and had no update for more than 30 days gets a warning."""
    write_site(tmp_path, {"incidents/a.md": text, "incidents/b.md": RESOLVED})

    ran = run("check", "--now", now)

    assert (0, expected) == (ran.status, ran.out)


def test_the_warning_appears_as_time_passes(run: Run, tmp_path: Path) -> None:
    """The warning depends on the time alone: the cache of an earlier build does not hide it."""
    write_site(tmp_path, {"incidents/a.md": OPEN})

    first = run("build", "--now", "2026-11-10 12:00")
    page = (tmp_path / "_site" / "incidents" / "a.html").read_bytes()
    second = run("build", "--now", "2026-11-25 12:00")

    assert ("", WARNING) == (first.err, second.err)
    assert page == (tmp_path / "_site" / "incidents" / "a.html").read_bytes()
