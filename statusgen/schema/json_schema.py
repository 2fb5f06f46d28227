"""A shape to its JSON Schema (draft 2020-12), with which editors complete and check files.

It takes every file that `statusgen check` takes, and refuses less: what no single value shows, such
as the order of times, is not in it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import NullableSchema, WithDefaultSchema

from statusgen.i18n import catalogue
from statusgen.model import Kind, Service, Severity
from statusgen.schema import yaml_loader
from statusgen.schema.shapes import ConfigShape, IncidentShape, Shape

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KEYS_OF_KINDS = {
    Kind.INCIDENT: ("started", "resolved"),
    Kind.MAINTENANCE: ("starts", "ends", "announced"),
    Kind.NOTICE: ("started", "resolved", "until"),
}


def json_schema(shape: type[Shape], *, services: Iterable[Service] = ()) -> Schema:
    """Describe *shape*, which is that of a whole file or of a part.

    That of an incident offers the ids and aliases of *services*. It takes others as well, so that a
    schema older than the settings marks nothing that is right.
    """
    schema = shape.model_json_schema(schema_generator=_Describer)
    parts = schema.get("$defs", {})
    for part in parts.values():
        del part["title"]
    for owner in (schema, *parts.values()):
        for key in owner.get("properties", {}).values():
            if "examples" in key:
                key["examples"] = [_read(text) for text in key["examples"]]
    if shape is ConfigShape:
        _offer(schema["properties"]["language"], catalogue.languages())
    if shape is IncidentShape:
        schema["allOf"] = [_rules_of(kind) for kind in Kind]
        _offer_services(parts, tuple(services))
    head = {key: schema.pop(key) for key in ("title", "description")}
    return {"$schema": _DIALECT, **head, **schema}


def as_text(schema: Mapping[str, object]) -> str:
    """*schema* as the text of a file, the same on every machine."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class _Describer(GenerateJsonSchema):
    """Describes shapes as files have them: what is not said is left out, and never null."""

    def nullable_schema(self, schema: NullableSchema) -> Schema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: WithDefaultSchema) -> Schema:
        found = super().default_schema(schema)
        if found.get("default") in (None, ""):
            found.pop("default", None)
        return found

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, BaseModel):
            return {name: self.encode_default(value) for name, value in dft if name != "extra"}
        if isinstance(dft, Fraction):
            return dft.numerator if dft.denominator == 1 else float(dft)
        return str(dft) if isinstance(dft, tzinfo) else super().encode_default(dft)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _read(example: str) -> object:
    """The value that *example* is in a file."""
    root, _ = yaml_loader.load(example, path=Path())
    return yaml_loader.plain(root) if root else None


def _offer(schema: Schema, words: tuple[str, ...]) -> None:
    """Make *schema* propose *words*; it takes others as before."""
    schema["anyOf"] = [{"enum": [*words]}, {}]


def _offer_services(parts: Schema, services: tuple[Service, ...]) -> None:
    called = {one.id: one.name for one in services}
    called |= {alias: one.name for one in services for alias in one.aliases}
    if not called:
        return
    _offer(parts["ServiceName"], tuple(called))
    _, by_name = parts["Affected"]["anyOf"]
    severity = by_name["additionalProperties"]
    by_name["properties"] = {
        word: {**severity, "description": name} for word, name in called.items()
    }


def _rules_of(kind: Kind) -> Schema:
    """What holds for a file of this *kind*, which the severity at its top decides."""
    words = [str(severity) for severity in Severity if Kind.of(severity) is kind]
    own = _KEYS_OF_KINDS[kind]
    foreign = [key for keys in _KEYS_OF_KINDS.values() for key in keys if key not in own]
    state = {"enum": [str(state) for state in kind.states]}
    severity = {"enum": [str(severity) for severity in kind.severities]}
    services: Schema = {"additionalProperties": severity}
    update = {"properties": {"state": state, "severity": severity, "services": services}}
    if kind is Kind.INCIDENT:
        services = {**services, "minItems": 1, "minProperties": 1}
    keys = {"state": state, "services": services, "updates": {"items": update}}
    begun = {"required": ["updates"], "properties": {"updates": {"minItems": 1}}}
    return {
        "if": {"properties": {"severity": {"enum": words}}, "required": ["severity"]},
        "then": {
            "properties": {**keys, **dict.fromkeys(foreign, False)},
            "required": ["starts", "ends"] if kind is Kind.MAINTENANCE else [],
            "anyOf": [{"required": [kind.first_key]}, begun],
        },
    }
