"""Tests of automatic fixes: they correct unambiguous mistakes and change nothing else."""

from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from statusgen.authoring import fixes
from statusgen.authoring.edit import IncidentFile
from statusgen.config.settings import Config
from statusgen.model import Incident
from statusgen.problems import errors
from tests.conftest import SETTINGS
from tests.unit.authoring.test_edit import styled
from tests.unit.content.test_parser import settings_of

CONFIG = settings_of(
    SETTINGS.replace("name: Public API", "name: Public API\n    aliases: [rest, v1]")
)
TOP = "---\ntitle: API down\nseverity: major\nservices: [api]\nstarted: 2026-11-20 09:00Z\n"
UPDATES = """\
updates:
  - at: 2026-11-20 09:05Z
    state: investigating
    text: First.
  - {at: 2026-11-20 09:30Z, state: identified, text: Second.}
  - at: 2026-11-20 10:00Z
    state: monitoring
    text: Third.
"""
END = "---\n\nWhat happened: state: investigating, rest.\n"


def file_of(text: str, *, known: Config = CONFIG) -> IncidentFile:
    """Return *text* as the file `a.md` of a site whose API has old names."""
    return IncidentFile(path=Path("incidents/a.md"), slug="a", text=text, config=known)


def fixed(text: str, *, offsets: bool = False) -> str:
    """Return *text* after all fixes."""
    return fixes.fix(file_of(text), offsets=offsets).text


def incident_of(text: str) -> Incident:
    """Parse *text*, which has no errors."""
    parsed = file_of(text).parsed()

    assert [] == errors(parsed.problems)
    assert parsed.incident is not None
    return parsed.incident


# A state at the top that lags behind.


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("state: investigating", "state: monitoring", id="plain"),
        pytest.param("state: identified", "state: monitoring", id="one-behind"),
        pytest.param("state: 'identified'\t# why", "state: 'monitoring'\t# why", id="single"),
        pytest.param('"state" : "identified"', '"state" : "monitoring"', id="double"),
        pytest.param(
            "state: identified # identified\n# state: identified",
            "state: monitoring # identified\n# state: identified",
            id="comments",
        ),
    ],
)
def test_a_state_that_lags_behind_is_what_the_updates_end_with(
    written: str, expected: str, ending: str
) -> None:
    """A top-level `state` follows the updates, and keeps its quotes."""
    before, after = (
        (TOP + word + "\n" + UPDATES + END).replace("\n", ending) for word in (written, expected)
    )

    assert fixes.FixedText(text=after, done=("set state to monitoring",)) == fixes.fix(
        file_of(before)
    )
    assert incident_of(after)


def test_the_first_state_lags_behind_although_no_update_wrote_it() -> None:
    """The implied state of the first update counts."""
    rows = "updates:\n  - at: 2026-11-20 09:05Z\n  - {at: 2026-11-20 10:00Z, state: resolved}\n"

    assert TOP + "state: resolved\n" + rows + END == fixed(
        TOP + "state: investigating\n" + rows + END
    )


def test_a_maintenance_that_was_completed_says_so_at_the_top() -> None:
    """Maintenance has its own states, which lag behind in the same way."""
    top = "---\ntitle: Work\nseverity: maintenance\nservices: [api]\n"
    top += "starts: 2026-11-25 22:00\nends: 2026-11-25 23:00\n"
    rows = "updates:\n- {at: 2026-11-20 09:00, text: a}\n"
    rows += "- {at: 2026-11-25 22:30, state: completed, text: b}\n---\n"

    assert f"{top}state: completed\n{rows}" == fixed(f"{top}state: scheduled\n{rows}")


# Updates out of order.

