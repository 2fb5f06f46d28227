"""Messages in the words of the page."""

from dataclasses import replace

import pytest

from statusgen.config.settings import Channel
from statusgen.model import Occasion
from statusgen.notify import pending, wording
from statusgen.notify.channels.message import Message, Urgency
from statusgen.notify.record import Record
from tests.support.notifying import CHAT, DAY, incident, moment, site, updates


def messages(
    files: dict[str, str], *, channel: Channel = CHAT, now: str = "12:00", more: str = ""
) -> list[Message]:
    """Return the messages of a run to a channel that has received nothing yet."""
    built = site(files, now=now, more=more)
    found = pending.plan(
        Record(channels={channel.id: moment("00:00")}),
        updates(built),
        [channel],
        now=moment(now),
        run="",
    )
    return [wording.message(one, built) for one in found.deliveries]


@pytest.mark.parametrize(
    ("text", "title", "urgency"),
    [
        (incident("11:00"), "Major outage: Title of a", Urgency.FAILURE),
        (incident("11:00", severity="degraded"), "Degraded performance: Title of a", "warning"),
        (incident("11:00", "11:10 state: identified"), "Major outage: Title of a", "failure"),
        (
            incident("11:00", "11:10 state: resolved"),
            "Resolved: Title of a",
            Urgency.SUCCESS,
        ),
        (
            incident("11:00", "11:10 state: resolved", "11:20 state: monitoring"),
            "Major outage: Title of a",
            Urgency.FAILURE,
        ),
        (
            f"severity: none\nservices: []\nupdates: [{{at: {DAY}T11:00Z, text: X.}}]",
            "Notice: Title of a",
            Urgency.INFO,
        ),
        (
            f"severity: maintenance\nservices: [db]\nstarts: {DAY}T20:00Z\nends: {DAY}T21:00Z\n"
            f"updates: [{{at: {DAY}T11:00Z, text: X.}}]",
            "Scheduled: Title of a",
            Urgency.INFO,
        ),
        (
            f"severity: maintenance\nservices: [db]\nstarts: {DAY}T20:00Z\nends: {DAY}T21:00Z\n"
            f"announced: 2026-11-18T09:00Z\n"
            f"updates: [{{at: {DAY}T11:00Z, state: completed, text: X.}}]",
            "Cancelled: Title of a",
            Urgency.INFO,
        ),
    ],
)
def test_the_title_says_the_most_important(text: str, title: str, urgency: Urgency) -> None:
    """A title begins with the severity if it changed, else the state; so does the urgency."""
    (found,) = messages({"a": text})

    assert (title, urgency) == (found.title, found.urgency)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (incident("11:00", "11:10 severity: major", severity="degraded"), "Major outage"),
        (
            f"severity: maintenance\nservices: [db]\nstarts: {DAY}T20:00Z\nends: {DAY}T21:00Z\n"
            f"updates:\n  - {{at: {DAY}T11:00Z, text: X.}}\n"
            f"  - {{at: {DAY}T11:10Z, state: completed, text: Off.}}",
            "Cancelled",
        ),
    ],
)
def test_of_several_updates_the_title_is_up_to_date(text: str, title: str) -> None:
    """A title shows the severity now, or the last stage of maintenance."""
    (found,) = messages({"a": text.replace("severity: major,", "services: {api: major},")})

    assert f"{title}: Title of a" == found.title


def test_an_update_is_called_by_its_state() -> None:
    """A plain update has the name of its state in the title."""
    channel = replace(CHAT, on=frozenset({Occasion.UPDATE}))

    (found,) = messages({"a": incident("11:00", "11:10 state: identified")}, channel=channel)

    assert "Identified: Title of a" == found.title


def test_the_body_says_services_and_texts() -> None:
    """A body lists the services with their severities now, the newest text first, and the link."""
    text = incident(
        "11:00",
        "11:10 state: identified, services: {web: degraded}, text: '**Bad** [deploy](https://example.com/1).'",
    )

    (found,) = messages({"a": text})

    assert (
        "Public API: Major outage \u00b7 Website: Degraded performance\n"
        "Bad deploy (https://example.com/1).\n"
        "Investigating: Text of 11:00."
    ) == found.body
    assert found.link.startswith("https://status.acme.example/incidents/a.html#update-")


def test_maintenance_has_its_window_in_the_time_zone_of_the_site() -> None:
    """A maintenance window names the time zone, because a chat cannot convert it."""
    text = (
        f"severity: maintenance\nservices: [db]\nstarts: {DAY}T20:00Z\nends: {DAY}T21:00Z\n"
        f"updates: [{{at: {DAY}T11:00Z, text: X.}}]"
    )

    (found,) = messages({"a": text})

    assert (
        "Maintenance window: Nov 20, 2026, 21:00 CET \u2013 Nov 20, 2026, 22:00 CET"
        in found.body.split("\n")
    )


def test_a_long_text_is_cut_at_a_word() -> None:
    """A long text is cut at a word, and the link leads to the rest."""
    (found,) = messages({"a": incident(f"11:00 text: '{'word ' * 600}'")})

    line = found.body.split("\n")[1]
    assert (True, "word…") == (1490 < len(line) <= 1500, line[-5:])


def test_very_many_are_a_list() -> None:
    """Very many incidents become a list with a line for each, newest first, and a link."""
    files = {f"a{number:02}": incident(f"11:{number:02}") for number in range(11)}

    (found,) = messages(files)

    assert ("11 entries \N{EN DASH} Acme Status", "https://status.acme.example/") == (
        found.title,
        found.link,
    )
    assert "Investigating: Title of a10" == found.body.split("\n")[0]
    assert 11 == len(found.body.split("\n"))
