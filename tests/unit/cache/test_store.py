"""The build cache saves work and never affects the output."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import zoneinfo
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from statusgen.build import pipeline
from statusgen.build.pipeline import BuildRequest, BuildResult
from statusgen.cache.store import FOLDER, CacheRow
from statusgen.problems import ContentError
from statusgen.system import installed_versions
from tests.conftest import ROOT, Run, write_site
from tests.support.publishing import content, rendered

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
ARGUMENTS = ("--now", "2026-11-20T09:15Z")
FILE = f"{FOLDER}/cache.sqlite"

SETTINGS = """\
title: {title}
url: https://status.acme.example
timezone: {zone}
language: {language}
groups: [{{id: core, name: Core}}]
services:
  - {{id: api, name: API, group: core}}
  - {{id: web, name: {web}}}
  - {{id: db, name: Database, since: 2026-01-01}}
"""
PLAIN = {"title": "Acme", "zone": "Europe/Rome", "language": "en", "web": "Web"}

INCIDENT = """\
---
title: {title}
severity: partial
services: [api]
updates:
  - at: {start}
    text: {text}
{more}---
"""
MORE = "  - at: {at}\n    state: {state}\n    text: Now {state}.\n"


def at(hours: int) -> str:
    return f"{NOW + timedelta(hours=hours):%Y-%m-%d %H:%M}Z"


def incident(
    *,
    title: str = "Slow",
    hours: int = -50,
    severity: str = "partial",
    more: str = "",
    text: str = "A",
) -> str:
    return INCIDENT.format(
        title=title,
        severity=severity,
        service="api",
        dates="",
        start=at(hours),
        text=text,
        more=more,
        body="",
    )


def request(site: Path, *, now: datetime = NOW, jobs: int | None = 1) -> BuildRequest:
    return BuildRequest(folder=site, now=lambda _: now, cache=site / FOLDER, jobs=jobs)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site with ten incidents, one of them open."""
    old = {
        f"incidents/a{n}.md": incident(
            title=f"Number {n}",
            hours=-n * 900 - 50,
            more=MORE.format(at=at(-n * 900 - 49), state="resolved") if n else "",
        )
        for n in range(10)
    }
    return write_site(tmp_path / "site", {"statusgen.yml": SETTINGS.format(**PLAIN), **old})


