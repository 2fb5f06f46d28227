"""The bodies that the webhook sends: those of Statuspage's webhooks, plus `type` and `timestamp`.

An update makes one body with the incident and one with each component that it changed, as on
Statuspage. The objects are those of `api/v2`, as they are when the site is built; an incident has
all updates so far. `timestamp` is the time of the update. The first row that applies to an update
gives the `type`:

| body               | type                    | event                   |
|--------------------|-------------------------|-------------------------|
| `incident`         | `incident.resolved`     | resolved                |
|                    | `incident.reopened`     | reopened                |
|                    | `incident.opened`       | opened                  |
|                    | `incident.updated`      | any other               |
| the same, of a     | `maintenance.cancelled` | cancelled               |
| maintenance        | `maintenance.completed` | completed               |
|                    | `maintenance.began`     | began                   |
|                    | `maintenance.announced` | announced               |
|                    | `maintenance.updated`   | any other               |
| the same, of a     | `notice.published`      | any                     |
| notice             |                         |                         |
| `component_update` | `component.updated`     | the severity changed    |
| and `component`    |                         |                         |

Bodies: https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/; `type` and
`timestamp`: https://www.standardwebhooks.com/.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from statusgen.ids import id12
from statusgen.model import Kind, Severity
from statusgen.render import json_bytes
from statusgen.render.compat import statuspage, statuspage_status
from statusgen.site.view_models import IncidentView, Site, UpdateView

DOCUMENTATION = "https://github.com/statusgen/statusgen/blob/main/docs/reference/webhook.md"

# The events that have a type of their own, the one that counts most first.
_TYPES = {
    Kind.INCIDENT: ("resolved", "reopened", "opened"),
    Kind.MAINTENANCE: ("cancelled", "completed", "began", "announced"),
}


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """A body to send, and the *id* that stays the same on every try and in every run."""

    id: str
    body: bytes


def requests(  # noqa: PLR0913  an update, and all that its words follow from
    site: Site,
    incident: IncidentView,
    update: UpdateView,
    *,
    events: Collection[str],
    before: Mapping[str, Severity],
    after: Mapping[str, Severity],
    key: str | None = None,
) -> list[WebhookRequest]:
    """Return one request for *incident* and one for each service that *update* moved.

    *before* and *after* are the severities on the page of the services just before and at *update*,
    by id; a service that one of them leaves out has none, and a retired one is skipped. *events*
    are words such as `opened`. *key* is the id of the first request, by default that of *update*.
    """
    name = key or update.id
    at = statuspage.timestamp(site, update.at)
    frame = _frame(site)
    bodies: dict[str, dict[str, Any]] = {
        name: {
            "type": _type(incident.kind, events),
            "timestamp": at,
            **frame,
            "incident": _incident(site, incident),
        }
    }
    for service, component in statuspage.component_objects(site).items():
        old, new = (one.get(service, Severity.NONE) for one in (before, after))
        if old is new:
            continue
        moved = id12("webhook", f"{name}:{service}")
        bodies[moved] = {
            "type": "component.updated",
            "timestamp": at,
            **frame,
            "component_update": {
                "created_at": at,
                "new_status": statuspage_status.COMPONENT_STATUS[new],
                "old_status": statuspage_status.COMPONENT_STATUS[old],
                "id": moved,
                "component_id": component["id"],
            },
            "component": {name: component[name] for name in ("created_at", "id", "name", "status")},
        }
    return [WebhookRequest(id=key, body=json_bytes(body)) for key, body in bodies.items()]


def _type(kind: Kind, events: Collection[str]) -> str:
    if kind is Kind.NOTICE:
        return "notice.published"
    return f"{kind}.{next((one for one in _TYPES[kind] if one in events), 'updated')}"


def _frame(site: Site) -> dict[str, Any]:
    """Return what every body has."""
    page, status = statuspage.page_object(site), statuspage.status_object(site)
    return {
        "meta": {
            "unsubscribe": site.absolute("subscribe.html"),
            "documentation": DOCUMENTATION,
        },
        "page": {
            "id": page["id"],
            "status_indicator": status["indicator"],
            "status_description": status["description"],
            "url": page["url"],
        },
    }


def _incident(site: Site, view: IncidentView) -> dict[str, Any]:
    """Return the object of the API with the keys that only Statuspage's webhook has."""
    incident = statuspage.incident_object(site, view)
    updates = [
        {**one, "twitter_updated_at": None, "wants_twitter_update": False}
        for one in incident["incident_updates"]
    ]
    return {
        **incident,
        "incident_updates": updates,
        "backfilled": False,
        "impact_override": None,
        "organization_id": incident["page_id"],
        "postmortem_body": None,  # The body of a file is for the page alone.
        "postmortem_body_last_updated_at": None,
        "postmortem_ignored": False,
        "postmortem_notified_subscribers": False,
        "postmortem_notified_twitter": False,
        "postmortem_published_at": None,
        # Whether the clock will move it on; both words for the beginning are in use.
        "scheduled_auto_completed": view.clock_ends is not None,
        "scheduled_auto_in_progress": view.clock_starts is not None,
        "scheduled_auto_transition": view.clock_starts is not None,
        "scheduled_for": incident.get("scheduled_for"),
        "scheduled_remind_prior": False,
        "scheduled_reminded_at": None,
        "scheduled_until": incident.get("scheduled_until"),
    }
