"""A fake page of Cachet, with the public API of version 2 or 3.

Pages are as large as asked for, but at most *size*, so that tests need few items. In version 3, a
page includes each component once, with its status in one of the incidents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DAY = "2024-05-06"


def moment(clock: str) -> str:
    """Return the time *clock* on the day of the incidents, without a zone."""
    return f"{DAY} {clock}:00"


@dataclass
class Cachet:
    """A page; *incidents* and *schedules* have the components' statuses by id."""

    version: int = 2
    size: int = 100
    components: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    schedules: list[dict[str, Any]] = field(default_factory=list)

    def component(self, name: str, *, group: int = 0, enabled: bool = True) -> int:
        """Add a component, and return its id."""
        number = len(self.components) + 1
        self.components.append(
            {
                "id": number,
                "name": name,
                "description": "",
                "order": -number,
                "group_id": group,
                "enabled": enabled,
            }
        )
        return number

    def group(self, name: str) -> int:
        """Add a group of components, and return its id."""
        number = len(self.groups) + 1
        self.groups.append({"id": number, "name": name, "order": number})
        return number

    def incident(self, name: str, *updates: tuple[int, str, str], **more: Any) -> dict[str, Any]:
        """Add an incident at 9:00 with *updates*: status, time of day, and message."""
        data = {
            "id": len(self.incidents) + 1,
            "name": name,
            "message": "Calls take 10 s.",
            "status": updates[-1][0] if updates else 1,
            "visible": 1,
            "stickied": False,
            "occurred_at": moment("09:00"),
            "created_at": moment("09:05"),
            "updated_at": moment(updates[-1][1] if updates else "09:05"),
            "components": {},
            "updates": [
                {
                    "id": 10 * len(self.incidents) + i,
                    "status": status,
                    "message": message,
                    "created_at": moment(clock),
                }
                for i, (status, clock, message) in enumerate(updates)
            ],
            **more,
        }
        self.incidents.append(data)
        return data

    def schedule(self, name: str, **more: Any) -> dict[str, Any]:
        """Add maintenance from 20:00."""
        data = {
            "id": len(self.schedules) + 1,
            "name": name,
            "message": "We replace disks.",
            "status": 2,
            "created_at": moment("09:00"),
            "scheduled_at": moment("20:00"),
            "completed_at": moment("21:00"),
            "components": {},
            "updates": [],
            **more,
        }
        self.schedules.append(data)
        return data

    def answer(self, path: str, query: Mapping[str, str]) -> Any:
        """Return the document at *path*."""
        start = "/api/v1/" if self.version == 2 else "/api/"
        name = path.removeprefix(start)
        if not path.startswith(start) or (self.version == 3 and name.startswith("v1/")):
            return None
        kind, _, number = name.partition("/")
        if self.version == 3 and number:
            items = {"incidents": self.incidents, "schedules": self.schedules}[kind]
            (item,) = [one for one in items if one["id"] == int(number)]
            return {"data": self._document(item, kind), "included": self._included([item])}
        lists = {
            "components": self.components,
            "components/groups": self.groups,
            "incidents": self.incidents,
            "schedules": self.schedules,
        }
        found = lists.get(name)
        if found is None:
            return None
        size = min(self.size, int(query["per_page"]))
        number_of = int(query["page"])
        page = found[(number_of - 1) * size : number_of * size]
        total = max(1, -(-len(found) // size))
        if self.version == 2:
            meta = {"pagination": {"total_pages": total, "current_page": number_of}}
            return {"meta": meta, "data": [self._version_2(one) for one in page]}
        following = "https://elsewhere.example/?page=2" if number_of < total else None
        return {
            "data": [self._document(one, name) for one in page],
            "included": self._included(page),
            "links": {"next": following},
        }

    def _version_2(self, item: dict[str, Any]) -> dict[str, Any]:
        components = item.get("components", {})
        if "scheduled_at" in item:
            return {**item, "components": [{"component_id": one} for one in components]}
        return {**item, "component_id": next(iter(components), 0)}

    def _document(self, item: dict[str, Any], kind: str) -> dict[str, Any]:
        attributes = {
            (name.removesuffix("_at")): {"human": "", "string": value}
            if name.endswith("_at")
            else value
            for name, value in item.items()
            if name not in ("components", "updates")
        }
        if "status" in item:
            attributes["status"] = {"human": "", "value": item["status"]}
        relations = {
            name: {"data": [{"type": name, "id": str(one)} for one in ids]}
            for name, ids in (
                ("components", item.get("components", ())),
                ("updates", [one["id"] for one in item.get("updates", ())]),
            )
        }
        group = item.get("group_id")
        relations["group"] = {"data": {"type": "groups", "id": str(group)} if group else None}  # type: ignore[dict-item]
        return {
            "id": str(item["id"]),
            "type": kind,
            "attributes": attributes,
            "relationships": relations,
        }

    def _included(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for item in items:
            for number, status in item.get("components", {}).items():
                pivot = {"component_status": {"human": "", "value": status}}
                found["components", number] = {"name": "", "pivot": pivot}
            for one in item.get("updates", ()):
                found["updates", one["id"]] = self._document(one, "updates")["attributes"]
            if item.get("group_id"):
                found["groups", item["group_id"]] = self.groups[item["group_id"] - 1]
        return [
            {"id": str(number), "type": kind, "attributes": attributes}
            for (kind, number), attributes in found.items()
        ]
