"""Options that several commands share, and the parsers for their values."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import wraps
from pathlib import Path
from typing import Any

import click

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
    """A choice between words of one *kind*; its error message suggests a correction."""

    def __init__(self, kind: str, words: Iterable[str]) -> None:
        # click would use the names of enum members.
        super().__init__([str(word) for word in words])
        self.kind = kind

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Return the message for the unknown *value*."""
        return f"{quoted(str(value))} is not a {self.kind}; {instead(str(value), self.choices)}"


site_option = click.option(
    "--site",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=".",
    help="Folder of the site. Default: the current folder.",
)
base_url_option = click.option(
    "--base-url",
    metavar="URL",
    help="Use this instead of 'url' in absolute links, for example for a preview.",
)


def _complete_incident(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of incident files that contain *incomplete*, newest first."""
    names = [one.slug for one in lookup.all_incident_files(context.params.get("folder") or Path())]
    return [name for name in reversed(names) if incomplete in name]


def complete_service(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of services that start with *incomplete*."""
    config = _config_of(context)
    names = [service.id for service in config.services] if config else []
    return [name for name in names if name.startswith(incomplete)]


def complete_text(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of canned texts that start with *incomplete*."""
    config = _config_of(context)
    return [name for name in config.texts if name.startswith(incomplete)] if config else []


def _config_of(context: click.Context) -> Config | None:
    """Return the settings of the selected site, or None if they have errors."""
    try:
        return settings_of(context.params.get("folder") or Path())
    except StatusgenError:
        return None


def incident_argument(*, required: bool) -> Callable[[Command], Command]:
    """Return a decorator that adds the argument INCIDENT."""
    return click.argument("incident", required=required, shell_complete=_complete_incident)


def common(command: Command) -> Command:
    """Add the options --site and --now."""
    for option in (
        click.option(
            "--now",
            metavar="TIME",
            help="Current time to assume, for example '2026-11-20 09:05' (in the site's time zone"
            " unless it has an offset). Default: SOURCE_DATE_EPOCH, or the clock.",
        ),
        site_option,
    ):
        command = option(command)
    return command


data_option = click.option(
    "--data",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="YAML file for templates; overrides 'data' in statusgen.yml.",
)


def overrides(command: Command) -> Command:
    """Add the options that override a setting: --base-url and --data."""
    for option in (
        data_option,
        base_url_option,
    ):
        command = option(command)
    return command


def cached(command: Command) -> Command:
    """Add the cache options, passed as the parameter *cache*: the cache folder, or None."""

    @wraps(command)
    def with_cache(
        *arguments: Any, cache: Path | None, no_cache: bool, folder: Path, **options: Any
    ) -> Any:
        chosen = None if no_cache else cache or folder / FOLDER
        return command(*arguments, cache=chosen, folder=folder, **options)

    for option in (
        click.option("--no-cache", is_flag=True, help="Ignore the cache and do not write one."),
        click.option(
            "--cache",
            metavar="DIR",
            type=click.Path(path_type=Path),
            help="Cache folder. Default: .statusgen in the site's folder.",
        ),
    ):
        with_cache = option(with_cache)
    return with_cache


def moment_of(now: str | None, zone: tzinfo) -> datetime:
    """Parse *now*; if it is None, use SOURCE_DATE_EPOCH if set, else the clock.

    The variable is specified at https://reproducible-builds.org/specs/source-date-epoch/.
    """
    if now is not None:
        try:
            return scalars.moment(now, zone)
        except ValueError as error:
            raise UsageError(f"--now {error}") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC).replace(microsecond=0)
    if re.fullmatch("[0-9]{1,10}", epoch) is None:
        raise UsageError(
            f"SOURCE_DATE_EPOCH {quoted(epoch)} is not a number; set it to seconds since 1970"
        )
    return datetime.fromtimestamp(int(epoch), UTC)


def address_of(url: str) -> str:
    """Parse *url*, the value of --base-url, as the root address of a site."""
    try:
        return scalars.site_root(url)
    except ValueError as error:
        raise UsageError(f"--base-url: {error}") from None


@dataclass(frozen=True, kw_only=True)
class TemplateData:
    """The content of a data file, the positions of its keys, and the problems in it."""

    content: object = None
    keys: tuple[DataKey, ...] = ()
    problems: tuple[Problem, ...] = ()


def data_of(path: Path | None) -> TemplateData:
    """Read the data file *path*, if any; raise UsageError if it is not a file."""
    if path is None:
        return TemplateData()
    if files.kind_of(path) is not EntryKind.FILE:
        raise UsageError(f"--data {quoted(str(path))} is not a file; give a YAML file")
    try:
        text = files.read_text(path, limit=files.MAX_TEXT)
    except files.UnreadableError as error:
        return TemplateData(problems=(error.problem(path),))
    root, problems = yaml_loader.load(text, path=path)
    if root is None:
        return TemplateData(problems=tuple(problems))
    keys = tuple(Source(path, root, problems).data_keys())
    return TemplateData(content=yaml_nodes.plain(root), keys=keys, problems=tuple(problems))
