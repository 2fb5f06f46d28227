"""Imports of a page of cState."""

from pathlib import Path

import pytest

from statusgen.model import Severity
from tests.conftest import SETTINGS, Run, write_site
from tests.support.record_importing import RecordImporting
from tests.support.source_folders import cstate, issue, write_files


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return the folder of a page without incidents."""
    return cstate(tmp_path / "old", {})


@pytest.fixture
def imports(source: Path, run: Run, tmp_path: Path) -> RecordImporting:
    """Return an import of *source* into an empty folder."""
    return RecordImporting(folder=tmp_path / "site", run=run, arguments=("cstate", str(source)))


def test_an_incident_keeps_its_course(source: Path, imports: RecordImporting) -> None:
    """Times, states, texts, services and the old address come along."""
    body = (
        '**Resolved**: Fixed. {{< track "2024-05-06 12:00:00" >}}\n\n'
        '*Investigating* - Slow. {{< track "2024-05-06 11:00:00" >}}'
    )
    cstate(source, {"2024-05-06-API down": issue(body, pin="true")})

    ran = imports()

    incident = imports.incident()
    assert (0, "created incidents/2024-05-06-api-down.md") == (ran.status, ran.out.split("\n")[1])
    assert ("API is slow", Severity.MAJOR, {"public-api": "major"}, False) == (
        incident.title,
        incident.severity,
        imports.services(),
        incident.pin,
    )
    assert [("09:00", "investigating", "Slow."), ("10:00", "resolved", "Fixed.")] == (
        imports.updates()
    )
    assert ("issues/2024-05-06-api-down/",) == incident.redirect_from


def test_an_empty_folder_becomes_a_site(source: Path, imports: RecordImporting) -> None:
    """The settings get title, address, time zone, categories and systems of the page."""
    cstate(source, {"one": issue(affected="[shop, gone.acme.example]")})

    imports()

    config = imports.config()
    assert ("Acme", "https://old.acme.example", "Europe/Rome", "en") == (
        config.title,
        config.url,
        str(config.zone),
        config.language,
    )
    assert [
        ("public-api", "Public API", "core", ("API",), None),
        ("shop", "Shop", None, (), None),
        ("gone-acme-example", "gone.acme.example", None, (), "2024-05-07"),
    ] == [
        (one.id, one.name, one.group, one.aliases, one.retired and str(one.retired))
        for one in config.services
    ]
    assert (0, "") == (imports.check().status, imports.check().out)


def test_a_second_import_changes_no_byte(source: Path, imports: RecordImporting) -> None:
    """A repeated import writes nothing; a change in the source changes one file."""
    cstate(source, {"one": issue(), "two": issue("<b>It</b> is slow.", title="Two")})
    imports()
    before = imports.files()

    again = imports()
    cstate(source, {"two": issue("It was slow.", title="Two")})
    changed = imports()

    assert (0, "") == (again.status, again.out)
    assert "updated incidents/two.md\n" == changed.out
    assert before["one.md"] == imports.files()["one.md"]


@pytest.mark.parametrize(
    ("values", "severity", "window"),
    [
        ({"severity": "disrupted"}, "degraded", False),
        ({"severity": "down", "title": "Planned outage"}, "major", False),
        ({"severity": "notice", "title": "Upgrade"}, "maintenance", True),
        ({"severity": "notice", "resolved": "false"}, "maintenance", True),
        ({"severity": "notice"}, "none", False),
        ({"severity": "notice", "title": "Upgrade", "affected": ""}, "none", False),
        ({"informational": "true", "title": "Upgrade"}, "none", False),
        ({"severity": ""}, "none", False),
        ({"affected": ""}, "none", False),
    ],
)
def test_a_severity_gives_the_kind(
    values: dict[str, str], severity: str, window: bool, source: Path, imports: RecordImporting
) -> None:
    """A notice with services and a window is maintenance if its words say so, or while planned."""
    cstate(source, {"one": issue(**values)})

    ran = imports()

    incident = imports.incident()
    assert (0, severity, window) == (ran.status, incident.severity, incident.starts is not None)


def test_planned_work_can_be_named(source: Path, imports: RecordImporting) -> None:
    """An incident that looks planned is remarked on; --planned makes it maintenance."""
    cstate(source, {"one": issue(title="Planned outage")})
    first = imports()

    second = imports("--planned", "one.md")
    third = imports("--planned", "two")

    assert "one.md: it looks planned, and is imported as an incident" in first.err
    assert (0, Severity.MAINTENANCE) == (second.status, imports.incident().severity)
    assert (2, "statusgen: --planned: there is no file 'two'\n") == (third.status, third.err)


def test_an_open_incident_stays_open(source: Path, imports: RecordImporting) -> None:
    """The value of `resolved` wins over the words of the last update; only then is it pinned."""
    body = '*Resolved* - Fixed? {{< track "2024-05-06 11:30:00" >}}'
    cstate(source, {"one": issue(body, resolved="false", pin="true")})

    imports()

    assert [("09:30", "monitoring", "*Resolved* - Fixed?")] == imports.updates()
    assert imports.incident().pin


def test_drafts_and_pages_are_not_read(source: Path, imports: RecordImporting) -> None:
    """Drafts, other pages and comments are never published, not even as a draft."""
    cstate(
        source,
        {
            "draft": issue("secret", draft="true"),
            "page": issue("secret", section=""),
            "one": issue("Public.<!-- secret\n\nsecret -->"),
        },
    )

    ran = imports()

    assert (0, ["one.md", "statusgen.yml"]) == (ran.status, sorted(imports.files()))
    assert "1 created; 2 ignored (1 marked as draft, 1 without section: issue)" in ran.err
    assert "secret" not in "".join(imports.files().values())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Just text.", "it has no front matter"),
        ("---\n{[\n---\n", "its front matter is not YAML"),
        (issue(date="$ISSUE_DATETIME"), "its date '$ISSUE_DATETIME' is not a time"),
        (issue(title="$ISSUE_TITLE"), "it is a template"),
        (issue(date=""), "it has no date"),
        (issue("x" * 70_000), "a text has 69 KiB"),
        (issue("x" * 2_000_000), "the file has 1954 KiB, more than the limit of 256 KiB"),
    ],
)
def test_an_invalid_file_is_refused_by_name(
    text: str, reason: str, source: Path, imports: RecordImporting
) -> None:
    """A file that cannot be read is named with the reason, status 1; the others are imported."""
    cstate(source, {"one": issue(), "wrong": text})

    ran = imports()

    assert (1, ["one.md"]) == (ran.status, [one for one in imports.files() if "md" in one])
    assert f"wrong.md: {reason}" in ran.err
    assert "1 created, 1 skipped" in ran.err


def test_other_encodings_are_read(source: Path, imports: RecordImporting) -> None:
    """A byte order mark and Windows line ends are nothing; other bytes are Latin-1."""
    cstate(source, {"one": "\ufeff" + issue("Läuft.", title="One").replace("\n", "\r\n")})
    (source / "content/issues/two.md").write_bytes(issue("Läuft.", title="Two").encode("latin-1"))

    ran = imports()

    assert {"One": "Läuft.", "Two": "Läuft."} == {
        title: one.updates[0].text for title, one in imports.incidents().items()
    }
    assert "two.md: it is not UTF-8; read as Latin-1" in ran.err


def test_a_link_is_refused(source: Path, imports: RecordImporting, tmp_path: Path) -> None:
    """A symbolic link could lead out of the folder, so it is not read."""
    (tmp_path / "secret.md").write_text(issue("secret"))
    (source / "content/issues/link.md").symlink_to(tmp_path / "secret.md")

    ran = imports()

    assert (1, True) == (ran.status, "link.md: it is a symbolic link" in ran.err)
    assert "secret" not in "".join(imports.files().values())


def test_a_file_in_a_folder_of_its_own_keeps_its_address(
    source: Path, imports: RecordImporting
) -> None:
    """The address of `down/index.md` is that of its folder."""
    cstate(source, {"down/index": issue()})

    imports()

    assert ("issues/down/",) == imports.incident().redirect_from


def test_any_path_to_the_folder_gives_the_same_files(
    source: Path, imports: RecordImporting, run: Run
) -> None:
    """A page without an address is identified by the name of its folder, however it is named."""
    cstate(source, {"a": issue()}, config="title: Acme\nparams: {systems: [{name: API}]}\n")
    imports()
    before = imports.files()

    ran = run("import", "cstate", ".", "--site", str(imports.folder), cwd=source)

    assert (0, "", before) == (ran.status, ran.out, imports.files())


def test_too_many_updates_are_refused(source: Path, imports: RecordImporting) -> None:
    """An incident with over 200 updates is refused by name; it is not cut."""
    updates = "\n\n".join(f'No. {n} {{{{< track "2024-05-06 11:30" >}}}}' for n in range(201))
    cstate(source, {"one": issue(), "many": issue(updates)})

    ran = imports()

    assert (1, True) == (ran.status, "many.md: it cannot be imported: the file has 201" in ran.err)


def test_a_long_title_loses_no_word(source: Path, imports: RecordImporting) -> None:
    """A title over the limit is cut, and stands in full in the first text."""
    cstate(source, {"one": issue(title="word " * 60)})

    imports()

    incident = imports.incident()
    assert ("…", 60) == (incident.title[-1], incident.updates[0].text.count("word"))


def test_names_that_collide_get_numbers(source: Path, imports: RecordImporting) -> None:
    """Two files whose names give the same slug become two files."""
    cstate(source, {"a.b": issue(title="One"), "a b": issue(title="Two"), "ä": issue(title="3")})

    ran = imports()

    names = [one for one in imports.files() if one.endswith(".md")]
    assert (0, ["a-b-2.md", "a-b.md", "cstate-"]) == (
        ran.status,
        [names[0], names[1], names[2][:7]],
    )


def test_the_time_zone_can_be_given(source: Path, imports: RecordImporting) -> None:
    """Times without an offset are in the zone of the page, or in that of --timezone."""
    cstate(source, {"one": issue()})

    imports("--timezone", "America/New_York")
    wrong = imports("--timezone", "Mars")

    assert "15:00" == f"{imports.incident().started:%H:%M}"
    assert (2, True) == (wrong.status, wrong.err.startswith("statusgen: --timezone: 'Mars'"))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "has no folder content/issues, so it is not a page of cState\n"),
        ({"config.js": ""}, "it looks like Statusfy; use: statusgen import statusfy\n"),
        ({"content/resolved/a.md": ""}, "it looks like Pelican; use: statusgen import pelican\n"),
        ({".upptimerc.yml": ""}, "it looks like Upptime; use: statusgen import upptime\n"),
    ],
)
def test_another_folder_is_refused(
    files: dict[str, str], message: str, run: Run, tmp_path: Path
) -> None:
    """A folder of something else is status 2, with the system it looks like."""
    other = tmp_path / "other"
    other.mkdir()
    write_files(other, files)

    ran = run("import", "cstate", other)
    missing = run("import", "cstate", tmp_path / "missing")

    assert (2, True) == (ran.status, ran.err.endswith(message)), ran.err
    assert (2, True) == (missing.status, "does not exist" in missing.err)


def test_broken_settings_are_refused(source: Path, imports: RecordImporting) -> None:
    """Settings that cannot be read are status 2, since services would be lost."""
    cstate(source, {"one": issue()}, config="a: [")

    ran = imports()

    assert (2, {}) == (ran.status, imports.files())
    assert ran.err.startswith("statusgen: config.yml cannot be read: it is not YAML: ")


def test_an_unknown_service_is_reported(source: Path, imports: RecordImporting) -> None:
    """In a site with settings, services match by id, alias or name; others are printed."""
    write_site(imports.folder, {"statusgen.yml": SETTINGS})
    cstate(source, {"one": issue(), "two": issue(affected="[Shop]", title="Two")})

    ran = imports()
    added = imports("--add-services")

    assert (1, True) == (ran.status, "no service is named 'Shop'" in ran.err)
    assert (0, {"shop": "major"}) == (added.status, imports.services("Two"))
