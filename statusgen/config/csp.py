"""Sources that a site adds to the Content-Security-Policy of its pages.

The format is that of https://www.w3.org/TR/CSP3/#framework-directive-source-list.
"""

import re

from statusgen.model import Directive
from statusgen.problems import Level, instead, quoted
from statusgen.schema import scalars, web_addresses
from statusgen.schema.yaml_document import Source

_HASH = re.compile(r"sha(?:256-[\w+/-]{43}=|384-[\w+/-]{64}|512-[\w+/-]{86}==)", re.ASCII)
_ADDRESS = re.compile(
    r"(?:https?://|wss?://)?"
    r"(?P<host>\*\.[a-z0-9-]+(?:\.[a-z0-9-]+)*|[a-z0-9-]+(?:\.[a-z0-9-]+)*)"
    r"(?::(?:\d{1,5}|\*))?(?:/[\w.~!$&()*+=:@%/-]*)?",
    re.ASCII | re.IGNORECASE,
)
SCHEMES = ("https:", "http:", "wss:", "ws:", "data:", "blob:")
_EXAMPLE = "https://example.com"

# Browsers ignore these directives in a page, or others cover them.
_UNSUPPORTED = {
    "base-uri": "pages need no <base>; remove it",
    "child-src": "use frame-src or worker-src",
    "default-src": "use the directive of what is loaded, such as script-src or img-src",
    "frame-ancestors": "browsers ignore it in a page; let your host send it as a header",
    "object-src": "plug-ins are blocked; remove it",
    "report-to": "browsers ignore it in a page; let your host send it as a header",
    "report-uri": "browsers ignore it in a page; let your host send it as a header",
    "sandbox": "browsers ignore it in a page; let your host send it as a header",
    "script-src-attr": "use script-src",
    "script-src-elem": "use script-src",
    "style-src-attr": "use style-src",
    "style-src-elem": "use style-src",
}
_KEYWORDS = {
    "none": "nothing is allowed by default; remove it",
    "self": "",
    "strict-dynamic": "it would block the page's own script; name the hosts instead",
    "unsafe-eval": "",
    "unsafe-hashes": "add listeners in a file in static/ instead",
    "unsafe-inline": "it would also allow injected code; use the hash that 'statusgen check' prints"
    " for each script or style",
    "wasm-unsafe-eval": "",
}
_CODE = (Directive.SCRIPT, Directive.STYLE)
_ONLY_SCRIPTS = ("'unsafe-eval'", "'wasm-unsafe-eval'")


def directive(value: object) -> Directive:
    """Return *value*, a key of `csp`, as a directive; raises ValueError with a remedy."""
    text = str(value)
    if text in set(Directive):
        return Directive(text)
    remedy = _UNSUPPORTED.get(text) or instead(text, list(Directive))
    what = "is not supported" if text in _UNSUPPORTED else "is not a directive"
    raise ValueError(f"{quoted(text)} {what}; {remedy}")


def sources(value: object) -> object:
    """Return *value* if it is a list; raises ValueError with a remedy."""
    words = value.replace(";", " ").split() if isinstance(value, str) else []
    if not words:
        return scalars.as_list(value)
    raise ValueError(f"expected a list; write {_list_of(words)}")


def source(value: object) -> str:
    """Return *value* as a header has it, so that keywords and hashes are in single quotes.

    The quotes are optional, because in YAML they belong to the syntax. Raises ValueError with a
    remedy if a browser would ignore the source, or read it as more than one.
    """
    text = scalars.line(value)
    found = re.search(r"[\s;,]", text)
    if found is not None:
        name = "a space" if found[0] == " " else quoted(found[0])
        words = [word for word in re.split(r"[\s;,]+", text) if word]
        remedy = f"write one source per entry: {_list_of(words)}" if words else "remove it"
        raise ValueError(f"{quoted(text)} contains {name}; {remedy}")
    if not text.isascii():
        web_addresses.parse(text if "://" in text else f"https://{text}")
    bare = text.strip("'\"")
    lower = bare.lower()
    if lower in _KEYWORDS:
        if _KEYWORDS[lower]:
            raise ValueError(f"'{lower}' is not supported; {_KEYWORDS[lower]}")
        return f"'{lower}'"
    if lower.startswith("nonce-"):
        remedy = "a static page cannot have a new nonce for each visitor; use a hash"
        raise ValueError(f"{quoted(bare)} is not supported; {remedy}")
    if re.match(r"sha-?\d+[-=_:]", lower):
        return _hash(bare)
    return _host(bare)


def _hash(text: str) -> str:
    if _HASH.fullmatch(text) is None:
        remedy = "copy the one that 'statusgen check' prints, such as sha256-…="
        raise ValueError(f"{quoted(text)} is not a hash; {remedy}")
    return f"'{text}'"


def _host(text: str) -> str:
    """Return *text* if it is `*`, a scheme or a host."""
    if text == "*" or text in SCHEMES:
        return text
    if f"{text}:" in SCHEMES:
        raise ValueError(f"{quoted(text)} is not a source; write '{text}:'")
    found = _ADDRESS.fullmatch(text)
    if found is None and re.search(r"[?#]", text):
        raise ValueError(f"{quoted(text)} has a query; write {re.split('[?#]', text)[0]}")
    # A single word is a misspelt keyword rather than a host in the local network.
    if found is None or not ("." in found["host"] or "://" in text or found["host"] == "localhost"):
        remedy = instead(text, list(_KEYWORDS))
        remedy = remedy if "did you mean" in remedy else f"write one such as {_EXAMPLE}"
        raise ValueError(f"{quoted(text)} is not a source; {remedy}")
    return text


def _list_of(words: list[str]) -> str:
    return f"[{', '.join(word.strip(chr(39)) for word in words)}]"


def check_csp(added: dict[Directive, list[str]], source: Source) -> None:
    """Report sources that have no effect in their directive, and warn about those that allow much.

    *source* is the file with the settings.
    """
    for name, found in added.items():
        for index, one in enumerate(found):
            route = ("csp", str(name), index)
            what = _without_effect(one, name)
            if what:
                source.wrong(f"{what} has no effect in {name}; remove it", *route)
            elif message := _too_much(one, name):
                source.wrong(message, *route, level=Level.WARNING)


def _without_effect(one: str, name: Directive) -> str:
    """Return a name for the source *one* if browsers ignore it in the directive *name*."""
    if one.startswith("'sha"):
        return "" if name in _CODE else "a hash"
    return one if one in _ONLY_SCRIPTS and name is not Directive.SCRIPT else ""


def _too_much(one: str, name: Directive) -> str:
    """Return a warning if the source *one* allows more than a host."""
    if one == "'unsafe-eval'":
        what = "'unsafe-eval' allows scripts to run any text as code"
        return f"{what}; use it only if a script fails without it"
    if name in _CODE and one in ("data:", "blob:"):
        return f"{quoted(one)} in {name} lets injected code run; use a file in static/"
    if one == "*" or (name in _CODE and one in SCHEMES):
        return f"{quoted(one)} in {name} allows every host; name those that you need"
    return ""
