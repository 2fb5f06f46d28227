"""`statusgen.yml` to a `Config`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from statusgen import language, yamltext
from statusgen.model import Group, Service, Severity
from statusgen.problems import Problem, errors, instead, quoted
from statusgen.schema import ConfigShape, GroupShape, ServiceShape, read
from statusgen.source import Source
from statusgen.yamltext import Scalar

FILE = "statusgen.yml"


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
    root, problems = yamltext.load(text, path=path)
    if root is None and problems:
        return (None, problems)
    shape, found = read(ConfigShape, root, path=path)
    problems += found
    if root is not None:
        source = Source(path, root, problems)
        _check(source)
        if shape is not None:
            _check_days(shape, source)
    if shape is None or errors(problems):
        return (None, problems)
    return (_config(shape), problems)


def _config(shape: ConfigShape) -> Config:
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
        data=shape.data,
        extra=shape.extra,
    )


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
    if source.has("services") and not source.count("services"):
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
    for key in source.names("messages"):
        if not isinstance(source.node("messages", key.text), Scalar):
            continue
        fault = language.fault(key.text, source.text("messages", key.text))
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
    if code and code not in language.LANGUAGES:
        what = f"{quoted(code)} is not a language of the page"
        source.wrong(f"{what}; {instead(code, language.LANGUAGES)}", "language")


def _check_days(shape: ConfigShape, source: Source) -> None:
    for index, service in enumerate(shape.services):
        if service.since and service.retired and service.retired < service.since:
            line = source.line("services", index, "since")
            what = f"retired '{service.retired}' is before since (line {line})"
            source.wrong(f"{what}; write a later day", "services", index, "retired")
