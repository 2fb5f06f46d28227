"""Tests of the recipes in connect-monitors.md: what a monitor sends reaches an incident by GitHub.

The monitors are not run. Their templates are filled in here by the rules of their documentation.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib import request

import pytest
import yaml

from tests.conftest import ROOT, Run, write_site
from tests.support.doc_pages import code
from tests.support.fakes.github import TOKEN, GitHub, serving

PAGE = ROOT / "docs" / "how-to" / "connect-monitors.md"
ADDRESS = "https://api.github.com/repos/OWNER/REPO/dispatches"
NOW = ("--now", "2026-11-20 10:00")
SITE = """\
title: Acme Status
url: https://status.acme.example
services:
  - {id: api, name: API}
  - {id: dashboard, name: Dashboard}
"""
# The documentation shows these payloads.
PAYLOADS = [one for text in code("json", PAGE) if isinstance(one := json.loads(text), dict)]
ALERTMANAGER = next(one for one in PAYLOADS if "version" in one)
GRAFANA = next(one for one in PAYLOADS if "client_payload" in one)
KUMA = next(one for one in PAYLOADS if "heartbeat" in one)
HEALTHCHECKS = next(one for one in PAYLOADS if "n_pings" in one)
RELAYED = [one for one in PAYLOADS if {"alertType", "data", "event"} & one.keys()]


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving(GitHub()) as fake:
        yield fake


def block(kind: str, word: str) -> str:
    """Return the block of code of this *kind* on the page that contains *word*."""
    (found,) = (text for text in code(kind, PAGE) if word in text)
    return found


def cell(word: str) -> list[str]:
    """Return the codes in the rows of tables on the page that contain *word*."""
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [text for row in rows if word in row for text in re.findall("`([^`]+)`", row)]


def send(github: GitHub, body: str, *, address: str, headers: dict[str, str]) -> int:
    """Send *body* to *address*, as a monitor does, and return the status."""
    url = address.replace(ADDRESS, f"{github.url}/repos/acme/status/dispatches")
    filled = {name: text.replace("TOKEN", TOKEN) for name, text in headers.items()}
    asking = request.Request(url, body.encode(), filled)  # noqa: S310, to our own server
    with request.urlopen(asking) as answer:  # noqa: S310, as above
        return int(answer.status)


def report(github: GitHub, site: Path, run: Run) -> tuple[int, str]:
    """Handle the last event as event.yml does; return the status and the file of the incident."""
    write_site(site, {"statusgen.yml": SITE, "event.json": json.dumps(github.dispatched[-1])})
    ran = run("event", "--from", "event.json", *NOW)
    found = [path.read_text("utf-8") for path in (site / "incidents").glob("*.md")]
    return (ran.status, "\n".join(found))


def filled(template: object, message: dict[str, Any]) -> object:
    """Fill in the `payload` of Alertmanager: a text that is YAML after that becomes its value."""
    if isinstance(template, dict):
        return {name: filled(inner, message) for name, inner in template.items()}
    text = re.sub(
        r"\{\{ \.(\w)(\w+) \| toJson \}\}",
        lambda found: json.dumps(message[f"{found[1].lower()}{found[2]}"]),
        str(template),
    )
    return yaml.safe_load(text)


def test_alertmanager_reports_to_github(github: GitHub, run: Run, tmp_path: Path) -> None:
    """The webhook of the recipe opens the incident of the alert, and resolves it."""
    receivers = yaml.safe_load(block("yml", "webhook_configs"))["receivers"]
    (hook,) = receivers[-1]["webhook_configs"]
    credentials = hook["http_config"]["authorization"]
    headers = {"Authorization": f"{credentials.get('type', 'Bearer')} TOKEN"}
    over = [{**one, "status": "resolved"} for one in ALERTMANAGER["alerts"]]
    texts = []
    for message in (ALERTMANAGER, {**ALERTMANAGER, "alerts": over}):
        body = json.dumps(filled(hook["payload"], message))
        assert 204 == send(github, body, address=hook["url"], headers=headers)
        texts.append(report(github, tmp_path, run))

    assert [0, 0] == [status for status, _ in texts]
    assert "title: API is down\n" in texts[0][1]
    assert [0, 1] == [text.count("state: resolved") for _, text in texts]


def test_grafana_reports_to_github(github: GitHub, run: Run, tmp_path: Path) -> None:
    """The body that the template makes has the keys that the template names."""
    template = block("go", "statusgen.alerts")
    alert = {**GRAFANA["client_payload"]["body"]["alerts"][0], "status": "firing"}
    names = ("groupKey", "truncatedAlerts", "alerts")
    kept = {name: alert.get(name, {}) for name in ("status", "labels", "annotations")}
    body = {**{name: GRAFANA["client_payload"]["body"][name] for name in names}, "alerts": [kept]}
    message = {"event_type": "status", "client_payload": {"body": body}}

    sent = send(
        github, json.dumps(message), address=ADDRESS, headers={"Authorization": "Bearer TOKEN"}
    )

    quoted = {*names, *kept, "event_type", "status", "client_payload", "body"}
    assert quoted == set(re.findall('"([A-Za-z_]+)"', template)) - {"statusgen"}
    assert (204, True) == (sent, ADDRESS in cell("URL"))
    assert "title: The dashboard is slow\n" in report(github, tmp_path, run)[1]


def test_uptime_kuma_reports_to_github(github: GitHub, run: Run, tmp_path: Path) -> None:
    """The custom body reports the monitor that is down; a test reports nothing."""
    template = block("liquid", "heartbeatJSON")
    headers = json.loads(cell("Additional Headers")[0])

    def body(message: dict[str, Any]) -> str:
        names = {"heartbeatJSON": "heartbeat", "monitorJSON": "monitor"}
        return re.sub(
            r"\{\{ (\w+) \| json \}\}",
            lambda found: json.dumps(message[names[found[1]]]),
            template,
        )

    test = {"heartbeat": None, "monitor": None}
    assert 204 == send(github, body(test), address=ADDRESS, headers=headers)
    assert (0, "") == report(github, tmp_path, run)
    assert 204 == send(github, body(KUMA), address=ADDRESS, headers=headers)
    status, text = report(github, tmp_path, run)
    assert (0, True) == (status, "source: event api uptime-kuma-12" in text)
    assert False is ("timeout" in text)


def test_healthchecks_reports_to_github(github: GitHub, run: Run, tmp_path: Path) -> None:
    """The body with the variable of the check reports it."""
    (template,) = [text for text in cell("Request Body") if "$JSON" in text]
    name, _, value = cell("Request Headers")[0].partition(": ")
    body = template.replace("$JSON", json.dumps(HEALTHCHECKS))

    assert 204 == send(github, body, address=ADDRESS, headers={name: value})
    status, text = report(github, tmp_path, run)
    assert (0, True) == (status, "source: event api healthchecks-6f4a8a3e" in text)


@pytest.mark.parametrize("message", [*RELAYED, ALERTMANAGER])
def test_a_relay_reports_to_github(
    message: dict[str, Any], github: GitHub, run: Run, tmp_path: Path
) -> None:
    """The script of the relay wraps any payload; the hook gives it the whole payload."""
    (hook,) = yaml.safe_load(block("yml", "execute-command"))
    script = tmp_path / "report-status"
    url = f"{github.url}/repos/acme/status/dispatches"
    script.write_text(block("sh", "curl").replace(ADDRESS, url), "utf-8")
    env = {**os.environ, "TOKEN": TOKEN, "PAYLOAD": json.dumps(message), "no_proxy": "127.0.0.1"}

    subprocess.run(["/bin/sh", str(script)], env=env, check=True, timeout=30)

    assert [{"source": "entire-payload", "envname": "PAYLOAD"}] == hook[
        "pass-environment-to-command"
    ]
    status, text = report(github, tmp_path, run)
    assert (0, True) == (status, "severity: major\nservices: [api]" in text)
