"""Uptime and daily severities as JSON: `api/uptime.json`."""

from datetime import datetime
from fractions import Fraction
from functools import partial

from statusgen import times
from statusgen.model import Severity
from statusgen.render import Outputs, json_bytes
from statusgen.site.view_models import ServiceView, Site
from statusgen.timeline.uptime import UPTIME_DAYS, Day

PATH = "api/uptime.json"
_DIGITS = 10**8


def outputs(site: Site) -> Outputs:
    """Return the file with the uptime of each service, and its days, oldest first."""
    return {PATH: partial(_uptime, site, site.now)}


def _uptime(site: Site, now: datetime) -> bytes:
    document = {
        "generated_for": times.written(now),
        "timezone": str(site.config.zone),
        "days": UPTIME_DAYS,
        "services": [_service(service) for service in site.services],
    }
    return json_bytes(document)


def _service(service: ServiceView) -> dict[str, object]:
    return {
        "id": service.id,
        "name": service.name,
        "since": service.since.isoformat() if service.since else None,
        "uptime": _rounded_down(service.uptime),
        "days": [_day(day) for day in service.days],
    }


def _day(day: Day) -> dict[str, object]:
    return {
        "date": day.date.isoformat(),
        "severity": day.severity,
        "observed": day.observed,
        "seconds": {
            severity: day.seconds[severity]
            for severity in Severity
            if severity is not Severity.NONE
        },
    }


def _rounded_down(share: Fraction | None) -> float | None:
    # The quotient is the float nearest to the rounded number, and prints as that number.
    return None if share is None else int(share * _DIGITS) / _DIGITS
