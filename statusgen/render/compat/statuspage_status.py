"""The words of the Statuspage API for a severity, and the one status that all services make.

The tables are those of Atlassian Statuspage's public API v2. Its clients compare the words, so
that they are English whatever the site speaks, and no setting changes them.
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
    """How the whole page is: one of five indicators and of seven descriptions."""

    indicator: str
    description: str


_CRITICAL = Status(indicator="critical", description="Major System Outage")
_MAJOR = Status(indicator="major", description="Partial System Outage")
_MINOR = Status(indicator="minor", description="Minor Service Outage")
_DEGRADED = Status(indicator="minor", description="Degraded System Service")
_PARTLY_DEGRADED = Status(indicator="minor", description="Partially Degraded Service")
_MAINTENANCE = Status(indicator="maintenance", description="Service Under Maintenance")
_WELL = Status(indicator="none", description="All Systems Operational")

# What an open incident makes of the page at least, by the worst that it ever did.
_RAISED = {
    Severity.NONE: _WELL,
    Severity.DEGRADED: _MINOR,
    Severity.PARTIAL: _MAJOR,
    Severity.MAJOR: _CRITICAL,
}


def status(services: Sequence[Severity], open_incidents: Iterable[Severity]) -> Status:
    """The status of a page whose *services* have these severities.

    *open_incidents* are the worst severities of all incidents that are not resolved: they raise
    the status that the services make, if that is milder.
    """
    felt = _of_services(services)
    raised = [felt, *(_RAISED[severity] for severity in open_incidents)]
    # Of equal ones the first is taken: what the services say is more exact.
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
