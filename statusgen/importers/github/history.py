"""Read the affected services and their severity over time from the labels of an issue."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from statusgen.config.settings import Config
from statusgen.importers.github.issue_records import IssueAction
from statusgen.importers.github.labels import About
from statusgen.importers.github.trust import Labelling
from statusgen.importers.updates import TOGETHER
from statusgen.model import Kind, Severity
from statusgen.timeline.timeline import worst


class LabelHistory:
    """The services and the severity of an issue over time, an `EffectHistory`.

    Labels added before or shortly after *published* apply from the beginning. If nothing does, the
    first later label does. *services* and *severity* come from the body, or from the whole opening
    with *is_complete*.
    """

    def __init__(  # noqa: PLR0913, all are inputs to the history
        self,
        config: Config,
        kind: Kind,
        labellings: Sequence[Labelling],
        *,
        published: datetime,
        services: Sequence[str] = (),
        severity: Severity | None = None,
        is_complete: bool = False,
    ) -> None:
        self.config = config
        self.kind = kind
        self.labellings = labellings
        self.settled = published + TOGETHER
        self._body_severity = severity
        self._body_services = self._unlabelled(services) if is_complete else services

    def opening(self) -> tuple[list[str], Severity | None]:
        """Return the services and the severity at the beginning; None if it was never set."""
        services = self.services(self._first(About.SERVICE, has=bool(self._body_services)))
        if self.kind is Kind.MAINTENANCE:
            return (services, Severity.MAINTENANCE)
        first = self._first(About.SEVERITY, has=self._body_severity is not None)
        return (services, self.severity(first) or self._body_severity)

    def changes(self) -> Iterator[datetime]:
        """Yield the later times at which a service or severity label was added or removed."""
        labelled = self._about(About.SERVICE, About.SEVERITY)
        return (one.event.at for one in labelled if one.event.at > self.settled)

    def _unlabelled(self, services: Sequence[str]) -> Sequence[str]:
        """Return those of *services* that the body named, but no label did."""

        def rest(at: datetime) -> list[str]:
            named = self._in_force(About.SERVICE, at)
            return [one for one in services if one not in named]

        # Later labels apply from the beginning only if the body names no service.
        return rest(self._first(About.SERVICE, has=False)) and rest(self.settled)

    def _first(self, about: About, *, has: bool) -> datetime:
        """Return the time up to which labels for the topic *about* apply from the beginning."""
        if has or self._in_force(about, self.settled):
            return self.settled
        later = (
            one.event.at
            for one in self._about(about)
            if one.event.deed is IssueAction.LABELED and one.event.at > self.settled
        )
        first = next(later, None)
        return first + TOGETHER if first else self.settled

    def _in_force(self, about: About, at: datetime) -> list[str]:
        """Return the words in the labels for the topic *about* at the time *at*."""
        found: dict[str, str] = {}
        for one in self._about(about):
            if one.event.at > at:
                break
            if one.event.deed is IssueAction.LABELED:
                found[one.event.label.casefold()] = one.meaning.word
            else:
                found.pop(one.event.label.casefold(), None)
        return list(found.values())

    def _about(self, *about: About) -> Iterator[Labelling]:
        return (one for one in self.labellings if one.meaning.about in about)

    def services(self, at: datetime) -> list[str]:
        """Return the services at *at*, in the order of the settings."""
        names = {*self._body_services, *self._in_force(About.SERVICE, at)}
        return [service.id for service in self.config.services if service.id in names]

    def severity(self, at: datetime) -> Severity | None:
        """Return the worst severity among the labels at *at*, None if there is none."""
        found = [Severity(word) for word in self._in_force(About.SEVERITY, at)]
        return worst(found) if found else None
