"""Imports of pages on Instatus and Better Stack, whose shapes are those of their documentation."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from statusgen.model import Severity
from tests.conftest import Run
from tests.support.fakes.json_server import Fault, JsonServer, serving
from tests.support.record_importing import RecordImporting

KEY = "not-a-key"


def at(clock: str) -> str:
    return f"2024-05-06T{clock}:00.120Z"


INSTATUS: dict[str, list[dict[str, Any]]] = {
    "/v2/page1/components": [
        {"id": "g", "name": "Core", "order": 0, "group": None},
        {"id": "b", "name": "Website", "order": 2, "group": None},
        {"id": "a", "name": "API", "description": "REST", "order": 1, "group": "g"},
    ],
    "/v1/page1/incidents": [
        {
            "id": "inc1",
            "name": "API is slow",
            "status": "RESOLVED",
            "started": at("09:00"),
            "resolved": at("10:00"),
            "translations": {"name": {"fr": "Lent"}},
            "components": [{"id": "a", "name": "API"}],
            "updates": [
                {"message": "Fixed.", "status": "RESOLVED", "started": at("10:00")},
                {
                    "message": None,
                    "messageHtml": "<p>We <b>look</b>.</p>",
                    "status": "INVESTIGATING",
                    "started": at("09:00"),
                },
            ],
        }
    ],
    "/v2/page1/maintenances": [
        {
            "id": "mnt1",
            "name": "New disks",
            "status": "COMPLETED",
            "start": at("20:00"),
            "duration": 60,
            "components": [{"id": "b", "name": "Website"}],
            "updates": [
                {"message": "Disks.", "status": "NOTSTARTEDYET", "started": at("09:00")},
                {"message": None, "status": "COMPLETED", "started": at("20:30")},
            ],
        }
    ],
}


def report(code: str, title: str, kind: str, *, ends: str) -> dict[str, Any]:
    attributes = {
        "title": title,
        "report_type": kind,
        "starts_at": at("09:00"),
        "ends_at": at(ends),
        "affected_resources": [{"status_page_resource_id": 11, "status": "maintenance"}],
    }
    return {"id": code, "type": "status_report", "attributes": attributes}


def update(clock: str, message: str, status: str) -> dict[str, Any]:
    affected = [{"status_page_resource_id": "11", "status": status}]
    values = {"message": message, "published_at": at(clock), "affected_resources": affected}
    return {"id": clock, "type": "status_update", "attributes": values}


PAGE = "/api/v2/status-pages/7"
BETTERSTACK: dict[str, Any] = {
    PAGE: {"attributes": {"company_name": "Acme", "custom_domain": "status.acme.example"}},
    f"{PAGE}/sections": [{"id": "5", "attributes": {"name": "Core", "position": 0}}],
    f"{PAGE}/resources": [
        {"id": "11", "attributes": {"public_name": "API", "status_page_section_id": 5}}
    ],
    f"{PAGE}/status-reports": [
        report("101", "API is slow", "manual", ends="10:00"),
        report("102", "New disks", "maintenance", ends="11:00"),
    ],
    f"{PAGE}/status-reports/101/status-updates": [
        update("10:00", "Fixed.", "resolved"),
        update("09:30", "It is down.", "downtime"),
        update("09:00", "We look.", "degraded"),
    ],
    f"{PAGE}/status-reports/102/status-updates": [],
}


def instatus_answer(path: str, query: Mapping[str, str]) -> Any:
    found = INSTATUS.get(path)
    return found if found is None or query["page"] == "1" else []


def betterstack_answer(path: str, _: Mapping[str, str]) -> Any:
    found = BETTERSTACK.get(path)
    return None if found is None else {"data": found, "pagination": {"next": None}}


@pytest.fixture
def instatus(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[RecordImporting, JsonServer]]:
    """Return an import of a page on Instatus into an empty folder, and its server."""
    monkeypatch.setenv("INSTATUS_API_KEY", KEY)
    with serving(JsonServer(answer=instatus_answer)) as server:
        arguments = ("instatus", "--page", "page1", "--api-url", server.url)
        yield RecordImporting(folder=tmp_path / "site", run=run, arguments=arguments), server


@pytest.fixture
def betterstack(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[RecordImporting, JsonServer]]:
    """Return an import of a page on Better Stack into an empty folder, and its server."""
    monkeypatch.setenv("BETTERSTACK_TOKEN", KEY)
    with serving(JsonServer(answer=betterstack_answer)) as server:
        arguments = ("betterstack", "--page", "7", "--api-url", f"{server.url}/api/v2")
        yield RecordImporting(folder=tmp_path / "site", run=run, arguments=arguments), server


def test_incidents_of_instatus_are_imported(
    instatus: tuple[RecordImporting, JsonServer],
) -> None:
    """Updates keep their times, states and texts; a severity is not recorded."""
    imports, _ = instatus

    ran = imports()

    found = imports.incidents()
    assert (0, {"api": "degraded"}) == (ran.status, imports.services("API is slow"))
    assert [("09:00", "investigating", "We **look**."), ("10:00", "resolved", "Fixed.")] == (
        imports.updates("API is slow")
    )
    assert [("api", "core"), ("website", None)] == [
        (one.id, one.group) for one in imports.config().services
    ]
    assert (Severity.MAINTENANCE, {"website": "maintenance"}) == (
        found["New disks"].severity,
        imports.services("New disks"),
    )
    assert "inc1 'API is slow': its translations are not imported" in ran.err


def test_reports_of_better_stack_are_imported(
    betterstack: tuple[RecordImporting, JsonServer],
) -> None:
    """The first update is investigating, the end resolves; each update has its severities."""
    imports, _ = betterstack

    ran = imports()

    incident = imports.incidents()["API is slow"]
    assert (0, {"api": "degraded"}) == (ran.status, imports.services("API is slow"))
    assert [
        ("09:00", "investigating", "We look."),
        ("09:30", "", "It is down."),
        ("10:00", "resolved", "Fixed."),
    ] == imports.updates("API is slow")
    assert {"api": Severity.MAJOR} == {o.id: o.severity for o in incident.updates[1].services}
    assert ("Acme", {"api": "maintenance"}) == (
        imports.config().title,
        imports.services("New disks"),
    )


@pytest.mark.parametrize("name", ["instatus", "betterstack"])
def test_a_second_import_changes_no_byte(name: str, request: pytest.FixtureRequest) -> None:
    """A repeated import writes nothing; the key is in a header alone."""
    imports, server = request.getfixturevalue(name)
    first = imports()
    before = imports.files()

    again = imports()

    assert (0, 0, "", before) == (first.status, again.status, again.out, imports.files())
    checked = imports.check()
    # The API of Instatus does not contain the address of the page.
    others = [line for line in checked.out.splitlines() if "is an example" not in line]
    assert (0, []) == (checked.status, others)
    assert {f"Bearer {KEY}"} == {one.headers.get("authorization") for one in server.requests}
    assert KEY not in "".join([first.out, first.err, *before.values(), *server.paths])


@pytest.mark.parametrize(
    ("name", "path"),
    [("instatus", "/v1/page1/incidents"), ("betterstack", f"{PAGE}/status-reports")],
)
@pytest.mark.parametrize("fault", [Fault(body="<html>"), Fault(body="3"), Fault(status=401)])
def test_a_failure_writes_nothing(
    name: str, path: str, fault: Fault, request: pytest.FixtureRequest
) -> None:
    """An answer of another shape is reported on one line, with status 3."""
    imports, server = request.getfixturevalue(name)
    server.faults[path] = [fault]

    ran = imports()

    assert (3, "", {}, 1) == (ran.status, ran.out, imports.files(), ran.err.count("\n"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("instatus",), "--page"),
        (("instatus", "--page", "a/b"), "'a/b' is not the ID of a page; write one such as ckf01"),
        (("instatus", "--page", "a"), "set INSTATUS_API_KEY"),
        (("betterstack", "--page", "7"), "set BETTERSTACK_TOKEN"),
    ],
)
def test_wrong_usage_is_explained(
    arguments: tuple[str, ...], message: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong argument is status 2, with what to do."""
    for variable in ("INSTATUS_API_KEY", "BETTERSTACK_TOKEN"):
        monkeypatch.delenv(variable, raising=False)

    ran = run("import", *arguments)

    assert (2, True) == (ran.status, message in ran.err), ran.err
