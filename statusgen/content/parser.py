"""Parser that turns an incident file into an `Incident`; `parser.format` does the reverse."""

from collections import abc
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from statusgen.config.settings import Config
from statusgen.content import checks
from statusgen.content.fields import IncidentShape, UpdateShape
from statusgen.content.formatter import format_incident
from statusgen.content.front_matter import Halves, split
from statusgen.content.resolution_words import check_body
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, Update
from statusgen.problems import Level, Problem, errors, quoted
from statusgen.schema import yaml_loader
from statusgen.schema.empty_values import without_empty
from statusgen.schema.plain_source import NotPlainError, PlainSource
from statusgen.schema.shapes.reader import Context, read
from statusgen.schema.validation import validate
from statusgen.schema.yaml_document import Route, Source
from statusgen.schema.yaml_nodes import MapNode
from statusgen.system.time_limit import TooSlowError, guarded
from statusgen.timeline.timeline import Timeline

format = format_incident  # noqa: A001  the inverse of parse; always called as parser.format

Ids = abc.Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Dated:
    """Time in a file, as written, and its position; *what* is not shown until then.

    *what* is empty if a monitor wrote a time in the future, which needs no warning.
    """

    at: datetime
    written: str
    line: int
    column: int
    what: str


class PinnedId(NamedTuple):
    """Fixed id of an update, and its position."""

    id: str
    line: int
    column: int


