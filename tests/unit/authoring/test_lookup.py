"""Tests for lookup: the cache avoids reading closed files, and does not change the result."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from statusgen.system import files
from tests.conftest import ROOT, Run, write_site
from tests.unit.cache.test_store import NONSENSE, reseal

pytestmark = pytest.mark.slow

OVER = """\
---
title: Errors {number}
severity: partial
services: [db]
started: 2026-{month:02}-19 08:00
resolved: 2026-{month:02}-19 09:00
---
It was slow.
"""

OPEN = """\
---
title: Slow answers
severity: major
services: [api]
started: 2026-11-20 09:05
---
We look.
"""

WORK = """\
---
title: New disks
severity: maintenance
services: [db]
starts: 2026-11-20 12:00
ends: 2026-11-20 13:00
announced: 2026-11-01 09:00
---
Faster ones.
"""

DRAFT = OPEN.replace("title", "draft: true\ntitle")

# Runs the command and prints how many incident files it opened.
COUNTED = """
import sys
opened = []
sys.addaudithook(lambda event, names: event == "open" and opened.append(str(names[0])))
from statusgen.__main__ import main
try:
    main()
finally:
    print(sum(name.endswith(".md") for name in opened), file=sys.stderr)
"""

NOW = ("--now", "2026-11-20 10:00")


@pytest.fixture
def site(tmp_path: Path, run: Run) -> Path:
    """Build a site with many incidents and a cache."""
    old = {
        f"incidents/{number % 3}/a{number}.md": OVER.format(number=number, month=1 + number % 10)
        for number in range(120)
    }
    new = {"incidents/open.md": OPEN, "incidents/work.md": WORK, "incidents/draft.md": DRAFT}
    folder = write_site(tmp_path / "site", {**old, **new})
    files.wait_for_tick()  # The cache ignores the mtime of a file that is too new.
    assert 0 == run("build", *NOW, cwd=folder).status
    return folder


# Disables waiting for a locked database.
IMPATIENT = """
import sqlite3
connect = sqlite3.connect
def impatient(*given, timeout, **named):
    assert timeout == 0
    return connect(*given, timeout=timeout, **named)
sqlite3.connect = impatient
"""


def read(site: Path, *arguments: str, before: str = "") -> tuple[str, int]:
    """Return the output of a command in *site*, and how many incident files it opens."""
    done = subprocess.run(
        [sys.executable, "-c", before + COUNTED, *arguments],
        cwd=site,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        text=True,
    )
    return (done.stdout, int(done.stderr.splitlines()[-1]))


def names(listed: str) -> list[str]:
    """Return the slugs in the output of list."""
    return [line.split()[0] for line in listed.splitlines()]


def test_only_what_may_be_open_is_read(site: Path) -> None:
    """With a cache, none of a hundred closed incidents is opened to find the open one."""
    listed, number = read(site, "list", "--open", *NOW)

    assert (["open"], 1) == (names(listed), number)


# Closed files of every kind.
CLOSED = {
    "cancelled": WORK.replace(
        "---\nFaster",
        "updates:\n  - {at: 2026-11-02 09:00, state: completed, text: No.}\n---\nFaster",
    ),
    "early": WORK.replace("11-20", "11-10").replace(
        "---\nFaster",
        "updates:\n  - {at: 2026-11-10 11:30, state: in_progress, text: Early.}\n---\nFaster",
    ),
    "notice": """\
---
title: Note
severity: none
services: [api]
started: 2026-11-02 09:00
---
Hello.
""",
    "reopened": """\
---
title: "Twice: *down*"
severity: major
services: {api: major, db: degraded}
updates:
  - {at: 2026-10-02 09:00, text: Down.}
  - {at: 2026-10-02 10:00, text: Up., state: resolved}
  - {at: 2026-10-02 11:00, text: Down., state: investigating, services: {db: partial}}
  - {at: 2026-10-02 12:00, text: Up., state: resolved}
