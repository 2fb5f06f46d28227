"""Functions that print problems, paths, numbers and progress."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

import click

from statusgen.characters import printable
from statusgen.problems import (
    ContentError,
    OutsideError,
    Problem,
    as_annotation,
    as_json,
    as_text,
)
from statusgen.system import git, workers

EXIT_PROBLEMS = 1

_PATIENCE = 1.0  # seconds of work before a progress bar appears

_Item = TypeVar("_Item")

Print = Callable[[Iterable[Problem]], None]

# A temporary folder, and the folder whose name is printed in its place.
_ALIAS: ContextVar[tuple[Path, Path] | None] = ContextVar("_ALIAS", default=None)


@contextmanager
def problems_to(show: Print) -> Iterator[Print]:
    """Show the problems of a ContentError raised in the block, and exit with status 1."""
    try:
        yield show
    except ContentError as error:
        show(error.problems)
        raise click.exceptions.Exit(EXIT_PROBLEMS) from None


def printer(style: str | None, *, to_stderr: bool) -> Print:
    """Return a function that prints problems in *style*.

    The default is `github` (annotations) in a GitHub workflow, and `text` elsewhere.
    """
    style = style or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")

    def show(problems: Iterable[Problem]) -> None:
        ordered = sorted(set(problems), key=lambda problem: problem.order)
        if style == "json":
            rows = [(problem, relative(problem.path, here())) for problem in ordered]
            click.echo(as_json(rows), err=to_stderr)
            return
        write, base = (as_annotation, _repository()) if style == "github" else (as_text, here())
        for problem in ordered:
            click.echo(write(problem, relative(problem.path, base)), err=to_stderr)

    return show


def here() -> Path:
    """Return the current folder."""
    try:
        return Path.cwd()
    except OSError as error:
        raise OutsideError(f"cannot read the current folder: {error.strerror}") from None


def _repository() -> Path:
    return git.root(here()) or here()


def format_path(path: Path) -> str:
    """Return *path* relative to the current folder, safe to print."""
    return printable(relative(path, here()))


@contextmanager
def shown_as(temporary: Path, folder: Path) -> Iterator[None]:
    """Print paths in the folder *temporary* as those in *folder*."""
    token = _ALIAS.set((temporary, here() / folder))
    try:
        yield
    finally:
        _ALIAS.reset(token)


def relative(path: Path, base: Path) -> str:
    """Return *path* relative to the absolute path *base*."""
    alias = _ALIAS.get()
    if alias is not None and path.is_relative_to(alias[0]):
        path = alias[1] / path.relative_to(alias[0])
    return Path(os.path.relpath(here() / path, base)).as_posix()


def tracker() -> workers.Progress:
    """Return a function that iterates over items and shows a progress bar after a second."""
    if not sys.stderr.isatty():
        return workers.no_progress
    show_bar_at = time.monotonic() + _PATIENCE

    def track(label: str, items: list[_Item], /) -> Iterator[_Item]:
        rest = iter(items)
        done = 0
        for item in rest:
            yield item
            done += 1
            if time.monotonic() > show_bar_at:
                break
        if done < len(items):
            with click.progressbar(length=len(items), label=label, file=sys.stderr) as bar:
                bar.update(done)
                for item in rest:
                    yield item
                    bar.update(1)

    return track


def note(text: str) -> None:
    """Print *text* to standard error on its own line, even while a progress bar is shown."""
    erase = "\r\x1b[2K" if sys.stderr.isatty() else ""
    click.echo(f"{erase}{text}", err=True)


def count(number: int, noun: str) -> str:
    """Return *number* with *noun* in the singular or plural: ``1,234 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(seconds: int) -> str:
    """Return *seconds* in the format of an English page: `2 hr 10 min`.

    The page's catalogues are not used, as they need a library that is slow to load.
    """
    if seconds < 60:
        return f"{seconds} sec"
    minutes = seconds // 60
    days, hours = divmod(minutes // 60, 24)
    parts = (
        (days, count(days, "day")),
        (hours, f"{hours} hr"),
        (minutes % 60, f"{minutes % 60} min"),
    )
    first = next(index for index, (number, _) in enumerate(parts) if number)
    return " ".join(text for number, text in parts[first : first + 2] if number)
