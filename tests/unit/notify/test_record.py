"""The record: known updates are known again, whatever was edited, moved or inserted."""

import pytest

from statusgen.notify import record
from statusgen.notify.record import Mark, MarkKind, Record, RecordEntry, RecordError
from tests.support.notifying import incident, moment, site, updates

SENT = Mark(MarkKind.SENT, moment("09:59"))


def marked(text: str, *, now: str = "10:00") -> Record:
    """A record in which all updates of an incident are sent to `chat`."""
    found = record.reconciled(Record(), updates(site({"a": text}, now=now)), now=moment(now))
    return found.with_marks("chat", found.updates, SENT)


def new(before: Record, text: str | None, *, now: str = "11:00") -> list[str]:
    """The texts of the updates of a changed incident that `chat` has not heard."""
    those = updates(site({"a": text} if text else {}, now=now))
    after = record.reconciled(before, those, now=moment(now))
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
def test_only_what_is_new_is_new(changed: tuple[str, ...], expected: list[str]) -> None:
    """Edits and moves are silent, and take along what is known of them; what is new is told."""
    assert expected == new(marked(incident(*OLD)), incident(*changed))


def test_a_renamed_file_is_known() -> None:
    """All that it said stands in a file that nobody knew: nothing of it is new."""
    those = updates(site({"b": incident(*OLD, "09:20 text: C.")}, now="11:00"))

    after = record.reconciled(marked(incident(*OLD)), those, now=moment("11:00"))

    assert ["C."] == [one.update.text for one in those if not after.mark(one.update.id, "chat")]


def test_a_new_incident_is_no_renamed_one() -> None:
    """What is said in the words of a deleted file, at another time, is told."""
    those = updates(site({"b": incident("10:30 text: A.")}, now="11:00"))

    after = record.reconciled(marked(incident("09:00 text: A.")), those, now=moment("11:00"))

    assert None is after.mark(those[0].update.id, "chat")


def test_receivers_know_an_update_by_one_id() -> None:
    """A moved update keeps the id under which it was sent, and no other gets that."""
    before = marked(incident(*OLD))
    first = updates(site({"a": incident(*OLD)}))[0].update.id
    those = updates(site({"a": incident("09:00 text: C.", "09:00 text: A.", "09:10 text: B.")}))

    after = record.reconciled(before, those, now=moment("11:00"))

    names = [after.updates[one.update.id].name or one.update.id for one in those]
    assert first == those[0].update.id == names[1]
    assert first != names[0]
    assert 3 == len(set(names))


def test_what_comes_back_is_known() -> None:
    """A file that was a draft for a while, or deleted and restored, is told of once."""
    before = marked(incident(*OLD))
    without = record.reconciled(before, [], now=moment("10:30"))

    assert ([], ["C."]) == (
        new(without, incident(*OLD)),
        new(without, incident(*OLD, "09:20 text: C.")),
    )


def test_a_repeated_sentence_is_no_moved_one() -> None:
    """What was deleted a run ago is not mistaken for what is said in the same words now."""
    first = incident("09:00 text: A.", "09:10 state: resolved, text: Done.")
    before = marked(first)
    reopened = incident("09:00 text: A.")
    between = record.reconciled(before, updates(site({"a": reopened})), now=moment("10:30"))

    again = incident("09:00 text: A.", "10:40 state: resolved, text: Done.")

    assert ["Done."] == new(between, again)


def test_work_that_was_put_off_begins_again() -> None:
    """The clock's move has one id: after the window was put off its beginning is told again."""
    head = "severity: maintenance\nservices: [db]\nannounced: 2026-11-19T09:00Z\n"
    early = f"{head}starts: 2026-11-20T09:30Z\nends: 2026-11-20T13:00Z"
    late = f"{head}starts: 2026-11-20T10:45Z\nends: 2026-11-20T13:00Z"
    before = marked(early, now="10:00")
    between = record.reconciled(
        before, updates(site({"a": late}, now="10:30")), now=moment("10:30")
    )

    assert ["Scheduled maintenance is in progress."] == new(between, late)


def test_a_record_is_read_as_it_was_written() -> None:
    """Every part of a record survives its text, which is sorted and indented."""
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
    ("text", "said"),
    [
        ('{"version": 2}', "it is of version 2, this statusgen reads 1; update statusgen"),
        ('{"version": "x"}', "it is no record"),
        ("[]", "it is no record of statusgen; mend it, or delete the ref"),
        ("{", "it is no record of statusgen"),
        ('{"version": 1, "channels": [], "updates": {}}', "it is no record"),
        ('{"version": 1, "channels": {}, "updates": {"x": {"file": "a"}}}', "it is no record"),
        ('{"version": 1, "channels": {"a": 5}, "updates": {}}', "it is no record"),
        ("[" * 100_000, "it is no record"),
    ],
)
def test_what_is_no_record_is_never_an_empty_one(text: str, said: str) -> None:
    """A text that cannot be read says so and what to do: nobody is told everything again."""
    with pytest.raises(RecordError, match=said.replace(".", r"\.")):
        record.parse(text)


def test_what_is_older_than_thirty_days_is_dropped() -> None:
    """The record does not grow for ever: what is so old is never told anyway."""
    before = marked(incident(*OLD))

    after = record.reconciled(before, [], now=moment("2026-12-20 09:05"))

    assert ["09:10"] == [f"{one.at:%H:%M}" for one in after.updates.values()]
