"""Tests of Markdown in every output of a site: pages, feeds and APIs say the same."""

import json
import re
from pathlib import Path

import feedparser
import pytest

from tests.conftest import Run, write_site

STEPS = """\
---
title: Slow logins
severity: major
services: [api]
updates:
  - at: 2026-11-20 09:05
    text: |
      <!-- internal: ask Ada -->
      > [!WARNING]
      > Do not restart.

      1. Log out.
      2. Clear the cache.
         - also the cookies
      3. Log in.

      ![Load](load.png) <img width="875" alt="Image" src="https://pictures.example/a-b" />
---

<!-- internal: ask Ada -->
![Latency in ms](../static/graphs/latency%20p99.png)
"""
NOW = "2026-11-20T12:00:00Z"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_site(tmp_path, {"incidents/a.md": STEPS, "static/load.png": "", "static/graphs/x": ""})
    (tmp_path / "static/graphs/latency p99.png").write_bytes(b"")
    return tmp_path


def test_texts_are_the_same_everywhere(site: Path, run: Run) -> None:
    """Pictures have the address that the page or feed needs; no comment or tag is shown."""
    built = run("build", "--now", NOW, cwd=site)
    out = site / "_site"
    page = (out / "incidents/a.html").read_text("utf-8")
    entry = feedparser.parse((out / "feed.atom").read_bytes()).entries[0].content[0].value
    update = json.loads((out / "api/v2/incidents.json").read_bytes())["incidents"][0]
    body = update["incident_updates"][-1]["body"]
    summary = json.loads((out / "api/incidents.json").read_bytes())["incidents"][0]["summary_html"]
    shown = [
        path for path in sorted(out.rglob("*")) if path.is_file() and b"Ada" in path.read_bytes()
    ]
    steps = "1. Log out.\n2. Clear the cache.\n   - also the cookies\n3. Log in."

    assert (0, []) == (built.status, shown)
    assert "" == "".join(line for line in built.err.splitlines() if "warning" in line)
    assert ["../load.png", "../graphs/latency%20p99.png"] == sorted(
        re.findall(r'<img alt="L[^>]* src="([^"]*)"', page), key=len
    )
    assert ["https://status.acme.example/load.png"] == re.findall(r'<img [^>]*src="([^"]*)"', entry)
    assert 'src="https://status.acme.example/graphs/latency%20p99.png"' in summary
    assert (
        f"Warning\n\nDo not restart.\n\n{steps}\n\nLoad Image (https://pictures.example/a-b)"
        == body
    )


def test_imported_text_shows_no_picture_of_the_site(site: Path, run: Run) -> None:
    """A picture that an imported file names is left out, with a warning."""
    imported = STEPS.replace("services: [api]", "services: [api]\nsource: https://a.example/1")
    (site / "incidents/a.md").write_text(imported, "utf-8")
    built = run("build", "--now", NOW, cwd=site)
    page = (site / "_site/incidents/a.html").read_text("utf-8")

    assert (0, False) == (built.status, '<img alt="L' in page)
    assert "'load.png' cannot be published as a link and is dropped" in built.err


def test_new_picture_is_shown_by_the_next_build(site: Path, run: Run) -> None:
    """A picture that is added or removed changes the pages that name it, with a cache, too."""
    (site / "static/load.png").unlink()
    first = run("build", "--now", NOW, cwd=site)
    (site / "static/load.png").write_bytes(b"")
    second = run("build", "--now", NOW, cwd=site)
    page = (site / "_site/index.html").read_text("utf-8")

    assert (True, False) == ("'load.png'" in first.err, "'load.png'" in second.err)
    assert ['src="load.png"'] == re.findall('src="[^"]*load.png"', page)


def test_announcement_is_like_the_texts_of_files(site: Path, run: Run) -> None:
    """An announcement shows pictures of the site, and alerts in the language of the page."""
    settings = (site / "statusgen.yml").read_text("utf-8")
    announcement = "announcement: |\n  > [!WARNING]\n  > ![Karte](load.png)\nlanguage: de\n"
    (site / "statusgen.yml").write_text(settings + announcement, "utf-8")
    built = run("build", "--now", NOW, cwd=site)
    page = (site / "_site/index.html").read_text("utf-8")

    assert (0, False) == (built.status, "cannot be published" in built.err)
    assert '<img alt="Karte" src="load.png">' in page
    assert ["Warnung"] == re.findall(r"<strong>(Warn\w+)</strong></p>\s*<p><img alt=\"K", page)
