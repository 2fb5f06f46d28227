"""Occasions of updates: opened, worse, resolved, maintenance, notice."""

from collections.abc import Mapping

import pytest

from statusgen.config.settings import Channel
from tests.support.notifying import CHAT, incident, site, updates

PLANNED = (
    "severity: maintenance\nservices: [db]\nstarts: 2026-11-20T10:00Z\nends: 2026-11-20T11:00Z"
)
API = Channel(id="api", services=frozenset({"api"}))


def occasions_of(
    files: Mapping[str, str], channel: Channel = CHAT, now: str = "12:00"
) -> list[str]:
    """Return the occasions of a site's updates for a channel, oldest first, without "update"."""
    return [
        " ".join(sorted(str(name) for name in one.occasions_for(channel) if name != "update"))
        for one in updates(site(files, now=now))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(incident("09:00"), ["opened worse"], id="opened"),
        pytest.param(incident("09:00", "09:10"), ["opened worse", ""], id="only-words"),
        pytest.param(
            incident("09:00", "09:10 severity: partial", "09:20 severity: major"),
            ["opened worse", "better", "worse"],
            id="better-and-worse",
        ),
        pytest.param(
            incident("09:00", "09:10 state: resolved"),
            ["opened worse", "better resolved"],
            id="resolved",
        ),
        pytest.param(
            incident("09:00", "09:10 state: resolved", "09:20 state: identified"),
            ["opened worse", "better resolved", "reopened worse"],
            id="reopened",
        ),
        pytest.param(
            incident("09:00", "09:10 severity: partial", "09:10 state: identified"),
            ["opened worse", "better", ""],
            id="two-of-one-moment",
        ),
        pytest.param(incident("09:00 state: resolved"), ["opened resolved"], id="resolved-at-once"),
        pytest.param(
            incident("09:30", more="started: 2026-11-20T09:00Z"),
            ["opened worse"],
            id="reported-late",
        ),
        pytest.param(
            incident("09:00", "09:10 services: {web: degraded}, text: More."),
            ["opened worse", "worse"],
            id="one-more-service",
        ),
        pytest.param(
            incident("09:00", "09:10 services: {api: degraded, web: major}", severity="partial"),
            ["opened worse", "worse"],
            id="one-better-and-one-worse",
        ),
        pytest.param(
            f"{PLANNED}\nupdates: [{{at: 2026-11-19T09:00Z, text: X.}}]",
            ["announced", "began", "completed"],
            id="maintenance-by-the-clock",
        ),
        pytest.param(
            f"{PLANNED}\nupdates:\n  - {{at: 2026-11-19T09:00Z, text: X.}}\n"
            "  - {at: 2026-11-20T09:00Z, state: completed, text: Off.}",
            ["announced", "cancelled"],
            id="maintenance-cancelled",
        ),
        pytest.param(
            f"{PLANNED}\nupdates:\n  - {{at: 2026-11-19T09:00Z, text: X.}}\n"
            "  - {at: 2026-11-20T10:30Z, state: verifying, text: Look.}\n"
            "  - {at: 2026-11-20T10:40Z, state: completed, text: Done.}",
            ["announced", "began", "", "completed"],
            id="maintenance-by-people",
        ),
        pytest.param(
            "severity: none\nservices: []\nupdates: [{at: 2026-11-20T09:00Z, text: News.}]",
            ["notice"],
            id="notice",
        ),
    ],
)
def test_occasions_follow_from_states_and_severities(text: str, expected: list[str]) -> None:
    """The occasions follow from the state before and after, and from the shown severities."""
    assert expected == occasions_of({"a": text})


def test_worse_is_what_the_page_shows(  # django-statusboard's feature
) -> None:
    """A second, milder incident does not make a service worse that already has an outage."""
    files = {
        "a": incident("09:00", "09:30 state: resolved"),
        "b": incident("09:10", "09:40 state: resolved", severity="degraded"),
    }

    assert ["opened worse", "opened", "better resolved", "better resolved"] == occasions_of(files)


def test_worse_concerns_the_services_of_the_channel() -> None:
    """A service that the channel does not follow does not make an update "worse"."""
    files = {"a": incident("09:00", "09:10 services: {web: major}, text: Both.")}

    assert (["opened worse", "worse"], ["opened worse", ""]) == (
        occasions_of(files),
        occasions_of(files, API),
    )
