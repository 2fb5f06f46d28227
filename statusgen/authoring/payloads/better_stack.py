"""Parser for the incident webhook of Better Stack, formerly Better Uptime.

Sources: betterstack.com/docs/uptime/webhooks, and the example in
docs.betteruptime.com/integrations/webhooks.
"""

from statusgen.authoring.payloads.event import Payload, report
from statusgen.authoring.payloads.node import PayloadNode
from statusgen.config.settings import Config
from statusgen.model import Severity


def parse(message: PayloadNode, config: Config) -> Payload:
    """Parse a payload; webhooks about monitors and people on call have other types of data."""
    data = message.inner("data")
    attributes = data.inner("attributes")
    severity = None
    if data.child("type").value == "incident":
        severity = Severity.NONE if attributes.given("resolved_at") else Severity.MAJOR
    # A monitor has at most one open incident, so its id also connects the next incident.
    monitor = data.inner("relationships").inner("monitor").inner("data")
    number = monitor.given("id") or data.given("id")
    key = f"better-stack-{number.label()}" if number else "better-stack"
    return report(message, config, name=attributes.child("name"), key=key, severity=severity)
