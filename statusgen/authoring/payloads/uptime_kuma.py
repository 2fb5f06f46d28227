"""Parser for the webhook of Uptime Kuma: a heartbeat and its monitor.

Source: github.com/louislam/uptime-kuma, `server/notification-providers/webhook.js` and
`server/model/heartbeat.js`; `src/util.ts` has the statuses.
"""

from statusgen.authoring.payloads.event import Payload, report
from statusgen.authoring.payloads.node import PayloadNode
from statusgen.config.settings import Config
from statusgen.model import Severity

_STATUSES = {0: Severity.MAJOR, 1: Severity.NONE}  # 2 is pending, 3 maintenance


def parse(message: PayloadNode, config: Config) -> Payload:
    """Parse a payload; a test and a notice about a certificate have no heartbeat."""
    monitor, beat = message.inner("monitor"), message.inner("heartbeat")
    status = beat.given("status")
    severity = _STATUSES.get(status.whole()) if status else None
    id_node = monitor.given("id") or beat.given("monitorID")
    key = f"uptime-kuma-{id_node.label()}" if id_node else "uptime-kuma"
    return report(message, config, name=monitor.child("name"), key=key, severity=severity)
