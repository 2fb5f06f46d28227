"""Edits of every kind, and the ids that programs see in every output afterwards."""

import json
import re
from collections.abc import Mapping
from functools import cache

import pytest

from tests.support.examples import Site, made

SETTINGS = """\
title: Acme
url: https://status.acme.example
api: [statuspage, stashboard, statusboard]
services:
  - {id: api, name: API}
  - {id: web, name: Web}
"""
INCIDENT = """\
---
title: Errors
severity: major
services: [api]
updates:
  - at: 2026-11-20 09:05
    text: We look.
  - at: 2026-11-20 09:20
    id: abcdef012345
    state: identified
    text: Found.
  - at: 2026-11-20 09:40
    state: monitoring
    text: Better.
  - at: 2026-11-20 10:00
    state: resolved
    text: Fine.
---
"""
WORK = """\
---
title: Upgrade
severity: maintenance
services: [web]
starts: 2026-11-20 10:00
ends: 2026-11-20 11:00
updates:
  - at: 2026-11-19 12:00
    text: We replace a disk.
---
"""
NOW = "2026-11-20 12:00"

# Outputs by what their ids stand for.
UPDATES = ["feed.atom", "feed.json", "services/api/feed.atom", "services/web/feed.atom", "pages"]
UPDATES += ["api/v2-updates", "api/incidents-updates", "api/v0.1-updates", "api/v1-events"]
RECORDS = ["history.atom", "history.rss", "maintenance.ics", "api/v2", "api/incidents", "api/v0.1"]

Files = Mapping[str, str]
FILES = {"incidents/errors.md": INCIDENT, "incidents/work.md": WORK}


def identities(site: Site) -> dict[str, set[str]]:
    """Return the ids that programs see in each output of *site*."""
    v2 = json.loads(site.files["api/v2/incidents.json"])["incidents"]
    v2 += json.loads(site.files["api/v2/scheduled-maintenances.json"])["scheduled_maintenances"]
    ours = json.loads(site.files["api/incidents.json"])["incidents"]
    feeds = [name for name in UPDATES if name.endswith(".atom")]
    found = {name: _matches(r"update/([^<]+)</id>", site.text(name)) for name in feeds}
    pages = "".join(site.text(path) for path in site.files if re.fullmatch(r"inc.*\.html", path))
    return {
        **found,
        "feed.json": {one["id"] for one in json.loads(site.files["feed.json"])["items"]},
        "pages": _matches(r'id="update-([0-9a-z]{12})"', pages),
        "api/v2-updates": {update["id"] for one in v2 for update in one["incident_updates"]},
        "api/incidents-updates": {update["id"] for one in ours for update in one["updates"]},
        "api/v0.1-updates": _numbers(site, "incidentupdate"),
        "api/v1-events": {
            path for path in site.files if re.search(r"^api/v1/.*/events/(?!current|index)", path)
        },
        "history.atom": _matches(r"(Incident/[^<]+)</id>", site.text("history.atom")),
        "history.rss": _matches(r"<guid[^>]*>([^<]+)<", site.text("history.rss")),
        "maintenance.ics": _matches(r"UID:(\S+)", site.text("maintenance.ics")),
        "api/v2": {one["id"] for one in v2},
        "api/incidents": {one["id"] for one in ours},
        "api/v0.1": _numbers(site, "incident") | _numbers(site, "maintenance"),
    }


def _matches(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text))


def _numbers(site: Site, name: str) -> set[str]:
    return {str(one["id"]) for one in json.loads(site.files[f"api/v0.1/{name}.json"])}


@cache
def before() -> dict[str, set[str]]:
    """Return the ids in each output before any edit."""
    return identities(built(FILES))


def built(files: Files) -> Site:
    return made({"statusgen.yml": SETTINGS, **files}, now=NOW)


def incident(old: str, new: str) -> Files:
    """Return the site with *old* replaced by *new* in the incident."""
    assert INCIDENT.count(old) == 1
    return {**FILES, "incidents/errors.md": INCIDENT.replace(old, new)}


def work(old: str, new: str, more: str = "") -> Files:
    """Return the site with *old* replaced by *new*, and *more* added, in the maintenance."""
    assert WORK.count(old) == 1
    text = WORK.replace(old, new).removesuffix("---\n")
    return {**FILES, "incidents/work.md": f"{text}{more}---\n"}


