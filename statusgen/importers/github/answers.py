"""The body of an issue to the answers in it: those of a form, or of hidden comments.

GitHub makes Markdown of a form: a heading for each question, the answer below it, an empty line
between. Whatever looks like such a heading ends the answer before it, the text, too: what is asked
in questions of one's own is not for the page. Of each heading the first counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from statusgen.importers.hidden_markup import part

TEXT = "text"
FIELDS = ("services", "severity", "state", "started", "starts", "ends", TEXT)  # as `forms` asks

_HEADING = re.compile(r"(?:\A|(?<=\n\n))### +(.+)$", re.MULTILINE)
_BLANK = re.compile(r"^[ \t]+$", re.MULTILINE)
_NOTHING = "_no response_"
_OPTION = re.compile(r"\(([a-z0-9_-]+)\)[ \t]*(?:,|$)")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the author of an issue filled in, as typed; *given* has no empty answers."""

    text: str
    given: Mapping[str, str] = field(default_factory=dict)
    is_internal: bool = False


def read(body: str) -> Answers:
    """Read *body*, of a form if any heading is one of ours, else written by hand."""
    parted = part(body.replace("\r\n", "\n").replace("\r", "\n"))
    hidden = {name: value for name, value in parted.values.items() if name in FIELDS and value}
    answers = _answers(_BLANK.sub("", parted.text))
    if answers is None:
        return Answers(text=parted.text, given=hidden, is_internal=parted.is_internal)
    text = answers.pop(TEXT, "")
    return Answers(text=text, given={**answers, **hidden}, is_internal=parted.is_internal)


def services(answer: str) -> list[str]:
    """The services in *answer*, the options of a form or words with commas between, as typed."""
    ids = _OPTION.findall(answer)
    words = (word.strip() for word in answer.split(","))
    return list(dict.fromkeys(ids or filter(None, words)))


def _answers(text: str) -> dict[str, str] | None:
    """The answers to our questions in *text*, None if it has none of these."""
    found: dict[str, str] = {}
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=False):
        name = heading[1].strip().casefold()
        if name in FIELDS:
            found.setdefault(name, text[heading.end() : end].strip())
    given = {name: one for name, one in found.items() if one and one.casefold() != _NOTHING}
    return given if found else None
