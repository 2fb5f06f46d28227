"""Python-Markdown and nh3, configured for GitHub's dialect of Markdown.

The lines come from `scanner`, which parses lists, quotes and fences as GitHub does. Differences
from GitHub are listed in `docs/reference/incident-file.md`; for example, reference definitions are
not supported, because they would hide log lines such as ``[worker]: started``.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import nh3
from markdown import Markdown
from markdown.extensions.sane_lists import SaneListExtension
from markdown.inlinepatterns import BacktickInlineProcessor, SubstituteTagInlineProcessor

from statusgen.markup.block_rules import (
    HEADINGS,
    Alerts,
    Heading,
    HeadingLevels,
    ScannedLines,
    Table,
    UnderlinedHeading,
)
from statusgen.markup.emphasis import Emphasis
from statusgen.markup.inline_rules import HtmlImage, InlineComment, InlineLink, SafeLinks, Url
from statusgen.markup.scanner import ALERTS
from statusgen.markup.urls import OWN_PICTURE, URL

_INLINE = frozenset({"a", "code", "del", "em", "strong"})
_BLOCKS = {"p", "br", "hr", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr"}
# Python-Markdown's own pattern splits runs of backticks, and loses some.
_CODE = r"(?:(?<!\\)((?:\\{2})+)(?=`+)|(?<![\\`])(`+)(?!`)(.+?)(?<!`)\2(?!`))"
# An inline rule cannot match unless the text contains one of its marks.
_NEEDS = {
    "backtick": {"`"},
    "escape": {"\\"},
    "comment": {"<!--"},
    "html_image": {"<"},
    "link": {"]("},
    "image_link": {"]("},
    "url": {"<", "://"},
    "emphasis": {"*", "_", "~~"},
}
_ALL_MARKS = frozenset[str]().union(*_NEEDS.values())


def converted(
    text: str,
    *,
    heading: int,
    pictures: frozenset[str] = frozenset(),
    alerts: Mapping[str, str] = ALERTS,
) -> str:
    """Convert *text* to safe HTML as `html.to_html` does, but without a time limit."""
    one = _converter(frozenset(mark for mark in _ALL_MARKS if mark in text))
    one.headings.top = heading
    one.links.pictures = pictures
    one.alerts.titles = alerts
    return _cleaner().clean(one.markdown.reset().convert(text))


class _Converter(NamedTuple):
    """A converter, and those of its rules that have options."""

    markdown: Markdown
    headings: HeadingLevels
    links: SafeLinks
    alerts: Alerts


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return *value* if nh3 may keep the attribute, or None to drop it."""
    if tag == "ol" and name == "start":
        return value if re.fullmatch("[0-9]{1,9}", value) else None
    if tag == "img" and name == "src":
        return value if value.startswith(OWN_PICTURE) else None
    return value if name != "href" or URL.fullmatch(value) else None


@cache
def _converter(marks: frozenset[str]) -> _Converter:
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
    md.preprocessors.register(ScannedLines(md), "blocks", 30)
    md.parser.blockprocessors.register(Heading(md.parser), "hashheader", 70)
    # After lists and quotes, which may contain these.
    md.parser.blockprocessors.register(Table(md.parser), "table", 16)
    md.parser.blockprocessors.register(UnderlinedHeading(md.parser), "underlined", 15)
    md.inlinePatterns.register(BacktickInlineProcessor(_CODE), "backtick", 190)
    md.inlinePatterns.register(InlineComment(InlineComment.RE, md), "comment", 170)
    md.inlinePatterns.register(HtmlImage(HtmlImage.RE, md), "html_image", 165)
    md.inlinePatterns.register(InlineLink(r"(?<!!)", "a", md), "link", 160)
    md.inlinePatterns.register(InlineLink("!", "img", md), "image_link", 150)
    md.inlinePatterns.register(Url(Url.RE, md), "url", 120)
    md.inlinePatterns.register(Emphasis(), "emphasis", 60)
    line_break = SubstituteTagInlineProcessor(r"\\?\n(?!\s*\Z)", "br")
    md.inlinePatterns.register(line_break, "line_break", 5)
    for rule, needed in _NEEDS.items():  # Rules that cannot match would take most of the time.
        if needed.isdisjoint(marks):
            md.inlinePatterns.deregister(rule)
    headings, links, alerts = HeadingLevels(md), SafeLinks(md), Alerts(md)
    md.treeprocessors.register(headings, "headings", 17)
    md.treeprocessors.register(links, "links", 16)
    md.treeprocessors.register(alerts, "alerts", 15)
    return _Converter(md, headings, links, alerts)


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_INLINE | _BLOCKS | HEADINGS | {"th", "td", "img"},
        attributes={"a": {"href"}, "ol": {"start"}, "img": {"src", "alt"}},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", OWN_PICTURE.removesuffix(":")},
        url_relative="deny",
        link_rel="nofollow noopener noreferrer",
    )
