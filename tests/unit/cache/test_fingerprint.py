"""Fingerprints of outputs: what makes two outputs the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from statusgen.build import renderer_registry
from statusgen.cache.fingerprint import Fingerprinter
from statusgen.render.html.theme import Theme
from statusgen.site import assemble
from statusgen.site.view_models import Site
from tests.conftest import write_site
from tests.support import publishing

SETTINGS = """\
title: Acme
url: https://status.acme.example
api: [statuspage, stashboard, statusboard]
groups: [{id: core, name: Core}]
services:
  - {id: api, name: API, group: core}
  - {id: web, name: Web}
"""
OVER = """\
---
title: Slow
severity: partial
services: [api]
updates:
  - at: 2026-11-01 09:00
    text: Slow.
  - at: 2026-11-01 10:00
    state: resolved
    text: Fine.
---
"""
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def show(*_: object) -> bytes:
    return b""


def show_more(*_: object) -> bytes:
    return b""


@dataclass(frozen=True)
class Record:
    """A record as renderers use them; the text follows from the name."""

    name: str
    text: str = field(default="", compare=False)

    def show(self) -> bytes:
        return b""


def site_of(folder: Path, *, now: datetime = NOW, incident: str = OVER) -> Site:
    write_site(folder, {"statusgen.yml": SETTINGS, "incidents/a.md": incident})
    found = publishing.read(folder, now=now.isoformat())
    assert found.config is not None
    return assemble.assemble_views(found.config, found.incidents, now=now)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(partial(show), partial(show_more), id="functions"),
        pytest.param(partial(show, "a"), partial(show, "b"), id="values"),
        pytest.param(partial(show, "1"), partial(show, 1), id="types"),
        pytest.param(partial(show, ["a", "b"]), partial(show, ["a"], "b"), id="lists"),
        pytest.param(partial(show, {"a": 1}), partial(show, {"a": 2}), id="maps"),
        pytest.param(Record("a").show, Record("b").show, id="objects"),
        pytest.param(partial(show, Record("a")), partial(show, Record("b")), id="records"),
    ],
)
def test_outputs_that_differ_have_different_fingerprints(
    one: Callable[[], bytes], other: Callable[[], bytes]
) -> None:
    """Another function, argument or type of an argument makes another output."""
    prints = Fingerprinter()

    assert prints.of_output(one) != prints.of_output(other)


def test_what_follows_from_other_fields_does_not_count() -> None:
    """A field that is not compared, because it follows from others, is left out."""
    one, other = Record("a", "one"), Record("a", "other")

    assert Fingerprinter().of_output(one.show) == Fingerprinter().of_output(other.show)


def test_a_closure_is_refused() -> None:
    """A function that captures variables is refused, because they cannot be compared."""
    captured = ["a"]

    def closure() -> bytes:
        return captured[0].encode()

    with pytest.raises(TypeError, match="has no fingerprint"):
        Fingerprinter().of_output(closure)


@pytest.mark.parametrize("is_exact", [False, True])
def test_every_output_has_a_fingerprint_that_lasts(tmp_path: Path, *, is_exact: bool) -> None:
    """Another reading of the same files gives the same fingerprints, for every output of a site."""
    first, second = (
        {
            path: Fingerprinter(is_exact=is_exact).of_output(make)
            for path, make in renderer_registry.all_outputs(
                site_of(tmp_path), Theme(tmp_path / "templates", {})
            ).items()
        }
        for _ in range(2)
    )

    assert first == second


@pytest.mark.parametrize(
    ("later", "is_same"),
    [
        pytest.param(timedelta(minutes=1), True, id="a-minute"),
        pytest.param(timedelta(days=1), False, id="a-day"),
    ],
)
def test_a_site_is_the_same_until_it_shows_something_else(
    tmp_path: Path, later: timedelta, is_same: bool
) -> None:
    """A minute in which nothing happens changes nothing that the pages show; a new day does."""
    moments = (NOW, NOW + later)
    one, other = (site_of(tmp_path, now=now) for now in moments)
    prints = Fingerprinter()

    assert is_same is (
        prints.of_output(partial(show, one)) == prints.of_output(partial(show, other))
    )


def test_a_template_of_the_site_may_show_every_second(tmp_path: Path) -> None:
    """For a site with templates of its own, every moment makes another site."""
    one, other = (site_of(tmp_path, now=now) for now in (NOW, NOW + timedelta(seconds=1)))
    prints = Fingerprinter(is_exact=True)

    assert prints.of_output(partial(show, one)) != prints.of_output(partial(show, other))


def test_shares_count_as_they_are_shown(tmp_path: Path) -> None:
    """An uptime counts in hundredths of a percent, as pages show it."""
    service = site_of(tmp_path).services[0]
    prints = Fingerprinter()
    one, near, far = (
        prints.of_output(partial(show, replace(service, uptime=Fraction(share, 10**6))))
        for share in (999_950, 999_951, 999_750)
    )

    assert one == near != far
