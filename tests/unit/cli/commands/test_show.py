"""Tests of list and show: incidents, their states, and their times."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.cli import console
from statusgen.i18n.language import Language
from tests.conftest import SETTINGS, Run, write_site

NOW = ("--now", "2026-11-20 10:00")

OPEN = """\
---
title: Slow answers
severity: major
services: {api: major, web: degraded}
started: 2026-11-20 09:05
updates:
  - at: 2026-11-20 09:10
    state: investigating
    text: We see it.
  - at: 2026-11-20 09:30
    state: identified
    services: {api: partial}
    text: |
      A bad deploy.

      - We roll back.
---

What happened.
"""

RESOLVED = """\
---
title: Errors
severity: partial
services: [db]
started: 2026-11-19 08:00
updates:
  - at: 2026-11-19 09:00
    state: resolved
    text: Over.
---
"""

WORK = """\
---
title: New disks
severity: maintenance
services: [db]
announced: 2026-11-01 09:00
starts: 2026-11-20 09:30
ends: 2026-11-20 11:00
updates:
  - at: 2026-11-01 09:00
    text: We change the disks.
---
"""

NOTICE = """\
---
title: A new page
severity: none
services: []
started: 2026-11-10 09:00
---

Hello.
"""

FILES = {
    "incidents/slow.md": OPEN,
    "incidents/2026/errors.md": RESOLVED,
    "incidents/disks.md": WORK,
    "incidents/page.md": NOTICE,
    "incidents/idea.md": OPEN.replace("started:", "draft: true\nstarted:"),
    "incidents/later.md": WORK.replace("2026-11-20", "2026-12-20"),
}


def test_a_list_is_a_table(run: Run, tmp_path: Path) -> None:
    """`list` prints a line for each file, newest first: slug, severity, state, time, title."""
    write_site(tmp_path, FILES)

    ran = run("list", *NOW)

    expected = """\
slow    partial      identified     since 2026-11-20 09:05 CET (55 min)  Slow answers
idea    major        draft          since 2026-11-20 09:05 CET           Slow answers
errors  partial      resolved       since 2026-11-19 08:00 CET           Errors
page    notice       monitoring     since 2026-11-10 09:00 CET           A new page
"""
    lines = [line for line in ran.out.splitlines(keepends=True) if "New disks" not in line]
    assert (0, "") == (ran.status, ran.err)
    assert expected.split() == "".join(lines).split()


def test_an_open_incident_whose_services_recovered_is_operational(run: Run, tmp_path: Path) -> None:
    """`list` prints "operational" for an open incident whose services have all recovered."""
    recovered = OPEN.replace("{api: partial}", "{api: none, web: none}")
    write_site(tmp_path, {"incidents/slow.md": recovered, "incidents/page.md": NOTICE})

    out = run("list", *NOW).out

    expected = """\
