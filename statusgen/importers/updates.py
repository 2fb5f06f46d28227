"""Build the updates of an incident from the timed events in a source.

People add comments and labels and move cards in any order. A change within a minute of a message
becomes part of it; a change without a message becomes an update with a standard sentence.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from statusgen.authoring import compose
from statusgen.config.settings import Config
from statusgen.i18n.language import Language
from statusgen.i18n.messages import Words
from statusgen.ids import id12
from statusgen.markup import escape
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State, Update
from statusgen.timeline.timeline import SETTLED, worst
from statusgen.times import written

TOGETHER = timedelta(seconds=60)  # events this close together become one update

_TICK = timedelta(seconds=1)
_DASH = " \N{EN DASH} "
_WINDOW = "window"  # `source` of the updates that report a new maintenance window


@dataclass(frozen=True, kw_only=True)
class SourceMessage:
    """A message that becomes an update; without text, a change to labels or the state at *at*.

    *state* is the state that the text names. *id*, *source* and *extra* are copied to the update.
    """

    at: datetime
    text: str = ""
    state: State | None = None
    is_opening: bool = False
    id: str | None = None
    source: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StateMove:
    """A change to *state* at *at*."""

    at: datetime
    state: State


class EffectHistory(Protocol):
    """The services and the severity of an incident over time.

    Changes up to *settled* apply from the beginning.
    """

    @property
    def settled(self) -> datetime:
        """The last moment at which a change still applies from the beginning."""

    def changes(self) -> Iterable[datetime]:
        """Return the times of later changes to the services or the severity."""

    def services(self, at: datetime) -> Sequence[str]:
        """Return the ids of the services that are affected at *at*."""

    def severity(self, at: datetime) -> Severity | None:
        """Return the severity at *at*, None if none is set."""


def window_messages(
    accepted: Incident | None, incident: Incident, config: Config, *, key: str, now: datetime
) -> list[SourceMessage]:
    """Return a message for each move of the maintenance window of *incident*.

    *accepted* is the incident as last imported, and has the earlier moves; *key* is unique to the
    item. Calendars show a new window only if the number of updates grows.
    """
    if accepted is None or accepted.starts is None or accepted.ends is None:
        return []
    found = [
        SourceMessage(at=one.at, text=one.text, id=one.id, source=_WINDOW)
        for one in accepted.updates
        if one.source == _WINDOW
    ]
    has_moved = (accepted.starts, accepted.ends) != (incident.starts, incident.ends)
    if has_moved and not accepted.draft and incident.starts and incident.ends:
        at = now.replace(microsecond=0)
        language = Language(config.language, config.messages)
        times = [language.moment(one, config.zone) for one in (incident.starts, incident.ends)]
        text = f"{language.say('label', label=language.say('window'))} {_DASH.join(times)}"
        parts = (_WINDOW, key, *map(written, (at, incident.starts, incident.ends)))
        new_id = id12("update", ":".join(parts))
        found.append(SourceMessage(at=at, text=escape.escape(text), id=new_id, source=_WINDOW))
    return found


class UpdateBuilder:
    """A builder of updates from messages, moves and *effects*.

    *default* is the severity to use if none is set.
    """

    def __init__(self, config: Config, effects: EffectHistory, *, default: Severity) -> None:
        self.config = config
        self.effects = effects
        self.default = default

    def updates(
        self, incident: Incident, messages: Sequence[SourceMessage], moves: Sequence[StateMove]
    ) -> Iterator[Update]:
        """Yield the updates of *incident*, oldest first.

        *moves* are sorted by time, and include the states named in *messages*.
        """
        steps = self._steps(incident.kind, messages, moves)
        ends = [step.at - _TICK for step in steps[1:]]
        severities = {one.id: incident.severity for one in incident.services}
        clock = _Clock(incident)
        state: State | None = None
        done = 0  # moves that are already part of an update
        for step, end in zip(steps, [*ends, None], strict=True):
            until = min(step.at + TOGETHER, end) if end else step.at + TOGETHER
            fresh = [move for move in moves[done:] if move.at <= until]
            done += len(fresh)
            now = step.state or (fresh[-1].state if fresh else None)
            if step.is_opening and incident.kind is not Kind.MAINTENANCE:
                now = now or incident.kind.first_state
            state = clock.state(state, step.at)
            moved = now if now is not state else None
            if moved is not None:
                state = moved
                clock.stop(step.at, state)
            changed: dict[str, Severity] = {}
            if state not in SETTLED:
                changed = self._changed(severities, until, incident.kind)
                severities |= changed
            if step.text or step.is_opening or moved or changed:
                is_early = clock.is_early(step.at)
                effects = {} if moved else changed
                sentence = self._sentence(incident.kind, state, effects, is_early=is_early)
                yield Update(
                    at=step.at,
                    text=step.text or sentence,
                    state=moved,
                    services=tuple(
                        ServiceSeverity(id=one, severity=s) for one, s in changed.items()
                    ),
                    source=step.source,
                    id=step.id,
                    extra=step.extra,
                )

    def _steps(
        self, kind: Kind, messages: Sequence[SourceMessage], moves: Sequence[StateMove]
    ) -> list[SourceMessage]:
        """Return *messages*, and an empty one for each change without a message, in order."""
        changes = [(move.at, move.state in SETTLED) for move in moves]
        if kind is not Kind.NOTICE:
            changes += [(at, False) for at in self.effects.changes()]
        steps = list(messages)
        for at, is_settling in sorted(changes):
            if not any(_covers(step, at, is_settling=is_settling) for step in steps):
                steps.append(SourceMessage(at=at))
        return sorted(steps, key=lambda step: step.at)

    def _changed(
        self, severities: dict[str, Severity], at: datetime, kind: Kind
    ) -> dict[str, Severity]:
        """Return the severities at *at* that differ from *severities*, by service."""
        if at <= self.effects.settled or kind is Kind.NOTICE:
            return {}
        # If no service is set, keep those that are still affected, not all that ever were.
        touched = {one: each for one, each in severities.items() if each is not Severity.NONE}
        services = self.effects.services(at) or [*touched]
        level = Severity.MAINTENANCE
        if kind is Kind.INCIDENT:
            shown = worst(touched.values()) if touched else self.default
            level = self.effects.severity(at) or shown
        wanted = dict.fromkeys(severities, Severity.NONE) | dict.fromkeys(services, level)
        return {
            one: severity for one, severity in wanted.items() if severities.get(one) is not severity
        }

    def _sentence(
        self,
        kind: Kind,
        state: State | None,
        changed: dict[str, Severity],
        *,
        is_early: bool,
    ) -> str:
        """Return the standard text for an update, in the site's language."""
        say = Words(self.config.language, self.config.messages).say
        if not changed and is_early and state is State.COMPLETED:
            return say("cancelled")
        if not changed:
            return compose.standard(self.config, state or kind.first_state, kind)
        return "\n".join(
            escape.escape(
                f"{say('label', label=self.config.service_by_id[one].name)}"
                f" {say(f'severity.{severity}')}"
            )
            for one, severity in changed.items()
        )


