"""What to ask GitHub's GraphQL for issues, and its answers as records.

A page of issues brings the first of all that belongs to each: most need no second request, and what
goes on is read for many issues at once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from statusgen.importers.records import Actor, ActorKind, Comment, Deed, Event, Issue, Reason

PAGE = 25  # issues

_ACTOR = "{ __typename login }"
_COMMENTS = f"""{{
  pageInfo {{ hasNextPage endCursor }}
  nodes {{ databaseId body createdAt lastEditedAt isMinimized author {_ACTOR} editor {_ACTOR} }}
}}"""
_EVENTS = f"""{{
  pageInfo {{ hasNextPage endCursor }}
  nodes {{
    __typename
    ... on LabeledEvent {{ createdAt actor {_ACTOR} label {{ name }} }}
    ... on UnlabeledEvent {{ createdAt actor {_ACTOR} label {{ name }} }}
    ... on ClosedEvent {{ createdAt actor {_ACTOR} stateReason }}
    ... on ReopenedEvent {{ createdAt actor {_ACTOR} }}
    ... on RenamedTitleEvent {{ createdAt actor {_ACTOR} previousTitle }}
    ... on TransferredEvent {{ createdAt actor {_ACTOR} }}
  }}
}}"""
_LABELS = "{ pageInfo { hasNextPage endCursor } nodes { name } }"
_KINDS = (
    "[LABELED_EVENT, UNLABELED_EVENT, CLOSED_EVENT, REOPENED_EVENT, RENAMED_TITLE_EVENT,"
    " TRANSFERRED_EVENT]"
)
# What belongs to an issue and may go on and on: what to ask for it, before and after the cursor.
# How many there are in all is no help: GitHub counts comments that it shows to nobody, and events
# of other kinds.
LISTS = {
    "comments": ("", _COMMENTS),
    "timelineItems": (f"itemTypes: {_KINDS}, ", _EVENTS),
    "labels": ("", _LABELS),
}
_FIRST = {"comments": 50, "timelineItems": 100, "labels": 50}
_NEXT = 100
_ISSUE = f"""
  id number title body createdAt lastEditedAt author {_ACTOR} editor {_ACTOR}
""" + "\n".join(
    f"  {name}({more}first: {_FIRST[name]}) {fields}" for name, (more, fields) in LISTS.items()
)
_DEEDS = {
    "LabeledEvent": Deed.LABELED,
    "UnlabeledEvent": Deed.UNLABELED,
    "ClosedEvent": Deed.CLOSED,
    "ReopenedEvent": Deed.REOPENED,
    "RenamedTitleEvent": Deed.RENAMED,
    "TransferredEvent": Deed.TRANSFERRED,
}


def issues(labels: int) -> str:
    """The query for a page of the issues with each of so many *labels*.

    Its variables are ``owner``, ``name``, and with the number of each label, from 0, ``label0`` and
    ``after0``. A list for each, since nobody promises what several labels mean in one.
    """
    names = "".join(f", $label{i}: String!, $after{i}: String" for i in range(labels))
    lists = "".join(
        f"""
    list{i}: issues(first: {PAGE}, after: $after{i}, labels: [$label{i}],
      orderBy: {{field: CREATED_AT, direction: ASC}}) {{
      totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ ...issue }}
    }}"""
        for i in range(labels)
    )
    return f"""query($owner: String!, $name: String!{names}) {{
  rateLimit {{ cost remaining resetAt }}
  repository(owner: $owner, name: $name) {{ nameWithOwner hasIssuesEnabled {lists} }}
}}
fragment issue on Issue {{ {_ISSUE} }}"""


def numbered(count: int) -> str:
    """The query for so many issues by their numbers, whatever labels they have.

    Its variables are ``owner``, ``name``, and from 0 on ``number0``.
    """
    numbers = "".join(f", $number{i}: Int!" for i in range(count))
    found = "".join(
        f"\n    issue{i}: issue(number: $number{i}) {{ ...issue }}" for i in range(count)
    )
    return f"""query($owner: String!, $name: String!{numbers}) {{
  repository(owner: $owner, name: $name) {{ {found} }}
}}
fragment issue on Issue {{ {_ISSUE} }}"""


def rest(names: Sequence[str]) -> str:
    """The query for the next page of lists of issues, one of LISTS each.

    Its variables are the ``id0`` of the issue and the cursor ``after0``, and so on.
    """
    variables = ", ".join(f"$id{i}: ID!, $after{i}: String" for i in range(len(names)))
    parts = []
    for i, name in enumerate(names):
        more, fields = LISTS[name]
        found = f"{name}({more}first: {_NEXT}, after: $after{i}) {fields}"
        parts.append(f"rest{i}: node(id: $id{i}) {{ ... on Issue {{ {found} }} }}")
    return f"query({variables}) {{ {' '.join(parts)} }}"


def issue(data: Any) -> Issue:
    """The record of an issue; KeyError, TypeError or ValueError if *data* is none."""
    return Issue(
        key=str(data["id"]),
        number=int(data["number"]),
        title=data["title"],
        body=data["body"] or "",
        created=moment(data["createdAt"]),
        author=_actor(data["author"]),
        edited=moment(data["lastEditedAt"]) if data["lastEditedAt"] else None,
        editor=_actor(data["editor"]),
        labels=tuple(one["name"] for one in data["labels"]["nodes"]),
        comments=tuple(
            sorted(map(_comment, data["comments"]["nodes"]), key=lambda one: (one.at, one.key))
        ),
        events=tuple(map(_event, data["timelineItems"]["nodes"])),
    )


def _comment(data: Any) -> Comment:
    return Comment(
        key=data["databaseId"] or 0,
        at=moment(data["createdAt"]),
        body=data["body"] or "",
        author=_actor(data["author"]),
        edited=moment(data["lastEditedAt"]) if data["lastEditedAt"] else None,
        editor=_actor(data["editor"]),
        is_hidden=bool(data["isMinimized"]),
    )


def _event(data: Any) -> Event:
    deed = _DEEDS[data["__typename"]]
    return Event(
        deed=deed,
        at=moment(data["createdAt"]),
        actor=_actor(data["actor"]),
        label=data["label"]["name"] if "label" in data else "",
        reason=_reason(data.get("stateReason")),
        before=data.get("previousTitle") or "",
    )


def _reason(word: str | None) -> Reason:
    """Why an issue was closed: older events do not say, and then it was done."""
    return Reason(word) if word in set(Reason) else Reason.COMPLETED


def _actor(data: Any) -> Actor | None:
    if data is None:
        return None
    kind = data["__typename"]
    known = {str(one): one for one in ActorKind}
    return Actor(login=str(data["login"]), kind=known.get(kind, ActorKind.OTHER))


def moment(text: str) -> datetime:
    """A time as GitHub writes it."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
