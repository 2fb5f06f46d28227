"""JSON Schemas (draft 2020-12) of shapes, for completion and validation in editors.

A schema accepts every file that `statusgen check` accepts. It rejects fewer: rules about several
values, such as the order of times, are not part of it.
"""

import json
from collections.abc import Mapping
from datetime import tzinfo
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import NullableSchema, WithDefaultSchema

from statusgen.schema import yaml_loader, yaml_nodes
from statusgen.schema.base_model import Shape

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(shape: type[Shape]) -> Schema:
    """Return the JSON Schema of *shape*."""
    schema = shape.model_json_schema(schema_generator=_Describer)
    parts = schema.get("$defs", {})
    for part in parts.values():
        del part["title"]
    for owner in (schema, *parts.values()):
        for key in owner.get("properties", {}).values():
            if "examples" in key:
                key["examples"] = [_read(text) for text in key["examples"]]
    head = {key: schema.pop(key) for key in ("title", "description")}
    return {"$schema": _DIALECT, **head, **schema}


def as_text(schema: Mapping[str, object]) -> str:
    """Return *schema* as the text of a file, the same on every machine."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class _Describer(GenerateJsonSchema):
    """Generator of schemas for files, in which a missing value is omitted and never null."""

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
    """Return the value that the YAML text *example* has in a file."""
    root, _ = yaml_loader.load(example, path=Path())
    return yaml_nodes.plain(root) if root else None


def offer(schema: Schema, words: tuple[str, ...]) -> None:
    """Make *schema* propose *words*; other values stay valid."""
    schema["anyOf"] = [{"enum": [*words]}, {}]
