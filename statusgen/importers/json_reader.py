"""Read JSON from other systems, with a clear message for each value of the wrong type."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

MAX_DEPTH = 100  # levels of nested objects and lists

_YEARS = (1970, 2999)  # leave room for conversions between time zones

_TYPES = {
    str: "a string",
    bool: "true or false",
    int: "a number",
    float: "a decimal number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


class JsonError(ValueError):
    """An error in a JSON document; *line* and *column* count from 1."""

    def __init__(self, message: str, *, line: int = 1, column: int = 1) -> None:
        self.line = line
        self.column = column
        super().__init__(message)


@dataclass(frozen=True)
class JsonMap:
    """A JSON object and its *path* in the document, such as ``cards[3]``."""

    values: Mapping[str, object]
    path: str = ""

    def has(self, name: str) -> bool:
        """Return whether *name* is present and not null."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        """Return the string *name*; raise JsonError if it is missing or not a string."""
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "a string", value)
        return value

    def flag(self, name: str) -> bool:
        """Return the boolean *name*, or False if it is missing."""
        value = self.values.get(name) or False
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false", value)
        return value

    def number(self, name: str) -> int:
        """Return the integer *name*, or 0 if it is missing."""
        value = self.values.get(name) or 0
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, "a whole number", value)
        return value

    def moment(self, name: str) -> datetime:
        """Return the ISO 8601 time *name*, which has an offset, in UTC and whole seconds."""
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None or not _YEARS[0] <= moment.year <= _YEARS[1]:
                raise ValueError
            return moment.astimezone(UTC).replace(microsecond=0)
        except (ValueError, OverflowError):
            raise JsonError(f"{self._path_of(name)}: expected a time with an offset") from None

    def map(self, name: str) -> "JsonMap":
        """Return the object *name*, or an empty one if it is missing."""
        value = self.values.get(name)
        if value is None:
            return JsonMap({}, self._path_of(name))
        if not isinstance(value, dict):
            raise self._wrong(name, "an object", value)
        return JsonMap(value, self._path_of(name))

    def texts(self, name: str) -> list[str]:
        """Return the list of strings *name*, or an empty one if it is missing."""
        found = self._items(name)
        for index, value in enumerate(found):
            if not isinstance(value, str):
                raise self._wrong(f"{name}[{index}]", "a string", value)
        return [str(value) for value in found]

    def maps(self, name: str) -> "Iterator[JsonMap]":
        """Yield the objects in the list *name*, or nothing if it is missing."""
        return maps_of(self._items(name), self._path_of(name))

    def _items(self, name: str) -> Sequence[object]:
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self._wrong(name, "a list", value)
        return value

    def _path_of(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _wrong(self, name: str, wanted: str, value: object) -> JsonError:
        return JsonError(f"{self._path_of(name)}: expected {wanted}, found {_TYPES[type(value)]}")


def maps_of(values: Sequence[object], path: str) -> Iterator[JsonMap]:
    """Yield *values*, the items in the list at *path*, as objects."""
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            what = f"expected an object, found {_TYPES[type(value)]}"
            raise JsonError(f"{path}[{index}]: {what}")
        yield JsonMap(value, f"{path}[{index}]")


def parse_json(text: str) -> object:
    """Parse the JSON document *text*.

    Raises JsonError if it is not valid JSON or is nested too deeply.
    """
    try:
        value: object = json.loads(text)
    except RecursionError:
        raise JsonError(f"it is nested more than {MAX_DEPTH} levels deep") from None
    except json.JSONDecodeError as error:
        what = f"it is not JSON: {error.msg}"
        raise JsonError(what, line=error.lineno, column=error.colno) from None
    except ValueError:  # An integer with thousands of digits.
        raise JsonError("it has a number with too many digits") from None
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return value
    raise JsonError(f"it is nested more than {MAX_DEPTH} levels deep")
