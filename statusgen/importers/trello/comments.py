"""Read the publishable comments on a card."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from statusgen.config.settings import Config
from statusgen.ids import id12
from statusgen.importers import texts
from statusgen.importers.hidden_markup import split_hidden
from statusgen.importers.names import clean_line
from statusgen.importers.sync import NotShownError
from statusgen.importers.texts import Remark
from statusgen.importers.trello.board_records import COMMENTS, Action, Board, Card, Member
from statusgen.importers.updates import SourceMessage
from statusgen.model import Incident, Kind, Update
from statusgen.problems import quoted
from statusgen.timeline.timeline import SETTLED

_UNTRUSTED = "by people who are not members of the board"


@dataclass(frozen=True, kw_only=True)
class CommentReader:
    """A converter from the comments on *card* to updates for an incident of *kind*.

    *is_over* returns whether the card's list meant a settled state at a given time. *accepted* is
    the incident as last imported; its updates are kept if their authors are no longer trusted.
    """

    board: Board
    card: Card
    config: Config
    kind: Kind
    accepted: Incident | None
    is_over: Callable[[datetime], bool]
    remark: Remark

    def read(self) -> Iterator[SourceMessage]:
        """Yield the published comments, sorted by time, and remark on the skipped ones."""
        left_out: Counter[str] = Counter()
        before = _by_id(self.accepted)
        for action in self.card.actions:
            if action.kind not in COMMENTS:
                continue
            try:
                yield self._content(action, before.get(update_id(action.id)))
            except NotShownError as refusal:
                left_out[refusal.reason] += 1
        for reason, number in left_out.items():
            if reason:
                self.remark(f"skipped {texts.counted(number, 'comment')}: {reason}")

    def _content(self, action: Action, before: Update | None) -> SourceMessage:
        """Return the message in the comment *action*; raise NotShownError if it is not shown."""
        is_trusted = self._trusts(action.member)
        if before is None and not is_trusted:
            raise NotShownError(self._describe(action.member))
        try:
            split = split_hidden(texts.clean_text(action.text, self.remark))
            if split.is_internal:
                raise NotShownError("")
            state, text, _ = texts.read_state(split, self.kind, self.config)
            text = texts.convertible_text(text)
        except ValueError as fault:
            raise NotShownError(str(fault)) from None
        if before is not None and not is_trusted:
            if text and text != before.text:
                who = self._describe(action.member)
                self.remark(f"a comment was edited {who}; keeping the last accepted text")
            # The kind may have changed: a maintenance state is invalid for an incident.
            state = before.state if before.state in self.kind.states else None
            text = before.text
        elif state not in SETTLED and self.is_over(action.at):
            state = None  # The list says that it is over; a later "monitoring" does not reopen it.
        if not text and state is None:
            raise NotShownError("")
        initials = clean_line(action.member.initials) if action.member else ""
        is_signed = self.config.trello.initials and bool(initials)
        return SourceMessage(
            at=max(action.at, self.card.created),
            text=text,
            state=state,
            id=update_id(action.id),
            extra={"x-by": initials} if is_signed else {},
        )

    def _trusts(self, member: Member | None) -> bool:
        """Return whether comments by *member* are published; never for deleted accounts."""
        if member is None:
            return False
        trusted = {name.casefold() for name in self.config.trello.trusted}
        # ASCII only: the Kelvin sign case-folds to "k".
        is_named = member.username.isascii() and member.username.casefold() in trusted
        return self.board.is_members_only or member.id in self.board.writers or is_named

    def _describe(self, member: Member | None) -> str:
        if member is None:
            return "by a deleted account"
        if not member.username:
            return _UNTRUSTED
        return f"by {quoted(member.username)}, who is not a member with write access"


def update_id(key: str) -> str:
    """Return the id of the update for the card or action with the id *key*."""
    return id12("update", f"trello:{key}")


def _by_id(incident: Incident | None) -> Mapping[str, Update]:
    updates = incident.updates if incident else ()
    return {one.id: one for one in updates if one.id}
