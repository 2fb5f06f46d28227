"""Record which facts about a site an output reads while it is rendered, for its cache key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Generic, TypeVar, overload

from statusgen.site.view_models import Site

FACTS = frozenset(field.name for field in fields(Site)) - {
    "config",
    "language",
    "base_url",
    "data",
}

_notes: list[set[str]] = []

_Owner = TypeVar("_Owner")
_Value = TypeVar("_Value")


class NotedSite(Site):
    """A site that records which of its facts are read."""

    def __getattribute__(self, name: str) -> object:
        """Return the attribute *name*, and record it if it is a fact."""
        if _notes and name in FACTS:
            _notes[-1].add(name)
        return super().__getattribute__(name)


def track_facts(site: Site) -> NotedSite:
    """Return a copy of *site* that records which of its facts are read."""
    return NotedSite(**{field.name: getattr(site, field.name) for field in fields(Site)})


@contextmanager
def recorded_facts() -> Iterator[set[str]]:
    """Yield a set that collects the names of facts read in the block, and in nested blocks."""
    notes: set[str] = set()
    _notes.append(notes)
    try:
        yield notes
    finally:
        _notes.pop()
        if _notes:
            _notes[-1] |= notes


class Knowing:
    """A base class for classes whose only state is a site and `remembered` values."""


class remembered(Generic[_Owner, _Value]):  # noqa: N801  a decorator, like cached_property
    """A cached property; each read also records the facts from which it was computed."""

    def __init__(self, compute: Callable[[_Owner], _Value]) -> None:
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type[_Owner], name: str) -> None:
        """Set the key under which the value is cached."""
        self.name = f"remembered {name}"

    @overload
    def __get__(self, owner: None, kind: type[_Owner]) -> "remembered[_Owner, _Value]": ...

    @overload
    def __get__(self, owner: _Owner, kind: type[_Owner]) -> _Value: ...

    def __get__(
        self, owner: _Owner | None, kind: type[_Owner]
    ) -> "remembered[_Owner, _Value] | _Value":
        """Return the cached value; compute it first if needed."""
        if owner is None:
            return self
        values: dict[str, tuple[_Value, set[str]]] = vars(owner)
        if self.name not in values:
            with recorded_facts() as notes:
                value = self.compute(owner)
            values[self.name] = (value, notes)
        value, notes = values[self.name]
        if _notes:
            _notes[-1] |= notes
        return value
