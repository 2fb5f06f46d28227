"""Plain text for chats: no mentions, no hidden characters, and a limited length."""

import re
import unicodedata

from statusgen.characters import without_hidden
from statusgen.notify.channels.message import Message

_MARK = "\u200b"  # ZERO WIDTH SPACE: no service recognizes a mention that contains it.
_ELLIPSIS = "…"

# The beginnings of mentions; the mark is inserted after them. "@" is used by Discord, Slack,
# Telegram, Mattermost, Rocket.Chat, Zulip, Matrix and Mastodon (X also accepts U+FF20). After "<",
# "!" and "@" are used by Slack, Discord and Webex, "#" and "&" by Discord, "users/" by Google Chat,
# "at" by Teams, "spark-mention" by Webex.
_MENTION = re.compile(
    "[@\uff20\ufe6b]|<(?=[!@#&\uff20]|users/|at[ >]|spark-mention)", re.IGNORECASE
)

_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ZWJ = "\u200d"
_JOINED = (_ZWJ, "\u200c")
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_REGIONAL = "".join(map(chr, range(0x1F1E6, 0x1F200)))  # A pair of these is a flag.


def clean(text: str) -> str:
    """Return *text* without control, bidi and hidden characters, with LF for each line break."""
    return without_hidden(_LINE_BREAK.sub("\n", text))


def defuse(text: str) -> str:
    """Return *text*, cleaned and with U+200B inserted wherever a chat may see a mention."""
    return _MENTION.sub(lambda match: match[0] + _MARK, clean(text))


def one_line(text: str) -> str:
    """Return *text* on one line, with a single space for each run of white space."""
    return " ".join(text.split())


def cut(text: str, limit: int) -> str:
    """Return *text* cut at a word boundary to at most *limit* characters, with "…" if it was cut.

    A word longer than half the limit is cut too, but never inside what readers see as one
    character: a letter with its accents, an emoji sequence, a flag.
    """
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    end = limit - len(_ELLIPSIS)
    words = max(text.rfind(space, 0, end + 1) for space in " \n\t")
    end = words if 0 < end <= 2 * words else _whole(text, end)
    return text[:end].rstrip() + _ELLIPSIS


def fit(message: Message, *, title_most: int | None, body_most: int) -> tuple[str, str]:
    """Return title and body of *message*; the body ends with the link on its own line.

    The title has at most *title_most* characters. None means that the service puts the title on a
    line above the body, where it counts as part of the body. The body has at most *body_most*
    characters. The link is never cut: if there is no room, the text is dropped first, then a
    title above it.
    """
    title = one_line(message.title)
    if title_most is not None:
        title = cut(title, title_most)
    else:
        room = body_most - len(message.link) - len("\r\n")
        title = cut(title, max(room, 0))
        body_most -= len(title) + len("\r\n")
    text = cut(message.body.strip(), body_most - len(f"\n\n{message.link}"))
    return title, f"{text}\n\n{message.link}" if text else message.link


def _whole(text: str, end: int) -> int:
    """Return the last position up to *end* that does not split a visible character."""
    while end > 0 and not _is_boundary(text, end):
        end -= 1
    return end


def _is_boundary(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if (
        before == _ZWJ
        or after in _JOINED
        or after == _MARK
        or unicodedata.category(after)[0] == "M"
    ):
        return False
    if _SKIN_TONES[0] <= after <= _SKIN_TONES[1]:
        return False
    if after not in _REGIONAL:
        return True
    head = text[:place]
    return (place - len(head.rstrip(_REGIONAL))) % 2 == 0
