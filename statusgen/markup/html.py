"""Conversion of GitHub's Markdown to HTML; the only source of safe HTML.

Plain sentences, which most updates consist of, are converted here without loading `converter`.
"""

import html
import re
from collections.abc import Iterator

from statusgen import characters
from statusgen.markup.scanner import SENTENCES
from statusgen.system.time_limit import guarded

_FENCE = re.compile("```|~~~|<!--")
# Steps from HTML to plain text; the next to last removes the remaining tags.
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


def to_html(text: str, *, heading: int = 3) -> str:
    """Convert Markdown to safe HTML.

    Only text without errors in `limits` converts in bounded time. The highest heading in *text*
    gets the level *heading*, and the others follow, down to 6. Characters that XML 1.0 does not
    allow become U+FFFD. Raises TooSlowError if text takes too long despite those limits.
    """
    start, end = _marked_part(text)
    parts = [*_plain_html(text[:start])]
    if start < end:
        from statusgen.markup.converter import converted  # noqa: PLC0415, slow to import

        with guarded(text):
            parts.append(converted(text[start:end], heading=heading))
    parts += _plain_html(text[end:])
    return characters.replaced("\n".join(part for part in parts if part))


def _marked_part(text: str) -> tuple[int, int]:
    """Return the start and end of the part of *text* that needs the converter.

    The blocks before and after it match `SENTENCES`.
    """
    plain = SENTENCES.match(text)
    start, end = plain.end() if plain else 0, len(text)
    if start == end or _FENCE.search(text):  # Code and comments may contain blank lines.
        return (start, end)
    gap = text.rfind("\n\n", start)
    while (
        gap >= 0 and not text.startswith("-", gap + 2) and SENTENCES.fullmatch(text, gap + 2, end)
    ):
        end = gap
        gap = text.rfind("\n\n", start, end)
    return (start, end)


def _plain_html(text: str) -> Iterator[str]:
    """Yield the HTML of each block in *text*, which `SENTENCES` matches."""
    for block in re.split("\n\n+", text.strip("\n")) if text else ():
        rows = [row.rstrip() for row in block.split("\n")]
        if block[0] == "-":
            items = "\n".join(f"<li>{row[2:]}</li>" for row in rows)
            yield f"<ul>\n{items}\n</ul>"
        else:
            lines = "<br>\n".join(rows)
            yield f"<p>{lines}</p>"


def to_text(html_text: str) -> str:
    """Convert *html_text*, a result of `to_html`, to plain text with addresses after link texts."""
    for pattern, replacement in _PLAIN:
        html_text = pattern.sub(replacement, html_text)
    return html.unescape(html_text).strip()
