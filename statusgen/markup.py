"""Markdown as GitHub writes it becomes safe HTML; the only source of safe HTML.

Some parts of Python-Markdown take quadratic time; `problems` refuses the texts that would. The
lines come from `blocks`, which reads lists, quotes and fences as GitHub does. Differences from
GitHub: raw HTML and comments show as text, an image becomes a link, there are no reference
definitions (``[worker]: started`` is a log line, and would vanish), and indented text is never
code.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby, islice
from urllib.parse import quote
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

from statusgen.blocks import MAX_DEPTH, Line, Scanner, is_delimiter
from statusgen.characters import forbidden, invisible, named
from statusgen.guard import guarded
from statusgen.problems import Level, quoted

_BLOCK = 16 * 1024  # characters between blank lines: inline markup is quadratic there
_HEADINGS_IN_BLOCK = 500  # between blank lines: each heading or rule reads the rest again
_OPEN = 500  # brackets open at one point
_CELLS = 100  # `|` in one line
_NAMED = 10  # links of one text that are named
_MARKUP = 20_000  # pieces of markup in one text: each costs up to 40 microseconds


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """What is wrong with a text, at the character *offset* of it."""

    offset: int
    message: str
    level: Level = Level.ERROR


def to_html(text: str, *, heading: int = 3) -> str:
    """Turn Markdown into HTML that is safe to print as it is.

    Only text without errors in `problems` is sure to convert, and fast. The highest heading of
    *text* gets the level *heading*, the others follow it down to 6. Raises TooSlowError where the
    limits of `problems` have overlooked something.
    """
    start, end = _marked_part(text)
    parts = [*_plain_html(text[:start])]
    if start < end:
        marks = frozenset(mark for mark in _MARKS if mark in text)
        markdown, headings, cleaner = _converter(marks)
        headings.top = heading
        with guarded(text):
            parts.append(cleaner.clean(markdown.reset().convert(text[start:end])))
    parts += _plain_html(text[end:])
    return "\n".join(part for part in parts if part)


def _marked_part(text: str) -> tuple[int, int]:
    """Where the part of *text* begins and ends that needs a converter.

    Of the blocks before and after it, which `_SENTENCES` matches, the answer is known.
    """
    plain = _SENTENCES.match(text)
    start, end = plain.end() if plain else 0, len(text)
    if start == end or _FENCE.search(text):  # A blank line does not end code.
        return (start, end)
    gap = text.rfind("\n\n", start)
    while (
        gap >= 0 and not text.startswith("-", gap + 2) and _SENTENCES.fullmatch(text, gap + 2, end)
    ):
        end = gap
        gap = text.rfind("\n\n", start, end)
    return (start, end)


def _plain_html(text: str) -> Iterator[str]:
    """The HTML of *text*, blocks that `_SENTENCES` matches."""
    for block in re.split("\n\n+", text.strip("\n")) if text else ():
        rows = [row.rstrip() for row in block.split("\n")]
        if block[0] == "-":
            items = "\n".join(f"<li>{row[2:]}</li>" for row in rows)
            yield f"<ul>\n{items}\n</ul>"
        else:
            lines = "<br>\n".join(rows)
            yield f"<p>{lines}</p>"


def to_text(html_text: str) -> str:
    """*html_text*, which `to_html` made, as plain text; addresses follow what links to them."""
    for pattern, replacement in _PLAIN:
        html_text = pattern.sub(replacement, html_text)
    return html.unescape(html_text).strip()


def problems(text: str) -> Iterator[Flaw]:
    """Find what `to_html` could not convert in time, and characters that readers cannot see.

    Needs time in proportion to the length of *text*. Up to 256 KiB without an error among its
    flaws convert within a second.
    """
    if match := forbidden(text):
        message = f"{named(match[0])} cannot be published; remove it"
        yield Flaw(offset=match.start(), message=message)
    if match := invisible(text):
        message = f"{named(match[0])} is invisible to readers; remove it"
        yield Flaw(offset=match.start(), message=message, level=Level.WARNING)
    if len(text) <= _BLOCK and text.count("(") <= _OPEN and _SENTENCES.fullmatch(text):
        return  # It cannot reach any of the limits below.
    lines = [line for line in Scanner(text).lines() if line.source]
    for line in lines:
        if line.depth > MAX_DEPTH:
            message = (
                f"lists and quotes stand {line.depth} deep in each other; write at most {MAX_DEPTH}"
            )
            yield Flaw(offset=line.offset, message=message)
            break
    yield from islice(_lost_links(lines), _NAMED)
    pieces = 0
    for is_prose, group in groupby(lines, lambda line: line.is_prose):
        block = list(group)
        if is_prose:
            yield from _block_flaws(block)
        before, pieces = pieces, pieces + (_pieces(block))
        if before <= _MARKUP < pieces:
            message = (
                f"the text has more than {_MARKUP} pieces of markup (lines, list items, cells, "
                "emphasis, links); shorten it, or put logs into a fenced code block"
            )
            yield Flaw(offset=block[0].offset, message=message)


# Paragraphs of lines that begin with a letter and have nothing that could be markup, or that HTML
# writes otherwise, and lists of such lines: what most updates are.
_LINE = r"[^\W\d_](?:[^\x00-\x1f\x7f-\xa0<>&*_~`\[\]\\|:]++|:(?!//))*+(?:\n|\Z)"
_SENTENCES = re.compile(  # What follows a list may go on with it unless it begins with a letter.
    rf"(?:(?:{_LINE})++(?:\n++|\Z)|(?:- {_LINE})++(?:\n++(?=[^\W\d_])|\Z))++"
)
_FENCE = re.compile("```|~~~")
_MARKS = ("*", "_", "~~", "`", "](", "<", "\\", "|", "://")
_INLINE = frozenset({"a", "code", "del", "em", "strong"})
_BLOCKS = {"p", "br", "hr", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_URL = re.compile(  # no user and password before the host, and nothing that browsers turn or drop
    r"(?P<host>https?://(?:\w[\w.-]*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?(?=[/?#]|$)|mailto:(?=[^/]))"
    r"(?P<path>[^\s\\\x00-\x20\x7f]*)",
    re.IGNORECASE,
)
# Least binding first. Python-Markdown's own rules lose characters where marks are not balanced.
_EMPHASIS = (
    ("_", r"(?<![\w_])(_)(?![\s_])([^_]+)(?<!\s)_(?![\w_])", "em"),
    ("*", r"(?<!\*)(\*)(?![\s*])([^*]+)(?<!\s)\*(?!\*)", "em"),
    ("_", r"(?<![\w_])(__)(?![\s_])((?:[^_]|(?<!_)_(?!_))+)(?<!\s)__(?![\w_])", "strong"),
    ("*", r"(?<!\*)(\*\*)(?![\s*])((?:[^*]|(?<!\*)\*(?!\*))+)(?<!\s)\*\*(?!\*)", "strong"),
    ("_", r"(?<![\w_])(___)(?![\s_])([^_]+)(?<!\s)___(?![\w_])", "em,strong"),
    ("*", r"(?<!\*)(\*\*\*)(?![\s*])([^*]+)(?<!\s)\*\*\*(?!\*)", "em,strong"),
    ("~~", r"(~~)(?!\s)([^~]+)(?<!\s)~~", "del"),
)
# What a text must have for a rule of inline markup to find anything.
_NEEDS = {
    "backtick": {"`"},
    "escape": {"\\"},
    "link": {"]("},
    "image_link": {"]("},
    "url": {"<", "://"},
    **{rule: {mark} for mark, rule, _ in _EMPHASIS},
}
# HTML to plain text, step by step; what is left then are tags that stand for nothing.
_PLAIN = (
    (re.compile(r'<a href="((?:mailto:)?([^"]*))"[^>]*>(\1|\2)</a>'), r"\3"),
    (re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL), r"\2 (\1)"),
    (re.compile(r"<li>\s*"), "- "),
    (re.compile(r"</t[hd]>\s*(?=<t)"), " | "),
    (re.compile(r"<(?:br|/li|/tr)>\n?"), "\n"),
    (re.compile(r"</(?:p|h[1-6]|pre|blockquote|[uo]l|table)>\s*"), "\n\n"),
    (re.compile(r"<[^>]*>"), ""),
    (re.compile(r"\n{3,}"), "\n\n"),
)
_TARGET = re.compile(r"\]\((?:\s*<(?P<angle>[^<>\n]+)>|\s*(?P<bare>[^\s()<>]+))")
_CODE_SPAN = re.compile("(`+)[^`]+\\1(?!`)")
_NOT_IN_URL = re.compile(r"%(?![0-9A-Fa-f]{2})|[\"<>^`{|}\[\]]")


class _Blocks(Preprocessor):
    """Hands the lines of the scanner to Python-Markdown, fenced code as finished HTML."""

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
    """``[text](url)`` in one bounded match; Python-Markdown's own reads on from every bracket."""

    RE = (
        r"\[(?P<text>[^\[\]]{0,500}+(?:\[[^\[\]]{0,500}+\][^\[\]]{0,500}+){0,4}+)\]"
        r"\(\s*+(?:<(?P<angle>[^<>\n]{0,2000}+)>"
        r"|(?P<url>(?:[^\s()]++|\((?:[^\s()]++|\([^\s()]*+\))*+\))*+))"
        r"""(?:\s++(?:"[^"]{0,500}+"|'[^']{0,500}+'))?+\s*+\)"""
    )

    def __init__(self, prefix: str, tag: str, md: Markdown) -> None:
        super().__init__(prefix + self.RE, md)
        self.tag = tag

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802 (both are Markdown's choice)
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

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802 (both are Markdown's choice)
        text = _without_tail(m["bare"]) if m["bare"] else m["angle"] or m["mail"]
        link = Element("a")
        link.set("href", f"mailto:{text}" if m["mail"] else self.unescape(text))
        link.text = AtomicString(text)
        return link, m.start(), m.start() + len(text) if m["bare"] else m.end()


class _Tree(Treeprocessor):
    """Puts the headings in their place, and leaves of links and images only links that are safe."""

    top = 3

    def run(self, root: Element) -> None:
        elements = list(root.iter())
        self._rank([element for element in elements if element.tag in _HEADINGS])
        for element in elements:
            if element.tag == "code":  # Python-Markdown forgets the escapes there.
                element.text = AtomicString(_unescaped(element.text or ""))
            if element.tag in {"a", "img"}:
                for inner in element.iter():  # A link within a link is no link: "span" is dropped.
                    inner.tag = "span" if inner.tag in {"a", "img"} else inner.tag
                url = _safe_url(element.get("href", ""))
                if url is not None:
                    element.tag = "a"
                    element.set("href", url.replace("&", "&amp;"))

    def _rank(self, headings: list[Element]) -> None:
        """Let the highest of *headings* be the top one, and none skip a level on the way down."""
        levels = [int(heading.tag[1]) for heading in headings]
        above: list[int] = []
        for heading, level in zip(headings, levels, strict=True):
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
            heading.tag = f"h{min(6, self.top + len(above) - 1)}"


def _without_tail(url: str) -> str:
    """*url* without the punctuation of the sentence around it, by the rule of GitHub."""
    surplus = url.count(")") - url.count("(")
    end = len(url)
    while end and (url[end - 1] in "?!.,:;*_~'\"" or (url[end - 1] == ")" and surplus > 0)):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]


def _unescaped(text: str) -> str:
    """*text* with the characters that had a backslash, which Python-Markdown keeps as numbers."""
    return re.sub(f"{STX}(\\d+){ETX}", lambda match: chr(int(match[1])), text)


def _safe_url(href: str) -> str | None:
    """The URL that a browser would make of *href*, written strictly; None if it must not link."""
    # No entity is longer than 32 characters, and Python refuses to read thousands of digits.
    decoded = re.sub(r"&#?\w{1,32};", lambda match: html.unescape(match[0]), _unescaped(href))
    match = _URL.fullmatch(decoded)
    if match is None:
        return None
    path, hash_mark, fragment = match["path"].partition("#")
    rest = path + hash_mark + fragment.replace("#", "%23")
    return match["host"] + _NOT_IN_URL.sub(lambda found: quote(found[0]), rest)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Second look at what nh3 lets through: *value*, or None to drop it."""
    if tag == "ol" and name == "start":
        return value if re.fullmatch("[0-9]{1,9}", value) else None
    return value if name != "href" or _URL.fullmatch(value) else None


@cache
def _converter(marks: frozenset[str]) -> tuple[Markdown, _Tree, nh3.Cleaner]:
    """What converts a text that has no other *marks* of inline markup than these."""
    # Extensions by name would make Markdown scan all installed packages.
    md = Markdown(extensions=[TableExtension(), SaneListExtension()])
    for name in ("normalize_whitespace", "html_block"):
        md.preprocessors.deregister(name)
    for name in ("code", "reference"):
        md.parser.blockprocessors.deregister(name)
    for name in ("reference", "short_reference", "image_reference", "short_image_ref"):
        md.inlinePatterns.deregister(name)
    for name in ("autolink", "automail", "linebreak", "html", "entity", "em_strong"):
        md.inlinePatterns.deregister(name)
    md.inlinePatterns.deregister("em_strong2", strict=False)  # of Markdown before 3.11
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
    for rule, needed in _NEEDS.items():  # To look for what cannot be there takes most of the time.
        if needed.isdisjoint(marks):
            md.inlinePatterns.deregister(rule)
    md.treeprocessors.register(tree, "tree", 15)
    cleaner = nh3.Cleaner(
        tags=_INLINE | _BLOCKS | _HEADINGS | {"th", "td"},
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="nofollow noopener noreferrer",
    )
    return md, tree, cleaner


def _block_flaws(block: list[Line]) -> Iterator[Flaw]:
    """The limits of *block*, the lines between two blank ones."""
    start = block[0].offset
    source = "".join(line.source for line in block)
    remedy = "without a blank line; add blank lines, or put it into a fenced code block"
    if len(source) > _BLOCK:
        yield Flaw(offset=start, message=f"a block of text has {len(source)} characters {remedy}")
    headings = sum(_is_heading(line.text) for line in block)
    if headings > _HEADINGS_IN_BLOCK:
        yield Flaw(offset=start, message=f"a block of text has {headings} headings {remedy}")
    for line in block:
        if line.source.count("|") > _CELLS:
            message = f"a line has more than {_CELLS} '|'; put it into a fenced code block"
            yield Flaw(offset=line.offset, message=message)
            break
    for pair in ("[]", "()"):
        offset, depth = _deepest(source, pair)
        if depth > _OPEN:
            message = (
                f"a block of text has {depth} open '{pair[0]}' at this point; "
                "put it into a fenced code block"
            )
            yield Flaw(offset=start + offset, message=message)


def _lost_links(lines: list[Line]) -> Iterator[Flaw]:
    """Warn of links that lead nowhere a page of any depth, or a feed, could follow."""
    for line in lines:
        if line.code is not None or "](" not in line.source:
            continue
        prose = _CODE_SPAN.sub(lambda found: " " * len(found[0]), line.source)
        for match in _TARGET.finditer(prose):
            kind = match.lastgroup or ""
            if _safe_url(match[kind]) is None:
                what = f"{quoted(match[kind])} is no address that a link may have, and is left out"
                remedy = "write it in full, with https://, http:// or mailto:"
                place = line.offset + match.start(kind)
                yield Flaw(offset=place, message=f"{what}; {remedy}", level=Level.WARNING)


def _is_heading(text: str) -> bool:
    bare = text.lstrip("> ")
    return bare.startswith("#") or (bare[:1] in {"=", "-", "*", "_"} and not bare.strip("=-*_ "))


def _deepest(source: str, pair: str) -> tuple[int, int]:
    """Where in *source* the most brackets of *pair* are open outside code, and how many."""
    deepest = place = depth = 0
    if source.count(pair[0]) > _OPEN:
        for match in re.finditer(rf"`[^`]*`|[{re.escape(pair)}]", source):
            if match[0] == pair[0]:
                depth += 1
            elif match[0] == pair[1]:
                depth = max(0, depth - 1)
            if depth > deepest:
                deepest, place = depth, match.start()
    return place, deepest


def _pieces(block: list[Line]) -> int:
    """How much work the markup of *block* makes, in pieces of a few dozen microseconds."""
    source = "".join(line.source for line in block)
    pieces = sum(map(source.count, _MARKS)) + sum(1 + line.depth for line in block)
    columns = 0
    for line in block:  # A row of a table is filled up to the width of its head.
        if is_delimiter(line.source):
            columns = max(columns, line.source.count("|") + 1)
        pieces += columns
    return pieces