---
""",
    "to-come": OPEN.replace("2026-11-20", "2026-11-29"),
}


def test_a_list_is_the_same_from_the_cache(site: Path, run: Run) -> None:
    """`list` prints the same with a cache, which spares it reading closed files."""
    write_site(site, {f"incidents/{name}.md": text for name, text in CLOSED.items()})
    files.wait_for_tick()
    assert 0 == run("build", *NOW, cwd=site).status
    cached = [read(site, "list", *style, *NOW) for style in ((), ("--format", "json"))]
    shutil.rmtree(site / ".statusgen")
    expected = [read(site, "list", *style, *NOW) for style in ((), ("--format", "json"))]

    assert [text for text, _ in expected] == [text for text, _ in cached]
    # The draft, the one to come and the open one have no closed view.
    assert [(123 + len(CLOSED), 3)] * 2 == [
        (whole, some) for (_, whole), (_, some) in zip(expected, cached, strict=True)
    ]


def test_an_update_without_a_name_finds_its_incident_at_once(site: Path) -> None:
    """The only open incident is used, and the old ones are not read."""
    said, number = read(site, "update", "-m", "Still slow.", *NOW)

    assert said.endswith("incidents/open.md\n")
    assert 10 > number


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20 09:00", []),
        ("2026-11-20 12:30", ["open", "work"]),
        ("2026-11-20 14:00", ["open"]),
        ("2026-06-19 08:30", [f"a{number}" for number in range(5, 120, 10)]),
    ],
)
def test_what_the_clock_changes_is_seen(site: Path, now: str, expected: list[str]) -> None:
    """Incidents that are open at a time other than that of the build are found."""
    listed, _ = read(site, "list", "--open", "--now", now)

    assert sorted(expected) == sorted(names(listed))


def test_what_changed_since_the_build_is_read(site: Path) -> None:
    """A reopened incident is found; a file with a new mtime is compared, not parsed."""
    place = site / "incidents/0/a0.md"
    before = place.stat()
    text = place.read_text(encoding="utf-8").replace("resolved: 2026-01-19", "x-solved: 2026-01-19")
    place.write_text(text, encoding="utf-8")
    (site / "incidents/1/a1.md").touch()
    listed, number = read(site, "list", "--open", *NOW)

    assert before.st_size == place.stat().st_size
    # One is open, one has a new mtime, and one is compared and then read.
    assert (["open", "a0"], 4) == (names(listed), number)


def foreign(site: Path) -> None:
    with sqlite3.connect(site / ".statusgen/cache.sqlite") as cache:
        cache.execute("DROP TABLE accounts")
    cache.close()


def edited(site: Path) -> None:
    with sqlite3.connect(site / ".statusgen/cache.sqlite") as cache:
        cache.execute("UPDATE accounts SET summary = replace(summary, '[true', '[false')")
        cache.execute("UPDATE accounts SET summary = '[]' WHERE path = '0/a0.md'")
    cache.close()


def a_folder(site: Path) -> None:
    place = site / ".statusgen/cache.sqlite"
    place.unlink()
    place.mkdir()


def resettled(site: Path) -> None:
    with (site / "statusgen.yml").open("a", encoding="utf-8") as stream:
        stream.write("days: 3\n")


# Functions that damage a cache, and how many files are opened then.
DAMAGES: dict[str, tuple[Callable[[Path], object], int]] = {
    "none": (lambda site: shutil.rmtree(site / ".statusgen"), 123),
    "no-database": (
        lambda site: (site / ".statusgen/cache.sqlite").write_bytes(b"no database"),
        123,
    ),
    "a-folder": (a_folder, 123),
    "foreign": (foreign, 123),
    "edited": (edited, 2),
    **{f"nonsense-{n}": (partial(reseal, summary=NONSENSE[n]), 2) for n in range(len(NONSENSE))},
    "settings": (resettled, 123),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_cache_that_is_not_to_be_believed_is_not(site: Path, damage: str) -> None:
    """A missing, damaged, foreign or outdated cache does not change the result."""
    make, expected = DAMAGES[damage]
    make(site)
    before = sorted(path for path in site.rglob("*") if "_site" not in path.parts)
    listed, number = read(site, "list", "--open", *NOW)

    assert (["open"], expected) == (names(listed), number)
    assert before == sorted(path for path in site.rglob("*") if "_site" not in path.parts)


@pytest.mark.parametrize("name", ["with space", "per%cent", "a#b?c&mode=rwc", "\udcff"])
def test_the_folder_of_a_site_may_be_called_anything(site: Path, name: str) -> None:
    """The cache is found in any path of a site, and no other file is created."""
    moved = site.rename(site.parent / name)
    listed, number = read(site.parent, "list", "--open", "--site", name, *NOW)

    assert (["open"], 1) == (names(listed), number)
    assert [moved] == [*moved.parent.iterdir()]


def test_a_folder_that_is_gone_ends_no_search(site: Path) -> None:
    """In a deleted folder the incident is found by reading files, as without a cache."""
    gone = f"import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); {COUNTED}"
    done = subprocess.run(
        [sys.executable, "-c", gone, "resolve", "--site", f"../{site.name}", *NOW],
        cwd=site.parent,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        text=True,
    )

    assert 3 == done.returncode
    assert "cannot read the current folder" in done.stderr
    assert "state: resolved" in (site / "incidents/open.md").read_text(encoding="utf-8")


def test_nobody_is_waited_for(site: Path) -> None:
    """During a build that writes the cache, a search does not wait."""
    cache = sqlite3.connect(site / ".statusgen/cache.sqlite", isolation_level=None)
    cache.execute("BEGIN EXCLUSIVE")
    listed, number = read(site, "list", "--open", *NOW, before=IMPATIENT)
    cache.close()

    assert (["open"], 123) == (names(listed), number)
