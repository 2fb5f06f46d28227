"""Upptime: sites in `.upptimerc.yml`, and an issue with the label `status` for each outage.

A bot opens an issue when a site goes down, comments when it is back, and closes the issue. People
write comments and open issues of their own; a label `maintenance` is for maintenance.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from statusgen.config.settings import Config
from statusgen.importers.folders import front_matter
from statusgen.importers.folders.front_matter import SourceValues
from statusgen.importers.github.issue_records import ActorKind, Issue, IssueAction
from statusgen.importers.issue_pages.page import AdaptedIssue, Services, with_values
from statusgen.importers.names import folded, slug_of
from statusgen.importers.services import SourceService
from statusgen.model import Severity

SETTINGS = ".upptimerc.yml"

_INCIDENT, _MAINTENANCE = "status", "maintenance"
_BOT = "github-actions"
# The first line of an issue by the bot: the name of the site, and its address.
_OPENED = re.compile(
    r"In \[`\w+`\]\([^)]*\), (?P<name>[^\n]{1,200}) \([^()\n]*\) (?:was \*\*down|experienced \*\*)"
)
_RESOLVED = re.compile(r"\*\*Resolved:\*\* [^\n]{1,200} (?:is back up|performance has improved) in")
_WINDOW = re.compile(
    r"^[ \t]*(start|end|expectedDown|expectedDegraded)[ \t]*:[ \t]*((?:(?!<!--).)*)$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class UpptimePage:
    """A page of Upptime; *slugs* has the name of each site by its label.

    *chosen* are the ids of services for issues that name no site. Outages shorter than *shortest*
    without a comment by a person are left out.
    """

    title: str
    url: str
    services: tuple[SourceService, ...]
    slugs: Mapping[str, str]
    chosen: tuple[str, ...] = ()
    shortest: timedelta = timedelta()
    labels: tuple[str, ...] = (_INCIDENT, _MAINTENANCE)

    def gone(self, issue: Issue) -> list[SourceService]:
        """Return the site that *issue*, by the bot, names and the page no longer has."""
        found = _OPENED.match(issue.body)
        if found is None:
            return []
        slug = slug_of(found["name"], "service")
        is_gone = slug not in self.slugs and slug in map(str.lower, issue.labels)
        return [SourceService(name=found["name"], id=slug)] if is_gone else []

    def named(self, issue: Issue) -> list[str]:
        """Return the names of the sites whose labels *issue* has, and of sites that are gone."""
        known = [self.slugs[one] for one in map(str.lower, issue.labels) if one in self.slugs]
        planned = [self._name(one) for one in _expected(_window(issue.body)[0])]
        known += [name for name in planned if name]
        return [*known, *(one.name for one in self.gone(issue))]

    def config(self, config: Config, services: Services) -> Config:
        """Return *config* with the labels of Upptime; its bot is trusted."""
        names = {**self.slugs, **{slug_of(name, "service"): name for name in services}}
        prefix = config.github.service_prefix
        aliases = {
            slug: f"{prefix} {services[folded(name)]}"
            for slug, name in names.items()
            if folded(name) in services
        }
        github = replace(
            config.github,
            incident=_INCIDENT,
            maintenance=_MAINTENANCE,
            aliases=aliases,
            severity=Severity.MAJOR,
            bots=config.github.bots | {_BOT},
        )
        return replace(config, github=github)

    def adapted(self, issue: Issue, services: Services) -> AdaptedIssue:
        """Return *issue* with the severity, the window and the services in its text."""
        if self._is_short(issue):
            return AdaptedIssue(issue=issue, count="shorter than --shortest")
        if _MAINTENANCE in map(str.lower, issue.labels):
            return self._planned(issue, services)
        severity = Severity.DEGRADED if "degraded" in issue.title.lower() else Severity.MAJOR
        values = {"severity": str(severity)}
        if not any(folded(name) in services for name in self.named(issue)):
            values["services"] = ", ".join(self.chosen)
            values["severity"] = str(severity if self.chosen else Severity.NONE)
        return AdaptedIssue(issue=with_values(issue, values))

    def _planned(self, issue: Issue, services: Services) -> AdaptedIssue:
        """Return *issue*, which is maintenance, with its window and services as our own."""
        window, is_hidden = _window(issue.body)
        names = (self._name(one) or one for one in _expected(window))
        ids = [services.get(folded(name), name) for name in names]
        values = {
            "starts": window.get("start", ""),
            "ends": window.get("end", ""),
            "services": ", ".join(ids or self.chosen),
        }
        if is_hidden or not window:
            return AdaptedIssue(issue=with_values(issue, values))
        text = _WINDOW.sub("", issue.body).strip()
        remark = "its window is not in the first comment, so Upptime ignored it"
        return AdaptedIssue(issue=with_values(replace(issue, body=text), values), remarks=(remark,))

    def _name(self, word: str) -> str:
        """Return the name of the site that *word*, a slug or a name, means; empty if unknown."""
        names = {folded(name): name for name in self.slugs.values()}
        return self.slugs.get(word.lower()) or names.get(folded(word), "")

    def _is_short(self, issue: Issue) -> bool:
        closed = _closed(issue)
        if not self.shortest or closed is None or closed - issue.created >= self.shortest:
            return False
        if _OPENED.match(issue.body) is None:
            return False
        return all(
            _RESOLVED.match(one.body) or (one.author and one.author.kind is ActorKind.BOT)
            for one in issue.comments
        )


def parse_settings(
    text: str, *, chosen: tuple[str, ...] = (), shortest: timedelta = timedelta()
) -> UpptimePage:
    """Return the page with the settings *text*; raise ValueError if it is invalid."""
    values = front_matter.parse_yaml(text)
    website = values.map("status-website")
    sites = {_slug(one): one.text("name") for one in values.maps("sites") if one.text("name")}
    host = website.text("cname")
    owner, name = values.text("owner"), values.text("repo")
    url = f"https://{host}" if host else f"https://{owner}.github.io/{name}" if owner else ""
    return UpptimePage(
        title=website.text("name") or "Status",
        url=url,
        services=tuple(SourceService(name=name, id=slug) for slug, name in sites.items()),
        slugs=sites,
        chosen=chosen,
        shortest=shortest,
    )


def _slug(site: SourceValues) -> str:
    return site.text("slug").lower() or slug_of(site.text("name"), "service")


def _window(body: str) -> tuple[dict[str, str], bool]:
    """Return the lines of a window in *body*, and whether they are in the first comment."""
    hidden = body.partition("<!--")[2].partition("-->")[0]
    for text, is_hidden in ((hidden, True), (body, False)):
        found = {name.lower(): value.strip() for name, value in _WINDOW.findall(text)}
        if found:
            return (found, is_hidden)
    return ({}, True)


def _expected(window: Mapping[str, str]) -> list[str]:
    """Return the slugs or names of the sites that *window* expects to be affected."""
    names = f"{window.get('expecteddown', '')},{window.get('expecteddegraded', '')}"
    return list(dict.fromkeys(filter(None, (one.strip() for one in names.split(",")))))


def _closed(issue: Issue) -> datetime | None:
    """Return when *issue* was closed for the last time, None if it is open."""
    kinds = (IssueAction.CLOSED, IssueAction.REOPENED)
    events = [one for one in issue.events if one.deed in kinds]
    return events[-1].at if events and events[-1].deed is IssueAction.CLOSED else None
