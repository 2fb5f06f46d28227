"""Severity colours, and contrast ratios as defined by WCAG 2.2."""

from statusgen.model import Severity

# Used where no style sheet applies: badges, favicons, banners on other sites. White text is
# readable on all of them. style.css has the same values as tokens for the light theme.
OF_SEVERITY = {
    Severity.NONE: "#1a7f37",
    Severity.MAINTENANCE: "#0969da",
    Severity.DEGRADED: "#9a6700",
    Severity.PARTIAL: "#bc4c00",
    Severity.MAJOR: "#cf222e",
}

BLACK, WHITE = "#000000", "#ffffff"
AA = 4.5  # minimum contrast for text of normal size

_STEPS = 100


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, *backgrounds: str) -> str:
    """Mix *colour* with black or white until its contrast with all *backgrounds* reaches AA.

    The first background determines whether black or white is used.
    """
    extreme = max((BLACK, WHITE), key=lambda end: contrast(end, backgrounds[0]))
    mixes = (_mixed(colour, extreme, step / _STEPS) for step in range(_STEPS + 1))
    return next(
        (mix for mix in mixes if all(contrast(mix, one) >= AA for one in backgrounds)), extreme
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