class Work:
    """A record of the files that a build reads and renders."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.made: list[str] = []

    def track(self, label: str, items: list[Any], /) -> list[Any]:
        """Record the work of a phase."""
        for one in (one for part in items for one in part):
            if label == "Reading":
                self.read.append(one.path)
            else:
                self.made.append(one)
        return items


def built(site: Path, **options: object) -> BuildResult:
    return pipeline.build(replace(request(site), **options), site / "_site")  # type: ignore[arg-type]


def test_nothing_is_made_again_that_is_known(site: Path) -> None:
    """A second build at the same moment writes nothing and renders nothing."""
    built(site)
    work = Work()
    again = built(site, track=work.track)

    assert ([], [], True) == (work.read, work.made, again.plan.is_done)


def test_one_update_changes_the_same_few_files_whatever_the_age(tmp_path: Path) -> None:
    """The number of files that an update rewrites does not grow with the number of incidents."""
    counts = []
    for number in (20, 200):
        old = {
            f"incidents/a{n}.md": incident(
                title=f"Number {n}",
                hours=-n * 200 - 50,
                more=MORE.format(at=at(-n * 200 - 49), state="resolved") if n else "",
            )
            for n in range(number)
        }
        settings_ = SETTINGS.format(**PLAIN)
        site = write_site(tmp_path / str(number), {"statusgen.yml": settings_, **old})
        built(site)
        path = site / "incidents/a0.md"
        said = MORE.format(at=at(-2), state="monitoring")
        path.write_text(path.read_text("utf-8")[: -len("---\n")] + said + "---\n", "utf-8")
        plan = built(site).plan
        counts.append((len(plan.created), len(plan.updated), len(plan.deleted)))

    assert counts[0] == counts[1]
    assert 10 < counts[0][1] < 30


def test_the_older_apis_are_rendered_again_only_where_they_changed(site: Path) -> None:
    """With all APIs on, an update renders files of its own incident, not those of all others."""
    write_site(
        site,
        {"statusgen.yml": SETTINGS.format(**PLAIN) + "api: [statuspage, stashboard, statusboard]"},
    )
    count = len(built(site).paths)
    unchanged, changed = Work(), Work()
    built(site, track=unchanged.track)
    path = site / "incidents/a9.md"
    path.write_text(path.read_text("utf-8").replace("text: A", "text: Other"), "utf-8")
    built(site, track=changed.track)
    events = [Path(name).name for name in changed.made if "/events/a" in name]

    assert [] == unchanged.made
    assert len(changed.made) * 2 < count
    assert {"a9"} == {name.partition("-")[0] for name in events}


def test_only_files_that_changed_are_read(site: Path) -> None:
    """Of ten files, only the changed one is read, even if all were touched."""
    built(site)
    for path in (site / "incidents").iterdir():
        path.write_bytes(path.read_bytes())
    (site / "incidents/a3.md").write_text(incident(title="Changed"), encoding="utf-8")
    work = Work()
    built(site, track=work.track)

    assert ["a3.md"] == work.read


def test_the_clock_alone_changes_what_it_has_to(site: Path) -> None:
    """Minutes that change no incident change only figures, and no page of an incident."""
    built(site)
    work = Work()
    later = built(site, now=lambda _: NOW + timedelta(minutes=5), track=work.track)

    assert ["api/uptime.json", "build.json", "history.html"] == [*later.plan.updated]
    assert [] == [name for name in work.made if name.startswith(("incidents/", "history/2"))]


CHANGES = {
    "a new open incident": {"incidents/b.md": incident(title="New", hours=-1)},
    "a new one that is over": {
        "incidents/b.md": incident(hours=-60, more=MORE.format(at=at(-59), state="resolved"))
    },
    "an old one that is over": {
        "incidents/b.md": incident(
            hours=-20_000, more=MORE.format(at=at(-19_999), state="resolved")
        )
    },
    "another title": {"incidents/a1.md": incident(title="Other", hours=-950)},
    "another text of the same length": {
        "incidents/a0.md": incident(title="Number 0", hours=-50, text="B")
    },
    "planned work": {
        "incidents/b.md": "---\ntitle: Work\nseverity: maintenance\nservices: [web]\n"
        f"announced: {at(-5)}\nstarts: {at(5)}\nends: {at(6)}\n---\nSoon.\n"
    },
    "a notice": {
        "incidents/b.md": "---\ntitle: Note\nseverity: none\nservices: []\n"
        f"started: {at(-5)}\npin: true\n---\nMind the gap.\n"
    },
    "another name of a service": {"statusgen.yml": SETTINGS.format(**PLAIN | {"web": "Pages"})},
    "a footer that counts": {
        "templates/partials/footer.html": "<footer>{{ site.incidents | length }}</footer>\n"
    },
    "an old address": {
        "incidents/a1.md": incident(title="Number 1", hours=-950).replace(
            "severity:", "redirect_from: [issues/old/, incidents/42.html]\nseverity:"
        )
    },
    "a file of the site's own": {"static/robots.css": "a{}"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_shows_wherever_it_should(site: Path, change: str) -> None:
    """A cached build after any change, and after its undoing, equals one without a cache."""
    built(site)
    first = content(site / "_site")
    spare = site.parent / "spare"
    shutil.copytree(site / "incidents", spare)
    write_site(site, {"statusgen.yml": SETTINGS.format(**PLAIN), **CHANGES[change]})
    _, expected = rendered(request(site))
    built(site)
    changed = content(site / "_site")
    for path in CHANGES[change]:
        (site / path).unlink()
    shutil.rmtree(site / "incidents")
    shutil.copytree(spare, site / "incidents")
    write_site(site, {"statusgen.yml": SETTINGS.format(**PLAIN)})
    built(site)

    assert first != expected == changed
    assert first == content(site / "_site")


@pytest.mark.parametrize(
    "footer",
    [
        "<footer>{{ site.incidents | length }}</footer>\n",
        "{% from 'partials/mine.html' import newest %}<footer>{{ newest() }}</footer>\n",
        "{% import 'partials/mine.html' as mine %}<footer>{{ mine.newest() }}</footer>\n",
    ],
)
def test_what_own_templates_ask_for_is_followed(site: Path, footer: str) -> None:
    """A custom footer that shows the newest incident is up to date on every page."""
    mine = (
        "{% set one = site.incidents | first %}{% macro newest() %}{{ one.title }}{% endmacro %}\n"
    )
    write_site(
        site,
        {
            "statusgen.yml": SETTINGS.format(**PLAIN),
            "templates/partials/footer.html": footer,
            "templates/partials/mine.html": mine,
        },
    )
    built(site)
    (site / "incidents/b.md").write_text(incident(title="Newest", hours=-1), encoding="utf-8")
    _, expected = rendered(request(site))
    built(site)

    assert expected == content(site / "_site")


def test_a_front_page_of_the_site_may_import_what_reads_the_site(site: Path) -> None:
    """A macro that only the own front page imports sees the whole site."""
    mine = "{% macro newest() %}{{ (site.incidents | first).title }}{% endmacro %}\n"
    write_site(
        site,
        {
            "statusgen.yml": SETTINGS.format(**PLAIN),
            "templates/index.html": "{% import 'mine.html' as mine %}{{ mine.newest() }}\n",
            "templates/mine.html": mine,
        },
    )
    built(site)
    first = (site / "_site/index.html").read_text("utf-8")
    (site / "incidents/b.md").write_text(incident(title="Newest", hours=-1), encoding="utf-8")
    work = Work()
    built(site, track=work.track)

    assert ("Number 0\n", "Newest\n") == (first, (site / "_site/index.html").read_text("utf-8"))
    assert "incidents/a5.html" not in work.made


@pytest.mark.parametrize("jobs", [1, 2, None])
def test_the_number_of_processes_never_shows(site: Path, jobs: int | None) -> None:
    """The number of worker processes does not affect the output, with or without a cache."""
    _, expected = rendered(request(site))
    built(site, jobs=jobs)
    (site / "_site/index.html").write_bytes(b"")
    built(site, jobs=jobs)

    assert expected == content(site / "_site")


# Invalid summaries: not a list, a time out of range, too deeply nested.
NONSENSE = ("[]", '["n",null,[1,1],null,[],[],4611686018427387904,null]', "[" * 100_000)


def reseal(site: Path, summary: str) -> None:
    """Write *summary* for a file into the cache of *site*, with valid checksums."""
    with sqlite3.connect(site / FILE) as ours:
        ((path, digest, telling),) = ours.execute(
            "SELECT path, digest, telling FROM accounts ORDER BY path LIMIT 1"
        )
        seal = CacheRow(stamp=None, digest=digest, summary=summary, telling=telling).seal
        row = (summary, seal, path)
        ours.execute("UPDATE accounts SET summary = ?, seal = ? WHERE path = ?", row)
    ours.close()


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "noise":
        path.write_bytes(random.Random(1).randbytes(5000))  # noqa: S311  any bytes will do
    elif how == "other program":
        path.unlink()
        with sqlite3.connect(path) as other:
            other.execute("PRAGMA application_id = 7")
            other.execute("CREATE TABLE mine (a)")
        other.close()
    elif how == "no tables":
        with sqlite3.connect(path) as ours:
            ours.execute("DROP TABLE made")
        ours.close()
    elif how == "a folder":
        path.unlink()
        path.mkdir()


DAMAGES = ["cut", "empty", "noise", "other program", "no tables", "a folder"]


@pytest.mark.parametrize("how", DAMAGES)
def test_a_cache_that_is_none_is_done_without(site: Path, run: Run, how: str) -> None:
    """A damaged or foreign cache costs time and at most one message; the site is correct."""
    built(site)
    damage(site / FILE, how)
    (site / "incidents/a3.md").write_text(incident(title="Changed"), encoding="utf-8")
    _, expected = rendered(request(site))
    done = run("build", *ARGUMENTS, cwd=site)
    told = [line for line in done.err.splitlines() if line.startswith("statusgen: cache ")]

    assert (0, expected) == (done.status, content(site / "_site"))
    assert ["empty"] == [how] if not told else len(told) == 1


def test_a_cache_of_somebody_else_is_left_alone(site: Path) -> None:
    """The database of another program is not deleted."""
    built(site)
    damage(site / FILE, "other program")
    before = (site / FILE).read_bytes()
    words = built(site).words

    assert before == (site / FILE).read_bytes()
    assert [True] == ["not a statusgen cache; delete it" in line for line in words]


@pytest.mark.slow
def test_no_flipped_byte_is_believed(site: Path) -> None:
    """The output is correct even if random bytes of the cache are wrong."""
    built(site)
    (site / "incidents/a3.md").write_text(incident(title="Changed"), encoding="utf-8")
    _, expected = rendered(request(site))
    data = (site / FILE).read_bytes()
    spare = site.parent / "spare"
    shutil.copytree(site, spare)
    chance = random.Random(7)  # noqa: S311  any places will do
    for _ in range(12):
        wrong = bytearray(data)
        for place in chance.sample(range(100, len(data)), 20):
            wrong[place] ^= 1 << chance.randrange(8)
        shutil.rmtree(site)
        shutil.copytree(spare, site)
        (site / FILE).write_bytes(wrong)
        built(site)

        assert expected == content(site / "_site")


def test_a_damaged_cache_is_reported_as_rebuilt(site: Path, run: Run) -> None:
    """A damaged cache is reported once, as rebuilt; the next build uses it again."""
    built(site)
    damage(site / FILE, "noise")
    first = run("build", *ARGUMENTS, cwd=site)
    second = run("build", *ARGUMENTS, cwd=site)

    assert ("statusgen: cache .statusgen was damaged; rebuilt\n", "") == (first.err, second.err)


@pytest.mark.parametrize("summary", NONSENSE, ids=["words", "late", "deep"])
def test_nonsense_with_a_right_seal_is_not_believed(site: Path, summary: str) -> None:
    """A bad entry with a valid checksum, which anybody can compute, causes no failure."""
    built(site)
    _, expected = rendered(request(site))
    reseal(site, summary)
    words = built(site).words

    assert expected == content(site / "_site")
    assert [True] == [line.endswith("was damaged; rebuilt") for line in words]


def test_a_text_that_was_exchanged_is_not_believed(site: Path) -> None:
    """Details from the cache are verified before they are shown."""
    built(site)
    with sqlite3.connect(site / FILE) as ours:
        ours.execute("UPDATE tellings SET text = replace(text, 'Now', 'Wow')")
    ours.close()
    shutil.rmtree(site / "_site")
    words = built(site).words

    assert b"Wow" not in b"".join(content(site / "_site").values())
    assert [True] == [line.endswith("was damaged; rebuilt") for line in words]


def test_a_cache_of_other_tools_counts_for_nothing(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of statusgen, Python or a package rebuilds everything."""
    built(site)
    work = Work()
    monkeypatch.setattr(installed_versions, "digest", lambda: "other")
    words = built(site, track=work.track).words

    assert [True] == [line.endswith("was written by another version; rebuilt") for line in words]
    assert 10 == len(work.read)
    assert len(work.made) > 50


