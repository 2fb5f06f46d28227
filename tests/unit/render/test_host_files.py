"""The files for hosts and search engines, and the record of the build."""

import hashlib
import html
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
from lxml import etree

import statusgen
from statusgen.output import paths
from tests.conftest import ROOT, Run, missing, write_site
from tests.support import examples
from tests.support.examples import NOW, Site, made

XSD = examples.MODULES / "sitemap" / "schema" / "sitemap.xsd"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NOT_COVERED = {"build.json", "api/uptime.json", paths.RECORD}

SITES = {"example": examples.example, "hostile": examples.hostile, "empty": examples.empty}


@pytest.fixture(params=SITES, scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    """Return one of the sites."""
    return SITES[request.param]()


def settings(url: str) -> str:
    """Return a statusgen.yml for the site at *url*."""
    return f"title: Acme\nurl: {url}\nservices: [{{id: api, name: API}}]\n"


def addresses(site: Site) -> list[str]:
    """Return the addresses in the sitemap."""
    tree = etree.fromstring(site.files["sitemap.xml"])
    return [one.text or "" for one in tree.iter(f"{SITEMAP}loc")]


def test_robots_may_go_everywhere_and_find_the_sitemap(site: Site) -> None:
    """robots.txt allows everything and has the full address of the sitemap (RFC 9309)."""
    robots = RobotFileParser()
    robots.parse(site.text("robots.txt").splitlines())

    assert robots.can_fetch("any", f"{site.url}/incidents/a.html")
    assert [f"{site.url}/sitemap.xml"] == robots.site_maps()


def test_the_sitemap_is_valid(site: Site) -> None:
    """sitemap.xml is valid according to the schema for the protocol."""
    if not XSD.is_file():
        missing("sitemap (npm)")
    schema = etree.XMLSchema(etree.parse(XSD))
    schema.validate(etree.fromstring(site.files["sitemap.xml"]))

    assert [] == [str(error) for error in schema.error_log]


def test_the_sitemap_names_every_page_once(site: Site) -> None:
    """The sitemap has each canonical page once: no stub, and not the 404 page."""
    pages = {
        html.unescape(found[1])
        for path in site.paths(".html")
        if path != "404.html"
        for found in [re.search(r'<link rel="canonical" href="([^"]*)">', site.text(path))]
        if found
    }
    named = addresses(site)

    assert sorted(pages) == sorted(named)


def test_the_sitemap_names_nothing_that_is_not_there(site: Site) -> None:
    """Every address in the sitemap is below the site's own, and has a file."""
    assert [] == [
        address
        for address in addresses(site)
        if not address.startswith(f"{site.url}/")
        or (address.removeprefix(f"{site.url}/") or "index.html") not in site.files
    ]


def test_the_sitemap_carries_no_date_of_the_build() -> None:
    """A sitemap changes when a page is added or removed, not with the clock."""
    later = made(now="2026-11-20 10:16")

    assert examples.empty().files["sitemap.xml"] == later.files["sitemap.xml"]


def test_pages_is_told_to_leave_the_files_alone(site: Site) -> None:
    """An empty .nojekyll stops GitHub Pages from building the site again."""
    assert b"" == site.files[".nojekyll"]


def changed(site: Site) -> dict[str, str | None]:
    """Return the time of the last change of each page in the sitemap, by its path."""
    tree = etree.fromstring(site.files["sitemap.xml"])
    return {
        one.findtext(f"{SITEMAP}loc", "").removeprefix(f"{site.url}/"): one.findtext(
            f"{SITEMAP}lastmod"
        )
        for one in tree
    }


OLD = """---
title: Long ago
severity: partial
services: [api]
updates:
  - at: 2025-03-02 09:00
    text: It is slow.
  - at: 2025-04-01 10:00
    state: resolved
    text: It is fast.
---
"""
UPDATED = """---
title: Going on
severity: major
services: [web]
updates:
  - at: 2026-11-20 09:00
    text: It is down.
  - at: 2026-11-20 09:30
    text: It is still down.
  - at: 2026-11-20 11:00
    text: Published later.
---
"""
PLANNED = """---
title: A new disk
severity: maintenance
services: [db]
announced: 2026-11-19 08:00
starts: 2026-11-20 09:50
ends: 2026-11-22 10:00
---
"""


def test_the_sitemap_dates_each_page_by_what_it_tells() -> None:
    """`lastmod` is the newest update that a page shows, those of the clock included, never *now*.

    Pages without an incident have none.
    """
    files = {"old": OLD, "updated": UPDATED, "planned": PLANNED}
    site = made({f"incidents/{name}.md": text for name, text in files.items()})
    old, updated, clock = "2025-04-01T08:00:00Z", "2026-11-20T08:30:00Z", "2026-11-20T08:50:00Z"

    assert {
        "": clock,
        "history.html": clock,
        "search.html": None,
        "subscribe.html": None,
        "services/api.html": old,
        "services/web.html": updated,
        "services/db.html": clock,
        "services/api/2025.html": old,
        "history/2026-11.html": clock,
        "history/2025-03.html": old,
        "history/major.html": updated,
        "history/partial.html": old,
        "history/maintenance.html": clock,
        "history/partial-2025.html": old,
        "incidents/old.html": old,
        "incidents/updated.html": updated,
        "incidents/planned.html": clock,
    } == changed(site)


@pytest.mark.parametrize(
    ("url", "cname"),
    [
        pytest.param("https://status.acme.example", b"status.acme.example\n", id="a-domain"),
        pytest.param("https://acme.example/", b"acme.example\n", id="an-apex"),
        pytest.param("http://STATUS.acme.example", b"status.acme.example\n", id="capitals"),
        pytest.param("https://acme.github.io", None, id="a-user-of-github"),
        pytest.param("https://acme.github.io/status", None, id="a-project-of-github"),
        pytest.param("https://acme.example/status", None, id="below-a-path"),
        pytest.param("http://127.0.0.1", None, id="an-ip-address"),
        pytest.param("http://localhost", None, id="this-machine"),
        pytest.param("https://acme.example:8443", None, id="a-port"),
    ],
)
def test_cname_is_written_for_a_custom_domain_only(url: str, cname: bytes | None) -> None:
    """CNAME has the domain for Pages, and is missing for addresses that Pages does not support."""
    assert cname == made({"statusgen.yml": settings(url)}).files.get("CNAME")


def test_a_preview_elsewhere_takes_no_domain() -> None:
    """`--base-url` replaces `url` in CNAME, robots.txt and the sitemap."""
    preview = made(base_url="https://acme.github.io/preview")

    assert "CNAME" not in preview.files
    assert "Sitemap: https://acme.github.io/preview/sitemap.xml" in preview.text("robots.txt")
    assert {True} == {
        one.startswith("https://acme.github.io/preview/") for one in addresses(preview)
    }


def test_build_json_says_who_made_the_site_and_for_when(site: Site) -> None:
    """build.json has the generator with its version, the time with its offset, and a digest."""
    record = json.loads(site.files["build.json"])

    assert ["generator", "now", "digest"] == list(record)
    assert f"statusgen {statusgen.__version__}" == record["generator"]
    assert datetime.fromisoformat(NOW) == datetime.fromisoformat(record["now"])
    assert re.fullmatch(r"[0-9a-f]{64}", record["digest"])


def test_the_digest_covers_every_file_but_the_figures(site: Site) -> None:
    """It is the SHA-256 of `path NUL sha256 LF` of all files but api/uptime.json, by path."""
    lines = [
        f"{path}\0{hashlib.sha256(data).hexdigest()}\n"
        for path, data in sorted(site.files.items())
        if path not in NOT_COVERED
    ]

    assert hashlib.sha256("".join(lines).encode()).hexdigest() == digest(site)


def test_the_digest_covers_what_is_really_on_disk(run: Run, tmp_path: Path) -> None:
    """The digest can be recomputed from the published folder, static files included."""
    files = {"static/logo.txt": "A logo.\n", "static/.well-known/security.txt": "Contact: x\n"}
    folder = write_site(tmp_path / "site", files)
    ended = run("build", "--now", NOW, "--out", tmp_path / "out", cwd=folder)
    on_disk = {
        path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    lines = [
        f"{path}\0{hashlib.sha256(data).hexdigest()}\n"
        for path, data in sorted(on_disk.items())
        if path not in NOT_COVERED
    ]

    assert 0 == ended.status
    assert {"logo.txt", ".well-known/security.txt"} <= on_disk.keys()
    assert json.loads(on_disk["build.json"])["digest"] == (
        hashlib.sha256("".join(lines).encode()).hexdigest()
    )


def digest(site: Site) -> str:
    """Return the digest in build.json."""
    return str(json.loads(site.files["build.json"])["digest"])


OPEN = """---
title: Going on
severity: partial
services: [api]
started: 2026-11-20 09:00
---
Some requests fail.
"""


def test_only_the_record_and_the_figures_know_the_moment() -> None:
    """A later `now` without other changes affects only build.json and api/uptime.json."""
    files = {"incidents/open.md": OPEN}
    site, later = made(files, now="2026-11-20 10:15:00"), made(files, now="2026-11-20 10:15:59")
    changed = {path for path in site.files if site.files[path] != later.files[path]}

    assert {"build.json", "api/uptime.json"} == changed
    assert digest(site) == digest(later)


def test_the_example_tells_the_same_seconds_later() -> None:
    """The digest of the example does not change with `now` while its figures stay the same."""
    site = examples.built(ROOT, url=examples.example().url, now="2026-11-20T10:15:09+01:00")

    assert digest(examples.example()) == digest(site)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"incidents/open.md": OPEN.replace("Some", "Many")}, id="a-word"),
        pytest.param({"incidents/open.md": OPEN, "static/x.txt": "x"}, id="another-file"),
        pytest.param({}, id="an-incident-less"),
    ],
)
def test_the_digest_tells_a_site_that_says_something_else(files: dict[str, str]) -> None:
    """Any visible difference changes the digest."""
    assert digest(made({"incidents/open.md": OPEN})) != digest(made(files))


