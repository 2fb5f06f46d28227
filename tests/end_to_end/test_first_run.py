"""Workflow runs of the first day: Pages is not enabled yet, or the address is an example."""

from pathlib import Path

import pytest

from tests.conftest import SETTINGS
from tests.support import acting
from tests.support.acting import Runner

pytestmark = pytest.mark.slow

DISABLED = (
    '::warning::Nothing was deployed: GitHub Pages is not enabled. Choose the source "GitHub'
    ' Actions" at https://github.com/'
)
BUILT = {"Build": "success"}
PUBLISHED = dict.fromkeys(("Build", "Deploy", "Verify", "Notify"), "success")


@pytest.mark.parametrize("source", ["404", "legacy"])
def test_a_run_without_pages_is_green_and_says_what_to_do(source: str, tmp_path: Path) -> None:
    """The run builds, warns once with the address of the setting, and neither deploys nor notifies.

    After the setting, the same commit is published.
    """
    runner = Runner(tmp_path / "runner")
    (runner.state / "pages").write_text(source, encoding="utf-8")
    with acting.serving(runner.state / "live") as url:
        settings = SETTINGS.replace("https://status.acme.example", url)
        site = acting.repository(tmp_path / "site", {"statusgen.yml": settings})
        first = runner.run(site, "publish.yml", "push", {})
        before = runner.written("deployments")
        (runner.state / "pages").unlink()
        second = runner.run(site, "publish.yml", "workflow_dispatch", {})

    assert (BUILT, [], 1) == (first.jobs, before, first.log.count(DISABLED))
    assert (PUBLISHED, 0) == (second.jobs, second.log.count(DISABLED))


def test_a_copy_of_the_template_is_green_before_it_has_an_address(tmp_path: Path) -> None:
    """Without Pages, the example address stops nothing, because nothing is deployed."""
    runner = Runner(tmp_path / "runner")
    (runner.state / "pages").write_text("404", encoding="utf-8")
    settings = SETTINGS.replace("https://status.acme.example", "https://status.example.com")
    site = acting.repository(tmp_path / "site", {"statusgen.yml": settings})
    ran = runner.run(site, "publish.yml", "push", {})

    assert (BUILT, [], 1) == (ran.jobs, runner.written("deployments"), ran.log.count(DISABLED))


def test_github_without_an_answer_does_not_stop_a_deployment(tmp_path: Path) -> None:
    """If the question about Pages fails, the run deploys as if Pages were enabled."""
    runner = Runner(tmp_path / "runner")
    (runner.state / "pages").write_text("503", encoding="utf-8")
    with acting.serving(runner.state / "live") as url:
        settings = SETTINGS.replace("https://status.acme.example", url)
        site = acting.repository(tmp_path / "site", {"statusgen.yml": settings})
        ran = runner.run(site, "publish.yml", "push", {})

    assert (PUBLISHED, 0) == (ran.jobs, ran.log.count("::warning::Nothing was deployed"))


def test_an_example_address_is_never_deployed(tmp_path: Path) -> None:
    """The run fails in Build, with an annotation at `url`."""
    runner = Runner(tmp_path / "runner")
    settings = SETTINGS.replace("https://status.acme.example", "https://status.example.com")
    site = acting.repository(tmp_path / "site", {"statusgen.yml": settings})
    ran = runner.run(site, "publish.yml", "push", {})

    assert ({"Build": "failure"}, []) == (ran.jobs, runner.written("deployments"))
    assert (
        "::error file=statusgen.yml,line=2,col=6::'https://status.example.com' is an example"
    ) in ran.log
