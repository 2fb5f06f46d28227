"""The command that prints schemas."""

import json

import click

from statusgen.cli.options import Word
from statusgen.render import records


@click.command("schema", epilog="Example: statusgen schema api > incidents.schema.json")
@click.argument("name", type=Word("schema", ["api"]))
def schema_command(name: str) -> None:
    """Print a JSON Schema: api is that of api/incidents.json and of the files of its years."""
    shapes = {"api": records.SCHEMA}
    click.echo(json.dumps(shapes[name], indent=2))
