"""Tests for monitor payloads: they yield events, or one line with the error."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen import characters
from statusgen.authoring import webhooks
from statusgen.authoring.webhooks import MonitorEvent, Payload, PayloadError
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.content import formatter, parser
from statusgen.markup import html as markup
from statusgen.markup import limits
from statusgen.model import Incident, ServiceSeverity, Severity, Update
from statusgen.schema import scalars
from statusgen.times import parse
from tests.conftest import ROOT
from tests.support.doc_pages import code

SITE = """\
title: Acme
url: https://status.acme.example
services:
  - {id: api, name: API, aliases: [rest-api]}
  - {id: web, name: Website}
  - {id: db, name: Database}
"""


def site() -> Config:
    config, _ = parse_config(SITE, path=Path("statusgen.yml"))
    assert config is not None
    return config


CONFIG = site()


def read(message: object) -> Payload:
    return webhooks.parse_payload(json.dumps(message), CONFIG)


def major(**other: str) -> MonitorEvent:
    return MonitorEvent(service="api", severity=Severity.MAJOR, **other)


API = {"service": "api", "severity": "major"}

# From the documentation of Alertmanager, with the label `service` that we ask for.
ALERTMANAGER: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}/{severity="critical"}:{alertname="ProbeFailure"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "status",
    "groupLabels": {"alertname": "ProbeFailure"},
    "commonLabels": {"alertname": "ProbeFailure", "severity": "critical"},
    "commonAnnotations": {},
    "externalURL": "http://alertmanager.acme.example:9093",
    "alerts": [
        {
            "status": "firing",
            "labels": {
                "alertname": "ProbeFailure",
                "instance": "https://api.acme.example",
                "service": "api",
                "severity": "critical",
            },
            "annotations": {
                "summary": "Probe failure: https://api.acme.example",
                "description": "https://api.acme.example has been down for over 5m.",
            },
            "startsAt": "2026-11-20T13:08:45.828Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.acme.example/graph?g0.expr=probe_success+%3D%3D+0",
            "fingerprint": "1a30ba71cca2921f",
        }
    ],
}
ALERT_KEY = "alerts-sdmmb95exrcc"

# From the documentation of Grafana, likewise.
GRAFANA: dict[str, Any] = {
    "receiver": "My Super Webhook",
    "status": "firing",
    "orgId": 1,
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "High memory usage", "team": "blue", "service": "web"},
            "annotations": {
                "description": "The system has high memory usage",
                "runbook_url": "https://myrunbook.com/runbook/1234",
                "summary": "This alert was triggered for zone us-1",
            },
            "startsAt": "2021-10-12T09:51:03.157076+02:00",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://play.grafana.org/alerting/1afz29v7z/edit",
            "fingerprint": "c6eadffa33fcdf37",
            "silenceURL": "https://play.grafana.org/alerting/silence/new",
            "dashboardURL": "",
            "panelURL": "",
            "values": {"B": 44.23943737541908, "C": 1},
        },
        {
            "status": "firing",
            "labels": {"alertname": "High CPU usage", "team": "blue", "severity": "warning"},
            "annotations": {},
            "values": None,
        },
    ],
    "groupLabels": {},
    "commonLabels": {"team": "blue"},
    "commonAnnotations": {},
    "externalURL": "https://play.grafana.org/",
    "version": "1",
    "groupKey": "{}:{}",
    "truncatedAlerts": 0,
    "title": "[FIRING:2]  (blue)",
    "state": "alerting",
    "message": "**Firing**",
}

MESSAGES = [
    pytest.param(API, [major()], id="one"),
    pytest.param({"service": "rest-api", "severity": "major"}, [major()], id="alias"),
    pytest.param(
        {**API, "title": "Down", "message": "It *is*.", "key": "probe-1"},
        [major(title="Down", text=r"It \*is\*.", key="probe-1")],
        id="all-keys",
    ),
    pytest.param({**API, "text": "a", "description": "b"}, [major(text="a")], id="first-text"),
    pytest.param({**API, "message": "", "text": None}, [major()], id="empty-texts"),
    pytest.param(
        [API, {"service": "web", "severity": "none"}],
        [major(), MonitorEvent(service="web", severity=Severity.NONE)],
        id="list",
    ),
    pytest.param({"events": [API]}, [major()], id="events"),
    pytest.param(
        [API, {**API, "key": "b", "severity": "partial"}],
        [major(), MonitorEvent(service="api", severity=Severity.PARTIAL, key="b")],
        id="one-service-from-two-sources",
    ),
    pytest.param([], [], id="empty-list"),
    pytest.param(
        {"service": "api", "status": "down", "message": "Out"}, [major(text="Out")], id="stashboard"
    ),
    *(
        pytest.param(
            {"service": "api", "status": status},
            [MonitorEvent(service="api", severity=severity)],
            id=f"status-{status!r}",
        )
        for status, severity in (
            ("up", Severity.NONE),
            ("warning", Severity.DEGRADED),
            ("partial", Severity.PARTIAL),
            ("down", Severity.MAJOR),
            (0, Severity.NONE),
            (1, Severity.DEGRADED),
            (2, Severity.PARTIAL),
            (3, Severity.MAJOR),
            ("3", Severity.MAJOR),
        )
    ),
    pytest.param(
        {
            "action": "status",
            "branch": "main",
            "client_payload": API,
            "repository": {"full_name": "acme/status"},
            "sender": {"login": "monitor"},
        },
        [major()],
        id="github-event",
    ),
    pytest.param({"event_type": "status", "client_payload": API}, [major()], id="github-request"),
    pytest.param({"client_payload": {"events": [API]}}, [major()], id="github-events"),
    pytest.param({"client_payload": {"body": [API]}}, [major()], id="github-body"),
    pytest.param(
        ALERTMANAGER,
        [
            major(
                key=ALERT_KEY,
                title="Probe failure: https://api.acme.example",
                text="https&#58;//api.acme.example has been down for over 5m.",
            )
        ],
        id="alertmanager",
    ),
    pytest.param(
        {"event_type": "status", "client_payload": {"body": {**ALERTMANAGER, "alerts": []}}},
        [],
        id="github-alertmanager",
    ),
    pytest.param(
        GRAFANA,
        [
            MonitorEvent(
                service="web",
                severity=Severity.MAJOR,
                key="alerts-t277xkp5ikf2",
                title="This alert was triggered for zone us-1",
                text="The system has high memory usage",
            )
        ],
        id="grafana",
    ),
]


@pytest.mark.parametrize(("message", "expected"), MESSAGES)
def test_a_message_becomes_events(message: object, expected: list[MonitorEvent]) -> None:
    """Each format yields exactly these events."""
    actual = read(message).events

    assert tuple(expected) == actual


def alert(service: str | None = "api", severity: str | None = None, *, fires: bool = True) -> Any:
    labels = {"service": service, "severity": severity, "alertname": f"{service} {severity}"}
    return {
        "status": "firing" if fires else "resolved",
        "labels": {name: label for name, label in labels.items() if label is not None},
    }


WORDS = {
    Severity.NONE: "ok operational up healthy passing recovered resolved",
    Severity.DEGRADED: "degraded_performance warning minor",
    Severity.PARTIAL: "partial_outage",
    Severity.MAJOR: "major_outage critical down error failed failing unhealthy",
}


@pytest.mark.parametrize("key", ["severity", "status"])
@pytest.mark.parametrize(
    ("word", "severity"),
    [(word, severity) for severity, words in WORDS.items() for word in words.split()],
)
def test_an_event_may_use_the_words_of_other_tools(key: str, word: str, severity: Severity) -> None:
    """Statuses of other tools are severities, under either key."""
    actual = read({"service": "api", key: word}).events

    assert (MonitorEvent(service="api", severity=severity),) == actual


def kuma(status: int | None, name: str = "API") -> Any:
    beat = (
        None if status is None else {"monitorID": 12, "status": status, "msg": "10.0.0.5 refused"}
    )
    return {"heartbeat": beat, "monitor": beat and {"id": 12, "name": name}, "msg": "Testing"}


def robot(kind: str | int) -> Any:
    return {"monitorID": "77", "monitorFriendlyName": "API", "alertType": kind, "alertDetails": "x"}


def better_stack(resolved: str | None, kind: str = "incident") -> Any:
    monitor = {"monitor": {"data": {"id": "4", "type": "monitor"}}}
    attributes = {"name": "API", "cause": "Error 500", "resolved_at": resolved}
    data = {"id": "1", "type": kind, "attributes": attributes, "relationships": monitor}
    return {"event": "started", "data": data}


def pagerduty(status: str, urgency: str = "high", kind: str = "incident") -> Any:
    service = {"id": "PF9KMXH", "summary": "API", "type": "service_reference"}
    data = {"id": "PGR0VU2", "type": kind, "status": status, "title": "x", "service": service}
    return {"event": {"event_type": "incident.x", "data": {**data, "urgency": urgency}}}


def healthchecks(status: str) -> Any:
    return {"name": "API", "slug": "a", "n_pings": 3, "status": status, "uuid": "6f4a-3e"}


@pytest.mark.parametrize(
    ("message", "key", "severity"),
    [
        pytest.param(kuma(0), "uptime-kuma-12", Severity.MAJOR, id="kuma-down"),
        pytest.param(kuma(1), "uptime-kuma-12", Severity.NONE, id="kuma-up"),
        pytest.param(kuma(0, " rest-api"), "uptime-kuma-12", Severity.MAJOR, id="kuma-alias"),
        pytest.param(kuma(2), "", None, id="kuma-pending"),
        pytest.param(kuma(3), "", None, id="kuma-maintenance"),
        pytest.param(kuma(None), "", None, id="kuma-test"),
        pytest.param(robot("1"), "uptimerobot-77", Severity.MAJOR, id="uptimerobot-down"),
        pytest.param(robot(2), "uptimerobot-77", Severity.NONE, id="uptimerobot-up"),
        pytest.param(robot("3"), "", None, id="uptimerobot-certificate"),
        pytest.param(better_stack(None), "better-stack-4", Severity.MAJOR, id="better-stack-bad"),
        pytest.param(better_stack("2026"), "better-stack-4", Severity.NONE, id="better-stack-well"),
        pytest.param(better_stack(None, "monitor"), "", None, id="better-stack-monitor"),
        pytest.param(
            pagerduty("triggered"), "pagerduty-PGR0VU2", Severity.MAJOR, id="pagerduty-triggered"
        ),
        pytest.param(
            pagerduty("acknowledged", "low"),
            "pagerduty-PGR0VU2",
            Severity.DEGRADED,
            id="pagerduty-low",
        ),
        pytest.param(
            pagerduty("resolved"), "pagerduty-PGR0VU2", Severity.NONE, id="pagerduty-resolved"
        ),
        pytest.param(pagerduty("", kind="incident_note"), "", None, id="pagerduty-note"),
        pytest.param(healthchecks("down"), "healthchecks-6f4a-3e", Severity.MAJOR, id="check-down"),
        pytest.param(healthchecks("up"), "healthchecks-6f4a-3e", Severity.NONE, id="check-up"),
        pytest.param(healthchecks("grace"), "healthchecks-6f4a-3e", Severity.NONE, id="check-late"),
        pytest.param(healthchecks("paused"), "", None, id="check-paused"),
    ],
)
@pytest.mark.parametrize("is_wrapped", [False, True])
def test_a_webhook_of_a_monitor_becomes_an_event(
    message: Any, key: str, severity: Severity | None, *, is_wrapped: bool
) -> None:
    """Each monitor sets the severity of the service with its name; its texts stay internal."""
    actual = read({"client_payload": {"body": message}} if is_wrapped else message)

    if severity is None:
        place = "client_payload.body" if is_wrapped else "payload"
        assert Payload(events=(), remarks=(f"{place}: nothing to report",)) == actual
    else:
        event = MonitorEvent(service="api", severity=severity, key=key)
        assert Payload(events=(event,)) == actual


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(kuma(0, "Shop"), id="monitor"),
        pytest.param({"alerts": [alert(None)]}, id="alert"),
        pytest.param({"severity": "major"}, id="event"),
    ],
)
def test_the_service_may_stand_beside_the_body(body: Any) -> None:
    """`service` beside `body` names the service of what names none, and of any monitor."""
    actual = read({"client_payload": {"service": "rest-api", "body": body}}).events

    assert ["api"] == [event.service for event in actual]


def test_a_group_without_a_key_is_known_by_its_labels() -> None:
    """Alertmanager cannot send `groupKey` in a payload of one's own, but it can send the labels."""
    groups = [{"a": "1", "b": "2"}, {"b": "2", "a": "1"}, {"a": "2"}, {}]
    events = [read({"alerts": [alert()], "groupLabels": labels}).events[0] for labels in groups]

    assert [True, False, False] == [events[0].key == other.key for other in events[1:]]
    assert {True} == {event.key.startswith("alerts-") for event in events}


