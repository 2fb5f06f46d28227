"""Markdown as GitHub writes it becomes safe HTML; the only source of safe HTML.

Plain sentences, which most updates are, need no `converter`: of them the answer is known.
"""

import html
import re
from collections.abc import Iterator

from statusgen import characters
from statusgen.markup.scanner import SENTENCES
from statusgen.system.time_limit import guarded

_FENCE = re.compile("```|~~~")
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


def to_html(text: str, *, heading: int = 3) -> str:
    """Turn Markdown into HTML that is safe to print as it is.

    Only text without errors in `limits` is sure to convert, and fast. The highest heading of
    *text* gets the level *heading*, the others follow it down to 6. What XML 1.0 cannot carry
    becomes U+FFFD. Raises TooSlowError where the limits there have overlooked something.
    """
    start, end = _marked_part(text)
    parts = [*_plain_html(text[:start])]
    if start < end:
        from statusgen.markup.converter import converted  # noqa: PLC0415, takes long, and many need none

        with guarded(text):
            parts.append(converted(text[start:end], heading=heading))
    parts += _plain_html(text[end:])
    return characters.replaced("\n".join(part for part in parts if part))


def _marked_part(text: str) -> tuple[int, int]:
    """Where the part of *text* begins and ends that needs a converter.

    Of the blocks before and after it, which `SENTENCES` matches, the answer is known.
    """
    plain = SENTENCES.match(text)
    start, end = plain.end() if plain else 0, len(text)
    if start == end or _FENCE.search(text):  # A blank line does not end code.
        return (start, end)
    gap = text.rfind("\n\n", start)
    while (
        gap >= 0 and not text.startswith("-", gap + 2) and SENTENCES.fullmatch(text, gap + 2, end)
    ):
        end = gap
        gap = text.rfind("\n\n", start, end)
    return (start, end)


def _plain_html(text: str) -> Iterator[str]:
    """The HTML of *text*, blocks that `SENTENCES` matches."""
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
