"""Parser for version 3 of PagerDuty's webhooks: an event about an incident.

Source: github.com/PagerDuty/developer-docs, `docs/webhooks/01-Overview.md`.
"""

from statusgen.authoring.payloads.event import Payload, report
from statusgen.authoring.payloads.node import PayloadNode
from statusgen.config.settings import Config
from statusgen.model import Severity


def parse(message: PayloadNode, config: Config) -> Payload:
    """Parse a payload; the status of the incident counts, whichever event reports it."""
    incident = message.inner("event").inner("data")
    severity = _severity(incident) if incident.child("type").value == "incident" else None
    number = incident.given("id")
    key = f"pagerduty-{number.label()}" if number else "pagerduty"
    name = incident.inner("service").child("summary")
    return report(message, config, name=name, key=key, severity=severity)


def _severity(incident: PayloadNode) -> Severity:
    status = incident.child("status")
    if status.value not in ("triggered", "acknowledged", "resolved"):
        raise status.wrong("expected 'triggered', 'acknowledged' or 'resolved'")
    if status.value == "resolved":
        return Severity.NONE
    return Severity.DEGRADED if incident.child("urgency").value == "low" else Severity.MAJOR
