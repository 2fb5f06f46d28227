"""jayfk/statuspage: the colour of a label defines its meaning; its name does not matter.

An issue of a collaborator is an incident if it has a label of a system, and one of a severity or is
closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from statusgen.config.settings import Config
from statusgen.importers.github.issue_records import Issue, IssueAction, IssueEvent
from statusgen.importers.issue_pages.page import AdaptedIssue, Services, with_values
from statusgen.importers.json_reader import JsonError, JsonMap, parse_json
from statusgen.importers.names import folded
from statusgen.importers.services import SourceService
from statusgen.model import Severity

SETTINGS, BRANCH = "config.json", "gh-pages"

_SYSTEM = "171717"
_SEVERITIES = {
    "1192fc": Severity.DEGRADED,  # investigating
    "ffa500": Severity.DEGRADED,
    "ff4d4d": Severity.MAJOR,
}
# Forks go by the names of the labels.
_NAMES = {
    "investigating": Severity.DEGRADED,
    "degraded performance": Severity.DEGRADED,
    "major outage": Severity.MAJOR,
}
_PUBLISHED = "published by jayfk/statuspage"  # no label of a person has this name


@dataclass(frozen=True, kw_only=True)
class JayfkPage:
    """A page of jayfk/statuspage; *systems* and *severities* are its labels.

    *chosen* are the ids of services for issues that name no system.
    """

    title: str
    services: tuple[SourceService, ...]
    systems: Mapping[str, str]
    severities: Mapping[str, Severity]
    labels: tuple[str, ...]
    chosen: tuple[str, ...] = ()
    url: str = ""

    def gone(self, issue: Issue) -> list[SourceService]:
        """Return nothing: a label that was deleted has no colour."""
        del issue
        return []

    def named(self, issue: Issue) -> list[str]:
        """Return the systems whose labels *issue* has or had."""
        names = [*issue.labels, *(event.label for event in issue.events)]
        found = (self.systems.get(name.casefold()) for name in names)
        return list(dict.fromkeys(filter(None, found)))

    def config(self, config: Config, services: Services) -> Config:
        """Return *config* with the labels of the page."""
        settings = config.github
        aliases = {
            label: f"{settings.severity_prefix} {severity}"
            for label, severity in self.severities.items()
        }
        for label, name in self.systems.items():
            if folded(name) in services:
                aliases[label] = f"{settings.service_prefix} {services[folded(name)]}"
        github = replace(settings, incident=_PUBLISHED, aliases=aliases)
        return replace(config, github=github)

    def adapted(self, issue: Issue, services: Services) -> AdaptedIssue:
        """Return *issue* with a label that publishes it, if the page showed it."""
        given = [one.label.casefold() for one in issue.events if one.deed is IssueAction.LABELED]
        has_severity = any(one in self.severities for one in given)
        kinds = (IssueAction.CLOSED, IssueAction.REOPENED)
        ends = [one.deed for one in issue.events if one.deed in kinds]
        if not has_severity and ends[-1:] != [IssueAction.CLOSED]:
            return AdaptedIssue(issue=issue, count="without a severity label")
        values: dict[str, str] = {}
        if not any(folded(name) in services for name in self.named(issue)):
            values["services"] = ", ".join(self.chosen)
            issue = issue if self.chosen else self._without_severity(issue)
        elif not has_severity:
            values["severity"] = str(Severity.DEGRADED)
        event = IssueEvent(
            id=f"{issue.key}:published",
            deed=IssueAction.LABELED,
            at=issue.created,
            actor=issue.author,  # The page showed all issues of collaborators.
            label=_PUBLISHED,
        )
        issue = with_values(issue, values)
        labels = (*issue.labels, _PUBLISHED)
        return AdaptedIssue(issue=replace(issue, labels=labels, events=(event, *issue.events)))

    def _without_severity(self, issue: Issue) -> Issue:
        """Return *issue*, which names no system, as a notice."""
        labels = tuple(one for one in issue.labels if one.casefold() not in self.severities)
        events = tuple(one for one in issue.events if one.label.casefold() not in self.severities)
        issue = replace(issue, labels=labels, events=events)
        return with_values(issue, {"severity": str(Severity.NONE)})


def parse_settings(
    text: str, colours: Mapping[str, str], *, chosen: tuple[str, ...] = ()
) -> JayfkPage:
    """Return the page with the settings *text*, and with labels of these *colours* by name.

    Raises JsonError if the settings are invalid.
    """
    document = parse_json(text) if text else {}
    if not isinstance(document, dict):
        raise JsonError("expected an object")
    settings = JsonMap(document)
    systems = {name for name, colour in colours.items() if colour.casefold() == _SYSTEM}
    severities = {
        name.casefold(): severity
        for name, colour in colours.items()
        if (severity := _SEVERITIES.get(colour.casefold()) or _NAMES.get(name.casefold()))
    }
    return JayfkPage(
        title=settings.text("title") if settings.has("title") else "Status",
        services=tuple(SourceService(name=name) for name in sorted(systems)),
        systems={name.casefold(): name for name in systems},
        severities=severities,
        labels=tuple(sorted({*systems, *severities})),
        chosen=chosen,
    )
