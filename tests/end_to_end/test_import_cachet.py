"""Imports of a page of Cachet, versions 2 and 3."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from statusgen.model import Severity
from tests.conftest import Run
from tests.support.fakes.cachet import Cachet
from tests.support.fakes.json_server import Fault, JsonServer, serving
from tests.support.record_importing import RecordImporting


@pytest.fixture(params=[2, 3])
def page(request: pytest.FixtureRequest) -> Cachet:
    """Return a page of each version with two components, one in a group."""
    page = Cachet(version=request.param)
    page.component("API", group=page.group("Platform"))
    page.component("Website")
    return page


@pytest.fixture
def server(page: Cachet) -> Iterator[JsonServer]:
    """Serve *page* on this machine."""
    with serving(JsonServer(answer=page.answer)) as found:
        yield found


@pytest.fixture
def imports(server: JsonServer, run: Run, tmp_path: Path) -> RecordImporting:
    """Return an import of the page into an empty folder."""
    return RecordImporting(folder=tmp_path / "site", run=run, arguments=("cachet", server.url))


def outage(page: Cachet, name: str = "API is slow", status: int = 2) -> None:
    """Add an incident of the component API, with two updates."""
    updates = ((2, "10:00", "A slow query."), (4, "11:00", "Fixed."))
    page.incident(name, *updates, components={1: status})


def test_an_incident_keeps_its_course(page: Cachet, imports: RecordImporting) -> None:
    """The message is the first update, and each update keeps its time, state and text."""
    outage(page)

    ran = imports("--timezone", "Europe/Rome")

    incident = imports.incident()
    assert (0, {"api": "degraded"}, ("incidents/1",)) == (
        ran.status,
        imports.services(),
        incident.redirect_from,
    )
    assert [
        ("07:00", "", "Calls take 10 s."),
        ("08:00", "identified", "A slow query."),
        ("09:00", "resolved", "Fixed."),
    ] == imports.updates()
    assert "time zone" not in ran.err


def test_an_empty_folder_becomes_a_site(page: Cachet, imports: RecordImporting) -> None:
    """The settings get the components, in the order of the page, with their groups."""
    page.component("Secret", enabled=False)
    outage(page)

    ran = imports()

    config = imports.config()
    assert [("website", None), ("api", "platform")] == [
        (one.id, one.group) for one in config.services
    ]
    assert "Cachet's times have no time zone; read as UTC (see --timezone)" in ran.err
    assert (0, "") == (imports.check().status, imports.check().out)


def test_a_second_import_changes_no_byte(page: Cachet, imports: RecordImporting) -> None:
    """A repeated import writes nothing."""
    outage(page)
    page.schedule("New disks", components={2: 6})
    imports()
    before = imports.files()

    again = imports()

    assert (0, "", before) == (again.status, again.out, imports.files())


def test_all_pages_are_read(page: Cachet, imports: RecordImporting) -> None:
    """A long list is read page by page, always from the same host."""
    page.size = 2
    for number in range(5):
        outage(page, f"Incident {number}")

    ran = imports()

    assert (0, 5) == (ran.status, len(imports.incidents()))


def test_hidden_incidents_are_not_read(page: Cachet, imports: RecordImporting) -> None:
    """An incident that not everybody may see is counted and never written."""
    outage(page)
    page.incident("Secret", visible=0, components={1: 2})

    ran = imports()

    assert (0, ["API is slow"]) == (ran.status, [*imports.incidents()])
    assert "1 created; 1 ignored (1 hidden)" in ran.err


@pytest.mark.parametrize("status", [1, 4])
def test_a_single_message_has_the_state(
    status: int, page: Cachet, imports: RecordImporting
) -> None:
    """Without updates, a fixed incident ended when it was last changed; an open one is open."""
    page.incident("Slow", status=status, components={1: 2}, stickied=True)

    imports()

    incident = imports.incident()
    assert (status == 1, status == 4) == (incident.pin, incident.resolved is not None)


def test_an_incident_without_a_component_is_a_notice(
    page: Cachet, imports: RecordImporting
) -> None:
    """Without a component an incident becomes a notice, with a remark."""
    page.incident("Slow")

    ran = imports()

    assert Severity.NONE is imports.incident().severity
    assert "incident 1 'Slow': it names no service, so it became a notice" in ran.err


def test_schedules_are_maintenance(page: Cachet, imports: RecordImporting) -> None:
    """A schedule is maintenance, announced when it was created; its end may be missing."""
    page.schedule("New disks", components={2: 6})
    page.schedule("Open", completed_at=None, components={2: 6})

    ran = imports()

    found = imports.incidents()
    windows = [(one.started, one.starts, one.ends) for one in found.values()]
    assert [["09:00", "20:00", "21:00"], ["09:00", "20:00", "22:00"]] == [
        [f"{at:%H:%M}" for at in window if at] for window in windows
    ]
    assert {"website": "maintenance"} == imports.services("Open")
    assert "schedule 2 'Open': its maintenance has no end; using two hours" in ran.err


@pytest.mark.parametrize("page", [3], indirect=True)
def test_version_3_has_a_severity_for_each_incident(page: Cachet, imports: RecordImporting) -> None:
    """Each incident keeps the status that its component had in it, also on a shared page."""
    outage(page, "One", status=2)
    outage(page, "Two", status=4)
    outage(page, "Three", status=3)

    imports()

    assert {"One": "degraded", "Two": "major", "Three": "partial"} == {
        title: str(one.severity) for title, one in imports.incidents().items()
    }


@pytest.mark.parametrize("page", [2], indirect=True)
def test_version_2_needs_a_severity(page: Cachet, imports: RecordImporting) -> None:
    """Version 2 keeps no severity: --severity gives one."""
    outage(page)

    imports("--severity", "partial")

    assert {"api": "partial"} == imports.services()


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        pytest.param(Fault(body="<title>Log in</title>"), "unexpected answer", id="a login page"),
        pytest.param(Fault(body='{"data": {}}'), "data: expected a list", id="no list"),
        pytest.param(Fault(body="{}"), "expected data", id="no data"),
        pytest.param(Fault(status=403), "rejected the request with status 403", id="rejected"),
        pytest.param(
            Fault(status=302, headers={"Location": "https://other.example/x"}),
            "redirects to 'https://other.example/x'",
            id="a redirect",
        ),
    ],
)
def test_a_failure_writes_nothing(
    fault: Fault, message: str, page: Cachet, server: JsonServer, imports: RecordImporting
) -> None:
    """An answer that Cachet would not give is reported on one line, with status 3."""
    outage(page)
    start = "/api/v1" if page.version == 2 else "/api"
    server.faults[f"{start}/incidents"] = [fault]

    ran = imports()

    assert (3, "", {}) == (ran.status, ran.out, imports.files())
    assert re.fullmatch(rf"statusgen: [^\n]*{re.escape(message)}[^\n]*\n", ran.err)


def test_a_time_that_is_none_is_reported(page: Cachet, imports: RecordImporting) -> None:
    """A time that cannot be read is status 3, since the whole listing is doubtful."""
    page.incident("Slow", occurred_at="soon", components={1: 2})

    ran = imports()

    assert (3, {}) == (ran.status, imports.files())
    assert "('soon' is not a time)" in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("http://status.acme.example",), "'http://status.acme.example' is not https"),
        (("https://status.acme.example", "--timezone", "Mars"), "'Mars'"),
        (("https://status.acme.example", "--severity", "none"), "--severity"),
    ],
)
def test_wrong_usage_is_explained(arguments: tuple[str, ...], message: str, run: Run) -> None:
    """A wrong argument is status 2, with what to do."""
    ran = run("import", "cachet", *arguments)

    assert (2, True) == (ran.status, message in ran.err), ran.err