ALERTS = [
    *(
        pytest.param([alert(severity=word)], {"api": severity}, id=f"label-{word}")
        for severity, words in (
            (Severity.MAJOR, ("critical", "major", "page", "error", "high", "Critical", "", None)),
            (Severity.PARTIAL, ("partial",)),
            (Severity.DEGRADED, ("warning", "degraded", "minor", "medium")),
        )
        for word in words
    ),
    *(
        pytest.param([alert(severity=word, fires=fires)], {}, id=f"too-mild-{word}-{fires}")
        for word in ("info", "none", "low")
        for fires in (True, False)
    ),
    pytest.param([alert(fires=False)], {"api": Severity.NONE}, id="resolved"),
    pytest.param(
        [alert(severity="warning"), alert(severity="partial"), alert(fires=False)],
        {"api": Severity.PARTIAL},
        id="worst-that-fires",
    ),
    pytest.param(
        [alert("web", fires=False), alert("api"), alert("web", fires=False)],
        {"web": Severity.NONE, "api": Severity.MAJOR},
        id="each-service",
    ),
    pytest.param(
        [alert("rest-api", "warning"), alert("api")], {"api": Severity.MAJOR}, id="alias-is-service"
    ),
    pytest.param([alert(None)], {}, id="no-service"),
    pytest.param([alert("")], {}, id="empty-service"),
    pytest.param([{"status": "firing"}], {}, id="no-labels"),
    pytest.param(
        [{"status": "firing", "labels": {"service": "kube-proxy", "statusgen_service": "db"}}],
        {"db": Severity.MAJOR},
        id="own-label-first",
    ),
    pytest.param([], {}, id="none"),
]


