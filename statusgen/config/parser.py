"""Parser for statusgen.yml that reports every problem."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from statusgen.config.checks import check_channels, check_config, check_days, check_labels
from statusgen.config.csp import check_csp
from statusgen.config.fields import (
    ConfigShape,
    GitHubShape,
    GroupShape,
    LinkShape,
    ServiceShape,
    TrelloShape,
)
from statusgen.config.settings import (
    Appearance,
    Channel,
    Config,
    Events,
    GitHub,
    Links,
    Trello,
)
from statusgen.i18n import catalogue
from statusgen.model import Asset, Group, Link, Occasion, Service, Severity
from statusgen.problems import Problem, errors
from statusgen.schema import yaml_loader
from statusgen.schema.empty_values import without_empty
from statusgen.schema.validation import validate
from statusgen.schema.yaml_document import Source
from statusgen.schema.yaml_nodes import MapNode, Scalar
from statusgen.system.time_limit import TooSlowError, guarded


def parse_config(
    text: str, *, path: Path, pictures: frozenset[str] = frozenset()
) -> tuple[Config | None, list[Problem]]:
    """Parse *text*, the contents of *path*.

    *pictures* are the paths of pictures below `static/`. Returns the settings (None if there is an
    error) and all problems.
    """
    try:
        with guarded():
            return _parsed(text, path, pictures)
    except TooSlowError as error:
        return (None, [Problem(path=path, line=1, column=1, message=error.message)])


def _parsed(text: str, path: Path, pictures: frozenset[str]) -> tuple[Config | None, list[Problem]]:
    root, problems = yaml_loader.load(text, path=path)
    if root is None and problems:
        return (None, problems)
    root = without_empty(root, ConfigShape) if root else None
    shape, found = validate(ConfigShape, root, path=path)
    problems += found
    if root is not None:
        source = Source(path, root, problems)
        source.pictures = pictures
        check_config(source)
        if shape is not None:
            check_days(shape, source)
            check_channels(shape, source)
            check_labels(shape.github, source)
            check_csp(shape.csp, source)
            source.check_markup(shape.announcement, "announcement")
    if root is None or shape is None or errors(problems):
        return (None, problems)
    source = Source(path, root, problems)
    config = _config(shape, tuple(_assets(source)))
    key = root.key("services") if isinstance(root, MapNode) else None
    place = (key.line, key.column) if key else (1, 1)
    keys = tuple(source.data_keys("data"))
    config = replace(config, data_keys=keys, services_place=place, pictures=pictures)
    return (config, problems)


def rough_config(text: str, problems: Iterable[Problem], *, path: Path) -> Config | None:
    """Parse *text*, the contents of *path*, without the settings that have *problems*.

    Other files can be checked against the result. Returns None if a problem may concern the
    services or the time zone, because such checks could then report false problems.
    """
    lines = {problem.line for problem in problems}
    try:
        with guarded():
            root, _ = yaml_loader.load(text, path=path)
            rest = _without(root, lines) if isinstance(root, MapNode) else None
            known = without_empty(rest, ConfigShape) if rest else None
            shape, _ = validate(ConfigShape, known, path=path)
    except TooSlowError:
        return None
    if shape is None:
        return None
    # The shape does not check these two, and rough settings are never published.
    return replace(_config(shape, ()), language=catalogue.ORIGINAL, messages={})


def _without(root: MapNode, lines: set[int]) -> MapNode | None:
    """Return *root* without the entries on *lines*, or None if one may be the time zone."""
    spans = {
        key.text: range(key.line, max(key.line, value.end[0]) + 1) for key, value in root.entries
    }
    wrong = {name for name, span in spans.items() if not lines.isdisjoint(span)}
    is_placed = lines <= {line for span in spans.values() for line in span}
    # Only `timezone` contains a z, so an unknown key with a z may be a misspelling of it.
    if not is_placed or any("z" in name.casefold() for name in wrong):
        return None
    kept = tuple((key, value) for key, value in root.entries if key.text not in wrong)
    return replace(root, entries=kept)


def _config(shape: ConfigShape, assets: tuple[Asset, ...]) -> Config:
    weights = {Severity(name): weight for name, weight in shape.weights.own().items()}
    return Config(
        title=shape.title,
        url=shape.url,
        zone=shape.timezone,
        language=shape.language,
        groups=tuple(_group(one) for one in shape.groups),
        services=tuple(_service(one) for one in shape.services),
        weights=weights,
        feed_authority=shape.feed_authority or urlsplit(shape.url).hostname or "",
        messages=shape.messages,
        look=_look(shape),
        assets=assets,
        announcement=shape.announcement,
        days=shape.days,
        keep_open=shape.keep_open,
        refresh=shape.refresh,
        repository=shape.repository,
        push=shape.push,
        github=_github(shape.github),
        trello=_trello(shape.trello),
        events=Events(reopen_within=shape.events.reopen_within),
        channels=tuple(_channels(shape)),
        api=tuple(shape.api),
        hub=shape.hub,
        links=Links(
            header=_links(shape.links.header),
            footer=_links(shape.links.footer),
            subscribe=_links(shape.links.subscribe),
        ),
        csp={name: tuple(found) for name, found in shape.csp.items() if found},
        texts=shape.texts,
        data=shape.data,
        extra=shape.extra,
    )


def _look(shape: ConfigShape) -> Appearance:
    logo = shape.logo
    return Appearance(
        style=shape.history_style,
        grid_days=shape.grid_days,
        logo=logo.light if logo else None,
        dark_logo=logo.dark if logo else None,
        favicon=shape.favicon,
        accent=shape.accent,
        extra_css=shape.extra_css,
        icons={str(word): name for word, name in shape.icons.items()},
    )


def _github(shape: GitHubShape) -> GitHub:
    return GitHub(
        repository=shape.repository,
        incident=shape.incident,
        maintenance=shape.maintenance,
        severity_prefix=shape.severity_prefix,
        service_prefix=shape.service_prefix,
        state_prefix=shape.state_prefix,
        aliases=shape.aliases,
        severity=shape.severity,
        trusted=frozenset(name.casefold() for name in shape.trusted),
        bots=frozenset(shape.bots),
    )


def _trello(shape: TrelloShape) -> Trello:
    return Trello(
        lanes=shape.lanes,
        severities=shape.severities,
        severity=shape.severity,
        ignored_labels=tuple(shape.ignored_labels),
        trusted=tuple(shape.trusted),
        archived=shape.archived,
        initials=shape.initials,
    )


def _channels(shape: ConfigShape) -> Iterator[Channel]:
    ids = {name: one.id for one in shape.services for name in (one.id, *one.aliases)}
    for one in shape.channels:
        grouped = [service.id for service in shape.services if service.group in one.groups]
        named = [ids[name] for name in one.services if name in ids]
        has_filter = one.services or one.groups
        yield Channel(
            id=one.id,
            kind=one.kind,
            services=frozenset([*named, *grouped]) if has_filter else None,
            severity=one.severity,
            on=frozenset(one.on or Occasion),
        )


def _links(shapes: list[LinkShape]) -> tuple[Link, ...]:
    return tuple(Link(name=one.name, url=one.url) for one in shapes)


def _assets(source: Source) -> Iterator[Asset]:
    """Yield every file in `static/` that the settings refer to, with its position there."""
    icons = [("icons", name) for name in source.names("icons")]
    routes = [("logo",), ("logo", "light"), ("logo", "dark"), ("favicon",), ("extra_css",), *icons]
    for route in routes:
        node = source.node(*route)
        is_built_in = "icons" in route and isinstance(node, Scalar) and "." not in node.text
        if source.has(*route) and isinstance(node, Scalar) and not is_built_in:
            yield Asset(path=node.text, line=node.line, column=node.column)


def _group(shape: GroupShape) -> Group:
    return Group(
        id=shape.id,
        name=shape.name,
        description=shape.description,
        collapse=shape.collapse,
        extra=shape.extra,
    )


def _service(shape: ServiceShape) -> Service:
    return Service(
        id=shape.id,
        name=shape.name,
        group=shape.group,
        description=shape.description,
        link=shape.link,
        since=shape.since,
        retired=shape.retired,
        aliases=tuple(shape.aliases),
        extra=shape.extra,
    )
