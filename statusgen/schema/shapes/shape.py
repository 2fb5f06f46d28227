"""Description of the maps in a file: their keys, each with its type, default and documentation.

A type is built from `str`, `list`, `dict`, `Annotated` and other shapes. `reader` converts values
to it, and `json_schema` describes it for editors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self, get_args

OWN = "x-"  # prefix of custom keys

_REQUIRED = object()


def no_keys() -> dict[Any, Any]:
    """Return an empty map; used as a default factory."""
    return {}


def no_entries() -> list[Any]:
    """Return an empty list; used as a default factory."""
    return []


@dataclass(frozen=True, eq=False)
class BeforeValidator:
    """Parser for a value of a type.

    *function* raises ValueError with the problem and a remedy. If *uses_context* is set, it is
    called with the `Context` of the file too. The entries of a list or map that it returns are
    then converted one by one. For editors, a value has the *json_schema_input_type*, if given.
    """

    function: Callable[..., object]
    json_schema_input_type: object = None
    uses_context: bool = False


@dataclass(frozen=True, eq=False)
class WithJsonSchema:
    """JSON Schema of a type, instead of the one that follows from it."""

    schema: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Named:
    """Name and description of a type, which appears once in a JSON Schema."""

    name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class FieldInfo:
    """Properties of a key; see `Field`."""

    annotation: object = None
    default: object = _REQUIRED
    default_factory: Callable[[], object] | None = None
    description: str
    examples: tuple[str, ...] = ()
    json_schema_extra: Mapping[str, object]

    @property
    def is_required(self) -> bool:
        """True if the key has no default."""
        return self.default is _REQUIRED and self.default_factory is None

    @cached_property
    def inner(self) -> "type[Shape] | None":
        """The shape of the values, or of their entries."""
        return shape_in(self.annotation)

    def get_default(self) -> object:
        """Return the default."""
        return self.default_factory() if self.default_factory else self.default


def Field(  # noqa: N802  named as in the libraries that describe classes in this way
    default: object = _REQUIRED,
    *,
    description: str,
    default_factory: Callable[[], object] | None = None,
    examples: list[str] | None = None,
    json_schema_extra: Mapping[str, object] | None = None,
) -> Any:
    """Return the properties of a key: its default (it is required without one) and description.

    *examples* are in YAML. *json_schema_extra* is added to the JSON Schema of its values.
    """
    return FieldInfo(
        default=default,
        default_factory=default_factory,
        description=description,
        examples=tuple(examples or ()),
        json_schema_extra=json_schema_extra or {},
    )


class Shape:
    """Map with a fixed set of keys, plus custom keys that begin with `x-`, which are in *extra*."""

    # Title of the JSON Schema, if the shape is that of a whole file.
    TITLE: ClassVar[str] = ""
    # Keys that are often put here but belong elsewhere, each with a remedy.
    MISPLACED: ClassVar[Mapping[str, str]] = {}
    # Replacement for messages that would quote a secret address or key.
    SECRETS: ClassVar[str] = ""

    # The keys, in order.
    model_fields: ClassVar[Mapping[str, FieldInfo]] = {}

    extra: dict[str, object]

    def __init_subclass__(cls) -> None:
        """Collect the keys."""
        cls.model_fields = {
            name: replace(found, annotation=annotation)
            for name, annotation in cls.__annotations__.items()
            if isinstance(found := vars(cls).get(name), FieldInfo)
        }

    def __init__(self, values: Mapping[str, object], extra: dict[str, object]) -> None:
        self.__dict__.update(values, extra=extra)

    def own(self) -> dict[str, Any]:
        """Return the values of all keys but the custom ones."""
        return {name: value for name, value in vars(self).items() if name != "extra"}

    @classmethod
    def model_construct(cls) -> Self:
        """Return the map with the defaults of all keys."""
        return cls({name: one.get_default() for name, one in cls.model_fields.items()}, {})


def keys_at(shape: type[Shape], route: tuple[str | int, ...]) -> dict[str, str]:
    """Return the keys of the shape at *route*, each with an example value."""
    fields = shape_at(shape, route).model_fields
    return {name: (field.examples or ("",))[0] for name, field in fields.items()}


def shape_at(shape: type[Shape], route: tuple[str | int, ...]) -> type[Shape]:
    """Return the shape at *route* below *shape*."""
    for part in route:
        if isinstance(part, str):
            shape = shape_in(shape.model_fields[part].annotation) or shape
    return shape


def annotation_at(shape: type[Shape], route: tuple[str | int, ...]) -> object:
    """Return the type of the value at *route*."""
    found = shape_at(shape, route[:-1]).model_fields.get(str(route[-1]))
    return found.annotation if found else None


def shape_in(annotation: object) -> type[Shape] | None:
    """Return the shape in *annotation*, which may be nested: `list[UpdateShape] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    return next(filter(None, map(shape_in, get_args(annotation))), None)
