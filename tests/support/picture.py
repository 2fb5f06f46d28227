"""Take the pictures of the documentation: pages of the example at its own time, light and dark.

    make picture

Chromium has to be installed.
"""

from typing import Literal

from playwright.sync_api import Browser, ViewportSize

from tests.conftest import ROOT
from tests.support import examples
from tests.support.browsing import launched, visit

FOLDER = ROOT / "docs" / "images"
SIZE: ViewportSize = {"width": 960, "height": 1060}
PAGES = {
    "front": "index.html",
    "incident": "incidents/2026-11-20-object-storage-errors.html",
    "service": "services/storage.html",
    "history": "history.html",
    "subscribe": "subscribe.html",
}


def main() -> None:
    """Write all pictures."""
    with launched() as browser:
        take(browser, "light")
        take(browser, "dark")


def take(browser: Browser, scheme: Literal["light", "dark"]) -> None:
    """Write a picture of each page in one colour scheme."""
    context = browser.new_context(
        viewport=SIZE, color_scheme=scheme, timezone_id="Europe/Amsterdam"
    )
    one = visit(context, examples.example())
    one.page.clock.set_fixed_time(examples.NOW)
    for name, path in PAGES.items():
        one.open(path).screenshot(path=FOLDER / f"{name}-{scheme}.png")
    context.close()


if __name__ == "__main__":
    main()
