"""Colours that can be read: those of severities, contrast, and a colour made to have enough.

Contrast is that of WCAG 2.2.
"""

from statusgen.model import Severity

# What stands where no style sheet reaches: badges, icons of tabs, banners on other sites. White
# text can be read on each; style.css has them as the tokens of light pages.
OF_SEVERITY = {
    Severity.NONE: "#1a7f37",
    Severity.MAINTENANCE: "#0969da",
    Severity.DEGRADED: "#9a6700",
    Severity.PARTIAL: "#bc4c00",
    Severity.MAJOR: "#cf222e",
}

BLACK, WHITE = "#000000", "#ffffff"
AA = 4.5  # for text of ordinary size

_STEPS = 100


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, `#rrggbb` each, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, *grounds: str) -> str:
    """*colour*, mixed with black or white just so far that it can be read on all *grounds*.

    Which of the two is decided by the first of *grounds*.
    """
    away = max((BLACK, WHITE), key=lambda end: contrast(end, grounds[0]))
    mixes = (_mixed(colour, away, step / _STEPS) for step in range(_STEPS + 1))
    return next(
        (mix for mix in mixes if all(contrast(mix, ground) >= AA for ground in grounds)), away
    )


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
