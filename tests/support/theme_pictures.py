"""Draw the pictures of the theme: previews of shared links, and the icons that cannot be SVG.

    make theme-pictures

Chromium has to be installed. The pictures have no words, because one set serves every language.
"""

import base64
import re
import struct
import zlib
from collections import Counter

from playwright.sync_api import Page

from statusgen.colours import OF_SEVERITY, WHITE
from tests.conftest import ROOT
from tests.support import examples
from tests.support.browsing import launched

FOLDER = ROOT / "templates" / "pictures"
PREVIEW = (1200, 630)
TOUCH_SIZE = 180
ICO_SIZES = (16, 32, 48)

# The mark for what has no severity, or must not claim one because browsers keep it for long.
NEUTRAL = "#57606a"
PULSE = (
    f'<path d="M.5 8.5H4L6.4 3 9.6 13l2-4.5h3.9" fill="none" stroke="{WHITE}"'
    ' stroke-width="1.7" stroke-linejoin="round" stroke-linecap="round"/>'
)

# Chromium only rasterizes; the bytes of the files come from the functions below.
RASTERIZE = """async ([svg, width, height]) => {
  const image = new Image();
  image.src = "data:image/svg+xml;base64," + btoa(svg);
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width, height});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, width, height).data;
  let text = "";
  for (const byte of pixels) text += String.fromCharCode(byte);
  return btoa(text);
}"""

Pixel = tuple[int, ...]


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with launched() as browser:
        page = browser.new_page()
        for name, (shape, colour) in marks().items():
            pixels = rasterized(page, tile(shape, colour, *PREVIEW, share=0.52), *PREVIEW)
            (FOLDER / f"og-{name}.png").write_bytes(palette_png(pixels, *PREVIEW))
        size = TOUCH_SIZE
        touch = rasterized(page, tile(PULSE, NEUTRAL, size, size, share=0.68), size, size)
        (FOLDER / "apple-touch-icon.png").write_bytes(palette_png(touch, size, size))
        icons = {}
        for size in ICO_SIZES:
            svg = tile(PULSE, NEUTRAL, size, size, share=0.82, corner=0.2)
            icons[size] = rgba_png(rasterized(page, svg, size, size), size, size)
        (FOLDER / "favicon.ico").write_bytes(ico(icons))


def marks() -> dict[str, tuple[str, str]]:
    """Return the shape and the background of each preview, by the last part of its name."""
    found = {"neutral": (PULSE, NEUTRAL)}
    for severity, colour in OF_SEVERITY.items():
        icon = examples.empty().text(f"favicon-{severity}.svg")
        shape = "".join(re.findall(r"<path [^>]*/>", icon))
        found[severity] = (f'<g fill="{WHITE}">{shape}</g>', colour)
    return found


def tile(  # noqa: PLR0917  a picture has a size
    shape: str, colour: str, width: int, height: int, share: float, corner: float = 0
) -> str:
    """Return an SVG of *shape*, 16 units wide, centred on *colour*.

    *share* is the part of the height that the shape takes, *corner* that of a rounded corner.
    """
    scale = height * share / 16
    x, y = (width - 16 * scale) / 2, (height - 16 * scale) / 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" rx="{height * corner:g}" fill="{colour}"/>'
        f'<g transform="translate({x:g} {y:g}) scale({scale:g})">{shape}</g></svg>'
    )


def rasterized(page: Page, svg: str, width: int, height: int) -> list[Pixel]:
    """Return the pixels of *svg* in Chromium, each as red, green, blue and alpha."""
    data = base64.b64decode(page.evaluate(RASTERIZE, [svg, width, height]))
    return [tuple(data[place : place + 4]) for place in range(0, len(data), 4)]


def palette_png(pixels: list[Pixel], width: int, height: int) -> bytes:
    """Return an opaque PNG with the 16 most frequent colours, half a byte a pixel.

    Pictures of two flat colours need no more for smooth edges.
    """
    counts = Counter(pixels)
    palette = sorted(counts, key=lambda pixel: (-counts[pixel], pixel))[:16]
    places = {one: palette.index(min(palette, key=lambda p: distance(p, one))) for one in counts}
    rows = []
    for start in range(0, width * height, width):
        row = [places[pixel] for pixel in pixels[start : start + width]]
        halves = zip(row[::2], row[1::2], strict=True)
        rows.append(bytes(left << 4 | right for left, right in halves))
    table = b"".join(bytes(pixel[:3]) for pixel in palette)
    return png(width, height, (4, 3), chunk(b"PLTE", table), rows)


def rgba_png(pixels: list[Pixel], width: int, height: int) -> bytes:
    """Return a PNG of 32 bits a pixel, the only kind of PNG that every reader of ICO supports."""
    rows = (pixels[start : start + width] for start in range(0, width * height, width))
    return png(width, height, (8, 6), b"", [b"".join(map(bytes, row)) for row in rows])


def png(width: int, height: int, kind: tuple[int, int], extra: bytes, rows: list[bytes]) -> bytes:
    """Return a PNG (ISO/IEC 15948) of unfiltered *rows*; *kind* is bit depth and colour type."""
    header = struct.pack(">IIBBBBB", width, height, *kind, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    end = chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + end


def chunk(name: bytes, data: bytes) -> bytes:
    """Return the PNG chunk *name*."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def distance(first: Pixel, second: Pixel) -> int:
    """Return the square of the distance between two colours."""
    return sum((one - other) ** 2 for one, other in zip(first, second, strict=True))


def ico(icons: dict[int, bytes]) -> bytes:
    """Return an ICO file with *icons*, each a PNG by its size."""
    offset = 6 + 16 * len(icons)
    entries, images = b"", b""
    for size, data in icons.items():
        place = offset + len(images)
        entries += struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(data), place)
        images += data
    return struct.pack("<HHH", 0, 1, len(icons)) + entries + images


if __name__ == "__main__":
    main()
