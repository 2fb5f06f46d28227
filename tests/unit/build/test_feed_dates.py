"""Feeds of a site without incidents."""

from pathlib import Path

import pytest

from tests.conftest import SETTINGS, Run, write_site

INCIDENT = "---\ntitle: A\nseverity: none\nservices: []\nstarted: 2026-11-19 09:00\n---\nB.\n"


@pytest.mark.parametrize(
    ("files", "is_warned"),
    [
        pytest.param({}, True, id="neither"),
        pytest.param({"statusgen.yml": f"{SETTINGS}    since: 2026-11-21\n"}, True, id="in-future"),
        pytest.param({"statusgen.yml": f"{SETTINGS}    since: 2026-11-20\n"}, False, id="today"),
        pytest.param({"incidents/a.md": INCIDENT}, False, id="an-incident"),
        pytest.param(
            {"incidents/a.md": INCIDENT.replace("title", "draft: true\ntitle")}, True, id="a-draft"
        ),
    ],
)
def test_feeds_without_a_date_are_a_warning(
    run: Run, tmp_path: Path, files: dict[str, str], is_warned: bool
) -> None:
    """A site without incidents gets a warning unless a service has a `since` that has begun."""
    write_site(tmp_path, files)
    expected = (
        "statusgen.yml:4:1: warning: without incidents, feeds are dated 1970 unless a service"
        " has a 'since'; add since: 2026-11-20\n"
    )
    ran = run("check", "--now", "2026-11-20T12:00Z")

    assert (0, expected if is_warned else "") == (ran.status, ran.out)


def test_feeds_without_a_date_hide_no_error(run: Run, tmp_path: Path) -> None:
    """A site with errors is not warned, as its incidents may be missing because of them."""
    write_site(tmp_path, {"incidents/a.md": "---\ntitle: A\n---\n"})
    ran = run("check")

    assert (1, False) == (ran.status, "1970" in ran.out)
