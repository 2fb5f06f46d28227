"""Measure statusgen beside Hugo and Pelican: ``python -m tests.bench [OPTIONS] SIZE[:RUNS]...``."""

import os
import re
import tempfile
from pathlib import Path

import click

from statusgen.problems import ContentError, UsageError

from . import content, profiling, report
from .content import Site
from .measuring import Measured, measure
from .repeated import repeated

_PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "performance.md"
_BEGIN, _END = "<!-- begin bench -->\n", "<!-- end bench -->"


def size(text: str) -> tuple[int, int]:
    """Parse the number of incidents and of runs in *text*; without runs return 0 for them."""
    found = re.fullmatch(r"([0-9]{2,6})(?::([1-9][0-9]?))?", text)
    if found is None:
        raise click.BadParameter(f"'{text}' is not a size; use one such as 1000 or 10000:1")
    return (int(found[1]), int(found[2] or 0))


@click.command()
@click.argument("sizes", nargs=-1, required=True, type=size)
@click.option(
    "--runs",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Number of times that each build is measured.",
)
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, exists=True),
    help="Repeat the incidents of this site instead of generating them.",
)
@click.option(
    "--profiled", default=1000, show_default=True, help="Number of incidents for the profile."
)
@click.option("--write", is_flag=True, help="Also write the tables into the documentation.")
def main(
    sizes: tuple[tuple[int, int], ...], runs: int, folder: Path | None, profiled: int, write: bool
) -> None:
    """Measure builds of sites with SIZES incidents, such as 100 1000 10000:1.

    A number after a colon overrides --runs for that size.
    """
    measured: dict[int, Measured] = {}
    loads = os.getloadavg() if hasattr(os, "getloadavg") else None
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for count, own_runs in sizes:
            click.echo(f"measuring {count:,} incidents …", err=True)
            site = _site(folder, count)
            measured[count] = measure(site, Path(name) / str(count), own_runs or runs)
        click.echo(f"profiling {profiled:,} incidents …", err=True)
        shares = profiling.shares(_site(folder, profiled), Path(name) / "profiled")
    tables = report.as_text(measured, shares, profiled, loads)
    click.echo(tables)
    if write:
        _quote(tables)


def _site(folder: Path | None, count: int) -> Site:
    """Return a site of *count* incidents, generated or repeated from *folder*."""
    if folder is None:
        return content.generated(count)
    try:
        return repeated(folder, count)
    except ContentError:
        raise click.UsageError(f"{folder} has problems; run: statusgen check") from None
    except UsageError as error:
        raise click.UsageError(f"{folder}: {error}") from None


def _quote(tables: str) -> None:
    """Write *tables* between the markers in the documentation."""
    head, rest = _PAGE.read_text(encoding="utf-8").split(_BEGIN)
    tail = rest.split(_END)[1]
    _PAGE.write_text(f"{head}{_BEGIN}{tables}\n{_END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
