"""The record recognizes updates after they were edited, moved or renamed."""

import pytest

from statusgen.notify import record
from statusgen.notify.record import Mark, MarkKind, Record, RecordEntry, RecordError
from tests.support.notifying import incident, moment, site, updates

SENT = Mark(MarkKind.SENT, moment("09:59"))


def marked(text: str, *, now: str = "10:00") -> Record:
    """Return a record in which all updates of an incident were sent to `chat`."""
    found = record.reconcile(Record(), updates(site({"a": text}, now=now)), now=moment(now))
    return found.with_marks("chat", found.updates, SENT)


def new(before: Record, text: str | None, *, now: str = "11:00") -> list[str]:
    """Return the texts of the updates of a changed incident that `chat` has not received."""
    those = updates(site({"a": text} if text else {}, now=now))
    after = record.reconcile(before, those, now=moment(now))
    return [one.update.text for one in those if not after.mark(one.update.id, "chat")]


OLD = ("09:00 text: A.", "09:10 text: B.")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param(OLD, [], id="nothing"),
        pytest.param((*OLD, "09:20 text: C."), ["C."], id="a-new-one"),
        pytest.param(("09:00 text: A.", "09:10 text: Bee."), [], id="an-edited-text"),
        pytest.param(("09:00 text: A.", "09:10 state: identified, text: B."), [], id="a-state"),
        pytest.param(("09:00 text: A.", "09:15 text: B."), [], id="a-corrected-time"),
        pytest.param(("09:05 text: A.", "09:15 text: B."), [], id="two-corrected-times"),
        pytest.param(("09:10 text: B.",), [], id="a-deleted-one"),
        pytest.param(("09:00 text: A.", "09:05 text: C.", "09:10 text: B."), ["C."], id="between"),
        pytest.param(
            ("09:00 text: A.", "09:10 text: C.", "09:10 text: B."), ["C."], id="equal-time"
        ),
        pytest.param(("09:00 text: C.", "09:00 text: A.", "09:10 text: B."), ["C."], id="in-front"),
        pytest.param(
            ("09:00 text: C.", "09:00 text: D.", "09:00 text: A.", "09:10 text: B."),
            ["C.", "D."],
            id="two-in-front",
        ),
        pytest.param(("09:00 text: B.", "09:10 text: A."), [], id="swapped"),
        pytest.param(("09:00 text: A.", "09:30 text: Bee."), ["Bee."], id="moved-and-edited"),
        pytest.param(
            ("09:00 services: {api: partial}, text: A.", "09:15 text: B."), [], id="moved-and-worse"
        ),
        pytest.param(("09:00 text: A.", "09:10 text: B.", "09:20 text: B."), ["B."], id="repeated"),
    ],
)
def test_only_new_updates_are_pending(changed: tuple[str, ...], expected: list[str]) -> None:
    """Only new updates are pending: edited and moved ones keep their marks."""
    assert expected == new(marked(incident(*OLD)), incident(*changed))


def test_a_renamed_file_is_not_new() -> None:
    """Renaming a file makes none of its updates new."""
    those = updates(site({"b": incident(*OLD, "09:20 text: C.")}, now="11:00"))

    after = record.reconcile(marked(incident(*OLD)), those, now=moment("11:00"))

    assert ["C."] == [one.update.text for one in those if not after.mark(one.update.id, "chat")]


def test_a_new_incident_is_not_taken_for_a_renamed_one() -> None:
    """An update with the text of a deleted file, at another time, is new."""
    those = updates(site({"b": incident("10:30 text: A.")}, now="11:00"))

    after = record.reconcile(marked(incident("09:00 text: A.")), those, now=moment("11:00"))

    assert None is after.mark(those[0].update.id, "chat")


