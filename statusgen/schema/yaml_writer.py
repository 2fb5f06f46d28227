"""Writer for YAML that `yaml_loader` can read back: plain, quoted, in blocks or in brackets."""

import json
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from statusgen import characters

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
# Text that needs no quotes, unless part of it would end the value.
_PLAIN = re.compile(r"\w(?:[^\t\n\r]*\S)?")
_NOT_PLAIN = re.compile(r":(?:\s|$)|\s#")
# Text that needs no quotes in brackets either.
_PLAIN_IN_BRACKETS = re.compile(r"[^\W\d_](?:[\w -]*\w)?")

_MARGIN = "  "  # indentation of list entries below their key

Entries = Iterable[tuple[str, object]]


class LineText(str):
    """One line of text that may be written without quotes."""

    __slots__ = ()


class ProseText(LineText):
    """Text that may also be written as a block."""

    __slots__ = ()


class RawYaml(str):
    """Value that is YAML already, such as a date."""

    __slots__ = ()


def lines(entries: Entries) -> Iterator[str]:
    """Yield *entries* as the lines of a map; skip those whose value is None."""
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
    """Return the lines of *entries* as a list entry; its keys are indented by *indent*."""
    first, *rest = lines(entries)
    margin = " " * indent
    return [f"-{margin[1:]}{first}", *(f"{margin}{line}" if line else "" for line in rest)]


def block(items: Iterable[Entries]) -> list[str]:
    """Return *items* as the lines of a list, indented below its key."""
    rows = [row for entries in items for row in item(entries)]
    return [f"{_MARGIN}{row}" if row else "" for row in rows]


def inline(entries: Entries) -> str:
    """Return *entries* as a map in braces, on one line."""
    pairs = ((key, value) for key, value in entries if value is not None)
    return f"{{{', '.join(f'{_key(key)}: {_value(value)}' for key, value in pairs)}}}"


def scalar(text: str) -> str:
    """Return the single line *text* as the value of a key, quoted only if necessary."""
    return text if _is_plain(text) else _quote(text)


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else _quote(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, RawYaml | StrEnum):
        return str(value)
    if type(value) is LineText and _PLAIN_IN_BRACKETS.fullmatch(value) and not _is_null(value):
        return value
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{_quote(str(key))}: {_value(one)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    return _quote(str(value))


def _is_plain(text: str) -> bool:
    """Return whether *text* needs no quotes after a key, on one line."""
    is_visible = characters.invisible(text) is None and characters.forbidden(text) is None
    if _is_null(text):
        return False
    return is_visible and _PLAIN.fullmatch(text) is not None and _NOT_PLAIN.search(text) is None


def _is_null(text: str) -> bool:
    """Return whether *text* without quotes would count as an absent value."""
    return text.lower() == "null"


def _is_block(text: str) -> bool:
    """Return whether *text* can be written as a block below `|-`."""
    starts_flush = not text.startswith((" ", "\t", "\n"))
    is_visible = characters.invisible(text) is None and "\r" not in text
    return bool(text) and starts_flush and is_visible


def _quote(text: str) -> str:
    """Return *text* as a double-quoted YAML scalar; JSON strings are valid YAML."""
    return characters.escaped(json.dumps(text, ensure_ascii=False))
