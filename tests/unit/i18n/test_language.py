"""Tests of messages, dates, numbers and durations in a language."""

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from statusgen.i18n import messages
from statusgen.i18n.language import Language
from statusgen.system.installed_versions import PICTURE_ENDINGS
from tests.conftest import ROOT

ENGLISH = messages.names("en")
BINARY = (".pyc", *PICTURE_ENDINGS)
SAID = re.compile(r"\b(?:say|self\.say)\(\s*f?[\"']([a-z_.]*)")


def said() -> set[str]:
    """Return every message name, or prefix of one, in templates and code."""
    paths = [*(ROOT / "templates").rglob("*.*"), *(ROOT / "statusgen").rglob("*.py")]
    texts = (path.read_text(encoding="utf-8") for path in paths if path.suffix not in BINARY)
    found = {name for text in texts for name in SAID.findall(text)}
    # Selected in the call or in a table.
    prefixes = {"banner.", "clock.", "standard.", "search.", "page."}
    return found | prefixes | {"days.none", "days.unknown", "copied"}


def single(name: str) -> str:
    """Return the name that code uses for a message, without its plural form."""
    base, _, form = name.rpartition(".")
    return base if form in ("one", "other") else name


def test_every_message_is_said_somewhere() -> None:
    """Every message is used, so that no translation is wasted."""
    asked = said()
    heads = tuple(name for name in asked if name.endswith("."))

    unsaid = [single(name) for name in ENGLISH if single(name) not in asked]

    assert [] == [name for name in unsaid if not name.startswith(heads)]


def test_everything_said_is_a_message() -> None:
    """Every message that templates or code use has an English text."""
    names = {name for name in said() if not name.endswith(".")}

    assert set() == names - {single(name) for name in ENGLISH}


@pytest.mark.parametrize(
    ("share", "digits", "expected"),
    [
        pytest.param(Fraction(1), 2, "100.00%", id="all"),
        pytest.param(Fraction(999999, 1000000), 2, "99.99%", id="rounded-down"),
        pytest.param(Fraction(57, 100), 0, "57%", id="no-float-is-involved"),
        pytest.param(Fraction(0), 2, "0.00%", id="nothing"),
        pytest.param(Fraction(905, 10000), 2, "9.05%", id="a-zero-after-the-point"),
    ],
)
def test_a_share_is_rounded_down(share: Fraction, digits: int, expected: str) -> None:
    """Percentages are rounded down, so that only a share of 1 is 100."""
    assert expected == Language("en").percent(share, digits)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(0, "0 sec", id="nothing"),
        pytest.param(59, "59 sec", id="under-a-minute"),
        pytest.param(60, "1 min", id="a-minute"),
        pytest.param(3599, "59 min", id="under-an-hour"),
        pytest.param(7800, "2 hr 10 min", id="hours-and-minutes"),
        pytest.param(7200, "2 hr", id="whole-hours"),
        pytest.param(86_400 + 60, "1 day", id="minutes-do-not-count-beside-days"),
        pytest.param(90_000, "1 day 1 hr", id="days-and-hours"),
    ],
)
def test_a_duration_has_two_units(seconds: int, expected: str) -> None:
    """A duration has its two largest units, unless the second is zero."""
    assert expected == Language("en").duration(seconds)


def test_a_moment_has_the_abbreviation_of_its_zone() -> None:
    """A time on the page has its time zone's abbreviation, in summer and winter."""
    rome = ZoneInfo("Europe/Rome")
    moments = (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC))

    written = [Language("en").moment(moment, rome) for moment in moments]

    assert ["Jul 1, 2026, 14:00 CEST", "Dec 1, 2026, 13:00 CET"] == written


def test_another_wording_stands_for_the_original() -> None:
    """`messages` changes one message and no others."""
    language = Language("en", {"severity.none": "Works"})

    assert ("Works", "Major outage") == (
        language.say("severity.none"),
        language.say("severity.major"),
    )


def test_days_and_months_are_written_out() -> None:
    """A heading has the name of its month, or of its day and month."""
    language = Language("en")

    assert "November 20, 2026" == language.date(date(2026, 11, 20))
    assert "November 2026" == language.month(date(2026, 11, 1))
