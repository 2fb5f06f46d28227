"""`statusgen.yml` to a `Config`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from statusgen.config.fields import ConfigShape, GitHubShape, GroupShape, LinkShape, ServiceShape
from statusgen.i18n import catalogue, messages
from statusgen.model import Asset, Dialect, Group, HistoryStyle, Link, Service, Severity
from statusgen.problems import Problem, errors, instead, listed, quoted
from statusgen.schema import yaml_loader
from statusgen.schema.validation import read
from statusgen.schema.yaml_document import Source
from statusgen.schema.yaml_loader import Scalar, Sequence
from statusgen.system.time_limit import TooSlowError, guarded

FILE = "statusgen.yml"


@dataclass(frozen=True, kw_only=True)
class Look:
    """What makes pages look like those of the site; files are paths below `static/`."""

    style: HistoryStyle = HistoryStyle.BARS
    grid_days: int = 5
    logo: str | None = None
    dark_logo: str | None = None
    favicon: str | None = None
    accent: str | None = None
    extra_css: str | None = None
    icons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Links:
    """The links that a site adds to its pages."""

    header: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
    subscribe: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """How issues on GitHub become incidents.

    *trusted* are names of people, in lower case, *bots* of apps.
    """

    repository: str | None = None
    incident: str = "incident"
    maintenance: str = "maintenance"
    severity_prefix: str = "severity:"
    service_prefix: str = "service:"
    state_prefix: str = "state:"
    aliases: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.DEGRADED
    trusted: frozenset[str] = frozenset()
    bots: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of a site, checked, with defaults filled in; *url* has no `/` at its end."""

    title: str
    url: str
    zone: tzinfo
    language: str
    groups: tuple[Group, ...]
    services: tuple[Service, ...]
    weights: Mapping[Severity, Fraction]
    feed_authority: str
    messages: Mapping[str, str]
    look: Look = field(default_factory=Look)
    assets: tuple[Asset, ...] = ()
    announcement: str = ""
    days: int = 15
    keep_open: bool = True
    refresh: int = 60
    repository: str | None = None
    github: GitHub = field(default_factory=GitHub)
    api: tuple[Dialect, ...] = (Dialect.STATUSPAGE,)
    hub: str | None = None
    links: Links = field(default_factory=Links)
    texts: Mapping[str, str] = field(default_factory=dict)
    data: object = None
    extra: Mapping[str, object]

    @cached_property
    def service_ids(self) -> Mapping[str, str]:
        """The id behind every name that a file may use for a service: its id and its aliases."""
        names = {alias: service.id for service in self.services for alias in service.aliases}
        return {**names, **{service.id: service.id for service in self.services}}

    @cached_property
    def service_by_id(self) -> Mapping[str, Service]:
        """The services by their ids."""
        return {service.id: service for service in self.services}


def parse(text: str, *, path: Path) -> tuple[Config | None, list[Problem]]:
    """Read *text*, the content of *path*.

    Returns the settings (None if there is an error) and every problem.
    """
    try:
        with guarded():
            return _parsed(text, path)
    except TooSlowError as error:
        return (None, [Problem(path=path, line=1, column=1, message=error.message)])


def _parsed(text: str, path: Path) -> tuple[Config | None, list[Problem]]:
    root, problems = yaml_loader.load(text, path=path)
    if root is None and problems:
        return (None, problems)
    shape, found = read(ConfigShape, root, path=path)
    problems += found
    if root is not None:
        source = Source(path, root, problems)
        _check(source)
        if shape is not None:
            _check_days(shape, source)
            _check_labels(shape.github, source)
            source.check_markup(shape.announcement, "announcement")
    if root is None or shape is None or errors(problems):
        return (None, problems)
    return (_config(shape, tuple(_assets(Source(path, root, problems)))), problems)


def rough(text: str, problems: Iterable[Problem], *, path: Path) -> Config | None:
    """What is left of *text*, the content of *path*, without the settings that have *problems*.

    By it other files can be checked nevertheless. None if it could tell something wrong of them:
    where a problem may concern a service or the zone, or cannot be told to concern neither.
    """
    lines = {problem.line for problem in problems}
    try:
        with guarded():
            root, _ = yaml_loader.load(text, path=path)
            left = _without(root, lines) if isinstance(root, yaml_loader.Mapping) else None
            shape, _ = read(ConfigShape, left, path=path)
    except TooSlowError:
        return None
    if shape is None:
        return None
    # No shape checks these two, and nothing is published of what they say.
    return replace(_config(shape, ()), language=catalogue.ORIGINAL, messages={})


def _without(root: yaml_loader.Mapping, lines: set[int]) -> yaml_loader.Mapping | None:
    """*root* without the entries on *lines*, None if one of these may be about the zone."""
    spans = {
        key.text: range(key.line, max(key.line, value.end[0]) + 1) for key, value in root.entries
    }
    wrong = {name for name, span in spans.items() if not lines.isdisjoint(span)}
    is_placed = lines <= {line for span in spans.values() for line in span}
    # No other setting has a z, so that one which has it is the zone, however misspelt.
    if not is_placed or any("z" in name.casefold() for name in wrong):
        return None
    kept = tuple((key, value) for key, value in root.entries if key.text not in wrong)
    return replace(root, entries=kept)


