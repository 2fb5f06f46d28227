"""Tests of `build --check-url`, which refuses the example address that `init` writes."""

from pathlib import Path

import pytest

from tests.conftest import SETTINGS, Run, write_site

NOW = "2026-11-20T10:00:00Z"
OWN = "https://acme.github.io/status"
REMEDY = "is an example; write the address of your page"


def at(url: str) -> dict[str, str]:
    """Return the settings of a site at *url*."""
    return {"statusgen.yml": SETTINGS.replace("https://status.acme.example", url)}


@pytest.mark.parametrize(
    "url",
    [
        "https://status.example.com",
        "https://Example.NET/status",
        "http://a.example",
        "http://b.invalid",
    ],
)
def test_an_example_address_is_refused_where_it_is_written(
    url: str, run: Run, tmp_path: Path
) -> None:
    """The error has the position of `url`, and nothing is written."""
    write_site(tmp_path, at(url))

    ran = run("build", "--check-url", "--now", NOW)

    assert (1, "", f"statusgen.yml:2:6: '{url}' {REMEDY}\n") == (ran.status, ran.out, ran.err)
    assert not (tmp_path / "_site").exists()


def test_all_other_problems_are_reported_as_well(run: Run, tmp_path: Path) -> None:
    """One run shows the address and the errors of other files."""
    write_site(tmp_path, {**at("https://status.example.com"), "incidents/a.md": "no front matter"})

    ran = run("build", "--check-url", "--now", NOW)

    assert ["incidents/a.md", "statusgen.yml"] == sorted(
        line.partition(":")[0] for line in ran.err.splitlines()
    )


@pytest.mark.parametrize("url", [OWN, "https://example.acme.com", "http://127.0.0.1:8000"])
def test_an_address_of_a_host_is_accepted(url: str, run: Run, tmp_path: Path) -> None:
    """Only names that are reserved for examples are refused."""
    write_site(tmp_path, at(url))

    assert 0 == run("build", "--check-url", "--now", NOW).status


def test_the_address_of_the_build_counts(run: Run, tmp_path: Path) -> None:
    """`--base-url` replaces `url`, so it is the address to check."""
    write_site(tmp_path, at("https://status.example.com"))

    own = run("build", "--check-url", "--base-url", OWN, "--now", NOW)
    example = run("build", "--check-url", "--base-url", "https://example.org", "--now", NOW)

    assert (0, 2) == (own.status, example.status)
    assert f"statusgen: --base-url: 'https://example.org' {REMEDY}\n" == example.err


def test_a_build_for_preview_may_have_an_example_address(run: Run, tmp_path: Path) -> None:
    """Without the option, a new site can be built with the example address."""
    write_site(tmp_path, at("https://status.example.com"))

    assert 0 == run("build", "--now", NOW).status
