"""Parser for our own format: an event, a list of events, or a map with the list `events`.

It also accepts the statuses of Stashboard and django-statusboard, and the words of other tools.
"""

from collections.abc import Mapping

from statusgen.authoring.payloads.event import (
    MonitorEvent,
    Payload,
    check_number,
    key_of,
    service_of,
    several,
    text_of,
    title_of,
)
from statusgen.authoring.payloads.node import EXAMPLE, PayloadNode
from statusgen.config.settings import Config
from statusgen.model import Severity
from statusgen.problems import instead, likely, one_of, quoted

_SEVERITIES = {
    str(severity): severity for severity in Severity if severity is not Severity.MAINTENANCE
}
# The status words of Stashboard and the status numbers of django-statusboard.
_STATUSES = {
    **dict.fromkeys(("up", "0"), Severity.NONE),
    **dict.fromkeys(("warning", "1"), Severity.DEGRADED),
    **dict.fromkeys(("partial", "2"), Severity.PARTIAL),
    **dict.fromkeys(("down", "3"), Severity.MAJOR),
}
# Words of other tools, among them the component statuses of Statuspage; for the command, too.
WORDS = {
    **dict.fromkeys(
        ("ok", "operational", "up", "healthy", "passing", "recovered", "resolved"), Severity.NONE
    ),
    **dict.fromkeys(("degraded_performance", "warning", "minor"), Severity.DEGRADED),
    "partial_outage": Severity.PARTIAL,
    **dict.fromkeys(
        ("major_outage", "critical", "down", "error", "failed", "failing", "unhealthy"),
        Severity.MAJOR,
    ),
}
_KEYS = ("service", "severity", "status", "title", "message", "text", "description", "key")
_TEXTS = ("message", "text", "description")


def parse(message: PayloadNode, config: Config) -> Payload:
    """Parse our own format: an event, a list of events, or a map with the list `events`."""
    if isinstance(message.value, list):
        nodes = message.items()
    elif message.has("events"):
        nodes = message.child("events").items()
    else:
        nodes = [message]
    check_number(len(nodes), message)
    events: dict[tuple[str, str], MonitorEvent] = {}
    remarks = []
    for node in nodes:
        event = _event(node, message, config)
        if (event.service, event.key) in events:
            what = f"two events for service '{event.service}' have the same key"
            raise node.wrong(f"{what}; send one per key")
        events[event.service, event.key] = event
        surplus = [name for name in node.names() if name not in _KEYS]
        if surplus:
            noun = "key" if len(surplus) == 1 else "keys"
            what = f"ignoring unknown {noun} {several(map(quoted, surplus))}"
            remarks.append(node.at_place(f"{what}; {instead(surplus[0], _KEYS)}"))
    return Payload(events=tuple(events.values()), remarks=tuple(remarks))


def _event(node: PayloadNode, message: PayloadNode, config: Config) -> MonitorEvent:
    service = node.given("service") or message.default
    if service is None:
        raise node.wrong(f"missing service; write {EXAMPLE}")
    return MonitorEvent(
        service=service_of(service, config),
        severity=_severity(node),
        key=key_of(node.given("key")),
        title=title_of(node.given("title")),
        text=text_of(node.given(*_TEXTS)),
    )


def _severity(node: PayloadNode) -> Severity:
    """Return the severity of an event, from `severity`, or from the `status` of other tools."""
    severity, status = node.given("severity"), node.given("status")
    if severity is not None and status is not None:
        raise status.wrong("both severity and status are given; send one")
    if severity is not None:
        return _word(severity, "severity", _SEVERITIES)
    if status is None:
        raise node.wrong(f"missing severity; write {EXAMPLE}")
    if type(status.value) is int:
        word = str(status.value)
        if word not in _STATUSES:
            raise status.wrong(f"{word} is not a status; {one_of(list(_STATUSES))}")
        return _STATUSES[word]
    return _word(status, "status", _STATUSES)


def _word(node: PayloadNode, name: str, words: Mapping[str, Severity]) -> Severity:
    word = node.text()
    if word in (Severity.MAINTENANCE, "under_maintenance"):
        what = f"{quoted(word)} cannot be reported by an event"
        raise node.wrong(f"{what}; create it with: statusgen new")
    known = {**words, **WORDS}
    if word not in known:
        is_close = likely(word, list(known)) is not None
        remedy = instead(word, known if is_close else words)
        raise node.wrong(f"{quoted(word)} is not a {name}; {remedy}")
    return known[word]
