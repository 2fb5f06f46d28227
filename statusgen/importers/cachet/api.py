"""Read the API of Cachet: `/api/v1` of version 2, or the JSON:API of version 3.

Only what everybody may see is read, without credentials. A listing is read whole or not at all.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from statusgen.importers.cachet.entries import PUBLIC, CachetEntry, Component, EntryUpdate
from statusgen.importers.json_reader import JsonError, JsonMap
from statusgen.importers.records.json_client import JsonClient, MissingError
from statusgen.problems import OutsideError

PAGE = 100  # items per request

_MOST_PAGES = 1000


class CachetPage:
    """The page that *client* reads; *components*, *incidents* and *schedules* are by id."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client
        self.components: dict[str, Component] = {}
        self.incidents: dict[str, CachetEntry] = {}
        self.schedules: dict[str, CachetEntry] = {}
        self.hidden = 0  # incidents that not everybody may see

    def read(self) -> None:
        """Read the page; raise OutsideError if any request fails."""
        try:
            try:
                components = [*self._listed("/api/v1/components")]
            except MissingError:
                self._read_version_3()
                return
            self._read_version_2(components)
        except JsonError as error:
            raise self._client.unexpected(error) from None

    def _read_version_2(self, components: list[JsonMap]) -> None:
        groups = {_word(one, "id"): one for one in self._listed("/api/v1/components/groups")}
        for one in filter(_is_enabled, components):
            group = groups.get(_word(one, "group_id"))
            self._add(one, _word(one, "id"), group)
        for one in self._listed("/api/v1/incidents"):
            if self._is_public(one):
                entry = _entry(one, _number(one, "latest_status") or _number(one, "status"))
                component = _word(one, "component_id")
                named = {component: 0} if component not in ("", "0") else {}
                updates = tuple(map(_update, one.maps("updates")))
                self.incidents[entry.id] = replace(entry, components=named, updates=updates)
        for one in self._optional("/api/v1/schedules"):
            entry = _entry(one, _number(one, "status"))
            named = {_word(each, "component_id"): 0 for each in one.maps("components")}
            self.schedules[entry.id] = replace(entry, components=named)

    def _read_version_3(self) -> None:
        for page in self._documents("/api/components", "group"):
            groups = _included(page, "groups") | _included(page, "componentGroups")
            for one in page.maps("data"):
                if _is_enabled(one.map("attributes")):
                    group = groups.get(
                        _word(one.map("relationships").map("group").map("data"), "id")
                    )
                    self._add(one.map("attributes"), _word(one, "id"), group)
        for page in self._documents("/api/incidents", "components,updates"):
            for one in page.maps("data"):
                if self._is_public(one.map("attributes")):
                    entry = self._document_entry(one, page)
                    self.incidents[entry.id] = entry
        for page in self._documents("/api/schedules", "components,updates"):
            for one in page.maps("data"):
                entry = self._document_entry(one, page)
                self.schedules[entry.id] = entry

    def _add(self, component: JsonMap, code: str, group: JsonMap | None) -> None:
        own = _number(component, "order")
        self.components[code] = Component(
            id=code,
            name=component.text("name"),
            description=_word(component, "description"),
            group=group.text("name") if group else None,
            order=(_number(group, "order") if group else -1, own),
        )

    def _is_public(self, incident: JsonMap) -> bool:
        is_public = _number(incident, "visible") == PUBLIC and not _word(incident, "deleted_at")
        self.hidden += not is_public
        return is_public

    def _document_entry(self, item: JsonMap, page: JsonMap) -> CachetEntry:
        """Return the entry for *item* in the JSON:API document *page*."""
        names = _related(item, "components")
        components = _included(page, "components")
        shared = Counter(one for each in page.maps("data") for one in _related(each, "components"))
        if any(shared[name] > 1 for name in names):
            # A page includes each component once, with its status in one of the incidents.
            kind = _word(item, "type")
            path = f"/api/{kind}/{_word(item, 'id')}"
            single = self._client.map(path, {"include": "components"})
            components = _included(single, "components")
        updates = _included(page, "updates")
        entry = _entry(item.map("attributes"), _value(item.map("attributes"), "status"))
        return replace(
            entry,
            id=_word(item, "id"),
            components={
                one: _value(components[one].map("pivot"), "component_status")
                if one in components
                else 0
                for one in names
            },
            updates=tuple(
                _update(updates[one]) for one in _related(item, "updates") if one in updates
            ),
        )

    def _listed(self, path: str) -> Iterator[JsonMap]:
        """Yield all items of the list *path* of version 2."""
        for number in range(1, _MOST_PAGES):
            query = {"per_page": str(PAGE), "page": str(number)}
            page = self._client.map(path, query)
            if "data" not in page.values:
                raise JsonError("expected data")
            yield from page.maps("data")
            if number >= _number(page.map("meta").map("pagination"), "total_pages"):
                return
        raise OutsideError(f"{path} does not end; try again (nothing was changed)")

    def _optional(self, path: str) -> Iterator[JsonMap]:
        """Yield all items of the list *path* of version 2, which early releases lack."""
        try:
            yield from self._listed(path)
        except MissingError:
            return

    def _documents(self, path: str, include: str) -> Iterator[JsonMap]:
        """Yield all pages of the list *path* of version 3."""
        for number in range(1, _MOST_PAGES):
            query = {"include": include, "per_page": str(PAGE), "page": str(number)}
            page = self._client.map(path, query)
            if "data" not in page.values:
                raise JsonError("expected data")
            yield page
            # The address of the next page could lead to another host.
            if not page.map("links").has("next"):
                return
        raise OutsideError(f"{path} does not end; try again (nothing was changed)")


