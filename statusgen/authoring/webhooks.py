"""Parse the JSON payloads of monitors into events, which set the severity of a service.

Payloads are not trusted: names are looked up, words are translated with the tables below, and texts
are escaped. The formats:

- GitHub's repository_dispatch, as in the event file of a workflow and in the REST API
  (docs.github.com: "Webhook events and payloads", "Create a repository dispatch event"). It allows
  ten keys in `client_payload`, fewer than a Grafana payload has, so that payload may be in `body`.
- Alertmanager, version 4 (prometheus.io: "Alerting", "Configuration", `<webhook_config>`).
- Grafana Alerting (grafana.com: "Configure webhook notifications"), with alerts in the same format.
- Our own, which also accepts the statuses of Stashboard and django-statusboard.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from statusgen import characters
from statusgen.config.settings import Config
from statusgen.ids import id12
from statusgen.markup.escape import clean, escape
from statusgen.model import Severity
from statusgen.problems import UsageError, instead, one_of, quoted
from statusgen.schema.scalars import MAX_TITLE

MAX_SIZE = 256 * 1024
MAX_EVENTS = 100
MAX_TEXT = 10_000
MAX_KEY = 200
_MAX_DEPTH = 50
_EXAMPLE = '{"service": "api", "severity": "major"}'

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
# Common values of the label `severity`; alerts with a value that maps to None are ignored.
_LABELS = {
    **dict.fromkeys(("critical", "major", "page", "error", "high"), Severity.MAJOR),
    "partial": Severity.PARTIAL,
    **dict.fromkeys(("warning", "degraded", "minor", "medium"), Severity.DEGRADED),
    **dict.fromkeys(("info", "none", "low"), None),
}
_KEYS = ("service", "severity", "status", "title", "message", "text", "description", "key")
_TEXTS = ("message", "text", "description")


class PayloadError(UsageError):
    """A payload that cannot be parsed; the message is one line with the position and the remedy."""


@dataclass(frozen=True, kw_only=True)
class MonitorEvent:
    """The new *severity* of a service, reported by the source *key*; *text* is Markdown."""

    service: str
    severity: Severity
    key: str = ""
    title: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Payload:
    """The *events* in a payload, one for each service and key, and *remarks* on skipped parts."""

    events: tuple[MonitorEvent, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Node:
    """A value in the payload; *place* is its path, such as ``alerts[0].labels``."""

    value: object
    place: str = ""

    def at_place(self, what: str) -> str:
        return f"{self.place or 'payload'}: {what}"

    def wrong(self, what: str) -> PayloadError:
        return PayloadError(self.at_place(what))

    def has(self, name: str) -> bool:
        return isinstance(self.value, dict) and name in self.value

    def child(self, name: str) -> "_Node":
        """Return the value of the key *name* as a node, which contains None if it is missing."""
        place = f"{self.place}.{name}" if self.place else name
        return _Node(self._map().get(name), place)

    def given(self, *names: str) -> "_Node | None":
        """Return the first value of the keys *names* that is not null or empty, or None."""
        children = (self.child(name) for name in names)
        return next((child for child in children if child.value not in (None, "")), None)

    def items(self) -> "list[_Node]":
        if not isinstance(self.value, list):
            raise self.wrong("expected a list; write [ … ]")
        return [_Node(item, f"{self.place}[{n}]") for n, item in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("expected text; put it in quotes")
        return self.value

    def names(self) -> tuple[str, ...]:
        return tuple(self._map())

    def _map(self) -> Mapping[str, object]:
        if not isinstance(self.value, dict):
            raise self.wrong("expected a map; write { … }")
        return self.value


def parse_payload(text: str, config: Config) -> Payload:
    """Parse *text*, the JSON that a monitor or GitHub sent.

    Raises PayloadError if any part of it is invalid.
    """
    message = _unwrapped(_Node(_decoded(text)))
    parse = _parse_alerts if message.has("alerts") else _parse_events
    return parse(message, config)


def _decoded(text: str) -> object:
    if len(text) > MAX_SIZE:
        raise PayloadError(f"payload has {len(text)} characters, more than the limit of {MAX_SIZE}")
    text = text.removeprefix("\ufeff")
    if _depth(text) > _MAX_DEPTH:
        raise PayloadError(f"values are nested more than {_MAX_DEPTH} levels deep; flatten them")
    try:
        return json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_reject_constant, parse_int=_number
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise PayloadError(
            f"{place}: this is not valid JSON ({error.msg}); write {_EXAMPLE}"
        ) from None


def _depth(text: str) -> int:
    """Return how deeply lists and maps are nested; Python's JSON parser is recursive."""
    deepest = depth = 0
    for match in re.finditer(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[]}]', text, re.DOTALL):
        depth += (match[0] in "[{") - (match[0] in "]}")
        deepest = max(deepest, depth)
    return deepest


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise PayloadError(f"duplicate key {quoted(name)}; keep one")
        found[name] = value
    return found


