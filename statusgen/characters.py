"""Which characters of a text can reach a page, a feed or a terminal unharmed."""

import re
import unicodedata

# Outside XML 1.0 "Char" (https://www.w3.org/TR/xml/#charsets), plus what readers take for control
# characters or line breaks: DEL and C1, U+0085 and U+2028/2029. Tab, LF and CR stay. Python takes
# ten times as long to compile the set of all other characters, with ^.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)

_USUAL = b"\t\n\r" + bytes(range(0x20, 0x7F))  # what nearly every text is made of

# Characters that turn the reading direction (UAX #9), and those that take no room. U+200D joins
# emoji and U+200C is spelling in some scripts, so these two stay.
_INVISIBLE = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\U000e0000-\U000e007f]"
)

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")  # the alphabets that share letter shapes


def forbidden(text: str) -> re.Match[str] | None:
    """The first character of *text* that no output can carry, or None."""
    if text.isascii() and not text.encode().translate(None, _USUAL):
        return None
    return _FORBIDDEN.search(text)


def replaced(text: str) -> str:
    """Return *text* with U+FFFD in place of each character that no output can carry."""
    return _FORBIDDEN.sub("\ufffd", text) if forbidden(text) else text


def invisible(text: str) -> re.Match[str] | None:
    """The first character of *text* that is unseen or turns the reading direction, or None."""
    return None if text.isascii() else _INVISIBLE.search(text)


def without_hidden(text: str) -> str:
    """Return *text* without the characters that no output can carry, or that nobody sees."""
    return _INVISIBLE.sub("", _FORBIDDEN.sub("", text))


def describe(character: str) -> str:
    """Name *character* so that it can be printed: ``U+200B ZERO WIDTH SPACE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def mixed_word(text: str) -> str | None:
    """The first word of *text* that mixes the look-alike alphabets above, or None."""
    if text.isascii():
        return None
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
        if len(scripts.intersection(_SCRIPTS)) > 1:
            return str(word)
    return None


def escaped(text: str) -> str:
    """*text* with its forbidden and invisible characters escaped as in JSON and YAML."""
    return _INVISIBLE.sub(_escape, _FORBIDDEN.sub(_escape, text))


def printable(text: str) -> str:
    """*text* on one line, with everything a terminal could obey written as an escape."""
    line = escaped(text)
    return line.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