def test_a_quiet_day_changes_only_what_shows_days() -> None:
    """A day later, with no new content, only files with days and figures differ."""
    done = OPEN.replace("started:", "resolved: 2026-11-20 09:30\nstarted:")
    files = {"incidents/done.md": done}
    site, later = made(files, now="2026-11-20 10:15"), made(files, now="2026-11-21 10:15")
    changed = {path for path in site.files if site.files[path] != later.files[path]}
    services = {f"services/{name}.html" for name in ("api", "web", "db")}

    assert site.files.keys() == later.files.keys()
    assert set() == changed - {"build.json", "api/uptime.json", "index.html"} - services


def test_processes_do_not_show(run: Run, tmp_path: Path) -> None:
    """Three processes build the example byte for byte as one does."""
    run("build", "--now", NOW, "--out", tmp_path, "--jobs", "3", cwd=ROOT)
    files = examples.example().files

    assert files == {path: (tmp_path / path).read_bytes() for path in files}


def test_the_place_does_not_show(run: Run, tmp_path: Path) -> None:
    """The source folder and the output folder affect no byte."""
    files = {"incidents/open.md": OPEN}
    outs: list[dict[str, Any]] = []
    for name in ("one", "another/place"):
        folder = write_site(tmp_path / name, files)
        out = folder / "public"
        run("build", "--now", NOW, "--out", out, cwd=folder)
        outs.append({p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*.*")})

    assert outs[0] == outs[1]
    assert "index.html" in outs[0]
