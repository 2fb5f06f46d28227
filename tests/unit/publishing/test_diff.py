"""Tests for the changes between two built sites, and for `statusgen changes`."""

import json
import re
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.build.pipeline import RECORD
from statusgen.characters import printable
from statusgen.publishing import diff
from statusgen.publishing.diff import PageState
from statusgen.render import incidents_json
from tests.conftest import SETTINGS, Run, write_site
from tests.support.examples import made

BEFORE = "2026-11-20T08:00:00Z"
NOW = "2026-11-20T10:00:00Z"

OPEN = """\
---
title: Elevated API errors
severity: major
services: {api: major, web: degraded}
updates:
  - at: 2026-11-20T07:00Z
    text: We are looking into it.
"""
MORE = """\
  - at: 2026-11-20T09:00Z
    state: identified
    services: {web: none}
    text: A bad deploy.
"""
RESOLVED = """\
  - at: 2026-11-20T09:30Z
    state: resolved
    text: Back to normal.
"""
REOPENED = """\
  - at: 2026-11-20T09:45Z
    state: investigating
    text: It is back.
"""
EARLY = (OPEN + MORE + RESOLVED).replace("T09:", "T07:")
WORK = """\
---
title: Database upgrade
severity: maintenance
services: [db]
announced: 2026-11-16T10:00Z
starts: {starts}
ends: {ends}
---

Read-only for a while.
"""
SOON = WORK.format(starts="2026-11-20T09:30Z", ends="2026-11-20T11:00Z")
DONE = WORK.format(starts="2026-11-20T08:30Z", ends="2026-11-20T09:00Z")
LATER = WORK.format(starts="2026-11-21T08:30Z", ends="2026-11-21T09:00Z")
OFF = """\
updates:
  - at: 2026-11-20T09:00Z
    state: completed
    text: We cancel it.
"""
CANCELLED = LATER.replace("---\n\nRead-only for a while.\n", f"{OFF}---\n")
TOLD = LATER.replace(
    "---\n\nRead-only for a while.\n",
    "updates:\n  - {at: 2026-11-16T10:00Z, text: Read-only for a while.}\n"
    "  - {at: 2026-11-20T09:00Z, text: An hour more.}\n---\n",
)
NOTICE = """\
---
title: New look
severity: none
services: []
started: 2026-11-20T07:00Z
---

Do you like it?
"""
OLD = """\
---
title: Long ago
severity: partial
services: [db]
state: resolved
started: 2025-11-20T20:00Z
resolved: 2025-11-20T21:00Z
---

It was short.
"""


def page(file: str | None, *, now: str, settings: str = SETTINGS, name: str = "a") -> PageState:
    """Return the state of a site with one incident file."""
    files = {"statusgen.yml": settings}
    if file is not None:
        text = file if file.count("---\n") > 1 else f"{file}---\n"
        files[f"incidents/{name}.md"] = text
    built = made(files, now=now).files
    return diff.page(built[RECORD], built[incidents_json.PATH])


def reported(
    old: str | None, new: str | None, *, before: str = BEFORE, now: str = NOW
) -> list[str]:
    """Return the report of the changes from *old* to *new*, each the text of one incident file."""
    found = diff.compare(page(old, now=before), page(new, now=now))
    return diff.as_text(found).splitlines()


