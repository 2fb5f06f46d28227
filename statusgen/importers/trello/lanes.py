"""Read the state of a card from its list."""

from collections.abc import Mapping

from statusgen.config.settings import Config
from statusgen.i18n.messages import Words
from statusgen.importers import state_words
from statusgen.importers.names import folded
from statusgen.importers.trello.board_records import Board, Lane
from statusgen.model import Kind, State
from statusgen.timeline.timeline import SETTLED

# The states to use for a list named after a state of the other kind.
_FOR_INCIDENTS = {State.VERIFYING: State.MONITORING}
_FOR_MAINTENANCE = {State.MONITORING: State.VERIFYING}


class LaneReader:
    """A reader of states from the lists on *board*: by `trello: lanes` first, then by name.

    *unknown* collects the names of lists without a known state, which count as investigating.
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
        """Return whether the settings hide the list with the id *lane*."""
        name = folded(self._name(Lane(id=lane, name="")))
        return name in self._settings and self._settings[name] is None

    def state(self, lane: Lane, kind: Kind) -> State | None:
        """Return the state of *kind* that *lane* means, None if there is none."""
        name = self._name(lane)
        found = self._named(name)
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
            return None  # A notice has no intermediate states.
        found = _FOR_INCIDENTS.get(found, found)
        return found if found in kind.states else State.INVESTIGATING

    def _name(self, lane: Lane) -> str:
        """Return the current name of *lane*, or its last known name if it was deleted."""
        return self._lanes[lane.id].name if lane.id in self._lanes else lane.name

    def _named(self, name: str) -> State | None:
        if self._settings.get(folded(name)) is not None:
            return self._settings[folded(name)]
        kinds: Mapping[Kind, Mapping[str, State]] = self._names
        words = (state_words.named(name, kind, known) for kind, known in kinds.items())
        return next(filter(None, words), None)
