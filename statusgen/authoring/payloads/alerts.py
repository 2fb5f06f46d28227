"""Parser for the webhooks of Alertmanager (version 4) and Grafana Alerting.

Sources: prometheus.io, "Configuration", `<webhook_config>`; grafana.com, "Configure webhook
notifications". Both have alerts of the same shape.
"""

import json
from dataclasses import dataclass

from statusgen import characters
from statusgen.authoring.payloads.event import (
    MonitorEvent,
    Payload,
    check_number,
    service_of,
    several,
    text_of,
    title_of,
)
from statusgen.authoring.payloads.node import PayloadNode
from statusgen.config.settings import Config
from statusgen.ids import id12
from statusgen.model import Severity
from statusgen.problems import instead, quoted

# Common values of the label `severity`; alerts with a value that maps to None are ignored.
_LABELS = {
    **dict.fromkeys(("critical", "major", "page", "error", "high"), Severity.MAJOR),
    "partial": Severity.PARTIAL,
    **dict.fromkeys(("warning", "degraded", "minor", "medium"), Severity.DEGRADED),
    **dict.fromkeys(("info", "none", "low"), None),
}


@dataclass(frozen=True)
class _Alert:
    """An alert for a service; *severity* is `none` if it is resolved."""

    node: PayloadNode
    service: str
    severity: Severity


def parse(message: PayloadNode, config: Config) -> Payload:
    """Parse a payload from Alertmanager or Grafana: the worst alert for each service.

    A payload contains a whole group, so a service without a firing alert has recovered, unless the
    payload was truncated. An alert without a service is skipped; one without a severity is major.
    """
    truncated = _truncated(message.given("truncatedAlerts"))
    unassigned = []
    worst: dict[str, _Alert] = {}
    for node in message.child("alerts").items():
        labels = node.inner("labels")
        name = labels.given("statusgen_service", "service") or message.default
        if name is None:
            unassigned.append(node.place)
            continue
        alert = _alert(node, service_of(name, config))
        if alert is None:
            continue
        before = worst.setdefault(alert.service, alert)
        worst[alert.service] = max(before, alert, key=lambda one: one.severity.rank)
    check_number(len(worst), message)
    remarks = []
    if unassigned:
        have = "it has" if len(unassigned) == 1 else "they have"
        remarks.append(f"skipped {several(unassigned)}: {have} no label 'service'")
    if truncated:
        alerts = "alert is" if truncated == 1 else "alerts are"
        what = f"{truncated} {alerts} missing from the payload"
        remarks.append(f"truncatedAlerts: {what}; nothing is resolved")
    key = _group(message)
    events = (
        _alert_event(alert, key)
        for alert in worst.values()
        if not truncated or alert.severity is not Severity.NONE
    )
    return Payload(events=tuple(events), remarks=tuple(remarks))


def _group(message: PayloadNode) -> str:
    """Return the key of the group, from its labels if a template could not send `groupKey`.

    It is a digest: what identifies a group may have any length, and may reveal internals.
    """
    group, labels = message.given("groupKey"), message.given("groupLabels")
    if group is None and labels is None:
        return ""
    text = group.text() if group else json.dumps(message.inner("groupLabels").value, sort_keys=True)
    return f"alerts-{id12('alerts', characters.escaped(text))}"


def _truncated(node: PayloadNode | None) -> int:
    if node is None:
        return 0
    if not isinstance(node.value, int) or isinstance(node.value, bool) or node.value < 0:
        raise node.wrong("expected a number; use 0 or more")
    return node.value


def _alert(node: PayloadNode, service: str) -> _Alert | None:
    """Parse *node*, an alert for *service*; return None if its severity is to be ignored."""
    status = node.child("status")
    if status.value not in ("firing", "resolved"):
        raise status.wrong("expected 'firing' or 'resolved'")
    label = node.inner("labels").given("severity")
    word = label.text() if label else Severity.MAJOR
    if label and word.lower() not in _LABELS:
        raise label.wrong(f"{quoted(word)} is not a severity; {instead(word, _LABELS)}")
    severity = _LABELS[word.lower()]
    if severity is None:
        return None
    return _Alert(node, service, severity if status.value == "firing" else Severity.NONE)


def _alert_event(alert: _Alert, key: str) -> MonitorEvent:
    """Return the event for *alert*, the worst one for its service.

    If it is resolved, the event has no title or text, as those of the alert still describe the
    problem.
    """
    if alert.severity is Severity.NONE:
        return MonitorEvent(service=alert.service, severity=Severity.NONE, key=key)
    labels, annotations = alert.node.inner("labels"), alert.node.inner("annotations")
    return MonitorEvent(
        service=alert.service,
        severity=alert.severity,
        key=key,
        title=title_of(annotations.given("summary") or labels.given("alertname")),
        text=text_of(annotations.given("description", "message", "summary")),
    )
