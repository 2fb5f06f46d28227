"""Read the state of a card from the list that it is on."""

from collections.abc import Mapping

from statusgen.config.settings import Config
from statusgen.i18n.messages import Words
from statusgen.importers import state_words
from statusgen.importers.names import folded
from statusgen.importers.trello.board_records import Board, Lane
from statusgen.model import Kind, State
from statusgen.timeline.timeline import SETTLED

# What a list named for the other kind means to a card.
_FOR_INCIDENTS = {State.VERIFYING: State.MONITORING}
_FOR_MAINTENANCE = {State.MONITORING: State.VERIFYING}


class LaneReader:
    """Read the lists of *board*: by `trello: lanes` first, then by their names.

    *unknown* gathers the names of lists whose cards are taken for investigated.
    """

    def __init__(self, board: Board, config: Config) -> None:
        say = Words(config.language, config.messages).say
        self.unknown: dict[str, None] = {}
        self._lanes = board.lanes
        self._settings = {folded(name): state for name, state in config.trello.lanes.items()}
        self._names = {
            kind: {folded(say(f"state.{state}")): state for state in kind.states}
            for kind in (Kind.INCIDENT, Kind.MAINTENANCE)
        }

    def is_hidden(self, lane: str) -> bool:
        """Return whether cards on the list with the id *lane* stay off the page."""
        name = folded(self._name(Lane(id=lane, name="")))
        return name in self._settings and self._settings[name] is None

    def state(self, lane: Lane, kind: Kind) -> State | None:
        """Return the state of an incident of *kind* on *lane*, None if the list says none."""
        name = self._name(lane)
        found = self._said(name)
        if found is None:
            if folded(name) not in self._settings:
                self.unknown[name] = None
            found = State.INVESTIGATING
        if found in SETTLED:
            return kind.states[-1]
        if kind is Kind.MAINTENANCE:
            found = _FOR_MAINTENANCE.get(found, found)
            return found if found in kind.states else None
        if kind is Kind.NOTICE:
            return None  # Nobody works on it.
        found = _FOR_INCIDENTS.get(found, found)
        return found if found in kind.states else State.INVESTIGATING

    def _name(self, lane: Lane) -> str:
        """Return what *lane* is called now; once it is gone, what it was called then."""
        return self._lanes[lane.id].name if lane.id in self._lanes else lane.name

    def _said(self, name: str) -> State | None:
        if self._settings.get(folded(name)) is not None:
            return self._settings[folded(name)]
        kinds: Mapping[Kind, Mapping[str, State]] = self._names
        words = (state_words.named(name, kind, known) for kind, known in kinds.items())
        return next(filter(None, words), None)
