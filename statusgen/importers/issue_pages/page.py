"""A status page of another program whose incidents are GitHub issues."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Protocol

from statusgen import times
from statusgen.config.settings import Config
from statusgen.importers.github.issue_records import Issue
from statusgen.importers.names import folded
from statusgen.importers.services import SourceService

Services = Mapping[str, str]  # ids of services of the site, by the folded name in the source


@dataclass(frozen=True, kw_only=True)
class AdaptedIssue:
    """An *issue* as `importers.github` expects it, with *remarks*.

    A *count* says why it is left out, as in the totals.
    """

    issue: Issue
    remarks: tuple[str, ...] = ()
    count: str = ""


class IssuePage(Protocol):
    """The settings of a page, and its rules for issues."""

    @property
    def title(self) -> str:
        """The title of the page."""

    @property
    def url(self) -> str:
        """The address of the page, empty if it is not known."""

    @property
    def services(self) -> tuple[SourceService, ...]:
        """The services that the page lists."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of incidents; an issue needs one of them."""

    def gone(self, issue: Issue) -> list[SourceService]:
        """Return the services that *issue* names and the page no longer lists."""

    def named(self, issue: Issue) -> list[str]:
        """Return the names of all services that *issue* names."""

    def config(self, config: Config, services: Services) -> Config:
        """Return *config* with the labels of the page."""

    def adapted(self, issue: Issue, services: Services) -> AdaptedIssue:
        """Return *issue* as one of ours."""


def all_services(page: IssuePage, issues: Iterable[Issue]) -> list[SourceService]:
    """Return the services that *page* lists, then those that only *issues* name.

    The latter are retired on the day after the last issue that names them.
    """
    found: dict[str, SourceService] = {}
    for issue in sorted(issues, key=lambda issue: issue.created):
        for one in page.gone(issue):
            day = times.day_of(issue.created, UTC) + timedelta(days=1)
            found[folded(one.name)] = replace(one, retired=day)
    return [*page.services, *found.values()]


def with_values(issue: Issue, values: Mapping[str, str]) -> Issue:
    """Return *issue* whose body begins with *values* in hidden comments, as our own have them."""
    comments = "".join(f"<!-- {name}: {value} -->" for name, value in values.items() if value)
    return replace(issue, body=f"{comments}\n{issue.body}" if comments else issue.body)
