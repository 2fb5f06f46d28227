"""Record the commit of a build in the metadata of the package."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class CommitHook(MetadataHookInterface):
    """A metadata hook that sets the URLs in pyproject.toml and the URL of the source.

    `statusgen init` pins workflows to the commit in that URL. An sdist has it in PKG-INFO, which
    hatchling reads instead of calling this hook.
    """

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the URLs to *metadata*; without Git or a checkout there is none of the source."""
        urls = dict(self.config["urls"])
        # Explicit, so that Git uses no repository above the folder and no environment variables.
        git_dir = f"--git-dir={Path(self.root, '.git')}"
        try:
            done = subprocess.run(  # noqa: S603  fixed arguments and a folder
                ["git", git_dir, "rev-parse", "--verify", "HEAD"],  # noqa: S607  found on the PATH
                capture_output=True,
                check=True,
                text=True,
            )
        except (OSError, subprocess.CalledProcessError):
            pass
        else:
            urls["Source"] = f"{urls['Homepage']}/tree/{done.stdout.strip()}"
        metadata["urls"] = urls
