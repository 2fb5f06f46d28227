"""Record which facts of a site an output asks for while it is rendered: the key of the cache."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Generic, TypeVar, overload

from statusgen.site.view_models import (
    Site,
)

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
    """A site that notes which of its facts are asked for."""

    def __getattribute__(self, name: str) -> object:
        """The attribute *name*, noted if it is a fact."""
        if _notes and name in FACTS:
            _notes[-1].add(name)
        return super().__getattribute__(name)


def track_facts(site: Site) -> NotedSite:
    """*site* with its facts noted."""
    return NotedSite(**{field.name: getattr(site, field.name) for field in fields(Site)})


@contextmanager
def recorded_facts() -> Iterator[set[str]]:
    """The facts that are asked for in the block, by name; they count for what is around, too."""
    notes: set[str] = set()
    _notes.append(notes)
    try:
        yield notes
    finally:
        _notes.pop()
        if _notes:
            _notes[-1] |= notes


class Knowing:
    """A base for what is made of a site alone: it works out the rest by `remembered`."""


class remembered(Generic[_Owner, _Value]):  # noqa: N801  a decorator, like cached_property
    """A property that is worked out once; the facts it took count for everybody who asks."""

    def __init__(self, work_out: Callable[[_Owner], _Value]) -> None:
        self.work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type[_Owner], name: str) -> None:
        """Take the name under which the value is kept."""
        self.name = f"remembered {name}"

    @overload
    def __get__(self, owner: None, kind: type[_Owner]) -> "remembered[_Owner, _Value]": ...

    @overload
    def __get__(self, owner: _Owner, kind: type[_Owner]) -> _Value: ...

    def __get__(
        self, owner: _Owner | None, kind: type[_Owner]
    ) -> "remembered[_Owner, _Value] | _Value":
        """The value, worked out if nobody has asked before."""
        if owner is None:
            return self
        kept: dict[str, tuple[_Value, set[str]]] = vars(owner)
        if self.name not in kept:
            with recorded_facts() as notes:
                value = self.work_out(owner)
            kept[self.name] = (value, notes)
        value, notes = kept[self.name]
        if _notes:
            _notes[-1] |= notes
        return value