def _entry(item: JsonMap, status: int) -> CachetEntry:
    """Return the entry for *item*, of either version, without components and updates."""
    return CachetEntry(
        id=_word(item, "id"),
        name=item.text("name"),
        message=_word(item, "message"),
        status=status,
        created=_moment(item, "created"),
        updated=_moment(item, "updated"),
        occurred=_moment(item, "occurred"),
        scheduled=_moment(item, "scheduled"),
        completed=_moment(item, "completed"),
        is_pinned=bool(_number(item, "stickied")),
    )


def _update(item: JsonMap) -> EntryUpdate:
    return EntryUpdate(
        message=_word(item, "message"),
        created=_moment(item, "created"),
        status=_value(item, "status"),
    )


def _moment(item: JsonMap, name: str) -> str:
    """Return the time *name*: `created_at` in version 2, `created.string` in version 3."""
    if isinstance(item.values.get(name), dict):
        return _word(item.map(name), "string")
    return _word(item, f"{name}_at")


def _value(item: JsonMap, name: str) -> int:
    """Return the status *name*: a number in version 2, `{value, human}` in version 3."""
    if isinstance(item.values.get(name), dict):
        return _number(item.map(name), "value")
    return _number(item, name)


def _number(item: JsonMap, name: str) -> int:
    """Return the number *name*, which may be a text or true; 0 if it is missing."""
    value = item.values.get(name)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
    return item.number(name)


def _word(item: JsonMap, name: str) -> str:
    """Return the text or number *name* as text, empty if it is missing."""
    value = item.values.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return item.text(name).strip() if item.has(name) else ""


def _is_enabled(component: JsonMap) -> bool:
    is_deleted = bool(_word(component, "deleted_at"))
    return not is_deleted and (
        "enabled" not in component.values or _number(component, "enabled") == 1
    )


def _included(page: JsonMap, kind: str) -> dict[str, JsonMap]:
    """Return the attributes of all resources of *kind* that *page* includes, by id."""
    found = (one for one in page.maps("included") if _word(one, "type") == kind)
    return {_word(one, "id"): one.map("attributes") for one in found}


def _related(item: JsonMap, name: str) -> list[str]:
    """Return the ids of the resources in the relationship *name* of *item*."""
    return [_word(one, "id") for one in item.map("relationships").map(name).maps("data")]
