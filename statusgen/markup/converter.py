"""Python-Markdown and nh3, configured for GitHub's dialect of Markdown.

The lines come from `scanner`, which parses lists, quotes and fences as GitHub does. Differences
from GitHub: raw HTML and comments are shown as text, an image becomes a link, there are no
reference definitions (``[worker]: started`` is a log line, which they would hide), and indented
text is never code.
"""

import html
import re
from functools import cache
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.blockprocessors import HashHeaderProcessor
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import (
    DoubleTagInlineProcessor,
    InlineProcessor,
    SimpleTagInlineProcessor,
    SubstituteTagInlineProcessor,
)
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from statusgen.markup.scanner import Line, Scanner
from statusgen.markup.urls import URL, safe_url

_INLINE = frozenset({"a", "code", "del", "em", "strong"})
_BLOCKS = {"p", "br", "hr", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
# Lowest precedence first. Python-Markdown's own rules lose characters where marks are unbalanced.
_EMPHASIS = (
    ("_", r"(?<![\w_])(_)(?![\s_])([^_]+)(?<!\s)_(?![\w_])", "em"),
    ("*", r"(?<!\*)(\*)(?![\s*])([^*]+)(?<!\s)\*(?!\*)", "em"),
    ("_", r"(?<![\w_])(__)(?![\s_])((?:[^_]|(?<!_)_(?!_))+)(?<!\s)__(?![\w_])", "strong"),
    ("*", r"(?<!\*)(\*\*)(?![\s*])((?:[^*]|(?<!\*)\*(?!\*))+)(?<!\s)\*\*(?!\*)", "strong"),
    ("_", r"(?<![\w_])(___)(?![\s_])([^_]+)(?<!\s)___(?![\w_])", "em,strong"),
    ("*", r"(?<!\*)(\*\*\*)(?![\s*])([^*]+)(?<!\s)\*\*\*(?!\*)", "em,strong"),
    ("~~", r"(~~)(?!\s)([^~]+)(?<!\s)~~", "del"),
)
# The marks without which a rule of inline markup cannot match.
_NEEDS = {
    "backtick": {"`"},
    "escape": {"\\"},
    "link": {"]("},
    "image_link": {"]("},
    "url": {"<", "://"},
    **{rule: {mark} for mark, rule, _ in _EMPHASIS},
}
_SOUGHT = frozenset[str]().union(*_NEEDS.values())


def converted(text: str, *, heading: int) -> str:
    """Convert *text* to safe HTML with *heading* as the highest heading level.

    The time that this takes is not limited.
    """
    markdown, tree = _converter(frozenset(mark for mark in _SOUGHT if mark in text))
    tree.top = heading
    return _cleaner().clean(markdown.reset().convert(text))


class _Blocks(Preprocessor):
    """Preprocessor that replaces the text by the scanner's lines, with fenced code as HTML."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines).replace(STX, "").replace(ETX, "")
        return [self._row(line) for line in Scanner(text).lines()] + ["", ""]

    def _row(self, line: Line) -> str:
        if line.code is None:
            return line.text
        code = f"<pre><code>{html.escape(line.code, quote=False)}</code></pre>"
        return line.text + self.md.htmlStash.store(code)


class _Heading(HashHeaderProcessor):
    RE = re.compile(r"(?:^|\n)(?P<level>#{1,6}) +(?P<header>[^\n]+?)(?: #+)?(?:\n|$)")


class _Link(InlineProcessor):
    """``[text](url)`` in one bounded match; Python-Markdown's own rescans from every bracket."""

    RE = (
        r"\[(?P<text>[^\[\]]{0,500}+(?:\[[^\[\]]{0,500}+\][^\[\]]{0,500}+){0,4}+)\]"
        r"\(\s*+(?:<(?P<angle>[^<>\n]{0,2000}+)>"
        r"|(?P<url>(?:[^\s()]++|\((?:[^\s()]++|\([^\s()]*+\))*+\))*+))"
        r"""(?:\s++(?:"[^"]{0,500}+"|'[^']{0,500}+'))?+\s*+\)"""
    )

    def __init__(self, prefix: str, tag: str, md: Markdown) -> None:
        super().__init__(prefix + self.RE, md)
        self.tag = tag

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802 (the signature is Markdown's)
        link = Element(self.tag)
        url = self.unescape(m["angle"] or m["url"] or "")
        link.set("href", url)
        link.text = m["text"].strip() or AtomicString(url)
        return link, m.start(), m.end()


class _Url(InlineProcessor):
    """A bare URL, and a URL or an address in angle brackets."""

    ANCESTOR_EXCLUDES = ("a", "img")
    RE = (
        r"<(?P<angle>(?:https?://|mailto:)[^\s<>]++)>|<(?P<mail>[\w.+-]++@[\w.-]++)>"
        rf"|(?<![A-Za-z0-9])(?P<bare>(?i:https?)://[^\s<{STX}]++)"
    )

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802 (the signature is Markdown's)
        text = _without_tail(m["bare"]) if m["bare"] else m["angle"] or m["mail"]
        link = Element("a")
        link.set("href", f"mailto:{text}" if m["mail"] else self.unescape(text))
        link.text = AtomicString(text)
        return link, m.start(), m.start() + len(text) if m["bare"] else m.end()


class _Tree(Treeprocessor):
    """Tree processor that sets the heading levels, and turns images and links into safe links."""

    top = 3

    def run(self, root: Element) -> None:
        elements = list(root.iter())
        self._rank([element for element in elements if element.tag in _HEADINGS])
        for element in elements:
            if element.tag == "code":  # Python-Markdown does not resolve escapes there.
                element.text = AtomicString(_unescaped(element.text or ""))
            if element.tag in {"a", "img"}:
                for inner in element.iter():  # Links cannot be nested; the cleaner drops "span".
                    inner.tag = "span" if inner.tag in {"a", "img"} else inner.tag
                url = safe_url(_unescaped(element.get("href", "")))
                if url is not None:
                    element.tag = "a"
                    element.set("href", url.replace("&", "&amp;"))

    def _rank(self, headings: list[Element]) -> None:
        """Set the levels of *headings*: the highest becomes the top one, none is skipped."""
        levels = [int(heading.tag[1]) for heading in headings]
        above: list[int] = []
        for heading, level in zip(headings, levels, strict=True):
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
            heading.tag = f"h{min(6, self.top + len(above) - 1)}"


def _without_tail(url: str) -> str:
    """Return *url* without the punctuation of the surrounding sentence, as GitHub does."""
    surplus = url.count(")") - url.count("(")
    end = len(url)
    while end and (url[end - 1] in "?!.,:;*_~'\"" or (url[end - 1] == ")" and surplus > 0)):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def _unescaped(text: str) -> str:
    """Restore the escaped characters in *text*, which Python-Markdown keeps as numbers."""
    return re.sub(f"{STX}(\\d+){ETX}", lambda match: chr(int(match[1])), text)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the attribute *value* that nh3 may keep, or None to drop it."""
    if tag == "ol" and name == "start":
        return value if re.fullmatch("[0-9]{1,9}", value) else None
    return value if name != "href" or URL.fullmatch(value) else None


@cache
def _converter(marks: frozenset[str]) -> tuple[Markdown, _Tree]:
    """Return a converter for texts that contain no marks of inline markup except *marks*."""
    # Given extensions by name, Markdown would scan all installed packages.
    md = Markdown(extensions=[TableExtension(), SaneListExtension()])
    for name in ("normalize_whitespace", "html_block"):
        md.preprocessors.deregister(name)
    for name in ("code", "reference"):
        md.parser.blockprocessors.deregister(name)
    for name in ("reference", "short_reference", "image_reference", "short_image_ref"):
        md.inlinePatterns.deregister(name)
    for name in ("autolink", "automail", "linebreak", "html", "entity", "em_strong"):
        md.inlinePatterns.deregister(name)
    md.inlinePatterns.deregister("em_strong2", strict=False)  # exists before Markdown 3.11
    tree = _Tree(md)
    md.preprocessors.register(_Blocks(md), "blocks", 30)
    md.parser.blockprocessors.register(_Heading(md.parser), "hashheader", 70)
    md.inlinePatterns.register(_Link(r"(?<!!)", "a", md), "link", 160)
    md.inlinePatterns.register(_Link("!", "img", md), "image_link", 150)
    md.inlinePatterns.register(_Url(_Url.RE, md), "url", 120)
    for priority, (_, pattern, tags) in enumerate(_EMPHASIS, start=60):
        kind = DoubleTagInlineProcessor if "," in tags else SimpleTagInlineProcessor
        md.inlinePatterns.register(kind(pattern, tags), pattern, priority)
    md.inlinePatterns.register(SubstituteTagInlineProcessor(r"\n(?!\s*\Z)", "br"), "line_break", 5)
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
