"""Checks for incident files whose individual values are valid.

They cover the keys and words allowed in each kind of file, the order of times, and the consistency
of the updates. Each problem has a position and a remedy.
"""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from statusgen import characters, times
from statusgen.config.settings import Config
from statusgen.content.fields import MAX_UPDATES, IncidentShape
from statusgen.markup import limits
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import Level, one_of, quoted
from statusgen.schema.old_addresses import MAX_ADDRESSES
from statusgen.schema.validation import MAX_PROBLEMS, more
from statusgen.schema.yaml_document import Route, Source
from statusgen.timeline import replay, timeline

# Keys that apply only to some kinds: these kinds, and the remedy for other kinds.
_KEYS_OF_KINDS = {
    "started": ((Kind.INCIDENT, Kind.NOTICE), "use 'announced', 'starts' and 'ends'"),
    "resolved": ((Kind.INCIDENT, Kind.NOTICE), "use 'ends', or an update with state: completed"),
    "starts": ((Kind.MAINTENANCE,), "use 'started', or severity: maintenance"),
    "ends": ((Kind.MAINTENANCE,), "use 'resolved', or severity: maintenance"),
    "announced": ((Kind.MAINTENANCE,), "use 'started', or severity: maintenance"),
    "until": ((Kind.NOTICE,), ""),
}

_ONLY_NOTICES = "'until' applies only to notices; remove it"

_UNSETTLED = (
    "state is '{0}', but no update says so;"
    " add an update with state: {0}, or when it happened: resolved: 2026-11-20 10:40"
)


def check_names(source: Source, config: Config) -> None:
    """Check that every service exists in *config* and is listed once in each `services`."""
    for owner in _owners(source):
        seen: dict[str, str] = {}
        for index, name in enumerate(source.names(*owner, "services")):
            if len(source.problems) > MAX_PROBLEMS:
                source.problems.append(more(source.path, source.problems))
                return
            found = config.service_ids.get(name)
            if found is None:
                what = f"{quoted(name)} is not a service of this site"
                remedy = config.service_remedy(name)
                source.wrong_name(f"{what}; {remedy}", index, *owner, "services")
            elif found in seen:
                what = _repeated(name, seen[found], found)
                source.wrong_name(what, index, *owner, "services")
            else:
                seen[found] = name


def _repeated(name: str, other: str, service: str) -> str:
    """Return the message for a list in which *name* and *other* both refer to *service*."""
    if name == other:
        return f"service {quoted(name)} is listed twice; list it once"
    alias = other if name == service else name
    also = "" if service in (name, other) else f" as {quoted(other)}"
    what = f"{quoted(alias)} is an alias of {quoted(service)}, which is also listed{also}"
    return f"{what}; list the service once"


def check_shape(shape: IncidentShape, kind: Kind, source: Source) -> None:
    """Check that the keys and words in *shape* are valid for its *kind*."""
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
        what = f"the file has {len(shape.updates)} updates, more than {MAX_UPDATES}"
        source.wrong(f"{what}; continue in a second file", "updates", MAX_UPDATES)
    if len(shape.redirect_from) > MAX_ADDRESSES:
        what = f"the file has {len(shape.redirect_from)} old addresses, more than {MAX_ADDRESSES}"
        source.wrong(f"{what}; remove some", "redirect_from", MAX_ADDRESSES)
    word = characters.mixed_word(shape.title)
    if word is not None:
        what = f"{quoted(word)} mixes alphabets whose letters look alike"
        source.wrong(f"{what}; write it in one alphabet", "title", level=Level.WARNING)


def _check_keys(kind: Kind, source: Source) -> None:
    for key, (kinds, remedy) in _KEYS_OF_KINDS.items():
        if kind not in kinds and source.has(key):
            what = f"'{key}' does not apply to {kind.noun}; {remedy}"
            source.wrong_key(what if remedy else _ONLY_NOTICES, key)
    if kind is Kind.MAINTENANCE:
        for key in ("starts", "ends"):
            if not source.has(key):
                source.wrong_missing(key, times.EXAMPLE, "maintenance needs a window")
    first = kind.first_key
    is_renamed = first == "started" and (source.has("starts") or source.has("announced"))
    if not source.count("updates") and not source.has(first) and not is_renamed:
        source.wrong_missing(first, times.EXAMPLE, "the file has no updates")


