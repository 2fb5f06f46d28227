"""Base class for the maps in a file, which pydantic validates."""

from collections.abc import Mapping
from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

_EXTRA = "x-*"  # field that holds custom keys


# Pydantic inspects the signature of a default factory. For `dict` and `list`, Python loads its
# tokenizer for that, which takes longer than reading the settings.
def no_keys() -> dict[Any, Any]:
    """Return an empty map; used as a default factory."""
    return {}


def no_entries() -> list[Any]:
    """Return an empty list; used as a default factory."""
    return []


class Shape(BaseModel):
    """Map with a fixed set of keys, plus custom keys that begin with `x-`."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        defer_build=True,  # Nested shapes are built with their owner, unused ones never.
        json_schema_extra={
            "patternProperties": {"^x-": {"description": "Key of your own, for templates."}}
        },
    )

    # Keys that are often put here but belong elsewhere, each with a remedy.
    MISPLACED: ClassVar[Mapping[str, str]] = {}
    # Replacement for messages that would quote a secret address or key.
    SECRETS: ClassVar[str] = ""

    extra: SkipJsonSchema[dict[str, object]] = Field(default_factory=no_keys, alias=_EXTRA)

    @model_validator(mode="before")
    @classmethod
    def _gather_own_keys(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        own = {key: item for key, item in value.items() if key.startswith("x-")}
        known = {key: item for key, item in value.items() if key not in own}
        return {**known, _EXTRA: own} if own else known


def keys_at(shape: type[Shape], route: tuple[str | int, ...]) -> dict[str, str]:
    """Return the keys of the shape at *route*, each with an example value."""
    shape = shape_at(shape, route)
    fields = ((name, field) for name, field in shape.model_fields.items() if name != "extra")
    return {name: str((field.examples or [""])[0]) for name, field in fields}


def shape_at(shape: type[Shape], route: tuple[str | int, ...]) -> type[Shape]:
    """Return the shape at *route* below *shape*."""
    for part in route:
        if isinstance(part, str):
            shape = shape_in(shape.model_fields[part].annotation) or shape
    return shape


def annotation_at(shape: type[Shape], route: tuple[str | int, ...]) -> object:
    """Return the type of the value at *route*."""
    owner, name = shape_at(shape, route[:-1]), str(route[-1])
    return owner.model_fields[name].annotation if name in owner.model_fields else None


def shape_in(annotation: object) -> type[Shape] | None:
    """Return the shape in *annotation*, which may be nested: `list[UpdateShape] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    return next(filter(None, map(shape_in, get_args(annotation))), None)
