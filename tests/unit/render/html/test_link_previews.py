"""The pictures in previews of shared links."""

import re
import struct
import tempfile
from pathlib import Path

import html5lib
import pytest

from statusgen import colours
from statusgen.model import Severity
from tests.conftest import ROOT, Run, write_site
from tests.support import examples, theme_pictures
from tests.support.examples import Site, built, made

PICTURES = ROOT / "templates" / "pictures"
NAMES = ["og-neutral.png", *(f"og-{severity}.png" for severity in Severity)]
MAX_PICTURE = 6_000  # bytes


def preview(site: Site, path: str) -> dict[str, str]:
    """Return the tags for link previews in the page *path*, by the last part of their names."""
    page = html5lib.parse(site.text(path), namespaceHTMLElements=False)
    found = ((one.get("property") or one.get("name") or "", one) for one in page.iter("meta"))
    return {
        name.rpartition("og:")[2]: one.get("content")
        for name, one in found
        if name.startswith(("og:image", "twitter:"))
    }


def built_in(url: str, name: str, alt: str) -> dict[str, str]:
    """Return the tags for the built-in picture *name*."""
    return {
        "image": f"{url}/{name}",
        "image:width": "1200",
        "image:height": "630",
        "image:alt": alt,
        "twitter:card": "summary_large_image",
    }


def incident(severity: str, *, rest: str = "", services: str = "[api]") -> str:
    return f"---\ntitle: Errors\nseverity: {severity}\nservices: {services}\n{rest}---\nText.\n"


def settings(more: str = "") -> str:
    return f"title: Acme\nurl: https://acme.example\nservices: [{{id: api, name: API}}]\n{more}"


OPEN = "started: 2026-11-20 09:00\n"
DONE = f"{OPEN}resolved: 2026-11-20 09:30\n"
MILDER = (
    f"{OPEN}updates:\n- at: 2026-11-20 09:10\n  severity: degraded\n  text: Better.\n"
    "- at: 2026-11-20 10:10\n  severity: major\n  text: After the build.\n"
)
WINDOW = "starts: 2026-11-21 09:00\nends: 2026-11-21 10:00\nannounced: 2026-11-19 09:00\n"


@pytest.mark.parametrize(
    ("content", "front", "page"),
    [
        pytest.param(incident("major", rest=OPEN), "major", "major", id="open"),
        pytest.param(incident("major", rest=MILDER), "degraded", "degraded", id="milder-now"),
        pytest.param(incident("partial", rest=DONE), "none", "none", id="over"),
        pytest.param(incident("maintenance", rest=WINDOW), "none", "maintenance", id="upcoming"),
        pytest.param(
            incident("none", rest=OPEN, services="[]"), "none", "neutral", id="notice-has-none"
        ),
    ],
)
def test_a_preview_shows_the_severity_of_its_page(content: str, front: str, page: str) -> None:
    """The front page shows the current severity; an incident its own."""
    site = made({"incidents/a.md": content}, now="2026-11-20 10:00")
    images = {
        path: preview(site, path)["image"].rpartition("/og-")[2].removesuffix(".png")
        for path in ("index.html", "incidents/a.html", "services/api.html", "history.html")
    }

    assert {
        "index.html": front,
        "incidents/a.html": page,
        "services/api.html": front,
        "history.html": "neutral",
    } == images


def test_a_preview_names_size_and_alternative_text() -> None:
    """Networks show a large picture only if they know its size; the text is in the language."""
    files = {"incidents/a.md": incident("major", rest=OPEN)}
    site = made(files)
    german = made({**files, "statusgen.yml": f"{settings()}language: de\n"})

    assert built_in(site.url, "og-major.png", "Major outage") == preview(site, "index.html")
    assert built_in(german.url, "og-neutral.png", "Acme") == preview(german, "subscribe.html")
    assert "Größerer Ausfall" == preview(german, "incidents/a.html")["image:alt"]