SORTED = [
    pytest.param(
        ["  - at: 2026-11-20 11:00Z\n    text: b\n", "  - {at: 2026-11-20 10:00Z, text: a}\n"],
        [1, 0],
        id="entries-of-different-size",
    ),
    pytest.param(
        [
            "- at: 2026-11-20 12:00Z\n  x-a:\n  - 1\n",
            "# On a.\n  # More on a.\n- text: |\n    a\n\n   # text\n  at: 2026-11-20 10:00Z\n",
            "# On b.\n- at: 2026-11-20 11:00Z # b\n",
        ],
        [1, 2, 0],
        id="comments-above-entries",
    ),
    pytest.param(
        [
            "  -\n    at: 2026-11-20 12:00Z\n",
            "  # On a.\n  - # a\n\n    at: 2026-11-20 10:00Z\n",
            "  -   at: 2026-11-20 11:00Z\n      text: 'b\n\n        - at: c'\n",
        ],
        [1, 2, 0],
        id="dashes-on-lines-of-their-own",
    ),
    pytest.param(
        [
            f"  - {{at: 2026-11-20 {hour}:00Z, text: {n}}}\n"
            for n, hour in enumerate((12, 10, 12, 10))
        ],
        [1, 3, 0, 2],
        id="equal-times-keep-their-order",
    ),
    pytest.param(
        [
            "  - at: 2026-11-20 12:00\n",
            "  - at: 2026-11-20 10:30Z\n",
            "  - at: 2026-11-20T12:15:00.5 +2\n",
        ],
        [2, 1, 0],
        id="times-of-different-zones",
    ),
]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("entries", "order"), SORTED)
def test_updates_out_of_order_are_sorted_with_their_comments(
    entries: list[str], order: list[int], ending: str
) -> None:
    """Updates are sorted oldest first; comments above and below the list stay there."""
    before, after = "updates: # all\n  # First of all.\n", "  # Last of all.\n\nx-b: c\n"
    text = "".join([TOP, before, *entries, after, END]).replace("\n", ending)
    expected = "".join([TOP, before, *(entries[index] for index in order), after, END])
    found = fixes.fix(file_of(text))

    assert ("sorted updates",) == found.done
    assert expected.replace("\n", ending) == found.text
    assert incident_of(found.text)


def test_a_block_that_keeps_blank_lines_keeps_them_when_sorted() -> None:
    """Blank lines that belong to a value move with it."""
    late = "  - at: 2026-11-20 12:00Z\n    x-a: |+\n      b\n\n\n"
    early = "  - at: 2026-11-20 10:00Z\n    x-a: |+\n      a\n\n"

    assert f"{TOP}updates:\n{early}{late}{END}" == fixed(f"{TOP}updates:\n{late}{early}{END}")


# Aliases of services.


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("services: [rest]", "services: [api]", id="list"),
        pytest.param(
            "services: [web, 'rest' ,\n  db] # rest",
            "services: [web, 'api' ,\n  db] # rest",
            id="quoted",
        ),
        pytest.param(
            "services:\n- rest # rest\n- web", "services:\n- api # rest\n- web", id="dashes"
        ),
        pytest.param("services: {rest: major}", "services: {api: major}", id="map"),
        pytest.param('services:\n  "v1": major', 'services:\n  "api": major', id="quoted-key"),
        pytest.param('services: ["r\\x65st"]', "services: [api]", id="escape"),
    ],
)
def test_a_service_is_called_by_its_id(written: str, expected: str) -> None:
    """An alias is replaced where it names a service, and nowhere else."""
    top = TOP.replace("services: [api]", "{}").replace("API down", "rest is down # rest")
    text = top.format(written) + UPDATES + END

    assert incident_of(text) == incident_of(fixed(text))
    assert top.format(expected) + UPDATES + END == fixed(text)


def test_a_service_of_an_update_is_called_by_its_id() -> None:
    """Aliases in lists and maps in updates are fixed, and the message lists all of them."""
    rows = "updates:\n- at: 2026-11-20 09:05Z\n  services: {}\n  text: rest\n"
    rows += "- {{at: 2026-11-20 09:05Z, services: {}, text: v1}}\n"
    top = TOP.replace("[api]", "{api: major}")
    found = fixes.fix(file_of(top + rows.format("{rest: none}", "{v1: partial, web: none}") + END))

    assert top + rows.format("{api: none}", "{api: partial, web: none}") + END == found.text
    assert ("renamed 'rest' to api, 'v1' to api",) == found.done


# Times without an offset.


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("2026-11-20 10:05", "2026-11-20 10:05+01:00", id="winter"),
        pytest.param("2027-07-20T10:05:30 # why", "2027-07-20T10:05:30+02:00 # why", id="summer"),
        pytest.param("'2026-11-20 10:05'", "'2026-11-20 10:05+01:00'", id="single"),
        pytest.param('"2026-11-20 10:05:00.25"', '"2026-11-20 10:05:00.25+01:00"', id="double"),
        pytest.param("2026-11-20\n      10:05", "2026-11-20 10:05+01:00", id="two-lines"),
        pytest.param("2026-11-20 10:05Z", "2026-11-20 10:05Z", id="utc"),
        pytest.param("2026-11-20 10:05 +5", "2026-11-20 10:05 +5", id="offset"),
        pytest.param("2027-10-31 02:30", "2027-10-31 02:30", id="comes-twice"),
        pytest.param("2027-03-28 02:30", "2027-03-28 02:30", id="skipped"),
        pytest.param("2026-11-31 10:05", "2026-11-31 10:05", id="no-such-day"),
    ],
)
def test_a_time_without_an_offset_gets_the_one_it_has(written: str, expected: str) -> None:
    """On request, a time gets its offset; an ambiguous one is not changed."""
    rows = "updates:\n  - at: {}\n    text: a\n    x-at: 2026-11-20 10:05\n"
    text = TOP + rows.format(written) + END

    assert text == fixed(text)
    assert TOP + rows.format(expected) + END == fixed(text, offsets=True)


