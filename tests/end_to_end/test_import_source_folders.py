"""Imports of pages of Statusfy, StatusKit and Pelican."""

from dataclasses import replace
from pathlib import Path

import pytest

from statusgen.model import Severity
from tests.conftest import Run
from tests.support.record_importing import RecordImporting
from tests.support.source_folders import write_files

CONFIG_JS = """\
module.exports = {
  // title: "Old",
  title: "Acme", name: "acme",
  baseUrl: 'https://old.acme.example/',
  defaultLocale: "en",
  content: { systems: ["api", "web-shop"] }
}
"""
LOCALE = '{"systems": {"items": {"api": {"title": "Public API"}, "web-shop": {"title": "Shop"}}}}'
CONFIG_TOML = """\
baseurl = "https://old.acme.example/"
title = "Acme"
[params]
systems = ["web api", "maps"]
"""
PELICANCONF = """\
SITENAME = 'Acme'
SITEURL = 'https://old.acme.example'
TIMEZONE = 'Europe/Rome'
TICKET_TRACKER_URL = "https://tickets.acme.example/"
"""
STATUSFY = """\
---
title: API is slow
date: 2024-05-06T09:00:00.000Z
severity: degraded-performance
affectedsystems: [api]
resolved: true
---

Calls take 10 s.

<!--- language code: en -->

::: update Resolved | 2024-05-06T10:00:00.000Z
A full disk.
:::

::: update Scaling | 2024-05-06T09:30:00.000Z
We add **servers**.
:::
"""
STATUSKIT = """\
+++
title = "Maps are Slow"
date = 2024-05-06T09:00:00.000Z
severity = "major-outage"
affectedsystems = ["maps"]
resolved = true
+++
No maps.

**Update**: Some are back. {{< track "2024-05-06T09:30:00.000Z" >}}

## Update 2
All are back. {{< track "2024-05-06T10:00:00.000Z" >}}
"""
PELICAN = """\
Title: Mails are late
Date:2024-05-06 09:00+00
OutageFinish: 2024-05-06 10:00+0000
Ticket: 42

A full queue.

UPDATE: It is empty.
"""


def importing(name: str, folder: Path, run: Run, files: dict[str, str]) -> RecordImporting:
    """Return an import of *files* of the system *name* into an empty folder."""
    write_files(folder / "old", files)
    arguments = (name, str(folder / "old"))
    return RecordImporting(folder=folder / "site", run=run, arguments=arguments)


@pytest.fixture
def statusfy(run: Run, tmp_path: Path) -> RecordImporting:
    """Return an import of a page of Statusfy with one incident."""
    files = {
        "config.js": CONFIG_JS,
        "locales/en.json": LOCALE,
        "content/2024-05-06_api.md": STATUSFY,
    }
    return importing("statusfy", tmp_path, run, files)


@pytest.fixture
def statuskit(run: Run, tmp_path: Path) -> RecordImporting:
    """Return an import of a page of StatusKit with one incident."""
    files = {"site/config.toml": CONFIG_TOML, "site/content/incidents/maps.md": STATUSKIT}
    return importing("statuskit", tmp_path, run, files)


@pytest.fixture
def pelican(run: Run, tmp_path: Path) -> RecordImporting:
    """Return an import of a page of Pelican with one incident."""
    files = {"pelicanconf.py": PELICANCONF, "content/resolved/mails.md": PELICAN}
    imports = importing("pelican", tmp_path, run, files)
    return replace(imports, arguments=(*imports.arguments, "--service", "mail"))


def add(imports: RecordImporting, path: str, text: str) -> None:
    """Add the file *path* to the old page."""
    write_files(Path(imports.arguments[1]), {path: text})


@pytest.mark.parametrize("name", ["statusfy", "statuskit", "pelican"])
def test_a_second_import_changes_no_byte(name: str, request: pytest.FixtureRequest) -> None:
    """A repeated import writes nothing, and the site has no problem."""
    imports: RecordImporting = request.getfixturevalue(name)
    first = imports()
    before = imports.files()

    again = imports()

    assert (0, 0, "", before) == (first.status, again.status, again.out, imports.files())
    assert (0, "") == (imports.check().status, imports.check().out)


@pytest.mark.parametrize("name", ["statusfy", "statuskit", "pelican"])
def test_another_folder_is_refused(name: str, run: Run, tmp_path: Path) -> None:
    """A folder of something else is status 2, with the system it looks like."""
    write_files(tmp_path / "old", {"content/issues/one.md": "", "config.yml": ""})

    ran = run("import", name, tmp_path / "old")

    assert (2, True) == (ran.status, "so it is not a page of" in ran.err)


def test_blocks_of_statusfy_are_updates(statusfy: RecordImporting) -> None:
    """Blocks are updates in time order; other titles stay as bold text."""
    ran = statusfy()

    incident = statusfy.incident()
    assert (0, Severity.DEGRADED, {"api": "degraded"}, ("incident/2024-05-06_api/",)) == (
        ran.status,
        incident.severity,
        statusfy.services(),
        incident.redirect_from,
    )
    assert [
        ("09:00", "", "Calls take 10 s."),
        ("09:30", "", "**Scaling**\n\nWe add **servers**."),
        ("10:00", "resolved", "A full disk."),
    ] == statusfy.updates()