def test_the_tools_are_the_code_the_theme_and_the_packages(tmp_path: Path) -> None:
    """The fingerprint of the code changes with any line of code or theme."""
    for name in ("statusgen", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)

    def digest() -> str:
        script = "from statusgen.system.installed_versions import digest; print(digest())"
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=True, text=True
        )
        return done.stdout

    found = [installed_versions.digest() + "\n", digest()]
    for name in ("statusgen/site/assemble.py", "templates/partials/list.html"):
        with (tmp_path / name).open("a", encoding="utf-8") as stream:
            stream.write("\n")
        found.append(digest())

    assert found[0] == found[1]
    assert 3 == len(set(found))


@pytest.fixture
def zones(tmp_path: Path) -> Iterator[Path]:
    """Use a folder of time zone rules from here on, and return it."""
    folder = tmp_path / "zones"
    folder.mkdir()
    zoneinfo.reset_tzpath([folder])
    yield folder
    zoneinfo.reset_tzpath()


def test_the_rules_of_a_zone_are_told_from_older_ones(zones: Path) -> None:
    """Changed time zone rules are noticed, even if the name of the zone is a link or an alias."""
    (zones / "Rome").write_bytes(b"1")
    (zones / "Amsterdam").symlink_to("Rome")
    zone = timezone(timedelta(0), "Amsterdam")
    found = [installed_versions.zone_digest(zone)]
    (zones / "Rome").write_bytes(b"2")
    found.append(installed_versions.zone_digest(zone))

    assert "" not in found
    assert 2 == len(set(found))


