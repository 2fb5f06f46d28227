"""Which words at the beginning of a message are a state, and what is left of the text."""

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
    """Marked, before a colon or a dash, or alone: the page's own word leaves the text."""
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
    """No outage ends because somebody asks whether it has, and no word of theirs is lost."""
    assert state_words.Stated(None, text) == state_words.begins_with(text, Kind.INCIDENT, NAMES)
