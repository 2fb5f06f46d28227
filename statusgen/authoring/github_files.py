"""The issue forms and workflows of a site in the `.github` folder of its repository."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from statusgen.authoring import issue_forms
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.problems import ContentError, Problem, UsageError
from statusgen.system import files, git
from statusgen.system.files import EntryKind

_STALE = "this form is out of date; run: statusgen forms"
_FOREIGN = (
    'this file was not written by "statusgen forms"; rename or delete it, then run that again'
)


def place(folder: Path) -> tuple[Path, str]:
    """Return the folder that contains `.github`, and the path from there to the site in *folder*.

    The path is empty if the site is the whole repository, or if there is no repository yet.
    """
    existing = next(one for one in (folder, *folder.parents, Path()) if one.is_dir())
    root = git.root(existing)
    site = folder.resolve()
    if root is None or root == site or not site.is_relative_to(root):
        return (folder, "")
    return (root, site.relative_to(root).as_posix())


def check_board(path: Path, board: str) -> None:
    """Raise UsageError if *path* exists and is not a workflow for the Trello *board*."""
    with suppress(ContentError):
        text = _read(path)
        if board in (text or ""):
            return
    if files.kind_of(path) is not None:
        raise UsageError(
            f"{path} already exists and does not name the board {board}; change the board there, or"
            " delete the file and run this again"
        )


def stale_forms(folder: Path) -> list[Problem]:
    """Return a problem for each form of the site in *folder* that is out of date.

    Forms that statusgen did not write are skipped. Raises ContentError if the settings have an
    error, UsageError if there is no site.
    """
    config = settings_of(folder)
    return [
        _problem(path, _STALE)
        for path, text in _forms(folder, config)
        if (found := _read(path)) is not None
        and _is_ours(found)
        and not issue_forms.is_current(found, text, config)
    ]


def write_forms(folder: Path) -> list[Path]:
    """Write the forms for the site in *folder* and return the paths that changed.

    Raises ContentError, before anything is written, if the settings have an error or if another
    program wrote a file with the name of a form. A chooser written by another program is not
    changed. Raises UsageError if there is no site.
    """
    wanted: list[tuple[Path, str]] = []
    foreign: list[Problem] = []
    for path, text in _forms(folder, settings_of(folder)):
        found = _read(path)
        if found is None or _is_ours(found):
            if found != text:
                wanted.append((path, text))
        elif not path.match(issue_forms.CHOOSER):
            foreign.append(_problem(path, _FOREIGN))
    if foreign:
        raise ContentError(foreign)
    for path, text in wanted:
        files.make_folder(path.parent)
        files.write_atomically(path, text.encode())
    return [path for path, _ in wanted]


def _forms(folder: Path, config: Config) -> Iterator[tuple[Path, str]]:
    root, _ = place(folder)
    for path, text in issue_forms.outputs(config).items():
        yield (root / path, text)


def _read(path: Path) -> str | None:
    """Read the text at *path* with LF line endings; return None if the file does not exist."""
    if files.kind_of(path) is not EntryKind.FILE:
        return None
    try:
        text = files.read_text(path, limit=files.MAX_TEXT)
    except files.UnreadableError as error:
        raise ContentError([error.problem(path)]) from None
    return text.replace("\r\n", "\n")


def _is_ours(text: str) -> bool:
    return text.startswith(issue_forms.MARKS)


def _problem(path: Path, message: str) -> Problem:
    return Problem(path=path, line=1, column=1, message=message)
