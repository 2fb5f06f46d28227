"""Tests of contrast as WCAG 2.2 defines it, for every colour pair in the theme."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen import colours
from statusgen.model import Severity
from tests.support import examples

TEXT, DIM, GRAPHIC = 4.5, 4.5, 3.0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("#000000", "#ffffff", 21, id="black-on-white"),
        pytest.param("#ffffff", "#ffffff", 1, id="nothing"),
        pytest.param("#777777", "#ffffff", 4.48, id="the-grey-that-just-fails"),
        pytest.param("#767676", "#ffffff", 4.54, id="the-grey-that-just-passes"),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    """The contrast ratio is that of WCAG 2.2, in either order of the colours."""
    assert expected == pytest.approx(colours.contrast(one, other), abs=0.01)
    assert expected == pytest.approx(colours.contrast(other, one), abs=0.01)


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_any_colour_can_be_made_readable(colour: str) -> None:
    """Links are readable on every background of both themes, with any accent colour."""
    for grounds in (("#ffffff", "#f6f7f9"), ("#0f1318", "#171c23")):
        mixed = colours.readable(colour, *grounds)

        assert min(colours.contrast(mixed, ground) for ground in grounds) >= colours.AA


def test_a_readable_colour_stays_as_it_is() -> None:
    """An accent colour with enough contrast is not changed."""
    assert "#7a1fa2" == colours.readable("#7a1fa2", "#ffffff", "#f6f7f9")


def tokens(scheme: str) -> dict[str, str]:
    style = examples.empty().text("index.html").partition("<style>")[2].partition("</style>")[0]
    light, dark = re.findall(r":root\{([^}]*)\}", style)
    pairs = re.findall(r"--(\w+):(#[0-9a-f]{3,6})", light + (dark if scheme == "dark" else ""))
    return {name: value if len(value) == 7 else f"{value}{value[1:]}" for name, value in pairs}


def mixed(colour: str, ground: str, share: float) -> str:
    pairs = [(int(colour[n : n + 2], 16), int(ground[n : n + 2], 16)) for n in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_the_theme_has_contrast(scheme: str) -> None:
    """Text has 4.5:1 on every background, bars and icons 3:1 (WCAG 2.2, AA)."""
    found = tokens(scheme)
    washes = [mixed(found[one], found["back"], 0.14) for one in Severity]
    grounds = [found["back"], found["soft"], *washes]
    low = [
        (name, ground)
        for name, least in (("text", TEXT), ("dim", DIM), ("link", TEXT))
        for ground in (grounds if name == "text" else grounds[:2])
        if colours.contrast(found[name], ground) < least
    ]
    low += [
        (severity, ground)
        for severity in Severity
        for ground in (found["back"], mixed(found[severity], found["back"], 0.09))
        if colours.contrast(found[severity], ground) < GRAPHIC
    ]

    assert [] == low


def test_the_colours_of_severities_are_those_of_the_style() -> None:
    """Severity colours equal those of the light theme, and white text is readable on them.

    The style has a darker one for degraded, which has to be readable as text on a tint.
    """
    style = tokens("light")
    darker = {Severity.DEGRADED: "#8a5c00"}

    assert {severity: style[severity] for severity in Severity} == colours.OF_SEVERITY | darker
    assert min(colours.contrast("#ffffff", one) for one in colours.OF_SEVERITY.values()) >= TEXT