def _reject_constant(word: str) -> object:
    raise PayloadError(f"{word} is not valid JSON; write a number or null")


def _number(digits: str) -> int | float:
    # Python raises ValueError for thousands of digits.
    return int(digits) if len(digits) < 20 else float(digits)


def _unwrapped(message: _Node) -> _Node:
    """Return the monitor's payload, which may be wrapped in a repository_dispatch payload."""
    if not message.has("client_payload"):
        return message
    inner = message.child("client_payload")
    return inner.child("body") if inner.has("body") else inner


def _parse_events(message: _Node, config: Config) -> Payload:
    """Parse our own format: an event, a list of events, or a map with the list `events`."""
    if isinstance(message.value, list):
        nodes = message.items()
    elif message.has("events"):
        nodes = message.child("events").items()
    else:
        nodes = [message]
    _check_number(len(nodes), message)
    events: dict[tuple[str, str], MonitorEvent] = {}
    remarks = []
    for node in nodes:
        event = _event(node, config)
        if (event.service, event.key) in events:
            what = f"two events for service '{event.service}' have the same key"
            raise node.wrong(f"{what}; send one per key")
        events[event.service, event.key] = event
        surplus = [name for name in node.names() if name not in _KEYS]
        if surplus:
            noun = "key" if len(surplus) == 1 else "keys"
            what = f"ignoring unknown {noun} {_several(map(quoted, surplus))}"
            remarks.append(node.at_place(f"{what}; {instead(surplus[0], _KEYS)}"))
    return Payload(events=tuple(events.values()), remarks=tuple(remarks))


def _check_number(events: int, message: _Node) -> None:
    if events > MAX_EVENTS:
        raise message.wrong(
            f"{events} events, more than the limit of {MAX_EVENTS}; send fewer at once"
        )


def _several(names: Iterable[str]) -> str:
    """Return the first of *names* and how many more there are."""
    first, *rest = names
    return f"{first} (and {len(rest)} more)" if rest else first


def _event(node: _Node, config: Config) -> MonitorEvent:
    service = node.given("service")
    if service is None:
        raise node.wrong(f"missing service; write {_EXAMPLE}")
    return MonitorEvent(
        service=_service(service, config),
        severity=_severity(node),
        key=_key(node.given("key")),
        title=_title(node.given("title")),
        text=_text(node.given(*_TEXTS)),
    )


def _service(node: _Node, config: Config) -> str:
    """Return the id of the service with the id or alias in *node*."""
    name = node.text()
    if name not in config.service_ids:
        what = f"{quoted(name)} is not a service of this site"
        raise node.wrong(f"{what}; {config.service_remedy(name)}")
    return config.service_ids[name]


def _severity(node: _Node) -> Severity:
    """Return the severity of an event, from `severity`, or from the `status` of other tools."""
    severity, status = node.given("severity"), node.given("status")
    if severity is not None and status is not None:
        raise status.wrong("both severity and status are given; send one")
    if severity is not None:
        return _word(severity, "severity", _SEVERITIES)
    if status is None:
        raise node.wrong(f"missing severity; write {_EXAMPLE}")
    if type(status.value) is int:
        word = str(status.value)
        if word not in _STATUSES:
            raise status.wrong(f"{word} is not a status; {one_of(list(_STATUSES))}")
        return _STATUSES[word]
    return _word(status, "status", _STATUSES)


