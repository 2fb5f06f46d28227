"""Fingerprints of outputs, used to skip those that have not changed.

An output is a function and its arguments, and its key is their fingerprint. A `Frame` does not
count, because the settings, the templates and statusgen itself are compared once for all outputs. A
`Site` counts by what can be shown of it: an output that takes one is rendered again after any
change. Renderers therefore pass a `Frame` and their own records where these suffice.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import partial
from types import FunctionType, MethodType
from typing import Any

from msgspec import Struct

from statusgen.config.settings import Config
from statusgen.i18n.language import Language
from statusgen.ids import digest
from statusgen.site.view_models import (
    Frame,
    GroupView,
    IncidentView,
    MonthView,
    ServiceView,
    SeverityView,
    Site,
    YearView,
)
from statusgen.timeline.uptime import Day

_CONSTANT = frozenset({Frame, Config, Language})
_PLAIN = frozenset({str, bool, int, float, date, datetime, timedelta, bytes, type(None)})
_SHARED = frozenset({Site, ServiceView, SeverityView, GroupView, MonthView, YearView})
_SHOWN = 10_000  # The pages show shares in hundredths of a percent.

_Add = Callable[[str], None]
_names: dict[type[Any], tuple[str, ...]] = {}  # of fields, by class


class Fingerprinter:
    """Fingerprints of the arguments of outputs; a value that many outputs share is visited once.

    What changes with every second is rounded as the built-in templates do. With *is_exact*, the
    time itself counts, too: a site's own templates may show any figure.
    """

    def __init__(self, *, is_exact: bool = False) -> None:
        self._is_exact = is_exact
        self._shared: dict[int, tuple[object, str]] = {}  # by id(); keeps the objects alive

    def of_output(self, make: Callable[[], object]) -> str:
        """Return the fingerprint of the function *make* and its arguments.

        Raises TypeError for arguments that have none: closures and objects that are not records.
        """
        found: list[str] = []
        self._feed(make, found.append)
        return digest("\n".join(found))

    def _feed(self, value: Any, add: _Add) -> None:
        """Pass an unambiguous description of *value* to *add*, in pieces."""
        kind = type(value)
        if kind in _PLAIN:
            add(repr(value))
        elif kind is IncidentView and value.token:
            add(value.token)
        elif kind is partial:
            add(f"({len(value.args)} {len(value.keywords)}")
            for item in (value.func, *value.args):
                self._feed(item, add)
            self._feed(value.keywords, add)
        elif kind is MethodType:
            add(value.__qualname__)
            add(self._digest_of(value.__self__))
        elif kind in _SHARED:
            add(self._digest_of(value))
        elif kind in _CONSTANT:
            pass
        elif kind is tuple or kind is list:
            add(f"[{len(value)}")
            for item in value:
                self._feed(item, add)
        elif isinstance(value, Mapping):
            add(f"{{{len(value)}")
            for key, item in value.items():
                self._feed(key, add)
                self._feed(item, add)
        else:
            self._feed_other(value, add)

    def _feed_other(self, value: Any, add: _Add) -> None:
        if isinstance(value, Enum):
            add(repr(value))
        elif isinstance(value, Fraction):
            add(repr(value) if self._is_exact else str(int(value * _SHOWN)))
        elif isinstance(value, frozenset):
            self._feed(sorted(value), add)
        elif is_dataclass(value) or isinstance(value, Struct):
            self._feed_record(value, add)
        elif isinstance(value, FunctionType) and not value.__closure__:
            add(f"{value.__module__}.{value.__qualname__}")
        else:
            raise TypeError(f"{value!r} has no fingerprint")

    def _digest_of(self, value: object) -> str:
        if id(value) not in self._shared:
            found: list[str] = []
            self._feed_record(value, found.append)
            self._shared[id(value)] = (value, digest("\n".join(found)))
        return self._shared[id(value)][1]

    def _feed_record(self, value: Any, add: _Add) -> None:
        """Pass the fields of the dataclass *value* to *add*, except those that never differ."""
        add(type(value).__qualname__)
        for item in self._parts(value):
            self._feed(item, add)

    def _parts(self, value: Any) -> tuple[object, ...]:
        """Return the parts of *value* from which, with the settings, all others follow."""
        if isinstance(value, Site):
            moment = value.now if self._is_exact else value.today
            shown = [view.slug for view in value.notices]
            return (moment, value.incidents, shown, value.since, value.services, value.groups)
        if isinstance(value, ServiceView):
            shares = (value.uptime, value.uptime_30, value.uptime_year, value.months[0].uptime)
            days = (value.days[-1:], value.troubles[:1])
            return (value.id, value.incidents, value.severity, value.changed, *shares, *days)
        if isinstance(value, Day) and not self._is_exact:
            return (value.date, value.severity, value.seconds)
        return tuple(getattr(value, name) for name in _names_of(type(value)))


def _names_of(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of the fields of *kind*, except those that follow from others."""
    if kind not in _names:
        if issubclass(kind, Struct):
            _names[kind] = tuple(name for name in kind.__struct_fields__ if name != "tell")
        else:
            _names[kind] = tuple(field.name for field in fields(kind) if field.compare)
    return _names[kind]
