"""What people write in an issue, typed: its body, its title, and the state that a comment says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from statusgen import times
from statusgen.i18n.messages import Words
from statusgen.importers import hidden_markup, state_words
from statusgen.importers.github import answers
from statusgen.importers.github.answers import Answers
from statusgen.importers.github.case import Case
from statusgen.importers.state_words import Stated
from statusgen.markup import escape, limits, references
from statusgen.model import Incident, Kind, Severity, State
from statusgen.problems import Level, instead, quoted
from statusgen.schema.scalars import MAX_TITLE

MAX_TEXT = 16 * 1024  # bytes of a body or a comment


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What the body of an issue says, typed; what it leaves out is None or empty.

    If it *is_accepted* its services are all of the beginning, also those of labels.
    """

    text: str
    is_accepted: bool = False
    services: tuple[str, ...] = ()
    severity: Severity | None = None
    state: State | None = None
    started: datetime | None = None
    starts: datetime | None = None
    ends: datetime | None = None


def as_accepted(incident: Incident) -> Opening:
    """What the body said of *incident* when it was accepted."""
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


def opening(found: Answers, kind: Kind, case: Case) -> Opening:
    """What *found* says; what of it cannot be understood is remarked."""
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


def _word(given: str | None, noun: str, words: Iterable[str], case: Case) -> str | None:
    if given is None:
        return None
    known = [str(word) for word in words]
    word = given.casefold().replace(" ", "_")
    if word in known:
        return word
    case.remark(f"{quoted(given)} is not a {noun}; {instead(given, known)}")
    return None


def _services(given: str, case: Case) -> Iterator[str]:
    names = {service.name.casefold(): service.id for service in case.config.services}
    known = {**names, **case.config.service_ids}
    for name in answers.services(given):
        found = known.get(name.casefold())
        if found is None:
            ids = [service.id for service in case.config.services]
            case.remark(f"{quoted(name)} is not a service; {instead(name, ids)}")
        else:
            yield found


def _time(given: Mapping[str, str], name: str, case: Case) -> datetime | None:
    if name not in given:
        return None
    try:
        return times.parse(given[name], case.config.zone)
    except ValueError as fault:
        case.remark(f"{name} {quoted(given[name])} {fault}")
        return None


def checked(text: str, case: Case) -> str:
    """Return *text* without what no page can carry or show; ValueError if it is too long."""
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_TEXT:
        what = f"has {-(-size // 1024)} KiB, at most {MAX_TEXT // 1024} KiB are shown"
        raise ValueError(f"{what}; shorten it")
    cleaned = references.without_harmful(escape.clean(text))
    if cleaned != text.replace("\r\n", "\n").replace("\r", "\n"):
        case.remark("invisible or forbidden characters were left out of a text")
    return cleaned


def check_markup(text: str) -> None:
    """Raise ValueError if *text* cannot become HTML."""
    flaw = next((one for one in limits.of(text) if one.level is Level.ERROR), None)
    if flaw is not None:
        raise ValueError(f"cannot be shown: {flaw.message}")


def marked(parted: hidden_markup.Parted, kind: Kind, case: Case) -> Stated:
    """The state that a comment says, at its beginning or in hiding, and the text without it."""
    say = Words(case.config.language, case.config.messages).say
    hidden = parted.values.get("state", "").casefold().replace(" ", "_")
    names = {say(f"state.{state}").casefold(): state for state in kind.states}
    words = {**names, **{str(state): state for state in kind.states}}
    if hidden in words:
        return Stated(words[hidden], parted.text, is_named=True)
    return state_words.begins_with(parted.text, kind, names)


def whole_title(title: str) -> str:
    """*title* on one line, without what nobody sees."""
    return " ".join(escape.clean(title).replace("\ufffd", "").split())


def cleaned_title(title: str) -> str:
    """*title* on one line, without what nobody sees, cut to what fits."""
    whole = whole_title(title)
    return whole if len(whole) <= MAX_TITLE else f"{whole[: MAX_TITLE - 1].rstrip()}…"
