"""Commands that write files for other programs: forms for issues, JSON Schemas."""

from pathlib import Path

import click

from statusgen.authoring import github_files
from statusgen.cli.console import format_path, printer, problems_to
from statusgen.cli.options import Word, site_option
from statusgen.config import loader
from statusgen.config.json_schema import config_schema
from statusgen.content.json_schema import incident_schema
from statusgen.model import Service
from statusgen.problems import ContentError, UsageError
from statusgen.schema import json_schema


@click.command("forms", epilog="Example: statusgen forms --check")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; say which are stale.")
@site_option
def forms_command(only_check: bool, folder: Path) -> None:
    """Write the forms for GitHub issues: an incident, a maintenance, with the site's services.

    They go to .github/ISSUE_TEMPLATE of the repository. statusgen check says when statusgen.yml has
    moved on and they have to be written again. A file that is not ours is never changed.
    """
    with problems_to(printer(None, to_stderr=not only_check)):
        if only_check:
            stale = github_files.stale_forms(folder)
            if stale:
                raise ContentError(stale)
            return
        for path in github_files.write_forms(folder):
            click.echo(f"wrote {format_path(path)}")


@click.command("schema", epilog="Example: statusgen schema config > .schema/config.json")
@click.argument("name", type=Word("schema", ["incident", "config", "api"]))
@site_option
def schema_command(name: str, folder: Path) -> None:
    """Print a JSON Schema.

    incident is that of the top of an incident file, with the services of the site, config that of
    statusgen.yml, api that of api/incidents.json and of the files of its years.

    An editor that speaks with the YAML language server checks and completes a file that begins with
    the comment '# yaml-language-server: $schema=.schema/config.json', a path seen from the file.
    """
    if name == "api":
        from statusgen.render import incidents_json  # noqa: PLC0415, forms need no renderer

        schema = incidents_json.SCHEMA
    elif name == "config":
        schema = config_schema()
    else:
        schema = incident_schema(services=_services(folder))
    # Bytes, because a file is UTF-8 even where the terminal is not.
    click.echo(json_schema.as_text(schema).encode(), nl=False)


def _services(folder: Path) -> tuple[Service, ...]:
    """The services of the site in *folder*, if there is one that can be read."""
    try:
        found = loader.read_settings(folder).config
    except UsageError:
        found = None
    if found is None:
        click.echo(f"no settings can be read in {folder}: the schema offers no services", err=True)
        return ()
    return found.services
