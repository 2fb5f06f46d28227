"""The recent days on the front page: each incident once, quiet days joined."""

import pytest

from statusgen.site.view_models import PastDays
from tests.unit.site.test_assemble import OUTAGE, SETTINGS, assembled, titles

OLD = """\
severity: major
services: [api]
started: 2026-11-15 09:00
resolved: 2026-11-17 08:00
---
Text.
"""
OPEN = OUTAGE.replace("2026-11-20 09:00", "2026-11-18 09:00")
CANCELLED = """\
severity: maintenance
services: [api]
starts: 2026-12-20 13:00
ends: 2026-12-20 14:00
updates:
  - {at: 2026-11-10 09:00, text: Soon.}
  - {at: 2026-11-18 09:00, state: completed, text: Not needed.}
---
"""
REOPENED = """\
severity: major
services: [api]
started: 2026-11-12 09:00
updates:
  - {at: 2026-11-12 09:00, text: One}
  - {at: 2026-11-12 10:00, state: resolved, text: Two}
  - {at: 2026-11-17 09:00, state: investigating, text: Three}
  - {at: 2026-11-17 10:00, state: resolved, text: Four}
---
"""


def shown(days: PastDays) -> str:
    """Return *days* as `11-13 titles`; `=` stands before incidents that are still open."""
    ongoing = f"={titles(days.ongoing)}" if days.ongoing else ""
    return f"{days.first.day}-{days.last.day} {titles(days.incidents)}{ongoing}".strip()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param([], ["11-20"], id="nothing"),
        pytest.param([OLD], ["18-20", "17-17 a", "11-14"], id="on-the-day-it-ended"),
        pytest.param([OPEN], ["18-20 =a", "11-17"], id="open"),
        pytest.param([OLD, OPEN], ["18-20 =b", "17-17 a", "11-14"], id="both"),
        pytest.param([CANCELLED], ["19-20", "18-18 a", "11-17"], id="cancelled"),
        pytest.param(
            [REOPENED], ["18-20", "17-17 a", "13-16", "11-11"], id="reopened-between-quiet-days"
        ),
    ],
)
def test_an_incident_is_listed_once_and_no_day_is_called_quiet_in_error(
    files: list[str], expected: list[str]
) -> None:
    """An incident is listed on the day it ended; its other days are not called quiet."""
    site = assembled("2026-11-20 10:00", *files, settings=f"{SETTINGS}days: 10\n")

    assert expected == [shown(days) for days in site.past]


def test_a_day_of_an_incident_that_is_not_shown_is_left_out() -> None:
    """With `keep_open: false`, the days of an old open incident are not called quiet."""
    old = OPEN.replace("11-18", "11-05")
    site = assembled("2026-11-20 10:00", old, settings=f"{SETTINGS}days: 3\nkeep_open: false\n")

    assert ((), ()) == (site.past, site.shown_open)


def test_open_incidents_are_worst_first_then_newest() -> None:
    """The front page lists the worst of the open incidents first, equal ones newest first."""
    slow = OUTAGE.replace("major", "degraded").replace("09:00", "09:50")
    later = OUTAGE.replace("09:00", "09:30")
    site = assembled("2026-11-20 10:00", OUTAGE, slow, later)

    assert "cab" == titles(site.shown_open)