@pytest.mark.parametrize(("alerts", "expected"), ALERTS)
def test_alerts_give_each_service_its_worst_severity(
    alerts: list[Any], expected: dict[str, Severity]
) -> None:
    """All alerts for a service in a payload yield one event; resolved ones yield `none`."""
    actual = {event.service: event.severity for event in read({"alerts": alerts}).events}

    assert expected == actual


def test_what_is_cut_off_is_not_taken_for_solved() -> None:
    """In a truncated payload, a service without a firing alert gets no event."""
    alerts = [alert("api", fires=False), alert("web"), alert("db", fires=False)]
    actual = read({"alerts": alerts, "truncatedAlerts": 3})

    assert (
        ["web"],
        ("truncatedAlerts: 3 alerts are missing from the payload; nothing is resolved",),
    ) == (
        [event.service for event in actual.events],
        actual.remarks,
    )


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        pytest.param(
            {"summary": "s", "description": "d", "message": "m"}, ("s", "d"), id="description"
        ),
        pytest.param({"summary": "s", "message": "m"}, ("s", "m"), id="message"),
        pytest.param({"summary": "s"}, ("s", "s"), id="summary"),
        pytest.param({"description": "d"}, ("api None", "d"), id="name-of-the-alert"),
        pytest.param({}, ("api None", ""), id="none"),
    ],
)
def test_the_words_are_those_of_the_worst_alert(
    annotations: dict[str, str], expected: tuple[str, str]
) -> None:
    """Title and text are the annotations of the alert with the worst severity."""
    worst = {**alert(), "annotations": annotations}
    mild = {**alert(severity="warning"), "annotations": {"summary": "mild"}}
    (actual,) = read({"alerts": [mild, worst, mild]}).events

    assert expected == (actual.title, actual.text)