def test_packages_count_wherever_they_are(tmp_path: Path) -> None:
    """Another version of a package is noticed in every folder on the module path."""
    found = []
    for name in ("Markdown-3.8.dist-info", "Markdown-3.9.dist-info"):
        (tmp_path / name).mkdir()
        script = "from statusgen.system.installed_versions import digest; print(digest())"
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])},
            capture_output=True,
            check=True,
        )
        found.append(done.stdout)

    assert 2 == len(set(found))


def test_what_a_kill_or_a_desktop_left_in_the_cache_is_in_nobodys_way(site: Path) -> None:
    """A half-created cache is used, and so is one with files of a file manager."""
    (site / FOLDER).mkdir()
    left = site / FOLDER / f".statusgen-{'0' * 16}.tmp"
    left.touch()
    first = built(site)
    (site / FOLDER / ".DS_Store").touch()
    work = Work()
    second = built(site, track=work.track)

    assert ((), (), False) == (first.words, second.words, left.exists())
    assert [] == work.read


def test_a_template_that_changes_while_a_build_runs_is_not_mixed_up(site: Path) -> None:
    """A build uses and caches the templates as they were when it read them."""
    own = site / "templates/partials/footer.html"
    own.parent.mkdir(parents=True)
    own.write_text("OLD-ONE", "utf-8")

    def change(phase: str) -> None:
        own.write_text(
            {"assemble": "NEW-ONE", "cache": "OLD-ONE"}.get(phase, own.read_text()), "utf-8"
        )

    built(site, phase=change)
    again = built(site)

    assert b"OLD-ONE" in (site / "_site/index.html").read_bytes()
    assert again.plan.is_done


