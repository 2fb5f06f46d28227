"""The command that prints schemas."""

from pathlib import Path

import click

from statusgen.cli.options import Word, site_option
from statusgen.config import loader
from statusgen.config.json_schema import config_schema
from statusgen.content.json_schema import incident_schema
from statusgen.model import Service
from statusgen.problems import UsageError
from statusgen.render import incidents_json
from statusgen.schema import json_schema


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
        found = loader.read(folder).config
    except UsageError:
        found = None
    if found is None:
        click.echo(f"no settings can be read in {folder}: the schema offers no services", err=True)
        return ()
    return found.services
