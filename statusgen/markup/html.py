"""Conversion of GitHub's Markdown to HTML; the only source of safe HTML.

Plain sentences, which most updates consist of, are converted here without loading `converter`.
"""

import html
import re
from collections.abc import Iterator, Mapping

from statusgen import characters
from statusgen.markup.scanner import ALERTS, SENTENCES
from statusgen.markup.urls import OWN_PICTURE
from statusgen.system.time_limit import guarded

_IMAGE = re.compile(rf'(<img alt="[^"]*" src="){OWN_PICTURE}')
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
    start, end = _marked_part(text)
    parts = [*_plain_html(text[:start])]
    if start < end:
        from statusgen.markup.converter import converted  # noqa: PLC0415, slow to import

        with guarded(text):
            parts.append(
                converted(
                    text[start:end],
                    heading=heading,
                    pictures=pictures,
                    alerts=alerts,
                )
            )
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


def with_pictures_at(base: str, html_text: str) -> str:
    """Return *html_text* with *base* before the paths of own pictures, which `to_html` needs."""
    # No text contains the tag of an image, because "<" in a text is escaped.
    return _IMAGE.sub(lambda found: found[1] + html.escape(base), html_text)


def to_text(html_text: str) -> str:
    """Convert *html_text*, a result of `to_html`, to plain text with addresses after link texts."""
    for pattern, replacement in _PLAIN:
        html_text = pattern.sub(replacement, html_text)
    return html.unescape(html_text).strip()
