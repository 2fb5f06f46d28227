"""Rules of Python-Markdown for links, pictures, addresses and comments."""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from statusgen.markup.urls import OWN_PICTURE, own_picture, safe_url


class InlineComment(InlineProcessor):
    """An HTML comment that the scanner took for code; one without an end hides the paragraph."""

    RE = r"<!--(?:.*?-->|.*)"

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802 (the signature is Markdown's)
        """Return nothing, and where it begins and ends."""
        return "", m.start(), m.end()


class HtmlImage(InlineProcessor):
    """`<img alt="…" src="…">`, which GitHub writes for a picture that is pasted into an issue."""

    RE = r"""(?i:<img)(?=[\s/])(?P<attributes>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>"""
    ATTRIBUTE = re.compile(r"""([A-Za-z-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]  # noqa: N802 (the signature is Markdown's)
        """Return the image, and where it begins and ends."""
        found = {
            name.lower(): double or single or bare
            for name, double, single, bare in self.ATTRIBUTE.findall(m["attributes"])
        }
        image = Element("img")
        image.set("href", self.unescape(found.get("src", "")))
        image.set("written", m[0])
        image.text = AtomicString(found.get("alt", "").strip() or found.get("src", ""))
        return image, m.start(), m.end()


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


class SafeLinks(Treeprocessor):
    """Tree processor that makes links safe, and images links; *pictures* of the site are shown."""

    pictures: frozenset[str] = frozenset()

    def run(self, root: Element) -> None:
        """Change the links and images in *root*."""
        elements = list(root.iter())
        for element in elements:
            if element.tag == "code":  # Python-Markdown does not resolve escapes in code.
                element.text = AtomicString(_unescaped(element.text or ""))
            if element.tag == "img":
                self._picture(element)
        for element in elements:
            if _is_link(element):
                self._link(element)

    def _picture(self, element: Element) -> None:
        """Show the picture of the site that *element* names, if it does."""
        name = own_picture(_unescaped(element.get("href", "")), self.pictures)
        if name is not None:
            for line_break in element.iter("br"):
                line_break.text = " "
            text = "".join(element.itertext())
            tail = element.tail
            element.clear()
            element.tail = tail
            element.set("src", OWN_PICTURE + name)
            element.set("alt", text)

    def _link(self, element: Element) -> None:
        for inner in element.iter():  # Links cannot be nested; the cleaner drops "span".
            inner.tag = "span" if _is_link(inner) else inner.tag
        url = safe_url(_unescaped(element.get("href", "")))
        if url is not None:
            element.tag = "a"
            element.set("href", url.replace("&", "&amp;"))
        elif written := element.get("written"):
            element.text = AtomicString(written)


def _is_link(element: Element) -> bool:
    """Return whether *element* is a link, or a picture that is not shown."""
    return element.tag == "a" or (element.tag == "img" and "src" not in element.attrib)


def _unescaped(text: str) -> str:
    """Restore the escaped characters in *text*, which Python-Markdown keeps as numbers."""
    return re.sub(f"{STX}(\\d+){ETX}", lambda match: chr(int(match[1])), text)
