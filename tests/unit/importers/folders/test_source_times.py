"""Times as people write them in the files of other status pages."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from statusgen.importers.folders.source_times import find_time, parse_time

ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-02 10:00:00", "2024-01-02T09:00:00+00:00"),
        ("2024-01-02T10:00", "2024-01-02T09:00:00+00:00"),
        ("2024-07-02T10:00:00", "2024-07-02T08:00:00+00:00"),
        ("2024-01-02T7:00:00-00:00", "2024-01-02T07:00:00+00:00"),
        ("2024-01-02T10:00:00.999Z", "2024-01-02T10:00:00+00:00"),
        ("2024-01-02 10:00:00 +0100", "2024-01-02T09:00:00+00:00"),
        ("2024-01-02 10:00+00", "2024-01-02T10:00:00+00:00"),
        ("2024-1-2 10:00 UTC", "2024-01-02T10:00:00+00:00"),
        ("2024-01-02", "2024-01-01T23:00:00+00:00"),
        ("02.01.2024 10:00", "2024-01-02T09:00:00+00:00"),
        ("2024-03-31 02:30", "2024-03-31T01:30:00+00:00"),  # is skipped by clocks
        ("2024-02-027T10:00Z", None),
        ("2024-02-30T10:00Z", None),
        ("2024-02-02T25:00Z", None),
        ("0001-01-01T00:00Z", None),
        ("2024-02-02T10:00+99:00", None),
        ("$ISSUE_DATETIME", None),
        ("", None),
    ],
)
def test_a_time_is_read(text: str, moment: str | None) -> None:
    """All usual forms are read; without an offset, a time is local."""
    found = parse_time(text, ROME)

    assert moment == (found.isoformat() if found else None)


def test_a_time_is_found_in_a_heading() -> None:
    """A heading may have a date with a time of day; a date alone is none."""
    found = find_time("### Stand 19.01.2024 12:37", UTC)

    assert "2024-01-19T12:37:00+00:00" == (found.isoformat() if found else None)
    assert find_time("Since 2024-01-19", UTC) is None
