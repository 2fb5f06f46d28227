"""The options that several commands share, and what their values mean."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import wraps
from pathlib import Path
from typing import Any

import click

from statusgen import times
from statusgen.authoring import lookup
from statusgen.cache.store import FOLDER
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.model import DataKey
from statusgen.problems import Problem, StatusgenError, UsageError, instead, quoted
from statusgen.schema import scalars, yaml_loader, yaml_nodes
from statusgen.schema.yaml_document import Source
from statusgen.system import files
from statusgen.system.files import EntryKind

Command = Callable[..., Any]


class Word(click.Choice[str]):
    """One of some words, each of which is a *kind*, with a suggestion for a misspelt one."""

    def __init__(self, kind: str, words: Iterable[str]) -> None:
        super().__init__([str(word) for word in words])  # Of an enum click would take the names.
        self.kind = kind

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Say what to write instead of *value*."""
        return f"{quoted(str(value))} is not a {self.kind}; {instead(str(value), self.choices)}"


site_option = click.option(
    "--site",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=".",
    help="The folder of the site. Default: the current one.",
)
base_url_option = click.option(
    "--base-url",
    metavar="URL",
    help="Stands for 'url' of statusgen.yml in absolute links, as for a preview.",
)


def _complete_incident(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """The names of incident files, for a shell; newest first."""
    names = [one.slug for one in lookup.all_incident_files(context.params.get("folder") or Path())]
    return [name for name in reversed(names) if begun in name]


def complete_service(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """The ids of services, for a shell."""
    config = _config_of(context)
    names = [service.id for service in config.services] if config else []
    return [name for name in names if name.startswith(begun)]


def complete_text(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """The names of the texts to begin with, for a shell."""
    config = _config_of(context)
    return [name for name in config.texts if name.startswith(begun)] if config else []


def _config_of(context: click.Context) -> Config | None:
    """The settings of the site that is meant, if they are sound."""
    try:
        return settings_of(context.params.get("folder") or Path())
    except StatusgenError:
        return None


def incident_argument(*, required: bool) -> Callable[[Command], Command]:
    """The incident that a command is about."""
    return click.argument("incident", required=required, shell_complete=_complete_incident)


def common(command: Command) -> Command:
    """The options that every command about a site takes."""
    for option in (
        click.option(
            "--now",
            metavar="TIME",
            help="The moment that it is, such as '2026-11-20 09:05'; without an offset it is in"
            " the site's zone. Default: SOURCE_DATE_EPOCH, or the clock.",
        ),
        site_option,
    ):
        command = option(command)
    return command


data_option = click.option(
    "--data",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A YAML file for the templates, laid over 'data' of statusgen.yml.",
)


def overrides(command: Command) -> Command:
    """The options that stand in for a setting."""
    for option in (
        data_option,
        base_url_option,
    ):
        command = option(command)
    return command


def cached(command: Command) -> Command:
    """The options about what is remembered from one run to the next, as the parameter *cache*."""

    @wraps(command)
    def with_cache(
        *arguments: Any, cache: Path | None, no_cache: bool, folder: Path, **options: Any
    ) -> Any:
        chosen = None if no_cache else cache or folder / FOLDER
        return command(*arguments, cache=chosen, folder=folder, **options)

    for option in (
        click.option(
            "--no-cache", is_flag=True, help="Make everything anew, and remember nothing of it."
        ),
        click.option(
            "--cache",
            metavar="DIR",
            type=click.Path(path_type=Path),
            help="Where to remember what need not be found out again. Default: .statusgen of the"
            " site.",
        ),
    ):
        with_cache = option(with_cache)
    return with_cache


def moment_of(now: str | None, zone: tzinfo) -> datetime:
    """The moment that *now* means, else SOURCE_DATE_EPOCH, else the clock.

    The variable is specified at https://reproducible-builds.org/specs/source-date-epoch/.
    """
    if now is not None:
        try:
            return times.parse(now, zone)
        except ValueError as error:
            raise UsageError(f"--now {quoted(now)} {error}") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC).replace(microsecond=0)
    if re.fullmatch("[0-9]{1,10}", epoch) is None:
        raise UsageError(f"SOURCE_DATE_EPOCH is {quoted(epoch)}; write seconds since 1970")
    return datetime.fromtimestamp(int(epoch), UTC)


def address_of(url: str) -> str:
    """The root of a site that *url* names."""
    try:
        return scalars.site_root(url)
    except ValueError as error:
        raise UsageError(f"--base-url: {error}") from None


@dataclass(frozen=True, kw_only=True)
class TemplateData:
    """The content of a data file, the places of its keys, and what is wrong with it."""

    content: object = None
    keys: tuple[DataKey, ...] = ()
    problems: tuple[Problem, ...] = ()


def data_of(path: Path | None) -> TemplateData:
    """Read the data file *path*, if one was given; raises UsageError if it is no file."""
    if path is None:
        return TemplateData()
    if files.kind_of(path) is not EntryKind.FILE:
        raise UsageError(f"--data {quoted(str(path))} is not a file; name one with YAML in it")
    try:
        text = files.read_text(path, limit=files.MAX_TEXT)
    except files.UnreadableError as error:
        return TemplateData(problems=(error.problem(path),))
    root, problems = yaml_loader.load(text, path=path)
    if root is None:
        return TemplateData(problems=tuple(problems))
    keys = tuple(Source(path, root, problems).data_keys())
    return TemplateData(content=yaml_nodes.plain(root), keys=keys, problems=tuple(problems))
