"""Statuspage's words for severities, and the overall status of a page.

The tables are those of Atlassian Statuspage's public API v2. Clients compare the words, so
they are English in every language, and settings do not change them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from statusgen.model import Severity

COMPONENT_STATUS = {
    Severity.NONE: "operational",
    Severity.MAINTENANCE: "under_maintenance",
    Severity.DEGRADED: "degraded_performance",
    Severity.PARTIAL: "partial_outage",
    Severity.MAJOR: "major_outage",
}
IMPACT = {
    Severity.NONE: "none",
    Severity.MAINTENANCE: "maintenance",
    Severity.DEGRADED: "minor",
    Severity.PARTIAL: "major",
    Severity.MAJOR: "critical",
}

_INDICATORS = ("none", "maintenance", "minor", "major", "critical")  # mildest first


@dataclass(frozen=True, kw_only=True)
class Status:
    """The overall status of a page: one of five indicators and one of seven descriptions."""

    indicator: str
    description: str


_CRITICAL = Status(indicator="critical", description="Major System Outage")
_MAJOR = Status(indicator="major", description="Partial System Outage")
_MINOR = Status(indicator="minor", description="Minor Service Outage")
_DEGRADED = Status(indicator="minor", description="Degraded System Service")
_PARTLY_DEGRADED = Status(indicator="minor", description="Partially Degraded Service")
_MAINTENANCE = Status(indicator="maintenance", description="Service Under Maintenance")
_WELL = Status(indicator="none", description="All Systems Operational")

# The minimum status of a page with an open incident, by the worst severity that it ever had.
_RAISED = {
    Severity.NONE: _WELL,
    Severity.DEGRADED: _MINOR,
    Severity.PARTIAL: _MAJOR,
    Severity.MAJOR: _CRITICAL,
}


def status(services: Sequence[Severity], open_incidents: Iterable[Severity]) -> Status:
    """Return the overall status of a page, given the severities of its *services*.

    *open_incidents* are the worst severities of all unresolved incidents. They raise the status if
    the services alone would give a milder one.
    """
    by_services = _of_services(services)
    raised = [by_services, *(_RAISED[severity] for severity in open_incidents)]
    # `max` returns the first of equals: the description for the services is more precise.
    return max(raised, key=lambda one: _INDICATORS.index(one.indicator))


def _of_services(services: Sequence[Severity]) -> Status:
    found = set(services)
    if found == {Severity.MAJOR}:
        return _CRITICAL
    if Severity.MAJOR in found or found == {Severity.PARTIAL}:
        return _MAJOR
    if Severity.PARTIAL in found:
        return _MINOR
    if found == {Severity.DEGRADED}:
        return _DEGRADED
    if Severity.DEGRADED in found:
        return _PARTLY_DEGRADED
    return _MAINTENANCE if Severity.MAINTENANCE in found else _WELL
