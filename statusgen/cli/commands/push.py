"""The command push, which publishes incident files that were written by hand or not pushed."""

from pathlib import Path

import click

from statusgen.authoring.compose import Workspace
from statusgen.cli.console import printer, problems_to
from statusgen.cli.options import common, moment_of
from statusgen.cli.unpublished import publish, unpublished_files
from statusgen.config.loader import settings_of
from statusgen.system import locks


@click.command("push", epilog="Example: statusgen push --dry-run")
@click.option("--dry-run", is_flag=True, help="List the files and check them; change nothing.")
@common
def push_command(dry_run: bool, folder: Path, now: str | None) -> None:
    """Commit and push incident files that are not published yet.

    Lists the files that are not committed or not pushed, and commits them in one commit. Other
    files stay as they are, staged or not, and so do new drafts. If "check" finds an error in an
    incident file, nothing is committed.
    """
    with problems_to(printer(None, to_stderr=True)):
        config = settings_of(folder)
        workspace = Workspace(site=folder, config=config, now=moment_of(now, config.zone))
        with locks.locked(folder / "incidents"):
            is_done = publish(unpublished_files(folder), workspace, dry_run=dry_run)
    if not is_done:
        click.echo("nothing to push", err=True)
