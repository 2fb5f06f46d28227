"""The layers of the code, the doors and their keepers, and the purity of the middle."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from .conftest import write_site

PACKAGE = Path(__file__).parent.parent / "statusgen"

# Top to bottom: a module imports only from lines below its own.
LAYERS = """
__main__
cli
cli.building cli.importing cli.looking cli.publishing cli.reporting cli.schemas cli.serving
cli.starting cli.writing
cli.changing
cli.given cli.options cli.printing
importers.issues importers.people
importers.comments importers.gate
importers.course importers.summary importers.github importers.texts
importers.case
importers.accepted importers.queries importers.sync importers.trust importers.answers
importers.records importers.labels importers.asides importers.states
importers.references
importers
serve drafts published
build scaffold repository watching
making
reader output finding
recall
paths
render.pages render.calendar render.badges render.figures render.hosting render.records
render.statuspage render.stashboard render.statusboard render.update_feeds render.history_feeds
render.shared
render.banner
render.theme render.phrases
render.compiled render.bars render.feeds render.announcements render.rollup
render
site
incidents noting
accounts
health
histories story
views
mending
editing
parser
checks formatter payloads
uptime
timeline
changes forms
settings
config plaintext language
schema describer words source
shapes markup
fields catalogue flaws
references
converter cache tools
values yamltext files git hub guard links
blocks
web
crew
processes
problems moments colours
model characters
ids
__init__
"""

# Who alone imports what: packages, and the ways out of the process.
KEEPERS = {
    "babel": ["language", "words"],
    "click": [
        "cli",
        "cli.building",
        "cli.changing",
        "cli.given",
        "cli.importing",
        "cli.looking",
        "cli.options",
        "cli.printing",
        "cli.publishing",
        "cli.reporting",
        "cli.schemas",
        "cli.serving",
        "cli.starting",
        "cli.writing",
    ],
    "feedgen": ["render.feeds"],
    "github": ["importers.github"],
    "frontmatter": ["parser"],
    "jinja2": ["render.compiled", "render.theme"],
    "marshal": ["render.compiled"],
    "markdown": ["converter"],
    "nh3": ["converter"],
    "requests": ["importers.github"],
    "pydantic": ["describer", "fields", "schema", "shapes"],
    "pydantic_core": ["describer", "schema"],
    "watchfiles": ["watching"],
    "yaml": ["yamltext"],
    "gc": ["__main__", "build", "cli"],
    "os": ["cli", "cli.importing", "cli.options", "cli.printing", "crew", "files", "git"],
    "sys": [
        "cache",
        "cli",
        "cli.given",
        "cli.printing",
        "cli.starting",
        "files",
        "render.compiled",
        "tools",
    ],
    "subprocess": ["git"],
    "urllib.request": ["web"],
    "http.server": ["serve"],
    "signal": ["cli", "cli.serving", "guard", "processes"],
    "sqlite3": ["cache"],
    "threading": ["processes", "serve"],
    "time": ["cli.building", "cli.printing", "cli.publishing", "files", "importers.github", "web"],
    "multiprocessing": ["processes"],
    "concurrent": ["processes"],
    "shutil": [],
    "socket": ["web"],
    "tempfile": ["git", "serve"],
    "random": [],
}

# What a pure module calls nowhere: the clock, files, the terminal.
IMPURE = {"print", "open", "input", "exit", "now", "today", "utcnow", "getenv", "read_text"}
IMPURE |= {"read_bytes", "write_text", "write_bytes", "time", "monotonic", "iterdir", "glob"}
IMPURE |= {"exists", "is_file", "stat", "lstat", "resolve"}
PURE = """
site health histories story views parser checks formatter uptime source timeline config
accounts noting
changes forms
schema describer shapes fields language words values colours
yamltext problems
moments model characters ids blocks links flaws references converter markup plaintext payloads
editing mending
importers.issues importers.comments importers.gate importers.course importers.texts importers.case
importers.summary importers.queries importers.sync importers.trust importers.accepted
importers.answers importers.records importers.labels importers.asides importers.states
importers.people importers.references
render render.badges render.banner render.bars render.calendar render.feeds render.figures
render.hosting render.pages render.phrases render.records render.shared
render.update_feeds render.history_feeds
render.statuspage render.stashboard render.statusboard render.announcements render.rollup
"""
LAZY = re.compile(r"statusgen(\.\w+)*:\w+")
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    name = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
    return name.removesuffix(".__init__")


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax of *path*."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Every module that *path* imports, with dots, wherever the import stands.

    A text such as `statusgen.module:name` counts: it says what is imported when it is needed.
    """
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if LAZY.fullmatch(node.value):
                found.add(node.value.replace(":", "."))
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


