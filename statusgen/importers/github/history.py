"""What was said and labelled over time to the updates of an incident.

People comment, set labels and close in any order. What happens within a minute of a comment belongs
to it; what happens without a word becomes an update with a standard sentence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from statusgen.authoring import compose
from statusgen.config.settings import Config
from statusgen.i18n.messages import Words
from statusgen.importers.github.issue_records import IssueAction
from statusgen.importers.github.labels import About
from statusgen.importers.github.last_import import TOGETHER
from statusgen.importers.github.trust import Labelling
from statusgen.markup import escape
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State, Update
from statusgen.timeline.timeline import SETTLED, worst

_TICK = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Said:
    """Something that becomes an update: a text, or at *at* only labels or the state changed.

    *state* is what the text itself says, *id* and *source* are those of the update.
    """

    at: datetime
    text: str = ""
    state: State | None = None
    is_opening: bool = False
    id: str | None = None
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class StateMove:
    """From *at* on the work stands at *state*."""

    at: datetime
    state: State


class UpdateBuilder:
    """The services and the severity of an issue over time, and the updates that tell of them.

    What is labelled until *published*, and at once after it, holds from the beginning, and so does
    what is said for the first time later. *services* and *severity* are those of the body, or with
    *are_all* those of the beginning, whoever named them.
    """

    def __init__(  # noqa: PLR0913, all that is known of an issue
        self,
        config: Config,
        kind: Kind,
        labellings: Sequence[Labelling],
        *,
        published: datetime,
        services: Sequence[str] = (),
        severity: Severity | None = None,
        are_all: bool = False,
    ) -> None:
        self.config = config
        self.kind = kind
        self.labellings = labellings
        self.settled = published + TOGETHER
        self.severity = severity
        self.services = self._unlabelled(services) if are_all else services

    def opening(self) -> tuple[list[str], Severity | None]:
        """The services and the severity at the beginning, None if nobody ever said one."""
        services = self._services(self._first(About.SERVICE, has=bool(self.services)))
        if self.kind is Kind.MAINTENANCE:
            return (services, Severity.MAINTENANCE)
        has = self.severity is not None
        return (services, self._severity(self._first(About.SEVERITY, has=has)) or self.severity)

    def _unlabelled(self, services: Sequence[str]) -> Sequence[str]:
        """Those of *services* at the beginning that no label had named: the body did."""

        def rest(at: datetime) -> list[str]:
            named = self._in_force(About.SERVICE, at)
            return [one for one in services if one not in named]

        # Labels that come later tell of the beginning only where the body names nothing.
        return rest(self._first(About.SERVICE, has=False)) and rest(self.settled)

    def _first(self, about: About, *, has: bool) -> datetime:
        """Until when labels *about* something tell of the beginning."""
        if has or self._in_force(about, self.settled):
            return self.settled
        later = (
            one.event.at
            for one in self._about(about)
            if one.event.deed is IssueAction.LABELED and one.event.at > self.settled
        )
        first = next(later, None)
        return first + TOGETHER if first else self.settled

    def _in_force(self, about: About, at: datetime) -> list[str]:
        """What labels *about* something said at *at*."""
        found: dict[str, str] = {}
        for one in self._about(about):
            if one.event.at > at:
                break
            if one.event.deed is IssueAction.LABELED:
                found[one.event.label.casefold()] = one.meaning.word
            else:
                found.pop(one.event.label.casefold(), None)
        return list(found.values())

    def _about(self, *about: About) -> Iterator[Labelling]:
        return (one for one in self.labellings if one.meaning.about in about)

    def _services(self, at: datetime) -> list[str]:
        """All services that were named at *at*, in the order of the settings."""
        names = {*self.services, *self._in_force(About.SERVICE, at)}
        return [service.id for service in self.config.services if service.id in names]

    def _severity(self, at: datetime) -> Severity | None:
        found = [Severity(word) for word in self._in_force(About.SEVERITY, at)]
        return worst(found) if found else None

    def updates(
        self, incident: Incident, said: Sequence[Said], moves: Sequence[StateMove]
    ) -> Iterator[Update]:
        """The updates of *incident*, oldest first; *moves* are those of *said*, too, in order."""
        steps = self._steps(incident.kind, said, moves)
        ends = [step.at - _TICK for step in steps[1:]]
        severities = {one.id: incident.severity for one in incident.services}
        clock = _Clock(incident)
        state: State | None = None
        done = 0  # moves that have been told
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
                told = {} if moved else changed
                yield Update(
                    at=step.at,
                    text=step.text or self._sentence(state, told, is_early=clock.is_early(step.at)),
                    state=moved,
                    services=tuple(
                        ServiceSeverity(id=one, severity=s) for one, s in changed.items()
                    ),
                    source=step.source,
                    id=step.id,
                )

    def _steps(self, kind: Kind, said: Sequence[Said], moves: Sequence[StateMove]) -> list[Said]:
        """What is *said*, and the moments at which something changed without a word."""
        changes = [(move.at, move.state in SETTLED) for move in moves]
        if kind is not Kind.NOTICE:
            labelled = self._about(About.SERVICE, About.SEVERITY)
            changes += [(one.event.at, False) for one in labelled if one.event.at > self.settled]
        steps = list(said)
        for at, is_settling in sorted(changes):
            if not any(_covers(step, at, is_settling=is_settling) for step in steps):
                steps.append(Said(at=at))
        return sorted(steps, key=lambda step: step.at)

    def _changed(
        self, severities: dict[str, Severity], at: datetime, kind: Kind
    ) -> dict[str, Severity]:
        """The services that have another severity at *at* than *severities* says."""
        if at <= self.settled or kind is Kind.NOTICE:
            return {}
        # Without any service it goes on with those that it touches still, not with all it ever did.
        touched = {one: each for one, each in severities.items() if each is not Severity.NONE}
        services = self._services(at) or [*touched]
        level = Severity.MAINTENANCE
        if kind is Kind.INCIDENT:
            shown = worst(touched.values()) if touched else self.config.github.severity
            level = self._severity(at) or shown
        wanted = dict.fromkeys(severities, Severity.NONE) | dict.fromkeys(services, level)
        return {
            one: severity for one, severity in wanted.items() if severities.get(one) is not severity
        }

    def _sentence(
        self, state: State | None, changed: dict[str, Severity], *, is_early: bool
    ) -> str:
        """What is said where nobody has said anything, in the language of the site."""
        say = Words(self.config.language, self.config.messages).say
        if not changed and is_early and state is State.COMPLETED:
            return say("cancelled")
        if not changed:
            return compose.standard(self.config, state or self.kind.first_state, self.kind)
        return "\n".join(
            escape.escape(
                f"{say('label', label=self.config.service_by_id[one].name)}"
                f" {say(f'severity.{severity}')}"
            )
            for one, severity in changed.items()
        )


class _Clock:
    """Where the clock has moved planned work, until somebody says a state in its window."""

    def __init__(self, incident: Incident) -> None:
        self.starts = incident.starts
        self.ends = incident.ends
        self.is_running = incident.kind is Kind.MAINTENANCE

    def is_early(self, at: datetime) -> bool:
        """Whether the work is planned to begin after *at*."""
        return self.starts is not None and at < self.starts

    def state(self, state: State | None, at: datetime) -> State | None:
        """The state at *at*, where *state* was said last."""
        if not self.is_running or self.starts is None or self.ends is None:
            return state
        if at < self.starts:
            return state or State.SCHEDULED
        return State.IN_PROGRESS if at < self.ends else State.COMPLETED

    def stop(self, at: datetime, state: State) -> None:
        """Somebody says *state* at *at*; work that is planned again goes by the clock again."""
        self.is_running = self.is_early(at) and state not in SETTLED


def _covers(step: Said, at: datetime, *, is_settling: bool) -> bool:
    """Whether what happened at *at* is told by *step*.

    An incident is not over as it begins, nor by words that say that it goes on.
    """
    if is_settling and (step.is_opening or (step.state and step.state not in SETTLED)):
        return False
    return abs(step.at - at) <= TOGETHER
