"""The group of import commands, one for each source."""

import click

from statusgen.cli.imports.cachet import import_cachet_command
from statusgen.cli.imports.folders import (
    import_cstate_command,
    import_pelican_command,
    import_statusfy_command,
    import_statuskit_command,
)
from statusgen.cli.imports.github import import_github_command, labels_group
from statusgen.cli.imports.hosted import import_betterstack_command, import_instatus_command
from statusgen.cli.imports.issue_pages import import_jayfk_command, import_upptime_command
from statusgen.cli.imports.statuspage import import_statuspage_command
from statusgen.cli.imports.trello import import_trello_command

__all__ = ["import_group", "labels_group"]


@click.group(
    "import",
    invoke_without_command=True,
    epilog="Example: statusgen import github --repo acme/status",
)
@click.pass_context
def import_group(context: click.Context) -> None:
    """Import incidents from another system; safe to rerun.

    Running it again updates the files that it wrote.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


_COMMANDS = (
    import_github_command,
    import_trello_command,
    import_statuspage_command,
    import_cstate_command,
    import_upptime_command,
    import_jayfk_command,
    import_statusfy_command,
    import_statuskit_command,
    import_pelican_command,
    import_cachet_command,
    import_instatus_command,
    import_betterstack_command,
)

for _command in _COMMANDS:
    import_group.add_command(_command)
