"""State words at the beginning of a message, and the text that remains."""

import pytest

from statusgen.importers import state_words
from statusgen.model import Kind, State

NAMES = {str(state): state for state in Kind.INCIDENT.states}


@pytest.mark.parametrize(
    ("text", "state", "left"),
    [
        ("**Investigating:** text", State.INVESTIGATING, "text"),
        ("Monitoring: text", State.MONITORING, "text"),
        ("*Monitoring* - text", State.MONITORING, "text"),
        ("**Status: Monitoring** ✅", State.MONITORING, ""),
        ("Resolved ✅", State.RESOLVED, ""),
        ("🟢 Resolved.", State.RESOLVED, ""),
        ("[Resolved] All is well", State.RESOLVED, "All is well"),
        ("**Identified**, we know", State.IDENTIFIED, "we know"),
        ("Fixed: the cable", State.RESOLVED, "Fixed: the cable"),
    ],
)
def test_a_word_that_is_set_off_is_a_state(text: str, state: State, left: str) -> None:
    """A marked, separated or single state word counts; the page's own word leaves the text."""
    found = state_words.begins_with(text, Kind.INCIDENT, NAMES)

    assert (state, left) == (found.state, found.text)


@pytest.mark.parametrize(
    "text",
    [
        "Resolved?",
        "**Resolved?** Not yet, please wait.",
        "Status: Resolved?",
        "Fixed? - no",
        "_resolved_at is NULL for all jobs",
        '"Resolved": true in the JSON is wrong',
        "@resolved",
        "/resolved",
        "#Resolved",
        "(Resolved)",
        "*resolved*ly",
        "$done: x",
        "We hope that it is resolved",
    ],
)
def test_a_question_a_name_or_a_part_of_a_word_is_no_state(text: str) -> None:
    """A question does not end an incident, and no word of it is lost."""
    assert state_words.StateMatch(None, text) == state_words.begins_with(text, Kind.INCIDENT, NAMES)


def test_a_long_line_takes_linear_time() -> None:
    """A text of the greatest size with nothing but spaces in its first line is read at once."""
    text = f"**Resolved{' ' * 64_000}x"

    found = state_words.begins_with(text, Kind.INCIDENT, NAMES)

    assert (None, text) == (found.state, found.text)
