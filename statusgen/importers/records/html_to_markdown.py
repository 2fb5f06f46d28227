"""Convert HTML in texts from other systems to Markdown."""

import html
import re
from typing import TYPE_CHECKING

from statusgen.problems import OutsideError

if TYPE_CHECKING:
    from bs4.element import Tag

_TAG = re.compile(r"<(?P<slash>/?)(?P<name>[a-z][a-z0-9]*)\b[^<>]*>", re.IGNORECASE)
_ALONE = ("br", "hr", "img")
_CODE = re.compile(r"^(```|~~~).*?^\1|(?<!`)`[^`\n]+`(?!`)", re.MULTILINE | re.DOTALL)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]+)>", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


def is_html(text: str) -> bool:
    """Return whether *text* contains HTML that should be converted.

    A tag has to be closed, or to be one that stands alone: `a < b`, `<https://…>` and `<name>` are
    ordinary text.
    """
    opened: set[str] = set()
    for tag in _TAG.finditer(_CODE.sub("", text)):
        name = tag["name"].lower()
        if name in _ALONE or (tag["slash"] and name in opened):
            return True
        opened.add("" if tag["slash"] else name)
    return False


def to_markdown(text: str) -> str:
    """Convert the HTML in *text*, which may also contain Markdown, to Markdown.

    Unknown tags are replaced by their text. Raises OutsideError if markdownify is not installed.
    """
    protected = _AUTOLINK.sub(r"&lt;\1&gt;", _CODE.sub(lambda code: html.escape(code[0]), text))
    return _BLANK_LINES.sub("\n\n", _converted(protected)).strip()


def _is_hidden(element: "Tag") -> bool:
    style = str(element.get("style", ""))
    is_hidden = element.has_attr("hidden") or _HIDDEN_STYLE.search(style) is not None
    return is_hidden or element.name == "template"


def _converted(text: str) -> str:
    try:
        # Only imports of texts with HTML need it, and it is an optional extra.
        from bs4.element import NavigableString, Tag  # noqa: PLC0415
        from markdownify import MarkdownConverter  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name not in ("bs4", "markdownify"):
            raise
        what = "this source has texts with HTML, which need the package markdownify"
        raise OutsideError(f"{what}; run: pip install 'statusgen[import]'") from None

    class Converter(MarkdownConverter):
        """A converter that keeps the line breaks of text outside all tags, which is Markdown.

        Elements that a browser does not show are removed.
        """

        def convert_soup(self, soup: Tag) -> str:
            for hidden in soup.find_all(_is_hidden):
                hidden.decompose()
            return str(super().convert_soup(soup))

        def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
            if el.parent is not None and el.parent.name == "[document]":
                return str(el)
            return str(super().process_text(el, parent_tags))  # type: ignore[misc]  # not in its stub

    converter = Converter(
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
        heading_style="ATX",
        bullets="-",
    )
    try:
        return str(converter.convert(text))
    except RecursionError:  # Thousands of nested tags.
        return re.sub(r"<[^<>]*>", " ", text)
