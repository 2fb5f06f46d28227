"""Encode the content of an incident file, as of one moment, as JSON, and decode it.

A `CachedIncident` contains everything that the pages need from a file, so that an unchanged file
need not be parsed again. It has two parts: the `IncidentSummary`, which is loaded for every file,
and the details, which are fetched only for the few files that are shown in full.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from statusgen.config.settings import Config
from statusgen.content.parser import Parsed, PinnedId, PlacedAddress
from statusgen.i18n.language import Language
from statusgen.ids import digest
from statusgen.model import Kind, Severity, State
from statusgen.problems import Level, Problem
from statusgen.site.incident import history_url, incident_view, page_of, turns, url_of
from statusgen.site.view_models import (
    AffectedService,
    IncidentDetails,
    IncidentView,
    ServiceChange,
    UpdateView,
)
from statusgen.system.time_limit import TooSlowError
from statusgen.timeline.replay import trace
from statusgen.timeline.timeline import SeverityInterval

Fetch = Callable[[str], IncidentDetails]

# Errors from JSON with an unexpected structure, and from times that the system cannot represent.
DAMAGE = (ValueError, LookupError, TypeError, OverflowError, OSError, RecursionError)

_MOMENTS = 200  # moments; most of those in a file occur several times

# By value; calling the enum classes is much slower.
_KINDS = {str(kind): kind for kind in Kind}
_STATES = {str(state): state for state in State}
_SEVERITIES = {str(severity): severity for severity in Severity}


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentSummary:
    """The summary of a file as of one moment, valid from *since* until just before *until*.

    *view* is None if the file is not published: a draft, in the future, or with an error among
    *problems*. *record_id* is None if the file could not be parsed. *later* are warnings about
    dates in the future.
    """

    folder: Path
    name: str
    record_id: str | None
    id_place: tuple[int, int]
    update_ids: tuple[PinnedId, ...]
    redirects: tuple[PlacedAddress, ...]
    view: IncidentView | None
    problems: tuple[Problem, ...]
    later: tuple[Problem, ...]
    since: datetime | None
    until: datetime | None

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self.folder / f"{self.name}.md"

    @property
    def slug(self) -> str:
        """The file name without its suffix, as used in addresses."""
        return self.name.rpartition("/")[2]

    def holds(self, now: datetime) -> bool:
        """Return whether the summary is valid at *now*."""
        return (self.since is None or self.since <= now) and (
            self.until is None or now < self.until
        )


@dataclass(frozen=True, kw_only=True)
class CachedIncident:
    """A file as of one moment, as JSON: its *summary*, and its details, whose digest is *name*."""

    summary: str
    telling: str
    name: str


def cached_incident(
    parsed: Parsed, *, now: datetime, config: Config | None, language: Language | None
) -> CachedIncident:
    """Encode the file *parsed* as of *now*; without *config*, encode only its problems."""
    incident = parsed.incident
    view, problems = None, list(parsed.problems)
    moments: list[datetime] = []
    if incident is not None and not incident.draft and config and language:
        course = trace(incident)
        moments = [*turns(course), *(dated.at for dated in parsed.dated)]
        if incident.started <= now:
            try:
                view = incident_view(course, now=now, config=config, language=language)
            except TooSlowError as error:
                message = error.message
                problems.append(Problem(path=parsed.path, line=1, column=1, message=message))
    telling = json.dumps(_telling(view.tell()) if view else None, ensure_ascii=False)
    name = digest(telling)
    summary = [
        name,
        incident.record_id if incident else None,
        parsed.id_place,
        parsed.update_ids,
        parsed.redirects,
        _view(view) if view else None,
        [_problem(one) for one in problems],
        [_problem(one) for one in (parsed.later(now) if moments else ())],
        _seconds(max((turn for turn in moments if turn <= now), default=None)),
        _seconds(min((turn for turn in moments if turn > now), default=None)),
    ]
    return CachedIncident(
        summary=json.dumps(summary, ensure_ascii=False, separators=(",", ":")),
        telling=telling,
        name=name,
    )


def summary(
    text: str, *, folder: Path, name: str, config: Config | None, fetch: Fetch
) -> IncidentSummary:
    """Decode *text*, a summary written by `cached_incident`.

    *name* is the path of the file below *folder*, without its suffix. Details are loaded by
    *fetch*, which is called with the name of a `CachedIncident`. Raises one of DAMAGE if *text*
    is not a summary for this *config*.
    """
    details_name, record_id, (line, column), update_ids, addresses, values, *rest = json.loads(text)
    problems, later, since, until = rest
    view = None
    if values and config:
        token = digest(f"{name}\n{text}")
        view = _view_of(values, name, token, config, lambda: fetch(details_name))
    return IncidentSummary(
        folder=folder,
        name=name,
        record_id=record_id,
        id_place=(line, column),
        update_ids=tuple(PinnedId(*one) for one in update_ids),
        redirects=tuple(PlacedAddress(*one) for one in addresses),
        view=view,
        problems=tuple(_problem_of(one, folder, name) for one in problems),
        later=tuple(_problem_of(one, folder, name) for one in later),
        since=_moment(since),
        until=_moment(until),
    )


def is_over(text: str, *, now: datetime) -> bool:
    """Return whether the summary *text* is valid at *now* and shows no open incident."""
    try:
        *_, values, _, _, since, until = json.loads(text)
        is_valid = (since is None or _at(since) <= now) and (until is None or now < _at(until))
        return is_valid and not (values and values[0])
    except DAMAGE:
        return False


def telling(text: str) -> IncidentDetails:
    """Decode *text*, details written by `cached_incident`; raise one of DAMAGE on failure."""
    updates, body, body_html, extra = json.loads(text)
    return IncidentDetails(
        updates=tuple(_update_of(one) for one in updates),
        body=body,
        body_html=body_html,
        extra=extra,
    )


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else _at(seconds)


@lru_cache(_MOMENTS)
def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _problem(problem: Problem) -> list[Any]:
    return [problem.line, problem.column, problem.message, problem.level]


def _problem_of(values: list[Any], folder: Path, name: str) -> Problem:
    line, column, message, level = values
    path = folder / f"{name}.md"
    return Problem(path=path, line=line, column=column, message=message, level=Level(level))


def _view(view: IncidentView) -> list[Any]:
    return [
        view.is_open,
        view.id,
        view.title,
        view.kind,
        *map(_seconds, (view.started, view.ended, view.spoken)),
        *map(_seconds, (view.starts, view.ends, view.until)),
        view.state,
        view.severity,
        view.worst,
        view.is_cancelled,
        view.pin,
        view.notify,
        [_touched(one) for one in view.services],
        [[*map(_seconds, stretch)] for stretch in view.stretches],
        _seconds(view.clock_starts),
        _seconds(view.clock_ends),
        sorted(view.will_touch),
        view.source,
        view.old_urls,
    ]


def _view_of(
    values: list[Any], name: str, token: str, config: Config, tell: Callable[[], IncidentDetails]
) -> IncidentView:
    (
        is_open,
        record_id,
        title,
        kind,
        started,
        ended,
        spoken,
        starts,
        ends,
        until,
        state,
        severity,
        worst,
        is_cancelled,
        pin,
        notify,
        services,
        stretches,
        clock_starts,
        clock_ends,
        will_touch,
        source,
        old_urls,
    ) = values
    slug = name.rpartition("/")[2]
    return IncidentView(
        id=record_id,
        slug=slug,
        title=title,
        kind=_KINDS[kind],
        url=page_of(slug),
        started=_at(started),
        ended=_moment(ended),
        spoken=_moment(spoken),
        dated=_at(started if starts is None else starts),
        starts=_moment(starts),
        ends=_moment(ends),
        until=_moment(until),
        state=_STATES[state],
        severity=_SEVERITIES[severity],
        worst=_SEVERITIES[worst],
        is_open=is_open,
        is_cancelled=is_cancelled,
        pin=pin,
        notify=notify,
        services=tuple(_touched_of(one, config) for one in services),
        stretches=tuple((_at(start), _moment(end)) for start, end in stretches),
        clock_starts=_moment(clock_starts),
        clock_ends=_moment(clock_ends),
        will_touch=frozenset(will_touch),
        source=source,
        history_url=history_url(config.repository, name),
        old_urls=tuple(old_urls),
        tell=tell,
        token=token,
    )


def _touched(touched: AffectedService) -> list[Any]:
    spells = [[_seconds(one.start), _seconds(one.end), one.severity] for one in touched.spells]
    return [touched.id, touched.severity, touched.worst, spells]


def _touched_of(values: list[Any], config: Config) -> AffectedService:
    name, severity, worst, spells = values
    service = config.service_by_id[name]
    return AffectedService(
        id=name,
        name=service.name,
        url=url_of(service),
        severity=_SEVERITIES[severity],
        worst=_SEVERITIES[worst],
        spells=tuple(
            SeverityInterval(start=_at(start), end=_moment(end), severity=_SEVERITIES[word])
            for start, end, word in spells
        ),
    )


def _telling(telling: IncidentDetails) -> list[Any]:
    updates = [_update(one) for one in telling.updates]
    return [updates, telling.body, telling.body_html, telling.extra]


def _update(update: UpdateView) -> list[Any]:
    return [
        update.id,
        _seconds(update.at),
        update.state,
        update.severity,
        update.severities,
        [[change.name, change.url, change.severity] for change in update.changes],
        update.is_written,
        update.notify,
        update.standard,
        update.text,
        update.html,
        update.extra,
    ]


def _update_of(values: list[Any]) -> UpdateView:
    key, at, state, severity, severities, changes, is_written, notify, standard, *rest = values
    text, html, extra = rest
    return UpdateView(
        id=key,
        at=_at(at),
        state=_STATES[state],
        severity=_SEVERITIES[severity],
        severities={service: _SEVERITIES[word] for service, word in severities.items()},
        changes=tuple(
            ServiceChange(name=name, url=url, severity=_SEVERITIES[word])
            for name, url, word in changes
        ),
        is_written=is_written,
        notify=notify,
        standard=standard,
        text=text,
        html=html,
        extra=extra,
    )
