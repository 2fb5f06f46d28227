"""A map with known keys, typed by pydantic: the base of every record that a file holds."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

_EXTRA = "x-*"  # where the keys of the site's own are gathered


# Pydantic asks what a factory takes. Of `dict` and `list` themselves Python finds that out with its
# tokenizer, which takes longer to load than settings to read.
def no_keys() -> dict[Any, Any]:
    """Return an empty map, the default of a key."""
    return {}


def no_entries() -> list[Any]:
    """Return an empty list, the default of a key."""
    return []


class Shape(BaseModel):
    """A map with known keys; keys that begin with `x-` are the site's own."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        defer_build=True,  # A shape inside another is built with it, and one nobody reads never.
        json_schema_extra={"patternProperties": {"^x-": {"description": "The site's own."}}},
    )

    # Keys that people write here although they belong elsewhere, and what to do instead.
    MISPLACED: ClassVar[Mapping[str, str]] = {}
    # What stands for any message that would repeat an address or a key.
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
