"""Take the picture of the README: the example's front page as of its own moment.

    make picture

Chromium has to be installed; the page is the one that `make site` has built.
"""

import shutil
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / ".github" / "page.png"
SIZE: ViewportSize = {"width": 960, "height": 1060}

# What a browser without a user leaves undone.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def main() -> None:
    """Write the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto((ROOT / "_site" / "index.html").as_uri())
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
