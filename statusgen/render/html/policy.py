"""The Content-Security-Policy of the pages: what they need, and what the site adds."""

import base64
import hashlib
from collections.abc import Mapping

from statusgen.model import Directive

Sources = Mapping[Directive, tuple[str, ...]]

SELF = "'self'"
# Always allow files on the site itself: extra_css, and those that its templates add.
_NEEDED: Sources = {Directive.STYLE: (SELF,), Directive.IMAGE: (SELF, "data:")}
_SCRIPTED = (Directive.SCRIPT, Directive.CONNECTION)


def policy(added: Sources, *, inline: Mapping[Directive, bytes], has_script: bool) -> str:
    """Return the policy of a page, for its `<meta>`.

    *added* comes from the site's settings, *inline* has the inline stylesheet and script.
    """
    found = dict(allowed(added, has_script=has_script))
    for name, content in inline.items():
        found[name] = (hash_of(content), *found.get(name, ()))
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
