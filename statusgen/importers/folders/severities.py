"""Severities and maintenance windows, which StatusKit and Statusfy write alike."""

from dataclasses import replace
from datetime import timedelta

from statusgen.importers.folders.source_folder import IncidentText
from statusgen.importers.records.record import IncidentRecord
from statusgen.model import Severity
from statusgen.problems import quoted

_SEVERITIES = {
    "major-outage": Severity.MAJOR,
    "partial-outage": Severity.PARTIAL,
    "degraded-performance": Severity.DEGRADED,
}
_MAINTENANCE = "under-maintenance"
_MAX_MINUTES = 366 * 24 * 60


def with_severity(record: IncidentRecord, text: IncidentText) -> IncidentRecord:
    """Return *record* with the severity in *text*, and with its window if it is maintenance.

    Maintenance without a window becomes a notice.
    """
    word = text.values.text("severity").lower()
    remarks = list(record.remarks)
    if word == _MAINTENANCE:
        starts = text.moment("scheduled", remarks)
        minutes = text.values.text("duration")
        if starts is not None and minutes.isascii() and minutes.isdigit():
            span = timedelta(minutes=min(int(minutes[:9]), _MAX_MINUTES))
            return replace(
                record,
                severity=Severity.MAINTENANCE,
                services=dict.fromkeys(record.services, Severity.MAINTENANCE),
                starts=starts,
                ends=starts + span,
                remarks=tuple(remarks),
            )
        remarks.append("it is maintenance without a window, so it became a notice")
    elif word not in _SEVERITIES:
        remarks.append(f"severity {quoted(word)} is not known; it became a notice")
    severity = _SEVERITIES.get(word, Severity.NONE)
    return replace(
        record,
        severity=severity,
        services=dict.fromkeys(record.services, severity),
        remarks=tuple(remarks),
    )
