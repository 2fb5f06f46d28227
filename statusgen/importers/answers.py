"""The body of an issue to the answers in it: those of a form, or of hidden comments.

GitHub makes Markdown of a form: a heading for each question, the answer below it. Anybody can type
a heading, so only the first of each counts, and only up to the text, which is the last question.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from statusgen.importers.asides import part

TEXT = "text"
FIELDS = ("services", "severity", "state", "started", "starts", "ends", TEXT)  # as `forms` asks

_HEADING = re.compile(r"^### +(.+)$", re.MULTILINE)
_NOTHING = "_no response_"
_OPTION = re.compile(r"\(([a-z0-9_-]+)\)[ \t]*(?:,|$)")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the author of an issue filled in, as typed; *given* has no empty answers."""

    text: str
    given: Mapping[str, str] = field(default_factory=dict)
    is_internal: bool = False


def read(body: str) -> Answers:
    """Read *body*, of a form if it begins with a heading of one, else written by hand."""
    parted = part(body.replace("\r\n", "\n").replace("\r", "\n"))
    hidden = {name: value for name, value in parted.values.items() if name in FIELDS and value}
    first = _HEADING.match(parted.text)
    if first is None or _name(first) not in FIELDS:
        return Answers(text=parted.text, given=hidden, is_internal=parted.is_internal)
    answers = _answers(parted.text)
    text = answers.pop(TEXT, "")
    return Answers(text=text, given={**answers, **hidden}, is_internal=parted.is_internal)


def services(answer: str) -> list[str]:
    """The services in *answer*, the options of a form or words with commas between, as typed."""
    ids = _OPTION.findall(answer)
    words = (word.strip() for word in answer.split(","))
    return list(dict.fromkeys(ids or filter(None, words)))


def _answers(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    headings = list(_HEADING.finditer(text))
    for index, heading in enumerate(headings):
        name = _name(heading)
        is_last = name == TEXT or index + 1 == len(headings)
        end = len(text) if is_last else headings[index + 1].start()
        answer = text[heading.end() : end].strip()
        if name in FIELDS and answer.casefold() != _NOTHING and answer:
            found.setdefault(name, answer)
        if name == TEXT:
            break
    return found


def _name(heading: re.Match[str]) -> str:
    return heading[1].strip().casefold()
