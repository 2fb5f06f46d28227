"""Read a page on Instatus through its API (https://instatus.com/help/api).

Unverified: written from the documentation and from clients of others, not tried on a real page.
"""

from collections.abc import Iterator
from datetime import UTC, timedelta
from urllib.parse import quote

from statusgen.importers.json_reader import JsonError, JsonMap
from statusgen.importers.records.json_client import JsonClient
from statusgen.importers.records.record import IncidentRecord, RecordUpdate, SourceSite
from statusgen.importers.services import SourceService
from statusgen.importers.sync import ImportSource
from statusgen.model import Severity, State
from statusgen.problems import OutsideError, quoted

INSTATUS = ImportSource(name="instatus", prefix="instatus-", gone="it is no longer on the page")
PAGE = 100  # items per request

_MOST_PAGES = 1000
_MAX_MINUTES = 366 * 24 * 60
_STATES = {
    "INVESTIGATING": State.INVESTIGATING,
    "IDENTIFIED": State.IDENTIFIED,
    "MONITORING": State.MONITORING,
    "RESOLVED": State.RESOLVED,
    "NOTSTARTEDYET": State.SCHEDULED,
    "INPROGRESS": State.IN_PROGRESS,
    "VERIFYING": State.VERIFYING,
    "COMPLETED": State.COMPLETED,
}


def read_site(client: JsonClient, page: str, severity: Severity) -> SourceSite:
    """Read the *page* with all its incidents, which get *severity*.

    Raises OutsideError if any request fails.
    """
    path = quote(page, safe="")
    try:
        components = [*_listed(client, f"/v2/{path}/components")]
        names = {one.text("id"): one.text("name") for one in components}
        incidents = _listed(client, f"/v1/{path}/incidents")
        maintenances = _listed(client, f"/v2/{path}/maintenances")
        found = {one.text("id"): _incident(one, names, severity) for one in incidents}
        planned = {one.text("id"): _maintenance(one, names) for one in maintenances}
    except JsonError as error:
        raise client.unexpected(error) from None
    return SourceSite(
        scope=page,
        title="Status",
        zone=UTC,
        services=tuple(_services(components)),
        records=(*found.values(), *planned.values()),
    )


def _listed(client: JsonClient, path: str) -> Iterator[JsonMap]:
    """Yield all items of the list *path*."""
    for number in range(1, _MOST_PAGES):
        items = client.maps(path, {"page": str(number), "per_page": str(PAGE)})
        yield from items
        if len(items) < PAGE:
            return
    raise OutsideError(f"{path} does not end; try again (nothing was changed)")


def _services(components: list[JsonMap]) -> Iterator[SourceService]:
    """Yield the services; a component that others name as their group is none."""
    names = {one.text("id"): one.text("name") for one in components}
    groups = {one.text("group") for one in components if one.has("group")}
    for one in sorted(components, key=lambda one: (one.number("order"), one.text("id"))):
        if not {one.text("id"), one.text("name")} & groups:
            group = one.text("group") if one.has("group") else ""
            description = one.text("description") if one.has("description") else ""
            yield SourceService(
                name=one.text("name"),
                group=names.get(group, group) or None,
                description=description,
            )


def _incident(item: JsonMap, names: dict[str, str], severity: Severity) -> IncidentRecord:
    is_over = item.text("status") == "RESOLVED"
    return IncidentRecord(
        key=item.text("id"),
        stem=item.text("id"),
        name=f"{item.text('id')} {quoted(item.text('name'))}",
        title=item.text("name"),
        severity=severity,
        services=dict.fromkeys(_affected(item, names), severity),
        started=item.moment("started"),
        updates=tuple(_updates(item)),
        is_over=is_over,
        ended=item.moment("resolved") if is_over and item.has("resolved") else None,
        remarks=_remarks(item),
    )


def _maintenance(item: JsonMap, names: dict[str, str]) -> IncidentRecord:
    starts = item.moment("start")
    minutes = min(max(item.number("duration"), 0), _MAX_MINUTES)
    services = dict.fromkeys(_affected(item, names), Severity.MAINTENANCE)
    return IncidentRecord(
        key=item.text("id"),
        stem=item.text("id"),
        name=f"{item.text('id')} {quoted(item.text('name'))}",
        title=item.text("name"),
        severity=Severity.MAINTENANCE,
        services=services,
        started=starts,
        updates=tuple(_updates(item)),
        is_over=True if item.text("status") == "COMPLETED" else None,
        starts=starts,
        ends=starts + timedelta(minutes=minutes),
        remarks=_remarks(item),
    )


def _affected(item: JsonMap, names: dict[str, str]) -> list[str]:
    return [names.get(one.text("id")) or one.text("name") for one in item.maps("components")]


def _updates(item: JsonMap) -> list[RecordUpdate]:
    """Return the updates of *item*, first to last; `createdAt` is when they were written."""
    found = []
    for one in item.maps("updates"):
        name = "message" if one.has("message") else "messageHtml"
        text = one.text(name) if one.has(name) else ""
        state = _STATES.get(one.text("status")) if one.has("status") else None
        found.append(RecordUpdate(at=one.moment("started"), text=text, state=state))
    is_reversed = bool(found) and found[0].at > found[-1].at
    return found[::-1] if is_reversed else found


def _remarks(item: JsonMap) -> tuple[str, ...]:
    has_more = bool(item.values.get("translations"))
    return ("its translations are not imported",) if has_more else ()
