"""Write values as YAML that `yaml_loader` reads back: plain, quoted, as a block, in brackets."""

import json
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from statusgen import characters

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
# Texts that YAML reads as they stand; what it takes for the end of a value is looked for besides.
_PLAIN = re.compile(r"\w(?:[^\t\n\r]*\S)?")
_NOT_PLAIN = re.compile(r":(?:\s|$)|\s#")
# Lines that mean themselves within brackets, too.
_PLAIN_IN_BRACKETS = re.compile(r"[^\W\d_](?:[\w -]*\w)?")

_MARGIN = "  "  # of the entries of a list below its key

Entries = Iterable[tuple[str, object]]


class LineText(str):
    """A text of one line that may stand without quotes."""

    __slots__ = ()


class ProseText(LineText):
    """A text that may be written as a block, too."""

    __slots__ = ()


class RawYaml(str):
    """A value that is YAML already, such as a date."""

    __slots__ = ()


def lines(entries: Entries) -> Iterator[str]:
    """Write *entries* as the lines of a map, without those whose value is None."""
    for key, value in entries:
        if value is None:
            continue
        if isinstance(value, ProseText) and not _is_plain(value) and _is_block(value):
            yield f"{_key(key)}: |-"
            yield from (f"  {line}" if line else "" for line in value.split("\n"))
        elif isinstance(value, LineText):
            yield f"{_key(key)}: {scalar(value)}"
        else:
            yield f"{_key(key)}: {_value(value)}"


def item(entries: Entries, *, indent: int = 2) -> list[str]:
    """Write *entries* as an entry of a list; the keys stand *indent* behind the dash."""
    first, *rest = lines(entries)
    margin = " " * indent
    return [f"-{margin[1:]}{first}", *(f"{margin}{line}" if line else "" for line in rest)]


def block(items: Iterable[Entries]) -> list[str]:
    """Write *items* as the lines of a list below its key."""
    rows = [row for entries in items for row in item(entries)]
    return [f"{_MARGIN}{row}" if row else "" for row in rows]


def inline(entries: Entries) -> str:
    """Write *entries* as a map in braces, on one line."""
    given = ((key, value) for key, value in entries if value is not None)
    return f"{{{', '.join(f'{_key(key)}: {_value(value)}' for key, value in given)}}}"


def scalar(text: str) -> str:
    """Write *text*, one line, as the value of a key: without quotes where it may."""
    return text if _is_plain(text) else _quote(text)


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else _quote(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, RawYaml | StrEnum):
        return str(value)
    if type(value) is LineText and _PLAIN_IN_BRACKETS.fullmatch(value):
        return value
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{_quote(str(key))}: {_value(one)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    return _quote(str(value))


def _is_plain(text: str) -> bool:
    """Return whether *text* means itself to YAML without quotes, after a key and on one line."""
    is_seen = characters.invisible(text) is None and characters.forbidden(text) is None
    return is_seen and _PLAIN.fullmatch(text) is not None and _NOT_PLAIN.search(text) is None


def _is_block(text: str) -> bool:
    """Return whether the lines of *text* mean the same to YAML when indented below a `|-`."""
    starts_flush = not text.startswith((" ", "\t", "\n"))
    is_seen = characters.invisible(text) is None and "\r" not in text
    return bool(text) and starts_flush and is_seen


def _quote(text: str) -> str:
    """Return *text* as a double-quoted YAML scalar, which JSON's quoting is."""
    return characters.escaped(json.dumps(text, ensure_ascii=False))
