"""Values in a JSON payload, each with its position for messages."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from statusgen.problems import UsageError, quoted

MAX_SIZE = 256 * 1024
EXAMPLE = '{"service": "api", "severity": "major"}'
_MAX_DEPTH = 50


class PayloadError(UsageError):
    """A payload that cannot be parsed; the message is one line with the position and the remedy."""


@dataclass(frozen=True)
class PayloadNode:
    """A value in the payload; *place* is its path, such as ``alerts[0].labels``.

    *default* is the service of what names none, if the payload has one.
    """

    value: object
    place: str = ""
    default: "PayloadNode | None" = None

    def at_place(self, what: str) -> str:
        """Return the message *what* with the position."""
        return f"{self.place or 'payload'}: {what}"

    def wrong(self, what: str) -> PayloadError:
        """Return the error *what* with the position."""
        return PayloadError(self.at_place(what))

    def has(self, name: str) -> bool:
        """Return whether this is a map with the key *name*."""
        return isinstance(self.value, dict) and name in self.value

    def child(self, name: str) -> "PayloadNode":
        """Return the value of the key *name* as a node, which contains None if it is missing."""
        place = f"{self.place}.{name}" if self.place else name
        return PayloadNode(self._map().get(name), place)

    def given(self, *names: str) -> "PayloadNode | None":
        """Return the first value of the keys *names* that is not null or empty, or None."""
        children = (self.child(name) for name in names)
        return next((child for child in children if child.value not in (None, "")), None)

    def items(self) -> "list[PayloadNode]":
        """Return the entries of the list."""
        if not isinstance(self.value, list):
            raise self.wrong("expected a list; write [ … ]")
        return [PayloadNode(item, f"{self.place}[{n}]") for n, item in enumerate(self.value)]

    def text(self) -> str:
        """Return the text."""
        if not isinstance(self.value, str):
            raise self.wrong("expected text; put it in quotes")
        return self.value

    def whole(self) -> int:
        """Return the value as a whole number, which may be written as text."""
        found = self.value
        if isinstance(found, str) and re.fullmatch(r"[0-9]{1,9}", found):
            return int(found)
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise self.wrong("expected a number; use 0 or more")
        return found

    def label(self) -> str:
        """Return the value, a text or a whole number, as text."""
        return self.value if isinstance(self.value, str) else str(self.whole())

    def inner(self, name: str) -> "PayloadNode":
        """Return the map at the key *name*, or an empty map if it is missing."""
        return self.given(name) or PayloadNode({}, self.child(name).place)

    def names(self) -> tuple[str, ...]:
        """Return the keys of the map."""
        return tuple(self._map())

    def _map(self) -> Mapping[str, object]:
        if not isinstance(self.value, dict):
            raise self.wrong("expected a map; write { … }")
        return self.value


def decode(text: str) -> PayloadNode:
    """Parse *text* as JSON; raise PayloadError if it is not, or if it exceeds a limit."""
    return PayloadNode(_decoded(text))


def _decoded(text: str) -> object:
    if len(text) > MAX_SIZE:
        raise PayloadError(f"payload has {len(text)} characters, more than the limit of {MAX_SIZE}")
    text = text.removeprefix("\ufeff")
    if _depth(text) > _MAX_DEPTH:
        raise PayloadError(f"values are nested more than {_MAX_DEPTH} levels deep; flatten them")
    try:
        return json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_reject_constant, parse_int=_number
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise PayloadError(
            f"{place}: this is not valid JSON ({error.msg}); write {EXAMPLE}"
        ) from None


def _depth(text: str) -> int:
    """Return how deeply lists and maps are nested; Python's JSON parser is recursive."""
    deepest = depth = 0
    for match in re.finditer(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[]}]', text, re.DOTALL):
        depth += (match[0] in "[{") - (match[0] in "]}")
        deepest = max(deepest, depth)
    return deepest


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise PayloadError(f"duplicate key {quoted(name)}; keep one")
        found[name] = value
    return found


def _reject_constant(word: str) -> object:
    raise PayloadError(f"{word} is not valid JSON; write a number or null")


def _number(digits: str) -> int | float:
    # Python raises ValueError for thousands of digits.
    return int(digits) if len(digits) < 20 else float(digits)