def _check_opening(shape: IncidentShape, kind: Kind, source: Source) -> None:
    if not shape.services and kind is Kind.INCIDENT:
        what = "an incident must affect at least one service"
        source.wrong(f"{what}; list it, or use severity: none for a notice", "services")
    if not shape.services and kind is Kind.MAINTENANCE:
        what = "maintenance lists no service, which some API clients require"
        remedy = "list the affected services"
        source.wrong(f"{what}; {remedy}", "services", level=Level.WARNING)
    severities = [severity for severity in shape.services.values() if severity is not None]
    worst = timeline.worst(severities)
    are_allowed = set(severities) <= set(kind.severities)
    if severities and are_allowed and worst is not shape.severity:
        what = f"severity '{shape.severity}' is not the worst severity of the services"
        remedy = f"change it to {worst}"
        if worst is Severity.NONE:  # Such a file would be a notice.
            remedy = f"set at least one service to {shape.severity}"
        source.wrong(f"{what}; {remedy}", "severity")


def _check_severities(
    services: dict[str, Severity | None], kind: Kind, source: Source, *route: str | int
) -> None:
    for name, severity in services.items():
        if severity is not None:
            _check_severity(severity, kind, source, *route, name)


def _check_severity(severity: Severity, kind: Kind, source: Source, *route: str | int) -> None:
    if severity not in kind.severities:
        what = f"severity '{severity}' does not apply to {kind.noun}"
        source.wrong(f"{what}; {one_of(kind.severities)}", *route)


def _check_state(state: State | None, kind: Kind, source: Source, *route: str | int) -> None:
    if state is not None and state not in kind.states:
        what = f"state '{state}' does not apply to {kind.noun}"
        source.wrong(f"{what}; {one_of(kind.states)}", *route)


def check_texts(shape: IncidentShape, body: str, line: int, source: Source) -> None:
    """Check that the file has text, and check its Markdown; *body* starts on *line*."""
    for index, update in enumerate(shape.updates):
        route = ("updates", index, "text")
        if not update.text:
            what = "this update has no text; add a text: line"
            if not source.has_problem(*route):  # A comment, for example, has cut it off.
                source.wrong(what, *route, level=Level.WARNING)
            continue
        source.check_markup(update.text, *route)
    if not shape.updates and not body:
        what = "the file has no text; write one below the front matter, or add updates"
        source.wrong(what, level=Level.WARNING)
    for flaw in limits.find_flaws(body, pictures=source.pictures):
        before = body[: flaw.offset]
        place = (line + before.count("\n"), flaw.offset - before.rfind("\n"))
        source.wrong_at(flaw.message, *place, level=flaw.level)


def update_of_body(
    shape: IncidentShape, body: str, started: datetime, kind: Kind, source: Source
) -> tuple[Update, ...]:
    """Return the only update of a file with just a *body*; its state is the top-level `state`."""
    state = shape.state
    if state in timeline.SETTLED and shape.resolved is not None:
        state = None  # The timeline resolves it in a separate step.
    elif state in timeline.SETTLED and kind is not Kind.MAINTENANCE:
        source.wrong(_UNSETTLED.format(state), "state")
    elif kind is Kind.MAINTENANCE and state in kind.states and state is not kind.first_state:
        what = f"state '{state}' is set by no update, and maintenance follows the clock"
        source.wrong(f"{what}; remove it, or add an update with this state", "state")
    return (Update(at=started, text=body, state=state),)


def check_order(source: Source, zone: tzinfo) -> None:
    """Check that ends come after starts, and that updates are in order.

    Also works on files with other problems; invalid times are skipped.
    """
    first = "announced" if source.has("announced") or source.has("starts") else "started"
    start: Route = (first,) if source.has(first) else ("updates", 0, "at")
    severity = source.text("severity")
    if severity == Severity.MAINTENANCE or severity not in set(Severity):
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
            what = f"update {written} is before '{first}' (line {line}); use a later time"
        else:
            remedy = "sort updates oldest first, or run: statusgen check --fix"
            what = f"update {written} is earlier than the one on line {line}; {remedy}"
            source.wrong(what, *here)
            return  # Sorting repairs the rest too.
        source.wrong(what, *here)


def _check_after(
    earlier: Route, later: Route, source: Source, zone: tzinfo, *, may_equal: bool = False
) -> None:
    end = _time(later, source, zone)
    start = _time(earlier, source, zone) if end is not None else None
    if start is None or end is None or end > start or (end == start and may_equal):
        return
    relation = "before" if end < start else "equal to"
    name = f"'{earlier[0]}'" if len(earlier) == 1 else "the first update"
    what = f"'{later[0]}' ({quoted(source.text(*later))}) is {relation} {name}"
    source.wrong(f"{what} (line {source.line(*earlier)}); use a later time", *later)


def _time(route: Route, source: Source, zone: tzinfo) -> datetime | None:
    """Return the time at *route*, or None if it is missing or invalid."""
    if not source.has(*route):
        return None
    try:
        return times.parse(source.text(*route), zone)
    except ValueError:
        return None


