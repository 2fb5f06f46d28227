"""The cache for compiled built-in templates, and its protection against damage."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DATED, ROOT, write_site
from tests.support.publishing import content

pytestmark = pytest.mark.slow

# Builds the site in the current folder and prints the templates that it compiled. The bytecode of
# modules that are already loaded is not affected by the new prefix.
BUILD = """
import sys
import jinja2
import statusgen.cli.commands.build
from statusgen.__main__ import main
sys.pycache_prefix = sys.argv.pop(1)
names = []
original = jinja2.Environment.compile
def compile(self, source, name=None, filename=None, **rest):
    names.append(name)
    return original(self, source, name, filename, **rest)
jinja2.Environment.compile = compile
try:
    main()
finally:
    print(*sorted(names))
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Create a site with its own template."""
    own = '{% extends "default/404.html" %}{% block content %}Gone.{% endblock %}'
    return write_site(tmp_path / "site", {**DATED, "templates/404.html": own})


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return the folder for Python's bytecode."""
    return tmp_path / "kept"


def compiled(
    site: Path, kept: Path, *flags: str, program: Path = ROOT, cache: str = "--no-cache"
) -> list[str]:
    """Build *site* and return the templates that were compiled.

    Fail if the build differs from the previous one.
    """
    environment = {**os.environ, "PYTHONPATH": str(program)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    arguments = [str(kept), "build", cache, "--jobs", "1", "--now", "2026-11-20T10:15Z"]
    before = content(site / "_site")
    done = subprocess.run(
        [sys.executable, *flags, "-c", BUILD, *arguments],
        cwd=site,
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    assert "" == done.stderr
    assert before in ({}, content(site / "_site"))
    return done.stdout.splitlines()[-1].split()


def places(kept: Path) -> list[Path]:
    """Return the files with compiled templates below *kept*."""
    return [path for path in kept.rglob("*") if path.suffix == ".templates"]


def test_the_second_build_compiles_only_templates_of_the_site(site: Path, kept: Path) -> None:
    """Built-in templates are compiled once, beside the modules; a site's own, in every build."""
    first = compiled(site, kept)

    assert {"base.html", "index.html", "partials/list.html"} <= set(first)
    assert ["404.html"] == compiled(site, kept)
    assert 1 == len(places(kept))
    assert [] == places(site)


@pytest.mark.parametrize("number", [0, 40, -1], ids=["seal", "head", "end"])
def test_damaged_code_is_compiled_again(site: Path, kept: Path, number: int) -> None:
    """A single changed byte invalidates the whole cache."""
    first = compiled(site, kept)
    (place,) = places(kept)
    data = bytearray(place.read_bytes())
    data[number] ^= 1
    place.write_bytes(data)

    assert first == compiled(site, kept)
    assert ["404.html"] == compiled(site, kept)


def test_without_bytecode_of_python_there_is_no_cache(site: Path, kept: Path) -> None:
    """With -B nothing is written, and templates are compiled on first use."""
    found = compiled(site, kept, "-B")

    assert "base.html" in found
    assert [] == places(kept)


def test_an_unwritable_cache_is_not_an_error(site: Path, kept: Path) -> None:
    """An unwritable cache does not fail the build; templates are compiled on first use."""
    kept.write_text("a file instead of a folder", encoding="utf-8")

    assert "base.html" in compiled(site, kept)
    compiled(site, kept, cache="--cache=../cache")

    # Their file names contain a digest of their content.
    files = ["copy.js", "pages.css", "script.js", "search.js", "style.css", "subscribe.js"]
    assert files == compiled(site, kept, cache="--cache=../cache")


def test_a_site_with_templates_may_lie_anywhere(site: Path, kept: Path) -> None:
    """A path that is not UTF-8 does not fail the build."""
    moved = site.rename(site.parent / "\udcff")

    assert "404.html" in compiled(moved, kept)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Copy statusgen into a folder of its own."""
    for name in ("statusgen", "templates"):
        shutil.copytree(ROOT / name, tmp_path / "program" / name)
    return tmp_path / "program"


def test_files_of_editors_in_the_theme_are_ignored(site: Path, kept: Path, program: Path) -> None:
    """Swap files, backups, images and broken links beside the templates do not fail a build."""
    theme = program / "templates"
    (theme / ".base.html.swp").write_bytes(b"b0VIM 9.0\0\xe3\xff")
    (theme / "base.html~").write_text("{% block", encoding="utf-8")
    (theme / "\udcff.html").write_text("", encoding="utf-8")
    (theme / ".#base.html").symlink_to("somebody@somewhere.123")
    (theme / "partials/x.html").symlink_to("nowhere")
    first = compiled(site, kept, program=program)

    assert "base.html" in first
    assert ["404.html"] == compiled(site, kept, program=program)


def test_a_program_that_was_moved_compiles_once_more(
    site: Path, kept: Path, program: Path, tmp_path: Path
) -> None:
    """A cache written for another folder is ignored and replaced."""
    first = compiled(site, kept, program=program)
    (place,) = places(kept)
    moved = program.rename(tmp_path / "moved")
    there = kept / (moved / "statusgen/render" / place.name).relative_to("/")
    there.parent.mkdir(parents=True)
    place.rename(there)

    assert first == compiled(site, kept, program=moved)
    assert ["404.html"] == compiled(site, kept, program=moved)
