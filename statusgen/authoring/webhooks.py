"""The message of a monitor to events: what the severity of a service is from now on.

Nothing of a message is interpreted: names are looked up, words translated by the tables below, and
texts escaped. The formats:

- repository_dispatch of GitHub, as the event file of a workflow has it and as its REST API takes it
  (docs.github.com: "Webhook events and payloads", "Create a repository dispatch event"). It allows
  ten keys in `client_payload`, fewer than a Grafana message has; so one may stand below `body`.
- Alertmanager, version 4 (prometheus.io: "Alerting", "Configuration", `<webhook_config>`).
- Grafana Alerting (grafana.com: "Configure webhook notifications"), which has the same alerts.
- our own, which understands the statuses of Stashboard and django-statusboard, too.
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
# Of Stashboard, and the numbers of django-statusboard.
_STATUSES = {
    **dict.fromkeys(("up", "0"), Severity.NONE),
    **dict.fromkeys(("warning", "1"), Severity.DEGRADED),
    **dict.fromkeys(("partial", "2"), Severity.PARTIAL),
    **dict.fromkeys(("down", "3"), Severity.MAJOR),
}
# What people write into the label `severity`; None is no concern of a status page.
_LABELS = {
    **dict.fromkeys(("critical", "major", "page", "error", "high"), Severity.MAJOR),
    "partial": Severity.PARTIAL,
    **dict.fromkeys(("warning", "degraded", "minor", "medium"), Severity.DEGRADED),
    **dict.fromkeys(("info", "none", "low"), None),
}
_KEYS = ("service", "severity", "status", "title", "message", "text", "description", "key")
_TEXTS = ("message", "text", "description")


class PayloadError(UsageError):
    """A message that cannot be read: one line with the place in it and what to write."""


@dataclass(frozen=True, kw_only=True)
class MonitorEvent:
    """The *severity* of a service from now on, as the source *key* sees it; *text* is Markdown."""

    service: str
    severity: Severity
    key: str = ""
    title: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Payload:
    """All *events* of a message, each service and key once, and *remarks* on what is left out."""

    events: tuple[MonitorEvent, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Node:
    """A value of the message, and how to get there."""

    value: object
    place: str = ""

    def said(self, what: str) -> str:
        return f"{self.place or 'the message'}: {what}"

    def wrong(self, what: str) -> PayloadError:
        return PayloadError(self.said(what))

    def has(self, name: str) -> bool:
        return isinstance(self.value, dict) and name in self.value

    def child(self, name: str) -> "_Node":
        """The value of key *name*; of value None if there is none."""
        place = f"{self.place}.{name}" if self.place else name
        return _Node(self._map().get(name), place)

    def given(self, *names: str) -> "_Node | None":
        """The first value of the keys *names* that says something, or None."""
        children = (self.child(name) for name in names)
        return next((child for child in children if child.value not in (None, "")), None)

    def items(self) -> "list[_Node]":
        if not isinstance(self.value, list):
            raise self.wrong("a list is expected here; write [ … ]")
        return [_Node(item, f"{self.place}[{n}]") for n, item in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("a text is expected here; put it in quotes")
        return self.value

    def names(self) -> tuple[str, ...]:
        return tuple(self._map())

    def _map(self) -> Mapping[str, object]:
        if not isinstance(self.value, dict):
            raise self.wrong("a map is expected here; write { … }")
        return self.value


def parse_payload(text: str, config: Config) -> Payload:
    """Read *text*, the JSON that a monitor or GitHub sent.

    Raises PayloadError if anything in it is wrong; then nothing of it counts.
    """
    message = _unwrapped(_Node(_decoded(text)))
    return _of_alerts(message, config) if message.has("alerts") else _of_events(message, config)


def _decoded(text: str) -> object:
    if len(text) > MAX_SIZE:
        raise PayloadError(f"the message has {len(text)} characters; send at most {MAX_SIZE}")
    text = text.removeprefix("\ufeff")
    if _depth(text) > _MAX_DEPTH:
        raise PayloadError(f"the message is nested deeper than {_MAX_DEPTH}; send it flat")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_int=_number)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise PayloadError(f"{place}: this is not JSON ({error.msg}); write {_EXAMPLE}") from None


def _depth(text: str) -> int:
    """How deep the lists and maps of *text* stand in each other; Python's reader would recurse."""
    deepest = depth = 0
    for match in re.finditer(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[]}]', text, re.DOTALL):
        depth += (match[0] in "[{") - (match[0] in "]}")
        deepest = max(deepest, depth)
    return deepest


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise PayloadError(f"key {quoted(name)} stands twice in one map; keep one of them")
        found[name] = value
    return found


