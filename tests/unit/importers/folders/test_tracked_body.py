"""Bodies of cState and StatusKit, split into updates."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.importers.folders.tracked_body import TrackedBody, split_body
from tests.conftest import scaled


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2024-05-06T{clock}:00").replace(tzinfo=UTC)


def track(clock: str) -> str:
    return f'{{{{< track "2024-05-06 {clock}:00" >}}}}'


def split(text: str) -> TrackedBody:
    """Split the body of an incident from 9:00 to 12:00."""
    return split_body(text, started=at("09:00"), ended=at("12:00"), zone=UTC)


OPEN = "*Investigating* - Looking."
DONE = "*Resolved* - All is well."


@pytest.mark.parametrize(
    ("text", "updates", "summary"),
    [
        pytest.param(
            f"{DONE} {track('12:00')}\n\n{OPEN} {track('09:05')}",
            [("09:05", OPEN), ("12:00", DONE)],
            "",
            id="newest-first",
        ),
        pytest.param(
            f"{OPEN} {track('09:05')}\n\n{DONE}\n{track('12:00')}",
            [("09:05", OPEN), ("12:00", DONE)],
            "",
            id="oldest-first",
        ),
        pytest.param(
            f"{DONE} {track('12:00')}\n\n---\n\nB. {track('09:00')}\n\nA. {track('09:00')}",
            [("09:00", "A."), ("09:00", "B."), ("12:00", DONE)],
            "",
            id="equal-times-are-reversed",
        ),
        pytest.param(
            f"*Post-mortem*\n\nA full disk.\n\n---\n\n{DONE} {track('12:00')}\n\n"
            f"{OPEN} {track('09:00')}",
            [("09:00", OPEN), ("12:00", DONE)],
            "*Post-mortem*\n\nA full disk.",
            id="a-postmortem",
        ),
        pytest.param(
            f"What happened.\n\n{DONE} {track('12:00')}\n\n{OPEN} {track('09:00')}",
            [("09:00", OPEN), ("12:00", DONE)],
            "What happened.",
            id="a-summary",
        ),
        pytest.param(
            f"It is down.\n\n## Update\n\nIt is back. {track('12:00')}",
            [("09:00", "It is down."), ("12:00", "## Update\n\nIt is back.")],
            "",
            id="an-opening-before-an-update",
        ),
        pytest.param(
            f"A. {track('09:00')}\n\nB. {track('10:00')}\n\nSend it again.",
            [("09:00", "A."), ("10:00", "B.\n\nSend it again.")],
            "",
            id="a-text-behind-the-newest",
        ),
        pytest.param(
            f"{DONE} {track('12:00')}\n\nIt is down.",
            [("09:00", "It is down."), ("12:00", DONE)],
            "",
            id="an-opening-without-a-time",
        ),
        pytest.param(
            f'A. {{{{< track "nonsense" >}}}}\n\nB. {track("10:00")}',
            [("09:00", "A."), ("10:00", "B.")],
            "",
            id="a-track-that-is-no-time",
        ),
        pytest.param(
            "*Resolved*\n- Done.\n\n*Monitoring*\n- Wait.\n\n*Investigating*\n- Slow.",
            [
                ("09:00", "*Investigating*\n- Slow.\n\n*Monitoring*\n- Wait."),
                ("12:00", "*Resolved*\n- Done."),
            ],
            "",
            id="no-times",
        ),
        pytest.param(
            "[Final message]\n\nDone.\n\n[Initial message] -->\nSlow.",
            [("09:00", "[Initial message]\nSlow."), ("12:00", "[Final message]\n\nDone.")],
            "",
            id="messages",
        ),
        pytest.param(
            "### Stand 06.05.2024 11:37\n\nGut.\n\n### Stand 06.05.2024 09:05\n\nAusfall.",
            [
                ("09:05", "### Stand 06.05.2024 09:05\n\nAusfall."),
                ("11:37", "### Stand 06.05.2024 11:37\n\nGut."),
            ],
            "",
            id="times-in-headings",
        ),
        pytest.param("One.\n\n---\n\nTwo.", [("09:00", "One.\n\n---\n\nTwo.")], "", id="text"),
        pytest.param("", [], "", id="nothing"),
        pytest.param(
            f"<!-- {DONE} {track('12:00')} -->\nOne.<!-- two --> Three.",
            [("09:00", "One. Three.")],
            "",
            id="comments",
        ),
        pytest.param(
            '{{< figure src="/a.png" title="Load" >}} {{< note >}}One{{< /note >}}',
            [("09:00", "[Load](/a.png) One")],
            "",
            id="shortcodes",
        ),
    ],
)
def test_a_body_is_split(text: str, updates: list[tuple[str, str]], summary: str) -> None:
    """Updates are in order, with their times and all their words."""
    found = split(text)

    assert (updates, summary) == (
        [(f"{one.at:%H:%M}", one.text) for one in found.updates],
        found.summary,
    )


PIECES = (
    "Word{0}.",
    "*Resolved* - Word{0}.",
    "**Update**: word{0}",
    "*Post-mortem*\n\nWord{0}.",
    "## Update {0}",
    "[Final message] word{0}",
    "### Stand 06.05.2024 1{0}:00 word{0}",
    "    code{0}",
    "- item{0}\n- item",
    "---",
    track("10:00"),
    track("09:30"),
    '{{< track "nonsense" >}}',
    "<!-- secret{0} -->",
    "{{< note >}}word{0}{{< /note >}}",
)


@given(st.lists(st.sampled_from(PIECES), max_size=8))
@settings(max_examples=scaled(300))
def test_no_word_of_a_body_is_lost(pieces: list[str]) -> None:
    """Each word is in an update or in the summary, in any order of parts; comments are in none."""
    body = "\n\n".join(piece.replace("{0}", str(n)) for n, piece in enumerate(pieces))

    found = split(body)

    shown = "\n".join([found.summary, *(one.text for one in found.updates)])
    words = set(re.findall(r"\b(?:word|code|item)\d", body, re.IGNORECASE))
    assert words <= set(re.findall(r"\b(?:word|code|item)\d", shown, re.IGNORECASE))
    assert "secret" not in shown
    assert [] == [one for one in found.updates if not one.text.strip()] or "track" in body


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{{< track "x"%sy', id="track"),
        pytest.param("{{< figure%s{", id="figure"),
        pytest.param("{{<%s{", id="shortcode"),
        pytest.param("## Update%sx", id="heading"),
    ],
)
def test_long_lines_take_linear_time(text: str) -> None:
    """A file of the greatest size with nothing but spaces in a line is split at once."""
    line = text % (" " * 250_000)

    found = split(line)

    assert [line] == [one.text for one in found.updates]


def test_a_long_word_in_a_figure_takes_linear_time() -> None:
    """A figure with a word of the greatest size is read at once."""
    found = split(f"{{{{< figure {'a' * 250_000} title=Load src=a.png/>}}}}")

    assert ["[Load](a.png)"] == [one.text for one in found.updates]
