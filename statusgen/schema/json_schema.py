"""JSON Schemas (draft 2020-12) for shapes, for completion and validation in editors.

A schema accepts every file that `statusgen check` accepts, and more: rules that involve several
values, such as the order of times, are not part of it.
"""

import json
from collections.abc import Mapping
from datetime import timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from statusgen.schema import yaml_loader, yaml_nodes
from statusgen.schema.empty_values import EMPTY_SCHEMA
from statusgen.schema.shapes.shape import (
    OWN,
    BeforeValidator,
    FieldInfo,
    Named,
    Shape,
    WithJsonSchema,
)

Schema = dict[str, Any]

_WORDS = ("description", "default", "examples")  # for people, not for validation
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_OWN_KEYS = {f"^{OWN}": {"description": "Key of your own, for templates."}}


def json_schema(shape: type[Shape]) -> Schema:
    """Return the JSON Schema for *shape*."""
    parts: Schema = {}
    schema = _of_shape(shape, parts)
    parts = {**dict(sorted(parts.items())), "Empty": dict(EMPTY_SCHEMA)}
    title, description = {"title": shape.TITLE} if shape.TITLE else {}, schema.pop("description")
    return {"$schema": _DIALECT, **title, "description": description, "$defs": parts, **schema}


def or_empty(schema: Schema) -> Schema:
    """Return a schema that also accepts an empty value."""
    words = {name: schema[name] for name in _WORDS if name in schema}
    rest = {name: value for name, value in schema.items() if name not in words}
    return {**words, "anyOf": [rest, {"$ref": "#/$defs/Empty"}]} if rest else words


def as_text(schema: Mapping[str, object]) -> str:
    """Return *schema* as file contents, identical on every machine."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _of_shape(shape: type[Shape], parts: Schema) -> Schema:
    """Return the schema of *shape*; types with a name are added to *parts*."""
    fields = shape.model_fields
    required = [name for name, field in fields.items() if field.is_required]
    return {
        "additionalProperties": False,
        "description": shape.__doc__,
        "patternProperties": _OWN_KEYS,
        "properties": {name: _of_field(field, parts) for name, field in fields.items()},
        **({"required": required} if required else {}),
        "type": "object",
    }


def _of_field(field: FieldInfo, parts: Schema) -> Schema:
    """Return the schema of a key; an optional one counts as absent if its value is empty."""
    words: Schema = {"description": field.description}
    if field.default not in (None, "") and not field.is_required and not field.default_factory:
        words["default"] = _encoded(field.default)
    if field.examples:
        words["examples"] = [_read(text) for text in field.examples]
    rest = {**_of(field.annotation, parts), **field.json_schema_extra}
    schema = {**words, **dict(sorted(rest.items()))}
    return dict(sorted(schema.items())) if field.is_required else or_empty(schema)


def _of(annotation: Any, parts: Schema) -> Schema:
    """Return the schema of values of the type *annotation*."""
    if get_origin(annotation) is Annotated:
        inner, *details = get_args(annotation)
        return _of_annotated(inner, details, parts)
    if get_origin(annotation) is list:
        return {"items": _of(get_args(annotation)[0], parts), "type": "array"}
    if get_origin(annotation) is dict:
        key, value = get_args(annotation)
        return _of_map(key, value, parts)
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return _reference(annotation.__name__, _of_shape(annotation, parts), parts)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        words = [str(word) for word in annotation]
        schema = {"description": annotation.__doc__, "enum": words, "type": "string"}
        return _reference(annotation.__name__, schema, parts)
    kinds = [_of(kind, parts) for kind in get_args(annotation) if kind is not NoneType]
    if len(kinds) > 1:
        return {"anyOf": kinds}
    return kinds[0] if kinds else {}


def _of_annotated(inner: object, details: list[object], parts: Schema) -> Schema:
    """Return the schema of the type *inner* with *details*; the last of these decides."""
    for index, detail in reversed([*enumerate(details)]):
        if isinstance(detail, WithJsonSchema):
            return dict(sorted(detail.schema.items()))
        if isinstance(detail, BeforeValidator) and detail.json_schema_input_type:
            return _of(detail.json_schema_input_type, parts)
        if isinstance(detail, Named):
            schema = _of_annotated(inner, details[:index], parts)
            schema = dict(sorted({**schema, "description": detail.description}.items()))
            return _reference(detail.name, schema, parts)
    return _of(inner, parts)


def _of_map(key: object, value: object, parts: Schema) -> Schema:
    names, values = _of(key, parts), _of(value, parts)
    if "pattern" in names:
        return {"patternProperties": {names["pattern"]: values}, "type": "object"}
    named = {"propertyNames": {"enum": names["enum"]}} if "enum" in names else {}
    return {"additionalProperties": values, **named, "type": "object"}


def _reference(name: str, schema: Schema, parts: Schema) -> Schema:
    parts[name] = schema
    return {"$ref": f"#/$defs/{name}"}


def _encoded(default: object) -> object:
    """Return *default* as JSON."""
    if isinstance(default, Shape):
        return {name: _encoded(value) for name, value in default.own().items()}
    if isinstance(default, Fraction):
        return default.numerator if default.denominator == 1 else float(default)
    if isinstance(default, timedelta):
        return f"{default // timedelta(minutes=1)}m"
    return str(default) if isinstance(default, tzinfo | StrEnum) else default


def _read(example: str) -> object:
    """Return the value of the YAML text *example*."""
    root, _ = yaml_loader.load(example, path=Path())
    return yaml_nodes.plain(root) if root else None


def offer(schema: Schema, words: tuple[str, ...]) -> None:
    """Make *schema* suggest *words*; other values remain valid."""
    schema["anyOf"] = [{"enum": [*words]}, {}]
