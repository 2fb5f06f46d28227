"""Assembly of a site at a moment: banner, sections, days, groups and retired services."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from statusgen import times
from statusgen.config.parser import parse_config
from statusgen.content import parser
from statusgen.model import Severity
from statusgen.site import assemble
from statusgen.site.view_models import IncidentView, Site

SETTINGS = """\
title: Acme
url: https://status.acme.example
groups:
  - {id: core, name: Core}
  - {id: old, name: Old things}
services:
  - {id: api, name: API, group: core, x-owner: team-a}
  - {id: web, name: Web, group: core}
  - {id: fax, name: Fax, group: old, retired: 2026-11-25}
  - {id: db, name: Database}
"""

OUTAGE = """\
severity: major
services: [api]
started: 2026-11-20 09:00
---
Text.
"""


def assembled(now: str, *files: str, settings: str = SETTINGS) -> Site:
    """Return the site at *now* (UTC) of *files*, which are named and titled a, b, c."""
    known, problems = parse_config(settings, path=Path("statusgen.yml"))
    assert known is not None, problems
    incidents = []
    for slug, text in zip("abcdefgh", files, strict=False):
        whole = f"---\ntitle: {slug}\n{text}"
        parsed = parser.parse(whole, path=Path(f"{slug}.md"), slug=slug, config=known)
        assert parsed.incident is not None, parsed.problems
        incidents.append(parsed.incident)
    return assemble.assemble(known, incidents, now=times.parse(now, UTC))


def titles(views: tuple[IncidentView, ...]) -> str:
    return "".join(view.title for view in views)


def test_the_banner_tells_the_worst_and_since_when() -> None:
    """The banner has the worst severity, its start, and the affected services, worst first."""
    slow = OUTAGE.replace("major", "degraded").replace("[api]", "[web]").replace("09:00", "08:00")

    page = assembled("2026-11-20 10:00", slow, OUTAGE)

    assert (Severity.MAJOR, datetime(2026, 11, 20, 9, tzinfo=UTC), ["api", "web"]) == (
        page.severity,
        page.since,
        [service.id for service in page.affected],
    )


def test_planned_work_that_harms_nothing_starts_nothing() -> None:
    """A banner that says all systems are operational has no start."""
    window = "announced: 2026-11-19 09:00\nstarts: 2026-11-20 09:00\nends: 2026-11-20 12:00"
    work = f"severity: maintenance\nservices: []\n{window}\n---\nText.\n"

    page = assembled("2026-11-20 10:00", work)

    assert (Severity.NONE, None, "a") == (page.severity, page.since, titles(page.in_progress))


def test_work_begun_early_is_not_dated_into_the_future() -> None:
    """Maintenance that began before its window affects services; the banner has no future time."""
    early = """\
severity: maintenance
services: [api]
starts: 2026-11-20 13:00
ends: 2026-11-20 14:00
updates:
  - {at: 2026-11-20 09:00, text: Soon.}
  - {at: 2026-11-20 11:30, state: in_progress, text: Begun.}
---
"""

    page = assembled("2026-11-20 12:00", early)

    assert (Severity.MAINTENANCE, None) == (page.severity, page.since)


def test_a_service_counts_until_its_last_day_is_over() -> None:
    """A service to be retired is on the page and in the banner until its last day is over."""
    outage = OUTAGE.replace("[api]", "[fax]")

    before, after = (
        assembled("2026-11-25 23:59", outage),
        assembled("2026-11-26 00:00", outage),
    )

    assert (Severity.MAJOR, ["Core", "Old things", None]) == (
        before.severity,
        [group.name for group in before.groups],
    )
    assert (Severity.NONE, ["Core", None]) == (
        after.severity,
        [group.name for group in after.groups],
    )


def test_the_cause_is_what_hits_the_services_shown() -> None:
    """An incident on a retired service does not change the start of an outage on others."""
    text = OUTAGE.replace("[api]", "{fax: major, api: degraded}")

    page = assembled("2026-11-27 10:00", text)

    assert (Severity.DEGRADED, datetime(2026, 11, 20, 9, tzinfo=UTC)) == (page.severity, page.since)


def test_a_group_has_the_worst_and_the_mean_of_its_services() -> None:
    """A group has the worst severity of its services, and the mean of their uptimes."""
    page = assembled("2026-11-20 10:00", OUTAGE)

    core = page.groups[0]
    shares = [service.uptime or Fraction(0) for service in core.services]
    assert (Severity.MAJOR, sum(shares) / 2) == (core.severity, core.uptime)


def test_cancelled_maintenance_says_that_it_was_cancelled() -> None:
    """Maintenance completed before its window has the standard text for a cancellation."""
    cancelled = """\
