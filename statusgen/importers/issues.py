"""An issue on GitHub to an incident, or to the reason why it is none.

What is shown is decided by who did what: each step asks whether its actor is trusted, and what
cannot be told is not shown. The rules are in the README, "From GitHub issues".
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from statusgen import markup, moments, plaintext
from statusgen.config import Config
from statusgen.importers import answers, asides, labels
from statusgen.importers.accepted import Accepted
from statusgen.importers.answers import Answers
from statusgen.importers.course import Course, Labelling, Move, Said
from statusgen.importers.labels import About, Meaning
from statusgen.importers.records import Comment, Deed, Event, Issue, Reason
from statusgen.importers.sync import Item, Verdict
from statusgen.importers.trust import Trusts, named
from statusgen.language import Language
from statusgen.model import Affected, Incident, Kind, Severity, State
from statusgen.problems import Level, instead, listed, quoted
from statusgen.values import MAX_TITLE

MAX_TEXT = 16 * 1024  # bytes of a body or a comment

# Planned work whose window began before anybody wrote the issue was announced then.
_ANNOUNCED = timedelta(minutes=1)
_MAX_WORD = 40  # characters of a first line that may name a state
_WORKING = {Kind.INCIDENT: State.INVESTIGATING, Kind.MAINTENANCE: State.IN_PROGRESS}


def item(  # noqa: PLR0913, the rules need all of it
    issue: Issue,
    config: Config,
    trusts: Trusts,
    *,
    repository: str,
    now: datetime,
    accepted: Incident | None = None,
) -> Item:
    """What *issue* of *repository* is on the page at *now*.

    *accepted* is what the last import made of it. What somebody who is not trusted has changed
    since then stays as it is there.
    """
    reading = _Reading(issue, config, trusts, now, accepted)
    incident = None
    verdict, reason = Verdict.SHOW, ""
    try:
        incident = reading.incident()
    except _NotShownError as refusal:
        verdict, reason = refusal.verdict, refusal.reason
    return Item(
        slug=f"gh-{issue.number}",
        place=f"{repository}#{issue.number}",
        key=issue.key,
        verdict=verdict,
        incident=incident,
        reason=reason,
        remarks=tuple(reading.remarks),
    )


class _NotShownError(Exception):
    """The issue, or a part of it, is not shown, for a *reason*."""

    def __init__(self, reason: str, verdict: Verdict = Verdict.LEAVE) -> None:
        self.reason = reason
        self.verdict = verdict
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class _Opening:
    """What the body of an issue says, typed; what it leaves out is None or empty."""

    text: str
    services: tuple[str, ...] = ()
    severity: Severity | None = None
    state: State | None = None
    started: datetime | None = None
    starts: datetime | None = None
    ends: datetime | None = None


class _Reading:
    """An issue while it is read; *remarks* tell what of it is not shown."""

    def __init__(
        self,
        issue: Issue,
        config: Config,
        trusts: Trusts,
        now: datetime,
        accepted: Incident | None,
    ) -> None:
        self.issue = issue
        self.config = config
        self.trusts = trusts
        self.now = now
        self.accepted = Accepted(accepted)
        self.say = Language(config.language, config.messages).say
        self.remarks: list[str] = []
        moved = [event.at for event in issue.events if event.deed is Deed.TRANSFERRED]
        # Labels stay by name when an issue comes from another repository, whose people gave them.
        self.labelling = [
            event
            for event in issue.events
            if event.deed in (Deed.LABELED, Deed.UNLABELED) and (not moved or event.at > moved[-1])
        ]

    def incident(self) -> Incident:
        """The incident; raises _NotShownError."""
        if self._is_withdrawn():
            raise _NotShownError("it was closed as not planned or as a duplicate", Verdict.HIDE)
        kind, vouched = self._gate()
        if not self.trusts(self.issue.author):
            who = named(self.issue.author)
            raise _NotShownError(f"it was opened by {who}; write an issue of your own")
        opening = self._opening(kind, vouched)
        incident = self._incident(kind, self._title(vouched), opening)
        self._tell_of_labels(incident.kind)
        return incident

    def _gate(self) -> tuple[Kind, datetime]:
        """What the issue is published as, and since when somebody who is trusted wants that."""
        found: dict[Kind, Event] = {}
        refused: list[Event | None] = []
        for name in self.issue.labels:
            means = labels.meaning(name, self.config)
            if means is None or means.about is not About.KIND:
                continue
            events = [one for one in self.labelling if one.label.casefold() == name.casefold()]
            last = events[-1] if events else None
            if last and last.deed is Deed.LABELED and self.trusts(last.actor):
                found[Kind(means.word)] = last
            else:
                refused.append(last)
                if self._is_taken_away(events):
                    what = "its label was taken away, and given again by"
                    who = named(last.actor) if last else "nobody known"
                    raise _NotShownError(f"{what} {who}", Verdict.HIDE)
        if len(found) > 1:
            raise _NotShownError("it has two publishing labels; take one away")
        for kind, event in found.items():
            return (kind, event.at)
        if not refused:
            raise _NotShownError("its label was taken away", Verdict.HIDE)
        if refused[0] is None:
            what = "its label is from before it came to this repository, or from nobody known"
            raise _NotShownError(f"{what}; take it away and give it again")
        who = named(refused[0].actor)
        raise _NotShownError(f"it was labelled by {who}; take the label away and give it yourself")

    def _is_taken_away(self, events: Sequence[Event]) -> bool:
        """Whether somebody who is trusted took the label of *events* away, the last time it was."""
        removals = [one for one in events if one.deed is Deed.UNLABELED]
        return bool(removals) and self.trusts(removals[-1].actor)

    def _opening(self, kind: Kind, vouched: datetime) -> _Opening:
        """What the body says, or what was accepted of it before others changed it."""
        issue = self.issue
        if issue.edited and issue.edited >= vouched and not self.trusts(issue.editor):
            who = named(issue.editor)
            if self.accepted.incident is None:
                raise _NotShownError(f"its text was edited by {who}; give the label again")
            if asides.part(issue.body).is_internal:
                raise _NotShownError("it is marked internal", Verdict.HIDE)
            self.remarks.append(f"its text was edited by {who}: the last accepted one stays")
            return _as_accepted(self.accepted.incident)
        try:
            found = answers.read(self._checked(issue.body))
        except ValueError as fault:
            raise _NotShownError(f"its text {fault}") from None
        if found.is_internal:
            raise _NotShownError("it is marked internal", Verdict.HIDE)
        try:
            self._check_markup(found.text)
        except ValueError as fault:
            raise _NotShownError(f"its text {fault}") from None
        return self._typed(found, kind)

    def _typed(self, found: Answers, kind: Kind) -> _Opening:
        given = found.given
        severity = self._word(given.get("severity"), "severity", Kind.INCIDENT.severities)
        state = self._word(given.get("state"), "state", kind.states)
        return _Opening(
            text=found.text,
            services=tuple(self._services(given.get("services", ""))),
            severity=Severity(severity) if severity else None,
            state=State(state) if state else None,
            started=self._time(given, "started"),
            starts=self._time(given, "starts"),
            ends=self._time(given, "ends"),
        )

    def _word(self, given: str | None, noun: str, words: Iterable[str]) -> str | None:
        if given is None:
            return None
        known = [str(word) for word in words]
        word = given.casefold().replace(" ", "_")
        if word in known:
            return word
        self.remarks.append(f"{quoted(given)} is not a {noun}; {instead(given, known)}")
        return None

    def _services(self, given: str) -> Iterator[str]:
        names = {service.name.casefold(): service.id for service in self.config.services}
        known = {**names, **self.config.service_ids}
        for name in answers.services(given):
            found = known.get(name.casefold())
            if found is None:
                ids = [service.id for service in self.config.services]
                self.remarks.append(f"{quoted(name)} is not a service; {instead(name, ids)}")
            else:
                yield found

    def _time(self, given: Mapping[str, str], name: str) -> datetime | None:
        if name not in given:
            return None
        try:
            return moments.parse(given[name], self.config.zone)
        except ValueError as fault:
            self.remarks.append(f"{name} {quoted(given[name])} {fault}")
            return None

    def _title(self, vouched: datetime) -> str:
        """The title, as the last person left it who is trusted."""
        title = self.issue.title
        renamings = [event for event in self.issue.events if event.deed is Deed.RENAMED]
        for event in reversed(renamings):
            is_accepted = self.accepted.has_title(_cleaned_title(title))
            if is_accepted or event.at < vouched or self.trusts(event.actor):
                break
            title = event.before
            self.remarks.append(f"its title was changed by {named(event.actor)}: that stays out")
        whole = " ".join(plaintext.clean(title).replace("\ufffd", "").split())
        if whole != " ".join(title.split()):
            self.remarks.append("characters that nobody sees are left out of its title")
        if not whole:
            raise _NotShownError("its title is empty; write one")
        if len(whole) > MAX_TITLE:
            self.remarks.append(f"its title is cut to {MAX_TITLE} characters")
        return _cleaned_title(title)

    def _checked(self, text: str) -> str:
        """*text* without what no page can carry; ValueError if it is too long."""
        size = len(text.encode("utf-8", "replace"))
        if size > MAX_TEXT:
            what = f"has {-(-size // 1024)} KiB, at most {MAX_TEXT // 1024} KiB are shown"
            raise ValueError(f"{what}; shorten it")
        cleaned = plaintext.clean(text)
        if cleaned != text.replace("\r\n", "\n").replace("\r", "\n"):
            self.remarks.append("characters that nobody sees are left out of a text")
        return cleaned

    def _check_markup(self, text: str) -> None:
        flaw = next((one for one in markup.problems(text) if one.level is Level.ERROR), None)
        if flaw is not None:
            raise ValueError(f"cannot be shown: {flaw.message}")

    def _is_withdrawn(self) -> bool:
        last = None
        was_hidden = self.accepted.incident is not None and self.accepted.incident.draft
        for event in self.issue.events:
            if event.deed not in (Deed.CLOSED, Deed.REOPENED):
                continue
            is_withdrawal = event.deed is Deed.CLOSED and event.reason is not Reason.COMPLETED
            if self.trusts(event.actor) or (is_withdrawal and was_hidden):
                last = event
        return last is not None and last.deed is Deed.CLOSED and last.reason is not Reason.COMPLETED

    def _incident(self, kind: Kind, title: str, opening: _Opening) -> Incident:
        created = self.issue.created
        if opening.started and opening.started > created:
            self.remarks.append("it begins after it was written; when it was written is taken")
        said = [
            Said(at=created, text=opening.text, state=opening.state, is_opening=True),
            *self._comments(kind),
        ]
        labellings = [one for one in self._labellings() if self._counts(one.event, one.meaning)]
        published = [
            one.event.at
            for one in labellings
            if one.meaning.about is About.KIND and one.event.deed is Deed.LABELED
        ]
        course = Course(
            self.config,
            kind,
            labellings,
            published=max(created, min(published)),
            services=opening.services,
            severity=opening.severity,
        )
        services, severity = course.opening()
        if severity is None:
            severity = self.config.github.severity
            self.remarks.append(f"no severity is said; {severity} is taken")
        if kind is Kind.INCIDENT and severity is Severity.NONE:
            kind = Kind.NOTICE
        if not services and kind is Kind.INCIDENT:
            example = f"{self.config.github.service_prefix} {self.config.services[0].id}"
            raise _NotShownError(f"no service is named; add a label such as {quoted(example)}")
        incident = Incident(
            slug=f"gh-{self.issue.number}",
            title=title,
            severity=severity,
            services=tuple(Affected(id=one) for one in services),
            started=min(opening.started or created, created),
            updates=(),
        )
        if kind is Kind.MAINTENANCE:
            incident = self._planned(incident, opening)
        moves = self._moves(kind, said, labellings, starts=incident.starts)
        return replace(incident, updates=tuple(course.updates(incident, said, moves)))

    def _labellings(self) -> Iterator[Labelling]:
        """Every label with a meaning that was given or taken away."""
        for event in self.labelling:
            means = labels.meaning(event.label, self.config)
            if means is not None and means.word:
                yield Labelling(event=event, meaning=means)

    def _counts(self, event: Event, meaning: Meaning) -> bool:
        """Whether a label counts: of somebody who is trusted, or was when it was accepted."""
        if self.trusts(event.actor):
            return True
        name = event.label.casefold()
        later = (
            one.at for one in self.labelling if one.at > event.at and one.label.casefold() == name
        )
        return bool(meaning.word) and self.accepted.shows(event, meaning, next(later, None))

    def _planned(self, incident: Incident, opening: _Opening) -> Incident:
        """*incident* with the window of the planned work that it is."""
        starts, ends = opening.starts, opening.ends
        if starts is None or ends is None:
            missing = [name for name in ("starts", "ends") if getattr(opening, name) is None]
            example = f"<!-- {missing[0]}: {moments.EXAMPLE} -->"
            what = f"it does not say when the window {listed(missing, 'and')}"
            raise _NotShownError(f"{what}; use the form, or write {example}")
        announced = min(self.issue.created, starts - _ANNOUNCED)
        return replace(incident, started=announced, starts=starts, ends=ends)

    def _comments(self, kind: Kind) -> Iterator[Said]:
        """The comments that are shown."""
        left_out: Counter[str] = Counter()
        told = {one.at for one in self.issue.comments if self.trusts(one.author)}
        told.add(self.issue.created)
        for comment in self.issue.comments:
            try:
                if not self.trusts(comment.author):
                    # A stranger's comment of the very second of an update gets no word of it.
                    if comment.at in told or self.accepted.update(comment.at) is None:
                        self._refuse_hidden(comment)
                        raise _NotShownError(f"by {named(comment.author)}")
                    told.add(comment.at)
                yield self._said(comment, kind)
            except _NotShownError as refusal:
                left_out[refusal.reason] += 1
        for reason, number in left_out.items():
            if reason:
                count = "a comment is" if number == 1 else f"{number} comments are"
                self.remarks.append(f"{count} left out: {reason}")

    def _refuse_hidden(self, comment: Comment) -> None:
        if comment.is_hidden:
            raise _NotShownError("")

    def _said(self, comment: Comment, kind: Kind) -> Said:
        """What *comment* says, whose author is trusted, or was when it was accepted."""
        self._refuse_hidden(comment)
        if comment.at > self.now:
            raise _NotShownError("it is dated in the future")
        writer = comment.editor if comment.edited else comment.author
        if not self.trusts(writer):
            before = self.accepted.update(comment.at)
            if before is None:
                raise _NotShownError(f"edited by {named(writer)}")
            if asides.part(comment.body).is_internal:
                raise _NotShownError("")
            if comment.edited:
                what = f"a comment was edited by {named(writer)}"
                self.remarks.append(f"{what}: the last accepted text stays")
            return Said(at=comment.at, text=before.text, state=before.state)
        try:
            parted = asides.part(self._checked(comment.body))
            if parted.is_internal:
                raise _NotShownError("")
            state, text = self._marked(parted, kind)
            self._check_markup(text)
        except ValueError as fault:
            raise _NotShownError(f"one {fault}") from None
        if not text and state is None:
            raise _NotShownError("")
        return Said(at=comment.at, text=text, state=state)

    def _marked(self, parted: asides.Parted, kind: Kind) -> tuple[State | None, str]:
        """The state that a comment says, on its first line or in hiding, and the text below."""
        names = {self.say(f"state.{state}").casefold(): state for state in kind.states}
        words = {**names, **{str(state): state for state in kind.states}}
        hidden = parted.values.get("state", "").casefold().replace(" ", "_")
        if hidden in words:
            return (words[hidden], parted.text)
        line, _, rest = parted.text.partition("\n")
        if len(line) > _MAX_WORD:
            return (None, parted.text)
        word = line.casefold().strip("#*_:.! ").removeprefix("state:").strip("*_ ")
        state = words.get(word) or words.get(word.replace(" ", "_"))
        return (state, rest.strip("\n")) if state else (None, parted.text)

    def _moves(
        self,
        kind: Kind,
        said: Iterable[Said],
        labellings: Iterable[Labelling],
        *,
        starts: datetime | None,
    ) -> list[Move]:
        """Every change of the state, oldest first: by texts, labels, closing and reopening."""
        found = [Move(at=one.at, state=one.state) for one in said if one.state]
        for one in labellings:
            is_state = one.meaning.about is About.STATE and one.meaning.word in kind.states
            if is_state and one.event.deed is Deed.LABELED:
                found.append(Move(at=one.event.at, state=State(one.meaning.word)))
        is_closed = False
        for event in self.issue.events:
            if event.deed not in (Deed.CLOSED, Deed.REOPENED):
                continue
            is_closing = event.deed is Deed.CLOSED
            is_early = starts is not None and event.at < starts
            working = kind.first_state if is_early else _WORKING.get(kind, kind.first_state)
            state = kind.states[-1] if is_closing else working
            if not self.trusts(event.actor) and not self.accepted.has_state(state, event.at):
                self.remarks.append(f"it was {event.deed} by {named(event.actor)}: that is ignored")
            elif is_closing is not is_closed:
                is_closed = is_closing
                found.append(Move(at=event.at, state=state))
        return sorted(found, key=lambda move: move.at)

    def _tell_of_labels(self, kind: Kind) -> None:
        """Remark on labels that say nothing that could be used."""
        for name in self.issue.labels:
            means = labels.meaning(name, self.config)
            if means is None or means.about is About.KIND:
                continue
            given = [
                event
                for event in self.labelling
                if event.deed is Deed.LABELED and event.label.casefold() == name.casefold()
            ]
            if not given:
                self.remarks.append(f"label {quoted(name)} is from nobody known: it is ignored")
            elif not self._counts(given[-1], means):
                who = named(given[-1].actor)
                self.remarks.append(f"label {quoted(name)} was given by {who}: it is ignored")
            elif means.fault:
                self.remarks.append(f"label {quoted(name)}: {means.fault}")
            elif kind is Kind.NOTICE and means.about is About.SEVERITY and means.word != "none":
                what = "it was published as a notice and stays one"
                self.remarks.append(f"label {quoted(name)}: {what}; open another issue")
            elif means.about is About.STATE and means.word not in kind.states:
                known = instead(means.word, kind.states)
                self.remarks.append(f"label {quoted(name)} is not for {kind.noun}; {known}")


def _cleaned_title(title: str) -> str:
    """*title* on one line, without what nobody sees, cut to what fits."""
    whole = " ".join(plaintext.clean(title).replace("\ufffd", "").split())
    return whole if len(whole) <= MAX_TITLE else f"{whole[: MAX_TITLE - 1].rstrip()}…"


def _as_accepted(incident: Incident) -> _Opening:
    """What the body said of *incident* when it was accepted."""
    first = incident.updates[0]
    return _Opening(
        text=first.text,
        services=tuple(one.id for one in incident.services),
        severity=incident.severity if incident.kind is not Kind.MAINTENANCE else None,
        state=first.state,
        started=incident.started,
        starts=incident.starts,
        ends=incident.ends,
    )
