"""Tests of forbidden and invisible characters."""

import sys
import unicodedata

import pytest

from statusgen import characters


def is_char_of_xml(code: int) -> bool:
    """Return whether *code* is a "Char" of XML 1.0."""
    ranges = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
    return code in (0x9, 0xA, 0xD) or any(first <= code <= last for first, last in ranges)


def test_no_output_carries_control_characters_and_what_xml_cannot() -> None:
    """Exactly the characters that XML excludes, controls and line separators are rejected."""
    kept = {"\t", "\n", "\r"}
    expected = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if not is_char_of_xml(ord(character))
        or (unicodedata.category(character) in ("Cc", "Zl", "Zp") and character not in kept)
    ]

    assert expected == [
        one for one in map(chr, range(sys.maxunicode + 1)) if characters.forbidden(one)
    ]


def test_hidden_characters_are_left_out() -> None:
    """Controls, invisible characters and bidirectional controls are removed, and no others."""
    text = "a\x00b\x7f\u202ec\u200b\ud800\ufeff\U000e0041 \t\n👩\u200d💻 e\u0301"

    assert "abc \t\n👩\u200d💻 e\u0301" == characters.without_hidden(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\u00a0b", ("a b", "\u00a0", " "), id="no-break-space"),
        pytest.param("a\u3000", ("a", "\u3000", ""), id="space-at-the-end"),
        pytest.param("1\u22122\u20133", ("1-2-3", "\u2212", "-"), id="minus-and-dash"),
        pytest.param("\uff1a\uff0c\u3001", (":,,", "\uff1a", ":"), id="fullwidth"),
        pytest.param("\u0662\uff16", ("26", "\u0662", "2"), id="digits"),
        pytest.param("a\u200bb", ("ab", "\u200b", ""), id="invisible"),
        pytest.param("\u00e4 b", None, id="letter"),
        pytest.param("a - b", None, id="ascii"),
    ],
)
def test_look_alikes_of_ascii_are_corrected(
    text: str, expected: tuple[str, str, str] | None
) -> None:
    """A text gets the ASCII that it looks like, and the first wrong character is named."""
    actual = characters.correction(text)

    assert expected == (actual and tuple(actual))


def test_accents_are_joined_to_their_letters() -> None:
    """A decomposed text is composed, and its first accent is named; Hangul has none."""
    assert ("gr\u00f6\u00dfe", "\u0308", "") == characters.composed("gro\u0308\u00dfe")
    assert ("\uac00", "\u1100", "") == characters.composed("\u1100\u1161")
