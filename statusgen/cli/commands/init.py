"""The command init."""

from dataclasses import replace
from pathlib import Path

import click

from statusgen.authoring import github_files, issue_forms, new_site, settings_file
from statusgen.authoring.hosts import hosting, surroundings
from statusgen.authoring.hosts.hosting import CodeSource, Host
from statusgen.authoring.hosts.surroundings import Surroundings
from statusgen.authoring.new_site import Owner
from statusgen.cli import first_steps
from statusgen.cli.console import format_path
from statusgen.cli.options import moment_of, site_option
from statusgen.cli.site_questions import ask_owner
from statusgen.config import loader
from statusgen.config.json_schema import config_schema
from statusgen.config.settings import FILE
from statusgen.content.json_schema import incident_schema
from statusgen.problems import UsageError
from statusgen.schema import json_schema, scalars
from statusgen.system import files

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

_OPTIONS = {
    Host.STANDALONE: "--standalone",
    Host.GITLAB: "--gitlab",
    Host.NONE: "--no-github",
}


@click.command(
    "init", epilog='Example: statusgen init status --title "Acme Status" --service api=API'
)
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--title", metavar="TEXT", help="Title of the status page.")
@click.option("--url", metavar="URL", help="Address at which the page will be published.")
@click.option("--language", metavar="CODE", help="Language of the page, such as de.")
@click.option("--timezone", metavar="ZONE", help="Time zone of the page, such as Europe/Rome.")
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
@click.option(
    "--actions",
    metavar="OWNER/REPO@REF",
    help="Take workflows and code from this repository, such as a fork, at a commit or tag.",
)
@click.option(
    "--standalone",
    "wants_standalone",
    is_flag=True,
    help="Write one workflow, which uses only GitHub's own actions.",
)
@click.option(
    "--gitlab", "wants_gitlab", is_flag=True, help="Write .gitlab-ci.yml, and nothing for GitHub."
)
@click.option("--no-github", "wants_none", is_flag=True, help="Write nothing for GitHub.")
@click.option("--now", metavar="TIME", help="Time of the first notice. Default: now.")
@site_option
def init_command(
    directory: Path | None,
    title: str | None,
    url: str | None,
    language: str | None,
    timezone: str | None,
    services: tuple[str, ...],
    trello: str | None,
    actions: str | None,
    wants_standalone: bool,
    wants_gitlab: bool,
    wants_none: bool,
    now: str | None,
    folder: Path,
) -> None:
    """Create a site in a folder.

    DIR defaults to the current folder and is created if missing. On a terminal, you are asked for
    missing values; otherwise examples are used, with English and UTC. A remote on GitHub sets the
    repository and the default of the address. Existing files are never changed.
    """
    place = directory or folder
    board = None if trello is None else _board(trello)
    flags = {
        Host.STANDALONE: wants_standalone,
        Host.GITLAB: wants_gitlab,
        Host.NONE: wants_none,
    }
    host = _host([one for one, is_given in flags.items() if is_given], trello, actions)
    source = hosting.own_source() if actions is None else _source(actions)
    around = surroundings.find(place)
    hosted = hosting.host_files(host, around.inside, source, board=board, branch=around.branch)
    for path in hosted:
        if board and path.endswith(new_site.IMPORT_TRELLO):
            github_files.check_board(around.top / path, board)
    if files.kind_of(place / FILE) is None:
        owner = ask_owner(
            _defaults(around, host),
            title=title,
            url=url,
            language=language,
            timezone=timezone,
            services=services,
        )
    elif title or url or language or timezone or services:
        raise UsageError(f"{place / FILE} already exists; edit that file instead")
    else:
        owner = _owner_of(place)
    _write_site(place, owner, now)
    found = loader.read_settings(place).config
    forms = issue_forms.outputs(found) if found and host is Host.GITHUB and not board else {}
    hosted |= forms
    for path, text in hosted.items():
        _make(around.top / path, text)
    click.echo(first_steps.next_steps(place, owner, around, host, has_forms=bool(forms)))
    if board:
        label = owner.services[0].name
        click.echo(_TRELLO.format(board=board, label=label, help=_TRELLO_HELP))
    if around.inside and host in (Host.GITHUB, Host.STANDALONE):
        click.echo(_TOP.format(top=format_path(around.top / ".github")))


def _write_site(place: Path, owner: Owner, now: str | None) -> None:
    """Write the files of the site in the folder *place* that are missing."""
    made = new_site.site(owner, now=moment_of(now, scalars.zone(owner.timezone)))
    if files.kind_of(place / "incidents") is not None:
        made = {path: text for path, text in made.items() if not path.startswith("incidents/")}
    schemas = {
        "config": config_schema(),
        "incident": incident_schema(services=owner.services),
    }
    for name, schema in schemas.items():
        made[f"{settings_file.SCHEMAS}/{name}.json"] = json_schema.as_text(schema)
    for path, text in made.items():
        _make(place / path, text)


def _make(path: Path, text: str) -> None:
    if files.kind_of(path) is not None:
        click.echo(f"skipped {format_path(path)} (exists)")
        return
    files.make_folder(path.parent)
    files.create(path, text.encode())
    click.echo(f"created {format_path(path)}: {first_steps.purpose_of(path.as_posix())}")


def _defaults(around: Surroundings, host: Host) -> Owner:
    """Return example settings, with the addresses that the remote implies."""
    owner = Owner(repository=around.address)
    if host in (Host.GITHUB, Host.STANDALONE) and around.pages_address:
        return replace(owner, url=around.pages_address)
    return owner


def _owner_of(folder: Path) -> Owner:
    """Return the values in the settings of the site in *folder*, or examples."""
    config = loader.read_settings(folder).config
    if config is None:
        return Owner()
    return Owner(
        title=config.title,
        url=config.url,
        language=config.language,
        timezone=str(config.zone),
        services=config.services,
    )


def _board(text: str) -> str:
    try:
        return scalars.trello_board(text)
    except ValueError as error:
        raise UsageError(f"--trello: {error}") from None


def _source(text: str) -> CodeSource:
    try:
        return hosting.parse_source(text)
    except ValueError as error:
        raise UsageError(f"--actions: {error}") from None


def _host(chosen: list[Host], trello: str | None, actions: str | None) -> Host:
    """Return the host that the options select; raise UsageError if they contradict each other."""
    names = [_OPTIONS[one] for one in chosen]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(names)} exclude each other; use one of them")
    host = chosen[0] if chosen else Host.GITHUB
    if trello is not None and chosen:
        remedy = "run 'statusgen import trello' in a job of your own, and omit --trello"
        raise UsageError(f"--trello needs the workflows that {names[0]} omits; {remedy}")
    if actions is not None and host is Host.NONE:
        raise UsageError(f"--actions has no effect with {names[0]}; omit one of them")
    return host
