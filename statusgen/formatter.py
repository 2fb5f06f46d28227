"""An `Incident` to the text of a file, keys in a fixed order, times in UTC."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from statusgen import characters, moments
from statusgen.model import Affected, Incident, Severity, State, Update


def format_incident(incident: Incident) -> str:
    """Write *incident* as the text of a file; `parser.parse` gives the same record back."""
    lines = ["---", *_lines(_top(incident))]
    if incident.updates:
        lines.append("updates:")
    for update in incident.updates:
        first, *rest = _lines(_entry(update))
        lines += [f"  - {first}", *(f"    {line}" if line else "" for line in rest)]
    lines += ["---"]
    if incident.body:
        lines += ["", incident.body]
    return "\n".join(lines) + "\n"


def _top(incident: Incident) -> Iterator[tuple[str, object]]:
    yield ("title", incident.title)
    yield ("severity", incident.severity)
    yield ("services", incident.services)
    yield ("state", incident.state)
    yield (incident.kind.first_key, incident.started)
    for key in ("resolved", "starts", "ends", "until"):
        yield (key, getattr(incident, key))
    yield ("pin", incident.pin or None)
    yield ("draft", incident.draft or None)
    yield ("notify", None if incident.notify else False)
    yield ("source", incident.source)
    yield ("id", incident.id)
    yield from incident.extra.items()


def _entry(update: Update) -> Iterator[tuple[str, object]]:
    yield ("at", update.at)
    yield ("state", update.state)
    yield ("severity", update.severity)
    yield ("services", update.services or None)
    yield ("notify", None if update.notify else False)
    yield from update.extra.items()
    yield ("text", _Block(update.text))


class _Block(str):
    """A text that may be written as a block."""

    __slots__ = ()


def _lines(entries: Iterable[tuple[str, object]]) -> Iterator[str]:
    for key, value in entries:
        if value is None:
            continue
        name = key if re.fullmatch(r"[a-z][a-z0-9_-]*", key) else _quote(key)
        if isinstance(value, _Block) and _is_block(value):
            yield f"{name}: |-"
            yield from (f"  {line}" if line else "" for line in value.split("\n"))
        else:
            yield f"{name}: {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return moments.written(value)
    if isinstance(value, Severity | State):
        return str(value)
    if isinstance(value, tuple):
        return _services(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, dict):
        pairs = (f"{_quote(str(key))}: {_value(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    return _quote(str(value))


def _services(services: tuple[Affected, ...]) -> str:
    if any(one.severity is not None for one in services):
        return f"{{{', '.join(f'{one.id}: {one.severity}' for one in services)}}}"
    return f"[{', '.join(one.id for one in services)}]"


def _is_block(text: str) -> bool:
    """Whether the lines of *text* mean the same to YAML when indented below a `|-`."""
    starts_flush = not text.startswith((" ", "\t", "\n"))
    return bool(text) and starts_flush and characters.invisible(text) is None


def _quote(text: str) -> str:
    """*text* as a double-quoted YAML scalar, which JSON's quoting is."""
    quoted_text = json.dumps(text, ensure_ascii=False)
    return characters.escaped(quoted_text)
