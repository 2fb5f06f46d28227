"""The words of the page and the way dates, times and numbers are written in a language."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from string import Formatter

from babel import Locale
from babel.core import UnknownLocaleError, get_global
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

from statusgen import catalogue
from statusgen.problems import instead, listed, quoted

_CATEGORIES = ("zero", "one", "two", "few", "many", "other")  # of plurals, in CLDR
_MANY = 100
_COUNTED = 1000  # whole numbers from 0 that show every plural form a page may need


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with another wording of a message: with its name, or with its text."""

    message: str
    is_of_name: bool = False


def catalogue_of(code: str) -> str | None:
    """The catalogue that speaks *code* (BCP 47): its own or, as for `en-GB`, that of the language.

    The region then still decides how dates and numbers are written. None if there is none, as for
    a language in a script that no catalogue has.
    """
    try:
        locale = Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    likely = get_global("likely_subtags")
    whole = likely.get(str(locale)) or likely.get(locale.language) or str(locale)
    script = locale.script or Locale.parse(whole).script
    candidates = (code, f"{locale.language}-{script}", locale.language)
    return next((one for one in candidates if one in catalogue.languages()), None)


def names(code: str) -> tuple[str, ...]:
    """The names of all messages in the language *code*: plural forms are those that it has."""
    forms = _forms(code)
    found: dict[str, None] = {}
    for name in catalogue.messages(catalogue.ORIGINAL):
        base = name.rpartition(".")[0]
        found.update(
            dict.fromkeys([f"{base}.{form}" for form in forms] if _counts(name) else [name])
        )
    return tuple(found)


def fault(name: str, text: str, code: str) -> Fault | None:
    """What is wrong with *text* as a wording of the message *name* in *code*, or None."""
    if name not in names(code):
        what = f"{quoted(name)} is not a message of the page; {_instead(name, names(code))}"
        return Fault(message=what, is_of_name=True)
    try:
        fields = list(Formatter().parse(text))
    except ValueError:
        return Fault(message="a brace stands alone; write '{{' or '}}' for a brace")
    if any(spec or conversion for _, _, spec, conversion in fields):
        return Fault(message="there is more than a name in braces; write only the name")
    if not text:
        return Fault(message="the text is empty; write some, or leave the message out")
    used = placeholders(text)
    allowed = placeholders(_original(name))
    if used <= allowed:
        return None
    what = f"{quoted('{' + min(used - allowed) + '}')} is not filled in here"
    words = ["{" + word + "}" for word in sorted(allowed)]
    return Fault(message=f"{what}; {f'write {listed(words)}' if words else 'leave it out'}")


def placeholders(message: str) -> set[str]:
    """The names in braces that *message* has filled in."""
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


def _counts(name: str) -> bool:
    """Whether the English message *name* is a form of one that counts."""
    base, _, form = name.rpartition(".")
    return form in _CATEGORIES and f"{base}.other" in catalogue.messages(catalogue.ORIGINAL)


def _original(name: str) -> str:
    """The English of *name*; all forms of a message that counts are filled in alike."""
    english = catalogue.messages(catalogue.ORIGINAL)
    return english.get(f"{name.rpartition('.')[0]}.other") or english[name]


@cache
def _forms(code: str) -> tuple[str, ...]:
    """The plural forms of whole numbers in *code*; some languages keep one for millions alone."""
    form_of = Locale.parse(code, sep="-").plural_form
    found = {form_of(count) for count in range(_COUNTED)}
    return tuple(form for form in _CATEGORIES if form in found)


def _instead(name: str, known: Iterable[str]) -> str:
    close = instead(name, known)
    return close if close.startswith("did") else "the README lists them"


class Language:
    """Words, dates and numbers of one language; *messages* stand in for the catalogue's."""

    def __init__(self, code: str, messages: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.locale = Locale.parse(code, sep="-")
        self.direction = self.locale.text_direction
        spoken = catalogue.messages(catalogue_of(code) or catalogue.ORIGINAL)
        self._messages = {**spoken, **(messages or {})}
        # What Babel has written once; a page of history asks for the same day over and over.
        self._units: dict[tuple[int, str], str] = {}
        self._days: dict[datetime.date, str] = {}
        self._times: dict[tuple[int, int, str | None], str] = {}

    def say(self, name: str, /, **values: object) -> str:
        """The message *name* with *values* filled in; *n* chooses among its plural forms.

        Raises LookupError for an unknown name.
        """
        found = self._messages.get(name)
        count = values.get("n")
        if found is None and isinstance(count, int):
            form = self.locale.plural_form(count)
            found = self._messages.get(f"{name}.{form}") or self._messages.get(f"{name}.other")
            values["n"] = format_decimal(count, locale=self.locale)
        if found is None:
            raise LookupError(
                f"{quoted(name)} is not a message of the page; {_instead(name, self._messages)}"
            )
        return found.format(**values)

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
