"""`statusgen forms`: forms for issues, made from the services of the site."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from statusgen.model import Kind, Severity
from tests.conftest import SETTINGS, Run, write_site
from tests.support.acting import git

FOLDER = ".github/ISSUE_TEMPLATE"
NAMES = ("incident.yml", "maintenance.yml", "config.yml")
RETIRED = SETTINGS.replace("    name: Website\n", "    name: Website\n    retired: 2099-01-01\n")


def form(site: Path, name: str) -> dict[str, Any]:
    """The form *name* as GitHub reads it."""
    loaded: dict[str, Any] = yaml.safe_load((site / FOLDER / name).read_text("utf-8"))
    return loaded


def field(site: Path, name: str, id_: str) -> dict[str, Any]:
    """The question *id_* of the form *name*."""
    (found,) = (one for one in form(site, name)["body"] if one["id"] == id_)
    attributes: dict[str, Any] = found["attributes"]
    return attributes


def test_the_forms_offer_the_words_of_a_file(run: Run, tmp_path: Path) -> None:
    """Services by name and id, severities and states as files have them, the label of an import."""
    site = write_site(tmp_path, {})
    ran = run("forms")
    harms = [one for one in Kind.INCIDENT.severities if one is not Severity.NONE]

    assert (0, [f"wrote {FOLDER}/{name}" for name in NAMES]) == (ran.status, ran.out.splitlines())
    for name in ("incident", "maintenance"):
        assert ["Public API (api)", "Website (web)", "Database (db)"] == (
            field(site, f"{name}.yml", "services")["options"]
        )
        assert [name] == form(site, f"{name}.yml")["labels"]
    assert harms == field(site, "incident.yml", "severity")["options"]
    assert [*Kind.INCIDENT.states] == field(site, "incident.yml", "state")["options"]
    assert "in Europe/Rome unless" in field(site, "maintenance.yml", "starts")["description"]


def test_the_chooser_leads_to_the_page(run: Run, tmp_path: Path) -> None:
    """Who is about to report something sees first where the status is."""
    site = write_site(tmp_path, {})
    run("forms")

    assert ("Acme Status", "https://status.acme.example/") == (
        form(site, "config.yml")["contact_links"][0]["name"],
        form(site, "config.yml")["contact_links"][0]["url"],
    )


def test_a_second_time_nothing_is_written(run: Run, tmp_path: Path) -> None:
    """Forms that are right stay untouched."""
    write_site(tmp_path, {})
    run("forms")
    ran = run("forms")

    assert (0, "", "") == (ran.status, ran.out, ran.err)


def test_a_name_cannot_leave_its_place(run: Run, tmp_path: Path) -> None:
    """Quotes, colons and line signs in a name of a service are part of the name."""
    name = 'a": [x]} # - & * ! | > % @ ` \\n é'
    settings = SETTINGS.replace("Public API", f"'{name}'")
    site = write_site(tmp_path, {"statusgen.yml": settings})
    run("forms")

    assert f"{name} (api)" == field(site, "incident.yml", "services")["options"][0]


def test_a_service_with_a_last_day_is_not_offered(run: Run, tmp_path: Path) -> None:
    """A form depends on no clock, so one that will retire is left out at once."""
    site = write_site(tmp_path, {"statusgen.yml": RETIRED})
    run("forms")

    assert ["Public API (api)", "Database (db)"] == (
        field(site, "incident.yml", "services")["options"]
    )


def test_forms_go_to_the_top_of_the_repository(run: Run, tmp_path: Path) -> None:
    """GitHub looks for forms there alone, wherever in the repository the site is."""
    git(tmp_path, "init", "--quiet")
    write_site(tmp_path / "status", {})
    ran = run("forms", "--site", "status")

    assert 0 == ran.status
    assert (tmp_path / FOLDER / "incident.yml").is_file()


def test_check_says_when_a_form_is_stale(run: Run, tmp_path: Path) -> None:
    """After a change of the services every form of ours is an error, until `forms` runs again."""
    write_site(tmp_path, {})
    run("forms")
    before = (run("check").status, run("forms", "--check").status)
    write_site(tmp_path, {"statusgen.yml": RETIRED})
    checked, looked = run("check"), run("forms", "--check")
    run("forms")
    after = (run("check").status, run("forms", "--check").status)
    stale = [
        f"{FOLDER}/{name}:1:1: this form no longer matches statusgen.yml; run statusgen forms"
        for name in ("incident.yml", "maintenance.yml")
    ]

    assert ((0, 0), (0, 0)) == (before, after)
    assert (1, stale) == (checked.status, checked.out.splitlines())
    assert (1, stale) == (looked.status, looked.out.splitlines())


def test_another_wording_is_not_stale(run: Run, tmp_path: Path) -> None:
    """A version of statusgen that words a form in another way fails no check; `forms` renews it."""
    site = write_site(tmp_path, {})
    run("forms")
    made = {name: (site / FOLDER / name).read_text("utf-8") for name in NAMES}
    for name, text in made.items():
        other = text.replace("What visitors", "That which visitors").replace("See how", "Look how")
        other = other.replace("unless it has an offset", "if it has none").replace(
            ".yml: ", ".yml; "
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
    """Each thing that a form has from statusgen.yml makes it stale when it changes."""
    write_site(tmp_path, {})
    run("forms")
    write_site(tmp_path, {"statusgen.yml": SETTINGS.replace(old, new)})
    ran = run("forms", "--check")

    assert stale == {Path(line.partition(":")[0]).stem for line in ran.out.splitlines()}


def test_a_build_does_not_wait_for_forms(run: Run, tmp_path: Path) -> None:
    """A stale form keeps no news from the page."""
    write_site(tmp_path, {})
    run("forms")
    write_site(tmp_path, {"statusgen.yml": RETIRED})

    assert 0 == run("build").status


@pytest.mark.parametrize("name", ["incident.yml", "maintenance.yml"])
def test_a_form_of_somebody_else_is_never_changed(run: Run, tmp_path: Path, name: str) -> None:
    """It is named, nothing at all is written, and `check` has no say in it."""
    write_site(tmp_path, {f"{FOLDER}/{name}": "name: Mine\n"})
    ran = run("forms")

    assert (1, "") == (ran.status, ran.out)
    assert ran.err.startswith(f"{FOLDER}/{name}:1:1: this file was not made by statusgen forms;")
    assert [name] == [path.name for path in (tmp_path / FOLDER).iterdir()]
    assert 0 == run("check").status


def test_a_chooser_of_somebody_else_stays(run: Run, tmp_path: Path) -> None:
    """Who has chosen how the list of forms looks keeps that, and gets the forms."""
    site = write_site(tmp_path, {f"{FOLDER}/config.yml": "blank_issues_enabled: false\n"})
    ran = run("forms")

    assert (0, 2) == (ran.status, ran.out.count("\n"))
    assert {"blank_issues_enabled": False} == form(site, "config.yml")


def test_line_ends_of_windows_are_no_change(run: Run, tmp_path: Path) -> None:
    """Git may write other line ends; the form is still the same."""
    site = write_site(tmp_path, {})
    run("forms")
    path = site / FOLDER / "incident.yml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert 0 == run("check").status


def test_a_form_that_is_no_text_is_a_problem(run: Run, tmp_path: Path) -> None:
    """Its place and what to mend are named, as with every other file."""
    site = write_site(tmp_path, {f"{FOLDER}/incident.yml": ""})
    (site / FOLDER / "incident.yml").write_bytes(b"\xff")
    ran = run("check")

    assert 1 == ran.status
    assert ran.out.startswith(f"{FOLDER}/incident.yml:1:1: not UTF-8")


def test_where_there_is_no_site_nothing_is_written(run: Run, tmp_path: Path) -> None:
    """Status 2, and no folder is made."""
    ran = run("forms")

    assert (2, []) == (ran.status, [*tmp_path.iterdir()])


def test_a_new_site_has_its_workflows_and_forms(run: Run, tmp_path: Path) -> None:
    """What `init` writes is what GitHub needs, and `check` is content with it."""
    ran = run("init", "--title", "Acme", "--service", "api=Public API", "--now", "2026-11-20 10:00")
    names = [path.name for path in (tmp_path / ".github" / "workflows").iterdir()]

    assert 0 == ran.status
    assert ["check.yml", "event.yml", "import.yml", "publish.yml", "refresh.yml"] == sorted(names)
    assert (tmp_path / ".github" / "dependabot.yml").is_file()
    assert ["Public API (api)"] == field(tmp_path, "incident.yml", "services")["options"]
    assert 0 == run("check", "--now", "2026-11-20 10:01").status
    assert "" == run("forms").out
