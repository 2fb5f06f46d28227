"""Base class for the records of a file: maps with known keys, validated by pydantic."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

_EXTRA = "x-*"  # field for the keys of the user


# Pydantic inspects the signature of a factory. For `dict` and `list` Python needs its tokenizer for
# that, which takes longer to load than settings to read.
def no_keys() -> dict[Any, Any]:
    """Return an empty map as the default of a key."""
    return {}


def no_entries() -> list[Any]:
    """Return an empty list as the default of a key."""
    return []


class Shape(BaseModel):
    """Map with known keys; keys that begin with `x-` belong to the user."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        defer_build=True,  # Nested shapes are built with their owner; unused ones never.
        json_schema_extra={
            "patternProperties": {"^x-": {"description": "Key of your own, for templates."}}
        },
    )

    # Keys that are often written here but belong elsewhere, each with a remedy.
    MISPLACED: ClassVar[Mapping[str, str]] = {}
    # Replacement for messages that would quote an address or a key.
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
