"""The icons at the paths that browsers and phones ask for."""

import struct
import tempfile
from pathlib import Path

import html5lib
import pytest

from tests.conftest import ROOT, write_site
from tests.support import examples, theme_pictures
from tests.support.examples import Site, built, made

PICTURES = ROOT / "templates" / "pictures"
ICONS = ("apple-touch-icon.png", "favicon.ico")


def links(site: Site, path: str) -> list[tuple[str, str]]:
    """Return the relation and target of each icon in the page *path*."""
    page = html5lib.parse(site.text(path), namespaceHTMLElements=False)
    found = ((one.get("rel"), one.get("href")) for one in page.iter("link"))
    return [(rel, href) for rel, href in found if "icon" in rel]


def settings(more: str) -> str:
    return f"title: Acme\nurl: https://acme.example\nservices: [{{id: api, name: API}}]\n{more}"


@pytest.mark.parametrize(
    ("path", "root"),
    [
        pytest.param("index.html", "", id="front-page"),
        pytest.param("services/api.html", "../", id="in-a-folder"),
        pytest.param("404.html", "/status/", id="at-an-unknown-address"),
    ],
)
def test_every_page_links_the_icons(path: str, root: str) -> None:
    """The SVG, which shows the status, comes last, because browsers prefer the last icon."""
    site = made(base_url="https://acme.example/status")

    assert [
        ("icon", f"{root}favicon.ico"),
        ("icon", f"{root}favicon-none.svg"),
        ("apple-touch-icon", f"{root}apple-touch-icon.png"),
    ] == links(site, path)
    assert {name: (PICTURES / name).read_bytes() for name in ICONS} == {
        name: site.files[name] for name in ICONS
    }


def test_a_favicon_of_the_settings_stands_alone() -> None:
    """With `favicon`, no built-in icon contradicts it, and static/ may have the others."""
    files = {"static/favicon.ico": "mine", "static/apple-touch-icon.png": "mine, too"}
    site = made({"statusgen.yml": settings("favicon: favicon.ico\n"), **files})
    other = made({"statusgen.yml": settings("favicon: tab.png\n"), "static/tab.png": "x"})

    assert [("icon", "favicon.ico")] == links(site, "index.html")
    assert [b"mine", b"mine, too"] == [site.files["favicon.ico"], site.files[ICONS[0]]]
    assert [("icon", "tab.png")] == links(other, "index.html")
    assert set() == other.files.keys() & set(ICONS)


def test_an_own_template_of_the_favicon_brings_its_own_icons() -> None:
    """Built-in icons do not appear beside an own favicon.svg; those in templates/pictures/ do."""
    template = {"templates/favicon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>'}
    picture = {"templates/pictures/favicon.ico": "mine"}
    alone, both = made(template), made({**template, **picture})

    assert ["icon"] == [rel for rel, _ in links(alone, "index.html")]
    assert ["icon", "icon"] == [rel for rel, _ in links(both, "index.html")]
    assert set() == alone.files.keys() & set(ICONS)
    assert b"mine" == both.files["favicon.ico"]


def test_own_icons_replace_built_in_ones() -> None:
    """A file in templates/pictures/ replaces the icon and leaves the SVG as it is."""
    with tempfile.TemporaryDirectory() as name:
        folder = write_site(Path(name), {"templates/pictures/favicon.ico": "mine"})
        site = built(folder, url="https://status.acme.example")

    assert b"mine" == site.files["favicon.ico"]
    assert links(examples.empty(), "index.html") == links(site, "index.html")


def test_the_ico_file_has_three_sizes() -> None:
    """favicon.ico has 16, 32 and 48 pixels, each a PNG of 32 bits inside the file."""
    data = (PICTURES / "favicon.ico").read_bytes()
    reserved, kind, count = struct.unpack("<HHH", data[:6])
    entries = [struct.unpack("<BBBBHHII", data[6 + 16 * n : 22 + 16 * n]) for n in range(count)]
    images = [data[offset : offset + length] for *_, length, offset in entries]

    assert (0, 1) == (reserved, kind)
    assert [(size, size) for size in theme_pictures.ICO_SIZES] == [entry[:2] for entry in entries]
    assert [entry[:2] for entry in entries] == [struct.unpack(">II", one[16:24]) for one in images]
    assert {(8, 6)} == {(one[24], one[25]) for one in images}
    assert len(data) == 6 + 16 * count + sum(map(len, images))


def test_the_touch_icon_is_opaque() -> None:
    """apple-touch-icon.png has 180 by 180 pixels and no transparency, which iOS paints black."""
    data = (PICTURES / "apple-touch-icon.png").read_bytes()

    assert (180, 180) == struct.unpack(">II", data[16:24])
    assert (3, False) == (data[25], b"tRNS" in data)
