"""Faults of a page in a browser: violations of accessibility and content that is too wide."""

import json
from typing import Any

from playwright.sync_api import Page

from tests.conftest import missing
from tests.support import examples

AXE = examples.MODULES / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

TOO_WIDE = """
[...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.tagName + "." + one.getAttribute("class")).slice(0, 5)
"""


def faults(page: Page) -> list[tuple[str, str]]:
    """Return the violations that axe reports for *page*: the rule and the first element."""
    if not AXE.is_file():
        missing("axe-core")
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")
    return [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found["violations"]]


def overflow(page: Page) -> list[str]:
    """Return the elements that make *page* wider than its window."""
    is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return list(page.evaluate(TOO_WIDE)) or ["something"] if is_wide else []
