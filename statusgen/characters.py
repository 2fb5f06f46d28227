"""Characters that pages, feeds and terminals cannot show safely, and how to escape them."""

import re
import unicodedata
from typing import NamedTuple

# Characters outside XML 1.0 "Char" (https://www.w3.org/TR/xml/#charsets), plus control characters
# and line breaks: DEL and C1, U+0085 and U+2028/2029. Tab, LF and CR are allowed. The
# complement, with ^, takes ten times as long to compile.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)

_USUAL = b"\t\n\r" + bytes(range(0x20, 0x7F))  # nearly all texts contain only these

# Characters that change the text direction (UAX #9), and zero-width characters. U+200D joins emoji
# and some scripts need U+200C, so these two are allowed.
_INVISIBLE = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\U000e0000-\U000e007f]"
)

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")  # alphabets with look-alike letters

# Punctuation that is neither a dash nor fullwidth: commas, full stops and colons.
_LOOK_ALIKES = {
    "\u060c": ",",
    "\u3001": ",",
    "\ufe50": ",",
    "\u3002": ".",
    "\ufe52": ".",
    "\u2236": ":",
    "\ua789": ":",
    "\ufe55": ":",
    "\u2212": "-",
}


class Correction(NamedTuple):
    """A corrected *text*, and the first *wrong* character with its replacement *plain*.

    *plain* is empty if the character has to be removed.
    """

    text: str
    wrong: str
    plain: str

    @property
    def replacement(self) -> str:
        """The name of the character to type instead."""
        return "a space" if self.plain == " " else f"'{self.plain}'"

    @property
    def remedy(self) -> str:
        """The remedy, which follows the name of the wrong character."""
        return f"replace it with {self.replacement}" if self.plain else "remove it"

    @property
    def difference(self) -> str:
        """The difference between the corrected text and the wrong one."""
        name = describe(self.wrong)
        return f"with {self.replacement} in place of {name}" if self.plain else f"without {name}"


def forbidden(text: str) -> re.Match[str] | None:
    """Return the first character in *text* that output formats cannot represent, or None."""
    if text.isascii() and not text.encode().translate(None, _USUAL):
        return None
    return _FORBIDDEN.search(text)


def replaced(text: str) -> str:
    """Return *text* with each forbidden character replaced by U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text) if forbidden(text) else text


def invisible(text: str) -> re.Match[str] | None:
    """Return the first invisible or direction-changing character in *text*, or None."""
    return None if text.isascii() else _INVISIBLE.search(text)


def without_hidden(text: str) -> str:
    """Return *text* without forbidden and invisible characters."""
    return _INVISIBLE.sub("", _FORBIDDEN.sub("", text))


def describe(character: str) -> str:
    """Return the code point and name of *character*: ``U+200B ZERO WIDTH SPACE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def correction(text: str) -> Correction | None:
    """Return *text* with the ASCII characters that it resembles, or None if it has them already.

    Covers spaces, dashes, digits and fullwidth characters; invisible characters are removed.
    """
    if text.isascii():
        return None
    corrected = "".join(map(_look_alike, text)).strip()
    wrong = next((one for one in text if _look_alike(one) != one), None)
    if wrong is None:
        return None
    is_inside = wrong in text.strip()  # White space at an end is superfluous.
    return Correction(corrected, wrong, _look_alike(wrong) if is_inside else "")


def composed(text: str) -> Correction:
    """Return *text* with each letter and its accents as one character (Unicode NFC)."""
    whole = unicodedata.normalize("NFC", text)
    accent = next((one for one in text if unicodedata.combining(one)), "")
    different = next((one for one, other in zip(text, whole, strict=False) if one != other), "")
    return Correction(whole, accent or different, "")


def _look_alike(character: str) -> str:
    """Return the ASCII that looks like *character*, or *character* itself."""
    if character.isascii():
        return character
    if _INVISIBLE.match(character):
        return ""
    kind = unicodedata.category(character)
    if kind in ("Zs", "Pd"):
        return " " if kind == "Zs" else "-"
    if kind == "Nd":
        return str(unicodedata.digit(character))
    if "\uff01" <= character <= "\uff5e":
        return unicodedata.normalize("NFKC", character)
    return _LOOK_ALIKES.get(character, character)


def mixed_word(text: str) -> str | None:
    """Return the first word in *text* that mixes look-alike alphabets, or None."""
    if text.isascii():
        return None
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
        if len(scripts.intersection(_SCRIPTS)) > 1:
            return str(word)
    return None


def escaped(text: str) -> str:
    """Return *text* with forbidden and invisible characters escaped as in JSON and YAML."""
    return _INVISIBLE.sub(_escape, _FORBIDDEN.sub(_escape, text))


def printable(text: str) -> str:
    """Return *text* on one line, with control characters escaped for a terminal."""
    line = escaped(text)
    return line.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
