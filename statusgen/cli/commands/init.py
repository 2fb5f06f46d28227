"""The command init."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TypeVar

import click

from statusgen.authoring import github_files, issue_forms, new_site, settings_file
from statusgen.authoring.new_site import Owner
from statusgen.cli.console import format_path
from statusgen.cli.options import moment_of, site_option
from statusgen.config import loader
from statusgen.config.json_schema import config_schema
from statusgen.config.settings import FILE
from statusgen.content.json_schema import incident_schema
from statusgen.model import Service
from statusgen.problems import UsageError, quoted
from statusgen.schema import json_schema, scalars
from statusgen.system import files

_Value = TypeVar("_Value")

_NEXT = """
Next{place}:
  1. Preview it: statusgen serve
  2. Create a repository on GitHub; there, set Settings → Pages → Source to "GitHub Actions"
  3. Publish it: git init, commit, push
  4. Report an incident: statusgen new "Elevated errors" --severity major \
--service {service} --push"""
_TRELLO = """
The Trello board {board} is imported every 15 minutes. To set this up:
  1. Add the secrets TRELLO_KEY and TRELLO_TOKEN on GitHub, in Settings → Secrets and
     variables → Actions
  2. Label a card: {label}, and status:major outage
  3. Import it here: statusgen import trello --board {board} --add-services
     This adds the board's services to statusgen.yml; remove the examples from it
To get the key and the token, see {help}"""
_TRELLO_HELP = "https://github.com/statusgen/statusgen/blob/main/docs/how-to/use-trello.md"
_TOP = "\nThe workflows are at the top of the repository, where GitHub expects them: {top}"


@click.command(
    "init", epilog='Example: statusgen init status --title "Acme Status" --service api=API'
)
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--title", metavar="TEXT", help="Title of the status page.")
@click.option("--url", metavar="URL", help="Address at which the page will be published.")
@click.option(
    "--service",
    "services",
    metavar="ID=NAME",
    multiple=True,
    help="Service to show, for example api='Public API'. Repeatable.",
)
@click.option(
    "--trello",
    metavar="BOARD",
    help="Import this Trello board instead of GitHub issues: its address, short link or id.",
)
@click.option("--now", metavar="TIME", help="Time of the first notice. Default: now.")
@site_option
def init_command(
    directory: Path | None,
    title: str | None,
    url: str | None,
    services: tuple[str, ...],
    trello: str | None,
    now: str | None,
    folder: Path,
) -> None:
    """Create a site in a folder.

    DIR defaults to the current folder and is created if missing. On a terminal, you are asked for
    missing values; otherwise examples are used. Existing files are never changed.
    """
    place = directory or folder
    board = None if trello is None else _board(trello)
    top, inside = github_files.place(place)
    github_texts = new_site.repository(inside, commit=new_site.commit(), board=board)
    for path in github_texts:
        if board and path.endswith(new_site.IMPORT_TRELLO):
            github_files.check_board(top / path, board)
    has_settings = files.kind_of(place / FILE) is not None
    if has_settings and (title or url or services):
        raise UsageError(f"{place / FILE} already exists; edit that file instead")
    owner = _owner_of(place) if has_settings else _owner(title, url, services)
    made = new_site.site(owner, now=moment_of(now, UTC))
    if files.kind_of(place / "incidents") is not None:
        made = {path: text for path, text in made.items() if not path.startswith("incidents/")}
    for path, text in made.items():
        _make(place / path, text)
    schemas = {
        "config": config_schema(),
        "incident": incident_schema(services=owner.services),
    }
    for name, schema in schemas.items():
        _make(place / settings_file.SCHEMAS / f"{name}.json", json_schema.as_text(schema))
    found = loader.read_settings(place).config
    if found and board is None:
        github_texts |= issue_forms.outputs(found)
    for path, text in github_texts.items():
        _make(top / path, text)
    where = "" if place == Path() else f", in {format_path(place)}"
    click.echo(_NEXT.format(place=where, service=owner.services[0].id))
    if board:
        label = owner.services[0].name
        click.echo(_TRELLO.format(board=board, label=label, help=_TRELLO_HELP))
    if inside:
        click.echo(_TOP.format(top=format_path(top / ".github")))


def _make(path: Path, text: str) -> None:
    if files.kind_of(path) is not None:
        click.echo(f"skipped {format_path(path)} (exists)")
        return
    files.make_folder(path.parent)
    files.create(path, text.encode())
    click.echo(f"created {format_path(path)}")


def _owner_of(folder: Path) -> Owner:
    """Return the title, address and services from the settings in *folder*, or examples."""
    config = loader.read_settings(folder).config
    if config is None:
        return Owner()
    return Owner(title=config.title, url=config.url, services=config.services)


def _owner(title: str | None, url: str | None, services: tuple[str, ...]) -> Owner:
    """Return the values from the options; on a terminal, prompt for missing ones."""
    can_prompt = sys.stdin.isatty() and sys.stdout.isatty()
    owner = Owner()
    if title is not None or can_prompt:
        owner = replace(owner, title=_value("Title", title, owner.title, scalars.line))
    if url is not None or can_prompt:
        owner = replace(owner, url=_value("URL", url, owner.url, scalars.site_root))
    if services:
        owner = replace(owner, services=[_service(text) for text in services])
    elif can_prompt:
        owner = replace(owner, services=list(_asked_services()) or owner.services)
    ids = [one.id for one in owner.services]
    if len(set(ids)) < len(ids):
        raise UsageError("two services have the same id; use another id for one of them")
    return owner


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
        raise UsageError(f"--{label.lower()}: {error}") from None


def _board(text: str) -> str:
    try:
        return scalars.trello_board(text)
    except ValueError as error:
        raise UsageError(f"--trello: {error}") from None


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
