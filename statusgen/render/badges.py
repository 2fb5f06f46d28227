"""Badges for the site and for each service: `badge.svg`, and `badge.json` for shields.io."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import escape

from statusgen import colours
from statusgen.model import Severity
from statusgen.render import Outputs, json_bytes
from statusgen.site.view_models import ServiceView, Site

PATH = "badge.svg"

# White text on these, as on the severity colours, has a contrast of at least 4.5:1 (WCAG 2.2,
# 1.4.3).
_RETIRED = "#57606a"
_LABEL = "#444c56"

_FONTS = "Verdana,Geneva,'DejaVu Sans',sans-serif"
_SIZE = 11
_PADDING = 6
_NOT_XML = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# Widths of characters in the wider of Verdana and DejaVu Sans, in thousandths of the font size.
_WIDTHS = {
    character: width
    for width, characters in {
        280: "'il",
        365: " ,.fj\xb7",
        400: "t",
        465: '!"()-/:;IJ[\\]r|',
        530: "sz",
        600: "?FLckvxy",
        640: "$*0123456789EPTY_`abdeghnopqu{}",
        700: "ABCKRSVXZ",
        790: "&DGHNOQU",
        860: "#+<=>^w~",
        1000: "@MWm",
        1080: "%",
    }.items()
    for character in characters
}
# Rough averages for other characters, by category or else by direction (Hebrew, Arabic).
_BY_KIND = {"Lu": 860, "Pd": 1000, "Po": 1000, "Sm": 860, "So": 1000, "Sc": 700}
_BY_DIRECTION = {"R": 640, "AL": 600}
_JOINER = "\u200d"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)  # two of them form a flag


@dataclass(frozen=True, kw_only=True)
class _Badge:
    """The text and colour of a badge."""

    label: str
    message: str
    color: str


def outputs(site: Site) -> Outputs:
    """Return the SVG and JSON (https://shields.io/badges/endpoint-badge) of every badge."""
    files: Outputs = {}
    for path, badge in _badges(site):
        files[path] = partial(_svg, badge)
        files[f"{path.removesuffix('.svg')}.json"] = partial(_json, badge)
    return files


def _badges(site: Site) -> Iterator[tuple[str, _Badge]]:
    """Yield the SVG path of each badge, and the badge."""
    yield PATH, _badge(site, site.title, site.severity)
    for service in site.services:
        if service.is_retired:
            yield service.badge_url, _retired(site, service)
        else:
            yield service.badge_url, _badge(site, service.name, service.severity)


def _badge(site: Site, label: str, severity: Severity) -> _Badge:
    # shields.io rejects an empty message.
    message = _line(site.language.say(f"severity.{severity}")) or severity
    return _Badge(label=_line(label), message=message, color=colours.OF_SEVERITY[severity])


def _retired(site: Site, service: ServiceView) -> _Badge:
    """Return a grey badge for a retired service: if it is still embedded, green would mislead."""
    day = site.language.date(service.retired) if service.retired else ""
    message = _line(site.language.say("retired", day=day)) or day
    return _Badge(label=_line(service.name), message=message, color=_RETIRED)


def _line(text: str) -> str:
    """Return *text* on one line, without characters that XML forbids."""
    return " ".join(_NOT_XML.sub(" ", text).split())


def _json(badge: _Badge) -> bytes:
    document = {
        "schemaVersion": 1,
        "label": badge.label,
        "message": badge.message,
        "color": badge.color,
    }
    return json_bytes(document)


def _svg(badge: _Badge) -> bytes:
    """Return a flat badge as SVG without ids, so that a page can contain any number of them."""
    name = f"{badge.label}: {badge.message}"
    left, right = (_width(text) + 2 * _PADDING for text in (badge.label, badge.message))
    whole = left + right
    lines = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20"'
        f' viewBox="0 0 {whole} 20" role="img" aria-label="{escape(name)}">',
        f"<title>{escape(name)}</title>",
        f'<path fill="{_LABEL}" d="M3 0H{left}V20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z"/>',
        f'<path fill="{badge.color}"'
        f' d="M{left} 0H{whole - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left}z"/>',
        f'<g fill="#fff" text-anchor="middle" font-family="{_FONTS}" font-size="{_SIZE}">',
        _drawn(badge.label, start=0, end=left),
        _drawn(badge.message, start=left, end=whole),
        "</g>",
        "</svg>",
    )
    return ("\n".join(lines) + "\n").encode()


def _drawn(text: str, *, start: int, end: int) -> str:
    """Return a centred text element, scaled to fit in case the font differs."""
    length = end - start - 2 * _PADDING
    # Adjusting only the spacing would separate joined Arabic letters.
    fit = f'textLength="{length}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{(start + end) / 2:g}" y="14" {fit}>{escape(text)}</text>'


def _width(text: str) -> int:
    """Return the estimated width of *text* in pixels, on the wide side because fonts differ."""
    total, before = 0, ""
    for character in unicodedata.normalize("NFC", text):
        is_joined = before == _JOINER and _is_wide(character)
        total += 0 if is_joined else _advance(character)
        before = character
    return max(1, -(-total * _SIZE // 1000))


def _advance(character: str) -> int:
    """Return the width of *character*, in thousandths of the font size."""
    # A letter with accents is as wide as one without.
    known = _WIDTHS.get(unicodedata.normalize("NFD", character)[0])
    if known is not None:
        return known
    category = unicodedata.category(character)
    if _is_wide(character):
        # A skin tone modifies the emoji before it; other emoji are wider than an ideograph.
        return {"Sk": 0, "So": 1300}.get(category, 1000)
    if category in ("Mn", "Me", "Cf"):
        return 0
    if ord(character) in _FLAG_LETTERS:
        return 700
    return _BY_KIND.get(category) or _BY_DIRECTION.get(unicodedata.bidirectional(character), 700)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
