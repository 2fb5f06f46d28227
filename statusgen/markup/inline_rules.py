"""Rules of Python-Markdown for links, addresses and comments."""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import STX, AtomicString


class InlineComment(InlineProcessor):
    """An HTML comment that the scanner took for code; one without an end hides the paragraph."""

    RE = r"<!--(?:.*?-->|.*)"

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802 (the signature is Markdown's)
        """Return nothing, and where it begins and ends."""
        return "", m.start(), m.end()


class InlineLink(InlineProcessor):
    """``[text](url)`` as one bounded match; Python-Markdown's own rescans at every bracket."""

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
        """Return the link, and where it begins and ends."""
        link = Element(self.tag)
        url = self.unescape(m["angle"] or m["url"] or "")
        link.set("href", url)
        link.text = m["text"].strip() or AtomicString(url)
        return link, m.start(), m.end()


class Url(InlineProcessor):
    """A bare URL, or a URL or mail address in angle brackets."""

    ANCESTOR_EXCLUDES = ("a", "img")
    RE = (
        r"<(?P<angle>(?:https?://|mailto:)[^\s<>]++)>|<(?P<mail>[\w.+-]++@[\w.-]++)>"
        rf"|(?<![A-Za-z0-9])(?P<bare>(?i:https?)://[^\s<{STX}]++)"
    )

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802 (the signature is Markdown's)
        """Return the link, and where it begins and ends."""
        text = _without_tail(m["bare"]) if m["bare"] else m["angle"] or m["mail"]
        link = Element("a")
        link.set("href", f"mailto:{text}" if m["mail"] else self.unescape(text))
        link.text = AtomicString(text)
        return link, m.start(), m.start() + len(text) if m["bare"] else m.end()


def _without_tail(url: str) -> str:
    """Return *url* without the punctuation of the surrounding sentence, as GitHub does."""
    surplus = url.count(")") - url.count("(")
    end = len(url)
    while end and (url[end - 1] in "?!.,:;*_~'\"" or (url[end - 1] == ")" and surplus > 0)):
        surplus -= url[end - 1] == ")"
        end -= 1
    return url[:end]
