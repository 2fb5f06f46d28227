"""Decide whether and as which kind an issue is published, and when this was approved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from statusgen.importers.github import labels
from statusgen.importers.github.issue_records import IssueAction, IssueEvent, Reason
from statusgen.importers.github.labels import About
from statusgen.importers.github.trust import IssueReview
from statusgen.importers.sync import NotShownError, Verdict
from statusgen.model import Kind

_REMEDY = "add the label again, or close the issue as not planned"


@dataclass(frozen=True, kw_only=True)
class _Label:
    """A publishing label with its *events*, oldest first; *is_there* if the issue has it now."""

    kind: Kind
    events: Sequence[IssueEvent]
    is_there: bool

    @property
    def last(self) -> IssueEvent | None:
        return self.events[-1] if self.events else None


def publication_of(case: IssueReview) -> tuple[Kind, datetime]:
    """Return the kind of a published issue, and the time a trusted person approved it.

    A new issue needs a trusted author, and a trusted person must have added the label. A published
    issue stays published without them. Raises NotShownError if the issue is not published.
    """
    if _is_withdrawn(case):
        raise NotShownError("closed as not planned or as a duplicate", Verdict.HIDE)
    kind, approved = _decision(case)
    if case.trusts(case.issue.author):
        return (kind, approved)
    who = case.describe(case.issue.author)
    if case.accepted.incident is None:
        raise NotShownError(f"opened by {who}; open an issue of your own")
    what = "keeping what was accepted, and later changes by others who are trusted"
    case.remark_if_open(f"opened by {who}; {what}")
    return (kind, case.issue.created)


def _decision(case: IssueReview) -> tuple[Kind, datetime]:
    """Return the kind of the publishing label, and the time a trusted person added it."""
    candidates = _labels(case)
    given = {
        one.kind: one.last.at
        for one in candidates
        if one.is_there and one.last and one.last.deed is IssueAction.LABELED
        if case.trusts(one.last.actor)
    }
    if len(given) > 1:
        raise NotShownError("it has two publishing labels; remove one")
    if given:
        return next(iter(given.items()))
    for one in candidates:
        if one.last and _stays_published(one, case):
            actor = one.last.actor
            if one.last.deed is IssueAction.UNLABELED:
                case.remark(f"ignoring that {case.subject(actor)} removed its label; {_REMEDY}")
            else:
                case.remark_if_open(f"labelled by {case.describe(actor)}; it stays published")
            return (one.kind, case.issue.created)
    raise _refusal(candidates, case)


def _labels(case: IssueReview) -> list[_Label]:
    """Return the publishing labels that the issue has or had."""
    present = {name.casefold() for name in case.issue.labels}
    had = {event.label.casefold() for event in case.labelling}
    found = []
    for name in sorted(present | had):
        means = labels.meaning(name, case.config)
        if means is not None and means.about is About.KIND:
            events = [one for one in case.labelling if one.label.casefold() == name]
            found.append(_Label(kind=Kind(means.word), events=events, is_there=name in present))
    return found


def _stays_published(label: _Label, case: IssueReview) -> bool:
    """Return whether *label* published the issue, and no trusted person removed it."""
    return case.accepted.is_published_as(label.kind) and _is_in_force(label, case)


def _is_in_force(label: _Label, case: IssueReview) -> bool:
    """Return whether *label* was added, and no trusted person removed it.

    A label that vanished without an event was deleted from the repository, which requires write
    access.
    """
    last = label.last
    is_gone = last is None or not (label.is_there or last.deed is IssueAction.UNLABELED)
    was_given = any(one.deed is IssueAction.LABELED for one in label.events)
    deeds = [one.deed for one in label.events if case.trusts(one.actor)]
    return was_given and not is_gone and deeds[-1:] != [IssueAction.UNLABELED]


def _refusal(candidates: Sequence[_Label], case: IssueReview) -> NotShownError:
    """Return the reason why none of the labels *candidates* publishes the issue."""
    refused = [one for one in candidates if one.is_there]
    if not refused:
        return _removal(candidates, case)
    for one in refused:
        removals = [event for event in one.events if event.deed is IssueAction.UNLABELED]
        if one.last and removals and case.trusts(removals[-1].actor):
            what = "its label was removed, then added again by"
            return NotShownError(f"{what} {case.describe(one.last.actor)}", Verdict.HIDE)
    last = refused[0].last
    if last is None:
        what = "it is not known who added its label (it may be from another repository)"
        return NotShownError(f"{what}; remove the label and add it again")
    who = case.describe(last.actor)
    return NotShownError(f"labelled by {who}; remove the label and add it yourself")


def _removal(removed: Sequence[_Label], case: IssueReview) -> NotShownError:
    """Return the reason not to show an issue whose publishing labels were all *removed*.

    If the file was edited by hand, the accepted content is unknown, and an untrusted person cannot
    unpublish it.
    """
    last = max(removed, key=lambda one: one.events[-1].at, default=None)
    is_known = case.accepted.incident is not None or case.accepted.is_hidden
    if last is None or is_known or not _is_in_force(last, case):
        return NotShownError("its label was removed", Verdict.HIDE)
    who = case.describe(last.events[-1].actor)
    return NotShownError(f"its label was removed by {who}; {_REMEDY}")


def _is_withdrawn(case: IssueReview) -> bool:
    last = None
    for event in case.issue.events:
        if event.deed not in (IssueAction.CLOSED, IssueAction.REOPENED):
            continue
        is_withdrawal = event.deed is IssueAction.CLOSED and event.reason is not Reason.COMPLETED
        if case.stands(event, lambda: is_withdrawal and case.accepted.is_hidden):  # noqa: B023
            last = event
    return (
        last is not None and last.deed is IssueAction.CLOSED and last.reason is not Reason.COMPLETED
    )
