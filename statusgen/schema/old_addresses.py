"""Parsers for `redirect_from`: old addresses of a page, relative to the site's root."""

import re

from statusgen import characters
from statusgen.problems import quoted
from statusgen.schema.scalars import is_device, type_name

MAX_ADDRESSES = 100  # in one file
MAX_ADDRESS = 200  # characters
EXAMPLE = "issues/old-name/"

_BLANK = re.compile(r"[^\S ]")  # white space other than a space

# Patterns that an old address must not match, each with a description and a remedy.
_FAULTS = (
    (r"^[A-Za-z][A-Za-z0-9+.-]*:", "begins with a scheme", f"write only a path, such as {EXAMPLE}"),
    (r"^/", "begins with '/'", f"write it from the root of the site, such as {EXAMPLE}"),
    (r"\\", "contains a backslash", "write '/' between folders"),
    (r"[?#]", "contains a query or fragment, which files cannot have", "remove '?' and '#'"),
    (r"%", "contains '%'", "write the character itself instead of its code"),
    (r'[*:|"<>]', "contains a character that Windows does not allow in file names", "remove it"),
    (r"//", "contains '//'", "write one '/' between folders"),
    (r"(?:^|/)\.\.?(?:/|$)", "contains '.' or '..' as a path segment", "write the path without it"),
    (
        r"(?:^|/) |[ .](?:/|$)",
        "contains a path segment that begins with a space, or ends with a space or dot",
        "remove it",
    ),
)


def as_addresses(value: object) -> object:
    """Return *value*, a list or a single address, as a list."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list):
        return value
    raise ValueError(f"'redirect_from' is not a list; write [{EXAMPLE}]")


def old_address(value: object) -> str:
    """Return *value* as an old address.

    Raises ValueError with the problem and a remedy.
    """
    if not isinstance(value, str):
        raise ValueError(f"expected a single address, found {type_name(value)}; write {EXAMPLE}")
    if not value:
        raise ValueError(f"missing address; write one such as {EXAMPLE}")
    if len(value) > MAX_ADDRESS:
        what = f"the address has {len(value)} characters, more than the limit of {MAX_ADDRESS}"
        raise ValueError(f"{what}; shorten it")
    hidden = characters.forbidden(value) or characters.invisible(value) or _BLANK.search(value)
    if hidden is not None:
        raise ValueError(f"{quoted(value)} contains {characters.describe(hidden[0])}; remove it")
    for pattern, fault, remedy in _FAULTS:
        if re.search(pattern, value):
            raise ValueError(f"{quoted(value)} {fault}; {remedy}")
    device = next((part for part in value.split("/") if is_device(part)), None)
    if device is not None:
        what = f"{quoted(value)} contains {quoted(device)}, which is a Windows device name"
        raise ValueError(f"{what}; remove it")
    return value