def test_a_resolved_alert_says_nothing() -> None:
    """The annotations of a resolved alert do not become the last update."""
    solved = {**alert(fires=False), "annotations": {"summary": "It is down"}}
    (actual,) = read({"alerts": [solved]}).events

    assert MonitorEvent(service="api", severity=Severity.NONE) == actual


def test_an_alert_that_concerns_no_service_is_remarked() -> None:
    """An alert without a service is skipped with a remark."""
    actual = read({"alerts": [alert(None), alert(), alert(None), alert(None)]}).remarks

    assert ("skipped alerts[0] (and 2 more): they have no label 'service'",) == actual


def test_a_group_keeps_its_key() -> None:
    """The key is a short digest of the group key, regardless of the alerts in the group."""
    solved = {**ALERTMANAGER, "alerts": [alert(fires=False)]}
    actual = {event.key for event in (*read(ALERTMANAGER).events, *read(solved).events)}

    assert {ALERT_KEY} == actual


def test_a_key_that_is_not_known_is_remarked() -> None:
    """A misspelt key does not stop an event, but gets a remark with a suggestion."""
    actual = read({**API, "mesage": "a", "x": 1}).remarks
    what = "payload: ignoring unknown keys 'mesage' (and 1 more)"

    assert (f"{what}; did you mean 'message'?",) == actual