def severity_maps(incident: Incident) -> Iterator[tuple[datetime, Mapping[str, Severity]]]:
    """Yield the severity of each service at the start of *incident* and at each change."""
    found = {one.id: one.severity or incident.severity for one in incident.services}
    yield (incident.started, found)
    for update in incident.updates:
        if update.severity or update.services:
            level = update.severity or incident.severity
            if not update.services:
                found = dict.fromkeys(found, level)
            found = found | {one.id: one.severity or level for one in update.services}
            yield (update.at, found)


class _Clock:
    """The automatic state of maintenance, until a person sets a state during its window."""

    def __init__(self, incident: Incident) -> None:
        self.starts = incident.starts
        self.ends = incident.ends
        self.is_running = incident.kind is Kind.MAINTENANCE

    def is_early(self, at: datetime) -> bool:
        """Return whether the maintenance starts after *at*."""
        return self.starts is not None and at < self.starts

    def state(self, state: State | None, at: datetime) -> State | None:
        """Return the state at *at*, where *state* is the one that was last set."""
        if not self.is_running or self.starts is None or self.ends is None:
            return state
        if at < self.starts:
            return state or State.SCHEDULED
        return State.IN_PROGRESS if at < self.ends else State.COMPLETED

    def stop(self, at: datetime, state: State) -> None:
        """Stop because of *state*, set at *at*, unless that is an open state before the window."""
        self.is_running = self.is_early(at) and state not in SETTLED


def _covers(step: SourceMessage, at: datetime, *, is_settling: bool) -> bool:
    """Return whether *step* includes the change at *at*.

    Neither the opening nor a message with an open state includes the end of the incident.
    """
    if is_settling and (step.is_opening or (step.state and step.state not in SETTLED)):
        return False
    return abs(step.at - at) <= TOGETHER
