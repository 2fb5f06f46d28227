"""Parts of boards on the fake Trello: times, people, and the types of actions that are listed."""

import hashlib
from datetime import UTC, datetime
from typing import Any

DAY = "2024-05-06"
GAP = 65_536  # between positions

# The types of actions that Trello lists. It sends all others to webhooks only, among them changes
# of labels, and edits and deletions of comments.
_LISTED = """
addAttachmentToCard addChecklistToCard addMemberToBoard addMemberToCard addMemberToOrganization
addToOrganizationBoard commentCard convertToCardFromCheckItem copyBoard copyCard copyCommentCard
createBoard createCard createList createOrganization deleteAttachmentFromCard
deleteBoardInvitation deleteCard deleteOrganizationInvitation disablePowerUp emailCard
enablePowerUp makeAdminOfBoard makeNormalMemberOfBoard makeNormalMemberOfOrganization
makeObserverOfBoard memberJoinedTrello moveCardFromBoard moveCardToBoard moveListFromBoard
moveListToBoard removeChecklistFromCard removeFromOrganizationBoard removeMemberFromCard
unconfirmedBoardInvitation unconfirmedOrganizationInvitation updateBoard updateCard
updateCheckItemStateOnCard updateChecklist updateList updateMember updateOrganization
"""
LISTED = frozenset(_LISTED.split())

_MEMBER: dict[str, Any] = {
    "activityBlocked": False,
    "avatarHash": None,
    "avatarUrl": None,
    "bio": "",
    "bioData": None,
    "confirmed": True,
    "idPremOrgsAdmin": [],
    "memberType": "normal",
    "products": [],
    "status": "disconnected",
}


def moment(at: str) -> datetime:
    """Return the time *at* in UTC: `09:05` or `09:05:30` on DAY, or a full ISO 8601 time."""
    found = datetime.fromisoformat(at if "-" in at else f"{DAY}T{at}")
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def timestamp(at: str) -> str:
    """Return *at* in Trello's format."""
    return moment(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def person(name: str) -> dict[str, Any]:
    """Return the member with the username *name*, the same on every board."""
    return {
        "id": f"5f000000{digest(name, 8)}",
        "username": name,
        "fullName": f"{name.title()} Example",
        "initials": f"{name[0]}e".upper(),
        "url": f"https://trello.com/{name}",
        **_MEMBER,
    }


def digest(text: str, size: int) -> str:
    """Return *size* bytes in hex that are unique to *text*."""
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()
