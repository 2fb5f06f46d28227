"""Tests of the message catalogues: completeness, form and plurals."""

import re
from fractions import Fraction

import pytest
from babel.core import Locale
from babel.localedata import locale_identifiers

from statusgen.i18n import catalogue, messages
from statusgen.i18n.language import Language
from tests.conftest import ROOT
from tests.support import examples

CODES = catalogue.languages()
OTHERS = [code for code in CODES if code != "en"]
ENGLISH = catalogue.messages("en")
# The plural forms of each catalogue, where they are not `one` and `other`. This table is ours: a
# new release of CLDR may have more, for which the page uses `other`.
FORMS = {
    "ar": ("zero", "one", "two", "few", "many", "other"),
    "cs": ("one", "few", "other"),
    "he": ("one", "two", "other"),
    "pl": ("one", "few", "many", "other"),
    "ro": ("one", "few", "other"),
    "ru": ("one", "few", "many", "other"),
    "uk": ("one", "few", "many", "other"),
    **dict.fromkeys(("id", "ja", "ko", "vi", "zh-Hans"), ("other",)),
}
# Messages that may equal the English ones, such as names, signs and loanwords.
KEPT = re.compile(r"year|page\.title|days\.day|days\.day_for|feed\.of")


def test_the_page_speaks_many_languages() -> None:
    """There are more than twenty languages, and at least one is written from right to left."""
    assert len(CODES) >= 20
    assert {"ar", "he"} & set(CODES)


def test_every_code_of_a_language_has_a_catalogue_or_none() -> None:
    """Every code in CLDR is accepted, even `no`, whose likely locale Babel lacks."""
    codes = [code.replace("_", "-") for code in (*locale_identifiers(), "no", "no-NO", "nn")]
    found = {messages.catalogue_of(code) for code in codes}

    assert {*CODES, None} == found


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_has_every_message_and_no_other(code: str) -> None:
    """Every catalogue has all messages, with each plural form in the table, and no others."""
    forms = FORMS.get(code, ("one", "other"))
    expected: dict[str, None] = {}
    for name in ENGLISH:
        base, _, form = name.rpartition(".")
        counts = form in ("one", "other")
        expected.update(dict.fromkeys([f"{base}.{one}" for one in forms] if counts else [name]))

    assert list(expected) == list(catalogue.messages(code))


@pytest.mark.parametrize("code", CODES)
def test_a_plural_form_that_only_cldr_knows_may_be_given(code: str) -> None:
    """Settings may override each plural form in the catalogue and in any release of CLDR."""
    cldr = {Locale.parse(code, sep="-").plural_form(count) for count in range(200)}
    named = {name.removeprefix("days.bad.") for name in messages.names(code) if "days.bad." in name}

    assert {*cldr, *FORMS.get(code, ("one", "other"))} <= named


@pytest.mark.parametrize("code", CODES)
def test_a_plural_form_that_a_catalogue_lacks_is_said_as_other(code: str) -> None:
    """A plural category that a new release of CLDR adds does not break a build."""
    spoken = Language(code)
    only_other = Language(code, {"days.mine.other": "{n} days"})

    assert all(spoken.say("days.bad", n=n) for n in range(200))
    assert only_other.say("days.mine", n=1).endswith(" days")


@pytest.mark.parametrize("code", CODES)
def test_every_message_is_well_formed(code: str) -> None:
    """Braces contain only the placeholders that a message supports."""
    faults = [
        messages.message_problem(name, text, code)
        for name, text in catalogue.messages(code).items()
    ]

    assert [] == [fault for fault in faults if fault]


@pytest.mark.parametrize("code", CODES)
def test_translation_keeps_placeholders(code: str) -> None:
    """A translation uses all placeholders of the English message, except the count in `.one`."""
    lost = []
    for name, text in catalogue.messages(code).items():
        base, _, form = name.rpartition(".")
        wanted = messages.placeholders(ENGLISH.get(f"{base}.other") or ENGLISH[name])
        if form in ("zero", "one", "two"):
            wanted -= {"n"}
        lost += [name for word in wanted if word not in messages.placeholders(text)]

    assert [] == lost


@pytest.mark.parametrize("code", OTHERS)
def test_messages_are_translated(code: str) -> None:
    """Only the listed messages may equal the English ones."""
    messages = catalogue.messages(code)
    same = [
        name
        for name, text in messages.items()
        if ENGLISH.get(name) == text and not KEPT.match(name)
    ]

    assert len(same) <= 8, same


@pytest.mark.parametrize("code", CODES)
def test_texts_have_no_stray_space_or_sign(code: str) -> None:
    """No message begins or ends with a space, has two in a row, or contains markup."""
    stray = re.compile(r"^\s|\s$|\s{2}|[<>\t\n]")

    assert [] == [text for text in catalogue.messages(code).values() if stray.search(text)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("en", ["one", "other", "other", "other"], id="english"),
        pytest.param("ru", ["one", "few", "many", "one"], id="russian"),
        pytest.param("ar", ["one", "two", "many", "many"], id="arabic"),
        pytest.param("ja", ["other", "other", "other", "other"], id="japanese"),
    ],
)
def test_a_count_takes_the_form_of_its_language(code: str, expected: list[str]) -> None:
    """Plurals follow CLDR: Russian uses the same form for 21 and 1, and Arabic has one for 2."""
    spoken = Language(code, {f"days.bad.{form}": form for form in {*expected, "other"}})

    assert expected == [spoken.say("days.bad", n=n) for n in (1, 2, 11, 21)]


@pytest.mark.parametrize("code", CODES)
def test_a_site_is_built_in_every_language(code: str) -> None:
    """The front page has the configured language, with its direction and its messages."""
    settings = (ROOT / "statusgen.yml").read_text("utf-8")
    files = {"statusgen.yml": settings.replace("language: en", f"language: {code}")}
    for path in (ROOT / "incidents").rglob("*.md"):
        files[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
    page = examples.made(files).text("index.html")
    direction = "rtl" if code in ("ar", "he") else "ltr"

    assert f'<html lang="{code}" dir="{direction}">' in page
    assert catalogue.messages(code)["banner.partial"] in page


def test_a_region_decides_how_dates_are_written() -> None:
    """`en-GB` has the messages from `en`, and British dates."""
    british, english = Language("en-GB"), Language("en")

    assert british.say("services") == english.say("services")
    assert british.say("days.bad", n=2) == english.say("days.bad", n=2)


def test_numbers_are_written_as_the_language_does() -> None:
    """The decimal separator and the position of the percent sign follow the language."""
    written = [Language(code).percent(Fraction(9995, 10000)) for code in ("en", "de", "tr")]

    assert ["99.95%", "99,95\xa0%", "%99,95"] == written