REFUSALS = [
    pytest.param(
        "", "line 1, column 1: this is not valid JSON (Expecting value); write {}", id="empty"
    ),
    pytest.param(
        "api down",
        "line 1, column 1: this is not valid JSON (Expecting value); write {}",
        id="no-json",
    ),
    pytest.param(
        '{"a":\n1,}',
        "line 2, column 3: this is not valid JSON "
        "(Expecting property name enclosed in double quotes); write {}",
        id="comma",
    ),
    pytest.param(
        '"a\nb"',
        "line 1, column 3: this is not valid JSON (Invalid control character at); write {}",
        id="raw-line-break",
    ),
    pytest.param(
        '{"service": "api", "service": "web"}',
        "duplicate key 'service'; keep one",
        id="key-twice",
    ),
    pytest.param("[NaN]", "NaN is not valid JSON; write a number or null", id="nan"),
    pytest.param(
        "[" * 100_000,
        "values are nested more than 50 levels deep; flatten them",
        id="open-brackets",
    ),
    pytest.param(
        '{"a":' * 40_000, "values are nested more than 50 levels deep; flatten them", id="open-maps"
    ),
    pytest.param(
        '"' + '\\"' * 100_000,
        "line 1, column 1: this is not valid JSON (Unterminated string starting at); write {}",
        id="open-quotes",
    ),
    pytest.param(
        " " * 262_145,
        "payload has 262145 characters, more than the limit of 262144",
        id="too-long",
    ),
    pytest.param("1", "payload: expected a map; write { … }", id="number"),
    pytest.param("null", "payload: expected a map; write { … }", id="null"),
    pytest.param("[1]", "[0]: expected a map; write { … }", id="list-of-numbers"),
    pytest.param("{}", "payload: missing service; write {}", id="nothing"),
    pytest.param(
        '{"client_payload": null}',
        "client_payload: expected a map; write { … }",
        id="no-payload",
    ),
    pytest.param(
        '{"client_payload": {"body": "text"}}',
        "client_payload.body: expected a map; write { … }",
        id="body-is-text",
    ),
    pytest.param('{"events": {}}', "events: expected a list; write [ … ]", id="no-list"),
    pytest.param(
        '{"client_payload": {"events": [{"service": 1}]}}',
        "client_payload.events[0].service: expected text; put it in quotes",
        id="service-is-a-number",
    ),
    pytest.param(
        '{"service": "ap"}',
        "service: 'ap' is not a service of this site; did you mean 'api'?",
        id="misspelt-service",
    ),
    pytest.param(
        '{"service": "\\ud800"}',
        "service: '\\ud800' is not a service of this site; use one of: api, web, db",
        id="surrogate",
    ),
    pytest.param(
        '{"service": "::error::a\\nb"}',
        "service: '::error::a\\nb' is not a service of this site; use one of: api, web, db",
        id="command-of-a-runner",
    ),
    pytest.param('{"service": "api"}', "payload: missing severity; write {}", id="only-it"),
    pytest.param(
        '{"service": "api", "severity": "Major"}',
        "severity: 'Major' is not a severity; did you mean 'major'?",
        id="capital",
    ),
    pytest.param(
        '{"service": "api", "severity": "criticl"}',
        "severity: 'criticl' is not a severity; did you mean 'critical'?",
        id="word-of-others",
    ),
    pytest.param(
        '{"service": "api", "severity": "xyz"}',
        "severity: 'xyz' is not a severity; use one of: none, degraded, partial, major",
        id="no-word",
    ),
    pytest.param(
        '{"service": "api", "status": "under_maintenance"}',
        "status: 'under_maintenance' cannot be reported by an event; create it with: statusgen new",
        id="maintenance-of-statuspage",
    ),
    pytest.param('{"heartbeat": 1}', "heartbeat: expected a map; write { … }", id="kuma"),
    pytest.param(
        '{"client_payload": {"body": {"heartbeat": {"status": 0}, "monitor": {"name": "Shop"}}}}',
        "client_payload.body.monitor.name: 'Shop' is not a service of this site;"
        " add it to the aliases of a service in statusgen.yml",
        id="monitor-of-no-service",
    ),
    pytest.param(
        '{"client_payload": {"service": "shop", "body": {"alertType": 1}}}',
        "client_payload.service: 'shop' is not a service of this site; use one of: api, web, db",
        id="service-beside-the-body",
    ),
    pytest.param(
        '{"alertType": "x"}', "alertType: expected a number; use 0 or more", id="uptimerobot"
    ),
    pytest.param(
        '{"event": {"data": {"type": "incident", "status": "open"}}}',
        "event.data.status: expected 'triggered', 'acknowledged' or 'resolved'",
        id="pagerduty",
    ),
    pytest.param(
        '{"n_pings": 1, "name": "API"}',
        "status: expected text; put it in quotes",
        id="healthchecks",
    ),
    pytest.param(
        '{"service": "api", "severity": "maintenance"}',
        "severity: 'maintenance' cannot be reported by an event; create it with: statusgen new",
        id="maintenance",
    ),
    pytest.param(
        '{"service": "api", "status": "maintenance"}',
        "status: 'maintenance' cannot be reported by an event; create it with: statusgen new",
        id="maintenance-of-stashboard",
    ),
    pytest.param(
        '{"service": "api", "status": "major"}',
        "status: 'major' is not a status; use one of: up, 0, warning, 1, partial, 2, down, 3",
        id="status",
    ),
    *(
        pytest.param(
            f'{{"service": "api", "status": {number}}}', f"status: {message}", id=f"status-{n}"
        )
        for n, (number, message) in enumerate(
            [
                ("4", "4 is not a status; use one of: up, 0, warning, 1, partial, 2, down, 3"),
                ("-1", "-1 is not a status; use one of: up, 0, warning, 1, partial, 2, down, 3"),
                ("true", "expected text; put it in quotes"),
                ("1.0", "expected text; put it in quotes"),
                ("9" * 5000, "expected text; put it in quotes"),
                ('"4"', "'4' is not a status; use one of: up, 0, warning, 1, partial, 2, down, 3"),
                ("[]", "expected text; put it in quotes"),
            ]
        )
    ),
    pytest.param(
        '{"service": "api", "severity": "none", "status": "up"}',
        "status: both severity and status are given; send one",
        id="severity-and-status",
    ),
    pytest.param(
        '[{"service": "api", "severity": "none"}, {"service": "rest-api", "severity": "major"}]',
        "[1]: two events for service 'api' have the same key; send one per key",
        id="service-twice",
    ),
    pytest.param(
        '{"service": "api", "severity": "none", "title": ["a"]}',
        "title: expected text; put it in quotes",
        id="title-is-a-list",
    ),
    pytest.param(
        '{"service": "api", "severity": "none", "key": "a\\nb"}',
        "key: 'a\\nb' is not a valid key; use one line of at most 200 characters",
        id="key-of-two-lines",
    ),
    pytest.param(
        '{"service": "api", "severity": "none", "key": "\\u202ea"}',
        "key: '\\u202ea' is not a valid key; use one line of at most 200 characters",
        id="key-that-turns",
    ),
    pytest.param(
        f'{{"service": "api", "severity": "none", "key": "{"a" * 201}"}}',
        f"key: '{'a' * 59}…' is not a valid key; use one line of at most 200 characters",
        id="long-key",
    ),
    pytest.param(
        json.dumps([{**API, "key": str(n)} for n in range(101)]),
        "payload: 101 events, more than the limit of 100; send fewer at once",
        id="too-many",
    ),
    pytest.param('{"alerts": {}}', "alerts: expected a list; write [ … ]", id="no-alerts"),
    pytest.param('{"alerts": ["a"]}', "alerts[0]: expected a map; write { … }", id="alert-is-text"),
    pytest.param(
        '{"alerts": [{"labels": ["a"]}]}',
        "alerts[0].labels: expected a map; write { … }",
        id="labels-are-a-list",
    ),
    pytest.param(
        '{"client_payload": {"body": {"alerts": [{}, {}, {"labels": {"service": "wep"}}]}}}',
        "client_payload.body.alerts[2].labels.service: "
        "'wep' is not a service of this site; did you mean 'web'?",
        id="service-of-an-alert",
    ),
    pytest.param(
        '{"alerts": [{"labels": {"service": "api"}, "status": "pending"}]}',
        "alerts[0].status: expected 'firing' or 'resolved'",
        id="status-of-an-alert",
    ),
    pytest.param(
        '{"alerts": [{"labels": {"service": "api", "severity": "Warnin"}, "status": "firing"}]}',
        "alerts[0].labels.severity: 'Warnin' is not a severity; did you mean 'warning'?",
        id="severity-of-an-alert",
    ),
    pytest.param(
        '{"alerts": [], "truncatedAlerts": "1"}',
        "truncatedAlerts: expected a number; use 0 or more",
        id="count-is-text",
    ),
]