def test_a_file_of_the_site_that_changes_as_soon_as_it_is_there_is_put_back(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change to a page right after it was published is noticed like a later one."""
    page = site / "_site/index.html"
    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", lambda _: page.write_text("minified", "utf-8"))
        built(site)
    spoilt = page.read_text("utf-8")
    built(site)

    assert "minified" == spoilt
    assert "minified" != page.read_text("utf-8")


def test_a_file_saved_just_before_it_is_read_is_looked_at_again(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file saved just before it is read is read again, as it may change without a new stamp."""
    path = site / "incidents/a0.md"
    is_later = []

    def track(label: str, items: list[Any], /) -> list[Any]:
        is_later.append(label)
        return items

    def clock() -> int:
        return path.stat().st_ctime_ns + (10**10 if is_later else 0)

    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", clock)
        built(site, track=track)
    with closing(sqlite3.connect(site / FILE)) as connection:
        (size,) = connection.execute("SELECT size FROM accounts WHERE path = 'a0.md'").fetchone()

    assert -1 == size


def test_broken_settings_cost_nothing_that_is_known(site: Path) -> None:
    """Errors in the settings keep the cache: after they are fixed, no file is read again."""
    built(site)
    settings = site / "statusgen.yml"
    right = settings.read_text("utf-8")
    settings.write_text(f"{right}colour: red\n", "utf-8")
    (site / "incidents/new.md").write_text(incident().replace("[api]", "[nope]"), "utf-8")
    with pytest.raises(ContentError) as raised:
        built(site)
    settings.write_text(right, "utf-8")
    (site / "incidents/new.md").unlink()
    work = Work()
    built(site, track=work.track)

    assert ["new.md", "statusgen.yml"] == sorted(one.path.name for one in raised.value.problems)
    assert [] == work.read


_SHARED = "the cache and the output cannot share a folder; choose another with --out or --cache"
_AROUND = (
    "the cache cannot be the folder of the site, or contain it; choose another folder with --cache"
)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--out", ".statusgen"], _SHARED),
        (["--cache", "_site"], _SHARED),
        (["--cache", "_site/kept"], _SHARED),
        (
            ["--cache", "static/kept"],
            "the cache cannot be in static/ of the site; choose another folder with --cache",
        ),
        (
            ["--cache", "incidents"],
            "the cache cannot be in incidents/ of the site; choose another folder with --cache",
        ),
        (["--cache", "."], _AROUND),
        (["--cache", ".."], _AROUND),
    ],
)
def test_a_cache_has_a_folder_of_its_own(
    site: Path, run: Run, arguments: list[str], expected: str
) -> None:
    """The cache cannot share a folder with the input or output of the site."""
    built(site)
    before = content(site)
    done = run("build", *arguments, *ARGUMENTS, cwd=site)

    assert (2, f"statusgen: {expected}\n") == (done.status, done.err)
    assert before == content(site)


@pytest.mark.parametrize("name", ["notes.txt", ".git/HEAD"])
def test_a_folder_of_others_becomes_no_cache(site: Path, run: Run, name: str) -> None:
    """A folder with other files is not used as a cache, which would hide them from Git."""
    write_site(site.parent / "mine", {name: "mine"})
    (site.parent / "mine/statusgen.yml").unlink(missing_ok=True)
    done = run("build", "--cache", "../mine", *ARGUMENTS, cwd=site)

    assert (0, "statusgen: cache ../mine not used: the folder contains other files\n") == (
        done.status,
        done.err,
    )
    assert not (site.parent / "mine/.gitignore").exists()


