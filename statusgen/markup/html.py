"""Conversion of GitHub's Markdown to HTML, the only source of safe HTML, and to plain text."""

import html
import re
from collections.abc import Mapping

from statusgen import characters
from statusgen.markup.fast_path import simple_html
from statusgen.markup.scanner import ALERTS
from statusgen.markup.urls import OWN_PICTURE
from statusgen.system.time_limit import guarded

_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-z0-9]+)(?P<attributes>[^>]*)>|[^<]+")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_PARAGRAPHS = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "table", "hr"]
)
_IMAGE = re.compile(rf'(<img alt="[^"]*" src="){OWN_PICTURE}')


def to_html(
    text: str,
    *,
    heading: int = 3,
    pictures: frozenset[str] = frozenset(),
    alerts: Mapping[str, str] = ALERTS,
) -> str:
    """Convert Markdown to safe HTML.

    Only text without errors in `limits` converts in bounded time. The highest heading in *text*
    gets the level *heading*, and the others follow, down to 6. Characters that XML 1.0 does not
    allow become U+FFFD. *pictures* are the paths below `static/` of pictures that *text* may show;
    the result needs `with_pictures_at`. *alerts* are the titles of GitHub's alerts, by their names.
    Raises TooSlowError if text takes too long despite those limits.
    """
    with guarded(text):
        html_text = simple_html(text, heading=heading)
        if html_text is None:
            from statusgen.markup.converter import converted  # noqa: PLC0415, slow to import

            html_text = converted(text, heading=heading, pictures=pictures, alerts=alerts)
    return characters.replaced(html_text)


def with_pictures_at(base: str, html_text: str) -> str:
    """Return *html_text* with *base* before the paths of own pictures, which `to_html` needs."""
    # No text contains the tag of an image, because "<" in a text is escaped.
    return _IMAGE.sub(lambda found: found[1] + html.escape(base), html_text)


def to_text(html_text: str) -> str:
    """Convert *html_text*, a result of `to_html`, to plain text.

    Numbered items keep their numbers, and the addresses of links follow their texts.
    """
    writer = _Writer()
    for token in _TOKEN.finditer(html_text):
        if token["tag"]:
            attributes = dict(_ATTRIBUTE.findall(token["attributes"]))
            writer.tag(token["tag"], attributes, is_end=bool(token["end"]))
        else:
            writer.text(html.unescape(token[0]))
    return "".join(writer.parts).strip()


class _Writer:
    """The text so far, as *parts*, and the tags around the next one."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._breaks = 0  # before the next text
        self._mark = ""  # of the item that begins with the next text
        self._numbers: list[int | None] = []  # of the next item in each list; None without numbers
        self._margins: list[int] = []  # of each item; 0 without a number
        self._link: tuple[int, str] | None = None  # where it begins, and its address
        self._is_code = self._is_row = False

    def tag(self, tag: str, attributes: dict[str, str], *, is_end: bool) -> None:
        """Read the start or the end of an element."""
        if tag in _PARAGRAPHS:
            self._break(2)
            self._is_code = tag == "pre" and not is_end
        elif tag in {"ul", "ol"}:
            self._list(tag, attributes, is_end=is_end)
        elif tag == "li":
            self._item(is_end=is_end)
        elif tag in {"br", "tr", "thead"}:
            self._break(2 if tag == "thead" else 1)
            self._is_row = False
        elif tag in {"th", "td"} and not is_end:
            self._write(" | " if self._is_row else "")
            self._is_row = True
        elif tag == "a":
            self._address(html.unescape(attributes.get("href", "")), is_end=is_end)
        elif tag == "img":
            self.text(html.unescape(attributes.get("alt", "")))

    def text(self, text: str) -> None:
        """Write *text*, unless it is only the line break between two tags."""
        if self._is_code:
            margin = "\n" + " " * sum(self._margins)
            self._write(re.sub(r"\n(?!\n)", margin, text.removesuffix("\n")))
        elif text.strip("\n"):
            self._write(text.strip("\n"))

    def _break(self, number: int) -> None:
        if not self._mark:
            self._breaks = max(self._breaks, number)

    def _write(self, text: str) -> None:
        if self._breaks and self.parts:
            margin = sum(self._margins[:-1] if self._mark else self._margins)
            self.parts.append("\n" * self._breaks + " " * margin)
        self._breaks = 0
        self.parts.append(self._mark + text)
        self._mark = ""

    def _list(self, tag: str, attributes: dict[str, str], *, is_end: bool) -> None:
        if is_end:
            self._numbers.pop()
            self._break(1 if self._numbers else 2)
            return
        self._break(1 if self._numbers else 2)
        self._numbers.append(int(attributes.get("start", 1)) if tag == "ol" else None)

    def _item(self, *, is_end: bool) -> None:
        if is_end:
            if self._mark:
                self._write("")
            self._margins.pop()
            self._break(1)
            return
        if self._mark:
            self._write("")  # An item that begins with a list.
        self._break(1)
        number = self._numbers[-1]
        self._mark = "- " if number is None else f"{number}. "
        self._numbers[-1] = None if number is None else number + 1
        self._margins.append(0 if number is None else len(self._mark))

    def _address(self, address: str, *, is_end: bool) -> None:
        if not is_end:
            self._link = (len(self.parts), address)
        elif self._link:
            start, address = self._link
            text = "".join(self.parts[start:]).strip()
            if text not in {address, address.removeprefix("mailto:")}:
                self._write(f" ({address})")
