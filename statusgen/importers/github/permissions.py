"""Check write access to a repository with few requests to GitHub.

GitHub's list of collaborators answers all questions. If the token lacks permission for it, people
are checked one by one, up to a limit per import: those on open issues first, and on an issue that
was over at the last import, only people who acted since.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from statusgen.config.settings import GitHub
from statusgen.ids import digest
from statusgen.importers.github.issue_records import Actor, ActorKind, Issue, IssueAction
from statusgen.importers.github.last_import import is_of
from statusgen.importers.github.trust import Trusts, trust_rule
from statusgen.importers.sync import SourceItem, Verdict
from statusgen.importers.updates import TOGETHER
from statusgen.model import Incident
from statusgen.system.workers import Progress, no_progress
from statusgen.timeline.timeline import SETTLED

# Converts an issue, given the rules for trusted and for unchecked people.
Read = Callable[[Issue, Trusts, Trusts], SourceItem]

# Other letters may case-fold to the name of another user.
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


class Register(Protocol):
    """A source of permissions; *now* is the time in its last response."""

    now: datetime | None

    def writers(self) -> frozenset[str] | None:
        """Return the lower-case names of all people with write access, None if unavailable."""

    def may_write(self, login: str) -> bool:
        """Return whether *login* has write access."""

    def questions(self) -> int:
        """Return the number of permission checks that this import may make."""


class People:
    """The people that *settings* and *register* trust; each of them is checked once."""

    def __init__(self, settings: GitHub, register: Register) -> None:
        self.trusts = trust_rule(settings, self._may_write)
        self._register = register
        self._answers: dict[str, bool] = {}
        self._writers: frozenset[str] | None = None
        self._is_listed: bool | None = None  # None: not requested yet
        self._left = 0  # checks left
        self._most = 0  # checks allowed
        self._unknown: dict[str, None] = {}  # people of the current issue to check

    def items(
        self,
        issues: Iterable[Issue],
        accepted: Mapping[str, Incident],
        read: Read,
        *,
        track: Progress = no_progress,
    ) -> list[SourceItem]:
        """Convert each of *issues* with *read*; *accepted* maps issue keys to incidents.

        Raises OutsideError if GitHub does not answer.
        """
        found = {}
        for issue in track("Checking permissions", sorted(issues, key=_priority)):
            found[issue.number] = self._item(issue, accepted.get(issue.key), read)
        return [found[number] for number in sorted(found)]

    def _item(self, issue: Issue, accepted: Incident | None, read: Read) -> SourceItem:
        item = self._read(issue, read)
        if not self._unknown:
            return item
        if self._is_listed is None:
            self._writers = self._register.writers()
            self._is_listed = self._writers is not None
            self._left = self._most = 0 if self._is_listed else self._register.questions()
        if self._is_listed:
            return self._read(issue, read)
        return self._item_with_checks(issue, accepted, read)

    def _item_with_checks(self, issue: Issue, accepted: Incident | None, read: Read) -> SourceItem:
        """Return the item for *issue*, after checking people one by one."""
        since = _settled_at(issue, accepted)
        if since is not None:
            active = _active(issue, since)
            item = self._read_with_checks(issue, accepted, read, active)
            # People who were not checked did nothing new, so remarks on them would be noise.
            if active or _is_unchanged(item, accepted):
                return replace(item, remarks=())
        before = self._left
        item = self._read_with_checks(issue, accepted, read)
        if not self._unknown or accepted is not None:
            return item
        is_tried = 2 * before >= self._most > 0
        if item.verdict is Verdict.SHOW and (is_tried or not _is_closed(issue)):
            return item
        what = f"one import can check the permissions of {self._most} people, and there are more"
        reason = f"{what}; the next import continues with this issue"
        return replace(item, verdict=Verdict.LEAVE, incident=None, reason=reason, remarks=())

    def _read_with_checks(
        self,
        issue: Issue,
        accepted: Incident | None,
        read: Read,
        names: set[str] | None = None,
    ) -> SourceItem:
        """Read *issue*, checking as many people as allowed; with *names*, only those."""
        sort_key = self._check_order(issue, accepted)
        while True:
            item = self._read(issue, read)
            wanted = [one for one in self._unknown if names is None or one in names]
            if not wanted or not self._left:
                return item
            for name in sorted(wanted, key=sort_key)[: self._left]:
                self._left -= 1
                self._answers[name] = self._register.may_write(name)

    def _check_order(
        self, issue: Issue, accepted: Incident | None
    ) -> Callable[[str], tuple[bool, bool, str]]:
        """Return the sort key for checks: people who acted on *issue*, known people, then others.

        Insiders and authors of comments in *accepted* are known. The order of the others changes
        every hour, so that a crowd cannot block a person forever.
        """
        actors = {issue.author, issue.editor, *(event.actor for event in issue.events)}
        acting = {_name(one) for one in actors if one}
        shown = accepted.updates if accepted else ()
        known = {
            _name(one.author)
            for one in issue.comments
            if one.author and (one.is_insider or any(is_of(each, one) for each in shown))
        }
        hour = f"{self._register.now:%Y-%m-%d %H}" if self._register.now else ""

        def sort_key(name: str) -> tuple[bool, bool, str]:
            is_crowd = name not in acting and name not in known
            return (name not in acting, is_crowd, digest(f"{hour} {name}") if is_crowd else "")

        return sort_key

    def _read(self, issue: Issue, read: Read) -> SourceItem:
        self._unknown.clear()
        return read(issue, self.trusts, self._is_unchecked)

    def _may_write(self, login: str) -> bool:
        name = login.casefold()
        if _LOGIN.fullmatch(login) is None:
            return False
        if self._writers is not None:
            return name in self._writers
        if name not in self._answers:
            self._unknown[name] = None
            return False
        return self._answers[name]

    def _is_unchecked(self, actor: Actor | None) -> bool:
        """Return whether the permissions of *actor* were not checked."""
        return actor is not None and actor.kind is ActorKind.USER and _name(actor) in self._unknown


def _name(actor: Actor) -> str:
    return actor.login.casefold()


def _priority(issue: Issue) -> tuple[bool, bool, int]:
    """Return the sort key of *issue*: open issues first, then those of insiders."""
    return (_is_closed(issue), not issue.is_insider, issue.number)


def _is_closed(issue: Issue) -> bool:
    deeds = [
        one.deed for one in issue.events if one.deed in (IssueAction.CLOSED, IssueAction.REOPENED)
    ]
    return deeds[-1:] == [IssueAction.CLOSED]


def _settled_at(issue: Issue, accepted: Incident | None) -> datetime | None:
    """Return when *issue* ended according to the last import, None if it did not."""
    if accepted is None or accepted.draft or not _is_closed(issue):
        return None
    stated = [one for one in accepted.updates if one.state]
    return stated[-1].at if stated and stated[-1].state in SETTLED else None


def _active(issue: Issue, since: datetime) -> set[str]:
    """Return the names of people who acted on *issue* after *since*, beyond closing it then."""

    def actors() -> Iterator[Actor | None]:
        if issue.edited and issue.edited > since:
            yield issue.editor
        for comment in issue.comments:
            if comment.at > since:
                yield comment.author
            if comment.edited and comment.edited > since:
                yield from (comment.author, comment.editor)
        for event in issue.events:
            late = since + TOGETHER if event.deed is IssueAction.CLOSED else since
            if event.at > late:
                yield event.actor

    return {_name(one) for one in actors() if one is not None}


def _is_unchanged(item: SourceItem, accepted: Incident | None) -> bool:
    """Return whether *item* equals the *accepted* incident."""
    return accepted is not None and item.incident == replace(accepted, source=None, folder="")
