"""Convert monitor events to changes to incident files."""

import re
from collections.abc import Collection
from datetime import datetime

from statusgen.authoring import lookup
from statusgen.authoring.compose import FileChange, Workspace, new, standard, unchanged, updated
from statusgen.authoring.edit import IncidentFile
from statusgen.authoring.webhooks import MonitorEvent
from statusgen.config.settings import Config
from statusgen.i18n.messages import Words
from statusgen.ids import id12
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State, Update
from statusgen.timeline import replay, timeline
from statusgen.timeline.timeline import SETTLED

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@-]{0,63}")


def apply_event(
    workspace: Workspace, event: MonitorEvent, *, taken: Collection[str] = ()
) -> FileChange | None:
    """Return the change that opens, updates or resolves an incident as *event* requires.

    If nothing changes, return the last file from its source unchanged, or None if there is none.
    Raises UsageError, EditError and ContentError.
    """
    config, now = workspace.config, workspace.now
    found = sorted(lookup.from_source(workspace.site, config, event_source(event)), key=_started)
    open_ones = [(file, one) for file, one in found if replay.trace(one).state not in SETTLED]
    if not open_ones and event.severity is not Severity.NONE:
        return new(workspace, _opening(workspace, event), taken=taken)
    if not open_ones:
        return unchanged(found[-1][0]) if found else None
    file, incident = open_ones[-1]
    severities = replay.trace(incident).severities
    if severities.get(event.service, Severity.NONE) is event.severity:
        return unchanged(file)
    rest = [severity for service, severity in severities.items() if service != event.service]
    at = max(now, incident.updates[-1].at)
    if event.severity is Severity.NONE and timeline.worst(rest) is Severity.NONE:
        text = event.text or standard(config, State.RESOLVED, Kind.INCIDENT)
        return updated(file, Update(at=at, state=State.RESOLVED, text=text), now=now)
    services = (ServiceSeverity(id=event.service, severity=event.severity),)
    text = event.text or _summary(config, event)
    return updated(file, Update(at=at, services=services, text=text), now=now)


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
    return (pair[1].started, pair[1].slug)


def event_source(event: MonitorEvent) -> str:
    """Return the `source` of an incident that *event* opens: its service and key.

    A key that is not valid in `source` is replaced with a digest of twelve characters.
    """
    key = event.key if _KEY.fullmatch(event.key) else event.key and id12("event", event.key)
    return f"event {event.service} {key}".rstrip()
