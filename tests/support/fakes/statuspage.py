"""A fake page on Statuspage, with its public files and its API.

Ids have twelve characters, times have milliseconds, and lists are newest first, as in the answers
of Statuspage.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PAGE = "abcdefghij12"
KEY = "not-a-key"
STATUSES = {"operational", "degraded_performance", "partial_outage", "major_outage"}

_DAY = "2024-05-06"


def moment(clock: str) -> str:
    """Return the time *clock* on the day of the incidents, or *clock* if it has a date."""
    return f"{clock if '-' in clock else f'{_DAY}T{clock}:00'}.120Z"


@dataclass
class StatuspageIncident:
    """An incident, with methods that add to it."""

    page: "Statuspage"
    data: dict[str, Any]

    def update(
        self, status: str, body: str, *, at: str, **components: str | None
    ) -> "StatuspageIncident":
        """Add an update; *components* gives the new status of components by name."""
        number = len(self.data["incident_updates"])
        affected = [
            {
                "code": self.page.code(name),
                "name": name,
                "old_status": "operational",
                "new_status": new,
            }
            for name, new in components.items()
        ]
        update = {
            "id": f"u{number:02}{self.data['id'][:9]}",
            "status": status,
            "body": body,
            "created_at": moment(at),
            "display_at": moment(at),
            "affected_components": affected or None,
        }
        self.data["incident_updates"].insert(0, update)
        if status != "postmortem":
            self.data["status"] = status
        self.data["updated_at"] = moment(at)
        if status in ("resolved", "completed"):
            self.data["resolved_at"] = moment(at)
        return self


@dataclass
class Statuspage:
    """A page with its *components* and *incidents*."""

    components: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    months: int = 3  # in the history
    zone: str = "Etc/UTC"

    def component(self, name: str, **more: Any) -> dict[str, Any]:
        """Add a component, or a group with ``group=True``."""
        number = len(self.components) + 1
        found = {
            "id": f"c{number:011}",
            "name": name,
            "status": "operational",
            "position": number,
            "description": None,
            "start_date": None,
            "group_id": None,
            "group": False,
            **more,
        }
        self.components.append(found)
        return found

    def code(self, name: str) -> str:
        """Return the code of the component *name*; an unknown one was deleted."""
        codes = [one["id"] for one in self.components if one["name"] == name]
        return codes[0] if codes else "deletedcompo"

    def incident(self, name: str, *, at: str = "09:00", **more: Any) -> StatuspageIncident:
        """Add an incident that was created *at* a time."""
        data = {
            "id": f"i{len(self.incidents):011}",
            "name": name,
            "status": "investigating",
            "created_at": moment(at),
            "updated_at": moment(at),
            "resolved_at": None,
            "impact": "minor",
            "incident_updates": [],
            "components": [],
            **more,
        }
        self.incidents.insert(0, data)
        return StatuspageIncident(self, data)

    def answer(self, path: str, query: Mapping[str, str]) -> Any:
        """Return the document at *path*."""
        page = {
            "id": PAGE,
            "name": "Acme",
            "url": "https://status.acme.example",
            "time_zone": self.zone,
        }
        if path.startswith("/v1/"):
            return self._managed(path, query, page)
        planned = [one for one in self.incidents if "scheduled_for" in one]
        others = [one for one in self.incidents if "scheduled_for" not in one]
        by_path: dict[str, Any] = {
            "/api/v2/summary.json": {"page": page, "components": self.components},
            "/api/v2/incidents.json": {"page": page, "incidents": others[:50]},
            "/api/v2/scheduled-maintenances.json": {
                "page": page,
                "scheduled_maintenances": planned[:50],
            },
            "/history.json": {"page": page, "months": self._months(int(query.get("page", "1")))},
            **{f"/incidents/{one['id']}.json": one for one in self.incidents},
        }
        return by_path.get(path)

    def _months(self, page: int) -> list[dict[str, Any]]:
        """Return three months of the history; all incidents are in the last one."""
        numbers = range(3 * page - 2, min(3 * page, self.months) + 1)
        listed = [{"code": one["id"], "name": one["name"]} for one in self.incidents]
        return [{"incidents": listed if number == self.months else []} for number in numbers]

    def _managed(self, path: str, query: Mapping[str, str], page: dict[str, Any]) -> Any:
        own = {**page, "url": "https://acme.example", "domain": "status.acme.example"}
        size = int(query.get("limit") or query.get("per_page") or 1)
        start = (int(query.get("page", "1")) - 1) * size
        groups = [one for one in self.components if one["group"]]
        by_path: dict[str, Any] = {
            f"/v1/pages/{PAGE}": own,
            f"/v1/pages/{PAGE}/components": [one for one in self.components if not one["group"]],
            f"/v1/pages/{PAGE}/component-groups": groups,
            f"/v1/pages/{PAGE}/incidents": self.incidents,
        }
        found = by_path.get(path)
        return found[start : start + size] if isinstance(found, list) else found
