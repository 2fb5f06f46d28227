"""Read the publishable comments on an issue."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from statusgen.importers import hidden_markup
from statusgen.importers.github.issue_records import Actor, ActorKind, Comment, IssueAction
from statusgen.importers.github.last_import import update_id
from statusgen.importers.github.trust import IssueReview
from statusgen.importers.sync import NotShownError
from statusgen.importers.texts import clean_text, convertible_text, counted, read_state
from statusgen.importers.updates import SourceMessage
from statusgen.markup import escape
from statusgen.model import Kind, Update
from statusgen.timeline.timeline import SETTLED


def comment_updates(case: IssueReview, kind: Kind) -> Iterator[SourceMessage]:
    """Yield the published comments, and remark on how many were skipped."""
    left_out: Counter[str] = Counter()
    untrusted: Counter[Actor] = Counter()
    accepted = _accepted(case, kind)
    for comment in case.issue.comments:
        try:
            if comment.is_hidden:
                raise NotShownError("")
            before = accepted.get(comment)
            if before is None and not case.trusts(comment.author):
                if comment.author and comment.author.kind is ActorKind.USER:
                    untrusted[comment.author] += 1
                    continue
                raise NotShownError(f"by {case.describe(comment.author)}")
            yield _content(comment, before, kind, case)
        except NotShownError as refusal:
            left_out[refusal.reason] += 1
    _remark_on(untrusted, case)
    for reason, number in left_out.items():
        if reason:
            case.remark(f"skipped {counted(number, 'comment')}: {reason}")


def _remark_on(untrusted: Counter[Actor], case: IssueReview) -> None:
    """Summarize the comments by *untrusted* people in a few remarks."""
    unchecked = {one: number for one, number in untrusted.items() if case.is_unchecked(one)}
    known = {one: number for one, number in untrusted.items() if one not in unchecked}
    if len(known) == 1:
        (one, number), *_ = known.items()
        case.remark(f"skipped {counted(number, 'comment')}: by {case.describe(one)}")
    elif known:
        number = sum(known.values())
        case.remark(f"skipped {number} comments: by {len(known)} people without write access")
    if unchecked:
        count = counted(sum(unchecked.values()), "comment")
        people = "1 more person" if len(unchecked) == 1 else f"{len(unchecked)} more people"
        what = f"this import could not check the permissions of {people}"
        case.remark(f"skipped {count}: {what}")


def _accepted(case: IssueReview, kind: Kind) -> dict[Comment, Update]:
    """Return the accepted update for each comment."""
    if not case.accepted.has_ids:
        return _accepted_by_time(case, kind)
    pairs = ((one, case.accepted.of_comment(one)) for one in case.issue.comments)
    return {comment: update for comment, update in pairs if update is not None}


def _accepted_by_time(case: IssueReview, kind: Kind) -> dict[Comment, Update]:
    """Return the accepted update for each comment, matched by time.

    For files from earlier versions, whose updates have no ids. Comments in the same second get at
    most as many updates as the file has for it, those by trusted people first. A comment by anyone
    else must match the content of the update, unless it was edited since.
    """
    found: dict[Comment, Update] = {}
    shown = [one for one in case.issue.comments if not one.is_hidden]
    for at, group in groupby(shown, key=lambda one: one.at):
        left = case.accepted.updates_at(at)
        if not left:
            continue
        candidates = [
            one
            for one in group
            if one.edited or case.trusts(one.author) or _matching(one, left, kind, case)
        ]
        # The sort is stable.
        candidates.sort(
            key=lambda one: (not case.trusts(one.author), not _matching(one, left, kind, case))
        )
        candidates = candidates[: len(left)]
        for comment in sorted(candidates, key=lambda one: not _matching(one, left, kind, case)):
            before = (_matching(comment, left, kind, case) or left)[0]
            left.remove(before)
            found[comment] = replace(before, source=comment.id)
    return found


def _is_closed(case: IssueReview, at: datetime) -> bool:
    deeds = [one.deed for one in case.issue.events if one.at <= at]
    found = [deed for deed in deeds if deed in (IssueAction.CLOSED, IssueAction.REOPENED)]
    return found[-1:] == [IssueAction.CLOSED]


def _matching(
    comment: Comment, updates: Iterable[Update], kind: Kind, case: IssueReview
) -> list[Update]:
    """Return each of *updates* with the same content as *comment*.

    If a comment only names a state, its update has a standard text, so the states are compared.
    """
    split = hidden_markup.split_hidden(escape.clean(comment.body))
    state, text, _ = read_state(split, kind, case.config)
    return [
        one
        for one in updates
        if (one.text == text if text else state and one.state in (state, None))
    ]


def _content(
    comment: Comment, before: Update | None, kind: Kind, case: IssueReview
) -> SourceMessage:
    """Return the message in *comment* if its last writer is trusted, else the one from *before*.

    Raises NotShownError if it is not shown.
    """
    if comment.at > case.now:
        raise NotShownError("dated in the future")
    update = SourceMessage(
        at=comment.at,
        id=before.id if before else update_id(comment.id),
        source=before.source if before else None,
    )
    writer = comment.editor if comment.edited else comment.author
    if not case.trusts(writer):
        if before is None:
            raise NotShownError(f"edited by {case.describe(writer)}")
        if not comment.edited and hidden_markup.split_hidden(comment.body).is_internal:
            raise NotShownError("")
        if comment.edited:
            what = f"a comment was edited by {case.describe(writer)}"
            case.remark(f"{what}; keeping the last accepted text")
        return replace(update, text=before.text, state=before.state)
    try:
        split = hidden_markup.split_hidden(clean_text(comment.body, case.remark))
        if split.is_internal:
            raise NotShownError("")
        state, text, is_named = read_state(split, kind, case.config)
        text = convertible_text(text)
    except ValueError as fault:
        raise NotShownError(str(fault)) from None
    if state not in SETTLED and not is_named and _is_closed(case, comment.at):
        state = None
    if not text and state is None:
        raise NotShownError("")
    if comment.at < case.decided and before is None and not is_named:
        what = "older than the label; to publish one, write a state on its first line"
        raise NotShownError(what)
    return replace(update, text=text, state=state)