def test_every_output_has_ids() -> None:
    """The table below covers outputs with two files and seven updates."""
    counts = {name: len(ids) for name, ids in before().items()}

    assert {*UPDATES, *RECORDS} == counts.keys()
    assert {7, 4, 3, 6} == {counts[name] for name in UPDATES}
    assert {2, 1} == {counts[name] for name in RECORDS}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(incident("Found.", "Found it."), id="a-word"),
        pytest.param(incident("Errors", "Elevated errors"), id="a-title"),
        pytest.param(incident("state: monitoring", "state: identified"), id="a-state"),
        pytest.param(incident("    state: identified\n", ""), id="a-state-that-others-inherit"),
        pytest.param(incident("09:20", "09:25"), id="a-time-of-an-update-with-an-id"),
        pytest.param(incident("severity: major", "severity: partial"), id="a-severity"),
        pytest.param(incident("---\ntitle", "---\npin: true\ntitle"), id="a-pin"),
        pytest.param(work("a disk", "two disks"), id="a-word-of-maintenance"),
        pytest.param(work("11:00", "11:30"), id="an-end"),
        pytest.param(work("starts: 2026-11-20 10:00", "starts: 2026-11-20 10:10"), id="a-start"),
        pytest.param(
            {
                "incidents/2026/errors.md": INCIDENT,
                "incidents/2026/work.md": WORK,
            },
            id="another-folder",
        ),
    ],
)
def test_a_correction_keeps_every_id(files: Files) -> None:
    """Corrected words, titles, states, severities and windows change no id in any output."""
    after = identities(built(files))

    assert before() == after


ONE_UPDATE = [name for name in UPDATES if name != "services/web/feed.atom"]


@pytest.mark.parametrize(
    ("files", "replaced"),
    [
        pytest.param(
            incident("09:40", "09:45"),
            dict.fromkeys(ONE_UPDATE, 1),
            id="a-time-of-an-update-without-an-id",
        ),
        pytest.param(
            {
                "incidents/other.md": INCIDENT.replace("severity", "id: 0123456789ab\nseverity", 1),
                "incidents/work.md": WORK,
            },
            {
                **{name: 1 for name in RECORDS if name != "maintenance.ics"},
                **dict.fromkeys(ONE_UPDATE, 3),
                "api/v1-events": 4,
            },
            id="a-file-name",
        ),
    ],
)
def test_other_edits_replace_only_their_own_ids(files: Files, replaced: Mapping[str, int]) -> None:
    """The time of an update without an id, and the name of a file, are part of its identity."""
    after = identities(built(files))

    assert replaced == {
        name: len(ids - after[name]) for name, ids in before().items() if ids - after[name]
    }
    assert {name: len(ids) for name, ids in before().items()} == {
        name: len(ids) for name, ids in after.items()
    }


TOLD = "  - at: 2026-11-20 09:50\n    text: Half an hour longer.\n"


@pytest.mark.parametrize(
    ("files", "added"),
    [
        pytest.param(
            incident("    text: Found.\n", f"    text: Found.\n{TOLD.replace('09:50', '09:30')}"),
            dict.fromkeys(ONE_UPDATE, 1),
            id="an-update-in-between",
        ),
        pytest.param(
            work("11:00", "11:30", TOLD),
            {
                name: 1
                for name in UPDATES
                if name not in ("services/api/feed.atom", "api/v0.1-updates", "api/v1-events")
            },
            id="a-window-with-an-update",
        ),
    ],
)
def test_an_update_adds_one_id(files: Files, added: Mapping[str, int]) -> None:
    """An update is news: it adds one id to each output, and the others stay."""
    after = identities(built(files))

    assert added == {
        name: len(after[name] - ids) for name, ids in before().items() if after[name] - ids
    }
    assert {} == {name: ids - after[name] for name, ids in before().items() if ids - after[name]}


@pytest.mark.parametrize(
    ("files", "grows"),
    [
        pytest.param(work("a disk", "two disks"), False, id="a-word"),
        pytest.param(work("11:00", "11:30"), False, id="a-window-without-an-update"),
        pytest.param(work("11:00", "11:30", TOLD), True, id="a-window-with-an-update"),
        pytest.param(work("10:00", "10:00", TOLD), True, id="an-update"),
    ],
)
def test_an_event_in_a_calendar_has_a_new_revision_with_each_update(
    files: Files, grows: bool
) -> None:
    """SEQUENCE is larger after an update, and never smaller."""

    def sequence(of: Files) -> int:
        return int(_only(r"SEQUENCE:(\d+)", built(of).text("maintenance.ics")))

    old, new = sequence(FILES), sequence(files)

    assert (grows, True) == (new > old, new >= old)


def _only(pattern: str, text: str) -> str:
    (found,) = _matches(pattern, text)
    return found
