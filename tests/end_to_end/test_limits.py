"""Sites at the limits of size work; larger ones are reported clearly."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run, write_site
from tests.support.faults import broken_off, command

NOW = ("--now", "2026-11-20T12:00Z")

INCIDENT = """---
title: Slow
severity: degraded
services: [s1]
started: 2026-11-18 09:00
updates:
"""

# Exits if the command uses the network or writes outside the folder in the first argument.
ALONE = """
import os, sys
from pathlib import Path
out = sys.argv.pop(1)

def alone(event, arguments):
    if event.startswith("socket.") and event != "socket.__new__":
        raise SystemExit(f"{event} {arguments}")
    path = str(arguments[0]) if arguments else ""
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_WRONLY
    if writes and out not in str(Path(path).resolve()) and path != os.devnull:
        raise SystemExit(f"{event} {arguments}")

sys.addaudithook(alone)
from statusgen.__main__ import main
main()
"""


def services(number: int) -> str:
    """Return settings with *number* services."""
    rows = "".join(f"  - {{id: s{n}, name: Service {n}}}\n" for n in range(number))
    return f"title: Acme\nurl: https://acme.example\nservices:\n{rows}"


def updates(number: int) -> str:
    """Return an incident with *number* updates."""
    rows = (
        f"  - at: 2026-11-18 {9 + n // 60:02}:{n % 60:02}\n    text: Still **{n}**.\n"
        for n in range(number)
    )
    return f"{INCIDENT}{''.join(rows)}---\n"


@pytest.mark.slow
def test_the_largest_incident_and_many_services_work(tmp_path: Path) -> None:
    """A site with 500 services and an incident of 200 updates shows every update."""
    site = write_site(tmp_path, {"statusgen.yml": services(500), "incidents/a.md": updates(200)})
    work = command("build", "--site", str(site), "--out", str(site / "out"), *NOW)
    (tmp_path / "words").mkdir()
    done = broken_off(work, tmp_path / "words", at=-1, reason=0, always=True)
    page = (site / "out/incidents/a.html").read_text("utf-8")

    assert done is not None
    assert (0, True) == (done.status, (site / "out/services/s499.html").exists())
    assert [] == [n for n in range(200) if f"Still <strong>{n}</strong>" not in page]


def test_one_update_more_is_refused(run: Run, tmp_path: Path) -> None:
    """The 201st update is reported with the limit."""
    write_site(tmp_path, {"statusgen.yml": services(2), "incidents/a.md": updates(201)})

    done = run("check", *NOW)

    message = "the file has 201 updates, more than 200; continue in a second file"
    assert (1, f"incidents/a.md:407:5: {message}\n") == (done.status, done.out)


def test_a_name_of_the_greatest_length_works(run: Run, tmp_path: Path) -> None:
    """A slug of 100 characters in a folder of 255 characters has a page."""
    folder, slug = "f" * 255, "s" * 100
    write_site(tmp_path, {f"incidents/{folder}/{slug}.md": updates(1).replace("s1", "api")})

    done = run("build", *NOW)

    assert (0, "") == (done.status, done.err)
    assert (tmp_path / f"_site/incidents/{slug}.html").exists()


def test_a_path_beyond_the_limit_of_the_system_is_reported(run: Run, tmp_path: Path) -> None:
    """An output folder with a path that is too long is reported in one line."""
    write_site(tmp_path, {})
    out = "/".join(["d" * 200] * 30)

    done = run("build", "--out", out, *NOW)

    assert (3, f"statusgen: cannot read {out}: File name too long\n") == (done.status, done.err)


def test_a_path_that_only_the_pages_exceed_leaves_nothing(run: Run, tmp_path: Path) -> None:
    """A folder in which the path of a page is too long is reported in one line, and stays empty."""
    write_site(tmp_path, {"incidents/a.md": updates(1).replace("s1", "api")})
    room = 4085  # the limit of a path is 4,096
    out = "/".join(["d" * 200] * (room // 201)) + "/" + "e" * (room % 201)

    done = run("build", "--out", out, *NOW)
    left = [name for _, _, names in os.walk(tmp_path / ("d" * 200)) for name in names]

    assert (3, 1, []) == (done.status, done.err.count("\n"), left)
    assert done.err.endswith(": File name too long\n")


@pytest.mark.parametrize("flags", [["-I", "-W", "error"], ["-W", "error", "-X", "dev"]])
def test_a_build_is_alone_with_its_folder(tmp_path: Path, flags: list[str]) -> None:
    """A build without home and network, with warnings as errors, writes only to its folder."""
    site = write_site(tmp_path / "site", {"incidents/a.md": updates(3).replace("s1", "api")})
    done = subprocess.run(
        [sys.executable, "-B", *flags, "-c", ALONE, str(site), "build", "--out", "_site", *NOW],
        cwd=site,
        env={"HOME": "/dev/null/home", "PATH": "/nowhere", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert (site / "_site/index.html").exists()


OLD = """---
title: Slow {number}
severity: degraded
services: [s1]
started: {year}-{month:02}-03 09:00
resolved: {year}-{month:02}-03 10:00
---
It was slow.
"""

# Files that grow with the archive: one per incident, month or year, and their indexes.
ARCHIVES = (
    "incidents/*",
    "history/20*.html",
    "history/*-20*.html",
    "services/*/20*.html",
    "api/incidents/20*.json",
    "sitemap.xml",
    "build.json",
    ".statusgen.json",
)


@pytest.mark.slow
def test_what_is_old_weighs_nothing_on_what_is_new(tmp_path: Path, run: Run) -> None:
    """Five times as many old incidents do not grow any current page, feed or file."""
    found = []
    for number in (120, 600):
        old = {
            f"incidents/a{n}.md": OLD.format(number=n, year=2023 + n % 2, month=1 + n % 12)
            for n in range(number)
        }
        site = write_site(tmp_path / str(number), {"statusgen.yml": services(2), **old})
        assert 0 == run("build", *NOW, cwd=site).status
        paths = [path for path in (site / "_site").rglob("*") if path.is_file()]
        names = {path.relative_to(site / "_site"): path for path in paths}
        today = {name: path for name, path in names.items() if not any(map(name.match, ARCHIVES))}
        found.append({str(name): path.stat().st_size for name, path in today.items()})
    grown = {name: size / found[0][name] for name, size in found[1].items() if size}

    assert found[0].keys() == found[1].keys()
    assert {} == {name: ratio for name, ratio in grown.items() if ratio > 1.05}
