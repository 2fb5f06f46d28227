"""Collect the settings of a new site: from options, from answers, or from the environment."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from statusgen.authoring import new_site
from statusgen.authoring.new_site import Owner
from statusgen.i18n import messages
from statusgen.model import Service
from statusgen.problems import UsageError, quoted
from statusgen.schema import scalars

_Value = TypeVar("_Value")

_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # in the order of POSIX
_ZONE_FILE = re.compile(r"/zoneinfo/(?:(?:posix|right)/)?(.+)")
_MAX_ZONE = 100  # characters of /etc/timezone


def ask_owner(
    defaults: Owner,
    *,
    title: str | None,
    url: str | None,
    language: str | None,
    timezone: str | None,
    services: tuple[str, ...],
) -> Owner:
    """Return *defaults* with the values of options; on a terminal, prompt for missing ones.

    The prompts suggest the language and the time zone of the environment.
    """
    can_prompt = sys.stdin.isatty() and sys.stdout.isatty()
    owner = defaults
    if title is not None or can_prompt:
        owner = replace(owner, title=_value("Title", title, owner.title, scalars.line))
    if url is not None or can_prompt:
        owner = replace(owner, url=_value("URL", url, owner.url, scalars.site_root))
    if language is not None or can_prompt:
        guess = guess_language(os.environ) or owner.language
        code = _value("Language", language, guess, messages.parse_language)
        owner = replace(owner, language=code)
    if timezone is not None or can_prompt:
        guess = guess_zone(os.environ) or owner.timezone
        owner = replace(owner, timezone=_value("Time zone", timezone, guess, _zone))
    if services:
        owner = replace(owner, services=[_service(text) for text in services])
    elif can_prompt:
        owner = replace(owner, services=list(_asked_services()) or owner.services)
    ids = [one.id for one in owner.services]
    if len(set(ids)) < len(ids):
        raise UsageError("two services have the same id; use another id for one of them")
    return owner


def guess_language(environment: Mapping[str, str]) -> str | None:
    """Return the supported language of the locale in *environment*, or None."""
    locale = next(filter(None, map(environment.get, _LOCALE)), "")
    return messages.suggested_language(locale) or (
        locale if messages.catalogue_of(locale) else None
    )


def guess_zone(environment: Mapping[str, str], etc: Path = Path("/etc")) -> str | None:
    """Return the time zone of *environment* or of the machine, configured in *etc*, or None."""
    candidates = [environment.get("TZ", "").removeprefix(":")]
    try:
        linked = _ZONE_FILE.search((etc / "localtime").resolve().as_posix())
        candidates.append(linked[1] if linked else "")
        with (etc / "timezone").open(encoding="utf-8") as file:
            candidates.append(file.read(_MAX_ZONE).strip())
    except (OSError, RuntimeError, ValueError):  # RuntimeError: a loop of links
        pass
    for name in filter(None, candidates):
        try:
            return _zone("UTC" if name == "Etc/UTC" else name)
        except ValueError:
            continue
    return None


def _zone(text: str) -> str:
    return scalars.zone(text).key


def _value(label: str, text: str | None, default: str, parse: Callable[[str], _Value]) -> _Value:
    """Parse *text* with *parse*; if it is None, prompt until the answer is valid."""

    def checked(answer: str) -> _Value:
        try:
            return parse(answer)
        except ValueError as error:
            raise click.UsageError(str(error)) from None

    if text is None:
        answer: _Value = click.prompt(label, default=default, value_proc=checked)
        return answer
    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(f"--{label.lower().replace(' ', '')}: {error}") from None


def _service(text: str) -> Service:
    try:
        return new_site.service(text)
    except ValueError as error:
        raise UsageError(f"--service {quoted(text)}: {error}") from None


def _asked_services() -> Iterator[Service]:
    click.echo("Enter services as id=name, for example api=Public API. Finish with an empty line.")
    seen = set()
    while answer := click.prompt("Service", default="", show_default=False):
        try:
            service = new_site.service(answer)
        except ValueError as error:
            click.echo(f"Error: {error}")
            continue
        if service.id in seen:
            click.echo(f"Error: {quoted(service.id)} already exists; use another id")
            continue
        seen.add(service.id)
        yield service