@pytest.mark.parametrize(("text", "expected"), REFUSALS)
def test_what_is_wrong_is_refused_in_one_line(text: str, expected: str) -> None:
    """The message has the position and the remedy."""
    with pytest.raises(PayloadError) as refused:
        webhooks.parse_payload(text, CONFIG)

    message = '{"service": "api", "severity": "major"}'
    assert re.sub(r"write \{\}$", lambda _: f"write {message}", expected) == str(refused.value)


def test_one_mistake_refuses_the_whole_message() -> None:
    """A payload with one error yields no events."""
    with pytest.raises(PayloadError, match=r"^\[1\]\.service: "):
        read([API, {"service": "wep", "severity": "major"}])


HOSTILE = [
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("${{ secrets.TOKEN }} {{ 7*7 }} {% raw %}", id="templates"),
    pytest.param("$(rm -rf /) `id` ; echo", id="shell"),
    pytest.param("a\n---\nseverity: none\n---\nb", id="front-matter"),
    pytest.param("a: b # c", id="yaml"),
    pytest.param("- &a *a !!python/object:os.system {a: b}", id="yaml-marks"),
    pytest.param("::error file=a::b\r\n##[group]", id="commands-of-a-runner"),
    pytest.param("\u202egnp.exe \x00 \x1b[31m \u2028 \ud800 \ufeff", id="characters"),
    pytest.param("[a](javascript:alert(1)) ![b](//c.example)", id="links"),
    pytest.param("[" * 100_000, id="brackets"),
    pytest.param("*" * 100_000, id="stars"),
    pytest.param("a\n" * 20_000, id="lines"),
    pytest.param("\\" * 30_000, id="backslashes"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_out_harmless(text: str) -> None:
    """Title and text are stored in a file unchanged, as plain text."""
    (event,) = read({**API, "title": text, "message": text}).events
    at = parse("2026-11-20T10:00Z", CONFIG.zone)
    meant = Incident(
        slug="a",
        title=event.title,
        severity=event.severity,
        services=(ServiceSeverity(id="api", severity=event.severity),),
        started=at,
        updates=(Update(at=at, text=event.text),),
    )
    file = formatter.format_incident(meant)
    actual = parser.parse(file, path=Path("a.md"), slug="a", config=CONFIG)
    html = markup.to_html(event.text)

    assert (meant, (), set()) == (
        actual.incident,
        actual.problems,
        set(re.findall("</?([a-z0-9]+)", html)) - {"p", "br", "pre", "code"},
    )


def test_long_texts_are_cut() -> None:
    """A title is truncated to 200 characters, a text to 10,000, with an ellipsis."""
    (actual,) = read({**API, "title": "a" * 201, "message": "b" * 10_001}).events

    assert (f"{'a' * 199}…", f"{'b' * 9_999}…") == (actual.title, actual.text)


def test_a_byte_order_mark_does_no_harm() -> None:
    """A file from a Windows shell, with a byte order mark, is accepted."""
    actual = webhooks.parse_payload("\ufeff" + json.dumps(API), CONFIG).events

    assert (major(),) == actual


PAGE = ROOT / "docs" / "how-to" / "connect-monitors.md"


@pytest.mark.parametrize("example", code("json", PAGE))
def test_the_examples_of_the_documentation_are_read(example: str) -> None:
    """Every payload in the documentation yields events without remarks."""
    config, _ = parse_config(
        SITE.replace("id: web, name", "id: dashboard, name"), path=Path("statusgen.yml")
    )
    assert config is not None

    actual = webhooks.parse_payload(example, config)

    assert (True, ()) == (bool(actual.events), actual.remarks)


def test_the_documentation_has_every_word() -> None:
    """The tables of the page list every severity label and status word."""
    labels = set(" ".join(WORDS.values()).split())
    labels |= {"critical", "major", "page", "error", "high", "partial", "warning", "degraded"}
    labels |= {"minor", "medium", "info", "none", "low", "up", "down", "maintenance"}

    assert set() == labels - set(re.findall(r"`(\w+)`", PAGE.read_text("utf-8")))


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 4),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["api", "web", "major", "none", "up", "down", "firing", "resolved", "info"]),
    st.sampled_from(["incident", "triggered", "API"]),
)
NAMES = st.one_of(
    st.sampled_from(
        [
            *("service", "severity", "status", "title", "message", "text", "description", "key"),
            *("events", "alerts", "labels", "annotations", "summary", "alertname", "groupKey"),
            *("client_payload", "body", "truncatedAlerts", "statusgen_service", "groupLabels"),
            *("heartbeat", "monitor", "monitorID", "alertType", "monitorFriendlyName", "data"),
            *("attributes", "relationships", "type", "event", "name", "id", "n_pings", "uuid"),
        ]
    ),
    st.text(max_size=3),
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6)
)
TEXTS = st.text(max_size=300)
ONES = st.fixed_dictionaries(
    {"service": st.sampled_from(["api", "web"]), "severity": st.sampled_from(["none", "major"])},
    optional={"title": TEXTS, "message": TEXTS, "key": TEXTS, "status": LEAVES},
)
ALARMS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["firing", "resolved"]),
        "labels": st.one_of(st.dictionaries(NAMES, TEXTS), st.just({"service": "api"}), VALUES),
    },
    optional={"annotations": st.dictionaries(NAMES, TEXTS) | VALUES},
)
GROUPS = st.fixed_dictionaries(
    {"alerts": st.lists(ALARMS, max_size=3)},
    optional={"groupKey": TEXTS, "truncatedAlerts": st.integers(-1, 3)},
)


def soundness(event: MonitorEvent) -> tuple[bool, bool, list[limits.Flaw]]:
    """Assert that the texts of *event* are valid in a file, and contain no markup."""
    title = not event.title or scalars.line(event.title) == event.title
    key = characters.forbidden(event.key) is None and len(event.key) <= webhooks.MAX_KEY
    return (title, key, list(limits.find_flaws(event.text)))


@given(st.one_of(VALUES, ONES, st.lists(ONES, max_size=3), GROUPS))
def test_any_message_gives_sound_events_or_is_refused(message: object) -> None:
    """Any JSON yields events that can be written to a file, or a one-line PayloadError."""
    try:
        actual = read(message).events
    except PayloadError as error:
        actual, said = (), str(error)
    else:
        said = ""

    assert characters.printable(said) == said
    assert [(True, True, [])] * len(actual) == [soundness(event) for event in actual]


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """Any text that is not JSON is a PayloadError."""
    try:
        actual = webhooks.parse_payload(text, CONFIG).events
    except PayloadError:
        return

    assert () == actual
