"""The Content-Security-Policy of the pages: what they need, and what the site adds."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, urlsplit

from statusgen.model import Directive

Sources = Mapping[Directive, tuple[str, ...]]

SELF = "'self'"
# Always allow files on the site itself: extra_css, and those that its templates add.
_NEEDED: Sources = {Directive.STYLE: (SELF,), Directive.IMAGE: (SELF, "data:")}
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_HOST = re.compile(r"(?:(?P<scheme>\w+)://)?(?P<host>[^:/]+)(?::(?P<port>\d+|\*))?(?P<path>/.*)?")
_SCRIPTED = (Directive.SCRIPT, Directive.CONNECTION)


def policy(sources: Sources, *, inline: Mapping[Directive, bytes]) -> str:
    """Return the policy of a page, for its `<meta>`.

    *sources* are those that the page is `allowed`, *inline* has its inline stylesheet and script.
    """
    found = dict(sources)
    for name, content in inline.items():
        found[name] = (*found.get(name, ()), hash_of(content))
    forms = found.pop(Directive.FORM, ("'none'",))
    rules = [f"{name} {' '.join(sources)}" for name, sources in found.items()]
    return "; ".join(
        ("default-src 'none'", *rules, "base-uri 'none'", f"form-action {' '.join(forms)}")
    )


def allowed(added: Sources, *, has_script: bool = True) -> Sources:
    """Return every source that a page with *added* allows, except its inline stylesheet."""
    needed = dict(_NEEDED)
    needed |= {name: (SELF,) for name in _SCRIPTED if has_script or name in added}
    names = [*needed, *(name for name in Directive if name in added and name not in needed)]
    return {
        name: tuple(dict.fromkeys((*needed.get(name, ()), *added.get(name, ())))) for name in names
    }


def hash_of(content: bytes, algorithm: str = "sha256") -> str:
    """Return the source that allows an inline script or style with this *content*."""
    digest = hashlib.new(algorithm, content).digest()
    return f"'{algorithm}-{base64.b64encode(digest).decode()}'"


def allows(sources: Iterable[str], url: str, *, home: str, is_whole: bool = True) -> bool:
    """Return True if a page of the site at *home* may load *url*, by one of *sources*.

    If *url* is not *is_whole*, its path is only the beginning of a path. Raises ValueError if it
    is not an address.
    """
    parts, origin = urlsplit(url), urlsplit(home)
    is_own = not parts.scheme and not parts.netloc
    parts = parts._replace(scheme=parts.scheme.lower() or origin.scheme)
    is_own = is_own or _host_of(parts) == _host_of(origin)
    return any(
        is_own if one == SELF else _matches(one, parts, origin.scheme, is_whole=is_whole)
        for one in sources
    )


def _host_of(parts: SplitResult) -> tuple[str, str, int | None]:
    return (parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme))


def _matches(source: str, parts: SplitResult, scheme: str, *, is_whole: bool) -> bool:
    """Return True if *source*, a host or scheme, allows *parts* (section 6.7.2 of CSP 3).

    A host without a scheme has that of the page, *scheme*.
    """
    if source.endswith(":"):
        return parts.scheme in _upgrades(source[:-1])
    if source == "*":
        return bool(parts.netloc)
    found = _HOST.fullmatch(source)
    host = (parts.hostname or "").lower()
    if found is None or not host or parts.scheme not in _upgrades(found["scheme"] or scheme):
        return False
    name, path = found["host"].lower(), found["path"] or ""
    is_host = host.endswith(name[1:]) if name.startswith("*.") else host == name
    default = _PORTS.get(parts.scheme)
    is_port = found["port"] == "*" or int(found["port"] or default or 0) == (parts.port or default)
    is_path = path in ("", "/") or parts.path == path or not is_whole
    is_path = is_path or (path.endswith("/") and parts.path.startswith(path))
    return is_host and is_port and is_path


def _upgrades(scheme: str) -> tuple[str, ...]:
    """Return the schemes that the source *scheme* allows: itself and its secure variant."""
    return ("http", "https") if scheme.lower() == "http" else (scheme.lower(),)
