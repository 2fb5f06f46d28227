"""An `Incident` to the text of a file, keys in a fixed order."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo

from statusgen import characters, times
from statusgen.model import Incident, ServiceSeverity, Severity, State, Update

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
# Texts that YAML reads as they stand; what it takes for the end of a value is looked for besides.
_PLAIN = re.compile(r"\w(?:[^\t\n\r]*\S)?")
_NOT_PLAIN = re.compile(r":(?:\s|$)|\s#")

Entries = Iterable[tuple[str, object]]


def format_incident(incident: Incident, *, zone: tzinfo = UTC) -> str:
    """Write *incident* as the text of a file; `parser.parse` gives the same record back.

    Times carry the offset that they have in *zone*.
    """
    lines = ["---", *_lines(_top(incident), zone)]
    if incident.updates:
        lines.append("updates:")
    for update in incident.updates:
        lines += [f"  {line}" if line else "" for line in item(update, zone=zone)]
    lines += ["---"]
    if incident.body:
        lines += ["", incident.body]
    return "\n".join(lines) + "\n"


def item(update: Update, *, zone: tzinfo, indent: int = 2) -> list[str]:
    """The lines of *update* as an entry of a list; its keys stand *indent* behind the dash."""
    first, *rest = _lines(_entry(update), zone)
    margin = " " * indent
    return [f"-{margin[1:]}{first}", *(f"{margin}{line}" if line else "" for line in rest)]


def inline(update: Update, *, zone: tzinfo) -> str:
    """*update* as a map in braces, on one line."""
    given = ((key, value) for key, value in _entry(update) if value is not None)
    return f"{{{', '.join(f'{_key(key)}: {_value(value, zone)}' for key, value in given)}}}"


def scalar(text: str) -> str:
    """*text*, one line, as the value of a key: without quotes where it may."""
    return text if _is_plain(text) else _quote(text)


def _top(incident: Incident) -> Iterator[tuple[str, object]]:
    yield ("title", _Line(incident.title))
    yield ("severity", incident.severity)
    yield ("services", incident.services)
    yield ("state", incident.state)
    yield (incident.kind.first_key, incident.started)
    for key in ("resolved", "starts", "ends", "until"):
        yield (key, getattr(incident, key))
    yield ("pin", incident.pin or None)
    yield ("draft", incident.draft or None)
    yield ("notify", None if incident.notify else False)
    yield ("source", None if incident.source is None else _Line(incident.source))
    yield ("id", incident.id)
    yield ("redirect_from", list(incident.redirect_from) or None)
    yield from incident.extra.items()


def _entry(update: Update) -> Iterator[tuple[str, object]]:
    yield ("at", update.at)
    yield ("state", update.state)
    yield ("severity", update.severity)
    yield ("services", update.services or None)
    yield ("notify", None if update.notify else False)
    yield ("source", None if update.source is None else _Line(update.source))
    yield ("id", update.id)
    yield from update.extra.items()
    yield ("text", _Prose(update.text))


class _Line(str):
    """A text of one line that may stand without quotes."""

    __slots__ = ()


class _Prose(_Line):
    """A text that may be written as a block, too."""

    __slots__ = ()


def _lines(entries: Entries, zone: tzinfo) -> Iterator[str]:
    for key, value in entries:
        if value is None:
            continue
        if isinstance(value, _Prose) and not _is_plain(value) and _is_block(value):
            yield f"{_key(key)}: |-"
            yield from (f"  {line}" if line else "" for line in value.split("\n"))
        elif isinstance(value, _Line):
            yield f"{_key(key)}: {scalar(value)}"
        else:
            yield f"{_key(key)}: {_value(value, zone)}"


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else _quote(name)


def _value(value: object, zone: tzinfo) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return times.written(value, zone)
    if isinstance(value, Severity | State):
        return str(value)
    if isinstance(value, tuple):
        return _services(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(one, zone) for one in value)}]"
    if isinstance(value, dict):
        pairs = (f"{_quote(str(key))}: {_value(one, zone)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    return _quote(str(value))


def _services(services: tuple[ServiceSeverity, ...]) -> str:
    if any(one.severity is not None for one in services):
        return f"{{{', '.join(f'{one.id}: {one.severity}' for one in services)}}}"
    return f"[{', '.join(one.id for one in services)}]"


def _is_plain(text: str) -> bool:
    """Whether *text* means itself to YAML without quotes, after a key and on one line."""
    is_seen = characters.invisible(text) is None and characters.forbidden(text) is None
    return is_seen and _PLAIN.fullmatch(text) is not None and _NOT_PLAIN.search(text) is None


def _is_block(text: str) -> bool:
    """Whether the lines of *text* mean the same to YAML when indented below a `|-`."""
    starts_flush = not text.startswith((" ", "\t", "\n"))
    is_seen = characters.invisible(text) is None and "\r" not in text
    return bool(text) and starts_flush and is_seen


def _quote(text: str) -> str:
    """*text* as a double-quoted YAML scalar, which JSON's quoting is."""
    quoted_text = json.dumps(text, ensure_ascii=False)
    return characters.escaped(quoted_text)
