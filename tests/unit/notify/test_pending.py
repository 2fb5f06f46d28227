"""Plans: the updates that each channel gets, and those that it does not get."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from statusgen.config.settings import Channel
from statusgen.model import ChannelKind, Occasion, Severity
from statusgen.notify import pending
from statusgen.notify.pending import NotifyPlan
from statusgen.notify.record import Mark, MarkKind, Record
from tests.support.notifying import CHAT, DAY, incident, moment, site, updates

KNOWN = Record(channels={"chat": moment("08:00")})
HOOK = Channel(id="chat", kind=ChannelKind.WEBHOOK)


def planned(
    files: Mapping[str, str],
    *,
    before: Record = KNOWN,
    channel: Channel = CHAT,
    now: str = "12:00",
) -> NotifyPlan:
    """Return the plan of a run at *now*."""
    return pending.plan(
        before,
        updates(site(files, now=now)),
        [channel],
        now=moment(now),
        run="run1",
    )


def texts(plan: NotifyPlan) -> list[list[str]]:
    """Return the texts of each message."""
    return [[one.update.text for one in delivery.updates] for delivery in plan.deliveries]


def test_a_new_channel_begins_silent() -> None:
    """A new channel gets later updates, but none that are already on the page."""
    first = planned({"a": incident("09:00", "11:59")}, before=Record())

    second = planned({"a": incident("09:00", "11:59", "12:01")}, before=first.record, now="12:02")

    assert ((), ("chat",)) == (first.deliveries, first.new_channels)
    assert [["Text of 12:01."]] == texts(second)


def test_what_is_sent_is_claimed_first() -> None:
    """The record of a plan contains the claims of the run, and the next run skips those."""
    found = planned({"a": incident("11:00")})

    (mark,) = [one.marks["chat"] for one in found.record.updates.values()]
    again = planned({"a": incident("11:00")}, before=found.record, now="12:15")
    late = planned({"a": incident("11:00")}, before=found.record, now="12:16")

    assert Mark(MarkKind.CLAIMED, moment("12:00"), "run1") == mark
    assert ([], [["Text of 11:00."]]) == (texts(again), texts(late))


@pytest.mark.parametrize(
    ("now", "expected"), [("2026-11-21 08:59", 1), ("2026-11-21 09:00", 0)], ids=["young", "old"]
)
def test_updates_older_than_a_day_are_not_sent(now: str, expected: int) -> None:
    """Updates older than a day, as after backfill or an import, are counted but not sent."""
    found = planned({"a": incident("09:00")}, now=now)

    again = planned({"a": incident("09:00")}, before=found.record, now="2026-11-21 10:00")

    assert (expected, 1 - expected) == (len(found.deliveries), found.too_old)
    assert expected == again.too_old  # It is counted once: the record then skips it.


@pytest.mark.parametrize(
    "text",
    [
        incident("11:00", more="notify: false"),
        incident("11:00 notify: false, text: Psst."),
        incident("12:01"),
    ],
    ids=["a-file", "an-update", "the-future"],
)
def test_silenced_and_future_updates_are_not_sent(text: str) -> None:
    """Updates with `notify: false` and updates in the future are not sent."""
    found = planned({"a": f"{text}"}, now="12:00") if "12:01" not in text else planned({})

    assert [] == texts(found)


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ({"services": {"api"}}, ["a"]),
        ({"services": {"web", "db"}}, ["b", "c"]),
        ({"severity": Severity.PARTIAL}, ["a"]),
        ({"severity": Severity.DEGRADED}, ["a", "b"]),
        ({"on": {Occasion.OPENED}}, ["a", "b"]),
        ({"on": {Occasion.ANNOUNCED, Occasion.NOTICE}}, ["c", "d"]),
        ({"on": {Occasion.WORSE}, "services": {"web"}}, ["b"]),
    ],
)
def test_a_channel_gets_what_it_subscribes_to(
    channel: dict[str, object], expected: list[str]
) -> None:
    """A channel gets an update only if its services, severity and events all match."""
    files = {
        "a": incident("11:00", severity="major"),
        "b": incident("11:01", severity="degraded", services="[web]"),
        "c": f"severity: maintenance\nservices: [db]\nstarts: {DAY}T20:00Z\nends: {DAY}T21:00Z\n"
        f"updates: [{{at: {DAY}T11:02Z, text: X.}}]",
        "d": f"severity: none\nservices: []\nupdates: [{{at: {DAY}T11:03Z, text: X.}}]",
    }

    found = planned(files, channel=replace(CHAT, **channel))  # type: ignore[arg-type]

    assert expected == [one.updates[0].incident.slug for one in found.deliveries]


def test_a_resolution_reaches_channels_that_got_the_incident() -> None:
    """A channel gets the resolution of an incident that affected its services earlier."""
    text = incident("11:00", "11:10 services: {api: none, web: major}", "11:20 state: resolved")

    found = planned({"a": text}, channel=replace(CHAT, services=frozenset({"api"})))

    assert [["Text of 11:00.", "Text of 11:10.", "Text of 11:20."]] == texts(found)


def test_a_chat_gets_one_message_for_each_incident() -> None:
    """A chat gets one message for all pending updates of an incident; a webhook gets each."""
    files = {"a": incident("11:00", "11:20"), "b": incident("11:10")}

    chat, hook = planned(files), planned(files, channel=HOOK)

    assert [["Text of 11:00.", "Text of 11:20."], ["Text of 11:10."]] == texts(chat)
    assert [["Text of 11:00."], ["Text of 11:10."], ["Text of 11:20."]] == texts(hook)


@pytest.mark.parametrize("channel", [CHAT, HOOK], ids=["chat", "webhook"])
def test_only_the_last_automatic_state_change_is_sent(channel: Channel) -> None:
    """Maintenance that began and ended between two builds is only announced as completed."""
    text = (
        f"severity: maintenance\nservices: [db]\nannounced: 2026-11-19T09:00Z\n"
        f"starts: {DAY}T10:00Z\nends: {DAY}T11:00Z"
    )

    found = planned({"a": text}, channel=channel)
    again = planned({"a": text}, before=found.record, channel=channel)

    assert [["The scheduled maintenance has been completed."]] == texts(found)
    assert ([], 2) == (texts(again), len(found.deliveries[0].keys))


def test_very_many_become_one_message() -> None:
    """More than ten incidents become one list; ten are still ten messages."""
    files = {f"a{number:02}": incident(f"11:{number:02}") for number in range(11)}

    eleven = planned(files)
    ten = planned(dict(list(files.items())[:10]))

    assert (1, 11, 10) == (
        len(eleven.deliveries),
        len(eleven.deliveries[0].updates),
        len(ten.deliveries),
    )


def test_a_channel_missing_from_an_older_commit_is_not_new() -> None:
    """A run of older settings without a channel does not make that channel new again."""
    first = pending.plan(KNOWN, [], [], now=moment("12:00"), run="r")

    assert {"chat": moment("08:00")} == first.record.channels


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"severity": Severity.MAJOR}, {}),
        ({"on": {Occasion.RESOLVED}}, {}),
        ({"services": {"web"}}, {}),
    ],
)
def test_a_changed_filter_sends_no_earlier_updates(
    before: dict[str, object], after: dict[str, object]
) -> None:
    """Changing the filter of a channel does not send updates that it excluded before."""
    text = {"a": incident("11:00", severity="degraded")}
    first = planned(text, channel=replace(CHAT, **before))  # type: ignore[arg-type]

    found = planned(text, before=first.record, channel=replace(CHAT, **after))  # type: ignore[arg-type]

    assert ([], []) == (texts(first), texts(found))


def test_removing_notify_false_sends_nothing() -> None:
    """Removing `notify: false` from a file is an edit, and edits send nothing."""
    first = planned({"a": incident("11:00", more="notify: false")})

    assert [] == texts(planned({"a": incident("11:00")}, before=first.record))


def test_an_update_that_failed_for_a_day_is_reported_once() -> None:
    """An update that failed for 24 hours is dropped, and one run reports it."""
    failing = planned({"a": incident("11:00")})
    given_back = failing.record.with_marks("chat", failing.record.updates, None)

    late = planned({"a": incident("11:00")}, before=given_back, now="2026-11-21 11:01")
    later = planned({"a": incident("11:00")}, before=late.record, now="2026-11-21 11:02")

    assert ([], 1, 0) == (texts(late), late.too_old, later.too_old)


def test_an_update_that_is_not_live_is_sent_later() -> None:
    """A corrected time is recorded at once, but nothing is sent before or after it is live."""
    first = planned({"a": incident("11:00 text: A.")})
    sent = first.record.with_marks(
        "chat", first.record.updates, Mark(MarkKind.SENT, moment("11:01"))
    )
    moved = updates(site({"a": incident("10:58 text: A.")}))

    between = pending.plan(sent, moved, [CHAT], now=moment("12:01"), run="r", shown=[])
    live = pending.plan(between.record, moved, [CHAT], now=moment("12:02"), run="r")

    assert ([], []) == (texts(between), texts(live))


def test_updates_claimed_by_another_run_are_counted() -> None:
    """Updates that another run has claimed are counted, so that the log explains the silence."""
    first = planned({"a": incident("11:00")})

    assert 1 == planned({"a": incident("11:00")}, before=first.record, now="12:10").claimed


def test_a_channel_without_an_address_for_a_while_is_not_new() -> None:
    """Updates are still sent to a channel whose secret was missing for an hour."""
    first = pending.plan(KNOWN, [], [], now=moment("12:00"), run="r")

    found = planned({"a": incident("12:30")}, before=first.record, now="13:00")

    assert [["Text of 12:30."]] == texts(found)
