"""Whether an issue is published, as what, and since when somebody vouches for it."""

from collections.abc import Sequence
from datetime import datetime

from statusgen.importers import labels
from statusgen.importers.case import Case, NotShownError
from statusgen.importers.labels import About
from statusgen.importers.records import Deed, Event, Reason
from statusgen.importers.sync import Verdict
from statusgen.importers.trust import named
from statusgen.model import Kind


def passed(case: Case) -> tuple[Kind, datetime]:
    """What the issue is published as, and since when somebody who is trusted wants that.

    Raises NotShownError.
    """
    if _is_withdrawn(case):
        raise NotShownError("it was closed as not planned or as a duplicate", Verdict.HIDE)
    kind, vouched = _label(case)
    if not case.trusts(case.issue.author):
        who = named(case.issue.author)
        raise NotShownError(f"it was opened by {who}; write an issue of your own")
    return (kind, vouched)


def _label(case: Case) -> tuple[Kind, datetime]:
    """The kind of the label, and when it was given."""
    found: dict[Kind, Event] = {}
    refused: list[Event | None] = []
    for name in case.issue.labels:
        means = labels.meaning(name, case.config)
        if means is None or means.about is not About.KIND:
            continue
        events = [one for one in case.labelling if one.label.casefold() == name.casefold()]
        last = events[-1] if events else None
        if last and last.deed is Deed.LABELED and case.trusts(last.actor):
            found[Kind(means.word)] = last
        else:
            refused.append(last)
            if _is_taken_away(events, case):
                what = "its label was taken away, and given again by"
                who = named(last.actor) if last else "nobody known"
                raise NotShownError(f"{what} {who}", Verdict.HIDE)
    if len(found) > 1:
        raise NotShownError("it has two publishing labels; take one away")
    for kind, event in found.items():
        return (kind, event.at)
    if not refused:
        raise NotShownError("its label was taken away", Verdict.HIDE)
    if refused[0] is None:
        what = "its label is from before it came to this repository, or from nobody known"
        raise NotShownError(f"{what}; take it away and give it again")
    who = named(refused[0].actor)
    raise NotShownError(f"it was labelled by {who}; take the label away and give it yourself")


def _is_taken_away(events: Sequence[Event], case: Case) -> bool:
    """Whether somebody who is trusted took the label of *events* away, the last time it was."""
    removals = [one for one in events if one.deed is Deed.UNLABELED]
    return bool(removals) and case.trusts(removals[-1].actor)


def _is_withdrawn(case: Case) -> bool:
    last = None
    was_hidden = case.accepted.incident is not None and case.accepted.incident.draft
    for event in case.issue.events:
        if event.deed not in (Deed.CLOSED, Deed.REOPENED):
            continue
        is_withdrawal = event.deed is Deed.CLOSED and event.reason is not Reason.COMPLETED
        if case.trusts(event.actor) or (is_withdrawal and was_hidden):
            last = event
    return last is not None and last.deed is Deed.CLOSED and last.reason is not Reason.COMPLETED