slow  operational  identified  since 2026-11-20 09:05 CET (55 min)  Slow answers
page  notice       monitoring  since 2026-11-10 09:00 CET           A new page
"""
    assert expected.split() == out.split()


def test_planned_work_is_open_since_its_window(run: Run, tmp_path: Path) -> None:
    """Maintenance in progress counts from its start, not from its announcement."""
    write_site(tmp_path, {"incidents/disks.md": WORK})

    out = run("list", "--open", *NOW).out

    expected = "disks maintenance in_progress since 2026-11-20 09:30 CET (30 min) New disks"
    assert expected.split() == out.split()


@pytest.mark.parametrize("style", ["text", "json"])
def test_only_what_is_open(style: str, run: Run, tmp_path: Path) -> None:
    """--open skips resolved incidents, scheduled maintenance, notices, drafts and future files."""
    files = FILES | {"incidents/tomorrow.md": OPEN.replace("2026-11-20", "2026-11-21")}
    write_site(tmp_path, files)

    out = run("list", "--open", "--format", style, *NOW).out

    names = [row["slug"] for row in json.loads(out)] if style == "json" else out.split()
    assert {"slow", "disks"} == {path for path in names if f"incidents/{path}.md" in files}


@given(seconds=st.integers(0, 200_000) | st.integers(0, 10**9))
def test_a_list_tells_durations_as_the_page_does(seconds: int) -> None:
    """Durations have the same format as on an English page."""
    assert Language("en").duration(seconds) == console.duration(seconds)


def test_nothing_open_is_said(run: Run, tmp_path: Path) -> None:
    """An empty list says so on standard error; a program still gets an array."""
    write_site(tmp_path, {})

    ran = run("list", "--open", "--format", "json", *NOW)

    assert ("[]\n", "no open incidents\n") == (ran.out, ran.err)


def test_json_tells_programs_all(run: Run, tmp_path: Path) -> None:
    """`--format json` prints one array of objects, times in UTC."""
    write_site(tmp_path, {"incidents/slow.md": OPEN})

    (row,) = json.loads(run("list", "--format", "json", *NOW).out)

    expected = {
        "slug": "slow",
        "path": "incidents/slow.md",
        "kind": "incident",
        "title": "Slow answers",
        "state": "identified",
        "severity": "partial",
        "worst": "major",
        "open": True,
        "draft": False,
        "services": {"api": "partial", "web": "degraded"},
        "started": "2026-11-20T08:05:00Z",
        "ended": None,
        "starts": None,
        "ends": None,
        "since": "2026-11-20T08:05:00Z",
    }
    assert expected == row


def test_what_is_over_has_an_end(run: Run, tmp_path: Path) -> None:
    """A resolved incident has no severity now, its worst one, and its end."""
    write_site(tmp_path, {"incidents/errors.md": RESOLVED})

    (row,) = json.loads(run("list", "--format", "json", *NOW).out)

    expected = ("none", "partial", {"db": "none"}, "2026-11-19T08:00:00Z")
    assert expected == tuple(row[key] for key in ("severity", "worst", "services", "ended"))


@pytest.mark.parametrize("style", ["text", "json"])
def test_an_empty_site_has_an_empty_list(style: str, run: Run, tmp_path: Path) -> None:
    """An empty site prints nothing as text, and an empty array as JSON."""
    write_site(tmp_path, {})

    ran = run("list", "--open", "--format", style, *NOW)

    assert (0, "[]" if style == "json" else "") == (ran.status, ran.out.strip())


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_broken_file_hides_no_other(style: str, run: Run, tmp_path: Path) -> None:
    """A file with errors is reported on standard error with status 1; others are listed."""
    write_site(tmp_path, {"incidents/slow.md": OPEN, "incidents/bad.md": "---\ntitle: A\n"})

    ran = run("list", "--format", style, *NOW)

    assert (1, True, True) == (
        ran.status,
        ran.err.startswith("incidents/bad.md:1:1: "),
        "slow" in ran.out and "bad" not in ran.out,
    )


def test_show_tells_one_incident(run: Run, tmp_path: Path) -> None:
    """`show` prints the facts, the services, and every update, oldest first."""
    write_site(tmp_path, {"incidents/slow.md": OPEN})

    ran = run("show", "slo", *NOW)

    expected = """\
Slow answers
incident, worst major, identified
file      incidents/slow.md
started   2026-11-20 09:05 CET
service   api: partial (Public API)
service   web: degraded (Website)

2026-11-20 09:10 CET  investigating
  We see it.

2026-11-20 09:30 CET  identified
  A bad deploy.

  - We roll back.

