"""What is wrong with an incident file although every single value of it is right.

The rules are those of the README's "What it means": what a kind of file may say, in which order,
and whether its updates add up. Each problem names its place and what to write instead.
"""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from statusgen import characters, times
from statusgen.config.settings import Config
from statusgen.content.fields import MAX_UPDATES, IncidentShape
from statusgen.markup import limits
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import Level, instead, one_of, quoted
from statusgen.schema.old_addresses import MAX_ADDRESSES
from statusgen.schema.validation import MAX_PROBLEMS, more
from statusgen.schema.yaml_document import Route, Source
from statusgen.timeline import replay, timeline

# For each key that not every kind has: the kinds that do, and what to write in the others.
_KEYS_OF_KINDS = {
    "started": ((Kind.INCIDENT, Kind.NOTICE), "write announced, starts and ends"),
    "resolved": ((Kind.INCIDENT, Kind.NOTICE), "write ends, or an update with state: completed"),
    "starts": ((Kind.MAINTENANCE,), "write started, or severity: maintenance"),
    "ends": ((Kind.MAINTENANCE,), "write resolved, or severity: maintenance"),
    "announced": ((Kind.MAINTENANCE,), "write started, or severity: maintenance"),
    "until": ((Kind.NOTICE,), "remove it"),
}

_UNSETTLED = (
    "state '{0}' is said by no update, and there is no 'resolved';"
    " write when it was: resolved: 2026-11-20 10:40, or an update with state: {0}"
)


def check_names(source: Source, config: Config) -> None:
    """Check that every service named anywhere is one of *config*, and each list names it once."""
    for owner in _owners(source):
        seen: dict[str, str] = {}
        for name in source.names(*owner, "services"):
            if len(source.problems) > MAX_PROBLEMS:
                source.problems.append(more(source.path, source.problems))
                return
            found = config.service_ids.get(name.text)
            if found is None:
                known = [service.id for service in config.services]
                what = f"{quoted(name.text)} is not a service of this site"
                source.wrong_at(f"{what}; {instead(name.text, known)}", name.line, name.column)
            elif found in seen:
                other = quoted(seen[found])
                is_same = seen[found] == name.text
                how = "is named twice" if is_same else f"is {other} under another name"
                what = f"{quoted(name.text)} {how}; name each service once"
                source.wrong_at(what, name.line, name.column)
            else:
                seen[found] = name.text


def check_shape(shape: IncidentShape, kind: Kind, source: Source) -> None:
    """Check what a file of this *kind* may say, and what it must."""
    _check_keys(kind, source)
    _check_state(shape.state, kind, source, "state")
    _check_severities(shape.services, kind, source, "services")
    _check_opening(shape, kind, source)
    for index, update in enumerate(shape.updates):
        route = ("updates", index)
        _check_state(update.state, kind, source, *route, "state")
        if update.severity is not None:
            _check_severity(update.severity, kind, source, *route, "severity")
        _check_severities(update.services, kind, source, *route, "services")
    if len(shape.updates) > MAX_UPDATES:
        what = f"{len(shape.updates)} updates are too many, at most {MAX_UPDATES}"
        source.wrong(f"{what}; go on in a second file", "updates", MAX_UPDATES)
    if len(shape.redirect_from) > MAX_ADDRESSES:
        what = f"{len(shape.redirect_from)} old addresses are too many"
        source.wrong(f"{what}; list at most {MAX_ADDRESSES}", "redirect_from", MAX_ADDRESSES)
    word = characters.mixed_word(shape.title)
    if word is not None:
        what = f"{quoted(word)} mixes alphabets whose letters look alike"
        source.wrong(f"{what}; write it in one", "title", level=Level.WARNING)


def _check_keys(kind: Kind, source: Source) -> None:
    for key, (kinds, remedy) in _KEYS_OF_KINDS.items():
        if kind not in kinds and source.has(key):
            source.wrong_key(f"'{key}' means nothing in {kind.noun}; {remedy}", key)
    if kind is Kind.MAINTENANCE:
        for key in ("starts", "ends"):
            if not source.has(key):
                what = f"missing key '{key}'; a maintenance has a window"
                source.wrong(f"{what}: write {key}: {times.EXAMPLE}")
    first = kind.first_key
    if not source.count("updates") and not source.has(first):
        what = f"missing key '{first}', as there are no updates"
        source.wrong(f"{what}; write {first}: {times.EXAMPLE}")