API, WEB = "Public API: {} → {}", "Website: {} → {}"
DB = "Database: {} → {}"
OK, MAJOR, DEGRADED, WORKS = (
    "operational",
    "major outage",
    "degraded performance",
    "under maintenance",
)
SILENT = (
    "warning: a: the maintenance window moved without an update, so calendars may keep the old one"
    " and subscribers are not notified; add an update that says so"
)
ERRORS = "a: Elevated API errors (major outage"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            None,
            OPEN,
            [
                f"{API.format(OK, MAJOR)}; {WEB.format(OK, DEGRADED)}; 1 incident opened",
                f"opened {ERRORS})",
            ],
            id="opened",
        ),
        pytest.param(
            OPEN,
            OPEN + MORE,
            [f"{WEB.format(DEGRADED, OK)}; 1 incident updated", f"updated {ERRORS}, 1 update)"],
            id="updated",
        ),
        pytest.param(
            OPEN,
            OPEN + MORE + RESOLVED,
            [
                f"{API.format(MAJOR, OK)}; {WEB.format(DEGRADED, OK)}; 1 incident resolved",
                f"resolved {ERRORS})",
            ],
            id="resolved",
        ),
        pytest.param(
            EARLY,
            EARLY + REOPENED,
            [f"{API.format(OK, MAJOR)}; 1 incident reopened", f"reopened {ERRORS})"],
            id="reopened",
        ),
        pytest.param(
            None,
            OPEN + MORE + RESOLVED,
            ["1 incident added", f"added {ERRORS})"],
            id="added-after-its-end",
        ),
        pytest.param(
            OPEN,
            OPEN.replace("looking into", "investigating"),
            ["1 incident edited", f"edited {ERRORS})"],
            id="an-update-was-reworded",
        ),
        pytest.param(
            OPEN,
            None,
            [
                f"{API.format(MAJOR, OK)}; {WEB.format(DEGRADED, OK)}; 1 incident removed",
                f"removed {ERRORS})",
            ],
            id="removed",
        ),
        pytest.param(
            None,
            LATER,
            ["1 maintenance announced", "announced a: Database upgrade"],
            id="maintenance-announced",
        ),
        pytest.param(
            SOON,
            SOON,
            [f"{DB.format(OK, WORKS)}; 1 maintenance started", "started a: Database upgrade"],
            id="maintenance-started-by-the-clock",
        ),
        pytest.param(
            DONE,
            DONE,
            ["1 maintenance completed", "completed a: Database upgrade"],
            id="maintenance-started-and-completed",
        ),
        pytest.param(
            LATER,
            CANCELLED,
            ["1 maintenance cancelled", "cancelled a: Database upgrade"],
            id="maintenance-cancelled",
        ),
        pytest.param(
            LATER,
            LATER.replace("21T09", "21T10"),
            ["1 maintenance edited", "edited a: Database upgrade", SILENT],
            id="maintenance-rescheduled-without-an-update",
        ),
        pytest.param(
            LATER,
            TOLD.replace("21T09", "21T10"),
            ["1 maintenance updated", "updated a: Database upgrade (1 update)"],
            id="maintenance-rescheduled-with-an-update",
        ),
        pytest.param(
            SOON,
            SOON.replace("20T11", "20T12"),
            [
                f"{DB.format(OK, WORKS)}; 1 maintenance started",
                "started a: Database upgrade",
                SILENT,
            ],
            id="maintenance-prolonged-while-the-clock-starts-it",
        ),
        pytest.param(
            DONE,
            DONE.replace("20T09:00", "20T09:10"),
            ["1 maintenance completed", "completed a: Database upgrade"],
            id="maintenance-corrected-that-is-over",
        ),
        pytest.param(None, NOTICE, ["1 notice added", "added a: New look"], id="notice"),
        pytest.param(NOTICE, NOTICE, ["no changes for visitors"], id="nothing"),
    ],
)
def test_every_change_of_a_file_has_a_verb(
    old: str | None, new: str | None, expected: list[str]
) -> None:
    """Each change to an incident is reported once, with one verb and its effect on services."""
    assert expected == reported(old, new)


def test_a_summary_warns_of_a_window_that_moved_silently() -> None:
    """The warning stands below its incident in the summary of a pull request."""
    moved = LATER.replace("21T09", "21T10")
    found = diff.compare(page(LATER, now=BEFORE), page(moved, now=NOW))

    assert (
        f"  - **Warning:** {SILENT.removeprefix('warning: a: ')}"
        == diff.as_markdown(found, linked=False).splitlines()[-1].partition(" · ")[0]
    )


def test_an_incident_that_grows_old_is_not_removed() -> None:
    """An incident that is too old for the JSON of the last 12 months is not reported as removed."""
    lines = reported(OLD, OLD, before="2026-11-20T08:00Z", now="2026-11-23T08:00Z")

    assert ["no incident or service changes; other parts of the page change"] == lines


def test_changed_settings_are_reported() -> None:
    """Another title changes the page, but no incident and no service."""
    new = page(None, now=NOW, settings=SETTINGS.replace("Acme Status", "Acme"))
    found = diff.compare(page(None, now=NOW), new)

    assert "no incident or service changes; other parts of the page change" == diff.as_text(found)


def test_the_address_of_a_preview_is_not_a_change() -> None:
    """A site that is built for another address has no changes."""
    settings = SETTINGS.replace("https://status.acme.example", "https://preview.example/7")
    found = diff.compare(page(OPEN, now=NOW), page(OPEN, now=NOW, settings=settings))

    assert () == found.files


def test_many_services_and_incidents_are_counted() -> None:
    """A headline names at most five services, a summary at most fifty incidents."""
    services = "".join(f"  - {{id: s{n}, name: S{n}}}\n" for n in range(7))
    settings = f"title: A\nurl: https://a.example\nservices:\n{services}"
    incident = (
        "---\ntitle: T\nseverity: major\nservices: [{}]\nstarted: 2026-11-20T07:00Z\n---\n\nx"
    )
    files = {f"incidents/i{n}.md": incident.format(f"s{n % 7}") for n in range(60)}
    built = made({"statusgen.yml": settings, **files}, now=NOW).files
    new = diff.page(built[RECORD], built[incidents_json.PATH])
    lines = diff.as_markdown(diff.compare(None, new), linked=True).splitlines()

    assert "2 more services changed&#59; 60 incidents opened" in lines[0]
    assert (2 + 50 + 1, "- and 10 more") == (len(lines), lines[-1])


def summary_of(count: int, **values: object) -> list[str]:
    """Return the summary of *count* new incidents that have *values* in the JSON of a site."""
    incidents = json.loads(one_incident())
    (one,) = incidents["incidents"]
    many = [{**one, "slug": f"i{number}", **values} for number in range(count)]
    record = json.dumps({"now": NOW, "digest": "0" * 64}).encode()
    new = diff.page(record, json.dumps({"incidents": many}).encode())
    return diff.as_markdown(diff.compare(None, new), linked=True).splitlines()


