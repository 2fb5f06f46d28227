"""Take the screenshots for the README: the front page of the example, light and dark.

    make picture

Chromium has to be installed.
"""

from typing import Literal

from playwright.sync_api import Browser, ViewportSize

from tests.conftest import ROOT
from tests.support import examples
from tests.support.browsing import launched, visit

SIZE: ViewportSize = {"width": 960, "height": 1060}


def main() -> None:
    """Write both screenshots."""
    with launched() as browser:
        take(browser, "light", "page.png")
        take(browser, "dark", "page-dark.png")


def take(browser: Browser, scheme: Literal["light", "dark"], name: str) -> None:
    """Write the screenshot for one colour scheme."""
    context = browser.new_context(
        viewport=SIZE, color_scheme=scheme, timezone_id="Europe/Amsterdam"
    )
    one = visit(context, examples.example())
    one.page.clock.set_fixed_time(examples.NOW)
    one.open("index.html").screenshot(path=ROOT / ".github" / name)
    context.close()


if __name__ == "__main__":
    main()
