"""Convert a card on a Trello board to an incident."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from statusgen import times
from statusgen.config.settings import Config
from statusgen.i18n.messages import Words
from statusgen.importers import texts
from statusgen.importers.hidden_markup import SplitText, split_hidden
from statusgen.importers.sync import NotShownError, Verdict
from statusgen.importers.trello import effects
from statusgen.importers.trello.board_records import (
    COMMENTS,
    CREATIONS,
    ActionKind,
    Board,
    Card,
    Lane,
)
from statusgen.importers.trello.comments import CommentReader, update_id
from statusgen.importers.trello.labels import CardLabels, LabelReader
from statusgen.importers.trello.lanes import LaneReader
from statusgen.importers.updates import (
    SourceMessage,
    StateMove,
    UpdateBuilder,
    window_messages,
)
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State
from statusgen.problems import listed, quoted
from statusgen.timeline.timeline import SETTLED, last_state

INTERNAL = "its card is marked internal"

Window = tuple[datetime, datetime]

# Time from announcement to window, if the window began before the card was created.
_ANNOUNCED = timedelta(minutes=1)
_LONG = timedelta(hours=1)  # time on another board that is worth a remark


class NoServiceError(NotShownError):
    """A card without a label that matches a service of the site."""


@dataclass(frozen=True, kw_only=True)
class BoardFacts:
    """The context of all cards on a board; *now* dates changes that Trello does not record."""

    board: Board
    config: Config
    labels: LabelReader
    lanes: LaneReader
    now: datetime


@dataclass(frozen=True, kw_only=True)
class CardReader:
    """A converter from *card*, with the meaning of its *labels*, to an incident.

    *accepted* is the incident as last imported, and *seen* the id of the last label change known
    then. *remarks* collects the remarks on the card.
    """

    facts: BoardFacts
    card: Card
    labels: CardLabels
    accepted: Incident | None
    seen: str = ""
    remarks: list[str] = field(default_factory=list)

    def incident(self, slug: str) -> Incident:
        """Return the incident; raise NotShownError if it is not shown."""
        split = self._text()
        self._check_labels()
        started = self._started(split)
        # Actions on another board, before the incident, are not part of it.
        card = replace(self.card, created=max(self.card.created, started))
        return replace(self, card=card).with_history(slug, split, started)

    def with_history(self, slug: str, split: SplitText, started: datetime) -> Incident:
        """Return the incident that began at *started*, with updates from all actions."""
        card, config = self.card, self.facts.config
        kind = effects.kind_of(card, self.facts.labels, self.accepted)
        window = self._window(split) if kind is Kind.MAINTENANCE else None
        moves = self._moves(kind, window)
        messages = [self._opening(kind, split), *self._comments(kind, moves)]
        moves += [StateMove(at=one.at, state=one.state) for one in messages if one.state]
        moves.sort(key=lambda move: move.at)
        is_over = bool(moves) and moves[-1].state in SETTLED
        history = effects.effects_of(
            card,
            self.facts.labels,
            kind,
            accepted=self.accepted,
            seen=self.seen,
            ended=moves[-1].at if is_over else None,
            now=self.facts.now,
        )
        first = history.at(history.settled)
        title, text = texts.fit_title(self._title(), messages[0].text, self.remarks.append)
        messages[0] = replace(messages[0], text=text)
        incident = Incident(
            slug=self.accepted.slug if self.accepted else slug,
            title=title,
            severity=first.severity,
            services=tuple(ServiceSeverity(id=one) for one in history.services(history.settled)),
            started=started,
            updates=(),
        )
        if window is not None:
            announced = min(incident.started, window[0] - _ANNOUNCED)
            incident = replace(incident, started=announced, starts=window[0], ends=window[1])
            messages += window_messages(
                self.accepted, incident, config, key=card.id, now=self.facts.now
            )
        builder = UpdateBuilder(config, history, default=config.trello.severity)
        incident = replace(incident, updates=tuple(builder.updates(incident, messages, moves)))
        return self._resolved(incident, split)

    def _text(self) -> SplitText:
        """Return the description, split into visible and hidden parts."""
        try:
            split = split_hidden(texts.clean_text(self.card.text, self.remarks.append))
            split = replace(split, text=texts.convertible_text(split.text))
        except ValueError as fault:
            raise NotShownError(f"its description {fault}", is_refused=True) from None
        if split.is_internal:
            raise NotShownError(INTERNAL, Verdict.HIDE)
        return split

    def _title(self) -> str:
        title = texts.one_line_title(self.card.name)
        if title:
            return title
        config = self.facts.config
        names = [config.service_by_id[one].name for one in self.labels.services]
        say = Words(config.language, config.messages).say
        word = say(f"severity.{self.labels.severity}")
        title = f"{say('label', label=word)} {', '.join(names)}" if names else word
        self.remarks.append(f"its card has no name; using {quoted(title)} as the title")
        return title

    def _opening(self, kind: Kind, split: SplitText) -> SourceMessage:
        """Return the opening update: the description, with the state of the first list."""
        lane = self._first_lane()
        state = self.facts.lanes.state(lane, kind) if lane else None
        hidden = split.values.get("state", "")
        stated = texts.read_state(split, kind, self.facts.config) if hidden else None
        state = stated.state if stated and stated.state else state
        return SourceMessage(
            at=self.card.created,
            text=split.text,
            state=None if state in SETTLED else state,
            is_opening=True,
            id=update_id(self.card.id),
        )

    def _first_lane(self) -> Lane | None:
        """Return the card's first list, None if an export lacks the actions that name it."""
        actions = self.card.actions
        births = (one.lane for one in actions if one.kind in CREATIONS)
        moves = (one.before for one in actions)
        comments = (one.lane for one in actions)
        for lanes in (births, moves, comments):
            found = next(filter(None, lanes), None)
            if found is not None:
                return found
        return None if self.facts.board.is_cut else Lane(id=self.card.lane, name="")

    def _moves(self, kind: Kind, window: Window | None) -> list[StateMove]:
        """Return the state changes from moves between lists, in order."""
        card, lanes = self.card, self.facts.lanes
        first = self._first_lane()
        state, place = (lanes.state(first, kind), first.id) if first else (kind.first_state, "")
        found = [StateMove(at=card.created, state=state)] if state in SETTLED else []
        steps = [(one.at, one.after) for one in card.actions if one.after]
        known = steps[0][0] if steps else None
        steps += [
            # An export may lack early moves, but comments name the list of the card.
            (one.at, one.lane)
            for one in card.actions
            if one.kind in COMMENTS and one.lane and (known is None or one.at < known)
        ]
        steps.sort(key=lambda step: step[0])
        for at, lane in steps:
            place = lane.id
            now = lanes.state(lane, kind)
            if now is None and state in SETTLED and window is not None:
                now = State.SCHEDULED if at < window[0] else State.IN_PROGRESS
            if now is not None and now is not state:
                found.append(StateMove(at=max(at, card.created), state=now))
            state = now or state
        is_newer = bool(steps) and steps[-1][0] > card.active
        now = lanes.state(Lane(id=card.lane, name=""), kind)
        if place != card.lane and not is_newer and now is not None and now is not state:
            found.append(StateMove(at=card.active, state=now))
            what = "it is not known when its card was moved to its list"
            self.remarks.append(f"{what}; using the time of its last activity")
        return found

    def _started(self, split: SplitText) -> datetime:
        """Return the start: the time in the description, else the time the card was created.

        The time in the description must not be later than the creation of the card, or than its
        arrival from another board.
        """
        created = self.card.created
        arrived = [one.at for one in self.card.actions if one.kind is ActionKind.ARRIVED]
        latest = arrived[-1] if arrived else created
        started = self._time(split, "started")
        if started is not None and started <= latest:
            return started
        if started is not None:
            what = "'started' is later than its card"
            self.remarks.append(f"{what}; using the time the card was created")
        elif latest - created > _LONG:
            what = f"its card was created on another board on {created:%Y-%m-%d}"
            example = f"<!-- started: {times.written(latest, self.facts.config.zone)} -->"
            remedy = f"to change it, add {example} to its description"
            self.remarks.append(f"{what}; using that time; {remedy}")
        return created

    def _comments(self, kind: Kind, moves: Iterable[StateMove]) -> Iterator[SourceMessage]:
        def is_over(at: datetime) -> bool:
            before = [move.state for move in moves if move.at <= at]
            return bool(before) and before[-1] in SETTLED

        return CommentReader(
            board=self.facts.board,
            card=self.card,
            config=self.facts.config,
            kind=kind,
            accepted=self.accepted,
            is_over=is_over,
            remark=self.remarks.append,
        ).read()

    def _time(self, split: SplitText, name: str) -> datetime | None:
        """Return the time in the description's `<!-- name: … -->`, None if missing or invalid."""
        text = split.values.get(name)
        if not text:
            return None
        try:
            return times.parse(text, self.facts.config.zone)
        except ValueError as fault:
            self.remarks.append(f"{name} {quoted(text)} {fault}")
            return None

    def _window(self, split: SplitText) -> Window:
        """Return the maintenance window; raise NotShownError if it is missing or invalid."""
        starts = self._time(split, "starts") or self.card.start
        ends = self._time(split, "ends") or self.card.due
        if starts is not None and ends is not None and starts < ends:
            return (starts, ends)
        if starts is not None and ends is not None:
            what = "the maintenance window must end after it starts"
            raise NotShownError(f"{what}; correct the dates of the card", Verdict.HIDE)
        dates = {"starts": (starts, "a start date"), "ends": (ends, "a due date")}
        missing = [name for name, (at, _) in dates.items() if at is None]
        nouns = listed([name.removesuffix("s") for name in missing], "and")
        what = f"no {nouns} for the maintenance window"
        wanted = listed([dates[name][1] for name in missing], "and")
        examples = "".join(f"<!-- {name}: {times.EXAMPLE} -->" for name in missing)
        remedy = f"set {wanted} on the card, or add {examples}"
        raise NotShownError(f"{what}; {remedy}", Verdict.HIDE)

    def _resolved(self, incident: Incident, split: SplitText) -> Incident:
        """Return *incident* with the end given in the description, if it is valid."""
        at = self._time(split, "resolved")
        if at is None or incident.kind is not Kind.INCIDENT:
            return incident
        ends = [one.at for one in incident.updates if one.state in SETTLED]
        is_once = len(ends) == 1 and last_state(incident) in SETTLED
        if not is_once or not incident.started <= at <= ends[0]:
            what = "ignoring 'resolved'"
            self.remarks.append(f"{what}; use a time between the start and the last move")
            return incident
        return replace(incident, resolved=at)

    def _check_labels(self) -> None:
        """Remark on unknown severities; raise NoServiceError if no label matches a service."""
        settings = self.facts.config.trello
        for name in self.labels.unknown:
            what = f"label {quoted(name)} is not a known severity; using {settings.severity}"
            self.remarks.append(f"{what} (see trello: severities)")
        if not self.labels.services and self.labels.severity is not Severity.NONE:
            names = listed(map(quoted, self.labels.unmatched), "or")
            raise NoServiceError(f"no service of the site is named {names}")
