"""A card on the fake Trello, with the actions of people."""

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.fakes.trello_records import GAP, timestamp

if TYPE_CHECKING:
    from tests.support.fakes.trello_board import Board


@dataclass(frozen=True, eq=False)
class Card:
    """A card on *board*; `data` is its export."""

    board: "Board"
    data: dict[str, Any]

    def comment(
        self, text: str, *, by: str | None = "ada", at: str, app: str | None = None
    ) -> "Card":
        """Add a comment, through an *app* if given."""
        return self._comment("commentCard", by=by, at=at, app=app, text=text)

    def edit_comment(self, text: str, new: str, *, at: str) -> "Card":
        """Replace the *text* of a comment; its date stays, and Trello lists no action."""
        comment = self._comment_of(text)
        comment["data"] |= {"text": new, "dateLastEdited": timestamp(at)}
        creator = comment.get("memberCreator")
        by = creator["username"] if creator else None
        return self._act("updateComment", by=by, at=at, action={"id": comment["id"]})

    def delete_comment(self, text: str, *, by: str = "ada", at: str) -> "Card":
        """Delete the comment *text*; Trello lists no action."""
        comment = self._comment_of(text)
        self.board.data["actions"].remove(comment)
        self.data["badges"]["comments"] -= 1
        return self._act("deleteComment", by=by, at=at, action={"id": comment["id"]})

    def move(self, lane: str, *, by: str | None = "ada", at: str, app: str | None = None) -> "Card":
        """Move the card to the end of another *lane*."""
        before, target = self.lane(), self.board.lane(lane, at=at)
        self.data["pos"] = GAP + max(card["pos"] for card in self.board.data["cards"])
        lists = {"listBefore": before, "listAfter": {one: target[one] for one in ("id", "name")}}
        return self._update({"idList": target["id"]}, by=by, at=at, app=app, **lists)

    def shift(self, *, by: str = "ada", at: str) -> "Card":
        """Move the card within its lane."""
        return self._update({"pos": self.data["pos"] + 1}, by=by, at=at)

    def rename(self, name: str, *, by: str = "ada", at: str) -> "Card":
        """Change the title of the card."""
        return self._update({"name": name}, by=by, at=at)

    def describe(self, desc: str, *, by: str = "ada", at: str) -> "Card":
        """Change the description of the card."""
        self.data["badges"]["description"] = bool(desc)
        return self._update({"desc": desc}, by=by, at=at)

    def schedule(
        self, *, due: str | None, start: str | None = None, by: str = "ada", at: str
    ) -> "Card":
        """Set the times *due* and *start*; None removes one."""
        times = {"due": due, "start": start}
        changed = {one: timestamp(when) if when else None for one, when in times.items()}
        for field, value in changed.items():
            if value != self.data[field]:
                self._update({field: value}, by=by, at=at)
        return self

    def archive(self, *, by: str = "ada", at: str) -> "Card":
        """Archive the card."""
        return self._update({"closed": True}, by=by, at=at)

    def restore(self, *, by: str = "ada", at: str) -> "Card":
        """Bring the card back from the archive."""
        return self._update({"closed": False}, by=by, at=at)

    def relabel(
        self, labels: list[str], *, by: str = "ada", at: str, is_listed: bool = False
    ) -> "Card":
        """Replace the labels of the card with *labels*.

        Trello lists this action only if a client sets all labels at once (*is_listed*). Otherwise
        webhooks get one action per label.
        """
        old = list(self.data["idLabels"])
        self.put_labels(labels)
        new = list(self.data["idLabels"])
        if is_listed:
            self.data["idLabels"] = old
            return self._update({"idLabels": new}, by=by, at=at)
        for key in (one for one in old if one not in new):
            self._act("removeLabelFromCard", by=by, at=at, label={"id": key})
        for key in (one for one in new if one not in old):
            self._act("addLabelToCard", by=by, at=at, label={"id": key})
        return self

    def attach(self, *, by: str = "ada", at: str) -> "Card":
        """Attach a file."""
        self.data["badges"]["attachments"] += 1
        return self._act("addAttachmentToCard", by=by, at=at, attachment={"name": "graph.png"})

    def copy(self, name: str, *, lane: str = "Reported", by: str = "ada", at: str) -> "Card":
        """Return a copy of the card with its labels, description and comments."""
        source = self.reference()
        made = self.board.card(
            name,
            lane=lane,
            desc=self.data["desc"],
            due=self.data["due"],
            start=self.data["start"],
            by=by,
            at=at,
            how="copyCard",
            cardSource=source,
        )
        made.data.update(deepcopy({one: self.data[one] for one in ("idLabels", "labels")}))
        for comment in self.comments():
            made._comment(  # noqa: SLF001, also a card
                "copyCommentCard",
                by=by,
                at=at,
                text=comment["data"]["text"],
                idOriginalCommenter=comment["idMemberCreator"],
                cardSource=source,
            )
        return made

    def delete(self, *, by: str = "ada", at: str) -> None:
        """Delete the card with all its actions."""
        self._vanish("deleteCard", ("id", "idShort", "shortLink"), by, at)

    def leave(self, *, by: str = "ada", at: str) -> None:
        """Move the card to another board, with all its actions."""
        self._vanish("moveCardFromBoard", tuple(self.reference()), by, at)

    def reference(self) -> dict[str, Any]:
        """Return the card as actions refer to it."""
        return {one: self.data[one] for one in ("id", "name", "idShort", "shortLink")}

    def lane(self) -> dict[str, Any]:
        """Return the list of the card as actions refer to it."""
        lanes = self.board.data["lists"]
        found = next(one for one in lanes if one["id"] == self.data["idList"])
        return {"id": found["id"], "name": found["name"]}

    def comments(self) -> list[dict[str, Any]]:
        """Return the comments, oldest first."""
        kinds = ("commentCard", "copyCommentCard")
        found = [one for one in self._actions() if one["type"] in kinds]
        return sorted(found, key=lambda one: (one["date"], one["id"]))

    def put_labels(self, labels: list[str]) -> None:
        """Set the labels without recording an action."""
        found = [self.board.label(name) for name in labels]
        self.data["idLabels"] = [one["id"] for one in found]
        fields = ("id", "idBoard", "name", "color")
        self.data["labels"] = [{field: one[field] for field in fields} for one in found]

    def _actions(self) -> list[dict[str, Any]]:
        key = self.data["id"]
        actions = self.board.data["actions"]
        return [one for one in actions if one["data"].get("card", {}).get("id") == key]

    def _comment_of(self, text: str) -> dict[str, Any]:
        return next(one for one in self.comments() if one["data"]["text"] == text)

    def _comment(self, kind: str, **data: Any) -> "Card":
        self.data["badges"]["comments"] += 1
        return self._act(kind, list=self.lane(), **data)

    def _update(self, new: dict[str, Any], *, by: str | None, at: str, **more: Any) -> "Card":
        old = {field: self.data[field] for field in new}
        self.data.update(new)
        lists = {} if "idList" in new else {"list": self.lane()}
        card = self.reference() | new
        return self._act("updateCard", by=by, at=at, card=card, old=old, **lists, **more)

    def _act(self, kind: str, *, by: str | None, at: str, **more: Any) -> "Card":
        self.data["dateLastActivity"] = max(self.data["dateLastActivity"], timestamp(at))
        self.board.act(kind, by=by, at=at, **{"card": self.reference(), **more})
        return self

    def _vanish(self, kind: str, known: tuple[str, ...], by: str, at: str) -> None:
        card = {field: self.data[field] for field in known}
        lane = self.lane()
        gone = {one["id"] for one in self._actions()}
        data = self.board.data
        data["actions"] = [one for one in data["actions"] if one["id"] not in gone]
        data["cards"].remove(self.data)
        self.board.act(kind, by=by, at=at, card=card, list=lane)
