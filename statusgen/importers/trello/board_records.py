"""Records for a Trello board, read from Trello's JSON.

The format is that of Trello's REST API (https://developer.atlassian.com/cloud/trello/rest/); the
JSON export of a board has the same format. Only the keys that the import uses are required, because
old exports lack some.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from statusgen.importers.json_reader import JsonError, JsonMap

CUT = 1000  # maximum number of actions in an export

_ID = re.compile("[0-9a-f]{24}")
_SHORT_LINK = re.compile("[A-Za-z0-9]{1,24}")
# Values of the comment permission that exclude non-members.
_MEMBERS_ONLY = ("disabled", "members")
_WRITERS = ("admin", "normal")


class ActionKind(StrEnum):
    """The action types that an import requests; the values are Trello's."""

    CREATED = "createCard"
    COPIED = "copyCard"
    MAILED = "emailCard"
    CONVERTED = "convertToCardFromCheckItem"
    ARRIVED = "moveCardToBoard"
    CHANGED = "updateCard"
    COMMENTED = "commentCard"
    COMMENT_COPIED = "copyCommentCard"
    BOARD_CHANGED = "updateBoard"
    MEMBER_ADDED = "addMemberToBoard"
    OBSERVER_ADDED = "makeObserverOfBoard"
    LANE_CHANGED = "updateList"


CREATIONS = (
    ActionKind.CREATED,
    ActionKind.COPIED,
    ActionKind.MAILED,
    ActionKind.CONVERTED,
    ActionKind.ARRIVED,
)
COMMENTS = (ActionKind.COMMENTED, ActionKind.COMMENT_COPIED)


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A list on the board; in an action, it has the name from that time.

    *archived* is the time when the list was last archived, None if unknown.
    """

    id: str
    name: str
    is_archived: bool = False
    archived: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Member:
    """The member behind an action; None stands for a deleted account."""

    id: str
    username: str = ""
    initials: str = ""


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action on a card.

    *lane* is the list that the card was on; a move has *before* and *after* instead. *labels* are
    the ids of the card's labels before and after the action, if recorded.
    """

    id: str
    kind: ActionKind
    at: datetime
    member: Member | None
    text: str = ""
    lane: Lane | None = None
    before: Lane | None = None
    after: Lane | None = None
    labels: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    is_archiving: bool | None = None  # False if it restores the card


