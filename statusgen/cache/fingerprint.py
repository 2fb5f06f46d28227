"""Fingerprints of the inputs to an output, used to skip unchanged outputs.

While an output is rendered, a `NotedSite` records the facts that are read. The other inputs are the
arguments of the function that renders it. If neither these nor the settings, templates, packages
or statusgen itself have changed, the output has not changed. Renderers do not declare their inputs,
so none can be forgotten, and the site's own templates are covered as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import partial
from types import FunctionType, MethodType
from typing import Any, NoReturn, TypeGuard

from statusgen.config.settings import Config
from statusgen.i18n.language import Language
from statusgen.ids import digest
from statusgen.site.fact_tracking import FACTS, Knowing
from statusgen.site.view_models import (
    GroupView,
    IncidentView,
    MonthView,
    ServiceView,
    SeverityView,
    Site,
    YearView,
)

# Settings are the same for all outputs in a build; the facts read from the site are recorded.
_SKIPPED = (Site, Config, Language)

_PLAIN = frozenset({str, bool, int, float, date, datetime, timedelta, Fraction, bytes, type(None)})
_WHOLE = frozenset({ServiceView, SeverityView, GroupView, MonthView, YearView})  # used often
_names: dict[type[Any], tuple[str, ...]] = {}  # of fields, by class


class Facts:
    """Fingerprints of the facts of a site, computed on demand."""

    def __init__(self, site: Site, prints: "Fingerprinter") -> None:
        self._site = site
        self._prints = prints
        self._values: dict[str, str | None] = {}
        self._states: dict[str, str | None] = {}

    def state(self, names: str) -> str | None:
        """Return a fingerprint of the facts *names* (separated by spaces), or None."""
        if names not in self._states:
            values = [self._value(name) for name in names.split()]
            self._states[names] = None if None in values else self._prints.of(values)
        return self._states[names]

    def _value(self, name: str) -> str | None:
        if name not in self._values:
            try:
                is_fact = name in FACTS
                self._values[name] = self._prints.of(getattr(self._site, name)) if is_fact else None
            except UnknownError:
                self._values[name] = None
        return self._values[name]


class UnknownError(Exception):
    """A value whose type has no fingerprint."""


class Fingerprinter:
    """Fingerprints of the values of a site at *now*; each value is visited once."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._whole: dict[int, tuple[object, str]] = {}  # by id(); keeps the objects alive

    def of_output(self, make: Callable[[], object]) -> str | None:
        """Return a fingerprint of the function *make* and its arguments, or None if there is none.

        If the site is an argument, it is ignored, because the facts read from it are recorded.
        """
        if isinstance(make, partial) and len(make.args) == 1 and not make.keywords:
            (view,) = make.args
            if type(view) is IncidentView and view.token and isinstance(make.func, MethodType):
                return f"{make.func.__qualname__} {view.token}"
        try:
            return self.of(make)
        except UnknownError:
            return None

    def of(self, value: object) -> str:
        """Return a fingerprint of *value*, 32 characters; raise UnknownError if it has none."""
        found: list[str] = []
        self._feed(value, found.append)
        return digest("\n".join(found))

    def _feed(self, value: Any, add: Callable[[str], None]) -> None:
        """Pass an unambiguous description of *value* to *add*, in pieces."""
        kind = type(value)
        if kind is IncidentView:
            add(value.token or _unknown())
        elif kind in _PLAIN:
            add(repr(value))
        elif kind is tuple or kind is list:
            add(f"[{len(value)}")
            for item in value:
                self._feed(item, add)
        elif isinstance(value, Mapping):
            add(f"{{{len(value)}")
            for key, item in value.items():
                self._feed(key, add)
                self._feed(item, add)
        elif kind in _WHOLE:
            add(self._known(value))
        elif isinstance(value, Enum):
            add(repr(value))
        elif is_dataclass(kind):
            if not isinstance(value, _SKIPPED):
                self._feed_fields(value, add)
        else:
            self._feed_other(value, add)

    def _known(self, value: Any) -> str:
        if id(value) not in self._whole:
            found: list[str] = []
            self._feed_fields(value, found.append)
            self._whole[id(value)] = (value, digest("\n".join(found)))
        return self._whole[id(value)][1]

    def _feed_fields(self, value: Any, add: Callable[[str], None]) -> None:
        add(type(value).__qualname__)
        if isinstance(value, ServiceView):  # Its other fields follow from these and the settings.
            self._feed((value.id, self._now, value.incidents), add)
            return
        for name in _names_of(type(value)):
            self._feed(getattr(value, name), add)

    def _feed_other(self, value: object, add: Callable[[str], None]) -> None:
        if isinstance(value, frozenset):
            self._feed(sorted(value), add)
        elif isinstance(value, partial):
            add(f"({len(value.args)} {len(value.keywords)}")
            for item in (value.func, *value.args, value.keywords):
                self._feed(item, add)
        elif _is_plain(value):
            add(f"{value.__module__}.{value.__qualname__}")
        elif not isinstance(value, _SKIPPED):
            _unknown()


def _unknown() -> NoReturn:
    raise UnknownError


def _is_plain(value: object) -> TypeGuard[FunctionType | MethodType]:
    """Return whether *value* is a function that depends only on its arguments and the site."""
    if isinstance(value, MethodType):
        return isinstance(value.__self__, Knowing)
    return isinstance(value, FunctionType) and not value.__closure__


def _names_of(kind: type[Any]) -> tuple[str, ...]:
    if kind not in _names:
        _names[kind] = tuple(field.name for field in fields(kind))
    return _names[kind]
