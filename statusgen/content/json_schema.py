"""JSON Schema for incident files, with rules for each kind of file."""

from collections.abc import Iterable

from statusgen.content.fields import IncidentShape
from statusgen.model import Kind, Service, Severity
from statusgen.schema.json_schema import Schema, json_schema, offer, or_empty

_KEYS_OF_KINDS = {
    Kind.INCIDENT: ("started", "resolved"),
    Kind.MAINTENANCE: ("starts", "ends", "announced"),
    Kind.NOTICE: ("started", "resolved", "until"),
}


def incident_schema(*, services: Iterable[Service] = ()) -> Schema:
    """Return the schema for incident files, which suggests the ids and aliases of *services*.

    It accepts other services too, so that an outdated schema does not reject valid files.
    """
    schema = json_schema(IncidentShape)
    schema["allOf"] = [_rules_of(kind) for kind in Kind]
    _offer_services(schema["$defs"], tuple(services))
    return schema


def _offer_services(parts: Schema, services: tuple[Service, ...]) -> None:
    names = {one.id: one.name for one in services}
    names |= {alias: one.name for one in services for alias in one.aliases}
    if not names:
        return
    offer(parts["ServiceName"], tuple(names))
    _, by_name = parts["Affected"]["anyOf"]
    severity = by_name["additionalProperties"]
    by_name["properties"] = {
        word: {**severity, "description": name} for word, name in names.items()
    }


def _rules_of(kind: Kind) -> Schema:
    """Return the rules for files of this *kind*, which the top-level severity determines."""
    words = [str(severity) for severity in Severity if Kind.of(severity) is kind]
    own = _KEYS_OF_KINDS[kind]
    foreign = [key for keys in _KEYS_OF_KINDS.values() for key in keys if key not in own]
    empty = {"$ref": "#/$defs/Empty"}
    state = {"enum": [str(state) for state in kind.states]}
    severity = {"enum": [str(severity) for severity in kind.severities]}
    services: Schema = {"additionalProperties": severity}
    update = {
        "properties": {
            "state": or_empty(state),
            "severity": or_empty(severity),
            "services": services,
        }
    }
    if kind is Kind.INCIDENT:
        services = {**services, "minItems": 1, "minProperties": 1}
    keys = {"state": or_empty(state), "services": services, "updates": {"items": update}}
    has_updates = {"required": ["updates"], "properties": {"updates": {"minItems": 1}}}
    return {
        "if": {"properties": {"severity": {"enum": words}}, "required": ["severity"]},
        "then": {
            "properties": {**keys, **{key: {**empty} for key in foreign}},
            "required": ["starts", "ends"] if kind is Kind.MAINTENANCE else [],
            "anyOf": [{"required": [kind.first_key]}, has_updates],
        },
    }
