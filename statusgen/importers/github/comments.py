"""Read the comments on an issue that may be published."""

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
from statusgen.importers.texts import check_convertible, clean_text, counted, read_state
from statusgen.importers.updates import Said
from statusgen.markup import escape
from statusgen.model import Kind, Update
from statusgen.timeline.timeline import SETTLED


def comment_updates(case: IssueReview, kind: Kind) -> Iterator[Said]:
    """Yield the comments that are shown, and remark on the number of the others."""
    left_out: Counter[str] = Counter()
    strangers: Counter[Actor] = Counter()
    accepted = _accepted(case, kind)
    for comment in case.issue.comments:
        try:
            if comment.is_hidden:
                raise NotShownError("")
            before = accepted.get(comment)
            if before is None and not case.trusts(comment.author):
                if comment.author and comment.author.kind is ActorKind.USER:
                    strangers[comment.author] += 1
                    continue
                raise NotShownError(f"by {case.describe(comment.author)}")
            yield _content(comment, before, kind, case)
        except NotShownError as refusal:
            left_out[refusal.reason] += 1
    _remark_on(strangers, case)
    for reason, number in left_out.items():
        if reason:
            case.remark(f"skipped {counted(number, 'comment')}: {reason}")


def _remark_on(strangers: Counter[Actor], case: IssueReview) -> None:
    """Remark on the comments by *strangers*, people who are not trusted, in few lines."""
    unasked = {one: number for one, number in strangers.items() if case.is_unasked(one)}
    known = {one: number for one, number in strangers.items() if one not in unasked}
    if len(known) == 1:
        (one, number), *_ = known.items()
        case.remark(f"skipped {counted(number, 'comment')}: by {case.describe(one)}")
    elif known:
        number = sum(known.values())
        case.remark(f"skipped {number} comments: by {len(known)} people without write access")
    if unasked:
        count = counted(sum(unasked.values()), "comment")
        people = "1 more person" if len(unasked) == 1 else f"{len(unasked)} more people"
        what = f"this import could not check the permissions of {people}"
        case.remark(f"skipped {count}: {what}")


def _accepted(case: IssueReview, kind: Kind) -> dict[Comment, Update]:
    """Return the accepted updates by comment."""
    if not case.accepted.has_ids:
        return _accepted_by_time(case, kind)
    pairs = ((one, case.accepted.of_comment(one)) for one in case.issue.comments)
    return {comment: update for comment, update in pairs if update is not None}


def _accepted_by_time(case: IssueReview, kind: Kind) -> dict[Comment, Update]:
    """Return the accepted updates by comment, matched by time.

    For files of earlier versions, whose updates have no ids. Comments of one second get at most as
    many updates as the file has there, those of trusted people first. A stranger's comment must
    have the content of the update, unless it was edited since.
    """
    found: dict[Comment, Update] = {}
    shown = [one for one in case.issue.comments if not one.is_hidden]
    for at, group in groupby(shown, key=lambda one: one.at):
        left = case.accepted.said(at)
        if not left:
            continue
        those = [
            one
            for one in group
            if one.edited or case.trusts(one.author) or _matching(one, left, kind, case)
        ]
        # The sort is stable.
        those.sort(
            key=lambda one: (not case.trusts(one.author), not _matching(one, left, kind, case))
        )
        those = those[: len(left)]
        for comment in sorted(those, key=lambda one: not _matching(one, left, kind, case)):
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
    """Return those of *updates* with the content of *comment*.

    The update of a comment that only names a state has a standard text, so its state is compared.
    """
    parted = hidden_markup.split_hidden(escape.clean(comment.body))
    state, text, _ = read_state(parted, kind, case.config)
    return [
        one
        for one in updates
        if (one.text == text if text else state and one.state in (state, None))
    ]


def _content(comment: Comment, before: Update | None, kind: Kind, case: IssueReview) -> Said:
    """Return the content of *comment* if its author is trusted, else what was accepted *before*.

    Raises NotShownError if it is not shown.
    """
    if comment.at > case.now:
        raise NotShownError("dated in the future")
    update = Said(
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
        parted = hidden_markup.split_hidden(clean_text(comment.body, case.remark))
        if parted.is_internal:
            raise NotShownError("")
        state, text, is_named = read_state(parted, kind, case.config)
        check_convertible(text)
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
