"""Link targets in Markdown that work on pages, in feeds and in email, and pictures of the site."""

import html
import re
from urllib.parse import quote, unquote

OWN_PICTURE = "static:"  # begins the address of a picture of the site in HTML of `html.to_html`

URL = re.compile(  # without user name and password, and without characters that browsers rewrite
    r"(?P<host>https?://(?:\w[\w.-]*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?(?=[/?#]|$)|mailto:(?=[^/]))"
    r"(?P<path>[^\s\\\x00-\x20\x7f]*)",
    re.IGNORECASE,
)
_STATIC = re.compile(r"(?:\.\./)*static/|\./|/")
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


def own_picture(href: str, pictures: frozenset[str]) -> str | None:
    """Return the path, encoded for a URL, of the picture in *pictures* that *href* means, or None.

    *pictures* are paths below `static/`. `name.png`, `/name.png`, `../static/name.png` and
    `/static/name.png` mean the same file.
    """
    if not pictures:
        return None
    path = unquote(href.strip())
    for name in (path, _STATIC.sub("", path, count=1), path.removeprefix("/static/")):
        if name in pictures:
            return quote(name)
    return None
