"""Tests of pictures: those that others host become links, those of the site are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.markup import limits
from statusgen.markup.html import to_html, with_pictures_at

REL = 'rel="nofollow noopener noreferrer"'
PICTURES = frozenset({"latency.png", "a b.png", "graphs/load.svg"})

PASTED = [
    pytest.param(
        '<img width="875" height="209" alt="Image" src="https://b.example/c-d" />',
        f'<a href="https://b.example/c-d" {REL}>Image</a>',
        id="as-github-writes-it",
    ),
    pytest.param(
        "a <IMG\nsrc='https://b.example/c?d&amp;e'> f",
        f'a <a href="https://b.example/c?d&amp;e" {REL}>https://b.example/c?d&amp;e</a> f',
        id="without-alt",
    ),
    pytest.param(
        '[<img alt="a" src="https://b.example">](https://c.example)',
        f'<a href="https://c.example" {REL}>a</a>',
        id="in-a-link",
    ),
    pytest.param(
        '<img alt="*a* &lt;b&gt;" src=https://b.example>',
        f'<a href="https://b.example" {REL}>*a* &lt;b&gt;</a>',
        id="marks-in-alt",
    ),
    pytest.param('`<img src="a">`', '<code>&lt;img src="a"&gt;</code>', id="in-code"),
    pytest.param('<img src="javascript:a">', '&lt;img src="javascript:a"&gt;', id="script"),
    pytest.param('<img src="a.png">', '&lt;img src="a.png"&gt;', id="unknown-file"),
]
OWN = [
    pytest.param("![Latency in ms](latency.png)", "latency.png", id="name"),
    pytest.param("![Latency in ms](/latency.png)", "latency.png", id="root"),
    pytest.param("![Latency in ms](../static/latency.png)", "latency.png", id="static"),
    pytest.param("![Latency in ms](../../static/latency.png)", "latency.png", id="subfolder"),
    pytest.param("![Latency in ms](./latency.png 'title')", "latency.png", id="here"),
    pytest.param("![Latency in ms](a%20b.png)", "a%20b.png", id="encoded-space"),
    pytest.param("![Latency in ms](<a b.png>)", "a%20b.png", id="space"),
    pytest.param("![*Latency* in `ms`](graphs/load.svg)", "graphs/load.svg", id="marks"),
    pytest.param('<img alt="Latency in ms" src="latency.png" width="9">', "latency.png", id="html"),
]


@pytest.mark.parametrize(("text", "expected"), PASTED)
def test_pasted_picture_is_a_link(text: str, expected: str) -> None:
    """The HTML that GitHub writes for a pasted picture is a link to it; other HTML is text."""
    assert f"<p>{expected}</p>" == to_html(text)


def test_runs_of_backticks_are_not_split() -> None:
    """A run of backticks without an equal one stays as it is."""
    assert "<p>a```<br>\n`</p>" == to_html("a```\n`")


@pytest.mark.parametrize(("text", "path"), OWN)
def test_own_picture_is_shown(text: str, path: str) -> None:
    """A picture in `static/` is shown below any base address, without a warning."""
    html = to_html(text, pictures=PICTURES)
    actual = with_pictures_at("https://a.example/?b&c/", html)
    address = f"https://a.example/?b&amp;c/{path}"

    expected = f'<p><img alt="Latency in ms" src="{address}"></p>'
    assert (expected, []) == (actual, list(limits.find_flaws(text, pictures=PICTURES)))


def test_own_picture_in_a_link_is_shown() -> None:
    """A picture in `static/` is shown within a link, and without a link that is dropped."""
    link = "[![a](latency.png)]"
    picture = '<img alt="a" src="static:latency.png">'
    expected = f'<p><a href="https://b.example" {REL}>{picture}</a></p>'

    assert expected == to_html(f"{link}(https://b.example)", pictures=PICTURES)
    assert f"<p>{picture}</p>" == to_html(f"{link}(latency.png)", pictures=PICTURES)


def test_line_break_in_the_text_of_a_picture_is_a_space() -> None:
    """Two lines in the text of a picture stay two words."""
    html = to_html("![Latency\nin ms](latency.png)", pictures=PICTURES)

    assert '<p><img alt="Latency in ms" src="static:latency.png"></p>' == html


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("![a](https://b.example/latency.png)", id="of-others"),
        pytest.param("![a](other.png)", id="missing"),
        pytest.param("![a](../latency.png)", id="outside"),
        pytest.param("[a](latency.png)", id="link"),
        pytest.param("![a](static:latency.png)", id="internal-address"),
        pytest.param('&lt;img alt="a" src="static:latency.png"&gt;', id="text"),
    ],
)
def test_other_picture_is_not_shown(text: str) -> None:
    """Neither pictures of others nor files that are not in `static/` are shown."""
    html = to_html(text, pictures=PICTURES)

    assert (False, html) == ("<img" in html, with_pictures_at("../", html))


PARTS = [
    "<img ",
    'src="latency.png"',
    'alt="',
    '"',
    "'",
    ">",
    "!",
    "[",
    "](latency.png)",
    "a",
    "\n",
]


@given(st.lists(st.sampled_from([*PARTS, "static:latency.png", "*", "<", "&quot;"]), max_size=20))
def test_address_for_own_pictures_never_stays(parts: list[str]) -> None:
    """Every picture gets its address, with any text around it."""
    actual = with_pictures_at("../", to_html("".join(parts), pictures=PICTURES))

    assert actual.count("<img") == actual.count('src="../latency.png">')
