"""The command check."""

from dataclasses import replace
from pathlib import Path

import click

from statusgen.authoring import fixes, github_files, lookup
from statusgen.build import pipeline
from statusgen.cli.commands.build import build_request, print_notes
from statusgen.cli.console import count, format_path, printer, problems_to
from statusgen.cli.options import Word, cached, common, overrides
from statusgen.config.loader import settings_of
from statusgen.problems import ContentError, Level, UsageError
from statusgen.system import files, locks


@click.command("check", epilog="Example: statusgen check --format json")
@click.option(
    "--format",
    "style",
    type=Word("format", ["text", "github", "json"]),
    help="Output format. Default: text, or github in GitHub Actions.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="First fix what is unambiguous: an outdated 'state', updates out of order, old service"
    " names.",
)
@click.option(
    "--add-offsets",
    is_flag=True,
    help="With --fix: also add the UTC offset to times that have none.",
)
@overrides
@cached
@common
def check_command(
    style: str | None,
    fix: bool,
    add_offsets: bool,
    base_url: str | None,
    data: Path | None,
    cache: Path | None,
    folder: Path,
    now: str | None,
) -> None:
    """Report every problem in the site's files.

    Does everything that build does except writing, and checks the issue forms. Each problem is one
    line: path:line:column: problem; remedy. Files are changed only with --fix. Warnings do not
    affect the exit status.
    """
    if add_offsets and not fix:
        raise UsageError("--add-offsets requires --fix")
    with problems_to(printer(style, to_stderr=False)) as show:
        if fix:
            _fix(folder, offsets=add_offsets)
        request = build_request(folder, now, base_url, data)
        built = pipeline.check(replace(request, cache=cache))
        stale = github_files.stale_forms(folder)
        warnings = [*built.warnings, *(replace(one, level=Level.WARNING) for one in stale)]
        show(warnings)
    print_notes(built.words)
    warned = f", {count(len(warnings), 'warning')}" if warnings else ""
    click.echo(f"{count(built.incidents, 'incident file')}: no errors{warned}", err=True)


def _fix(folder: Path, *, offsets: bool) -> None:
    """Fix the incident files in *folder* and print each change."""
    config = settings_of(folder)
    with locks.locked(folder / "incidents"):
        for found in lookup.all_incident_files(folder):
            try:
                file = lookup.open_file(found, config)
            except ContentError:
                continue  # The check that follows reports its errors.
            fixed = fixes.fix(file, offsets=offsets)
            if fixed.text != file.text:
                files.sweep(file.path.parent)
                files.rewrite(file.path, fixed.text)
                click.echo(f"fixed {format_path(file.path)}: {'; '.join(fixed.done)}", err=True)
