"""Read the whole history of a public page, without a key.

`/history.json` lists the codes of all incidents, three months a page. Each incident is a file of
its own. Open and planned ones are listed in `/api/v2`.
"""

from collections.abc import Iterator, Mapping

from statusgen.importers.json_reader import JsonError, JsonMap
from statusgen.importers.records.json_client import JsonClient, MissingError
from statusgen.importers.records.record import IncidentRecord, SourceSite, UnreadRecord
from statusgen.importers.statuspage.incident_records import (
    Components,
    read_record,
    version_of,
    zone_of,
)
from statusgen.problems import quoted
from statusgen.schema import scalars
from statusgen.system.workers import Progress, no_progress

_MOST_PAGES = 400  # a hundred years
_MOST_EMPTY = 8  # pages without an incident, two years


class PublicPage:
    """A public page, read with *client*."""

    def __init__(self, client: JsonClient) -> None:
        self._client = client

    def id(self) -> str:
        """Return the id of the page; raise OutsideError if it cannot be read."""
        try:
            return scalars.record_id(self._summary().map("page").text("id"))
        except (JsonError, ValueError):
            raise self._client.unexpected() from None

    def read(self, known: Mapping[str, str], *, track: Progress = no_progress) -> SourceSite:
        """Read the page.

        *known* has the versions of the incidents that are over and have a file; those are not read
        again, unless the page lists another version. Raises OutsideError if any request fails.
        """
        try:
            return self._site(known, track)
        except JsonError as error:
            raise self._client.unexpected(error) from None

    def _site(self, known: Mapping[str, str], track: Progress) -> SourceSite:
        summary = self._summary()
        page = summary.map("page")
        components = Components(summary.maps("components"))
        recent = self._recent()
        codes = dict.fromkeys([*recent, *self._history()])
        records: dict[str, IncidentRecord] = {}
        unread = []
        for code in track("Reading incidents", sorted(codes)):
            version = known.get(code)
            listed = version_of(recent[code]) if code in recent else version
            if code in known and listed == version:
                unread.append(UnreadRecord(key=code, stem=code))
                continue
            try:
                found = self._client.map(f"/incidents/{_checked(code)}.json")
            except MissingError:  # It was deleted since it was listed.
                continue
            record = read_record(found, components)
            records[record.key] = record
        name, zone, remarks = zone_of(page)
        url = page.text("url") if page.has("url") else self._client.root
        return SourceSite(
            scope=page.text("id"),
            title=page.text("name"),
            url=url,
            base_url=url,
            timezone=name,
            zone=zone,
            services=tuple(components.services()),
            records=tuple(records.values()),
            unread=tuple(unread),
            remarks=tuple(remarks),
        )

    def _summary(self) -> JsonMap:
        return self._client.map("/api/v2/summary.json")

    def _recent(self) -> dict[str, JsonMap]:
        """Return the newest incidents and maintenance by code, with open and planned ones."""
        found = [
            *self._client.map("/api/v2/incidents.json").maps("incidents"),
            *self._client.map("/api/v2/scheduled-maintenances.json").maps("scheduled_maintenances"),
        ]
        return {one.text("id"): one for one in found}

    def _history(self) -> Iterator[str]:
        """Yield the codes of all incidents in the history."""
        empty = 0
        for number in range(1, _MOST_PAGES):
            months = [*self._client.map("/history.json", {"page": str(number)}).maps("months")]
            codes = [one.text("code") for month in months for one in month.maps("incidents")]
            yield from codes
            empty = 0 if codes else empty + 1
            if not months or empty >= _MOST_EMPTY:
                return


def _checked(code: str) -> str:
    try:
        return scalars.record_id(code)
    except ValueError:
        raise JsonError(f"code: {quoted(code)} is not a code of Statuspage") from None
