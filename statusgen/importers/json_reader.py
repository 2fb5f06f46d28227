"""Read JSON from other systems, with a clear message for each value of the wrong type."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

MAX_DEPTH = 100  # maps and lists within each other

_YEARS = (1970, 2999)  # leave room for conversions between time zones

_TYPES = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a decimal number",
    list: "a list",
    dict: "a map",
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
    """A map in a JSON document, and its *place* there, such as ``cards[3]``."""

    values: Mapping[str, object]
    place: str = ""

    def has(self, name: str) -> bool:
        """Return whether *name* is present and not null."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        """Return the text *name*; raise JsonError if it is missing or not a text."""
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "a text", value)
        return value

    def flag(self, name: str) -> bool:
        """Return the boolean *name*, false if it is missing."""
        value = self.values.get(name) or False
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false", value)
        return value

    def number(self, name: str) -> int:
        """Return the whole number *name*, 0 if it is missing."""
        value = self.values.get(name) or 0
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, "a whole number", value)
        return value

    def moment(self, name: str) -> datetime:
        """Return the time *name*, ISO 8601 with an offset, in UTC and whole seconds."""
        text = self.text(name)
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None or not _YEARS[0] <= moment.year <= _YEARS[1]:
                raise ValueError
            return moment.astimezone(UTC).replace(microsecond=0)
        except (ValueError, OverflowError):
            raise JsonError(f"{self._of(name)}: expected a time with an offset") from None

    def map(self, name: str) -> "JsonMap":
        """Return the map *name*, an empty one if it is missing."""
        value = self.values.get(name)
        if value is None:
            return JsonMap({}, self._of(name))
        if not isinstance(value, dict):
            raise self._wrong(name, "a map", value)
        return JsonMap(value, self._of(name))

    def texts(self, name: str) -> list[str]:
        """Return the list of texts *name*, an empty one if it is missing."""
        found = self._items(name)
        for index, value in enumerate(found):
            if not isinstance(value, str):
                raise self._wrong(f"{name}[{index}]", "a text", value)
        return [str(value) for value in found]

    def maps(self, name: str) -> "Iterator[JsonMap]":
        """Yield the maps of the list *name*, none if it is missing."""
        return maps_of(self._items(name), self._of(name))

    def _items(self, name: str) -> Sequence[object]:
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self._wrong(name, "a list", value)
        return value

    def _of(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _wrong(self, name: str, wanted: str, value: object) -> JsonError:
        return JsonError(f"{self._of(name)}: expected {wanted}, found {_TYPES[type(value)]}")


def maps_of(values: Sequence[object], place: str) -> Iterator[JsonMap]:
    """Yield *values*, the items of the list at *place*, as maps."""
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            what = f"expected a map, found {_TYPES[type(value)]}"
            raise JsonError(f"{place}[{index}]: {what}")
        yield JsonMap(value, f"{place}[{index}]")


def parse_json(text: str) -> object:
    """Return the value of the JSON document *text*.

    Raises JsonError if it is not JSON or is nested too deeply.
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