def test_settings_of_statusfy_are_read(statusfy: RecordImporting) -> None:
    """The settings get title, address, and systems with their names in the default language."""
    statusfy()

    config = statusfy.config()
    assert ("Acme", "https://old.acme.example") == (config.title, config.url)
    assert [("api", "Public API"), ("web-shop", "Shop")] == [
        (one.id, one.name) for one in config.services
    ]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ("scheduled: 2024-05-06T21:00:00Z\nduration: '30'", Severity.MAINTENANCE),
        ("scheduled: ''", Severity.NONE),
        ("", Severity.NONE),
    ],
)
def test_maintenance_of_statusfy_needs_a_window(
    values: str, kind: Severity, statusfy: RecordImporting
) -> None:
    """Maintenance with a window is announced at its date; without one it is a notice."""
    text = STATUSFY.replace("degraded-performance", f"under-maintenance\n{values}")
    add(statusfy, "content/2024-05-06_api.md", text)

    ran = statusfy()

    incident = statusfy.incident()
    assert (0, kind, "09:00") == (ran.status, incident.severity, f"{incident.started:%H:%M}")
    assert {"api"} == {one.id for one in incident.services}
    assert ("without a window, so it became a notice" in ran.err) is (kind is Severity.NONE)


def test_maintenance_of_statusfy_may_run_over(statusfy: RecordImporting) -> None:
    """An update after the window moves its end."""
    text = STATUSFY.replace(
        "degraded-performance",
        "under-maintenance\nscheduled: 2024-05-06T09:40:00Z\nduration: 10",
    )
    add(statusfy, "content/2024-05-06_api.md", text)

    statusfy()

    assert "10:00" == f"{statusfy.incident().ends:%H:%M}"


def test_wrong_parts_of_statusfy_are_repaired(statusfy: RecordImporting) -> None:
    """A date that does not exist and a block without an end are read, with a remark."""
    text = STATUSFY.replace("2024-05-06T10:00:00.000Z", "2024-05-067T10:00Z").replace(
        ":::\n\n:::", ":::"
    )
    text = f"{text.rstrip().removesuffix(':::').rstrip()}\n"
    add(statusfy, "content/2024-05-06_api.md", text)

    ran = statusfy()

    assert 0 == ran.status
    assert "'2024-05-067T10:00Z' is not a time; using that of the update before it" in ran.err
    assert {"We add **servers**.", "A full disk."} == {
        one.text.split("\n")[-1] for one in statusfy.incident().updates[1:]
    }


def test_a_description_comes_first(statusfy: RecordImporting) -> None:
    """The description is the beginning of the first text; other languages are named."""
    text = STATUSFY.replace("date:", "description: All calls.\nid: 382ee1ab\ndate:", 1)
    add(statusfy, "content/2024-05-06_api.md", text)
    add(statusfy, "content/es/2024-05-06_api.md", STATUSFY)

    ran = statusfy()

    incident = statusfy.incident()
    assert "All calls.\n\nCalls take 10 s." == incident.updates[0].text
    assert ("incident/382ee1ab/",) == incident.redirect_from
    assert "content in other languages is not imported: es" in ran.err


def test_json_and_toml_are_read(statusfy: RecordImporting) -> None:
    """Front matter in JSON and TOML gives the same."""
    head = '"title": "T", "date": "2024-05-06T09:00:00Z", "severity": "major-outage"'
    add(statusfy, "content/json.md", f'---json\n{{{head}, "affectedsystems": ["api"]}}\n---\nJ.')
    toml = 'title = "U"\ndate = 2024-05-06T09:00:00.000Z\nseverity = "partial-outage"'
    add(statusfy, "content/toml.md", f'---toml\n{toml}\naffectedsystems = ["api"]\n---\nT.')

    ran = statusfy()

    assert 0 == ran.status
    assert {"T": Severity.MAJOR, "U": Severity.PARTIAL} == {
        title: one.severity for title, one in statusfy.incidents().items() if len(title) == 1
    }


def test_headings_of_statuskit_are_updates(statuskit: RecordImporting) -> None:
    """The first text is the opening, and each heading or word *Update* begins an update."""
    ran = statuskit()

    incident = statuskit.incident()
    assert (0, {"maps": "major"}) == (ran.status, statuskit.services())
    assert [
        ("09:00", "", "No maps."),
        ("09:30", "", "**Update**: Some are back."),
        ("10:00", "resolved", "## Update 2\nAll are back."),
    ] == statuskit.updates()
    assert ("incidents/2024/05/06/maps-are-slow/", "incidents/2024/05/06/maps/") == (
        incident.redirect_from
    )
    assert ["web api", "maps"] == [one.name for one in statuskit.config().services]


