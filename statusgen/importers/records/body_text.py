"""Prepare texts from other systems for publication."""

import re
from urllib.parse import urljoin

from statusgen.importers.hidden_markup import split_hidden
from statusgen.importers.records import html_to_markdown
from statusgen.importers.texts import Remark, clean_text, convertible_text
from statusgen.markup import escape

# The target of a Markdown link or image without a scheme, such as `](/help)`.
_RELATIVE = re.compile(r"(\]\(\s*<?)(?![a-z][a-z0-9+.-]*:|#|//)([^()\s<>]+)", re.IGNORECASE)


def published(text: str, base_url: str, remark: Remark) -> str:
    """Return *text* as Markdown without comments; *base_url* completes its relative links.

    Raises ValueError if it is too long. A text that cannot be shown as Markdown is escaped.
    """
    shown = split_hidden(clean_text(text, remark), keeps_tags=True).text
    if html_to_markdown.is_html(shown):
        shown = clean_text(html_to_markdown.to_markdown(shown), remark)
    shown = _trimmed(_with_base(shown, base_url))
    try:
        return convertible_text(shown)
    except ValueError as fault:
        remark(f"a text {fault}; it is shown as plain text")
        return convertible_text(escape.escape(shown))


def _with_base(text: str, base_url: str) -> str:
    """Return *text* with its relative links made absolute."""
    if not base_url:
        return text
    return _RELATIVE.sub(lambda found: found[1] + _joined(base_url, found[2]), text)


def _joined(base_url: str, target: str) -> str:
    try:
        return urljoin(f"{base_url.rstrip('/')}/", target)
    except ValueError:
        return target


def _trimmed(text: str) -> str:
    """Return *text* without blank lines around it; the first line keeps its indentation."""
    lines = [line.rstrip() if not line.strip() else line for line in text.split("\n")]
    return "\n".join(lines).strip("\n").rstrip()
