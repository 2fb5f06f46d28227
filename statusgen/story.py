"""The course of a file to its `IncidentView`: what it has said by a moment, and what is to come."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from statusgen.config import Config
from statusgen.ids import id12
from statusgen.language import Language
from statusgen.model import Incident, Kind, Service, Severity, State
from statusgen.timeline import SETTLED, Step, Timeline, worst
from statusgen.views import Change, IncidentView, Spell, Touched, UpdateView


def url_of(service: Service) -> str:
    """The page of *service*."""
    return f"services/{service.id}.html"


def tell(
    whole: Timeline, *, now: datetime, config: Config, language: Language
) -> tuple[IncidentView, Timeline]:
    """What the file of the course *whole* says at *now*, and its course until then."""
    incident, course = whole.incident, whole.until(now)
    coming = whole.steps[len(course.steps) :]
    starting = _clock_step(coming, State.IN_PROGRESS)
    ending = _clock_step(coming, State.COMPLETED)
    touching = starting.severities if starting else course.severities if ending else {}
    view = IncidentView(
        id=incident.record_id,
        slug=incident.slug,
        title=incident.title,
        kind=incident.kind,
        url=f"incidents/{incident.slug}.html",
        started=incident.started,
        ended=course.ended,
        dated=incident.dated,
        starts=incident.starts,
        ends=incident.ends,
        until=incident.until,
        state=course.state,
        severity=course.severity,
        worst=course.worst,
        is_open=course.is_open,
        is_cancelled=course.is_cancelled,
        pin=incident.pin,
        notify=incident.notify,
        services=tuple(_touched(course, config, now)),
        updates=tuple(_updates(course, config, language)),
        body=incident.body,
        stretches=tuple(course.stretches),
        clock_starts=starting.at if starting else None,
        clock_ends=ending.at if ending else None,
        will_touch=frozenset(
            service for service, severity in touching.items() if severity is not Severity.NONE
        ),
        source=incident.source,
        history_url=_history_url(config.repository, incident),
        extra=incident.extra,
    )
    return (view, course)


def _clock_step(coming: Iterable[Step], state: State) -> Step | None:
    """The step to *state* that nobody has written, if it is *coming*."""
    return next((step for step in coming if step.update is None and step.state is state), None)


def _history_url(repository: str | None, incident: Incident) -> str | None:
    """Where GitHub shows the history of a file, below the address of the site's folder."""
    if repository is None:
        return None
    path = quote(f"incidents/{incident.folder}{incident.slug}.md")
    if "/tree/" in repository:
        return f"{repository.replace('/tree/', '/commits/', 1)}/{path}"
    return f"{repository}/commits/HEAD/{path}"


def _touched(course: Timeline, config: Config, now: datetime) -> Iterable[Touched]:
    worsts = course.worsts
    for name, severity in course.severities.items():
        service = config.service_by_id[name]
        yield Touched(
            id=name,
            name=service.name,
            url=url_of(service),
            severity=severity,
            worst=worsts[name],
            # Work begun early is felt, but its window is still to come.
            spells=tuple(spell for spell in _spells(course, name) if spell.start <= now),
        )


def _spells(course: Timeline, service: str) -> Iterable[Spell]:
    """How it went for *service*; planned work counts from its window on."""
    first = course.incident.dated
    start, felt = first, Severity.NONE
    for change in course.changes:
        severity = change.severities.get(service, Severity.NONE)
        if severity is felt:
            continue
        if felt is not Severity.NONE and start < change.at:
            yield Spell(start=start, end=change.at, severity=felt)
        start, felt = max(first, change.at), severity
    if felt is not Severity.NONE:
        yield Spell(start=start, end=None, severity=felt)


def _updates(course: Timeline, config: Config, language: Language) -> Iterable[UpdateView]:
    """The updates, newest first."""
    views = []
    before: Step | None = None
    for step in course.steps:
        changes = _changes(before, step, config) if before else ()
        views.append(_update(step, course.incident, tuple(changes), language))
        before = step
    return reversed(views)


def _changes(before: Step, step: Step, config: Config) -> Iterable[Change]:
    # To say of each service that it is well again says nothing new where all of it is over.
    if step.state in SETTLED or before.state in (*SETTLED, State.SCHEDULED):
        return
    for name, severity in step.severities.items():
        if before.severities.get(name) is not severity:
            service = config.service_by_id[name]
            yield Change(name=service.name, url=url_of(service), severity=severity)


def _update(
    step: Step, incident: Incident, changes: tuple[Change, ...], language: Language
) -> UpdateView:
    text = step.update.text if step.update else ""
    standard = None
    if not text and incident.kind is not Kind.NOTICE:
        standard = f"standard.{step.state}"
    elif not text and step.update is None:
        standard = "standard.ended"
    return UpdateView(
        id=id12("update", step.key),
        at=step.at,
        state=step.state,
        severity=worst(step.severities.values()),
        severities=step.severities,
        changes=changes,
        is_written=step.update is not None,
        notify=incident.notify and (step.update is None or step.update.notify),
        standard=standard,
        text=language.say(standard) if standard else text,
        extra=step.update.extra if step.update else {},
    )
