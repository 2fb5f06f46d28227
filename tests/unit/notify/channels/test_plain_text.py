"""Plain text for chats: mentions, hidden characters and lengths."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.notify.channels.message import Message, Urgency
from statusgen.notify.channels.plain_text import clean, cut, defuse, fit, one_line

LINK = "https://status.acme.example/incidents/2026-11-20-slow/#u-1a2b3c4d5e6f"

# Mentions that ping people in some chat.
LIVE = re.compile(
    "[@\uff20\ufe6b](?!\u200b|$)|<(?=[!@#&]|users/|at>|at |spark-mention)", re.IGNORECASE
)

# Texts with more mentions, hidden characters and emoji than chance would produce.
HOSTILE = st.lists(
    st.sampled_from(
        ["@", "<", "!", "users/", "\u200b", "\u202e", "\r\n", "<at>", "\uff20", "e\u0301"]
    )
    | st.text(max_size=5)
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("@everyone", "@\u200beveryone", id="discord-everyone"),
        pytest.param("<@&42>", "<\u200b@\u200b&42>", id="discord-role"),
        pytest.param("<#42>", "<\u200b#42>", id="discord-channel"),
        pytest.param("<!channel>", "<\u200b!channel>", id="slack-channel"),
        pytest.param("<!subteam^S1>", "<\u200b!subteam^S1>", id="slack-group"),
        pytest.param("<users/all>", "<\u200busers/all>", id="google-chat"),
        pytest.param("<USERS/all>", "<\u200bUSERS/all>", id="google-chat-in-capitals"),
        pytest.param("<at>Ada</at>", "<\u200bat>Ada</at>", id="teams"),
        pytest.param("<@all>", "<\u200b@\u200ball>", id="webex"),
        pytest.param("<spark-mention x>", "<\u200bspark-mention x>", id="webex-html"),
        pytest.param("@**all**", "@\u200b**all**", id="zulip"),
        pytest.param("@@here", "@\u200b@\u200bhere", id="twice"),
        pytest.param("\uff20ada", "\uff20\u200bada", id="fullwidth-at"),
        pytest.param("@\u200beveryone", "@\u200beveryone", id="already-defused"),
        pytest.param("@\u202eeveryone", "@\u200beveryone", id="a-hidden-character-between"),
        pytest.param("a < b, <b>, 1 <2", "a < b, <b>, 1 <2", id="no-mention"),
        pytest.param("", "", id="empty"),
    ],
)
def test_defuse_breaks_every_mention(text: str, expected: str) -> None:
    """A chat shows a mention as it was written, and pings no one."""
    assert expected == defuse(text)


@given(HOSTILE)
def test_no_text_has_a_live_mention_after_defuse(text: str) -> None:
    """No combination of mentions and hidden characters leaves a working mention."""
    assert None is LIVE.search(defuse(text))


@given(HOSTILE)
def test_defuse_adds_only_marks(text: str) -> None:
    """Defusing only adds marks to the visible text, and a second time changes nothing."""
    assert clean(text) == defuse(text).replace("\u200b", "")
    assert defuse(text) == defuse(defuse(text))


def test_clean_leaves_out_what_hides_or_turns_text() -> None:
    """Control, bidi and tag characters are removed; every line break becomes LF."""
    text = "a\x00\x1b[1m\u202eb\u2066\ud800\ufeff\U000e0041c\r\nd\re\u2028f\x85g\x0bh\ti"

    assert "a[1mbc\nd\ne\nf\ng\nh\ti" == clean(text)


def test_clean_keeps_how_scripts_and_emoji_are_spelt() -> None:
    """Joiners, accents and variation selectors stay: words and emoji need them."""
    text = "क\u200cष 👩\u200d💻 e\u0301 ❤\ufe0f"

    assert text == clean(text)


def test_one_line_has_single_spaces() -> None:
    """A title with line breaks becomes one line with single spaces."""
    assert "Slow Bcc: x@y.example now" == one_line(" Slow\r\nBcc: x@y.example \t\n now\n")


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        pytest.param("one two", 7, "one two", id="fits"),
        pytest.param("one two three", 9, "one two…", id="at-a-word"),
        pytest.param("one two three", 8, "one two…", id="a-word-that-just-fits"),
        pytest.param("one two three", 7, "one…", id="not-within-a-word"),
        pytest.param("a " + "b" * 20, 10, "a bbbbbbb…", id="a-word-too-long-to-leave-out"),
        pytest.param("one\ntwo three", 8, "one\ntwo…", id="at-a-line"),
        pytest.param("e\u0301" * 5, 4, "e\u0301…", id="not-before-an-accent"),
        pytest.param("👩\u200d💻👩\u200d💻", 4, "👩\u200d💻…", id="not-within-an-emoji"),
        pytest.param("👍🏽👍🏽", 2, "…", id="not-before-a-skin-tone"),
        pytest.param("🇮🇹🇩🇪🇫🇷", 4, "🇮🇹…", id="not-within-a-flag"),
        pytest.param("❤\ufe0f❤\ufe0f", 2, "…", id="not-before-a-variation-selector"),
        pytest.param("@\u200bhere", 2, "…", id="not-before-a-mark"),
        pytest.param("a" + "\u0301" * 50, 20, "…", id="one-character-too-long"),
        pytest.param("abc", 1, "…", id="no-room-for-text"),
        pytest.param("abc", 0, "", id="no-room"),
        pytest.param("abc", -5, "", id="less-than-no-room"),
    ],
)
def test_cut_ends_where_a_reader_would(text: str, most: int, expected: str) -> None:
    """A text is cut at a word, or at least between two visible characters, with "…"."""
    assert expected == cut(text, most)


@given(HOSTILE, st.integers(-3, 60))
def test_cut_keeps_to_the_length(text: str, most: int) -> None:
    """A cut text is never too long, begins as the text does, and splits no accent."""
    short = cut(text, most)

    assert len(short) <= max(most, 0)
    if short != text and short:
        assert "…" == short[-1]
        assert text.startswith(short[:-1])
        rest = text[len(short) - 1 :]
        assert "M" != unicodedata.category(rest[0])[0]


def message(title: str, body: str) -> Message:
    return Message(key="1a2b", title=title, body=body, link=LINK, urgency=Urgency.INFO)


def test_fit_puts_the_link_on_a_line_of_its_own() -> None:
    """The link is the last line, after a blank one."""
    fitted = fit(message("Slow", "We look into it.\n"), title_most=250, body_most=2000)

    assert ("Slow", f"We look into it.\n\n{LINK}") == fitted


def test_fit_of_a_message_without_text_is_the_link() -> None:
    """A message without a text is the link alone, without blank lines."""
    assert ("Slow", LINK) == fit(message("Slow", " \n"), title_most=250, body_most=2000)


@given(HOSTILE, HOSTILE, st.none() | st.integers(0, 100), st.integers(0, 300))
def test_fit_never_cuts_the_link(
    title: str, body: str, title_most: int | None, body_most: int
) -> None:
    """The link is always complete and last; title and text keep to the limits."""
    fitted = fit(message(title, body), title_most=title_most, body_most=body_most)

    assert fitted[1].endswith(LINK)
    assert "\n" not in fitted[0]
    if title_most is not None:
        assert len(fitted[0]) <= title_most
        assert len(fitted[1]) <= max(body_most, len(LINK))
    else:
        assert len("\r\n".join(fitted)) <= max(body_most, len(f"\r\n{LINK}"))


def test_fit_takes_the_room_from_the_text_first() -> None:
    """A short limit cuts the text before the title."""
    fitted = fit(message("Major outage: API", "word " * 100), title_most=None, body_most=130)

    assert ("Major outage: API", f"word word word word word word word word…\n\n{LINK}") == fitted
