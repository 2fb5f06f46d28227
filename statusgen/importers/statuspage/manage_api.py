"""Read a page through Statuspage's API (https://developer.statuspage.io/), with a key."""

from collections.abc import Iterator
from urllib.parse import quote

from statusgen.importers.json_reader import JsonError, JsonMap
from statusgen.importers.records.json_client import JsonClient
from statusgen.importers.records.record import SourceSite
from statusgen.importers.statuspage.incident_records import Components, read_record, zone_of
from statusgen.problems import OutsideError
from statusgen.system.workers import Progress, no_progress

PAGE = 100  # items per request

_MOST_PAGES = 1000


class ManagedPage:
    """The page with the id *page*, read with *client*, which has a key."""

    def __init__(self, page: str, client: JsonClient) -> None:
        self._client = client
        self._path = f"/pages/{quote(page, safe='')}"

    def read(self, *, track: Progress = no_progress) -> SourceSite:
        """Read the page with all its incidents; raise OutsideError if any request fails."""
        try:
            page = self._client.map(self._path)
            groups = self._all("component-groups", "per_page")
            components = Components(self._all("components", "per_page"), groups)
            incidents = {one.text("id"): one for one in self._all("incidents", "limit")}
            records = [
                read_record(one, components)
                for one in track("Reading incidents", [*incidents.values()])
            ]
            name, zone, remarks = zone_of(page)
            url = _address(page)
            return SourceSite(
                scope=page.text("id"),
                title=page.text("name"),
                url=url,
                base_url=url,
                timezone=name,
                zone=zone,
                services=tuple(components.services()),
                records=tuple(records),
                remarks=tuple(remarks),
            )
        except JsonError as error:
            raise self._client.unexpected(error) from None

    def _all(self, name: str, size: str) -> Iterator[JsonMap]:
        """Yield all items of the list *name*; *size* is its parameter for the page size."""
        for number in range(1, _MOST_PAGES):
            query = {size: str(PAGE), "page": str(number)}
            found = self._client.maps(f"{self._path}/{name}", query)
            yield from found
            if len(found) < PAGE:
                return
        raise OutsideError(f"{self._path}/{name} does not end; try again (nothing was changed)")


def _address(page: JsonMap) -> str:
    """Return the public address of *page*; its `url` is the address of the company."""
    if page.has("domain"):
        return f"https://{page.text('domain')}"
    return f"https://{page.text('subdomain')}.statuspage.io" if page.has("subdomain") else ""