@pytest.mark.parametrize("base", ["https://acme.example", "https://acme.example/a/status"])
def test_pictures_have_full_addresses_on_any_path(base: str) -> None:
    """`og:image` is absolute and below the address of the site, on pages of any depth."""
    site = made({"incidents/a.md": incident("major", rest=OPEN)}, base_url=base)

    assert f"{base}/og-major.png" == preview(site, "incidents/a.html")["image"]


@pytest.mark.parametrize("logo", ["logo.png", "{light: logo.png, dark: b.svg}"])
def test_a_logo_that_previews_can_show_stays_in_them(logo: str) -> None:
    """A raster logo is on every page's preview, as a small picture of unknown size."""
    files = {"static/logo.png": "x", "static/b.svg": "x"}
    site = made({"statusgen.yml": settings(f"logo: {logo}\n"), **files})
    expected = {
        "image": "https://acme.example/logo.png",
        "image:alt": "Acme",
        "twitter:card": "summary",
    }

    assert [expected] * 2 == [preview(site, path) for path in ("index.html", "history.html")]


def test_an_svg_logo_does_not_replace_the_pictures() -> None:
    """Networks do not show SVG, so the pictures of the severities stay."""
    site = made({"statusgen.yml": settings("logo: logo.svg\n"), "static/logo.svg": "<svg/>"})

    assert "https://acme.example/og-none.png" == preview(site, "index.html")["image"]


def test_every_site_has_each_picture_once() -> None:
    """The pictures are at the root under stable names, the same bytes in every site."""
    for site in (examples.example(), examples.hostile(), examples.empty()):
        found = {path: site.files[path] for path in site.files if path.startswith("og-")}

        assert {name: (PICTURES / name).read_bytes() for name in NAMES} == found


def test_own_pictures_replace_built_in_ones() -> None:
    """A file in templates/pictures/ replaces the built-in picture of the same name."""
    with tempfile.TemporaryDirectory() as name:
        folder = write_site(Path(name), {"templates/pictures/og-major.png": ""})
        (folder / "templates/pictures/og-major.png").write_bytes(b"\x89PNG")
        site = built(folder, url="https://status.acme.example")

    assert b"\x89PNG" == site.files["og-major.png"]
    assert examples.empty().files["og-none.png"] == site.files["og-none.png"]


def test_a_misspelt_own_picture_is_reported(run: Run, tmp_path: Path) -> None:
    """A picture that replaces none is a warning that names the likely one."""
    write_site(tmp_path, {"templates/pictures/og-magor.png": "x"})
    (tmp_path / "templates/pictures/og-magor.png").write_bytes(b"\x89PNG\xff")

    ran = run("check")

    assert (0, True) == (ran.status, "did you mean 'pictures/og-major.png'?" in ran.out)


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_small_and_have_the_colours_of_the_page(name: str) -> None:
    """A PNG has 1200 by 630 pixels, few bytes, and the colour of its severity with white."""
    data = (PICTURES / name).read_bytes()
    start = data.index(b"PLTE") + 4
    table = data[start : start + struct.unpack(">I", data[start - 8 : start - 4])[0]]
    palette = [f"#{table[place : place + 3].hex()}" for place in range(0, len(table), 3)]
    known = {f"og-{one}.png": colour for one, colour in colours.OF_SEVERITY.items()}

    assert (1200, 630) == struct.unpack(">II", data[16:24])
    assert len(data) < MAX_PICTURE
    assert [known.get(name, theme_pictures.NEUTRAL), colours.WHITE] == palette[:2]


def test_the_shapes_are_those_of_the_icons() -> None:
    """Each severity has its own shape in the pictures, that of its icon on the page."""
    shapes = [shape for shape, _ in theme_pictures.marks().values()]

    assert len(shapes) == len(set(shapes)) == len(NAMES)
    assert all(re.search(r'<path [^>]*d="M', shape) for shape in shapes)