What happened.
"""
    assert (0, expected, "") == (ran.status, ran.out, ran.err)


def test_show_tells_what_the_clock_did(run: Run, tmp_path: Path) -> None:
    """Maintenance that started and ended by itself says so."""
    write_site(tmp_path, {"incidents/disks.md": WORK})

    out = run("show", "disks", "--now", "2026-11-20 12:00").out

    assert [True] * 4 == [
        text in out
        for text in (
            "starts    2026-11-20 09:30 CET",
            "ended     2026-11-20 11:00 CET",
            "2026-11-20 09:30 CET  in_progress\n  (automatic)",
            "2026-11-20 11:00 CET  completed\n  (automatic)",
        )
    ]


def test_show_names_what_has_no_severity(run: Run, tmp_path: Path) -> None:
    """`show` calls a recovered service operational, and gives only incidents a worst severity."""
    files = {"errors": RESOLVED, "disks": WORK, "page": NOTICE}
    write_site(tmp_path, {f"incidents/{name}.md": text for name, text in files.items()})

    errors, disks, page = (run("show", name, *NOW).out for name in files)

    assert "service   db: operational (" in errors
    assert "\nincident, worst partial, resolved\n" in errors
    assert "\nmaintenance, in_progress\n" in disks
    assert "\nnotice, monitoring\n" in page


def test_show_stops_at_now(run: Run, tmp_path: Path) -> None:
    """An update in the future is not shown."""
    write_site(tmp_path, {"incidents/slow.md": OPEN})

    out = run("show", "slow", "--now", "2026-11-20 09:15").out

    assert (True, False) == ("api: major" in out, "roll back" in out)


@pytest.mark.parametrize(
    ("name", "status", "expected"),
    [
        pytest.param("slwo", 2, "did you mean 'slow'?", id="misspelt"),
        pytest.param(
            "bad-dsk-erors", 2, "did you mean '2026-11-20-bad-disk-errors'?", id="without-its-day"
        ),
        pytest.param(
            "twice", 2, "'twice' matches several files: 'a/twice.md' and 'b/twice.md';", id="twice"
        ),
        pytest.param("", 2, "no incident matches ''", id="empty"),
        pytest.param("bad", 1, "incidents/bad.md:1:1: ", id="broken"),
    ],
)
def test_what_cannot_be_shown_is_said(
    name: str, status: int, expected: str, run: Run, tmp_path: Path
) -> None:
    """A name without a match exits with 2, a file with errors with 1."""
    names = ("slow", "2026-11-20-bad-disk-errors", "a/twice", "b/twice")
    good = {f"incidents/{name}.md": OPEN for name in names}
    write_site(tmp_path, {**good, "incidents/bad.md": "---\ntitle: A\n"})

    ran = run("show", name, *NOW)

    assert (status, "", True) == (ran.status, ran.out, expected in ran.err)


@pytest.mark.parametrize("command", [("list",), ("list", "--format", "json"), ("show", "slow")])
def test_no_content_reaches_the_terminal_raw(
    command: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    """Control characters in file names and texts do not reach the terminal."""
    unseen = OPEN.replace("We see it.", "We see\u202e it.").replace(
        "What happened", "What\u2066 happened"
    )
    site = {
        "incidents/slow.md": unseen,
        "incidents/\x1b[31m\x9b\u202e\U000e0041.md": RESOLVED,
        "statusgen.yml": SETTINGS,
    }
    write_site(tmp_path, site)

    out = run(*command, *NOW).out

    assert [] == [mark for mark in "\x1b\x9b\u202e\u2066\U000e0041" if mark in out]
    assert True is (command[-1] != "json" or bool(json.loads(out)))


def test_a_name_that_is_not_utf_8_can_be_printed(run: Run, tmp_path: Path) -> None:
    """A file name that is not valid UTF-8 causes no traceback."""
    write_site(tmp_path, {"incidents/a\udcff.md": OPEN})

    rans = [run("list", *NOW), run("list", "--format", "json", *NOW), run("show", "a", *NOW)]

    assert [False] * 3 == ["\udcff" in ran.out for ran in rans]


def test_a_site_elsewhere_can_be_asked(run: Run, tmp_path: Path) -> None:
    """With --site paths are relative to the current folder."""
    write_site(tmp_path / "site", {"incidents/slow.md": OPEN})
    (tmp_path / "other").mkdir()

    out = run("list", "--site", "../site", "--format", "json", cwd=tmp_path / "other").out

    assert "../site/incidents/slow.md" == json.loads(out)[0]["path"]
