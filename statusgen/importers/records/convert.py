"""Convert the records of another system to incidents."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from statusgen import times
from statusgen.authoring import compose
from statusgen.config.settings import Config
from statusgen.ids import digest
from statusgen.importers import texts
from statusgen.importers.hidden_markup import SplitText
from statusgen.importers.names import folded
from statusgen.importers.records import body_text, course
from statusgen.importers.records.record import IncidentRecord, RecordUpdate, SourceSite
from statusgen.importers.services import SourceService
from statusgen.importers.sync import (
    ImportedFile,
    ImportSource,
    NotShownError,
    SourceContent,
    SourceItem,
    Verdict,
)
from statusgen.importers.updates import window_messages
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State, Update
from statusgen.problems import listed, quoted
from statusgen.schema import old_addresses, scalars
from statusgen.system.workers import Progress, no_progress
from statusgen.timeline.timeline import SETTLED, worst


def site_services(site: SourceSite, zone: tzinfo) -> list[SourceService]:
    """Return the services that *site* lists, then those that only its records name.

    The latter are retired on the day after the last record that names them.
    """
    named: dict[str, SourceService] = {}
    for record in sorted(site.records, key=lambda one: (one.dated, one.key)):
        for name in _names(record):
            day = times.day_of(record.dated, zone) + timedelta(days=1)
            named.setdefault(folded(name), SourceService(name=name, retired=day))
            named[folded(name)] = replace(named[folded(name)], retired=day)
    return [*site.services, *named.values()]


def _names(record: IncidentRecord) -> Iterator[str]:
    """Yield the names of the services of *record*, in order."""
    yield from dict.fromkeys([*record.services, *(s for u in record.updates for s in u.severities)])


class RecordConverter:
    """A converter from the records of *site* to incidents.

    *services* maps folded names to the ids of services in *config*, and *known* has the files from
    earlier imports, by key. `unmatched` gets the names that do not match a service.
    """

    def __init__(  # noqa: PLR0913, all are inputs to the conversion
        self,
        source: ImportSource,
        site: SourceSite,
        config: Config,
        services: Mapping[str, str],
        *,
        known: Mapping[str, ImportedFile],
        now: datetime,
    ) -> None:
        self.unmatched: dict[str, None] = {}
        self._source = source
        self._site = site
        self._config = config
        self._services = services
        self._known = known
        self._now = now
        self._owners = _address_owners(site)

    def content(self, *, track: Progress = no_progress) -> SourceContent:
        """Return an item for each record."""
        slugs = self._slugs()
        items = [
            SourceItem(
                slug=slugs[one.key],
                place=f"{self._site.scope}#{_word(one.stem)}",
                key=_word(one.key),
                name=one.name,
                verdict=Verdict.LEAVE,
                reason=one.reason,
                is_refused=bool(one.reason),
            )
            for one in self._site.unread
        ]
        items += [
            self._item(record, slugs[record.key])
            for record in track("Converting incidents", list(self._site.records))
        ]
        return SourceContent(
            items=tuple(items), remarks=self._site.remarks, left_out=self._site.left_out
        )

    def _slugs(self) -> dict[str, str]:
        """Return the file name of each record by key; equal names get numbers, in key order."""
        found: dict[str, str] = {}
        taken: Counter[str] = Counter()
        stems = {one.key: one.stem for one in self._site.unread}
        stems |= {one.key: one.stem for one in self._site.records}
        for key in sorted(stems):
            slug = self._source.slug(stems[key])
            if not slug or scalars.slug_fault(slug) is not None:
                slug = f"{self._source.name}-{digest(stems[key])[:8]}"
            taken[slug] += 1
            found[key] = slug if taken[slug] == 1 else f"{slug[:96]}-{taken[slug]}"
        return found

    def _item(self, record: IncidentRecord, slug: str) -> SourceItem:
        remarks = list(record.remarks)
        incident, reason, is_refused = None, "", False
        try:
            incident = self._incident(record, slug, remarks)
        except NotShownError as error:
            reason, is_refused = error.reason, error.is_refused
        return SourceItem(
            slug=slug,
            place=f"{self._site.scope}#{_word(record.stem)}",
            key=_word(record.key),
            name=record.name,
            verdict=Verdict.LEAVE if incident is None else Verdict.SHOW,
            incident=incident,
            reason=reason,
            remarks=tuple(remarks),
            deeds=(record.version,) if record.version else None,
            is_refused=is_refused,
        )

    def _incident(self, record: IncidentRecord, slug: str, remarks: list[str]) -> Incident:
        """Return the incident for *record*; raise NotShownError if it cannot be shown."""
        record = self._with_kind(record, remarks)
        kind = Kind.of(record.severity)
        stated = tuple(self._stated(update, kind) for update in record.updates)
        record = course.corrected(replace(record, updates=stated), remarks.append)
        updates = self._updates(record, kind, remarks)
        title = texts.one_line_title(record.title)
        if not title:
            title = record.stem
            remarks.append(f"it has no title; using {quoted(title)}")
        title, opening = texts.fit_title(title, updates[0].text, remarks.append)
        updates[0] = replace(updates[0], text=opening)
        is_over = next((one.state for one in reversed(updates) if one.state), None) in SETTLED
        incident = Incident(
            slug=slug,
            title=title,
            severity=record.severity,
            services=self._opening(record),
            started=record.started,
            resolved=record.ended,
            starts=record.starts,
            ends=record.ends,
            until=record.until,
            updates=tuple(updates),
            body=self._text(record.body, remarks) if record.body else "",
            pin=record.pin and not is_over and record.ended is None,
            id=record.id,
            redirect_from=tuple(self._old_addresses(record, remarks)),
        )
        return self._with_windows(incident, _word(record.key))

    def _with_windows(self, incident: Incident, key: str) -> Incident:
        """Return *incident* with the updates that report the moves of its window."""
        imported = self._known.get(key)
        moves = window_messages(
            imported.accepted if imported else None,
            incident,
            self._config,
            key=incident.record_id,
            now=self._now,
        )
        added = (Update(at=one.at, text=one.text, id=one.id, source=one.source) for one in moves)
        updates = sorted((*incident.updates, *added), key=lambda update: update.at)
        return replace(incident, updates=tuple(updates))

    def _with_kind(self, record: IncidentRecord, remarks: list[str]) -> IncidentRecord:
        """Return *record* as a notice if it names no service, with only the site's services.

        Its severity becomes the worst of its services. Raises NotShownError if the site has none of
        them.
        """
        names = list(_names(record))
        missing = [name for name in names if folded(name) not in self._services]
        self.unmatched |= dict.fromkeys(missing)
        kind = Kind.of(record.severity)
        if kind is Kind.INCIDENT and not names:
            remarks.append("it names no service, so it became a notice")
            return replace(record, severity=Severity.NONE)
        if kind is Kind.INCIDENT and len(missing) == len(names):
            what = f"no service of the site is named {listed(map(quoted, missing), 'or')}"
            raise NotShownError(what)
        known = {
            name: one for name, one in record.services.items() if folded(name) in self._services
        }
        if kind is Kind.INCIDENT and worst(known.values()) is Severity.NONE:
            known = _first_effect(record, self._services) or dict.fromkeys(
                (name for name in names if name not in missing), record.severity
            )
        severity = worst(known.values()) if kind is Kind.INCIDENT else record.severity
        return replace(record, services=known, severity=severity)

    def _stated(self, update: RecordUpdate, kind: Kind) -> RecordUpdate:
        """Return *update* with the state that its text names, if it may name one."""
        if not update.names_state:
            return update
        split = SplitText(text=update.text.lstrip("\n"), comments=())
        found = texts.read_state(split, kind, self._config)
        if found.state is None:
            return update
        return replace(update, state=found.state, text=found.text, whole=update.text)

    def _shown(self, update: RecordUpdate, kind: Kind) -> str:
        """Return the text of *update*, with the name of a state that the page does not show."""
        if not update.whole:
            return update.text
        said = self._stated(replace(update, text=update.whole), kind).state
        is_shown = kind is not Kind.NOTICE and said is update.state
        return update.text if is_shown else update.whole

    def _opening(self, record: IncidentRecord) -> tuple[ServiceSeverity, ...]:
        """Return the services at the start, as a list if all have the severity of the incident."""
        found = self._by_id(record.services)
        is_map = set(found.values()) - {record.severity} and Kind.of(record.severity) is (
            Kind.INCIDENT
        )
        return tuple(
            ServiceSeverity(id=one, severity=severity if is_map else None)
            for one, severity in found.items()
        )

    def _by_id(self, services: Mapping[str, Severity]) -> dict[str, Severity]:
        """Return *services*, which are named, by id; of two names for one, the worst counts."""
        found: dict[str, Severity] = {}
        for name, severity in services.items():
            known = self._services.get(folded(name))
            if known is not None:
                found[known] = worst([severity, found.get(known, severity)])
        return found

    def _updates(self, record: IncidentRecord, kind: Kind, remarks: list[str]) -> list[Update]:
        """Return the updates of *record*, which is corrected; there is at least one."""
        severities = self._by_id(record.services)
        found: list[Update] = []
        state: State | None = None
        opening = RecordUpdate(at=record.started, text="")
        for update in record.updates or (opening,):
            state = update.state or state
            changed: dict[str, Severity] = {}
            is_over = state in SETTLED or (record.ended is not None and update.at >= record.ended)
            if kind is Kind.INCIDENT and not is_over:
                wanted = self._by_id(update.severities)
                changed = {one: s for one, s in wanted.items() if severities.get(one) is not s}
                severities |= changed
            text = self._text(self._shown(update, kind), remarks)
            found.append(
                Update(
                    at=update.at,
                    text=text or self._standard(update, state, record, kind),
                    state=update.state,
                    services=tuple(ServiceSeverity(id=i, severity=s) for i, s in changed.items()),
                    id=update.id,
                )
            )
        return found

    def _standard(
        self, update: RecordUpdate, state: State | None, record: IncidentRecord, kind: Kind
    ) -> str:
        is_early = record.starts is not None and update.at < record.starts
        return compose.standard(self._config, state or kind.first_state, kind, is_early=is_early)

    def _old_addresses(self, record: IncidentRecord, remarks: list[str]) -> Iterator[str]:
        """Yield the old addresses of *record* that the page can have."""
        for address in dict.fromkeys(record.redirect_from):
            if self._owners[address.casefold()] != record.key:
                remarks.append(f"its old address {quoted(address)} belongs to another incident")
                continue
            try:
                yield old_addresses.old_address(address)
            except ValueError:
                remarks.append(f"its old address {quoted(address)} cannot be kept")

    def _text(self, text: str, remarks: list[str]) -> str:
        """Return *text* as it is published; raise NotShownError if it cannot be."""
        try:
            return body_text.published(text, self._site.base_url, remarks.append)
        except ValueError as fault:
            raise NotShownError(f"a text {fault}", is_refused=True) from None


def _first_effect(record: IncidentRecord, services: Mapping[str, str]) -> dict[str, Severity]:
    """Return the first severities in the updates of *record* that are not `none`."""
    for update in record.updates:
        found: dict[str, Severity] = {
            name: severity
            for name, severity in update.severities.items()
            if severity is not Severity.NONE and folded(name) in services
        }
        if found:
            return found
    return {}


def _address_owners(site: SourceSite) -> dict[str, str]:
    """Return the key of the record that keeps each old address: the first one that has it."""
    found: dict[str, str] = {}
    for record in sorted(site.records, key=lambda one: one.key):
        for address in record.redirect_from:
            found.setdefault(address.casefold(), record.key)
    return found


def _word(text: str) -> str:
    """Return *text* as one word for a `source` mark."""
    return "".join(
        one if one.isprintable() and not one.isspace() and one != "%" else _encoded(one)
        for one in text
    )


def _encoded(character: str) -> str:
    data = character.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in data)
