"""The pages of the documentation, and the blocks of code in them."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [README, ROOT / ".github/CONTRIBUTING.md", *DOCS]

SITE = """\
title: Acme Status
url: https://status.acme.example
repository: https://github.com/acme/status
groups:
  - {id: core, name: Core}
services:
  - {id: api, name: Public API, group: core}
  - {id: dashboard, name: Dashboard}
  - {id: db, name: Database, since: 2024-01-01}
texts:
  watching: A fix is in place and we are monitoring it.
"""


def title(page: Path) -> str:
    """Return the path of *page*, which is the id of its tests."""
    return str(page.relative_to(ROOT))


def code(kind: str, page: Path) -> list[str]:
    """Return the blocks of code of this *kind* in *page*, without their indentation."""
    blocks = re.findall(
        rf"^( *)```{kind}\n(.*?)^ *```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in blocks]


def all_code(kind: str) -> list[object]:
    """Return the blocks of code of this *kind* in all pages, as parameters of a test."""
    return [
        pytest.param(block, id=f"{title(page)}-{n}")
        for page in PAGES
        for n, block in enumerate(code(kind, page), start=1)
    ]


def whole_settings(example: str) -> str:
    """Return *example*, a piece of statusgen.yml, with the keys of `SITE` that it lacks."""
    defaults = {
        key: f"{key}:{rest}"
        for key, rest in re.findall(r"^(\w+):(.*\n(?: .*\n)*)", SITE, flags=re.MULTILINE)
    }
    own = re.findall(r"^(\w+):", example, flags=re.MULTILINE)
    return "".join(text for key, text in defaults.items() if key not in own) + example
