"""Formatter that writes an `Incident` as a file, with keys in a fixed order."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from statusgen import times
from statusgen.model import Incident, ServiceSeverity, Update
from statusgen.schema import yaml_writer
from statusgen.schema.yaml_writer import LineText, ProseText, RawYaml


def format_incident(incident: Incident, *, zone: tzinfo = UTC) -> str:
    """Return *incident* as file contents, which `parser.parse` turns back into the same record.

    Times are written in *zone*, with their offset.
    """
    lines = ["---", *yaml_writer.lines(_top(incident, zone))]
    if incident.updates:
        lines.append("updates:")
    for update in incident.updates:
        lines += [f"  {line}" if line else "" for line in item(update, zone=zone)]
    lines += ["---"]
    if incident.body:
        lines += ["", incident.body]
    return "\n".join(lines) + "\n"


def item(update: Update, *, zone: tzinfo, indent: int = 2) -> list[str]:
    """Return the lines of *update* as a list entry; its keys are indented by *indent*."""
    return yaml_writer.item(_entry(update, zone), indent=indent)


def inline(update: Update, *, zone: tzinfo) -> str:
    """Return *update* as a map in braces, on one line."""
    return yaml_writer.inline(_entry(update, zone))


def _top(incident: Incident, zone: tzinfo) -> Iterator[tuple[str, object]]:
    yield ("title", LineText(incident.title))
    yield ("severity", incident.severity)
    yield ("services", _services(incident.services))
    yield ("state", incident.state)
    yield (incident.kind.first_key, _time(incident.started, zone))
    for key in ("resolved", "starts", "ends", "until"):
        yield (key, _time(getattr(incident, key), zone))
    yield ("pin", incident.pin or None)
    yield ("draft", incident.draft or None)
    yield ("notify", None if incident.notify else False)
    yield ("source", None if incident.source is None else LineText(incident.source))
    yield ("id", incident.id)
    yield ("redirect_from", list(incident.redirect_from) or None)
    yield from incident.extra.items()


def _entry(update: Update, zone: tzinfo) -> Iterator[tuple[str, object]]:
    yield ("at", _time(update.at, zone))
    yield ("state", update.state)
    yield ("severity", update.severity)
    yield ("services", _services(update.services) if update.services else None)
    yield ("notify", None if update.notify else False)
    yield ("source", None if update.source is None else LineText(update.source))
    yield ("id", update.id)
    yield from update.extra.items()
    yield ("text", ProseText(update.text))


def _time(moment: datetime | None, zone: tzinfo) -> RawYaml | None:
    return None if moment is None else RawYaml(times.written(moment, zone))


def _services(services: tuple[ServiceSeverity, ...]) -> RawYaml:
    if any(one.severity is not None for one in services):
        return RawYaml(f"{{{', '.join(f'{one.id}: {one.severity}' for one in services)}}}")
    return RawYaml(f"[{', '.join(one.id for one in services)}]")
