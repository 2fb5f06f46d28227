"""Titles as parts of file names: transliterated, in lower case, with hyphens."""

import re
import unicodedata

_MAX_LENGTH = 60  # characters
_APOSTROPHES = re.compile("['`]")  # anyascii also writes some letters as apostrophes.

# Letters that have no decomposition in Unicode.
_LATIN = {
    "æ": "ae",
    "ð": "d",
    "đ": "d",
    "ø": "o",
    "ł": "l",
    "œ": "oe",
    "þ": "th",
}
_DANISH_NORWEGIAN = {"æ": "ae", "ø": "oe", "å": "aa"}
# Letters that a language replaces in another way. Swedish and Finnish drop the marks, which is what
# happens to letters in no table.
_BY_LANGUAGE = {
    "da": _DANISH_NORWEGIAN,
    "de": {"ä": "ae", "ö": "oe", "ü": "ue"},
    "nb": _DANISH_NORWEGIAN,
    "nn": _DANISH_NORWEGIAN,
    "no": _DANISH_NORWEGIAN,
    "tr": {"\N{LATIN SMALL LETTER DOTLESS I}": "i"},
}


def slug_of(title: str, language: str) -> str:
    """Return *title* in ASCII letters, digits and hyphens; empty if it has none.

    *language* (BCP 47) determines how letters such as ä and ø are written. A title without Latin
    letters is transliterated.
    """
    letters = {**_LATIN, **_BY_LANGUAGE.get(language.partition("-")[0].lower(), {})}
    text = unicodedata.normalize("NFC", title.casefold())
    text = "".join(letters.get(letter, letter) for letter in text)
    slug = _shortened(_ascii(text))
    return slug if re.search("[a-z]", slug) else _shortened(_transliterated(text))


def _ascii(text: str) -> str:
    """Return *text* without marks, and without characters that are not ASCII then."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _transliterated(text: str) -> str:
    from anyascii import anyascii  # noqa: PLC0415, most titles do not need it

    return anyascii(text).lower()


def _shortened(text: str) -> str:
    """Return the words of *text* with hyphens between them, cut between words if it is long."""
    slug = re.sub(r"[^a-z0-9]+", "-", _APOSTROPHES.sub("", text)).strip("-")
    if len(slug) > _MAX_LENGTH:
        slug = slug[: _MAX_LENGTH + 1].rpartition("-")[0] or slug[:_MAX_LENGTH]
    return slug
