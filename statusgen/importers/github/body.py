"""Read the body of an issue: answers to a form, or free text.

GitHub converts a form to Markdown: a heading for each question, a blank line, then the answer. Any
such heading ends the previous answer, even the text, because answers to a site's own questions are
not for the page. If a heading is repeated, the first one wins.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from statusgen import times
from statusgen.importers.github.trust import IssueReview
from statusgen.importers.hidden_markup import split_hidden
from statusgen.model import Incident, Kind, Severity, State
from statusgen.problems import instead, quoted

TEXT = "text"
# Headings in the generated forms.
FIELDS = ("services", "severity", "state", "started", "starts", "ends", TEXT)

_HEADING = re.compile(r"(?:\A|(?<=\n\n))### +(.+)$", re.MULTILINE)
_BLANK = re.compile(r"^[ \t]+$", re.MULTILINE)
_NOTHING = "_no response_"
_OPTION = re.compile(r"\(([a-z0-9_-]+)\)[ \t]*(?:,|$)")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The answers in the body of an issue, as typed; *fields* has no empty answers."""

    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    is_internal: bool = False


def read_form(body: str) -> Answers:
    """Read *body* as a form if it has a heading in `FIELDS`, else as free text."""
    split = split_hidden(body.replace("\r\n", "\n").replace("\r", "\n"))
    hidden = {name: value for name, value in split.values.items() if name in FIELDS and value}
    answers = _answers(_BLANK.sub("", split.text))
    if answers is None:
        return Answers(text=split.text, fields=hidden, is_internal=split.is_internal)
    text = answers.pop(TEXT, "")
    return Answers(text=text, fields={**answers, **hidden}, is_internal=split.is_internal)


def split_services(answer: str) -> list[str]:
    """Return the services in *answer*, which are form options or words separated by commas."""
    ids = _OPTION.findall(answer)
    words = (word.strip() for word in answer.split(","))
    return list(dict.fromkeys(ids or filter(None, words)))


def _answers(text: str) -> dict[str, str] | None:
    """Return the answers below headings in `FIELDS`, None if *text* has no such heading."""
    found: dict[str, str] = {}
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=False):
        name = heading[1].strip().casefold()
        if name in FIELDS:
            found.setdefault(name, text[heading.end() : end].strip())
    answers = {name: one for name, one in found.items() if one and one.casefold() != _NOTHING}
    return answers if found else None


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The parsed body of an issue; missing values are None or empty.

    If *is_accepted* is true, the services include those that labels named.
    """

    text: str
    is_accepted: bool = False
    services: tuple[str, ...] = ()
    severity: Severity | None = None
    state: State | None = None
    started: datetime | None = None
    starts: datetime | None = None
    ends: datetime | None = None


def accepted_opening(incident: Incident) -> Opening:
    """Return the opening of *incident*, as accepted by the last import."""
    first = incident.updates[0]
    return Opening(
        text=first.text,
        is_accepted=True,
        services=tuple(one.id for one in incident.services),
        severity=incident.severity if incident.kind is not Kind.MAINTENANCE else None,
        state=first.state,
        started=incident.started,
        starts=incident.starts,
        ends=incident.ends,
    )


def read_opening(answers: Answers, kind: Kind, case: IssueReview) -> Opening:
    """Parse *answers*, and remark on invalid ones."""
    fields = answers.fields
    severity = _word(fields.get("severity"), "severity", Kind.INCIDENT.severities, case)
    state = _word(fields.get("state"), "state", kind.states, case)
    return Opening(
        text=answers.text,
        services=tuple(_services(fields.get("services", ""), case)),
        severity=Severity(severity) if severity else None,
        state=State(state) if state else None,
        started=_time(fields, "started", case),
        starts=_time(fields, "starts", case),
        ends=_time(fields, "ends", case),
    )


def _word(answer: str | None, noun: str, words: Iterable[str], case: IssueReview) -> str | None:
    if answer is None:
        return None
    known = [str(word) for word in words]
    word = answer.casefold().replace(" ", "_")
    if word in known:
        return word
    case.remark(f"{quoted(answer)} is not a {noun}; {instead(answer, known)}")
    return None


def _services(answer: str, case: IssueReview) -> Iterator[str]:
    names = {service.name.casefold(): service.id for service in case.config.services}
    known = {**names, **case.config.service_ids}
    for name in split_services(answer):
        found = known.get(name.casefold())
        if found is None:
            ids = [service.id for service in case.config.services]
            case.remark(f"{quoted(name)} is not a service; {instead(name, ids)}")
        else:
            yield found


def _time(fields: Mapping[str, str], name: str, case: IssueReview) -> datetime | None:
    if name not in fields:
        return None
    try:
        return times.parse(fields[name], case.config.zone)
    except ValueError as fault:
        case.remark(f"{name} {quoted(fields[name])} {fault}")
        return None
