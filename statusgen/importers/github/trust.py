"""Decide which people and actions are trusted; unknown people are not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import takewhile

from statusgen.config.settings import Config, GitHub
from statusgen.importers.github import labels
from statusgen.importers.github.issue_records import (
    Actor,
    ActorKind,
    Issue,
    IssueAction,
    IssueEvent,
)
from statusgen.importers.github.labels import About, Meaning
from statusgen.importers.github.last_import import LastImport
from statusgen.problems import quoted

Trusts = Callable[[Actor | None], bool]


def trust_rule(settings: GitHub, may_write: Callable[[str], bool]) -> Trusts:
    """Return the trust rule: it trusts people listed in *settings* and those who *may_write*.

    A user and an app can have the same name. A deleted account is never trusted.
    """

    def trusts(actor: Actor | None) -> bool:
        if actor is None:
            return False
        if actor.kind is ActorKind.BOT:
            return actor.login in settings.bots
        if actor.kind is ActorKind.USER:
            # ASCII only: the Kelvin sign case-folds to "k".
            is_named = actor.login.isascii() and actor.login.casefold() in settings.trusted
            return is_named or may_write(actor.login)
        return False

    return trusts


def describe_actor(actor: Actor | None) -> str:
    """Return a phrase that names *actor* and says why they are not trusted."""
    if actor is None:
        return "a deleted account"
    if actor.kind is ActorKind.BOT:
        return f"the app {quoted(actor.login)}, which is not in github.bots"
    if actor.kind is ActorKind.USER:
        return f"{quoted(actor.login)}, who has no write access"
    return f"{quoted(actor.login)}, which is neither a user nor an app"


@dataclass(frozen=True, kw_only=True)
class Labelling:
    """An event that added or removed a label, and the meaning of the label."""

    event: IssueEvent
    meaning: Meaning


@dataclass(frozen=True, kw_only=True)
class IssueReview:
    """The review of an *issue* during an import; *remarks* name the parts that are not shown."""

    issue: Issue
    config: Config
    trusts: Trusts
    now: datetime
    accepted: LastImport
    is_unchecked: Trusts = lambda _: False  # whether the permissions of a person are unchecked
    remarks: list[str] = field(default_factory=list)
    evident: set[str] = field(default_factory=set)  # keys of events that counted before

    def remark(self, text: str) -> None:
        """Add *text* to the remarks."""
        self.remarks.append(text)

    def describe(self, actor: Actor | None) -> str:
        """Return a phrase that names *actor* and says why they are not trusted."""
        if actor is not None and self.is_unchecked(actor):
            return f"{quoted(actor.login)}, whose permissions this import could not check"
        return describe_actor(actor)

    def subject(self, actor: Actor | None) -> str:
        """Describe *actor* as the subject of a verb, with a closing comma if needed."""
        who = self.describe(actor)
        return f"{who}," if ", " in who else who

    def remark_if_open(self, text: str) -> None:
        """Add *text* to the remarks unless the incident is over."""
        if not self.accepted.is_over:
            self.remark(text)

    @cached_property
    def labelling(self) -> list[IssueEvent]:
        """All events that added or removed a label in this repository.

        A transferred issue keeps its labels by name, but people in another repository added them.
        """
        moved = [event.at for event in self.issue.events if event.deed is IssueAction.TRANSFERRED]
        return [
            event
            for event in self.issue.events
            if event.deed in (IssueAction.LABELED, IssueAction.UNLABELED)
            and (not moved or event.at > moved[-1])
        ]

    def stands(self, event: IssueEvent, is_shown: Callable[[], bool]) -> bool:
        """Return whether *event* counts: its actor is trusted, or it counted at the last import.

        *is_shown* returns whether a file from an earlier version shows the effect of *event*.
        """
        if self.trusts(event.actor):
            return True
        deeds = self.accepted.deeds
        is_evident = is_shown() if deeds is None else event.key in deeds
        if is_evident:
            self.evident.add(event.key)
        return is_evident

    def counts(self, event: IssueEvent, meaning: Meaning) -> bool:
        """Return whether a label *event* counts: its actor is trusted, or was when accepted."""

        def is_shown() -> bool:
            name = event.label.casefold()
            later = (
                one.at
                for one in self.labelling
                if one.at > event.at and one.label.casefold() == name
            )
            return bool(meaning.word) and self.accepted.shows(event, meaning, next(later, None))

        if meaning.about is About.KIND:
            return self.trusts(event.actor) or is_shown()
        return self.stands(event, is_shown)

    def deeds(self, *, is_shown: bool) -> tuple[str, ...]:
        """Return the keys of the events that count, for the next import.

        *is_shown* is true if the issue is shown. Publishing labels are excluded, because the file
        itself is evidence for them.
        """
        if not is_shown and self.accepted.incident is None:
            return ()
        known = self.evident | (self.accepted.deeds or set())
        labels_ = self.labellings if is_shown else []
        counted = known | {one.event.key for one in labels_ if one.meaning.about is not About.KIND}
        found = (
            event.key
            for event in self.issue.events
            if event.deed is not IssueAction.TRANSFERRED
            if (
                event.key in counted
                if event.deed in (IssueAction.LABELED, IssueAction.UNLABELED)
                else event.key in known or self.trusts(event.actor)
            )
        )
        return tuple(dict.fromkeys(found))

    @cached_property
    def labellings(self) -> list[Labelling]:
        """All label events that count and have a meaning, oldest first."""
        found = [one for one in self._meant() if self.counts(one.event, one.meaning)]
        last = {event.label.casefold(): event for event in self.labelling}
        for one in [one for one in found if one.event is last[one.event.label.casefold()]]:
            if self._is_deleted(one):
                at = self.accepted.end(one.meaning) or self.now
                if self.accepted.shows(one.event, one.meaning, None) and at > one.event.at:
                    end = replace(one.event, deed=IssueAction.UNLABELED, at=at)
                    found.append(replace(one, event=end))
                else:
                    never = self._latest(one, found)
                    found = [each for each in found if each not in never]
        return sorted(found, key=lambda one: one.event.at)

    def _latest(self, last: Labelling, found: Sequence[Labelling]) -> list[Labelling]:
        """Return *last* and the earlier events in *found* that added its label, back to a removal.

        A label that was deleted from the repository and created again is added twice in a row.
        """
        name = last.event.label.casefold()
        same = [one for one in found if one.event.label.casefold() == name]
        return [*takewhile(lambda one: one.event.deed is IssueAction.LABELED, reversed(same))]

    def _is_deleted(self, last: Labelling) -> bool:
        """Return whether the label of *last* was deleted from the repository.

        GitHub then removes it from all issues without an event. An effect that the page showed ends
        at the import that notices the deletion; other effects are dropped.
        """
        is_about = last.meaning.about in (About.SERVICE, About.SEVERITY)
        present = [labels.meaning(name, self.config) for name in self.issue.labels]
        return is_about and last.event.deed is IssueAction.LABELED and last.meaning not in present

    def _meant(self) -> Iterator[Labelling]:
        for event in self.labelling:
            means = labels.meaning(event.label, self.config)
            if means is not None and means.word:
                yield Labelling(event=event, meaning=means)

    @cached_property
    def published(self) -> datetime:
        """The time a label first published the issue; the caller has checked that it is public."""
        given = [*filter(_publishes, self.labellings)] or [*filter(_publishes, self._meant())]
        return max(self.issue.created, given[0].event.at)

    @cached_property
    def decided(self) -> datetime:
        """The time a trusted person published the issue in the current period.

        Removing the last publishing label ends a period. A label that is added twice in a row was
        deleted from the repository in between.
        """
        given: list[IssueEvent] = []
        present: set[str] = set()
        for one in self._meant():
            name = one.event.label.casefold()
            if _publishes(one):
                if present <= {name}:
                    given = []
                present.add(name)
                given.append(one.event)
            elif one.meaning.about is About.KIND:
                present.discard(name)
        return next((one.at for one in given if self.trusts(one.actor)), given[-1].at)


def _publishes(one: Labelling) -> bool:
    return one.meaning.about is About.KIND and one.event.deed is IssueAction.LABELED
