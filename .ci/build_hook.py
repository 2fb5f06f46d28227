"""Record in the metadata of the package which commit it was built from."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class CommitHook(MetadataHookInterface):
    """Set the addresses of the project, those in pyproject.toml and that of the source.

    `statusgen init` pins workflows to that commit. An sdist carries it in PKG-INFO, which hatchling
    reads instead of calling this.
    """

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the addresses to *metadata*; without Git or a checkout there is no source."""
        urls = dict(self.config["urls"])
        # Named, so that no repository around the folder and no variable stands in for it.
        git_dir = f"--git-dir={Path(self.root, '.git')}"
        try:
            done = subprocess.run(  # noqa: S603  fixed words and a folder
                ["git", git_dir, "rev-parse", "--verify", "HEAD"],  # noqa: S607  wherever it is
                capture_output=True,
                check=True,
                text=True,
            )
        except (OSError, subprocess.CalledProcessError):
            pass
        else:
            urls["Source"] = f"{urls['Homepage']}/tree/{done.stdout.strip()}"
        metadata["urls"] = urls
