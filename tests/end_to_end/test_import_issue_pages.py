"""Imports of Upptime and jayfk/statuspage, whose incidents are GitHub issues."""

from pathlib import Path

import pytest

from statusgen.model import Severity
from tests.conftest import SETTINGS, Run, write_site
from tests.support.fakes.github import NAME, TOKEN, GitHub, Issue
from tests.support.record_importing import RecordImporting

BOT = "github-actions[bot]"
UPPTIME = """\
owner: acme
repo: status
sites:
  - {name: Public API, url: "https://api.acme.example"}
  - {name: Web Shop, url: $SHOP_URL, slug: shop, tags: [frontend]}
status-website: {cname: status.acme.example, name: Acme}
"""
COLOURS = {
    "investigating": "1192FC",
    "degraded performance": "FFA500",
    "outage": "ff4d4d",  # renamed
    "API": "171717",
    "Web Shop": "171717",
    "docs": "0052cc",
}


@pytest.fixture
def upptime(
    github: GitHub, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RecordImporting:
    """Return an import of Upptime from *github* into an empty folder."""
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    github.files["HEAD:.upptimerc.yml"] = UPPTIME
    arguments = ("upptime", "--repo", NAME, "--api-url", github.url)
    return RecordImporting(folder=tmp_path / "site", run=run, arguments=arguments)


@pytest.fixture
def jayfk(
    github: GitHub, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RecordImporting:
    """Return an import of jayfk/statuspage from *github* into an empty folder."""
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    github.files["gh-pages:config.json"] = '{"title": "Acme"}'
    github.labels = [
        {"name": name, "color": colour, "description": ""} for name, colour in COLOURS.items()
    ]
    arguments = ("jayfk", "--repo", NAME, "--api-url", github.url)
    return RecordImporting(folder=tmp_path / "site", run=run, arguments=arguments)


def outage(github: GitHub, *, site: str = "Public API", slug: str = "public-api") -> Issue:
    """Open an issue as the bot of Upptime does."""
    body = (
        f"In [`9b89466`](https://github.com/x/9b8\n), {site} ($URL) was **down**:\n- HTTP code: 0"
    )
    return github.open(f"🛑 {site} is down", body, by=BOT, labels=("status", slug))


def back(issue: Issue, *, site: str = "Public API", at: str = "09:10") -> Issue:
    """Comment on and close *issue* as the bot of Upptime does."""
    issue.comment(f"**Resolved:** {site} is back up in [`9b8`](https://x).", by=BOT, at=at)
    return issue.close(by=BOT, at=at)


def test_an_outage_by_the_bot_is_an_incident(github: GitHub, upptime: RecordImporting) -> None:
    """Text by the bot and by collaborators becomes an incident of the site; others are skipped."""
    issue = outage(github)
    issue.comment("**Identified**: A broken disk.", at="09:05").comment(
        "me too", by="eve", at="09:06"
    )
    back(issue)

    ran = upptime()

    incident = upptime.incident()
    assert (0, "🛑 Public API is down", Severity.MAJOR, {"public-api": "major"}) == (
        ran.status,
        incident.title,
        incident.severity,
        upptime.services(),
    )
    assert [("09:00", "investigating"), ("09:05", "identified"), ("09:10", "resolved")] == [
        one[:2] for one in upptime.updates()
    ]
    assert "A broken disk." == upptime.updates()[1][2]
    assert "skipped 1 comment: by 'eve', who has no write access" in ran.err


def test_sites_become_services(github: GitHub, upptime: RecordImporting) -> None:
    """The settings get name, address and sites; a site that only issues name is retired."""
    outage(github, site="Old Site", slug="old-site")

    upptime()

    config = upptime.config()
    assert ("Acme", "https://status.acme.example") == (config.title, config.url)
    assert [
        ("public-api", "Public API", None),
        ("shop", "Web Shop", None),
        ("old-site", "Old Site", "2024-05-07"),
    ] == [(one.id, one.name, one.retired and str(one.retired)) for one in config.services]
    assert {"old-site": "major"} == upptime.services()
    assert (0, "") == (upptime.check().status, upptime.check().out)


def test_a_second_import_of_upptime_changes_no_byte(
    github: GitHub, upptime: RecordImporting
) -> None:
    """A repeated import writes nothing."""
    back(outage(github))
    github.open("Orders are lost", by="ann", labels=("status",))
    upptime()
    before = upptime.files()

    again = upptime()

    assert (0, "", before) == (again.status, again.out, upptime.files())


@pytest.mark.parametrize(
    ("title", "labels", "services"),
    [
        ("⚠️ Web Shop has degraded performance", ("status", "shop"), {"shop": "degraded"}),
        ("Slow", ("status", "shop", "frontend"), {"shop": "major"}),
        ("Orders are lost", ("status",), {}),
    ],
)
def test_the_title_is_the_severity(
    title: str,
    labels: tuple[str, ...],
    services: dict[str, str],
    github: GitHub,
    upptime: RecordImporting,
) -> None:
    """A title with `degraded` is degraded, any other is major; without a site it is a notice."""
    github.open(title, labels=labels)

    ran = upptime()

    incident = upptime.incident()
    assert (0, services) == (ran.status, upptime.services())
    assert (incident.severity is Severity.NONE) is (not services)


def test_a_service_can_be_given(github: GitHub, upptime: RecordImporting) -> None:
    """--service gives a service to issues that name none."""
    github.open("Orders are lost", labels=("status",))

    upptime("--service", "shop")

    assert {"shop": "major"} == upptime.services()


@pytest.mark.parametrize("is_hidden", [True, False])
def test_planned_issues_are_maintenance(
    is_hidden: bool, github: GitHub, upptime: RecordImporting
) -> None:
    """A window in a comment becomes maintenance; one outside is read with a remark."""
    window = (
        "start: 2024-05-06T13:00:00.220Z\nend: 2024-05-06T14:00:00.220Z\n"
        "expectedDown: public-api\nexpectedDegraded: Web Shop"
    )
    body = f"<!--\n{window}\n-->\n\nNew disks." if is_hidden else f"{window}\n\nNew disks."
    github.open("New disks", body, labels=("maintenance",))

    ran = upptime()

    incident = upptime.incident()
    assert ("13:00", "14:00", {"public-api": "maintenance", "shop": "maintenance"}) == (
        f"{incident.starts:%H:%M}",
        f"{incident.ends:%H:%M}",
        upptime.services(),
    )
    assert [("09:00", "", "New disks.")] == upptime.updates()
    assert ("its window is not in the first comment" in ran.err) is not is_hidden


def test_a_comment_behind_a_window_stays_hidden(github: GitHub, upptime: RecordImporting) -> None:
    """A line of a window in which a comment begins is kept, so the comment stays one."""
    body = (
        "<!-- note -->\nstart: 2024-05-06T13:00:00Z\nend: 2024-05-06T14:00:00Z\n"
        "expectedDown: public-api <!--\nsecret\n-->\n\nNew disks."
    )
    github.open("New disks", body, labels=("maintenance",))

    upptime("--service", "shop")

    ((_, _, text),) = upptime.updates()
    assert (True, False) == ("New disks." in text, "secret" in text)


def test_short_outages_can_be_left_out(github: GitHub, upptime: RecordImporting) -> None:
    """--shortest leaves out short outages without a comment by a person."""
    back(outage(github))
    back(outage(github).comment("A broken disk.", at="09:05"))
    back(outage(github), at="09:30")

    ran = upptime("--shortest", "15m")
    wrong = upptime("--shortest", "soon")

    assert ["gh-2.md", "gh-3.md", "statusgen.yml"] == sorted(upptime.files())
    assert "2 created; 1 ignored (1 shorter than --shortest)" in ran.err
    assert (2, "write one such as 15m\n") == (wrong.status, wrong.err[-22:])


def test_strangers_publish_nothing(github: GitHub, upptime: RecordImporting) -> None:
    """An issue of a stranger is not imported, even if it looks like one of the bot."""
    issue = outage(github)
    issue.author = "eve"
    outage(github, slug="shop")

    ran = upptime()

    assert ["gh-2.md", "statusgen.yml"] == sorted(upptime.files())
    assert "acme/status#1: opened by 'eve', who has no write access" in ran.err


def test_an_unknown_site_is_reported(github: GitHub, upptime: RecordImporting) -> None:
    """In a site with settings, a missing service is status 1; --add-services adds it."""
    write_site(upptime.folder, {"statusgen.yml": SETTINGS})
    outage(github)
    outage(github, site="Web Shop", slug="shop")

    ran = upptime()
    added = upptime("--add-services")

    assert (1, True) == (ran.status, "no service is named 'Web Shop'" in ran.err)
    assert 0 == added.status
    assert {"api", "shop"} == {
        one.id for incident in upptime.incidents().values() for one in incident.services
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "acme/status has no .upptimerc.yml, so it is not a page of Upptime"),
        ("a: [", ".upptimerc.yml cannot be read: it is not YAML: "),
        ("- a", ".upptimerc.yml cannot be read: it is not a map"),
    ],
)
def test_another_repository_is_refused(
    text: str | None, message: str, github: GitHub, upptime: RecordImporting
) -> None:
    """A repository without valid settings is status 2."""
    github.files = {"HEAD:.upptimerc.yml": text} if text else {}
    outage(github)

    ran = upptime()

    assert (2, {}) == (ran.status, upptime.files())
    assert ran.err.startswith(f"statusgen: {message}")


