"""Texts for chats: without mentions and hidden characters, and cut to a length."""

import re
import unicodedata

from statusgen.characters import without_hidden
from statusgen.notify.channels.message import Message

_MARK = "\u200b"  # ZERO WIDTH SPACE: no service reads a mention across it.
_ELLIPSIS = "…"

# What a service may take for a mention, up to the place of the mark. "@" (X takes U+FF20 for one as
# well) is that of Discord, Slack, Telegram, Mattermost, Rocket.Chat, Zulip, Matrix and Mastodon;
# after "<", "!" and "@" are of Slack, Discord and Webex, "#" and "&" of Discord, "users/" of Google
# Chat, "at" of Teams, "spark-mention" of Webex.
_MENTION = re.compile(
    "[@\uff20\ufe6b]|<(?=[!@#&\uff20]|users/|at[ >]|spark-mention)", re.IGNORECASE
)

_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ZWJ = "\u200d"
_JOINED = (_ZWJ, "\u200c")
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_REGIONAL = "".join(map(chr, range(0x1F1E6, 0x1F200)))  # Two of these letters are a flag.


def clean(text: str) -> str:
    """Return *text* without control, bidi and hidden characters, with LF for each line break."""
    return without_hidden(_LINE_BREAK.sub("\n", text))


def defuse(text: str) -> str:
    """Return *text*, cleaned, with U+200B in everything that a chat takes for a mention."""
    return _MENTION.sub(lambda match: match[0] + _MARK, clean(text))


def one_line(text: str) -> str:
    """Return *text* on one line, with one space for each run of white space."""
    return " ".join(text.split())


def cut(text: str, most: int) -> str:
    """Return *text* in at most *most* characters, cut at a word, with "…" if something is missing.

    A word that takes more than half of them is cut too, but nowhere within what readers see as one
    character: a letter with its accents, an emoji with its parts, a flag.
    """
    if len(text) <= most:
        return text
    if most < 1:
        return ""
    end = most - len(_ELLIPSIS)
    words = max(text.rfind(space, 0, end + 1) for space in " \n\t")
    end = words if 0 < end <= 2 * words else _whole(text, end)
    return text[:end].rstrip() + _ELLIPSIS


def fit(message: Message, *, title_most: int | None, body_most: int) -> tuple[str, str]:
    """Return title and body of *message*, the body with the link on a last line of its own.

    The title has at most *title_most* characters; None says that it is put in front of the body, on
    a line of its own, and counts there. The body has at most *body_most*. The link is never cut: if
    there is no room, first the text and then such a title are left out.
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
    """Return the last place up to *end* at which *text* can be cut between two characters."""
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
