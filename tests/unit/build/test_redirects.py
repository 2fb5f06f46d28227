"""Stub pages at old addresses: when they appear, move and disappear, and their conflicts."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from statusgen.build import pipeline
from statusgen.build.pipeline import BuildRequest
from statusgen.cache.store import FOLDER
from statusgen.output.folder import OutputPlan
from statusgen.problems import ContentError
from tests.conftest import Run, write_site
from tests.support.publishing import content, rendered

NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


def incident(redirect_from: str = "", *, started: str = "2026-11-20 09:00Z", rest: str = "") -> str:
    """Return a small file, with *redirect_from* unless it is empty."""
    line = f"redirect_from: {redirect_from}\n" if redirect_from else ""
    top = f"title: Slow\nseverity: major\nservices: [api]\nstarted: {started}\n{line}{rest}"
    return f"---\n{top}---\n\nWe are looking into it.\n"


def request(site: Path, now: datetime = NOW) -> BuildRequest:
    """Return a build request for *site* with a cache."""
    return BuildRequest(folder=site, now=lambda _: now, cache=site / FOLDER, jobs=1)


def build(site: Path, now: datetime = NOW) -> OutputPlan:
    """Build *site* into its `_site`, and check that a build without a cache gives the same."""
    plan = pipeline.build(request(site, now), site / "_site").plan

    assert rendered(request(site, now))[1] == content(site / "_site")
    return plan


def stubs(site: Path) -> list[str]:
    """Return the pages of `_site` that redirect to `a.html`, without the one of its id."""
    pages = (site / "_site").rglob("*.html")
    found = [page for page in pages if 'http-equiv="refresh"' in page.read_text("utf-8")]
    names = sorted(page.relative_to(site / "_site").as_posix() for page in found)
    return [name for name in names if name != "incidents/1wc85orfs8ua.html"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site with one incident that has two old addresses."""
    return write_site(tmp_path / "site", {"incidents/a.md": incident("[issues/old/, old]")})


def test_a_second_build_makes_no_stub_page_again(site: Path) -> None:
    """A second build without changes writes nothing."""
    build(site)

    assert build(site).is_done


@pytest.mark.parametrize(
    ("addresses", "created", "deleted"),
    [
        pytest.param("[issues/old/, old, new]", ["new.html"], [], id="added"),
        pytest.param("[issues/old/]", [], ["old.html"], id="removed"),
        pytest.param("", [], ["issues/old/index.html", "old.html"], id="all-removed"),
        pytest.param("[old, issues/old/]", [], [], id="other-order"),
        pytest.param(
            "[issues/old, old]", ["issues/old.html"], ["issues/old/index.html"], id="moved"
        ),
        pytest.param(
            "[issues/old/, old.html/]", ["old.html/index.html"], ["old.html"], id="file-to-folder"
        ),
        pytest.param("[issues/old/, Old]", ["Old.html"], ["old.html"], id="other-case"),
    ],
)
def test_stub_pages_follow_the_file(
    site: Path, addresses: str, created: list[str], deleted: list[str]
) -> None:
    """Changes in `redirect_from` add, move or remove the stub pages, and nothing else."""
    build(site)
    write_site(site, {"incidents/a.md": incident(addresses)})
    plan = build(site)

    assert (created, deleted) == ([*plan.created], [*plan.deleted])
    assert {*plan.updated} <= {"build.json"}


def test_a_folder_that_becomes_a_file_again_is_no_obstacle(site: Path) -> None:
    """An old address that was a folder can become a file of that name."""
    write_site(site, {"incidents/a.md": incident("old.html/")})
    build(site)
    write_site(site, {"incidents/a.md": incident("old.html")})
    build(site)

    assert ["old.html"] == stubs(site)


def test_a_stub_page_says_what_the_file_says_now(site: Path) -> None:
    """A new title reaches the stub pages as well."""
    build(site)
    write_site(site, {"incidents/a.md": incident("[issues/old/, old]").replace("Slow", "Slower")})
    build(site)

    assert "<title>Slower" in (site / "_site/old.html").read_text("utf-8")


UNSEEN = {"draft": {"rest": "draft: true\n"}, "future": {"started": "2027-01-01 09:00Z"}}