def _refused(word: str) -> object:
    raise PayloadError(f"{word} is no value of JSON; write a number or null")


def _number(digits: str) -> int | float:
    # Python refuses to read thousands of digits.
    return int(digits) if len(digits) < 20 else float(digits)


def _unwrapped(message: _Node) -> _Node:
    """The message of the monitor in what GitHub made of it."""
    if not message.has("client_payload"):
        return message
    inner = message.child("client_payload")
    return inner.child("body") if inner.has("body") else inner


def _of_events(message: _Node, config: Config) -> Payload:
    """The events of our own format: one, a list, or a map with a list."""
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
            what = f"there is already an event of service '{event.service}' with this key"
            raise node.wrong(f"{what}; send one of each")
        events[event.service, event.key] = event
        surplus = [name for name in node.names() if name not in _KEYS]
        if surplus:
            what = f"{_several(map(quoted, surplus))} is no key of an event and left out"
            remarks.append(node.said(f"{what}; {instead(surplus[0], _KEYS)}"))
    return Payload(events=tuple(events.values()), remarks=tuple(remarks))


def _check_number(events: int, message: _Node) -> None:
    if events > MAX_EVENTS:
        raise message.wrong(f"{events} events are too many; send at most {MAX_EVENTS} at once")


def _several(names: Iterable[str]) -> str:
    """*names* as in a sentence, the first few of them."""
    first, *rest = names
    return f"{first} (and {len(rest)} more)" if rest else first


def _event(node: _Node, config: Config) -> MonitorEvent:
    service = node.given("service")
    if service is None:
        raise node.wrong(f"there is no service; write {_EXAMPLE}")
    return MonitorEvent(
        service=_service(service, config),
        severity=_severity(node),
        key=_key(node.given("key")),
        title=_title(node.given("title")),
        text=_text(node.given(*_TEXTS)),
    )


def _service(node: _Node, config: Config) -> str:
    """The id of the service that *node* names, by its id or an alias."""
    name = node.text()
    if name not in config.service_ids:
        known = [service.id for service in config.services]
        what = f"{quoted(name)} is not a service of this site"
        raise node.wrong(f"{what}; {instead(name, known)}")
    return config.service_ids[name]


def _severity(node: _Node) -> Severity:
    """The severity of an event: one of our words, or a status of those who came before."""
    severity, status = node.given("severity"), node.given("status")
    if severity is not None and status is not None:
        raise status.wrong("there is a severity already; write one of them")
    if severity is not None:
        return _word(severity, "severity", _SEVERITIES)
    if status is None:
        raise node.wrong(f"there is no severity; write {_EXAMPLE}")
    if type(status.value) is int:
        word = str(status.value)
        if word not in _STATUSES:
            raise status.wrong(f"{word} is not a status; {one_of(list(_STATUSES))}")
        return _STATUSES[word]
    return _word(status, "status", _STATUSES)


def _word(node: _Node, name: str, words: Mapping[str, Severity]) -> Severity:
    word = node.text()
    if word == Severity.MAINTENANCE:
        what = "'maintenance' is planned work and has a window"
        raise node.wrong(f"{what}; write it with statusgen new")
    if word not in words:
        raise node.wrong(f"{quoted(word)} is not a {name}; {instead(word, words)}")
    return words[word]