def test_every_time_of_a_maintenance_gets_its_offset() -> None:
    """All keys that have times get offsets."""
    text = "---\ntitle: Work\nseverity: maintenance\nservices: [api]\nannounced: 2026-03-01 10:00\n"
    text += "starts: 2026-03-28 22:00\nends: 2026-03-29 04:00\n---\nBody: 2026-03-28 22:00\n"
    found = fixes.fix(file_of(text), offsets=True)
    expected = text.replace("10:00", "10:00+01:00").replace("04:00", "04:00+02:00")

    assert (
        expected.replace("starts: 2026-03-28 22:00", "starts: 2026-03-28 22:00+01:00") == found.text
    )
    assert ("added offsets to 3 times",) == found.done


# Several mistakes, and ambiguous ones.

LATE = "updates:\n- {at: 2026-11-20 11:00Z, state: resolved}\n"
EARLY = "- {at: 2026-11-20 10:00, services: [rest], state: monitoring}\n"


@pytest.mark.parametrize("wrong", ["", "x-b: c\n", "colour: red\n"])
def test_several_mistakes_are_mended_at_once(wrong: str) -> None:
    """A mistake that hides the next one, or one of another kind, does not prevent a fix."""
    text = TOP + wrong + "state: monitoring\n" + LATE + EARLY + END
    early = EARLY.replace("10:00", "10:00+01:00").replace("rest", "api")
    expected = TOP + wrong + "state: resolved\nupdates:\n" + early + LATE[len("updates:\n") :] + END
    found = fixes.fix(file_of(text), offsets=True)

    assert expected == found.text
    assert (
        "renamed 'rest' to api",
        "sorted updates",
        "set state to resolved",
        "added offsets to 1 time",
    ) == found.done


def test_updates_are_sorted_although_that_shows_another_mistake() -> None:
    """A rule that could not be checked before may now fail, and is left to the author."""
    text = TOP + "state: identified\n" + LATE + EARLY + END
    expected = TOP + "state: identified\nupdates:\n" + EARLY.replace("rest", "api")

    assert expected + LATE[len("updates:\n") :] + END == fixed(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TOP + UPDATES + END, id="nothing-wrong"),
        pytest.param(TOP + "state: resolved\n" + UPDATES + END, id="state-ahead"),
        pytest.param(TOP + "state: monitored\n" + UPDATES + END, id="state-misspelt"),
        pytest.param(
            TOP.replace("major", "bad") + "state: identified\n" + UPDATES, id="no-severity"
        ),
        pytest.param(TOP.replace("[api]", "[rest, api]") + UPDATES + END, id="alias-and-id"),
        pytest.param(TOP.replace("[api]", "[rest, v1]") + UPDATES + END, id="two-aliases"),
        pytest.param(
            TOP.replace("[api]", "{api: major, rest: none}") + UPDATES + END,
            id="alias-and-id-in-map",
        ),
        pytest.param(
            TOP + "updates: [{at: 2026-11-20 11:00Z}, {at: 2026-11-20 10:00Z}]\n" + END,
            id="order-in-brackets",
        ),
        pytest.param(
            TOP
            + "updates:\n- at: 2026-11-20 11:00Z\n- at: 2026-11-20\n- at: 2026-11-20 10:00Z\n"
            + END,
            id="order-with-a-time-that-is-none",
        ),
        pytest.param(TOP + "updates: soon\n" + END, id="updates-are-no-list"),
        pytest.param(TOP + "updates: []\n" + END, id="no-updates"),
        pytest.param(TOP + "state: [a]\n" + UPDATES + END, id="state-is-a-list"),
        pytest.param("", id="empty"),
        pytest.param("---\n- a\n---\n", id="list"),
        pytest.param("---\ntitle: [\n---\n", id="no-yaml"),
    ],
)
def test_what_has_no_one_reading_is_left_alone(text: str) -> None:
    """A file without a fixable mistake is unchanged."""
    assert fixes.FixedText(text=text, done=()) == fixes.fix(file_of(text))


