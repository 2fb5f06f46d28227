"""Who is told of what, and when not."""

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
    """What a run at *now* would do."""
    return pending.plan(
        before,
        updates(site(files, now=now)),
        [channel],
        now=moment(now),
        run="run1",
    )


def texts(plan: NotifyPlan) -> list[list[str]]:
    """The texts of each message."""
    return [[one.update.text for one in delivery.updates] for delivery in plan.deliveries]


def test_a_new_channel_begins_silent() -> None:
    """What is on the page when a channel is first seen counts as told; what comes later is told."""
    first = planned({"a": incident("09:00", "11:59")}, before=Record())

    second = planned({"a": incident("09:00", "11:59", "12:01")}, before=first.record, now="12:02")

    assert ((), ("chat",)) == (first.deliveries, first.begun)
    assert [["Text of 12:01."]] == texts(second)


def test_what_is_sent_is_claimed_first() -> None:
    """The record that a plan leaves has the claim of the run, and the next run leaves it alone."""
    found = planned({"a": incident("11:00")})

    (mark,) = [one.marks["chat"] for one in found.record.updates.values()]
    again = planned({"a": incident("11:00")}, before=found.record, now="12:15")
    late = planned({"a": incident("11:00")}, before=found.record, now="12:16")

    assert Mark(MarkKind.CLAIMED, moment("12:00"), "run1") == mark
    assert ([], [["Text of 11:00."]]) == (texts(again), texts(late))


@pytest.mark.parametrize(
    ("now", "expected"), [("2026-11-21 08:59", 1), ("2026-11-21 09:00", 0)], ids=["young", "old"]
)
def test_nothing_older_than_a_day_is_told(now: str, expected: int) -> None:
    """Backfill, imports and a workflow that was off for long tell nobody, and the run says so."""
    found = planned({"a": incident("09:00")}, now=now)

    again = planned({"a": incident("09:00")}, before=found.record, now="2026-11-21 10:00")

    assert (expected, 1 - expected) == (len(found.deliveries), found.too_old)
    assert expected == again.too_old  # Said once, and here of what nobody recorded as sent.


@pytest.mark.parametrize(
    "text",
    [
        incident("11:00", more="notify: false"),
        incident("11:00 notify: false, text: Psst."),
        incident("12:01"),
    ],
    ids=["a-file", "an-update", "the-future"],
)
def test_some_updates_are_not_told(text: str) -> None:
    """`notify: false` silences a file or an update, and nothing is known of the future."""
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
def test_a_channel_hears_what_it_asked_for(channel: dict[str, object], expected: list[str]) -> None:
    """Services, the severity at the worst and the events decide, all of them."""
    files = {
        "a": incident("11:00", severity="major"),
        "b": incident("11:01", severity="degraded", services="[web]"),
        "c": f"severity: maintenance\nservices: [db]\nstarts: {DAY}T20:00Z\nends: {DAY}T21:00Z\n"
        f"updates: [{{at: {DAY}T11:02Z, text: X.}}]",
        "d": f"severity: none\nservices: []\nupdates: [{{at: {DAY}T11:03Z, text: X.}}]",
    }

    found = planned(files, channel=replace(CHAT, **channel))  # type: ignore[arg-type]

    assert expected == [one.updates[0].incident.slug for one in found.deliveries]


def test_a_resolution_reaches_those_who_heard_of_the_beginning() -> None:
    """A service that an incident touched before is still followed when it is over."""
    text = incident("11:00", "11:10 services: {api: none, web: major}", "11:20 state: resolved")

    found = planned({"a": text}, channel=replace(CHAT, services=frozenset({"api"})))

    assert [["Text of 11:00.", "Text of 11:10.", "Text of 11:20."]] == texts(found)


def test_a_chat_gets_one_message_for_each_incident() -> None:
    """Several pending updates of an incident are one message; a webhook gets each, oldest first."""
    files = {"a": incident("11:00", "11:20"), "b": incident("11:10")}

    chat, hook = planned(files), planned(files, channel=HOOK)

    assert [["Text of 11:00.", "Text of 11:20."], ["Text of 11:10."]] == texts(chat)
    assert [["Text of 11:00."], ["Text of 11:10."], ["Text of 11:20."]] == texts(hook)


