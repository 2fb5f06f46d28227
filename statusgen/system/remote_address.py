"""Parse the addresses of Git remotes."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from statusgen.characters import printable

_SCP = re.compile(r"(?:[^@/:]+@)?(?P<host>[^@/:]+):(?P<path>.+)")
_GITHUB = "github.com"


@dataclass(frozen=True, kw_only=True)
class GitHubRepository:
    """A repository *owner*/*name* on GitHub or GitHub Enterprise, found in a remote's address."""

    host: str
    owner: str
    name: str

    @property
    def address(self) -> str:
        """The address of the repository's front page."""
        return f"https://{self.host}/{self.owner}/{self.name}"

    @property
    def pages_address(self) -> str | None:
        """The address of its page on GitHub Pages, or None on another host, where it may vary."""
        if self.host != _GITHUB:
            return None
        site = f"{self.owner.lower()}.github.io"
        return f"https://{site}" if self.name.lower() == site else f"https://{site}/{self.name}"


def host_and_path(url: str) -> tuple[str, str]:
    """Return the host and the path of the remote *url*, both empty for a local path."""
    scp = _SCP.fullmatch(url)
    if "://" not in url and scp is not None:
        return (printable(scp["host"].lower()), scp["path"])
    try:
        parts = urlsplit(url)
        return (printable(parts.hostname or ""), parts.path)
    except ValueError:
        return ("", "")


def github_repository(url: str) -> GitHubRepository | None:
    """Return the repository that the remote *url* names, or None if it is not on GitHub."""
    host, path = host_and_path(url)
    owner, slash, name = path.strip("/").removesuffix(".git").partition("/")
    if "github" not in host.split(".") or not (slash and owner and name) or "/" in name:
        return None
    return GitHubRepository(host=host.removeprefix("ssh."), owner=owner, name=name)
