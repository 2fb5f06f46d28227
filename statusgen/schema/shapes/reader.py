"""Conversion of untyped values (dicts, lists and texts) to shapes; every fault is collected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from functools import cache, cached_property
from types import NoneType
from typing import Annotated, Any, NamedTuple, TypeVar, cast, get_args, get_origin

from statusgen.model import Severity
from statusgen.problems import likely
from statusgen.schema.shapes.shape import OWN, BeforeValidator, Shape

Route = tuple[str | int, ...]

_SEVERITIES = frozenset(map(str, Severity))

_Shaped = TypeVar("_Shaped", bound=Shape)


class FaultKind(StrEnum):
    """Kind of a fault."""

    KEY = "key"  # the value is fine, its key is not
    MISSING = "missing"
    NO_MAP = "no map"
    NO_SHAPE = "no map with certain keys"
    UNKNOWN = "unknown"
    VALUE = "value"


class Fault(NamedTuple):
    """Something wrong at *route*; only faults of kind KEY and VALUE have a *message*."""

    kind: FaultKind
    route: Route
    message: str = ""


@dataclass(frozen=True)
class Context:
    """Facts about a file that its values depend on; *typed* is its `severity` as written."""

    zone: tzinfo
    typed: object = None

    @cached_property
    def severity(self) -> str:
        """The severity that the file probably has, for remedies."""
        typed = self.typed if isinstance(self.typed, str) else ""
        return typed if typed in _SEVERITIES else likely(typed, list(Severity)) or Severity.MAJOR


@dataclass(frozen=True)
class _Reading:
    """A file being read: its context, and the faults found so far."""

    context: Context
    faults: list[Fault] = field(default_factory=list)


# A reader converts a value. If there is a fault, the result is never used.
_Reader = Callable[[Any, Route, _Reading], object]


def read(
    shape: type[_Shaped], values: Mapping[str, object], context: Context
) -> tuple[_Shaped | None, list[Fault]]:
    """Return the *shape* for *values* (None if there is a fault), and the faults in their order."""
    reading = _Reading(context)
    annotation: Any = shape
    record = _reader(annotation)(values, (), reading)
    return (None if reading.faults else cast("_Shaped", record), reading.faults)


def _shape_reader(shape: type[Shape]) -> _Reader:
    fields = shape.model_fields
    readers = [(name, _reader(one.annotation), one) for name, one in fields.items()]

    def read(value: object, route: Route, reading: _Reading) -> object:
        if not isinstance(value, dict):
            reading.faults.append(Fault(FaultKind.NO_SHAPE, route))
            return None
        values: dict[str, object] = {}
        for name, reader, one in readers:
            if name in value:
                values[name] = reader(value[name], (*route, name), reading)
            elif one.is_required:
                reading.faults.append(Fault(FaultKind.MISSING, (*route, name)))
            else:
                values[name] = one.get_default()
        others = [key for key in value if key not in fields]
        extra = {key: value[key] for key in others if key.startswith(OWN)}
        unknown = (key for key in others if key not in extra)
        reading.faults.extend(Fault(FaultKind.UNKNOWN, (*route, key)) for key in unknown)
        return shape(values, extra)

    return read


@cache
def _reader(annotation: Any) -> _Reader:
    """Return the reader for values of the type *annotation*."""
    if get_origin(annotation) is Annotated:
        inner, *details = get_args(annotation)
        parser = next((one for one in details if isinstance(one, BeforeValidator)), None)
        return _parser_reader(parser, _reader(inner)) if parser else _reader(inner)
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return _shape_reader(annotation)
    if get_origin(annotation) is list:
        return _list_reader(_reader(get_args(annotation)[0]))
    if get_origin(annotation) is dict:
        return _map_reader(*map(_reader, get_args(annotation)))
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return _optional_reader(_reader(kinds[0])) if len(kinds) == 1 else _as_it_is


def _as_it_is(value: object, route: Route, reading: _Reading) -> object:
    return value


def _parser_reader(parser: BeforeValidator, inner: _Reader) -> _Reader:
    function, uses_context = parser.function, parser.uses_context

    def read(value: object, route: Route, reading: _Reading) -> object:
        try:
            parsed = function(value, reading.context) if uses_context else function(value)
        except ValueError as error:
            reading.faults.append(Fault(FaultKind.VALUE, route, str(error)))
            return None
        return parsed if inner is _as_it_is else inner(parsed, route, reading)

    return read


def _optional_reader(reader: _Reader) -> _Reader:
    def read(value: object, route: Route, reading: _Reading) -> object:
        return None if value is None else reader(value, route, reading)

    return read


def _list_reader(reader: _Reader) -> _Reader:
    def read(value: list[object], route: Route, reading: _Reading) -> object:
        return [reader(item, (*route, index), reading) for index, item in enumerate(value)]

    return read


def _map_reader(key_reader: _Reader, reader: _Reader) -> _Reader:
    def read(value: object, route: Route, reading: _Reading) -> object:
        if not isinstance(value, dict):
            reading.faults.append(Fault(FaultKind.NO_MAP, route))
            return None
        values = {}
        for name, item in value.items():
            at, known = (*route, name), len(reading.faults)
            key = key_reader(name, at, reading)
            wrong = reading.faults[known:]
            reading.faults[known:] = [one._replace(kind=FaultKind.KEY) for one in wrong]
            values[key] = reader(item, at, reading)
        return values

    return read
