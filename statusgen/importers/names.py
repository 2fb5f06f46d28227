"""Clean and compare names from a source, and derive ids from them.

Names are compared folded: case, whitespace and invisible characters are ignored.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain

from statusgen import characters
from statusgen.ids import MAX_ID, digest
from statusgen.schema import scalars
from statusgen.schema.scalars import MAX_TITLE

_DIGEST = 8  # characters of the digest in an id, for a name without letters a-z
# Letters that Unicode does not decompose into a letter a-z and an accent.
_LATIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}  # noqa: RUF001
)


def folded(name: str) -> str:
    """Normalize *name* for comparison, ignoring case, whitespace and invisible characters."""
    text = unicodedata.normalize("NFC", clean_line(name)).casefold()
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """Return *text* as one valid line for the settings, empty if nothing is visible."""
    if characters.forbidden(text) or characters.invisible(text):
        text = "".join(map(_visible, text))
    return cut_line(" ".join(text.split()))


def cut_line(line: str) -> str:
    """Return *line*, cut to the maximum length of a title or name."""
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1].rstrip()}…"


def clean_prose(text: str) -> str:
    """Return *text* as valid text for the settings; it may have several lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(characters.replaced(line) for line in lines).strip()


def slug_of(name: str, kind: str) -> str:
    """Return an id for *name*; it may already be in use.

    A name in another script, or with only symbols, gets a digest, because a sequence number would
    depend on the other names in the source.
    """
    text = unicodedata.normalize("NFKD", clean_line(name).casefold().translate(_LATIN)).lower()
    text = "".join(one for one in text if not unicodedata.combining(one))
    slug = re.sub("[^a-z0-9_]+", "-", text).strip("-_")[:MAX_ID].strip("-_")
    has_lost = any(one.isalpha() and not one.isascii() for one in text)
    if not slug or (has_lost and re.search("[a-z]", slug) is None):
        return f"{kind}-{digest(folded(name))[:_DIGEST]}"
    return slug


def is_id(text: str) -> bool:
    """Return whether *text* can be the id of a service or a group."""
    with suppress(ValueError):
        return scalars.identifier(text) == text
    return False


class NameRegistry:
    """The ids and aliases in use; two services never share one.

    *words* are lists of names by service: first the ids in the source, then the names. A service
    has the same index in each list. A word that several services share belongs to the first.
    """

    def __init__(self, taken: Iterable[str], *words: Sequence[Sequence[str]]) -> None:
        self.used = set(map(folded, taken))
        self.owners: dict[str, int] = {}
        self.numbers: dict[str, int] = {}
        for index, own in chain.from_iterable(map(enumerate, words)):
            for word in own:
                self.owners.setdefault(folded(word), index)

    def first_free(self, ids: Iterable[str]) -> str | None:
        """Return the first of *ids* that is valid and unused, and mark it as used."""
        found = next((one for one in ids if is_id(one) and one not in self.used), None)
        self.used.update(filter(None, [found]))
        return found

    def new_id(self, base: str, index: int) -> str:
        """Return *base* as the id of the service at *index*, with a number added if it is taken.

        The id must not equal the name of another service, because imports match names against ids.
        """
        found = base
        while scalars.is_reserved(found) or not self._is_free(found, index):
            number = self.numbers[base] = self.numbers.get(base, 1) + 1
            suffix = f"-{number}"
            found = f"{base[: MAX_ID - len(suffix)].rstrip('-_')}{suffix}"
        self.used.add(found)
        return found

    def aliases(self, words: Iterable[str], name: str, index: int) -> Iterator[str]:
        """Yield each of *words* that becomes an alias for the service *name* at *index*."""
        for word in words:
            key = folded(word)
            if key and key != folded(name) and self._is_free(key, index):
                self.used.add(key)
                yield clean_line(word)

    def _is_free(self, key: str, index: int) -> bool:
        return key not in self.used and self.owners.get(key, index) == index


def _visible(character: str) -> str:
    if characters.forbidden(character):
        return " "
    return "" if characters.invisible(character) else character