def _word(node: _Node, name: str, words: Mapping[str, Severity]) -> Severity:
    word = node.text()
    if word == Severity.MAINTENANCE:
        what = "'maintenance' cannot be reported by an event"
        raise node.wrong(f"{what}; create it with: statusgen new")
    if word not in words:
        raise node.wrong(f"{quoted(word)} is not a {name}; {instead(word, words)}")
    return words[word]


def _key(node: _Node | None) -> str:
    if node is None:
        return ""
    key = node.text()
    is_unseen = characters.forbidden(key) or characters.invisible(key)
    if is_unseen or len(key) > MAX_KEY or key != " ".join(key.split()):
        what = f"{quoted(key)} is not a valid key"
        raise node.wrong(f"{what}; use one line of at most {MAX_KEY} characters")
    return key


def _title(node: _Node | None) -> str:
    """Return the text of *node* as one line that `scalars.line` accepts, or an empty string."""
    line = " ".join(node.text().split()) if node else ""
    # Removing an invisible character may leave two spaces.
    return _cut(" ".join(clean(line).replace("\ufffd", "").split()), MAX_TITLE)


def _text(node: _Node | None) -> str:
    return escape(_cut(clean(node.text()).strip(), MAX_TEXT)) if node else ""


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


@dataclass(frozen=True)
class _Alert:
    """An alert for a service; *severity* is `none` if it is resolved."""

    node: _Node
    service: str
    severity: Severity


def _parse_alerts(message: _Node, config: Config) -> Payload:
    """Parse a payload from Alertmanager or Grafana: the worst alert for each service.

    A payload contains a whole group, so a service without a firing alert has recovered, unless the
    payload was truncated. An alert without a service is skipped; one without a severity is major.
    """
    truncated = _truncated(message.given("truncatedAlerts"))
    unassigned = []
    worst: dict[str, _Alert] = {}
    for node in message.child("alerts").items():
        labels = _map(node, "labels")
        name = labels.given("statusgen_service", "service")
        if name is None:
            unassigned.append(node.place)
            continue
        alert = _alert(node, _service(name, config))
        if alert is None:
            continue
        before = worst.setdefault(alert.service, alert)
        worst[alert.service] = max(before, alert, key=lambda one: one.severity.rank)
    _check_number(len(worst), message)
    remarks = []
    if unassigned:
        have = "it has" if len(unassigned) == 1 else "they have"
        remarks.append(f"skipped {_several(unassigned)}: {have} no label 'service'")
    if truncated:
        alerts = "alert is" if truncated == 1 else "alerts are"
        what = f"{truncated} {alerts} missing from the payload"
        remarks.append(f"truncatedAlerts: {what}; nothing is resolved")
    group = message.given("groupKey")
    # A group key contains quoted labels, may have any length, and may reveal internals.
    key = f"alerts-{id12('alerts', characters.escaped(group.text()))}" if group else ""
    events = (
        _alert_event(alert, key)
        for alert in worst.values()
        if not truncated or alert.severity is not Severity.NONE
    )
    return Payload(events=tuple(events), remarks=tuple(remarks))


def _truncated(node: _Node | None) -> int:
    if node is None:
        return 0
    if not isinstance(node.value, int) or isinstance(node.value, bool) or node.value < 0:
        raise node.wrong("expected a number; use 0 or more")
    return node.value


def _map(node: _Node, name: str) -> _Node:
    """Return the map at the key *name* in *node*, or an empty map if it is missing."""
    return node.given(name) or _Node({}, f"{node.place}.{name}")


def _alert(node: _Node, service: str) -> _Alert | None:
    """Parse *node*, an alert for *service*; return None if its severity is to be ignored."""
    status = node.child("status")
    if status.value not in ("firing", "resolved"):
        raise status.wrong("expected 'firing' or 'resolved'")
    label = _map(node, "labels").given("severity")
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
    labels, annotations = _map(alert.node, "labels"), _map(alert.node, "annotations")
    return MonitorEvent(
        service=alert.service,
        severity=alert.severity,
        key=key,
        title=_title(annotations.given("summary") or labels.given("alertname")),
        text=_text(annotations.given("description", "message", "summary")),
    )
