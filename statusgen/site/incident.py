"""Build the `IncidentView` for a file: its past up to a moment, and upcoming automatic steps."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import quote

from statusgen.config.settings import Config
from statusgen.i18n.language import Language
from statusgen.markup import html
from statusgen.markup.scanner import ALERTS, without_comments
from statusgen.model import Group, Incident, Kind, Service, Severity, State
from statusgen.site.view_models import (
    AffectedService,
    IncidentDetails,
    IncidentView,
    ServiceChange,
    UpdateView,
)
from statusgen.timeline.timeline import SETTLED, Step, Timeline, worst


def url_of(service: Service) -> str:
    """Return the path of the page for *service*."""
    return f"services/{service.id}.html"


def group_feed_of(group: Group) -> str:
    """Return the path of the feed for *group*."""
    return f"groups/{group.id}/feed.atom"


def page_of(slug: str) -> str:
    """Return the path of the page for the incident *slug*."""
    return f"incidents/{slug}.html"


def stub_of(address: str) -> str:
    """Return the path of the stub page that redirects from the old *address*."""
    if address.endswith("/"):
        return f"{address}index.html"
    return address if address.lower().endswith(".html") else f"{address}.html"


def turns(timeline: Timeline) -> Iterator[datetime]:
    """Yield the moments, in any order, at which the `incident_view` of *timeline* may change."""
    yield from (timeline.incident.started, timeline.incident.dated)
    yield from (step.at for step in timeline.steps)
    yield from (change.at for change in timeline.changes)


def incident_view(
    timeline: Timeline, *, now: datetime, config: Config, language: Language
) -> IncidentView:
    """Return the view of the incident with *timeline* at *now*.

    Raises TooSlowError if a text takes too long to convert.
    """
    incident, past = timeline.incident, timeline.until(now)
    upcoming = timeline.steps[len(past.steps) :]
    starting = _clock_step(upcoming, State.IN_PROGRESS)
    ending = _clock_step(upcoming, State.COMPLETED)
    affected = starting.severities if starting else past.severities if ending else {}
    body = without_comments(incident.body)
    details = IncidentDetails(
        updates=tuple(_updates(past, config, language)),
        body=body,
        body_html=_html(body, incident, config, language, heading=3),
        extra=incident.extra,
    )
    return IncidentView(
        id=incident.record_id,
        slug=incident.slug,
        title=incident.title,
        kind=incident.kind,
        url=page_of(incident.slug),
        started=incident.started,
        ended=past.ended,
        spoken=past.steps[-1].at if past.steps else None,
        dated=incident.dated,
        starts=incident.starts,
        ends=incident.ends,
        until=incident.until,
        state=past.state,
        severity=past.severity,
        worst=past.worst,
        is_open=past.is_open,
        is_cancelled=past.is_cancelled,
        pin=incident.pin,
        notify=incident.notify,
        services=tuple(_affected_services(past, config, now)),
        stretches=tuple(past.stretches),
        clock_starts=starting.at if starting else None,
        clock_ends=ending.at if ending else None,
        will_touch=tuple(
            service for service, severity in affected.items() if severity is not Severity.NONE
        ),
        source=incident.source,
        history_url=history_url(config.repository, f"{incident.folder}{incident.slug}"),
        old_urls=tuple(stub_of(address) for address in incident.redirect_from),
        tell=lambda: details,
    )


def _clock_step(upcoming: Iterable[Step], state: State) -> Step | None:
    """Return the first automatic step in *upcoming* that enters *state*, or None."""
    return next((step for step in upcoming if step.update is None and step.state is state), None)


def history_url(repository: str | None, name: str) -> str | None:
    """Return the address of the commits to `incidents/NAME.md` in *repository* on GitHub."""
    if repository is None:
        return None
    path = quote(f"incidents/{name}.md")
    if "/tree/" in repository:
        return f"{repository.replace('/tree/', '/commits/', 1)}/{path}"
    return f"{repository}/commits/HEAD/{path}"


def _affected_services(past: Timeline, config: Config, now: datetime) -> Iterable[AffectedService]:
    worsts = past.worsts
    for name, severity in past.severities.items():
        service = config.service_by_id[name]
        yield AffectedService(
            id=name,
            name=service.name,
            url=url_of(service),
            severity=severity,
            worst=worsts[name],
            # Maintenance that began early has an effect, but its window is in the future.
            spells=tuple(spell for spell in past.spells(name) if spell.start <= now),
        )


def _updates(past: Timeline, config: Config, language: Language) -> Iterable[UpdateView]:
    """Return the updates, newest first."""
    views = []
    before: Step | None = None
    for step in past.steps:
        changes = _changes(before, step, config) if before else ()
        views.append(_update(step, past, tuple(changes), config, language))
        before = step
    return reversed(views)


def _changes(before: Step, step: Step, config: Config) -> Iterable[ServiceChange]:
    # The end of the incident implies the recovery of each service.
    if step.state in SETTLED or before.state in (*SETTLED, State.SCHEDULED):
        return
    for name, severity in step.severities.items():
        if before.severities.get(name) is not severity:
            service = config.service_by_id[name]
            yield ServiceChange(name=service.name, url=url_of(service), severity=severity)


def _update(
    step: Step,
    past: Timeline,
    changes: tuple[ServiceChange, ...],
    config: Config,
    language: Language,
) -> UpdateView:
    incident = past.incident
    text = without_comments(step.update.text) if step.update else ""
    standard = None
    if not text and past.is_cancelled and step.state is State.COMPLETED:
        standard = "standard.cancelled"
    elif not text and incident.kind is not Kind.NOTICE:
        standard = f"standard.{step.state}"
    elif not text and step.update is None:
        standard = "standard.ended"
    text = language.say(standard) if standard else text
    return UpdateView(
        id=step.id,
        at=step.at,
        state=step.state,
        severity=worst(step.severities.values()),
        severities=step.severities,
        changes=changes,
        is_written=step.update is not None,
        notify=incident.notify and (step.update is None or step.update.notify),
        standard=standard,
        text=text,
        # Headings in the text rank below those of the incident and its updates.
        html=_html(text, incident, config, language, heading=4),
        extra=step.update.extra if step.update else {},
    )


def _html(
    text: str, incident: Incident, config: Config, language: Language, *, heading: int
) -> str:
    """Return *text*, which is part of *incident*, as safe HTML."""
    return html.to_html(
        text,
        heading=heading,
        # Others may have written an imported text; the pictures of the site are not for them.
        pictures=frozenset() if incident.source else config.pictures,
        alerts=alert_titles(language),
    )


def alert_titles(language: Language) -> dict[str, str]:
    """Return the titles of GitHub's alerts in *language*, by their names."""
    return {name: language.say(f"alert.{name}") for name in ALERTS}
