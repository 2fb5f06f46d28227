"""Convert monitor events to changes to incident files."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from statusgen.authoring import flaps, lookup
from statusgen.authoring.compose import (
    FileChange,
    Workspace,
    new,
    standard,
    subject,
    unchanged,
    updated,
    withdrawn,
)
from statusgen.authoring.edit import IncidentFile
from statusgen.authoring.webhooks import MonitorEvent
from statusgen.config.settings import Config
from statusgen.content.fields import MAX_UPDATES
from statusgen.i18n.messages import Words
from statusgen.ids import id12
from statusgen.model import MONITOR, Incident, Kind, ServiceSeverity, Severity, State, Update
from statusgen.timeline import replay, timeline
from statusgen.timeline.timeline import SETTLED

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@-]{0,63}")


def apply_event(
    workspace: Workspace, event: MonitorEvent, *, taken: Collection[str] = ()
) -> list[FileChange]:
    """Return the changes that open, update, resolve or reopen an incident as *event* requires.

    If nothing changes, return the last file from its source unchanged, or nothing if there is none.
    Raises UsageError, EditError and ContentError.
    """
    config, now = workspace.config, workspace.now
    found = [
        (file, course.incident)
        for file, course in lookup.from_source(workspace.site, config, event_source(event))
    ]
    found.sort(key=_started)
    open_ones = [(file, one) for file, one in found if _is_open(one, now)]
    if open_ones:
        file, incident = open_ones[-1]
        if event.severity is Severity.NONE:
            return _recovery(workspace, event, file, incident)
        return _failure(workspace, event, file, incident, taken)
    if event.severity is Severity.NONE:
        return [unchanged(found[-1][0])] if found else []
    within = config.events.reopen_within
    if found and flaps.is_reopened(found[-1][1], now=now, within=within):
        return _reopening(workspace, event, *found[-1])
    return [new(workspace, _opening(workspace, event), taken=taken)]


def _is_open(incident: Incident, now: datetime) -> bool:
    return replay.trace(flaps.so_far(incident, now=now)).state not in SETTLED


def _recovery(
    workspace: Workspace, event: MonitorEvent, file: IncidentFile, incident: Incident
) -> list[FileChange]:
    """Return the change for a service that has recovered: the last one resolves the incident.

    An incident that was reopened often is resolved in the future, unless another failure follows.
    """
    config, now = workspace.config, workspace.now
    severities = replay.trace(incident).severities
    if severities.get(event.service, Severity.NONE) is Severity.NONE:
        return [unchanged(file)]
    rest = [severity for service, severity in severities.items() if service != event.service]
    at = max(now, incident.updates[-1].at)
    if timeline.worst(rest) is not Severity.NONE:
        return _one(updated(file, _update(workspace, event, at), now=now))
    text = event.text or standard(config, State.RESOLVED, Kind.INCIDENT)
    end = Update(at=at, state=State.RESOLVED, text=text, source=incident.source)
    wait = config.events.reopen_within
    if not wait or not flaps.is_flapping(incident):
        return _one(updated(file, end, now=now))
    change = updated(file, replace(end, at=at + wait), now=now)
    what = f"recovering until {(at + wait).astimezone(config.zone):%H:%M}"
    title = subject(incident.title, [event.service], what)
    return [replace(change, subject=title)] if change else []


def _failure(
    workspace: Workspace,
    event: MonitorEvent,
    file: IncidentFile,
    incident: Incident,
    taken: Collection[str],
) -> list[FileChange]:
    """Return the changes for a service that fails while its incident is open.

    A failure during a planned end removes that end, and adds an update only if it is worse.
    """
    now = workspace.now
    written = flaps.so_far(incident, now=now)
    severities = replay.trace(written).severities
    before = severities.get(event.service, Severity.NONE)
    is_interrupted = written is not incident
    if event.severity is before or (is_interrupted and event.severity.rank < before.rank):
        return [withdrawn(file, event.severity) if is_interrupted else unchanged(file)]
    if flaps.is_full(written):
        return _continuation(workspace, event, file, written, taken)
    update = _update(workspace, event, max(now, written.updates[-1].at))
    if is_interrupted:
        shorter = replace(file, text=withdrawn(file, event.severity).after)
        change = updated(shorter, update, now=now)
        return [replace(change, before=file.text)] if change else []
    return _one(updated(file, update, now=now))


def _reopening(
    workspace: Workspace, event: MonitorEvent, file: IncidentFile, incident: Incident
) -> list[FileChange]:
    """Return the change that reopens *incident*."""
    is_flapping = flaps.reopenings(incident) + 1 >= flaps.FLAPPING
    state = State.MONITORING if is_flapping else State.INVESTIGATING
    update = Update(
        at=max(workspace.now, incident.updates[-1].at),
        state=state,
        services=(ServiceSeverity(id=event.service, severity=event.severity),),
        text=event.text or standard(workspace.config, state, Kind.INCIDENT),
    )
    return _one(updated(file, update, now=workspace.now))


def _continuation(
    workspace: Workspace,
    event: MonitorEvent,
    file: IncidentFile,
    incident: Incident,
    taken: Collection[str],
) -> list[FileChange]:
    """Return the changes that end *incident*, which has many updates, and open another one."""
    now = workspace.now
    severities = {**replay.trace(incident).severities, event.service: event.severity}
    affected = {name: one for name, one in severities.items() if one is not Severity.NONE}
    opening = replace(
        _opening(workspace, event),
        severity=timeline.worst(affected.values()),
        services=tuple(ServiceSeverity(id=name, severity=one) for name, one in affected.items()),
    )
    say = Words(workspace.config.language, workspace.config.messages).say
    at = max(now, incident.updates[-1].at)
    end = Update(at=at, state=State.RESOLVED, text=say("standard.continued"))
    has_room = len(incident.updates) < MAX_UPDATES
    ended = _one(updated(file, end, now=now)) if has_room else []
    return [*ended, new(workspace, opening, taken=taken)]


def _one(change: FileChange | None) -> list[FileChange]:
    return [change] if change else []


def _update(workspace: Workspace, event: MonitorEvent, at: datetime) -> Update:
    services = (ServiceSeverity(id=event.service, severity=event.severity),)
    return Update(at=at, services=services, text=event.text or _summary(workspace.config, event))


def _opening(workspace: Workspace, event: MonitorEvent) -> Incident:
    text = event.text or standard(workspace.config, State.INVESTIGATING, Kind.INCIDENT)
    return Incident(
        slug="",
        title=event.title or _summary(workspace.config, event),
        severity=event.severity,
        services=(ServiceSeverity(id=event.service),),
        started=workspace.now,
        updates=(Update(at=workspace.now, state=State.INVESTIGATING, text=text),),
        source=event_source(event),
    )


def _summary(config: Config, event: MonitorEvent) -> str:
    """Summarize *event* as the page would: ``Public API: Major outage``."""
    say = Words(config.language, config.messages).say
    name = config.service_by_id[event.service].name
    return f"{say('label', label=name)} {say(f'severity.{event.severity}')}"


def _started(pair: tuple[IncidentFile, Incident]) -> tuple[datetime, str]:
    incident = pair[1]
    return (incident.started, incident.slug)


def event_source(event: MonitorEvent) -> str:
    """Return the `source` of an incident that *event* opens: its service and key.

    A key that is not valid in `source` is replaced with a digest of twelve characters.
    """
    key = event.key if _KEY.fullmatch(event.key) else event.key and id12("event", event.key)
    return f"{MONITOR}{event.service} {key}".rstrip()
