"""The words of the page and the way dates, times and numbers are written in a language."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from babel.core import Locale
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_datetime_format,
    get_day_names,
)
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit, get_unit_name

from statusgen.i18n.messages import Words

_MANY = 100


class Language(Words):
    """Words, dates and numbers of one language; *messages* stand in for the catalogue's."""

    def __init__(self, code: str, messages: Mapping[str, str] | None = None) -> None:
        super().__init__(code, messages)
        self.locale = Locale.parse(code, sep="-")
        self.direction = self.locale.text_direction
        # What Babel has written once; a page of history asks for the same day over and over.
        self._units: dict[tuple[int, str], str] = {}
        self._days: dict[datetime.date, str] = {}
        self._times: dict[tuple[int, int, str | None], str] = {}

    def say(self, name: str, /, **values: object) -> str:
        """The message *name* with *values* filled in; *n* chooses among its plural forms.

        Raises LookupError for an unknown name.
        """
        count = values.get("n")
        if name not in self._messages and isinstance(count, int):
            forms = (f"{name}.{self.locale.plural_form(count)}", f"{name}.other")
            name = next((one for one in forms if one in self._messages), name)
            values["n"] = format_decimal(count, locale=self.locale)
        return super().say(name, **values)

    def date(self, day: datetime.date) -> str:
        """*day* in words: `20 November 2026`, in the order of the language."""
        return format_date(day, "long", locale=self.locale)

    def day(self, day: datetime.date) -> str:
        """*day* without its year, short."""
        return format_skeleton("MMMd", day, locale=self.locale)

    def month(self, day: datetime.date) -> str:
        """The month of *day* and its year."""
        return format_skeleton("yMMMM", day, locale=self.locale)

    def month_alone(self, day: datetime.date) -> str:
        """The month of *day* without its year."""
        return format_date(day, "LLLL", locale=self.locale)

    @cached_property
    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """The days of a week in the order of the language: each short, and in full."""
        short = get_day_names("narrow", context="stand-alone", locale=self.locale)
        full = get_day_names("wide", context="stand-alone", locale=self.locale)
        first = self.first_weekday
        return tuple((short[(first + n) % 7], full[(first + n) % 7]) for n in range(7))

    @property
    def first_weekday(self) -> int:
        """The day that a week begins with; Monday is 0."""
        return int(self.locale.first_week_day)

    def moment(self, moment: datetime.datetime, zone: datetime.tzinfo) -> str:
        """*moment* with its day, in *zone*, with the zone's abbreviation."""
        local = moment.astimezone(zone)
        return self._moment_pattern.format(self.time(moment, zone), self._medium(local.date()))

    @cached_property
    def _moment_pattern(self) -> str:
        return str(get_datetime_format("medium", locale=self.locale)).replace("'", "")

    def _medium(self, day: datetime.date) -> str:
        if day not in self._days:
            self._days[day] = format_date(day, "medium", locale=self.locale)
        return self._days[day]

    def time(self, moment: datetime.datetime, zone: datetime.tzinfo) -> str:
        """The time of day of *moment* in *zone*, with the zone's abbreviation."""
        local = moment.astimezone(zone)
        key = (local.hour, local.minute, local.tzname())
        if key not in self._times:
            clock = format_time(local, "HH:mm", locale=self.locale)
            self._times[key] = f"{clock} {local.tzname()}"
        return self._times[key]

    def percent(self, share: Fraction, digits: int = 2) -> str:
        """*share* per cent with *digits* decimals, rounded down, so that 100 % means all of it."""
        whole = Decimal(int(share * 100 * 10**digits)).scaleb(-digits - 2)
        pattern = self.locale.percent_formats[None].pattern
        if digits:
            pattern = pattern.replace("##0", f"##0.{'0' * digits}")
        return format_percent(whole, format=pattern, locale=self.locale)

    def percent_exactly(self, share: Fraction) -> str:
        """*share*, which has at most six decimals, per cent with as many as it has."""
        digits = next(n for n in range(5) if share * 10 ** (n + 2) == int(share * 10 ** (n + 2)))
        return self.percent(share, digits)

    def listing(self, words: Iterable[str]) -> str:
        """*words* as a sentence joins them; each keeps its own direction."""
        is_mixed = self.direction == "rtl"
        kept = [f"\u2068{word}\u2069" if is_mixed else word for word in words]
        return format_list(kept, locale=self.locale)

    def duration(self, seconds: int) -> str:
        """*seconds* in the two largest units that count: `2 hr 10 min`."""
        if seconds < 60:
            return self._unit(seconds, "second")
        minutes = seconds // 60
        parts = (
            ("day", minutes // 1440),
            ("hour", minutes // 60 % 24),
            ("minute", minutes % 60),
        )
        first = next(place for place, (_, count) in enumerate(parts) if count)
        told = [self._unit(count, unit) for unit, count in parts[first : first + 2] if count]
        return " ".join(told)

    def _unit(self, count: int, unit: str) -> str:
        if (count, unit) not in self._units:
            self._units[count, unit] = self._counted(count, unit)
        return self._units[count, unit]

    def _counted(self, count: int, unit: str) -> str:
        name = f"duration-{unit}"
        number = format_decimal(count, locale=self.locale)
        told = format_unit(count, name, length="short", locale=self.locale)
        if told == f"{number} {get_unit_name(name, length='short', locale=self.locale)}":
            # Where one form serves all numbers, Babel has it for the many alone.
            told = format_unit(_MANY, name, length="short", locale=self.locale)
            told = told.replace(str(_MANY), number)
        return told
