"""Parse the JSON payloads of monitors into events, which set the severity of a service.

Payloads are not trusted: names are looked up, words are translated with tables, and texts are
escaped. `payloads/` has a module for each format, with its source. Any of them may be in GitHub's
repository_dispatch, as in the event file of a workflow and in the REST API (docs.github.com:
"Webhook events and payloads", "Create a repository dispatch event"). It allows ten keys in
`client_payload`, fewer than most payloads have, so the payload may be in `body`, and `service`
beside it names the service of a monitor that does not.
"""

from dataclasses import replace

from statusgen.authoring.payloads import (
    alerts,
    better_stack,
    healthchecks,
    own,
    pagerduty,
    uptime_kuma,
    uptimerobot,
)
from statusgen.authoring.payloads.event import MAX_EVENTS, MAX_KEY, MAX_TEXT, MonitorEvent, Payload
from statusgen.authoring.payloads.node import MAX_SIZE, PayloadError, PayloadNode, decode
from statusgen.config.settings import Config

__all__ = ["MAX_EVENTS", "MAX_KEY", "MAX_SIZE", "MAX_TEXT", "MonitorEvent", "Payload"]
__all__ += ["PayloadError", "parse_payload"]

# The first of these keys in a payload decides what it is. Better Stack's has `event`, too.
_PARSERS = {
    "alerts": alerts.parse,
    "service": own.parse,
    "events": own.parse,
    "heartbeat": uptime_kuma.parse,
    "alertType": uptimerobot.parse,
    "data": better_stack.parse,
    "event": pagerduty.parse,
    "n_pings": healthchecks.parse,
}


def parse_payload(text: str, config: Config) -> Payload:
    """Parse *text*, the JSON that a monitor or GitHub sent.

    Raises PayloadError if any part of it is invalid.
    """
    message = _unwrapped(decode(text))
    found = (parse for key, parse in _PARSERS.items() if message.has(key))
    return next(found, own.parse)(message, config)


def _unwrapped(message: PayloadNode) -> PayloadNode:
    """Return the monitor's payload, which may be wrapped in a repository_dispatch payload."""
    if not message.has("client_payload"):
        return message
    inner = message.child("client_payload")
    if not inner.has("body"):
        return inner
    return replace(inner.child("body"), default=inner.given("service"))
