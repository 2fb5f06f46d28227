"""Read the body of an issue: the answers of a form, or free text.

GitHub converts a form to Markdown: a heading for each question, an empty line, then the answer. Any
such heading ends the answer before it, also that of the text, because answers to a site's own
questions are not for the page. The first of several equal headings wins.
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
# Headings of the generated forms.
FIELDS = ("services", "severity", "state", "started", "starts", "ends", TEXT)

_HEADING = re.compile(r"(?:\A|(?<=\n\n))### +(.+)$", re.MULTILINE)
_BLANK = re.compile(r"^[ \t]+$", re.MULTILINE)
_NOTHING = "_no response_"
_OPTION = re.compile(r"\(([a-z0-9_-]+)\)[ \t]*(?:,|$)")


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The answers in the body of an issue, as typed; *given* has no empty answers."""

    text: str
    given: Mapping[str, str] = field(default_factory=dict)
    is_internal: bool = False


def read_form(body: str) -> Answers:
    """Read *body* as a form if it has a heading of `FIELDS`, else as free text."""
    parted = split_hidden(body.replace("\r\n", "\n").replace("\r", "\n"))
    hidden = {name: value for name, value in parted.values.items() if name in FIELDS and value}
    answers = _answers(_BLANK.sub("", parted.text))
    if answers is None:
        return Answers(text=parted.text, given=hidden, is_internal=parted.is_internal)
    text = answers.pop(TEXT, "")
    return Answers(text=text, given={**answers, **hidden}, is_internal=parted.is_internal)


def split_services(answer: str) -> list[str]:
    """Return the services in *answer*, which are form options or words separated by commas."""
    ids = _OPTION.findall(answer)
    words = (word.strip() for word in answer.split(","))
    return list(dict.fromkeys(ids or filter(None, words)))


def _answers(text: str) -> dict[str, str] | None:
    """Return the answers below the headings of `FIELDS` in *text*, None without such a heading."""
    found: dict[str, str] = {}
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=False):
        name = heading[1].strip().casefold()
        if name in FIELDS:
            found.setdefault(name, text[heading.end() : end].strip())
    given = {name: one for name, one in found.items() if one and one.casefold() != _NOTHING}
    return given if found else None


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The parsed body of an issue; missing values are None or empty.

    If it *is_accepted*, its services are all those of the opening, including those of labels.
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
    """Return the opening of *incident*, as the last import accepted it."""
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


def read_opening(found: Answers, kind: Kind, case: IssueReview) -> Opening:
    """Parse the answers *found*, and remark on invalid ones."""
    given = found.given
    severity = _word(given.get("severity"), "severity", Kind.INCIDENT.severities, case)
    state = _word(given.get("state"), "state", kind.states, case)
    return Opening(
        text=found.text,
        services=tuple(_services(given.get("services", ""), case)),
        severity=Severity(severity) if severity else None,
        state=State(state) if state else None,
        started=_time(given, "started", case),
        starts=_time(given, "starts", case),
        ends=_time(given, "ends", case),
    )


def _word(given: str | None, noun: str, words: Iterable[str], case: IssueReview) -> str | None:
    if given is None:
        return None
    known = [str(word) for word in words]
    word = given.casefold().replace(" ", "_")
    if word in known:
        return word
    case.remark(f"{quoted(given)} is not a {noun}; {instead(given, known)}")
    return None


def _services(given: str, case: IssueReview) -> Iterator[str]:
    names = {service.name.casefold(): service.id for service in case.config.services}
    known = {**names, **case.config.service_ids}
    for name in split_services(given):
        found = known.get(name.casefold())
        if found is None:
            ids = [service.id for service in case.config.services]
            case.remark(f"{quoted(name)} is not a service; {instead(name, ids)}")
        else:
            yield found


def _time(given: Mapping[str, str], name: str, case: IssueReview) -> datetime | None:
    if name not in given:
        return None
    try:
        return times.parse(given[name], case.config.zone)
    except ValueError as fault:
        case.remark(f"{name} {quoted(given[name])} {fault}")
        return None
