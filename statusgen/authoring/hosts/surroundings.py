"""Find the Git repository around a new site."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from statusgen.authoring import github_files
from statusgen.characters import printable
from statusgen.problems import OutsideError
from statusgen.schema import scalars
from statusgen.system import git, git_push
from statusgen.system.remote_address import GitHubRepository, github_repository


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The repository around a new site; without one, *top* is the site itself.

    *inside* is the path from *top* to the site, empty if they are the same. *remote* is the name of
    the repository's remote, and *github* the repository there if it is on GitHub. *branch* is its
    default branch if the clone knows it.
    """

    top: Path
    inside: str = ""
    has_repository: bool = False
    branch: str | None = None
    remote: str | None = None
    github: GitHubRepository | None = None

    @property
    def address(self) -> str | None:
        """The address of the site's folder on GitHub, or None."""
        if self.github is None:
            return None
        # GitHub shows the default branch for HEAD. A path may contain bytes that are not UTF-8.
        inside = quote(self.inside.encode("utf-8", "surrogateescape"))
        folder = f"/tree/HEAD/{inside}" if inside else ""
        try:
            return scalars.repository(f"{self.github.address}{folder}")
        except ValueError:
            return None

    @property
    def pages_address(self) -> str | None:
        """The address of the repository's page on GitHub Pages, or None."""
        found = self.github.pages_address if self.github else None
        try:
            return scalars.site_root(found) if found else None
        except ValueError:
            return None


def find(folder: Path) -> Surroundings:
    """Return what surrounds the site in *folder*, which need not exist."""
    top, inside = github_files.place(folder)
    around = Surroundings(top=top, inside=inside)
    existing = next(one for one in (top, *top.parents, Path()) if one.is_dir())
    if git.root(existing) is None:
        return around
    remote = url = None
    with suppress(OutsideError):
        remote = git.push_remote(existing)
        url = git_push.remote_url(existing, remote) if remote else None
    return Surroundings(
        top=top,
        inside=inside,
        has_repository=True,
        branch=git.known_default_branch(existing),
        remote=printable(remote) if remote else None,
        github=github_repository(url) if url else None,
    )
