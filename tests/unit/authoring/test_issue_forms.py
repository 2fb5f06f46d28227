"""Tests of `statusgen forms`, which writes issue forms for the services of a site."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from statusgen.model import Kind, Severity
from tests.conftest import SETTINGS, Run, write_site
from tests.support.acting import git

FOLDER = ".github/ISSUE_TEMPLATE"
NAMES = ("incident.yml", "maintenance.yml", "config.yml")
FORMER = "# Made by `statusgen forms` from statusgen.yml: change that, and run it again.\n"
RETIRED = SETTINGS.replace("    name: Website\n", "    name: Website\n    retired: 2099-01-01\n")


def form(site: Path, name: str) -> dict[str, Any]:
    """Parse the form *name*."""
    loaded: dict[str, Any] = yaml.safe_load((site / FOLDER / name).read_text("utf-8"))
    return loaded


def field(site: Path, name: str, id_: str) -> dict[str, Any]:
    """Return the attributes of the question *id_* in the form *name*."""
    (found,) = (one for one in form(site, name)["body"] if one["id"] == id_)
    attributes: dict[str, Any] = found["attributes"]
    return attributes


def test_the_forms_offer_the_words_of_a_file(run: Run, tmp_path: Path) -> None:
    """Choices are the words of incident files, and the label is the one that the import reads."""
    site = write_site(tmp_path, {})
    ran = run("forms")
    severities = [one for one in Kind.INCIDENT.severities if one is not Severity.NONE]

    assert (0, [f"wrote {FOLDER}/{name}" for name in NAMES]) == (ran.status, ran.out.splitlines())
    for name in ("incident", "maintenance"):
        assert ["Public API (api)", "Website (web)", "Database (db)"] == (
            field(site, f"{name}.yml", "services")["options"]
        )
        assert [name] == form(site, f"{name}.yml")["labels"]
    assert severities == field(site, "incident.yml", "severity")["options"]
    assert [*Kind.INCIDENT.states] == field(site, "incident.yml", "state")["options"]
    assert (
        "(Europe/Rome unless it has an offset)"
        in field(site, "maintenance.yml", "starts")["description"]
    )


def test_the_chooser_links_to_the_page(run: Run, tmp_path: Path) -> None:
    """The list of forms starts with a link to the status page."""
    site = write_site(tmp_path, {})
    run("forms")

    assert ("Acme Status", "https://status.acme.example/") == (
        form(site, "config.yml")["contact_links"][0]["name"],
        form(site, "config.yml")["contact_links"][0]["url"],
    )


def test_a_second_time_nothing_is_written(run: Run, tmp_path: Path) -> None:
    """Forms that are up to date are not written again."""
    write_site(tmp_path, {})
    run("forms")
    ran = run("forms")

    assert (0, "", "") == (ran.status, ran.out, ran.err)


def test_names_are_escaped(run: Run, tmp_path: Path) -> None:
    """YAML's special characters in the name of a service are escaped."""
    name = 'a": [x]} # - & * ! | > % @ ` \\n é'
    settings = SETTINGS.replace("Public API", f"'{name}'")
    site = write_site(tmp_path, {"statusgen.yml": settings})
    run("forms")

    assert f"{name} (api)" == field(site, "incident.yml", "services")["options"][0]


def test_a_service_with_a_last_day_is_not_offered(run: Run, tmp_path: Path) -> None:
    """A service with a last day is omitted at once, because forms do not depend on the time."""
    site = write_site(tmp_path, {"statusgen.yml": RETIRED})
    run("forms")

    assert ["Public API (api)", "Database (db)"] == (
        field(site, "incident.yml", "services")["options"]
    )


def test_forms_go_to_the_top_of_the_repository(run: Run, tmp_path: Path) -> None:
    """Forms for a site in a subfolder are written to the top of the repository."""
    git(tmp_path, "init", "--quiet")
    write_site(tmp_path / "status", {})
    ran = run("forms", "--site", "status")

    assert 0 == ran.status
    assert (tmp_path / FOLDER / "incident.yml").is_file()


def test_check_says_when_a_form_is_stale(run: Run, tmp_path: Path) -> None:
    """Forms that do not match changed settings are warnings until `forms` runs again."""
    write_site(tmp_path, {})
    run("forms")
    before = (run("check").status, run("forms", "--check").status)
    write_site(tmp_path, {"statusgen.yml": f"{RETIRED}    since: 2024-01-01\n"})
    checked, looked = run("check"), run("forms", "--check")
    run("forms")
    after = (run("check").status, run("forms", "--check").status)
    stale = [
        f"{FOLDER}/{name}:1:1: this form is out of date; run: statusgen forms"
        for name in ("incident.yml", "maintenance.yml")
    ]

    assert ((0, 0), (0, 0)) == (before, after)
    warned = [one.replace(": this", ": warning: this") for one in stale]
    assert (0, warned) == (checked.status, checked.out.splitlines())
    assert (1, stale) == (looked.status, looked.out.splitlines())


