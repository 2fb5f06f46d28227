"""Bodies of webhook requests, as in Statuspage's webhooks, plus `type` and `timestamp`.

As on Statuspage, an update produces one body for the incident and one for each component that it
changed. The objects are the same as in `api/v2` when the site is built; an incident contains all
updates so far. `timestamp` is the time of the update. The first row that applies sets `type`:

| body               | type                    | event                   |
|--------------------|-------------------------|-------------------------|
| `incident`         | `incident.resolved`     | resolved                |
|                    | `incident.reopened`     | reopened                |
|                    | `incident.opened`       | opened                  |
|                    | `incident.updated`      | any other               |
| `incident`         | `maintenance.cancelled` | cancelled               |
| (maintenance)      | `maintenance.completed` | completed               |
|                    | `maintenance.began`     | began                   |
|                    | `maintenance.announced` | announced               |
|                    | `maintenance.updated`   | any other               |
| `incident`         | `notice.published`      | any                     |
| (notice)           |                         |                         |
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

# The events that have their own type, in order of priority.
_TYPES = {
    Kind.INCIDENT: ("resolved", "reopened", "opened"),
    Kind.MAINTENANCE: ("cancelled", "completed", "began", "announced"),
}


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """A *body* to send, and an *id* that is the same for every attempt and every run."""

    id: str
    body: bytes


def requests(  # noqa: PLR0913  an update and everything that its bodies depend on
    site: Site,
    incident: IncidentView,
    update: UpdateView,
    *,
    events: Collection[str],
    before: Mapping[str, Severity],
    after: Mapping[str, Severity],
    key: str | None = None,
) -> list[WebhookRequest]:
    """Return a request for *incident* and one for each service that *update* changed.

    *before* and *after* map service ids to the severities on the page just before and at *update*.
    A missing service is operational; a retired one is skipped. *events* are words such as `opened`.
    *key* is the id of the first request (default: that of *update*).
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
    """Return the keys that all bodies share."""
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
    """Return the incident object of the API, plus the keys found only in Statuspage's webhooks."""
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
        "postmortem_body": None,  # The body of a file is shown only on the page.
        "postmortem_body_last_updated_at": None,
        "postmortem_ignored": False,
        "postmortem_notified_subscribers": False,
        "postmortem_notified_twitter": False,
        "postmortem_published_at": None,
        # True if the state will still change automatically. The last two are synonyms.
        "scheduled_auto_completed": view.clock_ends is not None,
        "scheduled_auto_in_progress": view.clock_starts is not None,
        "scheduled_auto_transition": view.clock_starts is not None,
        "scheduled_for": incident.get("scheduled_for"),
        "scheduled_remind_prior": False,
        "scheduled_reminded_at": None,
        "scheduled_until": incident.get("scheduled_until"),
    }
