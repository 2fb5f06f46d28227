"""The eight files of Atlassian Statuspage's public API v2, for its clients.

Keys, their order and all fixed values are those of Statuspage. Nothing may be added, because
clients reject unknown keys. No date comes from the clock. Only this module and `statuspage_status`
translate our terms into those of Statuspage.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property, partial
from itertools import takewhile
from typing import Any

from statusgen.config.settings import Config
from statusgen.ids import id12
from statusgen.model import Severity, State
from statusgen.render import NEVER, Outputs, json_bytes
from statusgen.render.compat import statuspage_status, statuspage_updates
from statusgen.site.view_models import GroupView, IncidentView, ServiceView, Site, UpdateView
from statusgen.timeline.timeline import SETTLED

FOLDER = "api/v2"
MAX_RECORDS = 50

_UTC = ("UTC", "UCT", "Universal", "Zulu")  # also with the prefix Etc/ in the time zone database
_MINUTE = timedelta(minutes=1)
_WATCHED = (State.MONITORING, State.VERIFYING)


_Object = dict[str, Any]


def outputs(site: Site) -> Outputs:
    """Return the eight files."""
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
    return {f"{FOLDER}/{name}.json": partial(_file, build) for name, build in contents.items()}


def page_object(site: Site) -> dict[str, Any]:
    """Return the `page` object at the start of every file in the API."""
    return _Api(site).page


def status_object(site: Site) -> dict[str, Any]:
    """Return the `status` of the page: an indicator and a description."""
    return _Api(site).status


def incident_object(site: Site, view: IncidentView) -> dict[str, Any]:
    """Return *view* as an incident or a scheduled maintenance, with all its updates so far."""
    return _Api(site).incident(_Record(view=view))


def component_objects(site: Site) -> dict[str, dict[str, Any]]:
    """Return the component for each service that is not retired, by service id."""
    api = _Api(site)
    by_code = {component["id"]: component for component in api.components}
    return {service.id: by_code[_code(service.id)] for service in api.services}


def timestamp(site: Site, moment: datetime) -> str:
    """Return *moment* in RFC 3339 format, in the site's time zone and with milliseconds."""
    return _Api(site).moment(moment)


def _file(build: Callable[[], _Object]) -> bytes:
    return json_bytes(build())


@dataclass(frozen=True, kw_only=True)
class _Record:
    """An incident, maintenance or notice in the API."""

    view: IncidentView

    @cached_property
    def updates(self) -> tuple[UpdateView, ...]:
        """The updates, newest first."""
        return statuspage_updates.updates_of(self.view)

    @property
    def state(self) -> State:
        """The current state."""
        # Only a notice is in another state here, as `updates_of` resolves it.
        return self.updates[0].state if self.view.is_notice else self.view.state

    @property
    def soonest(self) -> tuple[datetime, str]:
        """A sort key: the start of the maintenance window."""
        return (self.view.dated, self.view.slug)

    @property
    def steps(self) -> Iterator[tuple[UpdateView, UpdateView | None]]:
        """Every update with its predecessor, newest first."""
        return zip(self.updates, [*self.updates[1:], None], strict=True)


