"""The eight files of Atlassian Statuspage's public API v2, for the programs that read it.

Keys, their order and every word are those of Statuspage, and nothing else may stand in these files:
clients refuse what they do not know. No date is the clock's. The words of statusgen become those of
Statuspage here and in `statuspage_status`, and nowhere else.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property, partial
from itertools import takewhile
from typing import Any

from statusgen.ids import id12
from statusgen.model import Severity, State
from statusgen.render import NEVER, Outputs, json_bytes
from statusgen.render.compat import statuspage_status, statuspage_updates
from statusgen.site.fact_tracking import Knowing, remembered
from statusgen.site.view_models import GroupView, IncidentView, ServiceView, Site, UpdateView
from statusgen.timeline.timeline import SETTLED

FOLDER = "api/v2"
MAX_RECORDS = 50

_UTC = ("UTC", "UCT", "Universal", "Zulu")  # in the database of zones with Etc/ before them, too
_MINUTE = timedelta(minutes=1)
_WATCHED = (State.MONITORING, State.VERIFYING)

# When nothing has happened yet the page still has to be dated, and not by the clock.

_Object = dict[str, Any]


def outputs(site: Site) -> Outputs:
    """The eight files."""
    api = _Api(site)
    contents = {
        "summary": api.summary,
        "status": api.bare_status,
        "components": api.all_components,
        "incidents": api.recent_incidents,
        "incidents/unresolved": api.unresolved_incidents,
        "scheduled-maintenances": api.recent_works,
        "scheduled-maintenances/upcoming": api.upcoming_works,
        "scheduled-maintenances/active": api.active_works,
    }
    return {f"{FOLDER}/{name}.json": partial(_file, made) for name, made in contents.items()}


def page_object(site: Site) -> dict[str, Any]:
    """Return the `page` that every file of the API begins with."""
    return _Api(site).page


def status_object(site: Site) -> dict[str, Any]:
    """Return the `status` of the page: an indicator and a description."""
    return _Api(site).status


def incident_object(site: Site, view: IncidentView) -> dict[str, Any]:
    """Return *view* as an incident or a scheduled maintenance, with all its updates so far."""
    return _Api(site).incident(_Record(view=view, now=site.now))


def component_objects(site: Site) -> dict[str, dict[str, Any]]:
    """Return the component of each service that is not retired, by the id of the service."""
    api = _Api(site)
    by_code = {component["id"]: component for component in api.components}
    return {service.id: by_code[_code(service.id)] for service in api.services}


def timestamp(site: Site, moment: datetime) -> str:
    """Return *moment* as the API writes it: RFC 3339 in the zone of the site, to milliseconds."""
    return _Api(site).moment(moment)


def _file(made: Callable[[], _Object]) -> bytes:
    return json_bytes(made())


@dataclass(frozen=True, kw_only=True)
class _Record:
    """An incident, maintenance or notice, as the API has it at the moment *now*."""

    view: IncidentView
    now: datetime

    @cached_property
    def updates(self) -> tuple[UpdateView, ...]:
        """Its updates, newest first."""
        return statuspage_updates.updates_of(self.view, now=self.now)

    @property
    def state(self) -> State:
        """Where the work stands: what was said last."""
        # Only of a notice programs hear more than its file says.
        return self.updates[0].state if self.view.is_notice else self.view.state

    @property
    def soonest(self) -> tuple[datetime, str]:
        """What sorts planned work by its window."""
        return (self.view.dated, self.view.slug)

    @property
    def steps(self) -> Iterator[tuple[UpdateView, UpdateView | None]]:
        """Every update with the one before it, newest first."""
        return zip(self.updates, [*self.updates[1:], None], strict=True)


class _Api(Knowing):
    """The files, and what they are made of, worked out once for all of them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.config = site.config
        self.page_id = id12("page", site.config.feed_authority)
        self.is_utc = str(site.config.zone).removeprefix("Etc/") in _UTC
        self.groups = {group.id: group.name for group in site.config.groups}

    # The files; each begins with the page.

    def summary(self) -> _Object:
        """How everything is, and what is going on and to come."""
        return {
            "page": self.page,
            "components": self.components,
            "incidents": self.incidents(self.unresolved),
            "scheduled_maintenances": self.incidents([*self.upcoming, *self.active]),
            "status": self.status,
        }

    def bare_status(self) -> _Object:
        """How everything is."""
        return {"page": self.page, "status": self.status}

    def all_components(self) -> _Object:
        """Every group and service."""
        return {"page": self.page, "components": self.components}

    def recent_incidents(self) -> _Object:
        """The newest incidents and notices."""
        return {"page": self.page, "incidents": self.incidents(self.troubles[:MAX_RECORDS])}

    def unresolved_incidents(self) -> _Object:
        """Those that are not over."""
        return {"page": self.page, "incidents": self.incidents(self.unresolved)}

    def recent_works(self) -> _Object:
        """The newest planned work."""
        return self._works(self.works[:MAX_RECORDS])

    def upcoming_works(self) -> _Object:
        """Planned work that is to come."""
        return self._works(self.upcoming)

    def active_works(self) -> _Object:
        """Planned work that is going on."""
        return self._works(self.active)

    def _works(self, records: Iterable[_Record]) -> _Object:
        return {"page": self.page, "scheduled_maintenances": self.incidents(records)}

    # What is told, newest first; planned work that is not over soonest first.

    @remembered
    def records(self) -> dict[str, _Record]:
        """Every file by its slug, newest first."""
        newest = sorted(self.site.incidents, key=lambda one: (one.started, one.slug), reverse=True)
        return {view.slug: _Record(view=view, now=self.site.now) for view in newest}

    @remembered
    def told(self) -> list[_Record]:
        """What programs hear of: a notice that names no service is nothing they could place."""
        records = self.records.values()
        return [one for one in records if one.view.services or not one.view.is_notice]

    @remembered
    def troubles(self) -> list[_Record]:
        """Incidents and notices."""
        return [one for one in self.told if not one.view.is_maintenance]

    @remembered
    def works(self) -> list[_Record]:
        """Planned work."""
        return [one for one in self.told if one.view.is_maintenance]

    @remembered
    def unresolved(self) -> list[_Record]:
        """Incidents and notices that are not over."""
        return [one for one in self.troubles if one.state not in SETTLED]

    @remembered
    def upcoming(self) -> list[_Record]:
        """Planned work that is to come."""
        coming = (one for one in self.works if one.state is State.SCHEDULED)
        return sorted(coming, key=lambda one: one.soonest)

    @remembered
    def active(self) -> list[_Record]:
        """Planned work that is going on."""
        going_on = (one for one in self.works if one.state not in (*SETTLED, State.SCHEDULED))
        return sorted(going_on, key=lambda one: one.soonest)

    # The page and its components.

    @remembered
    def page(self) -> _Object:
        """The object that every file begins with."""
        return {
            "id": self.page_id,
            "name": self.site.title,
            "url": self.site.base_url,
            "time_zone": "Etc/UTC" if self.is_utc else str(self.config.zone),
            "updated_at": self.moment(statuspage_updates.last_change(self.site) or NEVER),
        }

    @remembered
    def status(self) -> _Object:
        """How all services together are."""
        severities = [one.severity for one in self.services]
        return asdict(
            statuspage_status.status(severities, [one.view.worst for one in self.unresolved])
        )

    @remembered
    def services(self) -> list[ServiceView]:
        """The services that are components."""
        return [one for one in self.site.services if not one.is_retired]

    @remembered
    def dates(self) -> dict[str, tuple[datetime, datetime]]:
        """When each service was created, and when its status changed last, by its id."""
        return {service.id: self._dates(service) for service in self.services}

    @remembered
    def begun(self) -> datetime:
        """When the first file of the site began, so that a new one makes no service younger."""
        return min((view.started for view in self.site.incidents), default=NEVER)

    def _dates(self, service: ServiceView) -> tuple[datetime, datetime]:
        created = statuspage_updates.begun(service, self.site) or self.begun
        return (created, max([created, *statuspage_updates.changes(service)]))

    @remembered
    def components(self) -> list[_Object]:
        """Groups and services as one list, sorted by their place below what they belong to."""
        placed = sorted(self._placed(), key=lambda one: one[:2])
        return [component for _, _, component in placed]

    def _placed(self) -> Iterator[tuple[int, int, _Object]]:
        """Every component with its place, and that of its group; in the order of the page."""
        for place, group in enumerate(self.site.groups, 1):
            if group.name is None:  # It comes last.
                for number, service in enumerate(group.services, place):
                    yield (number, 0, self._leaf(service, number, None))
                return
            yield (place, 0, self._group(group, place))
            for number, service in enumerate(group.services, 1):
                yield (number, place, self._leaf(service, number, group.id))

    def _leaf(self, service: ServiceView, place: int, group: str | None) -> _Object:
        created, updated = self.dates[service.id]
        return {
            "id": _code(service.id),
            "name": service.name,
            "status": statuspage_status.COMPONENT_STATUS[service.severity],
            "created_at": self.moment(created),
            "updated_at": self.moment(updated),
            "position": place,
            "description": service.description or None,
            "showcase": True,
            "start_date": service.since.isoformat() if service.since else None,
            "group_id": None if group is None else id12("group", group),
            "page_id": self.page_id,
            "group": False,
            "only_show_if_degraded": False,
        }

    def _group(self, group: GroupView, place: int) -> _Object:
        dates = [self.dates[service.id] for service in group.services]
        return {
            "id": id12("group", group.id),
            "name": group.name,
            "status": statuspage_status.COMPONENT_STATUS[group.severity],
            "created_at": self.moment(min(created for created, _ in dates)),
            "updated_at": self.moment(max(updated for _, updated in dates)),
            "position": place,
            "description": group.description or None,
            "showcase": False,
            "start_date": None,
            "group_id": None,
            "page_id": self.page_id,
            "group": True,
            "only_show_if_degraded": False,
            "components": [_code(service.id) for service in group.services],
        }

    # Incidents and their updates.

    def incidents(self, records: Iterable[_Record]) -> list[_Object]:
        """*records* as incidents or scheduled maintenances."""
        return [self.incident(record) for record in records]

    def incident(self, record: _Record) -> _Object:
        """Return *record* as an incident or a scheduled maintenance."""
        view = record.view
        watched = (one.at for one in reversed(record.updates) if one.state in _WATCHED)
        settled = [*takewhile(lambda one: one.state in SETTLED, record.updates)]
        named = {_code(one) for update in record.updates for one in update.severities}
        incident: _Object = {
            "id": view.id,
            "name": view.title,
            "status": record.state,
            "created_at": self.moment(view.started),
            "updated_at": self.moment(record.updates[0].at),
            "monitoring_at": self.moment_or_null(next(watched, None)),
            "resolved_at": self.moment_or_null(settled[-1].at if settled else None),
            "impact": statuspage_status.IMPACT[view.worst],
            "shortlink": self.site.absolute(view.url),
            "started_at": self.moment(view.started),
            "page_id": self.page_id,
            "incident_updates": [self._update(view, *step) for step in record.steps],
            "components": [one for one in self.components if one["id"] in named],
        }
        if view.is_maintenance:
            incident["scheduled_for"] = self.moment_or_null(view.starts)
            incident["scheduled_until"] = self.moment_or_null(view.ends)
        return incident

    def _update(self, view: IncidentView, update: UpdateView, before: UpdateView | None) -> _Object:
        at = self.moment(update.at)
        return {
            "id": update.id,
            "status": update.state,
            "body": statuspage_updates.body(view, update),
            "incident_id": view.id,
            "created_at": at,
            "updated_at": at,
            "display_at": at,
            "affected_components": [*self._affected(update, before)] or None,
            "deliver_notifications": update.notify,
            "custom_tweet": None,
            "tweet_id": None,
        }

    def _affected(self, update: UpdateView, before: UpdateView | None) -> Iterator[_Object]:
        """Every service that was ever named, retired ones too, and how the update moved it."""
        for name, severity in update.severities.items():
            service = self.config.service_by_id[name]
            group = f"{self.groups[service.group]} - " if service.group else ""
            yield {
                "code": _code(name),
                "name": f"{group}{service.name}",
                "old_status": statuspage_status.COMPONENT_STATUS[_severity(before, name)],
                "new_status": statuspage_status.COMPONENT_STATUS[severity],
            }

    # Times.

    def moment(self, moment: datetime) -> str:
        """*moment* in the zone of the site, with three digits of a second."""
        # An offset has no seconds (RFC 3339), though that of some places once had.
        offset = (moment.astimezone(self.config.zone).utcoffset() or timedelta()) // _MINUTE
        local = moment.astimezone(timezone(offset * _MINUTE)).isoformat(timespec="milliseconds")
        return local.replace("+00:00", "Z") if self.is_utc else local

    def moment_or_null(self, moment: datetime | None) -> str | None:
        """*moment* as `moment` writes it, if there is one."""
        return None if moment is None else self.moment(moment)


def _code(service: str) -> str:
    """The id of a service."""
    return id12("component", service)


def _severity(update: UpdateView | None, service: str) -> Severity:
    """What *service* has from *update* on; before it is named, none."""
    return update.severities.get(service, Severity.NONE) if update else Severity.NONE
