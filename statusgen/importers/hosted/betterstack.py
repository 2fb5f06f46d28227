"""Read a page on Better Stack through its API (https://betterstack.com/docs/uptime/api/).

Unverified: written from the documentation, not tried on a real page.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from urllib.parse import quote

from statusgen.importers.json_reader import JsonError, JsonMap
from statusgen.importers.names import folded
from statusgen.importers.records.json_client import JsonClient
from statusgen.importers.records.record import IncidentRecord, RecordUpdate, SourceSite
from statusgen.importers.services import SourceService
from statusgen.importers.sync import ImportSource
from statusgen.model import Severity, State
from statusgen.problems import OutsideError, quoted
from statusgen.schema import scalars
from statusgen.system.workers import Progress, no_progress
from statusgen.timeline.timeline import worst

BETTERSTACK = ImportSource(
    name="betterstack", prefix="betterstack-", gone="it is no longer on the page"
)

_MOST_PAGES = 1000
_STATUSES = {
    "downtime": Severity.MAJOR,
    "degraded": Severity.DEGRADED,
    "maintenance": Severity.MAINTENANCE,
    "resolved": Severity.NONE,
}


def read_site(client: JsonClient, page: str, *, track: Progress = no_progress) -> SourceSite:
    """Read the *page* with all its reports; raise OutsideError if any request fails."""
    path = f"/status-pages/{quote(page, safe='')}"
    try:
        own = client.map(path).map("data").map("attributes")
        sections = {_word(one, "id"): one for one in _listed(client, f"{path}/sections")}
        resources = [*_listed(client, f"{path}/resources")]
        names = {_word(one, "id"): one.map("attributes").text("public_name") for one in resources}
        reports = {_word(one, "id"): one for one in _listed(client, f"{path}/status-reports")}
        records = []
        for code in track("Reading reports", sorted(reports)):
            updates = [*_listed(client, f"{path}/status-reports/{quote(code)}/status-updates")]
            records.append(_record(code, reports[code].map("attributes"), updates, names))
    except JsonError as error:
        raise client.unexpected(error) from None
    host = _word(own, "custom_domain")
    zone = _word(own, "timezone")
    try:
        timezone = str(scalars.zone(zone))
    except ValueError:
        timezone = "UTC"
    return SourceSite(
        scope=page,
        title=_word(own, "company_name") or "Status",
        url=f"https://{host}" if host else "",
        timezone=timezone,
        zone=UTC,
        services=tuple(_services(resources, sections)),
        records=tuple(records),
    )


def _listed(client: JsonClient, path: str) -> Iterator[JsonMap]:
    """Yield all items of the list *path*; the address of the next page is not followed."""
    for number in range(1, _MOST_PAGES):
        page = client.map(path, {"page": str(number)})
        if "data" not in page.values:
            raise JsonError("expected data")
        yield from page.maps("data")
        if not page.map("pagination").has("next"):
            return
    raise OutsideError(f"{path} does not end; try again (nothing was changed)")


def _services(resources: list[JsonMap], sections: Mapping[str, JsonMap]) -> Iterator[SourceService]:
    """Yield the resources, in the order of the page; a section is a group."""

    def place(one: JsonMap) -> tuple[int, int]:
        section = sections.get(_word(one.map("attributes"), "status_page_section_id"))
        order = section.map("attributes").number("position") if section else 0
        return (order, one.map("attributes").number("position"))

    for one in sorted(resources, key=place):
        values = one.map("attributes")
        section = sections.get(_word(values, "status_page_section_id"))
        group = _word(section.map("attributes"), "name") if section else ""
        description = _word(values, "explanation")
        yield SourceService(
            name=values.text("public_name"), group=group or None, description=description
        )


def _record(
    code: str, report: JsonMap, updates: list[JsonMap], names: Mapping[str, str]
) -> IncidentRecord:
    title = _word(report, "title")
    started = report.moment("starts_at")
    ended = report.moment("ends_at") if report.has("ends_at") else None
    is_maintenance = _word(report, "report_type") == "maintenance"
    found = sorted(
        (_update(one.map("attributes"), names) for one in updates), key=lambda one: one.at
    )
    opening = dict(found[0].severities) if found else {}
    services = opening or _affected(report, names)
    if is_maintenance:
        services = dict.fromkeys(services, Severity.MAINTENANCE)
    elif found:
        first = found[0]
        found[0] = RecordUpdate(at=first.at, text=first.text, state=State.INVESTIGATING)
    known = worst([Severity.DEGRADED, *services.values()])
    return IncidentRecord(
        key=code,
        stem=code,
        name=f"report {code} {quoted(title)}",
        title=title,
        severity=Severity.MAINTENANCE if is_maintenance else known,
        services=services,
        started=started,
        updates=tuple(found),
        is_over=None if is_maintenance else ended is not None,
        ended=ended,
        starts=started if is_maintenance else None,
        ends=ended or started if is_maintenance else None,
    )


def _update(values: JsonMap, names: Mapping[str, str]) -> RecordUpdate:
    at, text = values.moment("published_at"), _word(values, "message")
    return RecordUpdate(at=at, text=text, severities=_affected(values, names))


def _affected(values: JsonMap, names: Mapping[str, str]) -> dict[str, Severity]:
    """Return the severity of each affected resource, by name; unknown resources are left out."""
    found: dict[str, Severity] = {}
    for one in values.maps("affected_resources"):
        name = names.get(_word(one, "status_page_resource_id"), "")
        if folded(name):
            found[name] = _STATUSES.get(_word(one, "status"), Severity.DEGRADED)
    return found


def _word(item: JsonMap, name: str) -> str:
    """Return the text or number *name* as text, since ids come as both; empty if missing."""
    value = item.values.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return item.text(name) if item.has(name) else ""