@pytest.mark.parametrize("wrong", ["", "colour: red\n"])
def test_a_state_that_speaks_of_resolved_is_left_alone(wrong: str) -> None:
    """A reopened incident may have ended at `resolved` without an update for it."""
    top = TOP + wrong + "state: resolved\nresolved: 2026-11-20 12:00Z\nupdates:\n"
    early = "- {at: 2026-11-20 10:00Z, state: resolved}\n"
    late = "- {at: 2026-11-20 11:00Z, state: investigating}\n"

    assert top + early + late + END == fixed(top + late + early + END)


# Promises about any file.


@given(text=styled(), offsets=st.booleans())
def test_a_sound_file_means_the_same_after_mending(text: str, *, offsets: bool) -> None:
    """A file without mistakes is unchanged; adding offsets keeps its meaning."""
    before = file_of(text).parsed().incident
    found = fixes.fix(file_of(text), offsets=offsets)
    if before is not None:
        event("sound")
        assert before == file_of(found.text).parsed().incident
        assert text == found.text  # The drawn file has an offset in every time.


@given(
    text=styled(),
    data=st.data(),
    word=st.sampled_from(["investigating", "monitoring", "resolved", "scheduled", "rest", "v1"]),
    offsets=st.booleans(),
)
def test_mending_twice_is_mending_once(
    text: str, data: st.DataObject, word: str, *, offsets: bool
) -> None:
    """A fixed file needs no further fixes, and has no more errors than before."""
    words = [old for old in (*NAMES, "investigating", "identified", "scheduled") if old in text]
    text = text.replace(data.draw(st.sampled_from(words)), word, 1) if words else text
    once = fixes.fix(file_of(text), offsets=offsets)
    event(f"done: {len(once.done)}")
    before, after = (
        errors(file_of(text).parsed().problems),
        errors(file_of(once.text).parsed().problems),
    )

    assert once.text == fixed(once.text, offsets=offsets)
    assert len(after) <= len(before)


NAMES = ["api", "web", "resolved"]


@given(
    minutes=st.lists(st.integers(0, 59), min_size=2, max_size=6),
    data=st.data(),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_sorting_keeps_every_line(minutes: list[int], data: st.DataObject, ending: str) -> None:
    """Sorting reorders lines, and each entry keeps its own."""
    column = data.draw(st.integers(0, 3))
    entries = [data.draw(entry(index, minute, column)) for index, minute in enumerate(minutes)]
    text = (TOP + "updates:\n" + "".join(entries) + "# The end.\n" + END).replace("\n", ending)
    found = fixed(text)
    order = sorted(range(len(minutes)), key=lambda index: minutes[index])

    assert sorted(text.split(ending)) == sorted(found.split(ending))
    assert [str(index) for index in order] == [one.text for one in incident_of(found).updates]
    for index, one in enumerate(entries[1:], 1):
        assert one.replace("\n", ending) in found, index


@st.composite
def entry(draw: st.DrawFn, index: int, minute: int, column: int) -> str:
    """Draw an entry of `updates`, with a comment above it unless it is the first."""
    margin = " " * column
    comment = f"{margin}# On {index}.\n" * draw(st.integers(0, 2)) if index else ""
    at = f"at: 2026-11-20 10:{minute:02}Z"
    pad = draw(st.sampled_from(["- ", "-   ", f"-\n{margin}  ", f"- # {index}\n\n{margin}    "]))
    inner = margin + " " * len(pad.rpartition("\n")[2].removeprefix(margin))
    texts = [f"{index}", f"'{index}' # why", f"|\n{inner}   {index}", f">-\n{inner}   {index}"]
    braces = f"- {{{at}, text: '{index}'}}"
    rows = f"{pad}{at}\n{inner}text: {draw(st.sampled_from(texts))}"
    return f"{comment}{margin}{draw(st.sampled_from([braces, rows]))}\n"


def test_an_empty_state_of_an_update_does_not_count() -> None:
    """The state at the top becomes the last one that an update names, and an empty one stays."""
    text = f"{TOP}state: investigating\n{UPDATES}".replace("state: monitoring", "state: ''")

    expected = text.replace("Z\nstate: investigating", "Z\nstate: identified")
    assert f"{expected}{END}" == fixed(f"{text}{END}")
