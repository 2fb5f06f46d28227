"""Parsing of web addresses, and advice for those that are not ASCII."""

import re
from contextlib import suppress
from urllib.parse import SplitResult, quote, urlsplit

from statusgen import characters
from statusgen.problems import quoted

EXAMPLE = "https://example.com"

HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_MAIL = re.compile(r"mailto:[^\s\"<>\\@]+@[a-zA-Z0-9.-]+")
_PARTS = re.compile(r"(?P<scheme>https?://)(?P<host>[^/?#:]+)(?P<port>:\d+)?(?P<path>.*)", re.I)

# The two versions of IDNA disagree about these, so only their author can know the host.
_AMBIGUOUS = re.compile("[\u00df\u03c2\u200c\u200d]")
_MAX_SUGGESTED = 300  # characters of an address that a remedy repeats
_SAFE = "/?#[]@!$&'()*+,;=:%~"  # characters that keep their meaning in a path or query


def parse(text: str) -> str:
    """Return *text* if it is a full web address; raises ValueError with a remedy."""
    if "@" in text.partition("://")[2].partition("/")[0]:
        # Not quoted in the message, because it may contain a password.
        raise ValueError("the address contains a user name; remove everything before the '@'")
    if not text.isascii():
        raise ValueError(f"{quoted(text)} contains {_advice(text)}")
    parts = _parts_of(text)
    if parts is None or parts.scheme not in ("http", "https"):
        encoded = _encoded(text)
        remedy = (
            f"write it percent-encoded: {encoded}" if encoded else f"write one such as {EXAMPLE}"
        )
        raise ValueError(f"{quoted(text)} is not an address; {remedy}")
    return text


def mail(text: str) -> str:
    """Return *text* if it is a `mailto:` address; raises ValueError with a remedy."""
    if _MAIL.fullmatch(text):
        return text
    name, at, host = text.partition("@")
    plain = f"{name}{at}{_ascii_host(host) or ''}"
    if not host.isascii() and _MAIL.fullmatch(plain):
        what = f"{quoted(text)} contains non-ASCII characters"
        raise ValueError(f"{what}; write the host in its xn-- form: {plain}")
    raise ValueError(f"{quoted(text)} is not an address; write one such as mailto:help@example.com")


def _advice(text: str) -> str:
    """Return what *text* contains that is not ASCII, and how to write it."""
    parts = _PARTS.fullmatch(text)
    hidden = characters.invisible(text)
    found = characters.correction(hidden[0] if hidden else parts["host"] if parts else text)
    if found is not None:
        return f"{characters.describe(found.wrong)}; {found.remedy}"
    what = "non-ASCII characters"
    if parts is None:
        return f"{what}; write an address such as {EXAMPLE}"
    encoded = _encoded(text)
    if parts["host"].isascii():
        return f"{what}; write it percent-encoded{f': {encoded}' if encoded else ''}"
    return f"{what}; write the host in its xn-- form{f': {encoded}' if encoded else ''}"


def _encoded(text: str) -> str | None:
    """Return *text* with an ASCII host and a percent-encoded path, or None if it has no host."""
    parts = _PARTS.fullmatch(text)
    host = _ascii_host(parts["host"]) if parts else None
    if parts is None or host is None:
        return None
    path = quote(parts["path"], safe=_SAFE)
    encoded = f"{parts['scheme']}{host}{parts['port'] or ''}{path}"
    is_short = len(encoded) <= _MAX_SUGGESTED
    return encoded if is_short and _parts_of(encoded) else None


def _ascii_host(host: str) -> str | None:
    """Return *host* in its xn-- form, or None if it has none."""
    if host.isascii():
        return host
    if len(host) > _MAX_SUGGESTED or _AMBIGUOUS.search(host):
        return None
    with suppress(UnicodeError):  # An empty or long label, or a character that hosts cannot have.
        return host.encode("idna").decode("ascii")
    return None


def _parts_of(url: str) -> SplitResult | None:
    """Return the parts of *url*, or None if browsers would reject or change it."""
    if re.search(r"[\s\"<>\\^`{|}]", url):
        return None
    try:
        parts = urlsplit(url)
        is_sound = parts.port != 0 and HOST.fullmatch(parts.hostname or "") is not None
    except ValueError:
        return None
    return parts if is_sound else None
