"""The commands forms and schema, which generate files for other programs."""

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
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; report forms that are out of date."
)
@site_option
def forms_command(only_check: bool, folder: Path) -> None:
    """Write GitHub issue forms for the site's services.

    There is one form for incidents and one for maintenance, in .github/ISSUE_TEMPLATE. "statusgen
    check" reports forms that are out of date. Files that statusgen did not write are never changed.
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
    """Print a JSON Schema for editors and API clients.

    incident: the front matter of an incident file, with this site's services. config:
    statusgen.yml. api: api/incidents.json and its yearly files.

    Editors with a YAML language server validate and complete a file that starts with the comment
    '# yaml-language-server: $schema=.schema/config.json' (the path is relative to the file).
    """
    if name == "api":
        from statusgen.render import incidents_json  # noqa: PLC0415, only this schema needs it

        schema = incidents_json.SCHEMA
    elif name == "config":
        schema = config_schema()
    else:
        schema = incident_schema(services=_services(folder))
    # Write bytes: a schema in a file is UTF-8 regardless of the terminal's encoding.
    click.echo(json_schema.as_text(schema).encode(), nl=False)


def _services(folder: Path) -> tuple[Service, ...]:
    """Return the services of the site in *folder*, or none if its settings cannot be read."""
    try:
        found = loader.read_settings(folder).config
    except UsageError:
        found = None
    if found is None:
        click.echo(
            f"cannot read statusgen.yml in {folder}; the schema does not list services", err=True
        )
        return ()
    return found.services
