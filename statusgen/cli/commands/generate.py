"""The command that writes the forms by which people report incidents."""

from pathlib import Path

import click

from statusgen.authoring import github_files
from statusgen.cli.console import named, printer, problems_to
from statusgen.cli.options import site_option
from statusgen.problems import ContentError


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
            click.echo(f"wrote {named(path)}")
