"""Page messages in one language, and validation of the messages that a site overrides.

`language` adds dates and numbers. It takes longer to load, so code that needs only messages imports
this module.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter

from babel.core import Locale, UnknownLocaleError, get_global

from statusgen.i18n import catalogue
from statusgen.problems import instead, one_of, quoted

_CATEGORIES = ("zero", "one", "two", "few", "many", "other")  # CLDR plural categories
# Norwegian without its written form, and codes of countries that no language has.
_MISTAKEN_CODES = {
    "no": "nb",
    "norwegian": "nb",
    "cz": "cs",
    "dk": "da",
    "gr": "el",
    "jp": "ja",
    "ua": "uk",
}
_COUNTED = 1000  # Integers below this cover every plural form that a page may need.


@dataclass(frozen=True, kw_only=True)
class MessageProblem:
    """A problem with the name or the text of a message that a site overrides."""

    message: str
    is_of_name: bool = False


def catalogue_of(code: str) -> str | None:
    """Return the name of the catalogue for *code* (BCP 47), such as `en` for `en-GB`.

    The region still decides the format of dates and numbers. Returns None if no catalogue is in
    that language and script.
    """
    if code in catalogue.languages():
        return code
    likely = get_global("likely_subtags")
    try:
        locale = Locale.parse(code, sep="-")
        whole = likely.get(str(locale)) or likely.get(locale.language) or str(locale)
        script = locale.script or Locale.parse(whole).script
    except (ValueError, UnknownLocaleError):  # Babel lacks the likely locale of "no".
        return None
    candidates = (f"{locale.language}-{script}", locale.language)
    return next((name for name in candidates if name in catalogue.languages()), None)


def parse_language(typed: str) -> str:
    """Return the language code *typed*; raises ValueError with a remedy if it is not supported."""
    if catalogue_of(typed) is not None:
        return typed
    close = suggested_language(typed)
    remedy = f"did you mean '{close}'?" if close else one_of(catalogue.languages())
    raise ValueError(f"{quoted(typed)} is not a supported language; {remedy}")


def suggested_language(typed: str) -> str | None:
    """Return the supported code that *typed* probably means, or None.

    *typed* may be a locale such as `pt_BR` or `en_US.UTF-8`, an old code such as `iw`, or the name
    of a language. Similar codes mean other languages, and zh-Hant is not zh-Hans.
    """
    language, *rest = re.split("[-_]", typed.strip().partition(".")[0].partition("@")[0])
    aliases = {**get_global("language_aliases"), **_MISTAKEN_CODES}
    first = aliases.get(language.lower(), language.lower())
    parts = [part.title() if len(part) == 4 else part.upper() for part in rest]
    code = "-".join([first, *parts])
    if code != typed and catalogue_of(code) is not None:
        return code
    named = typed.strip().casefold()
    for code in catalogue.languages():
        locale = Locale.parse(code, sep="-")
        if named in (str(locale.english_name).casefold(), str(locale.display_name).casefold()):
            return code
    return None


def names(code: str) -> tuple[str, ...]:
    """Return the names of all messages in the language *code*.

    A message with a count has one name per plural form in the catalogue or in CLDR. CLDR
    occasionally adds forms to a language; one that the catalogue lacks falls back to `.other`.
    """
    forms = _forms(code)
    found: dict[str, None] = {}
    for name in catalogue.messages(catalogue.ORIGINAL):
        base = name.rpartition(".")[0]
        found.update(
            dict.fromkeys([f"{base}.{form}" for form in forms] if _counts(name) else [name])
        )
    return tuple(found)


def message_problem(name: str, text: str, code: str) -> MessageProblem | None:
    """Return the problem with *text* as the message *name* in the language *code*, or None."""
    if name not in names(code):
        return MessageProblem(message=_unknown(name, names(code)), is_of_name=True)
    try:
        fields = list(Formatter().parse(text))
    except ValueError:
        return MessageProblem(message="unmatched brace; write '{{' or '}}' for a literal brace")
    if any(spec or conversion for _, _, spec, conversion in fields):
        return MessageProblem(message="braces contain more than a name; write only the name")
    if not text:
        return MessageProblem(message="the text is empty; write one, or remove the message")
    used = placeholders(text)
    allowed = placeholders(_original(name))
    if used <= allowed:
        return None
    what = f"unknown placeholder {quoted('{' + min(used - allowed) + '}')}"
    words = ["{" + word + "}" for word in sorted(allowed)]
    return MessageProblem(message=f"{what}; {one_of(words)}")


def placeholders(message: str) -> set[str]:
    """Return the names of the placeholders in *message*."""
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}


def _counts(name: str) -> bool:
    """Return whether the English message *name* is a plural form of a message with a count."""
    base, _, form = name.rpartition(".")
    return form in _CATEGORIES and f"{base}.other" in catalogue.messages(catalogue.ORIGINAL)


def _original(name: str) -> str:
    """Return the English text of the message *name*; if it has a count, the `.other` form."""
    english = catalogue.messages(catalogue.ORIGINAL)
    return english.get(f"{name.rpartition('.')[0]}.other") or english[name]


@cache
def _forms(code: str) -> tuple[str, ...]:
    """Return the plural forms that *code* has for integers, and those in its catalogue.

    Some forms in a catalogue apply only to numbers too large to be tried here, such as millions.
    """
    form_of = Locale.parse(code, sep="-").plural_form
    found = {"other", *(form_of(count) for count in range(_COUNTED))}
    for name in catalogue.messages(catalogue_of(code) or catalogue.ORIGINAL):
        found.add(name.rpartition(".")[2])
    return tuple(form for form in _CATEGORIES if form in found)


def _unknown(name: str, known: Iterable[str]) -> str:
    remedy = instead(name, known)
    if not remedy.startswith("did"):
        remedy = "see the list of messages in the documentation"
    return f"unknown message {quoted(name)}; {remedy}"


class Words:
    """Messages in one language; *messages* override the catalogue's."""

    def __init__(self, code: str, messages: Mapping[str, str] | None = None) -> None:
        self.code = code
        self._messages = {
            **catalogue.messages(catalogue_of(code) or catalogue.ORIGINAL),
            **(messages or {}),
        }

    def say(self, name: str, /, **values: object) -> str:
        """Return the message *name* with *values* filled in.

        Raises LookupError for an unknown name.
        """
        message = self._messages.get(name)
        if message is None:
            raise LookupError(_unknown(name, self._messages))
        return message.format(**values)

    def plural_forms(self, name: str) -> dict[str, str]:
        """Return the message *name*, which has a count, by plural form, without values."""
        forms = {form: f"{name}.{form}" for form in _CATEGORIES}
        return {form: self._messages[key] for form, key in forms.items() if key in self._messages}
