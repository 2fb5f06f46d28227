"""Convert the cards on a Trello board to incidents.

The rules are those of Trestus, so its boards work unchanged: a list is a state, a label `status:…`
is a severity, any other label is a service, and a comment is an update. In addition, moves between
lists become updates at the time of the move, and a card can describe maintenance.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from statusgen.config.settings import Config
from statusgen.importers import texts
from statusgen.importers.sync import (
    ImportedFile,
    ImportSource,
    NotShownError,
    SourceContent,
    SourceItem,
    Verdict,
)
from statusgen.importers.trello.board_records import CREATIONS, Board, Card
from statusgen.importers.trello.card import INTERNAL, BoardFacts, CardReader, NoServiceError
from statusgen.importers.trello.effects import last_change
from statusgen.importers.trello.labels import CardLabels, LabelReader
from statusgen.importers.trello.lanes import LaneReader
from statusgen.model import Archived, Incident
from statusgen.problems import quoted
from statusgen.system.workers import Progress, no_progress
from statusgen.timeline.timeline import SETTLED, last_state

TRELLO = ImportSource(
    name="trello", prefix="trello-", gone="its card was deleted or moved to another board"
)


_INTERNAL = {INTERNAL: "marked internal"}  # words in the totals, by reason


@dataclass(frozen=True, kw_only=True)
class _DraftError(Exception):
    """A card that is not meant for the page; the totals count it as *count*."""

    count: str
    reason: str


class BoardReader:
    """A converter from the cards on *board* to incidents.

    *services* maps folded names to service ids, and *known* maps card ids to files from earlier
    imports. *now* dates changes that Trello does not record.
    """

    def __init__(
        self,
        board: Board,
        config: Config,
        services: Mapping[str, str],
        *,
        known: Mapping[str, ImportedFile],
        now: datetime,
    ) -> None:
        self.unmatched: dict[str, None] = {}
        self._board = board
        self._config = config
        self._known = known
        self._labels = LabelReader(board, config, services)
        self._lanes = LaneReader(board, config)
        self._facts = BoardFacts(
            board=board, config=config, labels=self._labels, lanes=self._lanes, now=now
        )
        self._left_out: Counter[str] = Counter()
        self._attachments = 0

    def content(self, *, track: Progress = no_progress) -> SourceContent:
        """Return an item for each card, except for ignored cards without a file.

        Fills `unmatched` with the labels on published cards that do not match a service.
        """
        taken: Counter[str] = Counter()
        items = []
        for card in track("Converting cards", list(self._board.cards)):
            slug = TRELLO.slug(card.short_link)
            taken[slug] += 1
            item = self._item(card, slug if taken[slug] == 1 else f"{slug}-{taken[slug]}")
            items += [item] if item is not None else []
        return SourceContent(
            items=tuple(items), remarks=tuple(self._remarks()), left_out=dict(self._left_out)
        )

    def _remarks(self) -> Iterator[str]:
        """Yield the remarks on the board as a whole."""
        for lane in self._lanes.unknown:
            what = f"list {quoted(lane)} is not a known state; using investigating for its cards"
            yield f"{what} (see trello: lanes)"
        if self._attachments:
            yield f"skipped {texts.counted(self._attachments, 'attachment')}"
        scope = self._board.short_link
        marks = (one.mark for one in self._known.values())
        if not self._board.is_public and not any(
            mark and TRELLO.is_origin(mark, scope) for mark in marks
        ):
            yield f"board {quoted(self._board.name)} is not public; this import publishes its cards"

    def _item(self, card: Card, slug: str) -> SourceItem | None:
        """Return the item for *card*, None for an ignored card without a file."""
        one = self._known.get(card.id)
        remarks: list[str] = []
        lanes = dict(self._lanes.unknown)
        incident = None
        verdict, reason, is_refused = Verdict.SHOW, "", False
        try:
            incident = self._incident(card, slug, one, remarks)
        except (_DraftError, NotShownError) as error:
            self._lanes.unknown = lanes  # Do not remark on the lists of a card that is not shown.
            verdict = error.verdict if isinstance(error, NotShownError) else Verdict.HIDE
            is_refused = isinstance(error, NotShownError) and error.is_refused
            reason = error.reason
            count = error.count if isinstance(error, _DraftError) else _INTERNAL.get(reason)
            if count and one is None:
                self._left_out[count] += 1
                return None
        return SourceItem(
            slug=slug,
            place=f"{self._board.short_link}#{card.short_link}",
            key=card.id,
            name=f"{quoted(card.name)} (https://trello.com/c/{card.short_link})",
            verdict=verdict,
            incident=incident,
            reason=reason,
            remarks=tuple(remarks),
            deeds=(change,) if incident and (change := last_change(card)) else None,
            is_refused=is_refused,
        )

    def _incident(
        self, card: Card, slug: str, one: ImportedFile | None, remarks: list[str]
    ) -> Incident:
        """Return the incident for *card*; raise _DraftError or NotShownError if it is not shown."""
        labels = self._check(card)
        if self._board.is_cut and one is not None and not _is_whole(card):
            what = "the export lacks earlier actions on its card"
            raise NotShownError(f"{what}; keeping the file as it is")
        reader = CardReader(
            facts=self._facts,
            card=card,
            labels=labels,
            accepted=one.accepted if one else None,
            seen=max(one.deeds or (), default="") if one else "",
            remarks=remarks,
        )
        if not labels.services:
            self._check_archived(card, None)
        try:
            incident = reader.incident(slug)
        except NoServiceError:
            self.unmatched |= dict.fromkeys(labels.unmatched)
            raise
        self._check_archived(card, incident)
        self._attachments += card.attachments
        self.unmatched |= dict.fromkeys(labels.unmatched)
        return incident

    def _check(self, card: Card) -> CardLabels:
        """Return the labels of *card*; raise _DraftError if it is not meant for the page."""
        found = self._labels.read(card.labels)
        has_services = bool(found.services or found.unmatched)
        if card.is_template:
            raise _DraftError(count="marked as template", reason="its card is a template")
        if self._lanes.is_hidden(card.lane):
            raise _DraftError(count="on a hidden list", reason="its list is hidden (trello: lanes)")
        if found.severity is None and not has_services:
            raise _DraftError(count="without labels", reason="its card no longer has labels")
        if found.severity is None:
            reason = "its card no longer has a status: label"
            raise _DraftError(count="without a status label", reason=reason)
        if not has_services:
            reason = "its card no longer has a service label"
            raise _DraftError(count="without a service label", reason=reason)
        return found

    def _check_archived(self, card: Card, incident: Incident | None) -> None:
        """Raise _DraftError if *card* was archived before its incident was over."""
        lane = self._board.lanes.get(card.lane)
        is_lane_archived = lane is not None and lane.is_archived
        if not card.is_archived and not is_lane_archived:
            return
        archived = [one.at for one in card.actions if one.is_archiving]
        at = archived[-1] if card.is_archived and archived else lane.archived if lane else None
        is_kept = self._config.trello.archived is Archived.KEEP
        if is_kept and incident is not None and _is_over(incident, at or self._facts.now):
            return
        what = "its card was archived" if card.is_archived else "its list was archived"
        raise _DraftError(count="archived", reason=what)


def _is_whole(card: Card) -> bool:
    """Return whether all actions on *card* are present."""
    return not card.missing_comments and any(one.kind in CREATIONS for one in card.actions)


def _is_over(incident: Incident, at: datetime) -> bool:
    """Return whether *incident* was over at *at*; maintenance is over when its window ends."""
    if last_state(incident) in SETTLED:
        return True
    return incident.ends is not None and incident.ends <= at
