"""Link targets in Markdown that work on pages, in feeds and in email."""

import html
import re
from urllib.parse import quote

URL = re.compile(  # without user name and password, and without characters that browsers rewrite
    r"(?P<host>https?://(?:\w[\w.-]*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?(?=[/?#]|$)|mailto:(?=[^/]))"
    r"(?P<path>[^\s\\\x00-\x20\x7f]*)",
    re.IGNORECASE,
)
_NOT_IN_URL = re.compile(r"%(?![0-9A-Fa-f]{2})|[\"<>^`{|}\[\]]")


def safe_url(href: str) -> str | None:
    """Return *href* as a strictly encoded URL, or None if it is not a safe link."""
    # No entity is longer than 32 characters, and int() rejects thousands of digits.
    decoded = re.sub(r"&#?\w{1,32};", lambda match: html.unescape(match[0]), href)
    match = URL.fullmatch(decoded)
    if match is None:
        return None
    path, hash_mark, fragment = match["path"].partition("#")
    rest = path + hash_mark + fragment.replace("#", "%23")
    return match["host"] + _NOT_IN_URL.sub(lambda found: quote(found[0]), rest)
