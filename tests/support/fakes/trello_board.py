"""A Trello board with the actions of people, in the format of Trello's API and export.

Each method is a person's action on the board. If Trello records the action, the method adds it.
Ids and times depend only on the arguments and the order of the calls.
"""

from copy import deepcopy
from typing import Any

from tests.support.fakes.trello_card import Card
from tests.support.fakes.trello_records import GAP, LISTED, digest, moment, person, timestamp

KINDS = {
    "admin": "makeAdminOfBoard",
    "normal": "makeNormalMemberOfBoard",
    "observer": "makeObserverOfBoard",
}
PEOPLE = {"ada": "admin", "bo": "normal", "cy": "normal", "obs": "observer"}

_BOARD: dict[str, Any] = {
    "desc": "",
    "descData": None,
    "closed": False,
    "idOrganization": None,
    "idEnterprise": None,
    "pinned": False,
    "starred": False,
    "labelNames": {},
    "subscribed": False,
    "powerUps": [],
    "dateLastView": None,
    "limits": {},
}
_CARD: dict[str, Any] = {
    "checkItemStates": None,
    "closed": False,
    "dueComplete": False,
    "descData": {"emoji": {}},
    "dueReminder": None,
    "email": None,
    "idChecklists": [],
    "idMembers": [],
    "idMembersVoted": [],
    "idAttachmentCover": None,
    "manualCoverAttachment": False,
    "pinned": False,
    "subscribed": False,
    "cardRole": None,
}
_BADGES = {"votes": 0, "attachments": 0, "checkItems": 0, "checkItemsChecked": 0, "comments": 0}


