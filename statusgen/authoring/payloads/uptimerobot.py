"""Parser for the webhook of UptimeRobot: its variables, sent as JSON under their own names.

Sources: grafana.com, "UptimeRobot integration for Grafana OnCall", and UptimeRobot's Terraform
provider (github.com/uptimerobot/terraform-provider-uptimerobot, `docs/resources/integration.md`).
"""

from statusgen.authoring.payloads.event import Payload, report
from statusgen.authoring.payloads.node import PayloadNode
from statusgen.config.settings import Config
from statusgen.model import Severity

_TYPES = {1: Severity.MAJOR, 2: Severity.NONE}  # 3 is a certificate that expires


def parse(message: PayloadNode, config: Config) -> Payload:
    """Parse a payload, in which numbers may be texts."""
    severity = _TYPES.get(message.child("alertType").whole())
    name, number = message.child("monitorFriendlyName"), message.given("monitorID")
    key = f"uptimerobot-{number.label()}" if number else "uptimerobot"
    return report(message, config, name=name, key=key, severity=severity)
