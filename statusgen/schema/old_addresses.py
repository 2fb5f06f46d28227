"""Old addresses of a page, as `redirect_from` lists them: paths from the root of the site."""

import re

from statusgen import characters
from statusgen.problems import quoted
from statusgen.schema.scalars import is_device

MAX_ADDRESSES = 100  # in one file
MAX_ADDRESS = 200  # characters
EXAMPLE = "issues/old-name/"

_BLANK = re.compile(r"[^\S ]")  # white space that cannot be told from a space, or ends a line

# What no old address contains, what that is, and what to write instead.
_FAULTS = (
    (r"^[A-Za-z][A-Za-z0-9+.-]*:", "begins with a scheme", f"write only a path, such as {EXAMPLE}"),
    (r"^/", "begins with '/'", f"write it from the root of the site, such as {EXAMPLE}"),
    (r"\\", "contains a backslash", "write '/' between folders"),
    (r"[?#]", "has a query or fragment, which no file can have", "leave out '?' or '#'"),
    (r"%", "contains '%'", "write the character itself instead of its code"),
    (r'[*:|"<>]', "contains a character that Windows does not allow in a name", "remove it"),
    (r"//", "contains '//'", "write one '/' between folders"),
    (r"(?:^|/)\.\.?(?:/|$)", "contains '.' or '..' as a name", "write the path without it"),
    (r"(?:^|/) |[ .](?:/|$)", "has a name with a space or dot at its edge", "write another"),
)


def as_addresses(value: object) -> object:
    """Return *value* as a list of addresses: a list as it is, one text as a list of one."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list):
        return value
    raise ValueError(f"old addresses are a list; write [{EXAMPLE}]")


def old_address(value: object) -> str:
    """Return *value* as an old address; ValueError says what is wrong."""
    if not isinstance(value, str):
        raise ValueError(f"one address is expected here, not a list or a map; write {EXAMPLE}")
    if not value:
        raise ValueError(f"there is no address here; write one such as {EXAMPLE}")
    if len(value) > MAX_ADDRESS:
        what = f"{len(value)} characters are too many for an address"
        raise ValueError(f"{what}; write at most {MAX_ADDRESS}")
    hidden = characters.forbidden(value) or characters.invisible(value) or _BLANK.search(value)
    if hidden is not None:
        raise ValueError(f"{quoted(value)} contains {characters.describe(hidden[0])}; remove it")
    for pattern, fault, remedy in _FAULTS:
        if re.search(pattern, value):
            raise ValueError(f"{quoted(value)} {fault}; {remedy}")
    device = next((part for part in value.split("/") if is_device(part)), None)
    if device is not None:
        what = f"{quoted(value)} contains {quoted(device)}, the name of a device on Windows"
        raise ValueError(f"{what}; remove it")
    return value
