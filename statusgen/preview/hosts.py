"""The address on which the preview listens, and the names under which browsers may ask for it."""

import re
from collections.abc import Iterable

from statusgen.problems import UsageError, quoted

LOOPBACK = "127.0.0.1"

_EVERY = "0.0.0.0"  # noqa: S104  only if the user asks for it
_LOCAL = (LOOPBACK, "localhost")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.IGNORECASE)


def check_name(option: str, name: str) -> None:
    """Raise UsageError if *name*, the value of *option*, is not a host name or an IPv4 address."""
    if _NAME.fullmatch(name) is None:
        what = f"{option} {quoted(name)} is not a host name or an IPv4 address"
        raise UsageError(f"{what}; write it without a scheme, a port or a path")


def is_local(host: str) -> bool:
    """Return whether only this computer can reach a server that listens on *host*."""
    return host.lower() in _LOCAL


def shown_host(host: str) -> str:
    """Return the host to open in a browser on this computer if the server listens on *host*."""
    return LOOPBACK if host == _EVERY else host


def host_headers(host: str, allowed: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for the Host headers that a server on *host* accepts, with any port.

    Any other name could be that of a website that makes it lead here (DNS rebinding).
    """
    names = {*_LOCAL, shown_host(host), *allowed}
    return re.compile(rf"({'|'.join(map(re.escape, sorted(names)))})(:[0-9]+)?", re.IGNORECASE)