@dataclass(frozen=True, kw_only=True)
class Card:
    """A card; its *actions* are sorted by time."""

    id: str
    short_link: str
    name: str
    text: str
    lane: str
    labels: tuple[str, ...]
    created: datetime  # from its id
    active: datetime
    actions: tuple[Action, ...]
    is_archived: bool = False
    is_template: bool = False
    start: datetime | None = None
    due: datetime | None = None
    comments: int = 0  # the count on its badge
    attachments: int = 0

    @property
    def missing_comments(self) -> int:
        """The number of comments that are missing from the actions."""
        return max(0, self.comments - sum(1 for one in self.actions if one.kind in COMMENTS))


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board with all its cards; *labels* maps label ids to names.

    *writers* are the ids of members with write access. *is_members_only* is true if, as far as the
    actions show, only members could ever comment. *is_cut* is true if old actions may be missing.
    *active* is the time of the last activity.
    """

    id: str
    short_link: str
    name: str
    lanes: Mapping[str, Lane]
    labels: Mapping[str, str]
    cards: tuple[Card, ...]
    writers: frozenset[str]
    is_members_only: bool
    is_public: bool
    active: datetime
    is_closed: bool = False
    is_cut: bool = False


def time_of(identifier: str) -> datetime:
    """Return the creation time in *identifier*, which begins with 8 hex digits of Unix time."""
    return datetime.fromtimestamp(int(identifier[:8], 16), UTC)


def read_board(document: JsonMap, *, is_export: bool) -> Board:
    """Read a board from *document*, an export or API responses in the same format.

    Raises JsonError, with the path of the invalid value.
    """
    actions: dict[str, list[Action]] = {}
    archived: dict[str, datetime] = {}
    was_open = False
    number = 0
    members = {one.text("id"): one for one in document.maps("members") if one.has("id")}
    # If pages shifted during reading, some actions occur twice; the later copy wins.
    distinct = {one.text("id"): one for one in document.maps("actions")}
    for one in distinct.values():
        number += 1
        was_open = was_open or _opened_comments(one)
        changed = one.map("data").map("list")
        if one.text("type") == ActionKind.LANE_CHANGED and changed.flag("closed"):
            at = one.moment("date")
            archived[changed.text("id")] = max(archived.get(changed.text("id"), at), at)
        card = one.map("data").map("card")
        action = _action(one, members)
        if action is not None and card.has("id"):
            actions.setdefault(card.text("id"), []).append(action)
    by_id = {one.text("id"): one for one in document.maps("cards")}
    cards = tuple(_card(by_id[key], actions.get(key, ())) for key in sorted(by_id))
    is_cut = is_export and (number >= CUT or any(card.missing_comments for card in cards))
    prefs = document.map("prefs")
    comments = prefs.text("comments") if prefs.has("comments") else ""
    return Board(
        id=_id(document),
        short_link=_short_link(document),
        name=document.text("name"),
        is_closed=document.flag("closed"),
        active=max([time_of(_id(document)), *(card.active for card in cards)]),
        lanes={
            lane.id: replace(lane, archived=archived.get(lane.id))
            for lane in map(_lane, document.maps("lists"))
        },
        labels={
            one.text("id"): one.text("name") if one.has("name") else ""
            for one in document.maps("labels")
        },
        cards=cards,
        writers=frozenset(
            one.text("idMember")
            for one in document.maps("memberships")
            if one.has("memberType") and one.text("memberType") in _WRITERS
            if not one.flag("deactivated") and not one.flag("unconfirmed")
        ),
        is_members_only=comments in _MEMBERS_ONLY and not was_open and not is_cut,
        is_public=prefs.has("permissionLevel") and prefs.text("permissionLevel") == "public",
        is_cut=is_cut,
    )


def _card(card: JsonMap, actions: Iterable[Action]) -> Card:
    badges = card.map("badges")
    identifier = _id(card)
    active = card.moment("dateLastActivity") if card.has("dateLastActivity") else None
    # Actions in the same second are sorted by id.
    ordered = sorted(actions, key=lambda one: (one.at, one.id))
    return Card(
        id=identifier,
        short_link=_short_link(card),
        name=card.text("name"),
        text=card.text("desc") if card.has("desc") else "",
        lane=card.text("idList"),
        labels=tuple(card.texts("idLabels")),
        created=time_of(identifier),
        active=active or max([time_of(identifier), *(one.at for one in ordered)]),
        actions=tuple(ordered),
        is_archived=card.flag("closed"),
        is_template=card.flag("isTemplate"),
        start=_window(card, "start"),
        due=_window(card, "due"),
        comments=badges.number("comments"),
        attachments=badges.number("attachments"),
    )


def _window(card: JsonMap, name: str) -> datetime | None:
    """Return the date *name* on *card*, None if it is out of range; people can set any year."""
    try:
        return card.moment(name) if card.has(name) else None
    except JsonError:
        card.text(name)  # Raises if it is not even a string.
        return None


def _action(action: JsonMap, members: Mapping[str, JsonMap]) -> Action | None:
    """Read *action*; return None for a type that an import does not use."""
    try:
        kind = ActionKind(action.text("type"))
    except ValueError as error:
        if isinstance(error, JsonError):
            raise
        return None
    data = action.map("data")
    old, card = data.map("old"), data.map("card")
    is_move = old.has("idList")
    return Action(
        id=_id(action),
        kind=kind,
        at=action.moment("date"),
        member=_member(action, members),
        text=data.text("text") if data.has("text") else "",
        lane=_named(data.map("list")),
        before=_named(data.map("listBefore")) if is_move else None,
        after=_named(data.map("listAfter")) if is_move else None,
        labels=(
            (tuple(old.texts("idLabels")), tuple(card.texts("idLabels")))
            if old.has("idLabels") and card.has("idLabels")
            else None
        ),
        is_archiving=card.flag("closed") if old.has("closed") else None,
    )


def _member(action: JsonMap, members: Mapping[str, JsonMap]) -> Member | None:
    """Return the member behind *action*, None if the account was deleted."""
    creator = action.map("memberCreator")
    if not creator.has("id"):
        return None
    identifier = creator.text("id")
    known = members.get(identifier, creator)

    def word(name: str) -> str:
        owner = creator if creator.has(name) else known
        return owner.text(name) if owner.has(name) else ""

    return Member(id=identifier, username=word("username"), initials=word("initials"))


def _opened_comments(action: JsonMap) -> bool:
    """Return whether *action* shows that non-members could comment before it."""
    prefs = action.map("data").map("old").map("prefs")
    return prefs.has("comments") and prefs.text("comments") not in _MEMBERS_ONLY


def _lane(lane: JsonMap) -> Lane:
    return Lane(id=lane.text("id"), name=lane.text("name"), is_archived=lane.flag("closed"))


def _named(lane: JsonMap) -> Lane | None:
    if not lane.has("id"):
        return None
    return Lane(id=lane.text("id"), name=lane.text("name") if lane.has("name") else "")


def _id(owner: JsonMap) -> str:
    text = owner.text("id")
    if _ID.fullmatch(text) is None:
        raise JsonError(f"{owner.path or 'board'}.id: expected 24 hexadecimal digits")
    return text


def _short_link(owner: JsonMap) -> str:
    """Return the short link of *owner*; in old exports it is only part of the URL."""
    if owner.has("shortLink"):
        word = owner.text("shortLink")
    else:
        address = next((owner.text(key) for key in ("shortUrl", "url") if owner.has(key)), "")
        word = next(iter(re.findall(r"/[bc]/(\w+)", address)), "")
    word = word or _id(owner)
    if _SHORT_LINK.fullmatch(word) is None:
        raise JsonError(f"{owner.path or 'board'}.shortLink: expected letters and digits")
    return word
