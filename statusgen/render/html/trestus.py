"""Names for templates that were written for Trestus.

A `trestus.html` among the site's own templates renders the front page. The names and texts here are
those of Trestus and Trello. They are never translated, because templates compare them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from jinja2 import Environment, Undefined
from jinja2.filters import do_mark_safe

from statusgen.model import DataKey, Severity, State
from statusgen.problems import Problem, quoted
from statusgen.site.view_models import IncidentView, ServiceView, Site, UpdateView

TEMPLATE = "trestus.html"
RESERVED = ("incidents", "panels", "systems")
OPERATIONAL = "Operational"

SEVERITIES = {
    Severity.NONE: "",
    Severity.MAINTENANCE: "maintenance",
    Severity.DEGRADED: "degraded performance",
    Severity.PARTIAL: "partial outage",
    Severity.MAJOR: "major outage",
}
_COLOURS = {
    Severity.NONE: "",
    Severity.MAINTENANCE: "blue",
    Severity.DEGRADED: "yellow",
    Severity.PARTIAL: "orange",
    Severity.MAJOR: "red",
}

_Environment = TypeVar("_Environment", bound=Environment)


@dataclass(frozen=True, kw_only=True)
class TrestusLabel:
    """A label on a card; *color* is a Trello colour, or empty for the label of a service."""

    name: str
    color: str = ""


@dataclass(frozen=True, kw_only=True)
class TrestusIncident:
    """An incident with the attributes of a card; its texts are loaded on first use."""

    view: IncidentView = field(repr=False)  # The order of sets in its repr varies.

    @property
    def id(self) -> str:
        """Return the id that the API shows."""
        return self.view.id

    @property
    def url(self) -> str:
        """Return the address of its page, relative to the front page."""
        return self.view.url

    @property
    def name(self) -> str:
        """Return the title as text."""
        return self.view.title

    @property
    def create_date(self) -> datetime:
        """Return the start in UTC; for maintenance, the start of the window."""
        return self.view.dated

    @property
    def closed(self) -> bool:
        """Return True if it is resolved or completed."""
        return not self.view.is_open

    @property
    def severity(self) -> str:
        """Return the current severity as text; if no service is affected now, the worst one."""
        return SEVERITIES[self._severity]

    @property
    def labels(self) -> list[TrestusLabel]:
        """Return a label for each affected service, then one for the severity."""
        severity = TrestusLabel(name=f"status:{self.severity}", color=_COLOURS[self._severity])
        return [*(TrestusLabel(name=name) for name in self.systems), severity]

    @property
    def systems(self) -> list[str]:
        """Return the names of all services that it has ever affected."""
        return [service.name for service in self.view.services]

    @property
    def desc(self) -> str:
        """Return the body of the file as Markdown, or the first update if it has no body."""
        details = self.view.details
        return details.body or "".join(update.text for update in details.updates[-1:])

    @property
    def html_desc(self) -> str:
        """Return `desc` as safe HTML."""
        details = self.view.details
        html = "".join(update.html for update in details.updates[-1:])
        return do_mark_safe(details.body_html if details.body else html)

    @property
    def parsed_comments(self) -> list[dict[str, object]]:
        """Return the updates that are not in `desc`, newest first."""
        details = self.view.details
        updates = details.updates if details.body else details.updates[:-1]
        return [_comment(update) for update in updates]

    @property
    def _severity(self) -> Severity:
        is_affecting = self.view.is_open and self.view.severity is not Severity.NONE
        return self.view.severity if is_affecting else self.view.worst


def lenient(environment: _Environment) -> _Environment:
    """Return an overlay of *environment* with the defaults of Trestus.

    Undefined names are empty, and white space is kept.
    """
    return environment.overlay(
        undefined=Undefined, trim_blocks=False, lstrip_blocks=False, keep_trailing_newline=False
    )


def template_names(site: Site) -> dict[str, Any]:
    """Return the variables for `trestus.html`: the keys in the data, overridden by `RESERVED`.

    Open incidents come first, then the newest. Notices and cancelled or upcoming maintenance are
    omitted, because Trestus had no cards for them.
    """
    views = [view for view in site.incidents if _is_shown(view)]
    views.sort(key=lambda view: not view.is_open)
    data = site.data if isinstance(site.data, Mapping) else {}
    return {
        **data,
        "incidents": [TrestusIncident(view=view) for view in views],
        "panels": _panels(site.affected),
        "systems": _systems(site),
    }


def key_problems(keys: Iterable[DataKey]) -> Iterator[Problem]:
    """Yield a problem for each of *keys* that is hidden by one of the `RESERVED` names."""
    for key in keys:
        if key.name in RESERVED:
            what = f"the key {quoted(key.name)} is hidden by a built-in variable in {TEMPLATE}"
            message = f"{what}; rename it here and in the templates"
            yield Problem(path=key.path, line=key.line, column=key.column, message=message)


def _is_shown(view: IncidentView) -> bool:
    return not (view.is_notice or view.is_cancelled or view.state is State.SCHEDULED)


def _panels(affected: Iterable[ServiceView]) -> dict[str, list[str]]:
    """Return the names of *affected* by severity, each name once.

    *affected* is sorted by severity, worst first.
    """
    worst: dict[str, str] = {}
    for service in affected:
        worst.setdefault(service.name, SEVERITIES[service.severity])
    panels: dict[str, list[str]] = {}
    for name, severity in worst.items():
        panels.setdefault(severity, []).append(name)
    return panels


def _systems(site: Site) -> dict[str, dict[str, str]]:
    """Return every current service by name; if several share a name, the worst one."""
    lanes: dict[tuple[str, Severity], str] = {}
    for view in site.incidents if site.affected else ():
        for service in view.services if view.is_open else ():
            if service.severity is not Severity.NONE:
                state = site.language.say(f"state.{view.state}")
                lanes.setdefault((service.id, service.severity), state)
    found: dict[str, ServiceView] = {}
    for group in site.groups:
        for one in group.services:
            known = found.setdefault(one.name, one)
            if known.severity.rank < one.severity.rank:
                found[one.name] = one
    return {
        name: {
            "status": lanes.get((one.id, one.severity), OPERATIONAL),
            "severity": SEVERITIES[one.severity],
        }
        for name, one in found.items()
    }


def _comment(update: UpdateView) -> dict[str, object]:
    author = update.extra.get("x-by")
    return {
        "id": update.id,
        "html_desc": do_mark_safe(update.html),
        "parsed_date": update.at,
        "data": {"text": update.text},
        "date": f"{update.at.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
        "memberCreator": {"initials": author if isinstance(author, str) else ""},
    }
