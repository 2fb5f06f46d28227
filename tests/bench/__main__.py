"""Measure statusgen beside Hugo and Pelican: ``python -m tests.bench [OPTIONS] SIZE[:RUNS]...``."""

import tempfile
from pathlib import Path

import click

from . import content, profiling, report
from .content import Site
from .measuring import Measured, measure
from .repeated import repeated

_README = Path(__file__).parent.parent.parent / "README.md"
_BEGIN, _END = "<!-- begin bench -->\n", "<!-- end bench -->"


@click.command()
@click.argument("sizes", nargs=-1, required=True)
@click.option("--runs", default=5, show_default=True, help="How often each build is measured.")
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, exists=True),
    help="Repeat the incidents of this site, instead of making some up.",
)
@click.option("--profiled", default=1000, show_default=True, help="Incidents of the profile.")
@click.option("--readme", is_flag=True, help="Put the tables into the README, too.")
def main(
    sizes: tuple[str, ...], runs: int, folder: Path | None, profiled: int, readme: bool
) -> None:
    """Measure builds of sites with SIZES incidents, such as 100 1000 10000:1.

    What follows a colon is how often that size is measured, if not as often as the others.
    """
    measured: dict[int, Measured] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for size in sizes:
            count, _, own = size.partition(":")
            click.echo(f"measuring {count} incidents …", err=True)
            site = _site(folder, int(count))
            measured[int(count)] = measure(site, Path(name) / count, int(own or runs))
        click.echo(f"profiling {profiled} incidents …", err=True)
        shares = profiling.shares(_site(folder, profiled), Path(name) / "profiled")
    tables = report.told(measured, shares, profiled)
    click.echo(tables)
    if readme:
        _quote(tables)


def _site(folder: Path | None, count: int) -> Site:
    return repeated(folder, count) if folder else content.generated(count)


def _quote(tables: str) -> None:
    """Put *tables* between the marks in the README."""
    head, rest = _README.read_text(encoding="utf-8").split(_BEGIN)
    tail = rest.split(_END)[1]
    _README.write_text(f"{head}{_BEGIN}{tables}\n{_END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
