"""Messages, dates, times and numbers in one language."""

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
_SKELETONS = ("MMMd", "yMMMM")


class Language(Words):
    """Messages, dates and numbers in one language; *messages* override the catalogue's."""

    def __init__(self, code: str, messages: Mapping[str, str] | None = None) -> None:
        super().__init__(code, messages)
        self.locale = Locale.parse(code, sep="-")
        self.direction = self.locale.text_direction
        # Caches of Babel's output, since a history page formats the same day many times.
        self._units: dict[tuple[int, str], str] = {}
        self._days: dict[tuple[str, datetime.date], str] = {}
        self._times: dict[tuple[int, int, str | None], str] = {}
        self._percentages: dict[tuple[int, int], str] = {}

    def say(self, name: str, /, **values: object) -> str:
        """Return the message *name* with *values* filled in; *n* selects the plural form.

        Raises LookupError for an unknown name.
        """
        count = values.get("n")
        if name not in self._messages and isinstance(count, int):
            forms = (f"{name}.{self.locale.plural_form(count)}", f"{name}.other")
            name = next((form for form in forms if form in self._messages), name)
            values["n"] = format_decimal(count, locale=self.locale)
        return super().say(name, **values)

    def date(self, day: datetime.date) -> str:
        """Return *day* in long form, such as `20 November 2026`."""
        return self._day("long", day)

    def day(self, day: datetime.date) -> str:
        """Return *day* in short form without the year."""
        return self._day("MMMd", day)

    def month(self, day: datetime.date) -> str:
        """Return the month and year of *day*."""
        return self._day("yMMMM", day)

    def month_short(self, day: datetime.date) -> str:
        """Return the month of *day* in short form, without its year."""
        return self._day("LLL", day)

    def month_alone(self, day: datetime.date) -> str:
        """Return the month of *day* without its year."""
        return self._day("LLLL", day)

    @cached_property
    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """The weekdays in the language's order, each as a short and a full name."""
        short = get_day_names("narrow", context="stand-alone", locale=self.locale)
        full = get_day_names("wide", context="stand-alone", locale=self.locale)
        first = self.first_weekday
        return tuple((short[(first + n) % 7], full[(first + n) % 7]) for n in range(7))

    @property
    def first_weekday(self) -> int:
        """The first day of the week; Monday is 0."""
        return int(self.locale.first_week_day)

    def moment(self, moment: datetime.datetime, zone: datetime.tzinfo) -> str:
        """Return the date and time of *moment* in *zone*, with the zone's abbreviation."""
        local = moment.astimezone(zone)
        return self._moment_pattern.format(
            self.time(moment, zone), self._day("medium", local.date())
        )

    def moment_without_year(self, moment: datetime.datetime, zone: datetime.tzinfo) -> str:
        """Return the same as `moment` without the year, for pages on which everything is recent."""
        day = self.day(moment.astimezone(zone).date())
        return self._moment_pattern.format(self.time(moment, zone), day)

    @cached_property
    def _moment_pattern(self) -> str:
        return str(get_datetime_format("medium", locale=self.locale)).replace("'", "")

    def _day(self, form: str, day: datetime.date) -> str:
        """Return *day* in *form*: the name or pattern of a format, or a skeleton."""
        if (form, day) not in self._days:
            self._days[form, day] = (
                format_skeleton(form, day, locale=self.locale)
                if form in _SKELETONS
                else format_date(day, form, locale=self.locale)
            )
        return self._days[form, day]

    def time(self, moment: datetime.datetime, zone: datetime.tzinfo) -> str:
        """Return the time of day of *moment* in *zone*, with the zone's abbreviation."""
        local = moment.astimezone(zone)
        key = (local.hour, local.minute, local.tzname())
        if key not in self._times:
            clock = format_time(local, "HH:mm", locale=self.locale)
            self._times[key] = f"{clock} {local.tzname()}"
        return self._times[key]

    def percent(self, share: Fraction, digits: int = 2) -> str:
        """Return *share* as a percentage with *digits* decimal places.

        It is rounded down, so that only a share of 1 is shown as 100 %.
        """
        whole = int(share * 100 * 10**digits)
        if (whole, digits) not in self._percentages:
            self._percentages[whole, digits] = self._percentage(whole, digits)
        return self._percentages[whole, digits]

    def _percentage(self, whole: int, digits: int) -> str:
        """Return *whole*, a number of the smallest unit that *digits* decimal places can show."""
        pattern = self.locale.percent_formats[None].pattern
        if digits:
            pattern = pattern.replace("##0", f"##0.{'0' * digits}")
        share = Decimal(whole).scaleb(-digits - 2)
        return format_percent(share, format=pattern, locale=self.locale)

    def percent_exactly(self, share: Fraction) -> str:
        """Return *share*, which has at most six decimal places, as an exact percentage."""
        digits = next(n for n in range(5) if share * 10 ** (n + 2) == int(share * 10 ** (n + 2)))
        return self.percent(share, digits)

    def listing(self, words: Iterable[str]) -> str:
        """Join *words* as in a sentence; each keeps its own text direction."""
        is_mixed = self.direction == "rtl"
        isolated = [f"\u2068{word}\u2069" if is_mixed else word for word in words]
        return format_list(isolated, locale=self.locale)

    def duration(self, seconds: int) -> str:
        """Return *seconds* in up to two units, starting with the largest: `2 hr 10 min`."""
        if seconds < 60:
            return self._unit(seconds, "second")
        minutes = seconds // 60
        parts = (
            ("day", minutes // 1440),
            ("hour", minutes // 60 % 24),
            ("minute", minutes % 60),
        )
        first = next(index for index, (_, count) in enumerate(parts) if count)
        shown = [self._unit(count, unit) for unit, count in parts[first : first + 2] if count]
        return " ".join(shown)

    def _unit(self, count: int, unit: str) -> str:
        if (count, unit) not in self._units:
            self._units[count, unit] = self._counted(count, unit)
        return self._units[count, unit]

    def _counted(self, count: int, unit: str) -> str:
        name = f"duration-{unit}"
        number = format_decimal(count, locale=self.locale)
        text = format_unit(count, name, length="short", locale=self.locale)
        if text == f"{number} {get_unit_name(name, length='short', locale=self.locale)}":
            # If a language has one form for all numbers, Babel has it only under "other".
            text = format_unit(_MANY, name, length="short", locale=self.locale)
            text = text.replace(str(_MANY), number)
        return text