@dataclass(frozen=True)
class _Api:
    """The files of the API; shared parts are computed once."""

    site: Site

    @property
    def config(self) -> Config:
        """Return the settings."""
        return self.site.config

    @cached_property
    def page_id(self) -> str:
        """Return the id of the page, which does not change when the site moves."""
        return id12("page", self.config.feed_authority)

    @cached_property
    def _is_utc(self) -> bool:
        return str(self.config.zone).removeprefix("Etc/") in _UTC

    @cached_property
    def groups(self) -> dict[str, str]:
        """Return the name of each group by its id."""
        return {group.id: group.name for group in self.config.groups}

    # The files; each begins with the page.

    def summary(self) -> _Object:
        """Return the overall status, components, open incidents, and maintenance."""
        return {
            "page": self.page,
            "components": self.components,
            "incidents": self.incidents(self.unresolved),
            "scheduled_maintenances": self.incidents([*self.upcoming, *self.active]),
            "status": self.status,
        }

    def bare_status(self) -> _Object:
        """Return the overall status."""
        return {"page": self.page, "status": self.status}

    def all_components(self) -> _Object:
        """Return every group and service."""
        return {"page": self.page, "components": self.components}

    def recent_incidents(self) -> _Object:
        """Return the newest incidents and notices."""
        return {"page": self.page, "incidents": self.incidents(self.troubles[:MAX_RECORDS])}

    def unresolved_incidents(self) -> _Object:
        """Return the unresolved incidents."""
        return {"page": self.page, "incidents": self.incidents(self.unresolved)}

    def recent_works(self) -> _Object:
        """Return the newest maintenance."""
        return self._works(self.works[:MAX_RECORDS])

    def upcoming_works(self) -> _Object:
        """Return the upcoming maintenance."""
        return self._works(self.upcoming)

    def active_works(self) -> _Object:
        """Return the maintenance in progress."""
        return self._works(self.active)

    def _works(self, records: Iterable[_Record]) -> _Object:
        return {"page": self.page, "scheduled_maintenances": self.incidents(records)}

    # Records are newest first; upcoming and active maintenance is soonest first.

    @cached_property
    def records(self) -> dict[str, _Record]:
        """Return every file by slug, newest first."""
        newest = sorted(self.site.incidents, key=lambda one: (one.started, one.slug), reverse=True)
        return {view.slug: _Record(view=view) for view in newest}

    @cached_property
    def listed(self) -> list[_Record]:
        """Return all files except notices without services, which clients cannot place."""
        records = self.records.values()
        return [one for one in records if one.view.services or not one.view.is_notice]

    @cached_property
    def troubles(self) -> list[_Record]:
        """Return incidents and notices."""
        return [one for one in self.listed if not one.view.is_maintenance]

    @cached_property
    def works(self) -> list[_Record]:
        """Return maintenance."""
        return [one for one in self.listed if one.view.is_maintenance]

    @cached_property
    def unresolved(self) -> list[_Record]:
        """Return unresolved incidents; a notice never is one."""
        return [one for one in self.troubles if one.state not in SETTLED]

    @cached_property
    def upcoming(self) -> list[_Record]:
        """Return upcoming maintenance."""
        coming = (one for one in self.works if one.state is State.SCHEDULED)
        return sorted(coming, key=lambda one: one.soonest)

    @cached_property
    def active(self) -> list[_Record]:
        """Return maintenance in progress."""
        going_on = (one for one in self.works if one.state not in (*SETTLED, State.SCHEDULED))
        return sorted(going_on, key=lambda one: one.soonest)

    # The page and its components.

    @cached_property
    def page(self) -> _Object:
        """Return the object at the start of every file."""
        return {
            "id": self.page_id,
            "name": self.site.title,
            "url": self.site.base_url,
            "time_zone": "Etc/UTC" if self._is_utc else str(self.config.zone),
            "updated_at": self.moment(statuspage_updates.last_change(self.site) or NEVER),
        }

    @cached_property
    def status(self) -> _Object:
        """Return the overall status."""
        severities = [one.severity for one in self.services]
        return asdict(
            statuspage_status.status(severities, [one.view.worst for one in self.unresolved])
        )

    @cached_property
    def services(self) -> list[ServiceView]:
        """Return the services that are components."""
        return [one for one in self.site.services if not one.is_retired]

    @cached_property
    def dates(self) -> dict[str, tuple[datetime, datetime]]:
        """Return the creation and last status change of each service, by id."""
        return {service.id: self._dates(service) for service in self.services}

    @cached_property
    def begun(self) -> datetime:
        """Return the start of the site's earliest file, which later files do not change."""
        return min((view.started for view in self.site.incidents), default=NEVER)

    def _dates(self, service: ServiceView) -> tuple[datetime, datetime]:
        created = statuspage_updates.begun(service, self.site) or self.begun
        return (created, max([created, *statuspage_updates.changes(service)]))

    @cached_property
    def components(self) -> list[_Object]:
        """Return groups and services in one list, sorted by position within their parent."""
        placed = sorted(self._placed(), key=lambda one: one[:2])
        return [component for _, _, component in placed]

    def _placed(self) -> Iterator[tuple[int, int, _Object]]:
        """Yield every component with its position and that of its group, in page order."""
        for place, group in enumerate(self.site.groups, 1):
            if group.name is None:  # it is always the last group
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
        """Return *records* as incidents or scheduled maintenances."""
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
        """Yield each service named so far, even if retired, with its old and new status."""
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
        """Return *moment* in the site's time zone, with milliseconds."""
        # RFC 3339 offsets have no seconds, but some historical ones do.
        offset = (moment.astimezone(self.config.zone).utcoffset() or timedelta()) // _MINUTE
        local = moment.astimezone(timezone(offset * _MINUTE)).isoformat(timespec="milliseconds")
        return local.replace("+00:00", "Z") if self._is_utc else local

    def moment_or_null(self, moment: datetime | None) -> str | None:
        """Return *moment* in the format of `moment`, or None if it is None."""
        return None if moment is None else self.moment(moment)


def _code(service: str) -> str:
    """Return the component id of *service*."""
    return id12("component", service)


def _severity(update: UpdateView | None, service: str) -> Severity:
    """Return the severity of *service* after *update*, or `NONE` if it has not been named yet."""
    return update.severities.get(service, Severity.NONE) if update else Severity.NONE