@pytest.mark.parametrize("channel", [CHAT, HOOK], ids=["chat", "webhook"])
def test_of_several_moves_of_the_clock_the_last_is_told(channel: Channel) -> None:
    """Work that began and ended while no build ran is completed, and the beginning is settled."""
    text = (
        f"severity: maintenance\nservices: [db]\nannounced: 2026-11-19T09:00Z\n"
        f"starts: {DAY}T10:00Z\nends: {DAY}T11:00Z"
    )

    found = planned({"a": text}, channel=channel)
    again = planned({"a": text}, before=found.record, channel=channel)

    assert [["The scheduled maintenance has been completed."]] == texts(found)
    assert ([], 2) == (texts(again), len(found.deliveries[0].keys))


def test_very_many_become_one_message() -> None:
    """More than ten incidents at once are a list; ten are ten messages."""
    files = {f"a{number:02}": incident(f"11:{number:02}") for number in range(11)}

    eleven = planned(files)
    ten = planned(dict(list(files.items())[:10]))

    assert (1, 11, 10) == (
        len(eleven.deliveries),
        len(eleven.deliveries[0].updates),
        len(ten.deliveries),
    )


def test_a_channel_that_an_older_commit_lacks_stays_known() -> None:
    """A run of settings without a channel does not make it begin silently once more."""
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
def test_a_changed_filter_tells_nothing_old(
    before: dict[str, object], after: dict[str, object]
) -> None:
    """What a channel did not want when it was said is not sent when its settings change."""
    text = {"a": incident("11:00", severity="degraded")}
    first = planned(text, channel=replace(CHAT, **before))  # type: ignore[arg-type]

    found = planned(text, before=first.record, channel=replace(CHAT, **after))  # type: ignore[arg-type]

    assert ([], []) == (texts(first), texts(found))


def test_what_was_silent_stays_silent() -> None:
    """Taking `notify: false` out of a file is an edit, and edits are silent."""
    first = planned({"a": incident("11:00", more="notify: false")})

    assert [] == texts(planned({"a": incident("11:00")}, before=first.record))


def test_what_failed_for_a_day_is_reported_once() -> None:
    """An update that no run could send is given up after 24 hours, and the run says so."""
    failing = planned({"a": incident("11:00")})
    given_back = failing.record.with_marks("chat", failing.record.updates, None)

    late = planned({"a": incident("11:00")}, before=given_back, now="2026-11-21 11:01")
    later = planned({"a": incident("11:00")}, before=late.record, now="2026-11-21 11:02")

    assert ([], 1, 0) == (texts(late), late.too_old, later.too_old)


def test_what_the_page_does_not_show_is_left_for_later() -> None:
    """A corrected time is known at once, and told of neither before nor after it is live."""
    first = planned({"a": incident("11:00 text: A.")})
    sent = first.record.with_marks(
        "chat", first.record.updates, Mark(MarkKind.SENT, moment("11:01"))
    )
    moved = updates(site({"a": incident("10:58 text: A.")}))

    between = pending.plan(sent, moved, [CHAT], now=moment("12:01"), run="r", shown=[])
    live = pending.plan(between.record, moved, [CHAT], now=moment("12:02"), run="r")

    assert ([], []) == (texts(between), texts(live))


def test_a_run_says_what_another_one_is_sending() -> None:
    """Fresh claims are counted, so that nobody takes silence for success."""
    first = planned({"a": incident("11:00")})

    assert 1 == planned({"a": incident("11:00")}, before=first.record, now="12:10").claimed


def test_a_channel_without_an_address_stays_known() -> None:
    """A secret that is missing for an hour does not make what was said meanwhile vanish."""
    first = pending.plan(KNOWN, [], [], now=moment("12:00"), run="r")

    found = planned({"a": incident("12:30")}, before=first.record, now="13:00")

    assert [["Text of 12:30."]] == texts(found)
