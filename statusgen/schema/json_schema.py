"""A shape to its JSON Schema (draft 2020-12), with which editors complete and check files.

It takes every file that `statusgen check` takes, and refuses less: what no single value shows, such
as the order of times, is not in it.
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
    """Describe *shape*, which is that of a whole file or of a part."""
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
    return yaml_nodes.plain(root) if root else None


def offer(schema: Schema, words: tuple[str, ...]) -> None:
    """Make *schema* propose *words*; it takes others as before."""
    schema["anyOf"] = [{"enum": [*words]}, {}]
