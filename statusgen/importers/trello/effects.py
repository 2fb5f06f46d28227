"""Work out which services a card affected when, and how badly.

Trello keeps no history of labels, but where a program wrote all labels of a card at once. So a
change of a label is dated when an import first sees it, and the file of the last import is the
memory of earlier changes.
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
    """The *services* that are affected, with the *severity* of all of them."""

    services: frozenset[str]
    severity: Severity


@dataclass(frozen=True)
class CardEffects:
    """The effects of a card on services over time, an `EffectHistory`.

    *steps* are in order of time, *order* is that of the services in the settings.
    """

    order: Sequence[str]
    settled: datetime
    steps: Sequence[tuple[datetime, Effect]]

    def at(self, moment: datetime) -> Effect:
        """Return the effect at *moment*."""
        index = bisect_right(self.steps, moment, key=lambda step: step[0])
        return self.steps[max(index - 1, 0)][1]

    def changes(self) -> Iterator[datetime]:
        """Yield when the effect changed after the beginning."""
        return (at for at, _ in self.steps if at > self.settled)

    def services(self, at: datetime) -> Sequence[str]:
        """Return the ids of the services that are affected at *at*."""
        return [one for one in self.order if one in self.at(at).services]

    def severity(self, at: datetime) -> Severity:
        """Return their severity at *at*."""
        return self.at(at).severity


def kind_of(card: Card, labels: LabelReader, accepted: Incident | None) -> Kind:
    """Return what *card* is; an incident stays one when its label becomes `status:none`."""
    severity = labels.read(card.labels).severity or Severity.NONE
    told = [labels.read(one.labels[0]).severity for one in card.actions if one.labels]
    was_incident = accepted is not None and accepted.kind is Kind.INCIDENT
    was_incident = was_incident or any(one and Kind.of(one) is Kind.INCIDENT for one in told)
    if severity is Severity.NONE and was_incident:
        return Kind.INCIDENT
    return Kind.of(severity)


def effects_of(  # noqa: PLR0913, all that a history is made of
    card: Card,
    labels: LabelReader,
    kind: Kind,
    *,
    accepted: Incident | None,
    seen: str,
    ended: datetime | None,
    now: datetime,
) -> CardEffects:
    """Work out the effects of *card*, which counts as *kind*.

    *accepted* is what the last import made of it, when *seen* was the last change of labels that
    Trello told of. One that nothing tells of is dated *now*. Once all is over, since *ended*, other
    labels correct the whole.
    """
    settled = card.created + TOGETHER
    present = _effect(labels.read(card.labels), kind)
    if kind is Kind.NOTICE:
        return CardEffects(labels.order, settled, [(card.created, present)])
    if accepted is not None and accepted.kind is kind:
        steps = [*_remembered(accepted)]
        told = [step for step in _told(card, labels, kind, seen) if step[0] > card.created]
    else:
        steps = []
        told = [*_told(card, labels, kind, "")]
    if told:
        # The labels of now are what it led to; what changed between is not known.
        steps += [*told[:-1], (told[-1][0], present)]
    steps = steps or [(card.created, present)]
    if ended is not None:
        steps = [step for step in steps if step[0] < ended]
        # Who takes the severity away as all is over says that it is over, not that it never was.
        is_correction = bool(present.services) and bool(steps) and steps[-1][1] != present
        if is_correction or not steps:
            steps = [(card.created, present)]
    elif steps[-1][1] != present:
        # An incident begins with harm: what ends that at once comes after the beginning.
        earliest = steps[-1][0] if present.services else max(steps[-1][0], settled)
        steps.append((max(now, earliest + _TICK), present))
    return CardEffects(labels.order, settled, _distinct(steps, settled, kind))


def _effect(found: CardLabels, kind: Kind) -> Effect:
    severity = found.severity or Severity.NONE
    if kind is Kind.INCIDENT and severity is Severity.NONE:
        return Effect(frozenset(), severity)
    return Effect(frozenset(found.services), severity)


def last_change(card: Card) -> str:
    """Return the id of the last change of labels that Trello tells of, empty if there is none."""
    return max((one.id for one in card.actions if one.labels), default="")


def _told(
    card: Card, labels: LabelReader, kind: Kind, seen: str
) -> Iterator[tuple[datetime, Effect]]:
    """Yield the effects before the first change of labels after *seen*, and from each change on."""
    changes = [(one.at, *one.labels) for one in card.actions if one.labels and one.id > seen]
    steps = [(card.created, labels.read(before)) for _, before, _ in changes[:1]]
    steps += [(at, labels.read(after)) for at, _, after in changes]
    for at, one in steps:
        effect = _effect(one, kind)
        if one.severity and _is_possible(effect, kind):
            yield (at, effect)


def _is_possible(effect: Effect, kind: Kind) -> bool:
    """Return whether something of *kind* can have *effect*: work is planned or it is not."""
    if kind is Kind.MAINTENANCE:
        return effect.severity is Severity.MAINTENANCE and bool(effect.services)
    has_services = bool(effect.services) or effect.severity is Severity.NONE
    return effect.severity in kind.severities and has_services


def _remembered(accepted: Incident) -> Iterator[tuple[datetime, Effect]]:
    """Yield the effects that the file of the last import tells of."""
    for at, found in severity_maps(accepted):
        harmed = frozenset(one for one in found if found[one] is not Severity.NONE)
        yield (at, Effect(harmed, worst(found.values())))


def _distinct(
    steps: Sequence[tuple[datetime, Effect]], settled: datetime, kind: Kind
) -> list[tuple[datetime, Effect]]:
    """Return *steps* without those that change nothing, the first one being the beginning.

    An incident begins with harm: its first effect that has some tells of the beginning.
    """
    steps = sorted(steps, key=lambda step: step[0])
    early = [index for index, (at, _) in enumerate(steps) if at <= settled]
    begin = early[-1] if early else 0
    harm = (index for index, (_, effect) in enumerate(steps) if effect.services)
    if kind is Kind.INCIDENT and not steps[begin][1].services:
        begin = next(harm, begin)
    found = [(min(steps[0][0], settled), steps[begin][1])]
    for at, effect in steps[begin + 1 :]:
        if effect != found[-1][1]:
            found.append((at, effect))
    return found
