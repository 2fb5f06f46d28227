"""Clean texts and titles from a source, and read the state that a text names."""

from collections.abc import Callable

from statusgen.config.settings import Config
from statusgen.i18n.messages import Words
from statusgen.importers import state_words
from statusgen.importers.hidden_markup import SplitText
from statusgen.importers.names import cut_line
from statusgen.importers.state_words import StateMatch
from statusgen.markup import escape, limits, merge_conflicts, references
from statusgen.model import Kind
from statusgen.problems import Level
from statusgen.schema.scalars import MAX_TITLE

MAX_TEXT = 64 * 1024  # bytes of one text: Trello allows 16,384 characters

Remark = Callable[[str], None]


def counted(number: int, noun: str) -> str:
    """Return *number* with *noun*, pluralized if needed: `1 card`, `2 cards`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clean_text(text: str, remark: Remark) -> str:
    """Return *text* without invisible or forbidden characters; call *remark* if any were removed.

    Raises ValueError if it is too long.
    """
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_TEXT:
        what = f"has {-(-size // 1024)} KiB, more than the limit of {MAX_TEXT // 1024} KiB"
        raise ValueError(f"{what}; shorten it")
    cleaned = references.without_harmful(escape.clean(text))
    if cleaned != text.replace("\r\n", "\n").replace("\r", "\n"):
        remark("removed invisible characters from a text")
    return cleaned


def convertible_text(text: str) -> str:
    """Return *text* as it is published; raise ValueError if it cannot be converted to HTML.

    In a source, the markers of a merge conflict are a quotation, so they are escaped.
    """
    shown = merge_conflicts.escaped(text)
    flaw = next((one for one in limits.find_flaws(shown) if one.level is Level.ERROR), None)
    if flaw is not None:
        raise ValueError(f"cannot be shown: {flaw.message}")
    return shown


def read_state(split: SplitText, kind: Kind, config: Config) -> StateMatch:
    """Return the state that a message names, and the remaining text.

    The state is at the beginning, or in a comment such as `<!-- state: monitoring -->`. *kind* is
    the kind of the incident.
    """
    say = Words(config.language, config.messages).say
    hidden = split.values.get("state", "").casefold().replace(" ", "_")
    names = {say(f"state.{state}").casefold(): state for state in kind.states}
    words = {**names, **{str(state): state for state in kind.states}}
    if hidden in words:
        return StateMatch(words[hidden], split.text, is_named=True)
    return state_words.begins_with(split.text, kind, names)


def one_line_title(title: str) -> str:
    """Return *title* on one line, without invisible characters."""
    return " ".join(escape.clean(title).replace("\ufffd", "").split())


def fit_title(title: str, text: str, remark: Remark) -> tuple[str, str]:
    """Shorten the one-line *title* to the limit; return it and the opening *text*.

    If the title is shortened, the returned text begins with the full title.
    """
    if len(title) <= MAX_TITLE:
        return (title, text)
    what = f"its title was shortened to {MAX_TITLE} characters"
    remark(f"{what}; its text begins with the whole title")
    whole = escape.escape(title)
    if not text.startswith(whole):
        text = f"{whole}\n\n{text}".rstrip()
    return (cut_line(title), text)