def test_colours_say_what_labels_mean(github: GitHub, jayfk: RecordImporting) -> None:
    """The colour of a label makes it a system or a severity; the worst severity counts."""
    issue = github.open("Down", "A power cut.", labels=("degraded performance", "outage", "API"))
    issue.comment("A slow query.", at="09:10").comment("hurry", by="eve", at="09:11")
    issue.comment("Fixed.", at="09:20").close(at="09:20")

    ran = jayfk()

    config = jayfk.config()
    assert ("Acme", ["API", "Web Shop"]) == (config.title, [one.name for one in config.services])
    assert (0, {"api": "major"}) == (ran.status, jayfk.services())
    assert [
        ("09:00", "investigating", "A power cut."),
        ("09:10", "", "A slow query."),
        ("09:20", "resolved", "Fixed."),
    ] == jayfk.updates()


def test_the_history_of_labels_counts(github: GitHub, jayfk: RecordImporting) -> None:
    """A severity label that was taken off at the end was the severity until then."""
    issue = github.open("Down", labels=("outage", "API"))
    issue.unlabel("outage", at="09:30").close(at="09:30")

    jayfk()

    assert {"api": "major"} == jayfk.services()
    assert "resolved" == jayfk.updates()[-1][1]


def test_issues_that_the_page_did_not_show_are_left_out(
    github: GitHub, jayfk: RecordImporting
) -> None:
    """An open issue needs a severity label; one without a system is a notice; docs are none."""
    github.open("Open", labels=("API",))
    github.open("No system", labels=("outage",))
    github.open("Closed", labels=("API",)).close(at="09:30")
    github.open("Typo", labels=("docs",))
    github.open("Stranger", by="eve", labels=("API", "outage"))

    ran = jayfk()

    assert {"No system": Severity.NONE, "Closed": Severity.DEGRADED} == {
        title: one.severity for title, one in jayfk.incidents().items()
    }
    assert "1 ignored (1 without a severity label)" in ran.err


def test_a_second_import_of_jayfk_changes_no_byte(github: GitHub, jayfk: RecordImporting) -> None:
    """A repeated import writes nothing."""
    github.open("Down", labels=("outage", "API")).close(at="09:30")
    github.open("No system", labels=("outage",))
    jayfk()
    before = jayfk.files()

    again = jayfk("--add-services")

    assert (0, "", before) == (again.status, again.out, jayfk.files())


def test_a_repository_without_its_labels_is_refused(github: GitHub, jayfk: RecordImporting) -> None:
    """A repository without labels in these colours is status 2."""
    github.labels = []

    ran = jayfk()

    assert (2, "statusgen: acme/status has no labels of jayfk/statuspage; check --repo\n") == (
        ran.status,
        ran.err,
    )
