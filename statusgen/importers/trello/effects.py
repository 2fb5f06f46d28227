"""Determine the affected services of a card and their severity over time.

Trello records a label change only if a program set all labels of a card at once. Any other change
gets the time of the first import that sees it. Earlier changes are read from the file that the last
import wrote.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from statusgen.importers.trello.board_records import Card
from statusgen.importers.trello.labels import CardLabels, LabelReader
from statusgen.importers.updates import TOGETHER, severity_maps
from statusgen.model import Incident, Kind, Severity
from statusgen.timeline.timeline import worst

_TICK = timedelta(seconds=1)


@dataclass(frozen=True)
class Effect:
    """The affected *services*, all with the same *severity*."""

    services: frozenset[str]
    severity: Severity


@dataclass(frozen=True)
class CardEffects:
    """The effects of a card on services over time, an `EffectHistory`.

    *steps* are sorted by time; *order* lists the services in the order of the settings.
    """

    order: Sequence[str]
    settled: datetime
    steps: Sequence[tuple[datetime, Effect]]

    def at(self, moment: datetime) -> Effect:
        """Return the effect at *moment*."""
        index = bisect_right(self.steps, moment, key=lambda step: step[0])
        return self.steps[max(index - 1, 0)][1]

    def changes(self) -> Iterator[datetime]:
        """Yield the times at which the effect changed after the beginning."""
        return (at for at, _ in self.steps if at > self.settled)

    def services(self, at: datetime) -> Sequence[str]:
        """Return the ids of the services that are affected at *at*."""
        return [one for one in self.order if one in self.at(at).services]

    def severity(self, at: datetime) -> Severity:
        """Return the severity of the affected services at *at*."""
        return self.at(at).severity


def kind_of(card: Card, labels: LabelReader, accepted: Incident | None) -> Kind:
    """Return the kind of *card*; an incident stays one when its label becomes `status:none`."""
    severity = labels.read(card.labels).severity or Severity.NONE
    earlier = [labels.read(one.labels[0]).severity for one in card.actions if one.labels]
    was_incident = accepted is not None and accepted.kind is Kind.INCIDENT
    was_incident = was_incident or any(one and Kind.of(one) is Kind.INCIDENT for one in earlier)
    if severity is Severity.NONE and was_incident:
        return Kind.INCIDENT
    return Kind.of(severity)


def effects_of(  # noqa: PLR0913, all are inputs to the history
    card: Card,
    labels: LabelReader,
    kind: Kind,
    *,
    accepted: Incident | None,
    seen: str,
    ended: datetime | None,
    now: datetime,
) -> CardEffects:
    """Return the effects of *card* as an incident of *kind*.

    *accepted* is the incident as last imported, and *seen* the id of the last label change known
    then. A change that Trello did not record is dated *now*. If the incident ended at *ended*, a
    later change of labels corrects its whole history.
    """
    settled = card.created + TOGETHER
    present = _effect(labels.read(card.labels), kind)
    if kind is Kind.NOTICE:
        return CardEffects(labels.order, settled, [(card.created, present)])
    if accepted is not None and accepted.kind is kind:
        steps = [*_imported(accepted)]
        recorded = [step for step in _recorded(card, labels, kind, seen) if step[0] > card.created]
    else:
        steps = []
        recorded = [*_recorded(card, labels, kind, "")]
    if recorded:
        # The current labels may include later changes that Trello did not record.
        steps += [*recorded[:-1], (recorded[-1][0], present)]
    steps = steps or [(card.created, present)]
    if ended is not None:
        steps = [step for step in steps if step[0] < ended]
        # Removing the severity at the end means that it is over, not that it never happened.
        is_correction = bool(present.services) and bool(steps) and steps[-1][1] != present
        if is_correction or not steps:
            steps = [(card.created, present)]
    elif steps[-1][1] != present:
        # An incident must begin with an effect, so a change to none comes after the beginning.
        earliest = steps[-1][0] if present.services else max(steps[-1][0], settled)
        steps.append((max(now, earliest + _TICK), present))
    return CardEffects(labels.order, settled, _distinct(steps, settled, kind))


def _effect(found: CardLabels, kind: Kind) -> Effect:
    severity = found.severity or Severity.NONE
    if kind is Kind.INCIDENT and severity is Severity.NONE:
        return Effect(frozenset(), severity)
    return Effect(frozenset(found.services), severity)


def last_change(card: Card) -> str:
    """Return the id of the last recorded label change, or an empty string."""
    return max((one.id for one in card.actions if one.labels), default="")


def _recorded(
    card: Card, labels: LabelReader, kind: Kind, seen: str
) -> Iterator[tuple[datetime, Effect]]:
    """Yield the effects before the first label change after *seen*, and after each change."""
    changes = [(one.at, *one.labels) for one in card.actions if one.labels and one.id > seen]
    steps = [(card.created, labels.read(before)) for _, before, _ in changes[:1]]
    steps += [(at, labels.read(after)) for at, _, after in changes]
    for at, one in steps:
        effect = _effect(one, kind)
        if one.severity and _is_possible(effect, kind):
            yield (at, effect)


def _is_possible(effect: Effect, kind: Kind) -> bool:
    """Return whether *effect* is valid for *kind*."""
    if kind is Kind.MAINTENANCE:
        return effect.severity is Severity.MAINTENANCE and bool(effect.services)
    has_services = bool(effect.services) or effect.severity is Severity.NONE
    return effect.severity in kind.severities and has_services


def _imported(accepted: Incident) -> Iterator[tuple[datetime, Effect]]:
    """Yield the effects in *accepted*, the incident as last imported."""
    for at, found in severity_maps(accepted):
        affected = frozenset(one for one in found if found[one] is not Severity.NONE)
        yield (at, Effect(affected, worst(found.values())))


def _distinct(
    steps: Sequence[tuple[datetime, Effect]], settled: datetime, kind: Kind
) -> list[tuple[datetime, Effect]]:
    """Return *steps* without those that change nothing; the first is at the beginning.

    An incident must begin with an effect, so its first effect with services is moved there.
    """
    steps = sorted(steps, key=lambda step: step[0])
    early = [index for index, (at, _) in enumerate(steps) if at <= settled]
    begin = early[-1] if early else 0
    affecting = (index for index, (_, effect) in enumerate(steps) if effect.services)
    if kind is Kind.INCIDENT and not steps[begin][1].services:
        begin = next(affecting, begin)
    found = [(min(steps[0][0], settled), steps[begin][1])]
    for at, effect in steps[begin + 1 :]:
        if effect != found[-1][1]:
            found.append((at, effect))
    return found