@pytest.mark.parametrize("how", UNSEEN)
def test_what_does_not_show_has_no_stub_page(site: Path, how: str) -> None:
    """A draft or future file has no stub pages, which would reveal it."""
    build(site)
    rest, started = ("draft: true\n", "2026-11-20 09:00Z") if how == "draft" else ("", "2027-01-01")
    started = started if "Z" in started else f"{started} 09:00Z"
    write_site(site, {"incidents/a.md": incident("[issues/old/, old]", started=started, rest=rest)})
    build(site)

    assert [] == stubs(site)


def test_the_clock_alone_brings_the_stub_pages(site: Path) -> None:
    """A future file gets its stub pages with the first build after its start."""
    write_site(site, {"incidents/a.md": incident("[old]", started="2026-11-20 12:00Z")})
    build(site)
    build(site, datetime(2026, 11, 20, 12, 0, tzinfo=UTC))

    assert ["old.html"] == stubs(site)


def test_an_incident_that_was_renamed_is_found_at_its_old_address(site: Path) -> None:
    """A deleted page and the stub page that replaces it take one build."""
    build(site)
    (site / "incidents/a.md").unlink()
    write_site(
        site, {"incidents/b.md": incident("[incidents/a.html, incidents/1wc85orfs8ua.html]")}
    )
    build(site)

    assert "url=../incidents/b.html" in (site / "_site/incidents/a.html").read_text("utf-8")
    assert "incidents/a.html" not in (site / "_site/sitemap.xml").read_text("utf-8")


def test_a_clash_leaves_the_old_site(site: Path, run: Run) -> None:
    """`check` and `build` report the same conflict, and the old site stays."""
    build(site)
    before = content(site / "_site")
    write_site(site, {"static/old.html": "<p>Ours\n"})
    expected = "incidents/a.md:6:30: the old address 'old' is already the file 'static/old.html'"
    checked = run("check", "--now", "2026-11-20T09:15Z", cwd=site)
    ran = run("build", "--now", "2026-11-20T09:15Z", cwd=site)

    assert (1, 1, f"{expected}; remove it\n") == (checked.status, ran.status, checked.out)
    assert ran.err.startswith(expected)
    assert before == content(site / "_site")


@pytest.mark.parametrize("kept", ["cold", "warm"])
def test_a_clash_is_found_among_files_that_are_not_read_again(site: Path, kept: str) -> None:
    """The cache keeps the position of each address, to find conflicts with later files."""
    if kept == "warm":
        build(site)
    write_site(site, {"incidents/b.md": incident("[new, Old.html]")})

    with pytest.raises(ContentError) as caught:
        pipeline.build(request(site), site / "_site")

    found = [(one.path.name, one.line, one.column) for one in caught.value.problems]
    assert [("b.md", 6, 22)] == found


@pytest.mark.parametrize("address", ["history/2027-01.html", "services/api/2020", "HISTORY/x/"])
def test_no_page_that_time_brings_is_taken(site: Path, address: str) -> None:
    """An address where a generated page may appear later is rejected today."""
    write_site(site, {"incidents/a.md": incident(f"[{address}]")})

    with pytest.raises(ContentError):
        build(site)


@pytest.mark.parametrize(
    "address", ["services", "api", "histories/2027-01", "index/", "groups.html"]
)
def test_a_name_that_only_looks_like_ours_is_free(site: Path, address: str) -> None:
    """A path is rejected only if it conflicts, not for a word in it."""
    write_site(site, {"incidents/a.md": incident(f"[{address}]")})
    build(site)

    assert 1 == len(stubs(site))


def test_an_own_template_makes_the_stub_pages(site: Path) -> None:
    """A custom `moved.html` is used at every depth."""
    text = "{{ page.url }} {{ root }}{{ incident.url }} {{ incident.title }}"
    write_site(site, {"templates/moved.html": text})
    build(site)

    assert "issues/old/index.html ../../incidents/a.html Slow" == (
        site / "_site/issues/old/index.html"
    ).read_text("utf-8")


def test_changes_by_command_keep_the_old_addresses(site: Path, run: Run) -> None:
    """`update` and `resolve` do not change `redirect_from`."""
    now = ("--now", "2026-11-20T09:15Z")
    for arguments in (["update", "-m", "More."], ["resolve", "-m", "Over."]):
        assert 0 == run(*arguments, *now, cwd=site).status

    assert "\nredirect_from: [issues/old/, old]\n" in (site / "incidents/a.md").read_text("utf-8")