severity: maintenance
services: [api]
starts: 2026-11-20 13:00
ends: 2026-11-20 14:00
updates:
  - {at: 2026-11-10 09:00}
  - {at: 2026-11-18 09:00, state: completed}
---
"""
    early = assembled("2026-11-20 10:00", cancelled).incidents[0]
    late = assembled("2026-11-21 10:00", cancelled.replace("11-18 09", "11-20 15")).incidents[0]

    assert "This maintenance has been cancelled." == early.updates[0].text
    assert "The scheduled maintenance has been completed." == late.updates[0].text
    assert "Maintenance has been scheduled." == early.updates[1].text


@pytest.mark.parametrize(
    ("now", "until", "expected"),
    [
        pytest.param("2026-11-04 08:59", "", "", id="before"),
        pytest.param("2026-11-04 09:00", "", "a", id="first-second"),
        pytest.param("2026-11-19 08:59", "", "a", id="fifteenth-day"),
        pytest.param("2026-11-19 09:00", "", "", id="over"),
        pytest.param("2026-12-01 11:59", "until: 2026-12-01 12:00", "a", id="until"),
        pytest.param("2026-12-01 12:00", "until: 2026-12-01 12:00", "", id="until-over"),
        pytest.param("2026-11-05 12:00", "resolved: 2026-11-05 12:00", "", id="ended"),
    ],
)
def test_a_notice_is_shown_for_its_time(now: str, until: str, expected: str) -> None:
    """A notice is on the front page until its end, or for 15 days."""
    notice = f"severity: none\nservices: []\nstarted: 2026-11-04 09:00\n{until}\n---\nText.\n"

    assert expected == titles(assembled(now, notice).notices)


def test_a_pinned_file_stands_in_one_place() -> None:
    """A pin moves a file that is not open to the top, and the file is listed only once."""
    notice = "severity: none\nservices: []\npin: true\nstarted: 2026-01-04 09:00\n---\nText.\n"
    coming = """\
severity: maintenance
services: [api]
pin: true
announced: 2026-11-19 09:00
starts: 2026-11-21 09:00
ends: 2026-11-21 12:00
---
Text.
"""
    outage = OUTAGE.replace("---", "pin: true\n---")

    page = assembled("2026-11-20 10:00", notice, coming, outage)

    assert ("ba", "c", "", "") == (
        titles(page.pinned),
        titles(page.open),
        titles(page.upcoming),
        titles(page.notices),
    )


def test_keys_of_the_sites_own_reach_the_views() -> None:
    """Keys that begin with `x-` reach templates from every place that accepts them."""
    text = """\
severity: major
services: [api]
x-ticket: A-1
updates:
  - {at: 2026-11-20 09:00, text: Text., x-by: kim}
---
"""

    page = assembled("2026-11-20 10:00", text)

    assert ({"x-ticket": "A-1"}, {"x-by": "kim"}, {"x-owner": "team-a"}) == (
        page.incidents[0].extra,
        page.incidents[0].updates[0].extra,
        page.services[0].extra,
    )


def test_an_ended_notice_says_so() -> None:
    """An expired notice has a standard text, not an empty update."""
    notice = (
        "severity: none\nservices: []\nstarted: 2026-11-04 09:00\nresolved: 2026-11-05 09:00\n"
        "---\nText.\n"
    )

    updates = assembled("2026-11-20 10:00", notice).incidents[0].updates

    assert ["This notice no longer applies.", "Text."] == [update.text for update in updates]


def test_an_incident_that_was_over_at_once_was_still_felt() -> None:
    """The initial severity counts towards the worst one, even if it lasted no time."""
    text = OUTAGE.replace("---", "resolved: 2026-11-20 09:00\n---")

    (touched,) = assembled("2026-11-20 10:00", text).incidents[0].services

    assert (Severity.NONE, Severity.MAJOR) == (touched.severity, touched.worst)