def test_an_old_address_leads_to_one_incident(statuskit: RecordImporting) -> None:
    """Of two incidents with one old address, the first keeps it; the site has no problem."""
    add(statuskit, "site/content/incidents/maps-2.md", STATUSKIT)

    ran = statuskit()

    address = "incidents/2024/05/06/maps-are-slow/"
    assert 1 == "".join(statuskit.files().values()).count(address)
    assert f"maps-2.md: its old address '{address}' belongs to another incident" in ran.err
    assert (0, "") == (statuskit.check().status, statuskit.check().out)


def test_a_file_of_pelican_is_a_notice(pelican: RecordImporting) -> None:
    """Without a severity an incident is a notice; the ticket is the last line of its text."""
    ran = pelican()

    config, incident = pelican.config(), pelican.incident()
    assert ("Acme", "https://old.acme.example", "Europe/Rome") == (
        config.title,
        config.url,
        str(config.zone),
    )
    assert (0, Severity.NONE, {"mail": "none"}) == (
        ran.status,
        incident.severity,
        pelican.services(),
    )
    assert [
        (
            "09:00",
            "",
            "A full queue.\n\nUPDATE: It is empty.\n\n[Ticket 42](https://tickets.acme.example/42)",
        )
    ] == pelican.updates()


def test_severity_and_service_can_be_given(pelican: RecordImporting) -> None:
    """--severity and --service make incidents; a list of affected services wins."""
    listed = PELICAN.replace("UPDATE", "Affected Services:\n\n* lists\n* docs\n\nUPDATE")
    add(pelican, "content/resolved/listed.md", listed.replace("Mails are late", "Listed"))

    ran = pelican("--severity", "degraded", "--service", "web")

    assert (0, {"mail": "degraded", "web": "degraded"}) == (
        ran.status,
        pelican.services("Mails are late"),
    )
    assert {"lists": "degraded", "docs": "degraded"} == pelican.services("Listed")
    assert "10:00" == f"{pelican.incidents()['Listed'].resolved:%H:%M}"


def test_the_folder_of_pelican_is_the_state(pelican: RecordImporting) -> None:
    """A planned file is maintenance, and stays one file when it moves to another folder."""
    planned = PELICAN.replace("Mails are late", "Planned Outage - mails")
    write_files(Path(pelican.arguments[1]), {"content/planned/new.md": planned})
    pelican()
    first = pelican.incidents()["Planned Outage - mails"]
    (Path(pelican.arguments[1]) / "content/planned/new.md").rename(
        Path(pelican.arguments[1]) / "content/resolved/new.md"
    )

    ran = pelican()

    assert (Severity.MAINTENANCE, 0, "") == (first.severity, ran.status, ran.out)
    assert ["09:00", "10:00"] == [f"{one:%H:%M}" for one in (first.starts, first.ends) if one]


def test_a_file_without_a_head_is_refused(pelican: RecordImporting) -> None:
    """A file without a head, or without a date, is named, and the import ends with status 1."""
    add(pelican, "content/ongoing/text.md", "\nJust text.")
    add(pelican, "content/ongoing/head.md", "Title: No date\n\nText.")

    ran = pelican()

    assert (1, ["mails.md"]) == (ran.status, [one for one in pelican.files() if "md" in one])
    assert "ongoing/head.md: it has no date" in ran.err
    assert "ongoing/text.md: it has no head with a title and a date" in ran.err


def test_a_page_without_services_needs_settings(run: Run, tmp_path: Path) -> None:
    """An empty folder cannot become a site if the source names no services: status 2."""
    imports = importing("pelican", tmp_path, run, {"content/resolved/mails.md": PELICAN})

    ran = imports()

    assert (2, {}) == (ran.status, imports.files())
    assert "the source names no services; create statusgen.yml first" in ran.err


def test_files_of_statusfy_with_one_id_are_two_incidents(statusfy: RecordImporting) -> None:
    """A copied file whose id was not changed is imported too, with a remark."""
    first = STATUSFY.replace("title:", "id: one\ntitle:")
    add(statusfy, "content/2024-05-06_api.md", first)
    add(statusfy, "content/2024-05-07_api.md", first.replace("slow", "down"))

    ran = statusfy()
    again = statusfy()

    assert ["API is down", "API is slow"] == sorted(statusfy.incidents())
    assert "2024-05-07_api.md: another file has its id 'one' too; using its name" in ran.err
    assert "" == again.out


def test_files_of_pelican_with_one_name_are_two_incidents(pelican: RecordImporting) -> None:
    """Files of one name in folders of years are all imported; one that moved is one incident."""
    add(pelican, "content/resolved/2023/mails.md", PELICAN.replace("late", "lost"))
    add(pelican, "content/ongoing/mails.md", PELICAN)

    pelican()
    again = pelican()

    assert (["Mails are late", "Mails are lost"], "") == (sorted(pelican.incidents()), again.out)


def test_a_long_line_in_a_list_of_services_takes_linear_time(pelican: RecordImporting) -> None:
    """A line of the greatest size with nothing but spaces in it is read at once."""
    services = f"Affected Services:\n\n* mail{' ' * 250_000}x\n"
    add(pelican, "content/resolved/mails.md", PELICAN.replace("A full queue.", services))

    ran = pelican()

    assert (1, True) == (ran.status, "1 skipped" in ran.err), ran.err
