"""The words of the page in a language, and what is wrong with another wording of them.

`language` adds to them how dates and numbers are written. Who needs only words does not load that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter

from babel.core import Locale, UnknownLocaleError, get_global

from statusgen.i18n import catalogue
from statusgen.problems import instead, one_of, quoted

_CATEGORIES = ("zero", "one", "two", "few", "many", "other")  # of plurals, in CLDR
_COUNTED = 1000  # whole numbers from 0 that show every plural form a page may need


@dataclass(frozen=True, kw_only=True)
class MessageProblem:
    """What is wrong with another wording of a message: with its name, or with its text."""

    message: str
    is_of_name: bool = False


def catalogue_of(code: str) -> str | None:
    """The catalogue that speaks *code* (BCP 47): its own or, as for `en-GB`, that of the language.

    The region then still decides how dates and numbers are written. None if there is none, as for
    a language in a script that no catalogue has.
    """
    if code in catalogue.languages():
        return code
    likely = get_global("likely_subtags")
    try:
        locale = Locale.parse(code, sep="-")
        whole = likely.get(str(locale)) or likely.get(locale.language) or str(locale)
        script = locale.script or Locale.parse(whole).script
    except (ValueError, UnknownLocaleError):  # The likely one of "no" is not known, either.
        return None
    candidates = (f"{locale.language}-{script}", locale.language)
    return next((one for one in candidates if one in catalogue.languages()), None)


def names(code: str) -> tuple[str, ...]:
    """Return the names of all messages in the language *code*.

    A message that counts has one for each plural form that its catalogue or CLDR knows. CLDR adds
    forms to a language now and then; what a catalogue lacks falls back to `.other`.
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
    """What is wrong with *text* as a wording of the message *name* in *code*, or None."""
    if name not in names(code):
        what = f"{quoted(name)} is not a message of the page; {_instead(name, names(code))}"
        return MessageProblem(message=what, is_of_name=True)
    try:
        fields = list(Formatter().parse(text))
    except ValueError:
        return MessageProblem(message="a brace stands alone; write '{{' or '}}' for a brace")
    if any(spec or conversion for _, _, spec, conversion in fields):
        return MessageProblem(message="there is more than a name in braces; write only the name")
    if not text:
        return MessageProblem(message="the text is empty; write some, or leave the message out")
    used = placeholders(text)
    allowed = placeholders(_original(name))
    if used <= allowed:
        return None
    what = f"{quoted('{' + min(used - allowed) + '}')} is not filled in here"
    words = ["{" + word + "}" for word in sorted(allowed)]
    return MessageProblem(message=f"{what}; {one_of(words)}")


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
    """Return the plural forms of whole numbers in *code*, of which some are for millions alone."""
    form_of = Locale.parse(code, sep="-").plural_form
    found = {"other", *(form_of(count) for count in range(_COUNTED))}
    for name in catalogue.messages(catalogue_of(code) or catalogue.ORIGINAL):
        found.add(name.rpartition(".")[2])
    return tuple(form for form in _CATEGORIES if form in found)


def _instead(name: str, known: Iterable[str]) -> str:
    close = instead(name, known)
    return close if close.startswith("did") else "the README lists them"


class Words:
    """The words of one language; *messages* stand in for the catalogue's."""

    def __init__(self, code: str, messages: Mapping[str, str] | None = None) -> None:
        self.code = code
        self._messages = {
            **catalogue.messages(catalogue_of(code) or catalogue.ORIGINAL),
            **(messages or {}),
        }

    def say(self, name: str, /, **values: object) -> str:
        """The message *name* with *values* filled in.

        Raises LookupError for an unknown name.
        """
        found = self._messages.get(name)
        if found is None:
            raise LookupError(
                f"{quoted(name)} is not a message of the page; {_instead(name, self._messages)}"
            )
        return found.format(**values)
