"""Build GraphQL queries for GitHub issues, and convert the responses to records.

A page of issues includes the first comments, events and labels of each issue, so most issues do not
need a second request. Further pages are read for many issues at once.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from statusgen.importers.github.issue_records import (
    Actor,
    ActorKind,
    Comment,
    Issue,
    IssueAction,
    IssueEvent,
    Reason,
)

PAGE = 25  # issues

_Value = TypeVar("_Value")

_ACTOR = "{ __typename login }"
_COMMENTS = f"""{{
  pageInfo {{ hasNextPage endCursor }}
  nodes {{
    id databaseId body createdAt lastEditedAt isMinimized authorAssociation
    author {_ACTOR} editor {_ACTOR}
  }}
}}"""
_EVENTS = f"""{{
  pageInfo {{ hasNextPage endCursor }}
  nodes {{
    __typename
    ... on LabeledEvent {{ id createdAt actor {_ACTOR} label {{ name }} }}
    ... on UnlabeledEvent {{ id createdAt actor {_ACTOR} label {{ name }} }}
    ... on ClosedEvent {{ id createdAt actor {_ACTOR} stateReason }}
    ... on ReopenedEvent {{ id createdAt actor {_ACTOR} }}
    ... on RenamedTitleEvent {{ id createdAt actor {_ACTOR} previousTitle }}
    ... on TransferredEvent {{ id createdAt actor {_ACTOR} }}
  }}
}}"""
_LABELS = "{ pageInfo { hasNextPage endCursor } nodes { name } }"
_KINDS = (
    "[LABELED_EVENT, UNLABELED_EVENT, CLOSED_EVENT, REOPENED_EVENT, RENAMED_TITLE_EVENT,"
    " TRANSFERRED_EVENT]"
)
# The lists in an issue, with their arguments and fields. `totalCount` is not usable, because GitHub
# also counts hidden comments and events of other types.
LISTS = {
    "comments": ("", _COMMENTS),
    "timelineItems": (f"itemTypes: {_KINDS}, ", _EVENTS),
    "labels": ("", _LABELS),
}
_FIRST = {"comments": 50, "timelineItems": 100, "labels": 50}
_NEXT = 100
_ISSUE = f"""
  id number title body createdAt lastEditedAt authorAssociation author {_ACTOR} editor {_ACTOR}
""" + "\n".join(
    f"  {name}({more}first: {_FIRST[name]}) {fields}" for name, (more, fields) in LISTS.items()
)
_INSIDERS = ("OWNER", "MEMBER", "COLLABORATOR")
_WRITING = ("ADMIN", "MAINTAIN", "WRITE")
_DEEDS = {
    "LabeledEvent": IssueAction.LABELED,
    "UnlabeledEvent": IssueAction.UNLABELED,
    "ClosedEvent": IssueAction.CLOSED,
    "ReopenedEvent": IssueAction.REOPENED,
    "RenamedTitleEvent": IssueAction.RENAMED,
    "TransferredEvent": IssueAction.TRANSFERRED,
}


def issues(labels: int) -> str:
    """Return the query for a page of issues for each of *labels* labels.

    Its variables are ``owner``, ``name``, and for each label, numbered from 0, ``label0`` and
    ``after0``. Each label has its own list, because GitHub does not document how it
    combines several labels in one list.
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
    """Return the query for *count* issues by number, with any labels.

    Its variables are ``owner``, ``name``, and ``number0``, ``number1`` and so on.
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
    """Return the query for the next page of several lists; *names* are keys in LISTS.

    Its variables are ``id0`` (the id of the issue), ``after0`` (the cursor), and so on.
    """
    variables = ", ".join(f"$id{i}: ID!, $after{i}: String" for i in range(len(names)))
    parts = []
    for i, name in enumerate(names):
        more, fields = LISTS[name]
        found = f"{name}({more}first: {_NEXT}, after: $after{i}) {fields}"
        parts.append(f"rest{i}: node(id: $id{i}) {{ ... on Issue {{ {found} }} }}")
    return f"query({variables}) {{ {' '.join(parts)} }}"


FILE = """query($owner: String!, $name: String!, $expression: String!) {
  repository(owner: $owner, name: $name) {
    object(expression: $expression) { ... on Blob { text isTruncated } }
  }
}"""

COLLABORATORS = f"""query($owner: String!, $name: String!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    collaborators(first: {_NEXT}, after: $after) {{
      pageInfo {{ hasNextPage endCursor }} edges {{ permission node {{ login }} }}
    }}
  }}
}}"""


def writers(edges: Any) -> Iterator[str]:
    """Yield the lower-case names of the collaborators in *edges* who have write access."""
    return (one["node"]["login"].casefold() for one in edges if one["permission"] in _WRITING)


def issue(data: Any) -> Issue:
    """Convert *data* to an issue.

    Raises KeyError, TypeError or ValueError if *data* is malformed.
    """
    return Issue(
        key=_typed(data["id"], str),
        number=_typed(data["number"], int),
        title=_typed(data["title"], str),
        body=_typed(data["body"] or "", str),
        created=moment(data["createdAt"]),
        author=_actor(data["author"]),
        edited=moment(data["lastEditedAt"]) if data["lastEditedAt"] else None,
        editor=_actor(data["editor"]),
        labels=tuple(_typed(one["name"], str) for one in data["labels"]["nodes"]),
        is_insider=data["authorAssociation"] in _INSIDERS,
        comments=tuple(
            sorted(map(_comment, data["comments"]["nodes"]), key=lambda one: (one.at, one.key))
        ),
        events=tuple(map(_event, data["timelineItems"]["nodes"])),
    )


def _comment(data: Any) -> Comment:
    return Comment(
        id=_typed(data["id"], str),
        key=_typed(data["databaseId"] or 0, int),
        at=moment(data["createdAt"]),
        body=_typed(data["body"] or "", str),
        author=_actor(data["author"]),
        edited=moment(data["lastEditedAt"]) if data["lastEditedAt"] else None,
        editor=_actor(data["editor"]),
        is_hidden=bool(data["isMinimized"]),
        is_insider=data["authorAssociation"] in _INSIDERS,
    )


def _event(data: Any) -> IssueEvent:
    deed = _DEEDS[data["__typename"]]
    return IssueEvent(
        id=_typed(data["id"], str),
        deed=deed,
        at=moment(data["createdAt"]),
        actor=_actor(data["actor"]),
        label=_typed(data["label"]["name"], str) if "label" in data else "",
        reason=_reason(data.get("stateReason")),
        before=_typed(data.get("previousTitle") or "", str),
    )


def _reason(word: str | None) -> Reason:
    """Return the reason for closing an issue; older events have none and count as completed."""
    return Reason(word) if word in set(Reason) else Reason.COMPLETED


def _actor(data: Any) -> Actor | None:
    if data is None:
        return None
    kind = data["__typename"]
    known = {str(one): one for one in ActorKind}
    return Actor(login=_typed(data["login"], str), kind=known.get(kind, ActorKind.OTHER))


def moment(text: str) -> datetime:
    """Parse a time from GitHub; raise TypeError or ValueError if it is invalid or out of range."""
    found = datetime.fromisoformat(text)
    if not 1970 <= found.year < 9999:  # Other years may overflow in some time zone.
        raise ValueError
    return found.astimezone(UTC).replace(microsecond=0)


def _typed(value: Any, kind: type[_Value]) -> _Value:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError
    return value
