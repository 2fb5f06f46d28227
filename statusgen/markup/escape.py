"""Escaping of plain text for Markdown."""

import re

from statusgen import characters
from statusgen.markup import limits

# The start of a heading, quote, list item, rule, underline or table delimiter row. `*`, `_` and
# backticks are escaped everywhere.
_START = re.compile(
    r"(?P<number>\d+)(?P<dot>[.)])(?=\s|$)|(?P<mark>#|>|[-+](?=\s|$)|[-=:|][-=:|>\s]*$)"
)
_INSIDE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])"  # a backslash that would escape the next character
    r"|[*`]|(?<!\w)_+|~~+"
    r"|(?<=])\("  # the target of a link
    r"|(?i:(?<=http)|(?<=https)):(?=//)"
    r"|<(?=\S)|&(?=#?\w+;)"
)
_PUNCTUATION = re.compile("[!-/:-@\\[-`{-~]")
# A backslash does not escape these.
_NAMED = {"<": "&lt;", "&": "&amp;", ":": "&#58;", "=": "&#61;", "~": "&#126;"}


def escape(text: str) -> str:
    """Escape *text* so that `markup.to_html` shows it literally; line breaks are kept.

    Invisible characters and white space around lines are removed. Characters that are not allowed
    in output become U+FFFD. For up to 10,000 characters, the result has no flaws: text that would
    exceed a limit as prose, such as a thousand brackets, becomes a code block.
    """
    lines = [line.strip() for line in clean(text).split("\n")]
    prose = "\n".join(_line(line) for line in lines).strip("\n")
    is_light = next(limits.find_flaws(prose), None) is None
    return prose if is_light else _fenced(lines)


def inert(text: str) -> str:
    """Escape the single line *text* for GitHub's Markdown, with character references."""
    return _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", text)


def clean(text: str) -> str:
    """Normalize line breaks in *text*, and remove or replace characters not allowed in output."""
    text = characters.replaced(text.replace("\r\n", "\n").replace("\r", "\n"))
    if characters.invisible(text):
        text = "".join(one for one in text if not characters.invisible(one))
    return text


def _line(line: str) -> str:
    start = _START.match(line)
    if start is None:
        return _inside(line)
    if start["dot"]:
        return f"{start['number']}\\{start['dot']}{_inside(line[start.end() :])}"
    return _plain(line[0]) + _inside(line[1:])


def _inside(line: str) -> str:
    return _INSIDE.sub(lambda match: "".join(map(_plain, match[0])), line)


def _plain(character: str) -> str:
    return _NAMED.get(character, f"\\{character}")


def _fenced(lines: list[str]) -> str:
    """Return *lines* as a code block, with a fence longer than any inside it."""
    text = "\n".join(lines).strip("\n")
    fence = min((_fence(text, mark) for mark in "`~"), key=len)
    return f"{fence}\n{text}\n{fence}"


def _fence(text: str, mark: str) -> str:
    longest = max(map(len, re.findall(f"{mark}+", text)), default=0)
    return mark * max(3, longest + 1)