def test_receivers_know_an_update_by_one_id() -> None:
    """A moved update keeps the id under which it was sent, and no other update gets it."""
    before = marked(incident(*OLD))
    first = updates(site({"a": incident(*OLD)}))[0].update.id
    those = updates(site({"a": incident("09:00 text: C.", "09:00 text: A.", "09:10 text: B.")}))

    after = record.reconcile(before, those, now=moment("11:00"))

    names = [after.updates[one.update.id].name or one.update.id for one in those]
    assert first == those[0].update.id == names[1]
    assert first != names[0]
    assert 3 == len(set(names))


def test_a_restored_file_is_not_new() -> None:
    """A file that was a draft for a while, or deleted and restored, is not sent again."""
    before = marked(incident(*OLD))
    without = record.reconcile(before, [], now=moment("10:30"))

    assert ([], ["C."]) == (
        new(without, incident(*OLD)),
        new(without, incident(*OLD, "09:20 text: C.")),
    )


def test_a_repeated_sentence_is_not_taken_for_a_moved_update() -> None:
    """A new update is not taken for one with the same text that an earlier run saw deleted."""
    first = incident("09:00 text: A.", "09:10 state: resolved, text: Done.")
    before = marked(first)
    reopened = incident("09:00 text: A.")
    between = record.reconcile(before, updates(site({"a": reopened})), now=moment("10:30"))

    again = incident("09:00 text: A.", "10:40 state: resolved, text: Done.")

    assert ["Done."] == new(between, again)


def test_rescheduled_maintenance_is_announced_again() -> None:
    """Rescheduled maintenance is announced again when it starts, although the id is the same."""
    head = "severity: maintenance\nservices: [db]\nannounced: 2026-11-19T09:00Z\n"
    early = f"{head}starts: 2026-11-20T09:30Z\nends: 2026-11-20T13:00Z"
    late = f"{head}starts: 2026-11-20T10:45Z\nends: 2026-11-20T13:00Z"
    before = marked(early, now="10:00")
    between = record.reconcile(before, updates(site({"a": late}, now="10:30")), now=moment("10:30"))

    assert ["Scheduled maintenance is in progress."] == new(between, late)


def test_a_record_is_read_as_it_was_written() -> None:
    """A record survives writing and parsing; its text is sorted and indented."""
    found = Record(
        channels={"b": moment("09:00"), "a": moment("09:01")},
        updates={
            "x" * 12: RecordEntry(
                file="slug",
                at=moment("08:00"),
                digest="0f" * 8,
                is_gone=True,
                marks={"a": Mark(MarkKind.CLAIMED, moment("09:02"), "run1"), "b": SENT},
            )
        },
    )

    text = record.write(found)

    assert found == record.parse(text)
    assert text == record.write(record.parse(text))
    assert (Record(), text.index('"a"') < text.index('"b"')) == (record.parse(""), True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{"version": 2}',
            "it has version 2, but this statusgen supports only 1; upgrade statusgen",
        ),
        ('{"version": "x"}', "it is not a record"),
        ("[]", "it is not a record written by statusgen; fix it, or delete the ref"),
        ("{", "it is not a record written by statusgen"),
        ('{"version": 1, "channels": [], "updates": {}}', "it is not a record"),
        ('{"version": 1, "channels": {}, "updates": {"x": {"file": "a"}}}', "it is not a record"),
        ('{"version": 1, "channels": {"a": 5}, "updates": {}}', "it is not a record"),
        ("[" * 100_000, "it is not a record"),
    ],
)
def test_an_invalid_record_is_an_error(text: str, expected: str) -> None:
    """An invalid record is an error with a remedy; it never counts as empty."""
    with pytest.raises(RecordError, match=expected.replace(".", r"\.")):
        record.parse(text)


def test_entries_older_than_thirty_days_are_dropped() -> None:
    """Entries older than 30 days are dropped, so the record does not grow forever."""
    before = marked(incident(*OLD))

    after = record.reconcile(before, [], now=moment("2026-12-20 09:05"))

    assert ["09:10"] == [f"{one.at:%H:%M}" for one in after.updates.values()]
