"""Assemble a `Site` from settings and incidents at one moment."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from statusgen import times
from statusgen.config.settings import Config
from statusgen.i18n.language import Language
from statusgen.model import Collapse, Group, Incident, Severity, State
from statusgen.site import past_incidents
from statusgen.site.incident import group_feed_of, incident_view
from statusgen.site.past_days import past_days
from statusgen.site.service import ServiceIncident, service_view
from statusgen.site.view_models import GroupView, IncidentView, ServiceView, Site
from statusgen.timeline.replay import trace
from statusgen.timeline.timeline import worst


def assemble(
    config: Config,
    incidents: Iterable[Incident],
    *,
    now: datetime,
    base_url: str | None = None,
    data: object = None,
) -> Site:
    """Return the site for *config* and *incidents* at *now*.

    *base_url* and *data* are as in `assemble_views`. Incidents dated after *now* are ignored.
    """
    language = Language(config.language, config.messages)
    views = (
        incident_view(trace(incident), now=now, config=config, language=language)
        for incident in incidents
        if incident.started <= now
    )
    return assemble_views(config, views, now=now, base_url=base_url, data=data)


def assemble_views(
    config: Config,
    views: Iterable[IncidentView],
    *,
    now: datetime,
    base_url: str | None = None,
    data: object = None,
) -> Site:
    """Return the site for *config* and its incident *views* at *now*.

    *base_url* overrides the configured address. *data* overrides `data:`, key by key if both are
    maps.
    """
    assembly = _Assembly(config, views, now)
    newest = assembly.incidents
    ongoing = [view for view in newest if view.is_open]
    kept = [view for view in ongoing if assembly.is_kept(view)]
    kept.sort(key=lambda view: -view.severity.rank)
    worst_service = worst(service.severity for service in assembly.current)
    upcoming = [view for view in newest if view.state is State.SCHEDULED and not view.pin]
    months = past_incidents.months(newest, config.zone)
    return Site(
        config=config,
        language=assembly.language,
        base_url=config.url if base_url is None else base_url,
        now=now,
        data=_merged(config.data, data),
        severity=worst_service,
        since=assembly.since(worst_service),
        works=assembly.works(assembly.current),
        affected=tuple(
            sorted(
                (one for one in assembly.current if one.severity is not Severity.NONE),
                key=lambda service: -service.severity.rank,
            )
        ),
        incidents=tuple(newest),
        open=tuple(view for view in ongoing if not view.is_maintenance),
        in_progress=tuple(view for view in ongoing if view.is_maintenance),
        shown_open=tuple(view for view in kept if not view.is_maintenance),
        shown_in_progress=tuple(view for view in kept if view.is_maintenance),
        upcoming=tuple(sorted(upcoming, key=lambda view: (view.dated, view.slug))),
        notices=tuple(view for view in newest if assembly.is_shown_notice(view)),
        pinned=tuple(view for view in newest if view.pin and not view.is_open),
        services=tuple(assembly.services),
        groups=tuple(assembly.groups()),
        past=past_days(newest, shown=kept, config=config, now=now),
        months=months,
        years=past_incidents.years(months),
        severities=past_incidents.severities(newest, today=assembly.today, zone=config.zone),
    )


def _merged(base: object, override: object) -> object:
    """Return the data for templates: *override* merged over *base*; by default an empty map."""
    if isinstance(base, dict) and isinstance(override, dict):
        return {**base, **override}
    data = base if override is None else override
    return {} if data in (None, "") else data


class _Assembly:
    """The parts of a site that is being assembled."""

    def __init__(self, config: Config, views: Iterable[IncidentView], now: datetime) -> None:
        self.config = config
        self.now = now
        self.today = times.day_of(now, config.zone)
        self.language = Language(config.language, config.messages)
        self.incidents = sorted(views, key=lambda view: (view.dated, view.slug), reverse=True)
        self.services = self._services()
        self.current = [service for service in self.services if not service.is_retired]

    def is_kept(self, view: IncidentView) -> bool:
        """Return whether `keep_open` allows the open *view* to stay on the front page."""
        first = self.today - timedelta(days=max(1, self.config.days) - 1)
        return self.config.keep_open or times.day_of(view.dated, self.config.zone) >= first

    def is_shown_notice(self, view: IncidentView) -> bool:
        """Return whether *view* is a notice to show now; pinned ones are listed separately."""
        if view.lapses is None or view.pin:
            return False
        return self.now < (view.lapses if view.ended is None else min(view.lapses, view.ended))

    def since(self, severity: Severity) -> datetime | None:
        """Return the time since which open incidents have caused the site's *severity*."""
        # Maintenance that began early has an effect, but is dated by its window, which is in the
        # future.
        begun = [view for view in self.incidents if view.is_open and view.opened <= self.now]
        causes = [view for view in begun if self._is_cause(view, severity)]
        return min((view.opened for view in causes), default=None)

    def _is_cause(self, view: IncidentView, severity: Severity) -> bool:
        current = {service.id for service in self.current}
        caused = worst(one.severity for one in view.services if one.id in current)
        # While no service is affected, the banner mentions open incidents, but not maintenance.
        return caused is severity and not (severity is Severity.NONE and view.is_maintenance)

    def works(self, members: Iterable[ServiceView]) -> tuple[str, ...]:
        """Return the slugs of maintenance whose schedule alone sets the severity of *members*."""
        members = list(members)
        others = worst(service.severity for service in members if not service.works)
        if others is not Severity.NONE:
            return ()
        return tuple(sorted({slug for service in members for slug in service.works}))

    def groups(self) -> Iterable[GroupView]:
        """Yield the groups with a current service, then the services without a group."""
        members: dict[str | None, list[ServiceView]] = {}
        for service in self.current:
            members.setdefault(self.config.service_by_id[service.id].group, []).append(service)
        for group in self.config.groups:
            if group.id in members:
                yield self._group(group, tuple(members[group.id]), is_named=True)
        if None in members:
            yield self._group(Group(id="", name=""), tuple(members[None]), is_named=False)

    def _group(
        self, group: Group, members: tuple[ServiceView, ...], *, is_named: bool
    ) -> GroupView:
        severity = worst(service.severity for service in members)
        shares = [service.uptime for service in members if service.uptime is not None]
        is_well = severity is Severity.NONE
        folds_now = group.collapse is Collapse.WHEN_OPERATIONAL and is_well
        return GroupView(
            id=group.id,
            name=group.name if is_named else None,
            description=group.description,
            extra=group.extra,
            feed_url=group_feed_of(group) if is_named else None,
            severity=severity,
            works=self.works(members),
            uptime=sum(shares, Fraction(0)) / len(shares) if shares else None,
            is_folded=group.collapse is Collapse.ALWAYS or folds_now,
            can_fold=is_named and group.collapse is not Collapse.NEVER,
            services=members,
        )

    def _services(self) -> list[ServiceView]:
        effects: dict[str, list[ServiceIncident]] = {}
        for view in self.incidents:
            for affected in view.services:
                effects.setdefault(affected.id, []).append(
                    ServiceIncident(incident=view, affected=affected)
                )
        return [
            service_view(
                service,
                effects.get(service.id, ()),
                config=self.config,
                now=self.now,
                first_weekday=self.language.first_weekday,
            )
            for service in self.config.services
        ]