class Board:
    """A board; `data` is its export, plus the actions that Trello does not list."""

    def __init__(
        self,
        name: str = "Acme status",
        *,
        lanes: tuple[str, ...] = ("Reported", "Investigating", "Fixed"),
        people: dict[str, str] | None = None,
        comments: str = "members",
        level: str = "public",
        at: str = "2024-01-02 09:00",
    ) -> None:
        self._seed = digest(name, 5)
        self._made = 0
        key = self.key(at)
        short = digest(key, 4)
        self.data: dict[str, Any] = {
            "id": key,
            "name": name,
            "shortLink": short,
            "url": f"https://trello.com/b/{short}/status",
            "shortUrl": f"https://trello.com/b/{short}",
            "prefs": {"permissionLevel": level, "comments": comments, "voting": "disabled"},
            "dateLastActivity": timestamp(at),
            **deepcopy(_BOARD),
            **{one: [] for one in ("actions", "cards", "labels", "lists", "members")},
            **{one: [] for one in ("memberships", "checklists", "customFields", "pluginData")},
        }
        for color in ("green", "yellow", "orange", "red", "purple", "blue"):
            self.label("", color, at=at)  # Every new board has these.
        for lane in lanes:
            self.lane(lane, at=at)
        for who, kind in (PEOPLE if people is None else people).items():
            self._admit(who, kind, at)

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Board":
        """Return the board described by *data*, an export."""
        board = cls(data["name"])
        board.data = deepcopy(data)
        board._seed = digest(
            f"{data['id']} {len(data['actions'])}", 5
        )  # New ids must differ from old ones.
        return board

    def export(self, *, actions: int = 1000) -> dict[str, Any]:
        """Return the JSON that the board's menu exports, with only the newest *actions*."""
        return deepcopy(self.data | {"actions": self.listed()[:actions]})

    def listed(self) -> list[dict[str, Any]]:
        """Return the actions that Trello lists, newest first."""
        found = [action for action in self.data["actions"] if action["type"] in LISTED]
        return sorted(found, key=lambda action: (action["date"], action["id"]), reverse=True)

    def key(self, at: str) -> str:
        """Return a new id: 8 hex digits for the time *at*, and 16 that are unique."""
        self._made += 1
        return f"{int(moment(at).timestamp()):08x}{self._seed}{self._made:06x}"

    def act(
        self, kind: str, *, by: str | None, at: str, app: str | None = None, **data: Any
    ) -> dict[str, Any]:
        """Record an action by the member *by*; None is a deleted account."""
        creator = self.member(by or "deleted")
        board = {one: self.data[one] for one in ("id", "name", "shortLink")}
        action = {
            "id": self.key(at),
            "idMemberCreator": creator["id"],
            "data": deepcopy({**data, "board": board | data.get("board", {})}),
            "appCreator": {"id": f"5f000000{digest(app, 8)}", "name": app} if app else None,
            "type": kind,
            "date": timestamp(at),
            "limits": {},
            "memberCreator": creator if by else None,
        }
        self.data["actions"].append(action)
        self.data["dateLastActivity"] = max(self.data["dateLastActivity"], timestamp(at))
        return action

    def allow_comments(self, who: str, *, by: str = "ada", at: str) -> None:
        """Set the comment permission to *who*: disabled, members, observers, org or public."""
        old, self.data["prefs"]["comments"] = self.data["prefs"]["comments"], who
        prefs = {"comments": who}
        self.act(
            "updateBoard", by=by, at=at, board={"prefs": prefs}, old={"prefs": {"comments": old}}
        )

    def appoint(self, name: str, kind: str, *, by: str = "ada", at: str) -> None:
        """Add the member *name* as admin, normal or observer, or change the role of a member."""
        known = self.membership(name)
        if known is None:
            self._admit(name, kind, at)
            self.act("addMemberToBoard", by=by, at=at, idMemberAdded=self.member(name)["id"])
        else:
            known["memberType"] = kind
            self.act(KINDS[kind], by=by, at=at, idMember=self.member(name)["id"])

    def dismiss(self, name: str, *, by: str = "ada", at: str) -> None:
        """Remove the member *name*; Trello does not list this action."""
        key = self.member(name)["id"]
        for field, one in (("members", "id"), ("memberships", "idMember")):
            self.data[field] = [other for other in self.data[field] if other[one] != key]
        self.act("removeMemberFromBoard", by=by, at=at, idMember=key)

    def member(self, name: str) -> dict[str, Any]:
        """Return the member *name*, or a non-member of that name."""
        known = (one for one in self.data["members"] if one["username"] == name)
        return next(known, None) or person(name)

    def membership(self, name: str) -> dict[str, Any] | None:
        """Return the membership of *name*; a test may change its flags."""
        key = self.member(name)["id"]
        return next((one for one in self.data["memberships"] if one["idMember"] == key), None)

    def _admit(self, name: str, kind: str, at: str) -> None:
        member = self.member(name)
        self.data["members"].append(member)
        self.data["memberships"].append(
            {
                "id": self.key(at),
                "idMember": member["id"],
                "memberType": kind,
                "unconfirmed": False,
                "deactivated": False,
            }
        )

    def lane(self, name: str, *, at: str = "09:00") -> dict[str, Any]:
        """Return the list *name*, creating it at the time *at* if it is missing."""
        found = next((one for one in self.data["lists"] if one["name"] == name), None)
        if found is None:
            found = {
                "id": self.key(at),
                "name": name,
                "closed": False,
                "idBoard": self.data["id"],
                "pos": (len(self.data["lists"]) + 1) * GAP,
                "subscribed": False,
            }
            self.data["lists"].append(found)
        return found

    def rename_lane(self, name: str, new: str, *, by: str = "ada", at: str) -> None:
        """Rename the list *name*; earlier actions keep the old name."""
        self._update_lane(name, "name", new, by, at)

    def archive_lane(self, name: str, *, by: str = "ada", at: str) -> None:
        """Archive the list *name*; the cards on it do not change."""
        self._update_lane(name, "closed", True, by, at)

    def _update_lane(self, name: str, field: str, value: Any, by: str, at: str) -> None:
        lane = self.lane(name)
        old, lane[field] = lane[field], value
        record = {one: lane[one] for one in dict.fromkeys(("id", "name", field))}
        self.act("updateList", by=by, at=at, list=record, old={field: old})

    def label(self, name: str, color: str | None = None, *, at: str = "09:00") -> dict[str, Any]:
        """Return the label *name*, creating it if missing; an empty name always creates one."""
        found = next((one for one in self.data["labels"] if name and one["name"] == name), None)
        if found is None:
            found = {
                "id": self.key(at),
                "idBoard": self.data["id"],
                "name": name,
                "color": color,
                "uses": 0,
            }
            self.data["labels"].append(found)
        return found

    def rename_label(self, name: str, new: str, *, by: str = "ada", at: str) -> None:
        """Rename the label *name*, also on every card; Trello does not list this action."""
        label = self.label(name)
        label["name"] = new
        for card in self.data["cards"]:
            for one in card["labels"]:
                one["name"] = new if one["id"] == label["id"] else one["name"]
        record = {"id": label["id"], "name": new}
        self.act("updateLabel", by=by, at=at, label=record, old={"name": name})

    def find(self, name: str) -> Card:
        """Return the first card called *name*."""
        return next(Card(self, one) for one in self.data["cards"] if one["name"] == name)

    def card(
        self,
        name: str = "API is slow",
        *,
        lane: str = "Reported",
        labels: list[str] | None = None,
        desc: str = "",
        by: str | None = "ada",
        at: str = "09:00",
        created: str | None = None,
        due: str | None = None,
        start: str | None = None,
        template: bool = False,
        how: str = "createCard",
        **data: Any,
    ) -> Card:
        """Create a card in *lane*; *how* is the type of the action, with additional *data*.

        A card that comes from another board (`moveCardToBoard`) was *created* earlier than *at*.
        """
        key = self.key(created or at)
        number = 1 + max((one["idShort"] for one in self.data["cards"]), default=0)
        short = digest(key, 4)
        card = {
            "id": key,
            "name": name,
            "desc": desc,
            "idBoard": self.data["id"],
            "idList": self.lane(lane)["id"],
            "idShort": number,
            "shortLink": short,
            "shortUrl": f"https://trello.com/c/{short}",
            "url": f"https://trello.com/c/{short}/{number}-card",
            "pos": number * GAP,
            "due": timestamp(due) if due else None,
            "start": timestamp(start) if start else None,
            "isTemplate": template,
            "dateLastActivity": timestamp(at),
            "badges": {**_BADGES, "description": bool(desc)},
            **deepcopy(_CARD),
        }
        self.data["cards"].append(card)
        made = Card(self, card)
        made.put_labels(labels or [])
        self.act(how, by=by, at=at, card=made.reference(), list=made.lane(), **data)
        return made
