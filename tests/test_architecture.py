"""Tests of the layers of the code, the owners of dependencies, and purity."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT, write_site

PACKAGE = ROOT / "statusgen"

# Every folder, lowest first, with the folders that its modules may import. All may import their own
# folder and the top-level modules, which import only each other. Cycles are not allowed.
FOLDERS = {
    "": "",
    "system": "",
    "timeline": "",
    "markup": "system",
    "i18n": "system",
    "output": "system",
    "schema.syntax": "",
    "schema.shapes": "",
    "schema": "schema.shapes schema.syntax markup",
    "config": "schema schema.shapes i18n system",
    "content": "config schema schema.shapes timeline markup system",
    "site": "config timeline markup i18n",
    "cache": "content site timeline config i18n system",
    "render": "site timeline markup i18n config",
    "render.html": "render site timeline markup i18n config system",
    "render.compat": "render site timeline markup i18n config",
    "render.feeds": "render render.compat site timeline markup i18n config",
    "build": "render render.html render.compat render.feeds cache output site content config i18n"
    " schema system",
    "authoring.payloads": "config schema markup",
    "authoring": "authoring.payloads content cache config schema timeline markup i18n system",
    "authoring.hosts": "authoring schema system",
    "importers": "authoring content config timeline markup i18n schema system",
    "importers.github": "importers authoring content config timeline markup i18n schema system",
    "importers.trello": "importers authoring content config timeline markup i18n schema system",
    "importers.records": "importers authoring content config timeline markup i18n schema system",
    "importers.folders": "importers importers.records authoring content config timeline markup i18n"
    " schema system",
    "importers.cachet": "importers importers.records importers.folders authoring content config"
    " timeline markup i18n schema system",
    "importers.hosted": "importers importers.records authoring content config timeline markup i18n"
    " schema system",
    "importers.issue_pages": "importers importers.github importers.folders authoring content config"
    " timeline markup i18n schema system",
    "importers.statuspage": "importers importers.records authoring content config timeline markup"
    " i18n schema system",
    "preview": "build config output system",
    "publishing": "build render render.feeds site config i18n markup system",
    "notify.channels": "render render.compat site config timeline i18n markup system",
    "notify": "notify.channels build render render.compat site config timeline i18n markup system",
}
# The command line may import everything; only `cli.main` imports the commands.
FOLDERS["cli"] = " ".join(filter(None, FOLDERS))
FOLDERS["cli.imports"] = f"{FOLDERS['cli']} cli"
FOLDERS["cli.commands"] = f"{FOLDERS['cli']} cli cli.imports"
ROOTS = {"__main__", "cli.main"}
MOST = 14  # modules per folder

# Packages and side effects, with the only modules that may import them. A folder means its modules.
OWNERS = {
    "anyascii": "authoring.slugs",
    "apprise": "notify.channels.apprise_sender notify.channels.apprise_text",
    "babel": "i18n",
    "bs4": "importers.records.html_to_markdown",
    "click": "cli",
    "dateutil": "authoring.recurrence",
    "feedgen": "render.feeds",
    "github": "importers.github.client",
    "frontmatter": "content.front_matter",
    "jinja2": "render.html",
    "marshal": "render.html.bytecode",
    "markdown": "markup.converter markup.block_rules markup.inline_rules markup.emphasis",
    "markdownify": "importers.records.html_to_markdown",
    "msgspec": "cache site timeline render.compat.statuspage_updates",
    "nh3": "markup.converter",
    "requests": "importers.github.client notify.channels.guarded_requests",
    "watchfiles": "preview.watch",
    "yaml": "schema.plain_source schema.yaml_loader",
    "gc": "__main__ system.collection",
    "os": "system cli",
    "sys": "system cli render.html.bytecode",
    "subprocess": "system.git_command",
    "urllib.request": "system.network",
    "http.server": "preview.server",
    "signal": "system cli",
    "sqlite3": "cache.store",
    "threading": "system.process_pool preview.server",
    "time": "system cli",
    "multiprocessing": "system.process_pool",
    "concurrent": "system.process_pool",
    "shutil": "",
    "socket": "system.network",
    "tempfile": "system.git preview.server",
    "random": "",
}

# Names that pure modules never call: the clock, files, the terminal.
IMPURE = {"print", "open", "input", "exit", "now", "today", "utcnow", "getenv", "read_text"}
IMPURE |= {"read_bytes", "write_text", "write_bytes", "time", "monotonic", "iterdir", "glob"}
IMPURE |= {"exists", "is_file", "stat", "lstat", "resolve"}
# Folders and modules without side effects, and exceptions within them.
PURE = "timeline markup i18n schema config content site render importers problems model ids"
PURE += " characters colours times time_suggestions cache.codec cache.fingerprint publishing.diff"
PURE += " authoring.edit authoring.fixes authoring.flaps authoring.issue_forms authoring.webhooks"
PURE += " authoring.payloads"
PURE += " authoring.recurrence authoring.settings_file authoring.slugs authoring.yaml_insertion"
PURE += " notify.occasions notify.record notify.pending notify.wording notify.addresses"
PURE += " notify.channels.message notify.channels.plain_text notify.channels.address_rules"
PURE += " notify.channels.webhook_body"
IMPURE_MODULES = {"config.loader", "i18n.catalogue", "importers.github.client"}
IMPURE_MODULES |= {"importers.site_settings", "importers.folders.source_files"}
IMPURE_MODULES |= {"render.html.theme", "render.html.bytecode"}

LAZY = re.compile(r"statusgen(\.\w+)*:\w+")
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    name = path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
    return name.removesuffix(".__init__")


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse *path*."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return the dotted name of every module that *path* imports, wherever the import is.

    A string such as `statusgen.module:name` counts, because it names a lazy import.
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
    """Return the module of statusgen that *imported* names, or None for another package."""
    if imported.partition(".")[0] != "statusgen":
        return None
    known = {name_of(path) for path in MODULES}
    name = imported.removeprefix("statusgen.")
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or "__init__"


def folder_of(name: str) -> str:
    """Return the folder of the module *name*; a package is its own folder."""
    return name if (PACKAGE / name.replace(".", "/")).is_dir() else name.rpartition(".")[0]


def imported_by(path: Path) -> set[str]:
    """Return the modules of statusgen that *path* imports, except itself."""
    return {name for name in map(inside, imports_of(path)) if name} - {name_of(path)}


def test_every_folder_has_a_row() -> None:
    """A new folder must be added to the table, with the folders that it may import."""
    assert set(FOLDERS) == {folder_of(name_of(path)) for path in MODULES} | {""}


def test_folders_import_only_earlier_rows() -> None:
    """A folder may import only folders above it in the table, which rules out cycles."""
    order = list(FOLDERS)
    wrong = {
        (folder, one)
        for folder, allowed in FOLDERS.items()
        for one in allowed.split()
        if order.index(one) >= order.index(folder)
    }

    assert set() == wrong


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_import_only_allowed_folders(path: Path) -> None:
    """A module imports only its own folder, the folders in its row, and top-level modules."""
    name = name_of(path)
    own = "" if name == "__init__" else folder_of(name)
    allowed = set(FOLDERS) if name in ROOTS else {"", own, *FOLDERS[own].split()}
    found = {one for one in imported_by(path) if folder_of(one) not in allowed or one in ROOTS}

    assert set() == found - ({"cli.main"} if name == "__main__" else set())


def test_imports_have_no_cycle() -> None:
    """No module imports itself indirectly."""
    order = TopologicalSorter({name_of(path): imported_by(path) for path in MODULES})

    order.prepare()  # Raises CycleError, which names the cycle.


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_a_folder_has_one_purpose(folder: str) -> None:
    """A folder has few modules; one with more has a second purpose and should be split."""
    found = [path for path in MODULES if folder_of(name_of(path)) == folder]

    assert len(found) <= MOST + 1  # `__init__` is not counted.


@pytest.mark.parametrize("package", sorted(OWNERS))
def test_dependencies_have_owners(package: str) -> None:
    """Each package and each side effect is imported by exactly the modules listed for it."""
    users = [
        name_of(path)
        for path in MODULES
        if any(f"{imported}.".startswith(f"{package}.") for imported in imports_of(path))
    ]
    owners = OWNERS[package].split()

    assert [] == [one for one in users if not is_within(one, owners)]
    assert [] == [one for one in owners if not any(is_within(user, [one]) for user in users)]


def is_within(name: str, owners: Iterable[str]) -> bool:
    """Return True if the module *name* is one of *owners* or inside one of them."""
    return any(f"{name}.".startswith(f"{owner}.") for owner in owners)


def test_every_package_has_an_owner() -> None:
    """Every imported third-party package is in the table of owners."""
    found = {
        imported.partition(".")[0]
        for path in MODULES
        for imported in imports_of(path)
        if inside(imported) is None
    }

    unlisted = {name for name in found if name not in sys.stdlib_module_names} - set(OWNERS)

    assert unlisted == set()


def pure_modules() -> list[Path]:
    """Return the modules in PURE, except those in IMPURE_MODULES."""
    found = [path for path in MODULES if is_within(name_of(path), PURE.split())]
    return [path for path in found if name_of(path) not in IMPURE_MODULES]


@pytest.mark.parametrize("path", pure_modules(), ids=name_of)
def test_pure_modules_have_no_side_effects(path: Path) -> None:
    """Code between reading and writing does not read the clock, open files or print."""
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
    }

    # `language.time` formats a time of day; it does not read the clock.
    allowed = {"time"} if name_of(path) == "i18n.language" else set()

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

# Packages that a command must not import, because importing them takes time.
PAGES = "jinja2 feedgen lxml dateutil babel.dates statusgen.render statusgen.output statusgen.build"
NETWORK = (
    "github requests urllib3 http.server watchfiles statusgen.system.network statusgen.importers"
)
MARKUP = "markdown nh3"  # Plain text needs no converter.
SHARED = (
    "multiprocessing.connection concurrent.futures.process"  # Small sites are built in one process.
)
HEAVY = f"yaml babel frontmatter {MARKUP} {SHARED}"
PAYLOADS = "statusgen.authoring.webhooks statusgen.authoring.payloads"
FIXES = "statusgen.authoring.fixes"
UNUSED = {
    "--version": f"{HEAVY} {PAGES} {NETWORK}",
    "--help": f"{HEAVY} {PAGES} {NETWORK}",
    "list": f"{PAGES} {NETWORK} {MARKUP} {SHARED} {PAYLOADS} {FIXES}",
    "show a": f"{PAGES} {NETWORK} {MARKUP} {SHARED} {PAYLOADS} {FIXES}",
    "update a -m More.": f"{PAGES} {NETWORK} {MARKUP} {SHARED} {PAYLOADS}",
    "resolve a": f"{PAGES} {NETWORK} {MARKUP} {SHARED} {PAYLOADS}",
    "new Slow --severity major --service api -m Slow.": f"{PAGES} {NETWORK} {MARKUP} {SHARED}"
    f" {PAYLOADS}",
    "event api major": f"{PAGES} {NETWORK} {MARKUP} {SHARED}",
    "forms --check": f"{PAGES} {NETWORK} {MARKUP} {SHARED}",
    "check": f"{NETWORK} {MARKUP} {SHARED} ssl",
    "build --out _site": f"{NETWORK} {MARKUP} {SHARED} {PAYLOADS} {FIXES} ssl",
}


@pytest.mark.parametrize("command", UNUSED)
def test_a_command_loads_only_what_it_needs(command: str, tmp_path: Path) -> None:
    """A command does not import packages that only other commands use."""
    write_site(tmp_path, {"incidents/a.md": INCIDENT})

    assert set() == loaded_by(command, tmp_path) & set(UNUSED[command].split())


def test_an_unchanged_build_loads_no_feed_library(tmp_path: Path) -> None:
    """A build that renders no feed imports neither feedgen nor what it needs."""
    write_site(tmp_path, {"incidents/a.md": INCIDENT})
    build = "build --now 2026-11-20T12:00Z"
    feeds = {"feedgen", "lxml", "dateutil"}

    assert [feeds, set()] == [loaded_by(build, tmp_path) & feeds for _ in range(2)]


def loaded_by(command: str, folder: Path) -> set[str]:
    """Return the modules that *command* imports in the site *folder*."""
    report = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    script = f"{report}; from statusgen.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, *command.split()],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    return set(done.stderr.decode().splitlines()[-1].split())


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "tests").rglob("test_*.py")),
    ids=lambda path: path.relative_to(ROOT / "tests").with_suffix("").as_posix(),
)
def test_every_test_states_a_promise(path: Path) -> None:
    """Every test has a docstring that states what it promises."""
    tests = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and re.match("test_", node.name)
    )

    missing = [test.name for test in tests if not ast.get_docstring(test)]

    assert missing == []


def test_no_public_class_has_the_name_of_another() -> None:
    """Every public class has a unique name."""
    names = [
        node.name
        for path in MODULES
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]

    assert [] == sorted({name for name in names if names.count(name) > 1})