def test_no_summary_is_too_large_for_github() -> None:
    """A summary of hostile JSON has less than half of 1 MiB and starts with the headline."""
    services = [{"id": f"s{n}", "name": "|" * 9999, "severity": "major"} for n in range(99)]
    for title in ("|" * 9999, "\x1b" * 9999, "\U0001f525" * 9999):
        lines = summary_of(
            99, title=title, url=f"https://a.example/{'a' * 9999}", services=services
        )

        assert len("\n".join(lines).encode()) < 500_000
        assert "94 more services changed" in lines[0]
        assert (", 94 more", "- and 49 more") == (lines[2][-9:], lines[-1])


def test_what_was_removed_comes_first() -> None:
    """A removed incident is listed first, so that no number of others hides it."""
    found = diff.compare(page(OPEN, now=BEFORE), page(NOTICE, now=NOW, name="b"))

    assert ["removed", "added"] == [change.verb for change in found.files]


@cache
def one_incident() -> bytes:
    """Return the incidents.json of a site with one incident."""
    return made({"incidents/a.md": f"{OPEN}---\n"}, now=NOW).files[incidents_json.PATH]


@given(title=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_a_title_is_nothing_but_text_in_a_summary(title: str) -> None:
    """Markdown shows every title as plain text, and a summary has no other elements."""
    incidents = json.loads(one_incident())
    incidents["incidents"][0]["title"] = title
    record = json.dumps({"now": NOW, "digest": "0" * 64}).encode()
    new = diff.page(record, json.dumps(incidents).encode())
    html = markdown.markdown(diff.as_markdown(diff.compare(None, new), linked=True))

    assert {"h3", "ul", "li", "strong", "a"} == set(re.findall(r"<(\w+)", html))
    shown = unescape(html.split('.html">')[1].split("</a>")[0])
    whole = printable(title)
    assert shown in {whole, f"{whole[:199]}…"}


@pytest.mark.parametrize(
    ("record", "incidents"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"[]", b"{}", id="a-list"),
        pytest.param(b'{"now": 1, "digest": "0"}', b'{"incidents": []}', id="a-number-for-a-time"),
        pytest.param(b'{"now": "2026-11-20T09:00Z"}', b'{"incidents": []}', id="no-digest"),
        pytest.param(b"{}", b'{"incidents": [{}]}', id="an-empty-incident"),
        pytest.param(b"{}", b'{"incidents": 7}', id="a-number-for-a-list"),
        pytest.param(b"[" * 100_000, b"{}", id="nested-deeply"),
    ],
)
def test_foreign_files_are_rejected(record: bytes, incidents: bytes) -> None:
    """Files that statusgen did not write raise a ValueError and nothing else."""
    with pytest.raises(ValueError, match=r"^(it|its JSON) "):
        diff.page(record, incidents)


Build = Callable[[str, dict[str, str]], Path]


@pytest.fixture
def build(run: Run, tmp_path: Path) -> Build:
    """Build a site with these files into the folder with this name."""

    def build(name: str, files: dict[str, str]) -> Path:
        site = write_site(tmp_path / f"{name}-site", files)
        assert 0 == run("build", "--now", NOW, "--out", tmp_path / name, cwd=site).status
        return tmp_path / name

    return build


def test_the_command_compares_two_folders(run: Run, build: Build) -> None:
    """The command prints what changed; with --exit-code its status is 1 if anything did."""
    old, new = build("old", {}), build("new", {"incidents/a.md": f"{OPEN}---\n"})
    text, markdown_text = run("changes", old, new), run("changes", old, new, "--format", "markdown")

    assert (0, "", 2) == (text.status, text.err, text.out.count("\n"))
    assert markdown_text.out.startswith("### Public API&#58; operational → major outage&#59;")
    assert "](" not in markdown_text.out
    assert (1, 0) == (
        run("changes", old, new, "--exit-code").status,
        run("changes", old, old, "--exit-code").status,
    )


def test_before_the_first_publication_there_is_nothing(
    run: Run, build: Build, tmp_path: Path
) -> None:
    """An old folder without a site represents the state before the first publication."""
    ran = run("changes", "nowhere", build("new", {}))

    assert (0, "the first publication\n") == (ran.status, ran.out)
    assert 3 == run("changes", "nowhere", tmp_path / "new", "--exit-code").status


def test_a_new_folder_without_a_site_is_a_usage_error(run: Run) -> None:
    """A new folder without a site is a usage error that names the command to run."""
    ran = run("changes", "old", "new")

    assert (2, "") == (ran.status, ran.out)
    assert "statusgen: no build in 'new'; run: statusgen build\n" == ran.err


def test_a_build_of_another_program_is_a_usage_error(
    run: Run, build: Build, tmp_path: Path
) -> None:
    """The error for a build.json from another program says what is missing in it."""
    (tmp_path / "build.json").write_text("{}", encoding="utf-8")
    ran = run("changes", tmp_path, build("new", {}))

    assert (2, "") == (ran.status, ran.out)
    assert "is not a site built by this version of statusgen (it has no digest); " in ran.err
