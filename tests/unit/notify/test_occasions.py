"""What each update is: an opening, a change for the worse, a resolution, planned work, a notice."""

from collections.abc import Mapping

import pytest

from statusgen.config.settings import Channel
from tests.support.notifying import CHAT, incident, site, updates

PLANNED = (
    "severity: maintenance\nservices: [db]\nstarts: 2026-11-20T10:00Z\nends: 2026-11-20T11:00Z"
)
API = Channel(id="api", services=frozenset({"api"}))


def told(files: Mapping[str, str], channel: Channel = CHAT, now: str = "12:00") -> list[str]:
    """What the updates of a site are to a channel, oldest first; that each is one is left out."""
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
        pytest.param(
            incident("09:00 state: resolved"), ["opened resolved"], id="over-as-it-is-told"
        ),
        pytest.param(
            incident("09:30", more="started: 2026-11-20T09:00Z"), ["opened worse"], id="told-late"
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
def test_an_update_is_what_it_is(text: str, expected: list[str]) -> None:
    """The state before and after, and the services on the page, say what an update is."""
    assert expected == told({"a": text})


def test_worse_is_what_the_page_shows(  # django-statusboard's feature
) -> None:
    """A service that is in an outage already gets no worse by a second, milder incident."""
    files = {
        "a": incident("09:00", "09:30 state: resolved"),
        "b": incident("09:10", "09:40 state: resolved", severity="degraded"),
    }

    assert ["opened worse", "opened", "better resolved", "better resolved"] == told(files)


def test_worse_concerns_the_services_of_the_channel() -> None:
    """What gets worse elsewhere is an update like any other to who follows other services."""
    files = {"a": incident("09:00", "09:10 services: {web: major}, text: Both.")}

    assert (["opened worse", "worse"], ["opened worse", ""]) == (told(files), told(files, API))