def _check_opening(shape: IncidentShape, kind: Kind, source: Source) -> None:
    if not shape.services and kind is Kind.INCIDENT:
        what = "an incident without services harms nothing"
        source.wrong(f"{what}; name some, or write severity: none for a notice", "services")
    if not shape.services and kind is Kind.MAINTENANCE:
        what = "some programs that read the API expect each maintenance to have a service"
        source.wrong(f"{what}; name those that it touches", "services", level=Level.WARNING)
    given = [severity for severity in shape.services.values() if severity is not None]
    found = timeline.worst(given)
    is_fitting = set(given) <= set(kind.severities)
    if given and is_fitting and found is not shape.severity:
        what = f"severity '{shape.severity}' is not the worst of the services, '{found}'"
        source.wrong(f"{what}; make them agree", "severity")


def _check_severities(
    services: dict[str, Severity | None], kind: Kind, source: Source, *route: str | int
) -> None:
    for name, severity in services.items():
        if severity is not None:
            _check_severity(severity, kind, source, *route, name)


def _check_severity(severity: Severity, kind: Kind, source: Source, *route: str | int) -> None:
    if severity not in kind.severities:
        what = f"severity '{severity}' is not for {kind.noun}"
        source.wrong(f"{what}; {one_of(kind.severities)}", *route)


def _check_state(state: State | None, kind: Kind, source: Source, *route: str | int) -> None:
    if state is not None and state not in kind.states:
        what = f"state '{state}' is not for {kind.noun}"
        source.wrong(f"{what}; {one_of(kind.states)}", *route)


def check_texts(shape: IncidentShape, body: str, line: int, source: Source) -> None:
    """Check that something is said, and that Markdown can bear it; *body* begins on *line*."""
    for index, update in enumerate(shape.updates):
        route = ("updates", index, "text")
        if not update.text:
            what = "this update says nothing; write a text: line"
            source.wrong(what, *route, level=Level.WARNING)
            continue
        source.check_markup(update.text, *route)
    if not shape.updates and not body:
        what = "nothing is said; write a text below the front matter, or updates"
        source.wrong(what, level=Level.WARNING)
    for flaw in limits.find_flaws(body):
        before = body[: flaw.offset]
        place = (line + before.count("\n"), flaw.offset - before.rfind("\n"))
        source.wrong_at(flaw.message, *place, level=flaw.level)


def update_of_body(
    shape: IncidentShape, body: str, started: datetime, kind: Kind, source: Source
) -> tuple[Update, ...]:
    """The one update of a file that has only a *body*; the top `state` is its state."""
    state = shape.state
    if state in timeline.SETTLED and shape.resolved is not None:
        state = None  # The resolution is a step of its own.
    elif state in timeline.SETTLED and kind is not Kind.MAINTENANCE:
        source.wrong(_UNSETTLED.format(state), "state")
    elif kind is Kind.MAINTENANCE and state not in (None, State.SCHEDULED):
        what = f"state '{state}' is said by no update, and the clock moves a maintenance"
        source.wrong(f"{what}; remove it, or write it in an update", "state")
    return (Update(at=started, text=body, state=state),)


def check_order(source: Source, zone: tzinfo) -> None:
    """Check that nothing ends before it begins, and that updates are oldest first.

    The times are those that can be read, whatever else is wrong with the file.
    """
    first = "announced" if source.has("announced") or source.has("starts") else "started"
    start: Route = (first,) if source.has(first) else ("updates", 0, "at")
    _check_after(start, ("starts",), source, zone)
    _check_after(("starts",), ("ends",), source, zone)
    _check_after(start, ("resolved",), source, zone, may_equal=True)
    _check_after(start, ("until",), source, zone)
    latest, before = start, _time(start, source, zone)
    for index in range(source.count("updates")):
        here: Route = ("updates", index, "at")
        at = _time(here, source, zone)
        if at is None or before is None or at >= before:
            latest, before = (latest, before) if at is None else (here, at)
            continue
        written, line = quoted(source.text(*here)), source.line(*latest)
        if latest == (first,):
            what = f"update {written} is before {first} (line {line}); write a later time"
        else:
            what = f"update {written} is before the one on line {line}; write them oldest first"
        source.wrong(what, *here)


def _check_after(
    earlier: Route, later: Route, source: Source, zone: tzinfo, *, may_equal: bool = False
) -> None:
    end = _time(later, source, zone)
    start = _time(earlier, source, zone) if end is not None else None
    if start is None or end is None or end > start or (end == start and may_equal):
        return
    relation = "before" if end < start else "the same as"
    name = str(earlier[0]) if len(earlier) == 1 else "the first update"
    what = f"{later[0]} {quoted(source.text(*later))} is {relation} {name}"
    source.wrong(f"{what} (line {source.line(*earlier)}); write a later time", *later)


