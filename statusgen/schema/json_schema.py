"""JSON Schemas (draft 2020-12) for shapes, for completion and validation in editors.

A schema accepts every file that `statusgen check` accepts, and more: rules that involve several
values, such as the order of times, are not part of it.
"""

import json
from collections.abc import Mapping
from datetime import timedelta, tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import NullableSchema, WithDefaultSchema

from statusgen.schema import yaml_loader, yaml_nodes
from statusgen.schema.base_model import Shape
from statusgen.schema.empty_values import EMPTY_SCHEMA

Schema = dict[str, Any]

_WORDS = ("description", "default", "examples")  # for people, not for validation
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(shape: type[Shape]) -> Schema:
    """Return the JSON Schema for *shape*."""
    schema = shape.model_json_schema(schema_generator=_Describer)
    parts = schema.get("$defs", {})
    for part in parts.values():
        del part["title"]
    for owner in (schema, *parts.values()):
        for key in owner.get("properties", {}).values():
            if "examples" in key:
                key["examples"] = [_read(text) for text in key["examples"]]
        owner.get("properties", {}).update(_accepting_empty(owner))
    schema.setdefault("$defs", {})["Empty"] = dict(EMPTY_SCHEMA)
    head = {key: schema.pop(key) for key in ("title", "description")}
    return {"$schema": _DIALECT, **head, **schema}


def or_empty(schema: Schema) -> Schema:
    """Return a schema that also accepts an empty value."""
    words = {name: schema[name] for name in _WORDS if name in schema}
    rest = {name: value for name, value in schema.items() if name not in words}
    return {**words, "anyOf": [rest, {"$ref": "#/$defs/Empty"}]} if rest else words


def _accepting_empty(owner: Schema) -> Schema:
    """Return the optional properties of *owner*, which count as absent if they are empty."""
    required = owner.get("required", ())
    return {
        name: or_empty(key)
        for name, key in owner.get("properties", {}).items()
        if name not in required
    }


def as_text(schema: Mapping[str, object]) -> str:
    """Return *schema* as file contents, identical on every machine."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class _Describer(GenerateJsonSchema):
    """Schema generator for files, in which a missing value is omitted, never null."""

    def nullable_schema(self, schema: NullableSchema) -> Schema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: WithDefaultSchema) -> Schema:
        generated = super().default_schema(schema)
        if generated.get("default") in (None, ""):
            generated.pop("default", None)
        return generated

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, BaseModel):
            return {name: self.encode_default(value) for name, value in dft if name != "extra"}
        if isinstance(dft, Fraction):
            return dft.numerator if dft.denominator == 1 else float(dft)
        if isinstance(dft, timedelta):
            return f"{dft // timedelta(minutes=1)}m"
        return str(dft) if isinstance(dft, tzinfo) else super().encode_default(dft)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _read(example: str) -> object:
    """Return the value of the YAML text *example*."""
    root, _ = yaml_loader.load(example, path=Path())
    return yaml_nodes.plain(root) if root else None


def offer(schema: Schema, words: tuple[str, ...]) -> None:
    """Make *schema* suggest *words*; other values remain valid."""
    schema["anyOf"] = [{"enum": [*words]}, {}]
