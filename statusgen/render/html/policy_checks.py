"""Warnings about code in a site's own templates that the Content-Security-Policy blocks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from jinja2 import nodes

from statusgen.config.settings import FILE, Config
from statusgen.model import Directive
from statusgen.problems import Level, Problem, quoted
from statusgen.render.html import policy, template_html
from statusgen.render.html.own_templates import OwnTemplates
from statusgen.render.html.template_html import (
    PLACEHOLDERS,
    ROOT,
    STATEMENT,
    STYLESHEET,
    VALUE,
    Element,
)

_BASE = "base.html"
_ENDINGS = (".html", ".htm", ".jinja", ".j2")

# Attributes with the address of something that a page loads or sends to.
_LOADED = {
    ("audio", "src"): Directive.MEDIA,
    ("button", "formaction"): Directive.FORM,
    ("form", "action"): Directive.FORM,
    ("iframe", "src"): Directive.FRAME,
    ("image", "href"): Directive.IMAGE,
    ("image", "xlink:href"): Directive.IMAGE,
    ("img", "src"): Directive.IMAGE,
    ("input", "formaction"): Directive.FORM,
    ("input", "src"): Directive.IMAGE,
    ("script", "src"): Directive.SCRIPT,
    ("source", "src"): Directive.MEDIA,
    ("track", "src"): Directive.MEDIA,
    ("video", "poster"): Directive.IMAGE,
    ("video", "src"): Directive.MEDIA,
}
_LINKED = {
    "apple-touch-icon": Directive.IMAGE,
    "icon": Directive.IMAGE,
    "manifest": Directive.MANIFEST,
    "modulepreload": Directive.SCRIPT,
    "stylesheet": Directive.STYLE,
}
_ADDRESSES = ("action", "data", "formaction", "href", "src", "xlink:href")
_POLICY = "the page's Content-Security-Policy"
_BLOCKED = f"{_POLICY} blocks it"
_STYLE_FILE = "the file of 'extra_css'"
_COPY = {
    Directive.SCRIPT: f"copy the file to static/, or add it to {FILE}",
    Directive.STYLE: f"copy the file to static/, or add it to {FILE}",
    Directive.IMAGE: f"copy the file to static/, or add it to {FILE}",
}
# Other types of scripts are data, such as JSON-LD, which the policy does not concern.
_CODE_TYPE = re.compile(
    r"(module|importmap|speculationrules|(text|application)/.*(java|ecma|j|live)script.*)?", re.I
)
_HANDLER = re.compile("on[a-z]{3,}")


def problems(own: OwnTemplates, config: Config) -> Iterator[Problem]:
    """Yield a warning for each piece of code in *own* that browsers block on pages of the site.

    Templates with a policy of their own are not checked; neither are any if that is `base.html`.
    """
    found = {
        name: template_html.elements(own.source(name), own.environment)
        for name in own.trees
        if name.endswith(_ENDINGS)
    }
    free = {name for name in found if _has_other_policy(own.trees[name], found[name])}
    checks = _Checks(config)
    for name in sorted(found.keys() - free) if _BASE not in free else ():
        for element in found[name]:
            for message in checks.messages(element):
                yield own.problem(name, element.line, message, Level.WARNING)


def _has_other_policy(tree: nodes.Template, elements: Iterable[Element]) -> bool:
    """Return True if the template writes a page, or the block `csp`, without `page.policy`."""
    if any(node.attr == "policy" for node in tree.find_all(nodes.Getattr)):
        return False
    for block in tree.find_all(nodes.Block):
        if block.name == "csp":
            calls = (call.node for call in block.find_all(nodes.Call))
            return not any(isinstance(one, nodes.Name) and one.name == "super" for one in calls)
    return any(one.tag == "html" for one in elements)


class _Checks:
    """Checks of elements against the policy of the site with *config*."""

    def __init__(self, config: Config) -> None:
        self._allowed: Mapping[Directive, tuple[str, ...]] = policy.allowed(config.csp)
        self._home = config.url

    def messages(self, element: Element) -> Iterator[str]:
        """Yield what browsers will not do with *element*, and the remedy."""
        if element.content is not None:
            yield from self._inline(element, element.content)
        for name, value in element.attributes:
            if name == "style" and value.strip():
                what = f"browsers ignore this 'style' attribute: {_BLOCKED}"
                yield f"{what}; use a class, and a rule in {_STYLE_FILE}"
            elif _HANDLER.fullmatch(name) and value.strip():
                what = f"browsers do not run this {quoted(name)}: {_BLOCKED}"
                yield f"{what}; add a listener in a script in static/"
            elif name in _ADDRESSES and _is_script(value):
                what = f"browsers do not run this 'javascript:' address in {quoted(name)}"
                remedy = "use a button, and a listener in a script in static/"
                yield f"{what}: {_BLOCKED}; {remedy}"
            else:
                yield from self._loaded(element, name, value)

    def _inline(self, element: Element, content: str) -> Iterator[str]:
        is_script = element.tag == "script"
        directive = Directive.SCRIPT if is_script else Directive.STYLE
        kind = element.value("type").strip()
        is_data = is_script and not _CODE_TYPE.fullmatch(kind)
        if is_data or (is_script and element.value("src")):
            return
        if not content.strip() or content.strip() == STYLESHEET:
            return
        what = f"browsers {'do not run' if is_script else 'ignore'} this inline {element.tag}"
        what += f": {_BLOCKED}"
        move = f"move it to {'a file in static/' if is_script else _STYLE_FILE}"
        if not PLACEHOLDERS.isdisjoint(content):
            values = ", and its values to data attributes" if is_script else ""
            yield f"{what}; {move}{values}"
            return
        data = content.encode()
        hashes = [policy.hash_of(data, name) for name in ("sha256", "sha384", "sha512")]
        if set(hashes).isdisjoint(self._allowed[directive]):
            yield f"{what}; {move}, or add it to {FILE}: {_setting(directive, hashes[0])}"

    def _loaded(self, element: Element, name: str, value: str) -> Iterator[str]:
        directive = _LOADED.get((element.tag, name))
        if element.tag == "link" and name == "href":
            rels = element.value("rel").lower().split()
            directive = next((_LINKED[rel] for rel in rels if rel in _LINKED), None)
        urls = [value] if directive else []
        if name == "srcset" and element.tag in ("img", "source"):
            directive, urls = Directive.IMAGE, _candidates(value)
        for url in urls:
            with suppress(ValueError):  # Not an address, or one that the template computes.
                source = self._missing(url, directive) if directive else ""
                if directive and source:
                    verb = "send this form to" if directive is Directive.FORM else "load"
                    what = f"browsers do not {verb} {quoted(_clean(url))}"
                    what += f": {_POLICY} does not allow it in {directive}"
                    remedy = _COPY.get(directive, f"add it to {FILE}")
                    yield f"{what}; {remedy}: {_setting(directive, source)}"

    def _missing(self, url: str, directive: Directive) -> str:
        """Return the source that would allow *url*, or an empty string if it is allowed.

        Raises ValueError if the host is unknown, because the template computes it.
        """
        is_root = url.strip().startswith(ROOT)
        text = url.strip().removeprefix(ROOT).replace(STATEMENT, VALUE)
        known, is_cut, _ = text.partition(VALUE)
        parts = urlsplit(known)
        is_host = bool(parts.netloc and (parts.path or not is_cut))
        if is_cut and not is_host and not (is_root and known):
            raise ValueError
        if not known and not is_root:
            return ""
        sources = self._allowed.get(directive, ())
        if policy.allows(sources, known, home=self._home, is_whole=not is_cut):
            return ""
        if parts.netloc:
            port = f":{parts.port}" if parts.port else ""
            return f"{parts.scheme or urlsplit(self._home).scheme}://{parts.hostname}{port}"
        return f"{parts.scheme}:" if parts.scheme else "self"


def _is_script(value: str) -> bool:
    return re.sub(r"[\x00-\x20]", "", value).lower().startswith("javascript:")


def _candidates(srcset: str) -> list[str]:
    return [one.split()[0] for one in srcset.split(",") if one.split()]


def _clean(text: str) -> str:
    """Return *text* with `…` for what the template computes."""
    shown = text.strip().removeprefix(ROOT)
    return "".join("…" if one in PLACEHOLDERS else one for one in shown)


def _setting(directive: Directive, source: str) -> str:
    """Return the setting that adds *source*, without the quotes that YAML does not need."""
    bare = source.strip("'")
    return f"csp: {{{directive}: [{quoted(bare) if bare.endswith(':') else bare}]}}"
