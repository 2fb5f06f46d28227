"""Check the files in `static/` and `templates/`: that they exist, and that they are complete."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from statusgen import characters
from statusgen.config.settings import FILE, Config
from statusgen.problems import Level, Problem, quoted, suggestion

# The first lines of what a checkout has instead of a file if Git LFS is missing; the second is old.
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_POINTERS = (
    b"version https://git-lfs.github.com/spec/",
    b"version https://hawser.github.com/spec/",
)
_MAX_POINTER = 1024  # bytes

_POINTER = (
    "this is a pointer of Git LFS instead of the file; run: git lfs pull"
    " (in GitHub Actions: lfs: true below 'with:' of the checkout or of statusgen's workflow)"
)


def missing_assets(
    config: Config | None, folder: Path, static: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for each file that the settings in *folder* name but *static* lacks."""
    for asset in config.assets if config else ():
        if asset.path not in static:
            what = f"{quoted(f'static/{asset.path}')} does not exist"
            message, path = f"{what}; {_other_file(asset.path, static)}", folder / FILE
            yield Problem(path=path, line=asset.line, column=asset.column, message=message)


def _other_file(path: str, static: Collection[str]) -> str:
    """Return a remedy for *path*, which does not exist: the file in *static* that is meant."""
    composed = characters.composed(path)
    for name in static:  # macOS and archives may store the accent of a letter separately.
        if characters.composed(name).text == composed.text:
            if name == composed.text:
                return f"did you mean {quoted(name)}, {composed.difference}?"
            difference = characters.composed(name).difference
            return f"rename the file to {quoted(composed.text)}, {difference}"
    close = suggestion(path.removeprefix("static/"), static)
    return f"did you mean {quoted(close)}?" if close else "add it"


def static_pointers(
    config: Config | None, folder: Path, static: Mapping[str, bytes]
) -> Iterator[Problem]:
    """Yield a problem for each Git LFS pointer in *static*; an error if the settings name it."""
    used = {asset.path for asset in config.assets} if config else set()
    for path in _pointers(static):
        level = Level.ERROR if path in used else Level.WARNING
        place = folder / "static" / path
        yield Problem(path=place, line=1, column=1, message=_POINTER, level=level)


def template_pointers(folder: Path, templates: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield an error for each Git LFS pointer in *templates*, because it would be published."""
    for path in _pointers(templates):
        yield Problem(path=folder / "templates" / path, line=1, column=1, message=_POINTER)


def _pointers(contents: Mapping[str, bytes]) -> Iterator[str]:
    for path, data in contents.items():
        if len(data) <= _MAX_POINTER and data.startswith(_POINTERS):
            yield path
