"""Use the result of the last import as evidence of earlier trusted actions.

The file lists the events that counted. They still count if the person behind them loses trust.
Files from earlier versions lack this list; for them, an event counts if the page showed its effect
at that time.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from statusgen.ids import id12
from statusgen.importers.github.issue_records import Comment, IssueAction, IssueEvent
from statusgen.importers.github.labels import About, Meaning
from statusgen.importers.updates import TOGETHER, severity_maps
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.timeline.replay import trace
from statusgen.timeline.timeline import SETTLED, last_state, worst


class LastImport:
    """The *incident* as last imported, None if there is none or the file was edited since.

    *was_withdrawn* is also true for an edited file that an import unpublished. *deeds* are the keys
    of the events that counted, None for files from earlier versions; then an event counts if the
    page shows its effect.
    """

    def __init__(
        self,
        incident: Incident | None,
        *,
        was_withdrawn: bool = False,
        deeds: frozenset[str] | None = None,
    ) -> None:
        self.incident = incident
        self.deeds = deeds if incident or was_withdrawn else None
        self.is_hidden = was_withdrawn or (incident is not None and incident.draft)
        self.slug = incident.slug if incident else ""  # of the file, which may have been renamed
        self.updates = incident.updates if incident else ()
        # Earlier versions wrote updates without ids, so comments are matched by time.
        self.has_ids = bool(self.updates) and self.updates[0].id is not None
        self._published = _published(incident) if incident else ()
        self._maps = [*severity_maps(incident)] if incident else []

    @property
    def is_over(self) -> bool:
        """True if the incident is over."""
        return self.incident is not None and last_state(self.incident) in SETTLED

    def is_published_as(self, kind: Kind) -> bool:
        """Return whether the page shows the incident as published by the label for *kind*."""
        if self.incident is None or self.incident.draft:
            return False
        return (self.incident.kind is Kind.MAINTENANCE) is (kind is Kind.MAINTENANCE)

    @property
    def opening_id(self) -> str | None:
        """The published id of the first update, None if there are no updates."""
        return self._published[0].id if self._published else None

    def of_comment(self, comment: Comment) -> Update | None:
        """Return the update for *comment*, matched by id; None if the page does not show it."""
        found = (one for one in self.updates[1:] if is_of(one, comment))
        return next(found, None)

    def updates_at(self, at: datetime) -> list[Update]:
        """Return the updates at *at* with their published ids, except the opening."""
        return [one for one in self._published[1:] if one.at == at]

    def has_title(self, title: str) -> bool:
        """Return whether the incident had *title* as its title."""
        return self.incident is not None and self.incident.title == title

    def has_state(self, state: State, at: datetime) -> bool:
        """Return whether the incident had *state* at *at*, or an update close to *at* set it."""
        stated = [one for one in self.updates if one.state]
        near = [one.state for one in stated if abs(one.at - at) <= TOGETHER]
        return state in near or [one.state for one in stated if one.at <= at][-1:] == [state]

    def shows(self, event: IssueEvent, meaning: Meaning, until: datetime | None) -> bool:
        """Return whether the page showed *meaning*, the effect of *event*, before *until*."""
        is_given = event.deed is IssueAction.LABELED
        if meaning.about is About.STATE:
            return is_given and self.has_state(State(meaning.word), event.at)
        if meaning.about is About.KIND:
            # The issue was published before the first severity change.
            return is_given and any(at > event.at + TOGETHER for at, _ in self._maps[1:2])
        maps = self._between(event.at, until)
        return any(self._says(one, meaning) is is_given for one in maps)

    def end(self, meaning: Meaning) -> datetime | None:
        """Return the time at which a severity or service label stopped applying, or None."""
        shown = [i for i, (_, one) in enumerate(self._maps) if self._says(one, meaning)]
        after = self._maps[shown[-1] + 1 :] if shown else []
        return after[0][0] if after else None

    def _says(self, severities: Mapping[str, Severity], meaning: Meaning) -> bool:
        if meaning.about is About.SEVERITY:
            return worst(severities.values()) == meaning.word
        return self._touches(severities, meaning.word)

    def _between(self, since: datetime, until: datetime | None) -> list[Mapping[str, Severity]]:
        before = [one for at, one in self._maps if at <= since][-1:] or [
            one for _, one in self._maps[:1]
        ]
        early = since - TOGETHER
        later = [one for at, one in self._maps[1:] if at >= early and (until is None or at < until)]
        return [*before, *later]

    def _touches(self, severities: Mapping[str, Severity], service: str) -> bool:
        is_notice = self.incident is not None and self.incident.severity is Severity.NONE
        found = severities.get(service)
        return found is not None and (found is not Severity.NONE or is_notice)


def update_id(source: str) -> str:
    """Return the id of the update for the comment or issue with the id *source*."""
    return id12("update", f"github:{source}")


def is_of(update: Update, comment: Comment) -> bool:
    """Return whether *update* comes from *comment*."""
    return update.source == comment.id or update.id == update_id(comment.id)


def _published(incident: Incident) -> tuple[Update, ...]:
    """Return the updates of *incident* with their published ids."""
    return tuple(replace(one.update, id=one.id) for one in trace(incident).steps if one.update)
