"""The few questions we ask Git."""

import subprocess
from pathlib import Path


def root(folder: Path) -> Path | None:
    """The top of the work tree that *folder* is in, or None outside of one or without Git."""
    command = ["git", "-C", str(folder), "rev-parse", "--show-toplevel"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=10)  # noqa: S603  fixed words and a folder
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(done.stdout.decode("utf-8", "surrogateescape").rstrip("\n"))