def test_another_wording_is_not_stale(run: Run, tmp_path: Path) -> None:
    """A form with wording from another version is not stale, but `forms` updates it."""
    site = write_site(tmp_path, {})
    run("forms")
    made = {name: (site / FOLDER / name).read_text("utf-8") for name in NAMES}
    for name, text in made.items():
        other = text.replace("Shown to", "Read by").replace("Check the", "See the")
        other = other.replace("unless it has an offset", "if it has none").replace(
            "To change it", "To adapt it"
        )
        assert other != text
        (site / FOLDER / name).write_text(other, "utf-8")
    checked, looked, renewed = run("check"), run("forms", "--check"), run("forms")

    assert (0, 0) == (checked.status, looked.status)
    assert 3 == renewed.out.count("wrote")


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        pytest.param("name: Website", "name: Site", {"incident", "maintenance"}, id="a-service"),
        pytest.param("Europe/Rome", "Europe/Paris", {"incident", "maintenance"}, id="the-zone"),
        pytest.param("title: Acme", "title: ACME", {"config"}, id="the-title"),
        pytest.param("status.acme", "www.acme", {"config"}, id="the-address"),
    ],
)
def test_what_comes_from_the_settings_is_compared(
    run: Run, tmp_path: Path, old: str, new: str, stale: set[str]
) -> None:
    """A form is stale when a setting that it contains has changed."""
    write_site(tmp_path, {})
    run("forms")
    write_site(tmp_path, {"statusgen.yml": SETTINGS.replace(old, new)})
    ran = run("forms", "--check")

    assert stale == {Path(line.partition(":")[0]).stem for line in ran.out.splitlines()}


def test_a_build_does_not_wait_for_forms(run: Run, tmp_path: Path) -> None:
    """A stale form does not prevent a build."""
    write_site(tmp_path, {})
    run("forms")
    write_site(tmp_path, {"statusgen.yml": RETIRED})

    assert 0 == run("build").status


def test_forms_of_an_older_version_are_updated(run: Run, tmp_path: Path) -> None:
    """A form that starts with the former comment is checked and rewritten like a new one."""
    write_site(tmp_path, {f"{FOLDER}/{name}": f"{FORMER}name: Old\n" for name in NAMES})
    checked, written = run("check"), run("forms")

    assert (0, 3) == (checked.status, checked.out.count("warning: this form is out of date"))
    assert (0, "") == (written.status, written.err)
    assert 0 == run("check").status


@pytest.mark.parametrize("name", ["incident.yml", "maintenance.yml"])
def test_a_foreign_form_is_never_changed(run: Run, tmp_path: Path, name: str) -> None:
    """A foreign file is reported, nothing is written, and `check` ignores it."""
    write_site(tmp_path, {f"{FOLDER}/{name}": "name: Mine\n"})
    ran = run("forms")

    assert (1, "") == (ran.status, ran.out)
    assert (
        f'{FOLDER}/{name}:1:1: this file was not written by "statusgen forms"; rename or delete'
        " it, then run that again\n"
    ) == ran.err
    assert [name] == [path.name for path in (tmp_path / FOLDER).iterdir()]
    assert 0 == run("check").status


def test_a_foreign_chooser_is_never_changed(run: Run, tmp_path: Path) -> None:
    """A foreign chooser is kept, and the forms are written."""
    site = write_site(tmp_path, {f"{FOLDER}/config.yml": "blank_issues_enabled: false\n"})
    ran = run("forms")

    assert (0, 2) == (ran.status, ran.out.count("\n"))
    assert {"blank_issues_enabled": False} == form(site, "config.yml")


def test_windows_line_ends_are_not_a_change(run: Run, tmp_path: Path) -> None:
    """A form with CRLF line endings, which Git may write, is not stale."""
    site = write_site(tmp_path, {})
    run("forms")
    path = site / FOLDER / "incident.yml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert 0 == run("check").status


def test_a_form_that_is_not_utf_8_is_a_problem(run: Run, tmp_path: Path) -> None:
    """The problem has the position and the remedy, as for other files."""
    site = write_site(tmp_path, {f"{FOLDER}/incident.yml": ""})
    (site / FOLDER / "incident.yml").write_bytes(b"\xff")
    ran = run("check")

    assert 1 == ran.status
    assert ran.out.startswith(f"{FOLDER}/incident.yml:1:1: not UTF-8")


def test_a_folder_without_a_site_gets_no_forms(run: Run, tmp_path: Path) -> None:
    """A folder without a site is a usage error, and nothing is created."""
    ran = run("forms")

    assert (2, []) == (ran.status, [*tmp_path.iterdir()])


def test_a_new_site_has_its_workflows_and_forms(run: Run, tmp_path: Path) -> None:
    """A site from `init` has all files for GitHub and passes `check`."""
    ran = run("init", "--title", "Acme", "--service", "api=Public API", "--now", "2026-11-20 10:00")
    names = [path.name for path in (tmp_path / ".github" / "workflows").iterdir()]

    assert 0 == ran.status
    assert ["check.yml", "event.yml", "import.yml", "publish.yml", "refresh.yml"] == sorted(names)
    assert (tmp_path / ".github" / "dependabot.yml").is_file()
    assert ["Public API (api)"] == field(tmp_path, "incident.yml", "services")["options"]
    assert 0 == run("check", "--now", "2026-11-20 10:01").status
    assert "" == run("forms").out