@cache
def inside(imported: str) -> str | None:
    """The module of ours that *imported* names, or None for one of somebody else."""
    if imported.partition(".")[0] != "statusgen":
        return None
    known = {name_of(path) for path in MODULES}
    name = imported.removeprefix("statusgen.")
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or "__init__"


def layer(name: str) -> int:
    places = [n for n, line in enumerate(LAYERS.split("\n")) if name in line.split()]
    return places[0] if places else -1


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_has_a_layer(path: Path) -> None:
    """A new module joins the map, so that somebody has said where it belongs."""
    assert layer(name_of(path)) >= 0


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_from_below(path: Path) -> None:
    """Imports point down: nothing on a module's own line or above it is imported."""
    own = layer(name_of(path))

    upwards = [name for name in map(inside, imports_of(path)) if name and layer(name) <= own]

    assert upwards == []


@pytest.mark.parametrize("package", sorted(KEEPERS))
def test_a_door_has_its_keepers(package: str) -> None:
    """Each package, and each way out of the process, belongs to the modules named for it."""
    users = {
        name_of(path)
        for path in MODULES
        if any(f"{imported}.".startswith(f"{package}.") for imported in imports_of(path))
    }

    assert set(KEEPERS[package]) == users


def test_every_outside_package_has_a_keeper() -> None:
    """A package that the project declares is imported somewhere, and only by a keeper."""
    found = {
        imported.partition(".")[0]
        for path in MODULES
        for imported in imports_of(path)
        if inside(imported) is None
    }

    strangers = {name for name in found if name not in sys.stdlib_module_names} - set(KEEPERS)

    assert strangers == set()


@pytest.mark.parametrize("name", PURE.split())
def test_the_middle_is_pure(name: str) -> None:
    """Between the read and the write nothing asks the clock, opens a file or prints."""
    path = PACKAGE / (name.replace(".", "/") + ".py")
    path = path if path.exists() else PACKAGE / name / "__init__.py"
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
    }

    # `language.time` writes a time of day; it reads no clock.
    allowed = {"time"} if name == "language" else set()

    assert calls & IMPURE - allowed == set()


INCIDENT = """\
---
title: Slow answers
severity: degraded
services: [api]
updates:
  - at: 2026-11-20 09:05
    text: Answers take long.
---
"""

# What each command leaves alone: what it does not load, it does not wait for.
PAGES = "jinja2 feedgen lxml dateutil babel.dates statusgen.render statusgen.output statusgen.build"
NETWORK = "github requests urllib3 http.server watchfiles statusgen.web statusgen.importers"
MARKUP = "markdown nh3"  # Plain sentences need no converter.
SHARED = "multiprocessing.connection concurrent.futures.process"  # A little work is not shared.
HEAVY = f"pydantic pydantic_core yaml babel frontmatter {MARKUP} {SHARED}"
UNUSED = {
    "--version": f"{HEAVY} {PAGES} {NETWORK}",
    "--help": f"{HEAVY} {PAGES} {NETWORK}",
    "list": f"{PAGES} {NETWORK} {MARKUP} {SHARED}",
    "show a": f"{PAGES} {NETWORK} {MARKUP} {SHARED}",
    "update a -m More.": f"{PAGES} {NETWORK} {MARKUP} {SHARED}",
    "resolve a": f"{PAGES} {NETWORK} {MARKUP} {SHARED}",
    "new Slow --severity major --service api -m Slow.": f"{PAGES} {NETWORK} {MARKUP} {SHARED}",
    "event api major": f"{PAGES} {NETWORK} {MARKUP} {SHARED}",
    "forms --check": f"{PAGES} {NETWORK} {MARKUP} {SHARED}",
    "check": f"{NETWORK} {MARKUP} {SHARED} ssl",
    "build --out _site": f"{NETWORK} {MARKUP} {SHARED} ssl",
}


@pytest.mark.parametrize("command", UNUSED)
def test_a_command_loads_only_what_it_needs(command: str, tmp_path: Path) -> None:
    """A command starts without the packages that only others use, those of our own included."""
    write_site(tmp_path, {"incidents/a.md": INCIDENT})
    tell = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    script = f"{tell}; from statusgen.__main__ import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", script, *command.split()],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )

    loaded = set(done.stderr.decode().splitlines()[-1].split())
    assert set() == loaded & set(UNUSED[command].split())


@pytest.mark.parametrize(
    "path",
    sorted((PACKAGE.parent / "tests").rglob("test_*.py")),
    ids=lambda path: path.stem,
)
def test_every_test_states_a_promise(path: Path) -> None:
    """Each test has a docstring; one that is hard to phrase covers two promises."""
    tests = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and re.match("test_", node.name)
    )

    silent = [test.name for test in tests if not ast.get_docstring(test)]

    assert silent == []
