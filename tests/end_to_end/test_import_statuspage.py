"""Imports of a page on Statuspage, public and with a key."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from statusgen.model import Severity
from tests.conftest import SETTINGS, Ran, Run, write_site
from tests.support.fakes.json_server import Fault, JsonServer, serving
from tests.support.fakes.statuspage import KEY, PAGE, Statuspage, StatuspageIncident
from tests.support.record_importing import RecordImporting

HTML = "<!DOCTYPE html><title>Log in</title>"
MOVED = "Maintenance window: May 8, 2034, 10:30 UTC \N{EN DASH} May 8, 2034, 11:00 UTC"


@pytest.fixture
def page() -> Statuspage:
    """Return a page with a group and three components."""
    page = Statuspage()
    group = page.component("Platform", group=True)
    page.component("API", group_id=group["id"], description="REST", start_date="2020-02-01")
    page.component("Website")
    page.component("Old search")
    return page


@pytest.fixture
def server(page: Statuspage) -> Iterator[JsonServer]:
    """Serve *page* on this machine."""
    with serving(JsonServer(answer=page.answer)) as found:
        yield found


@pytest.fixture
def public(server: JsonServer, run: Run, tmp_path: Path) -> RecordImporting:
    """Return an import of the public page into an empty folder."""
    arguments = ("statuspage", server.url)
    return RecordImporting(folder=tmp_path / "site", run=run, arguments=arguments)


@pytest.fixture
def managed(
    server: JsonServer, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RecordImporting:
    """Return an import of the page through the API into an empty folder."""
    monkeypatch.setenv("STATUSPAGE_API_KEY", KEY)
    arguments = ("statuspage", "--page", PAGE, "--api-url", f"{server.url}/v1")
    return RecordImporting(folder=tmp_path / "site", run=run, arguments=arguments)


def outage(page: Statuspage, name: str = "API is slow") -> StatuspageIncident:
    """Add an incident with three updates."""
    incident = page.incident(name, impact="major")
    incident.update("investigating", "Calls take **10 s**.", at="09:00", API="major_outage")
    incident.update("identified", "A bad deploy.", at="09:20", API="degraded_performance")
    return incident.update("resolved", "All is well.", at="09:40", API="operational")


@pytest.mark.parametrize("way", ["public", "managed"])
def test_an_incident_keeps_its_course(
    way: str, page: Statuspage, request: pytest.FixtureRequest
) -> None:
    """Each update keeps its time, state and text; components give the severity; the code stays."""
    imports: RecordImporting = request.getfixturevalue(way)
    outage(page)

    ran = imports()

    incident = imports.incident()
    assert (0, "i00000000000", Severity.MAJOR) == (ran.status, incident.id, incident.severity)
    assert ["i00000000000.md"] == [one for one in imports.files() if one.endswith(".md")]
    assert [
        ("09:00", "investigating", "Calls take **10 s**."),
        ("09:20", "identified", "A bad deploy."),
        ("09:40", "resolved", "All is well."),
    ] == imports.updates()
    assert [{}, {"api": Severity.DEGRADED}, {}] == [
        {each.id: each.severity for each in one.services} for one in incident.updates
    ]
    assert ["u00i00000000", "u01i00000000", "u02i00000000"] == [o.id for o in incident.updates]


@pytest.mark.parametrize("way", ["public", "managed"])
def test_an_empty_folder_becomes_a_site(
    way: str, page: Statuspage, request: pytest.FixtureRequest
) -> None:
    """The settings get title, address, time zone, groups and services of the page."""
    imports: RecordImporting = request.getfixturevalue(way)
    page.zone = "Europe/Rome"
    incident = page.incident("Mails are late")
    incident.update("investigating", "Looking.", at="09:00", Mail="degraded_performance")
    incident.update("resolved", "Done.", at="10:00", Mail="operational")

    imports()

    config = imports.config()
    assert ("Acme", "https://status.acme.example", "Europe/Rome") == (
        config.title,
        config.url,
        str(config.zone),
    )
    assert [
        ("api", "platform", "REST", date(2020, 2, 1), None),
        ("website", None, "", None, None),
        ("old-search", None, "", None, None),
        ("mail", None, "", None, date(2024, 5, 7)),  # only an incident names it
    ] == [(one.id, one.group, one.description, one.since, one.retired) for one in config.services]
    assert (0, "") == (imports.check().status, imports.check().out)


@pytest.mark.parametrize("way", ["public", "managed"])
def test_a_second_import_changes_no_byte(
    way: str, page: Statuspage, request: pytest.FixtureRequest
) -> None:
    """A repeated import writes nothing, and one from scratch writes the same files."""
    imports: RecordImporting = request.getfixturevalue(way)
    outage(page)
    page.incident("Open").update("investigating", "Looking.", at="11:00", API="partial_outage")
    imports()
    before = imports.files()

    again = imports()
    for path in (imports.folder / "incidents").iterdir():
        path.unlink()
    imports()

    assert (0, "") == (again.status, again.out)
    assert before == imports.files()


def test_both_ways_write_the_same_files(
    page: Statuspage, public: RecordImporting, managed: RecordImporting
) -> None:
    """A page that was imported without a key can be imported with one."""
    outage(page)
    public()
    before = public.files()

    ran = managed()

    assert (0, "") == (ran.status, ran.out)
    assert before == managed.files()


def test_resolved_incidents_are_read_once(
    page: Statuspage, server: JsonServer, public: RecordImporting
) -> None:
    """A later import asks for incidents that are open, new or changed; --full asks for all."""
    outage(page)
    changed = outage(page, "Changed")
    page.incident("Open").update("investigating", "Looking.", at="11:00", API="partial_outage")
    public()
    changed.update("postmortem", "", at="12:00")
    changed.data |= {"postmortem_body": "Why.", "postmortem_published_at": "2024-05-07T00:00:00Z"}

    def asked(*options: str) -> list[str]:
        server.requests.clear()
        public(*options)
        return [path for path in server.paths if path.startswith("/incidents/")]

    assert ["/incidents/i00000000001.json", "/incidents/i00000000002.json"] == asked()
    assert "Why." == public.incidents()["Changed"].body
    assert ["/incidents/i00000000002.json"] == asked()
    assert 3 == len(asked("--full"))


def test_the_whole_history_is_read(
    page: Statuspage, server: JsonServer, public: RecordImporting
) -> None:
    """The history is read to its end, over months without incidents."""
    page.months = 20
    incident = outage(page)
    for number in range(50):
        outage(page, f"Newer {number}")

    public("--dry-run")

    assert [f"/history.json?page={number}" for number in range(1, 9)] == [
        path for path in server.paths if path.startswith("/history")
    ]
    assert f"/incidents/{incident.data['id']}.json" in server.paths


def test_maintenance_keeps_its_window(page: Statuspage, public: RecordImporting) -> None:
    """Scheduled maintenance keeps its window, and is announced with its first update."""
    planned = page.incident(
        "New disks",
        impact="maintenance",
        scheduled_for="2024-05-08T10:00:00.000Z",
        scheduled_until="2024-05-08T11:00:00.000Z",
        components=[page.components[2]],
    )
    planned.update("scheduled", "We replace disks.", at="09:00")
    planned.update("in_progress", "It begins.", at="2024-05-08T10:00:00")
    planned.update("completed", "Done.", at="2024-05-08T10:30:00")

    public()

    found = public.incident()
    assert (Severity.MAINTENANCE, {"website": "maintenance"}) == (
        found.severity,
        public.services(),
    )
    assert ["2024-05-06T09:00", "2024-05-08T10:00", "2024-05-08T11:00"] == [
        f"{one:%Y-%m-%dT%H:%M}" for one in (found.started, found.starts, found.ends) if one
    ]
    assert ["scheduled", "in_progress", "completed"] == [one[1] for one in public.updates()]


def test_a_moved_window_is_an_update(page: Statuspage, public: RecordImporting) -> None:
    """A later import of a moved window adds one update that gives the new window, once."""
    planned = page.incident(
        "New disks",
        impact="maintenance",
        scheduled_for="2034-05-08T10:00:00.000Z",
        scheduled_until="2034-05-08T11:00:00.000Z",
        components=[page.components[2]],
    )
    planned.update("scheduled", "We replace disks.", at="09:00")
    public()
    planned.data["scheduled_for"] = "2034-05-08T10:30:00.000Z"
    public()
    moved = public.incident()

    again = public()

    assert ["We replace disks.", MOVED] == [update.text for update in moved.updates]
    assert [None, "window"] == [update.source for update in moved.updates]
    assert moved == public.incident()
    assert "1 unchanged" in again.err + again.out


@pytest.mark.parametrize(
    ("impact", "severity"),
    [("minor", "degraded"), ("major", "partial"), ("critical", "major"), ("none", "none")],
)
def test_an_impact_is_a_severity(
    impact: str, severity: str, page: Statuspage, public: RecordImporting
) -> None:
    """If components say nothing, the impact is the severity; `none` is a notice."""
    incident = page.incident("Slow", impact=impact, components=[page.components[1]])
    incident.update("resolved", "It was slow.", at="09:00")

    public()

    assert {"api": severity} == public.services()


def test_an_incident_without_components_is_a_notice(
    page: Statuspage, public: RecordImporting
) -> None:
    """Without any service an incident becomes a notice, with a remark."""
    page.incident("Slow").update("resolved", "It was slow.", at="09:00")

    ran = public()

    assert (0, Severity.NONE) == (ran.status, public.incident().severity)
    assert "i00000000000 'Slow': it names no service, so it became a notice" in ran.err


def test_equal_times_keep_their_order(page: Statuspage, public: RecordImporting) -> None:
    """Of two updates at the same time, the one created first, or listed last, comes first."""
    incident = outage(page)
    incident.data["incident_updates"][1]["display_at"] = incident.data["resolved_at"]

    public()

    assert ["investigating", "identified", "resolved"] == [one[1] for one in public.updates()]


def test_html_becomes_markdown(page: Statuspage, public: RecordImporting) -> None:
    """HTML in a text becomes Markdown, relative links lead to the old page, comments are gone."""
    incident = page.incident("Slow", components=[page.components[1]])
    incident.update(
        "resolved",
        'See <a href="/help">the <b>help</b></a>.<br>a < b & c<!-- secret -->',
        at="09:00",
    )

    public()

    text = public.updates()[0][2]
    assert "See [the **help**](https://status.acme.example/help)." in text
    assert "a < b & c" in text
    assert "secret" not in text


def test_components_of_one_name_are_told_apart(page: Statuspage, public: RecordImporting) -> None:
    """Two components with one name become two services, named after their groups."""
    group = page.component("Europe", group=True)
    other = page.component("API", group_id=group["id"])
    incident = page.incident("Slow", components=[other])
    incident.update("resolved", "It was slow.", at="09:00")

    public()

    assert ["API (Platform)", "API (Europe)"] == [
        one.name for one in public.config().services if one.name.startswith("API")
    ]
    assert {"api-europe": "degraded"} == public.services()


def test_an_unknown_service_is_reported_and_added(
    page: Statuspage, public: RecordImporting
) -> None:
    """In a site with settings, a missing service is status 1; --add-services adds it."""
    write_site(public.folder, {"statusgen.yml": SETTINGS})
    incident = page.incident("Lost", components=[page.components[3]])
    incident.update("resolved", "It was slow.", at="09:00")

    ran = public()
    added = public("--add-services")

    assert (1, ["statusgen.yml"]) == (ran.status, [*public.files()][:1])
    assert "no service is named 'Old search'; use --add-services, or add:" in ran.err
    assert (0, {"old-search": "degraded"}) == (added.status, public.services())
    assert public.files()["statusgen.yml"].startswith(SETTINGS)


def test_a_deleted_incident_is_unpublished(page: Statuspage, public: RecordImporting) -> None:
    """An incident that is no longer on the page is kept as a draft."""
    outage(page)
    outage(page, "Kept")
    public()
    del page.incidents[1]

    ran = public()

    assert (0, "unpublished incidents/i00000000000.md\n") == (ran.status, ran.out)
    assert {"API is slow": True, "Kept": False} == {
        title: one.draft for title, one in public.incidents().items()
    }


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        pytest.param(Fault(body=HTML), "unexpected answer from", id="a login page"),
        pytest.param(Fault(body="[1]"), "expected an object", id="a list"),
        pytest.param(Fault(body='{"months": 3}'), "months: expected a list", id="a number"),
        pytest.param(Fault(body="[" * 200), "unexpected answer", id="nested too deeply"),
        pytest.param(Fault(status=401), "rejected the request with status 401", id="rejected"),
        pytest.param(Fault(status=404), "has no '/history.json'", id="missing"),
        pytest.param(
            Fault(status=302, headers={"Location": "https://other.example/x"}),
            "redirects to 'https://other.example/x'",
            id="a redirect",
        ),
    ],
)
def test_a_failure_writes_nothing(
    fault: Fault, message: str, page: Statuspage, server: JsonServer, public: RecordImporting
) -> None:
    """An answer that Statuspage would not give is reported on one line, with status 3."""
    outage(page)
    server.faults["/history.json"] = [fault]

    ran = public()

    assert (3, "", {}) == (ran.status, ran.out, public.files())
    assert re.fullmatch(rf"statusgen: [^\n]*{re.escape(message)}[^\n]*\n", ran.err)


@pytest.mark.slow
def test_a_short_failure_is_retried(
    page: Statuspage, server: JsonServer, public: RecordImporting
) -> None:
    """After a rate limit or a truncated answer, the request is sent again."""
    outage(page)
    limited = Fault(status=429, headers={"Retry-After": "1"})
    server.faults["/history.json"] = [limited, Fault(is_cut=True, body="{ }")]

    ran = public()

    assert 0 == ran.status
    assert "waiting 1 s" in ran.err


def test_the_key_is_in_a_header_alone(
    page: Statuspage, server: JsonServer, managed: RecordImporting
) -> None:
    """The key never appears in an address, an output or a file."""
    outage(page)
    ran = managed()
    server.faults[f"/v1/pages/{PAGE}"] = [Fault(body=f'"{KEY}"')]
    failed = managed()

    seen = [*server.paths, *(str(dict(one.query)) for one in server.requests)]
    seen += [ran.out, ran.err, failed.err, *managed.files().values()]
    assert not [one for one in seen if KEY in one]
    assert {f"OAuth {KEY}"} == {one.headers.get("authorization") for one in server.requests}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name either the URL of a public page, or a page with --page ID"),
        (("http://status.acme.example",), "'http://status.acme.example' is not https"),
        (("status.acme.example",), "URL: 'status.acme.example' is not"),
        (("https://status.acme.example", "--api-url", "https://x.example"), "remove it"),
        (("--page", "https://status.acme.example"), "use: statusgen import statuspage URL"),
        (("--page", PAGE), "no key; set STATUSPAGE_API_KEY"),
        (("--page", PAGE, "--full"), "--full does not apply to --page"),
    ],
)
def test_wrong_usage_is_explained(
    arguments: tuple[str, ...], message: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong argument is status 2, with what to do."""
    monkeypatch.delenv("STATUSPAGE_API_KEY", raising=False)

    ran: Ran = run("import", "statuspage", *arguments)

    assert (2, True) == (ran.status, message in ran.err), ran.err