class PlacedAddress(NamedTuple):
    """Entry in `redirect_from`, as written, and its position."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """Result of parsing a file; *incident* is None if *problems* contains an error.

    *timeline* is that of *incident*; it is None if there were no settings to check it against.
    """

    path: Path
    incident: Incident | None
    problems: tuple[Problem, ...]
    timeline: Timeline | None = None
    dated: tuple[Dated, ...] = ()
    id_place: tuple[int, int] = (1, 1)  # position of `id`, if the file has one
    update_ids: tuple[PinnedId, ...] = ()
    redirects: tuple[PlacedAddress, ...] = ()

    def later(self, now: datetime) -> Iterator[Problem]:
        """Yield a warning about the first time after *now*, if there is one."""
        for dated in self.dated:
            if dated.at > now and dated.what:
                what = f"{dated.what} is dated {quoted(dated.written)}, in the future"
                yield Problem(
                    path=self.path,
                    line=dated.line,
                    column=dated.column,
                    message=f"{what}; it is not shown until then",
                    level=Level.WARNING,
                )
                return


def parse(text: str, *, path: Path, slug: str, config: Config | None, folder: str = "") -> Parsed:
    """Parse *text*, the contents of *path*, as the incident *slug* of the site *config*.

    *folder* is the file's folder below `incidents/`. If *config* is None because the settings have
    problems, checks that need them are skipped.
    """
    text, place = text.replace("\r\n", "\n").replace("\r", "\n"), folder + slug
    try:
        with guarded():
            if config is not None:
                with suppress(NotPlainError):
                    return parse_plain(text, path=path, place=place, config=config)
            return parse_tree(text, path=path, place=place, config=config)
    except TooSlowError as error:
        problem = Problem(path=path, line=1, column=1, message=error.message)
        return Parsed(path=path, incident=None, problems=(problem,))


# 0.60 instead of 0.78 ms per file, which is 5% of a build without a cache.
def parse_plain(text: str, *, path: Path, place: str, config: Config) -> Parsed:
    """Parse *text*, whose line breaks are line feeds, without the tree of its values.

    *place* is the file's folder and slug. Raises NotPlainError if anything is wrong or unusual.
    """
    source = PlainSource(path)
    halves = split(text, source)
    if halves is None:
        raise NotPlainError
    shape = _read_plain(halves, source, config)
    return _checked(shape, halves, source, config, place)


def parse_tree(text: str, *, path: Path, place: str, config: Config | None) -> Parsed:
    """Parse *text*, whose line breaks are line feeds, and report every problem."""
    source = Source(path, MapNode(entries=(), line=1, column=1), [])
    halves = split(text, source)
    shape = _read_tree(halves, source, config) if halves else None
    return _checked(shape, halves, source, config, place)


def _checked(
    shape: IncidentShape | None,
    halves: Halves | None,
    source: Source,
    config: Config | None,
    place: str,
) -> Parsed:
    """Check *shape* as a whole, and return what was read from *source*."""
    incident = course = None
    if halves and shape:
        incident = _incident(shape, halves, source, config, place)
    if halves and incident and config is not None:
        checks.check_retired(incident, source, config)
        if not errors(source.problems):
            course = checks.check_course(incident, source)
            check_body(incident, halves.body, halves.body_line, source)
    if errors(source.problems):
        incident = course = None
    return Parsed(
        path=source.path,
        incident=incident,
        problems=tuple(source.problems),
        timeline=course,
        dated=tuple(_dated(incident, source)) if incident else (),
        id_place=source.place("id") if source.has("id") else (1, 1),
        update_ids=tuple(_update_ids(incident, source)) if incident else (),
        redirects=tuple(_redirects(incident, source)) if incident else (),
    )


def _read_plain(halves: Halves, source: PlainSource, config: Config) -> IncidentShape:
    """Read the front matter into *source*; raise NotPlainError unless it is right."""
    source.load(halves.matter, line=halves.line)
    values = source.values
    shape, _ = read(IncidentShape, values, Context(config.zone, values.get("severity")))
    if shape is None:
        raise NotPlainError
    checks.check_names(source, config)
    checks.check_order(source, config.zone)
    return shape


def _read_tree(halves: Halves, source: Source, config: Config | None) -> IncidentShape | None:
    """Validate the front matter; store its tree and its problems in *source*."""
    root, problems = yaml_loader.load(halves.matter, path=source.path, line=halves.line)
    source.problems += problems
    if root is None and problems:
        return None
    source.written = root or source.root
    root = without_empty(root, IncidentShape) if root else None
    source.root = root or source.root
    zone = config.zone if config else UTC
    shape, problems = validate(IncidentShape, root, path=source.path, line=halves.line, zone=zone)
    source.problems += problems
    if config is not None:
        checks.check_names(source, config)
        checks.check_order(source, config.zone)
    return shape


def _incident(
    shape: IncidentShape, halves: Halves, source: Source, config: Config | None, place: str
) -> Incident | None:
    """Return the record for *shape* and the body, or None if it has no start time.

    *place* is the file's folder and slug.
    """
    folder, slash, slug = place.rpartition("/")
    kind = Kind.of(shape.severity)
    ids = config.service_ids if config else {}
    if config is not None and shape.source is None:
        source.pictures = config.pictures
    checks.check_shape(shape, kind, source)
    checks.check_texts(shape, halves.body, halves.body_line, source)
    own = shape.announced if kind is Kind.MAINTENANCE else shape.started
    started = own or next((update.at for update in shape.updates), None)
    if started is None:
        return None
    updates = tuple(_update(update, ids) for update in shape.updates)
    is_repeated = any(update.text == halves.body for update in updates)
    return Incident(
        slug=slug,
        title=shape.title,
        severity=shape.severity,
        services=_affected(shape.services, ids),
        state=shape.state,
        started=started,
        resolved=shape.resolved,
        starts=shape.starts,
        ends=shape.ends,
        until=shape.until,
        updates=updates or checks.update_of_body(shape, halves.body, started, kind, source),
        body=halves.body if updates and not is_repeated else "",
        pin=shape.pin,
        draft=shape.draft,
        notify=shape.notify,
        source=shape.source,
        id=shape.id,
        redirect_from=tuple(shape.redirect_from),
        folder=folder + slash,
        extra=shape.extra,
    )


def _update(shape: UpdateShape, ids: Ids) -> Update:
    return Update(
        at=shape.at,
        text=shape.text,
        state=shape.state,
        severity=shape.severity,
        services=_affected(shape.services, ids),
        notify=shape.notify,
        source=shape.source,
        id=shape.id,
        extra=shape.extra,
    )


def _affected(services: dict[str, Severity | None], ids: Ids) -> tuple[ServiceSeverity, ...]:
    return tuple(
        ServiceSeverity(id=ids.get(name, name), severity=s) for name, s in services.items()
    )


def _dated(incident: Incident, source: Source) -> Iterator[Dated]:
    """Yield the times from which *incident* and its updates are shown."""
    first = incident.kind.first_key
    routes: list[tuple[Route, datetime, str]] = []
    if source.has(first):
        routes.append(((first,), incident.started, f"this {incident.kind}"))
    if incident.resolved is not None:
        routes.append((("resolved",), incident.resolved, "this resolution"))
    for index, update in enumerate(incident.updates):
        what = "" if update.is_from_monitor else "this update"
        routes.append((("updates", index, "at"), update.at, what))
    for route, at, what in routes:
        line, column = source.place(*route)
        yield Dated(at=at, written=source.text(*route), line=line, column=column, what=what)


def _update_ids(incident: Incident, source: Source) -> Iterator[PinnedId]:
    for index, update in enumerate(incident.updates):
        if update.id is not None:
            yield PinnedId(update.id, *source.place("updates", index, "id"))


def _redirects(incident: Incident, source: Source) -> Iterator[PlacedAddress]:
    for index, text in enumerate(incident.redirect_from):
        yield PlacedAddress(text, *source.place("redirect_from", index))
