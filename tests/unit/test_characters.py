"""Tests of forbidden and invisible characters."""

import sys
import unicodedata

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
