"""Endpoints of the fake Trello, with their parameters, defaults and limits."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.fakes.trello_board import Board
from tests.support.fakes.trello_query import ID, MOST, Query, Record, Refusal, place_of
from tests.support.fakes.trello_records import LISTED, person

_SHORT = re.compile(r"[0-9A-Za-z]{8}")
_BOARD_FIELDS = "name,desc,descData,closed,idOrganization,pinned,url,shortUrl,prefs,labelNames"
_PERSON_FIELDS = "avatarHash,fullName,initials,username"
_COMMENT_FILTER = "commentCard,updateCard:idList"

# Nested records, which Trello returns only if another parameter requests them.
_IN_BOARD = {"actions", "cards", "labels", "lists", "members", "memberships", "checklists"}
_IN_BOARD |= {"customFields", "pluginData"}
_IN_CARD = {"attachments", "customFieldItems", "pluginData"}

# Records with all fields.
_BOARD = Board()
_CARD = _BOARD.card()
_PERSON = person("ada")
_ACTION = _BOARD.listed()[0]


def _boards(boards: list[Board], _: str, query: Query) -> list[Record]:
    kind = query.one_of("filter", "all", "all open closed")
    found = [board.data for board in boards if _is_kind(board.data, kind)]
    return query.pick(found, "fields", "all", known=_BOARD.data, without=_IN_BOARD)


def _board(boards: list[Board], key: str, query: Query) -> Record:
    data = _find([board.data for board in boards], key, "board not found")
    result = query.pick([data], "fields", _BOARD_FIELDS, known=_BOARD.data, without=_IN_BOARD)[0]
    lists = query.one_of("lists", "none", "all closed none open")
    labels = query.one_of("labels", "none", "all none")
    most = query.number("labels_limit", 50)
    memberships = query.one_of("memberships", "none", "all none admin normal active deactivated")
    members = query.one_of("members", "none", "all none")
    if lists != "none":
        result["lists"] = [one for one in data["lists"] if _is_kind(one, lists)]
    if labels != "none":
        result["labels"] = data["labels"][:most]
    if memberships != "none":
        result["memberships"] = [
            one
            for one in data["memberships"]
            if memberships in ("all", one["memberType"])
            or memberships == ("deactivated" if one["deactivated"] else "active")
        ]
    if members != "none":
        fields = f"{_PERSON_FIELDS},confirmed"
        result["members"] = query.pick(data["members"], "member_fields", fields, known=_PERSON)
    return result


def _cards(boards: list[Board], key: str, query: Query) -> list[Record]:
    data = _find([board.data for board in boards], key, "board not found")
    if query.text("actions", ""):
        message = (
            "Requested too many cards, either reduce the limit or ask for fewer nested resources"
        )
        raise Refusal(403, {"error": "API_TOO_MANY_CARDS_REQUESTED", "message": message})
    kind = query.one_of("filter", "visible", "all closed none open visible")
    most = query.number("limit", MOST, least=1)
    is_inside = query.bounds({})
    gone = {one["id"] for one in data["lists"] if one["closed"]} if kind == "visible" else set()
    found = [
        card
        for card in data["cards"]
        if _is_kind(card, "open" if kind == "visible" else kind)
        and card["idList"] not in gone
        and is_inside(place_of(card["id"]))
    ]
    newest = sorted(found, key=lambda card: str(card["id"]))[-most:]
    query.one_of("customFieldItems", "false", "false true")
    in_order = sorted(newest, key=lambda card: (card["pos"], card["id"]))
    return query.pick(in_order, "fields", "all", known=_CARD.data, without=_IN_CARD)


def _lists(boards: list[Board], key: str, query: Query) -> list[Record]:
    data = _find([board.data for board in boards], key, "board not found")
    query.one_of("cards", "none", "none")
    kind = query.one_of("filter", "open", "all closed none open")
    found = [one for one in data["lists"] if _is_kind(one, kind)]
    return query.pick(found, "fields", "all", known=_BOARD.data["lists"][0])


def _labels(boards: list[Board], key: str, query: Query) -> list[Record]:
    data = _find([board.data for board in boards], key, "board not found")
    found = data["labels"][: query.number("limit", 50)]
    return query.pick(found, "fields", "all", known=_BOARD.data["labels"][0])


def _members(boards: list[Board], key: str, query: Query) -> list[Record]:
    data = _find([board.data for board in boards], key, "board not found")
    query.one_of("filter", "all", "all")
    return query.pick(data["members"], "fields", "fullName,username", known=_PERSON)


def _board_actions(boards: list[Board], key: str, query: Query) -> list[Record]:
    data = _find([board.data for board in boards], key, "board not found")
    board = next(one for one in boards if one.data is data)
    return _actions(board.listed(), query, "all")


def _card_actions(boards: list[Board], key: str, query: Query) -> list[Record]:
    cards = [card for board in boards for card in board.data["cards"]]
    card = _find(cards, key, "The requested resource was not found.")
    found = [
        action
        for board in boards
        for action in board.listed()
        if action["data"].get("card", {}).get("id") == card["id"]
    ]
    return _actions(found, query, _COMMENT_FILTER)


def _actions(actions: list[Record], query: Query, default: str) -> list[Record]:
    """Return a page of the sorted *actions*."""
    kinds = [one for one in query.text("filter", default).split(",") if one]
    if {one.partition(":")[0] for one in kinds} - LISTED - {"all"}:
        raise Refusal(400, "invalid value for filter")
    most = query.number("limit", 50)
    start = query.number("page", 0, most=10**9) * most
    if start >= MOST:
        raise Refusal(400, "invalid value for page")
    is_inside = query.bounds({one["id"]: (one["date"], one["id"]) for one in actions})
    found = [
        one
        for one in actions
        if is_inside((one["date"], one["id"])) and any(_is_of_kind(one, kind) for kind in kinds)
    ][start : start + most]
    picked = query.pick(found, "fields", "all", known=_ACTION, without={"memberCreator"})
    if query.one_of("memberCreator", "true", "false true") == "true":
        for action, result in zip(found, picked, strict=True):
            if creator := action.get("memberCreator"):
                fields = ("memberCreator_fields", _PERSON_FIELDS)
                result["memberCreator"] = query.pick([creator], *fields, known=_PERSON)[0]
            elif "memberCreator" in action:
                result["memberCreator"] = None
    return picked


def _is_of_kind(action: Record, kind: str) -> bool:
    """Return whether *action* matches a filter such as `updateCard` or `updateCard:idList`."""
    name, _, changed = kind.partition(":")
    is_changed = not changed or changed in action["data"].get("old", {})
    return kind == "all" or (action["type"] == name and is_changed)


def _is_kind(record: Record, kind: str) -> bool:
    """Return whether a list or card matches *kind*: all, closed, none or open."""
    return kind == "all" or kind == ("closed" if record["closed"] else "open")


def _find(records: list[Record], key: str, error: str) -> Record:
    """Return the record with the id or short link *key*; raise Refusal with *error*."""
    if not (ID.fullmatch(key) or _SHORT.fullmatch(key)):
        raise Refusal(400, "invalid id")
    for record in records:
        if key in (record["id"], record["shortLink"]):
            return record
    raise Refusal(404, error)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """The function that handles requests to a path, and the parameters that it accepts."""

    answer: Callable[[list[Board], str, Query], Any]
    knows: str


_PAGING = "limit before since filter fields"
_LISTING = f"{_PAGING} page memberCreator memberCreator_fields"
_WHOLE = "fields lists labels labels_limit memberships members member_fields"

# Paths as in the published API description.
ENDPOINTS = {
    "/members/{idMember}/boards": Endpoint(answer=_boards, knows="filter fields"),
    "/boards/{idBoard}": Endpoint(answer=_board, knows=_WHOLE),
    "/boards/{idBoard}/actions": Endpoint(answer=_board_actions, knows=_LISTING),
    "/boards/{idBoard}/cards": Endpoint(answer=_cards, knows=f"{_PAGING} actions customFieldItems"),
    "/boards/{idBoard}/labels": Endpoint(answer=_labels, knows="limit fields"),
    "/boards/{idBoard}/lists": Endpoint(answer=_lists, knows="filter fields cards"),
    "/boards/{idBoard}/members": Endpoint(answer=_members, knows="filter fields"),
    "/cards/{idCard}/actions": Endpoint(answer=_card_actions, knows=_LISTING),
}
