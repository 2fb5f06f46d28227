"""Parser for a check of Healthchecks.io, which the variable `$JSON` of its webhook contains.

Source: github.com/healthchecks/healthchecks, `hc/integrations/webhook/transport.py` and
`Check.to_dict` in `hc/api/models.py`.
"""

from statusgen.authoring.payloads.event import Payload, report
from statusgen.authoring.payloads.node import PayloadNode
from statusgen.config.settings import Config
from statusgen.model import Severity

# A check that is late is still up; "new" and "paused" say nothing.
_STATUSES = {"down": Severity.MAJOR, "up": Severity.NONE, "grace": Severity.NONE}


def parse(message: PayloadNode, config: Config) -> Payload:
    """Parse a payload; a read-only API key has `unique_key` in place of `uuid`."""
    severity = _STATUSES.get(message.child("status").text())
    code = message.given("uuid", "unique_key", "slug")
    key = f"healthchecks-{code.label()}" if code else "healthchecks"
    return report(message, config, name=message.child("name"), key=key, severity=severity)