def _time(route: Route, source: Source, zone: tzinfo) -> datetime | None:
    """The time at *route*, if there is one that can be read."""
    if not source.has(*route):
        return None
    try:
        return times.parse(source.text(*route), zone)
    except ValueError:
        return None


def check_retired(incident: Incident, source: Source, config: Config) -> None:
    """Check that no service is named that was retired before the file's day."""
    day = times.day_of(incident.dated, config.zone)
    for owner in _owners(source):
        for name in source.names(*owner, "services"):
            service = config.service_by_id.get(config.service_ids.get(name.text, ""))
            if service and service.retired and day > service.retired:
                what = f"{quoted(name.text)} was retired on {service.retired}, before this began"
                source.wrong_at(f"{what}; remove it", name.line, name.column)


def _owners(source: Source) -> Iterator[Route]:
    """Where services may be named: at the top, and in each update."""
    yield ()
    for index in range(source.count("updates")):
        yield ("updates", index)


def check_course(incident: Incident, source: Source) -> None:
    """Follow the updates: they have to add up, and to agree with the top of the file."""
    course = replay.trace(incident)
    for index, update in enumerate(incident.updates):
        if update.state is State.SCHEDULED and incident.starts and update.at >= incident.starts:
            what = "the clock does not move this maintenance any more"
            remedy = "to put it off, write the new window into starts and ends"
            source.wrong(f"{what}; {remedy}", "updates", index, "state", level=Level.WARNING)
    for fault in course.faults:
        source.wrong(fault.message, "updates", fault.update, fault.key, level=fault.level)
    _check_ids(course, source)
    if incident.resolved is not None:
        _check_resolved(incident, incident.resolved, source)
    # Whatever the clock does: a top `state` is about the file.
    state = timeline.last_state(incident) or incident.kind.first_state
    if incident.resolved is not None:
        state = course.state
    if incident.state is None or incident.state is state:
        return
    if not source.count("updates"):
        if incident.resolved is not None:
            line = source.line("resolved")
            what = f"state '{incident.state}' contradicts resolved (line {line})"
            source.wrong(f"{what}; write {state}, or remove it", "state")
    elif incident.state in timeline.SETTLED and incident.kind is not Kind.MAINTENANCE:
        source.wrong(_UNSETTLED.format(incident.state), "state")
    else:
        what = f"state '{incident.state}' is not what the updates end with, '{state}'"
        source.wrong(f"{what}; make them agree", "state")


def _check_ids(course: timeline.Timeline, source: Source) -> None:
    """Check that no update pins the id of another, or of one that the clock makes."""
    written = [step for step in course.steps if step.update is not None]
    owners = {step.id: index for index, step in enumerate(written) if not _is_pinned(step)}
    slug = course.incident.slug
    moved = {timeline.moved_id(slug, state) for state in course.incident.kind.states}
    for index, step in enumerate(written):
        if not _is_pinned(step):
            continue
        owner = owners.setdefault(step.id, index)
        if owner != index or step.id in moved:
            line = source.line("updates", owner)
            other = "one that the clock makes" if owner == index else f"the one on line {line}"
            what = f"the id {quoted(step.id)} is also that of {other}"
            source.wrong(f"{what}; write another, or remove it", "updates", index, "id")


def _is_pinned(step: timeline.Step) -> bool:
    return step.update is not None and step.update.id is not None


def _check_resolved(incident: Incident, resolved: datetime, source: Source) -> None:
    resolving = timeline.resolving_update(incident)
    said = f"resolved {quoted(source.text('resolved'))}"
    if resolving is None:
        if any(update.at > resolved and update.state for update in incident.updates):
            what = "an update after this time gives a state, which reopens the incident"
            remedy = "end with an update that says resolved"
            source.wrong(f"{what}; {remedy}", "resolved", level=Level.WARNING)
    elif resolved > incident.updates[resolving.update].at:
        line = source.line("updates", resolving.update, "at")
        what = f"{said} is after the update that resolves (line {line})"
        source.wrong(f"{what}; write an earlier time, or remove it", "resolved")
    elif resolved < resolving.opened:
        what = f"{said} is before the update that reopened the incident"
        source.wrong(f"{what}; write a later time", "resolved")