def _config(shape: ConfigShape, assets: tuple[Asset, ...]) -> Config:
    weights = {Severity(name): weight for name, weight in shape.weights if name != "extra"}
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
        github=_github(shape.github),
        api=tuple(shape.api),
        hub=shape.hub,
        links=Links(
            header=_links(shape.links.header),
            footer=_links(shape.links.footer),
            subscribe=_links(shape.links.subscribe),
        ),
        texts=shape.texts,
        data=shape.data,
        extra=shape.extra,
    )


def _look(shape: ConfigShape) -> Look:
    logo = shape.logo
    return Look(
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


def _links(shapes: list[LinkShape]) -> tuple[Link, ...]:
    return tuple(Link(name=one.name, url=one.url) for one in shapes)


def _assets(source: Source) -> Iterator[Asset]:
    """Every file of `static/` that the settings name, where they name it."""
    icons = [("icons", key.text) for key in source.names("icons")]
    routes = [("logo",), ("logo", "light"), ("logo", "dark"), ("favicon",), ("extra_css",), *icons]
    for route in routes:
        node = source.node(*route)
        is_ours = "icons" in route and isinstance(node, Scalar) and "." not in node.text
        if source.has(*route) and isinstance(node, Scalar) and not is_ours:
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


def _check(source: Source) -> None:
    """Find what no single value shows: words used twice, and words that stand for nothing.

    It looks at the values themselves, so that other mistakes of the file hide nothing.
    """
    services = source.node("services")
    if source.has("services") and isinstance(services, Sequence) and not services.items:
        source.wrong("there is no service; write at least one", "services")
    groups: dict[str, int] = {}
    for index in range(source.count("groups")):
        _check_once(source, groups, "group id", "groups", index, "id")
    names: dict[str, int] = {}
    for index in range(source.count("services")):
        route = ("services", index)
        _check_once(source, names, "service id", *route, "id")
        for place in range(source.count(*route, "aliases")):
            _check_once(source, names, "service alias", *route, "aliases", place)
        group = source.text(*route, "group") if source.has(*route, "group") else ""
        if group and group not in groups:
            what = f"{quoted(group)} is not a group; {instead(group, groups)}"
            source.wrong(what, *route, "group")
    if source.has("language"):
        _check_language(source)
    code = source.text("language") if source.has("language") else catalogue.ORIGINAL
    code = code if messages.catalogue_of(code) else catalogue.ORIGINAL
    for key in source.names("messages"):
        if not isinstance(source.node("messages", key.text), Scalar):
            continue
        fault = messages.fault(key.text, source.text("messages", key.text), code)
        if fault is not None and fault.is_of_name:
            source.wrong_key(fault.message, "messages", key.text)
        elif fault is not None:
            source.wrong(fault.message, "messages", key.text)


def _check_once(source: Source, lines: dict[str, int], what: str, *route: str | int) -> None:
    if not source.has(*route):
        return
    name, line = source.text(*route), source.line(*route)
    if not name:
        return
    if name in lines:
        owner, word = what.split()
        remedy = f"give each {owner} its own {word}"
        source.wrong(f"{what} {quoted(name)} is already on line {lines[name]}; {remedy}", *route)
    lines.setdefault(name, line)


def _check_language(source: Source) -> None:
    code = source.text("language")
    if code and messages.catalogue_of(code) is None:
        what = f"{quoted(code)} is not a language of the page"
        source.wrong(f"{what}; {instead(code, catalogue.languages())}", "language")


def _check_days(shape: ConfigShape, source: Source) -> None:
    for index, service in enumerate(shape.services):
        if service.since and service.retired and service.retired < service.since:
            line = source.line("services", index, "since")
            what = f"retired '{service.retired}' is before since (line {line})"
            source.wrong(f"{what}; write a later day", "services", index, "retired")


def _check_labels(shape: GitHubShape, source: Source) -> None:
    kinds = (shape.incident, shape.maintenance)
    if shape.incident.casefold() == shape.maintenance.casefold():
        what = f"{quoted(shape.maintenance)} is the label of incidents, too; write another"
        source.wrong(what, "github", "maintenance")
    prefixes = (shape.severity_prefix, shape.service_prefix, shape.state_prefix)
    for name, label in shape.aliases.items():
        folded = label.casefold()
        is_kind = folded in (kind.casefold() for kind in kinds)
        if not is_kind and not any(folded.startswith(one.casefold()) for one in prefixes):
            begins = listed(quoted(prefix) for prefix in prefixes)
            what = f"{quoted(label)} is no label that means anything"
            remedy = f"write {listed(map(quoted, kinds))}, or one that begins with {begins}"
            source.wrong(f"{what}; {remedy}", "github", "aliases", name)
