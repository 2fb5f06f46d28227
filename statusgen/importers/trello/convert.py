"""Make incidents of the cards of a Trello board.

The rules are those that Trestus had, so that a board made for it works as it is: a list is a state,
a label `status:…` a severity, any other label a service, a comment an update. New are moves between
lists, which become updates with their time, and planned work.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from statusgen.config.settings import Config
from statusgen.importers.sync import (
    ImportedFile,
    ImportSource,
    NotShownError,
    SourceContent,
    SourceItem,
    Verdict,
)
from statusgen.importers.trello.board_records import BIRTHS, Board, Card
from statusgen.importers.trello.card import BoardFacts, CardReader
from statusgen.importers.trello.effects import last_change
from statusgen.importers.trello.labels import CardLabels, LabelReader
from statusgen.importers.trello.lanes import LaneReader
from statusgen.model import Archived, Incident
from statusgen.problems import quoted
from statusgen.timeline.timeline import SETTLED, last_state

TRELLO = ImportSource(
    name="trello", prefix="trello-", gone="its card was deleted, or moved to another board"
)


@dataclass(frozen=True, kw_only=True)
class _DraftError(Exception):
    """A card that is not for the page: *count* says why in a total, *reason* of its file."""

    count: str
    reason: str


def content(
    board: Board,
    config: Config,
    services: Mapping[str, str],
    *,
    known: Mapping[str, ImportedFile],
    now: datetime,
) -> SourceContent:
    """Return the cards of *board* as incidents.

    *services* are the ids of services by their folded names, *known* the files of earlier imports
    by the ids of their cards. *now* dates changes that Trello keeps no time of.
    """
    reader = _BoardReader(board, config, services, known, now)
    items = [*reader.items()]
    return SourceContent(
        items=tuple(items), remarks=tuple(reader.remarks()), left_out=dict(reader.left_out)
    )


class _BoardReader:
    """Read the cards of a board, and count what is left out."""

    def __init__(
        self,
        board: Board,
        config: Config,
        services: Mapping[str, str],
        known: Mapping[str, ImportedFile],
        now: datetime,
    ) -> None:
        self.board = board
        self.config = config
        self.known = known
        self.labels = LabelReader(board, config, services)
        self.lanes = LaneReader(board, config)
        self.facts = BoardFacts(
            board=board, config=config, labels=self.labels, lanes=self.lanes, now=now
        )
        self.left_out: Counter[str] = Counter()
        self.attachments = 0

    def items(self) -> Iterator[SourceItem]:
        """Yield what is to become of each card, but of drafts that have no file."""
        taken: Counter[str] = Counter()
        for card in self.board.cards:
            slug = TRELLO.slug(card.short_link)
            taken[slug] += 1
            slug = slug if taken[slug] == 1 else f"{slug}-{taken[slug]}"
            item = self._item(card, slug)
            if item.verdict is not Verdict.HIDE or card.id in self.known:
                yield item

    def remarks(self) -> Iterator[str]:
        """Yield what is to be said of the whole board."""
        for lane in self.lanes.unknown:
            what = f"list {quoted(lane)} names no state; its cards count as investigating"
            yield f"{what} (see trello: lanes)"
        if self.attachments:
            count = "attachment" if self.attachments == 1 else "attachments"
            yield f"{self.attachments} {count} not imported"
        if not self.board.is_public and not self.known:
            yield f"the board {quoted(self.board.name)} is not public; its words become public"

    def _item(self, card: Card, slug: str) -> SourceItem:
        one = self.known.get(card.id)
        remarks: list[str] = []
        unknown = dict(self.lanes.unknown)
        incident = None
        verdict, reason = Verdict.SHOW, ""
        try:
            found = self._check(card)
            if self.board.is_cut and one is not None and not _is_whole(card):
                what = "the export lacks what was done to it earlier"
                raise NotShownError(f"{what}; the file stays as it is")
            reader = CardReader(
                facts=self.facts,
                card=card,
                found=found,
                accepted=one.accepted if one else None,
                seen=max(one.deeds or (), default="") if one else "",
                remarks=remarks,
            )
            incident = reader.incident(slug)
            self._check_archived(card, incident)
            self.attachments += card.attachments
        except _DraftError as draft:
            incident, verdict, reason = None, Verdict.HIDE, draft.reason
            self.left_out[draft.count] += 1
            self.lanes.unknown = unknown  # No state of it matters.
        except NotShownError as refusal:
            verdict, reason = refusal.verdict, refusal.reason
        return SourceItem(
            slug=slug,
            place=f"{self.board.short_link}#{card.short_link}",
            key=card.id,
            name=f"{quoted(card.name)} (https://trello.com/c/{card.short_link})",
            verdict=verdict,
            incident=incident,
            reason=reason,
            remarks=tuple(remarks),
            deeds=(change,) if incident and (change := last_change(card)) else None,
        )

    def _check(self, card: Card) -> CardLabels:
        """Return what the labels of *card* say; raises _DraftError if it is not for the page."""
        found = self.labels.read(card.labels)
        has_services = bool(found.services or found.strangers)
        if card.is_template:
            raise _DraftError(count="marked as template", reason="its card is a template")
        if self.lanes.is_hidden(card.lane):
            raise _DraftError(count="on a hidden list", reason="its list is hidden (trello: lanes)")
        if found.severity is None and not has_services:
            raise _DraftError(count="without labels", reason="its card has no labels any more")
        if found.severity is None:
            reason = "its card has no status: label any more"
            raise _DraftError(count="without a status label", reason=reason)
        if not has_services:
            reason = "its card has no label of a service any more"
            raise _DraftError(count="without a service label", reason=reason)
        return found

    def _check_archived(self, card: Card, incident: Incident) -> None:
        """Raise _DraftError if *card* is archived, unless that was tidying up."""
        lane = self.board.lanes.get(card.lane)
        if not card.is_archived and (lane is None or not lane.is_archived):
            return
        if self.config.trello.archived is Archived.KEEP and _is_over(incident, card):
            return
        what = "its card was archived" if card.is_archived else "its list was archived"
        raise _DraftError(count="archived", reason=what)


def _is_whole(card: Card) -> bool:
    """Return whether the actions tell all that was done to *card*."""
    return not card.lacking and any(one.kind in BIRTHS for one in card.actions)


def _is_over(incident: Incident, card: Card) -> bool:
    """Return whether *incident* was over when *card* was archived."""
    if last_state(incident) in SETTLED:
        return True
    closings = [one.at for one in card.actions if one.is_archiving]
    archived = closings[-1] if closings else card.active
    return incident.ends is not None and incident.ends <= archived
