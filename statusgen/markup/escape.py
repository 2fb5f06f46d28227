"""Plain text of somebody else to Markdown that shows it as it is."""

import re

from statusgen import characters
from statusgen.markup import limits

# What begins a heading, a quote, an entry of a list, a rule, an underline or the row below the
# head of a table. Where `*`, `_` or a backtick does, they are escaped as everywhere.
_START = re.compile(
    r"(?P<number>\d+)(?P<dot>[.)])(?=\s|$)|(?P<mark>#|>|[-+](?=\s|$)|[-=:|][-=:|>\s]*$)"
)
_INSIDE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])"  # a backslash that would make the next character plain
    r"|[*`]|(?<!\w)_+|~~+"
    r"|(?<=])\("  # of a link
    r"|(?i:(?<=http)|(?<=https)):(?=//)"
    r"|<(?=\S)|&(?=#?\w+;)"
)
_PUNCTUATION = re.compile("[!-/:-@\\[-`{-~]")
# A backslash does nothing before these.
_NAMED = {"<": "&lt;", "&": "&amp;", ":": "&#58;", "=": "&#61;", "~": "&#126;"}


def escape(text: str) -> str:
    """*text* as Markdown of which `markup.to_html` interprets nothing; line breaks stay.

    Characters that nobody sees are left out, those that no output can carry become U+FFFD, and
    white space around a line is not kept. The result of up to 10,000 characters has no flaw: what
    would be too heavy as prose, such as a thousand brackets, comes in a block of code.
    """
    lines = [line.strip() for line in clean(text).split("\n")]
    prose = "\n".join(_line(line) for line in lines).strip("\n")
    is_light = next(limits.find_flaws(prose), None) is None
    return prose if is_light else _fenced(lines)


def inert(text: str) -> str:
    """*text*, one line, as Markdown of GitHub that shows just that: references are no markup."""
    return _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", text)


def clean(text: str) -> str:
    """*text* with one kind of line break and with characters that every output can carry."""
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
    """*lines* as a block of code, in a fence that is longer than any that stands in them."""
    text = "\n".join(lines).strip("\n")
    fence = min((_fence(text, mark) for mark in "`~"), key=len)
    return f"{fence}\n{text}\n{fence}"


def _fence(text: str, mark: str) -> str:
    longest = max(map(len, re.findall(f"{mark}+", text)), default=0)
    return mark * max(3, longest + 1)
