"""Check `redirect_from` entries for paths that are already in use."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from statusgen.cache.codec import IncidentSummary
from statusgen.content.parser import PlacedAddress
from statusgen.output import paths
from statusgen.problems import Problem, quoted
from statusgen.site.incident import page_of, stub_of

# Pages are added to these folders as time passes, so a path that is free today may be used later.
_OURS = ("api", "groups", "history", "services")


class OwnedPath(NamedTuple):
    """A path in the published folder, and its owner, worded to follow "is already"."""

    path: str
    owner: str


def incident_pages(summaries: Iterable[IncidentSummary]) -> Iterator[OwnedPath]:
    """Yield the pages of all incident files, including drafts and future ones."""
    for one in summaries:
        yield OwnedPath(page_of(one.slug), f"the page of {one.path.as_posix()}")
        if one.record_id is not None:
            owner = f"the address that contains the id of {one.path.as_posix()}"
            yield OwnedPath(page_of(one.record_id), owner)


def static_files(names: Iterable[str]) -> Iterator[OwnedPath]:
    """Yield the paths of the files *names* in `static/`."""
    return (OwnedPath(path, f"the file {quoted(f'static/{path}')}") for path in names)


def own_files(names: Iterable[str]) -> Iterator[OwnedPath]:
    """Yield the paths of the generated files *names*."""
    return (OwnedPath(path, "a generated file") for path in names)


def find_clashes(
    summaries: Sequence[IncidentSummary], others: Iterable[OwnedPath]
) -> Iterator[Problem]:
    """Yield a problem for each old address in *summaries* that conflicts with *others*.

    If two old addresses use the same path, the later one is reported.
    """
    if not any(one.redirects for one in summaries):
        return
    claims = _Claims()
    for other in others:
        claims.add(other)
    for one in summaries:
        for address in one.redirects:
            fault = _fault_of(address, claims)
            if fault is None:
                owner = f"an old address in {one.path.as_posix()} (line {address.line})"
                claims.add(OwnedPath(stub_of(address.text), owner))
                continue
            message = f"the old address {quoted(address.text)} {fault}; remove it"
            line, column = address.line, address.column
            yield Problem(path=one.path, line=line, column=column, message=message)


def _fault_of(address: PlacedAddress, claims: "_Claims") -> str | None:
    """Return the problem with *address*, worded as a predicate, or None."""
    path = stub_of(address.text)
    folder = path.partition("/")[0].casefold()
    if "/" in path and folder in _OURS:
        return f"is in the folder {folder}/, which is reserved for statusgen"
    return paths.fault_of(path) or claims.fault_of(path)


class _Claims:
    """The paths in use and the folders that they need, compared case-insensitively."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[str, bool, str]] = {}

    def add(self, owned: OwnedPath) -> None:
        for key, (name, is_folder) in paths.claims(owned.path):
            self._taken.setdefault(key, (name, is_folder, owned.owner))

    def fault_of(self, path: str) -> str | None:
        """Return how *path* conflicts with a path in use, worded as a predicate, or None."""
        for key, (name, is_folder) in paths.claims(path):
            taken, is_taken_folder, owner = self._taken.get(key, (name, is_folder, ""))
            if owner and not is_folder and not is_taken_folder:
                return f"is already {owner}"
            if (name, is_folder) != (taken, is_taken_folder):
                what = f"the folder of {owner}" if is_taken_folder else owner
                return f"conflicts with {quoted(taken)}, {what}"
        return None
