"""The parameters of a request to the fake Trello, and their validation."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.support.fakes.trello_records import moment, timestamp

Record = dict[str, Any]
Place = tuple[str, str]  # a date and an id, the sort key of records

ID = re.compile(r"[0-9a-f]{24}")
MOST = 1000  # Trello's limit for a page


class Refusal(Exception):  # noqa: N818, a response, not an error in our code
    """A response with a *status* other than 200, and its *content*, text or JSON."""

    def __init__(self, status: int, content: str | Record) -> None:
        super().__init__(status, content)
        self.status = status
        self.content = content


class Query:
    """The *parameters* of a request; the endpoint must accept each of them (*accepted*)."""

    def __init__(self, parameters: Mapping[str, str], accepted: Collection[str]) -> None:
        self._parameters = parameters
        for name in parameters:
            if name not in accepted:
                raise Refusal(400, f"the fake does not know the parameter {name}")

    def text(self, name: str, default: str) -> str:
        """Return the value of *name*."""
        return self._parameters.get(name, default)

    def one_of(self, name: str, default: str, values: str) -> str:
        """Return the value of *name*, one of *values*."""
        found = self.text(name, default)
        if found not in values.split():
            raise Refusal(400, f"invalid value for {name}")
        return found

    def some_of(self, name: str, default: str, values: Collection[str]) -> set[str]:
        """Return the names in a comma-separated list; `all` stands for all *values*."""
        found = set(filter(None, self.text(name, default).split(",")))
        if "all" in found:
            return set(values)
        if not found <= set(values):
            raise Refusal(400, f"invalid value for {name}")
        return found

    def number(self, name: str, default: int, *, least: int = 0, most: int = MOST) -> int:
        """Return the number *name* between *least* and *most*."""
        found = self.text(name, str(default))
        if not (re.fullmatch(r"[0-9]{1,9}", found) and least <= int(found) <= most):
            raise Refusal(400, f"invalid value for {name}")
        return int(found)

    def pick(
        self,
        records: list[Record],
        name: str,
        default: str,
        *,
        known: Record,
        without: Collection[str] = (),
    ) -> list[Record]:
        """Return *records* with only the fields in the parameter *name*, and their ids.

        A field must be in *known* or in any record (old boards lack some), and not in *without*,
        whose records have parameters of their own.
        """
        every = set(known).union(*records) - set(without)
        wanted = self.some_of(name, default, every) | {"id"}
        return [{one: record[one] for one in record if one in wanted} for record in records]

    def bounds(self, places: Mapping[str, Place]) -> Callable[[Place], bool]:
        """Return a function that tests whether a place is between `since` and `before`.

        Each is a date or an id. An id stands for its place in *places*, or else for its time, and
        is excluded. The date in `since` itself is included.
        """
        last, first = self._place("before", places), self._place("since", places)
        return lambda place: (last is None or place < last) and (first is None or place > first)

    def _place(self, name: str, places: Mapping[str, Place]) -> Place | None:
        found = self.text(name, "null")
        if found == "null":
            return None
        if ID.fullmatch(found):
            return places.get(found, place_of(found))
        try:
            return timestamp(moment(found).isoformat()), ""
        except ValueError:
            raise Refusal(400, f"invalid value for {name}") from None


def place_of(key: str) -> Place:
    """Return the place of the id *key*, according to the time at its beginning."""
    return timestamp(datetime.fromtimestamp(int(key[:8], 16), UTC).isoformat()), key
