"""Events that payloads yield, and the values that all formats have in common."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from statusgen import characters
from statusgen.authoring.payloads.node import PayloadNode
from statusgen.config.settings import Config
from statusgen.ids import id12
from statusgen.markup.escape import clean, escape
from statusgen.model import Severity
from statusgen.problems import quoted
from statusgen.schema.scalars import MAX_TITLE

MAX_EVENTS = 100
MAX_TEXT = 10_000
MAX_KEY = 200
_KEY = re.compile(r"[a-z0-9-]{1,20}[A-Za-z0-9-]{1,40}")


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


def check_number(events: int, message: PayloadNode) -> None:
    """Raise PayloadError if *message* yields too many *events*."""
    if events > MAX_EVENTS:
        raise message.wrong(
            f"{events} events, more than the limit of {MAX_EVENTS}; send fewer at once"
        )


def several(names: Iterable[str]) -> str:
    """Return the first of *names* and how many more there are."""
    first, *rest = names
    return f"{first} (and {len(rest)} more)" if rest else first


def service_of(node: PayloadNode, config: Config) -> str:
    """Return the id of the service with the id or alias in *node*."""
    name = node.text()
    if name not in config.service_ids:
        what = f"{quoted(name)} is not a service of this site"
        raise node.wrong(f"{what}; {config.service_remedy(name)}")
    return config.service_ids[name]


def report(
    message: PayloadNode, config: Config, *, name: PayloadNode, key: str, severity: Severity | None
) -> Payload:
    """Return the payload of a monitor that checks one thing, called *name* there.

    Its service is the default of *message*, else the one with this id, alias or name. Texts are
    left out, since they name internal hosts. Nothing is reported if *severity* is None.
    """
    if severity is None:
        return Payload(events=(), remarks=(message.at_place("nothing to report"),))
    if message.default is not None:
        service = service_of(message.default, config)
    else:
        service = _service_called(name, config)
    if _KEY.fullmatch(key) is None:
        key = id12("monitor", characters.escaped(key))
    return Payload(events=(MonitorEvent(service=service, severity=severity, key=key),))


def _service_called(node: PayloadNode, config: Config) -> str:
    name = " ".join(node.text().split())
    if name in config.service_ids:
        return config.service_ids[name]
    found = [one.id for one in config.services if one.name.casefold() == name.casefold()]
    if len(found) != 1:
        what = f"{quoted(name)} is not a service of this site"
        raise node.wrong(f"{what}; add it to the aliases of a service in statusgen.yml")
    return found[0]


def key_of(node: PayloadNode | None) -> str:
    """Return the text of *node* as the key of an event, or an empty string."""
    if node is None:
        return ""
    key = node.text()
    is_unseen = characters.forbidden(key) or characters.invisible(key)
    if is_unseen or len(key) > MAX_KEY or key != " ".join(key.split()):
        what = f"{quoted(key)} is not a valid key"
        raise node.wrong(f"{what}; use one line of at most {MAX_KEY} characters")
    return key


def title_of(node: PayloadNode | None) -> str:
    """Return the text of *node* as one line that `scalars.line` accepts, or an empty string."""
    line = " ".join(node.text().split()) if node else ""
    # Removing an invisible character may leave two spaces.
    return _cut(" ".join(clean(line).replace("\ufffd", "").split()), MAX_TITLE)


def text_of(node: PayloadNode | None) -> str:
    """Return the text of *node* as Markdown that shows it unchanged, or an empty string."""
    return escape(_cut(clean(node.text()).strip(), MAX_TEXT)) if node else ""


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
