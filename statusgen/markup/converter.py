"""Python-Markdown and nh3, configured for GitHub's dialect of Markdown.

The lines come from `scanner`, which parses lists, quotes and fences as GitHub does. Differences
from GitHub: raw HTML is shown as text, images become links, reference definitions
are not supported (they would hide log lines such as ``[worker]: started``), and indented text is
never code.
"""

import re
from functools import cache
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions.sane_lists import SaneListExtension
from markdown.inlinepatterns import SubstituteTagInlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from statusgen.markup.block_rules import Heading, ScannedLines, Table, UnderlinedHeading
from statusgen.markup.emphasis import Emphasis
from statusgen.markup.inline_rules import InlineComment, InlineLink, Url
from statusgen.markup.urls import URL, safe_url

_INLINE = frozenset({"a", "code", "del", "em", "strong"})
_BLOCKS = {"p", "br", "hr", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
# An inline rule cannot match unless the text contains one of its marks.
_NEEDS = {
    "backtick": {"`"},
    "escape": {"\\"},
    "comment": {"<!--"},
    "link": {"]("},
    "image_link": {"]("},
    "url": {"<", "://"},
    "emphasis": {"*", "_", "~~"},
}
_ALL_MARKS = frozenset[str]().union(*_NEEDS.values())


def converted(text: str, *, heading: int) -> str:
    """Convert *text* to safe HTML with *heading* as the highest heading level.

    There is no time limit.
    """
    markdown, tree = _converter(frozenset(mark for mark in _ALL_MARKS if mark in text))
    tree.top = heading
    return _cleaner().clean(markdown.reset().convert(text))


class _Tree(Treeprocessor):
    """Tree processor that sets the heading levels, and turns images and links into safe links."""

    top = 3

    def run(self, root: Element) -> None:
        elements = list(root.iter())
        self._rank([element for element in elements if element.tag in _HEADINGS])
        for element in elements:
            if element.tag == "code":  # Python-Markdown does not resolve escapes in code.
                element.text = AtomicString(_unescaped(element.text or ""))
            if element.tag in {"a", "img"}:
                for inner in element.iter():  # Links cannot be nested; the cleaner drops "span".
                    inner.tag = "span" if inner.tag in {"a", "img"} else inner.tag
                url = safe_url(_unescaped(element.get("href", "")))
                if url is not None:
                    element.tag = "a"
                    element.set("href", url.replace("&", "&amp;"))

    def _rank(self, headings: list[Element]) -> None:
        """Set the levels of *headings*, beginning at the top level and without gaps."""
        levels = [int(heading.tag[1]) for heading in headings]
        above: list[int] = []
        for heading, level in zip(headings, levels, strict=True):
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
            heading.tag = f"h{min(6, self.top + len(above) - 1)}"


def _unescaped(text: str) -> str:
    """Restore the escaped characters in *text*, which Python-Markdown keeps as numbers."""
    return re.sub(f"{STX}(\\d+){ETX}", lambda match: chr(int(match[1])), text)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return *value* if nh3 may keep the attribute, or None to drop it."""
    if tag == "ol" and name == "start":
        return value if re.fullmatch("[0-9]{1,9}", value) else None
    return value if name != "href" or URL.fullmatch(value) else None


@cache
def _converter(marks: frozenset[str]) -> tuple[Markdown, _Tree]:
    """Return a converter for text that contains no inline marks except *marks*."""
    # If an extension was given by name, Markdown would scan all installed packages.
    md = Markdown(extensions=[SaneListExtension()])
    md.ESCAPED_CHARS.append("|")
    for name in ("normalize_whitespace", "html_block"):
        md.preprocessors.deregister(name)
    for name in ("code", "reference", "setextheader"):
        md.parser.blockprocessors.deregister(name)
    for name in ("reference", "short_reference", "image_reference", "short_image_ref"):
        md.inlinePatterns.deregister(name)
    for name in ("autolink", "automail", "linebreak", "html", "entity", "em_strong"):
        md.inlinePatterns.deregister(name)
    md.inlinePatterns.deregister("em_strong2", strict=False)  # exists before Markdown 3.11
    tree = _Tree(md)
    md.preprocessors.register(ScannedLines(md), "blocks", 30)
    md.parser.blockprocessors.register(Heading(md.parser), "hashheader", 70)
    # After lists and quotes, which may contain these.
    md.parser.blockprocessors.register(Table(md.parser), "table", 16)
    md.parser.blockprocessors.register(UnderlinedHeading(md.parser), "underlined", 15)
    md.inlinePatterns.register(InlineComment(InlineComment.RE, md), "comment", 170)
    md.inlinePatterns.register(InlineLink(r"(?<!!)", "a", md), "link", 160)
    md.inlinePatterns.register(InlineLink("!", "img", md), "image_link", 150)
    md.inlinePatterns.register(Url(Url.RE, md), "url", 120)
    md.inlinePatterns.register(Emphasis(), "emphasis", 60)
    line_break = SubstituteTagInlineProcessor(r"\\?\n(?!\s*\Z)", "br")
    md.inlinePatterns.register(line_break, "line_break", 5)
    for rule, needed in _NEEDS.items():  # Rules that cannot match would take most of the time.
        if needed.isdisjoint(marks):
            md.inlinePatterns.deregister(rule)
    md.treeprocessors.register(tree, "tree", 15)
    return md, tree


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_INLINE | _BLOCKS | _HEADINGS | {"th", "td"},
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="nofollow noopener noreferrer",
    )