def _key(node: _Node | None) -> str:
    if node is None:
        return ""
    key = node.text()
    is_unseen = characters.forbidden(key) or characters.invisible(key)
    if is_unseen or len(key) > MAX_KEY or key != " ".join(key.split()):
        what = f"{quoted(key)} cannot be a key"
        raise node.wrong(f"{what}; write one line of at most {MAX_KEY} characters")
    return key


def _title(node: _Node | None) -> str:
    """The text of *node* as one line that `values.line` takes, or empty."""
    line = " ".join(node.text().split()) if node else ""
    # What nobody sees may have stood between two spaces.
    return _cut(" ".join(clean(line).replace("\ufffd", "").split()), MAX_TITLE)


def _text(node: _Node | None) -> str:
    return escape(_cut(clean(node.text()).strip(), MAX_TEXT)) if node else ""


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


@dataclass(frozen=True)
class _Alert:
    """An alert that concerns a service; *severity* is `none` once it is resolved."""

    node: _Node
    service: str
    severity: Severity


def _of_alerts(message: _Node, config: Config) -> Payload:
    """The worst of all alerts that a message of Alertmanager or Grafana has of each service.

    A message tells of a whole group, so what does not fire in it has recovered, unless alerts have
    been cut off. An alert without a service is no concern of the page; one without a severity is
    taken for the worst.
    """
    cut_off = _cut_off(message.given("truncatedAlerts"))
    strangers = []
    worst: dict[str, _Alert] = {}
    for node in message.child("alerts").items():
        labels = _map(node, "labels")
        name = labels.given("statusgen_service", "service")
        if name is None:
            strangers.append(node.place)
            continue
        alert = _alert(node, _service(name, config))
        if alert is None:
            continue
        before = worst.setdefault(alert.service, alert)
        worst[alert.service] = max(before, alert, key=lambda one: one.severity.rank)
    _check_number(len(worst), message)
    remarks = []
    if strangers:
        remarks.append(f"{_several(strangers)}: there is no label service; left out")
    if cut_off:
        remarks.append(f"truncatedAlerts: the sender left out {cut_off}; nothing is resolved")
    group = message.given("groupKey")
    # The key of a group has labels in quotes and any length; and it tells of the inside.
    key = f"alerts-{id12('alerts', characters.escaped(group.text()))}" if group else ""
    events = (
        _alert_event(alert, key)
        for alert in worst.values()
        if not cut_off or alert.severity is not Severity.NONE
    )
    return Payload(events=tuple(events), remarks=tuple(remarks))


def _cut_off(node: _Node | None) -> int:
    if node is None:
        return 0
    if not isinstance(node.value, int) or isinstance(node.value, bool) or node.value < 0:
        raise node.wrong("a count is expected here; write 0 or more")
    return node.value


def _map(node: _Node, name: str) -> _Node:
    """The map *name* of *node*, empty if it has none."""
    return node.given(name) or _Node({}, f"{node.place}.{name}")


def _alert(node: _Node, service: str) -> _Alert | None:
    """The alert *node* of *service*; None if it is too mild for a status page."""
    status = node.child("status")
    if status.value not in ("firing", "resolved"):
        raise status.wrong("an alert is either firing or resolved; write one of them")
    label = _map(node, "labels").given("severity")
    word = label.text() if label else Severity.MAJOR
    if label and word.lower() not in _LABELS:
        raise label.wrong(f"{quoted(word)} is not a severity; {instead(word, _LABELS)}")
    severity = _LABELS[word.lower()]
    if severity is None:
        return None
    return _Alert(node, service, severity if status.value == "firing" else Severity.NONE)


def _alert_event(alert: _Alert, key: str) -> MonitorEvent:
    """The event of the worst alert of its service.

    One that is resolved gives no words: they still speak of the trouble.
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
