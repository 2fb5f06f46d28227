"""`statusgen.yml` to a `Config`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from statusgen import language, yamltext
from statusgen.model import Group, Service, Severity
from statusgen.problems import Problem, errors, instead, quoted
from statusgen.schema import ConfigShape, ServiceShape, read
from statusgen.yamltext import Node

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
    data: Any = None
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
    if errors(problems):
        return (None, problems)
    shape, found = read(ConfigShape, root, path=path)
    problems += found
    if shape is None or root is None:
        return (None, problems)
    problems += _Check(root, path).problems(shape)
    return (None if errors(problems) else _config(shape), problems)


def _config(shape: ConfigShape) -> Config:
    weights = {Severity(name): weight for name, weight in shape.weights if name != "extra"}
    return Config(
        title=shape.title,
        url=shape.url,
        zone=shape.timezone,
        language=shape.language,
        groups=tuple(
            Group(id=one.id, name=one.name, description=one.description, collapse=one.collapse)
            for one in shape.groups
        ),
        services=tuple(_service(one) for one in shape.services),
        weights=weights,
        feed_authority=shape.feed_authority or urlsplit(shape.url).hostname or "",
        messages=shape.messages,
        data=shape.data,
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
    )


class _Check:
    """What no single value shows: words used twice, and words that stand for nothing."""

    def __init__(self, root: Node, path: Path) -> None:
        self.root = root
        self.path = path
        self.found: list[Problem] = []

    def problems(self, shape: ConfigShape) -> list[Problem]:
        if not shape.services:
            self._add("there is no service; write at least one", "services")
        self._check_groups(shape)
        self._check_services(shape)
        if shape.language not in language.LANGUAGES:
            what = f"{quoted(shape.language)} is not a language of the page"
            self._add(f"{what}; {instead(shape.language, language.LANGUAGES)}", "language")
        for name, message in shape.messages.items():
            fault = language.fault(name, message)
            if fault:
                self._add(fault, "messages", name)
        return self.found

    def _check_groups(self, shape: ConfigShape) -> None:
        lines: dict[str, int] = {}
        for index, group in enumerate(shape.groups):
            line = self._line("groups", index, "id")
            if group.id in lines:
                what = f"group id '{group.id}' is already on line {lines[group.id]}"
                self._add(f"{what}; give each group its own id", "groups", index, "id")
            lines.setdefault(group.id, line)

    def _check_services(self, shape: ConfigShape) -> None:
        lines: dict[str, int] = {}
        groups = [group.id for group in shape.groups]
        for index, service in enumerate(shape.services):
            names: list[tuple[str, str, tuple[str | int, ...]]] = [("id", service.id, ("id",))]
            names += [
                ("alias", alias, ("aliases", place)) for place, alias in enumerate(service.aliases)
            ]
            for what, name, route in names:
                if name in lines:
                    repeat = f"service {what} {quoted(name)} is already on line {lines[name]}"
                    remedy = f"give each service its own {what}"
                    self._add(f"{repeat}; {remedy}", "services", index, *route)
                lines.setdefault(name, self._line("services", index, *route))
            if service.group is not None and service.group not in groups:
                what = f"{quoted(service.group)} is not a group"
                remedy = instead(service.group, groups)
                self._add(f"{what}; {remedy}", "services", index, "group")
            if service.since and service.retired and service.retired < service.since:
                since = self._line("services", index, "since")
                what = f"retired '{service.retired}' is before since (line {since})"
                self._add(f"{what}; write a later day", "services", index, "retired")

    def _line(self, *route: str | int) -> int:
        return yamltext.find(self.root, route)[0].line

    def _add(self, message: str, *route: str | int) -> None:
        node, _ = yamltext.find(self.root, route)
        problem = Problem(path=self.path, line=node.line, column=node.column, message=message)
        self.found.append(problem)