def check_retired(incident: Incident, source: Source, config: Config) -> None:
    """Check that no affected service was retired before the incident began."""
    if all(service.retired is None for service in config.services):
        return
    day = times.day_of(incident.dated, config.zone)
    for owner in _owners(source):
        for index, name in enumerate(source.names(*owner, "services")):
            service = config.service_by_id.get(config.service_ids.get(name, ""))
            if service and service.retired and day > service.retired:
                what = f"{quoted(name)} was retired on {service.retired}, before this began"
                source.wrong_name(f"{what}; remove it", index, *owner, "services")


def _owners(source: Source) -> Iterator[Route]:
    """Yield the routes of maps that may have `services`: the top level and each update."""
    yield ()
    for index in range(source.count("updates")):
        yield ("updates", index)


def check_course(incident: Incident, source: Source) -> timeline.Timeline:
    """Check that the updates are consistent, and agree with the top-level keys.

    Return the timeline, so that nothing else has to compute it.
    """
    course = replay.trace(incident)
    for index, update in enumerate(incident.updates):
        if update.state is State.SCHEDULED and incident.starts and update.at >= incident.starts:
            what = "this maintenance no longer follows the clock"
            remedy = "to reschedule it, change 'starts' and 'ends'"
            source.wrong(f"{what}; {remedy}", "updates", index, "state", level=Level.WARNING)
    for fault in course.faults:
        source.wrong(fault.message, "updates", fault.update, fault.key, level=fault.level)
    _check_ids(course, source)
    if incident.resolved is not None:
        _check_resolved(incident, incident.resolved, source)
    # The top-level `state` repeats that of the updates; the clock does not change it.
    state = timeline.last_state(incident) or incident.kind.first_state
    if incident.resolved is not None:
        state = course.state
    if incident.state is not None and incident.state is not state:
        _report_state(incident, incident.state, state, source)
    return course


def _report_state(incident: Incident, top: State, state: State, source: Source) -> None:
    """Report that the top-level state *top* is not the *state* that the file implies."""
    if incident.resolved is not None and timeline.last_state(incident) is not state:
        what = f"state '{top}' contradicts 'resolved' (line {source.line('resolved')})"
        source.wrong(f"{what}; use {state}, or remove it", "state")
        return
    if not source.count("updates"):
        return
    earlier = {update.state for update in incident.updates}
    if top in timeline.SETTLED and top not in earlier and incident.kind is not Kind.MAINTENANCE:
        source.wrong(_UNSETTLED.format(top), "state")
    elif timeline.last_state(incident) is None:
        what = f"state is '{top}', but no update says so"
        source.wrong(f"{what}; remove it, or add an update with state: {top}", "state")
    else:
        what = f"state is '{top}', but the last update says '{state}'; change it to {state}"
        can_fix = top in earlier or top is incident.kind.first_state
        source.wrong(f"{what}, or run: statusgen check --fix" if can_fix else what, "state")


def _check_ids(course: timeline.Timeline, source: Source) -> None:
    """Check that no update's fixed id is also the id of another or an automatic update."""
    written = [step for step in course.steps if step.update is not None]
    if not any(map(_is_pinned, written)):
        return
    owners = {step.id: index for index, step in enumerate(written) if not _is_pinned(step)}
    slug = course.incident.slug
    moved = {timeline.moved_id(slug, state) for state in course.incident.kind.states}
    for index, step in enumerate(written):
        if not _is_pinned(step):
            continue
        owner = owners.setdefault(step.id, index)
        if owner != index or step.id in moved:
            line = source.line("updates", owner)
            other = "an automatic update" if owner == index else f"the update on line {line}"
            what = f"id {quoted(step.id)} is also the id of {other}"
            source.wrong(f"{what}; use another, or remove it", "updates", index, "id")


def _is_pinned(step: timeline.Step) -> bool:
    return step.update is not None and step.update.id is not None


def _check_resolved(incident: Incident, resolved: datetime, source: Source) -> None:
    resolving = timeline.resolving_update(incident)
    end = f"'resolved' ({quoted(source.text('resolved'))})"
    if resolving is None:
        if any(update.at > resolved and update.state for update in incident.updates):
            what = "an update after this time sets a state and reopens the incident"
            remedy = "end with an update with state: resolved"
            source.wrong(f"{what}; {remedy}", "resolved", level=Level.WARNING)
    elif resolved > incident.updates[resolving.update].at:
        line = source.line("updates", resolving.update, "at")
        what = f"{end} is after the resolving update (line {line})"
        source.wrong(f"{what}; use an earlier time, or remove it", "resolved")
    elif resolved < resolving.opened:
        what = f"{end} is before the update that reopened the incident"
        source.wrong(f"{what}; use a later time", "resolved")
