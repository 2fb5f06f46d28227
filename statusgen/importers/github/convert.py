"""Convert a GitHub issue to an incident, or return the reason not to show it.

Each step checks whether the person who acted is trusted. If that is unknown, the action does not
count. The rules are in docs/explanation/trust.md.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from statusgen import times
from statusgen.config.settings import Config
from statusgen.importers import texts
from statusgen.importers.github import comments, labels, publication
from statusgen.importers.github.body import (
    Opening,
    accepted_opening,
    read_form,
    read_opening,
)
from statusgen.importers.github.history import LabelHistory
from statusgen.importers.github.issue_records import Issue, IssueAction
from statusgen.importers.github.labels import About
from statusgen.importers.github.last_import import LastImport, update_id
from statusgen.importers.github.trust import IssueReview, Trusts
from statusgen.importers.names import cut_line
from statusgen.importers.sync import ImportSource, NotShownError, SourceItem, Verdict
from statusgen.importers.updates import (
    SourceMessage,
    StateMove,
    UpdateBuilder,
    window_messages,
)
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State
from statusgen.problems import instead, listed, quoted
from statusgen.timeline import replay

# Time from announcement to window, if the window began before the issue was opened.
_ANNOUNCED = timedelta(minutes=1)
GITHUB = ImportSource(
    name="github",
    prefix="gh-",
    gone="it was deleted or transferred",
    folds_case=True,
)

_WORKING = {Kind.INCIDENT: State.INVESTIGATING, Kind.MAINTENANCE: State.IN_PROGRESS}


def item(  # noqa: PLR0913, all are inputs to the rules
    issue: Issue,
    config: Config,
    trusts: Trusts,
    *,
    repository: str,
    now: datetime,
    accepted: Incident | None = None,
    was_withdrawn: bool = False,
    deeds: frozenset[str] | None = None,
    is_unchecked: Trusts = lambda _: False,
) -> SourceItem:
    """Convert *issue* in *repository* to an item for the page, as of *now*.

    *accepted* is the incident as last imported; its parts are kept if somebody who is not trusted
    changed them since. *was_withdrawn* is true if the last import unpublished it. *deeds* are the
    keys of the events that counted then, None if the file does not list them. *is_unchecked*
    returns whether a person's permissions could not be checked; such a person is not trusted.
    """
    before = LastImport(accepted, was_withdrawn=was_withdrawn, deeds=deeds)
    case = IssueReview(
        issue=issue,
        config=config,
        trusts=trusts,
        now=now,
        accepted=before,
        is_unchecked=is_unchecked,
    )
    incident = None
    verdict, reason = Verdict.SHOW, ""
    try:
        incident = _incident(case)
    except NotShownError as refusal:
        verdict, reason = refusal.verdict, refusal.reason
    return SourceItem(
        slug=GITHUB.slug(str(issue.number)),
        place=f"{repository}#{issue.number}",
        key=issue.key,
        verdict=verdict,
        incident=incident,
        reason=reason,
        remarks=tuple(case.remarks),
        deeds=case.deeds(is_shown=incident is not None),
    )


def _incident(case: IssueReview) -> Incident:
    """Return the incident for *case*; raise NotShownError if it is not shown."""
    kind, approved = publication.publication_of(case)
    opening = _opening(case, kind, approved)
    title, text = texts.fit_title(_title(case, approved), opening.text, case.remark)
    incident = _with_history(case, kind, title, replace(opening, text=text))
    _remark_on_labels(case, incident.kind)
    return incident


def _opening(case: IssueReview, kind: Kind, approved: datetime) -> Opening:
    """Return the opening in the body, or the accepted one after an untrusted edit."""
    issue = case.issue
    if issue.edited and issue.edited >= approved and not case.trusts(issue.editor):
        who = case.describe(issue.editor)
        # An unpublished text may have been marked internal before the edit.
        if case.accepted.incident is None or case.accepted.is_hidden:
            raise NotShownError(f"its text was edited by {who}; edit and save it yourself")
        case.remark(f"its text was edited by {who}; keeping the last accepted text")
        return accepted_opening(case.accepted.incident)
    try:
        found = read_form(texts.clean_text(issue.body, case.remark))
        if found.is_internal:
            raise NotShownError("it is marked internal", Verdict.HIDE)
        found = replace(found, text=texts.convertible_text(found.text))
    except ValueError as fault:
        raise NotShownError(f"its text {fault}") from None
    return read_opening(found, kind, case)


def _title(case: IssueReview, approved: datetime) -> str:
    """Return the full title, as it was before untrusted renames."""
    title = case.issue.title
    renamings = [event for event in case.issue.events if event.deed is IssueAction.RENAMED]
    for event in reversed(renamings):
        cleaned = cut_line(texts.one_line_title(title))
        if event.at < approved or case.stands(event, lambda: case.accepted.has_title(cleaned)):  # noqa: B023
            break
        title = event.before
        case.remark(f"ignoring the title by {case.describe(event.actor)}")
    whole = texts.one_line_title(title)
    if whole != " ".join(title.split()):
        case.remark("removed invisible characters from its title")
    if not whole:
        raise NotShownError("its title is empty; add one")
    return whole


def _with_history(case: IssueReview, kind: Kind, title: str, opening: Opening) -> Incident:
    """Return the incident of *kind* with updates from all comments and events."""
    created = case.issue.created
    if opening.started and opening.started > created:
        case.remark("'started' is later than the issue; using the time it was opened")
    first = SourceMessage(
        at=created,
        text=opening.text,
        state=opening.state,
        is_opening=True,
        id=case.accepted.opening_id or update_id(case.issue.key),
    )
    messages = [
        first,
        *comments.comment_updates(case, kind),
    ]
    labelled = LabelHistory(
        case.config,
        kind,
        case.labellings,
        published=case.published,
        services=opening.services,
        severity=opening.severity,
        is_complete=opening.is_accepted,
    )
    services, severity = labelled.opening()
    if severity is None:
        severity = case.config.github.severity
        case.remark(f"no severity; using {severity}")
    if kind is Kind.INCIDENT and severity is Severity.NONE:
        kind = Kind.NOTICE
    if not services and kind is Kind.INCIDENT:
        example = f"{case.config.github.service_prefix} {case.config.services[0].id}"
        raise NotShownError(f"no service; add a label such as {quoted(example)}")
    incident = Incident(
        slug=case.accepted.slug or GITHUB.slug(str(case.issue.number)),
        title=title,
        severity=severity,
        services=tuple(ServiceSeverity(id=one) for one in services),
        started=min(opening.started or created, created),
        updates=(),
    )
    if kind is Kind.MAINTENANCE:
        incident = _planned(case, incident, opening)
        key, accepted = case.issue.key, case.accepted.incident
        messages += window_messages(accepted, incident, case.config, key=key, now=case.now)
    moves = _moves(case, kind, messages, starts=incident.starts)
    builder = UpdateBuilder(case.config, labelled, default=case.config.github.severity)
    return _distinct(replace(incident, updates=tuple(builder.updates(incident, messages, moves))))


def _distinct(incident: Incident) -> Incident:
    """Return *incident* with new ids for updates that share an id.

    An update from an earlier version keeps an id derived from its time. Another update in the same
    second may get the same id.
    """
    taken = Counter(step.id for step in replay.trace(incident).steps)
    return replace(
        incident,
        updates=tuple(
            replace(one, id=update_id(one.source), source=None)
            if one.source and taken[one.id or ""] > 1
            else one
            for one in incident.updates
        ),
    )


def _planned(case: IssueReview, incident: Incident, opening: Opening) -> Incident:
    """Return *incident* with its maintenance window; raise NotShownError if it has none."""
    starts, ends = opening.starts, opening.ends
    if starts is None or ends is None:
        missing = [name for name in ("starts", "ends") if getattr(opening, name) is None]
        example = f"<!-- {missing[0]}: {times.EXAMPLE} -->"
        nouns = listed([name.removesuffix("s") for name in missing], "and")
        what = f"no {nouns} for the maintenance window"
        raise NotShownError(f"{what}; use the form, or add {example}")
    announced = min(case.issue.created, starts - _ANNOUNCED)
    return replace(incident, started=announced, starts=starts, ends=ends)


def _moves(
    case: IssueReview, kind: Kind, messages: Iterable[SourceMessage], *, starts: datetime | None
) -> list[StateMove]:
    """Return all state changes, oldest first: from texts, labels, closing and reopening."""
    found = [StateMove(at=one.at, state=one.state) for one in messages if one.state]
    for one in case.labellings:
        is_state = one.meaning.about is About.STATE and one.meaning.word in kind.states
        if is_state and one.event.deed is IssueAction.LABELED:
            found.append(StateMove(at=one.event.at, state=State(one.meaning.word)))
    is_closed = False
    for event in case.issue.events:
        if event.deed not in (IssueAction.CLOSED, IssueAction.REOPENED):
            continue
        is_closing = event.deed is IssueAction.CLOSED
        is_early = starts is not None and event.at < starts
        working = kind.first_state if is_early else _WORKING.get(kind, kind.first_state)
        state = kind.states[-1] if is_closing else working
        at = event.at
        if not case.stands(event, lambda: case.accepted.has_state(state, at)):  # noqa: B023
            case.remark(f"ignoring that {case.subject(event.actor)} {event.deed} it")
        elif is_closing is not is_closed:
            is_closed = is_closing
            found.append(StateMove(at=event.at, state=state))
    return sorted(found, key=lambda move: move.at)


def _remark_on_labels(case: IssueReview, kind: Kind) -> None:
    """Remark on each label that the import ignores."""
    for name in case.issue.labels:
        means = labels.meaning(name, case.config)
        if means is None or means.about is About.KIND:
            continue
        given = [
            event
            for event in case.labelling
            if event.deed is IssueAction.LABELED and event.label.casefold() == name.casefold()
        ]
        reason = ""
        if not given:
            reason = "it is not known who added it"
        elif not case.counts(given[-1], means):
            reason = f"added by {case.describe(given[-1].actor)}"
        elif means.fault:
            reason = means.fault
        elif kind is Kind.NOTICE and means.about is About.SEVERITY and means.word != "none":
            reason = "this was published as a notice; open another issue"
        elif means.about is About.STATE and means.word not in kind.states:
            remedy = instead(means.word, kind.states)
            reason = f"{quoted(means.word)} does not apply to {kind.noun}; {remedy}"
        if reason:
            case.remark(f"ignoring label {quoted(name)}: {reason}")