def test_the_cache_is_written_through_no_link(site: Path, run: Run) -> None:
    """A link in place of the file is not followed."""
    built(site)
    (site / FILE).unlink()
    (site / FILE).symlink_to(site.parent / "victim")
    done = run("build", *ARGUMENTS, cwd=site)

    assert (0, False) == (done.status, (site.parent / "victim").exists())
    assert "cache.sqlite is not a regular file; delete it" in done.err


def test_files_of_the_far_future_are_built(site: Path) -> None:
    """A modification time that SQLite cannot store causes no failure."""
    os.utime(site / "incidents/a3.md", (2**34, 2**34))
    built(site)
    os.utime(site / "_site/index.html", (2**34, 2**34))

    assert built(site).plan.is_done
    assert () == built(site).words


def test_a_folder_whose_name_is_no_text_can_be_built_into(site: Path) -> None:
    """A folder whose name is not UTF-8 can be built into."""
    out = site.parent / "o\udcff"
    pipeline.build(request(site), out)

    assert pipeline.build(request(site), out).plan.is_done


def test_git_never_sees_the_cache(site: Path) -> None:
    """The cache folder ignores itself, so that sites need no .gitignore entry."""
    subprocess.run(["git", "init", "--quiet", site], check=True)
    built(site)
    done = subprocess.run(
        ["git", "-C", site, "status", "--porcelain", "--untracked-files=all"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert f"{FOLDER}/" not in done.stdout


def test_without_a_cache_nothing_is_remembered(site: Path, run: Run) -> None:
    """--no-cache rebuilds everything and writes no cache; --cache chooses its folder."""
    first = run("build", "--no-cache", *ARGUMENTS, cwd=site)
    second = run("build", "--cache", "../kept", *ARGUMENTS, cwd=site)

    assert (0, 0) == (first.status, second.status)
    assert [False, True] == [(site / FOLDER).exists(), (site / "../kept/cache.sqlite").exists()]


def test_a_cache_that_cannot_be_made_is_a_word(site: Path, run: Run) -> None:
    """The site is built even if the cache folder cannot be created."""
    (site / FOLDER).write_text("mine", encoding="utf-8")
    done = run("build", *ARGUMENTS, cwd=site)

    assert (0, "statusgen: cache .statusgen not used: not a folder\n") == (
        done.status,
        done.err,
    )


def test_a_file_with_an_error_is_read_each_time(site: Path) -> None:
    """Only valid files are cached: a text that timed out may be fast the next time."""
    built(site)
    (site / "incidents/bad.md").write_text(incident(title="''"), encoding="utf-8")
    works = [Work(), Work()]
    for work in works:
        with pytest.raises(ContentError):
            built(site, track=work.track)

    assert [["bad.md"], ["bad.md"]] == [work.read for work in works]


def test_what_fails_leaves_no_new_cache(site: Path, run: Run) -> None:
    """A failed command leaves no new cache folder."""
    (site / "incidents/bad.md").write_text("bad", encoding="utf-8")
    done = run("check", *ARGUMENTS, cwd=site)

    assert (1, False) == (done.status, (site / FOLDER).exists())


def test_check_and_build_share_what_they_find(site: Path) -> None:
    """Outputs that check has rendered are not rendered again; failures are found each time."""
    pipeline.check(request(site))
    work = Work()
    pipeline.check(replace(request(site), track=work.track))

    assert [] == work.made


def test_timings_tell_where_the_time_went(site: Path, run: Run) -> None:
    """--timings prints the phases of a build in order, on stderr."""
    done = run("build", "--timings", *ARGUMENTS, cwd=site)
    phases = [line.split()[0] for line in done.err.splitlines()]

    assert ["start", "read", "assemble", "compare", "render", "write", "cache"] == phases


@pytest.mark.slow
def test_the_cache_stays_small(site: Path) -> None:
    """The cache drops old entries when files or output folders change often."""
    built(site)
    first = (site / FILE).stat().st_size
    for number in range(40):
        text = incident(title="Changed", text="word " * 400 + str(number))
        (site / "incidents/a3.md").write_text(text, encoding="utf-8")
        pipeline.build(request(site), site.parent / f"out{number % 12}")

    assert (site / FILE).stat().st_size < first + 400_000
